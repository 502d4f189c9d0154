//! Plain Rust for every target.
use super::{Backend, Montgomery};
use crate::bigint::limbs;
use subtle::Choice;

/// Product scanning: column by column, with the products and the reduction in one pass.
pub(crate) struct Portable;

impl Backend for Portable {
    #[cfg(test)]
    fn name(&self) -> &'static str {
        "portable"
    }

    fn mul(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]) {
        let width = modulus.n.len();
        for ((out, a), b) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)).zip(b.chunks_exact(width))
        {
            mul(modulus, out, a, b);
        }
    }

    fn square(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]) {
        let width = modulus.n.len();
        for (out, a) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)) {
            mul(modulus, out, a, a);
        }
    }
}

/// The sum of a column: three limbs.
#[derive(Default)]
struct Column {
    low: u128,
    high: u64,
}

impl Column {
    #[inline(always)]
    fn add(&mut self, a: u64, b: u64) {
        let (low, carry) = self.low.overflowing_add(u128::from(a).wrapping_mul(u128::from(b)));
        self.low = low;
        self.high = self.high.wrapping_add(u64::from(carry));
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // the low limb is meant
    fn shift(&mut self) -> u64 {
        let out = self.low as u64;
        self.low = self.low >> 64 | u128::from(self.high) << 64;
        self.high = 0;
        out
    }
}

fn mul(modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]) {
    let Montgomery { n, n0 } = modulus;
    let width = n.len();
    assert!(out.len() == width && a.len() == width && b.len() == width, "limb counts differ");
    let mut column = Column::default();
    for i in 0..width {
        for (a, b) in a[..=i].iter().zip(b[..=i].iter().rev()) {
            column.add(*a, *b);
        }
        for (m, n) in out[..i].iter().zip(n[1..=i].iter().rev()) {
            column.add(*m, *n);
        }
        #[allow(clippy::cast_possible_truncation)] // the low limb is meant
        let m = (column.low as u64).wrapping_mul(n0);
        out[i] = m;
        column.add(m, n[0]);
        column.shift();
    }
    for i in 1..width {
        for (a, b) in a[i..].iter().zip(b[i..].iter().rev()) {
            column.add(*a, *b);
        }
        for (m, n) in out[i..].iter().zip(n[i..].iter().rev()) {
            column.add(*m, *n);
        }
        out[i - 1] = column.shift();
    }
    out[width - 1] = column.shift();
    subtract_once(out, column.shift(), n);
}

/// `out mod n` for `top * R + out < 2 n`.
fn subtract_once(out: &mut [u64], top: u64, n: &[u64]) {
    let borrow = limbs::sub_assign(out, n);
    // The difference is negative when the borrow is not covered by the top limb: then n is added back.
    let negative = limbs::mask(Choice::from(u8::from(borrow.wrapping_sub(top) & 1 == 1)));
    let mut carry = false;
    for (out, n) in out.iter_mut().zip(n) {
        (*out, carry) = out.carrying_add(negative & *n, carry);
    }
}
