//! Secure sums.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    mpc::{
        IdentityKey,
        secure_sum::{Input, Message, Plan},
        testing::{Network, Side},
    },
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, object, objects,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "run" => whole_run(test),
        "plan" => object::<Plan>(test, "secure_sum_plan").map(|plan| json!({ "hash": hex(plan.hash()) })),
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "secure_sum_plan" => decoded::<Plan, ()>(test, kind, ()),
        "secure_sum_message" => decoded::<Message, ()>(test, kind, ()),
        "mpc_identity_key" => decoded::<IdentityKey, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}

/// All parties in one thread, from one seed: every message, and the sum.
fn whole_run(test: &Test) -> Result<Value> {
    let plan: Plan = object(test, "secure_sum_plan")?;
    let keys: Vec<IdentityKey> = objects(test, "mpc_identity_key")?;
    let rows = test.input("integers").as_array().expect("a list for each party");
    let inputs = rows
        .iter()
        .map(|row| {
            let row = row.as_array().expect("a list").iter();
            Input::integers(&plan, &row.map(|value| value.as_i64().expect("an integer")).collect::<Vec<_>>())
        })
        .collect::<Result<Vec<_>>>()?;
    // A party that leaves after a round sends nothing in the next one.
    let leaves = test.inputs.get("leaves").map(|leaves| {
        let number = |name: &str| leaves.get(name).and_then(Value::as_u64).expect("a number");
        let party = PartyId::new(u16::try_from(number("party")).expect("a party")).expect("not zero");
        (number("after_round") + 1, party)
    });

    let mut network = Network::start(&plan, &keys, inputs, &mut test.rng())?;
    let mut messages = Vec::new();
    while let Some(round) = network.round() {
        if let Some((_, party)) = leaves.filter(|(at, _)| u64::from(round.number()) == *at) {
            network.leave(party);
            network.deliveries().retain(|delivery| delivery.from != party);
        }
        messages.extend(network.deliveries().iter().map(|delivery| hex(&delivery.bytes)));
        network.advance();
    }
    messages.dedup();
    let output = network.into_sides().into_iter().find_map(|(_, side)| match side {
        Side::Done(output) => Some(output),
        _ => None,
    });
    let output = output.expect("somebody finishes");
    Ok(json!({
        "secure_sum_message": messages,
        "sum": output.values(),
        "survivors": output.survivors().iter().map(|party| party.get()).collect::<Vec<_>>(),
    }))
}
