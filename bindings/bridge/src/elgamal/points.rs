//! Multiplicative ElGamal over elements of ristretto255, with the system's randomness.
pub use veilkit::elgamal::multiplicative::points::{Ciphertext, Keypair, PublicKey, SecretKey};
use veilkit::{
    Error, ErrorKind, Result,
    codec::{Decode, Encode, Reader},
    elgamal::multiplicative::points,
    field::Field,
    group::{Point, Scalar},
    unlinked::Unlinked,
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

/// A fresh key.
///
/// # Errors
/// Those of [`Keypair::generate`].
pub fn generate(rng: &mut OsRandom) -> Result<SecretKey> {
    Ok(Keypair::generate(rng)?.into_parts().1)
}

/// As [`points::hash_to_point`], its 32 bytes.
pub fn hash_to_point(context: &[u8], data: &[u8]) -> [u8; 32] {
    points::hash_to_point(context, data).to_bytes()
}

/// Encrypts the element that 32 bytes encode.
///
/// # Errors
/// `InvalidEncoding` for bytes that are no element.
pub fn encrypt(key: &PublicKey, point: &[u8], rng: &mut OsRandom) -> Result<Ciphertext> {
    let bytes =
        point.try_into().map_err(|_| Error::new(ErrorKind::InvalidEncoding, "point: not 32 bytes"))?;
    Ok(key.encrypt(&Point::from_bytes(bytes, "point: not an element of ristretto255")?, rng))
}

/// The plaintext times the scalar that 32 bytes encode.
///
/// # Errors
/// `InvalidEncoding` for bytes that are no scalar; `ParamsMismatch`.
pub fn mul_scalar(key: &PublicKey, ciphertext: &Ciphertext, scalar: &[u8]) -> Result<Ciphertext> {
    let mut body = Reader::new(scalar);
    let scalar = Zeroizing::new(Scalar::read(&mut body, "scalar: not one of ristretto255")?);
    body.finish()?;
    key.mul_scalar(ciphertext, &scalar)
}

/// The 32 bytes of the element.
///
/// # Errors
/// As [`SecretKey::decrypt`].
pub fn decrypt(key: &SecretKey, ciphertext: &Ciphertext) -> Result<[u8; 32]> {
    key.decrypt(ciphertext).map(|point| point.to_bytes())
}

/// The encoding; what was computed is rerandomized.
///
/// # Errors
/// None of its own; the guard adds `RandomnessUnavailable`.
pub fn to_bytes(ciphertext: &Ciphertext, rng: &mut OsRandom) -> Result<Vec<u8>> {
    Ok(ciphertext.unlink(rng).to_bytes().to_vec())
}

/// Reads and checks an encoded ciphertext.
///
/// # Errors
/// `ParamsMismatch` for another key; those of decoding.
pub fn from_bytes(data: &[u8], key: &PublicKey) -> Result<Ciphertext> {
    Unlinked::<Ciphertext>::from_bytes(data, key).map(Unlinked::into_array)
}
