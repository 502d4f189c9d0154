//! One connection, whatever it is made of: frames in, frames out, both at once.
use std::{collections::BTreeMap, future::Future, sync::Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use veilkit::party::PartyId;

use crate::{
    error::{Error, Result},
    post::Post,
    wire::{Frame, MAX_FRAME, Number},
};

/// Where frames come from.
pub(crate) trait Source: Send {
    /// The next frame; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;

    /// A frame that must come.
    fn expect(&mut self) -> impl Future<Output = Result<Frame>> + Send {
        async {
            let bytes = self.next().await?.ok_or(Error::Unexpected("the end of the connection"))?;
            match Frame::from_bytes(&bytes)? {
                Frame::Refused(reason) => Err(Error::Refused(reason)),
                frame => Ok(frame),
            }
        }
    }
}

/// Where frames go.
pub(crate) trait Sink: Send {
    /// Sends one frame.
    fn send(&mut self, frame: Vec<u8>) -> impl Future<Output = Result<()>> + Send;
}

/// Frames over a stream of bytes: length u32, then the frame.
pub(crate) struct Framed<T>(pub(crate) T);

impl<T: AsyncRead + Unpin + Send> Source for Framed<T> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let length = match self.0.read_u32_le().await {
            Ok(length) => {
                usize::try_from(length).map_err(|_| Error::Unexpected("a frame that is too long"))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if length > MAX_FRAME {
            return Err(Error::Unexpected("a frame that is too long"));
        }
        // Memory grows with what has come, not with what was announced.
        let mut frame = Vec::new();
        let limit = u64::try_from(length).expect("32 bits");
        (&mut self.0).take(limit).read_to_end(&mut frame).await?;
        match frame.len() == length {
            true => Ok(Some(frame)),
            false => Err(Error::Unexpected("the end of the connection")),
        }
    }
}

impl<T: AsyncWrite + Unpin + Send> Sink for Framed<T> {
    async fn send(&mut self, frame: Vec<u8>) -> Result<()> {
        let length = u32::try_from(frame.len()).map_err(|_| Error::Options("a message that is too long"))?;
        self.0.write_u32_le(length).await?;
        self.0.write_all(&frame).await?;
        Ok(self.0.flush().await?)
    }
}

/// What is at the other end of a connection.
#[derive(Clone, Copy)]
pub(crate) enum End {
    /// The one peer itself, which knows this party by its number.
    Peer { me: PartyId },
    /// A relay, which puts the sender in the place of the receiver. It was told nothing yet and begins.
    Relay,
}

impl End {
    /// What stands in frames about the mail of a peer.
    fn label(self, peer: PartyId) -> PartyId {
        match self {
            Self::Peer { me } => me,
            Self::Relay => peer,
        }
    }
}

/// Carries the mail of some peers until the connection ends.
///
/// Both sides first say how far they were heard; then each message that the other does not have goes out, and each that has
/// been made safe is acknowledged.
pub(crate) async fn carry(
    source: &mut impl Source,
    sink: &mut impl Sink,
    post: &Post,
    peers: &[PartyId],
    end: End,
) -> Result<()> {
    // How far each peer was sent messages on this connection; none until it said how far it has them.
    let sent = Mutex::new(BTreeMap::<PartyId, Number>::new());
    let incoming = async {
        while let Some(bytes) = source.next().await? {
            match Frame::from_bytes(&bytes)? {
                Frame::Held { peer, number } => {
                    if !peers.contains(&peer) {
                        return Err(Error::Unexpected("word about a stranger"));
                    }
                    sent.lock().expect("nobody panics with the lock").insert(peer, number);
                    post.changed();
                }
                Frame::Message { peer, number, payload } if peers.contains(&peer) => {
                    post.accept(peer, number, payload)?;
                }
                Frame::Received { peer, number } => post.delivered(peer, number)?,
                Frame::Refused(reason) => return Err(Error::Refused(reason)),
                _ => return Err(Error::Unexpected("a frame that does not belong here")),
            }
        }
        Ok(())
    };
    let outgoing = async {
        let mut changes = post.changes();
        let mut told = BTreeMap::new();
        for peer in peers {
            let (received, stored) = post.heard(*peer);
            if matches!(end, End::Peer { .. }) {
                sink.send(Frame::Held { peer: end.label(*peer), number: received }.to_bytes()).await?;
            }
            sink.send(Frame::Received { peer: end.label(*peer), number: stored }.to_bytes()).await?;
            post.told(*peer, stored);
            told.insert(*peer, stored);
        }
        loop {
            changes.borrow_and_update();
            for peer in peers {
                let (_, stored) = post.heard(*peer);
                if told.insert(*peer, stored) != Some(stored) {
                    sink.send(Frame::Received { peer: end.label(*peer), number: stored }.to_bytes()).await?;
                    post.told(*peer, stored);
                }
                let after = sent.lock().expect("nobody panics with the lock").get(peer).copied();
                let Some(after) = after else { continue };
                for (number, payload) in post.waiting(*peer, after) {
                    sink.send(Frame::message(end.label(*peer), number, &payload)).await?;
                    sent.lock().expect("nobody panics with the lock").insert(*peer, number);
                }
            }
            if changes.changed().await.is_err() {
                return Ok(());
            }
        }
    };
    tokio::select! {
        ended = incoming => ended,
        ended = outgoing => ended,
    }
}
