//! The field of 2^64 elements: bits of a word are the coefficients of a polynomial modulo X^64 + X^4 + X^3 + X + 1.
//!
//! Sixty-four bits are one element, so an error in any of them is an error of the element. Products come without
//! reduction, as 128 bits, so that sums of many are reduced once.
#![allow(unsafe_code)]
use core::ops::{Add, AddAssign, Mul};

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

/// An element of the field of 2^64 elements.
///
/// # Timing
/// All arithmetic is constant in the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gf64(pub u64);

/// A sum of products, not reduced.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unreduced(u128);

impl Gf64 {
    /// The neutral element of multiplication.
    pub const ONE: Self = Self(1);

    /// The element times X.
    pub fn times_x(self) -> Self {
        Self(self.0 << 1 ^ (self.0 >> 63).wrapping_neg() & 0b1_1011)
    }

    /// The inverse of a public element; zero for zero.
    pub fn invert(self) -> Self {
        // To the power 2^64 - 2, the product of all squares of squares but the first.
        let mut square = self;
        (1..64).fold(Self::ONE, |product, _| {
            square = square * square;
            product * square
        })
    }
}

impl Unreduced {
    /// The sum, reduced.
    #[allow(clippy::cast_possible_truncation)] // halves
    pub fn reduce(self) -> Gf64 {
        // X^64 = X^4 + X^3 + X + 1, twice: the second time for the 4 bits that the first shifts out.
        let (low, high) = (self.0 as u64, (self.0 >> 64) as u64);
        let over = high ^ high >> 60 ^ high >> 61 ^ high >> 63;
        Gf64(low ^ over ^ over << 1 ^ over << 3 ^ over << 4)
    }
}

impl Add for Gf64 {
    type Output = Self;
    #[inline(always)]
    #[allow(clippy::suspicious_arithmetic_impl)] // addition of polynomials over bits
    fn add(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }
}

impl AddAssign for Gf64 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul for Gf64 {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let mut product = [Unreduced::default()];
        add_products(&mut product, &[self], &[other]);
        product[0].reduce()
    }
}

