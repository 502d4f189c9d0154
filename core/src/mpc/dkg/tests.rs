//! Honest runs; what a party can sign that it should not, and who is named for it.
use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;

use super::common::Common;
use super::messages::{Entry, Message};
use super::proof::{Agreement, Known, Possession};
use super::rounds::Committed;
use super::*;
use crate::codec::{Decode, Encode, HEADER_LEN, Writer};
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
type Ends = BTreeMap<u16, Option<(ErrorKind, Vec<u16>, &'static str)>>;

/// Runs parties 1 to 3, threshold 2; `tamper` sees each round's messages before they arrive.
fn run(tamper: impl FnMut(Round, &Run, &mut Vec<Delivery>)) -> Ends {
    let here = setup(&[1, 2, 3], 2);
    let mut tamper = tamper;
    let network = Network::key_generation(&here.0, &here.1, &mut rng("run")).unwrap();
    let end = |(party, side): (PartyId, Side<Session>)| match side {
        Side::Done(_) => (party.get(), None),
        Side::Failed(error) => {
            let culprits = error.culprits().iter().map(|party| party.get()).collect();
            (party.get(), Some((error.kind(), culprits, error.what())))
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

/// A key of the run of party 1, with the proof that it is known.
fn known_key((setup, _): &Run, secret: &Scalar) -> Vec<u8> {
    let mut out = Writer::with_capacity(96);
    Point::mul_generator(secret).write(&mut out);
    Possession::prove(&setup.hash(), party(1), Known::RunKey, secret, &mut rng("known")).write(&mut out);
    out.into_bytes().to_vec()
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

/// What the checks say, so that a test knows which of them spoke: whoever is missed by its check is still
/// named later for another view, or for a share that does not fit.
mod check {
    pub(super) const PAYLOAD: &str = "message: payload";
    pub(super) const COMMIT: &str = "commit: possession of the key of the run";
    pub(super) const OPEN: &str = "opening: hash, length or possession";
    pub(super) const COMPLAIN: &str = "complain: a share that does not fit, or a complaint without cause";
    pub(super) const CONFIRM: &str = "confirm: two stories of one party, or a word that does not hold";
}

/// Parties 2 and 3 name party 1, by this check.
fn both(ends: &Ends, check: &'static str, what: &str) {
    for number in [2, 3] {
        assert_eq!(ends[&number], Some((ErrorKind::VerificationFailed, vec![1], check)), "{what}: {number}");
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
    let mut random = rng("many");
    let mut many = |count: u16| {
        let parties =
            (1..=count).map(|number| (party(number), IdentityKey::generate(&mut random).identity()));
        Setup::new(SessionId([1; 32]), parties.collect(), 2).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!((many(255), many(256)), (Ok(()), Err(ErrorKind::InvalidParams)));
    let (setup, keys) = setup(&[1, 2, 3], 2);
    let start = |me, key: &IdentityKey| Session::start(&setup, party(me), key, &mut rng("x")).map(|_| ());
    assert_eq!(start(1, &keys[1]).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(start(9, &keys[1]).unwrap_err().kind(), ErrorKind::UnknownParty);
}

#[test]
fn wrong_payloads_are_named() {
    let of = |round: Round, check: &'static str, what: &str, edit: &dyn Fn(&mut Vec<u8>)| {
        both(&cheat(round, None, edit), check, what);
    };
    of(Round::Commit, check::OPEN, "the hash of another opening", &|payload| payload[0] ^= 1);
    of(Round::Commit, check::COMMIT, "a key of the run that it does not know", &|payload| {
        payload[32..64].copy_from_slice(&Point::mul_generator(&Scalar::from_u64(5)).to_bytes());
    });
    of(Round::Commit, check::COMMIT, "another response", &|payload| payload[96] ^= 1);
    of(Round::Commit, check::PAYLOAD, "cut short", &|payload| _ = payload.pop());
    of(Round::Commit, check::PAYLOAD, "too long", &|payload| payload.push(0));
    of(Round::Open, check::OPEN, "another nonce", &|payload| payload[0] ^= 1);
    of(Round::Open, check::PAYLOAD, "cut short", &|payload| _ = payload.pop());
    of(Round::Open, check::PAYLOAD, "too long", &|payload| payload.push(0));
    of(Round::Complain, check::PAYLOAD, "a complaint that is not there", &|payload| payload[32] = 1);
    of(Round::Complain, check::CONFIRM, "another view, then that all agree", &|payload| payload[0] ^= 1);
    of(Round::Confirm, check::PAYLOAD, "no word", &|payload| payload[0] = 2);
    of(Round::Confirm, check::PAYLOAD, "nothing", &|payload| payload.clear());
    of(Round::Confirm, check::PAYLOAD, "evidence that is not there", &|payload| payload[0] = 1);
}

/// Whoever carries a message can alter its signature, so nobody is named.
#[test]
fn an_altered_signature_is_refused_in_every_round() {
    for at in Round::ALL {
        let ends = run(|round, _, deliveries| {
            let sent = deliveries.iter_mut().filter(|d| round == at && d.from == party(1));
            sent.for_each(|delivery| *delivery.bytes.last_mut().unwrap() ^= 1);
        });
        for number in [2, 3] {
            let refused = Some((ErrorKind::VerificationFailed, vec![], "signature"));
            assert_eq!(ends[&number], refused, "{at:?}: {number}");
        }
    }
}

/// Zero proves that it is known, but is no key.
#[test]
fn a_neutral_key_of_the_run_is_refused() {
    let ends = run(|round, here, deliveries| {
        for delivery in deliveries.iter_mut().filter(|d| round == Round::Commit && d.from == party(1)) {
            resign(here, delivery, |payload| payload[32..].copy_from_slice(&known_key(here, &Scalar::ZERO)));
        }
    });
    both(&ends, check::PAYLOAD, "a neutral key");
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
    both(&ends, check::COMMIT, "a copied key");
}

/// What is opened is what was hashed, but is not what it should be.
#[test]
fn an_opening_without_possession_or_of_another_degree_is_named() {
    // Count of points; logarithm of the constant term; the proof's: what, by whom, about which logarithm.
    let cases = [
        // Nothing is wrong with it, but it is not what party 1 itself has heard.
        ("another opening", check::CONFIRM, 2, 5, Known::Term, 1, 5),
        ("a proof about another term", check::OPEN, 2, 6, Known::Term, 1, 5),
        ("a proof of another kind", check::OPEN, 2, 5, Known::RunKey, 1, 5),
        ("another party's proof", check::OPEN, 2, 5, Known::Term, 2, 5),
        ("a longer polynomial", check::OPEN, 3, 5, Known::Term, 1, 5),
        ("a shorter polynomial", check::OPEN, 1, 5, Known::Term, 1, 5),
        ("a neutral constant term", check::PAYLOAD, 2, 0, Known::Term, 1, 0),
    ];
    for (what, check, count, term, known, by, proven) in cases {
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
        both(&ends, check, what);
    }
}

#[test]
fn a_wrong_share_convicts_its_dealer() {
    let share = |what: &str, edit: &dyn Fn(&mut Vec<u8>)| {
        let ends = cheat(Round::Share, Some(2), edit);
        both(&ends, check::COMPLAIN, what);
        assert_eq!(ends[&1], ends[&2], "{what}: it hears it too");
    };
    share("another value", &|payload| payload[0] ^= 1);
    share("no scalar", &|payload| payload.fill(0xff));
    share("nothing", &|payload| payload.clear());
    share("too short", &|payload| _ = payload.pop());
    share("too long", &|payload| payload.push(0));
    share("as long as it can be", &|payload| payload.resize(64, 0));
    // Both receivers at once.
    both(&cheat(Round::Share, None, |payload| payload[0] ^= 1), check::COMPLAIN, "all");
}

/// The length of a complaint.
const COMPLAINT: usize = 2 + 2 + 32 + 64 + 4 * 32;

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
                    payload[32] = u8::try_from(complaint.len().div_ceil(COMPLAINT)).unwrap();
                    payload.extend(&complaint);
                });
            }
        }
    })
}

