//! Numbers as integers: fixed point at one public scale, and back.
//!
//! An encoded number is `m = round(x * 2^f)`, ties to even, with `f` the fraction bits of the key's parameters:
//! the error of an encoding is at most `2^-(f+1)`. The scale is the same for 1.5, 3 and 1e-20, so it tells
//! nothing about them.
//!
//! # Timing
//! Everything here is constant in the values; it varies with their number and with the scale. Floating-point
//! numbers are taken apart and put together by integer operations, shifts are barrel shifts by masked steps.
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::magnitude::Magnitude;
use crate::secret::declassify;

/// Bits of the absolute value of the largest number that encodes.
const MAX_BITS: u32 = 126;

const MANTISSA_BITS: u32 = 52;
const EXPONENT_BIAS: i64 = 1075;
const EXPONENT_SPECIAL: u64 = 0x7ff;

/// Encodes numbers at `fraction_bits`, all of them at most `limit` in absolute value once encoded.
///
/// # Errors
/// `OutOfRange` if any number is not finite or beyond the limit; all numbers are read before it is told.
pub(crate) fn encode_f64(values: &[f64], fraction_bits: u32, limit: u128) -> Result<Zeroizing<Vec<i128>>> {
    let mut encoded = Zeroizing::new(Vec::with_capacity(values.len()));
    let mut bad = Choice::from(0);
    for value in values {
        let (negative, magnitude, overflow) = magnitude_of(value.to_bits(), fraction_bits);
        bad |= overflow | magnitude.ct_gt(&limit);
        encoded.push(signed(magnitude, negative));
    }
    within_range(bad)?;
    Ok(encoded)
}

/// Checks that integers are at most `limit` in absolute value.
///
/// # Errors
/// `OutOfRange`, told after all were read.
pub(crate) fn encode_i64(values: &[i64], limit: u128) -> Result<Zeroizing<Vec<i128>>> {
    let mut encoded = Zeroizing::new(Vec::with_capacity(values.len()));
    let mut bad = Choice::from(0);
    for value in values {
        let value = i128::from(*value);
        bad |= absolute(value).1.ct_gt(&limit);
        encoded.push(value);
    }
    within_range(bad)?;
    Ok(encoded)
}

/// The integer bound that a caller's public bound means at `fraction_bits`, rounded up.
///
/// # Errors
/// `OutOfRange` unless it is a finite number of at least 0 whose encoding fits.
pub(crate) fn encode_bound(bound: f64, fraction_bits: u32) -> Result<Magnitude> {
    const RANGE: Error =
        Error::new(ErrorKind::OutOfRange, "bound: not a finite number within the key's range");
    if !bound.is_finite() || bound < 0.0 {
        return Err(RANGE);
    }
    let (_, magnitude, overflow) = magnitude_of(bound.to_bits(), fraction_bits);
    if bool::from(overflow) {
        return Err(RANGE);
    }
    // Rounding is monotone: what is at most the bound is at most the encoded bound once encoded.
    Ok(Magnitude::new(magnitude))
}

/// The number `integer / 2^scale` closest to the truth, ties to even, for each integer; `integers` are sign and
/// little-endian magnitude.
///
/// # Errors
/// `OutOfRange` if a result is too large for `f64`; all are read before it is told.
pub(crate) fn decode_f64<'a>(
    integers: impl Iterator<Item = (Choice, &'a [u64])>,
    scale: u32,
) -> Result<Zeroizing<Vec<f64>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(integers.size_hint().0));
    let mut bad = Choice::from(0);
    for (negative, magnitude) in integers {
        let (bits, overflow) = f64_bits(negative, magnitude, scale);
        bad |= overflow;
        decoded.push(f64::from_bits(bits));
    }
    match declassify(bad) {
        false => Ok(decoded),
        true => Err(Error::new(ErrorKind::OutOfRange, "result: too large for a 64-bit float")),
    }
}

