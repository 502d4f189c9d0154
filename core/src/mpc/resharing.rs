//! New shares of the same secret: a refresh, or another threshold, or other holders, without anybody seeing the secret.
//!
//! At least `threshold` of the old holders, the dealers, each share their share among the new holders, the receivers, with
//! a polynomial of the new degree. What a receiver gets, weighted and added up, is a share of the old secret on a new
//! polynomial. Old and new shares do not go together, so what was stolen before is worth nothing after.
//!
//! | round | who | what |
//! |---|---|---|
//! | 1 | each dealer to all, signed | commitment to its polynomial; for each receiver the value at its index, sealed to it |
//! | 2 | each receiver to all, signed | a hash of everything heard and of the new commitment |
//!
//! A dealer who shares something other than its old share is found by the old commitment, and one who sends a
//! receiver a wrong value by its own commitment; both are named.
//!
//! # Security
//! Fewer than the old threshold of dealers, together with fewer than the new threshold of receivers, learn nothing
//! about the secret. Keep the old share until [`Dealer::finish`] or [`Confirming::finish`] has returned: only then do all
//! receivers hold shares of one and the same new commitment. After that destroy it; forgetting is what a
//! refresh is for. If the run ends with an error at anyone, everybody keeps the old shares and starts anew, without those that
//! were named and in a new session.
//!
//! # Source
//! \[DJ97\] Y. Desmedt, S. Jajodia, "Redistributing secret shares to new access structures and its applications", 1997;
//! \[WWW02\] T. Wong, C. Wang, J. Wing, "Verifiable secret redistribution for archive systems", 2002, with the dealers fixed
//! beforehand and the confirmation that \[WWW02\] asks for, signed.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{PartyId, mpc::{IdentityKey, Outbox, resharing::*, secure_sum::SessionId}};
//! use veilkit::shamir::{pedersen, sealed::CustodianKey};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! # fn carry(sent: Vec<(PartyId, Outbox)>) -> Vec<(PartyId, Vec<u8>)> {
//! #     sent.into_iter().map(|(from, out)| (from, out.into_messages().remove(0).bytes)).collect()
//! # }
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
//! // Round 1, at the dealers.
//! let (_waiting, from_ada) = Dealer::start(&plan, &old[0], &ada, &mut rng)?;
//! let (_waiting, from_bob) = Dealer::start(&plan, &old[1], &bob, &mut rng)?;
//! let deals = carry(vec![(old[0].index(), from_ada), (old[1].index(), from_bob)]);
//! // Round 2, at the receivers; then everybody hears that all have the same.
//! let (mut waiting, mut sent) = (Vec::new(), Vec::new());
//! for (index, (id, key)) in (1..).zip(&keys) {
//!     let index = PartyId::new(index)?;
//!     let (confirming, out) = Receiver::start(&plan, index, id, key)?.receive(&deals)?;
//!     waiting.push(confirming);
//!     sent.push((index, out));
//! }
//! let confirmations = carry(sent);
//! let new: Vec<_> = waiting.into_iter().map(|w| w.finish(&confirmations)).collect::<Result<_, _>>()?;
//! let shares: Vec<_> = new.iter().map(|(_, share)| share.clone()).collect();
//! assert_eq!(*pedersen::combine(&new[0].0, &shares)?, b"1234");
//! # Ok::<(), veilkit::Error>(())
//! ```
mod dealer;
mod plan;
mod receiver;

pub use dealer::Dealer;
pub use plan::{Plan, PlanSpec};
pub(super) use receiver::fits;
pub use receiver::{Confirming, Receiver};

/// The number of the dealers' round.
const DEAL: u8 = 1;
/// The number of the receivers' round.
const CONFIRM: u8 = 2;

#[cfg(test)]
mod tests;
