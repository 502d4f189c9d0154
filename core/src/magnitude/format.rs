//! What is public about encrypted integers, their scale and bound, and how operations change the two.
use super::Magnitude;
use crate::error::{Error, ErrorKind, Result};

/// The integers `m` of an array stand for `m / 2^scale`, and each `|m|` is at most `bound`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Bits after the binary point.
    pub(crate) scale: u32,
    /// The largest absolute value.
    pub(crate) bound: Magnitude,
}

impl Format {
    /// The same numbers at a scale that is not lower: each integer times `2^(scale - self.scale)`, exactly.
    fn at_scale(self, scale: u32) -> Result<Self> {
        Ok(Self { scale, bound: self.bound.times_pow2(scale - self.scale)? })
    }

    /// Sum or difference, at the higher of the two scales.
    pub(crate) fn add(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Ok(Self { scale, bound: a.bound.try_add(b.bound)? })
    }

    /// Either of the two, at the higher of the two scales.
    pub(crate) fn join(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Ok(Self { scale, bound: a.bound.max(b.bound) })
    }

    /// Product: the scales add up.
    pub(crate) fn mul(self, other: Self) -> Result<Self> {
        const SCALE: Error = Error::new(ErrorKind::HeadroomExhausted, "scale of the result");
        let scale = self.scale.checked_add(other.scale).ok_or(SCALE)?;
        Ok(Self { scale, bound: self.bound.try_mul(other.bound)? })
    }

    /// Sum of `count` terms.
    pub(crate) fn times(self, count: usize) -> Result<Self> {
        Ok(Self { bound: self.bound.times(count)?, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(scale: u32, bound: u128) -> Format {
        Format { scale, bound: Magnitude::new(bound) }
    }

    #[test]
    fn scales_follow_the_operations() {
        assert_eq!(format(40, 8).add(format(0, 1)).unwrap(), format(40, 8 + (1 << 40)));
        assert_eq!(format(0, 3).join(format(2, 5)).unwrap(), format(2, 12));
        assert_eq!(format(40, 8).mul(format(40, 4)).unwrap(), format(80, 32));
        assert_eq!(format(7, 5).times(10).unwrap(), format(7, 50));
        assert!(format(u32::MAX, 0).mul(format(1, 1)).is_err());
    }
}
