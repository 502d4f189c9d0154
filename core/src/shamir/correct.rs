//! Finding wrong shares without commitments: a Reed-Solomon code corrects itself.
//!
//! The values of a polynomial of degree below `t` at `m` points are a word of a generalised Reed-Solomon code; up to
//! `(m - t) / 2` wrong shares can be found and left out. We decode by syndromes rather than by Berlekamp and Welch:
//! a syndrome is a sum over the errors alone, the polynomial cancels out, so deciding by syndromes decides by the
//! errors, while Berlekamp-Welch eliminates on the values of the shares themselves.
//!
//! # Source
//! \[Mas69\] J. Massey, "Shift-register synthesis and BCH decoding", IEEE Trans. Inf. Theory 15(1), 1969, algorithm 1.
//! \[MS77\] MacWilliams and Sloane, "The Theory of Error-Correcting Codes", chapter 10, section 8: the dual of a
//! generalised Reed-Solomon code.
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    code::{Code, Interpolation},
    params::{Params, require_distinct},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::gf256::Gf256,
    party::{Culprits, PartyId},
    secret::declassify,
};

/// Recovers a secret from payloads of which up to `(m - threshold) / 2` out of `m` are wrong, and names those.
///
/// Each item is the index of a share and its payload. At least `threshold + 1` shares are needed, without which
/// nothing can be checked.
///
/// # Errors
/// `InvalidParams` for a threshold below 2; `OutOfRange` for an index above 255 or an empty payload; `ShapeMismatch`
/// for payloads of different lengths; `DuplicateParty`; `TooFewShares`; `VerificationFailed` when more shares are
/// wrong than can be found, without naming any.
/// # Timing
/// Constant in the shares as far as they are right. Which shares are wrong, and where, shows in the time taken, and so
/// do a few comparisons among the errors. These are unrelated to the secret while fewer than `threshold` shares are
/// wrong.
/// # Security
/// The only evidence is that the shares agree with each other: a coalition that may replace more than
/// `(m - threshold) / 2` of them can choose the result.
pub fn correct(shares: &[(PartyId, &[u8])], threshold: usize) -> Result<(Zeroizing<Vec<u8>>, Culprits)> {
    let params = Params::for_bytes(threshold, 255)?;
    for (index, _) in shares {
        params.require_index(*index)?;
    }
    require_distinct(shares.iter().map(|(index, _)| *index))?;
    if shares.len() <= threshold {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: none to spare for correction"));
    }
    let len = shares[0].1.len();
    if len == 0 {
        return Err(Error::new(ErrorKind::OutOfRange, "shares: empty"));
    }
    if shares.iter().any(|(_, payload)| payload.len() != len) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "shares: of different lengths"));
    }
    let (points, payloads) = shares
        .iter()
        .map(|(index, payload)| (Gf256(u8::try_from(index.get()).expect("at most 255")), *payload))
        .unzip();
    correct_code(Code { points, payloads, threshold })
}

/// The shares must have passed the checks of [`correct`].
pub(super) fn correct_code(mut code: Code<'_>) -> Result<(Zeroizing<Vec<u8>>, Culprits)> {
    let too_many =
        || Error::new(ErrorKind::VerificationFailed, "shares: more are wrong than can be corrected");
    let limit = code.spare() / 2;
    let mut wrong = Vec::new();
    let mut column = 0;
    while let Some(at) = code.first_inconsistency(column) {
        // A share that is wrong anywhere is left out everywhere, so this loop runs at most `limit` times.
        let values: Vec<Gf256> = code.payloads.iter().map(|payload| Gf256(payload[at])).collect();
        let found = locate(&code.points, &Zeroizing::new(values), code.threshold).ok_or_else(too_many)?;
        for place in found.into_iter().rev() {
            code.payloads.remove(place);
            wrong.push(PartyId::new(u16::from(code.points.remove(place).0)).expect("points are not zero"));
        }
        if wrong.len() > limit {
            return Err(too_many());
        }
        column = at;
    }
    let mut secret = Zeroizing::new(vec![0; code.payloads[0].len()]);
    code.interpolate(&mut secret);
    Ok((secret, wrong.into_iter().collect()))
}

/// The places, ascending, of the wrong ones among the values at one byte position; none if there are too many.
fn locate(points: &[Gf256], values: &[Gf256], threshold: usize) -> Option<Vec<usize>> {
    let syndromes = syndromes(points, values, points.len() - threshold);
    let (locator, errors) = shortest_recurrence(&syndromes);
    if errors == 0 || errors > syndromes.len() / 2 {
        return None;
    }
    // locator(z) = prod (1 - X z) over the wrong points X: its roots are their inverses.
    let is_root = |z: Gf256| is_zero(locator.iter().rev().fold(Gf256::ZERO, |sum, c| sum * z + *c));
    let places: Vec<usize> = (0..points.len()).filter(|i| is_root(points[*i].invert())).collect();
    (places.len() == errors).then_some(places)
}

/// Decided openly, since only errors can make a syndrome.
fn is_zero(value: Gf256) -> bool {
    declassify(value.ct_eq(&Gf256::ZERO))
}

/// `S_k = sum u_i x_i^k y_i` with `u_i = 1 / prod (x_i - x_j)` over `j != i`: zero for every `k < count` exactly when
/// the values `y` lie on a polynomial of degree below `points - count`. [MS77, theorem 10.4]
fn syndromes(points: &[Gf256], values: &[Gf256], count: usize) -> Vec<Gf256> {
    let mut syndromes = vec![Gf256::ZERO; count];
    let interpolation = Interpolation::new(points);
    for ((x, y), weight) in points.iter().zip(values).zip(interpolation.weights()) {
        let mut term = *y * *weight;
        for syndrome in &mut syndromes {
            *syndrome = *syndrome + term;
            term = term * *x;
        }
    }
    syndromes
}

/// The shortest recurrence that the sequence obeys: its polynomial, constant term first, and its length. [Mas69]
fn shortest_recurrence(sequence: &[Gf256]) -> (Vec<Gf256>, usize) {
    let mut current = vec![Gf256::ONE]; // C(D)
    let mut previous = vec![Gf256::ONE]; // B(D)
    let (mut length, mut shift, mut last) = (0, 1, Gf256::ONE); // L, x, b
    for n in 0..sequence.len() {
        let terms = current.iter().zip(sequence[..=n].iter().rev());
        let discrepancy = terms.take(length + 1).fold(Gf256::ZERO, |sum, (c, s)| sum + *c * *s);
        if is_zero(discrepancy) {
            shift += 1;
            continue;
        }
        let before = current.clone();
        let factor = discrepancy * last.invert();
        current.resize(current.len().max(previous.len() + shift), Gf256::ZERO);
        for (c, b) in current[shift..].iter_mut().zip(&previous) {
            *c = *c + factor * *b;
        }
        if 2 * length <= n {
            (length, previous, last, shift) = (n + 1 - length, before, discrepancy, 1);
        } else {
            shift += 1;
        }
    }
    (current, length)
}
