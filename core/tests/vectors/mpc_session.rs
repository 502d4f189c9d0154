//! Sessions of protocol code.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    mpc::{
        Destination, IdentityKey, SessionId,
        session::{Channel, Frame, Journal, Seed, Session, Setup},
    },
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, objects,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "run" => whole_run(test),
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "mpc_frame" => decoded::<Frame, ()>(test, kind, ()),
        "mpc_journal" => decoded::<Journal, ()>(test, kind, ()),
        "mpc_seed" => decoded::<Seed, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}

/// Everybody says its position to everybody, and the last a random byte, under a key of its own with it, to the first.
pub(crate) async fn talk(mut channel: Channel) -> Result<u8> {
    let (n, me) = (channel.parties(), channel.me());
    let position = u8::try_from(me).expect("few parties");
    let sum = channel.broadcast("positions", vec![position]).await?.iter().map(|said| said[0]).sum::<u8>();
    let mut byte = [0];
    rand_core::Rng::fill_bytes(channel.rng(), &mut byte);
    let key = channel.pairwise_key(if me == 0 { n - 1 } else { 0 }, "byte")[0];
    let mut outgoing = vec![None; n];
    outgoing[0] = (me == n - 1).then(|| vec![byte[0] ^ key, sum]);
    let from: Vec<_> = (0..n).map(|from| me == 0 && from == n - 1).collect();
    let got = channel.exchange("byte", outgoing, &from).await?;
    Ok(got[n - 1].as_ref().map_or(sum, |message| message[0] ^ key))
}

/// All parties in one thread, from their seeds: every message, in the order of receivers, and what they end with.
fn whole_run(test: &Test) -> Result<Value> {
    let keys: Vec<IdentityKey> = objects(test, "mpc_identity_key")?;
    let seeds: Vec<Seed> = objects(test, "mpc_seed")?;
    let digest = |name: &str| <[u8; 32]>::try_from(test.bytes(name)).expect("32 bytes");
    let members = (1..).zip(&keys).map(|(number, key)| Ok((PartyId::new(number)?, key.identity())));
    let setup = Setup::new(digest("plan"), SessionId(digest("session")), members.collect::<Result<_>>()?)?;
    let (mut sessions, mut sent, mut outputs) = (Vec::new(), Vec::new(), vec![None; keys.len()]);
    for ((party, key), seed) in setup.parties().iter().zip(&keys).zip(&seeds) {
        let (session, step) = Session::start(&setup, *party, key, seed, talk)?;
        sessions.push(session);
        sent.extend(step.outgoing.into_iter().map(|message| (*party, message)));
    }
    let mut messages = Vec::new();
    while !sent.is_empty() {
        messages.extend(sent.iter().map(|(_, message)| hex(&message.bytes)));
        let before = std::mem::take(&mut sent);
        for ((party, session), output) in setup.parties().iter().zip(&mut sessions).zip(&mut outputs) {
            let for_me = |to| to == Destination::One(*party) || to == Destination::All;
            let incoming: Vec<_> = before
                .iter()
                .filter(|(from, message)| from != party && for_me(message.to))
                .map(|(from, message)| (*from, message.bytes.clone()))
                .collect();
            if !incoming.is_empty() {
                let step = session.step(&incoming)?;
                sent.extend(step.outgoing.into_iter().map(|message| (*party, message)));
                *output = output.or(step.output);
            }
        }
    }
    Ok(json!({ "setup": hex(setup.hash()), "messages": messages, "outputs": outputs }))
}
