//! Distributed key generation: parties make an ElGamal key together, of which any `threshold` hold all and fewer nothing.
//!
//! | round | to | what |
//! |---|---|---|
//! | 1 commit | all | the hash of the commitment to a polynomial; a key for the run, with proof that it is known |
//! | 2 open | all | the commitment, with proof that the constant term is known |
//! | 3 share | each | its share, sealed |
//! | 4 complain | all | the hash of all of rounds 1 and 2; a proof for each share that does not fit |
//! | 5 confirm | all | that all heard the same, or what was heard |
//!
//! All messages are signed. One error ends the run: start again, in a new session, without those that it names.
//!
//! # Who is named
//! - A wrong opening, proof or payload names its sender to all that got it.
//! - A complaint holds the dealer's signed message and the point that opens it, with proof (\[CP92\]). Everybody judges it alike:
//!   it names the dealer whose share does not fit, or the accuser. No share is opened for answers, none is trusted.
//! - Whoever tells parties different things in rounds 1, 2 or 4 is found in round 5: then the hashes of round 4 differ, and
//!   all pass on what they heard with its signatures. Two signatures of one party convict it; so does a word that
//!   does not follow from what its author signed.
//! - Silence names the silent in `MissingMessage`, which proves nothing. Round 5 itself can be told differently: then some
//!   parties end with a share and others with the culprit's name. Use a key after all have said that they have it.
//!
//! # Security
//! `VerificationFailed` with culprits proves who cheated, and whoever carries the messages can read
//! no share and change nothing; it can only hold messages back. Up to `threshold - 1` parties may work together and
//! learn nothing about the key.
//!
//! The key's distribution: where commitments \[Fel87\] go out in the clear, as in \[Ped91b\], the last to speak sees all others and
//! biases the key by choosing its own, or by leaving when it does not like the result \[GJKR07\]. Here round 1 binds
//! every party to its polynomial before it sees another one's, by a hash with a nonce, so the sum is uniform if one party
//! is honest. A party can still see the key in round 2 and stop the run: it is named, or missing, each time, and runs again only
//! if the others let it. Whoever lets it try `k` times gives it the choice among `k` keys, which costs at most `log2 k` bits.
//! \[GJKR07\] closes this with Pedersen commitments and a reconstruction of what stopped, for parties that may not start
//! anew. Proofs of possession keep a party from committing to a term that it does not know, such as one
//! that cancels others' (rogue keys) \[KG20\].
//!
//! Nothing is used twice: a session cannot be copied, encoded or taken up again, so a restored backup has no polynomial to deal
//! from again. Use a session number once: a party that starts anew in the same run has signed two stories, and is named.
//!
//! Use [`threshold_decrypt`](super::threshold_decrypt) to decrypt under the key.
//! # Source
//! \[Ped91b\] T. Pedersen, "A threshold cryptosystem without a trusted party", EUROCRYPT 1991; \[Fel87\] P. Feldman, "A practical
//! scheme for non-interactive verifiable secret sharing", FOCS 1987; \[GJKR07\] R. Gennaro, S. Jarecki, H. Krawczyk,
//! T. Rabin, "Secure distributed key generation for discrete-log based cryptosystems", J. Cryptology 20, 2007; proof of possession:
//! \[KG20\] C. Komlo, I. Goldberg, ePrint 2020/852, Fig. 1; \[CP92\] D. Chaum, T. Pedersen, CRYPTO 1992.
mod common;
mod complaint;
mod evidence;
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
