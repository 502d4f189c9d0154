//! Studies over the real boxes, with real messages.
use super::{
    Function, Outcome, Plan, PlanSpec, Policy, Protocol, Table, Value, session, simulate,
    testing::{category, keys, numeric, pooled, spec},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{arithmetic::NetworkProfile, session::Seed},
    party::PartyId,
    transcript::Transcript,
};

mod faults;
mod refusals;

/// Rows of three columns, different for each party.
fn rows(party: usize, count: u32) -> Vec<Vec<f64>> {
    let shift = u32::try_from(party).unwrap() * 7;
    let x = (0..count).map(|row| f64::from((row * 37 + shift) % 200) / 2.0).collect();
    let y = (0..count)
        .map(|row| if row % 9 == 4 { f64::NAN } else { f64::from((row * 11 + shift) % 50) })
        .collect();
    let c = (0..count).map(|row| f64::from((row + shift) % 3)).collect();
    vec![x, y, c]
}

fn columns() -> Vec<super::Column> {
    vec![numeric("x", 0.0, 100.0, 0.5), numeric("y", 0.0, 50.0, 1.0), category("c", &["a", "b", "c"])]
}

fn every_function() -> Vec<Function> {
    let column = 0;
    vec![
        Function::Count { column: 1 },
        Function::Sum { column },
        Function::Mean { column: 1 },
        Function::Variance { column },
        Function::Covariance { columns: vec![0, 1] },
        Function::Correlation { columns: vec![1, 0] },
        Function::Histogram { column, edges: vec![0.0, 20.0, 50.0, 80.0] },
        Function::Quantiles { column, probabilities: vec![0.1, 0.5] },
        Function::Minimum { column },
        Function::Maximum { column: 1 },
        Function::TopK { column, k: 3 },
        Function::GroupBy { column, by: 2 },
        Function::Histogram { column: 2, edges: vec![] },
    ]
}

fn table(plan: &Plan, rows: &[Vec<f64>]) -> Table {
    Table::new(plan, &rows.iter().map(|column| &column[..]).collect::<Vec<_>>()).unwrap()
}

fn seeds(parties: usize) -> Vec<Seed> {
    let mut rng = Transcript::new("veilkit test study seeds").rng();
    (0..parties).map(|_| Seed::generate(&mut rng)).collect()
}

fn reports(plan: &Plan, tables: Vec<Table>) -> Result<Vec<super::Simulated>> {
    let parties = tables.len();
    simulate(plan, &keys(u16::try_from(parties).unwrap()), &seeds(parties), tables)
}

/// The same figures, up to the last digits of floating point; NaN is itself.
fn assert_same(found: &[Outcome], expected: &[Outcome]) {
    let text = |outcome: &Outcome| format!("{:?} {:?} {:?}", outcome.function, outcome.n, outcome.value);
    assert_eq!(found.iter().map(text).collect::<Vec<_>>(), expected.iter().map(text).collect::<Vec<_>>());
}

fn joint(spec: PlanSpec, count: u32) -> Vec<super::Simulated> {
    let parties = spec.parties.len();
    let plan = Plan::new(spec).unwrap();
    reports(&plan, (0..parties).map(|party| table(&plan, &rows(party, count))).collect()).unwrap()
}

fn together(parties: usize, count: u32) -> Vec<Vec<f64>> {
    let all: Vec<_> = (0..parties).map(|party| rows(party, count)).collect();
    (0..3).map(|column| all.iter().flat_map(|rows| rows[column].clone()).collect()).collect()
}

#[test]
fn joint_figures_are_those_of_the_pooled_rows() {
    for (parties, protocol) in
        [(3, Protocol::ShamirMalicious), (3, Protocol::ShamirSemiHonest), (5, Protocol::ShamirMalicious)]
    {
        let mut spec = spec(parties, columns(), every_function());
        spec.protocol = protocol;
        let pooled_rows = together(usize::from(parties), 40);
        let expected =
            pooled(spec.clone(), &pooled_rows.iter().map(|column| &column[..]).collect::<Vec<_>>());
        for side in joint(spec, 40) {
            assert_same(&side.report.results, &expected);
        }
    }
}

#[test]
fn the_rehearsal_costs_what_the_study_does() {
    let mut spec = spec(3, columns(), every_function());
    (spec.policy.min_cell, spec.policy.min_cohort) = (2, 5);
    let cost = Plan::new(spec.clone()).unwrap().cost(NetworkProfile::WAN).unwrap();
    let sides = joint(spec, 60);
    let rounds = sides.iter().map(|side| side.traffic.rounds).max().unwrap();
    let bytes = sides.iter().map(|side| side.traffic.sent_bytes).max().unwrap();
    assert_eq!((cost.rounds, cost.bytes), (rounds, bytes));
    assert_eq!(cost.total_bytes, sides.iter().map(|side| side.traffic.sent_bytes).sum::<u64>());
    assert!((cost.seconds - f64::from(rounds) * 0.02 - bytes as f64 / 12.5e6).abs() < 1e-9);
}

#[test]
fn a_small_cohort_is_refused_and_not_counted() {
    let functions = || vec![Function::Mean { column: 0 }, Function::Mean { column: 1 }];
    let mut spec = spec(3, columns(), functions());
    // 3 * 10 rows, of which y misses one for each party.
    spec.policy.min_cohort = 30;
    for side in joint(spec, 10) {
        let results = &side.report.results;
        assert!(matches!((&results[0].value, results[0].n), (Value::Figure(_), Some(30))));
        assert_eq!((&results[1].value, results[1].n), (&Value::Refused, None));
    }
}

