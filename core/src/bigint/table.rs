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
        let entries = &self.limbs[first * self.width..(first + count) * self.width];
        let mask = |i: u64| limbs::mask(i.ct_eq(&index));
        // Four entries at a time, so that `out` is written a quarter as often.
        let (fours, rest) = entries.split_at(count / 4 * 4 * self.width);
        for (i, four) in (0_u64..).step_by(4).zip(fours.chunks_exact(4 * self.width)) {
            let masks = [0, 1, 2, 3].map(|k| mask(i + k));
            let (low, high) = four.split_at(2 * self.width);
            let ((a, b), (c, d)) = (low.split_at(self.width), high.split_at(self.width));
            for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *out |= (masks[0] & *a) | (masks[1] & *b) | (masks[2] & *c) | (masks[3] & *d);
            }
        }
        for (i, entry) in (0_u64..).skip(count / 4 * 4).zip(rest.chunks_exact(self.width)) {
            let mask = mask(i);
            for (out, limb) in out.iter_mut().zip(entry) {
                *out |= mask & *limb;
            }
        }
    }
}
