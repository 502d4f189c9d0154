//! Verifiable sharing that gives nothing away about the secret, however easily it could be guessed.
//!
//! Each holder checks its share against a public commitment that is independent of the secret: every secret fits it
//! equally well. Take this for PINs, measurements and short keys, where [`feldman`](super::feldman) would betray them.
//!
//! Bytes are cut into pieces of 31, each of which is a scalar. All pieces share one blinding polynomial, and each has a
//! generator of its own, so that the commitment is `threshold` points whatever the length:
//! `C_j = a_j1 G_1 + .. + a_jk G_k + b_j H` for coefficient `j` of the pieces' polynomials and of the blinding one.
//! `G_1` is the standard generator; the others and `H` are hashes of their names.
//!
//! # Security
//! Hiding is unconditional as far as the commitment goes. The binding of the dealer, that all holders have shares of the
//! same secret, rests on discrete logarithms. Below `threshold` shares reveal nothing but the length.
//!
//! # Source
//! \[Ped91\] T. Pedersen, "Non-interactive and information-theoretic secure verifiable secret sharing", CRYPTO 1991,
//! section 4, with one generator for each piece instead of one commitment for each piece.
use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{params::Params, polynomial::powers};
use crate::{
    error::{Error, ErrorKind, Result},
    group::{Point, Scalar},
    party::PartyId,
    secret::declassify,
    transcript::{Digest, Transcript},
};

mod combine;
mod content;
mod encoding;
mod split;

pub use combine::{combine, combine_scalars};
pub use content::MAX_SECRET_LEN;
use content::{Content, MAX_PIECES};
pub use split::{split, split_scalars};

/// What the dealer publishes. Every holder must see the same one.
///
/// Its hash names the dealing, so a share fits exactly one commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    params: Params,
    content: Content,
    /// One for each coefficient, constant term first; exactly `threshold`, or the degree would not be what it says.
    points: Vec<Point>,
    digest: Digest,
}

/// One holder's share. Secret.
#[derive(Clone)]
pub struct Share {
    set_id: Digest,
    params: Params,
    index: PartyId,
    /// The value of the blinding polynomial.
    blinder: Zeroizing<Scalar>,
    /// The values of the pieces' polynomials.
    values: Zeroizing<Vec<Scalar>>,
}

/// `count` generators, followed by that of the blinder.
fn generators(count: usize) -> Vec<Point> {
    let hashed = (1..count as u64).map(|number| {
        Point::hash_to_group(Transcript::new("veilkit v1 pedersen generator").append_u64("number", number))
    });
    core::iter::once(Point::generator()).chain(hashed).chain([Point::pedersen_base()]).collect()
}

impl Commitment {
    fn new(params: Params, content: Content, points: Vec<Point>) -> Self {
        let mut transcript = Transcript::new("veilkit v1 pedersen commitment");
        transcript.append_u64("threshold", params.threshold() as u64);
        transcript.append_u64("count", params.shares() as u64);
        transcript.append_u64("pieces", content.pieces() as u64);
        transcript.append_u64("bytes", content.bytes() as u64);
        for point in &points {
            transcript.append("point", &point.to_bytes());
        }
        let digest = transcript.digest();
        Self { params, content, points, digest }
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

    /// One for each piece, and that of the blinder.
    pub(super) fn generators(&self) -> Vec<Point> {
        generators(self.content.pieces())
    }

    /// The commitment to the same secret with other polynomials.
    pub(super) fn with_points(&self, params: Params, points: Vec<Point>) -> Self {
        Self::new(params, self.content, points)
    }

    /// Whether the share is the one that was committed to; `generators` has those of all pieces and of the blinder.
    fn fits(&self, share: &Share, generators: &[Point]) -> bool {
        if share.set_id != self.digest
            || share.params != self.params
            || share.values.len() != self.content.pieces()
            || self.params.require_index(share.index).is_err()
        {
            return false;
        }
        let scalars = share.scalars();
        let committed = Point::multi_mul_vartime(&powers(self.params, share.index), &self.points);
        declassify(Point::multi_mul(&scalars, generators).ct_eq(&committed))
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

    /// The values of all polynomials, the blinding one last.
    pub(super) fn scalars(&self) -> Zeroizing<Vec<Scalar>> {
        let mut scalars = Zeroizing::new(Vec::with_capacity(self.values.len() + 1));
        scalars.extend_from_slice(&self.values);
        scalars.push(*self.blinder);
        scalars
    }

    /// The share of a dealing with these values, one for each generator.
    pub(super) fn from_scalars(commitment: &Commitment, index: PartyId, scalars: &[Scalar]) -> Self {
        let (values, blinder) = scalars.split_at(scalars.len() - 1);
        Self {
            set_id: commitment.digest,
            params: commitment.params,
            index,
            blinder: Zeroizing::new(blinder[0]),
            values: Zeroizing::new(values.to_vec()),
        }
    }

    /// Checks that the share holds the committed polynomials' values.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the share, also when the commitment is that of another dealing.
    pub fn verify(&self, commitment: &Commitment) -> Result<()> {
        if commitment.fits(self, &generators(commitment.content.pieces())) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::VerificationFailed, "share: commitment").blame(self.index))
    }
}

impl ZeroizeOnDrop for Share {}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("pedersen::Share")
            .field("index", &self.index)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Share {
    fn ct_eq(&self, other: &Self) -> Choice {
        let header = |share: &Self| (share.set_id, share.params, share.index);
        Choice::from(u8::from(header(self) == header(other)))
            & self.blinder.ct_eq(&other.blinder)
            & self.values.ct_eq(&other.values)
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

#[cfg(test)]
mod tests;
