//! Key generation, threshold decryption, resharing and repair: every message of every round, every fault of a transport, and
//! who is named.
//!
//! A transport proves nothing against anybody: `VerificationFailed` names nobody here, `MissingMessage`, `DuplicateParty` and
//! `UnknownParty` name the party that the transport says something about. What takes a party's keys is beside the
//! code, in `core/src/mpc/{dkg,resharing,repair}/tests.rs`.
use std::{collections::BTreeMap, fmt::Debug};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use veilkit::{
    ErrorKind::{
        self, DuplicateParty, InvalidEncoding, MissingMessage, ParamsMismatch, TrailingBytes, UnknownParty,
        UnsupportedVersion, VerificationFailed,
    },
    PartyId,
    codec::{Decode, Encode, HEADER_LEN},
    elgamal::additive::{EncryptedArray, Params, PlainArray, PublicKey},
    field::Field,
    group::Scalar,
    mpc::{
        IdentityKey, dkg, repair, resharing,
        secure_sum::SessionId,
        testing::{self, Delivery, Machine, Network, Side},
        threshold_decrypt::{DecryptionShare, combine},
    },
    shamir::{feldman, sealed::CustodianKey},
    shape::Shape,
};

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// A protocol whose runs can be made again: the same bytes for the same session and seed.
trait Protocol {
    type Machine: Machine<Round: Eq>;
    /// Offset of the number of the sender in a message.
    const SENDER_AT: usize;
    /// The kind for a message under another sender's name, and for the whole of another sender's message.
    const OTHER_SENDER: [ErrorKind; 2];

    fn network(&self, session: u8, seed: u8) -> Network<Self::Machine>;
}

struct Dkg(Vec<IdentityKey>);

impl Protocol for Dkg {
    type Machine = dkg::Session;
    const SENDER_AT: usize = HEADER_LEN + 32 + 1;
    const OTHER_SENDER: [ErrorKind; 2] = [ParamsMismatch, ParamsMismatch];

    fn network(&self, session: u8, seed: u8) -> Network<dkg::Session> {
        let parties = (1..).map(party).zip(self.0.iter().map(IdentityKey::identity)).collect();
        let setup = dkg::Setup::new(SessionId([session; 32]), parties, 2).unwrap();
        Network::key_generation(&setup, &self.0, &mut rng(seed)).unwrap()
    }
}

/// Shares 1, 2 and 3 of a 2 of 3, and keys for five.
struct Holders {
    commitment: feldman::Commitment,
    shares: Vec<feldman::Share>,
    keys: Vec<(IdentityKey, CustodianKey)>,
}

impl Holders {
    fn new() -> Self {
        let mut rng = rng(3);
        let (commitment, shares) = feldman::split(&Scalar::from_u64(77), 2, 3, &mut rng).unwrap();
        let keys =
            (0..5).map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng))).collect();
        Self { commitment, shares, keys }
    }
}

struct Resharing(Holders);

impl Protocol for Resharing {
    type Machine = resharing::Session<feldman::Share>;
    const SENDER_AT: usize = HEADER_LEN + 32 + 1;
    const OTHER_SENDER: [ErrorKind; 2] = [VerificationFailed, VerificationFailed];

    /// Dealers 1 and 3; receivers 1001 to 1003.
    fn network(&self, session: u8, seed: u8) -> Network<Self::Machine> {
        let Holders { commitment, shares, keys } = &self.0;
        let dealers = [(&shares[0], &keys[0].0), (&shares[2], &keys[1].0)];
        let plan = resharing::Plan::new(resharing::PlanSpec {
            session: SessionId([session; 32]),
            commitment: commitment.clone(),
            dealers: dealers.iter().map(|(share, key)| (share.index(), key.identity())).collect(),
            threshold: 2,
            receivers: keys[2..]
                .iter()
                .map(|(id, key)| (id.identity(), key.custodian("new").unwrap()))
                .collect(),
        });
        Network::resharing(&plan.unwrap(), &dealers, &keys[2..], &mut rng(seed)).unwrap()
    }
}

struct Repair(Holders);

impl Protocol for Repair {
    type Machine = repair::Session<feldman::Share>;
    const SENDER_AT: usize = HEADER_LEN + 32 + 1;
    const OTHER_SENDER: [ErrorKind; 2] = [VerificationFailed, VerificationFailed];

