//! Sums and differences, element by element and along an axis.
use super::{ArrayFormat, EncryptedArray};
use crate::elgamal::additive::{Ciphertext, PlainArray, PublicKey};
use crate::error::Result;
use crate::progress::{Observer, try_map};
use crate::shape::selection;

/// # Sums
///
/// Shapes follow numpy's broadcasting. Scales are aligned to the higher one, exactly. The bound of a result follows from
/// the bounds of the operands, and where it could exceed the decode bound the operation fails with
/// `HeadroomExhausted` before it computes anything. All may fail with `ParamsMismatch` for different keys, with
/// `ShapeMismatch`, and with `Cancelled` when the observer stops the work.
impl EncryptedArray {
    /// The sum of two encrypted arrays.
    ///
    /// # Errors
    /// As for all sums.
    pub fn add(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, observer, PublicKey::add)
    }

    /// The difference of two encrypted arrays.
    ///
    /// # Errors
    /// As for all sums.
    pub fn sub(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, observer, PublicKey::sub)
    }

    /// The negative of each element.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn neg(&self, observer: &mut dyn Observer) -> Result<Self> {
        let ciphertexts = try_map(&self.ciphertexts, observer, |ciphertext| self.key.neg(ciphertext))?;
        Ok(self.computed(self.shape.clone(), ciphertexts, self.format))
    }

    /// The sum of an encrypted array and a known one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// Constant in the known values; varies with shapes and scales.
    pub fn add_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, 1, observer)
    }

    /// An encrypted array minus a known one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// As [`EncryptedArray::add_plain`].
    pub fn sub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, -1, observer)
    }

    /// A known array minus an encrypted one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// As [`EncryptedArray::add_plain`].
    pub fn rsub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.format.add(plain.format().into())?.within(self.key.params())?;
        self.neg(observer)?.offset(plain, 1, observer)
    }

    /// The sum along an axis, which goes away, or of all elements; 0 where there are none.
    ///
    /// # Errors
    /// As for all sums; `ShapeMismatch` when there is no such axis.
    pub fn sum(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        let (shape, groups, count) = selection::reduce(&self.shape, axis)?;
        let format = self.format.times(count)?.within(self.key.params())?;
        let ciphertexts = try_map(&groups, observer, |group: &Vec<usize>| {
            self.key.sum(group.iter().map(|place| &self.ciphertexts[*place]))
        })?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// The mean along an axis, which goes away, or of all elements, exactly.
    ///
    /// The encrypted integer is the sum; the count goes into the public scale and [divisor](Self::divisor), by which decryption
    /// divides. So a mean takes no more headroom than the sum.
    ///
    /// # Errors
    /// As for all sums; `OutOfRange` for the mean of no elements.
    pub fn mean(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        let (_, _, count) = selection::reduce(&self.shape, axis)?;
        let format = self.format.times(count)?.over(count)?.within(self.key.params())?;
        Ok(Self { format, ..self.sum(axis, observer)? })
    }

    fn combine(
        &self,
        other: &Self,
        observer: &mut dyn Observer,
        operation: impl Fn(&PublicKey, &Ciphertext, &Ciphertext) -> Result<Ciphertext> + Sync,
    ) -> Result<Self> {
        self.check_key(&other.key)?;
        let format = self.format.add(other.format)?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, &other.shape)?;
        let (a, b) = (self.converted(format, observer)?, other.converted(format, observer)?);
        let ciphertexts = try_map(&pairs, observer, |(i, j)| operation(&self.key, &a[*i], &b[*j]))?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// Adds a known array times 1 or -1.
    fn offset(&self, plain: &PlainArray, sign: i64, observer: &mut dyn Observer) -> Result<Self> {
        let format = self.format.add(plain.format().into())?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, plain.shape())?;
        let raised = self.converted(format, observer)?;
        // Within the decode bound, since the result is: nothing wraps.
        let factor = sign * ArrayFormat::from(plain.format()).factor_to(format)?;
        let values = plain.values();
        let ciphertexts = try_map(&pairs, observer, |(i, j)| {
            self.key.add_plain(&raised[*i], values[*j].wrapping_mul(factor))
        })?;
        Ok(self.computed(shape, ciphertexts, format))
    }
}
