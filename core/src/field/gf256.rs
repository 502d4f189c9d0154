//! The field of 256 elements, GF(2)\[z\] / (z^8 + z^4 + z^3 + z + 1), for bytes.
//!
//! Nothing here reads a table, so nothing leaks through the cache. Single elements are [`Gf256`]. Many elements are
//! a [`Block`]: bit `k` of every byte lies in plane `k`, so that one XOR of planes adds all bytes at once.
//! Multiplying a block by a public constant then is a few XORs of planes, and by another block some ANDs.
use core::ops::{Add, Mul};

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

mod block;

pub use block::Block;

/// One element; the bits of the byte are the coefficients of the polynomial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gf256(pub u8);

impl Gf256 {
    /// The neutral element of addition.
    pub const ZERO: Self = Self(0);
    /// The neutral element of multiplication.
    pub const ONE: Self = Self(1);

    /// The inverse; zero for zero.
    ///
    /// # Timing
    /// Constant: x^254 by a fixed chain.
    #[must_use]
    pub fn invert(self) -> Self {
        let square = |x: Self| x * x;
        let x2 = square(self);
        let x3 = x2 * self;
        let x12 = square(square(x3));
        let x15 = x12 * x3;
        let x240 = square(square(square(square(x15))));
        x240 * x12 * x2
    }
}

/// Addition is XOR: the characteristic is 2, so it is subtraction too.
impl Add for Gf256 {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn add(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }
}

/// # Timing
/// Constant in both factors: integer multiplication of spread-out bits, without masks that a compiler could turn
/// into branches.
/// # Source
/// T. Pornin, BearSSL, `ghash_ctmul64.c`: carry-less products from integer products with holes.
impl Mul for Gf256 {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)] // products of polynomials over two elements are made of bits
    fn mul(self, other: Self) -> Self {
        Self(mul(self.0, other.0))
    }
}

fn mul(a: u8, b: u8) -> u8 {
    // One bit per nibble: at most eight products meet in a nibble, so nothing carries into the next one.
    let product = gather(spread(a).wrapping_mul(spread(b)) & 0x0111_1111_1111_1111);
    // z^8 = z^4 + z^3 + z + 1, twice: the first pass leaves at most three bits above the eighth.
    let fold = |x: u16| (x & 0xff) ^ reduce_high(x >> 8);
    fold(fold(product)).to_le_bytes()[0]
}

/// `high * (z^4 + z^3 + z + 1)` without reduction.
fn reduce_high(high: u16) -> u16 {
    high ^ (high << 1) ^ (high << 3) ^ (high << 4)
}

/// Bit `i` of the byte to bit `4 * i`.
fn spread(byte: u8) -> u64 {
    let x = u64::from(byte);
    let x = (x | (x << 12)) & 0x000f_000f;
    let x = (x | (x << 6)) & 0x0303_0303;
    (x | (x << 3)) & 0x1111_1111
}

/// Bit `4 * i` to bit `i`, for 15 bits.
fn gather(x: u64) -> u16 {
    let x = (x | (x >> 3)) & 0x0303_0303_0303_0303;
    let x = (x | (x >> 6)) & 0x000f_000f_000f_000f;
    let x = (x | (x >> 12)) & 0x0000_00ff_0000_00ff;
    let [low, _, _, _, high, ..] = x.to_le_bytes();
    u16::from_le_bytes([low, high])
}

impl ConstantTimeEq for Gf256 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Zeroize for Gf256 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The product from the definition: long multiplication and long division of polynomials.
    pub(crate) fn reference_mul(a: u8, b: u8) -> u8 {
        let mut product = (0..8).filter(|i| b >> i & 1 == 1).fold(0_u16, |sum, i| sum ^ u16::from(a) << i);
        for i in (8..16).rev() {
            if product >> i & 1 == 1 {
                product ^= 0x11b << (i - 8);
            }
        }
        u8::try_from(product).unwrap()
    }

    #[test]
    fn all_products() {
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!((Gf256(a) * Gf256(b)).0, reference_mul(a, b), "{a} * {b}");
            }
        }
    }

    #[test]
    fn known_products() {
        // FIPS 197, sections 4.2 and 4.2.1.
        assert_eq!(Gf256(0x57) * Gf256(0x83), Gf256(0xc1));
        assert_eq!(Gf256(0x57) * Gf256(0x13), Gf256(0xfe));
    }

    #[test]
    fn inverses() {
        assert_eq!(Gf256::ZERO.invert(), Gf256::ZERO);
        for a in 1..=255 {
            assert_eq!(Gf256(a) * Gf256(a).invert(), Gf256::ONE, "{a}");
        }
    }
}
