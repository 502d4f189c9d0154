//! Every message of every round of a program, damaged in every way.
//!
//! A transport, or a party, does what it should not to one message at a time. Whatever it is, each party ends with the right output
//! or with an error that names nobody but a party that really cheated. The run always comes to an end: who waits when nothing is on
//! its way any more gets the error of [`Session::expire`](crate::mpc::session::Session::expire). An error's text is fixed in the
//! source, so no secret can be in it.
use core::{fmt::Debug, future::Future};

use super::parties::{Cast, Delivery, Network};
use crate::{
    codec::Encode,
    error::{ErrorKind, Result},
    mpc::session::{Channel, Corrupt, Frame, PREFIX_LEN},
    party::PartyId,
    transcript::Transcript,
};

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

    /// Whether everybody must come through: nothing is lost in the end.
    fn is_harmless(self) -> bool {
        matches!(self, Self::Duplicate | Self::Reorder | Self::Delay)
    }
}

/// How many runs ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs in which everybody had the right output.
    pub right: usize,
    /// Runs in which somebody stopped with an error.
    pub stopped: usize,
}

/// Runs a program at `n` parties once for each message and each [`Fault`]. `check` says whether an output is right at a position.
///
/// # Panics
/// When an output is wrong, an error names a party that did nothing, or a harmless fault does harm.
pub fn matrix<O: Debug, Fut>(
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> Tally
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    matrix_every(1, n, label, program, check)
}

/// As [`matrix`], with one in `stride` combinations only: for long programs. Take a stride that has no factor in common with the
/// number of faults and of parties, such as 7 or 11, so that all of both are met.
///
/// # Panics
/// As [`matrix`]; for a stride of 0.
pub fn matrix_every<O: Debug, Fut>(
    stride: usize,
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> Tally
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let cast = Cast::new(n, label);
    let (trace, outcomes) = record(&cast, &program);
    accept("no fault", &outcomes, &check, &[]);
    let (elsewhere, _) = record(&cast.elsewhere(), &program);
    let mut tally = Tally::default();
    let mut turn = 0;
    for (index, message) in trace.iter().enumerate() {
        for fault in Fault::all(index) {
            turn += 1;
            if turn % stride != 0 {
                continue;
            }
            let Some(twisted) = twist(fault, index, &trace, &elsewhere, &cast, &program) else { continue };
            let outcomes = run(&cast, &program, fault, message, twisted);
            let context = format!(
                "{fault:?} on {index}: {} from {:?} to {:?}",
                message.label, message.from, message.to
            );
            let cheater = matches!(fault, Fault::Equivocate(_)).then_some(message.from);
            accept(&context, &outcomes, &check, cheater.as_slice());
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
            if right { tally.right += 1 } else { tally.stopped += 1 }
        }
    }
    tally
}

/// Everything that is sent when nobody does anything wrong, and how it ends.
fn record<O, Fut>(cast: &Cast, program: &impl Fn(Channel) -> Fut) -> (Vec<Delivery>, Vec<Result<O>>)
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let mut network = Network::start(cast, program, &mut |_| None);
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

/// What arrives instead of one message or beside it; `None` where the fault does not apply.
fn twist<O, Fut>(
    fault: Fault,
    index: usize,
    trace: &[Delivery],
    elsewhere: &[Delivery],
    cast: &Cast,
    program: &impl Fn(Channel) -> Fut,
) -> Option<Delivery>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let mut twisted = trace[index].clone();
    let Delivery { from, to, .. } = twisted;
    let parties = cast.setup.parties();
    let third = parties.iter().copied().find(|party| *party != from && *party != to);
    let mut frame = twisted.frame().expect("an honest message");
    match fault {
        Fault::Drop | Fault::Duplicate | Fault::Reorder | Fault::Delay => {}
        Fault::Truncate(at) => twisted.bytes.truncate(at % twisted.bytes.len()),
        Fault::Extend(by) => twisted.bytes.resize(twisted.bytes.len() + by, 0x5a),
        Fault::Flip(at) => {
            let at = at % twisted.bytes.len();
            twisted.bytes[at] ^= 1 << (index % 8);
        }
        Fault::OtherSession => twisted.bytes.clone_from(&elsewhere.get(index)?.bytes),
        Fault::EarlierRound => {
            let mut earlier =
                trace[..index].iter().rev().filter(|other| (other.from, other.to) == (from, to));
            twisted.bytes.clone_from(&earlier.next()?.bytes);
        }
        Fault::WrongSender => twisted.from = third?,
        Fault::OwnMessage => twisted.from = to,
        Fault::Outsider => twisted.from = PartyId::new(u16::MAX).ok()?,
        Fault::ClaimedSender => {
            twisted.from = third?;
            frame.address.sender = third?;
            twisted.bytes = encode(&frame);
        }
        Fault::ClaimedRound => {
            frame.address.round += 1;
            twisted.bytes = encode(&frame);
        }
        Fault::SwapSenders => {
            let other = neighbour(index, trace, |other| other.to == to && other.from != from)?;
            twisted.bytes.clone_from(&other.bytes);
        }
        Fault::SwapReceivers => {
            let other = neighbour(index, trace, |other| other.from == from && other.to != to)?;
            if other.bytes == twisted.bytes {
                return None; // the same for everybody
            }
            twisted.bytes.clone_from(&other.bytes);
        }
        Fault::Equivocate(_) => twisted.bytes = second_message(&twisted, &frame, cast, program)?,
    }
    Some(twisted)
}

