//! Integers modulo 2^64.
use num_bigint::BigInt;
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::word::{Word, word};
use crate::{
    codec::{Reader, Writer},
    error::Result,
    mpc::arithmetic::Element,
};
use core::ops::{Add, Mul, Neg, Sub};

/// An integer modulo 2^64. It stands for a signed integer of 64 bits.
///
/// # Timing
/// All arithmetic is constant in the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Z64(pub(super) u64);

word!(Z64, u64, 1, wrapping_add, wrapping_sub, wrapping_mul, u64::wrapping_neg);

impl Z64 {
    /// The integer that a word stands for.
    pub fn to_i64(self) -> i64 {
        self.0.cast_signed()
    }
}

impl From<i64> for Z64 {
    fn from(value: i64) -> Self {
        Self(value.cast_unsigned())
    }
}

impl ConstantTimeEq for Z64 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl ConditionallySelectable for Z64 {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(u64::conditional_select(&a.0, &b.0, choice))
    }
}

impl Element for Z64 {
    const BITS: u32 = 63;
    const BYTES: usize = 8;

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the low half of the two's complement
    fn from_i128(value: i128) -> Self {
        Self(value as u64)
    }

    fn power_of_two(exponent: u32) -> Self {
        Self(1_u64.checked_shl(exponent).unwrap_or(0))
    }

    fn to_bigint_vartime(self) -> BigInt {
        BigInt::from(self.to_i64())
    }

    fn uniform(rng: &mut impl CryptoRng) -> Self {
        Self(rand_core::Rng::next_u64(rng))
    }

    fn put(&self, out: &mut Writer) {
        out.u64(self.0);
    }

    fn take(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        body.u64(what).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_integers_modulo_2_64(a: i64, b: i64) {
            let (x, y) = (Z64::from(a), Z64::from(b));
            prop_assert_eq!((x + y).to_i64(), a.wrapping_add(b));
            prop_assert_eq!((x - y).to_i64(), a.wrapping_sub(b));
            prop_assert_eq!((x * y).to_i64(), a.wrapping_mul(b));
            prop_assert_eq!((-x).to_i64(), a.wrapping_neg());
            prop_assert_eq!(Z64::from_i128(i128::from(a)), x);
            prop_assert_eq!(x.to_i128_vartime(), Some(i128::from(a)));
            prop_assert_eq!(Z64::from_bigint_vartime(&BigInt::from(a)), x);
        }
    }

    #[test]
    fn powers_of_two_end_at_the_modulus() {
        assert_eq!(Z64::power_of_two(63).0, 1 << 63);
        assert_eq!(Z64::power_of_two(64), Z64(0));
        assert_eq!(Z64::power_of_two(200), Z64(0));
    }

    #[test]
    fn messages_are_its_words() {
        let elements = [Z64(1), Z64(u64::MAX)];
        let message = Z64::to_message(&elements);
        assert_eq!(Z64::from_message(&message, 2, "m").unwrap(), elements);
    }
}
