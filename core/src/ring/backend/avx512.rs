//! Eight residues at a time. Two multiplications: of 64 bits put together from halves, and of 52 bits where the machine
//! has them (IFMA). What is around them is the same.
//!
//! Stages come in pairs, so that each pass over memory does two; the three with blocks of eight and less happen within
//! registers.
#![allow(unsafe_code)]
use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_loadu_epi64, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_min_epu64, _mm512_mul_epu32, _mm512_mullo_epi64, _mm512_permutex2var_epi64,
    _mm512_permutexvar_epi64, _mm512_set1_epi64, _mm512_setr_epi64, _mm512_setzero_si512, _mm512_srli_epi64,
    _mm512_storeu_epi64, _mm512_sub_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::Kernels;
use crate::ring::transform::{Factor, Twiddles};

/// Multiplications of 64 bits.
pub(crate) struct Wide;

/// Multiplications of 52 bits.
pub(crate) struct Ifma;

impl Wide {
    pub(crate) fn runs_here() -> bool {
        is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq")
    }
}

impl Ifma {
    /// Four times a prime must fit in 52 bits.
    pub(crate) const MAX_BITS: u32 = 50;

    pub(crate) fn runs_here() -> bool {
        Wide::runs_here() && is_x86_feature_detected!("avx512ifma")
    }
}

