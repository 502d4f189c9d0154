//! Parties that cheat: they seal what no honest party says.
use core::{fmt::Debug, future::Future};

use super::{ECHO, HELLO, Sample, Stage, Tally, accept};
use crate::{
    error::Result,
    mpc::session::{Channel, Corrupt},
    transcript::Transcript,
};

/// What a cheating party does to a message before it seals it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cheat {
    /// Inverts one bit of one field.
    Flip(Field),
    /// Zeroes one field.
    Zero(Field),
    /// Draws one field anew.
    Random(Field),
    /// Draws everything anew.
    RandomAll,
    /// Leaves out the last byte.
    Shorter,
    /// Adds a field of zeros.
    Longer,
    /// Sends nothing.
    Silent,
}

/// Which field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The first.
    First,
    /// The one in the middle.
    Middle,
    /// The last.
    Last,
}

impl Cheat {
    const ALL: [Self; 13] = [
        Self::Flip(Field::First),
        Self::Flip(Field::Middle),
        Self::Flip(Field::Last),
        Self::Zero(Field::First),
        Self::Zero(Field::Middle),
        Self::Zero(Field::Last),
        Self::Random(Field::First),
        Self::Random(Field::Middle),
        Self::Random(Field::Last),
        Self::RandomAll,
        Self::Shorter,
        Self::Longer,
        Self::Silent,
    ];

    /// Changes a message of fields of `field_len` bytes each.
    fn apply(self, message: &mut Option<Vec<u8>>, field_len: usize, draw: u64) {
        let Some(bytes) = message else { return };
        let mut random = Transcript::new("veilkit v1 mpc test cheat").append_u64("draw", draw).rng();
        let len = bytes.len();
        let fields = len / field_len;
        let field = |field| {
            let at = match field {
                Field::First => 0,
                Field::Middle => fields / 2,
                Field::Last => fields.saturating_sub(1),
            } * field_len;
            at..(at + field_len).min(len)
        };
        match self {
            Self::Flip(which) => bytes[field(which)].iter_mut().take(1).for_each(|byte| *byte ^= 1),
            Self::Zero(which) => bytes[field(which)].fill(0),
            Self::Random(which) => rand_core::Rng::fill_bytes(&mut random, &mut bytes[field(which)]),
            Self::RandomAll => rand_core::Rng::fill_bytes(&mut random, bytes),
            Self::Shorter => bytes.truncate(bytes.len().saturating_sub(1)),
            Self::Longer => bytes.resize(bytes.len() + field_len, 0),
            Self::Silent => *message = None,
        }
    }
}

/// A message of the program, to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Speech {
    cheater: usize,
    round: u32,
}

/// Runs a program at `n` parties, each time with one party that cheats in one round, towards one receiver or towards all: for
/// programs that hold against parties that cheat. Every kind of message meets every [`Cheat`]. Messages are fields of `field_len`
/// bytes each. `check` says whether an output is right at a position. What the cheating party itself ends with does not matter.
///
/// # Panics
/// When an honest party has a wrong output, or names another than the cheating party; for a field length of 0.
pub fn cheats<O: Debug, Fut>(
    sample: Sample,
    field_len: usize,
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> Tally
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let stage = Stage::new(n, label, &program, &check);
    let mut tally = Tally::default();
    let mut cheats: Vec<(Cheat, bool)> = Cheat::ALL.into_iter().map(|cheat| (cheat, false)).collect();
    cheats.extend(Cheat::ALL.map(|cheat| (cheat, true)));
    for (kind, places) in stage.kinds() {
        if [HELLO, ECHO].contains(&kind) {
            continue; // no program says them
        }
        let mut speeches: Vec<_> = places.into_iter().map(|index| stage.speech(index)).collect();
        speeches.sort_unstable();
        speeches.dedup();
        match sample {
            Sample::All => speeches.iter().for_each(|speech| {
                cheats.iter().for_each(|(cheat, to_all)| {
                    tally.count(stage.with_cheat(*speech, *cheat, *to_all, field_len));
                });
            }),
            Sample::EachKind => {
                for (turn, (cheat, to_all)) in cheats.iter().enumerate() {
                    let speech = speeches[(turn * speeches.len() / 3 + turn) % speeches.len()];
                    tally.count(stage.with_cheat(speech, *cheat, *to_all, field_len));
                }
            }
        }
        tally.kinds.insert(kind);
    }
    tally
}

impl<O, Fut, P, C> Stage<'_, P, C>
where
    O: Debug,
    Fut: Future<Output = Result<O>> + Send + 'static,
    P: Fn(Channel) -> Fut,
    C: Fn(usize, &O) -> bool,
{
    /// Who says a message, and when.
    fn speech(&self, index: usize) -> Speech {
        let address = self.trace[index].1.frame().expect("an honest message").address;
        let cheater = self.cast.setup.position(address.sender).expect("a member");
        Speech { cheater, round: address.round }
    }

    /// Runs with one cheat, towards everybody or the first receiver behind the cheating party, and gives whether all others had the
    /// right output.
    fn with_cheat(&self, speech: Speech, cheat: Cheat, to_all: bool, field_len: usize) -> bool {
        let Speech { cheater, round: wanted } = speech;
        let mut network = self.network(&mut |position| {
            (position == cheater).then(|| -> Corrupt {
                Box::new(move |_, round, outgoing| {
                    if round != wanted {
                        return;
                    }
                    let n = outgoing.len();
                    let others = (1..n).map(|step| (cheater + step) % n);
                    let victims = others.filter(|to| outgoing[*to].is_some());
                    let victims: Vec<_> = victims.take(if to_all { n } else { 1 }).collect();
                    for to in victims {
                        cheat.apply(&mut outgoing[to], field_len, u64::from(round));
                    }
                })
            })
        });
        while !network.on_the_way.is_empty() {
            network.deliver();
        }
        let outcomes = network.finish();
        let context = format!("{cheat:?} by {cheater} in round {wanted}, towards all: {to_all}");
        let party = self.cast.setup.parties()[cheater];
        let honest = |position: usize, output: &O| position == cheater || (self.check)(position, output);
        accept(&context, &outcomes, &honest, &[party]);
        outcomes.iter().enumerate().all(|(at, outcome)| at == cheater || outcome.is_ok())
    }
}
