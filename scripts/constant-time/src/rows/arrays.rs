//! Paillier arrays, 2048 bits.
use core::hint::black_box;
use std::sync::OnceLock;

use veilkit::codec::{Decode, Encode, HEADER_LEN};
use veilkit::paillier::{
    EncryptedArray, Keypair, PackedArray, Params, ParamsSpec, PlainArray, PublicKey, SecretKey,
};
use veilkit::shape::Shape;

use super::{Row, planted, row};
use crate::memcheck::{public, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("arrays", "PlainArray::fixed_point, encrypt", "numbers", fixed_point),
    row("arrays", "PlainArray::integers, encrypt", "numbers", integers),
    row("arrays", "EncryptedArray::add_plain, sub_plain", "numbers", add_plain),
    row("arrays", "EncryptedArray::mul_plain, dot", "weights", products),
    row("arrays", "EncryptedArray::decrypt", "p and q, so the numbers", decrypt),
    row("arrays", "EncryptedArray::decrypt_integers", "p and q, so the numbers", decrypt_integers),
    row("arrays", "PackedArray::encrypt, sub_plain", "numbers", pack),
    row("arrays", "PackedArray::decrypt", "p and q, so the numbers", unpack),
    planted("arrays", "planted: conversion by the language", "number", cast),
    planted("arrays", "planted: sign looked at while packing", "number", sign),
];

const NUMBERS: [f64; 6] = [1.5, -3.0, 1e-20, 0.0, -70_368_744_177_663.5, 2.5e-13];
const EXPECTED: [f64; 6] = [1.5, -3.0, 0.0, 0.0, -70_368_744_177_663.5, 0.0];
const WHOLE: [i64; 6] = [0, 1, -1, i64::MAX, i64::MIN, 12_345];

fn keypair() -> &'static Keypair {
    static KEYPAIR: OnceLock<Keypair> = OnceLock::new();
    KEYPAIR.get_or_init(|| {
        let spec = ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() };
        Keypair::generate(Params::new(spec).expect("a valid size"), &mut public_rng()).expect("a key")
    })
}

fn key() -> &'static PublicKey {
    keypair().public_key()
}

/// The same key, with all of p and q secret but what every key shows: that they are odd and how long they are. What it
/// decrypts is secret too.
fn hidden_key() -> SecretKey {
    const HALF: usize = 128;
    let mut bytes = keypair().secret_key().to_bytes();
    for prime in bytes[HEADER_LEN + 4..][..2 * HALF].chunks_exact_mut(HALF) {
        secret(&mut prime[1..HALF - 1]);
    }
    SecretKey::from_bytes(&bytes, ()).expect("the bytes of a key")
}

fn row_of(len: usize) -> Shape {
    Shape::new(&[len]).expect("one axis")
}

fn fixed(marked: bool) -> PlainArray {
    let mut numbers = black_box(NUMBERS);
    if marked {
        secret(&mut numbers);
    }
    PlainArray::fixed_point(key().params(), &row_of(6), &numbers).expect("within the range")
}

fn whole(marked: bool) -> PlainArray {
    let mut numbers = black_box(WHOLE);
    if marked {
        secret(&mut numbers);
    }
    PlainArray::integers(key().params(), &row_of(6), &numbers).expect("within the range")
}

fn encrypt(plain: &PlainArray) -> EncryptedArray {
    EncryptedArray::encrypt(keypair().secret_key(), plain, &mut public_rng(), &mut ()).expect("fits")
}

/// The bytes made public, as whoever receives them sees them.
fn received(array: &EncryptedArray) -> EncryptedArray {
    let mut bytes = array.to_bytes_for_sending(&mut public_rng(), &mut ()).expect("not stopped");
    public(bytes.as_mut_slice());
    EncryptedArray::from_bytes(&bytes, key()).expect("an array")
}

fn look(array: &EncryptedArray) -> Vec<f64> {
    received(array).decrypt(keypair().secret_key(), &mut ()).expect("an array").to_vec()
}

fn fixed_point() {
    assert_eq!(look(&encrypt(&fixed(true))), EXPECTED);
}

fn integers() {
    assert_eq!(look(&encrypt(&whole(true)))[5], 12_345.0);
}

fn add_plain() {
    let (x, o) = (encrypt(&fixed(false)), &mut ());
    let y = x.add_plain(&whole(true), o).and_then(|y| y.sub_plain(&fixed(true), o)).expect("fits");
    assert_eq!(look(&y)[5], 12_345.0);
}

fn products() {
    let (x, o) = (encrypt(&whole(false)), &mut ());
    assert_eq!(look(&x.mul_plain(&fixed(true), o).expect("fits"))[1], -3.0);
    assert_eq!(look(&x.dot(&fixed(true), o).expect("fits")).len(), 1);
}

fn decrypt() {
    let mut numbers = encrypt(&fixed(false)).decrypt(&hidden_key(), &mut ()).expect("an array");
    public(numbers.as_mut_slice());
    assert_eq!(*numbers, EXPECTED);
}

fn decrypt_integers() {
    let mut numbers = encrypt(&whole(false)).decrypt_integers(&hidden_key(), &mut ()).expect("an array");
    public(numbers.as_mut_slice());
    assert!(numbers.iter().zip(WHOLE).all(|(a, b)| *a == b.into()));
}

fn packed(marked: bool) -> PackedArray {
    let (plain, o) = (whole(marked), &mut ());
    let packed =
        PackedArray::encrypt(keypair().secret_key(), &plain, 45, &mut public_rng(), o).expect("fits");
    packed.sub_plain(&fixed(marked), o).expect("fits")
}

fn pack() {
    let mut bytes = packed(true).to_bytes_for_sending(&mut public_rng(), &mut ()).expect("not stopped");
    public(bytes.as_mut_slice());
    let packed = PackedArray::from_bytes(&bytes, key()).expect("an array");
    assert_eq!(packed.decrypt(keypair().secret_key(), &mut ()).expect("an array")[1], 4.0);
}

fn unpack() {
    let mut numbers = packed(false).decrypt(&hidden_key(), &mut ()).expect("an array");
    public(numbers.as_mut_slice());
    assert_eq!(numbers[1], 4.0);
}

fn cast() {
    let mut number = black_box(-3.25_f64);
    secret(&mut number);
    let scaled = (number * 16.0).round_ties_even();
    let mut whole = if scaled < 0.0 { black_box(-52_i64) } else { black_box(52) };
    public(&mut whole);
    assert_eq!(whole, -52);
}

fn sign() {
    let mut number = black_box(-7_i64);
    secret(&mut number);
    let mut slot = if number.is_negative() { black_box(1_u64 << 40) - 7 } else { black_box(7) };
    public(&mut slot);
    assert_eq!(slot, (1 << 40) - 7);
}
