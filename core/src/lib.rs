//! Compute on data that nobody may see: one constant-time core for Paillier encryption, secret sharing
//! and multi-party protocols.
//!
//! The crate does no input or output, reads no clock, and takes every random number from a generator that
//! the caller hands in. Secret values never decide a branch, an index, a loop bound or a division, except in
//! functions whose name ends in `_vartime`.
#![deny(unsafe_code)]

pub mod error;
pub mod party;
pub mod secret;

pub mod codec;
pub mod progress;
pub mod shape;
pub mod transcript;

pub(crate) mod fixed_point;
pub mod magnitude;
pub mod unlinked;

pub mod bigint;
pub mod field;
pub mod group;
pub mod ring;

pub mod ckks;
pub mod elgamal;
pub mod mpc;
pub mod paillier;
pub mod shamir;

pub use error::{Error, ErrorKind, Result};
pub use party::PartyId;
pub use secret::Secret;
