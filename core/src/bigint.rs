//! Constant-time modular integers of up to 8192 bits.
//!
//! A [`Modulus`] holds what Montgomery arithmetic needs and carries the operations; a [`Residue`] is an element, always
//! fully reduced. Widths are chosen at run time. Integers outside a modulus are slices of 64-bit limbs, least
//! significant limb first ([`limbs`]).
//!
//! # Timing
//! Every function is constant-time in the values of limbs, residues, exponents and the modulus itself, and varies with
//! their public sizes, unless its name ends in `_vartime` or its `# Timing` line says otherwise.
//!
//! # Example
//! ```
//! use veilkit::bigint::Modulus;
//!
//! let modulus = Modulus::new(&[101])?;
//! let base = modulus.reduce(&[7]);
//! assert_eq!(**modulus.to_limbs(&modulus.pow(&base, &[100], 7)), [1]);
//! # Ok::<(), veilkit::Error>(())
//! ```
mod backend;
mod convert;
mod divsteps;
mod fixed_base;
mod invert;
mod modulus;
mod multi_pow;
mod pow;
mod residue;
mod safe_prime;
mod square;
mod table;

pub mod limbs;
pub mod prime;
pub mod random;

pub use fixed_base::FixedBase;
pub use limbs::InverseMod2k;
pub use modulus::Modulus;
pub use residue::Residue;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
