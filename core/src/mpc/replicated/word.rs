//! What is shared: rings whose elements are words, with bulk bytes.
use core::{
    fmt::Debug,
    ops::{Add, BitAnd, BitXor, Mul, Neg, Sub},
};

use zeroize::Zeroize;

use crate::error::{Error, ErrorKind, Result};

/// An element of a ring whose size is a power of two: every string of bits is one.
///
/// # Timing
/// All arithmetic is constant in the values.
pub trait Word:
    Copy
    + Default
    + Debug
    + Send
    + Sync
    + Zeroize
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + Mul<Output = Self>
    + 'static
{
    /// The bytes of an element.
    const BYTES: usize;
    /// The words of 64 bits that a random element takes from a stream.
    const LIMBS: usize;

    /// The element with these limbs, lowest first.
    fn from_limbs(limbs: &[u64]) -> Self;

    /// Writes the element, little-endian.
    fn write(self, out: &mut [u8]);

    /// Reads an element.
    fn read(bytes: &[u8]) -> Self;
}

/// The elements one after the other.
pub(super) fn to_bytes<W: Word>(words: impl ExactSizeIterator<Item = W>) -> Vec<u8> {
    into_buffer(Vec::new(), words)
}

/// The elements one after the other, in an empty buffer.
pub(super) fn into_buffer<W: Word>(mut bytes: Vec<u8>, words: impl ExactSizeIterator<Item = W>) -> Vec<u8> {
    bytes.resize(words.len() * W::BYTES, 0);
    for (out, word) in bytes.chunks_exact_mut(W::BYTES).zip(words) {
        word.write(out);
    }
    bytes
}

/// The elements of a message of exactly `count`.
pub(super) fn from_bytes<W: Word>(
    bytes: &[u8],
    count: usize,
) -> Result<impl ExactSizeIterator<Item = W> + '_> {
    if count.checked_mul(W::BYTES) != Some(bytes.len()) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "replicated: length of a message"));
    }
    Ok(bytes.chunks_exact(W::BYTES).map(W::read))
}

/// Makes a wrapper of an unsigned integer a [`Word`].
macro_rules! word {
    ($name:ident, $inner:ty, $limbs:literal, $add:ident, $sub:ident, $mul:ident, $neg:expr) => {
        impl Add for $name {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(self.0.$add(other.0))
            }
        }

        impl Sub for $name {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(self.0.$sub(other.0))
            }
        }

        impl Mul for $name {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(self.0.$mul(other.0))
            }
        }

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self($neg(self.0))
            }
        }

        impl Zeroize for $name {
            fn zeroize(&mut self) {
                self.0.zeroize();
            }
        }

        impl Word for $name {
            const BYTES: usize = <$inner>::BITS as usize / 8;
            const LIMBS: usize = $limbs;

            #[inline(always)]
            fn from_limbs(limbs: &[u64]) -> Self {
                Self(limbs.iter().rev().fold(0, |value, limb| {
                    (if $limbs == 1 { 0 } else { value << (<$inner>::BITS / 2) }) | <$inner>::from(*limb)
                }))
            }

            #[inline(always)]
            fn write(self, out: &mut [u8]) {
                out.copy_from_slice(&self.0.to_le_bytes());
            }

            #[inline(always)]
            fn read(bytes: &[u8]) -> Self {
                let mut value = [0; <$inner>::BITS as usize / 8];
                value.copy_from_slice(bytes);
                Self(<$inner>::from_le_bytes(value))
            }
        }
    };
}
pub(super) use word;

/// An integer modulo 2^128: a value of 64 bits with 64 bits above it that make cheating show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Z128(pub(super) u128);

word!(Z128, u128, 2, wrapping_add, wrapping_sub, wrapping_mul, u128::wrapping_neg);

/// Sixty-four bits side by side: sums are exclusive-or, products are and.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lanes(pub(super) u64);

word!(Lanes, u64, 1, bitxor, bitxor, bitand, core::convert::identity);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_their_bytes() {
        let words = [Z128(0), Z128(1), Z128(u128::MAX - 5), Z128(0x0123 << 100)];
        let bytes = to_bytes(words.into_iter());
        assert_eq!(bytes.len(), 64);
        assert_eq!(from_bytes::<Z128>(&bytes, 4).unwrap().collect::<Vec<_>>(), words);
        for count in [3, 5, usize::MAX] {
            assert_eq!(from_bytes::<Z128>(&bytes, count).err().unwrap().kind(), ErrorKind::ShapeMismatch);
        }
        assert_eq!(Z128::from_limbs(&[7, 9]), Z128((9 << 64) | 7));
        assert_eq!(Lanes::from_limbs(&[7]), Lanes(7));
    }

    #[test]
    fn arithmetic_wraps() {
        assert_eq!(Z128(u128::MAX) + Z128(2), Z128(1));
        assert_eq!(Z128(0) - Z128(1), -Z128(1));
        assert_eq!(Z128(1 << 127) * Z128(3), Z128(1 << 127));
        assert_eq!(Lanes(0b1100) + Lanes(0b1010), Lanes(0b0110));
        assert_eq!(Lanes(0b1100) - Lanes(0b1010), Lanes(0b0110));
        assert_eq!(Lanes(0b1100) * Lanes(0b1010), Lanes(0b1000));
        assert_eq!(-Lanes(5), Lanes(5));
    }
}