#[test]
fn a_false_complaint_convicts_its_author() {
    // accused u16 | length u16 | sealed [32] | signature [64] | shared, commitments [32] each | response [32]
    both(&complain(|_| ()), check::COMPLAIN, "a share that fits");
    both(&complain(|complaint| complaint[0] = 1), check::COMPLAIN, "about itself");
    both(&complain(|complaint| complaint[0] = 77), check::COMPLAIN, "about a stranger");
    both(&complain(|complaint| complaint[0] = 3), check::COMPLAIN, "about another party");
    both(&complain(|complaint| complaint[4] ^= 1), check::COMPLAIN, "another share");
    both(&complain(|complaint| complaint[4..36].fill(0xff)), check::COMPLAIN, "no scalar, not signed");
    both(&complain(|complaint| complaint[40] ^= 1), check::COMPLAIN, "another signature");
    both(&complain(|complaint| complaint[100..].fill(0)), check::COMPLAIN, "no agreement");
    both(&complain(|complaint| *complaint.last_mut().unwrap() ^= 1), check::COMPLAIN, "another response");
    both(
        &complain(|complaint| {
            let other = Point::mul_generator(&Scalar::from_u64(9)).to_bytes();
            complaint[100..132].copy_from_slice(&other);
        }),
        check::COMPLAIN,
        "another shared point",
    );
    both(&complain(|complaint| _ = complaint.pop()), check::PAYLOAD, "cut short");
    both(&complain(|complaint| complaint.extend_from_within(..)), check::PAYLOAD, "twice the same");
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
            resign(here, delivery, |payload| payload[32..].copy_from_slice(&known_key(here, &secret)));
        }
    });
    both(&ends, check::CONFIRM, "two commitments");
    // Another view.
    both(&cheat(Round::Complain, Some(3), |payload| payload[0] ^= 1), check::CONFIRM, "two views");
    // The last round is not confirmed any more.
    let ends = cheat(Round::Confirm, Some(3), |payload| payload[0] = 2);
    assert_eq!(ends[&2], None);
    assert_eq!(ends[&3], Some((ErrorKind::VerificationFailed, vec![1], check::PAYLOAD)));
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
    both(&dispute(same, |_| ()), check::CONFIRM, "nothing to dispute");
    // Entries of party 1, then 2, then 3: commit, open, complain.
    both(
        &dispute(same, |entries| entries[3].hash[0] ^= 1),
        check::CONFIRM,
        "a hash that party 2 did not sign",
    );
    both(
        &dispute(same, |entries| entries[5].signature.0[0] ^= 1),
        check::CONFIRM,
        "a signature that does not hold",
    );
    both(&dispute(same, |entries| entries.swap(3, 6)), check::CONFIRM, "party 3 in the place of party 2");
    both(&dispute(same, |entries| entries.swap(3, 4)), check::CONFIRM, "another round");
    both(&dispute(same, |entries| _ = entries.pop()), check::PAYLOAD, "an entry too few");
    // It signed another view than the one of what it heard.
    both(&dispute(|payload| payload[0] ^= 1, |_| ()), check::CONFIRM, "a view of nothing");
}

