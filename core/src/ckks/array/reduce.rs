//! Sums, means and variances along axes.
use super::EncryptedArray;
use super::plan::Sum;
use crate::ckks::EvaluationKeys;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

const SUM: &str = "sum: no level left to mask the other slots with: choose parameters with more moduli, or sum the first axis or all";
const MEAN: &str =
    "mean: no level left: choose parameters with more moduli, or divide the sum after decrypting";
const VARIANCE: &str = "var: two levels needed: choose parameters with more moduli";

/// # Reductions
///
/// Sums over the first axis, or over everything, take no level: they wrap around into copies of the result. Sums over other
/// axes leave parts of sums in other slots, and are masked for one level. All may fail with `ShapeMismatch` where there is no
/// such axis, `MissingKey` without the keys for powers of two, `HeadroomExhausted`, and `Cancelled`.
impl EncryptedArray {
    /// The sum along an axis, which goes away, or of all elements.
    ///
    /// # Errors
    /// As for all.
    pub fn sum(
        &self,
        axis: Option<usize>,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.sum_times(axis, 1.0, SUM, keys, observer)
    }

    /// The mean along an axis, which goes away, or of all elements. One level.
    ///
    /// # Errors
    /// As for all.
    pub fn mean(
        &self,
        axis: Option<usize>,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let count = self.count(axis)?;
        self.sum_times(axis, 1.0 / count, MEAN, keys, observer)
    }

    /// The variance along an axis, which goes away, or of all elements, with the divisor `n - ddof`. Two levels.
    ///
    /// It is the mean of squares minus the square of the mean: subtract a number near the mean first where the mean is much
    /// larger than the deviations.
    ///
    /// # Errors
    /// As for all; `InvalidParams` for `ddof` from n on, or complex numbers.
    pub fn var(
        &self,
        axis: Option<usize>,
        ddof: usize,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let count = self.count(axis)?;
        if self.complex {
            return Err(Error::new(ErrorKind::InvalidParams, "var: not of complex numbers"));
        }
        self.require_levels(2, VARIANCE)?;
        #[allow(clippy::cast_precision_loss)] // counts are below 2^32
        let divisor = count - ddof as f64;
        if divisor <= 0.0 {
            return Err(Error::new(ErrorKind::InvalidParams, "ddof: less than the number of elements"));
        }
        // (sum x^2) / d - (sum x / sqrt(n d))^2 with d = n - ddof.
        let squares =
            self.square(keys, observer)?.sum_times(axis, 1.0 / divisor, VARIANCE, keys, observer)?;
        let mean = self.sum_times(axis, 1.0 / (count * divisor).sqrt(), VARIANCE, keys, observer)?;
        squares.sub(&mean.square(keys, observer)?, keys, observer)
    }

    /// The number of elements that a reduction takes together.
    fn count(&self, axis: Option<usize>) -> Result<f64> {
        const AXIS: Error = Error::new(ErrorKind::ShapeMismatch, "axis: not in the array");
        let count = match axis {
            None => self.shape().len(),
            Some(axis) => *self.shape().extents().get(axis).ok_or(AXIS)?,
        };
        #[allow(clippy::cast_precision_loss)] // counts are below 2^32
        let count = count as f64;
        Ok(count)
    }

    pub(super) fn sum_times(
        &self,
        axis: Option<usize>,
        factor: f64,
        what: &'static str,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.count(axis)?;
        if let Some(axis) = axis {
            return self.sum_along(&Sum::new(&self.layout, axis)?, factor, what, keys, observer);
        }
        // From the highest stride down no sum needs a mask.
        let mut rest = self.clone();
        while let Some((axis, _)) =
            rest.layout.strides().iter().enumerate().max_by_key(|(_, stride)| **stride)
        {
            rest = rest.sum_along(&Sum::new(&rest.layout, axis)?, 1.0, what, keys, observer)?;
        }
        rest.times_constant(factor, what, observer)
    }
}