fn encode(frame: &Frame) -> Vec<u8> {
    core::mem::take(&mut *frame.to_bytes())
}

fn neighbour(index: usize, trace: &[Delivery], fits: impl Fn(&Delivery) -> bool) -> Option<&Delivery> {
    trace[index + 1..].iter().chain(trace[..index].iter().rev()).find(|other| fits(other))
}

/// What the sender of a message seals instead, when it changes one bit of it.
fn second_message<O, Fut>(
    message: &Delivery,
    frame: &Frame,
    cast: &Cast,
    program: &impl Fn(Channel) -> Fut,
) -> Option<Vec<u8>>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let (from, to) = (cast.setup.position(message.from)?, cast.setup.position(message.to)?);
    let wanted = frame.address.round;
    let corrupt: &mut dyn FnMut(usize) -> Option<Corrupt> = &mut |position| {
        (position == from).then(|| -> Corrupt {
            Box::new(move |_, round, outgoing| {
                if let (true, Some(message)) = (round == wanted, &mut outgoing[to]) {
                    match message.first_mut() {
                        Some(byte) => *byte ^= 1,
                        None => message.push(1),
                    }
                }
            })
        })
    };
    let mut network = Network::start(cast, program, corrupt);
    while !network.on_the_way.is_empty() {
        let found = network.on_the_way.iter().find(|other| {
            (other.from, other.to) == (message.from, message.to)
                && other.frame().is_ok_and(|other| other.address == frame.address)
        });
        if let Some(found) = found {
            return (found.bytes != message.bytes).then(|| found.bytes.clone());
        }
        network.deliver();
    }
    None
}

/// Runs with one fault.
fn run<O, Fut>(
    cast: &Cast,
    program: &impl Fn(Channel) -> Fut,
    fault: Fault,
    message: &Delivery,
    twisted: Delivery,
) -> Vec<Result<O>>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let mut network = Network::start(cast, program, &mut |_| None);
    let (mut twisted, mut behind) = (Some(twisted), None);
    loop {
        let on_the_way = &mut network.on_the_way;
        let at = on_the_way.iter().position(|delivery| delivery == message);
        if let (Some(at), Some(twisted)) = (at, twisted.take_if(|_| at.is_some())) {
            match fault {
                Fault::Drop => {
                    on_the_way.remove(at);
                }
                Fault::Duplicate | Fault::Equivocate(false) => on_the_way.push(twisted),
                Fault::Equivocate(true) => on_the_way.insert(0, twisted),
                Fault::Reorder => on_the_way.reverse(),
                Fault::Delay => behind = Some(on_the_way.remove(at)),
                _ => on_the_way[at] = twisted,
            }
            if fault == Fault::Reorder {
                let last = on_the_way.len() - 1;
                let at = last - at;
                on_the_way[at..].rotate_left(1);
            }
        }
        if network.on_the_way.is_empty() {
            network.on_the_way.extend(behind.take());
        }
        if network.on_the_way.is_empty() {
            return network.finish();
        }
        network.deliver();
    }
}

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

