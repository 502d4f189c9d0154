//! Values in the clear, as a box knows them.
use core::{
    fmt::Debug,
    ops::{Add, Mul, Neg, Sub},
};

use num_bigint::{BigInt, Sign};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::{Field, Fp61, Fp192},
    secret::declassify,
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
        exact::<Self>(message, count, what)?;
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

    fn to_message(elements: &[Self]) -> Vec<u8> {
        let mut out = vec![0; elements.len() * Self::BYTES];
        for (bytes, element) in out.as_chunks_mut().0.iter_mut().zip(elements) {
            *bytes = element.to_u64().to_le_bytes();
        }
        out
    }

    fn from_message(message: &[u8], count: usize, what: &'static str) -> Result<Vec<Self>> {
        exact::<Self>(message, count, what)?;
        let mut beyond = 0;
        let element = |bytes: &[u8; 8]| {
            let value = u64::from_le_bytes(*bytes);
            // 2^61 - 1 and more.
            beyond |= (value | value.wrapping_add(1)) >> 61;
            Self::from_u64(value)
        };
        let elements = message.as_chunks().0.iter().map(element).collect();
        all_reduced(beyond.ct_eq(&0), what)?;
        Ok(elements)
    }
}

impl Element for Fp192 {
    const BITS: u32 = 191;
    const BYTES: usize = 24;

    #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // limbs of the two's complement
    fn from_i128(value: i128) -> Self {
        // value = low + 2^64 high - 2^128 sign.
        let (low, high, sign) = (value as u64, (value >> 64) as u64, (value >> 127) as u64 & 1);
        let [positive, negative] =
            [[low, high, 0], [0, 0, sign]].map(|words| Self::from_words(words).unwrap_or(Self::ZERO));
        positive - negative
    }

    fn to_bigint_vartime(self) -> BigInt {
        let integer =
            |words: [u64; 3]| words.iter().rev().fold(BigInt::ZERO, |sum, word| (sum << 64) + *word);
        let (value, modulus) = (integer(self.to_words()), integer(Self::MODULUS));
        if &value + &value > modulus { value - modulus } else { value }
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

    fn to_message(elements: &[Self]) -> Vec<u8> {
        let mut out = vec![0; elements.len() * Self::BYTES];
        let words = elements.iter().flat_map(|element| element.to_words());
        for (bytes, word) in out.as_chunks_mut().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        out
    }

    fn from_message(message: &[u8], count: usize, what: &'static str) -> Result<Vec<Self>> {
        exact::<Self>(message, count, what)?;
        let mut all = Choice::from(1);
        let element = |bytes: &[u8; 24]| {
            let mut words = [0; 3];
            for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
                *word = u64::from_le_bytes(*bytes);
            }
            let element = Self::from_words(words);
            all &= element.is_some();
            element.unwrap_or(Self::ZERO)
        };
        let elements = message.as_chunks().0.iter().map(element).collect();
        all_reduced(all, what)?;
        Ok(elements)
    }
}

/// Whether a message has the bytes of `count` elements.
fn exact<E: Element>(message: &[u8], count: usize, what: &'static str) -> Result<()> {
    match count.checked_mul(E::BYTES) == Some(message.len()) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::ShapeMismatch, what)),
    }
}

fn all_reduced(all: Choice, what: &'static str) -> Result<()> {
    match declassify(all) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::InvalidEncoding, what)),
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
            prop_assert_eq!(Fp192::from_i128(wide).to_i128_vartime(), Some(wide));
            let product = BigInt::from(value) * wide;
            let element = Fp192::from_i128(value) * Fp192::from_i128(wide);
            prop_assert_eq!(Fp192::from_bigint_vartime(&product), element);
            prop_assert_eq!(element.to_bigint_vartime(), product);
        }
    }

    #[test]
    fn powers_of_two_are_reduced() {
        for exponent in 0..300 {
            assert_eq!(Fp61::power_of_two(exponent).to_u64(), 1 << (exponent % 61), "{exponent}");
        }
    }

    fn messages_are_canonical<E: Element>(modulus: &[u8], last: &[u8]) {
        let elements = [E::from_i128(-1), E::from_i128(7)];
        let message = E::to_message(&elements);
        let mut one_by_one = Writer::with_capacity(2 * E::BYTES);
        elements.iter().for_each(|element| element.put(&mut one_by_one));
        assert_eq!(message, *one_by_one.into_bytes());
        assert_eq!(message[..E::BYTES], *last);
        assert_eq!(E::from_message(&message, 2, "m").unwrap(), elements);
        for (bytes, count) in [(&message[..2 * E::BYTES - 1], 2), (&message[..], 1), (&message[..], 3)] {
            assert_eq!(E::from_message(bytes, count, "m").unwrap_err().kind(), ErrorKind::ShapeMismatch);
        }
        for refused in [modulus, &vec![0xff; E::BYTES]] {
            let message = [last, refused].concat();
            assert_eq!(E::from_message(&message, 2, "m").unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
    }

    #[test]
    fn messages_have_the_length_that_was_asked_for() {
        let bytes = |lowest: u8, highest: u8, len: usize| {
            let mut bytes = vec![0xff; len];
            (bytes[0], bytes[len - 1]) = (lowest, highest);
            bytes
        };
        messages_are_canonical::<Fp61>(&bytes(0xff, 0x1f, 8), &bytes(0xfe, 0x1f, 8));
        messages_are_canonical::<Fp192>(&bytes(19, 0xff, 24), &bytes(18, 0xff, 24));
    }
}
