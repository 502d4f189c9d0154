//! A party is killed at every step of a session and taken up again: it must say what it said before, byte for byte.
use core::{fmt::Debug, future::Future};
use std::collections::BTreeMap;

use super::parties::{Cast, Delivery, deliveries};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    mpc::{
        outbox::{Outgoing, Step},
        session::{Channel, FrameKind, Journal, Session},
    },
    party::PartyId,
    transcript::Transcript,
};

/// When in a step a party dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// What arrived is lost, and nothing was sent.
    BeforeJournal,
    /// In the middle of writing down what arrived.
    WithinJournal,
    /// All is written down, nothing was sent.
    BeforeSending,
    /// All was sent.
    AfterSending,
    /// All was sent, but somebody puts the journal back as it was before this step.
    OldBackup,
}

/// In which step a party dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The one with this number, counted from the start, which is step 0.
    Step(usize),
    /// The first one by which it goes on from this round.
    Round(u32),
}

/// A party's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    /// Who dies.
    pub position: usize,
    /// In which of its steps.
    pub at: At,
    /// When in that step.
    pub moment: Moment,
}

const MOMENTS: [Moment; 4] =
    [Moment::BeforeJournal, Moment::WithinJournal, Moment::BeforeSending, Moment::AfterSending];

/// Runs a program at `n` parties, killing each of them at each of its steps and moments, one by one, and then all of them together
/// at each step. `check` says whether an output is right at a position. Gives how often somebody died.
///
/// # Panics
/// When a message is not what it was the first time, an output is wrong, or a party does not come through.
pub fn kill_everywhere<O: Debug, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> usize
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let cast = Cast::new(n, label);
    let first = run(&cast, &program, &[]);
    assert!(first.killed.is_empty());
    accept(&first, &first, &[], &check);
    let mut died = 0;
    for moment in MOMENTS {
        for step in 0..*first.steps.iter().max().expect("parties") {
            let all: Vec<_> = (0..n).map(|position| Death { position, at: At::Step(step), moment }).collect();
            for deaths in all.chunks(1).chain([&all[..]]) {
                let again = run(&cast, &program, deaths);
                accept(&first, &again, deaths, &check);
                died += again.killed.len();
            }
        }
    }
    died
}

/// Runs a long program at `n` parties, killing each of them in each of its rounds, at one moment after the other: in one run
/// a party dies in every round that is `spread` after another one. `check` says whether an output is right at a position. Gives how
/// often somebody died.
///
/// # Panics
/// As [`kill_everywhere`]; for a spread of 0.
pub fn kill_in_every_round<O: Debug, Fut>(
    spread: usize,
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> usize
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let cast = Cast::new(n, label);
    let first = run(&cast, &program, &[]);
    accept(&first, &first, &[], &check);
    let mut died = 0;
    for position in 0..n {
        for offset in 0..spread {
            let rounds = (0..first.rounds[position]).zip(position..).skip(offset).step_by(spread);
            let death = |(round, turn): (u32, usize)| Death {
                position,
                at: At::Round(round),
                // Neighbouring rounds and neighbouring deaths meet different moments.
                moment: MOMENTS[(turn + turn / spread) % MOMENTS.len()],
            };
            let deaths: Vec<_> = rounds.map(death).collect();
            let again = run(&cast, &program, &deaths);
            accept(&first, &again, &deaths, &check);
            let happened: usize = again.killed.iter().map(|killed| killed.deaths).sum();
            assert_eq!(happened, deaths.len(), "{position}: every death happens");
            died += deaths.len();
        }
    }
    died
}

/// All outputs are right, and nobody said anything else than the first time.
fn accept<O: Debug>(first: &Run<O>, again: &Run<O>, deaths: &[Death], check: &impl Fn(usize, &O) -> bool) {
    for (position, outcome) in again.outcomes.iter().enumerate() {
        let output = outcome.as_ref().unwrap_or_else(|error| panic!("{deaths:?}: {position}: {error}"));
        assert!(check(position, output), "{deaths:?}: {position}: {output:?}");
    }
    for (key, bytes) in &again.said {
        assert_eq!(first.said.get(key), Some(bytes), "{deaths:?}: {key:?}");
    }
}

/// Runs a program at `n` parties, one of which is put back to an old backup, at every `stride`th of its steps in turn. It must find
/// out wherever it said something since then. Gives how often it did.
///
/// # Panics
/// When a backup is taken up although something was said since, or a message is not what it was the first time; for a stride of 0.
pub fn restore_every<O: Debug, Fut>(
    stride: usize,
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
) -> usize
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let cast = Cast::new(n, label);
    let first = run(&cast, &program, &[]);
    let mut found = 0;
    for position in 0..n {
        for step in (1..first.steps[position]).skip(position % stride).step_by(stride) {
            let death = Death { position, at: At::Step(step), moment: Moment::OldBackup };
            let again = run(&cast, &program, &[death]);
            assert!(again.said.iter().all(|(key, bytes)| first.said.get(key) == Some(bytes)), "{death:?}");
            match &again.outcomes[position] {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::SessionPoisoned, "{death:?}: {error}");
                    found += 1;
                }
                Ok(_) => assert!(!again.killed[0].said_something, "{death:?}"),
            }
        }
    }
    found
}

