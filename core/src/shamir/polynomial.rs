//! Polynomials over a prime field: evaluation at share indices, interpolation at zero.
use subtle::Choice;
use zeroize::Zeroizing;

use super::params::Params;
use crate::{
    error::{Error, ErrorKind, Result},
    field::{Field, batch},
    party::PartyId,
    secret::declassify,
};

/// The index as a point; different indices are different points, and none is zero, since the field is large.
pub(super) fn point<F: Field>(index: PartyId) -> F {
    F::from_u64(u64::from(index.get()))
}

/// The value at the index of a polynomial, constant term first.
pub(super) fn evaluate<F: Field>(coefficients: &[F], index: PartyId) -> F {
    let x = point(index);
    coefficients.iter().rev().fold(F::ZERO, |value, coefficient| value * x + *coefficient)
}

/// `1, x, x^2, ..`, as many as the threshold.
pub(super) fn powers<F: Field>(params: Params, index: PartyId) -> Vec<F> {
    let x: F = point(index);
    core::iter::successors(Some(F::ONE), |power| Some(*power * x)).take(params.threshold()).collect()
}

/// Interpolation through fixed, distinct points: the barycentric form of Lagrange's.
pub(crate) struct Interpolation<'a, F> {
    points: &'a [F],
    /// `1 / prod (x_i - x_j)` over `j != i`.
    weights: Vec<F>,
}

impl<'a, F: Field> Interpolation<'a, F> {
    pub(crate) fn new(points: &'a [F]) -> Self {
        let product = |(i, x_i): (usize, &F)| {
            let others = points.iter().enumerate().filter(|(j, _)| *j != i);
            others.fold(F::ONE, |product, (_, x_j)| product * (*x_i - *x_j))
        };
        let mut weights: Vec<F> = points.iter().enumerate().map(product).collect();
        batch::invert(&mut weights).expect("the points are distinct");
        Self { points, weights }
    }

    /// The factors that give the value at `x`, which is none of the points, from the values at the points.
    pub(crate) fn at(&self, x: F) -> Vec<F> {
        let mut factors: Vec<F> = self.points.iter().map(|x_i| x - *x_i).collect();
        let whole = factors.iter().fold(F::ONE, |product, distance| product * *distance);
        batch::invert(&mut factors).expect("x is none of the points");
        for (factor, weight) in factors.iter_mut().zip(&self.weights) {
            *factor = *factor * *weight * whole;
        }
        factors
    }
}

/// The sum of the values, each times its public factor.
pub(super) fn weighted_sum<F: Field>(factors: &[F], values: impl Iterator<Item = F>) -> F {
    factors.iter().zip(values).fold(F::ZERO, |sum, (factor, value)| sum + *factor * value)
}

/// Vectors of values at distinct indices, all of the same length: the vector at zero, from the first `threshold`.
///
/// # Errors
/// `VerificationFailed` when the others do not lie on the same polynomials.
pub(super) fn interpolate_vectors<F: Field>(
    indices: &[PartyId],
    vectors: &[&[F]],
    threshold: usize,
) -> Result<Zeroizing<Vec<F>>> {
    let points: Vec<F> = indices.iter().map(|index| point(*index)).collect();
    let (base, extra) = points.split_at(threshold);
    let at = |factors: &[F], place: usize| weighted_sum(factors, vectors.iter().map(|vector| vector[place]));
    let interpolation = Interpolation::new(base);
    let mut consistent = Choice::from(1);
    for (x, vector) in extra.iter().zip(&vectors[threshold..]) {
        let factors = interpolation.at(*x);
        for (place, value) in vector.iter().enumerate() {
            consistent &= at(&factors, place).ct_eq(value);
        }
    }
    if !declassify(consistent) {
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: not on one polynomial"));
    }
    let factors = interpolation.at(F::ZERO);
    Ok(Zeroizing::new((0..vectors[0].len()).map(|place| at(&factors, place)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Fp61;

    fn party(number: u16) -> PartyId {
        PartyId::new(number).unwrap()
    }

    #[test]
    fn evaluation_and_interpolation_are_inverse() {
        let coefficients = [3, 1, 4, 1].map(Fp61::from_u64);
        let indices = [7, 2, 65_535, 1].map(party);
        let values: Vec<Fp61> = indices.iter().map(|i| evaluate(&coefficients, *i)).collect();
        assert_eq!(values[1], Fp61::from_u64(3 + 2 + 4 * 4 + 8));
        let points: Vec<Fp61> = indices.iter().map(|i| point(*i)).collect();
        let factors = Interpolation::new(&points).at(Fp61::ZERO);
        assert_eq!(weighted_sum(&factors, values.iter().copied()), coefficients[0]);
        let factors = Interpolation::new(&points).at(Fp61::from_u64(9));
        assert_eq!(weighted_sum(&factors, values.into_iter()), evaluate(&coefficients, party(9)));
    }

    #[test]
    fn powers_start_at_one() {
        let params = Params::new(3, 5).unwrap();
        assert_eq!(powers::<Fp61>(params, party(5)), [1, 5, 25].map(Fp61::from_u64));
    }
}
