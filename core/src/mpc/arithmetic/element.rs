//! Values in the clear, as a box knows them.
use core::{
    fmt::Debug,
    ops::{Add, Mul, Neg, Sub},
};

use num_bigint::{BigInt, Sign};
use rand_core::CryptoRng;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::{Field, Fp61},
};

/// An integer modulo the size of a box's field or ring, with constant-time arithmetic. It stands for the signed integer of least magnitude.
pub trait Element:
    Copy
    + Default
    + Debug
    + PartialEq
    + Send
    + Sync
    + Zeroize
    + ConstantTimeEq
    + ConditionallySelectable
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// Every magnitude below `2^BITS` fits.
    const BITS: u32;
    /// The bytes of one element.
    const BYTES: usize;

    /// Zero.
    fn zero() -> Self {
        Self::default()
    }

    /// One.
    fn one() -> Self {
        Self::from_i128(1)
    }

    /// The signed integer, reduced.
    fn from_i128(value: i128) -> Self;

    /// `2^exponent`, reduced. The exponent is public.
    fn power_of_two(exponent: u32) -> Self {
        let half = |exponent| Self::from_i128(1_i128 << exponent);
        (0..exponent / 64).fold(half(exponent % 64), |power, _| power * half(64))
    }

    /// A public integer of any size, reduced.
    fn from_bigint_vartime(value: &BigInt) -> Self {
        let (sign, digits) = value.to_u64_digits();
        let shift = Self::power_of_two(64);
        let magnitude = digits
            .iter()
            .rev()
            .fold(Self::zero(), |sum, digit| sum * shift + Self::from_i128(i128::from(*digit)));
        if sign == Sign::Minus { -magnitude } else { magnitude }
    }

    /// The signed integer that a public element stands for.
    fn to_bigint_vartime(self) -> BigInt;

    /// The signed integer that a public element stands for, if it has at most 128 bits.
    fn to_i128_vartime(self) -> Option<i128> {
        i128::try_from(self.to_bigint_vartime()).ok()
    }

    /// A uniformly random element.
    fn uniform(rng: &mut impl CryptoRng) -> Self;

    /// Writes the one form of an element, little-endian.
    fn put(&self, out: &mut Writer);

    /// Reads it.
    ///
    /// # Errors
    /// `InvalidEncoding` when bytes are missing or the value is not reduced.
    fn take(body: &mut Reader<'_>, what: &'static str) -> Result<Self>;

    /// The elements of a message, one after the other.
    fn to_message(elements: &[Self]) -> Vec<u8> {
        let mut out = Writer::with_capacity(elements.len() * Self::BYTES);
        elements.iter().for_each(|element| element.put(&mut out));
        core::mem::take(&mut *out.into_bytes())
    }

    /// Reads a message of exactly `count` elements.
    ///
    /// # Errors
    /// `ShapeMismatch` for another length, `InvalidEncoding` for a value that is not reduced.
    fn from_message(message: &[u8], count: usize, what: &'static str) -> Result<Vec<Self>> {
        if count.checked_mul(Self::BYTES) != Some(message.len()) {
            return Err(Error::new(ErrorKind::ShapeMismatch, what));
        }
        let mut body = Reader::new(message);
        (0..count).map(|_| Self::take(&mut body, what)).collect()
    }
}

impl Element for Fp61 {
    const BITS: u32 = 60;
    const BYTES: usize = 8;

    #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // limbs of the two's complement
    fn from_i128(value: i128) -> Self {
        // value = low + 2^64 (high - 2^64 sign), and 2^64 = 8, 2^128 = 64 modulo 2^61 - 1.
        let (low, high, sign) = (value as u64, (value >> 64) as u64, (value >> 127) as u64 & 1);
        Self::from_u64(low) + Self::from_u64(8) * Self::from_u64(high) - Self::from_u64(sign << 6)
    }

    fn to_bigint_vartime(self) -> BigInt {
        let value = i64::try_from(self.to_u64()).expect("61 bits");
        let modulus = i64::try_from(Self::MODULUS).expect("61 bits");
        BigInt::from(if value > modulus / 2 { value - modulus } else { value })
    }

    fn uniform(rng: &mut impl CryptoRng) -> Self {
        Self::random(rng)
    }

    fn put(&self, out: &mut Writer) {
        self.write(out);
    }

    fn take(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        Self::read(body, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn signed_integers_survive(value in -(1_i128 << 59)..1 << 59, wide: i128) {
            prop_assert_eq!(Fp61::from_i128(value).to_i128_vartime(), Some(value));
            let expected = wide.rem_euclid(i128::from(Fp61::MODULUS));
            prop_assert_eq!(i128::from(Fp61::from_i128(wide).to_u64()), expected);
            prop_assert_eq!(Fp61::from_bigint_vartime(&BigInt::from(wide)), Fp61::from_i128(wide));
        }
    }

    #[test]
    fn powers_of_two_are_reduced() {
        for exponent in 0..300 {
            assert_eq!(Fp61::power_of_two(exponent).to_u64(), 1 << (exponent % 61), "{exponent}");
        }
    }

    #[test]
    fn messages_have_the_length_that_was_asked_for() {
        let elements = [Fp61::from_i128(-1), Fp61::from_i128(7)];
        let message = Fp61::to_message(&elements);
        assert_eq!(Fp61::from_message(&message, 2, "m").unwrap(), elements);
        for (bytes, count) in [(&message[..15], 2), (&message[..], 1), (&message[..], 3)] {
            assert_eq!(Fp61::from_message(bytes, count, "m").unwrap_err().kind(), ErrorKind::ShapeMismatch);
        }
        assert_eq!(Fp61::from_message(&[0xff; 8], 1, "m").unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }
}
