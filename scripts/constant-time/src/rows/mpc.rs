//! Secure sums: what a party does with its input and its randomness.
use core::hint::black_box;

use veilkit::{
    PartyId,
    mpc::{
        Destination, IdentityKey, Outgoing,
        secure_sum::{Input, Plan, PlanSpec, Session, SessionId},
    },
};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, public, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("mpc", "secure_sum::Input::reals", "values", reals),
    row("mpc", "secure_sum::Input::integers", "values", integers),
    row("mpc", "secure_sum::Session: start, rounds 1 and 2", "input, generator", rounds),
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
