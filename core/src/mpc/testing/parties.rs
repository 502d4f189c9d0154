//! All parties of a [`Session`] in one thread, with real messages between them.
use core::future::Future;

use crate::{
    error::{Error, Result},
    mpc::{
        identity::IdentityKey,
        outbox::{Destination, Step},
        session::{Channel, Corrupt, Seed, Session, Setup},
        session_id::SessionId,
    },
    party::PartyId,
    transcript::Transcript,
};

/// A message on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The name of the round that its sender was in when it sent it.
    pub label: &'static str,
    /// Who the transport says it is from.
    pub from: PartyId,
    /// Who gets it.
    pub to: PartyId,
    /// What it gets.
    pub bytes: Vec<u8>,
}

/// Set-up, keys and seeds of `n` parties, numbered from 1, all drawn from `label`.
///
/// # Panics
/// Unless `n` is from 2 to 255.
pub fn setup(n: usize, label: &[u8]) -> (Setup, Vec<IdentityKey>, Vec<Seed>) {
    let mut rng = Transcript::new("veilkit v1 mpc test parties").append("label", label).rng();
    let keys: Vec<_> = (0..n).map(|_| IdentityKey::generate(&mut rng)).collect();
    let parties = keys.iter().zip(1..).map(|(key, number)| Ok((PartyId::new(number)?, key.identity())));
    let parties = parties.collect::<Result<_>>().expect("numbers are not zero");
    let setup = Setup::new(
        Transcript::new("veilkit v1 mpc test plan").digest(),
        SessionId::random(&mut rng),
        parties,
    )
    .expect("2 to 255 parties");
    let seeds = keys.iter().map(|_| Seed::generate(&mut rng)).collect();
    (setup, keys, seeds)
}

/// Runs a program at `n` parties and gives their outputs in order.
///
/// # Panics
/// When any party fails; or unless `n` is from 2 to 255.
pub fn run<O, Fut>(n: usize, label: &[u8], program: impl Fn(Channel) -> Fut) -> Vec<O>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    run_with(n, label, program, |_| ())
        .into_iter()
        .map(|outcome| outcome.expect("every party is honest and hears everything"))
        .collect()
}

/// Runs a program at `n` parties; `tamper` sees everything on its way, again and again until nothing more is sent, and may drop,
/// double, alter or invent messages. Who waits in the end gets the error of [`Session::expire`].
///
/// # Panics
/// Unless `n` is from 2 to 255.
pub fn run_with<O, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    tamper: impl FnMut(&mut Vec<Delivery>),
) -> Vec<Result<O>>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    run_cheating(n, label, program, |_| None, tamper)
}

/// As [`run_with`], with parties that cheat: `corrupt` gives for a position what changes that party's messages, in the clear,
/// before they are sealed.
///
/// # Panics
/// Unless `n` is from 2 to 255.
pub fn run_cheating<O, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    mut corrupt: impl FnMut(usize) -> Option<Corrupt>,
    mut tamper: impl FnMut(&mut Vec<Delivery>),
) -> Vec<Result<O>>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let (setup, keys, seeds) = setup(n, label);
    let mut on_the_way = Vec::new();
    let mut sides = Vec::with_capacity(n);
    for (position, (party, (key, seed))) in setup.parties().iter().zip(keys.iter().zip(&seeds)).enumerate() {
        match Session::start_with(&setup, *party, key, seed, &program, corrupt(position)) {
            Err(error) => sides.push(Side::Over(Err(error))),
            Ok((session, step)) => {
                let label = session.label().unwrap_or_default();
                let mut side = Side::Running(session);
                side.handle(Ok(step), label, *party, setup.parties(), &mut on_the_way);
                sides.push(side);
            }
        }
    }
    loop {
        tamper(&mut on_the_way);
        if on_the_way.is_empty() {
            break;
        }
        let mut inboxes = vec![Vec::new(); n];
        for Delivery { from, to, bytes, .. } in on_the_way.drain(..) {
            if let Some(position) = setup.position(to) {
                inboxes[position].push((from, bytes));
            }
        }
        for ((side, party), inbox) in sides.iter_mut().zip(setup.parties()).zip(inboxes) {
            if let (Side::Running(session), false) = (&mut *side, inbox.is_empty()) {
                let step = session.step(&inbox);
                let label = session.label().unwrap_or_default();
                side.handle(step, label, *party, setup.parties(), &mut on_the_way);
            }
        }
    }
    sides.into_iter().map(Side::finish).collect()
}

/// What became of a party.
enum Side<O> {
    Running(Session<O>),
    Over(Result<O>),
}

impl<O> Side<O> {
    fn handle(
        &mut self,
        step: Result<Step<O>>,
        label: &'static str,
        from: PartyId,
        parties: &[PartyId],
        on_the_way: &mut Vec<Delivery>,
    ) {
        let step = match step {
            Ok(step) => step,
            Err(error) => return *self = Self::Over(Err(error)),
        };
        for message in step.outgoing {
            match message.to {
                Destination::One(to) => on_the_way.push(Delivery { label, from, to, bytes: message.bytes }),
                Destination::All => {
                    let others = parties.iter().filter(|party| **party != from);
                    on_the_way.extend(others.map(|to| Delivery {
                        label,
                        from,
                        to: *to,
                        bytes: message.bytes.clone(),
                    }));
                }
            }
        }
        if let Some(output) = step.output {
            *self = Self::Over(Ok(output));
        }
    }

    fn finish(self) -> Result<O> {
        match self {
            Self::Over(outcome) => outcome,
            Self::Running(mut session) => Err::<O, Error>(session.expire()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_everybody() {
        let outputs = run(3, b"hear", |mut channel| async move {
            let me = u8::try_from(channel.me()).unwrap();
            let heard = channel.broadcast("first", vec![me; 3]).await?;
            let next = vec![None, Some(vec![9, me]), None];
            let got = channel.exchange("second", next, &vec![channel.me() == 1; 3]).await?;
            Ok((
                heard.iter().map(|m| m[0]).collect::<Vec<_>>(),
                got.iter().flatten().map(|m| m[1]).collect::<Vec<_>>(),
            ))
        });
        assert_eq!(
            outputs,
            [(vec![0, 1, 2], vec![]), (vec![0, 1, 2], vec![0, 1, 2]), (vec![0, 1, 2], vec![])]
        );
    }
}
