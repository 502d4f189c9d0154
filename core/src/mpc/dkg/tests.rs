//! Honest runs; what a party can sign that it should not, and who is named for it.
use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;

use super::messages::{Entry, Message};
use super::proof::{Agreement, Known, Possession};
use super::rounds::Committed;
use super::*;
use crate::codec::{Decode, Encode, Writer};
use crate::error::ErrorKind;
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::mpc::identity::IdentityKey;
use crate::mpc::secure_sum::SessionId;
use crate::mpc::testing::{self, Delivery, Network, Side};
use crate::party::PartyId;
use crate::transcript::Transcript;

pub(in crate::mpc) fn rng(name: &str) -> ChaCha20Rng {
    Transcript::new("veilkit v1 test").append("dkg", name.as_bytes()).rng()
}

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

type Run = (Setup, Vec<IdentityKey>);

fn setup(numbers: &[u16], threshold: usize) -> Run {
    let mut random = rng("identities");
    let keys: Vec<IdentityKey> = numbers.iter().map(|_| IdentityKey::generate(&mut random)).collect();
    let parties = numbers.iter().zip(&keys).map(|(number, key)| (party(*number), key.identity())).collect();
    (Setup::new(SessionId([1; 32]), parties, threshold).unwrap(), keys)
}

/// The shares of an honest run.
pub(in crate::mpc) fn generate(numbers: &[u16], threshold: usize) -> Vec<KeyShare> {
    let (setup, keys) = setup(numbers, threshold);
    testing::generate_key(&setup, &keys, &mut rng("honest")).unwrap()
}

/// What parties 2 and 3 say after party 1 or others cheated: nothing wrong, or a kind and the culprits.
type Ends = BTreeMap<u16, Option<(ErrorKind, Vec<u16>)>>;

/// Runs parties 1 to 3, threshold 2; `tamper` sees each round's messages before they arrive.
fn run(tamper: impl FnMut(Round, &Run, &mut Vec<Delivery>)) -> Ends {
    let here = setup(&[1, 2, 3], 2);
    let mut tamper = tamper;
    let network = Network::key_generation(&here.0, &here.1, &mut rng("run")).unwrap();
    let end = |(party, side): (PartyId, Side<Session>)| match side {
        Side::Done(_) => (party.get(), None),
        Side::Failed(error) => {
            let culprits = error.culprits().iter().map(|party| party.get()).collect();
            (party.get(), Some((error.kind(), culprits)))
        }
        side => panic!("{side:?}"),
    };
    let sides = network.finish_with(|round, network| tamper(round, &here, network.deliveries()));
    sides.into_iter().map(end).collect()
}

/// The sender signs another payload.
fn resign((setup, keys): &Run, delivery: &mut Delivery, edit: impl FnOnce(&mut Vec<u8>)) {
    let message = Message::from_bytes(&delivery.bytes, ()).unwrap();
    let mut payload = message.payload().to_vec();
    edit(&mut payload);
    let key = &keys[usize::from(delivery.from.get()) - 1];
    let signed = Message::sign(setup, message.round(), delivery.from, message.receiver(), payload, key);
    delivery.bytes = signed.to_bytes().to_vec();
}

/// Party 1 signs another payload in a round, in what it sends to all or to one.
fn cheat(at: Round, to: Option<u16>, edit: impl Fn(&mut Vec<u8>)) -> Ends {
    run(|round, here, deliveries| {
        let is = |d: &&mut Delivery| d.from == party(1) && to.is_none_or(|to| d.to == party(to));
        if round == at {
            deliveries.iter_mut().filter(is).for_each(|delivery| resign(here, delivery, &edit));
        }
    })
}

/// Parties 2 and 3 name these.
fn both(ends: &Ends, culprits: &[u16], what: &str) {
    for number in [2, 3] {
        assert_eq!(
            ends[&number],
            Some((ErrorKind::VerificationFailed, culprits.to_vec())),
            "{what}: {number}"
        );
    }
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
    let (setup, keys) = setup(&[1, 2], 2);
    let again = testing::generate_key(&setup, &keys, &mut rng("another")).unwrap();
    assert!(again[0].group() != generate(&[1, 2], 2)[0].group());
}

