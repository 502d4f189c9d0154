//! Plans of studies, and ledgers.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{DuplicateParty, InvalidEncoding, InvalidParams, OutOfRange, TrailingBytes, UnknownParty},
    PartyId,
    codec::{Encode, HEADER_LEN},
    mpc::{
        IdentityKey, SessionId,
        arithmetic::NetworkProfile,
        study::{Column, ColumnKind, Function, Ledger, Plan, PlanSpec, Policy, Protocol, Ties},
    },
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
};

fn column(name: &str, unit: &str, kind: ColumnKind) -> Column {
    Column::new(name, unit, kind).expect("the column is valid")
}

fn cox(ties: Ties) -> Function {
    Function::Cox { time: 3, event: 4, predictors: vec![1], bins: 20, iterations: 5, ties }
}

/// A plan with every type of column and every function.
fn spec(parties: u16) -> PlanSpec {
    let mut rng = rng(seed("study"));
    let keys = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect::<Vec<_>>();
    let party = |number| PartyId::new(number).expect("not zero");
    let levels = vec!["north".into(), "south".into(), "west".into()];
    let x = 0;
    PlanSpec {
        session: SessionId::random(&mut rng),
        purpose: "joint figures".into(),
        parties: (1..=parties).zip(&keys).map(|(number, key)| (party(number), key.identity())).collect(),
        protocol: Protocol::ShamirMalicious,
        network: NetworkProfile::WAN,
        columns: vec![
            column("systolic", "mmHg", ColumnKind::Numeric { low: 50.0, high: 250.0, resolution: 0.5 }),
            column("age", "years", ColumnKind::Integer { low: 0, high: 120 }),
            column("site", "", ColumnKind::Category { levels }),
            column("time", "days", ColumnKind::Time { high: 3650.0, resolution: 1.0 }),
            column("death", "", ColumnKind::Event),
        ],
        functions: vec![
            Function::Count { column: x },
            Function::Sum { column: x },
            Function::Mean { column: x },
            Function::Variance { column: x },
            Function::Covariance { columns: vec![0, 1] },
            Function::Correlation { columns: vec![0, 1] },
            Function::Histogram { column: x, edges: vec![50.0, 120.0, 140.0, 250.0] },
            Function::Quantiles { column: x, probabilities: vec![0.25, 0.5, 0.75] },
            Function::Minimum { column: x },
            Function::Maximum { column: x },
            Function::TopK { column: x, k: 3 },
            Function::GroupBy { column: x, by: 2 },
            Function::Contingency { row: 2, column: 4 },
            Function::TTest { column: x, by: 4 },
            Function::LinearRegression { outcome: x, predictors: vec![1, 4] },
            Function::LogisticRegression { outcome: 4, predictors: vec![0, 1], iterations: 6 },
            Function::KaplanMeier { time: 3, event: 4, by: Some(2), bins: 20 },
            cox(Ties::Breslow),
            Function::Pca { columns: vec![0, 1], components: 1 },
        ],
        policy: Policy {
            min_cohort: 20,
            min_parties: 2,
            min_cell: 5,
            receivers: (1..=parties).map(party).collect(),
            allow_extremes: true,
        },
        max_rows: 100_000,
    }
}

/// A short plan, whose places are known.
fn short() -> PlanSpec {
    let mut spec = spec(3);
    spec.columns.drain(2..);
    spec.functions =
        vec![Function::Histogram { column: 0, edges: vec![50.0, 140.0] }, Function::Sum { column: 1 }];
    (spec.policy.min_cohort, spec.policy.allow_extremes) = (10, false);
    spec
}

fn plan(spec: PlanSpec) -> Plan {
    Plan::new(spec).expect("the plan is valid")
}

pub(crate) fn files() -> Vec<File> {
    let mut plans = File::new("study/plan.json", "study/plan", "BLAKE3 of the canonical encoding", nothing());
    for (comment, spec) in
        [("every type of column, every function", spec(3)), ("five parties", spec(5)), ("short", short())]
    {
        plans.valid(comment, json!({ "mpc_plan": encoded(&plan(spec)) }), None);
    }
    let mut efron = spec(3);
    efron.functions = vec![cox(Ties::Efron { most: 32 })];
    plans.valid("Cox regression with Efron's ties", json!({ "mpc_plan": encoded(&plan(efron)) }), None);
    let (admit, ledger) = admit();
    vec![plans, admit, bad_plan(&plan(short())), bad_ledger(ledger)]
}

