//! Protocols as straight-line `async` code in a state machine: messages in, messages out, in the end an output.
//!
//! Protocol code gets a [`Channel`] and awaits its rounds; a [`Session`] polls it with what arrived. There is no runtime, no
//! socket and no clock: whoever carries the messages calls [`Session::step`] with any number of them, in any order, as often as
//! it likes, and [`Session::expire`] when it has waited for too long.
//!
//! # Rounds
//! | round | who to whom | what |
//! |---|---|---|
//! | 0 | broadcast, signed | hello: a fresh X25519 key; the sender accepts the plan |
//! | 1 | each to each, sealed | echo: all hellos as the sender heard them |
//! | from 2 | as the program says | the program's messages, each sealed for its receiver |
//!
//! Every message is bound to plan, session, parties, sender, receiver and round: the signature of a hello covers the hash of the
//! [`Setup`], keys are derived from it and from everybody's hello, and a seal (ChaCha20-Poly1305, a key for each sender and receiver,
//! the round as the nonce) covers the frame's whole address. A party that says different hellos to different parties is named
//! before anything that depends on an input is sent.
//!
//! # Crashes
//! A session draws everything from its [`Seed`], and goes on only by what arrives. So it can be run through again: whoever keeps
//! a [`Journal`] takes it up by [`Session::resume`], and every message is said byte for byte the same, or not at all. A session
//! that takes up an old journal finds out from the others, who know how far they heard it, and ends.
//!
//! # Errors
//! Every error ends the session, without a word to the others; culprits are as in [`mpc`](crate::mpc). In particular:
//! - `VerificationFailed` names a party that signed two hellos; that sealed two different messages for me in one round, or a message
//!   where the protocol has none, or an echo that does not hold; or that the program caught.
//! - `DecryptionFailed` and `VerificationFailed` name nobody for what does not open or is not signed: damage on the way looks
//!   the same.
//! - `VerificationFailed` names a party that sends more messages of later rounds than are held for it ([`Session::limit_early`]), so that no
//!   party exhausts the memory of another; before the keys are there, the transport's word is taken for who it is.
//! - `MissingMessage`, from [`Session::expire`] only, names who was awaited.
//!
//! # Example
//! ```
//! use veilkit::mpc::testing::parties;
//! // Everybody says a number, and adds up what it hears.
//! let sums = parties::run(3, b"example", |mut channel| async move {
//!     let mine = u8::try_from(channel.me()).expect("3 parties") + 1;
//!     let all = channel.broadcast("numbers", vec![mine]).await?;
//!     Ok(all.iter().map(|message| u32::from(message[0])).sum::<u32>())
//! });
//! assert_eq!(sums, [6, 6, 6]);
//! ```
use core::{
    fmt,
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};
use std::{collections::BTreeSet, sync::Arc, task::Wake};

use rand_core::CryptoRng;

mod arrivals;
mod channel;
mod frame;
mod handshake;
mod inquiry;
mod journal;
mod keys;
mod mailbox;
mod retained;
mod seed;
mod setup;
#[cfg(test)]
mod tests;
mod traffic;

pub use channel::{Channel, OVERHEAD};
pub use frame::{Address, Frame, FrameKind, PREFIX_LEN};
pub use journal::Journal;
pub(crate) use mailbox::Corrupt;
pub use seed::Seed;
pub use setup::{MAX_PARTIES, Setup};
pub use traffic::{LabelTraffic, Traffic};

use self::{
    journal::Mark,
    mailbox::{Mailbox, Phase, Shared},
};
use super::{
    identity::IdentityKey,
    outbox::{Outgoing, Step},
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::{Culprits, PartyId},
};

/// One party's side of a session that ends in an `O`.
pub struct Session<O> {
    shared: Shared,
    state: State<O>,
}

type Program<O> = Pin<Box<dyn Future<Output = Result<O>> + Send>>;

enum State<O> {
    /// The handshake, then the program.
    Running(Program<O>),
    /// Taken up again: nothing is said before everybody has told how far it heard me.
    Asking(Program<O>),
    /// The output was given.
    Done,
    /// An error was given.
    Failed,
}

impl<O> Session<O> {
    /// Enters a session. `program` is called at once with the channel; what it gives is polled after the handshake. The step that
    /// comes with the session holds the hello.
    ///
    /// The program must do the same again when it is called again: it takes randomness from [`Channel::rng`] only, and its inputs
    /// are those of the first time.
    ///
    /// # Errors
    /// `UnknownParty` if `me` does not take part; `ParamsMismatch` if the set-up has another key for it.
    /// # Security
    /// A seed is for one session, and a session that was begun is entered again by [`Session::resume`] only.
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

