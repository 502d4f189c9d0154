//! Whole studies under faults of the transport, under cheats, and killed in every round.
use super::{category, numeric, spec, table};
use crate::{
    error::Result,
    mpc::{
        session::Channel,
        study::{Function, Plan, Protocol, session},
        testing::{
            faults::{self, Sample, Tally},
            parties, restarts,
        },
    },
};

/// Comparisons, multiplications, sums that are checked, verdicts of the policy, and a search.
fn plan(parties: u16, protocol: Protocol) -> Plan {
    let columns = vec![numeric("x", 0.0, 7.0, 1.0), category("c", &["a", "b"])];
    let functions = vec![
        Function::Sum { column: 0 },
        Function::Mean { column: 0 },
        Function::Histogram { column: 1, edges: vec![] },
        Function::Quantiles { column: 0, probabilities: vec![0.5] },
    ];
    let mut spec = spec(parties, columns, functions);
    (spec.policy.min_cell, spec.policy.min_cohort, spec.policy.min_parties) = (2, 3, 2);
    (spec.protocol, spec.max_rows) = (protocol, 7);
    Plan::new(spec).unwrap()
}

/// The whole protocol at one party, with three rows of its own: its results, as text, in which a figure that is none is itself.
fn program(plan: &Plan, channel: Channel) -> impl Future<Output = Result<String>> + Send + use<> {
    let rows = |step: usize| -> Vec<f64> {
        (0..3).map(|row| f64::from(u8::try_from((row * step + channel.me()) % 8).unwrap())).collect()
    };
    let level: Vec<f64> = rows(1).iter().map(|row| row % 2.0).collect();
    let study = session::program(plan, table(plan, &[rows(5), level])).unwrap()(channel);
    async move { Ok(format!("{:?}", study.await?.results)) }
}

/// What everybody gets when nobody does anything wrong.
fn right(plan: &Plan) -> String {
    let mut results = parties::run(plan.parties().len(), b"right", |channel| program(plan, channel));
    let right = results.swap_remove(0);
    assert!(results.iter().all(|other| *other == right));
    assert!(!["Refused", "Withheld", "n: None"].iter().any(|missing| right.contains(missing)), "{right}");
    right
}

fn assert_kinds(tally: &Tally, malicious: bool, handshake: bool, parties: u16) {
    let mut kinds = vec!["inputs", "multiply", "open", "reveal"];
    if malicious {
        kinds.extend(["check: coins", "check: masked sum", "check: zero"]);
    }
    if handshake {
        kinds.extend(["hello", "echo"]);
    }
    if parties > 4 {
        kinds.extend(["keys", "keys: comparison", "multiply: opened"]);
    }
    kinds.sort_unstable();
    assert_eq!(tally.kinds.iter().copied().collect::<Vec<_>>(), kinds);
}

fn faults_of_the_transport(parties: u16, protocol: Protocol) {
    let plan = plan(parties, protocol);
    let right = right(&plan);
    let program = |channel: Channel| program(&plan, channel);
    let tally = faults::matrix(Sample::EachKind, usize::from(parties), b"study", program, |_, results| {
        *results == right
    });
    assert_kinds(&tally, protocol.is_malicious(), true, parties);
    assert!(tally.right >= 3 * tally.kinds.len() && tally.stopped > 8 * tally.kinds.len(), "{tally:?}");
}

#[test]
fn faults_of_the_transport_give_no_wrong_figure_among_three() {
    faults_of_the_transport(3, Protocol::ShamirSemiHonest);
    faults_of_the_transport(3, Protocol::ShamirMalicious);
}

#[test]
fn faults_of_the_transport_give_no_wrong_figure_among_five() {
    faults_of_the_transport(5, Protocol::ShamirSemiHonest);
    faults_of_the_transport(5, Protocol::ShamirMalicious);
}

#[test]
fn cheats_give_no_wrong_figure() {
    for parties in [3, 5] {
        let plan = plan(parties, Protocol::ShamirMalicious);
        let right = right(&plan);
        let program = |channel: Channel| program(&plan, channel);
        let tally =
            faults::cheats(Sample::EachKind, 24, usize::from(parties), b"cheat", program, |_, results| {
                *results == right
            });
        assert_kinds(&tally, true, false, parties);
        assert!(tally.stopped > 12 * tally.kinds.len(), "{tally:?}");
    }
}

#[test]
fn a_party_killed_in_any_round_says_the_same_again() {
    for protocol in [Protocol::ShamirSemiHonest, Protocol::ShamirMalicious] {
        let plan = plan(3, protocol);
        let right = right(&plan);
        let program = |channel: Channel| program(&plan, channel);
        let died = restarts::kill_in_every_round(8, 3, b"killed", program, |_, results| *results == right);
        assert!(died > 100, "{died}");
    }
}

#[test]
fn an_old_backup_is_found_out() {
    for protocol in [Protocol::ShamirSemiHonest, Protocol::ShamirMalicious] {
        let plan = plan(3, protocol);
        let found = restarts::restore_every(9, 3, b"backup", |channel| program(&plan, channel));
        assert!(found > 10, "{found}");
    }
}
