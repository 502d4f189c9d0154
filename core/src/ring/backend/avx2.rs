//! Eight residues at a time, in two vectors of four. There is no 64-bit multiplication: all are put together from halves.
#![allow(unsafe_code)]
use core::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_prefetch, _mm256_add_epi64, _mm256_and_si256, _mm256_blendv_pd,
    _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_cmpgt_epi64, _mm256_loadu_si256, _mm256_mul_epu32,
    _mm256_permute2x128_si256, _mm256_set1_epi64x, _mm256_slli_epi64, _mm256_sllv_epi64, _mm256_srli_epi64,
    _mm256_srlv_epi64, _mm256_storeu_si256, _mm256_sub_epi64, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
};

use super::{Kernels, kernels};
use crate::ring::{
    Modulus,
    transform::{Factor, Twiddles},
};

/// Multiplications of 64 bits from halves.
pub(crate) struct Avx2;

impl Avx2 {
    pub(crate) fn runs_here() -> bool {
        is_x86_feature_detected!("avx2")
    }
}

kernels! { Avx2, wide }

/// The kernels.
mod wide {
    crate::ring::backend::products::wide!("avx2");
}

/// Eight lanes.
#[derive(Clone, Copy)]
struct Vector(__m256i, __m256i);

/// A factor for each lane.
#[derive(Clone, Copy)]
struct Factors {
    w: Vector,
    quotient: Vector,
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(x: u64) -> Vector {
    let x = _mm256_set1_epi64x(x.cast_signed());
    Vector(x, x)
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat_factor(factor: Factor) -> Factors {
    Factors { w: splat(factor.w), quotient: splat(factor.quotient) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(x: &[u64; 8]) -> Vector {
    let (low, high) = (x.as_ptr(), x[4..].as_ptr());
    // SAFETY: 32 bytes can be read at either half; no alignment is asked for.
    unsafe { Vector(_mm256_loadu_si256(low.cast()), _mm256_loadu_si256(high.cast())) }
}

/// Asks for words that will be loaded soon.
#[inline(always)]
fn prefetch(x: &[u64; 8]) {
    // SAFETY: nothing is read, and the address is one that could be.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(x.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(x: &mut [u64; 8], v: Vector) {
    let (low, high) = x.split_at_mut(4);
    // SAFETY: 32 bytes can be written at either half; no alignment is asked for.
    unsafe {
        _mm256_storeu_si256(low.as_mut_ptr().cast(), v.0);
        _mm256_storeu_si256(high.as_mut_ptr().cast(), v.1);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn plus(x: Vector, y: Vector) -> Vector {
    Vector(_mm256_add_epi64(x.0, y.0), _mm256_add_epi64(x.1, y.1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn minus(x: Vector, y: Vector) -> Vector {
    Vector(_mm256_sub_epi64(x.0, y.0), _mm256_sub_epi64(x.1, y.1))
}

/// `x mod m` for `x < 2 m` and `m <= 2^63`.
#[inline]
#[target_feature(enable = "avx2")]
fn reduce_once(x: Vector, m: Vector) -> Vector {
    let difference = minus(x, m);
    Vector(unless_negative(difference.0, x.0), unless_negative(difference.1, x.1))
}

/// Where `x` has its highest bit, `otherwise`.
#[inline]
#[target_feature(enable = "avx2")]
fn unless_negative(x: __m256i, otherwise: __m256i) -> __m256i {
    let (x, otherwise) = (_mm256_castsi256_pd(x), _mm256_castsi256_pd(otherwise));
    _mm256_castpd_si256(_mm256_blendv_pd(x, otherwise, x))
}

/// The lower 32 bits of each lane multiplied.
#[inline]
#[target_feature(enable = "avx2")]
fn mul_halves(x: Vector, y: Vector) -> Vector {
    Vector(_mm256_mul_epu32(x.0, y.0), _mm256_mul_epu32(x.1, y.1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn mul_low(x: Vector, y: Vector) -> Vector {
    let middle = plus(mul_halves(upper(x), y), mul_halves(x, upper(y)));
    plus(mul_halves(x, y), raised(middle))
}

/// The upper half of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn upper(x: Vector) -> Vector {
    Vector(_mm256_srli_epi64::<32>(x.0), _mm256_srli_epi64::<32>(x.1))
}

/// The lower half of each lane, where the upper one goes.
#[inline]
#[target_feature(enable = "avx2")]
fn raised(x: Vector) -> Vector {
    Vector(_mm256_slli_epi64::<32>(x.0), _mm256_slli_epi64::<32>(x.1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn shift_left(x: Vector, by: Vector) -> Vector {
    Vector(_mm256_sllv_epi64(x.0, by.0), _mm256_sllv_epi64(x.1, by.1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn shift_right(x: Vector, by: Vector) -> Vector {
    Vector(_mm256_srlv_epi64(x.0, by.0), _mm256_srlv_epi64(x.1, by.1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn and(x: Vector, y: Vector) -> Vector {
    Vector(_mm256_and_si256(x.0, y.0), _mm256_and_si256(x.1, y.1))
}

/// y where `x > limit`, and 0 elsewhere, for words below 2^63.
#[inline]
#[target_feature(enable = "avx2")]
fn where_above(x: Vector, limit: Vector, y: Vector) -> Vector {
    and(Vector(_mm256_cmpgt_epi64(x.0, limit.0), _mm256_cmpgt_epi64(x.1, limit.1)), y)
}

/// Lane i of vector j to lane j of vector i.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(v: [Vector; 8]) -> [Vector; 8] {
    let [a, b, c, d, e, f, g, h] = v;
    // The quarters of the matrix, of which two change places.
    let [a0, b0, c0, d0] = transpose_four([a.0, b.0, c.0, d.0]);
    let [a1, b1, c1, d1] = transpose_four([e.0, f.0, g.0, h.0]);
    let [e0, f0, g0, h0] = transpose_four([a.1, b.1, c.1, d.1]);
    let [e1, f1, g1, h1] = transpose_four([e.1, f.1, g.1, h.1]);
    [
        Vector(a0, a1),
        Vector(b0, b1),
        Vector(c0, c1),
        Vector(d0, d1),
        Vector(e0, e1),
        Vector(f0, f1),
        Vector(g0, g1),
        Vector(h0, h1),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
fn transpose_four([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab0, ab1) = (_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    let (cd0, cd1) = (_mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d));
    [
        _mm256_permute2x128_si256::<0x20>(ab0, cd0),
        _mm256_permute2x128_si256::<0x20>(ab1, cd1),
        _mm256_permute2x128_si256::<0x31>(ab0, cd0),
        _mm256_permute2x128_si256::<0x31>(ab1, cd1),
    ]
}
