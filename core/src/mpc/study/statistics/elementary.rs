//! Exponential and logarithm of a party's own numbers, and the way to whole numbers, without a branch or an address that depends on them:
//! those of the system's library have both.
//!
//! # Timing
//! The same operations for all values; floating-point instructions may take more time for some values than for others.
use crate::{mpc::study::column::WHOLE, secret::mask};

/// `e^x` for `x <= 0`, within 2 units of the last place; below -700 that of -700.
pub(super) fn exponential(x: f64) -> f64 {
    // The logarithm of 2, the first 33 bits of it and the rest: times a number of 10 bits, the first part is exact.
    const HIGH: f64 = 0.693_147_180_369_123_8;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// `1 / 13!`, `1 / 12!`, .. 1: the series' next term is below `2^-57` for at most half of the logarithm of 2.
    const TERMS: [f64; 14] = {
        let (mut terms, mut factorial, mut at) = ([1.0; 14], 1.0, 1);
        while at < 14 {
            factorial *= at as f64;
            terms[13 - at] = 1.0 / factorial;
            at += 1;
        }
        terms
    };
    let x = x.max(-700.0);
    let shifted = x * core::f64::consts::LOG2_E + WHOLE;
    let (whole, bits) = (shifted - WHOLE, shifted.to_bits().wrapping_sub(WHOLE.to_bits()));
    let rest = (x - whole * HIGH) - whole * LOW;
    let series = TERMS.iter().fold(0.0, |sum, term| sum * rest + term);
    series * f64::from_bits(bits.wrapping_add(1023) << 52)
}

/// `ln(1 + x)` for x from 0 to 1, within 4 units of the last place.
///
/// It is twice the inverse hyperbolic tangent of `x / (2 + x)`, which is at most a third.
pub(super) fn logarithm_1p(x: f64) -> f64 {
    let t = x / (2.0 + x);
    let square = t * t;
    // 1 / 9^18 / 37 is below 2^-62.
    let series = (0..18_u8).rev().fold(0.0, |sum, at| sum * square + 1.0 / f64::from(2 * at + 1));
    2.0 * t * series
}

/// The nearest multiple of `2^-bits`, counted in these, for a number below `2^51`; ties to even. `bits` is at most 51.
pub(super) fn nearest(value: f64, bits: u32) -> i128 {
    let whole_of = |value: f64| {
        let shifted = value + WHOLE;
        (shifted - WHOLE, shifted.to_bits().wrapping_sub(WHOLE.to_bits()).cast_signed())
    };
    let (whole, integer) = whole_of(value);
    let (_, part) = whole_of((value - whole) * (1_u64 << bits) as f64);
    (i128::from(integer) << bits).wrapping_add(i128::from(part))
}

/// The number of a range that is nearest.
pub(super) fn clamped(value: i128, low: i128, high: i128) -> i128 {
    let smaller = |x: i128, y: i128| {
        let difference = x.wrapping_sub(y);
        let is = mask(u64::from(difference.to_le_bytes()[15] >> 7)).cast_signed();
        y.wrapping_add(difference & i128::from(is))
    };
    let capped = smaller(value, high);
    // The larger of two numbers is the smaller of their opposites, with its sign turned.
    smaller(capped.wrapping_neg(), low.wrapping_neg()).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: f64, expected: f64, units: f64) -> bool {
        (found - expected).abs() <= units * f64::EPSILON * expected.abs()
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_library(x in 0.0..=1.0_f64, power in 0..12_i32) {
            let small = x * 0.5_f64.powi(4 * power);
            prop_assert!(close(logarithm_1p(small), small.ln_1p(), 4.0), "{small}");
            let negative = -x * 1.7_f64.powi(power);
            prop_assert!(close(exponential(negative), negative.exp(), 2.0), "{negative}");
        }

        #[test]
        fn multiples_are_the_nearest(whole in -(1_i64 << 50)..1 << 50, part in -0.49..0.49_f64) {
            for whole in [whole, whole >> 30] {
                let value = whole as f64 + part;
                let found = nearest(value, 40);
                let expected = num_bigint::BigInt::from(found);
                let apart = expected - num_bigint::BigInt::from(whole) * (1_u64 << 40);
                let exact = (value - whole as f64) * (1_u64 << 40) as f64;
                let apart = f64::from(i32::try_from(&apart >> 20).unwrap()) * 1_048_576.0
                    + f64::from(i32::try_from(apart & num_bigint::BigInt::from(0xfffff)).unwrap());
                prop_assert!((apart - exact).abs() <= 0.5, "{value}: {apart} {exact}");
            }
        }

        #[test]
        fn clamping_is_that_of_integers(value: i64, low: i32, width: u32) {
            let (low, high) = (i128::from(low), i128::from(low) + i128::from(width));
            for value in [i128::from(value), i128::from(value >> 40), low, high, low - 1, high + 1] {
                prop_assert_eq!(clamped(value, low, high), value.clamp(low, high));
            }
        }
    }

    #[test]
    fn edges() {
        assert_eq!((exponential(0.0), logarithm_1p(0.0)), (1.0, 0.0));
        assert!(close(exponential(-700.0), (-700.0_f64).exp(), 2.0));
        assert_eq!(exponential(f64::NEG_INFINITY), exponential(-700.0));
        assert!(close(logarithm_1p(1.0), 2.0_f64.ln(), 4.0));
        assert_eq!((nearest(0.0, 40), nearest(-1.5, 40), nearest(3.25, 2)), (0, -(3 << 39), 13));
    }
}
