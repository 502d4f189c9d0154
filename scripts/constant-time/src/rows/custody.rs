//! Shares on paper, by policy, sealed, packed; resharing and repair.
use core::hint::black_box;

use veilkit::{
    PartyId,
    codec::{Decode, Encode},
    field::{Field, Fp61},
    mpc::{IdentityKey, Step, repair, resharing, secure_sum::SessionId},
    shamir::{
        packed::{self, Packing},
        paper::{self, Card},
        pedersen,
        policy::{self, Policy},
        sealed::{self, CustodianKey, SealedShare},
    },
};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, public, public_rng, secret, secret_bytes};

pub(super) const ROWS: &[Row] = &[
    row("custody", "paper::split, combine", "secret and generator", cards),
    row("custody", "paper::to_words, from_words", "payload, then words", words),
    row("custody", "paper::to_text, from_text", "payload, then text", text),
    row("custody", "policy::split, combine", "secret and generator", by_policy),
    row("custody", "packed::split, mul, combine", "elements and generator", packs),
    row("custody", "sealed::seal, open of a damaged one", "share, generator and key", seal),
    row("custody", "resharing: dealer and receiver (pedersen)", "share, generator and keys", reshare),
    row("custody", "repair: helper and owner (pedersen)", "share, generator and keys", repairing),
    planted("custody", "planted: a symbol's word by its index", "symbol", indexed_word),
];

/// The value after a change of its encoding.
fn recoded<T: Encode + Decode>(value: &T, change: impl FnOnce(&mut [u8])) -> T {
    let mut bytes = value.to_bytes();
    change(&mut bytes);
    T::from_bytes(&bytes, ()).expect("still an encoding")
}

/// The bytes after the first `head` are secret, those before public.
fn hidden<T: Encode + Decode>(value: &T, head: usize) -> T {
    recoded(value, |bytes| {
        let (front, back) = bytes.split_at_mut(head);
        public(front);
        secret(back);
    })
}

/// Header, set id, threshold, count, index and length of a card.
const CARD_HEAD: usize = 9 + 4 + 3 + 2;
/// Header, set id, threshold, count and index of a Pedersen share.
const PEDERSEN_HEAD: usize = 9 + 32 + 6;

fn cards() {
    let dealt = paper::split(&secret_bytes(32), 2, 3, &mut SecretRng::new()).expect("fine");
    let dealt: Vec<Card> = dealt.iter().map(|card| hidden(card, CARD_HEAD)).collect();
    let mut found = paper::combine(&dealt[1..]).expect("fine");
    let mut expected = secret_bytes(32);
    public(found.as_mut_slice());
    public(expected.as_mut_slice());
    assert_eq!(*found, expected);
}

fn card() -> Card {
    hidden(&paper::split(&[7; 32], 2, 3, &mut public_rng()).expect("fine")[0], CARD_HEAD)
}

fn words() {
    let written = paper::to_words(&card()).expect("fine");
    let back: Card = paper::from_words(&written).expect("the same words");
    assert!(recoded(&back, public) == recoded(&card(), public));
}

fn text() {
    // The last bits of the length share a character with the first of the payload.
    let card = || recoded(&card(), |bytes| public(&mut bytes[..=CARD_HEAD]));
    let written = paper::to_text(&card()).expect("fine");
    let back: Card = paper::from_text(&written).expect("the same text");
    assert!(recoded(&back, public) == recoded(&card(), public));
}

fn by_policy() {
    let rule: Policy = "2 of (a * 2, b, c) and d".parse().expect("a policy");
    let dealt = policy::split(&secret_bytes(40), &rule, &mut SecretRng::new()).expect("fine");
    // Payload and blinder stay secret.
    let dealt: Vec<policy::Share> = dealt
        .iter()
        .map(|share| {
            let blinder = 9 + 16 + 4 + rule.to_string().len() + 2;
            recoded(share, |bytes| {
                public(bytes);
                secret(&mut bytes[blinder..blinder + 32]);
                let payload = blinder + 32 + 4 * 32 + 4;
                secret(&mut bytes[payload..]);
            })
        })
        .collect();
    let mut found = policy::combine(&dealt).expect("fine");
    let mut expected = secret_bytes(40);
    public(found.as_mut_slice());
    public(expected.as_mut_slice());
    assert_eq!(*found, expected);
}

fn packs() {
    let mut elements = [5, 6, 7].map(Fp61::from_u64);
    secret(&mut elements);
    let packing = Packing::new(1, 2, 6).expect("fine");
    let dealt = packed::split(&elements, packing, &mut SecretRng::new()).expect("fine");
    let head = 9 + 16 + 10 + 4;
    let squares: Vec<_> =
        dealt.iter().map(|share| hidden(share, head)).map(|share| share.mul(&share).expect("fine")).collect();
    let found = packed::combine(&squares).expect("fine");
    assert_eq!(opened(found[2].to_u64()), 49);
}

/// A key whose bytes are secret.
fn key(rng: &mut SecretRng) -> CustodianKey {
    let key = CustodianKey::generate(rng);
    recoded(&key, |bytes| public(&mut bytes[..9]))
}

/// The custodian, whose key is public.
fn custodian(key: &CustodianKey) -> sealed::Custodian {
    recoded(key, public).custodian("name").expect("a name")
}

