//! What is done word by word, with multiplications of 52 bits.
use core::arch::x86_64::{
    _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_setzero_si512, _mm512_srli_epi64,
};

use super::super::{
    Factors, Vector, load, minus, plus, prefetch, reduce_once, shift_left, splat, splat_factor, store,
    where_above, wide,
};
use super::{WORD, mul_loose, remainder, within_word};
use crate::ring::{Modulus, backend::MAX_TERMS, transform::Factor};

pub(in super::super) use wide::rows::{add, add_to, neg, sub, sub_to};

/// What reductions need of the prime.
#[derive(Clone, Copy)]
struct Prime {
    q: Vector,
    twice: Vector,
    minus_q: Vector,
    /// `floor(2^52 / q)`.
    ratio: Vector,
}

impl Prime {
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn new(modulus: &Modulus) -> Self {
        let q = modulus.value();
        Self {
            q: splat(q),
            twice: splat(2 * q),
            minus_q: splat(q.wrapping_neg()),
            ratio: splat(modulus.quotient(1, WORD)),
        }
    }
}

/// What the reduction of a product of residues needs: for a prime of n bits, its product with `floor(2^(n + 51) / q)` is
/// taken after n - 1 bits are dropped.
#[derive(Clone, Copy)]
struct Barrett {
    prime: Prime,
    fraction: Vector,
    raised: Vector,
}

impl Barrett {
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn new(modulus: &Modulus) -> Self {
        let bits = modulus.bits();
        Self {
            prime: Prime::new(modulus),
            fraction: splat(modulus.fraction(bits + WORD - 1)),
            raised: splat(u64::from(WORD - bits)),
        }
    }
}

fn factor(modulus: &Modulus, w: u64) -> Factor {
    Factor { w, quotient: modulus.quotient(w, WORD) }
}

/// From below 4 q to below q.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn settle(x: Vector, p: Prime) -> Vector {
    reduce_once(reduce_once(x, p.twice), p.q)
}

/// `y w mod q`, below 2 q, for `y < 2^52`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn scaled(y: Vector, f: Factors, p: Prime) -> Vector {
    within_word(mul_loose(y, f, p.minus_q))
}

