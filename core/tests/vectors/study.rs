//! Studies: plans and ledgers.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::Encode,
    mpc::study::{Ledger, Plan, Table},
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, object,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    let plan: Plan = object(test, "mpc_plan")?;
    match procedure {
        "plan" => Ok(json!({ "hash": hex(plan.hash()) })),
        "admit" => {
            let mut ledger: Ledger = object(test, "mpc_ledger")?;
            let list = |value: &Value| value.as_array().expect("a list").clone();
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            let mut columns: Vec<Vec<f64>> = Vec::new();
            for column in list(test.input("columns")) {
                columns.push(list(&column).iter().map(number).collect());
            }
            let columns: Vec<&[f64]> = columns.iter().map(|column| &column[..]).collect();
            ledger.admit(&plan, &Table::new(&plan, &columns)?)?;
            Ok(json!({ "mpc_ledger": hex(&ledger.to_bytes()) }))
        }
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "mpc_plan" => decoded::<Plan, ()>(test, kind, ()),
        "mpc_ledger" => decoded::<Ledger, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}
