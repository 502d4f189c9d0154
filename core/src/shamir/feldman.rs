//! Verifiable sharing of a uniformly random scalar: each holder checks its share against a public commitment.
//!
//! # Security
//! The commitment contains `g^secret`. That hides a secret that was drawn uniformly from all scalars, under the
//! discrete logarithm assumption, and nothing else: a PIN, a measurement or a short key is found by trying. For those,
//! use [`pedersen`](super::pedersen).
//!
//! # Source
//! \[Fel87\] P. Feldman, "A practical scheme for non-interactive verifiable secret sharing", FOCS 1987.
use core::fmt;

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    params::{Params, require_distinct},
    polynomial::{evaluate, interpolate_vectors, powers},
    split::expand,
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    party::{Culprits, PartyId},
    secret::declassify,
    transcript::{Digest, Transcript},
};

mod encoding;

/// What the dealer publishes: `g` to the power of each coefficient. Every holder must see the same one.
///
/// Its hash names the dealing, so a share fits exactly one commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    params: Params,
    /// One for each coefficient, constant term first; exactly `threshold`, or the degree would not be what it says.
    points: Vec<Point>,
    digest: Digest,
}

/// One holder's share of a scalar. Secret.
#[derive(Clone)]
pub struct Share {
    set_id: Digest,
    params: Params,
    index: PartyId,
    value: Zeroizing<Scalar>,
}

/// Splits a uniformly random scalar.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 65,535`; `OutOfRange` for zero, which is no random scalar.
/// # Timing
/// Constant in the secret, save for zero; varies with `threshold` and `shares`.
/// # Security
/// Only for secrets drawn uniformly from all scalars; see the [module](self).
pub fn split(
    secret: &Scalar,
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<(Commitment, Vec<Share>)> {
    let params = Params::new(threshold, shares)?;
    if declassify(secret.ct_eq(&Scalar::ZERO)) {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: zero"));
    }
    let mut rng = expand(rng);
    let mut coefficients = Zeroizing::new(vec![*secret; params.threshold()]);
    coefficients[1..].fill_with(|| Scalar::random(&mut rng));
    let commitment = Commitment::new(params, coefficients.iter().map(Point::mul_generator).collect());
    let share = |index| Share {
        set_id: commitment.digest,
        params,
        index,
        value: Zeroizing::new(evaluate(&coefficients, index)),
    };
    let shares = params.indices().map(share).collect();
    Ok((commitment, shares))
}

/// Gives the scalar back, after checking every share.
///
/// # Errors
/// `DuplicateParty`; `VerificationFailed` naming every share that does not fit the commitment; `TooFewShares`.
/// # Timing
/// Constant in the shares; varies with their number and with which are wrong.
pub fn combine(commitment: &Commitment, shares: &[Share]) -> Result<Zeroizing<Scalar>> {
    require_distinct(shares.iter().map(Share::index))?;
    let wrong: Culprits = shares.iter().filter(|s| s.verify(commitment).is_err()).map(Share::index).collect();
    if !wrong.is_empty() {
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: commitment").blame(wrong));
    }
    if shares.len() < commitment.params.threshold() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    let indices: Vec<PartyId> = shares.iter().map(Share::index).collect();
    let values: Vec<&[Scalar]> = shares.iter().map(|share| core::slice::from_ref(&*share.value)).collect();
    let secret = interpolate_vectors(&indices, &values, commitment.params.threshold())?;
    Ok(Zeroizing::new(secret[0]))
}

impl Commitment {
    pub(super) fn new(params: Params, points: Vec<Point>) -> Self {
        let mut transcript = Transcript::new("veilkit v1 feldman commitment");
        transcript.append_u64("threshold", params.threshold() as u64);
        transcript.append_u64("count", params.shares() as u64);
        for point in &points {
            transcript.append("point", &point.to_bytes());
        }
        let digest = transcript.digest();
        Self { params, points, digest }
    }

    /// How many shares there are and how many are needed.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The name of the dealing: a hash of the whole commitment.
    pub fn set_id(&self) -> Digest {
        self.digest
    }

    /// One for each coefficient.
    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// `g` to the power of the secret: the public key, if the secret is a key.
    pub fn public_point(&self) -> Point {
        self.points[0]
    }

    /// `g` to the power of the share with this index.
    ///
    /// # Errors
    /// `OutOfRange` for an index that no share has.
    pub fn share_point(&self, index: PartyId) -> Result<Point> {
        self.params.require_index(index)?;
        Ok(Point::multi_mul_vartime(&powers(self.params, index), &self.points))
    }
}

impl Share {
    /// The dealing that the share belongs to.
    pub fn set_id(&self) -> Digest {
        self.set_id
    }

    /// How many shares there are and how many are needed.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The number of the share, from 1.
    pub fn index(&self) -> PartyId {
        self.index
    }

    /// The share of a dealing with this value.
    pub(super) fn from_value(commitment: &Commitment, index: PartyId, value: &Scalar) -> Self {
        Self { set_id: commitment.digest, params: commitment.params, index, value: Zeroizing::new(*value) }
    }

    /// The value of the polynomial at the index. Secret.
    pub fn value(&self) -> &Scalar {
        &self.value
    }

    /// Checks that the share is the committed polynomial's value: `g^share = prod C_j^(i^j)`. \[Fel87\]
    ///
    /// # Errors
    /// `VerificationFailed`, naming the share, also when the commitment is that of another dealing.
    pub fn verify(&self, commitment: &Commitment) -> Result<()> {
        let fits = self.set_id == commitment.digest
            && self.params == commitment.params
            && declassify(commitment.share_point(self.index)?.ct_eq(&Point::mul_generator(&self.value)));
        if fits {
            return Ok(());
        }
        Err(Error::new(ErrorKind::VerificationFailed, "share: commitment").blame(self.index))
    }
}

impl ZeroizeOnDrop for Share {}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("feldman::Share")
            .field("index", &self.index)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Share {
    fn ct_eq(&self, other: &Self) -> Choice {
        let header = |share: &Self| (share.set_id, share.params, share.index);
        Choice::from(u8::from(header(self) == header(other))) & self.value.ct_eq(&other.value)
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

#[cfg(test)]
mod tests;
