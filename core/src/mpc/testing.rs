//! All parties in one thread, for tests and simulation: no transport, no secrecy.
//!
//! Every message is encoded by its sender and decoded by its receiver, as over a real transport. A hook sees each
//! round's deliveries before they arrive and may drop, double, swap, alter or invent some.
use rand_core::CryptoRng;

use super::{
    identity::IdentityKey,
    outbox::{Destination, Outgoing},
    secure_sum::{Input, Message, Plan, Round, Session, SumOutput},
};
use crate::{
    codec::{Decode, HEADER_LEN},
    error::{Error, ErrorKind, Result},
    party::PartyId,
};

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

/// What became of a party.
#[derive(Debug)]
pub enum Side {
    /// It takes part.
    Running(Session),
    /// It left without a word.
    Left,
    /// It has the sum.
    Done(SumOutput),
    /// It stopped.
    Failed(Error),
}

/// Parties and the messages between them.
#[derive(Debug, Default)]
pub struct Network {
    parties: Vec<(PartyId, Side)>,
    deliveries: Vec<Delivery>,
}

impl Network {
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
        let mut network = Self::default();
        let mut first = Vec::new();
        for ((party, key), input) in plan.parties().iter().zip(keys).zip(inputs) {
            let (session, step) = Session::start(plan, *party, key, input, rng)?;
            network.parties.push((*party, Side::Running(session)));
            first.push((*party, step.outgoing));
        }
        for (party, outgoing) in first {
            network.send(party, outgoing);
        }
        Ok(network)
    }

    fn send(&mut self, from: PartyId, outgoing: Vec<Outgoing>) {
        for Outgoing { to, bytes } in outgoing {
            match to {
                Destination::One(to) => self.deliveries.push(Delivery { from, to, bytes }),
                Destination::All => {
                    let others = self.parties.iter().map(|(party, _)| *party).filter(|party| *party != from);
                    self.deliveries.extend(others.map(|to| Delivery { from, to, bytes: bytes.clone() }));
                }
            }
        }
    }

    /// What will arrive in the current round.
    pub fn deliveries(&mut self) -> &mut Vec<Delivery> {
        &mut self.deliveries
    }

    /// The round that is going on; `None` when nobody takes part any more.
    pub fn round(&self) -> Option<Round> {
        self.parties.iter().find_map(|(_, side)| match side {
            Side::Running(session) => session.round(),
            _ => None,
        })
    }

    /// Makes a party leave; what it sent in this round already still arrives unless it is removed.
    pub fn leave(&mut self, party: PartyId) {
        self.parties.iter_mut().filter(|(p, _)| *p == party).for_each(|(_, side)| *side = Side::Left);
    }

    /// Ends the round: everything arrives, and every party takes a step.
    pub fn advance(&mut self) {
        let deliveries = core::mem::take(&mut self.deliveries);
        let mut sent = Vec::new();
        for (party, side) in &mut self.parties {
            let Side::Running(session) = side else { continue };
            let incoming: Vec<_> =
                deliveries.iter().filter(|d| d.to == *party).map(|d| (d.from, d.bytes.clone())).collect();
            match session.step(&incoming) {
                Err(error) => *side = Side::Failed(error),
                Ok(step) => {
                    sent.push((*party, step.outgoing));
                    if let Some(output) = step.output {
                        *side = Side::Done(output);
                    }
                }
            }
        }
        for (party, outgoing) in sent {
            self.send(party, outgoing);
        }
    }

    /// The parties as they are now, in the order of the plan.
    pub fn into_sides(self) -> Vec<(PartyId, Side)> {
        self.parties
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
    mut tamper: impl FnMut(Round, &mut Network),
) -> Result<Vec<(PartyId, Side)>> {
    let mut network = Network::start(plan, keys, inputs, rng)?;
    while let Some(round) = network.round() {
        tamper(round, &mut network);
        network.advance();
    }
    Ok(network.into_sides())
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
    run_with(plan, keys, inputs, rng, |_, _| ())?
        .into_iter()
        .map(|(_, side)| match side {
            Side::Done(output) => Ok(output),
            Side::Failed(error) => Err(error),
            Side::Running(_) | Side::Left => {
                Err(Error::new(ErrorKind::MissingMessage, "simulation: a party left"))
            }
        })
        .collect()
}
