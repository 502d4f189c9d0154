//! The field of 2^255 - 19 elements in five limbs of 51 bits, as far as the search for logarithms needs it.
//!
//! The curve library keeps its field to itself, and the search lives on sharing one inversion among many divisions.
//!
//! # Units
//! Limbs of sums and differences stay below 2^54, which the products accept; those of products are below 2^52.
use core::array;

use crate::error::{Error, ErrorKind, Result};

const MASK: u64 = (1 << 51) - 1;
/// 16 p, so that differences do not go below zero.
const SIXTEEN_P: [u64; 5] = [(MASK - 18) << 4, MASK << 4, MASK << 4, MASK << 4, MASK << 4];

/// An element, not necessarily reduced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fp25519([u64; 5]);

impl Fp25519 {
    pub(super) const ZERO: Self = Self([0; 5]);
    pub(super) const ONE: Self = Self([1, 0, 0, 0, 0]);

    pub(super) const fn small(value: u32) -> Self {
        Self([value as u64, 0, 0, 0, 0])
    }

    /// Reads 255 bits, little-endian.
    ///
    /// # Errors
    /// `InvalidEncoding` unless the value is below p.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Result<Self> {
        let value = Self::from_bytes_reducing(bytes);
        match value.to_bytes() == *bytes {
            true => Ok(value),
            false => Err(Error::new(ErrorKind::InvalidEncoding, "field element: not reduced")),
        }
    }

    /// Reads 255 bits, little-endian, modulo p; the top bit is ignored.
    fn from_bytes_reducing(bytes: &[u8; 32]) -> Self {
        let bits = |at: usize| {
            let byte = |i: usize| u128::from(bytes.get(at / 8 + i).copied().unwrap_or(0)) << (8 * i);
            let window: u128 = (0..8).map(byte).sum();
            low64(window >> (at % 8)) & MASK
        };
        Self(array::from_fn(|i| bits(51 * i)))
    }

    /// The reduced value, little-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let limbs = self.reduced();
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            let (limb, shift) = (8 * i / 51, 8 * i % 51);
            let next = limbs.get(limb + 1).copied().unwrap_or(0);
            let window = u128::from(limbs[limb]) | u128::from(next) << 51;
            *byte = (window >> shift).to_le_bytes()[0];
        }
        bytes
    }

    /// The lowest 64 bits of the reduced value.
    pub(super) fn low_bits(self) -> u64 {
        let limbs = self.reduced();
        limbs[0] | limbs[1] << 51
    }

    fn reduced(self) -> [u64; 5] {
        let mut limbs = carried(self.0);
        limbs = carried(limbs);
        // Now below 2^255 + 2^13: the quotient by p is 0 or 1.
        let mut carry = (limbs[0] + 19) >> 51;
        for limb in &limbs[1..] {
            carry = (limb + carry) >> 51;
        }
        limbs[0] += 19 * carry;
        for i in 0..4 {
            limbs[i + 1] += limbs[i] >> 51;
            limbs[i] &= MASK;
        }
        limbs[4] &= MASK;
        limbs
    }

    pub(super) fn is_zero(self) -> bool {
        self.reduced() == [0; 5]
    }

    fn is_negative(self) -> bool {
        self.reduced()[0] & 1 == 1
    }

    /// The one of `self` and `-self` that is even once reduced.
    pub(super) fn abs(self) -> Self {
        if self.is_negative() { self.neg() } else { self }
    }

    #[inline]
    pub(super) fn add(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline]
    pub(super) fn sub(self, other: Self) -> Self {
        Self(carried(array::from_fn(|i| self.0[i] + SIXTEEN_P[i] - other.0[i])))
    }

    #[inline]
    pub(super) fn neg(self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline]
    pub(super) fn mul(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        let m = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let b19: [u64; 5] = array::from_fn(|i| 19 * b[i]);
        fold([
            m(a[0], b[0]) + m(a[4], b19[1]) + m(a[3], b19[2]) + m(a[2], b19[3]) + m(a[1], b19[4]),
            m(a[1], b[0]) + m(a[0], b[1]) + m(a[4], b19[2]) + m(a[3], b19[3]) + m(a[2], b19[4]),
            m(a[2], b[0]) + m(a[1], b[1]) + m(a[0], b[2]) + m(a[4], b19[3]) + m(a[3], b19[4]),
            m(a[3], b[0]) + m(a[2], b[1]) + m(a[1], b[2]) + m(a[0], b[3]) + m(a[4], b19[4]),
            m(a[4], b[0]) + m(a[3], b[1]) + m(a[2], b[2]) + m(a[1], b[3]) + m(a[0], b[4]),
        ])
    }

    #[inline]
    pub(super) fn square(self) -> Self {
        let a = self.0;
        let m = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let (a0, a1, a2) = (2 * a[0], 2 * a[1], 2 * a[2]);
        let (a3, a4) = (19 * a[3], 19 * a[4]);
        fold([
            m(a[0], a[0]) + m(a1, a4) + m(a2, a3),
            m(a0, a[1]) + m(a2, a4) + m(a[3], a3),
            m(a0, a[2]) + m(a[1], a[1]) + m(2 * a[3], a4),
            m(a0, a[3]) + m(a1, a[2]) + m(a[4], a4),
            m(a0, a[4]) + m(a1, a[3]) + m(a[2], a[2]),
        ])
    }

    fn square_times(self, count: u32) -> Self {
        (0..count).fold(self, |value, _| value.square())
    }

    /// `self^(2^250 - 1)` and `self^11`.
    fn power_chain(self) -> (Self, Self) {
        let x2 = self.square();
        let x9 = x2.square_times(2).mul(self);
        let x11 = x9.mul(x2);
        let e5 = x11.square().mul(x9); // 2^5 - 1
        let e10 = e5.square_times(5).mul(e5);
        let e20 = e10.square_times(10).mul(e10);
        let e40 = e20.square_times(20).mul(e20);
        let e50 = e40.square_times(10).mul(e10);
        let e100 = e50.square_times(50).mul(e50);
        let e200 = e100.square_times(100).mul(e100);
        (e200.square_times(50).mul(e50), x11)
    }

    /// `1 / self`; 0 for 0.
    pub(super) fn invert(self) -> Self {
        let (e250, x11) = self.power_chain();
        e250.square_times(5).mul(x11) // 2^255 - 21
    }

    /// A square root of `u / v`, even once reduced, where there is one.
    ///
    /// # Source
    /// RFC 9496, section 4.2, without the case that decoding refuses.
    pub(super) fn sqrt_ratio(u: Self, v: Self) -> Option<Self> {
        let v3 = v.square().mul(v);
        let v7 = v3.square().mul(v);
        let (e250, _) = u.mul(v7).power_chain();
        let power = e250.square_times(2).mul(u.mul(v7)); // 2^252 - 3
        let root = u.mul(v3).mul(power);
        let check = v.mul(root.square());
        if check.sub(u).is_zero() {
            return Some(root.abs());
        }
        check.add(u).is_zero().then(|| root.mul(sqrt_minus_one()).abs())
    }
}

