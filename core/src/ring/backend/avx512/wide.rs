//! With multiplications of 64 bits.
use core::arch::x86_64::{_mm512_mul_epu32, _mm512_mullo_epi64, _mm512_srli_epi64};

use super::{Factors, Vector, add, load, reduce_once, splat, splat_factor, store, sub, transpose};
use crate::ring::{
    Modulus,
    backend::passes::{passes, radix},
    transform::{Factor, Twiddles},
};

/// Products are below four times the prime.
const LOG_BOUND: u32 = 2;
/// The bits of a word.
const WORD: u32 = 64;

passes!("avx512f,avx512dq");

/// `y w mod q`, below 4 q, for any y.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_loose(y: Vector, f: Factors, minus_q: Vector) -> Vector {
    let multiple = _mm512_mullo_epi64(mul_high(y, f.quotient), minus_q);
    add(_mm512_mullo_epi64(y, f.w), multiple)
}

/// `x mod q`, below 4 q, for any x.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn remainder(x: Vector, ratio: Vector, minus_q: Vector) -> Vector {
    add(x, _mm512_mullo_epi64(mul_high(x, ratio), minus_q))
}

/// Words have no bits above.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn within_word(x: Vector) -> Vector {
    x
}

/// The high words of the products, or up to 2 less: what the low halves would add is left out. As a quotient this costs
/// the product up to two more q.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_high(a: Vector, b: Vector) -> Vector {
    let (a1, b1) = (_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32));
    let (cross, other) = (_mm512_mul_epu32(a, b1), _mm512_mul_epu32(a1, b));
    let middle = add(_mm512_srli_epi64(cross, 32), _mm512_srli_epi64(other, 32));
    add(_mm512_mul_epu32(a1, b1), middle)
}
