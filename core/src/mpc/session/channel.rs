//! The protocol's end of a session: rounds of messages between positions.
use core::{fmt, future::poll_fn, task::Poll};

use rand_chacha::ChaCha20Rng;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    frame::PREFIX_LEN,
    keys::{TAG_LEN, labelled},
    mailbox::{Plaintext, Shared},
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
};

/// The bytes that a frame has beyond its message.
pub const OVERHEAD: usize = PREFIX_LEN + TAG_LEN;

/// What protocol code sends and receives through. Parties are positions, from 0, in ascending order of their numbers.
///
/// Every exchange uses up one round; all parties go through the same exchanges in the same order. Messages are sealed for their
/// receiver on the way out and opened on the way in.
pub struct Channel {
    shared: Shared,
    parties: Vec<PartyId>,
    position: usize,
    rng: ChaCha20Rng,
}

impl Channel {
    pub(super) fn new(shared: Shared, rng: ChaCha20Rng) -> Self {
        let (parties, position) = {
            let mailbox = shared.lock();
            (mailbox.setup.parties().to_vec(), mailbox.position)
        };
        Self { shared, parties, position, rng }
    }

    /// How many parties take part.
    pub fn parties(&self) -> usize {
        self.parties.len()
    }

    /// My own position.
    pub fn me(&self) -> usize {
        self.position
    }

    /// The number of the party at a position.
    ///
    /// # Panics
    /// Beyond the last position.
    pub fn party(&self, position: usize) -> PartyId {
        self.parties[position]
    }

    /// The session's generator: it gives the same again when the session is run through again.
    pub fn rng(&mut self) -> &mut impl CryptoRng {
        &mut self.rng
    }

    /// A key that the party at `peer` gets as well when it asks for mine, and nobody else. My own position gives a key that only
    /// I know.
    ///
    /// # Panics
    /// Beyond the last position; outside of the program's future, that is before the handshake.
    pub fn pairwise_key(&self, peer: usize, label: &'static str) -> Zeroizing<[u8; 32]> {
        labelled(self.shared.lock().pairwise(peer), label)
    }

    /// An empty buffer for a message of `len` bytes: such a message is sealed where it stands, without a copy.
    pub fn buffer(&self, len: usize) -> Vec<u8> {
        Vec::with_capacity(len + OVERHEAD)
    }

    /// One round. `outgoing[p]` is what the party at `p` gets, or `None`; `from[p]` is whether it sends in this round. Gives what
    /// came, by position; what I send to myself comes back to me.
    ///
    /// # Errors
    /// `ShapeMismatch` unless both have one entry for each party; `VerificationFailed`, naming it, for a party that sends a
    /// message in a round where `from` has none.
    pub async fn exchange(
        &mut self,
        label: &'static str,
        outgoing: Vec<Option<Vec<u8>>>,
        from: &[bool],
    ) -> Result<Vec<Option<Plaintext>>> {
        self.shared.lock().begin(label, outgoing, from)?;
        self.arrival().await
    }

    async fn arrival(&self) -> Result<Vec<Option<Plaintext>>> {
        poll_fn(|_| match self.shared.lock().finish() {
            Ok(Some(messages)) => Poll::Ready(Ok(messages)),
            Ok(None) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        })
        .await
    }

    /// One round in which everybody sends the same message to everybody. Gives all of them by position, my own too.
    ///
    /// Whether the others got the same as I is for the protocol to compare: a cheating party may send different ones.
    ///
    /// # Errors
    /// `VerificationFailed` as for [`Channel::exchange`].
    pub async fn broadcast(&mut self, label: &'static str, message: Vec<u8>) -> Result<Vec<Plaintext>> {
        self.shared.lock().begin_broadcast(label, message)?;
        Ok(self.arrival().await?.into_iter().flatten().collect())
    }

    /// The error for a party that cheated: it sealed what an honest one does not say.
    ///
    /// # Panics
    /// Beyond the last position.
    pub fn cheat(&self, what: &'static str, position: usize) -> Error {
        Error::new(ErrorKind::VerificationFailed, what).blame(self.parties[position])
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("me", &self.parties[self.position]).finish_non_exhaustive()
    }
}
