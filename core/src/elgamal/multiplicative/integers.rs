//! Positive integers under ElGamal in the quadratic residues of the RFC 7919 groups: products and ratios.
//!
//! An integer m is encoded as `m^2 mod p`, which is a quadratic residue. While the square of a product is below p it is an
//! ordinary square number, so the decoded integer is its root; a ratio comes back as the fraction in lowest terms. How large
//! numerator and denominator may have become is public and followed: an operation whose result might not decode fails
//! with `HeadroomExhausted` before it computes anything.
//!
//! | group | security | room: bits of the numerator and the denominator together |
//! |---|---|---|
//! | `Ffdhe2048` | 112 bits, not for data that must stay secret beyond 2030 | 1022 |
//! | `Ffdhe3072` | 125 bits, the default | 1534 |
//! | `Ffdhe4096` | 150 bits | 2046 |
//!
//! Zero has no encoding: a product with zero in it would be seen by everybody.
//!
//! ```
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::elgamal::multiplicative::integers::{Group, Keypair};
//!
//! let (public, secret) = Keypair::generate(Group::Ffdhe2048, rng)?.into_parts();
//! // Risk factors in thousandths, each below 2^16.
//! let smoker = public.encrypt(1800, 16, rng)?;
//! let exercise = public.encrypt(750, 16, rng)?;
//! let risk = public.mul(&smoker, &exercise)?;
//! assert_eq!(secret.decrypt(&risk)?.to_u128(), Some(1_350_000));
//! let ratio = secret.decrypt_ratio_vartime(&public.div(&smoker, &exercise)?)?;
//! assert_eq!((ratio.0.to_u128(), ratio.1.to_u128()), (Some(12), Some(5)));
//! # Ok(())
//! # }
//! ```
//!
//! # Security
//! IND-CPA under the decisional Diffie-Hellman assumption in the group, with exponents as short as RFC 7919, section 5.2, allows.
//! # Source
//! T. ElGamal, CRYPTO 1984; D. Gillmor, RFC 7919.
mod ciphertext;
mod encoding;
mod group;
mod integer;
mod keys;
mod primes;

pub use ciphertext::Ciphertext;
pub use group::Group;
pub use integer::Integer;
pub use keys::{KeyId, Keypair, PublicKey, SecretKey};

#[cfg(test)]
mod tests;
