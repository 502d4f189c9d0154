//! All parties of a study in one process: no transport, no secrecy.
use super::{plan::Plan, report::Report, session, table::Table};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::IdentityKey,
        outbox::{Destination, Step},
        session::{Seed, Traffic},
    },
    party::PartyId,
};

/// What one party of a simulated study got, and what it sent for it.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Its report.
    pub report: Report,
    /// Its messages.
    pub traffic: Traffic,
}

/// Runs a study with all its parties in this thread, with the messages of a real one: a key, a seed and a table for each party of
/// the plan, in its order.
///
/// # Errors
/// `ShapeMismatch` unless there is one of each for each party; those of [`start`](super::start) and of any party.
pub fn simulate(
    plan: &Plan,
    keys: &[IdentityKey],
    seeds: &[Seed],
    tables: Vec<Table>,
) -> Result<Vec<Simulated>> {
    let parties: Vec<PartyId> = plan.parties().collect();
    if [keys.len(), seeds.len(), tables.len()] != [parties.len(); 3] {
        let what = "simulation: one key, seed and table for each party";
        return Err(Error::new(ErrorKind::ShapeMismatch, what));
    }
    let mut sessions = Vec::with_capacity(parties.len());
    let mut reports: Vec<Option<Report>> = vec![None; parties.len()];
    let mut inboxes: Vec<Vec<(PartyId, Vec<u8>)>> = vec![Vec::new(); parties.len()];
    let post = |from: usize, step: Step<Report>, inboxes: &mut Vec<Vec<_>>, reports: &mut Vec<_>| {
        for message in step.outgoing {
            for (at, inbox) in inboxes.iter_mut().enumerate() {
                let is_for = match message.to {
                    Destination::All => at != from,
                    Destination::One(to) => to == parties[at],
                };
                if is_for {
                    inbox.push((parties[from], message.bytes.clone()));
                }
            }
        }
        if step.output.is_some() {
            reports[from] = step.output;
        }
    };
    for (at, table) in tables.into_iter().enumerate() {
        let (mut session, step) = session::start(plan, parties[at], &keys[at], &seeds[at], table)?;
        session.keep_unheard(false);
        post(at, step, &mut inboxes, &mut reports);
        sessions.push(session);
    }
    while inboxes.iter().any(|inbox| !inbox.is_empty()) {
        for (at, session) in sessions.iter_mut().enumerate() {
            let inbox = core::mem::take(&mut inboxes[at]);
            if !inbox.is_empty() {
                let step = session.step(&inbox)?;
                post(at, step, &mut inboxes, &mut reports);
            }
        }
    }
    let ended = |(report, session): (Option<Report>, crate::mpc::session::Session<Report>)| {
        let waits = Error::new(ErrorKind::MissingMessage, "simulation: a party waits for a message");
        Ok(Simulated { report: report.ok_or(waits)?, traffic: session.traffic() })
    };
    reports.into_iter().zip(sessions).map(ended).collect()
}