/// The kernels over one multiplication: `mul_lazy(y, w, quotient, -q)` gives `y w mod q`, below the bound, which is `2^log q`.
macro_rules! kernels {
    ($backend:ident, $module:ident, $features:literal, $log_bound:literal, $mul_lazy:item) => {
        impl Kernels for $backend {
            fn forward(&self, q: u64, twiddles: &Twiddles, a: &mut [u64]) {
                assert!(Self::runs_here(), "the machine was asked before");
                // SAFETY: the machine has the features, as just checked.
                unsafe { $module::forward(q, twiddles, a) }
            }

            fn inverse(&self, q: u64, twiddles: &Twiddles, last: &[Factor; 2], a: &mut [u64]) {
                assert!(Self::runs_here(), "the machine was asked before");
                // SAFETY: the machine has the features, as just checked.
                unsafe { $module::inverse(q, twiddles, last, a) }
            }
        }

        mod $module {
            use super::*;

            $mul_lazy

            #[derive(Clone, Copy)]
            struct Prime {
                q: __m512i,
                minus_q: __m512i,
                /// What products are below; sums are below twice that.
                bound: __m512i,
            }

            /// A factor for each lane.
            #[derive(Clone, Copy)]
            struct Factors {
                w: __m512i,
                quotient: __m512i,
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn prime(q: u64) -> Prime {
                Prime { q: splat(q), minus_q: splat(q.wrapping_neg()), bound: splat(q << $log_bound) }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn splat(x: u64) -> __m512i {
                _mm512_set1_epi64(x.cast_signed())
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn splat_factor(factor: Factor) -> Factors {
                Factors { w: splat(factor.w), quotient: splat(factor.quotient) }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn load(x: &[u64; 8]) -> __m512i {
                // SAFETY: 64 bytes can be read there; no alignment is asked for.
                unsafe { _mm512_loadu_epi64(x.as_ptr().cast()) }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn store(x: &mut [u64; 8], v: __m512i) {
                // SAFETY: 64 bytes can be written there; no alignment is asked for.
                unsafe { _mm512_storeu_epi64(x.as_mut_ptr().cast(), v) }
            }

            /// Each of `x` twice as many times as there are: `[a, b]` gives `aaaabbbb`.
            #[inline]
            #[target_feature(enable = $features)]
            fn spread<const N: usize>(x: &[u64; N], lanes: __m512i) -> __m512i {
                let mut wide = [0; 8];
                wide[..N].copy_from_slice(x);
                _mm512_permutexvar_epi64(lanes, load(&wide))
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn lanes(i: [i64; 8]) -> __m512i {
                _mm512_setr_epi64(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7])
            }

            /// `x mod m` for `x < 2 m`.
            #[inline]
            #[target_feature(enable = $features)]
            fn reduce_once(x: __m512i, m: __m512i) -> __m512i {
                _mm512_min_epu64(x, _mm512_sub_epi64(x, m))
            }

            /// From below the bound to below q.
            #[inline]
            #[target_feature(enable = $features)]
            fn reduce(mut x: __m512i, p: Prime) -> __m512i {
                if $log_bound == 2 {
                    x = reduce_once(x, _mm512_add_epi64(p.q, p.q));
                }
                reduce_once(x, p.q)
            }

            /// Below twice the bound before and after.
            #[inline]
            #[target_feature(enable = $features)]
            fn forward_butterfly(x: &mut __m512i, y: &mut __m512i, f: Factors, p: Prime) {
                let u = reduce_once(*x, p.bound);
                let v = mul_lazy(*y, f.w, f.quotient, p.minus_q);
                *x = _mm512_add_epi64(u, v);
                *y = _mm512_add_epi64(u, _mm512_sub_epi64(p.bound, v));
            }

            /// Below the bound before and after.
            #[inline]
            #[target_feature(enable = $features)]
            fn inverse_butterfly(x: &mut __m512i, y: &mut __m512i, f: Factors, p: Prime) {
                let difference = _mm512_add_epi64(*x, _mm512_sub_epi64(p.bound, *y));
                *x = reduce_once(_mm512_add_epi64(*x, *y), p.bound);
                *y = mul_lazy(difference, f.w, f.quotient, p.minus_q);
            }

            #[target_feature(enable = $features)]
            pub(super) fn forward(q: u64, twiddles: &Twiddles, a: &mut [u64]) {
                let p = prime(q);
                let (degree, mut blocks) = (a.len(), 1);
                if degree.ilog2() % 2 == 0 {
                    let f = splat_factor(twiddles.get(1));
                    let (left, right) = a.split_at_mut(degree / 2);
                    for (x, y) in left.as_chunks_mut().0.iter_mut().zip(right.as_chunks_mut().0) {
                        let (mut u, mut v) = (load(x), load(y));
                        forward_butterfly(&mut u, &mut v, f, p);
                        store(x, u);
                        store(y, v);
                    }
                    blocks = 2;
                }
                while degree / blocks > 8 {
                    for (i, block) in a.chunks_exact_mut(degree / blocks).enumerate() {
                        let outer = splat_factor(twiddles.get(blocks + i));
                        let first = splat_factor(twiddles.get(2 * (blocks + i)));
                        let second = splat_factor(twiddles.get(2 * (blocks + i) + 1));
                        let [x0, x1, x2, x3] = quarters(block);
                        for (((x0, x1), x2), x3) in x0.iter_mut().zip(x1).zip(x2).zip(x3) {
                            let mut v = [load(x0), load(x1), load(x2), load(x3)];
                            let [v0, v1, v2, v3] = &mut v;
                            forward_butterfly(v0, v2, outer, p);
                            forward_butterfly(v1, v3, outer, p);
                            forward_butterfly(v0, v1, first, p);
                            forward_butterfly(v2, v3, second, p);
                            store(x0, *v0);
                            store(x1, *v1);
                            store(x2, *v2);
                            store(x3, *v3);
                        }
                    }
                    blocks *= 4;
                }
                forward_within(p, twiddles, a);
            }

            /// The stages with blocks of 8, 4 and 2, then full reduction.
            #[target_feature(enable = $features)]
            fn forward_within(p: Prime, twiddles: &Twiddles, a: &mut [u64]) {
                let degree = a.len();
                let (w, quotients) = (&twiddles.w, &twiddles.quotients);
                let stage = |from: usize| (&w[from..2 * from], &quotients[from..2 * from]);
                let (eights, fours, twos) = (stage(degree / 8), stage(degree / 4), stage(degree / 2));
                let by_two = lanes([0, 0, 0, 0, 1, 1, 1, 1]);
                let by_four = lanes([0, 0, 1, 1, 2, 2, 3, 3]);
                let pairs = a.as_chunks_mut::<16>().0.iter_mut();
                let eights = eights.0.as_chunks::<2>().0.iter().zip(eights.1.as_chunks::<2>().0);
                let fours = fours.0.as_chunks::<4>().0.iter().zip(fours.1.as_chunks::<4>().0);
                let twos = twos.0.as_chunks::<8>().0.iter().zip(twos.1.as_chunks::<8>().0);
                for (((block, eight), four), two) in pairs.zip(eights).zip(fours).zip(twos) {
                    let [low, high] = halves(block);
                    let (e, f) = (load(low), load(high));
                    let mut x = _mm512_permutex2var_epi64(e, lanes([0, 1, 2, 3, 8, 9, 10, 11]), f);
                    let mut y = _mm512_permutex2var_epi64(e, lanes([4, 5, 6, 7, 12, 13, 14, 15]), f);
                    let factors = Factors { w: spread(eight.0, by_two), quotient: spread(eight.1, by_two) };
                    forward_butterfly(&mut x, &mut y, factors, p);

                    let (e, f) = (x, y);
                    x = _mm512_permutex2var_epi64(e, lanes([0, 1, 8, 9, 4, 5, 12, 13]), f);
                    y = _mm512_permutex2var_epi64(e, lanes([2, 3, 10, 11, 6, 7, 14, 15]), f);
                    let factors = Factors { w: spread(four.0, by_four), quotient: spread(four.1, by_four) };
                    forward_butterfly(&mut x, &mut y, factors, p);

                    let (e, f) = (x, y);
                    x = _mm512_unpacklo_epi64(e, f);
                    y = _mm512_unpackhi_epi64(e, f);
                    let factors = Factors { w: load(two.0), quotient: load(two.1) };
                    forward_butterfly(&mut x, &mut y, factors, p);
                    x = reduce(reduce_once(x, p.bound), p);
                    y = reduce(reduce_once(y, p.bound), p);

                    store(low, _mm512_permutex2var_epi64(x, lanes([0, 8, 1, 9, 2, 10, 3, 11]), y));
                    store(high, _mm512_permutex2var_epi64(x, lanes([4, 12, 5, 13, 6, 14, 7, 15]), y));
                }
            }

            #[target_feature(enable = $features)]
            pub(super) fn inverse(q: u64, twiddles: &Twiddles, last: &[Factor; 2], a: &mut [u64]) {
                let p = prime(q);
                inverse_within(p, twiddles, a);
                let degree = a.len();
                let mut blocks = degree / 8;
                while blocks > 4 {
                    blocks /= 4;
                    for (i, block) in a.chunks_exact_mut(degree / blocks).enumerate() {
                        let outer = splat_factor(twiddles.get(blocks + i));
                        let first = splat_factor(twiddles.get(2 * (blocks + i)));
                        let second = splat_factor(twiddles.get(2 * (blocks + i) + 1));
                        let [x0, x1, x2, x3] = quarters(block);
                        for (((x0, x1), x2), x3) in x0.iter_mut().zip(x1).zip(x2).zip(x3) {
                            let mut v = [load(x0), load(x1), load(x2), load(x3)];
                            let [v0, v1, v2, v3] = &mut v;
                            inverse_butterfly(v0, v1, first, p);
                            inverse_butterfly(v2, v3, second, p);
                            inverse_butterfly(v0, v2, outer, p);
                            inverse_butterfly(v1, v3, outer, p);
                            store(x0, *v0);
                            store(x1, *v1);
                            store(x2, *v2);
                            store(x3, *v3);
                        }
                    }
                }
                let [sums, differences] = [splat_factor(last[0]), splat_factor(last[1])];
                if blocks == 4 {
                    let (first, second) = (splat_factor(twiddles.get(2)), splat_factor(twiddles.get(3)));
                    let [x0, x1, x2, x3] = quarters(a);
                    for (((x0, x1), x2), x3) in x0.iter_mut().zip(x1).zip(x2).zip(x3) {
                        let mut v = [load(x0), load(x1), load(x2), load(x3)];
                        let [v0, v1, v2, v3] = &mut v;
                        inverse_butterfly(v0, v1, first, p);
                        inverse_butterfly(v2, v3, second, p);
                        let (y0, y2) = scaled(*v0, *v2, sums, differences, p);
                        let (y1, y3) = scaled(*v1, *v3, sums, differences, p);
                        store(x0, y0);
                        store(x1, y1);
                        store(x2, y2);
                        store(x3, y3);
                    }
                } else {
                    let (left, right) = a.split_at_mut(degree / 2);
                    for (x, y) in left.as_chunks_mut().0.iter_mut().zip(right.as_chunks_mut().0) {
                        let (u, v) = scaled(load(x), load(y), sums, differences, p);
                        store(x, u);
                        store(y, v);
                    }
                }
            }

            /// The last butterfly: divided by the degree, and fully reduced.
            #[inline]
            #[target_feature(enable = $features)]
            fn scaled(x: __m512i, y: __m512i, sums: Factors, differences: Factors, p: Prime) -> (__m512i, __m512i) {
                let sum = mul_lazy(_mm512_add_epi64(x, y), sums.w, sums.quotient, p.minus_q);
                let difference = _mm512_add_epi64(x, _mm512_sub_epi64(p.bound, y));
                let difference = mul_lazy(difference, differences.w, differences.quotient, p.minus_q);
                (reduce(sum, p), reduce(difference, p))
            }

            /// The stages with blocks of 2, 4 and 8.
            #[target_feature(enable = $features)]
            fn inverse_within(p: Prime, twiddles: &Twiddles, a: &mut [u64]) {
                let degree = a.len();
                let (w, quotients) = (&twiddles.w, &twiddles.quotients);
                let stage = |from: usize| (&w[from..2 * from], &quotients[from..2 * from]);
                let (eights, fours, twos) = (stage(degree / 8), stage(degree / 4), stage(degree / 2));
                let by_two = lanes([0, 0, 0, 0, 1, 1, 1, 1]);
                let by_four = lanes([0, 0, 1, 1, 2, 2, 3, 3]);
                let pairs = a.as_chunks_mut::<16>().0.iter_mut();
                let eights = eights.0.as_chunks::<2>().0.iter().zip(eights.1.as_chunks::<2>().0);
                let fours = fours.0.as_chunks::<4>().0.iter().zip(fours.1.as_chunks::<4>().0);
                let twos = twos.0.as_chunks::<8>().0.iter().zip(twos.1.as_chunks::<8>().0);
                for (((block, eight), four), two) in pairs.zip(eights).zip(fours).zip(twos) {
                    let [low, high] = halves(block);
                    let (e, f) = (load(low), load(high));
                    let mut x = _mm512_permutex2var_epi64(e, lanes([0, 2, 4, 6, 8, 10, 12, 14]), f);
                    let mut y = _mm512_permutex2var_epi64(e, lanes([1, 3, 5, 7, 9, 11, 13, 15]), f);
                    let factors = Factors { w: load(two.0), quotient: load(two.1) };
                    inverse_butterfly(&mut x, &mut y, factors, p);

                    let (e, f) = (x, y);
                    x = _mm512_unpacklo_epi64(e, f);
                    y = _mm512_unpackhi_epi64(e, f);
                    let factors = Factors { w: spread(four.0, by_four), quotient: spread(four.1, by_four) };
                    inverse_butterfly(&mut x, &mut y, factors, p);

                    let (e, f) = (x, y);
                    x = _mm512_permutex2var_epi64(e, lanes([0, 1, 8, 9, 4, 5, 12, 13]), f);
                    y = _mm512_permutex2var_epi64(e, lanes([2, 3, 10, 11, 6, 7, 14, 15]), f);
                    let factors = Factors { w: spread(eight.0, by_two), quotient: spread(eight.1, by_two) };
                    inverse_butterfly(&mut x, &mut y, factors, p);

                    store(low, _mm512_permutex2var_epi64(x, lanes([0, 1, 2, 3, 8, 9, 10, 11]), y));
                    store(high, _mm512_permutex2var_epi64(x, lanes([4, 5, 6, 7, 12, 13, 14, 15]), y));
                }
            }
        }
    };
}

/// Four quarters in vectors of eight.
#[inline(always)]
fn quarters(block: &mut [u64]) -> [&mut [[u64; 8]]; 4] {
    let quarter = block.len() / 4;
    let (left, right) = block.split_at_mut(2 * quarter);
    let ((x0, x1), (x2, x3)) = (left.split_at_mut(quarter), right.split_at_mut(quarter));
    [x0.as_chunks_mut().0, x1.as_chunks_mut().0, x2.as_chunks_mut().0, x3.as_chunks_mut().0]
}

#[inline(always)]
fn halves(block: &mut [u64; 16]) -> [&mut [u64; 8]; 2] {
    let (low, high) = block.split_at_mut(8);
    let (Ok(low), Ok(high)) = (low.try_into(), high.try_into()) else { unreachable!("two times eight") };
    [low, high]
}

kernels! {
    Wide, wide, "avx512f,avx512dq", 2,
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn mul_lazy(y: __m512i, w: __m512i, quotient: __m512i, minus_q: __m512i) -> __m512i {
        let multiple = _mm512_mullo_epi64(mul_high(y, quotient), minus_q);
        _mm512_add_epi64(_mm512_mullo_epi64(y, w), multiple)
    }
}

kernels! {
    Ifma, ifma, "avx512f,avx512dq,avx512ifma", 1,
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn mul_lazy(y: __m512i, w: __m512i, quotient: __m512i, minus_q: __m512i) -> __m512i {
        let zero = _mm512_setzero_si512();
        let product = _mm512_madd52lo_epu64(zero, y, w);
        let sum = _mm512_madd52lo_epu64(product, _mm512_madd52hi_epu64(zero, y, quotient), minus_q);
        _mm512_and_si512(sum, _mm512_set1_epi64((1 << 52) - 1))
    }
}

/// The high words of the products, or up to 2 less: what the low halves would add is left out. As a quotient this costs
/// the product up to two more q.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_high(a: __m512i, b: __m512i) -> __m512i {
    let (a1, b1) = (_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32));
    let (cross, other) = (_mm512_mul_epu32(a, b1), _mm512_mul_epu32(a1, b));
    let middle = _mm512_add_epi64(_mm512_srli_epi64(cross, 32), _mm512_srli_epi64(other, 32));
    _mm512_add_epi64(_mm512_mul_epu32(a1, b1), middle)
}
