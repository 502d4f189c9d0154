//! Integers as slices of 64-bit limbs, least significant first.
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use super::convert::{
    bits_vartime, from_be_bytes, from_biguint_vartime, from_le_bytes, to_be_bytes, to_biguint_vartime,
    to_le_bytes,
};

/// Bits in a limb.
pub const LIMB_BITS: usize = 64;

/// The number of limbs that hold `bits` bits.
pub const fn limbs_for(bits: usize) -> usize {
    bits.div_ceil(LIMB_BITS)
}

/// `a += b`; gives the carry out of `a`, 0 or 1.
///
/// # Panics
/// When `b` is longer than `a`.
pub fn add_assign(a: &mut [u64], b: &[u64]) -> u64 {
    let (low, high) = a.split_at_mut(b.len());
    let mut carry = false;
    for (a, b) in low.iter_mut().zip(b) {
        (*a, carry) = a.carrying_add(*b, carry);
    }
    for a in high {
        (*a, carry) = a.carrying_add(0, carry);
    }
    u64::from(carry)
}

/// `a -= b`; gives the borrow out of `a`, 0 or 1.
///
/// # Panics
/// When `b` is longer than `a`.
pub fn sub_assign(a: &mut [u64], b: &[u64]) -> u64 {
    let (low, high) = a.split_at_mut(b.len());
    let mut borrow = false;
    for (a, b) in low.iter_mut().zip(b) {
        (*a, borrow) = a.borrowing_sub(*b, borrow);
    }
    for a in high {
        (*a, borrow) = a.borrowing_sub(0, borrow);
    }
    u64::from(borrow)
}

/// `out = a * b`, cut to the length of `out`.
pub fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    out.fill(0);
    for (i, b) in b.iter().enumerate().take(out.len()) {
        let mut carry = 0;
        let row = &mut out[i..];
        for (t, a) in row.iter_mut().zip(a) {
            (*t, carry) = a.carrying_mul_add(*b, *t, carry);
        }
        if let Some(t) = row.get_mut(a.len()) {
            *t = carry;
        }
    }
}

/// Whether `a < b`, for integers of any two lengths.
pub fn lt(a: &[u64], b: &[u64]) -> Choice {
    let mut borrow = false;
    for i in 0..a.len().max(b.len()) {
        let limb = |x: &[u64]| x.get(i).copied().unwrap_or(0);
        (_, borrow) = limb(a).borrowing_sub(limb(b), borrow);
    }
    Choice::from(u8::from(borrow))
}

/// Whether `a == b`, for integers of any two lengths.
pub fn eq(a: &[u64], b: &[u64]) -> Choice {
    let mut difference = 0;
    for i in 0..a.len().max(b.len()) {
        let limb = |x: &[u64]| x.get(i).copied().unwrap_or(0);
        difference |= limb(a) ^ limb(b);
    }
    difference.ct_eq(&0)
}

/// Whether `a` is zero.
pub fn is_zero(a: &[u64]) -> Choice {
    a.iter().fold(0, |all, limb| all | limb).ct_eq(&0)
}

/// `a = b` where `choice` is true.
///
/// # Panics
/// When the lengths differ.
pub fn conditional_assign(a: &mut [u64], b: &[u64], choice: Choice) {
    assert_eq!(a.len(), b.len(), "limb counts differ");
    let mask = mask(choice);
    for (a, b) in a.iter_mut().zip(b) {
        *a ^= mask & (*a ^ *b);
    }
}

/// All ones where `choice` is true, else zero. `subtle` hides from the compiler that only these two can occur.
pub(crate) fn mask(choice: Choice) -> u64 {
    u64::conditional_select(&0, &u64::MAX, choice)
}

/// The `index`-th group of `width` bits, for `width` in 1..=16; bits beyond the slice are zero.
///
/// # Timing
/// Constant in the limbs; varies with the position.
pub(crate) fn digit(limbs: &[u64], position: usize, width: usize) -> u64 {
    let (at, shift) = (position / LIMB_BITS, position % LIMB_BITS);
    let limb = |i: usize| u128::from(limbs.get(i).copied().unwrap_or(0));
    let pair = limb(at) | limb(at + 1) << LIMB_BITS;
    let low = (pair >> shift) & ((1 << width) - 1);
    #[allow(clippy::cast_possible_truncation)] // masked to at most 16 bits above
    let low = low as u64;
    low
}

/// The inverse of an odd integer modulo a power of two: exact division by multiplication.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct InverseMod2k(Box<[u64]>);

impl InverseMod2k {
    /// The inverse of `divisor` modulo `2^(64 limbs)`; `None` when it is even.
    ///
    /// # Timing
    /// Constant in the divisor, save for its lowest bit.
    pub fn new(divisor: &[u64], limbs: usize) -> Option<Self> {
        let low = divisor.first().copied().unwrap_or(0);
        if low & 1 == 0 {
            return None;
        }
        let mut inverse = vec![0; limbs].into_boxed_slice();
        let mut square = Zeroizing::new(vec![0; limbs]);
        if let Some(first) = inverse.first_mut() {
            *first = inverse_of_limb(low);
        }
        // Newton: x <- x (2 - d x) doubles the number of correct limbs.
        let mut correct = 1;
        while correct < limbs {
            correct = (2 * correct).min(limbs);
            let (product, x) = (&mut square[..correct], &mut inverse[..correct]);
            mul(product, x, divisor);
            negate(product);
            if let Some(first) = product.first_mut() {
                // d x = 1 mod 2^64, so the lowest limb of -d x is all ones, and adding 2 carries into the next.
                *first = 1;
            }
            add_one_above(product);
            let factor = Zeroizing::new(product.to_vec());
            mul(product, x, &factor);
            x.copy_from_slice(product);
        }
        Some(Self(inverse))
    }

