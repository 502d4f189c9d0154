//! Public ranges, and numbers in them as sums of weighted bits.
//!
//! LAN02: Lipmaa, Asokan, Niemi, "Secure Vickrey auctions without threshold trust", FC 2002, §5: for W >= 1 and
//! `W_j = floor((W + 2^j) / 2^(j+1))`, `j = 0..=floor(log2 W)`, the sums of some of the `W_j` are the integers from 0 to W,
//! all of them and no others. So a proof about bits proves the range exactly, without slack, whatever its length is.
use subtle::Choice;
use zeroize::Zeroizing;

use super::super::encoder;
use super::super::format::Format;
use super::super::magnitude::Magnitude;
use super::super::params::Params;
use crate::bigint::limbs;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;

/// The ends of a range are below `2^126` in absolute value, as all encoded numbers are.
const END_BITS: u32 = 126;
const REFUSED: Error = Error::new(ErrorKind::OutOfRange, "range: the ends");

/// A public range of integers, or of fixed-point numbers; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    scale: u32,
    low: i128,
    high: i128,
}

impl Range {
    /// Bytes of an encoded range.
    pub(in super::super) const ENCODED_LEN: usize = 4 + 16 + 16;

    /// Integers from `low` to `high`.
    ///
    /// # Errors
    /// `OutOfRange` unless `low < high`.
    pub fn integers(low: i64, high: i64) -> Result<Self> {
        Self::new(0, low.into(), high.into())
    }

    /// Fixed-point numbers from `low` to `high`, each end rounded to the key's scale.
    ///
    /// # Errors
    /// `OutOfRange` unless `low < high` and both can be encoded under these parameters.
    pub fn fixed_point(params: &Params, low: f64, high: f64) -> Result<Self> {
        let limit = (1_u128 << (params.value_bits() - 1)) - 1;
        let ends = encoder::encode_f64(&[low, high], params.fraction_bits(), limit)?;
        Self::new(params.fraction_bits(), ends[0], ends[1])
    }

    fn new(scale: u32, low: i128, high: i128) -> Result<Self> {
        let fits = |end: i128| end.unsigned_abs() < 1 << END_BITS;
        if low < high && fits(low) && fits(high) { Ok(Self { scale, low, high }) } else { Err(REFUSED) }
    }

    /// The least number, times `2^scale`.
    pub fn low(&self) -> i128 {
        self.low
    }

    /// The greatest number, times `2^scale`.
    pub fn high(&self) -> i128 {
        self.high
    }

    /// Bits after the binary point: 0 for integers.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    pub(in super::super) fn format(&self) -> Format {
        let bound = self.low.unsigned_abs().max(self.high.unsigned_abs());
        Format { scale: self.scale, bound: Magnitude::new(bound) }
    }

    fn width(&self) -> u128 {
        self.high.wrapping_sub(self.low).cast_unsigned()
    }

    /// The weights `W_j`, in falling order.
    pub(in super::super) fn weights(&self) -> Vec<u128> {
        let width = self.width();
        (0..=width.ilog2()).map(|j| (width + (1 << j)) >> (j + 1)).collect()
    }

    /// Bits whose weighted sum is `value - low`, in the order of the weights, and whether the value is in the range.
    ///
    /// # Timing
    /// Constant in the value.
    fn bits(&self, value: i128) -> (Vec<Choice>, Choice) {
        // Values are below 2^126 in absolute value: below the range the difference wraps to 2^127 or more.
        let mut rest = Zeroizing::new(pair(value.wrapping_sub(self.low).cast_unsigned()));
        let inside = !limbs::lt(&pair(self.width()), &*rest);
        let take = |weight| {
            let weight = pair(weight);
            let bit = !limbs::lt(&*rest, &weight);
            let mut less = Zeroizing::new(*rest);
            limbs::sub_assign(&mut *less, &weight);
            limbs::conditional_assign(&mut *rest, &*less, bit);
            bit
        };
        (self.weights().into_iter().map(take).collect(), inside)
    }

    /// The bits of every value, one value after the other.
    ///
    /// # Errors
    /// `OutOfRange`, told after all were read.
    pub(in super::super) fn decompose(&self, values: &[i128]) -> Result<Vec<Choice>> {
        let mut all = Vec::with_capacity(values.len() * self.weights().len());
        let mut inside = Choice::from(1);
        for value in values {
            let (bits, fits) = self.bits(*value);
            all.extend(bits);
            inside &= fits;
        }
        match declassify(inside) {
            true => Ok(all),
            false => Err(Error::new(ErrorKind::OutOfRange, "values: outside the range")),
        }
    }

    pub(in super::super) fn write(&self, out: &mut Writer) {
        out.u32(self.scale).bytes(&self.low.to_le_bytes()).bytes(&self.high.to_le_bytes());
    }

    pub(in super::super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let scale = body.u32("range: scale")?;
        let low = i128::from_le_bytes(body.array("range: low")?);
        let high = i128::from_le_bytes(body.array("range: high")?);
        Self::new(scale, low, high).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "range: the ends"))
    }
}

