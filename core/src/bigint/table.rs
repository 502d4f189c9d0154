//! Tables that are read as a whole, so that no address depends on the index.
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::limbs;

/// Entries of equal width, one after the other; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Table {
    limbs: Vec<u64>,
    width: usize,
}

impl Table {
    /// A table of zeros.
    pub(crate) fn new(entries: usize, width: usize) -> Self {
        Self { limbs: vec![0; entries * width], width }
    }

    pub(crate) fn entry(&self, index: usize) -> &[u64] {
        &self.limbs[index * self.width..(index + 1) * self.width]
    }

    pub(crate) fn entry_mut(&mut self, index: usize) -> &mut [u64] {
        &mut self.limbs[index * self.width..(index + 1) * self.width]
    }

    /// Two entries, the first to read and the second, which comes later, to write.
    pub(crate) fn pair(&mut self, read: usize, write: usize) -> (&[u64], &mut [u64]) {
        let (low, high) = self.limbs.split_at_mut(write * self.width);
        (&low[read * self.width..(read + 1) * self.width], &mut high[..self.width])
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.limbs.as_slice())
    }

    /// Copies entry `first + index` for a secret `index` below `count`, by reading all `count` entries.
    pub(crate) fn read(&self, first: usize, count: usize, index: u64, out: &mut [u64]) {
        out.fill(0);
        let entries = self.limbs[first * self.width..(first + count) * self.width].chunks_exact(self.width);
        for (i, entry) in (0_u64..).zip(entries) {
            let mask = limbs::mask(i.ct_eq(&index));
            for (out, limb) in out.iter_mut().zip(entry) {
                *out |= mask & *limb;
            }
        }
    }
}
