//! What can go wrong between parties.
use std::{fmt, io};

/// Why messages could not be carried. No variant holds anything secret.
#[derive(Debug)]
pub enum Error {
    /// The options do not fit together.
    Options(&'static str),
    /// A socket or a file.
    Io(io::Error),
    /// A certificate, a key or a TLS handshake.
    Tls(String),
    /// The other end said something that is not part of the protocol.
    Unexpected(&'static str),
    /// The relay refuses, and says why.
    Refused(String),
    /// Nothing came in time.
    TimedOut(&'static str),
    /// The session ended with an error.
    Session(veilkit::error::Error),
}

/// The result of carrying something.
pub type Result<T> = core::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Options(what) => write!(f, "options: {what}"),
            Self::Io(error) => write!(f, "input or output: {error}"),
            Self::Tls(what) => write!(f, "TLS: {what}"),
            Self::Unexpected(what) => write!(f, "unexpected from the other end: {what}"),
            Self::Refused(why) => write!(f, "refused by the relay: {why}"),
            Self::TimedOut(what) => write!(f, "timed out: {what}"),
            Self::Session(error) => write!(f, "session: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<veilkit::error::Error> for Error {
    fn from(error: veilkit::error::Error) -> Self {
        Self::Session(error)
    }
}
