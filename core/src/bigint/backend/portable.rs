//! Plain Rust for every target.
//!
//! Inside a multiplication, operands are cut into digits of 60 bits, so that the products of a column add up in 128 bits
//! with no carry between them: a multiplication, an addition and an addition with carry for each product. Columns are
//! taken three at a time; products and Montgomery reduction share one pass. This is faster than every form in 64-bit
//! limbs that was tried, because compilers handle long chains of carries badly.
mod pairs;

use subtle::Choice;

use super::{Backend, Montgomery};
use crate::bigint::limbs::{self, LIMB_BITS};

const DIGIT_BITS: usize = 60;
const DIGIT_MASK: u64 = (1 << DIGIT_BITS) - 1;
/// Columns worked on at once.
const COLUMNS: usize = 3;
/// With up to this many digits, the products of a column of both `x y` and `m n` stay below 2^128 with a carry.
const MAX_DIGITS_UNFOLDED: usize = 126;
/// Digits of the largest modulus.
const MAX_DIGITS: usize = digit_count(128);

/// Enough digits for one bit more than the limbs have, in whole groups of columns.
const fn digit_count(width: usize) -> usize {
    (LIMB_BITS * width + 1).div_ceil(DIGIT_BITS).next_multiple_of(COLUMNS)
}

pub(crate) struct Portable;

impl Backend for Portable {
    #[cfg(test)]
    fn name(&self) -> &'static str {
        "portable"
    }

    fn log2_r(&self, width: usize) -> usize {
        DIGIT_BITS * digit_count(width)
    }

    /// The digits, highest first.
    fn prepare(&self, n: &[u64]) -> Box<[u64]> {
        let mut digits = vec![0; digit_count(n.len())].into_boxed_slice();
        split(&mut digits, n);
        digits.reverse();
        digits
    }

    fn mul(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]) {
        let width = modulus.n.len();
        let kernel = match modulus.prepared.len() {
            ..=36 => mul::<36>,
            37..=72 => mul::<72>,
            _ => mul::<MAX_DIGITS>,
        };
        for ((out, a), b) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)).zip(b.chunks_exact(width))
        {
            kernel(modulus, out, a, b);
        }
    }

    fn square(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]) {
        let width = modulus.n.len();
        let kernel = match modulus.prepared.len() {
            ..=36 => square::<36>,
            37..=72 => square::<72>,
            _ => square::<MAX_DIGITS>,
        };
        for (out, a) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)) {
            kernel(modulus, out, a);
        }
    }

    fn mul_pairs(&self, modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64], b: &[u64]) {
        pairs::mul(modulus, shift, out, a, b);
    }

    fn square_pairs(&self, modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64]) {
        pairs::square(modulus, shift, out, a);
    }
}

/// `out = a b / R mod n`, for operands of up to `CAPACITY` digits.
fn mul<const CAPACITY: usize>(modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]) {
    let count = modulus.prepared.len();
    let (mut x, mut y, mut m) = ([0; CAPACITY], [0; CAPACITY], [0; CAPACITY]);
    let (x, y, m) = (&mut x[..count], &mut y[..count], &mut m[..count]);
    split(x, a);
    split(y, b);
    y.reverse();
    mul_digits(modulus, m, x, y, |_| ());
    finish(modulus, out, m, 0);
}

/// `out = a a / R mod n`, for operands of up to `CAPACITY` digits.
fn square<const CAPACITY: usize>(modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]) {
    let count = modulus.prepared.len();
    let (mut x, mut y, mut m) = ([0; CAPACITY], [0; CAPACITY], [0; CAPACITY]);
    let (x, y, m) = (&mut x[..count], &mut y[..count], &mut m[..count]);
    split(x, a);
    y.copy_from_slice(x);
    y.reverse();
    square_digits(modulus, m, x, y, |_| ());
    finish(modulus, out, m, 0);
}

/// Sums of products in neighbouring columns.
type Columns = [u128; COLUMNS];

