//! Distributed key generation: parties make an ElGamal key together, of which any `threshold` hold all and fewer nothing.
//!
//! Five rounds: commit to a polynomial and publish a key for the run; open the commitment, with a proof that the constant term
//! is known; send each other party its share, sealed; complain about shares that do not fit; answer complaints by
//! opening the share. A party that does not keep to the rules is named, and the run ends: start again without it.
//!
//! Commitments are opened only when all are there, so nobody chooses a polynomial after seeing others'.
//!
//! # Security
//! Every message is signed, so `VerificationFailed` with culprits proves who cheated, and whoever carries the messages can read
//! no share and change nothing; it can only hold messages back. Each party compares the hash of all broadcasts with every
//! other party's before the key counts. Up to `threshold - 1` parties may work together and learn nothing about the key.
//! Use [`threshold_decrypt`](super::threshold_decrypt) to decrypt under the key.
//! # Source
//! \[Ped91b\] T. Pedersen, "A threshold cryptosystem without a trusted party", EUROCRYPT 1991; proof of possession and
//! commit-then-open: \[KG20\] C. Komlo, I. Goldberg, ePrint 2020/852, Fig. 1, and R. Gennaro et al., J. Cryptology 20, 2007.
mod key;
mod messages;
mod proof;
mod rounds;
mod session;
mod setup;

pub use key::{GroupKey, KeyShare};
pub use messages::{Message, Round};
pub use session::{Session, Step};
pub use setup::Setup;

#[cfg(test)]
pub(super) mod tests;
