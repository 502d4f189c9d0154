//! Every message of every round of a program, damaged in every way.
//!
//! A transport, or a party, does what it should not to one message at a time. Whatever it is, each party ends with the right output
//! or with an error that names nobody but a party that really cheated. The run always comes to an end: who waits when nothing is on
//! its way any more gets the error of [`Session::expire`](crate::mpc::session::Session::expire). An error's text is fixed in the
//! source, so no secret can be in it.
use core::{
    fmt::Debug,
    future::Future,
    mem::{Discriminant, discriminant},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use super::parties::{Cast, Delivery, Network};
use crate::{
    error::{ErrorKind, Result},
    mpc::session::{Channel, Corrupt, FrameKind, PREFIX_LEN},
    party::PartyId,
};

mod cheats;
#[cfg(test)]
mod tests;
mod twist;

pub use cheats::{Cheat, Field, cheats};

/// What is done to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It arrives behind everything else that is on its way, which arrives in the wrong order.
    Reorder,
    /// It arrives when nothing else is on its way any more.
    Delay,
    /// It loses its end, from this byte on, counted modulo its length.
    Truncate(usize),
    /// So many bytes follow it.
    Extend(usize),
    /// One bit of this byte, counted modulo its length, is inverted.
    Flip(usize),
    /// The message at the same place in another session of the same parties arrives instead.
    OtherSession,
    /// An earlier message of its sender to its receiver arrives instead.
    EarlierRound,
    /// The transport says that another party sent it.
    WrongSender,
    /// The transport says that its receiver sent it.
    OwnMessage,
    /// The transport says that somebody from outside sent it.
    Outsider,
    /// The transport and the frame say that another party sent it.
    ClaimedSender,
    /// The transport and the frame say that it belongs to the next round.
    ClaimedRound,
    /// It changes places with another message to the same receiver.
    SwapSenders,
    /// It changes places with another message of the same sender.
    SwapReceivers,
    /// Its sender sends a second, different one, which arrives first or last.
    Equivocate(bool),
}

impl Fault {
    /// Every fault; `index` of the message chooses which bytes are cut and which bits are inverted.
    fn all(index: usize) -> Vec<Self> {
        let mut all = vec![
            Self::Drop,
            Self::Duplicate,
            Self::Reorder,
            Self::Delay,
            Self::Extend(1),
            Self::Extend(17),
            Self::OtherSession,
            Self::EarlierRound,
            Self::WrongSender,
            Self::OwnMessage,
            Self::Outsider,
            Self::ClaimedSender,
            Self::ClaimedRound,
            Self::SwapSenders,
            Self::SwapReceivers,
            Self::Equivocate(false),
            Self::Equivocate(true),
        ];
        all.extend([0, index % PREFIX_LEN, PREFIX_LEN + index, usize::MAX].map(Self::Truncate));
        all.extend(
            [index, index + 13, index + 27, index + 40, PREFIX_LEN + 7 * index, usize::MAX].map(Self::Flip),
        );
        all
    }

    /// Each kind of fault once; `index` of the message chooses how.
    fn one_of_each(index: usize) -> Vec<Self> {
        let mut kinds: Vec<Vec<Self>> = Vec::new();
        for fault in Self::all(index) {
            match kinds.iter_mut().find(|kind| discriminant(&kind[0]) == discriminant(&fault)) {
                Some(kind) => kind.push(fault),
                None => kinds.push(vec![fault]),
            }
        }
        kinds.iter().map(|kind| kind[index % kind.len()]).collect()
    }

    /// Whether it can be done to messages of a kind: hellos are the same for everybody, nothing comes before them, and no
    /// program says them or their echoes.
    fn applies_to(self, kind: &str) -> bool {
        match self {
            Self::EarlierRound | Self::SwapReceivers => kind != HELLO,
            Self::Equivocate(_) => kind != HELLO && kind != ECHO,
            _ => true,
        }
    }

    /// Whether everybody must come through: nothing is lost in the end.
    fn is_harmless(self) -> bool {
        matches!(self, Self::Duplicate | Self::Reorder | Self::Delay)
    }
}

/// The kinds of the handshake's messages; those of the program's are the names of its rounds.
const HELLO: &str = "hello";
const ECHO: &str = "echo";

/// Which combinations of messages with faults or cheats are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// Every message with everything.
    All,
    /// Everything at each kind of message, each time at another message of that kind.
    EachKind,
}

/// How many runs ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs in which everybody had the right output.
    pub right: usize,
    /// Runs in which somebody stopped with an error.
    pub stopped: usize,
    /// The kinds of messages that were met: the names of rounds.
    pub kinds: BTreeSet<&'static str>,
}

impl Tally {
    fn count(&mut self, right: bool) {
        if right { self.right += 1 } else { self.stopped += 1 }
    }
}

