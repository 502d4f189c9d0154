//! Modular integers, 2048 bits.
use core::hint::black_box;

use subtle::{Choice, ConstantTimeEq};
use veilkit::bigint::{FixedBase, InverseMod2k, Modulus, Residue, limbs, random};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, limbs as fixed, opened, public, secret, secret_limbs, secret_odd};

pub(super) const ROWS: &[Row] = &[
    row("bigint", "limbs: add, sub, mul, lt, eq, is_zero", "both integers", integers),
    row("bigint", "limbs: to and from bytes", "integer", bytes),
    row("bigint", "limbs::conditional_assign", "choice and integers", conditional),
    row("bigint", "InverseMod2k::new, div_exact", "divisor and dividend", exact_division),
    row("bigint", "Modulus::new, reduce, to_limbs", "modulus and value", secret_modulus),
    row("bigint", "Modulus::residue, to_le_bytes", "value", canonical),
    row("bigint", "Modulus::add, sub, neg, product", "residues", ring),
    row("bigint", "Modulus::mul, square", "residues", mul),
    row("bigint", "Modulus::pow", "base and exponent", pow),
    row("bigint", "Modulus::pow", "modulus and exponent", pow_secret_modulus),
    row("bigint", "Modulus::pow_vartime, public exponent", "base", pow_public_exponent),
    row("bigint", "Modulus::multi_pow", "exponents", multi_pow),
    row("bigint", "Modulus::multi_pow_vartime, public exponents", "bases", multi_pow_public),
    row("bigint", "Modulus::invert, is_unit", "residue", invert),
    row("bigint", "Modulus::invert", "modulus", invert_secret_modulus),
    row("bigint", "FixedBase::pow", "exponent", fixed_base),
    row("bigint", "FixedBase::new", "base and modulus", fixed_base_new),
    row("bigint", "random_bits, random_below, random_residue", "generator", random),
    planted("bigint", "planted: comparison that stops early", "both integers", early_exit),
    planted("bigint", "planted: square and multiply", "exponent", square_and_multiply),
    planted("bigint", "planted: window read at its index", "exponent", window),
];

const WIDTH: usize = 32;

fn modulus() -> Modulus {
    let mut n = fixed(1, WIDTH);
    n[0] |= 1;
    Modulus::new(&n).expect("odd")
}

/// A modulus whose value is secret.
fn hidden() -> Modulus {
    let mut n = fixed(1, WIDTH);
    n[0] |= 1;
    secret_odd(&mut n);
    Modulus::new(&n).expect("odd")
}

fn element(modulus: &Modulus, name: u64) -> Residue {
    modulus.reduce(&secret_limbs(name, WIDTH))
}

/// Opens a residue and looks at it, so that it has to be computed.
fn look(modulus: &Modulus, residue: &Residue) -> u64 {
    opened(modulus.to_limbs(residue)[0])
}

fn bit(choice: Choice) -> u8 {
    opened(choice.unwrap_u8())
}

fn integers() {
    let (mut a, b) = (secret_limbs(2, WIDTH), secret_limbs(3, WIDTH));
    let mut product = vec![0; 2 * WIDTH];
    limbs::mul(&mut product, &a, &b);
    public(product.as_mut_slice());
    assert_ne!(product, vec![0; 2 * WIDTH]);
    assert_eq!(bit(limbs::lt(&a, &b) | limbs::lt(&b, &a)), 1);
    assert_eq!(bit(limbs::eq(&a, &b) | limbs::is_zero(&a)), 0);
    assert_eq!(opened(limbs::add_assign(&mut a, &b)), 1);
    assert_eq!(opened(limbs::sub_assign(&mut a, &b)), 1);
}

fn bytes() {
    let a = secret_limbs(2, WIDTH);
    let little = limbs::from_le_bytes(&limbs::to_le_bytes(&a, 8 * WIDTH));
    let big = limbs::from_be_bytes(&limbs::to_be_bytes(&a, 8 * WIDTH));
    assert_eq!(bit(limbs::eq(&a, &little) & limbs::eq(&a, &big)), 1);
}

fn conditional() {
    let (mut a, b) = (secret_limbs(2, WIDTH), secret_limbs(3, WIDTH));
    let mut choice = black_box(1_u8);
    secret(&mut choice);
    limbs::conditional_assign(&mut a, &b, Choice::from(choice));
    assert_eq!(bit(limbs::eq(&a, &b)), 1);
}

fn exact_division() {
    let (mut divisor, quotient) = (fixed(4, WIDTH), secret_limbs(5, WIDTH));
    divisor[0] |= 1;
    secret_odd(&mut divisor);
    let inverse = InverseMod2k::new(&divisor, WIDTH).expect("odd");
    let mut dividend = vec![0; 2 * WIDTH];
    limbs::mul(&mut dividend, &divisor, &quotient);
    assert_eq!(bit(limbs::eq(&limbs::div_exact(&dividend, &inverse), &quotient)), 1);
}

fn secret_modulus() {
    let modulus = hidden();
    assert_ne!(look(&modulus, &modulus.reduce(&secret_limbs(2, 2 * WIDTH + 3))), 0);
}

