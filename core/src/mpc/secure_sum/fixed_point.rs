//! Numbers as signed 64-bit integers that count units of `2^-fraction_bits`.
//!
//! The inputs are secret, so the conversion works on the bits of the floating-point number: no branch, no
//! floating-point instruction (whose time may vary with subnormal numbers) and one verdict for the whole column.
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// The most fraction bits that a plan may have.
pub(super) const MAX_FRACTION_BITS: u32 = 60;
/// Bits of the mantissa of a binary64 number, without the hidden one.
const MANTISSA_BITS: u32 = 52;
/// A binary64 number is `mantissa * 2^(exponent - OFFSET)` with the mantissa as an integer.
const OFFSET: u64 = 1075;
/// Largest left shift that keeps a 53-bit mantissa below 2^63.
const MAX_LEFT: u64 = 10;

/// `value * 2^fraction_bits` to the nearest integer, halves to even, and whether it is within `bound`.
///
/// `bound` is below 2^63 and `fraction_bits` at most 60; both are public. Where the second result is false the
/// first has no meaning.
///
/// # Timing
/// Constant in `value`.
fn encode_one(value: f64, fraction_bits: u32, bound: u64) -> (u64, Choice) {
    let bits = value.to_bits();
    let negative = Choice::from((bits >> 63).to_le_bytes()[0]);
    let exponent = (bits >> MANTISSA_BITS) & 0x7ff;
    let normal = !exponent.ct_eq(&0);
    let finite = !exponent.ct_eq(&0x7ff);
    let mantissa = bits & ((1 << MANTISSA_BITS) - 1) | u64::from(normal.unwrap_u8()) << MANTISSA_BITS;
    // A subnormal number has the exponent of the smallest normal one.
    let exponent = u64::conditional_select(&1, &exponent, normal).wrapping_add(u64::from(fraction_bits));

    let left = exponent.wrapping_sub(OFFSET);
    let is_left = !exponent.ct_lt(&OFFSET);
    let fits = !(is_left & left.ct_gt(&MAX_LEFT));
    let left = u64::conditional_select(&0, &left, is_left & fits);

    // 54 and more all give 0: the mantissa has 53 bits.
    let right = u64::conditional_select(&OFFSET.wrapping_sub(exponent), &0, is_left);
    let right = u64::conditional_select(&right, &54, right.ct_gt(&54));

    // Checked shifts would branch on the amounts, which are at most 54 and 10.
    let (left, right) = (shift(left), shift(right));
    let quotient = mantissa.wrapping_shr(right);
    let rest = mantissa.wrapping_sub(quotient.wrapping_shl(right));
    let half = 1_u64.wrapping_shl(right) >> 1; // 0 when nothing is shifted out, and then the rest is 0 as well
    let odd = Choice::from((quotient & 1).to_le_bytes()[0]);
    let up = rest.ct_gt(&half) | (rest.ct_eq(&half) & odd & !half.ct_eq(&0));
    let magnitude = quotient.wrapping_add(u64::from(up.unwrap_u8())).wrapping_shl(left);

    let encoded = u64::conditional_select(&magnitude, &magnitude.wrapping_neg(), negative);
    (encoded, finite & fits & !magnitude.ct_gt(&bound))
}

/// A shift's amount, below 256.
fn shift(amount: u64) -> u32 {
    u32::from(amount.to_le_bytes()[0])
}

/// Encodes real numbers in two's complement.
///
/// # Errors
/// `OutOfRange` when any value is NaN, infinite or beyond the bound.
/// # Timing
/// Constant in the values, save for whether there is an error.
pub(super) fn encode_reals(values: &[f64], fraction_bits: u32, bound: u64) -> Result<Zeroizing<Vec<u64>>> {
    encode(values, |value| encode_one(*value, fraction_bits, bound))
}

/// Encodes integers in two's complement.
///
/// # Errors
/// `OutOfRange` when any value is beyond the bound.
/// # Timing
/// Constant in the values, save for whether there is an error.
pub(super) fn encode_integers(values: &[i64], fraction_bits: u32, bound: u64) -> Result<Zeroizing<Vec<u64>>> {
    let largest = bound >> fraction_bits;
    encode(values, |value| {
        let bits = u64::from_le_bytes(value.to_le_bytes());
        let negative = Choice::from((bits >> 63).to_le_bytes()[0]);
        let magnitude = u64::conditional_select(&bits, &bits.wrapping_neg(), negative);
        (bits << fraction_bits, !magnitude.ct_gt(&largest))
    })
}

