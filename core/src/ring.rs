//! Polynomials modulo `X^N + 1` with residues modulo word-size primes: what lattice schemes compute with.
//!
//! A prime `q = 1 mod 2N` has a primitive 2N-th root of unity, so a polynomial is determined by its values at the N
//! primitive roots, where products are taken value by value. [`Prime`] goes there and back, and computes with rows of
//! residues.
//!
//! Kernels come in several [backends](Backend); the fastest that a machine runs is chosen once.
mod backend;
mod modulus;
mod prime;
mod primes;
mod transform;

pub use backend::Backend;
pub use modulus::Modulus;
pub use prime::Prime;
pub use primes::{is_prime_vartime, largest_primes};
pub use transform::Transform;

/// The smallest polynomials have `2^MIN_LOG_DEGREE` coefficients.
pub const MIN_LOG_DEGREE: u32 = 10;
/// The largest polynomials have `2^MAX_LOG_DEGREE` coefficients.
pub const MAX_LOG_DEGREE: u32 = 16;
