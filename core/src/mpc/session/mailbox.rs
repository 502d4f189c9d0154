//! What a session and the protocol code in it share: messages on their way in and out.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zeroize::{Zeroize, Zeroizing};

use super::{
    frame::{Address, Frame, FrameKind, PREFIX_LEN, check},
    setup::Setup,
    traffic::Traffic,
};
use crate::{
    codec::Writer,
    error::{Error, ErrorKind, Result},
    mpc::outbox::{Destination, Outgoing},
    party::PartyId,
};

/// A message that was opened.
pub(super) type Plaintext = Zeroizing<Vec<u8>>;

/// Changes what a party is about to send, by the round's name and number and the receivers' positions: a cheat, for tests.
pub(crate) type Corrupt = Box<dyn FnMut(&'static str, u32, &mut [Option<Vec<u8>>]) + Send>;

/// Messages on their way in and out.
pub(super) struct Mailbox {
    pub(super) setup: Setup,
    pub(super) position: usize,
    /// The round that the protocol is in; the one before its first until it has begun.
    pub(super) round: u32,
    pub(super) label: &'static str,
    /// Whose message of this round the protocol waits for; nobody's when it computes.
    pub(super) awaited: Vec<bool>,
    pub(super) waits: bool,
    inbox: BTreeMap<(u32, usize), Plaintext>,
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) traffic: Traffic,
    pub(super) corrupt: Option<Corrupt>,
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
    pub(super) fn new(setup: Setup, position: usize) -> Self {
        let parties = setup.parties().len();
        Self {
            setup,
            position,
            round: 0,
            label: "",
            awaited: vec![false; parties],
            waits: false,
            inbox: BTreeMap::new(),
            outgoing: Vec::new(),
            traffic: Traffic::default(),
            corrupt: None,
        }
    }

    pub(super) fn me(&self) -> PartyId {
        self.setup.parties()[self.position]
    }

    /// Begins a round: sends, and notes who is awaited.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one entry for each party.
    pub(super) fn begin(
        &mut self,
        label: &'static str,
        mut outgoing: Vec<Option<Vec<u8>>>,
        from: &[bool],
    ) -> Result<()> {
        let parties = self.setup.parties().len();
        if outgoing.len() != parties || from.len() != parties {
            return Err(Error::new(ErrorKind::ShapeMismatch, "exchange: one entry for each party"));
        }
        self.round += 1;
        self.label = label;
        self.traffic.begin(label);
        if let Some(corrupt) = &mut self.corrupt {
            corrupt(label, self.round, &mut outgoing);
        }
        for (to, message) in outgoing.into_iter().enumerate() {
            match message {
                Some(message) if to == self.position => {
                    self.inbox.insert((self.round, to), Zeroizing::new(message));
                }
                Some(message) => self.send(to, message),
                None => {}
            }
        }
        self.awaited.copy_from_slice(from);
        self.awaited[self.position] = false;
        self.waits = true;
        Ok(())
    }

    fn send(&mut self, to: usize, mut message: Vec<u8>) {
        let receiver = self.setup.parties()[to];
        let address = Address {
            setup: *self.setup.hash(),
            kind: FrameKind::Message,
            sender: self.me(),
            receiver: Some(receiver),
            round: self.round,
        };
        let mut frame = Writer::with_capacity(PREFIX_LEN + message.len());
        frame.bytes(&address.prefix()).bytes(&message);
        let bytes = core::mem::take(&mut *frame.into_bytes());
        self.traffic.sent(Some(self.label), message.len(), bytes.len());
        message.zeroize();
        self.outgoing.push(Outgoing { to: Destination::One(receiver), bytes });
    }

    /// What the round brought, when it is complete.
    pub(super) fn finish(&mut self) -> Option<Vec<Option<Plaintext>>> {
        let complete = (0..self.awaited.len()).all(|from| !self.awaited[from] || self.has(from));
        if !complete {
            return None;
        }
        self.waits = false;
        Some((0..self.awaited.len()).map(|from| self.inbox.remove(&(self.round, from))).collect())
    }

    fn has(&self, from: usize) -> bool {
        self.inbox.contains_key(&(self.round, from))
    }

    /// The positions whose message is still missing in this round.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        (0..self.awaited.len()).filter(|from| self.waits && self.awaited[*from] && !self.has(*from))
    }

    /// Takes a message that arrived.
    ///
    /// # Errors
    /// Those of [`Frame::parse`] and [`check`].
    pub(super) fn take(&mut self, from: PartyId, bytes: &[u8]) -> Result<()> {
        let (address, content) = Frame::parse(bytes)?;
        let position = check(&self.setup, self.me(), from, &address)?;
        let early = address.round > self.round || (self.waits && address.round == self.round);
        if early && self.inbox.insert((address.round, position), Zeroizing::new(content.to_vec())).is_none() {
            self.traffic.received_bytes += bytes.len() as u64;
        }
        Ok(())
    }
}
