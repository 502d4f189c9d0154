//! Every check of a plan and of the policy speaks for itself: whatever is wrong, the error says what.
use super::{Policy, category, columns, keys, numeric, reports, rows, spec, table};
use crate::{
    PartyId,
    error::ErrorKind,
    field::{Fp61, Fp192},
    mpc::{
        SessionId,
        arithmetic::{Arithmetic, Element, Shared},
        session::Channel,
        shamir_box::SemiHonest,
        study::{
            Column, ColumnKind, Function, Histogram, MAX_COLUMNS, MAX_FUNCTIONS, MAX_PURPOSE_LEN, MAX_ROWS,
            Outcome, Plan, PlanSpec, Ties, Value, run::Run,
        },
        testing::parties,
    },
};

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

fn sum() -> PlanSpec {
    spec(3, columns(), vec![Function::Sum { column: 0 }])
}

/// What is said when this was changed.
fn refused(change: impl FnOnce(&mut PlanSpec)) -> (ErrorKind, &'static str, Vec<PartyId>) {
    let mut spec = sum();
    change(&mut spec);
    let error = Plan::new(spec).unwrap_err();
    (error.kind(), error.what(), error.culprits().to_vec())
}

fn invalid(change: impl FnOnce(&mut PlanSpec)) -> &'static str {
    let (kind, what, culprits) = refused(change);
    assert_eq!((kind, culprits), (ErrorKind::InvalidParams, vec![]), "{what}");
    what
}

#[test]
fn plans_of_impossible_parties_are_refused() {
    Plan::new(sum()).unwrap();
    let parties = "plan: parties, 3 to 50";
    assert_eq!(invalid(|spec| spec.parties.truncate(2)), parties);
    let many = |count: u16| {
        move |spec: &mut PlanSpec| {
            spec.parties = (1..=count).zip(keys(count)).map(|(n, key)| (party(n), key.identity())).collect();
        }
    };
    assert_eq!(invalid(many(51)), parties);
    let mut fifty = sum();
    many(50)(&mut fifty);
    Plan::new(fifty).unwrap();
    assert_eq!(
        refused(|spec| spec.parties[2].0 = party(1)),
        (ErrorKind::DuplicateParty, "plan: party number", vec![party(1)])
    );
    assert_eq!(
        refused(|spec| spec.parties[2].1 = spec.parties[0].1),
        (ErrorKind::DuplicateParty, "plan: identity", vec![party(3)])
    );
    assert_eq!(
        refused(|spec| spec.policy.receivers = vec![party(1), party(2), party(1)]),
        (ErrorKind::DuplicateParty, "plan: receiver", vec![party(1)])
    );
    assert_eq!(
        refused(|spec| spec.policy.receivers = vec![party(4)]),
        (ErrorKind::UnknownParty, "plan: receiver", vec![party(4)])
    );
}

