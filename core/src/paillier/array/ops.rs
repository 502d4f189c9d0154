//! Sums and differences, element by element and along an axis.
use super::EncryptedArray;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::batch;
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::format::Format;
use crate::paillier::keys::PublicKey;
use crate::paillier::magnitude::Magnitude;
use crate::paillier::plain::PlainArray;
use crate::progress::{Observer, try_map};
use crate::shape::selection;

/// # Sums
///
/// Shapes follow numpy's broadcasting. Scales are aligned to the higher one, exactly. The bound of a result follows from
/// the bounds of the operands, and where it could exceed the plaintext space the operation fails with
/// `HeadroomExhausted` before it computes anything. All may fail with `ParamsMismatch` for different keys, with
/// `ShapeMismatch`, and with `Cancelled` when the observer stops the work.
impl EncryptedArray {
    /// The sum of two encrypted arrays.
    ///
    /// # Errors
    /// As for all sums.
    pub fn add(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, observer, |_, list, _| Ok(list.to_vec()))
    }

    /// The difference of two encrypted arrays.
    ///
    /// # Errors
    /// As for all sums.
    pub fn sub(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, observer, batch::negate)
    }

    /// The negative of each element.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn neg(&self, observer: &mut dyn Observer) -> Result<Self> {
        let ciphertexts = batch::negate(&self.key, &self.ciphertexts, observer)?;
        Ok(self.computed(self.shape.clone(), ciphertexts, self.format))
    }

    /// The sum of an encrypted array and a known one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// Constant in the known values; varies with shapes and scales.
    pub fn add_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, false, observer)
    }

    /// An encrypted array minus a known one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// As [`EncryptedArray::add_plain`].
    pub fn sub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, true, observer)
    }

    /// A known array minus an encrypted one.
    ///
    /// # Errors
    /// As for all sums.
    /// # Timing
    /// As [`EncryptedArray::add_plain`].
    pub fn rsub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.format.add(plain.format())?.within(self.key.params())?;
        self.neg(observer)?.offset(plain, false, observer)
    }

    /// The sum along an axis, which goes away, or of all elements; 0 where there are none.
    ///
    /// # Errors
    /// As for all sums; `ShapeMismatch` when there is no such axis.
    pub fn sum(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        let (shape, groups, count) = selection::reduce(&self.shape, axis)?;
        let format = self.format.times(count)?.within(self.key.params())?;
        let ciphertexts = batch::sum_groups(&self.key, groups.len(), count, observer, |group, terms| {
            self.key
                .sum(&groups[group][terms].iter().map(|place| &self.ciphertexts[*place]).collect::<Vec<_>>())
        })?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// The mean along an axis, which goes away, or of all elements.
    ///
    /// A power of two in the count goes into the scale, exactly. The rest of it, `c`, is divided out by multiplying with
    /// `round(2^p / c)`, `p = 53 + bits(c)`, and raising the scale by p: the relative error of the mean is then at most
    /// `c / 2^(p + 1) < 2^-53`, less than that of a rounding to `f64`.
    ///
    /// # Errors
    /// As for all sums; `OutOfRange` for the mean of no elements.
    pub fn mean(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        let (_, _, count) = selection::reduce(&self.shape, axis)?;
        let (weight, weight_scale) = reciprocal(count)?;
        let weight_format = Format { scale: weight_scale, bound: Magnitude::new(weight.unsigned_abs()) };
        let format = self.format.times(count)?.mul(weight_format)?.within(self.key.params())?;
        let sum = self.sum(axis, observer)?;
        let ciphertexts = match weight {
            1 => sum.ciphertexts,
            _ => try_map(&sum.ciphertexts, observer, |total| self.key.mul_plain_vartime(total, weight))?,
        };
        Ok(self.computed(sum.shape, ciphertexts, format))
    }

    /// Adds what `prepare` makes of the other array.
    fn combine(
        &self,
        other: &Self,
        observer: &mut dyn Observer,
        prepare: impl FnOnce(&PublicKey, &[Ciphertext], &mut dyn Observer) -> Result<Vec<Ciphertext>>,
    ) -> Result<Self> {
        self.check_key(&other.key)?;
        let format = self.format.add(other.format)?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, &other.shape)?;
        let (a, b) = (self.converted(format, observer)?, other.converted(format, observer)?);
        let b = prepare(&self.key, &b, observer)?;
        let ciphertexts = batch::add_pairs(&self.key, (&a, &b), &pairs, observer)?;
        Ok(self.computed(shape, ciphertexts, format))
    }

    /// Adds a known array or its negative.
    fn offset(&self, plain: &PlainArray, negate: bool, observer: &mut dyn Observer) -> Result<Self> {
        let format = self.format.add(plain.format())?.within(self.key.params())?;
        let (shape, pairs) = selection::pairs(&self.shape, plain.shape())?;
        let raised = self.converted(format, observer)?;
        let plaintexts = plain.plaintexts_at(&self.key, format.scale - plain.scale(), negate)?;
        let ciphertexts =
            try_map(&pairs, observer, |(i, j)| self.key.add_plain(&raised[*i], &plaintexts[*j]))?;
        Ok(self.computed(shape, ciphertexts, format))
    }
}

/// An integer and a scale with `integer / 2^scale` close to `1 / count`, as [`EncryptedArray::mean`] says.
fn reciprocal(count: usize) -> Result<(i128, u32)> {
    let twos = count.checked_ilog2().map(|_| count.trailing_zeros());
    let twos = twos.ok_or(Error::new(ErrorKind::OutOfRange, "mean: of no elements"))?;
    let odd = (count >> twos) as u128;
    if odd == 1 {
        return Ok((1, twos));
    }
    let places = 53 + (u128::BITS - odd.leading_zeros());
    let rounded = ((1_u128 << places) + odd / 2) / odd;
    let weight = i128::try_from(rounded).expect("a fraction of 2^117");
    Ok((weight, places + twos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reciprocals_are_within_their_error() {
        assert_eq!(reciprocal(0).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert_eq!((reciprocal(1).unwrap(), reciprocal(1024).unwrap()), ((1, 0), (1, 10)));
        for count in [3_usize, 6, 7, 1000, 1629, 999_999, u32::MAX as usize] {
            let (weight, scale) = reciprocal(count).unwrap();
            // |weight * count - 2^scale| <= 2^(scale - 53)
            let error = (weight * count as i128 - (1 << scale)).unsigned_abs();
            assert!(error <= 1 << (scale - 53), "{count}");
        }
    }
}
