//! Proofs about ciphertexts: that a submitted value is what it should be, that a result was computed or decrypted as agreed.
//!
//! Every proof is a sigma protocol made non-interactive by Fiat-Shamir. Its challenge binds the kind of proof, the whole
//! statement with every base, key and ciphertext, and a [`Context`]: the session and the party that proves. So a
//! proof holds for its statement, in its session, by its party, and nowhere else; who copies another party's ballot with
//! its proof is found out.
//!
//! | proof | says |
//! |---|---|
//! | [`prove_plaintext`] | the prover knows what is encrypted |
//! | [`prove_value`] | the ciphertext holds this public integer, such as zero |
//! | [`prove_equal_logarithms`] | two points are the same multiple of two bases |
//! | [`prove_equal_plaintexts`] | two ciphertexts, perhaps under different keys, hold the same |
//! | [`prove_decryption`] | this is what the ciphertext holds, by the holder of the secret key |
//! | [`hand_over`] | a ciphertext under another key holds the same, by the holder of the first secret key |
//! | [`prove_linear`] | a ciphertext is the agreed linear function of others, rerandomized |
//! | [`BitProof`] | the ciphertext holds 0 or 1 |
//! | [`RangeProof`] | the ciphertext holds an integer from a public low end to a public high one |
//! | [`Ballot`] | a list of ciphertexts holds a single 1 among zeros |
//!
//! [`Batch`] checks many at once, in a fraction of the time.
//!
//! # Security
//! Sound and zero-knowledge in the random oracle model, under the discrete logarithm assumption in ristretto255; 252-bit
//! challenges, so one run is enough. The context must be unique to one use: a session id that comes twice lets proofs be replayed.
//! # Source
//! C. Schnorr, J. Cryptology 4, 1991; D. Chaum, T. Pedersen, CRYPTO 1992; R. Cramer, I. Damgard, B. Schoenmakers, CRYPTO 1994;
//! linear relations in general: U. Maurer, AFRICACRYPT 2009. Strong Fiat-Shamir: D. Bernhard, O. Pereira, B. Warinschi,
//! ASIACRYPT 2012.
mod ballot;
mod bit;
mod context;
mod equations;
mod linear;
mod range;
mod relation;

pub use ballot::Ballot;
pub use bit::BitProof;
pub use context::Context;
pub use equations::{Batch, Equations};
pub use linear::{
    Keyed, LinearFunction, hand_over, prove_decryption, prove_equal_logarithms, prove_equal_plaintexts,
    prove_linear, prove_plaintext, prove_value,
};
pub use linear::{
    verify_decryption, verify_equal_logarithms, verify_equal_plaintexts, verify_hand_over, verify_linear,
    verify_plaintext, verify_value,
};
pub use range::RangeProof;
pub use relation::{Claim, Proof};

#[cfg(test)]
mod tests;