#[test]
fn plans_beyond_a_limit_are_refused() {
    let rows = "plan: max_rows, 1 to 2^30 of all parties together";
    assert_eq!(invalid(|spec| spec.max_rows = 0), rows);
    assert_eq!(invalid(|spec| spec.max_rows = MAX_ROWS / 3 + 1), rows);
    let purpose = |len: usize| move |spec: &mut PlanSpec| spec.purpose = "x".repeat(len);
    assert_eq!(invalid(purpose(MAX_PURPOSE_LEN + 1)), "plan: purpose longer than 1,024 bytes");
    let network = "plan: network, a finite time and a bandwidth above 0";
    for (round_trip, bandwidth) in
        [(-1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (1.0, 0.0), (1.0, -1.0)]
    {
        let change = |spec: &mut PlanSpec| {
            (spec.network.round_trip, spec.network.bandwidth) = (round_trip, bandwidth);
        };
        assert_eq!(invalid(change), network, "{round_trip} {bandwidth}");
    }
    let names = "plan: columns, 1 to 1,024 and each name once";
    assert_eq!(invalid(|spec| spec.columns.clear()), names);
    assert_eq!(invalid(|spec| spec.columns.push(numeric("x", 0.0, 1.0, 1.0))), names);
    let column = |number: usize| numeric(&number.to_string(), 0.0, 1.0, 1.0);
    assert_eq!(invalid(|spec| spec.columns = (0..=MAX_COLUMNS).map(column).collect()), names);
    let functions = "plan: functions, 1 to 256";
    assert_eq!(invalid(|spec| spec.functions.clear()), functions);
    let count = Function::Count { column: 0 };
    assert_eq!(invalid(|spec| spec.functions = vec![count; MAX_FUNCTIONS + 1]), functions);
    let mut largest = sum();
    purpose(MAX_PURPOSE_LEN)(&mut largest);
    (largest.max_rows, largest.network.round_trip) = (MAX_ROWS / 3, 0.0);
    largest.columns = (0..MAX_COLUMNS).map(column).collect();
    largest.functions = vec![Function::Count { column: 0 }; MAX_FUNCTIONS];
    Plan::new(largest).unwrap();
}

#[test]
fn policies_that_mean_nothing_are_refused() {
    let policy = |change: fn(&mut Policy)| invalid(|spec| change(&mut spec.policy));
    let cohort = "plan: min_cohort, 1 to 2^30";
    assert_eq!(policy(|policy| (policy.min_cohort, policy.min_cell) = (0, 0)), cohort);
    assert_eq!(policy(|policy| policy.min_cohort = MAX_ROWS + 1), cohort);
    let cell = "plan: min_cell, 1 to min_cohort";
    assert_eq!(policy(|policy| policy.min_cell = 0), cell);
    assert_eq!(policy(|policy| (policy.min_cohort, policy.min_cell) = (5, 6)), cell);
    let parties = "plan: min_parties, 1 to the number of parties";
    assert_eq!(policy(|policy| policy.min_parties = 0), parties);
    assert_eq!(policy(|policy| policy.min_parties = 4), parties);
    assert_eq!(policy(|policy| policy.receivers.clear()), "plan: receivers, at least one");
    let mut strict = sum();
    (strict.policy.min_cohort, strict.policy.min_cell, strict.policy.min_parties) = (3000, 3000, 3);
    Plan::new(strict.clone()).unwrap();
    strict.policy.min_cohort = 3001;
    assert_eq!(Plan::new(strict).unwrap_err().what(), "plan: min_cohort, more than all rows");
}

/// Columns of every kind.
fn every_kind() -> Vec<Column> {
    let time = ColumnKind::Time { high: 10.0, resolution: 1.0 };
    let mut all = columns();
    all.push(category("d", &["no", "yes"]));
    all.push(Column::new("t", "", time).unwrap());
    all.push(Column::new("e", "", ColumnKind::Event).unwrap());
    all
}

const X: usize = 0;
const Y: usize = 1;
/// Of three levels.
const C: usize = 2;
/// Of two levels.
const D: usize = 3;
const T: usize = 4;
const E: usize = 5;

#[test]
fn questions_that_fit_no_column_are_refused() {
    let asked = |function: Function| {
        let mut spec = spec(3, every_kind(), vec![function.clone()]);
        spec.policy.allow_extremes = false;
        Plan::new(spec).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidParams, "{function:?}");
            error.what()
        })
    };
    let edges = |column: usize, edges: &[f64]| Function::Histogram { column, edges: edges.to_vec() };
    let quantiles = |column: usize, probabilities: &[f64]| Function::Quantiles {
        column,
        probabilities: probabilities.to_vec(),
    };
    let logistic = |outcome: usize, predictors: &[usize], iterations: usize| Function::LogisticRegression {
        outcome,
        predictors: predictors.to_vec(),
        iterations,
    };
    let curves = |time: usize, event: usize, by: Option<usize>, bins: usize| Function::KaplanMeier {
        time,
        event,
        by,
        bins,
    };
    let cox = |predictors: &[usize], bins: usize, iterations: usize| Function::Cox {
        time: T,
        event: E,
        predictors: predictors.to_vec(),
        bins,
        iterations,
        ties: Ties::Breslow,
    };
    for good in [
        Function::Mean { column: X },
        Function::Mean { column: D },
        edges(X, &[0.0, 1.0]),
        edges(C, &[]),
        quantiles(X, &[0.0, 0.5, 1.0]),
        Function::TTest { column: X, by: D },
        logistic(D, &[X, Y], 50),
        curves(T, E, Some(C), 1024),
        cox(&[X], 8, 50),
        Function::Pca { columns: vec![X, Y], components: 2 },
    ] {
        asked(good.clone()).unwrap_or_else(|what| panic!("{good:?}: {what}"));
    }
    let column = "function: a column that the plan does not have, or more than 64";
    let twice = "function: a column twice";
    let number = "function: a category of more than two levels where numbers are needed";
    let level = "function: groups by a column that is no category of so many levels";
    let survival = "function: survival needs a time and an event column";
    let shape = "function: edges, from 2 to 1,025 that ascend, none for levels";
    let chances = "function: probabilities, from 0 to 1 and ascending";
    let extremes = "function: the policy does not allow extremes";
    let bins = "function: bins, 1 to 1,024";
    let steps = "function: iterations, 1 to 50";
    let bad = [
        (Function::Count { column: 6 }, column),
        (Function::Covariance { columns: vec![X, X] }, twice),
        (Function::Sum { column: C }, number),
        (Function::Covariance { columns: vec![X, C] }, number),
        (Function::Covariance { columns: vec![X] }, "function: columns, 2 to 64"),
        (edges(X, &[]), shape),
        (edges(X, &[1.0]), shape),
        (edges(X, &[1.0, 1.0]), shape),
        (edges(X, &[0.0, f64::NAN]), shape),
        (edges(C, &[0.0, 1.0]), shape),
        (quantiles(X, &[]), "function: probabilities, 1 to 64"),
        (quantiles(X, &[0.5, 0.5]), chances),
        (quantiles(X, &[-0.1]), chances),
        (quantiles(X, &[f64::NAN]), chances),
        (quantiles(C, &[0.5]), number),
        (Function::Minimum { column: X }, extremes),
        (Function::Maximum { column: X }, extremes),
        (Function::TopK { column: X, k: 1 }, extremes),
        (Function::GroupBy { column: X, by: Y }, level),
        (Function::GroupBy { column: C, by: D }, number),
        (Function::Contingency { row: C, column: X }, level),
        (Function::TTest { column: X, by: C }, level),
        (Function::LinearRegression { outcome: X, predictors: vec![] }, "function: predictors, 1 to 63"),
        (Function::LinearRegression { outcome: C, predictors: vec![X] }, number),
        (logistic(X, &[Y], 5), level),
        (logistic(C, &[X], 5), number),
        (logistic(D, &[], 5), "function: predictors, 1 to 63"),
        (logistic(D, &[X], 0), steps),
        (logistic(D, &[X], 51), steps),
        (curves(X, E, None, 4), survival),
        (curves(T, D, None, 4), survival),
        (curves(T, E, None, 0), bins),
        (curves(T, E, None, 1025), bins),
        (curves(T, E, Some(X), 4), level),
        (cox(&[], 4, 4), "function: predictors, 1 to 62"),
        (cox(&[C], 4, 4), number),
        (cox(&[X], 0, 4), bins),
        (cox(&[X], 4, 51), steps),
        (
            Function::Pca { columns: vec![X, Y], components: 3 },
            "function: components, 1 to the number of columns",
        ),
    ];
    for (function, what) in bad {
        assert_eq!(asked(function.clone()).unwrap_err(), what, "{function:?}");
    }
    let mut spec = spec(3, every_kind(), vec![Function::TopK { column: X, k: 101 }]);
    assert_eq!(Plan::new(spec.clone()).unwrap_err().what(), "function: k, 1 to 100");
    // Every party learns the steps of a search.
    (spec.functions, spec.policy.receivers) = (vec![quantiles(X, &[0.5])], vec![party(1), party(2)]);
    let adaptive = "plan: a function whose steps every party learns, and receivers that are not all";
    assert_eq!(Plan::new(spec).unwrap_err().what(), adaptive);
}

