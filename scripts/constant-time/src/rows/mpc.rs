//! Secure sums: what a party does with its input and its randomness.
use core::hint::black_box;

use veilkit::{
    PartyId,
    codec::{Decode, Encode},
    elgamal::additive::{EncryptedArray, Params, PlainArray, PublicKey},
    mpc::{
        Destination, IdentityKey, Outgoing, Signature, dkg,
        secure_sum::{Input, Plan, PlanSpec, Session, SessionId},
        session,
        threshold_decrypt::DecryptionShare,
    },
    shape::Shape,
};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, public, public_rng, secret, secret_bytes};

pub(super) const ROWS: &[Row] = &[
    row("mpc", "secure_sum::Input::reals", "values", reals),
    row("mpc", "secure_sum::Input::integers", "values", integers),
    row("mpc", "secure_sum::Session: start, rounds 1 and 2", "input, generator", rounds),
    row("mpc", "dkg::Session::start", "generator", dkg_start),
    row("mpc", "dkg::Session: shares, and a complaint", "generator", dkg_complaint),
    row("mpc", "threshold_decrypt: DecryptionShare::create", "share of the key", decryption_share),
    row("mpc", "session: handshake, messages sealed and opened", "seed and messages", session),
    row("mpc", "IdentityKey::sign_message", "key and message", sign),
    planted("mpc", "planted: a value's range by comparison", "values", range),
];

fn party(number: u16) -> PartyId {
    PartyId::new(number).expect("not zero")
}

fn plan() -> (Plan, Vec<IdentityKey>) {
    let mut rng = public_rng();
    let keys: Vec<_> = (0..3).map(|_| IdentityKey::generate(&mut rng)).collect();
    let plan = Plan::new(PlanSpec {
        session: SessionId([1; 32]),
        parties: keys.iter().zip(1..).map(|(key, n)| (party(n), key.identity())).collect(),
        threshold: 2,
        min_survivors: 2,
        length: 4,
        fraction_bits: 20,
        max_abs: 1e6,
        purpose: "constant time".into(),
    });
    (plan.expect("the plan is valid"), keys)
}

fn dkg_setup() -> (dkg::Setup, Vec<IdentityKey>) {
    let mut rng = public_rng();
    let keys: Vec<_> = (0..2).map(|_| IdentityKey::generate(&mut rng)).collect();
    let parties = keys.iter().zip(1..).map(|(key, n)| (party(n), key.identity())).collect();
    (dkg::Setup::new(SessionId([2; 32]), parties, 2).expect("valid"), keys)
}

fn dkg_start() {
    let (setup, keys) = dkg_setup();
    let (_, step) = dkg::Session::start(&setup, party(1), &keys[0], &mut SecretRng::new()).expect("a member");
    assert_eq!(step.outgoing.len(), 1);
}

/// Party 1 deals, gets a share that fits, and complains about one that does not: party 2 deals again from another polynomial.
fn dkg_complaint() {
    let (setup, keys) = dkg_setup();
    for is_honest in [true, false] {
        let (mut a, first) =
            dkg::Session::start(&setup, party(1), &keys[0], &mut SecretRng::new()).expect("a member");
        let mut rng = public_rng();
        let mut others =
            [(), ()].map(|()| dkg::Session::start(&setup, party(2), &keys[1], &mut rng).expect("a member"));
        let mut from_a = first.outgoing;
        for round in 0..3 {
            let speaker = usize::from(round == 2 && !is_honest);
            let to_a = (party(2), others[speaker].1.outgoing[0].bytes.clone());
            let to_others = [(party(1), sent_to(party(2), &from_a).expect("a message"))];
            from_a = a.step(&[to_a]).expect("nothing to refuse yet").outgoing;
            for (session, step) in &mut others {
                *step = session.step(&to_others).expect("party 1 is honest");
            }
        }
        assert!(a.round() == Some(dkg::Round::Complain) && from_a.len() == 1);
    }
}

/// The key of an honest run, the first party's share of it secret.
fn hidden_share() -> dkg::KeyShare {
    let (setup, keys) = dkg_setup();
    let mut rng = public_rng();
    let (mut a, first) = dkg::Session::start(&setup, party(1), &keys[0], &mut rng).expect("a member");
    let (mut b, second) = dkg::Session::start(&setup, party(2), &keys[1], &mut rng).expect("a member");
    let (mut from_a, mut from_b) = (first.outgoing, second.outgoing);
    loop {
        let to_a = [(party(2), from_b[0].bytes.clone())];
        let step = b.step(&[(party(1), from_a[0].bytes.clone())]).expect("honest");
        let own = a.step(&to_a).expect("honest");
        if let Some(share) = own.output {
            let mut bytes = share.to_bytes();
            let at = bytes.len() - 32;
            secret(&mut bytes[at..]);
            return dkg::KeyShare::from_bytes(&bytes, ()).expect("a share");
        }
        (from_a, from_b) = (own.outgoing, step.outgoing);
    }
}

