//! What a session and the protocol code in it share: messages on their way in and out.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

use super::{
    frame::{Address, Frame, FrameKind},
    handshake::{self, Hello},
    inquiry::{Answer, QueryNonce},
    keys::{FreshKey, PairKeys, TAG_LEN},
    retained::Retained,
    seed::Seed,
    setup::Setup,
    traffic::Traffic,
};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::IdentityKey,
        outbox::{Destination, Outgoing},
    },
    party::PartyId,
};

/// A message that was opened.
pub(super) type Plaintext = Zeroizing<Vec<u8>>;

/// Changes what a party is about to send, by the round's name and number and the receivers' positions: a cheat, for tests.
pub(crate) type Corrupt = Box<dyn FnMut(&'static str, u32, &mut [Option<Vec<u8>>]) + Send>;

/// The bytes of one party's messages of later rounds that a session holds, unless it is told another number.
const EARLY_LIMIT: usize = 1 << 30;
/// What a message takes in memory beyond its bytes, as it is counted.
const MESSAGE_OVERHEAD: usize = 256;
/// The frames of one party that are held until there are keys to open them. It has one to send: its echo.
const EARLY_FRAMES: usize = 8;
/// Their bytes. An echo holds everybody's hello.
const EARLY_FRAME_BYTES: usize = 1 << 18;

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Waits for everybody's hello.
    Hello,
    /// Waits for everybody's echo.
    Echo,
    /// The program runs.
    Running,
    /// The program has given its output.
    Done,
}

/// Messages on their way in and out.
pub(super) struct Mailbox {
    pub(super) setup: Setup,
    pub(super) position: usize,
    pub(super) identity: IdentityKey,
    pub(super) phase: Phase,
    key: FreshKey,
    pub(super) hellos: Vec<Option<Hello>>,
    pub(super) echoed: Vec<bool>,
    /// By position; empty until everybody's hello is there.
    pub(super) keys: Vec<Option<PairKeys>>,
    /// What keys of my own are derived from.
    own: Zeroizing<[u8; 32]>,
    /// What came before the keys to open it.
    pub(super) sealed: Vec<(PartyId, Vec<u8>)>,
    /// By position and round: the tag of what came.
    pub(super) tags: Vec<BTreeMap<u32, [u8; TAG_LEN]>>,
    /// By position: how many rounds, from the first, up to the last one in which it was heard.
    pub(super) heard: Vec<u32>,
    /// By position: the same of what it was sent.
    pub(super) sent: Vec<u32>,
    pub(super) round: u32,
    pub(super) label: &'static str,
    /// Whose message of this round the program waits for.
    awaited: Vec<bool>,
    /// Whether it waits at all, or computes.
    pub(super) waits: bool,
    pub(super) inbox: BTreeMap<(u32, usize), Plaintext>,
    /// How many bytes of one party's early messages are held.
    pub(super) early_limit: usize,
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) retained: Retained,
    pub(super) traffic: Traffic,
    /// After a restart, until everybody has answered.
    pub(super) asked: Option<Asked>,
    corrupt: Option<Corrupt>,
    /// Whether the cheat is in the handshake too.
    lies_in_handshake: bool,
}

/// A question to everybody.
pub(super) struct Asked {
    pub(super) nonce: QueryNonce,
    pub(super) frame: Vec<u8>,
    /// By position.
    pub(super) answers: Vec<Option<Answer>>,
}

/// One mailbox, held from both ends.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Mailbox>>);

