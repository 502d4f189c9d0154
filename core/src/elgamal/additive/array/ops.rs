//! Sums and differences, element by element and along an axis.
use std::borrow::Cow;

use super::{EncryptedArray, decodable};
use crate::elgamal::additive::{Ciphertext, PlainArray, PublicKey};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map};
use crate::shape::Shape;

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
        Ok(Self { ciphertexts, derived: true, ..self.without_elements() })
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
        decodable(self.format.add(plain.format())?, self.key.params())?;
        self.neg(observer)?.offset(plain, 1, observer)
    }

    /// The sum along an axis, which goes away, or of all elements; 0 where there are none.
    ///
    /// # Errors
    /// As for all sums; `ShapeMismatch` when there is no such axis.
    pub fn sum(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        let (shape, groups, count) = match axis {
            None => (Shape::default(), vec![(0..self.shape.len()).collect()], self.shape.len()),
            Some(axis) => {
                let (shape, groups) = self.shape.groups_along(axis)?;
                (shape, groups, self.shape.extents()[axis])
            }
        };
        let format = decodable(self.format.times(count)?, self.key.params())?;
        let ciphertexts = try_map(&groups, observer, |group: &Vec<usize>| {
            self.key.sum(group.iter().map(|place| &self.ciphertexts[*place]))
        })?;
        Ok(Self { key: self.key.clone(), shape, ciphertexts, format, derived: true })
    }

    fn combine(
        &self,
        other: &Self,
        observer: &mut dyn Observer,
        operation: impl Fn(&PublicKey, &Ciphertext, &Ciphertext) -> Result<Ciphertext> + Sync,
    ) -> Result<Self> {
        self.check_key(&other.key)?;
        let format = decodable(self.format.add(other.format)?, self.key.params())?;
        let (shape, pairs) = pairs(&self.shape, &other.shape)?;
        let (a, b) = (self.raised(format.scale, observer)?, other.raised(format.scale, observer)?);
        let ciphertexts = try_map(&pairs, observer, |(i, j)| operation(&self.key, &a[*i], &b[*j]))?;
        Ok(Self { key: self.key.clone(), shape, ciphertexts, format, derived: true })
    }

    /// Adds a known array times 1 or -1.
    fn offset(&self, plain: &PlainArray, sign: i64, observer: &mut dyn Observer) -> Result<Self> {
        let format = decodable(self.format.add(plain.format())?, self.key.params())?;
        let (shape, pairs) = pairs(&self.shape, plain.shape())?;
        let raised = self.raised(format.scale, observer)?;
        // Within the decode bound, since the result is: nothing wraps.
        let factor = sign.wrapping_shl(format.scale - plain.scale());
        let values = plain.values();
        let ciphertexts = try_map(&pairs, observer, |(i, j)| {
            self.key.add_plain(&raised[*i], values[*j].wrapping_mul(factor))
        })?;
        Ok(Self { key: self.key.clone(), shape, ciphertexts, format, derived: true })
    }

    /// The ciphertexts at a scale that is not lower.
    pub(super) fn raised(&self, scale: u32, observer: &mut dyn Observer) -> Result<Cow<'_, [Ciphertext]>> {
        match scale - self.format.scale {
            0 => Ok(Cow::Borrowed(&self.ciphertexts)),
            bits => {
                let raise = |ciphertext: &Ciphertext| self.key.mul_plain_vartime(ciphertext, 1 << bits);
                try_map(&self.ciphertexts, observer, raise).map(Cow::Owned)
            }
        }
    }

    pub(super) fn check_key(&self, key: &PublicKey) -> Result<()> {
        match self.key.id() == key.id() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key")),
        }
    }
}

/// The shape that two operands broadcast to, and the places in each that meet.
pub(super) fn pairs(a: &Shape, b: &Shape) -> Result<(Shape, Vec<(usize, usize)>)> {
    let shape = a.broadcast(b)?;
    let pairs = a.indices_in(&shape)?.into_iter().zip(b.indices_in(&shape)?).collect();
    Ok((shape, pairs))
}
