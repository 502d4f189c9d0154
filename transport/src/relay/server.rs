//! The relay itself.
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{WebSocketStream, accept_async_with_config};
use veilkit::party::PartyId;

use super::{
    Half, broken,
    room::{Full, Meeting},
    websocket,
};
use crate::{
    connection::{Sink, Source},
    error::{Error, Result},
    wire::{Frame, NONCE_LEN, Number, Room},
};

const HANDSHAKE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// What a relay gives to whom it does not know.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sessions at a time.
    pub rooms: usize,
    /// Connections at a time.
    pub connections: usize,
    /// Bytes of messages that wait in one session.
    pub room_bytes: usize,
    /// A session that nobody used for so long is forgotten.
    pub idle: Duration,
}

impl Default for Limits {
    /// 1,024 sessions, 8,192 connections, 512 MiB in a session, a day.
    fn default() -> Self {
        Self { rooms: 1024, connections: 8192, room_bytes: 512 << 20, idle: Duration::from_secs(86_400) }
    }
}

/// Forwards messages between the parties of sessions.
pub struct Relay {
    limits: Limits,
    rooms: Mutex<HashMap<[u8; 32], Arc<Meeting>>>,
    seats: Arc<Semaphore>,
    tls: Option<TlsAcceptor>,
}

impl core::fmt::Debug for Relay {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Relay").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Relay {
    /// A relay without rooms yet. For `wss`, its chain of certificates and its private key, as PEM.
    ///
    /// # Errors
    /// `Tls` when these cannot be read.
    pub fn new(limits: Limits, certificate: Option<(&[u8], &[u8])>) -> Result<Self> {
        let tls = certificate
            .map(|(chain, key)| crate::tcp::server_for_strangers(chain, key).map(TlsAcceptor::from))
            .transpose()?;
        let seats = Arc::new(Semaphore::new(limits.connections));
        Ok(Self { limits, rooms: Mutex::new(HashMap::new()), seats, tls })
    }

    /// Answers for ever.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok(seat) = self.seats.clone().acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                // Out of files, most likely: others may close soon.
                sleep(PAUSE).await;
                continue;
            };
            let relay = self.clone();
            tokio::spawn(async move {
                let _seat = seat;
                let _ = stream.set_nodelay(true);
                // A visitor that breaks off or breaks the rules is forgotten.
                let _ = match relay.tls.clone() {
                    None => relay.receive(stream).await,
                    Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => relay.receive(stream).await,
                        Ok(Err(_)) | Err(_) => return,
                    },
                };
            });
        }
    }

    async fn receive(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send) -> Result<()> {
        let late = |_| Error::TimedOut("a visitor that does not say who it is");
        let stream = timeout(HANDSHAKE, accept_async_with_config(stream, Some(websocket())));
        let stream: WebSocketStream<_> = stream.await.map_err(late)?.map_err(broken)?;
        let (sink, source) = stream.split();
        let (mut source, mut sink) = (Half(source), Half(sink));
        let admitted = timeout(HANDSHAKE, self.admit(&mut source, &mut sink)).await.map_err(late)?;
        let ended = match admitted {
            Ok((meeting, me)) => forward(&mut source, &mut sink, &meeting, me).await,
            Err(refused) => Err(refused),
        };
        if let Err(Error::Refused(reason)) = &ended {
            let _ = sink.send(Frame::Refused(reason.clone()).to_bytes()).await;
        }
        ended
    }

    /// Lets in who can sign for an identity of the room.
    async fn admit(&self, source: &mut impl Source, sink: &mut impl Sink) -> Result<(Arc<Meeting>, PartyId)> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| Error::Unexpected("no randomness"))?;
        sink.send(Frame::Challenge(nonce).to_bytes()).await?;
        let Frame::Join { room, me, signature } = source.expect().await? else {
            return Err(Error::Unexpected("something else than a request to join"));
        };
        let refused = |why: &str| Error::Refused(why.to_owned());
        let identity = room.identity(me).ok_or_else(|| refused("no party of this room"))?;
        identity
            .verify_message(Room::JOIN, &room.statement(me, &nonce), &signature)
            .map_err(|_| refused("the signature is not this party's"))?;
        let mut rooms = self.rooms.lock().expect("nobody panics with the lock");
        rooms.retain(|_, meeting| meeting.used().elapsed() < self.limits.idle);
        if !rooms.contains_key(room.id()) && rooms.len() >= self.limits.rooms {
            return Err(refused("too many sessions"));
        }
        let meeting = rooms
            .entry(*room.id())
            .or_insert_with(|| Arc::new(Meeting::new(room.parties(), self.limits.room_bytes)));
        Ok((meeting.clone(), me))
    }
}

/// Both directions of a party's connection.
async fn forward(
    source: &mut impl Source,
    sink: &mut impl Sink,
    meeting: &Meeting,
    me: PartyId,
) -> Result<()> {
    let peers: Vec<_> = meeting.peers(me).collect();
    let incoming = async {
        while let Some(bytes) = source.next().await? {
            match Frame::from_bytes(&bytes)? {
                Frame::Message { peer, number, payload } if peers.contains(&peer) => meeting
                    .put(me, peer, number, payload)
                    .map_err(|Full| Error::Refused("too many bytes wait in this session".into()))?,
                Frame::Received { peer, number } if peers.contains(&peer) => {
                    meeting.received(peer, me, number);
                }
                _ => return Err(Error::Unexpected("a frame that does not belong here")),
            }
        }
        Ok(())
    };
    let outgoing = async {
        let mut changes = meeting.changes();
        // For each peer: how far its messages went out to this party, and what this party was told about its own.
        let mut sent = BTreeMap::new();
        for peer in &peers {
            let (held, _) = meeting.progress(me, *peer);
            sink.send(Frame::Held { peer: *peer, number: held }.to_bytes()).await?;
            let (_, received) = meeting.progress(*peer, me);
            sent.insert(*peer, (received, Number::default()));
        }
        loop {
            changes.borrow_and_update();
            for (peer, (sent, told)) in &mut sent {
                let (_, received) = meeting.progress(me, *peer);
                if received > *told {
                    sink.send(Frame::Received { peer: *peer, number: received }.to_bytes()).await?;
                    *told = received;
                }
                for (number, payload) in meeting.waiting(*peer, me, *sent) {
                    sink.send(Frame::message(*peer, number, &payload)).await?;
                    *sent = number;
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
