//! Plans and tables for the tests of functions.
use super::{Column, ColumnKind, Function, Outcome, Plan, PlanSpec, Policy, Protocol, Table, run};
use crate::{
    field::Fp61,
    mpc::{
        arithmetic::NetworkProfile,
        identity::IdentityKey,
        session_id::SessionId,
        testing::{Clear, now},
    },
    party::PartyId,
    transcript::Transcript,
};

/// A number with so many digits after the point.
pub(crate) fn numeric(name: &str, low: f64, high: f64, resolution: f64) -> Column {
    Column::new(name, "", ColumnKind::Numeric { low, high, resolution }).unwrap()
}

/// A category.
pub(crate) fn category(name: &str, levels: &[&str]) -> Column {
    let levels = levels.iter().map(|&level| level.to_owned()).collect();
    Column::new(name, "", ColumnKind::Category { levels }).unwrap()
}

/// The keys of the parties of every test.
pub(crate) fn keys(parties: u16) -> Vec<IdentityKey> {
    let mut rng = Transcript::new("veilkit test study").rng();
    (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect()
}

/// A plan that reveals to everybody and suppresses nothing.
pub(crate) fn spec(parties: u16, columns: Vec<Column>, functions: Vec<Function>) -> PlanSpec {
    let party = |number| PartyId::new(number).unwrap();
    let keys = keys(parties);
    PlanSpec {
        session: SessionId([7; 32]),
        purpose: "a test".into(),
        parties: (1..=parties).zip(&keys).map(|(number, key)| (party(number), key.identity())).collect(),
        protocol: Protocol::ShamirMalicious,
        network: NetworkProfile::LAN,
        columns,
        functions,
        policy: Policy {
            min_cohort: 1,
            min_parties: 1,
            min_cell: 1,
            receivers: (1..=parties).map(party).collect(),
            allow_extremes: true,
        },
        max_rows: 1000,
    }
}

/// The results over pooled rows, by a box in the clear.
pub(crate) fn pooled(spec: PlanSpec, columns: &[&[f64]]) -> Vec<Outcome> {
    let plan = Plan::new(spec).unwrap();
    let table = Table::new(&plan, columns).unwrap();
    now(run(&mut Clear::<Fp61>::new(1), &plan, &table)).unwrap().results
}
