//! Elements of the integers modulo `n`.
use core::fmt;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::limbs;

/// An element of the integers modulo `n`, fully reduced, in Montgomery form; wiped when dropped.
///
/// It does not know its modulus: give it to the [`Modulus`](super::Modulus) that made it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Residue(Box<[u64]>);

impl Residue {
    pub(crate) fn zero(width: usize) -> Self {
        Self(vec![0; width].into_boxed_slice())
    }

    pub(crate) fn from_montgomery(limbs: &[u64]) -> Self {
        Self(limbs.into())
    }

    pub(crate) fn limbs(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn limbs_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }

    /// Replaces `self` by `other` where `choice` is true.
    ///
    /// # Panics
    /// When the two belong to moduli of different widths.
    pub fn conditional_assign(&mut self, other: &Self, choice: Choice) {
        limbs::conditional_assign(&mut self.0, &other.0, choice);
    }

    /// Swaps the two where `choice` is true.
    ///
    /// # Panics
    /// When the two belong to moduli of different widths.
    pub fn conditional_swap(a: &mut Self, b: &mut Self, choice: Choice) {
        assert_eq!(a.0.len(), b.0.len(), "limb counts differ");
        for (a, b) in a.0.iter_mut().zip(&mut b.0) {
            u64::conditional_swap(a, b, choice);
        }
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> Choice {
        limbs::is_zero(&self.0)
    }
}

impl ConstantTimeEq for Residue {
    fn ct_eq(&self, other: &Self) -> Choice {
        limbs::eq(&self.0, &other.0)
    }
}

impl PartialEq for Residue {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Residue {}

impl fmt::Debug for Residue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Residue").field("limbs", &self.0.len()).finish_non_exhaustive()
    }
}
