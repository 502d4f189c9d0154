//! A party's way to a relay.
use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use rustls_pki_types::ServerName;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, rustls::ClientConfig};
use tokio_tungstenite::{client_async_with_config, tungstenite::http::Uri};
use veilkit::{mpc::IdentityKey, party::PartyId};

use super::{ClientStream, Half, Incoming, Outgoing, broken, websocket};
use crate::{
    connection::{End, Sink, Source, carry},
    error::{Error, Result},
    link::Link,
    post::Post,
    wire::{Frame, Room},
};

const HANDSHAKE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How a party reaches the others through a relay.
#[derive(Debug)]
pub struct Options {
    /// `ws://host:port` or `wss://host:port`.
    pub url: String,
    /// Which session, and whose.
    pub room: Room,
    /// This party.
    pub me: PartyId,
    /// Its key, which opens the room's door.
    pub key: IdentityKey,
    /// For `wss`: the authorities to trust, as PEM.
    pub authorities: Option<Vec<u8>>,
}

/// Starts the connection to the relay; it comes up in the background, and again whenever it breaks.
///
/// # Errors
/// `Options` when the key is not this party's in the room, or `wss` comes without authorities; `Tls` for authorities that cannot be read.
pub fn connect(options: Options) -> Result<Link> {
    let Options { url, room, me, key, authorities } = options;
    if room.identity(me) != Some(&key.identity()) {
        return Err(Error::Options("relay: the key is not this party's in the room"));
    }
    let address = Address::new(&url, authorities.as_deref())?;
    let peers: Vec<_> = room.parties().filter(|party| *party != me).collect();
    let mut link = Link::new(me, peers.clone());
    let way = Way { address, room, me, key, peers };
    link.connections.spawn(way.keep_up(link.post().clone()));
    Ok(link)
}

/// Where a relay is.
struct Address {
    url: String,
    host: String,
    port: u16,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

impl Address {
    fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self> {
        let bad = || Error::Options("relay: url, ws://host:port or wss://host:port");
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let host = uri.host().ok_or_else(bad)?.trim_matches(['[', ']']).to_owned();
        let (port, tls) = match uri.scheme_str() {
            Some("ws") => (80, None),
            Some("wss") => {
                let pem = authorities.ok_or(Error::Options("relay: authorities to trust, for wss"))?;
                let name = ServerName::try_from(host.clone()).map_err(|_| bad())?;
                (443, Some((crate::tcp::client_without_certificate(pem)?, name)))
            }
            _ => return Err(bad()),
        };
        Ok(Self { url: url.to_owned(), host, port: uri.port_u16().unwrap_or(port), tls })
    }

    async fn connect(&self) -> Result<Box<dyn ClientStream>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let Some((config, name)) = &self.tls else { return Ok(Box::new(stream)) };
        let connector = TlsConnector::from(config.clone());
        Ok(Box::new(connector.connect(name.clone(), stream).await.map_err(crate::tcp::refused_by_tls)?))
    }
}

struct Way {
    address: Address,
    room: Room,
    me: PartyId,
    key: IdentityKey,
    peers: Vec<PartyId>,
}

impl Way {
    async fn keep_up(self, post: Arc<Post>) -> Error {
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout(HANDSHAKE, self.open()).await {
                Ok(Ok((mut source, mut sink))) => {
                    pause = FIRST_PAUSE;
                    if let Err(error @ Error::Refused(_)) =
                        carry(&mut source, &mut sink, &post, &self.peers, End::Relay).await
                    {
                        return error;
                    }
                }
                Ok(Err(error @ (Error::Refused(_) | Error::Tls(_)))) => return error,
                Ok(Err(_)) | Err(_) => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn open(
        &self,
    ) -> Result<(Half<Incoming<Box<dyn ClientStream>>>, Half<Outgoing<Box<dyn ClientStream>>>)> {
        let stream = self.address.connect().await?;
        let websocket = client_async_with_config(&self.address.url, stream, Some(websocket()));
        let (stream, _) = websocket.await.map_err(broken)?;
        let (sink, source) = stream.split();
        let (mut source, mut sink) = (Half(source), Half(sink));
        let Frame::Challenge(nonce) = source.expect().await? else {
            return Err(Error::Unexpected("something else than a challenge"));
        };
        let signature = self.key.sign_message(Room::JOIN, &self.room.statement(self.me, &nonce));
        let join = Frame::Join { room: self.room.clone(), me: self.me, signature };
        sink.send(join.to_bytes()).await?;
        Ok((source, sink))
    }
}