fn decryption_share() {
    let share = hidden_share();
    let key = PublicKey::from_point(Params::default(), share.group().public_point()).expect("a key");
    let shape = Shape::new(&[1]).expect("one axis");
    let plain = PlainArray::integers(key.params(), &shape, &[5]).expect("small");
    let array = EncryptedArray::encrypt(&key, &plain, &mut public_rng(), &mut ()).expect("fits");
    let made = DecryptionShare::create(&share, &array, b"session", &mut SecretRng::new()).expect("one key");
    assert_eq!(made.party(), party(1));
}

/// Party 1 has a secret seed and says something secret; what party 2 says is public until it is sealed.
fn session() {
    let mut rng = public_rng();
    let keys: Vec<_> = (0..2).map(|_| IdentityKey::generate(&mut rng)).collect();
    let members = keys.iter().zip(1..).map(|(key, number)| (party(number), key.identity())).collect();
    let setup = session::Setup::new([3; 32], SessionId([4; 32]), members).expect("valid");
    let seeds = [0, 1].map(|at| {
        let mut bytes = session::Seed::generate(&mut rng).to_bytes();
        let start = bytes.len() - 32;
        if at == 0 {
            secret(&mut bytes[start..]);
        }
        session::Seed::from_bytes(&bytes, ()).expect("a seed")
    });
    let talk = |said: Vec<u8>| {
        move |mut channel: session::Channel| async move {
            let key = channel.pairwise_key(1 - channel.me(), "mask");
            let said = said.iter().zip(key.iter()).map(|(byte, mask)| byte ^ mask).collect();
            Ok(channel.broadcast("talk", said).await?.len())
        }
    };
    let start = |at: usize, said: Vec<u8>| {
        let number = u16::try_from(at).expect("small") + 1;
        session::Session::start(&setup, party(number), &keys[at], &seeds[at], talk(said)).expect("a member")
    };
    let ((mut a, mut from_a), (mut b, mut from_b)) = (start(0, secret_bytes(300)), start(1, vec![7; 300]));
    for _ in 0..3 {
        let to_a = (party(2), sent_to(party(1), &from_b.outgoing).expect("a message"));
        let to_b = (party(1), sent_to(party(2), &from_a.outgoing).expect("a message"));
        (from_a, from_b) = (a.step(&[to_a]).expect("honest"), b.step(&[to_b]).expect("honest"));
    }
    assert_eq!((from_a.output, from_b.output), (Some(2), Some(2)));
}

fn sign() {
    let key = IdentityKey::generate(&mut public_rng());
    let mut bytes = key.to_bytes();
    let at = bytes.len() - 32;
    secret(&mut bytes[at..]);
    let hidden = IdentityKey::from_bytes(&bytes, ()).expect("a key");
    let mut message = secret_bytes(40);
    let mut signature = hidden.sign_message(b"context", &message).to_bytes();
    public(&mut signature);
    public(message.as_mut_slice());
    key.identity().verify_message(b"context", &message, &Signature::from_bytes(signature)).expect("signed");
}

fn values() -> [f64; 4] {
    let mut values = black_box([0.0, -1.5, 1e-310, 999_999.9]);
    secret(&mut values);
    values
}

fn reals() {
    Input::reals(&plan().0, &values()).expect("within the bound");
}

fn integers() {
    let mut values = black_box([0, -1, 17, 999_999]);
    secret(&mut values);
    Input::integers(&plan().0, &values).expect("within the bound");
}

/// What goes over the wire is public.
fn sent_to(receiver: PartyId, outgoing: &[Outgoing]) -> Option<Vec<u8>> {
    let meant = |to| matches!(to, Destination::All) || to == Destination::One(receiver);
    let mut bytes = outgoing.iter().find(|message| meant(message.to))?.bytes.clone();
    public(bytes.as_mut_slice());
    Some(bytes)
}

/// Party 1 has secret randomness and a secret input; the others' are public.
fn rounds() {
    let (plan, keys) = plan();
    let input = Input::reals(&plan, &values()).expect("within the bound");
    let first = Session::start(&plan, party(1), &keys[0], input, &mut SecretRng::new());
    let mut sessions = vec![first.expect("the key is the plan's")];
    for number in [2, 3] {
        let input = Input::reals(&plan, &[1.0; 4]).expect("within the bound");
        let key = &keys[usize::from(number) - 1];
        let session = Session::start(&plan, party(number), key, input, &mut public_rng());
        sessions.push(session.expect("the key is the plan's"));
    }
    for _ in 0..2 {
        let sent: Vec<_> = sessions.iter().map(|(_, step)| step.outgoing.clone()).collect();
        for (number, (session, step)) in (1..).zip(&mut sessions) {
            let incoming: Vec<_> = (1..)
                .zip(&sent)
                .filter(|(from, _)| *from != number)
                .filter_map(|(from, outgoing)| Some((party(from), sent_to(party(number), outgoing)?)))
                .collect();
            *step = session.step(&incoming).expect("nobody cheats");
        }
    }
    assert!(sessions.iter().all(|(session, step)| session.round().is_some() && step.outgoing.len() == 1));
}

fn range() {
    let inside = values().iter().all(|value| *value < 1e6);
    assert!(black_box(inside));
}
