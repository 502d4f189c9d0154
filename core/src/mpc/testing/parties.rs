//! All parties of a [`Session`] in one thread, with real messages between them.
use core::future::Future;

use crate::{
    codec::Decode,
    error::Result,
    mpc::{
        identity::IdentityKey,
        outbox::{Destination, Outgoing},
        session::{Channel, Corrupt, Frame, Seed, Session, Setup},
        session_id::SessionId,
    },
    party::PartyId,
    transcript::Transcript,
};

/// A message on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The name of the round that its sender was in after it had sent it.
    pub label: &'static str,
    /// Who the transport says it is from.
    pub from: PartyId,
    /// Who gets it.
    pub to: PartyId,
    /// What it gets.
    pub bytes: Vec<u8>,
}

impl Delivery {
    /// The frame, as a relay sees it.
    ///
    /// # Errors
    /// Those of decoding.
    pub fn frame(&self) -> Result<Frame> {
        Frame::from_bytes(&self.bytes, ())
    }
}

/// Everything that `n` parties need for a session, all drawn from a label.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Who takes part: parties 1 to `n`.
    pub setup: Setup,
    /// By position.
    pub keys: Vec<IdentityKey>,
    /// By position.
    pub seeds: Vec<Seed>,
}

impl Cast {
    /// Draws keys, seeds and a session number.
    ///
    /// # Panics
    /// Unless `n` is from 2 to 255.
    pub fn new(n: usize, label: &[u8]) -> Self {
        let mut rng = Transcript::new("veilkit v1 mpc test parties").append("label", label).rng();
        let keys: Vec<_> = (0..n).map(|_| IdentityKey::generate(&mut rng)).collect();
        let session = SessionId::random(&mut rng);
        let seeds = keys.iter().map(|_| Seed::generate(&mut rng)).collect();
        Self { setup: Self::setup(&keys, session), keys, seeds }
    }

    fn setup(keys: &[IdentityKey], session: SessionId) -> Setup {
        let members = keys.iter().zip(1..).map(|(key, number)| Ok((PartyId::new(number)?, key.identity())));
        let members = members.collect::<Result<_>>().expect("numbers are not zero");
        let plan = Transcript::new("veilkit v1 mpc test plan").digest();
        Setup::new(plan, session, members).expect("2 to 255 parties")
    }

    /// The same parties in another session.
    pub fn elsewhere(&self) -> Self {
        let session = SessionId(*self.setup.hash());
        Self { setup: Self::setup(&self.keys, session), ..self.clone() }
    }
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
pub(crate) fn run_cheating<O, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    mut corrupt: impl FnMut(usize) -> Option<Corrupt>,
    mut tamper: impl FnMut(&mut Vec<Delivery>),
) -> Vec<Result<O>>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let mut network = Network::start(&Cast::new(n, label), program, &mut corrupt);
    loop {
        tamper(&mut network.on_the_way);
        if network.on_the_way.is_empty() {
            return network.finish();
        }
        network.deliver();
    }
}

/// Parties, and what is on its way between them.
pub(super) struct Network<O> {
    setup: Setup,
    sides: Vec<Side<O>>,
    pub(super) on_the_way: Vec<Delivery>,
}

/// What became of a party.
enum Side<O> {
    Running(Session<O>),
    Over(Result<O>),
}

impl<O> Network<O> {
    /// Starts everybody.
    pub(super) fn start<Fut>(
        cast: &Cast,
        program: impl Fn(Channel) -> Fut,
        corrupt: &mut dyn FnMut(usize) -> Option<Corrupt>,
    ) -> Self
    where
        Fut: Future<Output = Result<O>> + Send + 'static,
    {
        let Cast { setup, keys, seeds } = cast;
        let mut network = Self { setup: setup.clone(), sides: Vec::new(), on_the_way: Vec::new() };
        for (position, (party, (key, seed))) in setup.parties().iter().zip(keys.iter().zip(seeds)).enumerate()
        {
            let started = Session::start_with(setup, *party, key, seed, &program, corrupt(position));
            network.sides.push(match started {
                Err(error) => Side::Over(Err(error)),
                Ok((mut session, step)) => {
                    session.keep_unheard(false);
                    network.on_the_way.extend(deliveries(setup, *party, session.label(), step.outgoing));
                    Side::Running(session)
                }
            });
        }
        network
    }

    /// Everything on its way arrives, and everybody who got something takes a step.
    pub(super) fn deliver(&mut self) {
        let mut inboxes = vec![Vec::new(); self.sides.len()];
        for Delivery { from, to, bytes, .. } in self.on_the_way.drain(..) {
            if let Some(position) = self.setup.position(to) {
                inboxes[position].push((from, bytes));
            }
        }
        for ((side, party), inbox) in self.sides.iter_mut().zip(self.setup.parties()).zip(inboxes) {
            let (Side::Running(session), false) = (&mut *side, inbox.is_empty()) else { continue };
            match session.step(&inbox) {
                Err(error) => *side = Side::Over(Err(error)),
                Ok(step) => {
                    let sent = deliveries(&self.setup, *party, session.label(), step.outgoing);
                    self.on_the_way.extend(sent);
                    if let Some(output) = step.output {
                        *side = Side::Over(Ok(output));
                    }
                }
            }
        }
    }

    /// What became of everybody; who still waits has waited for too long.
    pub(super) fn finish(self) -> Vec<Result<O>> {
        let outcome = |side| match side {
            Side::Over(outcome) => outcome,
            Side::Running(mut session) => Err(session.expire()),
        };
        self.sides.into_iter().map(outcome).collect()
    }
}

/// One delivery for each receiver.
pub(super) fn deliveries(
    setup: &Setup,
    from: PartyId,
    label: &'static str,
    outgoing: Vec<Outgoing>,
) -> Vec<Delivery> {
    let mut all = Vec::with_capacity(outgoing.len());
    for Outgoing { to, bytes } in outgoing {
        match to {
            Destination::One(to) => all.push(Delivery { label, from, to, bytes }),
            Destination::All => {
                let others = setup.parties().iter().filter(|party| **party != from);
                all.extend(others.map(|to| Delivery { label, from, to: *to, bytes: bytes.clone() }));
            }
        }
    }
    all
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
            let got = channel.exchange("second", next, &[channel.me() == 1; 3]).await?;
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
