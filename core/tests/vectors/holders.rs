//! Protocols among the holders of shares: resharing and repair.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    mpc::{IdentityKey, Outbox, repair, resharing, share_message::ShareMessage},
    shamir::{Verifiable, feldman, pedersen, sealed::CustodianKey},
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, encoded, encoded_list, object, objects,
};

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

fn sent(outbox: Outbox) -> Vec<u8> {
    outbox.into_messages().remove(0).bytes
}

type Messages = Vec<(PartyId, Vec<u8>)>;

fn listed(messages: &Messages) -> Vec<String> {
    messages.iter().map(|(_, bytes)| hex(bytes)).collect()
}

fn reshare<S: Verifiable>(test: &Test, name: &str) -> Result<Value> {
    let plan = object::<resharing::Plan<S>>(test, "resharing_plan")?;
    let shares = objects::<S>(test, &format!("{name}_share"))?;
    let identities = objects::<IdentityKey>(test, "mpc_identity_key")?;
    let keys = objects::<CustodianKey>(test, "shamir_custodian_key")?;
    let mut rng = test.rng();
    let mut deals = Messages::new();
    let (of_dealers, of_receivers) = identities.split_at(shares.len());
    for (share, identity) in shares.iter().zip(of_dealers) {
        deals.push((share.address(), sent(resharing::Dealer::start(&plan, share, identity, &mut rng)?.1)));
    }
    let (mut waiting, mut confirmations) = (Vec::new(), Messages::new());
    for ((index, identity), key) in plan.params().indices().zip(of_receivers).zip(&keys) {
        let (confirming, out) = resharing::Receiver::start(&plan, index, identity, key)?.receive(&deals)?;
        waiting.push(confirming);
        confirmations.push((index, sent(out)));
    }
    let new = waiting.into_iter().map(|one| one.finish(&confirmations)).collect::<Result<Vec<_>>>()?;
    let sent = [listed(&deals), listed(&confirmations)].concat();
    let mut output = json!({ "share_message": sent });
    output[format!("{name}_commitment")] = encoded(&new[0].0).into();
    output[format!("{name}_share")] = encoded_list(new.iter().map(|(_, share)| share));
    Ok(output)
}

fn repair<S: Verifiable>(test: &Test, name: &str) -> Result<Value> {
    let plan = object::<repair::Plan<S>>(test, "repair_plan")?;
    let shares = objects::<S>(test, &format!("{name}_share"))?;
    let identities = objects::<IdentityKey>(test, "mpc_identity_key")?;
    let keys = objects::<CustodianKey>(test, "shamir_custodian_key")?;
    let mut rng = test.rng();
    let (mut helpers, mut pieces, mut sums) = (Vec::new(), Messages::new(), Messages::new());
    for ((share, identity), key) in shares.iter().zip(&identities).zip(&keys) {
        let (helper, out) = repair::Helper::start(&plan, share, identity, key, &mut rng)?;
        helpers.push((share.address(), helper));
        pieces.push((share.address(), sent(out)));
    }
    for (me, helper) in helpers {
        let others: Messages = pieces.iter().filter(|(from, _)| *from != me).cloned().collect();
        sums.push((me, sent(helper.receive(&others, &mut rng)?)));
    }
    let owner = repair::Owner::start(&plan, &keys[shares.len()])?;
    let share = owner.receive(&pieces)?.finish(&sums)?;
    let sent = [listed(&pieces), listed(&sums)].concat();
    let mut output = json!({ "share_message": sent });
    output[format!("{name}_share")] = hex(&share.to_bytes()).into();
    Ok(output)
}
