//! Known numbers, encoded: what is encrypted, added and multiplied with.
use core::fmt;

use zeroize::Zeroizing;

use super::params::Params;
use crate::error::{Error, ErrorKind, Result};
use crate::fixed_point;
use crate::magnitude::{Format, Magnitude};
use crate::shape::Shape;

/// An array of encoded numbers: integers, or fixed point at the key's scale.
///
/// Which of the two is decided by the type that the caller hands in, never by a value. The values are secret; shape, scale
/// and bound are public. The bound is `2^value_bits` of the key's parameters unless the caller declares another, and a tighter
/// one makes constant-time multiplication and decryption cheaper and leaves more headroom.
#[derive(Clone)]
pub struct PlainArray {
    shape: Shape,
    values: Zeroizing<Vec<i64>>,
    scale: u32,
    bound: Magnitude,
}

impl PlainArray {
    /// Fixed-point numbers: `round(x * 2^fraction_bits)`, ties to even; the error of each is at most
    /// `2^-(fraction_bits + 1)`.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many values as the shape says; `OutOfRange` if any is not finite, or more than
    /// `2^value_bits` once encoded.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn fixed_point(params: &Params, shape: &Shape, values: &[f64]) -> Result<Self> {
        Self::encode_f64(params, shape, values, Magnitude::pow2(params.value_bits())?)
    }

    /// Fixed-point numbers of at most `bound` in absolute value. The bound is public.
    ///
    /// # Errors
    /// As [`PlainArray::fixed_point`]; `OutOfRange` for a bound above the decode bound, and if a value is above the bound by more
    /// than its encoding error.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn fixed_point_within(params: &Params, shape: &Shape, values: &[f64], bound: f64) -> Result<Self> {
        let bound = fixed_point::encode_bound(bound, params.fraction_bits())?;
        Self::encode_f64(params, shape, values, bound)
    }

    /// Integers, at scale 0.
    ///
    /// # Errors
    /// `ShapeMismatch`; `OutOfRange` if any is above `2^value_bits` in absolute value.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn integers(params: &Params, shape: &Shape, values: &[i64]) -> Result<Self> {
        Self::integers_within(params, shape, values, 1 << params.value_bits())
    }

    /// Integers of at most `bound` in absolute value. The bound is public.
    ///
    /// # Errors
    /// `ShapeMismatch`; `OutOfRange` for a bound above the decode bound, and if a value is above the bound.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn integers_within(params: &Params, shape: &Shape, values: &[i64], bound: u64) -> Result<Self> {
        let bound = Magnitude::new(bound.into());
        let limit = Self::limit(params, shape, values.len(), bound)?;
        Ok(Self::new(shape, &fixed_point::encode_i64(values, limit)?, 0, bound))
    }

    fn encode_f64(params: &Params, shape: &Shape, values: &[f64], bound: Magnitude) -> Result<Self> {
        let limit = Self::limit(params, shape, values.len(), bound)?;
        let scale = params.fraction_bits();
        Ok(Self::new(shape, &fixed_point::encode_f64(values, scale, limit)?, scale, bound))
    }

    /// The bound as an integer, once everything public is checked.
    fn limit(params: &Params, shape: &Shape, len: usize, bound: Magnitude) -> Result<u128> {
        if shape.len() != len {
            return Err(Error::new(ErrorKind::ShapeMismatch, "values: not as many as the shape says"));
        }
        let limit = bound.to_u128().filter(|limit| *limit <= params.decode_bound().into());
        limit.ok_or(Error::new(ErrorKind::OutOfRange, "bound: above the decode bound of the parameters"))
    }

    fn new(shape: &Shape, values: &[i128], scale: u32, bound: Magnitude) -> Self {
        #[allow(clippy::cast_possible_truncation)] // at most 2^40
        let narrow = |value: &i128| *value as i64;
        let values = Zeroizing::new(values.iter().map(narrow).collect());
        Self { shape: shape.clone(), values, scale, bound }
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Bits after the binary point: 0 for integers.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// The public bound on the encoded integers.
    pub fn bound(&self) -> Magnitude {
        self.bound
    }

    pub(super) fn format(&self) -> Format {
        Format { scale: self.scale, bound: self.bound }
    }

    /// The encoded integers, row-major.
    pub(super) fn values(&self) -> &[i64] {
        &self.values
    }

    /// The largest absolute value, for weights that are public.
    pub(super) fn bound_vartime(&self) -> Magnitude {
        let largest = self.values.iter().map(|value| value.unsigned_abs()).max();
        Magnitude::new(largest.unwrap_or(0).into())
    }
}

impl fmt::Debug for PlainArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::additive::PlainArray")
            .field("shape", &self.shape.extents())
            .field("scale", &self.scale)
            .field("bound", &self.bound)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_checked() {
        let (params, row) = (Params::default(), Shape::new(&[1]).unwrap());
        let kind = |result: Result<PlainArray>| result.map(|plain| plain.bound()).map_err(|e| e.kind());
        let (full, out) = (Ok(Magnitude::new(1 << 20)), Err(ErrorKind::OutOfRange));
        assert_eq!(kind(PlainArray::integers(&params, &row, &[1 << 20])), full);
        assert_eq!(kind(PlainArray::integers(&params, &row, &[-(1 << 20) - 1])), out);
        assert_eq!(kind(PlainArray::fixed_point(&params, &row, &[-4096.0])), full);
        for bad in [4096.01, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(kind(PlainArray::fixed_point(&params, &row, &[bad])), out);
        }
        assert_eq!(kind(PlainArray::integers_within(&params, &row, &[7], 7)), Ok(Magnitude::new(7)));
        assert_eq!(kind(PlainArray::integers_within(&params, &row, &[-8], 7)), out);
        assert_eq!(kind(PlainArray::integers_within(&params, &row, &[0], (1 << 32) + 1)), out);
        assert_eq!(kind(PlainArray::fixed_point_within(&params, &row, &[1.0], 1e9)), out);
        assert_eq!(kind(PlainArray::integers(&params, &row, &[])), Err(ErrorKind::ShapeMismatch));
    }

    #[test]
    fn debug_shows_no_values() {
        let plain = PlainArray::integers(&Params::default(), &Shape::default(), &[987_654]).unwrap();
        assert!(!format!("{plain:?}").contains("987"));
    }
}