fn seal() {
    let key = key(&mut SecretRng::new());
    let sealed = sealed::seal(&card(), &custodian(&key), &mut SecretRng::new()).expect("fine");
    // What comes out of a seal is secret as a whole, its length field too, so it is not read here: one bit is wrong.
    let sealed: SealedShare = recoded(&sealed, |bytes| {
        public(bytes);
        *bytes.last_mut().expect("not empty") ^= 1;
    });
    assert!(sealed.open::<Card>(&key).is_err());
}

/// What goes over the wire is public.
fn sent<T>(mut step: Step<T>) -> Vec<u8> {
    let mut bytes = step.outgoing.remove(0).bytes;
    public(bytes.as_mut_slice());
    bytes
}

/// Two of three shares of four bytes with a secret value, identities, and keys for three.
fn holders() -> (pedersen::Commitment, Vec<pedersen::Share>, Vec<IdentityKey>, Vec<CustodianKey>) {
    let mut rng = public_rng();
    let (commitment, dealt) = pedersen::split(b"1234", 2, 3, &mut rng).expect("fine");
    let shares = [0, 2].map(|place: usize| hidden(&dealt[place], PEDERSEN_HEAD + 32 + 4));
    let identities = (0..4).map(|_| IdentityKey::generate(&mut rng)).collect();
    let mut secret_rng = SecretRng::new();
    (commitment, shares.into(), identities, (0..3).map(|_| key(&mut secret_rng)).collect())
}

fn reshare() {
    let (commitment, shares, identities, keys) = holders();
    let plan = resharing::Plan::new(resharing::PlanSpec {
        session: SessionId([1; 32]),
        commitment,
        dealers: (0..2).map(|place| (shares[place].index(), identities[place].identity())).collect(),
        threshold: 2,
        receivers: (0..2).map(|place| (identities[2 + place].identity(), custodian(&keys[place]))).collect(),
    })
    .expect("the plan is valid");
    let deals: Vec<(PartyId, Vec<u8>)> = (0..2)
        .map(|place| {
            let (share, identity) = (&shares[place], &identities[place]);
            let dealt = resharing::Session::deal(&plan, share, identity, &mut SecretRng::new());
            (share.index(), sent(dealt.expect("its share").1))
        })
        .collect();
    let (waiting, confirmations): (Vec<_>, Vec<_>) = (0..2)
        .map(|place| {
            let index = PartyId::new(u16::try_from(place + 1).expect("small")).expect("not zero");
            let number = plan.receiver_number(index).expect("a receiver");
            let receiver = resharing::Session::receive(&plan, index, &identities[2 + place], &keys[place]);
            let (mut session, _) = receiver.expect("its keys");
            let out = sent(session.step(&deals).expect("good deals"));
            (session, (number, out))
        })
        .unzip();
    let new = waiting.into_iter().enumerate().map(|(place, mut session)| {
        let output = session.step(&[confirmations[1 - place].clone()]).expect("all agree").output;
        output.expect("the last round")
    });
    let (commitments, shares): (Vec<_>, Vec<pedersen::Share>) =
        new.map(|new| (new.commitment, recoded(&new.share.expect("a receiver's"), public))).unzip();
    assert_eq!(*pedersen::combine(&commitments[0], &shares).expect("fine"), b"1234");
}

fn repairing() {
    let (commitment, shares, identities, keys) = holders();
    let plan = repair::Plan::new(repair::PlanSpec {
        session: SessionId([2; 32]),
        commitment: commitment.clone(),
        lost: PartyId::new(2).expect("not zero"),
        owner: (identities[2].identity(), custodian(&keys[2])),
        helpers: (0..2)
            .map(|place| (shares[place].index(), identities[place].identity(), custodian(&keys[place])))
            .collect(),
    })
    .expect("the plan is valid");
    for (place, share) in shares.iter().enumerate() {
        let secret_start =
            repair::Session::help(&plan, share, &identities[place], &keys[place], &mut SecretRng::new());
        assert!(secret_start.is_ok());
    }
    // A helper keeps what it sent, and reads it again: public here.
    let (mut helpers, pieces): (Vec<_>, Vec<_>) = (0..2)
        .map(|place| {
            let share = recoded(&shares[place], public);
            let (identity, key) = (&identities[place], &keys[place]);
            let started = repair::Session::help(&plan, &share, identity, key, &mut public_rng());
            let (helper, first) = started.expect("its share");
            (helper, (share.index(), sent(first)))
        })
        .unzip();
    let sums: Vec<_> = helpers
        .iter_mut()
        .enumerate()
        .map(|(place, helper)| {
            let step = helper.step(&[pieces[1 - place].clone()]).expect("good pieces");
            (shares[place].index(), sent(step))
        })
        .collect();
    let (mut owner, _) = repair::Session::own(&plan, &identities[2], &keys[2]).expect("its keys");
    owner.step(&pieces).expect("good pieces");
    let share =
        owner.step(&sums).expect("good sums").output.and_then(|output| output.share).expect("the owner's");
    let mut whole: Vec<pedersen::Share> = shares.iter().map(|share| recoded(share, public)).collect();
    whole.push(recoded(&share, public));
    assert_eq!(*pedersen::combine(&commitment, &whole[1..]).expect("fine"), b"1234");
}

fn indexed_word() {
    let words = black_box([0_u8, 1, 2, 3, 4, 5, 6, 7]);
    let mut symbol = black_box(5_usize);
    secret(&mut symbol);
    assert_eq!(opened(words[symbol & 7]), 5);
}