/// All that the parties agreed on counts for the hash that every message and proof is bound to.
#[test]
fn a_setup_is_known_by_its_hash() {
    let (setup, keys) = setup(&[1, 2, 3], 2);
    let hash = |session: u8, numbers: [u16; 3], order: [usize; 3], threshold| {
        let parties = numbers.into_iter().zip(order).map(|(number, at)| (party(number), keys[at].identity()));
        Setup::new(SessionId([session; 32]), parties.collect(), threshold).unwrap().hash()
    };
    assert_eq!(hash(1, [1, 2, 3], [0, 1, 2], 2), setup.hash());
    assert_eq!(hash(1, [2, 1, 3], [1, 0, 2], 2), setup.hash());
    assert_ne!(hash(2, [1, 2, 3], [0, 1, 2], 2), setup.hash(), "session");
    assert_ne!(hash(1, [1, 2, 4], [0, 1, 2], 2), setup.hash(), "number");
    assert_ne!(hash(1, [1, 2, 3], [1, 0, 2], 2), setup.hash(), "identities");
    assert_ne!(hash(1, [1, 2, 3], [0, 1, 2], 3), setup.hash(), "threshold");
}

/// Each wrong in one thing, and well signed.
#[test]
fn a_message_is_for_one_run_round_sender_and_receiver() {
    let (here, keys) = setup(&[1, 2, 3], 2);
    let members = here.parties().into_iter().zip(keys.iter().map(IdentityKey::identity)).collect();
    let elsewhere = Setup::new(SessionId([2; 32]), members, 2).unwrap();
    let sign = |setup: &Setup, round, sender, receiver: Option<u16>, key: usize| {
        Message::sign(setup, round, party(sender), receiver.map(party), vec![7; 40], &keys[key])
    };
    let check = |message: &Message, round| {
        message.check(&here, round, party(1), party(2)).map_err(|error| error.kind())
    };
    assert_eq!(check(&sign(&here, Round::Open, 1, None, 0), Round::Open), Ok(()));
    assert_eq!(check(&sign(&here, Round::Share, 1, Some(2), 0), Round::Share), Ok(()));
    let of_another = Err(ErrorKind::ParamsMismatch);
    assert_eq!(check(&sign(&elsewhere, Round::Open, 1, None, 0), Round::Open), of_another);
    assert_eq!(check(&sign(&here, Round::Commit, 1, None, 0), Round::Open), of_another);
    assert_eq!(check(&sign(&here, Round::Open, 3, None, 2), Round::Open), of_another);
    assert_eq!(check(&sign(&here, Round::Open, 1, Some(2), 0), Round::Open), of_another);
    assert_eq!(check(&sign(&here, Round::Share, 1, Some(3), 0), Round::Share), of_another);
    assert_eq!(check(&sign(&here, Round::Share, 1, None, 0), Round::Share), of_another);
    let forged = Err(ErrorKind::VerificationFailed);
    assert_eq!(check(&sign(&here, Round::Open, 1, None, 1), Round::Open), forged);
    // What the signature covers, altered afterwards: set-up, round, sender, receiver, payload.
    let altered = |message: Message, at: usize, byte: u8| {
        let mut bytes = message.to_bytes().to_vec();
        bytes[HEADER_LEN + at] = byte;
        Message::from_bytes(&bytes, ()).unwrap()
    };
    let mut moved = sign(&elsewhere, Round::Open, 1, None, 0).to_bytes().to_vec();
    moved[HEADER_LEN..HEADER_LEN + 32].copy_from_slice(&here.hash());
    assert_eq!(check(&Message::from_bytes(&moved, ()).unwrap(), Round::Open), forged);
    let open = Round::Open as u8 + 1;
    assert_eq!(check(&altered(sign(&here, Round::Commit, 1, None, 0), 32, open), Round::Open), forged);
    assert_eq!(check(&altered(sign(&here, Round::Open, 3, None, 0), 33, 1), Round::Open), forged);
    assert_eq!(check(&altered(sign(&here, Round::Share, 1, Some(3), 0), 35, 2), Round::Share), forged);
    assert_eq!(check(&altered(sign(&here, Round::Open, 1, None, 0), 41, 8), Round::Open), forged);
}