    /// Helpers 1 and 3, owner 2.
    fn network(&self, session: u8, seed: u8) -> Network<Self::Machine> {
        let Holders { commitment, shares, keys } = &self.0;
        let public = |at: usize| (keys[at].0.identity(), keys[at].1.custodian("holder").unwrap());
        let helper = |at: usize| (shares[at].index(), public(at).0, public(at).1);
        let plan = repair::Plan::new(repair::PlanSpec {
            session: SessionId([session; 32]),
            commitment: commitment.clone(),
            lost: party(2),
            owner: public(1),
            helpers: vec![helper(0), helper(2)],
        });
        let help = |at: usize| (&shares[at], &keys[at].0, &keys[at].1);
        let owner = (&keys[1].0, &keys[1].1);
        Network::repair(&plan.unwrap(), &[help(0), help(2)], owner, &mut rng(seed)).unwrap()
    }
}

/// Kind and culprits.
type Blame = (ErrorKind, Vec<u16>);
/// What each party ends with; `None` for an output.
type Ends = BTreeMap<u16, Option<Blame>>;

fn ends<M: Machine + Debug>(sides: Vec<(PartyId, Side<M>)>) -> Ends {
    let end = |side| match side {
        Side::Done(_) => None,
        Side::Failed(error) => Some((error.kind(), error.culprits().iter().map(|p| p.get()).collect())),
        side => panic!("{side:?}"),
    };
    sides.into_iter().map(|(party, side)| (party.get(), end(side))).collect()
}

/// What all parties send in an undisturbed run, by round.
fn record<P: Protocol>(
    protocol: &P,
    session: u8,
    seed: u8,
) -> Vec<(<P::Machine as Machine>::Round, Vec<Delivery>)> {
    let mut sent = Vec::new();
    let sides = protocol.network(session, seed).finish_with(|round, network| {
        sent.push((round, network.deliveries().clone()));
    });
    assert!(sides.iter().all(|(_, side)| matches!(side, Side::Done(_))), "nobody is disturbed");
    sent
}

/// What is done to the messages of a round, and what the receiver must say.
struct Fault {
    name: String,
    deliveries: Vec<Delivery>,
    expected: Vec<Blame>,
}

/// Every fault of one message, at this place among the messages of its round.
fn faults<P: Protocol>(
    all: &[Delivery],
    at: usize,
    before: Option<&[Delivery]>,
    foreign: &[Delivery],
    twin: &[Delivery],
) -> Vec<Fault> {
    let (from, to) = (all[at].from, all[at].to);
    let mut faults = Vec::new();
    let mut add = |name: &str, expected: &[Blame], change: &dyn Fn(&mut Vec<Delivery>)| {
        let mut deliveries = all.to_vec();
        change(&mut deliveries);
        faults.push(Fault { name: name.into(), deliveries, expected: expected.to_vec() });
    };
    let nobody = |kind| (kind, vec![]);
    let sender = |kind| (kind, vec![from.get()]);
    let replaced = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        move |deliveries: &mut Vec<Delivery>| deliveries[at].bytes.clone_from(&bytes)
    };
    add("dropped", &[sender(MissingMessage)], &|all| drop(all.remove(at)));
    add("twice", &[sender(DuplicateParty)], &|all| all.push(all[at].clone()));
    // Two messages of one sender, each well signed: the first of this run, the second of its twin with other randomness.
    add("two different", &[sender(DuplicateParty)], &|all| all.push(twin[at].clone()));
    add("from a stranger", &[(UnknownParty, vec![999])], &|all| all[at].from = party(999));
    add("from the receiver itself", &[nobody(DuplicateParty)], &|all| all[at].from = to);
    add("empty", &[nobody(InvalidEncoding)], &|all| all[at].bytes.clear());
    add("of another session", &[nobody(ParamsMismatch)], &replaced(&foreign[at].bytes));
    // The whole message of another sender or for another receiver, and of another round.
    for (other, delivery) in all.iter().enumerate() {
        if delivery.from != from && delivery.to == to {
            add("of another sender", &[nobody(P::OTHER_SENDER[1])], &replaced(&delivery.bytes));
            add("exchanged with another sender", &[nobody(P::OTHER_SENDER[1])], &|all| {
                let bytes = core::mem::take(&mut all[at].bytes);
                all[at].bytes = core::mem::replace(&mut all[other].bytes, bytes);
            });
        }
        if delivery.from == from && delivery.to != to && delivery.bytes != all[at].bytes {
            add("for another receiver", &[nobody(ParamsMismatch)], &replaced(&delivery.bytes));
        }
    }
    for delivery in before.into_iter().flatten().filter(|d| d.to == to) {
        add("of the round before", &[nobody(ParamsMismatch)], &replaced(&delivery.bytes));
    }
    let other = if from.get() == 3 { 1_u16 } else { 3 };
    add("under another name", &[nobody(P::OTHER_SENDER[0])], &|all| {
        all[at].bytes[P::SENDER_AT..P::SENDER_AT + 2].copy_from_slice(&other.to_le_bytes());
    });
    let len = all[at].bytes.len();
    add("one byte short", &[nobody(InvalidEncoding)], &|all| all[at].bytes.truncate(len - 1));
    add("one byte long", &[nobody(TrailingBytes)], &|all| all[at].bytes.push(0));
    // Bytes all over: header, setup or plan, round, sender, receiver, length, payload, signature.
    let kinds =
        [InvalidEncoding, UnsupportedVersion, ParamsMismatch, TrailingBytes, VerificationFailed].map(nobody);
    let sampled = (0..HEADER_LEN + 45).chain((HEADER_LEN + 45..len).step_by(1 + len / 24)).chain([len - 1]);
    for byte in sampled {
        add(&format!("byte {byte} altered"), &kinds, &|all| all[at].bytes[byte] ^= 1 << (byte % 8));
    }
    faults
}

