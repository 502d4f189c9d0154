//! Studies over secret shares: sessions that start with the system's randomness, take bytes, and can be resumed.
pub use veilkit::mpc::{
    arithmetic::NetworkProfile,
    session::Journal,
    study::{Column, ColumnKind, Cost, Function, Ledger, Plan, PlanSpec, Policy, Protocol, Table, Ties},
};
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    mpc::{
        IdentityKey, Outgoing, Step,
        session::{self, Seed},
        study::{self, Report},
    },
};

use crate::random::OsRandom;

mod report;

pub use report::{Plain, results};

/// An empty ledger.
///
/// # Errors
/// None of its own; the guard adds `RandomnessUnavailable`.
pub fn new_ledger() -> Result<Ledger> {
    Ok(Ledger::generate(&mut OsRandom::new()))
}

/// What a step gives: messages to send, and in the end the results.
pub struct Sent {
    /// The messages.
    pub outgoing: Vec<Outgoing>,
    /// What to append to the journal before any of them is sent.
    pub journal: Vec<u8>,
    /// The results, in the plan's order.
    pub results: Option<Vec<Plain>>,
}

/// One party's side of a study. It belongs to the process that started it: a copy in a fork would say other things with the same
/// keys, so it refuses.
pub struct Session {
    process: u32,
    plan: Plan,
    inner: session::Session<Report>,
}

impl Session {
    /// As [`study::start`], with a seed from the system. The first journal entry holds the seed.
    ///
    /// # Errors
    /// As there.
    pub fn start(plan: &Plan, me: PartyId, key: &IdentityKey, table: Table) -> Result<(Self, Sent)> {
        let seed = Seed::generate(&mut OsRandom::new());
        let journal = Journal::new(&plan.setup(), me, &seed)?;
        let (inner, step) = study::start(plan, me, key, &seed, table)?;
        let session = Self { process: std::process::id(), plan: plan.clone(), inner };
        let mut sent = session.sent(&[], step)?;
        sent.journal.splice(..0, crate::codec::Encode::to_bytes(&journal).iter().copied());
        Ok((session, sent))
    }

    /// As [`study::resume`], from the bytes of a journal, of which a crash may have cut the end. Gives how many of them count too:
    /// the file is to be cut there before anything is appended.
    ///
    /// # Errors
    /// As there, and as [`Journal::recover`].
    pub fn resume(
        plan: &Plan,
        me: PartyId,
        key: &IdentityKey,
        journal: &[u8],
        table: Table,
    ) -> Result<(Self, Sent, usize)> {
        let (journal, used) = Journal::recover(journal)?;
        let (inner, step) = study::resume(plan, me, key, &journal, &mut OsRandom::new(), table)?;
        let session = Self { process: std::process::id(), plan: plan.clone(), inner };
        let results = step.output.as_ref().map(|report| results(&session.plan, report));
        Ok((session, Sent { outgoing: step.outgoing, journal: Vec::new(), results }, used))
    }

    /// As [`session::Session::step`].
    ///
    /// # Errors
    /// As there; `SessionPoisoned` in a fork of the process that started the session.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Sent> {
        if self.process != std::process::id() {
            return Err(Error::new(ErrorKind::SessionPoisoned, "session: copied by a fork"));
        }
        let step = self.inner.step(incoming)?;
        self.sent(incoming, step)
    }

    fn sent(&self, incoming: &[(PartyId, Vec<u8>)], step: Step<Report>) -> Result<Sent> {
        let journal = Journal::entries(incoming, &step.outgoing)?;
        let results = step.output.as_ref().map(|report| results(&self.plan, report));
        Ok(Sent { outgoing: step.outgoing, journal, results })
    }

    /// As [`session::Session::expire`].
    pub fn expire(&mut self) -> Error {
        self.inner.expire()
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    pub fn round(&self) -> u32 {
        self.inner.round().map_or(0, |round| round + 1)
    }

    /// From whom something is awaited.
    pub fn awaits(&self) -> Vec<PartyId> {
        self.inner.awaits()
    }
}
