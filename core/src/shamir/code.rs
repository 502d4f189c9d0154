//! Shares as a code word: interpolation, and the check that extra shares lie on the same polynomial.
//!
//! All that decides anything here is public: the points, and the differences between what an extra share says and
//! what the first `threshold` shares say it should.
use core::ops::Range;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::split::padded;
use crate::{
    field::gf256::{Block, Gf256},
    secret::declassify,
};

/// The given shares of one set: `points[i]` is the index of the share with `payloads[i]`.
///
/// At least `threshold` points, distinct and not zero; all payloads of one length.
pub(super) struct Code<'a> {
    pub(super) points: Vec<Gf256>,
    pub(super) payloads: Vec<&'a [u8]>,
    pub(super) threshold: usize,
}

impl Code<'_> {
    /// How many shares there are beyond the threshold.
    pub(super) fn spare(&self) -> usize {
        self.points.len() - self.threshold
    }

    /// Writes the secret, from the first `threshold` shares.
    pub(super) fn interpolate(&self, secret: &mut [u8]) {
        let factors = Interpolation::new(&self.points[..self.threshold]).at(Gf256::ZERO);
        let mut blocks = Zeroizing::new(vec![Block::ZERO; self.threshold]);
        for (block, out) in secret.chunks_mut(Block::LEN).enumerate() {
            self.load(block, &mut blocks);
            let elements = Block::linear_combination(&factors, &blocks).to_elements();
            out.copy_from_slice(&elements[..out.len()]);
        }
    }

    /// The same shares, cut down to some of the bytes.
    pub(super) fn segment(&self, bytes: Range<usize>) -> Code<'_> {
        let payloads = self.payloads.iter().map(|payload| &payload[bytes.clone()]).collect();
        Code { points: self.points.clone(), payloads, threshold: self.threshold }
    }

    /// A byte position where some share does not lie on the polynomial of the others. There is none in the blocks
    /// before that of `from`.
    pub(super) fn first_inconsistency(&self, from: usize) -> Option<usize> {
        if self.spare() == 0 {
            return None;
        }
        let (base, extra) = self.points.split_at(self.threshold);
        // The value at an extra point from the first shares, plus the extra share itself: zero if they agree.
        let interpolation = Interpolation::new(base);
        let rows: Vec<Vec<Gf256>> = extra.iter().map(|x| interpolation.at(*x)).collect();
        let mut blocks = Zeroizing::new(vec![Block::ZERO; self.points.len()]);
        let first_block = from / Block::LEN;
        for block in first_block..self.payloads[0].len().div_ceil(Block::LEN) {
            self.load(block, &mut blocks);
            let (base, extra) = blocks.split_at(self.threshold);
            for (factors, given) in rows.iter().zip(extra) {
                let mut difference = Block::linear_combination(factors, base);
                difference.add_assign(given);
                if !declassify(difference.ct_eq(&Block::ZERO)) {
                    // Which bytes differ tells of errors only.
                    let mut bytes = difference.to_elements().into_iter();
                    return bytes
                        .position(|byte| !declassify(byte.ct_eq(&0)))
                        .map(|at| block * Block::LEN + at);
                }
            }
        }
        None
    }

    /// Reads one block of as many shares as there are places.
    fn load(&self, block: usize, out: &mut [Block]) {
        for (out, payload) in out.iter_mut().zip(&self.payloads) {
            let rest = &payload[block * Block::LEN..];
            *out = match rest.first_chunk() {
                Some(whole) => Block::from_elements(whole),
                None => Block::from_elements(&padded(rest)),
            };
        }
    }
}

/// Interpolation through fixed, distinct points: the barycentric form of Lagrange's.
pub(super) struct Interpolation<'a> {
    points: &'a [Gf256],
    /// `1 / prod (x_i - x_j)` over `j != i`.
    weights: Vec<Gf256>,
}

impl<'a> Interpolation<'a> {
    pub(super) fn new(points: &'a [Gf256]) -> Self {
        // All products grow side by side, so that none waits for itself.
        let mut products = vec![Gf256::ONE; points.len()];
        for (j, x_j) in points.iter().enumerate() {
            for (i, (product, x_i)) in products.iter_mut().zip(points).enumerate() {
                *product = *product * if i == j { Gf256::ONE } else { *x_i + *x_j };
            }
        }
        Self { points, weights: products.into_iter().map(Gf256::invert).collect() }
    }

    pub(super) fn weights(&self) -> &[Gf256] {
        &self.weights
    }

    /// The factors that give the value at `x`, which is none of the points, from the values at the points.
    pub(super) fn at(&self, x: Gf256) -> Vec<Gf256> {
        let whole = self.points.iter().fold(Gf256::ONE, |product, x_j| product * (x + *x_j));
        let factor = |(x_i, weight): (&Gf256, &Gf256)| whole * *weight * (x + *x_i).invert();
        self.points.iter().zip(&self.weights).map(factor).collect()
    }
}