#[test]
fn rows_of_too_few_parties_are_refused() {
    let run = |min_parties: usize| {
        let mut spec = spec(3, columns(), vec![Function::Sum { column: 0 }]);
        spec.policy.min_parties = min_parties;
        let plan = Plan::new(spec).unwrap();
        let tables = (0..3).map(|party| table(&plan, &rows(party, if party == 2 { 0 } else { 5 }))).collect();
        reports(&plan, tables).unwrap().swap_remove(0).report.results.swap_remove(0)
    };
    assert_eq!((run(3).value, run(3).n), (Value::Refused, None));
    assert_eq!(run(2).n, Some(10));
}

#[test]
fn only_receivers_see_results() {
    let functions = vec![
        Function::Mean { column: 0 },
        Function::Histogram { column: 2, edges: vec![] },
        Function::GroupBy { column: 0, by: 2 },
        Function::Maximum { column: 0 },
    ];
    let mut spec = spec(3, columns(), functions);
    spec.policy.receivers = vec![PartyId::new(2).unwrap()];
    let sides = joint(spec.clone(), 20);
    assert!(
        sides[1]
            .report
            .results
            .iter()
            .all(|outcome| outcome.n == Some(60) && outcome.value != Value::Withheld)
    );
    for at in [0, 2] {
        let results = &sides[at].report.results;
        assert!(results.iter().all(|outcome| outcome.n.is_none() && outcome.value == Value::Withheld));
    }
    spec.functions.push(Function::Quantiles { column: 0, probabilities: vec![0.5] });
    assert_eq!(Plan::new(spec).unwrap_err().kind(), ErrorKind::InvalidParams);
}

/// A table whose values lie beyond the plan's ranges.
fn beyond(plan: &Plan, values: [f64; 3]) -> Table {
    let mut spec = plan.spec().clone();
    spec.columns[0] = numeric("x", -10_000.0, 10_100.0, 0.5); // the same centre
    spec.columns[1] = numeric("y", -10_000.0, 10_050.0, 1.0);
    let wide = Plan::new(spec).unwrap();
    let rows = values.map(|value| [value; 4]);
    let mut table = Table::new(&wide, &[&rows[0], &rows[1], &rows[2]]).unwrap();
    table.belongs_to(plan);
    table
}

#[test]
fn a_party_with_impossible_sums_is_named() {
    let x = 0;
    let functions = [
        Function::Sum { column: x },
        Function::Mean { column: x },
        Function::Covariance { columns: vec![0, 1] },
        Function::Maximum { column: x },
        Function::GroupBy { column: x, by: 2 },
    ];
    for function in functions {
        let plan = Plan::new(spec(3, columns(), vec![function.clone()])).unwrap();
        for value in [-900.0, 100.5, 10_000.0] {
            if value < 0.0 && matches!(function, Function::Maximum { .. }) {
                continue; // as good as no row
            }
            let tables =
                vec![table(&plan, &rows(0, 5)), beyond(&plan, [value, 10.0, 1.0]), table(&plan, &rows(2, 5))];
            let error = reports(&plan, tables).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VerificationFailed, "{function:?}");
            assert_eq!(error.culprits(), [PartyId::new(2).unwrap()], "{function:?}");
            assert_eq!(error.what(), "study: sums that no rows within the columns' ranges have");
        }
    }
}

#[test]
fn tables_belong_to_their_plan() {
    let (one, other) =
        (spec(3, columns(), every_function()), spec(3, columns(), vec![Function::Sum { column: 0 }]));
    let (one, other) = (Plan::new(one).unwrap(), Plan::new(other).unwrap());
    let start =
        |table| session::start(&one, PartyId::new(1).unwrap(), &keys(3)[0], &seeds(1)[0], table).map(|_| ());
    start(table(&one, &rows(0, 3))).unwrap();
    assert_eq!(start(table(&other, &rows(0, 3))).unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

#[test]
fn values_beyond_a_range_are_refused_and_the_column_is_named() {
    let plan = Plan::new(spec(3, columns(), every_function())).unwrap();
    let table = |x: f64, y: f64, c: f64| Table::new(&plan, &[&[x], &[y], &[c]]).map(|_| ());
    table(1.0, f64::NAN, 2.0).unwrap();
    let cases = [(101.0, 1.0, 0.0, 0), (1.0, -1.0, 0.0, 1), (1.0, 1.0, 3.0, 2), (1.0, 1.0, 0.5, 2)];
    for (x, y, c, column) in cases {
        let error = table(x, y, c).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::OutOfRange, Some(column)));
        assert_eq!(
            error.to_string(),
            format!("OutOfRange (12): table: a value is beyond its column's range; column {column}")
        );
    }
    assert_eq!(Table::new(&plan, &[&[1.0], &[1.0]]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    assert_eq!(Table::new(&plan, &[&[1.0], &[1.0], &[]]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    let many = vec![1.0; 1001];
    assert_eq!(Table::new(&plan, &[&many, &many, &many]).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn errors_do_not_name_values() {
    let error: Error = super::run::impossible();
    assert!(error.to_string().chars().all(|char| !char.is_ascii_digit() || "31".contains(char)));
}
