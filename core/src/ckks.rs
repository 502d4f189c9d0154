//! Approximate arithmetic on encrypted vectors of real or complex numbers (CKKS).
//!
//! A ciphertext holds up to N/2 numbers, its slots, at a scale: `c0 + c1 s = scale m + e` modulo `q_0 ... q_l`, where s is the
//! secret key, m the message and e a small error. Sums and products work slot by slot. A product has the product of the
//! scales; rescaling divides by the last modulus and brings the scale back, for one of the l levels. Results are
//! approximate, and each ciphertext knows how much: its [`Bounds`] hold for whatever was computed.
//!
//! There are three separate keys. The [`SecretKey`] decrypts and never leaves its owner; the [`PublicKey`] encrypts;
//! [`EvaluationKeys`] let others multiply and rotate. [`Params::describe`] says what parameters mean before anything is
//! generated.
//!
//! # Security
//! Ciphertexts hide numbers from whoever sees them and chooses what is encrypted (IND-CPA), if learning with errors over
//! rings is hard; parameters outside the tables of [`Security`] do not exist. Not covered:
//!
//! - Decrypted numbers tell about the secret key (Li, Micciancio, ePrint 2020/1533): what [`SecretKey::decrypt`] gives
//!   stays with the holder of the key, and what others are to see goes through `release`, which counts.
//! - Anybody can alter ciphertexts: authenticate them on their way, and decrypt only what was computed as agreed.
//! - A result tells its decryptor more of the operands than its numbers: circuits are not hidden.
//!
//! # Timing
//! Constant in keys, randomness and messages, save for floating-point operations while encoding and decoding, which may take
//! longer for some numbers (subnormal ones). What is public may show: levels, scales, bounds, ciphertexts.
//!
//! # Example
//! ```
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let mut rng = rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::ckks::{Context, EncryptionKey, EvaluationKeys, KeyRequest, Params, SecretKey};
//!
//! let context = Context::new(&Params::depth_2())?;
//! let secret_key = SecretKey::generate(&context, &mut rng);
//! let public_key = secret_key.public_key(&mut rng);
//! let request = KeyRequest::new().relinearization();
//! let evaluation_keys = EvaluationKeys::generate(&secret_key, &request, &mut rng, &mut ())?;
//!
//! // No number is above 200 in absolute value: that is public.
//! let a = public_key.encrypt_values(&[120.5, 131.0], 200.0, &mut rng)?;
//! let b = public_key.encrypt_values(&[0.5, 0.25], 1.0, &mut rng)?;
//! let product = evaluation_keys.multiply(&a, &b)?;
//! let decrypted = secret_key.decrypt(&product)?;
//! assert!((decrypted.to_real()[0] - 60.25).abs() <= decrypted.error());
//! assert!(decrypted.error() < 1e-3);
//! # Ok(())
//! # }
//! ```
//!
//! # Source
//! CKKS17: Cheon, Kim, Kim, Song, "Homomorphic encryption for arithmetic of approximate numbers", ASIACRYPT 2017. SAC18: Cheon, Han,
//! Kim, Kim, Song, "A full RNS variant of approximate homomorphic encryption", SAC 2018. KPP20: Kim, Papadimitriou, Polyakov,
//! "Approximate homomorphic encryption with reduced approximation error", ePrint 2020/1118: scales.
mod arithmetic;
mod array;
mod bounds;
mod chain;
mod ciphertext;
mod constants;
mod context;
mod decrypt;
mod describe;
mod encoder;
mod encrypt;
mod evaluation_keys;
mod format;
mod key_switch;
mod keys;
mod levels;
mod linear;
mod multiply;
mod operands;
mod params;
mod plaintext;
mod polynomial;
pub mod release;
mod relinearize;
mod rotate;
mod security;
mod sums;

pub use array::{ArrayTransform, EncryptedArray, Layout, PlainArray, PrivateArray, ReleasedArray};
pub use bounds::{Bounds, FAILURE_BITS, Law, Noise};
pub use ciphertext::{Ciphertext, Product};
pub use context::Context;
pub use decrypt::Private;
pub use describe::Description;
pub use encoder::{Complex, Encoder, Recombination};
pub use encrypt::EncryptionKey;
pub use evaluation_keys::{EvaluationKeys, KeyRequest};
pub use key_switch::KeySwitchKey;
pub use keys::{KeyId, PublicKey, SecretKey};
pub use linear::{Diagonals, LinearTransform, MatrixProduct, pack_matrix};
pub use params::Params;
pub use plaintext::{Plaintext, Slots};
pub use polynomial::{IntervalChange, MAX_DEGREE, Polynomial, PolynomialBasis, PolynomialPlan};
pub use release::{ReleaseBudget, ReleasePolicy, Released};
pub use security::Security;

#[cfg(test)]
mod tests;