#[test]
fn bad_setups_are_refused() {
    let (_, keys) = setup(&[1, 2, 3], 2);
    let of = |parties: &[(u16, usize)], threshold| {
        let parties = parties.iter().map(|(number, key)| (party(*number), keys[*key].identity())).collect();
        Setup::new(SessionId([1; 32]), parties, threshold).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(of(&[(1, 0), (2, 1)], 1), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(1, 0), (2, 1)], 3), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(1, 0), (1, 1)], 2), Err(ErrorKind::DuplicateParty));
    assert_eq!(of(&[(1, 0), (2, 0)], 2), Err(ErrorKind::InvalidParams));
    assert_eq!(of(&[(2, 1), (1, 0)], 2), Ok(()));
    let (setup, keys) = setup(&[1, 2, 3], 2);
    let start = |me, key: &IdentityKey| Session::start(&setup, party(me), key, &mut rng("x")).map(|_| ());
    assert_eq!(start(1, &keys[1]).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(start(9, &keys[1]).unwrap_err().kind(), ErrorKind::UnknownParty);
}

#[test]
fn wrong_payloads_are_named() {
    let commit =
        |what: &str, edit: &dyn Fn(&mut Vec<u8>)| both(&cheat(Round::Commit, None, edit), &[1], what);
    commit("the hash of another opening", &|payload| payload[0] ^= 1);
    commit("a neutral key of the run", &|payload| payload[32..64].fill(0));
    commit("a key of the run that it does not know", &|payload| {
        payload[32..64].copy_from_slice(&Point::mul_generator(&Scalar::from_u64(5)).to_bytes());
    });
    commit("another response", &|payload| payload[96] ^= 1);
    commit("cut short", &|payload| _ = payload.pop());
    let open = |what: &str, edit: &dyn Fn(&mut Vec<u8>)| both(&cheat(Round::Open, None, edit), &[1], what);
    open("another nonce", &|payload| payload[0] ^= 1);
    open("cut short", &|payload| _ = payload.pop());
    open("too long", &|payload| payload.push(0));
    let complain =
        |what: &str, edit: &dyn Fn(&mut Vec<u8>)| both(&cheat(Round::Complain, None, edit), &[1], what);
    complain("a complaint that is not there", &|payload| payload[32] = 1);
    complain("another view, then that all agree", &|payload| payload[0] ^= 1);
    let confirm =
        |what: &str, edit: &dyn Fn(&mut Vec<u8>)| both(&cheat(Round::Confirm, None, edit), &[1], what);
    confirm("no word", &|payload| payload[0] = 2);
    confirm("nothing", &|payload| payload.clear());
    confirm("evidence that is not there", &|payload| payload[0] = 1);
}

/// The key of the run of another party, with that party's proof.
#[test]
fn a_key_of_the_run_cannot_be_copied() {
    let ends = run(|round, here, deliveries| {
        if round == Round::Commit {
            let of_two = deliveries.iter().find(|d| d.from == party(2)).unwrap();
            let copied = Message::from_bytes(&of_two.bytes, ()).unwrap().payload()[32..].to_vec();
            let own = deliveries.iter_mut().filter(|d| d.from == party(1));
            own.for_each(|d| resign(here, d, |payload| payload[32..].copy_from_slice(&copied)));
        }
    });
    both(&ends, &[1], "a copied key");
}