#[inline(always)]
fn add_product(sum: &mut u128, a: u64, b: u64) {
    *sum = sum.wrapping_add(u128::from(a).wrapping_mul(u128::from(b)));
}

/// Adds `x[i] * reversed[i + 2 - c]` to column `c`, for every `i` and `c`, and for every pair of `x` and `reversed`, all of
/// which are equally long.
#[inline(always)]
fn sweep<const N: usize>(columns: &mut Columns, factors: [(&[u64], &[u64]); N]) {
    let [mut s0, mut s1, mut s2] = *columns;
    let len = factors[0].0.len();
    let (half, odd) = (len / 2, !len.is_multiple_of(2));
    let factors = factors.map(|(x, reversed)| {
        assert!(x.len() == len && reversed.len() == len + COLUMNS - 1, "lengths do not match");
        (&x.as_chunks::<2>().0[..half], &reversed.as_chunks::<2>().0[..half + 1], x, reversed)
    });
    for i in 0..half {
        for (pairs, windows, _, _) in &factors {
            let (x, y, z) = (pairs[i], windows[i], windows[i + 1]);
            add_product(&mut s0, x[0], z[0]);
            add_product(&mut s1, x[0], y[1]);
            add_product(&mut s2, x[0], y[0]);
            add_product(&mut s0, x[1], z[1]);
            add_product(&mut s1, x[1], z[0]);
            add_product(&mut s2, x[1], y[1]);
        }
    }
    if odd {
        for (_, _, x, reversed) in &factors {
            if let ([.., x], [.., y0, y1, y2]) = (x, reversed) {
                add_product(&mut s0, *x, *y2);
                add_product(&mut s1, *x, *y1);
                add_product(&mut s2, *x, *y0);
            }
        }
    }
    *columns = [s0, s1, s2];
}

/// Makes room in the columns of large moduli: moves all but a digit on, and gives what leaves the last column.
#[inline(always)]
fn fold(s: &mut Columns, count: usize) -> u128 {
    if count <= MAX_DIGITS_UNFOLDED {
        return 0;
    }
    let mut carry = 0;
    for sum in s {
        let whole = sum.wrapping_add(carry);
        *sum = whole & u128::from(DIGIT_MASK);
        carry = whole >> DIGIT_BITS;
    }
    carry
}

/// The three digits at `at`.
#[inline(always)]
fn three(digits: &[u64], at: usize) -> [u64; COLUMNS] {
    digits[at..at + COLUMNS].try_into().expect("three digits")
}

/// Adds the multiple of `n` that clears the columns from `k` on, given the digits of `m` before; gives its next digits
/// and the carry out of the columns.
#[inline(always)]
fn reduce_low(mut s: Columns, modulus: Montgomery<'_>, m: &mut [u64], k: usize) -> u128 {
    let n = modulus.prepared;
    let count = n.len();
    let carry = fold(&mut s, count);
    sweep(&mut s, [(&m[..k], &n[count - COLUMNS - k..count - 1])]);
    let [n2, n1, n0] = three(n, count - COLUMNS);
    let quotient = |sum: u128| low_digit(sum).wrapping_mul(modulus.n0) & DIGIT_MASK;
    let m0 = quotient(s[0]);
    add_product(&mut s[0], m0, n0);
    add_product(&mut s[1], m0, n1);
    s[1] = s[1].wrapping_add(s[0] >> DIGIT_BITS);
    let m1 = quotient(s[1]);
    add_product(&mut s[1], m1, n0);
    add_product(&mut s[2], m0, n2);
    add_product(&mut s[2], m1, n1);
    s[2] = s[2].wrapping_add(s[1] >> DIGIT_BITS);
    let m2 = quotient(s[2]);
    add_product(&mut s[2], m2, n0);
    m[k..k + COLUMNS].copy_from_slice(&[m0, m1, m2]);
    carry.wrapping_add(s[2] >> DIGIT_BITS)
}

