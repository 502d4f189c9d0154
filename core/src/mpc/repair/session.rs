//! The rounds behind one `step`, for helpers and the owner.
use core::fmt;

use rand_core::CryptoRng;

use super::{
    helper::Helper,
    owner::Owner,
    plan::Plan,
    receipt::Closing,
    sums::{Next, Summing},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::IdentityKey,
        outbox::{Outbox, Step},
        share_message::Dispute,
    },
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey},
};

/// A round, by the message that it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Round {
    /// The helpers cut their shares into pieces.
    Pieces,
    /// The helpers say what they heard, and whose piece is wrong or what the sum of their pieces is.
    Sums,
    /// The owner says that it has its share, or whose sum is wrong.
    Receipt,
    /// Those that were accused open what they sealed. Only if somebody complained.
    Answer,
}

/// What a repair gives.
pub struct Output<S: Verifiable> {
    /// The share that was lost; `None` for a helper, who learns that the owner has it.
    pub share: Option<S>,
}

/// One party's side of one repair, as a helper or as the owner of the lost share.
///
/// A session is used once: it cannot be copied or saved, and after its output or an error it is over.
pub struct Session<S: Verifiable>(State<S>);

enum State<S: Verifiable> {
    Helping(Box<Helper<S>>),
    Owning(Box<Owner<S>>),
    Summing(Box<Summing<S>>),
    Closing(Box<Closing<S>>),
    Disputing(Box<Dispute>),
    Over,
}

impl<S: Verifiable> Session<S> {
    /// Enters a plan as a helper. The step holds the pieces, for everybody.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's helpers; `ParamsMismatch` for keys that are not the
    /// plan's; `VerificationFailed` if the share does not fit the plan's commitment.
    /// # Timing
    /// Constant in the share and the keys.
    /// # Security
    /// Make sure that the owner in the plan is who lost the share: it gets it.
    pub fn help(
        plan: &Plan<S>,
        share: &S,
        identity: &IdentityKey,
        key: &CustodianKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Step<Output<S>>)> {
        let (helper, outbox) = Helper::start(plan, share, identity, key, rng)?;
        Ok((Self(State::Helping(Box::new(helper))), Step::sending(outbox)))
    }

    /// Enters a plan as the owner of the lost share. There is nothing to send yet.
    ///
    /// # Errors
    /// `ParamsMismatch` for keys that are not the plan's.
    pub fn own(
        plan: &Plan<S>,
        identity: &IdentityKey,
        key: &CustodianKey,
    ) -> Result<(Self, Step<Output<S>>)> {
        let owner = Owner::start(plan, identity, key)?;
        Ok((Self(State::Owning(Box::new(owner))), Step::sending(Outbox::empty())))
    }

    /// Takes one message from each other party that sends in this round, each with the number that the transport says it is
    /// from, and moves on to the next round. All messages are for everybody.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`. `MissingMessage`, `DuplicateParty`,
    /// `UnknownParty`; those of decoding; `ParamsMismatch` for a message of another plan or round; `VerificationFailed`,
    /// naming each helper whose pieces do not add up, that said two things, or sealed a wrong piece or sum, and who
    /// accuses without cause; or naming nobody when the transport could have done it.
    /// # Timing
    /// Constant in the values and keys; varies with who complains.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Output<S>>> {
        let next = match core::mem::replace(&mut self.0, State::Over) {
            State::Helping(round) => {
                let (next, outbox) = round.receive(incoming)?;
                self.0 = State::Summing(Box::new(next));
                return Ok(Step::sending(outbox));
            }
            State::Owning(round) => {
                self.0 = State::Summing(Box::new(round.receive(incoming)?));
                return Ok(Step::sending(Outbox::empty()));
            }
            State::Summing(round) => round.receive(incoming)?,
            State::Closing(round) => round.receive(incoming)?,
            State::Disputing(dispute) => return Err(dispute.judge(incoming)),
            State::Over => return Err(Error::new(ErrorKind::SessionPoisoned, "session: it is over")),
        };
        let (state, step) = match next {
            Next::Closing(closing, outbox) => (State::Closing(closing), Step::sending(outbox)),
            Next::Disputed(dispute, outbox) => (State::Disputing(dispute), Step::sending(outbox)),
            Next::Done(output, outbox) => (State::Over, Step::done(outbox, output)),
        };
        self.0 = state;
        Ok(step)
    }

    /// The round whose messages the session waits for; `None` when it is over.
    pub fn round(&self) -> Option<Round> {
        match &self.0 {
            State::Helping(_) | State::Owning(_) => Some(Round::Pieces),
            State::Summing(_) => Some(Round::Sums),
            State::Closing(_) => Some(Round::Receipt),
            State::Disputing(_) => Some(Round::Answer),
            State::Over => None,
        }
    }
}

impl<S: Verifiable> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("repair::Session").field("round", &self.round()).finish_non_exhaustive()
    }
}

impl<S: Verifiable> fmt::Debug for Output<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("repair::Output").field("has_share", &self.share.is_some()).finish_non_exhaustive()
    }
}
