//! Arithmetic modulo one word-size prime.
use crate::error::{Error, ErrorKind, Result};

use super::primes::is_prime_vartime;

/// A prime `q` with 2 < q < 2^61, and what reduction by it needs.
///
/// # Timing
/// Every operation on residues takes the same time for all of them. The modulus is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modulus {
    q: u64,
    /// `floor(2^128 / q)`, low word first.
    ratio: [u64; 2],
}

impl Modulus {
    /// Primes have at most this many bits, so that sums of four residues fit in a word with room for a sign.
    pub const MAX_BITS: u32 = 61;

    /// The prime `q`.
    ///
    /// # Errors
    /// `InvalidParams` for anything but an odd prime below 2^61.
    pub fn new(q: u64) -> Result<Self> {
        if q < 3 || q >> Self::MAX_BITS != 0 || !is_prime_vartime(q) {
            return Err(Error::new(ErrorKind::InvalidParams, "modulus: an odd prime below 2^61"));
        }
        // q is no power of two, so the quotients of 2^128 and of 2^128 - 1 are the same.
        let ratio = u128::MAX / u128::from(q);
        Ok(Self { q, ratio: [low(ratio), low(ratio >> 64)] })
    }

    /// The prime.
    pub const fn value(&self) -> u64 {
        self.q
    }

    /// The prime's length in bits.
    pub const fn bits(&self) -> u32 {
        u64::BITS - self.q.leading_zeros()
    }

    /// `x mod q`, by Barrett's method with one correction.
    #[inline]
    pub const fn reduce_wide(&self, x: u128) -> u64 {
        let (x0, x1) = (low(x) as u128, x >> 64);
        let (r0, r1) = (self.ratio[0] as u128, self.ratio[1] as u128);
        // The quotient is off by at most one: what is dropped is the fraction of the last sum.
        let middle = (x0 * r1).wrapping_add((x0 * r0) >> 64);
        let carried = (x1 * r0).wrapping_add(low(middle) as u128);
        let quotient = (x1 * r1).wrapping_add(middle >> 64).wrapping_add(carried >> 64);
        reduce_once(low(x).wrapping_sub(low(quotient).wrapping_mul(self.q)), self.q)
    }

    /// `x mod q`.
    #[inline]
    pub const fn reduce(&self, x: u64) -> u64 {
        let quotient = low((x as u128 * self.ratio[1] as u128) >> 64);
        reduce_once(x.wrapping_sub(quotient.wrapping_mul(self.q)), self.q)
    }

    /// `a + b mod q` for residues.
    #[inline]
    pub const fn add(&self, a: u64, b: u64) -> u64 {
        reduce_once(a.wrapping_add(b), self.q)
    }

    /// `a - b mod q` for residues.
    #[inline]
    pub const fn sub(&self, a: u64, b: u64) -> u64 {
        reduce_once(a.wrapping_add(self.q).wrapping_sub(b), self.q)
    }

    /// `-a mod q` for a residue.
    #[inline]
    pub const fn neg(&self, a: u64) -> u64 {
        self.sub(0, a)
    }

    /// `a b mod q`.
    #[inline]
    pub const fn mul(&self, a: u64, b: u64) -> u64 {
        self.reduce_wide(a as u128 * b as u128)
    }

    /// `a^exponent mod q` for a public exponent.
    pub fn pow_vartime(&self, a: u64, exponent: u64) -> u64 {
        let (mut power, mut base, mut left) = (1, self.reduce(a), exponent);
        while left != 0 {
            if left & 1 == 1 {
                power = self.mul(power, base);
            }
            base = self.mul(base, base);
            left >>= 1;
        }
        power
    }

    /// `1 / a mod q`, and 0 for 0.
    pub fn invert(&self, a: u64) -> u64 {
        self.pow_vartime(a, self.q - 2)
    }

