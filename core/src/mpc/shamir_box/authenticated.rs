//! Shares of a value and of its product with a key that nobody knows.
use core::ops::{Add, Mul, Neg, Sub};

use zeroize::Zeroize;

use super::BoxField;

/// A party's share of `x` and of `r x`, for the box's key r.
///
/// # Source
/// \[CGHIKLN18\], "randomized" sharings
#[derive(Clone, Copy, Default)]
pub struct Authenticated<F> {
    pub(super) value: F,
    pub(super) mac: F,
}

impl<F: BoxField> Add for Authenticated<F> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, mac: self.mac + other.mac }
    }
}

impl<F: BoxField> Sub for Authenticated<F> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, mac: self.mac - other.mac }
    }
}

impl<F: BoxField> Neg for Authenticated<F> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self { value: -self.value, mac: -self.mac }
    }
}

impl<F: BoxField> Mul<F> for Authenticated<F> {
    type Output = Self;
    #[inline]
    fn mul(self, factor: F) -> Self {
        Self { value: self.value * factor, mac: self.mac * factor }
    }
}

impl<F: BoxField> Zeroize for Authenticated<F> {
    fn zeroize(&mut self) {
        self.value.zeroize();
        self.mac.zeroize();
    }
}

impl<F> core::fmt::Debug for Authenticated<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Authenticated(..)")
    }
}
