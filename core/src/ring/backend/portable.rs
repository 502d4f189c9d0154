//! Plain Rust: the definition that other backends are tested against.
use crate::ring::modulus::{Modulus, low, reduce_once};
use crate::ring::transform::{Factor, Twiddles};

use super::Kernels;

pub(crate) struct Portable;

/// `y w mod q`, below 2 q, for any y.
#[inline(always)]
fn mul_lazy(y: u64, factor: Factor, q: u64) -> u64 {
    let quotient = low((u128::from(y) * u128::from(factor.quotient)) >> 64);
    y.wrapping_mul(factor.w).wrapping_sub(quotient.wrapping_mul(q))
}

impl Kernels for Portable {
    fn forward(&self, modulus: &Modulus, twiddles: &Twiddles, a: &mut [u64]) {
        let q = modulus.value();
        let two_q = 2 * q;
        let mut blocks = 1;
        while blocks < a.len() {
            let size = a.len() / blocks;
            for (i, block) in a.chunks_exact_mut(size).enumerate() {
                let factor = twiddles.get(blocks + i);
                let (left, right) = block.split_at_mut(size / 2);
                for (x, y) in left.iter_mut().zip(right) {
                    // Everything is below 4 q between the stages.
                    let (u, v) = (reduce_once(*x, two_q), mul_lazy(*y, factor, q));
                    (*x, *y) = (u.wrapping_add(v), u.wrapping_add(two_q).wrapping_sub(v));
                }
            }
            blocks *= 2;
        }
        for x in a {
            *x = reduce_once(reduce_once(*x, two_q), q);
        }
    }

    fn inverse(&self, modulus: &Modulus, twiddles: &Twiddles, last: &[Factor; 2], a: &mut [u64]) {
        let q = modulus.value();
        let two_q = 2 * q;
        let mut blocks = a.len() / 2;
        while blocks > 1 {
            let size = a.len() / blocks;
            for (i, block) in a.chunks_exact_mut(size).enumerate() {
                let factor = twiddles.get(blocks + i);
                let (left, right) = block.split_at_mut(size / 2);
                for (x, y) in left.iter_mut().zip(right) {
                    // Everything is below 2 q between the stages.
                    let (sum, difference) = (x.wrapping_add(*y), x.wrapping_add(two_q).wrapping_sub(*y));
                    (*x, *y) = (reduce_once(sum, two_q), mul_lazy(difference, factor, q));
                }
            }
            blocks /= 2;
        }
        let half = a.len() / 2;
        let (left, right) = a.split_at_mut(half);
        for (x, y) in left.iter_mut().zip(right) {
            let (sum, difference) = (x.wrapping_add(*y), x.wrapping_add(two_q).wrapping_sub(*y));
            (*x, *y) =
                (reduce_once(mul_lazy(sum, last[0], q), q), reduce_once(mul_lazy(difference, last[1], q), q));
        }
    }
}