/// `2^((p - 1) / 4)`, which is the even root of -1 or its negative.
pub(super) fn sqrt_minus_one() -> Fp25519 {
    // (p - 1) / 4 = 2^253 - 5 = 8 (2^250 - 1) + 3
    let two = Fp25519::small(2);
    let (e250, _) = two.power_chain();
    e250.square_times(3).mul(Fp25519::small(8)).abs()
}

/// Inverts all elements with one inversion. None may be zero.
pub(super) fn invert_all(elements: &mut [Fp25519], products: &mut Vec<Fp25519>) {
    products.clear();
    let mut product = Fp25519::ONE;
    for element in elements.iter() {
        products.push(product);
        product = product.mul(*element);
    }
    let mut inverse = product.invert();
    for (element, before) in elements.iter_mut().zip(products.iter()).rev() {
        let own = inverse.mul(*before);
        inverse = inverse.mul(*element);
        *element = own;
    }
}

#[inline]
fn low64(value: u128) -> u64 {
    #[allow(clippy::cast_possible_truncation)] // the low half is asked for
    let low = value as u64;
    low
}

/// Limbs below 2^51, the lowest a little above, for limbs of any size below 2^63.
#[inline]
fn carried(limbs: [u64; 5]) -> [u64; 5] {
    let carry = |i: usize| limbs[i] >> 51;
    [
        (limbs[0] & MASK) + 19 * carry(4),
        (limbs[1] & MASK) + carry(0),
        (limbs[2] & MASK) + carry(1),
        (limbs[3] & MASK) + carry(2),
        (limbs[4] & MASK) + carry(3),
    ]
}