#[test]
fn long_messages_are_not_read() {
    let (setup, keys) = setup(&[1, 2], 2);
    let read = |round, receiver, len| {
        let message = Message::sign(&setup, round, party(1), receiver, vec![0; len], &keys[0]);
        Message::from_bytes(&message.to_bytes(), ()).map(|_| ()).map_err(|error| error.kind())
    };
    let refused = Err(ErrorKind::InvalidEncoding);
    assert_eq!((read(Round::Share, Some(party(2)), 64), read(Round::Open, None, 1 << 17)), (Ok(()), Ok(())));
    assert_eq!(read(Round::Share, Some(party(2)), 65), refused);
    assert_eq!(read(Round::Open, None, (1 << 17) + 1), refused);
}

#[test]
fn group_keys_and_shares_are_checked_when_read() {
    let shares = generate(&[1, 2, 3], 3);
    let group = shares[0].group().to_bytes();
    let (numbers, points) = (HEADER_LEN + 4, HEADER_LEN + 10);
    let read = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = group.to_vec();
        edit(&mut bytes);
        GroupKey::from_bytes(&bytes, ())
    };
    let own = read(&|_| ()).unwrap();
    assert_eq!(own, *shares[0].group());
    let refused = |what: &str, edit: &dyn Fn(&mut Vec<u8>)| {
        assert_eq!(read(edit).err().map(|error| error.kind()), Some(ErrorKind::InvalidEncoding), "{what}");
    };
    refused("parties exchanged", &|bytes| bytes.swap(numbers, numbers + 2));
    refused("a party twice", &|bytes| bytes[numbers + 2] = 1);
    refused("a neutral key", &|bytes| bytes[points..points + 32].fill(0));
    refused("a threshold of one", &|bytes| {
        bytes[HEADER_LEN + 2] = 1;
        bytes.truncate(points + 32);
    });
    refused("more needed than there are", &|bytes| {
        bytes[HEADER_LEN] = 2;
        drop(bytes.drain(numbers + 4..points));
    });
    assert_ne!(read(&|bytes| bytes[numbers + 4] = 4).unwrap().id(), own.id(), "a party");
    for at in [points, points + 32, points + 64] {
        let other =
            read(&|bytes| bytes[at..at + 32].copy_from_slice(&Point::generator().to_bytes())).unwrap();
        assert_ne!(other.id(), own.id(), "a point");
    }
    let mut share = shares[0].to_bytes().to_vec();
    let party_at = share.len() - 34;
    share[party_at] = 2;
    let kind = |bytes: &[u8]| KeyShare::from_bytes(bytes, ()).err().map(|error| error.kind());
    assert_eq!(kind(&share), Some(ErrorKind::VerificationFailed));
    share[party_at] = 4;
    assert_eq!(kind(&share), Some(ErrorKind::UnknownParty));
}

