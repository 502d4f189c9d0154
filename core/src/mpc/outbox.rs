//! What a round sends.
use crate::party::PartyId;

/// Who gets a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Every other party, the same bytes.
    All,
    /// This party alone.
    One(PartyId),
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Who gets it.
    pub to: Destination,
    /// The complete encoding. The transport carries it as it is.
    pub bytes: Vec<u8>,
}

/// Everything that a round sends, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox(Vec<Outgoing>);

impl Outbox {
    /// Nothing to send.
    pub fn empty() -> Self {
        Self::default()
    }

    /// One message for every other party.
    pub fn broadcast(bytes: Vec<u8>) -> Self {
        Self(vec![Outgoing { to: Destination::All, bytes }])
    }

    /// A message of its own for each party.
    pub fn to_each(messages: impl IntoIterator<Item = (PartyId, Vec<u8>)>) -> Self {
        Self(messages.into_iter().map(|(to, bytes)| Outgoing { to: Destination::One(to), bytes }).collect())
    }

    /// The messages.
    pub fn into_messages(self) -> Vec<Outgoing> {
        self.0
    }
}

/// What a step of a session gives: messages to send, and in the end an output.
#[derive(Debug)]
pub struct Step<T> {
    /// To be sent before the next round can be over.
    pub outgoing: Vec<Outgoing>,
    /// What the protocol is for, after the last round.
    pub output: Option<T>,
}

impl<T> Step<T> {
    pub(super) fn sending(outbox: Outbox) -> Self {
        Self { outgoing: outbox.into_messages(), output: None }
    }

    pub(super) fn done(outbox: Outbox, output: T) -> Self {
        Self { outgoing: outbox.into_messages(), output: Some(output) }
    }
}
