//! Products with known weights: element by element, dot products, matrix products.
use zeroize::Zeroizing;

use super::{ArrayFormat, EncryptedArray};
use crate::elgamal::additive::{Ciphertext, PlainArray};
use crate::error::{Error, ErrorKind, Result};
use crate::magnitude::{Format, Magnitude};
use crate::progress::{Observer, try_map, try_map_in_steps};
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
/// the bits of their declared bound. Where the weights are public, the `_vartime` twins use their actual sizes, which is
/// faster and leaves more headroom. All may fail with `HeadroomExhausted`, before anything is computed, with
/// `ShapeMismatch`, and with `Cancelled`.
impl EncryptedArray {
    /// The product with a known array, element by element, with broadcasting.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn mul_plain(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        let format = self.format.mul(weights.format())?.within(self.key.params())?;
        let bits = weights.bound().ceil_log2();
        self.scaled(weights, format, observer, |c, w| self.key.mul_plain(c, w, bits))
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
        self.scaled(weights, format, observer, |c, w| self.key.mul_plain_vartime(c, w))
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

    fn scaled(
        &self,
        weights: &PlainArray,
        format: ArrayFormat,
        observer: &mut dyn Observer,
        product: impl Fn(&Ciphertext, i64) -> Result<Ciphertext> + Sync,
    ) -> Result<Self> {
        let (shape, pairs) = selection::pairs(&self.shape, weights.shape())?;
        let values = weights.values();
        let ciphertexts = try_map(&pairs, observer, |(i, j)| product(&self.ciphertexts[*i], values[*j]))?;
        Ok(self.computed(shape, ciphertexts, format))
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
                let size = |at: usize| Magnitude::new(weights.values()[at].unsigned_abs().into());
                let bound = Magnitude::largest_sum(&plan.weight_lines(), size)?;
                self.format.mul(Format { scale: weights.scale(), bound })?
            }
        };
        let format = format.within(self.key.params())?;
        let bits = weights.bound().ceil_log2();
        let ciphertexts = try_map_in_steps(&plan.cells(), 1, observer, |cell| {
            let list: Vec<&Ciphertext> =
                (0..plan.inner).map(|term| &self.ciphertexts[plan.element(*cell, term)]).collect();
            let factor = |term| weights.values()[plan.weight(*cell, term)];
            let factors = Zeroizing::new((0..plan.inner).map(factor).collect::<Vec<_>>());
            match timing {
                Timing::Constant => self.key.dot(&list, &factors, bits),
                Timing::Variable => self.key.dot_vartime(&list, &factors),
            }
        })?;
        Ok(self.computed(plan.shape, ciphertexts, format))
    }
}