/// Everything that a mask and a view are made from, each changed alone.
#[test]
fn masks_and_views_are_bound_to_what_they_are_for() {
    let common = |session: u8| {
        let (setup, keys) = setup(&[1, 2, 3], 2);
        let members = setup.parties().into_iter().zip(keys.iter().map(IdentityKey::identity)).collect();
        let setup = Setup::new(SessionId([session; 32]), members, 2).unwrap();
        let (mut commits, mut random) = (BTreeMap::new(), rng("run"));
        let mut twins = [1, 2, 3].map(|at| {
            let key = keys[usize::from(at) - 1].clone();
            let common = Committed::start(setup.clone(), party(at), key, &mut random).unwrap().0.0;
            commits.insert(party(at), common.commits[&party(at)].clone());
            common
        });
        twins[0].commits = commits;
        let [one, ..] = twins;
        one
    };
    let here = common(1);
    let mask = |common: &Common, shared: u64, from, to| {
        *common.mask(&Point::mul_generator(&Scalar::from_u64(shared)), party(from), party(to))
    };
    let own = mask(&here, 5, 1, 2);
    assert!(own == mask(&common(1), 5, 1, 2));
    assert!(own != mask(&common(2), 5, 1, 2), "set-up");
    assert!(own != mask(&here, 6, 1, 2), "shared point");
    // Party 3 has the key of the run of party 1, then of party 2.
    for (same, from, to) in [(1, 3, 2), (2, 1, 3)] {
        let mut other = common(1);
        let commit = other.commits[&party(same)].clone();
        other.commits.insert(party(3), commit);
        assert!(own != mask(&other, 5, from, to), "number instead of {same}");
    }
    for changed in [1, 2] {
        let mut other = common(1);
        other.commits.get_mut(&party(changed)).unwrap().run_key = Point::generator();
        assert!(own != mask(&other, 5, 1, 2), "key of {changed}");
    }
    let view = |common: &Common, other: Option<(u16, Round)>| {
        common.view_of(|number, round| [u8::from(other == Some((number.get(), round))); 32])
    };
    assert_ne!(view(&here, None), view(&common(2), None), "set-up");
    for number in [1, 2, 3] {
        for round in [Round::Commit, Round::Open] {
            assert_ne!(view(&here, None), view(&here, Some((number, round))), "{number}, {round:?}");
        }
    }
}
