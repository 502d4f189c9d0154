//! Multi-party protocols as state machines: messages in, messages out, perhaps an output. No sockets, no clock.
//!
//! A protocol is a set of typed rounds, each consumed by its own step, behind one `Session` whose `step` takes
//! everything that arrived in a round. Whoever carries the messages decides when a round is over; a party that
//! was not heard from by then has left. [`secure_sum`] adds up, and [`statistics`] turns its sums into means, variances and
//! histograms. [`dkg`] makes keys that parties share and [`threshold_decrypt`] decrypts under them. [`resharing`] and
//! [`repair`] look after the shares of a secret. [`testing`] runs all parties of any of them in one process.
//!
//! Computations have too many rounds to be a type each. They are straight-line `async` code over a [`session`]'s channel: [`arithmetic`]
//! is what every protocol can do with shared matrices, [`shamir_box`] and [`replicated`] are protocols, [`functions`] is written over any of
//! them, and [`study`] is joint statistics with a signed plan.
//!
//! # Security
//! Nothing single-use can be used twice. A [`session::Session`] that was restarted repeats what its journal holds, byte for byte, or stops.
//! A session of the protocols of typed rounds is taken by no copy and has no bytes: it cannot be cloned, encoded or taken up again, so a backup that is restored has nothing to say a second time. What it drew (polynomials, masks, keys of the
//! run) is used by value and wiped with it. A party that crashed starts a new session under a new session number; if it starts
//! again under the old one, its two signatures contradict each other, and it is named.
//!
//! # Errors
//! Every error ends the session, without a word to the other parties. What culprits mean depends on the kind:
//! - `VerificationFailed` names only parties whose own signature, or a channel that nobody else can write to,
//!   proves that they cheated. Damage that the transport could have done names nobody.
//! - `MissingMessage`, `DuplicateParty` and `UnknownParty` name the party number concerned. The cause may be the
//!   transport, so this proves nothing.
pub mod arithmetic;
pub mod dkg;
pub mod functions;
pub mod identity;
pub mod inbox;
mod members;
pub mod outbox;
pub mod repair;
pub mod replicated;
pub mod resharing;
pub mod secure_sum;
pub mod session;
mod session_id;
pub mod shamir_box;
pub mod share_message;
pub mod statistics;
pub mod study;
pub mod testing;
pub mod threshold_decrypt;

pub use identity::{Identity, IdentityKey, Signature};
pub use inbox::Inbox;
pub use outbox::{Destination, Outbox, Outgoing, Step};
pub use session_id::SessionId;
