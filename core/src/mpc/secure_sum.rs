//! The sum of everybody's vector, without a trusted aggregator: every party computes it, and a relay that
//! carries the messages sees ciphertext only.
//!
//! \[BIK17\] Bonawitz et al., *Practical Secure Aggregation for Privacy-Preserving Machine Learning*, CCS 2017,
//! ePrint 2017/281: double masking. Each pair of parties agrees on a mask that one adds and the other subtracts;
//! each party adds a mask of its own. The seeds of both are shared among all, so that the sum can be unmasked
//! whoever leaves on the way: for a party whose input arrived the own mask is opened, for one that left the
//! pairwise ones, and never both.
//!
//! # Rounds
//! | round | who to whom | what |
//! |---|---|---|
//! | 1 | broadcast, signed | two fresh X25519 keys; digests of all shares to come |
//! | 2 | each to each, sealed | shares of the sender's mask key and self mask; what round 1 brought |
//! | 3 | broadcast, sealed, signed | the masked input |
//! | 4 | broadcast, sealed, signed | who is still there, and a digest of each masked input received |
//! | 5 | broadcast, sealed, signed | for each party one share, of its self mask or of its mask key |
//!
//! # Security
//! [`Plan::explain`] says what is revealed and against whom a given plan protects, with its numbers. In short:
//! privacy against the relay and `threshold - 1` parties that follow the protocol, and against an altering relay
//! with up to `2 * threshold - parties - 1` altered parties; the output is right or absent as long as the inputs
//! are in range; nobody checks whether inputs are true or in range.
//!
//! # Example
//! ```
//! use rand_core::SeedableRng;
//! use veilkit::{
//!     PartyId,
//!     mpc::{IdentityKey, secure_sum::{Input, Plan, PlanSpec, SessionId}, testing},
//! };
//! # fn main() -> veilkit::Result<()> {
//! # // A real program draws from the operating system.
//! # let mut rng = rand_chacha::ChaCha20Rng::from_seed([1; 32]);
//! let keys: Vec<_> = (0..3).map(|_| IdentityKey::generate(&mut rng)).collect();
//! let parties = keys.iter().zip(1..).map(|(key, n)| Ok((PartyId::new(n)?, key.identity())));
//! let plan = Plan::new(PlanSpec {
//!     session: SessionId::random(&mut rng),
//!     parties: parties.collect::<veilkit::Result<_>>()?,
//!     threshold: 2,
//!     min_survivors: 3,
//!     length: 2,
//!     fraction_bits: 16,
//!     max_abs: 1e6,
//!     purpose: "mean blood pressure".into(),
//! })?;
//! println!("{}", plan.explain());
//! let inputs = [[120.5, 1.0], [131.0, 1.0], [118.25, 1.0]].map(|x| Input::reals(&plan, &x));
//! let outputs = testing::run(&plan, &keys, inputs.into_iter().collect::<veilkit::Result<_>>()?, &mut rng)?;
//! assert_eq!(outputs[0].values(), [369.75, 3.0]);
//! # Ok(())
//! # }
//! ```
mod advertise_keys;
#[cfg(test)]
mod cheats;
mod consistency;
mod context;
mod fixed_point;
mod input;
mod masked_input;
mod masks;
mod messages;
mod output;
mod party_set;
mod plan;
mod seal;
mod session;
mod share_secrets;
mod shares;
mod unmask;

pub use input::Input;
pub use messages::{Message, Round};
pub use output::SumOutput;
pub use plan::{MAX_LENGTH, MAX_PARTIES, MAX_PURPOSE_LEN, Plan, PlanSpec};
pub use session::{Session, Step};

pub use super::session_id::SessionId;
