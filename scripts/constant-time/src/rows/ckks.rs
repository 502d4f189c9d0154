//! CKKS, under keys of the smallest named parameters. Valgrind has no AVX-512: what runs here are the versions for other
//! machines. Encoding tells whether all numbers are within their bound, and nothing else.
use core::hint::black_box;
use std::sync::OnceLock;

use veilkit::ckks::{Ciphertext, Context, EncryptionKey, Params, Plaintext, PublicKey, SecretKey};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, public, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("ckks", "SecretKey::generate", "generator", generate),
    row("ckks", "SecretKey::public_key", "key and generator", public_key),
    row("ckks", "Plaintext::encode", "numbers", encode),
    row("ckks", "PublicKey::encrypt_values, encrypt", "numbers and generator", encrypt),
    row("ckks", "SecretKey::encrypt_values, encrypt", "key, numbers and generator", encrypt_with_secret),
    row("ckks", "SecretKey::decrypt", "key", decrypt),
    planted("ckks", "planted: negative numbers branched on", "numbers", branch),
    planted("ckks", "planted: search for the largest slot", "key", largest),
];

const BOUND: f64 = 2.0;

fn context() -> &'static Context {
    static CONTEXT: OnceLock<Context> = OnceLock::new();
    CONTEXT.get_or_init(|| Context::new(&Params::sums()).expect("a named set"))
}

/// The public key of [`hidden_key`], with nothing marked.
fn key() -> &'static PublicKey {
    static KEY: OnceLock<PublicKey> = OnceLock::new();
    KEY.get_or_init(|| SecretKey::generate(context(), &mut public_rng()).public_key(&mut public_rng()))
}

/// A key whose seed is secret.
fn hidden_key() -> SecretKey {
    SecretKey::generate(context(), &mut SecretRng::new())
}

fn open_numbers() -> Vec<f64> {
    (0..2048).map(|i| f64::from(i) / 1024.0 - 1.0).collect()
}

fn numbers() -> Vec<f64> {
    let mut numbers = open_numbers();
    secret(numbers.as_mut_slice());
    numbers
}

fn known() -> Ciphertext {
    key().encrypt_values(&open_numbers(), BOUND, &mut public_rng()).expect("fits")
}

fn generate() {
    assert!(hidden_key().id() == key().id());
}

fn public_key() {
    black_box(hidden_key().public_key(&mut SecretRng::new()));
}

fn encoded() -> Plaintext {
    Plaintext::encode(context(), &numbers(), 0, context().scale_at(0), BOUND).expect("fits")
}

fn encode() {
    black_box(encoded());
}

fn encrypt() {
    let rng = &mut SecretRng::new();
    black_box(key().encrypt_values(&numbers(), BOUND, rng).expect("fits"));
    black_box(key().encrypt(&encoded(), rng).expect("fits"));
}

fn encrypt_with_secret() {
    let (key, rng) = (hidden_key(), &mut SecretRng::new());
    black_box(key.encrypt_values(&numbers(), BOUND, rng).expect("fits"));
    black_box(key.encrypt(&encoded(), rng).expect("fits"));
}

fn decrypt() {
    let mut slots = hidden_key().decrypt(&known()).expect("fits").to_real();
    public(slots.as_mut_slice());
    assert!(slots.iter().zip(open_numbers()).all(|(slot, number)| (slot - number).abs() < 1e-3));
}

fn branch() {
    let flipped: Vec<f64> =
        numbers().iter().map(|x| if black_box(*x < 0.0) { -x } else { black_box(*x) }).collect();
    black_box(flipped);
}

fn largest() {
    let slots = hidden_key().decrypt(&known()).expect("fits").to_real();
    let mut best = 0;
    for i in 0..slots.len() {
        if slots[i] > slots[best] {
            best = black_box(i);
        }
    }
    black_box(best);
}