/// Every round, every sender and receiver, every fault: the receiver says what it must, and nobody is named that the
/// transport says nothing about.
fn every_fault<P: Protocol>(protocol: &P, rounds: usize)
where
    P::Machine: Debug,
{
    let run = record(protocol, 1, 7);
    let (foreign, twin) = (record(protocol, 2, 7), record(protocol, 1, 8));
    assert_eq!(run.len(), rounds);
    for (number, (round, all)) in run.iter().enumerate() {
        for at in 0..all.len() {
            let (from, to) = (all[at].from.get(), all[at].to.get());
            let before = number.checked_sub(1).map(|before| run[before].1.as_slice());
            for fault in faults::<P>(all, at, before, &foreign[number].1, &twin[number].1) {
                let what = format!("{round:?} from {from} to {to}: {}", fault.name);
                let mut deliveries = Some(fault.deliveries);
                let sides = protocol.network(1, 7).finish_with(|now, network| {
                    if now == *round
                        && let Some(deliveries) = deliveries.take()
                    {
                        assert_eq!(*network.deliveries(), *all, "the same run again");
                        *network.deliveries() = deliveries;
                    }
                });
                let ends = ends(sides);
                let end = ends[&to].as_ref().unwrap_or_else(|| panic!("{what}: not noticed"));
                assert!(fault.expected.contains(end), "{what}: {end:?}");
                // The others end well if it was the last round, or miss the one that stopped, and name nobody else.
                for (other, end) in ends.iter().filter(|(other, _)| **other != to) {
                    let Some((kind, culprits)) = end else { continue };
                    let silent = *kind == MissingMessage && culprits.iter().all(|c| ends[c].is_some());
                    assert!(silent, "{what}: {other} says {kind:?} {culprits:?}");
                }
            }
        }
    }
}

#[test]
fn key_generation_every_message_and_fault() {
    let mut rng = rng(1);
    every_fault(&Dkg((0..3).map(|_| IdentityKey::generate(&mut rng)).collect()), 5);
}

#[test]
fn resharing_every_message_and_fault() {
    every_fault(&Resharing(Holders::new()), 2);
}

#[test]
fn repair_every_message_and_fault() {
    every_fault(&Repair(Holders::new()), 3);
}

/// In which order the messages of a round arrive does not matter.
#[test]
fn messages_may_come_in_any_order() {
    fn reordered<P: Protocol>(protocol: &P)
    where
        P::Machine: Debug,
    {
        let sides = protocol.network(1, 7).finish_with(|_, network| network.deliveries().reverse());
        assert!(ends(sides).values().all(Option::is_none));
    }
    let mut rng = rng(1);
    reordered(&Dkg((0..3).map(|_| IdentityKey::generate(&mut rng)).collect()));
    reordered(&Resharing(Holders::new()));
    reordered(&Repair(Holders::new()));
}

