//! CKKS: giving results away, and the bytes of secrets, under the smallest key.
use core::hint::black_box;

use veilkit::ckks::{Ciphertext, Context, EncryptionKey, Params, ReleaseBudget, ReleasePolicy, SecretKey};
use veilkit::codec::{Decode, Encode};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, public, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("ckks_release", "SecretKey::release", "key and noise", release),
    row("ckks_release", "SecretKey::release_complex", "key and noise", release_complex),
    row("ckks_release", "SecretKey::{from_bytes, to_bytes}", "key", encoded),
    planted("ckks_release", "planted: noise drawn again when small", "noise", redrawn),
];

fn context() -> Context {
    Context::new(&Params::new(2048, &[26], &[26], 20).expect("parameters")).expect("tables")
}

/// Under the key that the fixed numbers give, which is the same as the secret one.
fn known(context: &Context) -> Ciphertext {
    let key = SecretKey::generate(context, &mut public_rng());
    key.encrypt_values_at(&[1.5, -2.0], 0, 65536.0, 2.0, &mut public_rng()).expect("fits")
}

fn setting() -> (SecretKey, Ciphertext, ReleaseBudget) {
    let context = context();
    let (key, ciphertext) = (SecretKey::generate(&context, &mut SecretRng::new()), known(&context));
    let budget = ReleaseBudget::new(&key, ReleasePolicy::new(30, 1).expect("a policy"));
    (key, ciphertext, budget)
}

fn release() {
    let (key, ciphertext, mut budget) = setting();
    let limit = f64::INFINITY;
    let released =
        key.release(&mut budget, &ciphertext, &[0, 1], limit, &mut SecretRng::new()).expect("granted");
    let (bound, mut values) = (released.error_bound(), released.into_values());
    public(values.as_mut_slice());
    assert!((values[0] - 1.5).abs() <= bound && (values[1] + 2.0).abs() <= bound);
}

fn release_complex() {
    let (key, ciphertext, mut budget) = setting();
    let limit = f64::INFINITY;
    black_box(
        key.release_complex(&mut budget, &ciphertext, &[1], limit, &mut SecretRng::new()).expect("granted"),
    );
}

fn encoded() {
    let context = context();
    let mut bytes = SecretKey::generate(&context, &mut public_rng()).to_bytes();
    let seed = bytes.len() - 32;
    secret(&mut bytes[seed..]);
    let key = SecretKey::from_bytes(&bytes, &context).expect("valid");
    let mut again = key.to_bytes();
    public(&mut again[..]);
    public(&mut bytes[..]);
    assert_eq!(*again, *bytes);
}

fn redrawn() {
    let (key, ciphertext, mut budget) = setting();
    let rng = &mut SecretRng::new();
    let released = key.release(&mut budget, &ciphertext, &[0], f64::INFINITY, rng).expect("granted");
    if black_box(released.values()[0]).abs() < 1.0 {
        black_box(());
    }
}