fn encode<V>(values: &[V], one: impl Fn(&V) -> (u64, Choice)) -> Result<Zeroizing<Vec<u64>>> {
    let mut encoded = Zeroizing::new(Vec::with_capacity(values.len()));
    let mut valid = Choice::from(1);
    for value in values {
        let (bits, within) = one(value);
        encoded.push(bits);
        valid &= within;
    }
    match declassify(valid) {
        true => Ok(encoded),
        false => Err(Error::new(ErrorKind::OutOfRange, "input: not a number, or beyond the plan's bound")),
    }
}

/// What an encoded, public number means: correctly rounded where it has more than 53 bits.
pub(super) fn decode(raw: i64, fraction_bits: u32) -> f64 {
    raw as f64 / (1_u64 << fraction_bits) as f64
}

/// Two's complement as a signed integer.
pub(super) fn signed(bits: u64) -> i64 {
    i64::from_le_bytes(bits.to_le_bytes())
}

/// A bound on real values in the encoding's units.
///
/// # Errors
/// `OutOfRange` unless `0 < max_abs * 2^fraction_bits < 2^63` after rounding.
pub(super) fn encode_bound(max_abs: f64, fraction_bits: u32) -> Result<u64> {
    let (bound, valid) = encode_one(max_abs, fraction_bits, (1 << 63) - 1);
    match bool::from(valid) && bound != 0 && max_abs > 0.0 {
        true => Ok(bound),
        false => Err(Error::new(ErrorKind::InvalidParams, "plan: max_abs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUND: u64 = (1 << 63) - 1;

    fn one(value: f64, fraction_bits: u32) -> Option<i64> {
        let (bits, valid) = encode_one(value, fraction_bits, BOUND);
        bool::from(valid).then_some(signed(bits))
    }

    #[test]
    fn edges() {
        for (value, expected) in [
            (0.0, 0),
            (-0.0, 0),
            (0.5, 0),
            (1.5, 2),
            (2.5, 2),
            (-0.5, 0),
            (-1.5, -2),
            (-2.5, -2),
            (0.49999999999999994, 0),
            (f64::MIN_POSITIVE, 0),
            (5e-324, 0),
            (4503599627370497.5, 4503599627370498),
            (9007199254740993.0, 9007199254740992),
            (9223372036854774784.0, 9223372036854774784),
            (-9223372036854774784.0, -9223372036854774784),
        ] {
            assert_eq!(one(value, 0), Some(expected), "{value}");
        }
        for value in
            [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9223372036854775808.0, 1e300, f64::MAX]
        {
            assert_eq!(one(value, 0), None, "{value}");
        }
        assert_eq!(one(f64::MIN_POSITIVE, 60), Some(0));
        assert_eq!(one(2.0_f64.powi(-61), 60), Some(0));
        assert_eq!(one(2.0_f64.powi(-60), 60), Some(1));
    }

    #[test]
    fn bounds_are_inclusive() {
        assert_eq!(signed(encode_reals(&[-2.0], 4, 32).unwrap()[0]), -32);
        assert_eq!(encode_reals(&[1.0, 2.1], 4, 32).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert_eq!(signed(encode_integers(&[-2], 4, 32).unwrap()[0]), -32);
        for value in [3, -3, i64::MAX, i64::MIN] {
            assert_eq!(encode_integers(&[value], 4, 32).unwrap_err().kind(), ErrorKind::OutOfRange);
        }
        for max_abs in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-30, 1e19] {
            assert_eq!(encode_bound(max_abs, 0).unwrap_err().kind(), ErrorKind::InvalidParams, "{max_abs}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_floating_point(value in -1e9_f64..1e9, fraction_bits in 0_u32..=32) {
            // Scaling by a power of two is exact, and the result is small enough for an exact conversion.
            let expected = (value * 2.0_f64.powi(i32::try_from(fraction_bits).unwrap())).round_ties_even();
            prop_assert_eq!(one(value, fraction_bits).map(|raw| raw as f64), Some(expected));
        }

        #[test]
        fn any_bits_are_judged_like_floating_point(bits: u64, fraction_bits in 0_u32..=60) {
            let value = f64::from_bits(bits);
            let scaled = value * 2.0_f64.powi(i32::try_from(fraction_bits).unwrap());
            let fits = scaled.abs() < 9223372036854775808.0;
            prop_assert_eq!(one(value, fraction_bits).is_some(), fits);
        }
    }
}
