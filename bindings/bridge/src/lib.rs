//! The one facade that every language binding calls: concrete types instead of generics, randomness from the
//! operating system, panics stopped at the boundary, one table of error codes.
//!
//! A binding adds its language's manners and nothing else. A rule that two languages need lives here.
#![deny(unsafe_code)]

pub mod ckks;
pub mod custody;
pub mod dkg;
pub mod elgamal;
pub mod error;
pub mod guard;
pub mod holders;
pub mod packed_shares;
pub mod paillier;
pub mod paillier_threshold;
pub mod random;
pub mod secure_sum;
pub mod shamir;
pub mod study;
pub mod work;

pub use veilkit::{Error, ErrorKind, PartyId, Result, codec, progress::Observer, shape};