/// Admission of studies, and a ledger that remembers some.
fn admit() -> (File, Vec<u8>) {
    let source = "two products over the rows modulo 2^61 - 1 for each column";
    let mut file = File::new("study/admit.json", "study/admit", source, nothing());
    let empty = Ledger::generate(&mut rng(seed("study ledger")));
    let pressures =
        |rows: std::ops::Range<u32>| rows.map(|row| f64::from(row % 100) + 100.5).collect::<Vec<_>>();
    let ages = |count: usize| {
        (0..count).map(|row| if row == 3 { Value::Null } else { json!(row) }).collect::<Vec<_>>()
    };
    let inputs = |ledger: &Value, rows: std::ops::Range<u32>| {
        let count = rows.len();
        json!({
            "mpc_ledger": ledger, "mpc_plan": encoded(&plan(short())), "columns": [pressures(rows), ages(count)],
        })
    };
    let first = inputs(&json!(encoded(&empty)), 0..40);
    let full = file.valid("the first study", first, None)["mpc_ledger"].clone();
    file.valid("the same rows again", inputs(&full, 0..40), None);
    file.valid("ten rows more", inputs(&full, 0..50), None);
    file.invalid("nine rows more", "Differencing", inputs(&full, 0..49), InvalidParams);
    file.invalid("one row exchanged", "Differencing", inputs(&full, 1..41), InvalidParams);
    let beyond = with(&inputs(&full, 0..2), "columns", json!([[100.0, 251.0], [1, 2]]));
    file.invalid("a value beyond its column's range", "Input", beyond, OutOfRange);
    let bytes = super::support::vectors::unhex(full.as_str().expect("hex"));
    (file, bytes)
}

