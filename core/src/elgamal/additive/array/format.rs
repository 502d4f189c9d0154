//! What is public about the integers of an array, and what a key has room for.
use crate::codec::{Reader, Writer};
use crate::elgamal::additive::Params;
use crate::error::{Error, ErrorKind, Result};
use crate::magnitude::{Format, Magnitude};

/// The integers `m` of an array stand for `m / (2^scale divisor)`.
///
/// Plaintexts have few bits, so a mean is not computed by multiplying with an approximate reciprocal: the count goes into
/// the divisor, which is exact and costs no headroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayFormat {
    format: Format,
    /// Odd.
    divisor: u64,
}

const BEYOND: Error = Error::new(ErrorKind::HeadroomExhausted, "result: could exceed the decode bound");

impl From<Format> for ArrayFormat {
    fn from(format: Format) -> Self {
        Self { format, divisor: 1 }
    }
}

impl ArrayFormat {
    /// The bytes of an encoding: `scale u32 | divisor u64 | bound: mantissa u64, exponent u32`.
    pub(super) const ENCODED_LEN: usize = 4 + 8 + Magnitude::ENCODED_LEN;

    pub(super) fn scale(self) -> u32 {
        self.format.scale
    }

    pub(super) fn divisor(self) -> u64 {
        self.divisor
    }

    pub(super) fn bound(self) -> Magnitude {
        self.format.bound
    }

    pub(super) fn is_whole(self) -> bool {
        self.format.scale == 0 && self.divisor == 1
    }

    /// Refuses what decryption might not find.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub(super) fn within(self, params: &Params) -> Result<Self> {
        let bound = Magnitude::new(params.decode_bound().into());
        let fits = self.format.bound <= bound
            && self.format.scale <= params.decode_bits()
            && self.divisor <= params.decode_bound();
        if fits { Ok(self) } else { Err(BEYOND) }
    }

    /// What an encrypted integer of at most 2^53 stands for, rounded once.
    #[allow(clippy::cast_precision_loss)] // both are at most 2^40
    pub(super) fn number(self, integer: i64) -> f64 {
        let unit = f64::from_bits((1023 - u64::from(self.format.scale)) << 52);
        integer as f64 * unit / self.divisor as f64
    }

    /// Sum or difference.
    pub(super) fn add(self, other: Self) -> Result<Self> {
        self.aligned(other, Format::add)
    }

    /// Either of the two.
    pub(super) fn join(self, other: Self) -> Result<Self> {
        self.aligned(other, Format::join)
    }

    /// Product with known numbers.
    pub(super) fn mul(self, weights: Format) -> Result<Self> {
        Ok(Self { format: self.format.mul(weights)?, ..self })
    }

    /// Sum of `count` terms.
    pub(super) fn times(self, count: usize) -> Result<Self> {
        Ok(Self { format: self.format.times(count)?, ..self })
    }

    /// The same integers, for numbers divided by `count`: its twos go into the scale.
    ///
    /// # Errors
    /// `OutOfRange` for none.
    pub(super) fn over(self, count: usize) -> Result<Self> {
        const NONE: Error = Error::new(ErrorKind::OutOfRange, "mean: of no elements");
        let twos = count.checked_ilog2().map(|_| count.trailing_zeros()).ok_or(NONE)?;
        let odd = u64::try_from(count >> twos).map_err(|_| BEYOND)?;
        let divisor = self.divisor.checked_mul(odd).ok_or(BEYOND)?;
        Ok(Self { format: Format { scale: self.format.scale + twos, ..self.format }, divisor })
    }

    /// What integers of this format are multiplied with to be in one that is not coarser.
    ///
    /// # Errors
    /// `HeadroomExhausted` above 2^62: for an array whose bound is 0, which leaves room for any.
    pub(super) fn factor_to(self, finer: Self) -> Result<i64> {
        let factor = u128::from(finer.divisor / self.divisor) << (finer.format.scale - self.format.scale);
        i64::try_from(factor).map_err(|_| BEYOND)
    }

    fn aligned(self, other: Self, combine: fn(Format, Format) -> Result<Format>) -> Result<Self> {
        let common = greatest_common_divisor(self.divisor, other.divisor);
        let divisor = (self.divisor / common).checked_mul(other.divisor).ok_or(BEYOND)?;
        let finer = |one: Self| -> Result<Format> {
            let factor = Magnitude::new((divisor / one.divisor).into());
            Ok(Format { bound: one.format.bound.try_mul(factor)?, ..one.format })
        };
        Ok(Self { format: combine(finer(self)?, finer(other)?)?, divisor })
    }

    pub(super) fn write(self, out: &mut Writer) {
        out.u32(self.format.scale).u64(self.divisor);
        self.format.bound.write(out);
    }

    /// Reads a format that the key has room for.
    ///
    /// # Errors
    /// `InvalidEncoding`.
    pub(super) fn read(body: &mut Reader<'_>, params: &Params) -> Result<Self> {
        let (scale, divisor) = (body.u32("array: scale")?, body.u64("array: divisor")?);
        let format = Self { format: Format { scale, bound: Magnitude::read(body)? }, divisor };
        match format.within(params) {
            Ok(format) if divisor & 1 == 1 => Ok(format),
            _ => Err(Error::new(ErrorKind::InvalidEncoding, "array: scale, divisor or bound")),
        }
    }
}

/// Of counts, which are public.
fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(scale: u32, bound: u128, divisor: u64) -> ArrayFormat {
        ArrayFormat { format: Format { scale, bound: Magnitude::new(bound) }, divisor }
    }

    #[test]
    fn divisors_follow_the_operations() {
        assert_eq!(format(0, 10, 1).times(12).unwrap().over(12).unwrap(), format(2, 120, 3));
        assert_eq!(format(0, 3, 3).add(format(2, 5, 5)).unwrap(), format(2, 60 + 15, 15));
        assert_eq!(format(0, 3, 15).join(format(0, 5, 9)).unwrap(), format(0, 25, 45));
        assert_eq!(format(1, 3, 15).factor_to(format(4, 9, 45)).unwrap(), 24);
        assert_eq!(format(3, 1, 7).over(0).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert!(
            format(0, 1, u64::MAX).over(3).is_err() && format(0, 1, u64::MAX).add(format(0, 1, 2)).is_err()
        );
        assert!(format(0, 0, 1).factor_to(format(40, 0, 1 << 40)).is_err());
        assert!(format(0, 7, 1).is_whole() && !format(1, 7, 1).is_whole() && !format(0, 7, 3).is_whole());
    }

    #[test]
    fn what_a_key_has_room_for() {
        let params = Params::default();
        assert!(format(32, 1 << 32, 1 << 32).within(&params).is_ok());
        for beyond in [format(33, 0, 1), format(0, (1 << 32) + 1, 1), format(0, 0, (1 << 32) + 1)] {
            assert_eq!(beyond.within(&params).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        }
    }

    #[test]
    fn numbers_are_rounded_once() {
        assert_eq!(format(8, 0, 1).number(-640), -2.5);
        assert_eq!(format(0, 0, 3).number(1), 1.0 / 3.0);
        assert_eq!(format(40, 0, 1).number(1 << 40), 1.0);
        assert_eq!(format(1, 0, 5).number(7), 0.7);
    }
}
