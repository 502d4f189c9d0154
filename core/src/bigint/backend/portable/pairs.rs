//! Arithmetic modulo n^2 on pairs (a, b) that stand for `a + b n`, at 5/8 of the price of arithmetic modulo any number of
//! that size.
//!
//! Montgomery reduction of `a c` modulo n gives r and the multiple of n that it added: `a c + m n = r R`. Hence
//! `(a + b n) (c + d n) / R = r + n ((a d + b c - m) / R) mod n^2`: a product and its reduction, two products and their
//! reduction, all of half the length.
use super::*;

/// Up to this many digits, three products for each digit stay below 2^128 in a column.
const MAX_DIGITS: usize = 72;

pub(super) fn mul(modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64], b: &[u64]) {
    let (width, count) = (modulus.n.len(), modulus.prepared.len());
    let kernel = match count {
        ..=18 => mul_pair::<18>,
        19..=36 => mul_pair::<36>,
        _ => mul_pair::<MAX_DIGITS>,
    };
    let pairs = a.chunks_exact(2 * width).zip(b.chunks_exact(2 * width));
    for (out, (a, b)) in out.chunks_exact_mut(2 * width).zip(pairs) {
        kernel(modulus, shift, out, a, b);
    }
}

pub(super) fn square(modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64]) {
    let (width, count) = (modulus.n.len(), modulus.prepared.len());
    let kernel = match count {
        ..=18 => square_pair::<18>,
        19..=36 => square_pair::<36>,
        _ => square_pair::<MAX_DIGITS>,
    };
    for (out, a) in out.chunks_exact_mut(2 * width).zip(a.chunks_exact(2 * width)) {
        kernel(modulus, shift, out, a);
    }
}

fn mul_pair<const CAPACITY: usize>(
    modulus: Montgomery<'_>,
    shift: &[u64],
    out: &mut [u64],
    a: &[u64],
    b: &[u64],
) {
    let (width, count) = (modulus.n.len(), modulus.prepared.len());
    let ((a, b), (c, d)) = (a.split_at(width), b.split_at(width));
    let (low, high) = out.split_at_mut(width);
    let digits = |limbs: &[u64], reversed: bool| {
        let mut digits = [0; CAPACITY];
        split(&mut digits[..count], limbs);
        if reversed {
            digits[..count].reverse();
        }
        digits
    };
    let (a, b, c, d) = (digits(a, false), digits(b, false), digits(c, true), digits(d, true));
    let (a, b, c, d) = (&a[..count], &b[..count], &c[..count], &d[..count]);
    let (mut m, mut addend) = ([0; CAPACITY], [0; CAPACITY]);
    let (m, addend) = (&mut m[..count], &mut addend[..count]);
    split(addend, shift);
    mul_digits(modulus, m, a, c, |quotient| subtract(addend, quotient));
    let carry = finish(modulus, low, m, 0);
    cross_digits(modulus, m, [(a, d), (b, c)], addend);
    finish(modulus, high, m, carry);
}

fn square_pair<const CAPACITY: usize>(modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64]) {
    let (width, count) = (modulus.n.len(), modulus.prepared.len());
    let (a, b) = a.split_at(width);
    let (low, high) = out.split_at_mut(width);
    let (mut x, mut y, mut z) = ([0; CAPACITY], [0; CAPACITY], [0; CAPACITY]);
    let (x, y, z) = (&mut x[..count], &mut y[..count], &mut z[..count]);
    split(x, a);
    y.copy_from_slice(x);
    y.reverse();
    // The digits of 2 b, of 61 bits.
    split(z, b);
    z.iter_mut().for_each(|digit| *digit <<= 1);
    let (mut m, mut addend) = ([0; CAPACITY], [0; CAPACITY]);
    let (m, addend) = (&mut m[..count], &mut addend[..count]);
    split(addend, shift);
    square_digits(modulus, m, x, y, |quotient| subtract(addend, quotient));
    let carry = finish(modulus, low, m, 0);
    cross_digits(modulus, m, [(z, y)], addend);
    finish(modulus, high, m, carry);
}

/// `addend += R - 1 - quotient`, digit by digit.
fn subtract(addend: &mut [u64], quotient: &[u64]) {
    for (addend, quotient) in addend.iter_mut().zip(quotient) {
        *addend = addend.wrapping_add(DIGIT_MASK.wrapping_sub(*quotient));
    }
}

/// `out = (sum x y + addend + m n) / R` for the `m` that makes this an integer. Each `y` is reversed.
fn cross_digits<const N: usize>(
    modulus: Montgomery<'_>,
    out: &mut [u64],
    factors: [(&[u64], &[u64]); N],
    addend: &[u64],
) {
    let count = modulus.prepared.len();
    assert!(out.len() == count && addend.len() == count && count <= MAX_DIGITS, "digit counts differ");
    assert!(factors.iter().all(|(x, y)| x.len() == count && y.len() == count), "digit counts differ");
    let mut carry = 0;
    for k in (0..count).step_by(COLUMNS) {
        let mut s = three(addend, k).map(u128::from);
        s[0] = s[0].wrapping_add(carry);
        add_low(&mut s, factors, k);
        carry = reduce_low(s, modulus, out, k);
    }
    for k in (0..count).step_by(COLUMNS) {
        let mut s = [carry, 0, 0];
        add_high(&mut s, factors, k);
        carry = reduce_high(s, modulus, out, k);
    }
}
