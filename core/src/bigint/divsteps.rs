//! Inverses of public integers, several times faster than those of secret ones.
//!
//! Letters of the source: f and g start as modulus and integer; a step halves g, or swaps the two and halves their
//! difference, until g is 0 and f is plus or minus their common divisor. 62 steps depend on the lowest 62 bits only, and
//! together they are one 2 x 2 matrix. d and e take the same steps modulo the modulus, so that f stays d times the
//! integer, and g stays e times it.
//!
//! # Timing
//! Varies with the integers.
//! # Source
//! [BY19], sections 8 to 10.
use super::limbs::LIMB_BITS;

const DIGIT_BITS: usize = 62;
const STEPS: u32 = 62;
const MASK: i64 = (1 << DIGIT_BITS) - 1;

/// The inverse of `a` modulo the odd `modulus`, in as many limbs, or none where they share a factor. `a` is below the modulus,
/// which is at least 3.
pub(super) fn invert_vartime(a: &[u64], modulus: &[u64]) -> Option<Vec<u64>> {
    // One digit more than the bits need holds the sign.
    let count = modulus.len() * LIMB_BITS / DIGIT_BITS + 1;
    let n = digits(modulus, count);
    let minus_inverse = minus_inverse(n[0]);
    let (mut f, mut g) = (n.clone(), digits(a, count));
    let (mut d, mut e) = (vec![0; count], digits(&[1], count));
    let mut delta = 1;
    while g.iter().any(|digit| *digit != 0) {
        let matrix = steps(&mut delta, f[0], g[0]);
        transform(matrix, [&mut f, &mut g]);
        transform_modulo(matrix, [&mut d, &mut e], &n, minus_inverse);
        while f.len() > 1 && is_sign(&f) && is_sign(&g) {
            shorten(&mut f);
            shorten(&mut g);
        }
    }
    if f.len() > 1 || f[0].abs() != 1 {
        return None;
    }
    combine(&mut d, f[0], &n, 0);
    if d[count - 1] < 0 {
        combine(&mut d, 1, &n, 1);
    }
    Some(limbs(&d, modulus.len()))
}

/// `2^62` times the matrix of 62 steps.
fn steps(delta: &mut i64, f: i64, g: i64) -> [[i64; 2]; 2] {
    let (mut f, mut g, mut left) = (f, g, STEPS);
    let ([mut u, mut v], [mut q, mut r]) = ([1_i64, 0_i64], [0_i64, 1_i64]);
    loop {
        let zeros = g.trailing_zeros().min(left);
        g >>= zeros;
        (u, v) = (u << zeros, v << zeros);
        *delta += i64::from(zeros);
        left -= zeros;
        if left == 0 {
            return [[u, v], [q, r]];
        }
        if *delta > 0 {
            *delta = -*delta;
            (f, g) = (g, f.wrapping_neg());
            (u, v, q, r) = (q, r, -u, -v);
        }
        // Now even; the loop halves it. What is lost at the top is not looked at.
        g = g.wrapping_add(f);
        (q, r) = (q + u, r + v);
    }
}

fn product(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

#[allow(clippy::cast_possible_truncation)] // the low digit is meant
fn low_digit(sum: i128) -> i64 {
    sum as i64 & MASK
}

fn top_digit(sum: i128) -> i64 {
    i64::try_from(sum).expect("the bounds of the steps leave room for the sign")
}

/// Multiplies the pair by the matrix and divides by `2^62`, exactly.
fn transform([[u, v], [q, r]]: [[i64; 2]; 2], [x, y]: [&mut [i64]; 2]) {
    let (mut sum_x, mut sum_y, last) = (0, 0, x.len() - 1);
    for i in 0..=last {
        sum_x += product(u, x[i]) + product(v, y[i]);
        sum_y += product(q, x[i]) + product(r, y[i]);
        if i > 0 {
            (x[i - 1], y[i - 1]) = (low_digit(sum_x), low_digit(sum_y));
        }
        (sum_x, sum_y) = (sum_x >> DIGIT_BITS, sum_y >> DIGIT_BITS);
    }
    (x[last], y[last]) = (top_digit(sum_x), top_digit(sum_y));
}

/// The same modulo n, which is added as often as makes the division exact. From `-n` up to below `n`, and so the results.
fn transform_modulo([[u, v], [q, r]]: [[i64; 2]; 2], [x, y]: [&mut [i64]; 2], n: &[i64], minus_inverse: i64) {
    let times = |sum: i128| low_digit(sum).wrapping_mul(minus_inverse) & MASK;
    let times_x = times(product(u, x[0]) + product(v, y[0]));
    let times_y = times(product(q, x[0]) + product(r, y[0]));
    let (mut sum_x, mut sum_y, last) = (0, 0, n.len() - 1);
    for i in 0..=last {
        sum_x += product(u, x[i]) + product(v, y[i]) + product(times_x, n[i]);
        sum_y += product(q, x[i]) + product(r, y[i]) + product(times_y, n[i]);
        if i > 0 {
            (x[i - 1], y[i - 1]) = (low_digit(sum_x), low_digit(sum_y));
        }
        (sum_x, sum_y) = (sum_x >> DIGIT_BITS, sum_y >> DIGIT_BITS);
    }
    (x[last], y[last]) = (top_digit(sum_x), top_digit(sum_y));
    for value in [x, y] {
        if value[last] >= 0 {
            combine(value, 1, n, -1);
        }
    }
}

/// `x = sign x + times n`.
fn combine(x: &mut [i64], sign: i64, n: &[i64], times: i64) {
    let (mut sum, last) = (0, n.len() - 1);
    for i in 0..=last {
        sum += product(sign, x[i]) + product(times, n[i]);
        x[i] = low_digit(sum);
        if i == last {
            x[i] = top_digit(sum);
        }
        sum >>= DIGIT_BITS;
    }
}

/// Whether the top digit tells only the sign.
fn is_sign(x: &[i64]) -> bool {
    matches!(x, [.., 0 | -1])
}

/// Moves the sign down a digit.
fn shorten(x: &mut Vec<i64>) {
    let sign = x.pop().unwrap_or(0);
    if let Some(top) = x.last_mut() {
        *top |= sign << DIGIT_BITS;
    }
}

/// `-1 / odd` modulo `2^62`.
fn minus_inverse(odd: i64) -> i64 {
    // Each round of Newton's iteration doubles the bits that are right: 3, 6, .., 96.
    let inverse =
        (0..5).fold(odd, |inverse, _| inverse.wrapping_mul(2_i64.wrapping_sub(odd.wrapping_mul(inverse))));
    inverse.wrapping_neg() & MASK
}

fn digits(limbs: &[u64], count: usize) -> Vec<i64> {
    let digit = |i: usize| {
        let (at, shift) = (i * DIGIT_BITS / LIMB_BITS, i * DIGIT_BITS % LIMB_BITS);
        let limb = |at: usize| u128::from(limbs.get(at).copied().unwrap_or(0));
        low_digit(((limb(at) | limb(at + 1) << LIMB_BITS) >> shift).cast_signed())
    };
    (0..count).map(digit).collect()
}

fn limbs(digits: &[i64], count: usize) -> Vec<u64> {
    let limb = |i: usize| {
        let (at, shift) = (i * LIMB_BITS / DIGIT_BITS, i * LIMB_BITS % DIGIT_BITS);
        let digit = |at: usize| digits.get(at).map_or(0, |digit| digit.cast_unsigned());
        // The shift is even, so at least two bits of the lower digit are left.
        digit(at) >> shift | digit(at + 1) << (DIGIT_BITS - shift)
    };
    (0..count).map(limb).collect()
}
