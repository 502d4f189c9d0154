//! Plain Rust for every target.
//!
//! Inside a multiplication, operands are cut into digits of 60 bits (59 above 7168 bits), so that all products of a
//! column add up in 128 bits with no carry between them: a multiplication, an addition and an addition with carry for
//! each product. Columns are taken three at a time; products and Montgomery reduction share one pass. This is 1.4 times
//! as fast as any form in 64-bit limbs that was tried, because the compiler handles chains of carries badly.
use subtle::Choice;

use super::{Backend, Montgomery};
use crate::bigint::limbs::{self, LIMB_BITS};

/// Columns worked on at once.
const COLUMNS: usize = 3;
/// Up to this many limbs, digits have 60 bits: 2 * 120 products of 120 bits and a carry stay below 2^128.
const WIDE_DIGIT_LIMBS: usize = 112;

pub(crate) struct Portable;

impl Backend for Portable {
    #[cfg(test)]
    fn name(&self) -> &'static str {
        "portable"
    }

    fn log2_r(&self, width: usize) -> usize {
        digit_bits(width) * digit_count(width)
    }

    fn prepare(&self, n: &[u64]) -> Box<[u64]> {
        let mut digits = vec![0; digit_count(n.len())].into_boxed_slice();
        match digit_bits(n.len()) {
            60 => split::<60>(&mut digits, n),
            _ => split::<59>(&mut digits, n),
        }
        digits.reverse();
        digits
    }

    fn mul(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]) {
        let width = modulus.n.len();
        let kernel = match (digit_bits(width), modulus.prepared.len()) {
            (60, ..=36) => mul::<60, 36>,
            (60, ..=72) => mul::<60, 72>,
            (60, _) => mul::<60, MAX_DIGITS>,
            _ => mul::<59, MAX_DIGITS>,
        };
        for ((out, a), b) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)).zip(b.chunks_exact(width))
        {
            kernel(modulus, out, a, b);
        }
    }

    fn square(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]) {
        let width = modulus.n.len();
        let kernel = match (digit_bits(width), modulus.prepared.len()) {
            (60, ..=36) => square::<60, 36>,
            (60, ..=72) => square::<60, 72>,
            (60, _) => square::<60, MAX_DIGITS>,
            _ => square::<59, MAX_DIGITS>,
        };
        for (out, a) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)) {
            kernel(modulus, out, a);
        }
    }
}

/// Digits of the largest modulus.
const MAX_DIGITS: usize = digit_count(128);

const fn digit_bits(width: usize) -> usize {
    if width <= WIDE_DIGIT_LIMBS { 60 } else { 59 }
}

/// Enough digits for one bit more than the limbs have, in whole groups of columns.
const fn digit_count(width: usize) -> usize {
    (LIMB_BITS * width + 1).div_ceil(digit_bits(width)).next_multiple_of(COLUMNS)
}

/// `out = a b / R mod n`, for operands in up to `CAPACITY` digits of `BITS` bits.
fn mul<const BITS: usize, const CAPACITY: usize>(
    modulus: Montgomery<'_>,
    out: &mut [u64],
    a: &[u64],
    b: &[u64],
) {
    let count = modulus.prepared.len();
    let (mut x, mut y, mut m) = ([0; CAPACITY], [0; CAPACITY], [0; CAPACITY]);
    let (x, y, m) = (&mut x[..count], &mut y[..count], &mut m[..count]);
    split::<BITS>(x, a);
    split::<BITS>(y, b);
    y.reverse();
    mul_digits::<BITS>(modulus, m, x, y);
    finish::<BITS>(modulus, out, m);
}

/// `out = a a / R mod n`, for operands in up to `CAPACITY` digits of `BITS` bits.
fn square<const BITS: usize, const CAPACITY: usize>(modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]) {
    let count = modulus.prepared.len();
    let (mut x, mut y, mut m) = ([0; CAPACITY], [0; CAPACITY], [0; CAPACITY]);
    let (x, y, m) = (&mut x[..count], &mut y[..count], &mut m[..count]);
    split::<BITS>(x, a);
    y.copy_from_slice(x);
    y.reverse();
    square_digits::<BITS>(modulus, m, x, y);
    finish::<BITS>(modulus, out, m);
}

/// Sums of products in neighbouring columns.
type Columns = [u128; COLUMNS];

#[inline(always)]
fn add_product(sum: &mut u128, a: u64, b: u64) {
    *sum = sum.wrapping_add(u128::from(a).wrapping_mul(u128::from(b)));
}

