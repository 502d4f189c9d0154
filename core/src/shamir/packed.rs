//! Packed sharing: many secrets in one polynomial, for computing on shares at a fraction of the traffic.
//!
//! A pack of `width` secrets sits at the points `0, -1, -2, ..` of one polynomial; share `i` is its value at `i`.
//! `privacy` is how many shares say nothing at all, so the polynomial has the degree `privacy + width - 1` and
//! one more share than that gives the secrets back. Sums of shares are shares of the sums, products of shares are
//! shares of the products with twice the degree, each slot on its own.
//!
//! # Security
//! Any `privacy` shares are independent of the secrets. From there to `privacy + width` each further share gives
//! something away: the price of packing. Nothing names a wrong share; spare shares show that there is one.
//!
//! # Source
//! \[FY92\] M. Franklin, M. Yung, "Communication complexity of secure computation", STOC 1992, section 3.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{field::{Field, Fp61}, shamir::packed::{self, Packing}};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let packing = Packing::new(2, 3, 9)?; // 2 shares say nothing, 3 secrets each, 9 parties
//! let ages = [41, 72, 68, 55].map(Fp61::from_u64);
//! let shares = packed::split(&ages, packing, &mut rng)?;
//! let squares = shares.iter().map(|share| share.mul(share)).collect::<Result<Vec<_>, _>>()?;
//! assert_eq!(packed::combine(&squares)?[3], Fp61::from_u64(55 * 55));
//! # Ok::<(), veilkit::Error>(())
//! ```
use core::fmt;

use rand_core::{CryptoRng, Rng};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    params::require_distinct,
    polynomial::{Interpolation, point, weighted_sum},
    share::SetId,
    split::expand,
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::Field,
    party::PartyId,
    secret::declassify,
    transcript::Transcript,
};

mod encoding;
mod evaluate;

/// The most secrets that are shared at once, 2^26.
pub const MAX_ELEMENTS: usize = 1 << 26;
/// The most secrets in one polynomial.
pub const MAX_WIDTH: usize = 4096;

/// How secrets are packed: how many shares say nothing, how many secrets lie in a polynomial, how many shares there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packing {
    privacy: u16,
    width: u16,
    shares: u16,
}

impl Packing {
    /// Checks `privacy >= 1`, `1 <= width <= 4096` and `privacy + width <= shares <= 65,535`.
    ///
    /// # Errors
    /// `InvalidParams`.
    pub fn new(privacy: usize, width: usize, shares: usize) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidParams, what);
        if privacy < 1 {
            return Err(invalid("privacy: below 1"));
        }
        if !(1..=MAX_WIDTH).contains(&width) {
            return Err(invalid("width: 1 to 4,096"));
        }
        if privacy.checked_add(width).is_none_or(|needed| needed > shares) {
            return Err(invalid("shares: fewer than privacy and width together"));
        }
        match (u16::try_from(privacy), u16::try_from(width), u16::try_from(shares)) {
            (Ok(privacy), Ok(width), Ok(shares)) => Ok(Self { privacy, width, shares }),
            _ => Err(invalid("shares: more than 65,535")),
        }
    }

    /// How many shares say nothing.
    pub fn privacy(self) -> usize {
        usize::from(self.privacy)
    }

    /// How many secrets lie in a polynomial.
    pub fn width(self) -> usize {
        usize::from(self.width)
    }

    /// How many shares there are.
    pub fn shares(self) -> usize {
        usize::from(self.shares)
    }

    /// The degree of the polynomials as they are dealt.
    fn degree(self) -> usize {
        self.privacy() + self.width() - 1
    }

    /// The points of the secrets: `0, -1, -2, ..`; no index is among them.
    fn slots<F: Field>(self) -> Vec<F> {
        (0..u64::from(self.width)).map(|slot| -F::from_u64(slot)).collect()
    }
}

/// One party's share of a packed vector. Secret.
#[derive(Clone)]
pub struct Share<F: Field> {
    set_id: SetId,
    packing: Packing,
    index: PartyId,
    /// The degree of the polynomials: more than dealt after products.
    degree: usize,
    /// The secrets in all; the last polynomial may have room for more.
    elements: usize,
    /// One value for each polynomial.
    values: Zeroizing<Vec<F>>,
}

