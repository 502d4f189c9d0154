//! Additive ElGamal over ristretto255: integers and fixed-point numbers that others can add and weight unread.
//!
//! The plaintext stands in the exponent, so decryption ends in a bounded search ([`DiscreteLog`]): results up to 2^32 by
//! default and up to 2^40 at most, negative ones too. Bounds are public and follow every operation on arrays, so that a
//! result beyond the search is refused before it is computed.
//!
//! ```
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::elgamal::additive::{EncryptedArray, Keypair, Params, PlainArray};
//! use veilkit::shape::Shape;
//!
//! let params = Params::default();
//! let (public, secret) = Keypair::generate(params, rng)?.into_parts();
//!
//! // Two hospitals count cases in three age groups; everybody may know that no count is above 10,000.
//! let row = Shape::new(&[3])?;
//! let count = |cases: &[i64]| PlainArray::integers_within(&params, &row, cases, 10_000);
//! let a = EncryptedArray::encrypt(&public, &count(&[120, 31, 8])?, rng, &mut ())?;
//! let b = EncryptedArray::encrypt(&public, &count(&[95, 40, 0])?, rng, &mut ())?;
//!
//! // Somebody else adds them up, unread.
//! let total = a.add(&b, &mut ())?.to_bytes_for_sending(rng, &mut ())?;
//!
//! let received = EncryptedArray::from_bytes(&total, &public)?;
//! assert_eq!(*received.decrypt_integers(&secret, &mut ())?, [215, 71, 8]);
//! # Ok(())
//! # }
//! ```
//!
//! # Security
//! IND-CPA under the decisional Diffie-Hellman assumption in ristretto255; see [`elgamal`](super).
//! # Source
//! T. ElGamal, CRYPTO 1984; with the plaintext in the exponent: R. Cramer, R. Gennaro, B. Schoenmakers, EUROCRYPT 1997.
mod array;
mod ciphertext;
mod discrete_log;
mod keys;
mod params;
mod plain;
pub mod proofs;

pub use array::{EncryptedArray, Opening};
pub use ciphertext::{Ciphertext, Randomizer};
pub use discrete_log::DiscreteLog;
pub use keys::{KeyId, Keypair, PublicKey, SecretKey};
pub use params::{Params, ParamsSpec};
pub use plain::PlainArray;

#[cfg(test)]
mod testing;
