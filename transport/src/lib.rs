//! Carries the messages of veilkit's sessions between parties.
//!
//! A protocol of `veilkit` takes messages and gives messages; it opens no socket. Here are two ways to carry them:
//! - [`tcp`]: each pair of parties over TCP with mutual TLS 1.3; a party connects to those with lower numbers.
//! - [`relay`]: every party connects outbound, by WebSocket, to a relay that forwards what it cannot read. The program
//!   `veilkit-relay` is one.
//!
//! Both give a [`Link`], and [`drive()`] takes a session to its end over it. Connections that break are made
//! again, and what was not acknowledged is sent again; nothing arrives twice or out of order. A party that crashed
//! takes its session up from its journal and connects anew.
//!
//! # Security
//! Sessions seal and sign what they send, whatever carries it. TLS on top hides who takes part and in which session. A relay
//! sees which identities meet, when, and how many bytes go by.
#![forbid(unsafe_code)]

mod connection;
mod drive;
mod error;
mod link;
mod post;
pub mod relay;
pub mod tcp;
mod wire;

pub use drive::{Deadlines, drive};
pub use error::{Error, Result};
pub use link::Link;
pub use wire::{MAX_PAYLOAD, Room};

#[cfg(test)]
mod tests;
