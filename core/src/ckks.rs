//! Approximate arithmetic on encrypted vectors of real or complex numbers (CKKS).
//!
//! CKKS17: Cheon, Kim, Kim, Song, "Homomorphic encryption for arithmetic of approximate numbers", ASIACRYPT 2017.
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
mod key_switch;
mod keys;
mod levels;
mod linear;
mod multiply;
mod operands;
mod params;
mod plaintext;
mod polynomial;
mod release;
mod relinearize;
mod rotate;
mod security;
mod sums;

pub use array::{EncryptedArray, Layout, PlainArray, PrivateArray, ReleasedArray};
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
