//! A value with its product with the key.
use core::ops::{Add, Mul, Neg, Sub};

use zeroize::Zeroize;

use crate::mpc::replicated::{
    Z64,
    pair::Pair,
    word::{Word, Z128},
};

/// A value modulo 2^128 and its tag, the value times a key that nobody knows.
///
/// The product of two has the product of the values, and the left tag times the right value: the tag of that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tagged {
    pub(super) value: Z128,
    pub(super) tag: Z128,
}

impl Tagged {
    /// Both parts times a factor.
    #[inline(always)]
    pub(super) fn times(self, factor: Z128) -> Self {
        Self { value: self.value * factor, tag: self.tag * factor }
    }
}

impl Add for Tagged {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, tag: self.tag + other.tag }
    }
}

impl Sub for Tagged {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, tag: self.tag - other.tag }
    }
}

impl Neg for Tagged {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { value: -self.value, tag: -self.tag }
    }
}

impl Mul for Tagged {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self { value: self.value * other.value, tag: self.tag * other.value }
    }
}

impl Mul<Z64> for Pair<Tagged> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: Z64) -> Self {
        let factor = Z128(u128::from(factor.0));
        Self { mine: self.mine.times(factor), next: self.next.times(factor) }
    }
}

impl Zeroize for Tagged {
    fn zeroize(&mut self) {
        self.value.zeroize();
        self.tag.zeroize();
    }
}

impl Word for Tagged {
    const BYTES: usize = 32;
    const LIMBS: usize = 4;

    #[inline(always)]
    fn from_limbs(limbs: &[u64]) -> Self {
        Self { value: Z128::from_limbs(&limbs[..2]), tag: Z128::from_limbs(&limbs[2..4]) }
    }

    #[inline(always)]
    fn write(self, out: &mut [u8]) {
        let (value, tag) = out.split_at_mut(Z128::BYTES);
        self.value.write(value);
        self.tag.write(tag);
    }

    #[inline(always)]
    fn read(bytes: &[u8]) -> Self {
        let (value, tag) = bytes.split_at(Z128::BYTES);
        Self { value: Z128::read(value), tag: Z128::read(tag) }
    }
}

/// Shares of values and of tags, put together.
pub(super) fn tagged(value: Pair<Z128>, tag: Pair<Z128>) -> Pair<Tagged> {
    Pair {
        mine: Tagged { value: value.mine, tag: tag.mine },
        next: Tagged { value: value.next, tag: tag.next },
    }
}

/// The shares of the values.
pub(super) fn value(share: &Pair<Tagged>) -> Pair<Z128> {
    Pair { mine: share.mine.value, next: share.next.value }
}

/// The shares of the tags.
pub(super) fn tag(share: &Pair<Tagged>) -> Pair<Z128> {
    Pair { mine: share.mine.tag, next: share.next.tag }
}
