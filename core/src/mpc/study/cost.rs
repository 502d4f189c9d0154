//! What a study takes, before it runs.
use super::{
    column::Column,
    plan::{Plan, PlanSpec},
    simulation,
    table::Table,
};
use crate::{
    error::Result,
    mpc::{arithmetic::NetworkProfile, identity::IdentityKey, session::Seed},
    transcript::Transcript,
};

/// What a study takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Messages that wait for each other, one after the other.
    pub rounds: u32,
    /// The bytes that the busiest party sends.
    pub bytes: u64,
    /// The bytes that all parties send.
    pub total_bytes: u64,
    /// The seconds that they are on the way; computing comes on top.
    pub seconds: f64,
}

/// How many different rows each party of the rehearsal has; each row stands there twice.
const ROWS: usize = 48;

impl Plan {
    /// What the study takes over a network: by a rehearsal of the whole protocol in this process, with rows made up. It takes as much
    /// computing as all parties together for so few rows.
    ///
    /// # Shape
    /// Rounds and bytes are those of a study in which nothing is refused or suppressed.
    /// # Errors
    /// Those of a study.
    pub fn cost(&self, network: NetworkProfile) -> Result<Cost> {
        let mut rng = Transcript::new("veilkit v1 study rehearsal").append("plan", self.hash()).rng();
        let mut spec: PlanSpec = self.spec().clone();
        let mut keys = Vec::with_capacity(spec.parties.len());
        for (_, identity) in &mut spec.parties {
            let key = IdentityKey::generate(&mut rng);
            *identity = key.identity();
            keys.push(key);
        }
        // No count of rows that stand there twice is 1, so nothing is suppressed.
        spec.policy.min_cell = spec.policy.min_cell.min(2);
        spec.policy.min_cohort = spec.policy.min_cell.max(2);
        spec.policy.min_parties = spec.policy.min_parties.min(spec.parties.len());
        let rehearsal = Self::new(spec)?;
        let seeds: Vec<_> = keys.iter().map(|_| Seed::generate(&mut rng)).collect();
        let tables = (0..keys.len()).map(|_| made_up(&rehearsal, &mut rng)).collect::<Result<_>>()?;
        let sides = simulation::simulate(&rehearsal, &keys, &seeds, tables)?;
        let sent = || sides.iter().map(|side| side.traffic.sent_bytes);
        let rounds = sides.iter().map(|side| side.traffic.rounds).max().unwrap_or(0);
        let bytes = sent().max().unwrap_or(0);
        Ok(Cost {
            rounds,
            bytes,
            total_bytes: sent().sum(),
            seconds: network.seconds(u64::from(rounds), bytes),
        })
    }
}

/// Rows all over the ranges.
fn made_up(plan: &Plan, rng: &mut impl rand_core::CryptoRng) -> Result<Table> {
    let most = usize::try_from(plan.max_rows()).unwrap_or(usize::MAX);
    let mut values = |column: &Column| -> Vec<f64> {
        let (low, high) = column.bounds();
        let width = (high - low).cast_unsigned() + 1;
        let value = |random: u64| column.decode(low.wrapping_add((random % width).cast_signed()));
        let rows: Vec<f64> = (0..ROWS).map(|_| value(rng.next_u64())).collect();
        let (low, high) = column.range();
        [&rows[..], &rows[..]].concat().into_iter().take(most).map(|value| value.clamp(low, high)).collect()
    };
    let columns: Vec<_> = plan.columns().iter().map(&mut values).collect();
    Table::new(plan, &columns.iter().map(|values| &values[..]).collect::<Vec<_>>())
}
