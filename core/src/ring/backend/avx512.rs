//! Eight residues at a time. Two multiplications: of 64 bits put together from halves, and of 52 bits where the machine
//! has them (IFMA).
#![allow(unsafe_code)]
mod ifma;

use core::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpgt_epu64_mask,
    _mm512_loadu_epi64, _mm512_mask_permutex_epi64, _mm512_maskz_mov_epi64, _mm512_min_epu64,
    _mm512_mul_epu32, _mm512_mullo_epi64, _mm512_set1_epi64, _mm512_shuffle_i64x2, _mm512_slli_epi64,
    _mm512_sllv_epi64, _mm512_srli_epi64, _mm512_srlv_epi64, _mm512_storeu_epi64, _mm512_sub_epi64,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::{Kernels, kernels};
use crate::ring::{
    Modulus,
    transform::{Factor, Twiddles},
};

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

kernels! { Wide, wide }
kernels! { Ifma, ifma }

/// The kernels of [`Wide`].
mod wide {
    crate::ring::backend::products::wide!("avx512f,avx512dq");
}

type Vector = __m512i;

/// A factor for each lane.
#[derive(Clone, Copy)]
struct Factors {
    w: Vector,
    quotient: Vector,
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn splat(x: u64) -> Vector {
    _mm512_set1_epi64(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn splat_factor(factor: Factor) -> Factors {
    Factors { w: splat(factor.w), quotient: splat(factor.quotient) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn load(x: &[u64; 8]) -> Vector {
    // SAFETY: 64 bytes can be read there; no alignment is asked for.
    unsafe { _mm512_loadu_epi64(x.as_ptr().cast()) }
}

/// Asks for words that will be loaded soon.
#[inline(always)]
fn prefetch(x: &[u64; 8]) {
    // SAFETY: nothing is read, and the address is one that could be.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(x.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn store(x: &mut [u64; 8], v: Vector) {
    // SAFETY: 64 bytes can be written there; no alignment is asked for.
    unsafe { _mm512_storeu_epi64(x.as_mut_ptr().cast(), v) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn plus(x: Vector, y: Vector) -> Vector {
    _mm512_add_epi64(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn minus(x: Vector, y: Vector) -> Vector {
    _mm512_sub_epi64(x, y)
}

/// `x mod m` for `x < 2 m`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn reduce_once(x: Vector, m: Vector) -> Vector {
    _mm512_min_epu64(x, _mm512_sub_epi64(x, m))
}

/// The lower 32 bits of each lane multiplied.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_halves(x: Vector, y: Vector) -> Vector {
    _mm512_mul_epu32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mul_low(x: Vector, y: Vector) -> Vector {
    _mm512_mullo_epi64(x, y)
}

/// The upper half of each lane.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn upper(x: Vector) -> Vector {
    _mm512_srli_epi64::<32>(x)
}

/// The lower half of each lane, where the upper one goes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn raised(x: Vector) -> Vector {
    _mm512_slli_epi64::<32>(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn shift_left(x: Vector, by: Vector) -> Vector {
    _mm512_sllv_epi64(x, by)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn shift_right(x: Vector, by: Vector) -> Vector {
    _mm512_srlv_epi64(x, by)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn and(x: Vector, y: Vector) -> Vector {
    _mm512_and_si512(x, y)
}

/// y where `x > limit`, and 0 elsewhere, for words below 2^63.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn where_above(x: Vector, limit: Vector, y: Vector) -> Vector {
    _mm512_maskz_mov_epi64(_mm512_cmpgt_epu64_mask(x, limit), y)
}

/// Lane i of vector j to lane j of vector i.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn transpose(v: [Vector; 8]) -> [Vector; 8] {
    // Of every four lanes the lower two or the upper two come from the other vector.
    let pairs = |i: usize| {
        let (a, b) = (_mm512_unpacklo_epi64(v[i], v[i + 1]), _mm512_unpacklo_epi64(v[i + 2], v[i + 3]));
        let (c, d) = (_mm512_unpackhi_epi64(v[i], v[i + 1]), _mm512_unpackhi_epi64(v[i + 2], v[i + 3]));
        let lower = |a, b| _mm512_mask_permutex_epi64::<0x44>(a, 0xcc, b);
        let upper = |a, b| _mm512_mask_permutex_epi64::<0xee>(b, 0x33, a);
        [lower(a, b), lower(c, d), upper(a, b), upper(c, d)]
    };
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (pairs(0), pairs(4));
    let low = |a, b| _mm512_shuffle_i64x2::<0x44>(a, b);
    let high = |a, b| _mm512_shuffle_i64x2::<0xee>(a, b);
    let lows = [low(a0, b0), low(a1, b1), low(a2, b2), low(a3, b3)];
    let highs = [high(a0, b0), high(a1, b1), high(a2, b2), high(a3, b3)];
    let ([x0, x1, x2, x3], [x4, x5, x6, x7]) = (lows, highs);
    [x0, x1, x2, x3, x4, x5, x6, x7]
}