    /// `floor(w 2^shift / q)` for a residue w: what makes multiplication by w cheap (Shoup's method, as in Harvey,
    /// "Faster arithmetic for number-theoretic transforms", J. Symb. Comput. 60 (2014), §2). `shift` is at most 64.
    #[inline]
    pub(crate) const fn quotient(&self, w: u64, shift: u32) -> u64 {
        let (w_wide, r0, r1) = (w as u128, self.ratio[0] as u128, self.ratio[1] as u128);
        // floor(w ratio / 2^64) is too small by at most one.
        let quotient = low((w_wide * r1).wrapping_add((w_wide * r0) >> 64));
        // Below 2 q: of w 2^64 the low word is 0.
        let remainder = quotient.wrapping_mul(self.q).wrapping_neg();
        let missing = !remainder.wrapping_sub(self.q) >> 63;
        quotient.wrapping_add(missing) >> (64 - shift)
    }

    /// `floor(2^log / q)`, where it is below 2^64.
    pub(super) const fn fraction(&self, log: u32) -> u64 {
        let [r0, r1] = self.ratio;
        low((((r1 as u128) << 64) | r0 as u128) >> (128 - log))
    }
}

/// The low word.
#[expect(clippy::cast_possible_truncation)]
#[inline(always)]
pub(super) const fn low(x: u128) -> u64 {
    x as u64
}

/// `x mod q` for `x < 2 q < 2^63`, without a branch.
#[inline(always)]
pub(super) const fn reduce_once(x: u64, q: u64) -> u64 {
    let difference = x.wrapping_sub(q);
    // All ones if the subtraction went below zero.
    let borrow = (difference.cast_signed() >> 63).cast_unsigned();
    difference.wrapping_add(q & borrow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRIMES: [u64; 6] = [3, 12_289, (1 << 31) - 1, 1_099_511_590_913, (1 << 50) - 27, (1 << 61) - 1];

    #[test]
    fn primes_are_found_where_they_are() {
        for q in PRIMES {
            assert_eq!(Modulus::new(q).map(|m| m.value()), Ok(q));
        }
        for q in [0, 1, 2, 4, 9, 561, (1 << 61) + 15, u64::MAX] {
            assert_eq!(Modulus::new(q).unwrap_err().kind(), ErrorKind::InvalidParams, "{q}");
        }
    }

    #[test]
    fn edges() {
        for m in PRIMES.map(|q| Modulus::new(q).unwrap()) {
            let q = m.value();
            for x in [0, 1, q - 1, q, 2 * q - 1, u64::MAX] {
                assert_eq!(m.reduce(x), x % q);
            }
            for x in [0, u128::MAX, u128::from(q) * u128::from(q), u128::from(q - 1) * u128::from(q - 1)] {
                assert_eq!(u128::from(m.reduce_wide(x)), x % u128::from(q));
            }
            for w in [0, 1, q / 2, q - 1] {
                assert_eq!(u128::from(m.quotient(w, 64)), (u128::from(w) << 64) / u128::from(q));
            }
            assert_eq!([m.neg(0), m.neg(q - 1), m.invert(0)], [0, 1, 0]);
        }
    }

    proptest! {
        #[test]
        fn agrees_with_wide_division(i in 0..PRIMES.len(), a: u64, b: u64, x: u128) {
            let m = Modulus::new(PRIMES[i]).unwrap();
            let q = u128::from(m.value());
            prop_assert_eq!(u128::from(m.reduce_wide(x)), x % q);
            let (a, b) = (m.reduce(a), m.reduce(b));
            let (wide_a, wide_b) = (u128::from(a), u128::from(b));
            prop_assert_eq!(u128::from(m.quotient(a, 64)), (wide_a << 64) / q);
            prop_assert_eq!(u128::from(m.quotient(a, 52)), (wide_a << 52) / q);
            prop_assert_eq!(u128::from(m.add(a, b)), (wide_a + wide_b) % q);
            prop_assert_eq!(u128::from(m.sub(a, b)), (wide_a + q - wide_b) % q);
            prop_assert_eq!(u128::from(m.mul(a, b)), wide_a * wide_b % q);
            prop_assert_eq!(m.mul(a, m.invert(a)), u64::from(a != 0));
            prop_assert_eq!(m.pow_vartime(a, 5), m.mul(m.mul(m.mul(a, a), m.mul(a, a)), a));
        }
    }
}
