//! With multiplications of 64 bits.
use super::{
    Factors, Vector, load, minus, mul_halves, mul_low, plus, reduce_once, splat, splat_factor, store,
    transpose, upper,
};
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
    let multiple = mul_low(mul_high(y, f.quotient), minus_q);
    plus(mul_low(y, f.w), multiple)
}

/// `x mod q`, below 4 q, for any x.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn remainder(x: Vector, ratio: Vector, minus_q: Vector) -> Vector {
    plus(x, mul_low(mul_high(x, ratio), minus_q))
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
    let (a1, b1) = (upper(a), upper(b));
    let (cross, other) = (mul_halves(a, b1), mul_halves(a1, b));
    let middle = plus(upper(cross), upper(other));
    plus(mul_halves(a1, b1), middle)
}

/// Rows.
pub(super) mod rows {
    use super::super::{
        Factors, Vector, and, load, minus, mul_halves, mul_low, plus, raised, reduce_once, shift_left,
        shift_right, splat, splat_factor, store, upper, where_above,
    };
    use super::{mul_high, mul_loose, remainder};
    use crate::ring::{backend::products::products, transform::Factor};

    products!("avx512f,avx512dq");
}
