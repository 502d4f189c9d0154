//! Plain Rust: the definition that other backends are tested against.
use crate::ring::modulus::{Modulus, low, reduce_once};
use crate::ring::transform::{Factor, Twiddles};

use super::{Kernels, rows};

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
        for stage in 0..a.len().ilog2() {
            let (blocks, size) = (1 << stage, a.len() >> stage);
            for (i, block) in a.chunks_exact_mut(size).enumerate() {
                let factor = twiddles.get(blocks + i);
                let (left, right) = block.split_at_mut(size / 2);
                for (x, y) in left.iter_mut().zip(right) {
                    // Everything is below 4 q between the stages.
                    let (u, v) = (reduce_once(*x, two_q), mul_lazy(*y, factor, q));
                    (*x, *y) = (u.wrapping_add(v), u.wrapping_add(two_q).wrapping_sub(v));
                }
            }
        }
        for x in a {
            *x = reduce_once(reduce_once(*x, two_q), q);
        }
    }

    fn inverse(
        &self,
        modulus: &Modulus,
        twiddles: &Twiddles,
        last: &[Factor; 2],
        a: &mut [u64],
        from: Option<&[u64]>,
    ) {
        if let Some(from) = from {
            a.copy_from_slice(from);
        }
        let q = modulus.value();
        let two_q = 2 * q;
        for stage in (1..a.len().ilog2()).rev() {
            let (blocks, size) = (1 << stage, a.len() >> stage);
            for (i, block) in a.chunks_exact_mut(size).enumerate() {
                let factor = twiddles.get(blocks + i);
                let (left, right) = block.split_at_mut(size / 2);
                for (x, y) in left.iter_mut().zip(right) {
                    // Everything is below 2 q between the stages.
                    let (sum, difference) = (x.wrapping_add(*y), x.wrapping_add(two_q).wrapping_sub(*y));
                    (*x, *y) = (reduce_once(sum, two_q), mul_lazy(difference, factor, q));
                }
            }
        }
        let half = a.len() / 2;
        let (left, right) = a.split_at_mut(half);
        for (x, y) in left.iter_mut().zip(right) {
            let (sum, difference) = (x.wrapping_add(*y), x.wrapping_add(two_q).wrapping_sub(*y));
            (*x, *y) =
                (reduce_once(mul_lazy(sum, last[0], q), q), reduce_once(mul_lazy(difference, last[1], q), q));
        }
    }

    fn add_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
        rows::add_to(modulus, out, a, b);
    }

    fn add(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]) {
        rows::add(modulus, a, b);
    }

    fn sub_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
        rows::sub_to(modulus, out, a, b);
    }

    fn sub(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]) {
        rows::sub(modulus, a, b);
    }

    fn neg(&self, modulus: &Modulus, a: &mut [u64]) {
        rows::neg(modulus, a);
    }

    fn mul_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
        rows::mul_to(modulus, out, a, b);
    }

    fn mul(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]) {
        rows::mul(modulus, a, b);
    }

    fn mul_add(&self, modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64]) {
        rows::mul_add(modulus, acc, a, b);
    }

    fn sum_of_products(&self, modulus: &Modulus, out: &mut [u64], terms: &[(&[u64], &[u64])]) {
        rows::sum_of_products(modulus, out, terms);
    }

    fn pair_of_sums(
        &self,
        modulus: &Modulus,
        out: [&mut [u64]; 2],
        terms: &[(&[u64], [&[u64]; 2])],
        more: [Option<(&[u64], u64)>; 2],
    ) {
        rows::pair_of_sums(modulus, out, terms, more);
    }

    fn scale(&self, modulus: &Modulus, a: &mut [u64], w: u64) {
        rows::scale(modulus, a, w);
    }

    fn add_scaled(&self, modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64) {
        rows::add_scaled(modulus, acc, a, w);
    }

    fn sub_and_scale(&self, modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64) {
        rows::sub_and_scale(modulus, a, b, w);
    }

    fn linear(&self, modulus: &Modulus, out: &mut [u64], terms: &[&[u64]], weights: &[u64], _limits: &[u64]) {
        rows::linear(modulus, out, terms, weights);
    }

    fn lift(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64) {
        rows::lift(modulus, out, a, from);
    }
}
