//! Approximate arithmetic on encrypted vectors of real or complex numbers (CKKS).
//!
//! CKKS17: Cheon, Kim, Kim, Song, "Homomorphic encryption for arithmetic of approximate numbers", ASIACRYPT 2017.
mod bounds;
mod chain;
mod describe;
mod encoder;
mod params;
mod security;

pub use bounds::{Bounds, FAILURE_BITS, Law, Noise};
pub use describe::Description;
pub use encoder::{Complex, Encoder, Recombination};
pub use params::Params;
pub use security::Security;
