//! New shares of the same secret: a refresh, or another threshold, or other holders, without anybody seeing the secret.
//!
//! At least `threshold` of the old holders, the dealers, each share their share among the new holders, the receivers, with
//! a polynomial of the new degree. What a receiver gets, weighted and added up, is a share of the old secret on a new
//! polynomial. Old and new shares do not go together, so what was stolen before is worth nothing after.
//!
//! | round | who | what |
//! |---|---|---|
//! | 1 deal | each dealer | commitment to its polynomial; for each receiver the value at its index, sealed to it |
//! | 2 confirm | each receiver | signed hashes of everything heard; whose value is wrong |
//! | 3 answer | each accused dealer | only if somebody complained: what it sealed, opened |
//!
//! All messages are signed and for everybody. A dealer who shares something other than its old share is named at once, by
//! the old commitment; one that deals differently to different parties in round 2, by its two signatures; one that
//! sends a receiver a wrong value in round 3, by its own commitment; so is a receiver who complains without cause. A run
//! with a complaint ends without new shares: start again without the named.
//!
//! # Security
//! Fewer than the old threshold of dealers, together with fewer than the new threshold of receivers, learn nothing
//! about the secret. An answer makes public only a value that its receiver did not get, or knows and lies about.
//!
//! Keep the old share until every receiver has said, outside of the run, that its session gave a share: a message of the
//! last round may reach some and not others. After that destroy it; forgetting is what a refresh is for. If the run ends
//! with an error at anyone, everybody keeps the old shares and starts anew, without those that were named and in a new
//! session.
//!
//! # Source
//! \[DJ97\] Y. Desmedt, S. Jajodia, "Redistributing secret shares to new access structures and its applications", 1997;
//! \[WWW02\] T. Wong, C. Wang, J. Wing, "Verifiable secret redistribution for archive systems", 2002, with the dealers fixed
//! beforehand and the confirmation that \[WWW02\] asks for, signed.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{mpc::{IdentityKey, resharing::{Plan, PlanSpec}, secure_sum::SessionId, testing}};
//! use veilkit::shamir::{pedersen, sealed::CustodianKey};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let (commitment, old) = pedersen::split(b"1234", 2, 3, &mut rng)?;
//! let [ada, bob] = [0, 1].map(|_| IdentityKey::generate(&mut rng)); // holders of shares 1 and 2
//! let keys = [0, 1, 2].map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng)));
//! let plan: Plan<pedersen::Share> = Plan::new(PlanSpec {
//!     session: SessionId::random(&mut rng),
//!     commitment,
//!     dealers: vec![(old[0].index(), ada.identity()), (old[1].index(), bob.identity())],
//!     threshold: 3,
//!     receivers: keys.iter().map(|(id, key)| Ok((id.identity(), key.custodian("new")?))).collect::<Result<_, _>>()?,
//! })?;
//! // All parties in one process; in earnest each drives its own session, see `Session`.
//! let dealers = [(&old[0], &ada), (&old[1], &bob)];
//! let (commitment, shares) = testing::reshare(&plan, &dealers, &keys, &mut rng)?;
//! assert_eq!(*pedersen::combine(&commitment, &shares)?, b"1234");
//! # Ok::<(), veilkit::Error>(())
//! ```
mod confirming;
mod dealer;
mod deals;
mod plan;
mod receiver;
mod session;

pub use plan::{Plan, PlanSpec, Role};
pub use session::{Output, Round, Session};

/// The number of the dealers' round.
const DEAL: u8 = 1;
/// The number of the receivers' round.
const CONFIRM: u8 = 2;
/// The number of the round of the answers.
const ANSWER: u8 = 3;

#[cfg(test)]
mod tests;