#[test]
fn cohorts_are_held_to_the_last_row() {
    let mean = |min_cohort: u64, min_parties: usize, counts: [u32; 3]| {
        let mut spec = spec(3, columns(), vec![Function::Mean { column: 0 }]);
        (spec.policy.min_cohort, spec.policy.min_parties) = (min_cohort, min_parties);
        let plan = Plan::new(spec).unwrap();
        let tables = (0..3).zip(counts).map(|(party, count)| table(&plan, &rows(party, count))).collect();
        let Outcome { n, value, .. } =
            reports(&plan, tables).unwrap().swap_remove(0).report.results.swap_remove(0);
        assert_eq!(n.is_none(), value == Value::Refused);
        n
    };
    for min_parties in [1, 3] {
        assert_eq!(mean(15, min_parties, [5; 3]), Some(15));
        assert_eq!(mean(16, min_parties, [5; 3]), None);
    }
    assert_eq!(mean(10, 2, [5, 0, 5]), Some(10));
    assert_eq!(mean(10, 3, [5, 0, 5]), None);
    assert_eq!(mean(10, 2, [10, 0, 0]), None);
    assert_eq!(mean(10, 1, [10, 0, 0]), Some(10));
}

/// What a party puts in that has another plan's limit is no number of rows in this one.
#[test]
fn more_rows_than_the_plan_allows_name_their_party() {
    let functions = vec![Function::Count { column: 0 }];
    let mut few = spec(3, columns(), functions);
    few.max_rows = 6;
    let mut many = few.clone();
    many.max_rows = 1000;
    let (few, many) = (Plan::new(few).unwrap(), Plan::new(many).unwrap());
    for (count, is_refused) in [(6, false), (7, true)] {
        let mut own = table(&many, &rows(1, count));
        own.belongs_to(&few);
        let outcome = reports(&few, vec![table(&few, &rows(0, 6)), own, table(&few, &rows(2, 6))]);
        match (outcome, is_refused) {
            (Ok(sides), false) => assert_eq!(sides[0].report.results[0].n, Some(18)),
            (Err(error), true) => {
                assert_eq!(error.what(), "study: sums that no rows within the columns' ranges have");
                assert_eq!(error.culprits(), [party(2)]);
            }
            (outcome, _) => panic!("{outcome:?}"),
        }
    }
}