/// The two limbs.
fn pair(value: u128) -> [u64; 2] {
    let bytes = value.to_le_bytes();
    let limb = |at: usize| {
        let mut limb = [0; 8];
        limb.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(limb)
    };
    [limb(0), limb(8)]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::params;
    use super::*;

    #[test]
    fn weighted_bits_make_each_number_of_the_range_and_no_other() {
        for (low, high) in [(0, 1), (-3, 2), (5, 12), (-17, 83), (0, 255), (-1, 255)] {
            let range = Range::integers(low, high).unwrap();
            let weights = range.weights();
            let mut made: Vec<u128> = (0..1_u32 << weights.len())
                .map(|set| {
                    weights.iter().enumerate().map(|(j, w)| if set >> j & 1 == 1 { *w } else { 0 }).sum()
                })
                .collect();
            made.sort_unstable();
            made.dedup();
            assert_eq!(made, (0..=range.width()).collect::<Vec<_>>(), "{low} {high}");
            for value in low - 20..high + 20 {
                let (bits, inside) = range.bits(value.into());
                assert_eq!(bool::from(inside), (low..=high).contains(&value), "{low} {high} {value}");
                let sum: u128 =
                    bits.iter().zip(&weights).map(|(bit, w)| u128::from(bit.unwrap_u8()) * w).sum();
                let sum = i128::try_from(sum).unwrap();
                assert_eq!(low <= value && value <= high, sum + i128::from(low) == value.into());
            }
        }
    }

    #[test]
    fn wide_ranges_hold_to_the_last_number() {
        let edge = (1_i128 << END_BITS) - 1;
        let range = Range::new(0, -edge, edge).unwrap();
        assert_eq!(range.weights().len(), 127);
        let inside = |range: &Range, value| bool::from(range.bits(value).1);
        assert!(inside(&range, edge) && inside(&range, -edge) && inside(&range, 0));
        let upper = Range::new(0, edge - 5, edge).unwrap();
        assert!(inside(&upper, edge - 5) && !inside(&upper, edge - 6) && !inside(&upper, -edge));
        let lower = Range::new(0, -edge, 5 - edge).unwrap();
        assert!(inside(&lower, -edge) && !inside(&lower, 6 - edge) && !inside(&lower, edge));
        assert!(range.decompose(&[0, edge]).is_ok());
        assert_eq!(upper.decompose(&[edge, 0]).unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn ends_are_checked() {
        for (low, high) in [(1, 1), (2, 1), (0, 1 << END_BITS), (-(1 << END_BITS), 0), (i128::MIN, i128::MAX)]
        {
            assert_eq!(Range::new(0, low, high), Err(REFUSED));
        }
        let range = Range::fixed_point(&params(), -0.5, 250.0).unwrap();
        assert_eq!((range.scale(), range.low(), range.high()), (40, -(1 << 39), 250 << 40));
        assert!(Range::fixed_point(&params(), f64::NAN, 1.0).is_err());
        assert!(Range::fixed_point(&params(), 0.0, 1e300).is_err());
    }
}
