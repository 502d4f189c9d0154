//! The rounds behind one `step`, for dealers and receivers.
use core::fmt;

use rand_core::CryptoRng;

use super::{
    confirming::{Confirming, Verdict},
    dealer::Dealer,
    plan::Plan,
    receiver::Receiver,
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
    /// The dealers share their shares.
    Deal,
    /// The receivers say what they heard, and whose value is wrong.
    Confirm,
    /// Those that were accused open what they sealed. Only if somebody complained.
    Answer,
}

/// What a resharing gives.
pub struct Output<S: Verifiable> {
    /// The commitment to the new sharing.
    pub commitment: S::Commitment,
    /// The new share; `None` for a dealer.
    pub share: Option<S>,
}

/// One party's side of one resharing, as a dealer or as a receiver; whoever is both has two sessions.
///
/// A session is used once: it cannot be copied or saved, and after its output or an error it is over.
pub struct Session<S: Verifiable>(State<S>);

enum State<S: Verifiable> {
    Dealt(Box<Dealer<S>>),
    Expecting(Box<Receiver<S>>),
    Confirming(Box<Confirming<S>>),
    Disputing(Box<Dispute>),
    Over,
}

impl<S: Verifiable> Session<S> {
    /// Enters a plan as an old holder. The step holds the deal, for everybody.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's dealers; `ParamsMismatch` for another identity key;
    /// `VerificationFailed` if the share does not fit the plan's commitment.
    /// # Timing
    /// Constant in the share.
    /// # Security
    /// The share is used, not consumed: it is needed again if the run fails. Never deal twice in one session: that looks
    /// like a cheat, and proves it.
    pub fn deal(
        plan: &Plan<S>,
        share: &S,
        identity: &IdentityKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Step<Output<S>>)> {
        let (dealer, outbox) = Dealer::start(plan, share, identity, rng)?;
        Ok((Self(State::Dealt(Box::new(dealer))), Step::sending(outbox)))
    }

    /// Enters a plan as the holder of the new share with this index. There is nothing to send yet.
    ///
    /// # Errors
    /// `UnknownParty` for an index that no new share has; `ParamsMismatch` for keys that are not the plan's.
    pub fn receive(
        plan: &Plan<S>,
        index: PartyId,
        identity: &IdentityKey,
        key: &CustodianKey,
    ) -> Result<(Self, Step<Output<S>>)> {
        let receiver = Receiver::start(plan, index, identity, key)?;
        Ok((Self(State::Expecting(Box::new(receiver))), Step::sending(Outbox::empty())))
    }

    /// Takes one message from each other party that sends in this round, each with the number that the transport says it is
    /// from, and moves on to the next round. All messages are for everybody.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`. `MissingMessage`, `DuplicateParty`,
    /// `UnknownParty`; those of decoding; `ParamsMismatch` for a message of another plan or round; `VerificationFailed`,
    /// naming each dealer that did not deal its old share, dealt twice or dealt a wrong value, and each receiver that accuses
    /// without cause; or naming nobody when the transport could have done it. [`Plan::role`] tells who a number is.
    /// # Timing
    /// Constant in the values and keys; varies with who complains.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Output<S>>> {
        let (state, step) = match core::mem::replace(&mut self.0, State::Over) {
            State::Dealt(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Confirming(Box::new(next)), Step::sending(outbox))
            }
            State::Expecting(round) => {
                let (next, outbox) = round.receive(incoming)?;
                (State::Confirming(Box::new(next)), Step::sending(outbox))
            }
            State::Confirming(round) => match round.receive(incoming)? {
                Verdict::Agreed(output) => (State::Over, Step::done(Outbox::empty(), output)),
                Verdict::Disputed(dispute, outbox) => (State::Disputing(dispute), Step::sending(outbox)),
            },
            State::Disputing(dispute) => return Err(dispute.judge(incoming)),
            State::Over => return Err(Error::new(ErrorKind::SessionPoisoned, "session: it is over")),
        };
        self.0 = state;
        Ok(step)
    }

    /// The round whose messages the session waits for; `None` when it is over.
    pub fn round(&self) -> Option<Round> {
        match &self.0 {
            State::Dealt(_) | State::Expecting(_) => Some(Round::Deal),
            State::Confirming(_) => Some(Round::Confirm),
            State::Disputing(_) => Some(Round::Answer),
            State::Over => None,
        }
    }
}

impl<S: Verifiable> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("resharing::Session").field("round", &self.round()).finish_non_exhaustive()
    }
}

impl<S: Verifiable> fmt::Debug for Output<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("resharing::Output").field("commitment", &self.commitment).finish_non_exhaustive()
    }
}
