//! A party's end of a transport.
use std::sync::Arc;

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use veilkit::party::PartyId;

use crate::{
    error::{Error, Result},
    post::Post,
};

/// Sends to every peer and receives from every peer of one session; keeps its connections up. Dropping it ends them.
pub struct Link {
    pub(crate) me: PartyId,
    peers: Vec<PartyId>,
    post: Arc<Post>,
    arrivals: mpsc::UnboundedReceiver<(PartyId, Vec<u8>)>,
    pub(crate) connections: JoinSet<Error>,
}

impl Link {
    pub(crate) fn new(me: PartyId, peers: Vec<PartyId>) -> Self {
        let (post, arrivals) = Post::new(peers.iter().copied());
        Self { me, peers, post, arrivals, connections: JoinSet::new() }
    }

    pub(crate) fn post(&self) -> &Arc<Post> {
        &self.post
    }

    /// Whose end this is.
    pub fn me(&self) -> PartyId {
        self.me
    }

    /// Everybody else, ascending.
    pub fn peers(&self) -> &[PartyId] {
        &self.peers
    }

    /// Gives a message on. It is kept until its receiver has acknowledged it.
    ///
    /// # Errors
    /// `Options` for a receiver that is no peer, and for a message of more than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD) bytes.
    pub fn send(&self, to: PartyId, message: Vec<u8>) -> Result<()> {
        if message.len() > crate::MAX_PAYLOAD {
            return Err(Error::Options("send: a message of more than 2^28 bytes"));
        }
        self.post.send(to, message)
    }

    /// The next message, with its sender.
    ///
    /// # Errors
    /// That of a connection that cannot be made again: a refusal by the relay or a wrong certificate.
    pub async fn receive(&mut self) -> Result<(PartyId, Vec<u8>)> {
        tokio::select! {
            biased;
            Some(arrived) = self.arrivals.recv() => Ok(arrived),
            Some(ended) = self.connections.join_next() => {
                Err(ended.unwrap_or(Error::Unexpected("a connection that stopped")))
            }
        }
    }

    /// A message that is here already.
    pub fn try_receive(&mut self) -> Option<(PartyId, Vec<u8>)> {
        self.arrivals.try_recv().ok()
    }

    /// The next `count` messages of a sender are kept safe (in a journal, or not needed again): the sender may forget them.
    pub fn acknowledge(&self, from: PartyId, count: usize) {
        self.post.stored(from, count);
    }

    /// Whether every message that was sent is safe with its receiver, and every acknowledgement on its way.
    pub fn is_settled(&self) -> bool {
        self.post.is_settled()
    }

    /// Hears of every change of that.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.post.changes()
    }
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").field("me", &self.me).field("peers", &self.peers).finish_non_exhaustive()
    }
}
