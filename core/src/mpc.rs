//! Multi-party protocols as state machines: messages in, messages out, perhaps an output. No sockets, no clock.
//!
//! A protocol is a set of typed rounds, each consumed by its own step, behind one `Session` whose `step` takes
//! everything that arrived in a round. Whoever carries the messages decides when a round is over; a party that
//! was not heard from by then has left. [`secure_sum`] is the first protocol;
//! [`statistics`] turns its sums into means, variances and histograms. [`resharing`] and [`repair`] look after
//! the shares of a secret: their rounds are used one by one.
//!
//! # Errors
//! Every error ends the session, without a word to the other parties. What culprits mean depends on the kind:
//! - `VerificationFailed` names only parties whose own signature, or a channel that nobody else can write to,
//!   proves that they cheated. Damage that the transport could have done names nobody.
//! - `MissingMessage`, `DuplicateParty` and `UnknownParty` name the party number concerned. The cause may be the
//!   transport, so this proves nothing.
pub mod dkg;
pub mod identity;
pub mod inbox;
mod members;
pub mod outbox;
pub mod repair;
pub mod resharing;
pub mod secure_sum;
pub mod share_message;
pub mod statistics;
pub mod testing;
pub mod threshold_decrypt;

pub use identity::{Identity, IdentityKey, Signature};
pub use inbox::Inbox;
pub use outbox::{Destination, Outbox, Outgoing, Step};
