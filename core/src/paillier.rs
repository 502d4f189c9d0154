//! Paillier encryption: sums and plaintext-weighted sums of encrypted numbers.
//!
//! A ciphertext `(1 + n m) h_s^a mod n^2` hides the integer m modulo n = pq. Multiplying ciphertexts adds the numbers;
//! raising one to a power multiplies its number. Only the holder of p and q decrypts. The randomizer `h_s^a` has a short
//! exponent and comes from a table, after Damgard, Jurik and Nielsen (IJIS 2010).
//!
//! [`EncryptedArray`] is the main form: numbers of any shape at one public scale, with broadcasting, sums, means and
//! products with known weights; it knows its headroom, so that an operation fails where a number could wrap around.
//! [`PackedArray`] holds many numbers in one ciphertext. [`Ciphertext`] and [`Plaintext`] are the integers below.
//! [`threshold`] shares a key, so that only enough parties together decrypt.
//!
//! # Security
//! Ciphertexts hide the numbers from whoever sees them and chooses what is encrypted (IND-CPA), under the decisional
//! composite residuosity assumption and, for the short exponents, that `h_s^a` looks like any n-th residue. Parameters
//! below 112-bit security do not exist. Not covered:
//!
//! - Whoever may have chosen ciphertexts decrypted reads everything: decrypt for the owner of the data only.
//! - Results of operations are linked to their operands until they are rerandomized ([`EncryptionKey::rerandomize`]).
//! - A public key from elsewhere is as good as its maker, unless it comes with a proof ([`ProvenPublicKey`]).
//! - Quantum computers read all of it, also what is stored today.
//!
//! # Timing
//! Encryption, decryption and loading of keys take the same time for every key, message and randomness of a size; the
//! search for new primes does not. What is public (weights that a function ending in `_vartime` takes, foreign public keys
//! and ciphertexts being decoded) may show.
//!
//! # Example
//! ```
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let mut rng = rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::paillier::{EncryptionKey, Keypair, Params, ParamsSpec, Plaintext};
//!
//! let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
//! let (public_key, secret_key) = Keypair::generate(params, &mut rng)?.into_parts();
//! let a = public_key.encrypt(&Plaintext::from_i128(120, &public_key), &mut rng)?;
//! let b = public_key.encrypt(&Plaintext::from_i128(-7, &public_key), &mut rng)?;
//! let c = public_key.dot_vartime(&[&a, &b], &[2, 3])?;
//! assert_eq!(secret_key.decrypt(&c)?.to_i128(&public_key)?.into_option(), Some(219));
//! # Ok(())
//! # }
//! ```
mod array;
mod batch;
mod check_primes;
mod ciphertext;
mod decrypt;
mod encoding;
mod encrypt;
mod evaluate;
mod factor;
mod format;
mod generate;
mod interchange;
mod jwk;
mod keys;
mod packed;
mod params;
mod plain;
mod plaintext;
mod pool;
mod proofs;
mod proven;
mod randomizer;
mod signed;
mod submission;
pub mod threshold;
mod totient;
mod validate;
mod wire;

use crate::{fixed_point as encoder, magnitude, unlinked};

pub use crate::magnitude::Magnitude;
pub use crate::shape::Pick;
pub use crate::unlinked::Unlinked;
pub use array::{EncryptedArray, ProvenProductArray};
pub use ciphertext::Ciphertext;
pub use encrypt::EncryptionKey;
pub use evaluate::MAX_WEIGHT_BITS;
pub use keys::{KeyId, Keypair, PublicKey, SecretKey};
pub use packed::PackedArray;
pub use params::{Params, ParamsSpec};
pub use plain::PlainArray;
pub use plaintext::Plaintext;
pub use pool::RandomizerPool;
pub use proofs::equality::EqualityProof;
pub use proofs::product::{ProductProof, ProvenProduct};
pub use proofs::range::Range;
pub use proven::{ProvenPublicKey, UnprovenPublicKey};
pub use randomizer::Randomizer;
pub use submission::Submission;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
