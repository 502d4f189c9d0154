//! Parties and the messages between them, for any protocol that is a session with steps.
use core::fmt::Debug;

use super::Delivery;
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        dkg,
        outbox::{Destination, Outgoing, Step},
        repair, resharing, secure_sum,
    },
    party::PartyId,
    shamir::Verifiable,
};

/// One party's side of a protocol: everything that arrived goes in, everything to be sent comes out.
pub trait Machine {
    /// The rounds.
    type Round: Copy + Debug;
    /// What the protocol is for.
    type Output: Debug;

    /// Ends a round.
    ///
    /// # Errors
    /// Those of the session's own step.
    fn advance(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Self::Output>>;

    /// The round whose messages it waits for; `None` when it is over.
    fn awaits(&self) -> Option<Self::Round>;
}

impl Machine for secure_sum::Session {
    type Round = secure_sum::Round;
    type Output = secure_sum::SumOutput;

    fn advance(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Self::Output>> {
        self.step(incoming).map(|step| Step { outgoing: step.outgoing, output: step.output })
    }

    fn awaits(&self) -> Option<Self::Round> {
        self.round()
    }
}

impl Machine for dkg::Session {
    type Round = dkg::Round;
    type Output = dkg::KeyShare;

    fn advance(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Self::Output>> {
        self.step(incoming).map(|step| Step { outgoing: step.outgoing, output: step.output })
    }

    fn awaits(&self) -> Option<Self::Round> {
        self.round()
    }
}

impl<S: Verifiable> Machine for resharing::Session<S> {
    type Round = resharing::Round;
    type Output = resharing::Output<S>;

    fn advance(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Self::Output>> {
        self.step(incoming)
    }

    fn awaits(&self) -> Option<Self::Round> {
        self.round()
    }
}

impl<S: Verifiable> Machine for repair::Session<S> {
    type Round = repair::Round;
    type Output = repair::Output<S>;

    fn advance(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Self::Output>> {
        self.step(incoming)
    }

    fn awaits(&self) -> Option<Self::Round> {
        self.round()
    }
}

/// What became of a party.
#[derive(Debug)]
pub enum Side<M: Machine = secure_sum::Session> {
    /// It takes part.
    Running(M),
    /// It left without a word.
    Left,
    /// It has the output.
    Done(M::Output),
    /// It stopped.
    Failed(Error),
}

/// Parties and the messages between them.
#[derive(Debug)]
pub struct Network<M: Machine = secure_sum::Session> {
    parties: Vec<(PartyId, Side<M>)>,
    deliveries: Vec<Delivery>,
}

impl<M: Machine> Network<M> {
    /// Sessions that have started, each with its first step.
    pub fn of(started: Vec<(PartyId, M, Step<M::Output>)>) -> Self {
        let mut network = Self { parties: Vec::new(), deliveries: Vec::new() };
        let mut first = Vec::new();
        for (party, session, step) in started {
            network.parties.push((party, Side::Running(session)));
            first.push((party, step.outgoing));
        }
        for (party, outgoing) in first {
            network.send(party, outgoing);
        }
        network
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
    pub fn round(&self) -> Option<M::Round> {
        self.parties.iter().find_map(|(_, side)| match side {
            Side::Running(session) => session.awaits(),
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
            match session.advance(&incoming) {
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

    /// Goes on to the end; `tamper` sees each round before it is over.
    pub fn finish_with(mut self, mut tamper: impl FnMut(M::Round, &mut Self)) -> Vec<(PartyId, Side<M>)> {
        while let Some(round) = self.round() {
            tamper(round, &mut self);
            self.advance();
        }
        self.into_sides()
    }

    /// Goes on to the end with nobody leaving, and gives each party's output.
    ///
    /// # Errors
    /// Those of any party.
    pub fn finish(self) -> Result<Vec<M::Output>> {
        let output = |(_, side)| match side {
            Side::Done(output) => Ok(output),
            Side::Failed(error) => Err(error),
            Side::Running(_) | Side::Left => {
                Err(Error::new(ErrorKind::MissingMessage, "simulation: a party left"))
            }
        };
        self.finish_with(|_, _| ()).into_iter().map(output).collect()
    }

    /// The parties as they are now, in the order in which they started.
    pub fn into_sides(self) -> Vec<(PartyId, Side<M>)> {
        self.parties
    }
}