/// Runs a program at `n` parties, each time with one [`Fault`] at one message. Every kind of message meets every fault that applies
/// to it. `check` says whether an output is right at a position.
///
/// # Panics
/// When an output is wrong, an error names a party that did nothing, a harmless fault does harm, or a kind of message misses a
/// fault.
pub fn matrix<O: Debug, Fut>(
    sample: Sample,
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
    for (kind, places) in stage.kinds() {
        let mut met: Vec<Discriminant<Fault>> = Vec::new();
        let mut run = |fault: Fault, index: usize| {
            let right = stage.with_fault(fault, index);
            met.extend(right.map(|_| discriminant(&fault)));
            right.is_some_and(|right| {
                tally.count(right);
                true
            })
        };
        match sample {
            Sample::All => places.iter().for_each(|index| {
                Fault::all(*index).into_iter().for_each(|fault| {
                    run(fault, *index);
                });
            }),
            Sample::EachKind => {
                for turn in 0..Fault::one_of_each(0).len() {
                    let first = turn * places.len() / 3 + turn;
                    let mut places = (first..first + places.len()).map(|at| places[at % places.len()]);
                    places.find(|index| {
                        let fault = Fault::one_of_each(*index)[turn];
                        !fault.applies_to(kind) || run(fault, *index)
                    });
                }
            }
        }
        for fault in Fault::one_of_each(0).iter().filter(|fault| fault.applies_to(kind)) {
            assert!(met.contains(&discriminant(fault)), "{fault:?} met no message of {kind:?}");
        }
        tally.kinds.insert(kind);
    }
    tally
}

/// A program, what everybody says in it, and what is right.
struct Stage<'a, P, C> {
    cast: Cast,
    program: &'a P,
    check: &'a C,
    /// Everything that is sent when nobody does anything wrong, and the name of its round.
    trace: Vec<(&'static str, Delivery)>,
    /// The same in another session.
    elsewhere: Vec<Delivery>,
}

impl<'a, O, Fut, P, C> Stage<'a, P, C>
where
    O: Debug,
    Fut: Future<Output = Result<O>> + Send + 'static,
    P: Fn(Channel) -> Fut,
    C: Fn(usize, &O) -> bool,
{
    fn new(n: usize, label: &[u8], program: &'a P, check: &'a C) -> Self {
        let cast = Cast::new(n, label);
        let names = Arc::new(Mutex::new(BTreeMap::new()));
        let (elsewhere, _) = record(Network::start(&cast.elsewhere(), program, &mut |_| {
            let names = Arc::clone(&names);
            Some(Box::new(move |name, round, _: &mut [Option<Vec<u8>>]| {
                names.lock().expect("nobody panicked").insert(round, name);
            }))
        }));
        let (trace, outcomes) = record(Network::start(&cast, program, &mut |_| None));
        accept("nobody did anything", &outcomes, check, &[]);
        let names = names.lock().expect("nobody panicked");
        let named = trace.into_iter().map(|message| {
            let address = message.frame().expect("an honest message").address;
            let name = match address.kind {
                FrameKind::Hello => HELLO,
                FrameKind::Echo => ECHO,
                _ => names[&address.round],
            };
            (name, message)
        });
        Self { trace: named.collect(), cast, program, check, elsewhere }
    }

    /// The places of the messages of each kind.
    fn kinds(&self) -> BTreeMap<&'static str, Vec<usize>> {
        let mut kinds: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (index, (kind, _)) in self.trace.iter().enumerate() {
            kinds.entry(kind).or_default().push(index);
        }
        kinds
    }

    fn network(&self, corrupt: &mut dyn FnMut(usize) -> Option<Corrupt>) -> Network<O> {
        Network::start(&self.cast, self.program, corrupt)
    }

    /// Runs with one fault, and gives whether everybody had the right output; `None` where the fault does not apply.
    fn with_fault(&self, fault: Fault, index: usize) -> Option<bool> {
        let twisted = self.twist(fault, index)?;
        let outcomes = self.run(fault, index, twisted);
        let (kind, message) = &self.trace[index];
        let context = format!("{fault:?} on {index}: {kind} from {:?} to {:?}", message.from, message.to);
        let cheater = matches!(fault, Fault::Equivocate(_)).then_some(message.from);
        accept(&context, &outcomes, self.check, cheater.as_slice());
        let right = outcomes.iter().all(Result::is_ok);
        assert!(right || !fault.is_harmless(), "{context}: {outcomes:?}");
        if fault == Fault::Drop {
            let receiver = usize::from(message.to.get()) - 1;
            let error = outcomes[receiver].as_ref().expect_err("a message is missing");
            assert_eq!(
                (error.kind(), error.culprits()),
                (ErrorKind::MissingMessage, &[message.from][..]),
                "{context}"
            );
        }
        Some(right)
    }
}

/// Everything that is sent until nobody says anything more, and how it ends.
fn record<O>(mut network: Network<O>) -> (Vec<Delivery>, Vec<Result<O>>) {
    let mut trace = Vec::new();
    while !network.on_the_way.is_empty() {
        trace.extend_from_slice(&network.on_the_way);
        network.deliver();
    }
    (trace, network.finish())
}

/// What every party must end with: a right output, or an error that names only `cheaters`, or is about who is silent or unknown.
fn accept<O: Debug>(
    context: &str,
    outcomes: &[Result<O>],
    check: &impl Fn(usize, &O) -> bool,
    cheaters: &[PartyId],
) {
    for (position, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(output) => {
                assert!(check(position, output), "{context}: wrong output at {position}: {output:?}")
            }
            Err(error) => {
                let names_the_silent = matches!(
                    error.kind(),
                    ErrorKind::MissingMessage | ErrorKind::UnknownParty | ErrorKind::DuplicateParty
                );
                let fair = error.culprits().iter().all(|party| cheaters.contains(party));
                assert!(
                    names_the_silent || fair,
                    "{context}: {error} at {position}, and {cheaters:?} cheated"
                );
            }
        }
    }
}
