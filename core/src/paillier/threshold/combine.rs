//! Decryption from the shares of enough parties.
use std::collections::BTreeMap;

use num_bigint::BigUint;
use zeroize::Zeroizing;

use super::decryption_share::{DecryptionShare, check_key};
use super::encrypted::Encrypted;
use super::setup::Setup;
use crate::bigint::limbs::{self, InverseMod2k};
use crate::bigint::{Modulus, Residue};
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::plaintext::Plaintext;
use crate::party::{Culprits, PartyId};
use crate::progress::{Observer, try_map, try_map_in_steps};

/// The numbers of an array, row-major, each the `f64` that is closest to the exact result, from the shares of at least
/// `threshold` parties.
///
/// # Errors
/// `ParamsMismatch` for an array under another key; `DuplicateParty`, `UnknownParty`, naming the party; `VerificationFailed`,
/// naming every party whose share is wrong; `TooFewShares`; `DecryptionFailed` if any element is not what its public bound
/// says, or the dealer's set-up is wrong; `OutOfRange` if any is too large for `f64`; `Cancelled` when the observer stops the work.
/// # Timing
/// Varies with the shares, which are public; constant in the numbers from there on.
pub fn combine(
    setup: &Setup,
    array: &impl Encrypted,
    shares: &[DecryptionShare],
    session: &[u8],
    observer: &mut dyn Observer,
) -> Result<Zeroizing<Vec<f64>>> {
    array.numbers(&plaintexts(setup, array, shares, session, observer)?)
}

/// The integers of an array at scale 0, row-major, from the shares of at least `threshold` parties.
///
/// # Errors
/// As [`combine`], and `ParamsMismatch` for an array of fixed-point numbers.
/// # Timing
/// As [`combine`].
pub fn combine_integers(
    setup: &Setup,
    array: &impl Encrypted,
    shares: &[DecryptionShare],
    session: &[u8],
    observer: &mut dyn Observer,
) -> Result<Zeroizing<Vec<i128>>> {
    array.require_integers()?;
    array.integers(&plaintexts(setup, array, shares, session, observer)?)
}

fn plaintexts(
    setup: &Setup,
    array: &impl Encrypted,
    shares: &[DecryptionShare],
    session: &[u8],
    observer: &mut dyn Observer,
) -> Result<Vec<Plaintext>> {
    check_key(setup, array)?;
    let mut by_party = BTreeMap::new();
    for share in shares {
        setup.verification_key(share.party)?;
        if by_party.insert(share.party, share).is_some() {
            return Err(Error::new(ErrorKind::DuplicateParty, "shares").blame(share.party));
        }
    }
    let digest = array.digest();
    let all: Vec<&DecryptionShare> = by_party.into_values().collect();
    let culprits = try_map_in_steps(&all, 1, observer, |share| {
        let verdict = share.verify_vartime(setup, array, &digest, session);
        Ok(verdict.err().map(|_| share.party))
    })?;
    let culprits: Culprits = culprits.into_iter().flatten().collect();
    if !culprits.is_empty() {
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: proof").blame(culprits));
    }
    let used = all.get(..setup.threshold());
    let used = used.ok_or(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"))?;
    let opening = Opening::new(setup, &used.iter().map(|share| share.party).collect::<Vec<_>>())?;
    let places: Vec<usize> = (0..array.list().len()).collect();
    try_map(&places, observer, |at| {
        let parts: Vec<&Residue> = used.iter().map(|share| share.parts[*at].value()).collect();
        opening.open_vartime(&parts)
    })
}

/// What it takes to put the parts of one set of parties together.
struct Opening<'a> {
    setup: &'a Setup,
    /// `2 k_i`: whether negative, and the magnitude.
    exponents: Vec<(bool, Vec<u64>)>,
    modulus: Modulus,
    /// `1 / (4 D^2)` modulo n.
    factor: Residue,
    /// To divide by n.
    exact: InverseMod2k,
}