/// A product's columns, each below 2^115, as limbs.
#[inline]
fn fold(mut columns: [u128; 5]) -> Fp25519 {
    let mut limbs = [0; 5];
    for i in 0..4 {
        columns[i + 1] += columns[i] >> 51;
        limbs[i] = low64(columns[i]) & MASK;
    }
    limbs[4] = low64(columns[4]) & MASK;
    let high = low64(columns[4] >> 51);
    limbs[0] += 19 * high;
    limbs[1] += limbs[0] >> 51;
    limbs[0] &= MASK;
    Fp25519(limbs)
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    fn p() -> BigUint {
        (BigUint::from(1_u32) << 255) - 19_u32
    }

    fn value(element: Fp25519) -> BigUint {
        BigUint::from_bytes_le(&element.to_bytes())
    }

    fn element() -> impl Strategy<Value = [u8; 32]> {
        let edge = prop_oneof![Just(0_u8), Just(0xff), any::<u8>()];
        prop_oneof![any::<[u8; 32]>(), proptest::array::uniform32(edge)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn arithmetic_agrees_with_num_bigint(a in element(), b in element()) {
            let (x, y) = (Fp25519::from_bytes_reducing(&a), Fp25519::from_bytes_reducing(&b));
            let read = |bytes: &[u8; 32]| {
                BigUint::from_bytes_le(bytes) % (BigUint::from(1_u32) << 255) % p()
            };
            let (a, b): (BigUint, BigUint) = (read(&a), read(&b));
            prop_assert_eq!(value(x), a.clone());
            prop_assert_eq!(value(x.add(y)), (&a + &b) % p());
            prop_assert_eq!(value(x.sub(y)), (&a + p() - &b) % p());
            prop_assert_eq!(value(x.sub(y).add(x).mul(y.add(y).sub(x))), {
                let left = (&a + &a + p() - &b) % p();
                let right = (&b + &b + p() - &a) % p();
                left * right % p()
            });
            prop_assert_eq!(value(x.sub(y).square()), value(x.sub(y).mul(x.sub(y))));
            prop_assert_eq!(value(x.invert()), a.modpow(&(p() - 2_u32), &p()));
            let root = Fp25519::sqrt_ratio(x, y);
            let ratio = &a * b.modpow(&(p() - 2_u32), &p()) % p();
            let square = ratio.modpow(&((p() - 1_u32) >> 1), &p()) <= BigUint::from(1_u32);
            if b != BigUint::ZERO {
                prop_assert_eq!(root.map(|root| value(root.square())), square.then_some(ratio));
            }
        }
    }

    #[test]
    fn only_reduced_bytes_are_read() {
        let bytes = |value: BigUint| {
            let mut bytes = value.to_bytes_le();
            bytes.resize(32, 0);
            <[u8; 32]>::try_from(bytes).unwrap()
        };
        assert!(Fp25519::from_bytes(&bytes(p() - 1_u32)).is_ok());
        for bad in [p(), p() + 1_u32, (BigUint::from(1_u32) << 256) - 1_u32] {
            assert_eq!(Fp25519::from_bytes(&bytes(bad)).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
    }

    #[test]
    fn one_inversion_serves_all() {
        let mut all: Vec<Fp25519> = (1..50).map(Fp25519::small).collect();
        let alone: Vec<BigUint> = all.iter().map(|x| value(x.invert())).collect();
        invert_all(&mut all, &mut Vec::new());
        assert_eq!(all.into_iter().map(value).collect::<Vec<_>>(), alone);
        assert_eq!(value(sqrt_minus_one().square()), p() - 1_u32);
    }
}