/// Each integer as `i128`; `integers` are sign and little-endian magnitude.
///
/// # Errors
/// `OutOfRange` if a result does not fit; all are read before it is told.
pub(crate) fn decode_i128<'a>(
    integers: impl Iterator<Item = (Choice, &'a [u64])>,
) -> Result<Zeroizing<Vec<i128>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(integers.size_hint().0));
    let mut bad = Choice::from(0);
    for (negative, magnitude) in integers {
        let limb = |i: usize| u128::from(magnitude.get(i).copied().unwrap_or(0));
        let low = limb(0) | limb(1) << 64;
        let rest = magnitude.iter().skip(2).fold(0, |rest, limb| rest | limb);
        bad |= !rest.ct_eq(&0) | !(low >> 127).ct_eq(&0);
        decoded.push(signed(low, negative));
    }
    match declassify(bad) {
        false => Ok(decoded),
        true => Err(Error::new(ErrorKind::OutOfRange, "result: too large for a 128-bit integer")),
    }
}

/// The sign and absolute value of an integer; `i128::MIN` keeps its bits.
pub(crate) fn absolute(value: i128) -> (Choice, u128) {
    let sign = value >> 127;
    let magnitude = (value ^ sign).wrapping_sub(sign);
    (is_odd(sign.cast_unsigned()), magnitude.cast_unsigned())
}

/// The signed integer of a sign and an absolute value below 2^127.
pub(crate) fn signed(magnitude: u128, negative: Choice) -> i128 {
    let value = magnitude.cast_signed();
    <i128 as ConditionallySelectable>::conditional_select(&value, &value.wrapping_neg(), negative)
}

/// Whether a carry or borrow, 0 or 1, is 1.
pub(crate) fn is_one(value: u64) -> Choice {
    value.ct_eq(&1)
}

/// `value`, or zero unless `choice` is true.
pub(crate) fn where_true(value: u128, choice: Choice) -> u128 {
    u128::conditional_select(&0, &value, choice)
}

fn within_range(bad: Choice) -> Result<()> {
    match declassify(bad) {
        false => Ok(()),
        true => Err(Error::new(
            ErrorKind::OutOfRange,
            "values: not a number, infinite or beyond the declared bound",
        )),
    }
}

fn is_odd(value: u128) -> Choice {
    ((value & 1) as u64).ct_eq(&1)
}

/// `|x| * 2^fraction_bits` rounded to an integer, the sign of `x`, and whether that is beyond 2^[`MAX_BITS`] or
/// no number.
fn magnitude_of(bits: u64, fraction_bits: u32) -> (Choice, u128, Choice) {
    let exponent = (bits >> MANTISSA_BITS) & EXPONENT_SPECIAL;
    let subnormal = exponent.ct_eq(&0);
    let fraction = bits & ((1 << MANTISSA_BITS) - 1);
    let mantissa = u64::conditional_select(&(fraction | 1 << MANTISSA_BITS), &fraction, subnormal);
    let exponent = u64::conditional_select(&exponent, &1, subnormal);

    // |x| * 2^fraction_bits = mantissa * 2^shift. To the left, more than the 53 bits leave room for is beyond the
    // range; to the right, 63 places have made the mantissa less than a half.
    let shift = exponent.cast_signed().wrapping_add(i64::from(fraction_bits) - EXPONENT_BIAS);
    let (left, beyond) = clamp(shift, (MAX_BITS - MANTISSA_BITS - 1).into());
    let (right, _) = clamp(shift.wrapping_neg(), 63);
    let scaled_up = barrel_left(mantissa.into(), left);
    let scaled_down = round_half_even(barrel_right(u128::from(mantissa) << 64, right));

    let is_left = right.ct_eq(&0);
    let magnitude = u128::conditional_select(&scaled_down, &scaled_up, is_left);
    let special = exponent.ct_eq(&EXPONENT_SPECIAL);
    ((bits >> 63).ct_eq(&1), magnitude, beyond | special)
}

/// `value` held between 0 and `max`, and whether it was above.
fn clamp(value: i64, max: u64) -> (u64, Choice) {
    let positive = !(value.cast_unsigned() >> 63).ct_eq(&1);
    let value = u64::conditional_select(&0, &value.cast_unsigned(), positive);
    let above = value.ct_gt(&max);
    (u64::conditional_select(&value, &max, above), above)
}