impl ConstantTimeEq for Gf64 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Zeroize for Gf64 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Zeroize for Unreduced {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// Adds products entry by entry, as far as the shortest goes.
pub fn add_products(sums: &mut [Unreduced], x: &[Gf64], y: &[Gf64]) {
    #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
    if is_x86_feature_detected!("pclmulqdq") {
        // SAFETY: the machine has the feature, as just checked.
        return unsafe { carryless::add_products(sums, x, y) };
    }
    portable::add_products(sums, x, y);
}

/// Adds one factor times each word, as far as the shorter goes.
pub fn add_scaled(sums: &mut [Unreduced], factor: Gf64, x: &[Gf64]) {
    #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
    if is_x86_feature_detected!("pclmulqdq") {
        // SAFETY: the machine has the feature, as just checked.
        return unsafe { carryless::add_scaled(sums, factor, x) };
    }
    portable::add_scaled(sums, factor, x);
}

/// Entry by entry, the line through `low` at 0 and `high` at 1, at `point`; into `low`.
pub fn interpolate(low: &mut [Gf64], high: &[Gf64], point: Gf64) {
    #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
    if is_x86_feature_detected!("pclmulqdq") {
        // SAFETY: the machine has the feature, as just checked.
        return unsafe { carryless::interpolate(low, high, point) };
    }
    portable::interpolate(low, high, point);
}

/// The functions above over a product of two words.
macro_rules! kernels {
    ($product:path $(, $feature:literal)?) => {
        $(#[target_feature(enable = $feature)])?
        pub(super) fn add_products(sums: &mut [Unreduced], x: &[Gf64], y: &[Gf64]) {
            for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
                sum.0 ^= $product(x.0, y.0);
            }
        }

        $(#[target_feature(enable = $feature)])?
        pub(super) fn add_scaled(sums: &mut [Unreduced], factor: Gf64, x: &[Gf64]) {
            for (sum, x) in sums.iter_mut().zip(x) {
                sum.0 ^= $product(factor.0, x.0);
            }
        }

        $(#[target_feature(enable = $feature)])?
        pub(super) fn interpolate(low: &mut [Gf64], high: &[Gf64], point: Gf64) {
            for (low, high) in low.iter_mut().zip(high) {
                *low += Unreduced($product(low.0 ^ high.0, point.0)).reduce();
            }
        }
    };
}

mod portable {
    use super::{Gf64, Unreduced};

    kernels!(product);

    /// Every fourth bit: in a product of words that have only these, the lowest 64 bits count up to 15 below each of them
    /// but the last, so that no carry reaches the next one.
    const FOURTHS: [u64; 4] =
        [0x1111_1111_1111_1111, 0x2222_2222_2222_2222, 0x4444_4444_4444_4444, 0x8888_8888_8888_8888];

    /// The lowest 64 bits of the product of two polynomials.
    fn low(x: u64, y: u64) -> u64 {
        let (x, y) = (FOURTHS.map(|mask| x & mask), FOURTHS.map(|mask| y & mask));
        (0..4).fold(0, |sum, k| {
            let part = (0..4).fold(0, |part, i| part ^ x[i].wrapping_mul(y[(4 + k - i) % 4]));
            sum | part & FOURTHS[k]
        })
    }

    /// The product of two polynomials over bits, by multiplications of integers.
    pub(super) fn product(x: u64, y: u64) -> u128 {
        // Reversed, the high half is a low half.
        let high = low(x.reverse_bits(), y.reverse_bits()).reverse_bits() >> 1;
        u128::from(high) << 64 | u128::from(low(x, y))
    }
}

#[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
mod carryless {
    use core::arch::x86_64::{
        _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_unpackhi_epi64,
    };

    use super::{Gf64, Unreduced};

    kernels!(product, "pclmulqdq");

    #[target_feature(enable = "pclmulqdq")]
    #[inline]
    fn product(x: u64, y: u64) -> u128 {
        let word = |word: u64| _mm_cvtsi64_si128(word.cast_signed());
        let product = _mm_clmulepi64_si128::<0>(word(x), word(y));
        let half = |half| u128::from(_mm_cvtsi128_si64(half).cast_unsigned());
        half(_mm_unpackhi_epi64(product, product)) << 64 | half(product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bit by bit.
    fn slow(x: u64, y: u64) -> Gf64 {
        (0..64).rev().fold(Gf64(0), |sum, bit| sum.times_x() + Gf64((y >> bit & 1).wrapping_neg() & x))
    }

    proptest! {
        #[test]
        fn products_are_those_of_polynomials(x: u64, y: u64) {
            prop_assert_eq!(Gf64(x) * Gf64(y), slow(x, y));
            prop_assert_eq!(Unreduced(portable::product(x, y)).reduce(), slow(x, y));
        }

        #[test]
        fn it_is_a_field(x: u64, y: u64, z: u64) {
            let (x, y, z) = (Gf64(x), Gf64(y), Gf64(z));
            prop_assert_eq!(x * (y + z), x * y + x * z);
            prop_assert_eq!(x * (y * z), (x * y) * z);
            prop_assert_eq!(x * x.invert(), if x == Gf64(0) { x } else { Gf64::ONE });
        }

        #[test]
        fn kernels_agree(x: [u64; 5], y: [u64; 5], point: u64) {
            let (x, y, point) = (x.map(Gf64), y.map(Gf64), Gf64(point));
            for portable in [false, true] {
                let mut sums = [Unreduced::default(); 5];
                let mut line = x;
                if portable {
                    portable::add_products(&mut sums, &x, &y);
                    portable::add_scaled(&mut sums, point, &x);
                    portable::interpolate(&mut line, &y, point);
                } else {
                    add_products(&mut sums, &x, &y);
                    add_scaled(&mut sums, point, &x);
                    interpolate(&mut line, &y, point);
                }
                for i in 0..5 {
                    prop_assert_eq!(sums[i].reduce(), x[i] * y[i] + point * x[i]);
                    prop_assert_eq!(line[i], (Gf64::ONE + point) * x[i] + point * y[i]);
                }
            }
        }
    }

    #[test]
    fn the_modulus_is_irreducible() {
        // X^(2^64) = X and no smaller power of two does: X^(2^32) - X is a unit.
        let x = Gf64(2);
        let power = |times| (0..times).fold(x, |x: Gf64, _| x * x);
        assert_eq!(power(64), x);
        let difference = power(32) + x;
        assert_eq!(difference * difference.invert(), Gf64::ONE);
    }

    #[test]
    fn edges_of_the_portable_product() {
        for (x, y) in
            [(u64::MAX, u64::MAX), (1 << 63, 1 << 63), (u64::MAX, 1), (0, u64::MAX), (0x1111 << 48, u64::MAX)]
        {
            assert_eq!(Unreduced(portable::product(x, y)).reduce(), slow(x, y));
        }
    }
}
