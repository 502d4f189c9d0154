//! Whole runs: every message from the seed, and runs in which the transport brings something else.
use serde_json::Value;
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    mpc::testing::{Machine, Network, Side},
};

use super::super::support::vectors::{Test, hex, unhex};

/// A message in the place of another: in the round with this number, from and to.
struct Instead {
    round: u64,
    from: PartyId,
    to: PartyId,
    bytes: Vec<u8>,
}

fn read(value: &Value) -> Instead {
    let number = |name: &str| value[name].as_u64().expect("a number");
    let party = |name| PartyId::new(u16::try_from(number(name)).expect("small")).expect("not zero");
    let bytes = unhex(value["message"].as_str().expect("hex"));
    Instead { round: number("round"), from: party("from"), to: party("to"), bytes }
}

/// Runs all parties: what each ends with, and every message once, round by round, as it was sent. The messages under
/// `instead` arrive in the place of true ones; then the first proof against a party counts, else the first error.
pub(super) fn run<M: Machine>(test: &Test, network: Network<M>) -> Result<(Vec<M::Output>, Vec<String>)> {
    let instead = test.inputs.get("instead").and_then(Value::as_array);
    let instead: Vec<Instead> = instead.into_iter().flatten().map(read).collect();
    let (mut sent, mut number) = (Vec::new(), 0);
    let sides = network.finish_with(|_, network| {
        number += 1;
        let mut messages: Vec<String> = network.deliveries().iter().map(|sent| hex(&sent.bytes)).collect();
        messages.dedup(); // one for all is delivered to each
        sent.extend(messages);
        for Instead { from, to, bytes, .. } in instead.iter().filter(|instead| instead.round == number) {
            let mut all = network.deliveries().iter_mut();
            let place = all.find(|sent| sent.from == *from && sent.to == *to);
            place.expect("there is one to replace").bytes.clone_from(bytes);
        }
    });
    let (mut outputs, mut errors) = (Vec::new(), Vec::new());
    for (_, side) in sides {
        match side {
            Side::Done(output) => outputs.push(output),
            Side::Failed(error) => errors.push(error),
            Side::Running(_) | Side::Left => {
                errors.push(Error::new(ErrorKind::MissingMessage, "a party left"))
            }
        }
    }
    let proves =
        |error: &Error| error.kind() == ErrorKind::VerificationFailed && !error.culprits().is_empty();
    let at = errors.iter().position(proves).unwrap_or(0);
    match errors.into_iter().nth(at) {
        Some(error) => Err(error),
        None => Ok((outputs, sent)),
    }
}
