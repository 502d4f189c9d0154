//! With multiplications of 52 bits.
pub(super) mod rows;

use core::arch::x86_64::{
    _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_set1_epi64, _mm512_setzero_si512,
};

use super::{Factors, Vector, load, minus, plus, reduce_once, splat, splat_factor, store, transpose};
use crate::ring::{
    Modulus,
    backend::passes::{passes, radix},
    transform::{Factor, Twiddles},
};

/// Products are below twice the prime.
const LOG_BOUND: u32 = 1;
/// The bits of a word.
const WORD: u32 = 52;

passes!("avx512f,avx512dq,avx512ifma");

/// `y w mod q`, below 2 q, for `y < 2^52`, whatever is above the 52 bits of y. Above those of the result there is something.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn mul_loose(y: Vector, f: Factors, minus_q: Vector) -> Vector {
    let zero = _mm512_setzero_si512();
    let product = _mm512_madd52lo_epu64(zero, y, f.w);
    _mm512_madd52lo_epu64(product, _mm512_madd52hi_epu64(zero, y, f.quotient), minus_q)
}

/// `x + y w` and `x - y w`, with the product below 2 q, for `y < 2^52`, whatever is above the 52 bits of x and y.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn loose_butterfly(x: Vector, y: Vector, f: Factors, minus_q: Vector) -> (Vector, Vector) {
    let quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), y, f.quotient);
    let sum = _mm512_madd52lo_epu64(_mm512_madd52lo_epu64(x, y, f.w), quotient, minus_q);
    (sum, minus(plus(x, x), sum))
}

/// `x mod q`, below 2 q, for `x < 2^52`, whatever is above.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn remainder(x: Vector, ratio: Vector, minus_q: Vector) -> Vector {
    let quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), x, ratio);
    within_word(_mm512_madd52lo_epu64(x, quotient, minus_q))
}

/// The lowest 52 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn within_word(x: Vector) -> Vector {
    _mm512_and_si512(x, _mm512_set1_epi64((1 << 52) - 1))
}
