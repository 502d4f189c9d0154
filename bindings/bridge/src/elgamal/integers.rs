//! Multiplicative ElGamal over integers, with the system's randomness.
pub use veilkit::elgamal::multiplicative::integers::{
    Ciphertext, Group, Integer, Keypair, PublicKey, SecretKey,
};
use veilkit::{
    Error, ErrorKind, Result,
    bigint::limbs,
    codec::{Decode, Encode},
    unlinked::Unlinked,
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

/// A fresh key in the group of this many bits.
///
/// # Errors
/// `InvalidParams` unless there is such a group; those of [`Keypair::generate`].
pub fn generate(bits: usize, rng: &mut OsRandom) -> Result<SecretKey> {
    let group = Group::ALL.into_iter().find(|group| group.bits() == bits);
    let group = group.ok_or(Error::new(ErrorKind::InvalidParams, "bits: 2048, 3072 or 4096"))?;
    Ok(Keypair::generate(group, rng)?.into_parts().1)
}

/// As [`PublicKey::encrypt_limbs`], of little-endian bytes.
///
/// # Errors
/// As there.
pub fn encrypt(key: &PublicKey, value: &[u8], bits: usize, rng: &mut OsRandom) -> Result<Ciphertext> {
    key.encrypt_limbs(&limbs::from_le_bytes(value), bits, rng)
}

/// As [`SecretKey::decrypt`], as little-endian bytes.
///
/// # Errors
/// As there.
pub fn decrypt(key: &SecretKey, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>> {
    key.decrypt(ciphertext).map(|integer| bytes(&integer))
}

/// As [`SecretKey::decrypt_ratio_vartime`], as little-endian bytes.
///
/// # Errors
/// As there.
pub fn decrypt_ratio(key: &SecretKey, ciphertext: &Ciphertext) -> Result<[Zeroizing<Vec<u8>>; 2]> {
    let (numerator, denominator) = key.decrypt_ratio_vartime(ciphertext)?;
    Ok([bytes(&numerator), bytes(&denominator)])
}

fn bytes(integer: &Integer) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(integer.as_limbs().iter().flat_map(|limb| limb.to_le_bytes()).collect())
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
