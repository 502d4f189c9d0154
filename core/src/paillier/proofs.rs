//! Zero-knowledge proofs, one file each, made non-interactive with challenges from a transcript (Fiat and Shamir,
//! CRYPTO '86, in the random oracle model).
//!
//! Every challenge is the hash of the whole statement, of every commitment, and of the caller's context where there is
//! one: a proof for one statement, key or context is none for another.
pub(super) mod bits;
pub(super) mod equality;
pub(super) mod modulus;
pub(super) mod powers;
pub(super) mod product;
pub(super) mod range;
