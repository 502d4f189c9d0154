//! Polynomials modulo `X^N + 1` with residues modulo word-size primes: what lattice schemes compute with.
//!
//! A prime `q = 1 mod 2N` has a primitive 2N-th root of unity, so a polynomial is determined by its values at the N
//! primitive roots, where products are taken value by value. [`Prime`] goes there and back, and computes with rows of
//! residues.
//!
//! A polynomial with residues modulo several primes is a [`Poly`], in one of two forms, and the primes are a [`Basis`].
//! [`Conversion`] and [`Division`] go between bases; [`Automorphism`] maps `X` to one of its powers; [`sample`] draws
//! polynomials from the stream of a seed, [`Xof`].
//!
//! Kernels come in several [backends](Backend); the fastest that a machine runs is chosen once.
mod automorphism;
mod backend;
mod basis;
mod buffers;
mod convert;
mod division;
mod modulus;
mod poly;
mod prime;
mod primes;
pub mod sample;
mod transform;
mod xof;

pub use automorphism::{Automorphism, rotation_element};
pub use backend::Backend;
pub use basis::Basis;
pub use convert::Conversion;
pub use division::{Division, Remainder};
pub use modulus::Modulus;
pub use poly::{Coefficients, Form, Poly, Values};
pub use prime::Prime;
pub use primes::{is_prime_vartime, largest_primes};
pub use transform::Transform;
pub use xof::Xof;

/// The smallest polynomials have `2^MIN_LOG_DEGREE` coefficients.
pub const MIN_LOG_DEGREE: u32 = 10;
/// The largest polynomials have `2^MAX_LOG_DEGREE` coefficients.
pub const MAX_LOG_DEGREE: u32 = 16;
