//! Tests of the boxes among parties with real messages between them.
use std::sync::{Arc, Mutex};

use crate::{
    error::Result,
    field::Fp61,
    mpc::{
        arithmetic::{Arithmetic, Element, Shared},
        session::{Channel, Corrupt},
        shamir_box::{BoxField, Malicious, SemiHonest},
        testing::{Clear, now, parties},
    },
};

mod agreement;
mod cheating;
mod cost;
mod distribution;
mod toy;

/// Integers as elements.
fn elements<F: Element>(values: &[i128]) -> Vec<F> {
    values.iter().map(|value| F::from_i128(*value)).collect()
}

/// What party `me` gives.
fn given<F: Element>(me: usize) -> Vec<F> {
    let k = i128::try_from(me).unwrap();
    elements(&[k + 1, -10 * k, 7, 1 << (k + 3), -1, 12_345_678_901 * k])
}

/// A message before it was sealed.
#[derive(Clone, Debug)]
struct Message {
    label: &'static str,
    round: u32,
    from: usize,
    to: usize,
    bytes: Vec<u8>,
}

impl Message {
    fn elements<F: Element>(&self) -> Vec<F> {
        F::from_message(&self.bytes, self.bytes.len() / F::BYTES, "message").unwrap()
    }
}

/// Runs a program and gives all that was said.
fn recorded<O, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
) -> (Vec<Result<O>>, Vec<Message>)
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let said = Arc::new(Mutex::new(Vec::new()));
    let listener = |from: usize| -> Option<Corrupt> {
        let said = Arc::clone(&said);
        Some(Box::new(move |label, round, outgoing: &mut [Option<Vec<u8>>]| {
            for (to, bytes) in outgoing.iter().enumerate().filter(|(to, _)| *to != from) {
                let message =
                    bytes.iter().map(|bytes| Message { label, round, from, to, bytes: bytes.clone() });
                said.lock().unwrap().extend(message);
            }
        }))
    };
    let outcomes = parties::run_cheating(n, label, program, listener, |_| ());
    let said = said.lock().unwrap().clone();
    (outcomes, said)
}