/// Packs and splits a vector.
///
/// # Errors
/// `OutOfRange` when there are no elements, or more than [`MAX_ELEMENTS`].
/// # Timing
/// Constant in the elements; varies with their number and the packing.
/// # Source
/// \[FY92\]: the polynomial through the secrets and `privacy` random values, those of the first shares.
pub fn split<F: Field>(secret: &[F], packing: Packing, rng: &mut impl CryptoRng) -> Result<Vec<Share<F>>> {
    if secret.is_empty() || secret.len() > MAX_ELEMENTS {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: no elements, or too many"));
    }
    let mut rng = expand(rng);
    let mut set_id = SetId::default();
    rng.fill_bytes(&mut set_id);
    let packs = secret.len().div_ceil(packing.width());
    let indices = (1..=packing.shares).map(|index| PartyId::new(index).expect("counted from 1"));
    let mut shares: Vec<Share<F>> = indices
        .map(|index| Share {
            set_id,
            packing,
            index,
            degree: packing.degree(),
            elements: secret.len(),
            values: Zeroizing::new(Vec::with_capacity(packs)),
        })
        .collect();
    // The secrets' points, then those of the first shares.
    let mut points: Vec<F> = packing.slots();
    let (random, computed) = shares.split_at_mut(packing.privacy());
    points.extend(random.iter().map(|share| point::<F>(share.index)));
    let interpolation = Interpolation::new(&points);
    let rows: Vec<Vec<F>> = computed.iter().map(|share| interpolation.at(point(share.index))).collect();
    let mut known = Zeroizing::new(vec![F::ZERO; points.len()]);
    for pack in secret.chunks(packing.width()) {
        known.fill(F::ZERO);
        known[..pack.len()].copy_from_slice(pack);
        for (value, share) in known[packing.width()..].iter_mut().zip(random.iter_mut()) {
            *value = F::random(&mut rng);
            share.values.push(*value);
        }
        for (row, share) in rows.iter().zip(computed.iter_mut()) {
            share.values.push(weighted_sum(row, known.iter().copied()));
        }
    }
    Ok(shares)
}

/// Gives the vector back, and checks that spare shares lie on the same polynomials.
///
/// # Errors
/// `TooFewShares` below `degree + 1`; `DuplicateParty`; `ParamsMismatch` for shares of different sets or degrees;
/// `VerificationFailed` when there are spare shares and one of all is wrong.
/// # Timing
/// Constant in the elements; varies with the number of shares and elements, and with whether the shares agree.
pub fn combine<F: Field>(shares: &[Share<F>]) -> Result<Zeroizing<Vec<F>>> {
    let Some(first) = shares.first() else {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: none"));
    };
    if shares.iter().any(|share| share.header() != first.header()) {
        return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different sets or degrees"));
    }
    require_distinct(shares.iter().map(Share::index))?;
    let needed = first.degree + 1;
    if shares.len() < needed {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the degree needs"));
    }
    let points: Vec<F> = shares.iter().map(|share| point(share.index)).collect();
    let (base, extra) = points.split_at(needed);
    let interpolation = Interpolation::new(base);
    let at =
        |factors: &[F], pack: usize| weighted_sum(factors, shares.iter().map(|share| share.values[pack]));
    let mut consistent = Choice::from(1);
    for (x, share) in extra.iter().zip(&shares[needed..]) {
        let factors = interpolation.at(*x);
        for (pack, value) in share.values.iter().enumerate() {
            consistent &= at(&factors, pack).ct_eq(value);
        }
    }
    if !declassify(consistent) {
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: not on one polynomial"));
    }
    let rows: Vec<Vec<F>> = first.packing.slots().into_iter().map(|slot| interpolation.at(slot)).collect();
    let mut secret = Zeroizing::new(Vec::with_capacity(first.values.len() * rows.len()));
    for pack in 0..first.values.len() {
        secret.extend(rows.iter().map(|row| at(row, pack)));
    }
    // What lies beyond the last element is dropped: products and sums with constants fill it.
    secret[first.elements..].fill(F::ZERO);
    secret.truncate(first.elements);
    Ok(secret)
}

impl<F: Field> Share<F> {
    /// The dealing or computation that the share belongs to.
    pub fn set_id(&self) -> SetId {
        self.set_id
    }

    /// How the secrets are packed.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The number of the share, from 1: the point of its values.
    pub fn index(&self) -> PartyId {
        self.index
    }

    /// The degree of the polynomials: one share more gives the vector back.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// The length of the vector.
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// The value of each polynomial at the index. Secret.
    pub fn values(&self) -> &[F] {
        &self.values
    }

    fn header(&self) -> (SetId, Packing, usize, usize) {
        (self.set_id, self.packing, self.degree, self.elements)
    }
}

/// The set of what is computed from others: the same at every party that computes the same.
fn derived_set(operation: &'static str, operands: &[&[u8]]) -> SetId {
    let mut transcript = Transcript::new("veilkit v1 packed set");
    transcript.append("operation", operation.as_bytes());
    for operand in operands {
        transcript.append("operand", operand);
    }
    let mut set_id = SetId::default();
    transcript.fill(&mut set_id);
    set_id
}

impl<F: Field> ZeroizeOnDrop for Share<F> {}

impl<F: Field> fmt::Debug for Share<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("packed::Share")
            .field("index", &self.index)
            .field("packing", &self.packing)
            .field("degree", &self.degree)
            .finish_non_exhaustive()
    }
}

impl<F: Field> ConstantTimeEq for Share<F> {
    fn ct_eq(&self, other: &Self) -> Choice {
        let same = self.header() == other.header() && self.index == other.index;
        Choice::from(u8::from(same)) & self.values.ct_eq(&other.values)
    }
}

impl<F: Field> PartialEq for Share<F> {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

#[cfg(test)]
mod tests;