/// The product of two residues, below 3 q: the quotient is too small by less than 3.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn product(a: Vector, b: Vector, p: Barrett) -> Vector {
    let zero = _mm512_setzero_si512();
    // Raised by 53 - n bits in all, so that the high words of the products begin after n - 1 bits.
    let leading = _mm512_madd52hi_epu64(zero, shift_left(a, p.raised), plus(b, b));
    let quotient = _mm512_madd52hi_epu64(zero, leading, p.fraction);
    let low = _mm512_madd52lo_epu64(zero, a, b);
    within_word(_mm512_madd52lo_epu64(low, quotient, p.prime.minus_q))
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn mul_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
    let p = Barrett::new(modulus);
    let inputs = a.as_chunks().0.iter().zip(b.as_chunks().0);
    for (out, (a, b)) in out.as_chunks_mut().0.iter_mut().zip(inputs) {
        store(out, settle(product(load(a), load(b), p), p.prime));
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn mul(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
    let p = Barrett::new(modulus);
    for (a, b) in a.as_chunks_mut().0.iter_mut().zip(b.as_chunks().0) {
        store(a, settle(product(load(a), load(b), p), p.prime));
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn mul_add(modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64]) {
    let p = Barrett::new(modulus);
    let inputs = a.as_chunks().0.iter().zip(b.as_chunks().0);
    for (acc, (a, b)) in acc.as_chunks_mut().0.iter_mut().zip(inputs) {
        store(acc, settle(plus(load(acc), product(load(a), load(b), p)), p.prime));
    }
}

/// A sum of products, the low and the high words added up by themselves: at most 128 of each.
#[derive(Clone, Copy)]
struct Sum {
    low: Vector,
    high: Vector,
}

/// So many words of each term are added up at once.
const PIECE: usize = 32;

/// What the reduction of a sum needs.
#[derive(Clone, Copy)]
struct Folding {
    prime: Prime,
    /// `1 / q mod 2^52`.
    inverse: Vector,
    /// `2^52` and `2^104`.
    powers: [Factors; 2],
    /// Whether what is left after the first step has no more than 52 bits.
    short: bool,
}

impl Folding {
    /// For sums whose high words add up to less than this.
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn new(modulus: &Modulus, high: u128) -> Self {
        let q = modulus.value();
        let power = |log: u32| splat_factor(factor(modulus, modulus.reduce_wide(1 << log)));
        // An odd number is its own inverse modulo 8; each step doubles the bits.
        let step = |x: u64, _| x.wrapping_mul(2_u64.wrapping_sub(q.wrapping_mul(x)));
        Self {
            prime: Prime::new(modulus),
            inverse: splat((0..5).fold(q, step)),
            powers: [power(WORD), power(2 * WORD)],
            // The low words add up to less than 2^64, of which 2^12 go up.
            short: high + u128::from(q) + (1 << 12) <= 1 << WORD,
        }
    }

    /// For so many products of residues.
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn of_products(modulus: &Modulus, count: usize) -> Self {
        let q = u128::from(modulus.value());
        Self::new(modulus, count as u128 * (((q * q) >> WORD) + 1))
    }
}

impl Sum {
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn zero() -> Self {
        Self { low: _mm512_setzero_si512(), high: _mm512_setzero_si512() }
    }

    /// Only the lowest 52 bits of each factor count.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn add(&mut self, a: Vector, b: Vector) {
        self.low = _mm512_madd52lo_epu64(self.low, a, b);
        self.high = _mm512_madd52hi_epu64(self.high, a, b);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn reduce(self, f: Folding) -> Vector {
        let (zero, p) = (_mm512_setzero_si512(), f.prime);
        // With the multiple of q that has the same low 52 bits taken away, the sum is a multiple of 2^52 (Montgomery), to
        // which 2^52 q is added so that nothing is below zero.
        let multiple = _mm512_madd52hi_epu64(zero, _mm512_madd52lo_epu64(zero, self.low, f.inverse), p.q);
        let high = plus(self.high, _mm512_srli_epi64::<WORD>(self.low));
        let high = minus(plus(high, p.q), multiple);
        // Below 2 q each.
        let first = scaled(high, f.powers[0], p);
        if f.short {
            return reduce_once(first, p.q);
        }
        settle(plus(first, scaled(_mm512_srli_epi64::<WORD>(high), f.powers[1], p)), p)
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn sum_of_products(modulus: &Modulus, out: &mut [u64], terms: &[(&[u64], &[u64])]) {
    let folding = Folding::of_products(modulus, terms.len());
    for (i, out) in out.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
        let mut sums = [Sum::zero(); PIECE / 8];
        for (a, b) in terms {
            ahead::<PIECE>(a, i);
            ahead::<PIECE>(b, i);
            let (a, b) =
                (a.as_chunks::<PIECE>().0[i].as_chunks().0, b.as_chunks::<PIECE>().0[i].as_chunks().0);
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                sum.add(load(a), load(b));
            }
        }
        for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
            store(out, sum.reduce(folding));
        }
    }
}

/// So many words of each half are added up at once.
const HALF_PIECE: usize = 16;

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn pair_of_sums(
    modulus: &Modulus,
    [out0, out1]: [&mut [u64]; 2],
    terms: &[(&[u64], [&[u64]; 2])],
    more: [Option<(&[u64], u64)>; 2],
) {
    let folding = Folding::of_products(modulus, terms.len() + 1);
    let outs = out0.as_chunks_mut::<HALF_PIECE>().0.iter_mut().zip(out1.as_chunks_mut::<HALF_PIECE>().0);
    for (i, (out0, out1)) in outs.enumerate() {
        let mut sums = [[Sum::zero(); HALF_PIECE / 8]; 2];
        for (a, b) in terms {
            let a = a.as_chunks::<HALF_PIECE>().0[i].as_chunks::<8>().0;
            let a: [Vector; HALF_PIECE / 8] = core::array::from_fn(|k| load(&a[k]));
            for (sums, b) in sums.iter_mut().zip(b) {
                ahead::<HALF_PIECE>(b, i);
                let b = b.as_chunks::<HALF_PIECE>().0[i].as_chunks().0;
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    sum.add(a, load(b));
                }
            }
        }
        for ((sums, more), out) in sums.iter_mut().zip(more).zip([out0, out1]) {
            if let Some((x, w)) = more {
                ahead::<HALF_PIECE>(x, i);
                let x = x.as_chunks::<HALF_PIECE>().0[i].as_chunks().0;
                for (sum, x) in sums.iter_mut().zip(x) {
                    sum.add(load(x), splat(w));
                }
            }
            for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
                store(out, sum.reduce(folding));
            }
        }
    }
}

