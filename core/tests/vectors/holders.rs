//! Protocols among the holders of shares: resharing and repair.
use serde_json::{Value, json};
use veilkit::{
    Result,
    mpc::{IdentityKey, repair, resharing, share_message::ShareMessage, testing::Network},
    shamir::{Verifiable, feldman, pedersen, sealed::CustodianKey},
};

use super::{super::support::vectors::Test, decoded, encoded, encoded_list, object, objects, transcript};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match (procedure, is_feldman(test)) {
        ("resharing", true) => reshare::<feldman::Share>(test, "shamir_feldman"),
        ("resharing", false) => reshare::<pedersen::Share>(test, "shamir_pedersen"),
        ("repair", true) => repair::<feldman::Share>(test, "shamir_feldman"),
        ("repair", false) => repair::<pedersen::Share>(test, "shamir_pedersen"),
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "resharing_plan" if is_feldman(test) => {
            decoded::<resharing::Plan<feldman::Share>, ()>(test, kind, ())
        }
        "resharing_plan" => decoded::<resharing::Plan<pedersen::Share>, ()>(test, kind, ()),
        "repair_plan" if is_feldman(test) => decoded::<repair::Plan<feldman::Share>, ()>(test, kind, ()),
        "repair_plan" => decoded::<repair::Plan<pedersen::Share>, ()>(test, kind, ()),
        "share_message" => decoded::<ShareMessage, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}

fn is_feldman(test: &Test) -> bool {
    match test.inputs.get("sharing").and_then(Value::as_str) {
        Some("feldman") => true,
        Some("pedersen") | None => false,
        other => panic!("no sharing {other:?}"),
    }
}

fn reshare<S: Verifiable>(test: &Test, name: &str) -> Result<Value> {
    let plan = object::<resharing::Plan<S>>(test, "resharing_plan")?;
    let shares = objects::<S>(test, &format!("{name}_share"))?;
    let identities = objects::<IdentityKey>(test, "mpc_identity_key")?;
    let keys = objects::<CustodianKey>(test, "shamir_custodian_key")?;
    let (of_dealers, of_receivers) = identities.split_at(shares.len());
    let dealers: Vec<_> = shares.iter().zip(of_dealers).collect();
    let receivers: Vec<_> = of_receivers.iter().cloned().zip(keys).collect();
    let network = Network::resharing(&plan, &dealers, &receivers, &mut test.rng())?;
    let (outputs, sent) = transcript::run(test, network)?;
    let mut output = json!({ "share_message": sent });
    output[format!("{name}_commitment")] = encoded(&outputs[0].commitment).into();
    output[format!("{name}_share")] = encoded_list(outputs.iter().filter_map(|new| new.share.as_ref()));
    Ok(output)
}

fn repair<S: Verifiable>(test: &Test, name: &str) -> Result<Value> {
    let plan = object::<repair::Plan<S>>(test, "repair_plan")?;
    let shares = objects::<S>(test, &format!("{name}_share"))?;
    let identities = objects::<IdentityKey>(test, "mpc_identity_key")?;
    let keys = objects::<CustodianKey>(test, "shamir_custodian_key")?;
    let helpers: Vec<_> =
        shares.iter().zip(&identities).zip(&keys).map(|((share, id), key)| (share, id, key)).collect();
    let owner = (&identities[shares.len()], &keys[shares.len()]);
    let network = Network::repair(&plan, &helpers, owner, &mut test.rng())?;
    let (outputs, sent) = transcript::run(test, network)?;
    let mut output = json!({ "share_message": sent });
    output[format!("{name}_share")] =
        encoded_list(outputs.iter().filter_map(|output| output.share.as_ref()))[0].clone();
    Ok(output)
}