/// Adds `x[i] * reversed[i + 2 - c]` to column `c`, for every `i` and `c`.
#[inline(always)]
fn sweep(columns: &mut Columns, x: &[u64], reversed: &[u64]) {
    assert!(reversed.len() == x.len() + COLUMNS - 1, "lengths do not match");
    let [mut s0, mut s1, mut s2] = *columns;
    let (pairs, last) = x.as_chunks::<2>();
    let (windows, _) = reversed.as_chunks::<2>();
    for (x, y) in pairs.iter().zip(windows.windows(2)) {
        let (y, z) = (y[0], y[1]);
        add_product(&mut s0, x[0], z[0]);
        add_product(&mut s1, x[0], y[1]);
        add_product(&mut s2, x[0], y[0]);
        add_product(&mut s0, x[1], z[1]);
        add_product(&mut s1, x[1], z[0]);
        add_product(&mut s2, x[1], y[1]);
    }
    if let ([x], [.., y0, y1, y2]) = (last, reversed) {
        add_product(&mut s0, *x, *y2);
        add_product(&mut s1, *x, *y1);
        add_product(&mut s2, *x, *y0);
    }
    *columns = [s0, s1, s2];
}

/// The three digits at `at`.
#[inline(always)]
fn three(digits: &[u64], at: usize) -> [u64; COLUMNS] {
    digits[at..at + COLUMNS].try_into().expect("three digits")
}

/// Adds the multiple of `n` that clears the columns from `k` on, given the digits of `m` before; gives its next digits
/// and the carry out of the columns.
#[inline(always)]
fn reduce_low<const BITS: usize>(mut s: Columns, modulus: Montgomery<'_>, m: &mut [u64], k: usize) -> u128 {
    let n = modulus.prepared;
    let count = n.len();
    sweep(&mut s, &m[..k], &n[count - COLUMNS - k..count - 1]);
    let [n2, n1, n0] = three(n, count - COLUMNS);
    let quotient = |sum: u128| low_digit::<BITS>(sum).wrapping_mul(modulus.n0) & mask::<BITS>();
    let m0 = quotient(s[0]);
    add_product(&mut s[0], m0, n0);
    add_product(&mut s[1], m0, n1);
    s[1] = s[1].wrapping_add(s[0] >> BITS);
    let m1 = quotient(s[1]);
    add_product(&mut s[1], m1, n0);
    add_product(&mut s[2], m0, n2);
    add_product(&mut s[2], m1, n1);
    s[2] = s[2].wrapping_add(s[1] >> BITS);
    let m2 = quotient(s[2]);
    add_product(&mut s[2], m2, n0);
    m[k..k + COLUMNS].copy_from_slice(&[m0, m1, m2]);
    s[2] >> BITS
}

/// Adds the products of `m` and `n` to the columns from `count + k` on, writes the three digits of the result over those
/// of `m` that are needed no more, and gives the carry.
#[inline(always)]
fn reduce_high<const BITS: usize>(mut s: Columns, modulus: Montgomery<'_>, m: &mut [u64], k: usize) -> u128 {
    add_high(&mut s, m, modulus.prepared, k);
    s[1] = s[1].wrapping_add(s[0] >> BITS);
    s[2] = s[2].wrapping_add(s[1] >> BITS);
    m[k..k + COLUMNS].copy_from_slice(&s.map(low_digit::<BITS>));
    s[2] >> BITS
}

/// Adds the products of two numbers to the columns from `count + k` on.
#[inline(always)]
fn add_high(s: &mut Columns, x: &[u64], reversed: &[u64], k: usize) {
    let count = x.len();
    sweep(s, &x[k + COLUMNS..], &reversed[..count - k - 1]);
    let ([_, x1, x2], [y0, y1, _]) = (three(x, k), three(reversed, 0));
    add_product(&mut s[0], x1, y0);
    add_product(&mut s[0], x2, y1);
    add_product(&mut s[1], x2, y0);
}

/// `out = (x y + m n) / R` for the `m` that makes this an integer. `y` is reversed.
fn mul_digits<const BITS: usize>(modulus: Montgomery<'_>, out: &mut [u64], x: &[u64], y: &[u64]) {
    let count = modulus.prepared.len();
    assert!(out.len() == count && x.len() == count && y.len() == count, "digit counts differ");
    let mut carry = 0;
    let [y2, y1, y0] = three(y, count - COLUMNS);
    for k in (0..count).step_by(COLUMNS) {
        let mut s = [carry, 0, 0];
        sweep(&mut s, &x[..k], &y[count - COLUMNS - k..count - 1]);
        let [x0, x1, x2] = three(x, k);
        add_product(&mut s[0], x0, y0);
        add_product(&mut s[1], x0, y1);
        add_product(&mut s[1], x1, y0);
        add_product(&mut s[2], x0, y2);
        add_product(&mut s[2], x1, y1);
        add_product(&mut s[2], x2, y0);
        carry = reduce_low::<BITS>(s, modulus, out, k);
    }
    for k in (0..count).step_by(COLUMNS) {
        let mut s = [carry, 0, 0];
        add_high(&mut s, x, y, k);
        carry = reduce_high::<BITS>(s, modulus, out, k);
    }
}

