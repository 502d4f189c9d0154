//! Honest runs, and every message of every round dropped, doubled, altered or replayed.
use rand_chacha::ChaCha20Rng;

use super::messages::Message;
use super::*;
use crate::codec::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::mpc::identity::IdentityKey;
use crate::mpc::outbox::Destination;
use crate::mpc::secure_sum::SessionId;
use crate::party::PartyId;
use crate::transcript::Transcript;

pub(in crate::mpc) fn rng(name: &str) -> ChaCha20Rng {
    Transcript::new("veilkit v1 test").append("dkg", name.as_bytes()).rng()
}

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

fn setup(numbers: &[u16], threshold: usize, session: u8) -> (Setup, Vec<IdentityKey>) {
    let mut random = rng("identities");
    let keys: Vec<IdentityKey> = numbers.iter().map(|_| IdentityKey::generate(&mut random)).collect();
    let parties = numbers.iter().zip(&keys).map(|(number, key)| (party(*number), key.identity())).collect();
    (Setup::new(SessionId([session; 32]), parties, threshold).unwrap(), keys)
}

struct Delivery {
    from: PartyId,
    to: PartyId,
    bytes: Vec<u8>,
}

/// Runs all parties; `tamper` sees each round's deliveries before they arrive.
fn run(
    (setup, keys): &(Setup, Vec<IdentityKey>),
    name: &str,
    mut tamper: impl FnMut(Round, &mut Vec<Delivery>),
) -> Vec<Result<KeyShare>> {
    let parties = setup.parties();
    let mut random = rng(name);
    let mut sides = Vec::new();
    let mut sent = Vec::new();
    for (me, key) in parties.iter().zip(keys) {
        let (session, step) = Session::start(setup, *me, key, &mut random).unwrap();
        sides.push((*me, Ok(session)));
        sent.push((*me, step.outgoing));
    }
    let mut results: Vec<Option<Result<KeyShare>>> = parties.iter().map(|_| None).collect();
    for round in Round::ALL {
        let mut deliveries = Vec::new();
        for (from, outgoing) in sent.drain(..) {
            for message in outgoing {
                let receivers = match message.to {
                    Destination::All => parties.iter().copied().filter(|to| *to != from).collect(),
                    Destination::One(to) => vec![to],
                };
                let deliver = |to| Delivery { from, to, bytes: message.bytes.clone() };
                deliveries.extend(receivers.into_iter().map(deliver));
            }
        }
        tamper(round, &mut deliveries);
        for (at, (me, side)) in sides.iter_mut().enumerate() {
            let Ok(session) = side else { continue };
            let incoming: Vec<(PartyId, Vec<u8>)> =
                deliveries.iter().filter(|d| d.to == *me).map(|d| (d.from, d.bytes.clone())).collect();
            match session.step(&incoming) {
                Ok(step) => {
                    sent.push((*me, step.outgoing));
                    if let Some(share) = step.output {
                        results[at] = Some(Ok(share));
                    }
                }
                Err(error) => {
                    let again = session.step(&incoming).unwrap_err();
                    assert_eq!(again.kind(), ErrorKind::SessionPoisoned);
                    results[at] = Some(Err(error.clone()));
                    *side = Err(error);
                }
            }
        }
    }
    results.into_iter().map(|result| result.expect("every party ends")).collect()
}

/// The shares of an honest run.
pub(in crate::mpc) fn generate(numbers: &[u16], threshold: usize) -> Vec<KeyShare> {
    run(&setup(numbers, threshold, 1), "honest", |_, _| ()).into_iter().collect::<Result<_>>().unwrap()
}

fn error_of(results: &[Result<KeyShare>], at: usize) -> (ErrorKind, Vec<u16>) {
    let error: &Error = results[at].as_ref().unwrap_err();
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

#[test]
fn honest_parties_share_one_key() {
    for (numbers, threshold) in [(&[1, 2][..], 2), (&[3, 9, 40_000], 2), (&[1, 2, 3, 4, 5], 4)] {
        let shares = generate(numbers, threshold);
        assert!(shares.iter().all(|share| share.group() == shares[0].group()));
        assert_eq!(shares[0].group().threshold(), threshold);
        for share in &shares {
            assert!(
                shares[0].group().share_point(share.party()).unwrap() == Point::mul_generator(share.value())
            );
            assert!(KeyShare::from_bytes(&share.to_bytes(), ()).unwrap() == *share);
        }
        let group = shares[0].group();
        assert_eq!(GroupKey::from_bytes(&group.to_bytes(), ()).unwrap(), *group);
    }
    let again = run(&setup(&[1, 2], 2, 1), "another", |_, _| ());
    assert!(again[0].as_ref().unwrap().group() != generate(&[1, 2], 2)[0].group());
}

#[test]
fn bad_setups_are_refused() {
    let (_, keys) = setup(&[1, 2, 3], 2, 1);
    let of = |parties: &[(u16, usize)], threshold| {
        let parties = parties.iter().map(|(number, key)| (party(*number), keys[*key].identity())).collect();
        Setup::new(SessionId([1; 32]), parties, threshold).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(of(&[(1, 0), (2, 1)], 1), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(1, 0), (2, 1)], 3), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(1, 0), (1, 1)], 2), Err(ErrorKind::DuplicateParty));
    assert_eq!(of(&[(1, 0), (2, 0)], 2), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(2, 1), (1, 0)], 2), Ok(()));
    let (setup, keys) = setup(&[1, 2, 3], 2, 1);
    let start = |me, key: &IdentityKey| Session::start(&setup, party(me), key, &mut rng("x")).map(|_| ());
    assert_eq!(start(1, &keys[1]).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(start(9, &keys[1]).unwrap_err().kind(), ErrorKind::UnknownParty);
}