impl Shared {
    pub(super) fn new(mailbox: Mailbox) -> Self {
        Self(Arc::new(Mutex::new(mailbox)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    pub(super) fn new(
        setup: Setup,
        position: usize,
        identity: IdentityKey,
        seed: &Seed,
        corrupt: Option<Corrupt>,
        lies_in_handshake: bool,
    ) -> Self {
        let (parties, me) = (setup.parties().len(), setup.parties()[position]);
        let key = FreshKey::generate(&mut seed.rng(&setup, me, "hello"));
        let own = seed.key(&setup, me, "own");
        let hello = Hello::sign(&setup, me, &identity, &key);
        let mut hellos = vec![None; parties];
        hellos[position] = Some(hello);
        let mut echoed = vec![false; parties];
        echoed[position] = true;
        Self {
            setup,
            position,
            identity,
            phase: Phase::Hello,
            key,
            hellos,
            echoed,
            keys: Vec::new(),
            own,
            sealed: Vec::new(),
            tags: vec![BTreeMap::new(); parties],
            heard: vec![0; parties],
            sent: vec![0; parties],
            round: 0,
            label: "hello",
            awaited: vec![false; parties],
            waits: false,
            inbox: BTreeMap::new(),
            early_limit: EARLY_LIMIT,
            outgoing: Vec::new(),
            retained: Retained::new(parties),
            traffic: Traffic { rounds: 1, ..Traffic::default() },
            asked: None,
            corrupt,
            lies_in_handshake,
        }
    }

    pub(super) fn me(&self) -> PartyId {
        self.setup.parties()[self.position]
    }

    /// The positions of everybody else.
    pub(super) fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let me = self.position;
        (0..self.setup.parties().len()).filter(move |position| *position != me)
    }

    /// Where a frame to the party at `to` goes in this round.
    pub(super) fn address(&self, kind: FrameKind, to: usize) -> Address {
        Address {
            setup: *self.setup.hash(),
            kind,
            sender: self.me(),
            receiver: Some(self.setup.parties()[to]),
            round: self.round,
        }
    }

    /// Says hello.
    pub(super) fn greet(&mut self) {
        let hello = self.hellos[self.position].as_ref().expect("my own");
        let (address, content) = (handshake::address(&self.setup, self.me()), hello.to_content());
        if let (Some(corrupt), true) = (&mut self.corrupt, self.lies_in_handshake) {
            let mut outgoing = vec![Some(content); self.setup.parties().len()];
            corrupt("hello", 0, &mut outgoing);
            for to in self.others() {
                let Some(content) = outgoing[to].take() else { continue };
                let len = content.len();
                self.post(to, len, core::mem::take(&mut *Frame { address, content }.to_bytes()));
            }
            return;
        }
        let frame = Frame { address, content };
        let bytes = core::mem::take(&mut *frame.to_bytes());
        for to in self.others() {
            self.note(to, frame.content.len(), &bytes);
        }
        self.outgoing.push(Outgoing { to: Destination::All, bytes });
    }

    /// Goes through the handshake as far as it can.
    ///
    /// # Errors
    /// `VerificationFailed`, `DecryptionFailed`.
    pub(super) fn shake_hands(&mut self) -> Result<()> {
        if self.phase == Phase::Hello && self.hellos.iter().all(Option::is_some) {
            let hellos: Vec<Hello> = self.hellos.iter().flatten().cloned().collect();
            self.keys = handshake::keys(&self.setup, self.position, &self.key, &hellos)?;
            self.phase = Phase::Echo;
            self.round = 1;
            self.label = "echo";
            self.traffic.rounds += 1;
            let mut echoes = vec![Some(handshake::echo(&hellos)); self.setup.parties().len()];
            if let (Some(corrupt), true) = (&mut self.corrupt, self.lies_in_handshake) {
                corrupt("echo", 1, &mut echoes);
            }
            for to in self.others() {
                let Some(echo) = &echoes[to] else { continue };
                let frame =
                    self.pair(to).outgoing.echo.seal_copy(&self.address(FrameKind::Echo, to), echo)?;
                self.post(to, echo.len(), frame);
            }
            for (from, bytes) in core::mem::take(&mut self.sealed) {
                self.take(from, &bytes)?;
            }
        }
        if self.phase == Phase::Echo && self.echoed.iter().all(|heard| *heard) {
            self.phase = Phase::Running;
        }
        Ok(())
    }

    pub(super) fn pair(&self, position: usize) -> &PairKeys {
        self.keys[position].as_ref().expect("keys with everybody else, after the hellos")
    }

    /// What a key with the party at `position` is derived from.
    pub(super) fn pairwise(&self, position: usize) -> &[u8; 32] {
        if position == self.position { &self.own } else { &self.pair(position).pairwise }
    }

    /// Begins a round: sends, and notes who is awaited.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one entry for each party; `HeadroomExhausted` after 2^32 rounds; `OutOfRange` for a
    /// message of nearly 2^32 bytes.
    pub(super) fn begin(
        &mut self,
        label: &'static str,
        mut outgoing: Vec<Option<Vec<u8>>>,
        from: &[bool],
    ) -> Result<()> {
        if outgoing.len() != self.awaited.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "exchange: one entry for each party"));
        }
        self.begin_round(label, from)?;
        if let Some(corrupt) = &mut self.corrupt {
            corrupt(label, self.round, &mut outgoing);
        }
        for (to, message) in outgoing.into_iter().enumerate() {
            let Some(message) = message else { continue };
            if to == self.position {
                self.inbox.insert((self.round, to), Zeroizing::new(message));
                continue;
            }
            let len = message.len();
            let frame =
                self.pair(to).outgoing.message.seal(&self.address(FrameKind::Message, to), message)?;
            self.post(to, len, frame);
        }
        Ok(())
    }

    /// Begins a round in which everybody sends the same to everybody.
    ///
    /// # Errors
    /// As [`Mailbox::begin`].
    pub(super) fn begin_broadcast(&mut self, label: &'static str, message: Vec<u8>) -> Result<()> {
        let parties = self.awaited.len();
        if self.corrupt.is_some() {
            return self.begin(label, vec![Some(message); parties], &vec![true; parties]);
        }
        self.begin_round(label, &vec![true; parties])?;
        for to in self.others() {
            let address = self.address(FrameKind::Message, to);
            let frame = self.pair(to).outgoing.message.seal_copy(&address, &message)?;
            self.post(to, message.len(), frame);
        }
        self.inbox.insert((self.round, self.position), Zeroizing::new(message));
        Ok(())
    }

    fn begin_round(&mut self, label: &'static str, from: &[bool]) -> Result<()> {
        if from.len() != self.awaited.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "exchange: one entry for each party"));
        }
        let next = self.round.checked_add(1);
        self.round = next.ok_or(Error::new(ErrorKind::HeadroomExhausted, "session: rounds"))?;
        self.label = label;
        self.traffic.begin(label);
        self.awaited.copy_from_slice(from);
        self.awaited[self.position] = false;
        self.waits = true;
        Ok(())
    }

    fn post(&mut self, to: usize, payload: usize, bytes: Vec<u8>) {
        self.note(to, payload, &bytes);
        self.outgoing.push(Outgoing { to: Destination::One(self.setup.parties()[to]), bytes });
    }

    fn note(&mut self, to: usize, payload: usize, bytes: &[u8]) {
        let label = (self.phase == Phase::Running).then_some(self.label);
        self.traffic.sent(label, payload, bytes.len());
        self.retained.keep(to, self.round, bytes);
        self.sent[to] = self.round.saturating_add(1);
    }

    /// What the round brought, when it is complete.
    ///
    /// # Errors
    /// `VerificationFailed`, naming a party that sent a message where the protocol has none.
    pub(super) fn finish(&mut self) -> Result<Option<Vec<Option<Plaintext>>>> {
        if self.missing().next().is_some() {
            return Ok(None);
        }
        self.waits = false;
        let messages: Vec<_> =
            (0..self.awaited.len()).map(|from| self.inbox.remove(&(self.round, from))).collect();
        match self.others().find(|from| messages[*from].is_some() && !self.awaited[*from]) {
            Some(from) => Err(self.cheat("a message where the protocol has none", from)),
            None => Ok(Some(messages)),
        }
    }

    /// Keeps a frame until there are keys to open it.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the party that the transport says sent it, beyond what a party has to say before the keys.
    pub(super) fn keep_sealed(&mut self, position: usize, from: PartyId, bytes: &[u8]) -> Result<()> {
        let kept = || self.sealed.iter().filter(|(sender, _)| *sender == from);
        if kept().any(|(_, frame)| frame == bytes) {
            return Ok(());
        }
        let held: usize = kept().map(|(_, frame)| frame.len()).sum();
        if kept().count() >= EARLY_FRAMES || held.saturating_add(bytes.len()) > EARLY_FRAME_BYTES {
            return Err(self.cheat("more before the keys than a party has to say", position));
        }
        self.sealed.push((from, bytes.to_vec()));
        Ok(())
    }

    /// Keeps a message until its round.
    ///
    /// # Errors
    /// `VerificationFailed`, naming a party whose messages of later rounds take more memory than is held for one.
    pub(super) fn keep_message(&mut self, round: u32, from: usize, message: Plaintext) -> Result<()> {
        let is_early = self.phase != Phase::Running || round > self.round;
        if is_early {
            let early = self.inbox.range((self.round.saturating_add(1), 0)..);
            let held = early.filter(|((_, sender), _)| *sender == from);
            let held = held.fold(0_usize, |sum, (_, held)| {
                sum.saturating_add(held.len()).saturating_add(MESSAGE_OVERHEAD)
            });
            // A single message of any length is what a round may bring.
            if held > 0 && held.saturating_add(message.len()) > self.early_limit {
                return Err(self.cheat("more messages of later rounds than are held", from));
            }
        }
        self.inbox.insert((round, from), message);
        Ok(())
    }

    pub(super) fn cheat(&self, what: &'static str, position: usize) -> Error {
        Error::new(ErrorKind::VerificationFailed, what).blame(self.setup.parties()[position])
    }

    /// The positions that have not said what is awaited from them.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        self.others().filter(|from| match (&self.asked, self.phase) {
            (Some(asked), _) => asked.answers[*from].is_none(),
            (None, Phase::Hello) => self.hellos[*from].is_none(),
            (None, Phase::Echo) => !self.echoed[*from],
            (None, Phase::Running) => {
                self.waits && self.awaited[*from] && !self.inbox.contains_key(&(self.round, *from))
            }
            (None, Phase::Done) => false,
        })
    }
}
