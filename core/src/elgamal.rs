//! ElGamal encryption, in two forms that never mix: [`additive`], whose plaintexts are added, and [`multiplicative`],
//! whose plaintexts are multiplied.
//!
//! A ciphertext of one form is no ciphertext of the other, so a product is never read as a sum.
//!
//! # Security
//! Both hide plaintexts from whoever lacks the secret key, against chosen plaintexts (IND-CPA), under the decisional
//! Diffie-Hellman assumption in their group; neither withstands a quantum computer. Like every homomorphic scheme they can
//! be changed by anybody: what is decrypted must come from those whom one trusts to compute, or carry a
//! proof. For files and messages they are the wrong tool.
pub mod additive;
pub mod multiplicative;
