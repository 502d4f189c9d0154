//! ElGamal with the system's randomness: which key encrypts, which operand a number is, what a decryption gives.
pub use veilkit::elgamal::additive::{
    EncryptedArray, Keypair, Params, ParamsSpec, PlainArray, PublicKey, SecretKey,
};
pub use veilkit::shape::Pick;
use veilkit::{
    Error, ErrorKind, Result,
    progress::{Observer, try_map},
    shape::Shape,
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

pub mod ballots;
pub mod integers;
pub mod points;
pub mod proofs;

/// A fresh key.
///
/// # Errors
/// `InvalidParams`; those of [`Keypair::generate`].
pub fn generate(spec: ParamsSpec, rng: &mut OsRandom) -> Result<SecretKey> {
    Ok(Keypair::generate(Params::new(spec)?, rng)?.into_parts().1)
}

/// Fixed-point numbers, within a public bound if one is declared.
///
/// # Errors
/// As [`PlainArray::fixed_point`] and [`PlainArray::fixed_point_within`].
pub fn fixed_point(
    params: &Params,
    extents: &[usize],
    values: &[f64],
    bound: Option<f64>,
) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        None => PlainArray::fixed_point(params, &shape, values),
        Some(bound) => PlainArray::fixed_point_within(params, &shape, values, bound),
    }
}

/// Integers, within a public bound if one is declared.
///
/// # Errors
/// As [`PlainArray::integers`] and [`PlainArray::integers_within`].
pub fn integers(
    params: &Params,
    extents: &[usize],
    values: &[i64],
    bound: Option<u64>,
) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        None => PlainArray::integers(params, &shape, values),
        Some(bound) => PlainArray::integers_within(params, &shape, values, bound),
    }
}

/// What a decryption gives.
pub enum Numbers {
    /// Of fixed-point numbers.
    Floats(Zeroizing<Vec<f64>>),
    /// Of integers.
    Integers(Zeroizing<Vec<i64>>),
}

/// Integers for integers, floats for fixed point and for means.
///
/// # Errors
/// As [`EncryptedArray::decrypt`] and [`EncryptedArray::decrypt_integers`].
pub fn decrypt(array: &EncryptedArray, key: &SecretKey, observer: &mut dyn Observer) -> Result<Numbers> {
    match array.holds_integers() {
        true => array.decrypt_integers(key, observer).map(Numbers::Integers),
        false => array.decrypt(key, observer).map(Numbers::Floats),
    }
}

/// Whether the elements of an array are these integers, without a search: [`SecretKey::check_plaintext`] for each.
///
/// # Errors
/// `DecryptionFailed` if any is another, after all were looked at; `ParamsMismatch` for another key, or for means;
/// `ShapeMismatch` for another number of integers; `Cancelled`.
pub fn check_plaintexts(
    key: &SecretKey,
    array: &EncryptedArray,
    values: &[i64],
    observer: &mut dyn Observer,
) -> Result<()> {
    proofs::undivided(array)?;
    proofs::matching(array.ciphertexts().len(), values.len())?;
    let pairs: Vec<_> = array.ciphertexts().iter().zip(values).collect();
    let held =
        try_map(&pairs, observer, |(ciphertext, value)| match key.check_plaintext(ciphertext, **value) {
            Err(error) if error.kind() == ErrorKind::DecryptionFailed => Ok(false),
            other => other.map(|()| true),
        })?;
    match held.iter().all(|held| *held) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::DecryptionFailed, "encrypted: holds other numbers")),
    }
}
