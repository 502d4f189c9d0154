//! Products with known weights: element by element, dot products, matrix products.
use zeroize::Zeroizing;

use super::EncryptedArray;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::batch;
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::format::Format;
use crate::paillier::magnitude::Magnitude;
use crate::paillier::plain::PlainArray;
use crate::progress::{Observer, try_map};
use crate::shape::contraction::{Contraction, Side};
use crate::shape::selection;

/// What the running time may tell about the weights.
#[derive(Clone, Copy, PartialEq)]
enum Timing {
    /// Nothing but their public bound.
    Constant,
    /// The weights are public.
    Variable,
}

/// # Products with known weights
///
/// Scales add up. The plain versions are constant-time in the weights, signs included, and take time in proportion to
/// the bits of their declared bound: 32-bit weights cost a third of full-range fixed-point ones. Where the weights are
/// public, the `_vartime` twins use their actual sizes, which is faster and leaves more headroom. All may fail with
/// `HeadroomExhausted`, before anything is computed, with `ShapeMismatch`, and with `Cancelled`.
impl EncryptedArray {
    /// The product with a known array, element by element, with broadcasting.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn mul_plain(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        let format = self.format.mul(weights.format())?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, weights.shape())?;
        let bases: Vec<Ciphertext> = pairs.iter().map(|(i, _)| self.ciphertexts[*i].clone()).collect();
        let factors = Zeroizing::new(pairs.iter().map(|(_, j)| weights.values()[*j]).collect::<Vec<_>>());
        let ciphertexts = self.key.mul_plain_many(&bases, &factors, weights.bound().bits(), observer)?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// [`EncryptedArray::mul_plain`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn mul_plain_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        let factor = Format { scale: weights.scale(), bound: weights.bound_vartime() };
        let format = self.format.mul(factor)?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, weights.shape())?;
        let values = weights.values();
        // One inversion for many, and only where a weight is negative.
        let negatives = match values.iter().any(|weight| weight.is_negative()) {
            true => batch::negate(&self.key, &self.ciphertexts, observer)?,
            false => Vec::new(),
        };
        let ciphertexts = try_map(&pairs, observer, |(i, j)| match values[*j] {
            weight if weight.is_negative() => self.key.mul_plain_vartime(&negatives[*i], -weight),
            weight => self.key.mul_plain_vartime(&self.ciphertexts[*i], weight),
        })?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// The sum of the elements times the weights, both of one axis.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with their number and bound.
    pub fn dot(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one_axis(weights)?;
        self.contract(weights, Side::Right, Timing::Constant, observer)
    }

    /// [`EncryptedArray::dot`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn dot_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one_axis(weights)?;
        self.contract(weights, Side::Right, Timing::Variable, observer)
    }

    /// The matrix product `self @ weights`, of one or two axes each, by numpy's rules.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn matmul(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Side::Right, Timing::Constant, observer)
    }

    /// [`EncryptedArray::matmul`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn matmul_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Side::Right, Timing::Variable, observer)
    }

    /// The matrix product `weights @ self`, of one or two axes each, by numpy's rules.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn rmatmul(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Side::Left, Timing::Constant, observer)
    }

    /// [`EncryptedArray::rmatmul`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn rmatmul_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Side::Left, Timing::Variable, observer)
    }

    fn one_axis(&self, weights: &PlainArray) -> Result<()> {
        match (self.shape.extents(), weights.shape().extents()) {
            ([_], [_]) => Ok(()),
            _ => Err(Error::new(ErrorKind::ShapeMismatch, "dot: both arrays need one axis")),
        }
    }

    fn contract(
        &self,
        weights: &PlainArray,
        side: Side,
        timing: Timing,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let plan = Contraction::new(&self.shape, weights.shape(), side)?;
        let format = match timing {
            Timing::Constant => self.format.mul(weights.format())?.times(plan.inner)?,
            Timing::Variable => {
                let size = |at: usize| Magnitude::new(weights.values()[at].unsigned_abs());
                let bound = Magnitude::largest_sum(&plan.weight_lines(), size)?;
                self.format.mul(Format { scale: weights.scale(), bound })?
            }
        };
        let format = format.within(self.key.params())?;
        let bits = weights.bound().bits();
        let cells = plan.cells();
        let ciphertexts = batch::sum_groups(&self.key, cells.len(), plan.inner, observer, |cell, terms| {
            let element = |term| &self.ciphertexts[plan.element(cells[cell], term)];
            let factor = |term| weights.values()[plan.weight(cells[cell], term)];
            let list: Vec<&Ciphertext> = terms.clone().map(element).collect();
            let factors = Zeroizing::new(terms.map(factor).collect::<Vec<_>>());
            match timing {
                Timing::Constant => self.key.dot(&list, &factors, bits),
                Timing::Variable => self.key.dot_vartime(&list, &factors),
            }
        })?;
        Ok(self.computed(plan.shape, ciphertexts, format))
    }
}
