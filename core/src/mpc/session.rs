//! Protocols as straight-line `async` code in a state machine: messages in, messages out, in the end an output.
//!
//! Protocol code gets a [`Channel`] and awaits its rounds; a [`Session`] polls it with what arrived. There is no runtime, no
//! socket and no clock: whoever carries the messages calls [`Session::step`] with any number of them, in any order, as often as
//! it likes, and [`Session::expire`] when it has waited for too long.
use core::{
    fmt,
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};
use std::{sync::Arc, task::Wake};

mod channel;
mod frame;
mod mailbox;
mod seed;
mod setup;
mod traffic;

pub use channel::Channel;
pub use frame::{Address, Frame, FrameKind, PREFIX_LEN};
pub(crate) use mailbox::Corrupt;
pub use seed::Seed;
pub use setup::{MAX_PARTIES, Setup};
pub use traffic::{LabelTraffic, Traffic};

use self::mailbox::{Mailbox, Shared};
use super::{
    identity::IdentityKey,
    outbox::{Outbox, Step},
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::{Culprits, PartyId},
};

/// One party's side of a session that ends in an `O`.
pub struct Session<O> {
    shared: Shared,
    program: Option<Pin<Box<dyn Future<Output = Result<O>> + Send>>>,
}

impl<O> Session<O> {
    /// Enters a session. `program` is called at once with the channel; what it gives is polled from then on.
    ///
    /// # Errors
    /// `UnknownParty` if `me` does not take part; `ParamsMismatch` if the set-up has another key for it; those of the program.
    pub fn start<F, Fut>(
        setup: &Setup,
        me: PartyId,
        key: &IdentityKey,
        seed: &Seed,
        program: F,
    ) -> Result<(Self, Step<O>)>
    where
        F: FnOnce(Channel) -> Fut,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        Self::start_with(setup, me, key, seed, program, None)
    }

    /// As [`Session::start`], for a party that cheats.
    pub(crate) fn start_with<F, Fut>(
        setup: &Setup,
        me: PartyId,
        key: &IdentityKey,
        seed: &Seed,
        program: F,
        corrupt: Option<Corrupt>,
    ) -> Result<(Self, Step<O>)>
    where
        F: FnOnce(Channel) -> Fut,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        let outside = Error::new(ErrorKind::UnknownParty, "me: not in the set-up").blame(me);
        let position = setup.position(me).ok_or(outside)?;
        if setup.identity(me) != Some(&key.identity()) {
            return Err(Error::new(
                ErrorKind::ParamsMismatch,
                "identity key: the set-up has another one for this party",
            ));
        }
        let mut mailbox = Mailbox::new(setup.clone(), position);
        mailbox.corrupt = corrupt;
        let shared = Shared::new(mailbox);
        let channel = Channel::new(shared.clone(), seed.rng(setup, me, "program"));
        let mut session = Self { shared, program: Some(Box::pin(program(channel))) };
        let step = session.advance()?;
        Ok((session, step))
    }

    /// Takes any number of messages, each with the party that the transport says it is from, in any order, and goes on as far as
    /// it can.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`, as after the output.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<O>> {
        if self.program.is_none() {
            return Err(Error::new(ErrorKind::SessionPoisoned, "session: it is over"));
        }
        let step = self.take(incoming).and_then(|()| self.advance());
        if step.is_err() {
            self.program = None;
        }
        step
    }

    fn take(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<()> {
        let mut mailbox = self.shared.lock();
        incoming.iter().try_for_each(|(from, bytes)| mailbox.take(*from, bytes))
    }

    /// Polls the program until it waits for a message.
    fn advance(&mut self) -> Result<Step<O>> {
        let Some(program) = &mut self.program else {
            return Ok(Step::sending(Outbox::empty()));
        };
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        while flag.0.swap(false, Ordering::Relaxed) {
            if let Poll::Ready(output) = program.as_mut().poll(&mut context) {
                self.program = None;
                let outgoing = core::mem::take(&mut self.shared.lock().outgoing);
                return Ok(Step { outgoing, output: Some(output?) });
            }
        }
        let mut mailbox = self.shared.lock();
        if mailbox.missing().next().is_none() {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "program: it waits for something else than a message",
            ));
        }
        Ok(Step { outgoing: core::mem::take(&mut mailbox.outgoing), output: None })
    }

    /// The round whose messages are awaited; `None` when the session is over.
    pub fn round(&self) -> Option<u32> {
        self.program.as_ref().map(|_| self.shared.lock().round)
    }

    /// The name that the protocol gave to this round; `None` when the session is over.
    pub fn label(&self) -> Option<&'static str> {
        self.program.as_ref().map(|_| self.shared.lock().label)
    }

    /// The parties whose message of this round is still missing.
    pub fn awaits(&self) -> Vec<PartyId> {
        let mailbox = self.shared.lock();
        match self.program {
            Some(_) => mailbox.missing().map(|position| mailbox.setup.parties()[position]).collect(),
            None => Vec::new(),
        }
    }

    /// What was sent so far.
    pub fn traffic(&self) -> Traffic {
        self.shared.lock().traffic.clone()
    }

    /// Ends the session because the transport has waited for too long: `MissingMessage`, naming who is awaited;
    /// `SessionPoisoned` when it was over already.
    pub fn expire(&mut self) -> Error {
        let awaited: Culprits = self.awaits().into_iter().collect();
        match self.program.take() {
            Some(_) => Error::new(ErrorKind::MissingMessage, "session: nothing came in time").blame(awaited),
            None => Error::new(ErrorKind::SessionPoisoned, "session: it is over"),
        }
    }
}

impl<O> fmt::Debug for Session<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("me", &self.shared.lock().me())
            .field("round", &self.round())
            .finish_non_exhaustive()
    }
}

/// Whether the program asked to be polled again.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