/// `value << shift` for `shift` below 128.
fn barrel_left(mut value: u128, shift: u64) -> u128 {
    for step in 0..7 {
        value.conditional_assign(&(value << (1 << step)), ((shift >> step) & 1).ct_eq(&1));
    }
    value
}

/// `value >> shift` for `shift` below 128.
fn barrel_right(mut value: u128, shift: u64) -> u128 {
    for step in 0..7 {
        value.conditional_assign(&(value >> (1 << step)), ((shift >> step) & 1).ct_eq(&1));
    }
    value
}

/// A number with 64 fraction bits, below 2^127, rounded to an integer.
fn round_half_even(value: u128) -> u128 {
    let odd = (value >> 64) & 1;
    value.wrapping_add((1 << 63) - 1).wrapping_add(odd) >> 64
}

/// The bits of the `f64` closest to `+-magnitude / 2^scale`, and whether it is beyond the largest.
fn f64_bits(negative: Choice, magnitude: &[u64], scale: u32) -> (u64, Choice) {
    let (window, exponent, rest) = leading_bits(magnitude);
    let zero = window.ct_eq(&0);

    // |value| = window * 2^exponent / 2^scale with window in [2^127, 2^128), so its exponent field is:
    let field = exponent.wrapping_add(127 + 1023 - i64::from(scale));
    let (normal_field, overflow) = clamp(field, EXPONENT_SPECIAL - 1);
    let (subnormal_shift, _) = clamp(1_i64.wrapping_sub(field), 63);
    // One step to the right makes room for the carry of the rounding; a subnormal number loses more.
    let (window, lost) = barrel_right_lossy(window, subnormal_shift.wrapping_add(1));
    let mantissa = round_to_53(window | u128::from(((lost | rest).unwrap_u8()) & 1));

    // The carry of a mantissa that was rounded up to 2^53 raises the exponent field by itself.
    let at_least_one = u64::conditional_select(&normal_field, &1, normal_field.ct_eq(&0));
    let bits = (at_least_one.wrapping_sub(1) << MANTISSA_BITS).wrapping_add(mantissa);
    let bits = u64::conditional_select(&bits, &0, zero);
    let infinite = !zero & (overflow | (bits >> MANTISSA_BITS).ct_eq(&EXPONENT_SPECIAL));
    let sign = u64::conditional_select(&0, &(1 << 63), negative & !zero);
    (bits | sign, infinite)
}

/// The 128 bits from the highest one on, the exponent of their unit, and whether a one is left below them.
fn leading_bits(magnitude: &[u64]) -> (u128, i64, Choice) {
    let (mut high, mut low, mut top, mut below) = (0_u64, 0_u64, 0_i64, 0_u64);
    for (i, limb) in (0_i64..).zip(magnitude) {
        let nonzero = !limb.ct_eq(&0);
        high.conditional_assign(limb, nonzero);
        low.conditional_assign(&below, nonzero);
        top.conditional_assign(&i, nonzero);
        below = *limb;
    }
    let mut rest = 0;
    for (i, limb) in (2_i64..).zip(magnitude) {
        rest |= u64::conditional_select(limb, &0, !is_at_most(i, top));
    }
    let mut window = u128::from(high) << 64 | u128::from(low);
    let mut leading_zeros = 0_i64;
    for step in (0..7).rev() {
        let clear = (window >> (128 - (1 << step))).ct_eq(&0);
        window.conditional_assign(&(window << (1 << step)), clear);
        leading_zeros.conditional_assign(&leading_zeros.wrapping_add(1 << step), clear);
    }
    (window, top.wrapping_sub(1).wrapping_mul(64).wrapping_sub(leading_zeros), !rest.ct_eq(&0))
}

/// Whether `a <= b`, for numbers far from the ends of the type.
fn is_at_most(a: i64, b: i64) -> Choice {
    (b.wrapping_sub(a).cast_unsigned() >> 63).ct_eq(&0)
}