fn bad_plan(plan: &Plan) -> File {
    let mut bad = Bad::new("study/bad_plan.json", "mpc_plan", nothing(), plan.to_bytes().to_vec());
    let purpose = HEADER_LEN + 32;
    bad.edit("purpose of 2^32 - 1 bytes", "Length", purpose, &[255; 4], InvalidEncoding);
    bad.edit("purpose that is not UTF-8", "Text", purpose + 4, &[255], InvalidEncoding);
    let protocol = purpose + 4 + plan.purpose().len();
    bad.edit("protocol 0", "Params", protocol, &[0], InvalidEncoding);
    bad.edit("protocol 255", "Params", protocol, &[255], InvalidEncoding);
    bad.edit("round trip NaN", "Params", protocol + 1, &f64::NAN.to_le_bytes(), InvalidEncoding);
    bad.edit("round trip below 0", "Params", protocol + 1, &(-1.0_f64).to_le_bytes(), InvalidParams);
    bad.edit("bandwidth 0", "Params", protocol + 9, &[0; 8], InvalidParams);
    bad.edit("bandwidth infinite", "Params", protocol + 9, &f64::INFINITY.to_le_bytes(), InvalidParams);
    let rows = protocol + 17;
    bad.edit("no rows", "Params", rows, &[0; 8], InvalidParams);
    bad.edit("2^64 - 1 rows", "Params", rows, &[255; 8], InvalidParams);
    bad.edit("min_cohort 0", "Params", rows + 8, &[0; 8], InvalidParams);
    bad.edit("min_parties 0", "Params", rows + 16, &[0; 2], InvalidParams);
    bad.edit("min_parties above the number of parties", "Params", rows + 16, &[4, 0], InvalidParams);
    bad.edit("min_cell 0", "Params", rows + 18, &[0; 8], InvalidParams);
    bad.edit("min_cell above min_cohort", "Params", rows + 18, &[11], InvalidParams);
    bad.edit("allow_extremes 2", "Params", rows + 26, &[2], InvalidEncoding);
    let receivers = rows + 27;
    bad.edit("2^32 - 1 receivers", "Length", receivers, &[255; 4], InvalidEncoding);
    bad.edit("51 receivers", "Length", receivers, &[51], InvalidParams);
    bad.edit("receiver 0", "Party", receivers + 4, &[0, 0], OutOfRange);
    bad.edit("receivers not in order", "Party", receivers + 4, &[3, 0], InvalidEncoding);
    bad.edit("a receiver twice", "Party", receivers + 6, &[1, 0], DuplicateParty);
    bad.edit("a receiver that takes no part", "Party", receivers + 8, &[9, 0], UnknownParty);
    let columns = receivers + 10;
    bad.edit("no columns", "Length", columns, &[0; 4], InvalidEncoding);
    bad.edit("2^32 - 1 columns", "Length", columns, &[255; 4], InvalidEncoding);
    bad.edit("a name that is not UTF-8", "Text", columns + 8, &[255], InvalidEncoding);
    let kind = columns + 4 + 4 + 8 + 4 + 4;
    bad.edit("column type 5", "Column", kind, &[5], InvalidEncoding);
    bad.edit("low NaN", "Column", kind + 1, &f64::NAN.to_le_bytes(), InvalidEncoding);
    bad.edit("low above high", "Column", kind + 1, &300.0_f64.to_le_bytes(), InvalidParams);
    bad.edit("high infinite", "Column", kind + 9, &f64::INFINITY.to_le_bytes(), InvalidParams);
    bad.edit("resolution 0", "Column", kind + 17, &[0; 8], InvalidParams);
    bad.edit("resolution too fine", "Column", kind + 17, &1e-9_f64.to_le_bytes(), InvalidParams);
    let second = kind + 25;
    let functions = second + 4 + 3 + 4 + 5 + 1 + 16;
    bad.edit("no functions", "Length", functions, &[0; 4], InvalidEncoding);
    bad.edit("2^32 - 1 functions", "Length", functions, &[255; 4], InvalidEncoding);
    let first = functions + 4;
    bad.edit("function 0", "Function", first, &[0], InvalidEncoding);
    bad.edit("function 21", "Function", first, &[21], InvalidEncoding);
    bad.edit("a column that there is not", "Function", first + 1, &[2], InvalidParams);
    bad.edit("2^32 - 1 edges", "Length", first + 3, &[255; 4], InvalidEncoding);
    bad.edit("edges that descend", "Function", first + 7, &200.0_f64.to_le_bytes(), InvalidParams);
    bad.edit("an edge NaN", "Function", first + 7, &f64::NAN.to_le_bytes(), InvalidEncoding);
    let last = first + 7 + 16;
    bad.edit("minimum, which the policy does not allow", "Function", last, &[9], InvalidParams);
    let parties = last + 3;
    bad.edit("no parties", "Length", parties, &[0; 4], InvalidParams);
    bad.edit("two of three parties", "Length", parties, &[2], InvalidParams);
    bad.edit("51 parties", "Length", parties, &[51], InvalidEncoding);
    bad.edit("2^32 - 1 parties", "Length", parties, &[255; 4], InvalidEncoding);
    bad.edit("party 0", "Party", parties + 4, &[0, 0], OutOfRange);
    bad.edit("not in order", "Party", parties + 4, &[9, 0], InvalidEncoding);
    bad.edit("an identity that is no point", "Party", parties + 6, &[2; 32], InvalidEncoding);
    let twice = bad.valid()[parties + 6..parties + 38].to_vec();
    bad.edit("an identity twice", "Party", parties + 40, &twice, DuplicateParty);
    bad.finish()
}

fn bad_ledger(valid: Vec<u8>) -> File {
    let mut bad = Bad::new("study/bad_ledger.json", "mpc_ledger", nothing(), valid);
    let count = HEADER_LEN + 16;
    bad.edit("a point that is not reduced", "Field", HEADER_LEN, &[255; 8], InvalidEncoding);
    bad.edit("2^32 - 1 records", "Length", count, &[255; 4], InvalidEncoding);
    bad.edit("no records", "Length", count, &[0; 4], TrailingBytes);
    bad.edit("a name of 2^32 - 1 bytes", "Length", count + 4, &[255; 4], InvalidEncoding);
    bad.edit("a name that is not UTF-8", "Text", count + 8, &[255], InvalidEncoding);
    let values = count + 4 + 4 + 8 + 32 + 32 + 8 + 8;
    bad.edit("a value that is not reduced", "Field", values, &[255; 8], InvalidEncoding);
    bad.finish()
}