/// The smallest cells are hidden in the studies of the real box too, and nobody learns their counts.
#[test]
fn small_cells_are_hidden_with_others_among_parties() {
    let mut spec = spec(3, columns(), vec![Function::Histogram { column: 2, edges: vec![] }]);
    (spec.policy.min_cell, spec.policy.min_cohort, spec.session) = (5, 5, SessionId([9; 32]));
    let plan = Plan::new(spec).unwrap();
    let of = |counts: [usize; 3]| -> Vec<f64> {
        (0..3).zip(counts).flat_map(|(level, count)| vec![f64::from(level); count]).collect()
    };
    let tables = [[8, 1, 20], [1, 1, 1], [0, 1, 1]].map(|counts| {
        let levels = of(counts);
        table(&plan, &[vec![1.0; levels.len()], vec![1.0; levels.len()], levels])
    });
    for side in reports(&plan, tables.into()).unwrap() {
        let Value::Histogram(Histogram { counts, .. }) = &side.report.results[0].value else { panic!() };
        assert_eq!(*counts, [Some(9), None, None]);
    }
}

/// The second party claims that -1 is not negative, by a "bit" that is none: numbers and their bits fit, but the bit is not its own
/// square.
#[test]
fn bits_that_are_none_name_their_party() {
    let plan = Plan::new(sum()).unwrap();
    let program = |channel: Channel| {
        let (plan, own) = (plan.clone(), table(&plan, &rows(channel.me(), 2)));
        async move {
            let mut b = SemiHonest::<Fp61>::new(channel).await?;
            let cheats = b.me() == 1;
            let mut run = Run::new(&mut b, &plan, &own);
            let number = if cheats { -1 } else { 5 };
            let numbers = run.enter(&[number]).await?;
            if !cheats {
                return run.require(&[number], &numbers.shares, &[4]).await;
            }
            let bits = run.enter(&[-1, 0, 0, 0]).await?.shares;
            let all = Shared::stacked(&bits.iter().collect::<Vec<_>>());
            let squares = run.box_.mul(&all, &all).await?;
            let mut zeros = vec![&squares - &all];
            for (numbers, bits) in numbers.shares.iter().zip(&bits) {
                let weights = [0, 1, 2, 3].map(Fp61::power_of_two);
                zeros.push(numbers - &bits.scaled_by(&weights).sum());
            }
            run.box_.reveal(&Shared::stacked(&zeros.iter().collect::<Vec<_>>()), &[0, 1, 2]).await.map(drop)
        }
    };
    let outcomes = parties::run_with(3, b"bits", program, |_| ());
    for at in [0, 2] {
        let error = outcomes[at].as_ref().unwrap_err();
        assert_eq!(error.what(), "study: sums that no rows within the columns' ranges have");
        assert_eq!(error.culprits(), [party(2)]);
    }
}

/// Cells that a cohort is cut into have no more rows than the cohort.
#[test]
fn cells_that_overlap_name_their_party() {
    let plan = Plan::new(sum()).unwrap();
    let run = |extra: i128| {
        let program = |channel: Channel| {
            let (plan, own) = (plan.clone(), table(&plan, &rows(channel.me(), 2)));
            async move {
                let mut b = SemiHonest::<Fp192>::new(channel).await?;
                let extra = if b.me() == 1 { extra } else { 0 };
                let mut run = Run::new(&mut b, &plan, &own);
                let cohort = run.cohort(&[0]).await?;
                run.partition(&cohort, &[extra, cohort.mine - extra]).await.map(drop)
            }
        };
        parties::run_with(3, b"cells", program, |_| ())
    };
    assert!([0, 2].into_iter().flat_map(run).all(|outcome| outcome.is_ok()));
    for error in [-1, 3].into_iter().flat_map(run).map(Result::unwrap_err) {
        assert_eq!(error.what(), "study: sums that no rows within the columns' ranges have");
        assert_eq!(error.culprits(), [party(2)]);
    }
}
