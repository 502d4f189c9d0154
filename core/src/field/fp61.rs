//! Integers modulo the Mersenne prime 2^61 - 1.
use core::ops::{Add, Mul, Neg, Sub};

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess, CtOption};
use zeroize::Zeroize;

use super::Field;
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// An integer modulo 2^61 - 1, always fully reduced.
///
/// # Timing
/// All arithmetic is constant in the values: 2^61 = 1, so reduction is shifts and additions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fp61(u64);

impl Fp61 {
    /// The field's size, 2^61 - 1.
    pub const MODULUS: u64 = (1 << 61) - 1;

    /// The element as an integer below 2^61 - 1.
    pub fn to_u64(self) -> u64 {
        self.0
    }

    /// Reduces a value below 2 * MODULUS - 1.
    ///
    /// With one added, the 62nd bit says whether the value was MODULUS or more, without a comparison.
    #[inline(always)]
    fn reduce_once(value: u64) -> Self {
        let above = value.wrapping_add(1);
        Self((above & Self::MODULUS).wrapping_add(above >> 61).wrapping_sub(1))
    }

    /// Reduces any value, such as a sum of products.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // the parts are masked and shifted to 61 bits
    pub(crate) fn from_u128(value: u128) -> Self {
        let (low, high) = (value as u64 & Self::MODULUS, (value >> 61) as u64 & Self::MODULUS);
        let top = (value >> 122) as u64;
        Self::reduce_once(low.wrapping_add(high)) + Self(top)
    }

    /// `self * factor + summand`, reduced once.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // the halves are masked and shifted to 61 bits
    pub(crate) fn mul_add(self, factor: Self, summand: Self) -> Self {
        let sum = u128::from(self.0).wrapping_mul(u128::from(factor.0)).wrapping_add(u128::from(summand.0));
        Self::reduce_once((sum as u64 & Self::MODULUS).wrapping_add((sum >> 61) as u64))
    }

    /// `self` squared `times` times.
    fn square_times(self, times: u32) -> Self {
        (0..times).fold(self, |x, _| x * x)
    }

    /// `x^(2^59 - 1)`: 59 ones.
    fn pow_ones(self) -> Self {
        // x_k = x^(2^k - 1): k ones.
        let x1 = self;
        let x2 = x1.square_times(1) * x1;
        let x3 = x2.square_times(1) * x1;
        let x6 = x3.square_times(3) * x3;
        let x7 = x6.square_times(1) * x1;
        let x14 = x7.square_times(7) * x7;
        let x28 = x14.square_times(14) * x14;
        let x29 = x28.square_times(1) * x1;
        let x58 = x29.square_times(29) * x29;
        x58.square_times(1) * x1
    }

    /// `1 / sqrt(self)` for a square that is not zero, up to its sign: the power (p - 3) / 4 = 2^59 - 1.
    pub(crate) fn inverse_sqrt(self) -> Self {
        self.pow_ones()
    }
}

impl Add for Fp61 {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self::reduce_once(self.0.wrapping_add(other.0))
    }
}

impl Sub for Fp61 {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Fp61 {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self::reduce_once(Self::MODULUS.wrapping_sub(self.0))
    }
}

impl Mul for Fp61 {
    type Output = Self;
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the halves are masked and shifted to 61 bits
    fn mul(self, other: Self) -> Self {
        let product = u128::from(self.0).wrapping_mul(u128::from(other.0));
        let (low, high) = (product as u64 & Self::MODULUS, (product >> 61) as u64);
        Self::reduce_once(low.wrapping_add(high))
    }
}

impl ConditionallySelectable for Fp61 {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(u64::conditional_select(&a.0, &b.0, choice))
    }
}

impl ConstantTimeEq for Fp61 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Zeroize for Fp61 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Field for Fp61 {
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);
    const ENCODED_LEN: usize = 8;
    const ID: u32 = 61;

    fn from_u64(value: u64) -> Self {
        Self::reduce_once((value & Self::MODULUS).wrapping_add(value >> 61))
    }

    /// Uniform: 61 random bits, drawn again in the one case of 2^61 that is not an element.
    fn random(rng: &mut impl CryptoRng) -> Self {
        loop {
            let candidate = rng.next_u64() >> 3;
            if !declassify(candidate.ct_eq(&Self::MODULUS)) {
                return Self(candidate);
            }
        }
    }

    /// x^(p - 2) by a fixed chain; p - 2 = 2^61 - 3 is 59 ones, a zero and a one.
    fn invert(&self) -> CtOption<Self> {
        CtOption::new(self.pow_ones().square_times(2) * *self, !self.ct_eq(&Self::ZERO))
    }

    fn write(&self, out: &mut Writer) {
        out.u64(self.0);
    }

    fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        let value = body.u64(what)?;
        if !declassify(value.ct_lt(&Self::MODULUS)) {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    const P: u128 = Fp61::MODULUS as u128;

    fn check(a: u64, b: u64) {
        let (x, y) = (Fp61::from_u64(a), Fp61::from_u64(b));
        let (a, b) = (u128::from(a) % P, u128::from(b) % P);
        assert_eq!(u128::from(x.to_u64()), a);
        assert_eq!(u128::from((x + y).to_u64()), (a + b) % P);
        assert_eq!(u128::from((x - y).to_u64()), (a + P - b) % P);
        assert_eq!(u128::from((x * y).to_u64()), a * b % P);
        assert_eq!(u128::from((-x).to_u64()), (P - a) % P);
        match Option::<Fp61>::from(x.invert()) {
            Some(inverse) => assert_eq!(x * inverse, Fp61::ONE),
            None => assert_eq!(a, 0),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_wide_integers(a: u64, b: u64) {
            check(a, b);
        }
    }

    #[test]
    fn edges_agree_with_wide_integers() {
        let p = Fp61::MODULUS;
        let edges = [0, 1, 2, p - 2, p - 1, p, p + 1, 2 * p - 1, 2 * p, 8 * p, u64::MAX, 1 << 61, 1 << 60];
        for a in edges {
            for b in edges {
                check(a, b);
            }
        }
    }

    #[test]
    fn wide_integers_are_reduced() {
        let p = P;
        for value in [0, p - 1, p, p << 61 | p, u128::MAX, u128::MAX - p, 1 << 122, (1 << 122) - 1, p * p] {
            assert_eq!(u128::from(Fp61::from_u128(value).to_u64()), value % p, "{value}");
        }
    }

    #[test]
    fn non_canonical_bytes_are_refused() {
        for (value, fine) in [(0, true), (Fp61::MODULUS - 1, true), (Fp61::MODULUS, false), (u64::MAX, false)]
        {
            let bytes = value.to_le_bytes();
            let read = Fp61::read(&mut Reader::new(&bytes), "element");
            assert_eq!(read.is_ok(), fine, "{value}");
            if let Ok(element) = read {
                let mut out = Writer::with_capacity(8);
                element.write(&mut out);
                assert_eq!(*out.into_bytes(), bytes);
            }
        }
    }

    #[test]
    fn random_elements_fill_the_field() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let mut bins = [0_u32; 16];
        for _ in 0..16_000 {
            bins[usize::try_from(Fp61::random(&mut rng).to_u64() >> 57).unwrap()] += 1;
        }
        // Chi-square with 15 degrees of freedom: 48.8 is passed with probability 2e-5.
        let chi: f64 = bins.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 48.8, "{chi}");
    }
}