/// Runs a program at `n` parties once for each party, round and [`Cheat`], towards one receiver and towards all: for programs that
/// hold against parties that cheat. Messages are fields of `field_len` bytes each. `check` says whether an output is right at a
/// position; one in `stride` combinations is run. What the cheating party itself ends with does not matter.
///
/// # Panics
/// When an honest party has a wrong output, or names another than the cheating party; for a stride or field length of 0.
pub fn cheats_every<O: Debug, Fut>(
    stride: usize,
    field_len: usize,
    n: usize,
    label: &[u8],
    program: impl Fn(Channel) -> Fut,
    check: impl Fn(usize, &O) -> bool,
) -> Tally
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let cast = Cast::new(n, label);
    let (trace, outcomes) = record(&cast, &program);
    accept("no cheat", &outcomes, &check, &[]);
    let rounds = trace.iter().filter_map(|message| message.frame().ok()).map(|frame| frame.address.round);
    let rounds = rounds.max().expect("messages");
    let mut tally = Tally::default();
    let mut turn = 0;
    for cheater in 0..n {
        for wanted in 2..=rounds {
            for cheat in Cheat::ALL {
                for victim in [None, Some((cheater + 1) % n)] {
                    turn += 1;
                    if turn % stride != 0 {
                        continue;
                    }
                    let corrupt: &mut dyn FnMut(usize) -> Option<Corrupt> = &mut |position| {
                        (position == cheater).then(|| -> Corrupt {
                            Box::new(move |_, round, outgoing| {
                                let chosen =
                                    |to: usize| victim.is_none_or(|victim| victim == to) && to != cheater;
                                let hit = outgoing
                                    .iter_mut()
                                    .enumerate()
                                    .filter(|(to, _)| round == wanted && chosen(*to));
                                hit.for_each(|(_, message)| {
                                    cheat.apply(message, field_len, u64::from(round))
                                });
                            })
                        })
                    };
                    let mut network = Network::start(&cast, &program, corrupt);
                    while !network.on_the_way.is_empty() {
                        network.deliver();
                    }
                    let outcomes = network.finish();
                    let context = format!("{cheat:?} by {cheater} in round {wanted} towards {victim:?}");
                    let party = cast.setup.parties()[cheater];
                    let honest = |position: usize, output: &O| position == cheater || check(position, output);
                    accept(&context, &outcomes, &honest, &[party]);
                    let stopped =
                        outcomes.iter().enumerate().any(|(at, outcome)| at != cheater && outcome.is_err());
                    if stopped { tally.stopped += 1 } else { tally.right += 1 }
                }
            }
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody says its position and 5, shows what it heard, and the first tells the sum to each of the others. Whoever says
    /// anything else is named.
    async fn program(mut channel: Channel) -> Result<u64> {
        let (n, me) = (channel.parties(), channel.me());
        let number = |from: usize| (u64::try_from(from).expect("few parties") + 5).to_le_bytes();
        let all = channel.broadcast("say", number(me).to_vec()).await?;
        if let Some(liar) = (0..n).find(|from| **all[*from] != number(*from)) {
            return Err(channel.cheat("say: another number", liar));
        }
        let heard: Vec<u8> = all.iter().flat_map(|message| message.iter().copied()).collect();
        let shown = channel.broadcast("show", heard.clone()).await?;
        if let Some(liar) = (0..n).find(|from| **shown[*from] != heard) {
            return Err(channel.cheat("show: not what was said", liar));
        }
        let sum = (0..n).map(|from| u64::from_le_bytes(number(from))).sum::<u64>();
        let outgoing = (0..n).map(|to| (me == 0 && to != 0).then(|| sum.to_le_bytes().to_vec())).collect();
        let from: Vec<_> = (0..n).map(|from| from == 0 && me != 0).collect();
        let got = channel.exchange("tell", outgoing, &from).await?;
        match &got[0] {
            Some(told) if **told != sum.to_le_bytes() => Err(channel.cheat("tell: another sum", 0)),
            _ => Ok(sum),
        }
    }

    #[test]
    fn every_fault_at_every_message() {
        let tally = matrix(3, b"faults", program, |_, sum| *sum == 5 + 6 + 7);
        // 27 faults on each of 26 messages; three of them harm nobody.
        assert!(tally.right >= 3 * 26 && tally.stopped > 15 * 26, "{tally:?}");
        let tally = matrix_every(11, 5, b"faults", program, |_, sum| *sum == 5 + 6 + 7 + 8 + 9);
        assert!(tally.right >= 20 && tally.stopped > 90, "{tally:?}");
    }

    #[test]
    fn a_cheat_is_caught() {
        let tally = cheats_every(1, 8, 3, b"cheats", program, |_, sum| *sum == 5 + 6 + 7);
        assert!(tally.stopped > 100, "{tally:?}");
        let tally = cheats_every(5, 8, 5, b"cheats", program, |_, sum| *sum == 5 + 6 + 7 + 8 + 9);
        assert!(tally.stopped > 40, "{tally:?}");
    }

    #[test]
    #[should_panic(expected = "wrong output")]
    fn a_wrong_output_is_found() {
        let trusting = |mut channel: Channel| async move {
            let all = channel.broadcast("say", vec![5; 8]).await?;
            Ok(all
                .iter()
                .map(|message| message.iter().map(|byte| u64::from(*byte)).sum::<u64>())
                .sum::<u64>())
        };
        cheats_every(1, 8, 3, b"trusting", trusting, |_, sum| *sum == 120);
    }

    #[test]
    #[should_panic(expected = "cheated")]
    fn an_unfair_accusation_is_found() {
        let unfair = |mut channel: Channel| async move {
            let all = channel.broadcast("say", vec![5; 8]).await?;
            match all.iter().all(|message| **message == [5; 8]) {
                true => Ok(()),
                false => Err(channel.cheat("somebody", channel.me())),
            }
        };
        cheats_every(1, 8, 3, b"unfair", unfair, |_, ()| true);
    }
}
