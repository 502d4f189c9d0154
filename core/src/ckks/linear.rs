//! Linear algebra on encrypted vectors and matrices.
//!
//! A matrix is the sum of its diagonals, and a diagonal times a vector is a product slot by slot with the vector rotated.
//! [`Diagonals`] says what a matrix does to the slots, [`LinearTransform`] does it to ciphertexts. [`MatrixProduct`]
//! multiplies two matrices that are both encrypted.
//!
//! # Source
//! Halevi, Shoup, "Algorithms in HElib", ePrint 2014/106, §4.3 (diagonals), and "Faster Homomorphic Linear
//! Transformations in HElib", ePrint 2018/244 (baby steps and giant steps, hoisting).
mod diagonals;
mod matrix_product;
mod split;
#[cfg(test)]
mod tests;
mod transform;

pub use diagonals::Diagonals;
pub use matrix_product::{MatrixProduct, pack_matrix};
pub use transform::LinearTransform;
