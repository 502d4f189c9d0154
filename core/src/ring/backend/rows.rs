//! What is done word by word, in plain Rust: the definition that other backends are tested against. Sums are inlined into
//! them, for the compiler vectorises those by itself.
use crate::ring::modulus::{Modulus, low, reduce_once};
use crate::ring::transform::Factor;

#[inline(always)]
pub(super) fn add_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = modulus.add(*a, *b);
    }
}

#[inline(always)]
pub(super) fn add(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = modulus.add(*a, *b);
    }
}

#[inline(always)]
pub(super) fn sub_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = modulus.sub(*a, *b);
    }
}

#[inline(always)]
pub(super) fn sub(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = modulus.sub(*a, *b);
    }
}

#[inline(always)]
pub(super) fn neg(modulus: &Modulus, a: &mut [u64]) {
    for a in a {
        *a = modulus.neg(*a);
    }
}

pub(super) fn mul_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = modulus.mul(*a, *b);
    }
}

pub(super) fn mul(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = modulus.mul(*a, *b);
    }
}

pub(super) fn mul_add(modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64]) {
    for ((acc, a), b) in acc.iter_mut().zip(a).zip(b) {
        *acc = modulus.reduce_wide(wide(*a, *b).wrapping_add(u128::from(*acc)));
    }
}

pub(super) fn sum_of_products(modulus: &Modulus, out: &mut [u64], terms: &[(&[u64], &[u64])]) {
    for (i, out) in out.iter_mut().enumerate() {
        let products = terms.iter().map(|(a, b)| wide(a[i], b[i]));
        *out = modulus.reduce_wide(products.fold(0, u128::wrapping_add));
    }
}

pub(super) fn pair_of_sums(
    modulus: &Modulus,
    out: [&mut [u64]; 2],
    terms: &[(&[u64], [&[u64]; 2])],
    more: [Option<(&[u64], u64)>; 2],
) {
    for (half, (out, more)) in out.into_iter().zip(more).enumerate() {
        for (i, out) in out.iter_mut().enumerate() {
            let products = terms.iter().map(|(a, b)| wide(a[i], b[half][i]));
            let start = more.map_or(0, |(x, w)| wide(x[i], w));
            *out = modulus.reduce_wide(products.fold(start, u128::wrapping_add));
        }
    }
}

pub(super) fn scale(modulus: &Modulus, a: &mut [u64], w: u64) {
    let w = factor(modulus, w);
    for a in a {
        *a = scaled(modulus, *a, w);
    }
}

pub(super) fn add_scaled(modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64) {
    let w = factor(modulus, w);
    for (acc, a) in acc.iter_mut().zip(a) {
        *acc = modulus.add(*acc, scaled(modulus, *a, w));
    }
}

pub(super) fn sub_and_scale(modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64) {
    let w = factor(modulus, w);
    for (a, b) in a.iter_mut().zip(b) {
        *a = scaled(modulus, a.wrapping_add(modulus.value()).wrapping_sub(*b), w);
    }
}

pub(super) fn linear(modulus: &Modulus, out: &mut [u64], terms: &[&[u64]], weights: &[u64]) {
    for (i, out) in out.iter_mut().enumerate() {
        let products = terms.iter().zip(weights).map(|(y, w)| wide(y[i], *w));
        *out = modulus.reduce_wide(products.fold(0, u128::wrapping_add));
    }
}

pub(super) fn lift(modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64) {
    let (half, from_reduced) = (from >> 1, modulus.reduce(from));
    for (out, a) in out.iter_mut().zip(a) {
        // All ones for the upper half.
        let above = (half.wrapping_sub(*a).cast_signed() >> 63).cast_unsigned();
        *out = modulus.sub(modulus.reduce(*a), from_reduced & above);
    }
}

#[inline(always)]
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

fn factor(modulus: &Modulus, w: u64) -> Factor {
    Factor { w, quotient: modulus.quotient(w, 64) }
}

/// `x w mod q` for any word x.
#[inline(always)]
fn scaled(modulus: &Modulus, x: u64, w: Factor) -> u64 {
    let quotient = low(wide(x, w.quotient) >> 64);
    reduce_once(x.wrapping_mul(w.w).wrapping_sub(quotient.wrapping_mul(modulus.value())), modulus.value())
}