/// Who said what to whom in which round, but for questions and answers, which differ each time.
type Said = BTreeMap<(PartyId, PartyId, u8, u32), Vec<u8>>;

struct Run<O> {
    outcomes: Vec<Result<O>>,
    said: Said,
    steps: Vec<usize>,
    /// How many rounds each party went through.
    rounds: Vec<u32>,
    killed: Vec<Killed>,
}

struct Killed {
    /// Whether the step sent a message of the handshake or the protocol.
    said_something: bool,
    /// How many deaths it was: one step may go through several rounds.
    deaths: usize,
}

struct Party<O> {
    session: Option<Session<O>>,
    /// The journal's file.
    file: Vec<u8>,
    outcome: Option<Result<O>>,
    steps: usize,
    /// How many rounds it has gone on from, before any death.
    rounds: u32,
}

fn run<O, Fut>(cast: &Cast, program: &impl Fn(Channel) -> Fut, deaths: &[Death]) -> Run<O>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let setup = &cast.setup;
    let mut rng = Transcript::new("veilkit v1 mpc test restarts").append("setup", setup.hash()).rng();
    let (mut said, mut killed, mut on_the_way) = (Said::new(), Vec::new(), Vec::new());
    let mut parties: Vec<Party<O>> = Vec::new();
    let send = |party: PartyId, outgoing: Vec<Outgoing>, said: &mut Said, on_the_way: &mut Vec<Delivery>| {
        for delivery in deliveries(setup, party, "", outgoing) {
            let address = delivery.frame().expect("my own message").address;
            if !matches!(address.kind, FrameKind::Query | FrameKind::Answer) {
                let key = (party, delivery.to, address.kind as u8, address.round);
                let before = said.insert(key, delivery.bytes.clone());
                assert!(before.is_none_or(|before| before == delivery.bytes), "{deaths:?}: {key:?}");
            }
            on_the_way.push(delivery);
        }
    };
    let mut inboxes: Vec<Vec<(PartyId, Vec<u8>)>> = vec![Vec::new(); setup.parties().len()];
    loop {
        for (position, party) in setup.parties().iter().copied().enumerate() {
            let inbox = core::mem::take(&mut inboxes[position]);
            let (key, seed) = (&cast.keys[position], &cast.seeds[position]);
            let begins = parties.len() == position;
            if begins {
                let file = Journal::new(setup, party, seed).expect("a member").to_bytes().to_vec();
                parties.push(Party { session: None, file, outcome: None, steps: 0, rounds: 0 });
            }
            let side = &mut parties[position];
            let step = if begins {
                Session::start(setup, party, key, seed, program).map(|(session, step)| {
                    side.session = Some(session);
                    step
                })
            } else {
                match &mut side.session {
                    Some(session) if !inbox.is_empty() => session.step(&inbox),
                    _ => continue,
                }
            };
            let step = match step {
                Ok(step) => step,
                Err(error) => {
                    (side.session, side.outcome) = (None, Some(Err(error)));
                    continue;
                }
            };
            let (past, now) = (side.rounds, side.session.as_ref().and_then(Session::round));
            // The last step goes on from the last round, and there is none after the output.
            side.rounds = past.max(now.unwrap_or(past + u32::from(side.outcome.is_none())));
            let this = |death: &&Death| {
                let now = match death.at {
                    At::Step(step) => step == side.steps,
                    At::Round(round) => (past..side.rounds).contains(&round),
                };
                death.position == position && now
            };
            let at_once = deaths.iter().filter(this).count();
            let death = deaths.iter().find(this).map(|death| death.moment);
            side.steps += 1;
            let entries = Journal::entries(&inbox, &step.outgoing).expect("my own messages");
            side.file.extend_from_slice(match death {
                Some(Moment::BeforeJournal | Moment::OldBackup) => &[],
                Some(Moment::WithinJournal) => &entries[..entries.len() / 2],
                _ => &entries,
            });
            let said_something = speaks(&step);
            if matches!(death, None | Some(Moment::AfterSending | Moment::OldBackup)) {
                send(party, step.outgoing, &mut said, &mut on_the_way);
            }
            if death.is_none() {
                side.outcome = side.outcome.take().or(step.output.map(Ok));
                continue;
            }
            killed.push(Killed { said_something, deaths: at_once });
            (side.session, side.outcome) = (None, None);
            let (journal, whole) = Journal::recover(&side.file).expect("what was written");
            side.file.truncate(whole);
            match Session::resume(setup, party, key, &journal, &mut rng, program) {
                Err(error) => side.outcome = Some(Err(error)),
                Ok((session, step)) => {
                    side.session = Some(session);
                    send(party, step.outgoing, &mut said, &mut on_the_way);
                    side.outcome = step.output.map(Ok);
                }
            }
        }
        if on_the_way.is_empty() {
            break;
        }
        for Delivery { from, to, bytes, .. } in on_the_way.drain(..) {
            inboxes[setup.position(to).expect("a member")].push((from, bytes));
        }
    }
    let steps = parties.iter().map(|party| party.steps).collect();
    let silent = || Err(Error::new(ErrorKind::MissingMessage, "restarts: nothing more came"));
    let rounds = parties.iter().map(|party| party.rounds).collect();
    let outcomes = parties.into_iter().map(|party| party.outcome.unwrap_or_else(silent)).collect();
    Run { outcomes, said, steps, rounds, killed }
}

