//! Through a relay: every party connects outbound, by WebSocket, and the relay forwards what it cannot read.
//!
//! A room belongs to the identities in its name: the relay lets in whoever signs its challenge with one of them, and nobody
//! else. It keeps messages until their receiver has them, in memory only: when it is restarted, the parties send again what had not
//! arrived. It can delay, drop and repeat messages, which ends a session with an error at worst.
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    connection::{Sink, Source},
    error::{Error, Result},
    wire::MAX_FRAME,
};

mod client;
mod room;
mod server;

pub use client::{Options, connect};
pub use server::{Limits, Relay};

/// Messages of up to a whole frame.
fn websocket() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(MAX_FRAME)).max_frame_size(Some(MAX_FRAME))
}

/// One half of a WebSocket whose binary messages are frames.
struct Half<T>(T);

type Incoming<S> = futures_util::stream::SplitStream<WebSocketStream<S>>;
type Outgoing<S> = futures_util::stream::SplitSink<WebSocketStream<S>, Message>;

/// TCP, or TLS over it.
trait ClientStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> ClientStream for T {}

fn broken(error: tokio_tungstenite::tungstenite::Error) -> Error {
    use tokio_tungstenite::tungstenite::Error as WebSocket;
    match error {
        WebSocket::Io(error) => Error::Io(error),
        _ => Error::Unexpected("something that is no WebSocket"),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Source for Half<Incoming<S>> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        use futures_util::StreamExt;
        loop {
            match self.0.next().await {
                None | Some(Ok(Message::Close(_))) => return Ok(None),
                Some(Ok(Message::Binary(bytes))) => return Ok(Some(bytes.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_)) => return Err(Error::Unexpected("a WebSocket message that is not binary")),
                Some(Err(error)) => return Err(broken(error)),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Sink for Half<Outgoing<S>> {
    async fn send(&mut self, frame: Vec<u8>) -> Result<()> {
        use futures_util::SinkExt;
        self.0.send(Message::Binary(frame.into())).await.map_err(broken)
    }
}
