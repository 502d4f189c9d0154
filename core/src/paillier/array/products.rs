//! Products with known weights: element by element, dot products, matrix products.
use zeroize::Zeroizing;

use super::EncryptedArray;
use super::ops::pairs;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::batch;
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::format::Format;
use crate::paillier::magnitude::Magnitude;
use crate::paillier::plain::PlainArray;
use crate::paillier::selection::{MatmulPlan, Places};
use crate::progress::{Observer, try_map};

/// Which side the weights are on.
#[derive(Clone, Copy)]
enum Weights {
    Left,
    Right,
}

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
        let (shape, pairs) = pairs(&self.shape, weights.shape())?;
        let bases: Vec<Ciphertext> = pairs.iter().map(|(i, _)| self.ciphertexts[*i].clone()).collect();
        let factors = Zeroizing::new(pairs.iter().map(|(_, j)| weights.values()[*j]).collect::<Vec<_>>());
        let ciphertexts = self.key.mul_plain_many(&bases, &factors, weights.bound().bits(), observer)?;
        Ok(Self { key: self.key.clone(), shape, ciphertexts, format, derived: true })
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
        let (shape, pairs) = pairs(&self.shape, weights.shape())?;
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
        Ok(Self { key: self.key.clone(), shape, ciphertexts, format, derived: true })
    }

    /// The sum of the elements times the weights, both of one axis.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with their number and bound.
    pub fn dot(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one_axis(weights)?;
        self.contract(weights, Weights::Right, Timing::Constant, observer)
    }

    /// [`EncryptedArray::dot`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn dot_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one_axis(weights)?;
        self.contract(weights, Weights::Right, Timing::Variable, observer)
    }

    /// The matrix product `self @ weights`, of one or two axes each, by numpy's rules.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn matmul(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Weights::Right, Timing::Constant, observer)
    }

    /// [`EncryptedArray::matmul`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn matmul_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Weights::Right, Timing::Variable, observer)
    }

    /// The matrix product `weights @ self`, of one or two axes each, by numpy's rules.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Constant in the weights; varies with shapes and the weights' bound.
    pub fn rmatmul(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Weights::Left, Timing::Constant, observer)
    }

    /// [`EncryptedArray::rmatmul`] for public weights.
    ///
    /// # Errors
    /// As for all products.
    /// # Timing
    /// Varies with the weights.
    pub fn rmatmul_vartime(&self, weights: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.contract(weights, Weights::Left, Timing::Variable, observer)
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
        side: Weights,
        timing: Timing,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let plan = match side {
            Weights::Right => MatmulPlan::new(&self.shape, weights.shape())?,
            Weights::Left => MatmulPlan::new(weights.shape(), &self.shape)?,
        };
        let format = match timing {
            Timing::Constant => self.format.mul(weights.format())?.times(plan.inner)?,
            Timing::Variable => {
                let bound = largest_total_vartime(weights.values(), &plan, side)?;
                self.format.mul(Format { scale: weights.scale(), bound })?
            }
        };
        let format = format.within(self.key.params())?;
        let bits = weights.bound().bits();
        let cells = plan.cells();
        let ciphertexts = batch::sum_groups(&self.key, cells.len(), plan.inner, observer, |cell, terms| {
            let (row, column) = cells[cell];
            let places = |weights: bool| match (side, weights) {
                (Weights::Right, false) | (Weights::Left, true) => Places::Row(row),
                _ => Places::Column(column),
            };
            let element = |term| &self.ciphertexts[plan.place(places(false), term)];
            let factor = |term| weights.values()[plan.place(places(true), term)];
            let list: Vec<&Ciphertext> = terms.clone().map(element).collect();
            let factors = Zeroizing::new(terms.map(factor).collect::<Vec<_>>());
            match timing {
                Timing::Constant => self.key.dot(&list, &factors, bits),
                Timing::Variable => self.key.dot_vartime(&list, &factors),
            }
        })?;
        Ok(Self { key: self.key.clone(), shape: plan.shape, ciphertexts, format, derived: true })
    }
}

/// A bound on the largest sum of absolute values over the weights that go into one element of the result.
fn largest_total_vartime(values: &[i128], plan: &MatmulPlan, side: Weights) -> Result<Magnitude> {
    let lines: Vec<Places> = match side {
        Weights::Right => (0..plan.columns).map(Places::Column).collect(),
        Weights::Left => (0..plan.rows).map(Places::Row).collect(),
    };
    let mut largest = Magnitude::ZERO;
    for line in lines {
        let weight = |term| Magnitude::new(values[plan.place(line, term)].unsigned_abs());
        largest = largest.max((0..plan.inner).map(weight).try_fold(Magnitude::ZERO, Magnitude::try_add)?);
    }
    Ok(largest)
}
