//! `Secret` and the comparisons behind it.
use core::hint::black_box;

use subtle::{ConditionallySelectable, ConstantTimeEq};
use veilkit::Secret;

use super::{Row, planted, row};
use crate::memcheck::{opened, secret};

pub(super) const ROWS: &[Row] = &[
    row("secret", "Secret::ct_eq", "both values", compare),
    row("secret", "Secret == Secret", "both values", equal),
    row("secret", "subtle: select", "choice and values", select),
    planted("secret", "planted: early exit", "both values", early_exit),
    planted("secret", "planted: table at a secret index", "index", table),
    planted("secret", "planted: mask chosen by a branch", "choice", branch),
];

fn marked(value: u64) -> Secret<u64> {
    let mut value = Secret::init_with(|| value);
    secret(value.expose_secret_mut());
    value
}

fn compare() {
    let (a, b) = (marked(5), marked(black_box(6)));
    assert_eq!(opened(a.ct_eq(&b).unwrap_u8()), 0);
}

fn equal() {
    // `==` ends in one bool, which the caller asked for: only that bit becomes public.
    let (a, b) = (marked(5), marked(black_box(5)));
    let answer = opened(a.ct_eq(&b).unwrap_u8());
    assert_eq!(answer, 1);
}

fn select() {
    let (mut a, mut b, mut bit) = (black_box(1_u64), black_box(2_u64), black_box(1_u8));
    secret(&mut a);
    secret(&mut b);
    secret(&mut bit);
    assert_eq!(opened(u64::conditional_select(&a, &b, subtle::Choice::from(bit))), 2);
}

fn early_exit() {
    let (mut a, mut b) = ([5_u8; 32], [5_u8; 32]);
    b[20] = 6;
    secret(&mut a);
    secret(&mut b);
    // The length is hidden, or the compiler turns the loop into a comparison without branches.
    let mut equal = true;
    for i in 0..black_box(32) {
        if a[i] != b[i] {
            equal = false;
            break;
        }
    }
    assert!(!opened(equal));
}

fn table() {
    let table: [u8; 256] = core::array::from_fn(|i| u8::try_from(i * 7 % 256).expect("below 256"));
    let mut index = black_box(9_u8);
    secret(&mut index);
    assert_eq!(opened(black_box(&table)[usize::from(index)]), 63);
}

fn branch() {
    let (a, b) = (black_box([1_u64; 8]), black_box([2_u64; 8]));
    let mut bit = black_box(1_u8);
    secret(&mut bit);
    let chosen = if bit == 1 { black_box(&b) } else { black_box(&a) };
    assert_eq!(opened(*chosen)[0], 2);
}