/// `out = (x x + m n) / R` for the `m` that makes this an integer. `y` is `x` reversed.
///
/// Each product of two different digits is computed once and doubled.
fn square_digits<const BITS: usize>(modulus: Montgomery<'_>, out: &mut [u64], x: &[u64], y: &[u64]) {
    let count = modulus.prepared.len();
    assert!(out.len() == count && x.len() == count && y.len() == count, "digit counts differ");
    let mut carry = 0;
    for k in (0..count).step_by(COLUMNS) {
        // Products x[i] x[j] with i < j and i + j = k + c: all i below k / 2, and those around the diagonal.
        let mut s = [0; COLUMNS];
        let half = k.div_ceil(2);
        sweep(&mut s, &x[..half], &y[count - COLUMNS - k..count - 1 - k + half]);
        carry = reduce_low::<BITS>(close_square(s, carry, x, k), modulus, out, k);
    }
    for k in (0..count - COLUMNS).step_by(COLUMNS) {
        // The same for i + j = count + k + c, so i is above k + c.
        let mut s = [0; COLUMNS];
        let half = (count + k).div_ceil(2);
        sweep(&mut s, &x[k + COLUMNS..half], &y[..half - k - 1]);
        let ([_, x1, x2], [y0, y1, _]) = (three(x, k), three(y, 0));
        add_product(&mut s[0], x1, y0);
        add_product(&mut s[0], x2, y1);
        add_product(&mut s[1], x2, y0);
        carry = reduce_high::<BITS>(close_square(s, carry, x, count + k), modulus, out, k);
    }
    let [_, x1, x2] = three(x, count - COLUMNS);
    let mut s = [carry, 0, 0];
    add_product(&mut s[0], x1, x2.wrapping_mul(2));
    add_product(&mut s[1], x2, x2);
    reduce_high::<BITS>(s, modulus, out, count - COLUMNS);
}

/// Adds the products around the diagonal in the columns from `k` on, doubles, and adds squares and carry.
#[inline(always)]
fn close_square(mut s: Columns, carry: u128, x: &[u64], k: usize) -> Columns {
    let half = k.div_ceil(2);
    let digit = |i: usize| x.get(i).copied().unwrap_or(0);
    let (x0, x1, x2) = (digit(half), digit(half + 1), digit(half + 2));
    if k.is_multiple_of(2) {
        add_product(&mut s[1], x0, x1);
        add_product(&mut s[2], x0, x2);
        s = s.map(|sum| sum << 1);
        add_product(&mut s[0], x0, x0);
        add_product(&mut s[2], x1, x1);
    } else {
        add_product(&mut s[2], x0, x1);
        s = s.map(|sum| sum << 1);
        add_product(&mut s[1], x0, x0);
    }
    s[0] = s[0].wrapping_add(carry);
    s
}

const fn mask<const BITS: usize>() -> u64 {
    (1 << BITS) - 1
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // the low digit is meant
fn low_digit<const BITS: usize>(sum: u128) -> u64 {
    sum as u64 & mask::<BITS>()
}

/// Cuts limbs into digits; there are more digits than the limbs need.
fn split<const BITS: usize>(digits: &mut [u64], limbs: &[u64]) {
    let mut limbs = limbs.iter();
    let (mut pending, mut bits) = (0_u128, 0);
    for digit in digits {
        if bits < BITS {
            pending |= u128::from(limbs.next().copied().unwrap_or(0)) << bits;
            bits += LIMB_BITS;
        }
        *digit = low_digit::<BITS>(pending);
        pending >>= BITS;
        bits -= BITS;
    }
}

/// Joins the digits of a number below `2 n` and subtracts `n` if that leaves it positive.
fn finish<const BITS: usize>(modulus: Montgomery<'_>, out: &mut [u64], digits: &[u64]) {
    let mut digits = digits.iter();
    let (mut pending, mut bits) = (0_u128, 0);
    let mut next = || {
        while bits < LIMB_BITS {
            pending |= u128::from(digits.next().copied().unwrap_or(0)) << bits;
            bits += BITS;
        }
        #[allow(clippy::cast_possible_truncation)] // the low limb is meant
        let limb = pending as u64;
        pending >>= LIMB_BITS;
        bits -= LIMB_BITS;
        limb
    };
    out.iter_mut().for_each(|limb| *limb = next());
    let top = next();
    let borrow = limbs::sub_assign(out, modulus.n);
    // Negative if the borrow is not covered by the top limb: then n is added back.
    let negative = limbs::mask(Choice::from(u8::from(borrow.wrapping_sub(top) & 1 == 1)));
    let mut carry = false;
    for (out, n) in out.iter_mut().zip(modulus.n) {
        (*out, carry) = out.carrying_add(negative & *n, carry);
    }
}