fn speaks<O>(step: &Step<O>) -> bool {
    !Journal::entries(&[], &step.outgoing).expect("my own messages").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random numbers to everybody; then a ring, in which only one party at a time is awaited.
    async fn program(mut channel: Channel) -> Result<u64> {
        use rand_core::Rng;
        let (n, me) = (channel.parties(), channel.me());
        let mine = channel.rng().next_u64();
        let all = channel.broadcast("draw", mine.to_le_bytes().to_vec()).await?;
        let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        let mut sum = all.iter().fold(0_u64, |sum, message| sum.wrapping_add(number(message)));
        for turn in 0..n {
            let mut outgoing = vec![None; n];
            if me == turn {
                sum = sum.wrapping_mul(3).wrapping_add(channel.rng().next_u64() & 0xff);
                outgoing[(turn + 1) % n] = Some(sum.to_le_bytes().to_vec());
            }
            let from: Vec<_> = (0..n).map(|from| from == turn && me == (turn + 1) % n).collect();
            let got = channel.exchange("ring", outgoing, &from).await?;
            if let Some(message) = &got[turn] {
                sum = number(message);
            }
        }
        let ends = channel.broadcast("end", sum.to_le_bytes().to_vec()).await?;
        Ok(ends.iter().fold(0, |sum, message| sum ^ number(message)))
    }

    #[test]
    fn a_party_killed_anywhere_says_the_same_again() {
        for n in [2, 3, 5] {
            let right = super::super::parties::run(n, b"restart", program);
            let died = kill_everywhere(n, b"restart", program, |position, output| *output == right[position]);
            assert!(died > 4 * 4 * n, "{died}");
        }
    }

    #[test]
    fn a_party_killed_again_and_again_says_the_same_again() {
        for (n, spread) in [(3, 3), (5, 2)] {
            let right = super::super::parties::run(n, b"again", program);
            // Hello, echo, draw, a ring; the last round ends in the step that ends the one before.
            let rounds = n + 3;
            let died = kill_in_every_round(spread, n, b"again", program, |position, output| {
                *output == right[position]
            });
            assert!(died >= rounds * n, "{died}");
        }
    }

    #[test]
    fn an_old_backup_is_found_out() {
        assert!(restore_every(1, 3, b"backup", program) > 6);
    }

    #[test]
    fn other_inputs_are_found_out() {
        let cast = Cast::new(2, b"inputs");
        let says = |what: u8| {
            move |mut channel: Channel| async move { Ok(channel.broadcast("say", vec![what]).await?.len()) }
        };
        let [a, b] = [0, 1].map(|at| cast.setup.parties()[at]);
        let mut rng = Transcript::new("veilkit test inputs").rng();
        let mut file = Journal::new(&cast.setup, a, &cast.seeds[0]).unwrap().to_bytes().to_vec();
        let (mut one, hello_a) =
            Session::start(&cast.setup, a, &cast.keys[0], &cast.seeds[0], says(1)).unwrap();
        let (mut two, hello_b) =
            Session::start(&cast.setup, b, &cast.keys[1], &cast.seeds[1], says(2)).unwrap();
        file.extend(Journal::entries(&[], &hello_a.outgoing).unwrap());
        let from = |party, step: &Step<usize>| vec![(party, step.outgoing[0].bytes.clone())];
        let echo_b = two.step(&from(a, &hello_a)).unwrap();
        for incoming in [from(b, &hello_b), from(b, &echo_b)] {
            let step = one.step(&incoming).unwrap();
            file.extend(Journal::entries(&incoming, &step.outgoing).unwrap());
        }
        let (journal, _) = Journal::recover(&file).unwrap();
        let mut again =
            |what| Session::resume(&cast.setup, a, &cast.keys[0], &journal, &mut rng, says(what)).map(|_| ());
        again(1).unwrap();
        assert_eq!(again(3).unwrap_err().kind(), ErrorKind::SessionPoisoned);
        for (other, at) in [(Cast::new(2, b"other"), 0), (cast.elsewhere(), 0), (cast, 1)] {
            let me = other.setup.parties()[at];
            let refused =
                Session::resume(&other.setup, me, &other.keys[at], &journal, &mut rng, says(1)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ParamsMismatch);
            assert_eq!(refused.what(), "journal: another session or party");
        }
    }
}