impl<'a> Opening<'a> {
    fn new(setup: &'a Setup, parties: &[PartyId]) -> Result<Self> {
        let modulus = Modulus::new(setup.public_key().n())?;
        let factor = modulus.reduce(&limbs::from_biguint_vartime(&(setup.factorial().pow(2) * 4_u8)));
        // n has no factor that a factorial of at most 255 has; nor has one that is even an inverse.
        const NO_KEY: Error = Error::new(ErrorKind::DecryptionFailed, "set-up: its key");
        let factor = Option::from(modulus.invert(&factor)).ok_or(NO_KEY)?;
        let exact = InverseMod2k::new(setup.public_key().n(), modulus.width()).ok_or(NO_KEY)?;
        let exponents = parties.iter().map(|party| {
            let (negative, coefficient) = lagrange_at_zero(setup.factorial(), parties, *party);
            (negative, limbs::from_biguint_vartime(&(coefficient * 2_u8)))
        });
        Ok(Self { setup, exponents: exponents.collect(), modulus, factor, exact })
    }

    fn open_vartime(&self, parts: &[&Residue]) -> Result<Plaintext> {
        const WRONG: Error =
            Error::new(ErrorKind::DecryptionFailed, "shares: the set-up does not fit the key");
        let square = self.setup.modulus();
        let powers: Vec<_> = parts
            .iter()
            .zip(&self.exponents)
            .map(|(part, (negative, exponent))| (*part, *negative, &exponent[..]))
            .collect();
        let [above, below] = square.multi_pow_signed_vartime(&powers);
        let below: Residue = Option::from(square.invert(&below)).ok_or(WRONG)?;
        let power = square.mul(&above, &below);
        // L(u) = (u - 1) / n, if that is an integer.
        let mut multiple = square.to_limbs(&power);
        limbs::sub_assign(&mut multiple, &[1]);
        let quotient = limbs::div_exact(&multiple, &self.exact);
        if square.one_plus_root_times(&quotient) != power {
            return Err(WRONG);
        }
        let message = self.modulus.mul(&self.modulus.reduce(&quotient), &self.factor);
        Ok(Plaintext::from_reduced(&self.modulus.to_limbs(&message), self.setup.public_key()))
    }
}

/// `D prod j / (j - i)` over the other parties j: an integer, for it divides D by `(i-1)! (l-i)!` at most. Whether it is negative,
/// and its magnitude.
fn lagrange_at_zero(factorial: &BigUint, parties: &[PartyId], party: PartyId) -> (bool, BigUint) {
    let (mut above, mut below, mut negative) = (factorial.clone(), BigUint::from(1_u8), false);
    for other in parties.iter().filter(|other| **other != party) {
        above *= other.get();
        below *= other.get().abs_diff(party.get());
        negative ^= *other < party;
    }
    (negative, above / below)
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::super::setup::factorial;
    use super::*;

    /// Any polynomial of degree below the size of the set, at 0, times the factorial.
    #[test]
    fn coefficients_are_integers_that_interpolate() {
        let party = |number: u16| PartyId::new(number).unwrap();
        let polynomial = |x: u16| (0..4).fold(BigInt::ZERO, |sum, k| sum * x + 7 * (k + 1) - 11);
        for set in [&[1, 2, 3, 4][..], &[1, 3, 5, 9], &[2, 4, 8, 9], &[6, 7, 8, 9]] {
            let factorial = factorial(9);
            let parties: Vec<PartyId> = set.iter().map(|number| party(*number)).collect();
            let mut sum = BigInt::ZERO;
            for number in &parties {
                let (negative, coefficient) = lagrange_at_zero(&factorial, &parties, *number);
                let term = BigInt::from(coefficient) * polynomial(number.get());
                sum += if negative { -term } else { term };
            }
            assert_eq!(sum, polynomial(0) * BigInt::from(factorial));
        }
    }
}
