//! A box for secrets: wiped when dropped, redacted when printed, compared in constant time.
use core::fmt;

use cmov::Cmov as _;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value on the heap that is wiped when dropped and never printed.
///
/// The value is read through [`Secret::expose_secret`] only, so that each use can be found by its name.
pub struct Secret<T: Zeroize>(Box<T>);

impl<T: Zeroize> Secret<T> {
    /// Builds the value in its final place.
    pub fn init_with(make: impl FnOnce() -> T) -> Self {
        Self(Box::new(make()))
    }

    /// Builds the value in its final place, or fails.
    ///
    /// # Errors
    /// Whatever `make` gives.
    pub fn try_init_with<E>(make: impl FnOnce() -> Result<T, E>) -> Result<Self, E> {
        make().map(|value| Self(Box::new(value)))
    }

    /// The value. Keep the reference short-lived and do not copy out of it.
    pub fn expose_secret(&self) -> &T {
        &self.0
    }

    /// The value, to be changed in place.
    pub fn expose_secret_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Secret<T> {}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Zeroize + ConstantTimeEq> ConstantTimeEq for Secret<T> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl<T: Zeroize + ConstantTimeEq> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

/// All ones if the lowest bit is set, else zero: by a conditional move, since the compiler knows of a negated carry that it is one of
/// two values and may branch on it.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "one bit")]
pub(crate) fn mask(bit: u64) -> u64 {
    let mut mask = 0;
    mask.cmovnz(&u64::MAX, bit as u8 & 1);
    mask
}

/// Makes one secret bit public: the only place where a secret becomes a branch.
///
/// For bits that the caller learns anyway, at the edge, after all work is done: whether a decryption succeeded,
/// whether a random candidate is drawn again. The checks for constant time know this function by its name and
/// report every other branch on a secret.
#[inline(never)]
pub(crate) fn declassify(bit: Choice) -> bool {
    // The branch stays one: neither arm can be computed from the bit.
    if bool::from(bit) { core::hint::black_box(true) } else { core::hint::black_box(false) }
}

/// Bytes that were computed from secrets and become public here.
pub(crate) fn published<const N: usize>(bytes: [u8; N]) -> [u8; N] {
    let open = |byte: u8, bit: u32| u8::from(declassify(Choice::from(byte >> bit & 1))) << bit;
    bytes.map(|byte| (0..u8::BITS).fold(0, |sum, bit| sum | open(byte, bit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::init_with(|| 0x5ec2e7_u64)), "Secret(..)");
    }

    #[test]
    fn drop_wipes() {
        static WIPED: AtomicUsize = AtomicUsize::new(0);
        struct Probe;
        impl Zeroize for Probe {
            fn zeroize(&mut self) {
                WIPED.fetch_add(1, Ordering::SeqCst);
            }
        }
        drop(Secret::init_with(|| Probe));
        assert_eq!(WIPED.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn declassified_bits_keep_their_value() {
        assert!(declassify(Choice::from(1)));
        assert!(!declassify(Choice::from(0)));
    }

    #[test]
    fn masks_are_of_the_lowest_bit() {
        assert_eq!([0, 1, 2, 3].map(mask), [0, u64::MAX, 0, u64::MAX]);
    }

    #[test]
    fn published_bytes_keep_their_value() {
        assert_eq!(published([0, 1, 0x80, 0xa5, 0xff]), [0, 1, 0x80, 0xa5, 0xff]);
    }

    #[test]
    fn equality_is_by_value() {
        assert!(Secret::init_with(|| 7_u64) == Secret::init_with(|| 7_u64));
        assert!(Secret::init_with(|| 7_u64) != Secret::init_with(|| 8_u64));
    }
}
