//! All parties in one thread, for tests and simulation: no transport, no secrecy.
//!
//! Every message is encoded by its sender and decoded by its receiver, as over a real transport. A hook sees each
//! round's deliveries before they arrive and may drop, double, swap, alter or invent some.
use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use rand_core::CryptoRng;

use super::{
    identity::IdentityKey,
    outbox::Step,
    secure_sum::{Input, Message, Plan, Round, Session, SumOutput},
};
use crate::{
    codec::{Decode, HEADER_LEN},
    error::{Error, ErrorKind, Result},
    party::PartyId,
};

#[cfg(test)]
mod boxes;
pub mod cheating;
mod clear;
pub mod faults;
mod holders;
mod network;
pub mod parties;
pub mod restarts;

pub use clear::Clear;
pub use holders::{generate_key, repair, reshare};
pub use network::{Machine, Network, Side};

/// The output of a future that never has to wait, such as a function over [`Clear`].
///
/// # Panics
/// If it waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for a message"),
    }
}

/// One message on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who the transport says it is from.
    pub from: PartyId,
    /// Who gets it.
    pub to: PartyId,
    /// What it gets.
    pub bytes: Vec<u8>,
}

impl Delivery {
    /// Inverts one bit, counted from the first byte's lowest.
    ///
    /// # Panics
    /// Beyond the last bit.
    pub fn flip_bit(&mut self, bit: usize) {
        self.bytes[bit / 8] ^= 1 << (bit % 8);
    }

    /// Makes the envelope name another sender, and the transport too.
    pub fn claim_sender(&mut self, party: PartyId) {
        const SENDER_AT: usize = HEADER_LEN + 32 + 1;
        self.bytes[SENDER_AT..SENDER_AT + 2].copy_from_slice(&party.get().to_le_bytes());
        self.from = party;
    }

    /// The envelope, as a relay sees it.
    ///
    /// # Errors
    /// Those of decoding.
    pub fn message(&self) -> Result<Message> {
        Message::from_bytes(&self.bytes, ())
    }
}

impl Network<Session> {
    /// One party for each identity key and input, in the order of the plan, all started.
    ///
    /// # Errors
    /// Those of [`Session::start`]; `ShapeMismatch` unless there is a key and an input for each party.
    pub fn start(
        plan: &Plan,
        keys: &[IdentityKey],
        inputs: Vec<Input>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        if keys.len() != plan.parties().len() || inputs.len() != keys.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "simulation: one key and input for each party"));
        }
        let mut all = Vec::new();
        for ((party, key), input) in plan.parties().iter().zip(keys).zip(inputs) {
            let (session, step) = Session::start(plan, *party, key, input, rng)?;
            all.push((*party, session, Step { outgoing: step.outgoing, output: step.output }));
        }
        Ok(Self::of(all))
    }
}

/// Runs a plan to its end; `tamper` sees each round before it is over.
///
/// # Errors
/// As [`Network::start`]. What happens to each party later is in its [`Side`].
pub fn run_with(
    plan: &Plan,
    keys: &[IdentityKey],
    inputs: Vec<Input>,
    rng: &mut impl CryptoRng,
    tamper: impl FnMut(Round, &mut Network),
) -> Result<Vec<(PartyId, Side)>> {
    Ok(Network::start(plan, keys, inputs, rng)?.finish_with(tamper))
}

/// Runs a plan to its end with nobody leaving, and gives each party's output.
///
/// # Errors
/// Those of any party.
pub fn run(
    plan: &Plan,
    keys: &[IdentityKey],
    inputs: Vec<Input>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<SumOutput>> {
    Network::start(plan, keys, inputs, rng)?.finish()
}