/// What is opened is what was hashed, but is not what it should be.
#[test]
fn an_opening_without_possession_or_of_another_degree_is_named() {
    // Count of points; logarithm of the constant term; the proof's: what, by whom, about which logarithm.
    let cases = [
        ("a proof about another term", 2, 6, Known::Term, 1, 5),
        ("a proof of another kind", 2, 5, Known::RunKey, 1, 5),
        ("another party's proof", 2, 5, Known::Term, 2, 5),
        ("a longer polynomial", 3, 5, Known::Term, 1, 5),
        ("a shorter polynomial", 1, 5, Known::Term, 1, 5),
    ];
    for (what, count, term, known, by, proven) in cases {
        let mut forged = Vec::new();
        let ends = run(|round, here, deliveries| {
            for delivery in deliveries.iter_mut().filter(|d| d.from == party(1)) {
                if round == Round::Commit {
                    let hash = here.0.hash();
                    let secret = Scalar::from_u64(proven);
                    let proof = Possession::prove(&hash, party(by), known, &secret, &mut rng("forged"));
                    let mut out = Writer::with_capacity(1000);
                    out.bytes(&[7; 32]);
                    proof.write(&mut out);
                    out.u16(count);
                    for at in 0..u64::from(count) {
                        Point::mul_generator(&Scalar::from_u64(term + at)).write(&mut out);
                    }
                    forged = out.into_bytes().to_vec();
                    let mut opening = Transcript::new("veilkit v1 dkg opening");
                    opening.append("setup", &hash).append_u64("party", 1).append("opening", &forged);
                    resign(here, delivery, |payload| payload[..32].copy_from_slice(&opening.digest()));
                } else if round == Round::Open {
                    resign(here, delivery, |payload| payload.clone_from(&forged));
                }
            }
        });
        both(&ends, &[1], what);
    }
}

#[test]
fn a_wrong_share_convicts_its_dealer() {
    let share = |what: &str, edit: &dyn Fn(&mut Vec<u8>)| {
        let ends = cheat(Round::Share, Some(2), edit);
        both(&ends, &[1], what);
        assert_eq!(ends[&1], ends[&2], "{what}: it hears it too");
    };
    share("another value", &|payload| payload[0] ^= 1);
    share("no scalar", &|payload| payload.fill(0xff));
    share("nothing", &|payload| payload.clear());
    share("too short", &|payload| _ = payload.pop());
    share("too long", &|payload| payload.push(0));
    share("as long as it can be", &|payload| payload.resize(64, 0));
    // Both receivers at once.
    both(&cheat(Round::Share, None, |payload| payload[0] ^= 1), &[1], "all");
}

/// Party 1 complains about party 2 without cause: `edit` makes the complaint from a true message and a true agreement.
fn complain(edit: impl Fn(&mut Vec<u8>)) -> Ends {
    let mut share = Vec::new();
    run(|round, here, deliveries| {
        if round == Round::Share {
            let from_two = deliveries.iter().find(|d| (d.from, d.to) == (party(2), party(1))).unwrap();
            let message = Message::from_bytes(&from_two.bytes, ()).unwrap();
            share = [message.payload(), &message.entry().signature.0].concat();
        }
        if round == Round::Complain {
            // The same randomness gives the same keys of the run.
            let mut random = rng("run");
            let mut twin = |at: u16| {
                let key = here.1[usize::from(at) - 1].clone();
                Committed::start(here.0.clone(), party(at), key, &mut random).unwrap().0.0
            };
            let (mut one, two) = (twin(1), twin(2));
            one.commits.extend(two.commits);
            let agreement = Agreement::prove(one.pair(&here.0.hash(), party(1), party(2)), &one.run_key);
            let mut out = Writer::with_capacity(300);
            out.u16(2).u16(32).bytes(&share);
            agreement.write(&mut out);
            let mut complaint = out.into_bytes().to_vec();
            edit(&mut complaint);
            for delivery in deliveries.iter_mut().filter(|d| d.from == party(1)) {
                resign(here, delivery, |payload| {
                    payload[32] = 1;
                    payload.extend(&complaint);
                });
            }
        }
    })
}