    /// The limbs of the inverse.
    pub fn as_limbs(&self) -> &[u64] {
        &self.0
    }
}

impl core::fmt::Debug for InverseMod2k {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InverseMod2k").field("limbs", &self.0.len()).finish_non_exhaustive()
    }
}

/// `-a`, modulo `2^(64 len)`.
fn negate(a: &mut [u64]) {
    let mut carry = true;
    for a in a {
        (*a, carry) = (!*a).carrying_add(0, carry);
    }
}

/// Adds one at the second limb.
fn add_one_above(a: &mut [u64]) {
    if let Some(high) = a.get_mut(1..) {
        let mut carry = true;
        for a in high {
            (*a, carry) = a.carrying_add(0, carry);
        }
    }
}

/// The inverse of an odd limb modulo `2^64`.
pub(crate) fn inverse_of_limb(odd: u64) -> u64 {
    // odd * odd = 1 mod 8: three correct bits, doubled five times.
    (0..5).fold(odd, |x, _| x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x))))
}

/// `dividend / divisor` for a dividend that the divisor divides, as long as the inverse.
///
/// The quotient must fit the inverse's length. For other dividends the result is some integer of that length.
pub fn div_exact(dividend: &[u64], inverse: &InverseMod2k) -> Zeroizing<Vec<u64>> {
    let mut quotient = Zeroizing::new(vec![0; inverse.0.len()]);
    mul(&mut quotient, &inverse.0, dividend);
    quotient
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::super::testing::{big, integer};
    use super::*;

    proptest! {
        #[test]
        fn arithmetic_agrees_with_num_bigint(a in integer(0..=6), b in integer(0..=6)) {
            let (long, short) = if a.len() < b.len() { (&b, &a) } else { (&a, &b) };
            let whole = BigUint::from(1_u32) << (64 * long.len());
            let mut sum = long.clone();
            let carry = add_assign(&mut sum, short);
            assert_eq!(big(&sum) + &whole * carry, big(&a) + big(&b));
            let mut difference = long.clone();
            let borrow = sub_assign(&mut difference, short);
            assert_eq!(big(&difference) + big(short), big(long) + &whole * borrow);
            for len in 0..=a.len() + b.len() + 1 {
                let mut product = vec![1; len];
                mul(&mut product, &a, &b);
                assert_eq!(big(&product), big(&a) * big(&b) % (BigUint::from(1_u32) << (64 * len)));
            }
        }

        #[test]
        fn comparisons_agree_with_num_bigint(a in integer(0..=3), b in integer(0..=3)) {
            assert_eq!(bool::from(lt(&a, &b)), big(&a) < big(&b));
            assert_eq!(bool::from(eq(&a, &b)), big(&a) == big(&b));
            assert!(bool::from(eq(&a, &a)) && !bool::from(lt(&a, &a)));
            assert_eq!(bool::from(is_zero(&a)), big(&a) == BigUint::ZERO);
            for choice in [false, true] {
                let mut c = a.clone();
                conditional_assign(&mut c, &vec![7; a.len()], Choice::from(u8::from(choice)));
                assert_eq!(c, if choice { vec![7; a.len()] } else { a.clone() });
            }
        }

        #[test]
        fn exact_division_undoes_multiplication(mut divisor in integer(1..=6), quotient in integer(1..=12)) {
            divisor[0] |= 1;
            let inverse = InverseMod2k::new(&divisor, quotient.len()).unwrap();
            let mut dividend = vec![0; divisor.len() + quotient.len()];
            mul(&mut dividend, &divisor, &quotient);
            assert_eq!(**div_exact(&dividend, &inverse), quotient);
        }

        #[test]
        fn bytes_and_back(a in integer(0..=5), cut in 0_usize..=7) {
            let len = (8 * a.len()).saturating_sub(cut);
            let modulo = BigUint::from(1_u32) << (8 * len);
            assert_eq!(big(&from_le_bytes(&to_le_bytes(&a, len))), big(&a) % &modulo);
            assert_eq!(big(&from_be_bytes(&to_be_bytes(&a, len))), big(&a) % &modulo);
            assert_eq!(BigUint::from_bytes_be(&to_be_bytes(&a, len)), big(&a) % &modulo);
            assert_eq!(to_le_bytes(&a, 8 * a.len() + 3)[8 * a.len()..], [0; 3]);
            assert_eq!(u64::try_from(bits_vartime(&a)).unwrap(), big(&a).bits());
            assert_eq!(big(&from_biguint_vartime(&big(&a))), big(&a));
        }

        #[test]
        fn digits_are_bits(a in integer(0..=4), position in 0_usize..=300, width in 1_usize..=16) {
            assert_eq!(BigUint::from(digit(&a, position, width)), (big(&a) >> position) % (1_u32 << width));
        }
    }

    #[test]
    fn even_divisors_have_no_inverse() {
        assert!(InverseMod2k::new(&[], 2).is_none());
        assert!(InverseMod2k::new(&[6, 1], 2).is_none());
        assert_eq!(format!("{:?}", InverseMod2k::new(&[3], 2).unwrap()), "InverseMod2k { limbs: 2, .. }");
    }
}