fn canonical() {
    let modulus = modulus();
    let residue = modulus.residue(&secret_limbs(6, WIDTH - 1));
    assert_eq!(bit(residue.is_some()), 1);
    assert_ne!(opened(modulus.to_le_bytes(&element(&modulus, 2))[100]), 0);
}

fn ring() {
    let modulus = modulus();
    let (a, b) = (element(&modulus, 2), element(&modulus, 3));
    let zero = modulus.add(&modulus.sub(&a, &b), &modulus.add(&modulus.neg(&a), &b));
    assert_eq!(bit(zero.is_zero()), 1);
    assert_ne!(look(&modulus, &modulus.product(&[&a, &b, &a])), 0);
}

fn mul() {
    let modulus = modulus();
    let a = element(&modulus, 2);
    assert_eq!(bit(modulus.mul(&a, &a).ct_eq(&modulus.square(&a))), 1);
}

fn pow() {
    let modulus = modulus();
    let (base, exponent) = (element(&modulus, 2), secret_limbs(3, 8));
    assert_ne!(look(&modulus, &modulus.pow(&base, &exponent, 512)), 0);
}

fn pow_secret_modulus() {
    let modulus = hidden();
    let base = modulus.reduce(&fixed(2, 2 * WIDTH));
    assert_ne!(look(&modulus, &modulus.pow(&base, &secret_limbs(3, 8), 512)), 0);
}

fn pow_public_exponent() {
    let modulus = modulus();
    assert_ne!(look(&modulus, &modulus.pow_vartime(&element(&modulus, 2), &fixed(3, 2))), 0);
}

fn multi_pow() {
    let modulus = modulus();
    let (a, b) = (modulus.reduce(&fixed(2, WIDTH)), modulus.reduce(&fixed(3, WIDTH)));
    let (x, y) = (secret_limbs(4, 2), secret_limbs(5, 2));
    let powers: Vec<(&Residue, &[u64])> =
        (0..20).map(|i| if i % 2 == 0 { (&a, &x[..]) } else { (&b, &y[..]) }).collect();
    assert_ne!(look(&modulus, &modulus.multi_pow(&powers, 100)), 0);
}

fn multi_pow_public() {
    let modulus = modulus();
    let (a, b) = (element(&modulus, 2), element(&modulus, 3));
    let (x, y) = (fixed(4, 1), fixed(5, 1));
    let powers: Vec<(&Residue, &[u64])> =
        (0..20).map(|i| if i % 2 == 0 { (&a, &x[..]) } else { (&b, &y[..]) }).collect();
    assert_ne!(look(&modulus, &modulus.multi_pow_vartime(&powers)), 0);
}

fn invert() {
    let modulus = modulus();
    // Powers of two are units of every odd modulus.
    let mut value = vec![0, 0, 1];
    secret(value.as_mut_slice());
    let a = modulus.reduce(&value);
    assert_eq!(bit(modulus.is_unit(&a)), 1);
    let inverse = modulus.invert(&a);
    assert_eq!(bit(inverse.is_some()), 1);
}

fn invert_secret_modulus() {
    let modulus = hidden();
    assert_eq!(bit(modulus.is_unit(&modulus.reduce(&[0, 1]))), 1);
}

fn fixed_base() {
    let modulus = modulus();
    let table = FixedBase::new(&modulus, &modulus.reduce(&fixed(2, WIDTH)), 256, FixedBase::DEFAULT_WINDOW);
    assert_ne!(look(&modulus, &table.pow(&modulus, &secret_limbs(3, 4))), 0);
}

fn fixed_base_new() {
    let modulus = hidden();
    let table = FixedBase::new(&modulus, &element(&modulus, 2), 64, FixedBase::DEFAULT_WINDOW);
    assert_ne!(look(&modulus, &table.pow(&modulus, &secret_limbs(3, 1))), 0);
}

fn random() {
    let (modulus, mut rng) = (modulus(), SecretRng::new());
    let drawn = random::random_residue(&modulus, &mut rng);
    assert_ne!(look(&modulus, &drawn), 0);
    let (bits, below) = (random::random_bits(500, &mut rng), random::random_below(&fixed(1, 4), &mut rng));
    assert_eq!(bit(limbs::is_zero(&bits) | limbs::is_zero(&below)), 0);
}

fn early_exit() {
    let (a, b) = (secret_limbs(2, WIDTH), secret_limbs(3, WIDTH));
    let different = (0..black_box(WIDTH)).rev().find(|i| a[*i] != b[*i]);
    assert!(different.is_some());
}

fn square_and_multiply() {
    let modulus = modulus();
    let (base, exponent) = (modulus.reduce(&fixed(2, WIDTH)), secret_limbs(3, 1));
    let mut result = modulus.one();
    for bit in (0..64).rev() {
        modulus.square_assign(&mut result);
        if exponent[0] >> bit & 1 == 1 {
            modulus.mul_assign(&mut result, &base);
        }
    }
    assert_ne!(look(&modulus, &result), 0);
}

fn window() {
    let modulus = modulus();
    let table: Vec<Residue> = (0..16).map(|i| modulus.reduce(&[i + 1])).collect();
    let exponent = secret_limbs(3, 1);
    let index = usize::try_from(exponent[0] & 15).expect("four bits");
    assert_ne!(look(&modulus, &black_box(&table)[index]), 0);
}
