//! What a verifier checks: sums of multiples of points that must be the neutral element.
use rand_core::CryptoRng;

use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};

/// The equations that make a proof hold: each a list of multiples of points whose sum must be the neutral element.
#[derive(Clone, Debug, Default)]
pub struct Equations(Vec<Vec<(Scalar, Point)>>);

pub(super) const WRONG: Error = Error::new(ErrorKind::VerificationFailed, "proof");

impl Equations {
    pub(super) fn push(&mut self, equation: Vec<(Scalar, Point)>) {
        self.0.push(equation);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Checks every equation.
    ///
    /// # Errors
    /// `VerificationFailed`.
    /// # Timing
    /// Varies with the proof, which is public.
    pub fn check(&self) -> Result<()> {
        // A proof without equations would prove nothing.
        if self.0.is_empty() || !self.failing().is_empty() {
            return Err(WRONG);
        }
        Ok(())
    }

    /// The equations that do not hold.
    pub(super) fn failing(&self) -> Vec<usize> {
        let holds = |equation: &[(Scalar, Point)]| bool::from(sum(equation).is_identity());
        (0..self.0.len()).filter(|i| !holds(&self.0[*i])).collect()
    }
}

fn sum(equation: &[(Scalar, Point)]) -> Point {
    let (scalars, points): (Vec<Scalar>, Vec<Point>) = equation.iter().copied().unzip();
    Point::multi_mul_vartime(&scalars, &points)
}

/// Many proofs, checked by one sum.
///
/// Each equation is weighted with 128 random bits, so the chance that a wrong one passes is 2^-128.
#[derive(Debug, Default)]
pub struct Batch {
    proofs: Vec<Equations>,
}

impl Batch {
    /// Nothing to check yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a proof's equations, and gives its number.
    pub fn push(&mut self, proof: Equations) -> usize {
        self.proofs.push(proof);
        self.proofs.len() - 1
    }

    /// How many proofs there are.
    pub fn len(&self) -> usize {
        self.proofs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.proofs.is_empty()
    }

    /// Checks all proofs.
    ///
    /// # Errors
    /// `VerificationFailed` if any does not hold, or if there is none; [`Batch::wrong`] tells which.
    /// # Timing
    /// Varies with the proofs, which are public.
    pub fn verify(&self, rng: &mut impl CryptoRng) -> Result<()> {
        if self.is_empty() || self.proofs.iter().any(|proof| proof.0.is_empty()) {
            return Err(WRONG);
        }
        let mut all = Vec::new();
        for equation in self.proofs.iter().flat_map(|proof| &proof.0) {
            let mut bytes = [0; 31];
            rng.fill_bytes(&mut bytes[..16]);
            let weight = Scalar::from_short_bytes(&bytes);
            all.extend(equation.iter().map(|(scalar, point)| (*scalar * weight, *point)));
        }
        match sum(&gathered(all)).is_identity().into() {
            true => Ok(()),
            false => Err(WRONG),
        }
    }

    /// The numbers of the proofs that do not hold.
    pub fn wrong(&self) -> Vec<usize> {
        (0..self.proofs.len()).filter(|i| self.proofs[*i].check().is_err()).collect()
    }
}

/// One multiple for the generator, whose share in most equations is large.
fn gathered(terms: Vec<(Scalar, Point)>) -> Vec<(Scalar, Point)> {
    let generator = Point::generator();
    let (of_generator, mut others): (Vec<_>, Vec<_>) =
        terms.into_iter().partition(|(_, point)| *point == generator);
    let total = of_generator.iter().fold(Scalar::ZERO, |sum, (scalar, _)| sum + *scalar);
    others.push((total, generator));
    others
}