/// A decryption has one round and its shares are not signed: they come over authentic channels, so a share that does not fit is
/// its maker's doing, whatever became of it.
#[test]
fn threshold_decryption_every_share_and_fault() {
    let mut random = rng(1);
    let keys: Vec<_> = (0..3).map(|_| IdentityKey::generate(&mut random)).collect();
    let members = (1..).map(party).zip(keys.iter().map(IdentityKey::identity)).collect();
    let setup = dkg::Setup::new(SessionId([1; 32]), members, 2).unwrap();
    let shares = testing::generate_key(&setup, &keys, &mut random).unwrap();
    let elsewhere = testing::generate_key(&setup, &keys, &mut rng(2)).unwrap();
    let encrypt = |group: &dkg::GroupKey, values: &[i64], seed| {
        let key = PublicKey::from_point(Params::default(), group.public_point()).unwrap();
        let plain =
            PlainArray::integers(key.params(), &Shape::new(&[values.len()]).unwrap(), values).unwrap();
        EncryptedArray::encrypt(&key, &plain, &mut rng(seed), &mut ()).unwrap()
    };
    let group = shares[0].group();
    let array = encrypt(group, &[5, -7], 3);
    let make = |key: &dkg::KeyShare, array: &EncryptedArray, session: &[u8]| {
        DecryptionShare::create(key, array, session, &mut rng(4)).unwrap()
    };
    let good: Vec<_> = shares.iter().map(|key| make(key, &array, b"one")).collect();
    let ends = |given: &[DecryptionShare]| -> Result<Vec<i64>, Blame> {
        let values = combine(group, &array, given, b"one", &mut rng(5), &mut ());
        let blame = |error: veilkit::Error| {
            (error.kind(), error.culprits().iter().map(|party| party.get()).collect::<Vec<_>>())
        };
        values.map(|values| values.to_vec()).map_err(blame)
    };
    assert_eq!(ends(&good).unwrap(), [5, -7]);
    let mut reversed = good.clone();
    reversed.reverse();
    assert_eq!(ends(&reversed).unwrap(), [5, -7]);
    for at in 0..3 {
        let number = u16::try_from(at + 1).unwrap();
        let with = |share: DecryptionShare| {
            let mut given = good.clone();
            given[at] = share;
            ends(&given)
        };
        let named = Err((VerificationFailed, vec![number]));
        // Dropped: the others are enough; then they are not.
        let mut fewer = good.clone();
        fewer.remove(at);
        assert_eq!(ends(&fewer).unwrap(), [5, -7]);
        assert_eq!(ends(&good[at..=at]), Err((ErrorKind::TooFewShares, vec![])));
        // Twice, and two different ones.
        for second in [good[at].clone(), make(&shares[at], &array, b"two")] {
            let given = [good.clone(), vec![second]].concat();
            assert_eq!(ends(&given), Err((DuplicateParty, vec![number])));
        }
        // Replayed: another session, another array of the same values, of other values, of another key.
        assert_eq!(with(make(&shares[at], &array, b"two")), named);
        assert_eq!(with(make(&shares[at], &encrypt(group, &[5, -7], 9), b"one")), named);
        assert_eq!(with(make(&shares[at], &encrypt(group, &[5], 3), b"one")), named);
        let foreign = encrypt(elsewhere[0].group(), &[5, -7], 3);
        assert_eq!(with(make(&elsewhere[at], &foreign, b"one")), named);
        // Under another number: a second share of that party, or a wrong one, or a stranger's.
        let renamed = |to: u16| {
            let mut bytes = good[at].to_bytes().to_vec();
            bytes[HEADER_LEN..HEADER_LEN + 2].copy_from_slice(&to.to_le_bytes());
            DecryptionShare::from_bytes(&bytes, ()).unwrap()
        };
        let other = number % 3 + 1;
        assert_eq!(with(renamed(other)), Err((DuplicateParty, vec![other])));
        assert_eq!(
            ends(&[renamed(other), good[usize::from(other) % 3].clone()]),
            Err((VerificationFailed, vec![other]))
        );
        assert_eq!(with(renamed(9)), Err((UnknownParty, vec![9])));
        // Every byte: it does not decode, or its maker is named.
        let bytes = good[at].to_bytes().to_vec();
        let mut decoded = 0;
        for byte in (0..bytes.len()).filter(|byte| !(HEADER_LEN..HEADER_LEN + 2).contains(byte)) {
            let mut altered = bytes.clone();
            altered[byte] ^= 1 << (byte % 8);
            if let Ok(share) = DecryptionShare::from_bytes(&altered, ()) {
                decoded += 1;
                assert_eq!(with(share), named, "byte {byte} of {number}");
            }
        }
        assert!(decoded > 64, "scalars and hashes decode: {decoded}");
    }
    // Two at once are both named.
    let given = [make(&shares[0], &array, b"two"), good[1].clone(), make(&shares[2], &array, b"two")];
    assert_eq!(ends(&given), Err((VerificationFailed, vec![1, 3])));
}