/// Adds the products of `m` and `n` to the columns from `count + k` on, writes the three digits of the result over those
/// of `m` that are needed no more, and gives the carry.
#[inline(always)]
fn reduce_high(mut s: Columns, modulus: Montgomery<'_>, m: &mut [u64], k: usize) -> u128 {
    let carry = fold(&mut s, m.len());
    add_high(&mut s, [(m, modulus.prepared)], k);
    s[1] = s[1].wrapping_add(s[0] >> DIGIT_BITS);
    s[2] = s[2].wrapping_add(s[1] >> DIGIT_BITS);
    m[k..k + COLUMNS].copy_from_slice(&s.map(low_digit));
    carry.wrapping_add(s[2] >> DIGIT_BITS)
}

/// Adds the products of pairs of numbers to the columns from `k` on, for `k` below `count`. The second are reversed.
#[inline(always)]
fn add_low<const N: usize>(s: &mut Columns, factors: [(&[u64], &[u64]); N], k: usize) {
    sweep(s, factors.map(|(x, y)| (&x[..k], &y[y.len() - COLUMNS - k..y.len() - 1])));
    for (x, y) in factors {
        let ([x0, x1, x2], [y2, y1, y0]) = (three(x, k), three(y, y.len() - COLUMNS));
        add_product(&mut s[0], x0, y0);
        add_product(&mut s[1], x0, y1);
        add_product(&mut s[1], x1, y0);
        add_product(&mut s[2], x0, y2);
        add_product(&mut s[2], x1, y1);
        add_product(&mut s[2], x2, y0);
    }
}

/// Adds the products of pairs of numbers to the columns from `count + k` on. The second are reversed.
#[inline(always)]
fn add_high<const N: usize>(s: &mut Columns, factors: [(&[u64], &[u64]); N], k: usize) {
    sweep(s, factors.map(|(x, y)| (&x[k + COLUMNS..], &y[..y.len() - k - 1])));
    for (x, y) in factors {
        let ([_, x1, x2], [y0, y1, _]) = (three(x, k), three(y, 0));
        add_product(&mut s[0], x1, y0);
        add_product(&mut s[0], x2, y1);
        add_product(&mut s[1], x2, y0);
    }
}

/// `out = (x y + m n) / R` for the `m` that makes this an integer. `y` is reversed. `see_m` is shown `m`.
fn mul_digits(modulus: Montgomery<'_>, out: &mut [u64], x: &[u64], y: &[u64], see_m: impl FnOnce(&[u64])) {
    let count = modulus.prepared.len();
    assert!(out.len() == count && x.len() == count && y.len() == count, "digit counts differ");
    let mut carry = 0;
    for k in (0..count).step_by(COLUMNS) {
        let mut s = [carry, 0, 0];
        add_low(&mut s, [(x, y)], k);
        carry = reduce_low(s, modulus, out, k);
    }
    see_m(out);
    for k in (0..count).step_by(COLUMNS) {
        let mut s = [carry, 0, 0];
        add_high(&mut s, [(x, y)], k);
        carry = reduce_high(s, modulus, out, k);
    }
}

