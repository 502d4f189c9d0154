//! The five rounds behind one `step`.
use core::fmt;

use rand_core::CryptoRng;

use super::key::KeyShare;
use super::messages::Round;
use super::rounds::{Committed, Complaining, Confirming, Opened, Sharing};
use super::setup::Setup;
use crate::error::{Error, ErrorKind, Result};
use crate::mpc::identity::IdentityKey;
use crate::mpc::outbox::{Outbox, Outgoing};
use crate::party::PartyId;

/// What a step gives: messages to send, and in the end the key.
#[derive(Debug)]
pub struct Step {
    /// To be sent before the next round can be over.
    pub outgoing: Vec<Outgoing>,
    /// The share of the key, after the last round.
    pub output: Option<KeyShare>,
}

/// One party's side of one key generation.
///
/// A session is used once: it cannot be copied or saved, and after its output or an error it is over.
pub struct Session(State);

enum State {
    Committed(Box<Committed>),
    Opened(Box<Opened>),
    Sharing(Box<Sharing>),
    Complaining(Box<Complaining>),
    Confirming(Box<Confirming>),
    Over,
}

impl Session {
    /// Enters a set-up. The step that comes with the session holds round 1's message.
    ///
    /// # Errors
    /// `UnknownParty` if `me` is not in the set-up; `ParamsMismatch` if the identity is not the one there.
    /// # Timing
    /// Constant in every secret; varies with the set-up.
    pub fn start(
        setup: &Setup,
        me: PartyId,
        identity: &IdentityKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Step)> {
        let (round, outbox) = Committed::start(setup.clone(), me, identity.clone(), rng)?;
        Ok((Self(State::Committed(Box::new(round))), sending(outbox)))
    }

    /// Takes one message from each other party, each with the party that the transport says it is from, and moves on to
    /// the next round.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`. `InvalidEncoding`, `TrailingBytes`,
    /// `UnsupportedVersion` for damaged messages; `ParamsMismatch` for those of another run, round or receiver;
    /// `UnknownParty`, `DuplicateParty`, `MissingMessage`; `VerificationFailed`, which with culprits proves that they cheated.
    /// # Timing
    /// Constant in every secret; varies with the set-up and with who complains.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step> {
        let (state, step) = match core::mem::replace(&mut self.0, State::Over) {
            State::Committed(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Opened(Box::new(next)), sending(outbox))
            }
            State::Opened(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Sharing(Box::new(next)), sending(outbox))
            }
            State::Sharing(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Complaining(Box::new(next)), sending(outbox))
            }
            State::Complaining(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Confirming(Box::new(next)), sending(outbox))
            }
            State::Confirming(round) => {
                let output = Some(round.receive(incoming)?);
                (State::Over, Step { outgoing: Vec::new(), output })
            }
            State::Over => return Err(Error::new(ErrorKind::SessionPoisoned, "session: it is over")),
        };
        self.0 = state;
        Ok(step)
    }

    /// The round whose messages the session waits for; `None` when it is over.
    pub fn round(&self) -> Option<Round> {
        match &self.0 {
            State::Committed(_) => Some(Round::Commit),
            State::Opened(_) => Some(Round::Open),
            State::Sharing(_) => Some(Round::Share),
            State::Complaining(_) => Some(Round::Complain),
            State::Confirming(_) => Some(Round::Confirm),
            State::Over => None,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("dkg::Session").field("round", &self.round()).finish_non_exhaustive()
    }
}

fn sending(outbox: Outbox) -> Step {
    Step { outgoing: outbox.into_messages(), output: None }
}
