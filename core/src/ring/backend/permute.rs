//! Permutations by blocks of eight words, each from another block in one of eight orders: alone, and in sums.
#![allow(unsafe_code)]
use crate::ring::{
    automorphism::{LANES, Source},
    modulus::reduce_once,
};

/// Where the words of each block come from.
#[derive(Clone)]
pub(crate) struct Permutation {
    pub(crate) blocks: Box<[Source]>,
    pub(crate) orders: [[u64; LANES]; LANES],
}

/// What happens to a permuted row. Residues are below q, before and after.
enum Use<'a> {
    /// It is the result.
    Alone,
    /// It is added to what is there, modulo q.
    Added { q: u64 },
    /// It is that of a sum with another row, modulo q.
    Sum { with: &'a [u64], q: u64 },
}

impl Permutation {
    /// `out = permuted a`.
    pub(crate) fn apply(&self, out: &mut [u64], a: &[u64]) {
        self.run(out, a, &Use::Alone);
    }

    /// `out = out + permuted a`.
    pub(crate) fn add(&self, out: &mut [u64], a: &[u64], q: u64) {
        self.run(out, a, &Use::Added { q });
    }

    /// `out = permuted (a + b)`.
    pub(crate) fn apply_sum(&self, out: &mut [u64], a: &[u64], b: &[u64], q: u64) {
        self.run(out, a, &Use::Sum { with: b, q });
    }

    fn run(&self, out: &mut [u64], a: &[u64], how: &Use<'_>) {
        #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the machine has the feature, as just checked.
            unsafe { avx512::run(self, out, a, how) };
            return;
        }
        self.run_portable(out, a, how);
    }

    fn run_portable(&self, out: &mut [u64], a: &[u64], how: &Use<'_>) {
        let a = a.as_chunks::<LANES>().0;
        for (out, source) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(&self.blocks) {
            let (at, order) = (source.block as usize, &self.orders[source.order as usize % LANES]);
            for (out, from) in out.iter_mut().zip(order) {
                let from = (from & 7) as usize;
                *out = match how {
                    Use::Alone => a[at][from],
                    Use::Added { q } => reduce_once(out.wrapping_add(a[at][from]), *q),
                    Use::Sum { with, q } => {
                        reduce_once(a[at][from].wrapping_add(with[at * LANES + from]), *q)
                    }
                };
            }
        }
    }
}

#[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
mod avx512 {
    use core::arch::x86_64::{
        __m512i, _mm512_add_epi64, _mm512_loadu_epi64, _mm512_min_epu64, _mm512_permutexvar_epi64,
        _mm512_set1_epi64, _mm512_storeu_epi64, _mm512_sub_epi64,
    };

    use super::{LANES, Permutation, Use};

    type Block = [u64; LANES];

    #[target_feature(enable = "avx512f")]
    pub(super) fn run(permutation: &Permutation, out: &mut [u64], a: &[u64], how: &Use<'_>) {
        let (a, out) = (a.as_chunks().0, out.as_chunks_mut().0.iter_mut());
        let orders = &permutation.orders;
        let places = out
            .zip(&permutation.blocks)
            .map(|(out, source)| (out, source.block as usize, source.order as usize));
        match how {
            Use::Alone => {
                for (out, at, order) in places {
                    store(out, _mm512_permutexvar_epi64(load(&orders[order % LANES]), load(&a[at])));
                }
            }
            Use::Added { q } => {
                let q = _mm512_set1_epi64(q.cast_signed());
                for (out, at, order) in places {
                    let permuted = _mm512_permutexvar_epi64(load(&orders[order % LANES]), load(&a[at]));
                    let sum = plus(load(out), permuted, q);
                    store(out, sum);
                }
            }
            Use::Sum { with, q } => {
                let (with, q) = (with.as_chunks().0, _mm512_set1_epi64(q.cast_signed()));
                for (out, at, order) in places {
                    let sum = plus(load(&a[at]), load(&with[at]), q);
                    store(out, _mm512_permutexvar_epi64(load(&orders[order % LANES]), sum));
                }
            }
        }
    }

    /// `x + y mod q` for residues.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn plus(x: __m512i, y: __m512i, q: __m512i) -> __m512i {
        let sum = _mm512_add_epi64(x, y);
        _mm512_min_epu64(sum, _mm512_sub_epi64(sum, q))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load(x: &Block) -> __m512i {
        // SAFETY: 64 bytes can be read there; no alignment is asked for.
        unsafe { _mm512_loadu_epi64(x.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn store(x: &mut Block, v: __m512i) {
        // SAFETY: 64 bytes can be written there; no alignment is asked for.
        unsafe { _mm512_storeu_epi64(x.as_mut_ptr().cast(), v) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_agree_with_plain_rust() {
        const Q: u64 = (1 << 61) - 1;
        let blocks: Box<[Source]> = (0..16).map(|i| Source { block: i * 5 % 16, order: i * 3 % 8 }).collect();
        let orders = core::array::from_fn(|i| core::array::from_fn(|j| (3 * j as u64 + i as u64) % 8));
        let permutation = Permutation { blocks, orders };
        let row = |k: u64| -> Vec<u64> {
            (0..128).map(|i| (i * i * k).wrapping_mul(0x9e37_79b9_7f4a_7c15) % Q).collect()
        };
        let (a, b) = (row(1), row(2));
        for how in [Use::Alone, Use::Added { q: Q }, Use::Sum { with: &b, q: Q }] {
            let (mut fast, mut plain) = (row(3), row(3));
            permutation.run(&mut fast, &a, &how);
            permutation.run_portable(&mut plain, &a, &how);
            assert_eq!(fast, plain);
            assert!(fast.iter().all(|x| *x < Q));
        }
    }
}