/// Asks for what comes some pieces after this one: there are more rows at once than machines look ahead in.
#[inline(always)]
fn ahead<const PIECE: usize>(row: &[u64], piece: usize) {
    if let Some(piece) = row.as_chunks::<PIECE>().0.get(piece + AHEAD / PIECE) {
        piece.as_chunks().0.iter().for_each(prefetch);
    }
}

/// By how many words.
const AHEAD: usize = 128;

/// What is above 52 bits in long words is multiplied by `2^52 w`.
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn linear(
    modulus: &Modulus,
    out: &mut [u64],
    terms: &[&[u64]],
    weights: &[u64],
    limits: &[u64],
) {
    let q = u128::from(modulus.value());
    // A long word counts once for its low bits and once for those above, which are fewer.
    let high = |limit: &u64| {
        (1 + u128::from(*limit >> WORD != 0)) * (((q * u128::from(*limit).min(1 << WORD)) >> WORD) + 1)
    };
    let folding = Folding::new(modulus, limits.iter().map(high).sum());
    let above: [u64; MAX_TERMS] =
        core::array::from_fn(|i| weights.get(i).map_or(0, |w| modulus.reduce_wide(u128::from(*w) << WORD)));
    for (i, out) in out.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
        let mut sums = [Sum::zero(); PIECE / 8];
        for (((y, w), above), limit) in terms.iter().zip(weights).zip(&above).zip(limits) {
            ahead::<PIECE>(y, i);
            let w = splat(*w);
            if *limit <= 1 << WORD {
                for (sum, y) in sums.iter_mut().zip(y.as_chunks::<PIECE>().0[i].as_chunks().0) {
                    sum.add(load(y), w);
                }
                continue;
            }
            let above = splat(*above);
            for (sum, y) in sums.iter_mut().zip(y.as_chunks::<PIECE>().0[i].as_chunks().0) {
                let y = load(y);
                sum.add(y, w);
                sum.add(_mm512_srli_epi64::<WORD>(y), above);
            }
        }
        for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
            store(out, sum.reduce(folding));
        }
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn scale(modulus: &Modulus, a: &mut [u64], w: u64) {
    let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
    for a in a.as_chunks_mut().0 {
        store(a, reduce_once(scaled(load(a), f, p), p.q));
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn add_scaled(modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64) {
    let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
    for (acc, a) in acc.as_chunks_mut().0.iter_mut().zip(a.as_chunks().0) {
        store(acc, settle(plus(load(acc), scaled(load(a), f, p)), p));
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn sub_and_scale(modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64) {
    let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
    for (a, b) in a.as_chunks_mut().0.iter_mut().zip(b.as_chunks().0) {
        let difference = minus(plus(load(a), p.q), load(b));
        store(a, reduce_once(scaled(difference, f, p), p.q));
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub(in super::super) fn lift(modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64) {
    if from >> (WORD - 1) != 0 {
        wide::rows::lift(modulus, out, a, from);
        return;
    }
    let p = Prime::new(modulus);
    let (half, correction) = (splat(from >> 1), splat(modulus.neg(modulus.reduce(from))));
    for (out, a) in out.as_chunks_mut().0.iter_mut().zip(a.as_chunks().0) {
        let x = load(a);
        let positive = plus(x, where_above(x, half, correction));
        store(out, reduce_once(remainder(positive, p.ratio, p.minus_q), p.q));
    }
}
