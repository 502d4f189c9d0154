//! The five rounds behind one `step`.
use core::fmt;

use rand_core::CryptoRng;

use super::{
    advertise_keys::AdvertiseKeys, consistency::Consistency, context::Context, input::Input,
    masked_input::MaskedInput, messages::Round, output::SumOutput, plan::Plan, share_secrets::ShareSecrets,
    unmask::Unmask,
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::IdentityKey,
        outbox::{Outbox, Outgoing},
    },
    party::PartyId,
    progress::Observer,
};

/// What a step gives: messages to send, and in the end the sum.
#[derive(Debug)]
pub struct Step {
    /// To be sent before the next round can be over.
    pub outgoing: Vec<Outgoing>,
    /// The sum, after the last round; then nothing is left to send.
    pub output: Option<SumOutput>,
}

/// One party's side of one secure sum.
///
/// A session is used once: it cannot be copied or saved, and after its output or an error it is over. A party
/// that starts anew has left the run.
pub struct Session(State);

enum State {
    AdvertiseKeys(Box<AdvertiseKeys>),
    ShareSecrets(Box<ShareSecrets>),
    MaskedInput(Box<MaskedInput>),
    Consistency(Box<Consistency>),
    Unmask(Box<Unmask>),
    Over,
}

impl Session {
    /// Enters a plan with an input. The step that comes with the session holds round 1's message.
    ///
    /// # Errors
    /// `UnknownParty` if `me` is not in the plan; `ParamsMismatch` if the identity key or the input is not the
    /// plan's.
    pub fn start(
        plan: &Plan,
        me: PartyId,
        identity: &IdentityKey,
        input: Input,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Step)> {
        let (round, outbox) = AdvertiseKeys::start(plan.clone(), me, identity.clone(), input, rng)?;
        Ok((Self(State::AdvertiseKeys(Box::new(round))), sending(outbox)))
    }

    /// Takes everything that arrived in the current round, each message with the party that the transport says
    /// it is from, and moves on to the next round.
    ///
    /// Whoever is missing has left for good. In round 1 nobody may be missing, later enough must be left:
    /// `min_survivors` up to round 4 and `threshold` in round 5. Late messages of those that have left are ignored.
    ///
    /// A transport that closes a round hands the same senders to everybody; in round 2 it delivers all of a
    /// sender's messages or none. Where parties hear different things the run stops with `VerificationFailed`.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`. `InvalidEncoding`, `TrailingBytes`,
    /// `UnsupportedVersion` for damaged messages; `ParamsMismatch` for those of another session, round or receiver;
    /// `UnknownParty`, `DuplicateParty`, `MissingMessage`; `TooFewShares`; `DecryptionFailed`;
    /// `VerificationFailed`. See [`mpc`](crate::mpc) for what the culprits mean.
    /// # Timing
    /// Constant in the input, the masks and every key.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step> {
        self.step_with(incoming, &mut ())
    }

    /// As [`Session::step`], watched: for long vectors or many parties. The observer counts parties.
    ///
    /// # Errors
    /// As [`Session::step`]; `Cancelled`, which ends the session as every error does: the party has left.
    pub fn step_with(
        &mut self,
        incoming: &[(PartyId, Vec<u8>)],
        observer: &mut dyn Observer,
    ) -> Result<Step> {
        let (state, step) = match core::mem::replace(&mut self.0, State::Over) {
            State::AdvertiseKeys(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::ShareSecrets(Box::new(next)), sending(outbox))
            }
            State::ShareSecrets(round) => {
                let (next, outbox) = round.receive(incoming, observer)?;
                (State::MaskedInput(Box::new(next)), sending(outbox))
            }
            State::MaskedInput(round) => {
                let (next, outbox) = round.receive(incoming, observer)?;
                (State::Consistency(Box::new(next)), sending(outbox))
            }
            State::Consistency(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Unmask(Box::new(next)), sending(outbox))
            }
            State::Unmask(round) => {
                let output = Some(round.receive(incoming, observer)?);
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
            State::AdvertiseKeys(_) => Some(Round::AdvertiseKeys),
            State::ShareSecrets(_) => Some(Round::ShareSecrets),
            State::MaskedInput(_) => Some(Round::MaskedInput),
            State::Consistency(_) => Some(Round::Consistency),
            State::Unmask(_) => Some(Round::Unmask),
            State::Over => None,
        }
    }

    fn context(&self) -> Option<&Context> {
        match &self.0 {
            State::AdvertiseKeys(round) => Some(round.context()),
            State::ShareSecrets(round) => Some(round.context()),
            State::MaskedInput(round) => Some(round.context()),
            State::Consistency(round) => Some(round.context()),
            State::Unmask(round) => Some(round.context()),
            State::Over => None,
        }
    }

    /// The party whose side this is; `None` when the session is over.
    pub fn me(&self) -> Option<PartyId> {
        self.context().map(|context| context.me)
    }

    /// The plan; `None` when the session is over.
    pub fn plan(&self) -> Option<&Plan> {
        self.context().map(|context| &context.plan)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("me", &self.me())
            .field("round", &self.round())
            .finish_non_exhaustive()
    }
}

fn sending(outbox: Outbox) -> Step {
    Step { outgoing: outbox.into_messages(), output: None }
}
