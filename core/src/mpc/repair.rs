//! A lost share, made again by other holders without anybody seeing the secret or another's share.
//!
//! At least `threshold` holders, the helpers, each weight their share so that the sum is the lost one, cut that into
//! random pieces, one for each helper, and hand them out. Each helper sends the sum of the pieces it got to the one who lost
//! the share, the owner.
//!
//! | round | who | what |
//! |---|---|---|
//! | 1 pieces | each helper | commitments to its pieces; each piece, sealed to its helper |
//! | 2 sums | each helper | signed hashes of all it heard; the sum of its pieces, sealed to the owner, or whose piece is wrong |
//! | 3 receipt | the owner | signed hashes of all sums; that it has its share, or whose sum is wrong |
//! | 4 answer | each accused helper | only if somebody complained: what it sealed, opened |
//!
//! All messages are signed and for everybody. A helper whose pieces do not add up to its share is named at once, one that
//! tells different parties different things in the next round, one that seals a wrong piece or sum after its answer; so is
//! one who complains without cause. A run with a complaint ends without a share: start again without the named.
//!
//! # Security
//! The owner learns its share and nothing else, helpers learn nothing; also if fewer than `threshold` of all holders, the owner
//! not among them, pool what they see, as long as one helper is honest. Make sure of who asks: whoever is named as the owner in
//! the plan gets a share. An answer makes public only what its receiver did not get, or knows and lies about.
//!
//! # Source
//! \[SW18\] D. Stinson, R. Wei, "Combinatorial repairability for threshold schemes", 2018, section 1.2: the enrollment
//! protocol, made verifiable by commitments to the pieces.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{PartyId, mpc::{IdentityKey, repair::{Plan, PlanSpec}, secure_sum::SessionId, testing}};
//! use veilkit::shamir::{pedersen, sealed::CustodianKey};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let (commitment, shares) = pedersen::split(b"1234", 2, 3, &mut rng)?;
//! // Holders 1 and 3 help holder 2, who made new keys.
//! let keys: Vec<_> = (0..3).map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng))).collect();
//! let public = |at: usize| Ok::<_, veilkit::Error>((keys[at].0.identity(), keys[at].1.custodian("holder")?));
//! let helpers = [0, 2].map(|at: usize| public(at).map(|(id, key)| (shares[at].index(), id, key)));
//! let plan: Plan<pedersen::Share> = Plan::new(PlanSpec {
//!     session: SessionId::random(&mut rng),
//!     commitment,
//!     lost: PartyId::new(2)?,
//!     owner: public(1)?,
//!     helpers: helpers.into_iter().collect::<Result<_, _>>()?,
//! })?;
//! // All parties in one process; in earnest each drives its own session, see `Session`.
//! let helping = [(&shares[0], &keys[0].0, &keys[0].1), (&shares[2], &keys[2].0, &keys[2].1)];
//! let again = testing::repair(&plan, &helping, (&keys[1].0, &keys[1].1), &mut rng)?;
//! assert!(again == shares[1]);
//! # Ok::<(), veilkit::Error>(())
//! ```
mod helper;
mod owner;
mod pieces;
mod plan;
mod receipt;
mod session;
mod sums;

pub use plan::{Plan, PlanSpec};
pub use session::{Output, Round, Session};

/// The number of the round of the pieces.
const PIECES: u8 = 1;
/// The number of the round of the sums.
const SUMS: u8 = 2;
/// The number of the owner's round.
const RECEIPT: u8 = 3;
/// The number of the round of the answers.
const ANSWER: u8 = 4;

#[cfg(test)]
mod tests;