/// `value >> shift` for `shift` below 128, and whether a one was shifted out.
fn barrel_right_lossy(mut value: u128, shift: u64) -> (u128, Choice) {
    let mut lost = Choice::from(0);
    for step in 0..7 {
        let taken = ((shift >> step) & 1).ct_eq(&1);
        lost |= taken & !(value & ((1 << (1 << step)) - 1)).ct_eq(&0);
        value.conditional_assign(&(value >> (1 << step)), taken);
    }
    (value, lost)
}

/// The highest 53 of the 127 bits of `value`, rounded by the 74 below.
fn round_to_53(value: u128) -> u64 {
    let odd = (value >> 74) & 1;
    let rounded = value.wrapping_add((1 << 73) - 1).wrapping_add(odd) >> 74;
    #[allow(clippy::cast_possible_truncation)] // at most 2^53
    let rounded = rounded as u64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    /// The three lowest limbs.
    fn limbs(magnitude: u128) -> [u64; 3] {
        [0, 64, 128].map(|bits| {
            u64::try_from(magnitude.checked_shr(bits).unwrap_or(0) & u128::from(u64::MAX)).unwrap()
        })
    }

    fn encode(value: f64, fraction_bits: u32) -> Result<i128> {
        encode_f64(&[value], fraction_bits, 1 << MAX_BITS).map(|list| list[0])
    }

    fn decode(value: i128, scale: u32) -> Result<f64> {
        let magnitude = value.unsigned_abs();
        let limbs = limbs(magnitude);
        decode_f64([(Choice::from(u8::from(value < 0)), &limbs[..])].into_iter(), scale).map(|list| list[0])
    }

    /// `round(|x| * 2^fraction_bits)` in exact rational arithmetic.
    fn exact_encoding(x: f64, fraction_bits: u32) -> BigUint {
        let bits = x.to_bits();
        let field = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = BigUint::from(if field == 0 { fraction } else { fraction | 1 << 52 });
        // In units of 2^-(1074).
        let units = (mantissa << (field.max(1) - 1)) << fraction_bits;
        round_shift(&units, 1074)
    }

    fn round_shift(value: &BigUint, bits: u64) -> BigUint {
        let floor = value >> bits;
        let rest = value - (&floor << bits);
        let half = (BigUint::from(1_u8) << bits) >> 1_u8;
        let up = bits > 0 && (rest > half || (rest == half && floor.bit(0)));
        floor + u8::from(up)
    }

    /// The closest `f64` to `value / 2^scale`, by decimal text, which the standard library rounds correctly.
    fn exact_decoding(value: &BigUint, scale: u32) -> f64 {
        // value / 2^scale = value * 5^scale / 10^scale
        format!("{}e-{scale}", value * BigUint::from(5_u8).pow(scale)).parse().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn encoding_rounds_to_even(bits in any::<u64>(), fraction_bits in 0..=120_u32, near in 900..1150_u64) {
            for bits in [bits, bits & !(0x7ff << 52) | near << 52] {
                let x = f64::from_bits(bits);
                if !x.is_finite() {
                    prop_assert!(encode(x, fraction_bits).is_err());
                    continue;
                }
                let truth = exact_encoding(x, fraction_bits);
                match encode(x, fraction_bits) {
                    Ok(encoded) => {
                        prop_assert_eq!(BigUint::from(encoded.unsigned_abs()), truth);
                        prop_assert!(encoded == 0 || (encoded < 0) == (x < 0.0));
                    }
                    Err(error) => {
                        prop_assert_eq!(error.kind(), ErrorKind::OutOfRange);
                        prop_assert!(truth.bits() > u64::from(MAX_BITS));
                    }
                }
            }
        }

        #[test]
        fn decoding_rounds_to_even(
            limbs in prop::collection::vec(prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), Just(1 << 63)], 0..9),
            scale in 0..1300_u32,
            negative in any::<bool>(),
        ) {
            let value = limbs.iter().rev().fold(BigUint::ZERO, |all, limb| (all << 64) + *limb);
            let sign = Choice::from(u8::from(negative));
            let decoded = decode_f64([(sign, &limbs[..])].into_iter(), scale).unwrap()[0];
            let truth = exact_decoding(&value, scale);
            prop_assert_eq!(decoded.abs().to_bits(), truth.to_bits());
            prop_assert!(decoded == 0.0 || (decoded < 0.0) == negative);
        }

        #[test]
        fn decoding_ties(mantissa in 0..1_u64 << 54, shift in 0..900_u32, sticky in any::<bool>()) {
            // 54 bits: every second one is a tie, unless a bit far below breaks it.
            let value = (BigUint::from(mantissa) << shift << 64_u32) + u8::from(sticky);
            let limbs = value.to_u64_digits();
            for scale in [0, 64, 1130, 1140 + shift] {
                let decoded = decode_f64([(Choice::from(0), &limbs[..])].into_iter(), scale).unwrap()[0];
                prop_assert_eq!(decoded.to_bits(), exact_decoding(&value, scale).to_bits());
            }
        }

        #[test]
        fn integers_come_back(value in any::<i64>(), wide in -(1_i128 << 126)..1 << 126) {
            prop_assert_eq!(encode_i64(&[value], 1 << 63).unwrap()[0], i128::from(value));
            let (negative, magnitude) = absolute(wide);
            prop_assert_eq!((bool::from(negative), magnitude), (wide < 0, wide.unsigned_abs()));
            prop_assert_eq!(signed(magnitude, negative), wide);
            let limbs = limbs(magnitude);
            prop_assert_eq!(decode_i128([(negative, &limbs[..])].into_iter()).unwrap()[0], wide);
        }
    }

    #[test]
    fn edges_of_encoding() {
        assert_eq!(encode(0.0, 40).unwrap(), 0);
        assert_eq!(encode(-0.0, 40).unwrap(), 0);
        assert_eq!(encode(f64::from_bits(1), 120).unwrap(), 0);
        assert_eq!([0.5, 1.5, 2.5, -0.5, -1.5].map(|x| encode(x, 0).unwrap()), [0, 2, 2, 0, -2]);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1e300] {
            assert_eq!(encode(bad, 40).unwrap_err().kind(), ErrorKind::OutOfRange);
        }
        let limit = 200 << 40;
        assert!(encode_f64(&[200.0, -200.0], 40, limit).is_ok());
        assert!(encode_f64(&[1.0, 200.000001], 40, limit).is_err());
        assert!(encode_f64(&[-200.000001], 40, limit).is_err());
        assert!(encode_i64(&[8, -8], 8).is_ok() && encode_i64(&[-9], 8).is_err());
        assert!(encode_i64(&[i64::MIN], 1 << 63).is_ok() && encode_i64(&[i64::MIN], (1 << 63) - 1).is_err());
    }

    #[test]
    fn edges_of_decoding() {
        assert_eq!(decode(-3 << 40, 40).unwrap(), -3.0);
        assert_eq!(decode(0, 40).unwrap().to_bits(), 0);
        let infinite = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert!(decode_f64([(Choice::from(1), &infinite[..])].into_iter(), 0).is_err());
        assert!(decode_f64([(Choice::from(1), &infinite[..])].into_iter(), 1).is_ok());
        let rounds_up = [u64::MAX; 16];
        assert!(decode_f64([(Choice::from(0), &rounds_up[..])].into_iter(), 0).is_err());
        assert!(decode_i128([(Choice::from(0), &[0, 1 << 63][..])].into_iter()).is_err());
        assert!(decode_i128([(Choice::from(0), &[0, 0, 1][..])].into_iter()).is_err());
    }

    #[test]
    fn bounds_of_the_caller() {
        assert_eq!(encode_bound(200.0, 40).unwrap(), Magnitude::new(200 << 40));
        assert_eq!(encode_bound(0.0, 40).unwrap(), Magnitude::ZERO);
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            assert_eq!(encode_bound(bad, 40).unwrap_err().kind(), ErrorKind::OutOfRange);
        }
    }
}
