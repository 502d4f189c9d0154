//! What Feldman's and Pedersen's sharings have in common: a share is a row of scalars, committed to by one point for
//! each coefficient over a generator for each scalar of the row.
use zeroize::Zeroizing;

use super::{
    feldman,
    params::Params,
    pedersen,
    polynomial::{Interpolation, point, powers},
    sealed::Addressed,
};
use crate::{
    codec::{Decode, Encode},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    party::PartyId,
};

/// A share that can be checked against a public commitment: [`feldman::Share`] or [`pedersen::Share`].
pub trait Verifiable: Addressed + internal::Rows<Committed = Self::Commitment> {
    /// What the dealer published.
    type Commitment: Encode + Decode + Clone + PartialEq + core::fmt::Debug;
}

impl Verifiable for feldman::Share {
    type Commitment = feldman::Commitment;
}

impl Verifiable for pedersen::Share {
    type Commitment = pedersen::Commitment;
}

pub(crate) mod internal {
    use super::{Params, PartyId, Point, Result, Scalar, Zeroizing};
    use crate::transcript::Digest;

    /// Shares as rows of scalars.
    pub trait Rows: Sized {
        /// The commitment's type.
        type Committed;
        /// Threshold and number of shares.
        fn params(commitment: &Self::Committed) -> Params;
        /// One for each coefficient.
        fn points(commitment: &Self::Committed) -> &[Point];
        /// One for each scalar of a row.
        fn generators(commitment: &Self::Committed) -> Vec<Point>;
        /// The name of the dealing.
        fn set_id_of(commitment: &Self::Committed) -> Digest;
        /// A commitment to the same secret with other polynomials.
        fn with_points(commitment: &Self::Committed, params: Params, points: Vec<Point>) -> Self::Committed;
        /// The share's scalars.
        fn row(&self) -> Zeroizing<Vec<Scalar>>;
        /// The share with these scalars.
        fn from_row(commitment: &Self::Committed, index: PartyId, row: &[Scalar]) -> Self;
        /// Checks the share.
        fn check(&self, commitment: &Self::Committed) -> Result<()>;
    }
}

impl internal::Rows for feldman::Share {
    type Committed = feldman::Commitment;

    fn params(commitment: &feldman::Commitment) -> Params {
        commitment.params()
    }

    fn points(commitment: &feldman::Commitment) -> &[Point] {
        commitment.points()
    }

    fn generators(_: &feldman::Commitment) -> Vec<Point> {
        vec![Point::generator()]
    }

    fn set_id_of(commitment: &feldman::Commitment) -> crate::transcript::Digest {
        commitment.set_id()
    }

    fn with_points(_: &feldman::Commitment, params: Params, points: Vec<Point>) -> feldman::Commitment {
        feldman::Commitment::new(params, points)
    }

    fn row(&self) -> Zeroizing<Vec<Scalar>> {
        Zeroizing::new(vec![*self.value()])
    }

    fn from_row(commitment: &feldman::Commitment, index: PartyId, row: &[Scalar]) -> Self {
        Self::from_value(commitment, index, &row[0])
    }

    fn check(&self, commitment: &feldman::Commitment) -> Result<()> {
        self.verify(commitment)
    }
}

impl internal::Rows for pedersen::Share {
    type Committed = pedersen::Commitment;

    fn params(commitment: &pedersen::Commitment) -> Params {
        commitment.params()
    }

    fn points(commitment: &pedersen::Commitment) -> &[Point] {
        commitment.points()
    }

    fn generators(commitment: &pedersen::Commitment) -> Vec<Point> {
        commitment.generators()
    }

    fn set_id_of(commitment: &pedersen::Commitment) -> crate::transcript::Digest {
        commitment.set_id()
    }

    fn with_points(
        commitment: &pedersen::Commitment,
        params: Params,
        points: Vec<Point>,
    ) -> pedersen::Commitment {
        commitment.with_points(params, points)
    }

    fn row(&self) -> Zeroizing<Vec<Scalar>> {
        self.scalars()
    }

    fn from_row(commitment: &pedersen::Commitment, index: PartyId, row: &[Scalar]) -> Self {
        Self::from_scalars(commitment, index, row)
    }

    fn check(&self, commitment: &pedersen::Commitment) -> Result<()> {
        self.verify(commitment)
    }
}

/// What the share with this index must commit to.
pub(crate) fn share_point(params: Params, points: &[Point], index: PartyId) -> Point {
    Point::multi_mul_vartime(&powers(params, index), points)
}

/// The factors that give the row at `target`, or at the secret, from the rows at distinct indices.
///
/// # Errors
/// `InvalidParams` when `target` is one of the indices.
pub(crate) fn factors(indices: &[PartyId], target: Option<PartyId>) -> Result<Vec<Scalar>> {
    if target.is_some_and(|target| indices.contains(&target)) {
        return Err(Error::new(ErrorKind::InvalidParams, "plan: the lost share among the helpers'"));
    }
    let points: Vec<Scalar> = indices.iter().map(|index| point(*index)).collect();
    Ok(Interpolation::new(&points).at(target.map_or(Scalar::ZERO, point)))
}

/// Adds a multiple of a row to another.
pub(crate) fn add_row(sum: &mut [Scalar], factor: Scalar, row: &[Scalar]) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum = *sum + factor * *value;
    }
}

/// `1, x, x^2, ..` for an index, as many as the threshold.
pub(crate) fn index_powers(params: Params, index: PartyId) -> Vec<Scalar> {
    powers(params, index)
}
