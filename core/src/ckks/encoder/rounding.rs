//! From scaled coefficients to integers, to the nearest and ties to even, without a branch on a value.
//!
//! Adding and subtracting `1.5 * 2^52` rounds a number below 2^51 to an integer, which then stands in the low bits of
//! the sum. A larger number is first split into a rounded multiple of a power of two and what is left, which is
//! exact: the rest is a multiple of the number's last place, and not above half the power.

/// `1.5 * 2^52`, whose last place is 1.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// `2^e` for |e| < 1023.
pub(super) const fn power_of_two(e: i32) -> f64 {
    f64::from_bits(((e + 1023).cast_unsigned() as u64) << 52)
}

/// The nearest integer, for numbers below 2^51.
#[inline(always)]
fn nearest(x: f64) -> (f64, i64) {
    let shifted = x + MAGIC;
    (shifted - MAGIC, shifted.to_bits().wrapping_sub(MAGIC.to_bits()).cast_signed())
}

/// Whether every `|x scale|` is below the bound; false when one is not a number.
#[inline(always)]
pub(super) fn all_below(x: &[f64], scale: f64, bound: f64) -> bool {
    x.iter().fold(true, |all, x| all & ((x * scale).abs() < bound))
}

/// For `|x scale|` below 2^62.
#[inline(always)]
pub(super) fn to_i64(x: &[f64], scale: f64, out: &mut [i64]) {
    const UP: f64 = power_of_two(32);
    const DOWN: f64 = power_of_two(-32);
    for (out, x) in out.iter_mut().zip(x) {
        let x = x * scale;
        let (upper, high) = nearest(x * DOWN);
        let (_, low) = nearest(x - upper * UP);
        *out = (high << 32).wrapping_add(low);
    }
}

/// For `|x scale|` below 2^120.
#[inline(always)]
pub(super) fn to_i128(x: &[f64], scale: f64, out: &mut [i128]) {
    for (out, x) in out.iter_mut().zip(x) {
        let x = x * scale;
        let (upper, high) = nearest(x * power_of_two(-80));
        let x = x - upper * power_of_two(80);
        let (middle, mid) = nearest(x * power_of_two(-40));
        let (_, low) = nearest(x - middle * power_of_two(40));
        let [high, mid, low] = [high, mid, low].map(i128::from);
        *out = (high << 80).wrapping_add(mid << 40).wrapping_add(low);
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    /// The nearest integer, ties to even, by exact arithmetic.
    fn oracle(x: f64) -> BigInt {
        let bits = x.abs().to_bits();
        let exponent = i32::try_from(bits >> 52).unwrap().max(1) - 1075;
        let mantissa = (bits & ((1 << 52) - 1)) | (u64::from(bits >> 52 != 0) << 52);
        let magnitude = if exponent >= 0 {
            BigInt::from(mantissa) << exponent
        } else {
            let shift = exponent.unsigned_abs().min(60);
            let (whole, rest, half) =
                (mantissa >> shift, mantissa & ((1 << shift) - 1), 1_u64 << (shift - 1));
            BigInt::from(whole + u64::from(rest > half || (rest == half && whole % 2 == 1)))
        };
        if x < 0.0 { -magnitude } else { magnitude }
    }

    fn check(x: f64) {
        if x.abs() < power_of_two(62) {
            let mut out = [0];
            to_i64(&[x], 1.0, &mut out);
            assert_eq!(BigInt::from(out[0]), oracle(x), "{x:e}");
        }
        let mut out = [0];
        to_i128(&[x], 1.0, &mut out);
        assert_eq!(BigInt::from(out[0]), oracle(x), "{x:e}");
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        for x in [0.0_f64, 0.5, 1.5, 2.5, 0.499_999_999_999_999_94, 4_503_599_627_370_495.5, 2_147_483_648.5]
        {
            for x in [x, -x, x.next_up(), -x.next_up(), x.next_down()] {
                check(x);
            }
        }
        for e in 0..120 {
            let x = power_of_two(e);
            for x in [x, x * 1.5, x + 0.5, x - 0.5, x.next_down(), x.next_up()] {
                if x < power_of_two(120) {
                    check(x);
                    check(-x);
                }
            }
        }
        check(power_of_two(-1022) / 4.0);
    }

    proptest! {
        #[test]
        fn agrees_with_exact_arithmetic(mantissa in 1.0_f64..2.0, e in -3..120_i32, sign: bool) {
            check(mantissa * power_of_two(e) * if sign { -1.0 } else { 1.0 });
        }
    }

    #[test]
    fn what_is_no_number_is_seen() {
        assert!(all_below(&[1.0, -3.9, 0.0], 0.25, 1.0));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 4.0, -4.0] {
            assert!(!all_below(&[0.0, bad, 1.0], 0.25, 1.0), "{bad}");
        }
    }
}