/// `out = (x x + m n) / R` for the `m` that makes this an integer. `y` is `x` reversed.
///
/// Each product of two different digits is computed once and doubled. `see_m` is shown `m`.
fn square_digits(modulus: Montgomery<'_>, out: &mut [u64], x: &[u64], y: &[u64], see_m: impl FnOnce(&[u64])) {
    let count = modulus.prepared.len();
    assert!(out.len() == count && x.len() == count && y.len() == count, "digit counts differ");
    let mut carry = 0;
    for k in (0..count).step_by(COLUMNS) {
        // Products x[i] x[j] with i < j and i + j = k + c: all i below k / 2, and those around the diagonal.
        let mut s = [0; COLUMNS];
        let half = k.div_ceil(2);
        sweep(&mut s, [(&x[..half], &y[count - COLUMNS - k..count - 1 - k + half])]);
        carry = reduce_low(close_square(s, carry, x, k), modulus, out, k);
    }
    see_m(out);
    for k in (0..count - COLUMNS).step_by(COLUMNS) {
        // The same for i + j = count + k + c, so i is above k + c.
        let mut s = [0; COLUMNS];
        let half = (count + k).div_ceil(2);
        sweep(&mut s, [(&x[k + COLUMNS..half], &y[..half - k - 1])]);
        let ([_, x1, x2], [y0, y1, _]) = (three(x, k), three(y, 0));
        add_product(&mut s[0], x1, y0);
        add_product(&mut s[0], x2, y1);
        add_product(&mut s[1], x2, y0);
        carry = reduce_high(close_square(s, carry, x, count + k), modulus, out, k);
    }
    let [_, x1, x2] = three(x, count - COLUMNS);
    let mut s = [carry, 0, 0];
    add_product(&mut s[0], x1, x2.wrapping_mul(2));
    add_product(&mut s[1], x2, x2);
    reduce_high(s, modulus, out, count - COLUMNS);
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

#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // the low digit is meant
fn low_digit(sum: u128) -> u64 {
    sum as u64 & DIGIT_MASK
}

/// This many limbs make a whole number of digits...
const GROUP_LIMBS: usize = 15;
/// ... which is this.
const GROUP_DIGITS: usize = 16;
/// Each digit of a group begins by so many bits earlier in its limb than the one before.
const STEP: usize = LIMB_BITS - DIGIT_BITS;

/// Cuts limbs into digits; there are more digits than the limbs need.
fn split(digits: &mut [u64], limbs: &[u64]) {
    let mut groups = limbs.chunks(GROUP_LIMBS);
    for digits in digits.chunks_mut(GROUP_DIGITS) {
        let limbs = groups.next().unwrap_or(&[]);
        let mut padded = [0; GROUP_DIGITS + 1];
        padded[1..=limbs.len()].copy_from_slice(limbs);
        let mut group = [0; GROUP_DIGITS];
        for i in 0..GROUP_DIGITS {
            // The low bits of limb i, above what is left of the limb before.
            let before = padded[i] >> 1 >> (LIMB_BITS - 1 - STEP * i);
            group[i] = (padded[i + 1] << (STEP * i) | before) & DIGIT_MASK;
        }
        digits.copy_from_slice(&group[..digits.len()]);
    }
}

/// Joins digits into limbs; gives the limb above those.
fn join(limbs: &mut [u64], digits: &[u64]) -> u64 {
    let mut groups = digits.chunks(GROUP_DIGITS);
    let mut top = 0;
    for limbs in limbs.chunks_mut(GROUP_LIMBS) {
        let digits = groups.next().unwrap_or(&[]);
        let mut padded = [0; GROUP_DIGITS];
        padded[..digits.len()].copy_from_slice(digits);
        let mut group = [0; GROUP_DIGITS];
        for i in 0..GROUP_LIMBS {
            group[i] = padded[i] >> (STEP * i) | padded[i + 1] << (DIGIT_BITS - STEP * i);
        }
        limbs.copy_from_slice(&group[..limbs.len()]);
        top = group[limbs.len()];
    }
    match groups.next() {
        Some([digit, ..]) if limbs.len().is_multiple_of(GROUP_LIMBS) => *digit,
        _ => top,
    }
}

/// Joins the digits of a number, adds a carry of 0 or 1, and subtracts `n` if that leaves it positive; the sum is below
/// `2 n`. Gives 1 where `n` was subtracted.
fn finish(modulus: Montgomery<'_>, out: &mut [u64], digits: &[u64], carry: u64) -> u64 {
    let top = join(out, digits).wrapping_add(limbs::add_assign(out, &[carry]));
    let borrow = limbs::sub_assign(out, modulus.n);
    // Negative if the borrow is not covered by the top limb: then n is added back.
    let negative = borrow.wrapping_sub(top) & 1;
    let mask = limbs::mask(Choice::from(u8::from(negative == 1)));
    let mut carry = false;
    for (out, n) in out.iter_mut().zip(modulus.n) {
        (*out, carry) = out.carrying_add(mask & *n, carry);
    }
    negative ^ 1
}