/// Every message of every round: dropped, doubled, with one bit changed, from another run, in another round.
#[test]
fn every_fault_of_the_transport_is_noticed() {
    let here = setup(&[1, 2, 3], 2, 1);
    let mut elsewhere: Vec<(Round, Vec<Delivery>)> = Vec::new();
    run(&setup(&[1, 2, 3], 2, 2), "elsewhere", |round, deliveries| {
        let copy = |d: &Delivery| Delivery { from: d.from, to: d.to, bytes: d.bytes.clone() };
        elsewhere.push((round, deliveries.iter().map(copy).collect()));
    });
    for (number, round) in Round::ALL.into_iter().enumerate() {
        for (from, to) in [(1, 2), (3, 2), (2, 1)] {
            let (from, to) = (party(from), party(to));
            let is = |d: &Delivery| (d.from, d.to) == (from, to);
            let at = usize::from(to.get()) - 1;
            let faults = |fault: usize| {
                run(&here, "faults", |current, deliveries| {
                    if current != round {
                        return;
                    }
                    let place = deliveries.iter().position(is).unwrap();
                    match fault {
                        0 => _ = deliveries.remove(place),
                        1 => {
                            let bytes = deliveries[place].bytes.clone();
                            deliveries.push(Delivery { from, to, bytes });
                        }
                        2 => {
                            let last = deliveries[place].bytes.len() - 80;
                            deliveries[place].bytes[last] ^= 1;
                        }
                        3 => {
                            let other = elsewhere[number].1.iter().find(|d| is(d)).unwrap();
                            deliveries[place].bytes.clone_from(&other.bytes);
                        }
                        4 => {
                            let other = deliveries.iter().find(|d| d.from != from && d.from != to).unwrap();
                            deliveries[place].bytes = other.bytes.clone();
                        }
                        _ => deliveries[place].from = party(9),
                    }
                })
            };
            assert_eq!(error_of(&faults(0), at), (ErrorKind::MissingMessage, vec![from.get()]), "{round:?}");
            assert_eq!(error_of(&faults(1), at), (ErrorKind::DuplicateParty, vec![from.get()]), "{round:?}");
            let altered = error_of(&faults(2), at);
            assert!(altered.1.is_empty(), "the transport proves nothing: {altered:?}");
            assert_eq!(error_of(&faults(3), at), (ErrorKind::ParamsMismatch, vec![]), "{round:?}");
            assert_eq!(error_of(&faults(4), at), (ErrorKind::ParamsMismatch, vec![]), "{round:?}");
            assert_eq!(error_of(&faults(5), at), (ErrorKind::UnknownParty, vec![9]), "{round:?}");
        }
    }
}

/// Party 1 signs another payload in place of its own; what the others then say.
fn cheat(round: Round, edit: impl Fn(&mut Vec<u8>)) -> Vec<Result<KeyShare>> {
    let here = setup(&[1, 2, 3], 2, 1);
    run(&here, "cheat", |current, deliveries| {
        for delivery in deliveries.iter_mut().filter(|d| current == round && d.from == party(1)) {
            let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
            let mut payload = message.payload().to_vec();
            edit(&mut payload);
            let signed = Message::sign(&here.0, round, party(1), message.receiver(), payload, &here.1[0]);
            delivery.bytes = signed.to_bytes().to_vec();
        }
    })
}

#[test]
fn cheats_are_named() {
    let named = (ErrorKind::VerificationFailed, vec![1]);
    let both = |results: &[Result<KeyShare>], what: &str| {
        for at in [1, 2] {
            assert_eq!(error_of(results, at), named, "{what}");
        }
    };
    both(&cheat(Round::Commit, |payload| payload[0] ^= 1), "the hash of another opening");
    both(&cheat(Round::Commit, |payload| payload[32..].fill(0)), "a neutral key of the run");
    both(&cheat(Round::Open, |payload| payload[0] ^= 1), "another nonce");
    both(&cheat(Round::Open, |payload| _ = payload.pop()), "an opening cut short");
    both(&cheat(Round::Complain, |payload| payload[32] = 1), "a complaint that is not there");
    both(
        &cheat(Round::Complain, |payload| {
            payload[32] = 1;
            payload.extend([1, 0]);
        }),
        "a complaint about itself",
    );
    both(
        &cheat(Round::Complain, |payload| {
            payload[32] = 1;
            payload.extend([77, 0]);
        }),
        "a complaint about a stranger",
    );
    both(&cheat(Round::Answer, |payload| payload[0] = 1), "an answer that is not there");
    both(
        &cheat(Round::Answer, |payload| {
            payload[0] = 1;
            payload.extend([2, 0]);
            payload.extend([0; 32]);
        }),
        "an answer that nobody asked for",
    );
}