#[test]
fn a_false_complaint_convicts_its_author() {
    // accused u16 | length u16 | sealed [32] | signature [64] | shared, commitments [32] each | response [32]
    both(&complain(|_| ()), &[1], "a share that fits");
    both(&complain(|complaint| complaint[0] = 1), &[1], "about itself");
    both(&complain(|complaint| complaint[0] = 77), &[1], "about a stranger");
    both(&complain(|complaint| complaint[0] = 3), &[1], "about another party");
    both(&complain(|complaint| complaint[4] ^= 1), &[1], "another share");
    both(&complain(|complaint| complaint[4..36].fill(0xff)), &[1], "no scalar, not signed");
    both(&complain(|complaint| complaint[40] ^= 1), &[1], "another signature");
    both(&complain(|complaint| complaint[100..].fill(0)), &[1], "no agreement");
    both(&complain(|complaint| *complaint.last_mut().unwrap() ^= 1), &[1], "another response");
    both(
        &complain(|complaint| {
            let other = Point::mul_generator(&Scalar::from_u64(9)).to_bytes();
            complaint[100..132].copy_from_slice(&other);
        }),
        &[1],
        "another shared point",
    );
    both(&complain(|complaint| _ = complaint.pop()), &[1], "cut short");
}

/// Party 1 gives parties 2 and 3 different messages, each well signed.
#[test]
fn two_stories_name_their_teller() {
    // Another key of the run, which it knows too.
    let secret = Scalar::from_u64(5);
    let ends = run(|round, here, deliveries| {
        for delivery in
            deliveries.iter_mut().filter(|d| round == Round::Commit && d.from == party(1) && d.to == party(3))
        {
            let proof =
                Possession::prove(&here.0.hash(), party(1), Known::RunKey, &secret, &mut rng("known"));
            let mut out = Writer::with_capacity(96);
            Point::mul_generator(&secret).write(&mut out);
            proof.write(&mut out);
            resign(here, delivery, |payload| payload[32..].copy_from_slice(&out.into_bytes()));
        }
    });
    both(&ends, &[1], "two commitments");
    // Another view.
    both(&cheat(Round::Complain, Some(3), |payload| payload[0] ^= 1), &[1], "two views");
    // The last round is not confirmed any more.
    let ends = cheat(Round::Confirm, Some(3), |payload| payload[0] = 2);
    assert_eq!(ends[&2], None);
    assert_eq!(ends[&3], Some((ErrorKind::VerificationFailed, vec![1])));
}

/// Party 1 disputes in the last round with the evidence that `edit` makes of the true one, after `view` in round 4.
fn dispute(view: impl Fn(&mut Vec<u8>), edit: impl Fn(&mut Vec<Entry>)) -> Ends {
    let mut heard = BTreeMap::new();
    run(|round, here, deliveries| {
        for delivery in deliveries.iter_mut() {
            if round == Round::Complain && delivery.from == party(1) {
                resign(here, delivery, &view);
            }
            heard.insert((delivery.from, round), Message::from_bytes(&delivery.bytes, ()).unwrap().entry());
        }
        if round == Round::Confirm {
            let mut entries: Vec<Entry> = heard
                .iter()
                .filter(|((_, at), _)| ![Round::Share, Round::Confirm].contains(at))
                .map(|(_, e)| *e)
                .collect();
            edit(&mut entries);
            let mut out = Writer::with_capacity(9 * Entry::LEN + 1);
            out.u8(1);
            entries.iter().for_each(|entry| entry.write(&mut out));
            let payload = out.into_bytes().to_vec();
            for delivery in deliveries.iter_mut().filter(|d| d.from == party(1)) {
                resign(here, delivery, |own| own.clone_from(&payload));
            }
        }
    })
}

#[test]
fn a_dispute_without_cause_convicts_its_author() {
    let same = |_: &mut Vec<u8>| ();
    both(&dispute(same, |_| ()), &[1], "nothing to dispute");
    // Entries of party 1, then 2, then 3: commit, open, complain.
    both(&dispute(same, |entries| entries[3].hash[0] ^= 1), &[1], "a hash that party 2 did not sign");
    both(&dispute(same, |entries| entries[5].signature.0[0] ^= 1), &[1], "a signature that does not hold");
    both(&dispute(same, |entries| entries.swap(3, 6)), &[1], "party 3 in the place of party 2");
    both(&dispute(same, |entries| entries.swap(3, 4)), &[1], "another round");
    both(&dispute(same, |entries| _ = entries.pop()), &[1], "an entry too few");
    // It signed another view than the one of what it heard.
    both(&dispute(|payload| payload[0] ^= 1, |_| ()), &[1], "a view of nothing");
}
