//! Decoded integers, and square roots of integers.
use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::bigint::limbs;

/// A decrypted positive integer of any size. Wiped when dropped, never printed.
pub struct Integer(Zeroizing<Vec<u64>>);

impl Integer {
    pub(super) fn new(limbs: Zeroizing<Vec<u64>>) -> Self {
        Self(limbs)
    }

    /// The limbs, least significant first; the highest ones may be zero.
    pub fn as_limbs(&self) -> &[u64] {
        &self.0
    }

    /// The integer where it fits.
    ///
    /// # Timing
    /// Constant in the integer, save for whether it fits.
    pub fn to_u128(&self) -> Option<u128> {
        let limb = |i: usize| u128::from(self.0.get(i).copied().unwrap_or(0));
        let fits = limbs::is_zero(self.0.get(2..).unwrap_or(&[]));
        crate::secret::declassify(fits).then(|| limb(0) | limb(1) << 64)
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Integer(..)")
    }
}

/// The integer `root` of `root_bits` bits with `root^2 <= square < (root + 1)^2`, and whether the first is an equality.
///
/// # Timing
/// Constant in the integer; varies with `root_bits` and the number of limbs.
/// # Source
/// The digit-by-digit method; one bit of the root at a time.
pub(super) fn square_root(square: &[u64], root_bits: usize) -> (Zeroizing<Vec<u64>>, Choice) {
    let width = limbs::limbs_for(2 * root_bits).max(1);
    // What does not fit would have a longer root.
    let beyond = !limbs::is_zero(square.get(width..).unwrap_or(&[]));
    let mut rest = Zeroizing::new(vec![0; width]);
    let given = square.len().min(width);
    rest[..given].copy_from_slice(&square[..given]);
    let mut root = Zeroizing::new(vec![0; width]);
    let mut smaller = Zeroizing::new(vec![0; width]);
    // `root` holds the bits so far, times a power of two that shrinks to 1. The limbs below the current bit are not yet
    // touched.
    for bit in (0..root_bits).rev().map(|bit| 2 * bit) {
        let (from, unit) = (bit / limbs::LIMB_BITS, 1 << (bit % limbs::LIMB_BITS));
        let (root, rest, smaller) = (&mut root[from..], &mut rest[from..], &mut smaller[from..]);
        root[0] |= unit;
        smaller.copy_from_slice(rest);
        let fits = limbs::sub_assign(smaller, root).ct_eq(&0);
        limbs::conditional_assign(rest, smaller, fits);
        root[0] ^= unit;
        halve(root);
        root[0] |= limbs::mask(fits) & unit;
    }
    let exact = limbs::is_zero(&rest) & !beyond;
    (root, exact)
}

fn halve(number: &mut [u64]) {
    for i in 0..number.len() {
        number[i] = number[i] >> 1 | number.get(i + 1).map_or(0, |next| next << 63);
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn roots_agree_with_num_bigint(number in vec(any::<u64>(), 1..6), more in 0_usize..70) {
            let big = limbs::to_biguint_vartime(&number);
            let bits = usize::try_from(big.sqrt().bits()).unwrap();
            let (root, exact) = square_root(&number, bits + more);
            prop_assert_eq!(limbs::to_biguint_vartime(&root), big.sqrt());
            prop_assert_eq!(bool::from(exact), &big.sqrt() * &big.sqrt() == big);
            let square = limbs::from_biguint_vartime(&(&big * &big));
            let (root, exact) = square_root(&square, 64 * number.len() + more);
            prop_assert!(bool::from(exact) && limbs::to_biguint_vartime(&root) == big);
        }
    }

    #[test]
    fn what_is_too_long_is_no_square() {
        assert!(!bool::from(square_root(&[0, 1], 8).1));
        assert!(!bool::from(square_root(&[1 << 20], 8).1));
        assert!(bool::from(square_root(&[255 * 255], 8).1));
        assert!(bool::from(square_root(&[0], 0).1) && !bool::from(square_root(&[1], 0).1));
    }

    #[test]
    fn integers_fit_or_not() {
        let of = |limbs: &[u64]| Integer::new(Zeroizing::new(limbs.to_vec())).to_u128();
        assert_eq!((of(&[]), of(&[7]), of(&[0, 1, 0])), (Some(0), Some(7), Some(1 << 64)));
        assert_eq!(of(&[0, 0, 1]), None);
    }
}