#[test]
fn an_opening_without_possession_or_of_another_degree_is_named() {
    // The hash fits what is opened, so only the proof or the length is wrong.
    let here = setup(&[1, 2, 3], 2, 1);
    for longer in [false, true] {
        let mut forged = Vec::new();
        let results = run(&here, "possession", |round, deliveries| {
            for delivery in deliveries.iter_mut().filter(|d| d.from == party(1)) {
                let sign = |payload: Vec<u8>| {
                    Message::sign(&here.0, round, party(1), None, payload, &here.1[0]).to_bytes().to_vec()
                };
                if round == Round::Commit {
                    let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
                    // nonce, a proof about another term, points
                    let proof = proof::Possession::prove(
                        &here.0.hash(),
                        party(1),
                        &Scalar::from_u64(5),
                        &mut rng("forged"),
                    );
                    let mut out = crate::codec::Writer::with_capacity(1000);
                    out.bytes(&[7; 32]);
                    proof.write(&mut out);
                    let count = if longer { 3 } else { 2 };
                    out.u16(count);
                    let term = if longer { 5 } else { 6 };
                    for i in 0..u64::from(count) {
                        Point::mul_generator(&Scalar::from_u64(term + i)).write(&mut out);
                    }
                    forged = out.into_bytes().to_vec();
                    let mut hash = Transcript::new("veilkit v1 dkg opening");
                    hash.append("setup", &here.0.hash()).append_u64("party", 1).append("opening", &forged);
                    let payload = [&hash.digest()[..], &message.payload()[32..]].concat();
                    delivery.bytes = sign(payload);
                } else if round == Round::Open {
                    delivery.bytes = sign(forged.clone());
                }
            }
        });
        for at in [1, 2] {
            assert_eq!(error_of(&results, at), (ErrorKind::VerificationFailed, vec![1]), "{longer}");
        }
    }
}

#[test]
fn a_wrong_share_is_answered_or_named() {
    // Party 1 sends party 2 a wrong share, and opens the right one when asked: the run goes on.
    let here = setup(&[1, 2, 3], 2, 1);
    let wrong_share = |refuse: bool| {
        run(&here, "share", |round, deliveries| {
            for delivery in deliveries.iter_mut().filter(|d| d.from == party(1)) {
                let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
                let mut payload = message.payload().to_vec();
                match round {
                    Round::Share if delivery.to == party(2) => payload[0] ^= 1,
                    Round::Answer if refuse => payload = vec![0, 0],
                    _ => continue,
                }
                let signed = Message::sign(&here.0, round, party(1), message.receiver(), payload, &here.1[0]);
                delivery.bytes = signed.to_bytes().to_vec();
            }
        })
    };
    let results = wrong_share(false);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let results = wrong_share(true);
    for at in [1, 2] {
        assert_eq!(error_of(&results, at), (ErrorKind::VerificationFailed, vec![1]));
    }
    // A false complaint: party 1 accuses party 2, whose answer clears it.
    let here = setup(&[1, 2, 3], 2, 1);
    let results = run(&here, "false", |round, deliveries| {
        for delivery in deliveries.iter_mut().filter(|d| round == Round::Complain && d.from == party(1)) {
            let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
            let mut payload = message.payload().to_vec();
            payload[32] = 1;
            payload.extend([2, 0]);
            let signed = Message::sign(&here.0, round, party(1), None, payload, &here.1[0]);
            delivery.bytes = signed.to_bytes().to_vec();
        }
    });
    assert!(results[2].is_ok(), "party 3 believes the answer");
}

#[test]
fn two_stories_end_the_run() {
    // Party 1 tells party 3 of another key of the run than party 2.
    let here = setup(&[1, 2, 3], 2, 1);
    let results = run(&here, "stories", |round, deliveries| {
        for delivery in
            deliveries.iter_mut().filter(|d| round == Round::Commit && d.from == party(1) && d.to == party(3))
        {
            let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
            let other = Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
            let payload = [&message.payload()[..32], &other].concat();
            let signed = Message::sign(&here.0, round, party(1), None, payload, &here.1[0]);
            delivery.bytes = signed.to_bytes().to_vec();
        }
    });
    for at in [1, 2] {
        assert_eq!(error_of(&results, at), (ErrorKind::VerificationFailed, vec![]));
    }
}