    /// As [`Session::start`], for a party that cheats in the program's rounds.
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
        Self::start_cheating(setup, me, key, seed, program, corrupt, false)
    }

    /// As [`Session::start`], for a party that cheats; in the two rounds of the handshake too if `lies_in_handshake`.
    pub(crate) fn start_cheating<F, Fut>(
        setup: &Setup,
        me: PartyId,
        key: &IdentityKey,
        seed: &Seed,
        program: F,
        corrupt: Option<Corrupt>,
        lies_in_handshake: bool,
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
        let shared =
            Shared::new(Mailbox::new(setup.clone(), position, key.clone(), seed, corrupt, lies_in_handshake));
        let channel = Channel::new(shared.clone(), seed.rng(setup, me, "program"));
        let session = Self { state: State::Running(Box::pin(program(channel))), shared };
        session.shared.lock().greet();
        let outgoing = session.sending();
        Ok((session, Step { outgoing, output: None }))
    }

    /// Takes a session up again after a crash. The program runs through all that the journal holds; then everybody is asked how
    /// far it heard this party, and what is said next waits for all answers. The step holds the question; only if the journal
    /// brings the session to its end, it holds the output, and everything that the others may not have.
    ///
    /// Go on with the journal's file: this step's messages need no entry, all later ones do.
    ///
    /// # Errors
    /// `ParamsMismatch` for a journal of another session or party, and as [`Session::start`]; `SessionPoisoned` when the program says
    /// something else than before; whatever [`Session::step`] gave with the same messages. Later, from a step:
    /// `SessionPoisoned`, when somebody has heard more than the journal can repeat: it is an old backup.
    pub fn resume<F, Fut>(
        setup: &Setup,
        me: PartyId,
        key: &IdentityKey,
        journal: &Journal,
        rng: &mut impl CryptoRng,
        program: F,
    ) -> Result<(Self, Step<O>)>
    where
        F: FnOnce(Channel) -> Fut,
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        if journal.me() != me || journal.setup() != setup.hash() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "journal: another session or party"));
        }
        let (mut session, mut step) = Self::start(setup, me, key, journal.seed(), program)?;
        let mut said: BTreeSet<Mark> = BTreeSet::new();
        let mut note = |outgoing: &[Outgoing]| {
            outgoing.iter().try_for_each(|message| Mark::of(message).map(|mark| said.extend(mark)))
        };
        note(&step.outgoing)?;
        for (from, bytes) in journal.received() {
            // The first run may have sorted this message into a later step: whatever comes after the output is late.
            let next = session.take_one(from, bytes)?;
            note(&next.outgoing)?;
            step.output = step.output.or(next.output);
        }
        if journal.sent().any(|mark| !said.contains(mark)) {
            return Err(Error::new(ErrorKind::SessionPoisoned, "resume: the program says something else"));
        }
        {
            // A party at its end asks too, and does not wait: somebody may have asked it while it was away.
            let mut mailbox = session.shared.lock();
            step.outgoing = mailbox.ask(rng);
            if step.output.is_some() {
                mailbox.asked = None;
                step.outgoing.append(&mut mailbox.repeat_all());
            }
        }
        if let State::Running(program) = session.state {
            session.state = State::Asking(program);
        }
        Ok((session, step))
    }

    /// Takes any number of messages, each with the party that the transport says it is from, in any order, early ones and
    /// repetitions too, and goes on as far as it can. What it gives may be sent once what it took is in the journal.
    ///
    /// After the output a session still answers those that ask it, and ignores everything else.
    ///
    /// # Errors
    /// Every error ends the session; the next call gives `SessionPoisoned`. `InvalidEncoding`, `TrailingBytes`,
    /// `UnsupportedVersion`, `ParamsMismatch`, `UnknownParty`, `DuplicateParty` for frames of other sessions, senders, receivers;
    /// `DecryptionFailed`, `VerificationFailed`; `InvalidParams` for a program that waits for something else than a message; those
    /// of the program.
    /// # Timing
    /// Constant in every key and in the content of messages; varies with their number and lengths.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<O>> {
        self.feed(incoming.iter().map(|(from, bytes)| (*from, bytes.as_slice())))
    }

    fn take_one(&mut self, from: PartyId, bytes: &[u8]) -> Result<Step<O>> {
        self.feed([(from, bytes)])
    }

    fn feed<'a>(&mut self, incoming: impl IntoIterator<Item = (PartyId, &'a [u8])>) -> Result<Step<O>> {
        if matches!(self.state, State::Failed) {
            return Err(over());
        }
        let step = self.take(incoming).and_then(|()| self.advance());
        if step.is_err() {
            self.state = State::Failed;
        }
        step
    }

    fn take<'a>(&mut self, incoming: impl IntoIterator<Item = (PartyId, &'a [u8])>) -> Result<()> {
        let mut mailbox = self.shared.lock();
        if matches!(self.state, State::Done) {
            incoming.into_iter().for_each(|(from, bytes)| mailbox.take_late(from, bytes));
            return Ok(());
        }
        incoming.into_iter().try_for_each(|(from, bytes)| mailbox.take(from, bytes))
    }

    /// Goes through the handshake, and polls the program until it waits for a message.
    fn advance(&mut self) -> Result<Step<O>> {
        if let State::Asking(_) = self.state {
            let answered = self.shared.lock().is_answered();
            if !answered {
                return Ok(Step { outgoing: self.sending(), output: None });
            }
            self.shared.lock().repeat_unheard();
            if let State::Asking(program) = core::mem::replace(&mut self.state, State::Failed) {
                self.state = State::Running(program);
            }
        }
        let ready = {
            let mut mailbox = self.shared.lock();
            mailbox.shake_hands()?;
            mailbox.phase == Phase::Running && mailbox.missing().next().is_none()
        };
        let output = match &mut self.state {
            State::Running(program) if ready => poll(program)?,
            _ => return Ok(Step { outgoing: self.sending(), output: None }),
        };
        match output {
            Some(_) => {
                self.state = State::Done;
                self.shared.lock().phase = Phase::Done;
            }
            None if self.shared.lock().missing().next().is_none() => {
                return Err(Error::new(
                    ErrorKind::InvalidParams,
                    "program: it waits for something else than a message",
                ));
            }
            None => {}
        }
        Ok(Step { outgoing: self.sending(), output })
    }

    fn sending(&self) -> Vec<Outgoing> {
        core::mem::take(&mut self.shared.lock().outgoing)
    }

    fn is_going_on(&self) -> bool {
        matches!(self.state, State::Running(_) | State::Asking(_))
    }

    /// The round whose messages are awaited; `None` when the session is over.
    pub fn round(&self) -> Option<u32> {
        self.is_going_on().then(|| self.shared.lock().round)
    }

    /// The name that the protocol gave to its last round.
    pub fn label(&self) -> &'static str {
        self.shared.lock().label
    }

    /// The parties from whom something is awaited: a message of this round or, after a restart, an answer.
    pub fn awaits(&self) -> Vec<PartyId> {
        let mailbox = self.shared.lock();
        match self.is_going_on() {
            true => mailbox.missing().map(|position| mailbox.setup.parties()[position]).collect(),
            false => Vec::new(),
        }
    }

    /// What was sent so far.
    pub fn traffic(&self) -> Traffic {
        self.shared.lock().traffic.clone()
    }

    /// Everything that was sent to a party and that it may not have, in order: for a transport that lost its connection.
    /// After a restart, the question as well, until it is answered. Repetitions do no harm.
    pub fn unheard(&self, party: PartyId) -> Vec<Vec<u8>> {
        let mailbox = self.shared.lock();
        mailbox.setup.position(party).map_or_else(Vec::new, |to| mailbox.unheard(to))
    }

    /// Whether to keep a copy of what is sent until its receiver speaks in a later round; on from the beginning. Without the copies
    /// a party that was restarted, or that lost a message, cannot be helped: for simulations in one process.
    pub fn keep_unheard(&mut self, keep: bool) {
        self.shared.lock().retained.switch(keep);
    }

    /// How many bytes of one party's messages of later rounds to hold, 1 GiB from the beginning. A party that sends more ends the session,
    /// and is named; a single message is held whatever its length is, which is for the transport to limit.
    pub fn limit_early(&mut self, bytes: usize) {
        self.shared.lock().early_limit = bytes;
    }

    /// Ends the session because the transport has waited for too long: `MissingMessage`, naming who is awaited;
    /// `SessionPoisoned` when it was over already.
    pub fn expire(&mut self) -> Error {
        let awaited: Culprits = self.awaits().into_iter().collect();
        if !self.is_going_on() {
            return over();
        }
        self.state = State::Failed;
        Error::new(ErrorKind::MissingMessage, "session: nothing came in time").blame(awaited)
    }
}

fn over() -> Error {
    Error::new(ErrorKind::SessionPoisoned, "session: it is over")
}

/// Polls a program, and again as long as it asks for that.
fn poll<O>(program: &mut Program<O>) -> Result<Option<O>> {
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut context = Context::from_waker(&waker);
    while flag.0.swap(false, Ordering::Relaxed) {
        if let Poll::Ready(output) = program.as_mut().poll(&mut context) {
            return output.map(Some);
        }
    }
    Ok(None)
}

impl<O> fmt::Debug for Session<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let me = self.shared.lock().me(); // the lock ends here: the next line takes it again
        let round = self.round();
        f.debug_struct("Session").field("me", &me).field("round", &round).finish_non_exhaustive()
    }
}

/// Whether the program asked to be polled again.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
