//! What is public about encrypted integers, their scale and bound, and how operations change the two.
use super::magnitude::Magnitude;
use super::params::Params;
use crate::error::{Error, ErrorKind, Result};

/// The integers `m` of an array stand for `m / 2^scale`, and each `|m|` is at most `bound`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// Bits after the binary point.
    pub(super) scale: u32,
    /// The largest absolute value.
    pub(super) bound: Magnitude,
}

impl Format {
    /// Refuses what could wrap around: the bound must be below `2^(modulus_bits - 2)`, which is at most
    /// (n - 1) / 2, and the scale within the bits of the modulus.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub(super) fn within(self, params: &Params) -> Result<Self> {
        if self.bound.is_below_pow2(params.modulus_bits() - 2) && self.scale <= params.modulus_bits() {
            Ok(self)
        } else {
            Err(Error::new(ErrorKind::HeadroomExhausted, "result: could exceed the plaintext space"))
        }
    }

    /// The same numbers at a scale that is not lower: each integer times `2^(scale - self.scale)`, exactly.
    fn at_scale(self, scale: u32) -> Result<Self> {
        Ok(Self { scale, bound: self.bound.times_pow2(scale - self.scale)? })
    }

    /// Sum or difference, at the higher of the two scales.
    pub(super) fn add(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Ok(Self { scale, bound: a.bound.try_add(b.bound)? })
    }

    /// Either of the two, at the higher of the two scales.
    pub(super) fn join(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Ok(Self { scale, bound: a.bound.max(b.bound) })
    }

    /// Product: the scales add up.
    pub(super) fn mul(self, other: Self) -> Result<Self> {
        const SCALE: Error = Error::new(ErrorKind::HeadroomExhausted, "scale of the result");
        let scale = self.scale.checked_add(other.scale).ok_or(SCALE)?;
        Ok(Self { scale, bound: self.bound.try_mul(other.bound)? })
    }

    /// Sum of `count` terms.
    pub(super) fn times(self, count: usize) -> Result<Self> {
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
    }

    #[test]
    fn the_last_bit_counts() {
        let params = Params::default();
        let below = Format { scale: 0, bound: Magnitude::pow2(3069).unwrap() };
        assert!(below.within(&params).is_ok());
        assert_eq!(below.times(2).unwrap().within(&params).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        assert!(format(3072, 0).within(&params).is_ok() && format(3073, 0).within(&params).is_err());
        assert!(format(u32::MAX, 0).mul(format(1, 1)).is_err());
    }
}
