//! Studies: a party's rows from the table through its own sums and counts into the box. How many rows there are is public.
use core::hint::black_box;

use veilkit::{
    PartyId, Result,
    field::Fp192,
    mpc::{
        IdentityKey, SessionId,
        arithmetic::NetworkProfile,
        session::Channel,
        shamir_box::SemiHonest,
        study::{
            self, Column, ColumnKind, Function, Ledger, MAX_ROWS, Plan, PlanSpec, Policy, Protocol, Table,
            Ties,
        },
    },
};

use super::{
    Row,
    mpc_seen::{Seen, among_three},
    planted, row,
};
use crate::memcheck::{public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("mpc_study", "study::Table::new", "rows", || drop(table(&plan(vec![Function::Count { column: 0 }])))),
    row("mpc_study", "study::Ledger::admit", "rows", ledger),
    row("mpc_study", "study::run: sums and moments", "rows", moments),
    row("mpc_study", "study::run: histogram, groups, contingency", "rows", tables),
    row("mpc_study", "study::run: quantiles and extremes", "rows", order),
    row("mpc_study", "study::run: t-test, linear regression, PCA", "rows", linear),
    row("mpc_study", "study::run: logistic regression", "rows", logistic),
    row("mpc_study", "study::run: Kaplan-Meier and Cox regression", "rows", survival),
    planted("mpc_study", "planted: a bin by its address", "rows", by_address),
];

const VALUES: [[f64; 6]; 6] = [
    [1.5, 4.0, 6.5, 2.0, 7.0, 3.5],
    [10.0, 20.0, f64::NAN, 35.0, 15.0, 30.0],
    [0.0, 2.0, 1.0, 1.0, 0.0, 2.0],
    [0.0, 1.0, 1.0, 0.0, 1.0, 0.0],
    [2.0, 5.0, 1.0, 7.0, 4.0, 3.0],
    [1.0, 0.0, 1.0, 1.0, 0.0, 1.0],
];

fn plan(functions: Vec<Function>) -> Plan {
    let mut rng = public_rng();
    let numeric = |high| ColumnKind::Numeric { low: 0.0, high, resolution: 0.5 };
    let category = |levels: &[&str]| ColumnKind::Category {
        levels: levels.iter().map(|level| (*level).to_owned()).collect(),
    };
    let kinds = [
        ("x", numeric(8.0)),
        ("y", numeric(40.0)),
        ("c", category(&["a", "b", "c"])),
        ("d", category(&["no", "yes"])),
        ("t", ColumnKind::Time { high: 8.0, resolution: 1.0 }),
        ("e", ColumnKind::Event),
    ];
    let column = |(name, kind): (&str, ColumnKind)| Column::new(name, "", kind).expect("a column");
    let parties: Vec<_> = (1..=3).map(|number| PartyId::new(number).expect("not zero")).collect();
    let identities = parties.iter().map(|party| (*party, IdentityKey::generate(&mut rng).identity()));
    Plan::new(PlanSpec {
        session: SessionId::random(&mut public_rng()),
        purpose: "constant time".into(),
        parties: identities.collect(),
        protocol: Protocol::ShamirSemiHonest,
        network: NetworkProfile::WAN,
        columns: kinds.into_iter().map(column).collect(),
        functions,
        policy: Policy {
            min_cohort: 3,
            min_parties: 2,
            min_cell: 2,
            receivers: parties,
            allow_extremes: true,
        },
        max_rows: MAX_ROWS / 1024,
    })
    .expect("a plan")
}

/// Six rows, all values and which are missing secret.
fn table(plan: &Plan) -> Table {
    let mut values = black_box(VALUES);
    values.iter_mut().for_each(secret);
    Table::new(plan, &values.each_ref().map(|column| &column[..])).expect("values within their ranges")
}

fn study(functions: Vec<Function>) {
    let plan = plan(functions);
    among_three(|channel: Channel| {
        let (plan, table) = (plan.clone(), table(&plan));
        async move {
            let mut b = Seen::new(SemiHonest::<Fp192>::new(channel).await?);
            let report = study::run(&mut b, &plan, &table).await?;
            assert!(!report.results.is_empty());
            Result::Ok(())
        }
    });
}

fn moments() {
    study(vec![
        Function::Count { column: 1 },
        Function::Sum { column: 0 },
        Function::Mean { column: 1 },
        Function::Variance { column: 0 },
        Function::Covariance { columns: vec![0, 1] },
        Function::Correlation { columns: vec![0, 1] },
    ]);
}

fn tables() {
    study(vec![
        Function::Histogram { column: 0, edges: vec![0.0, 2.0, 5.0] },
        Function::Histogram { column: 2, edges: vec![] },
        Function::GroupBy { column: 0, by: 2 },
        Function::Contingency { row: 2, column: 3 },
    ]);
}

fn order() {
    study(vec![
        Function::Quantiles { column: 0, probabilities: vec![0.25, 0.5] },
        Function::Minimum { column: 0 },
        Function::Maximum { column: 1 },
        Function::TopK { column: 0, k: 3 },
    ]);
}

fn linear() {
    study(vec![
        Function::TTest { column: 0, by: 3 },
        Function::LinearRegression { outcome: 1, predictors: vec![0, 3] },
        Function::Pca { columns: vec![0, 1], components: 1 },
    ]);
}

fn logistic() {
    study(vec![Function::LogisticRegression { outcome: 3, predictors: vec![0], iterations: 2 }]);
}

fn survival() {
    study(vec![
        Function::KaplanMeier { time: 4, event: 5, by: Some(3), bins: 4 },
        Function::Cox {
            time: 4,
            event: 5,
            predictors: vec![0],
            bins: 4,
            iterations: 2,
            ties: Ties::Efron { most: 3 },
        },
    ]);
}

fn ledger() {
    let mut ledger = Ledger::generate(&mut public_rng());
    let plan = plan(vec![Function::Covariance { columns: vec![0, 1] }]);
    let table = table(&plan);
    for _ in 0..2 {
        ledger.admit(&plan, &table).expect("the first and the same again");
    }
}

fn by_address() {
    let mut levels = black_box([0_usize, 2, 1]);
    secret(&mut levels);
    let mut counts = [0; 3];
    for level in levels {
        if let Some(count) = counts.get_mut(level) {
            *count += 1;
        }
    }
    black_box(counts);
}
