//! One message damaged.
use core::{fmt::Debug, future::Future};

use super::{Fault, Stage};
use crate::{
    codec::Encode,
    error::Result,
    mpc::{
        session::{Channel, Corrupt, Frame},
        testing::parties::Delivery,
    },
    party::PartyId,
};

impl<O, Fut, P, C> Stage<'_, P, C>
where
    O: Debug,
    Fut: Future<Output = Result<O>> + Send + 'static,
    P: Fn(Channel) -> Fut,
    C: Fn(usize, &O) -> bool,
{
    /// What arrives instead of one message or beside it; `None` where the fault does not apply.
    pub(super) fn twist(&self, fault: Fault, index: usize) -> Option<Delivery> {
        let mut twisted = self.trace[index].1.clone();
        let Delivery { from, to, .. } = twisted;
        let parties = self.cast.setup.parties();
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
            Fault::OtherSession => twisted.bytes.clone_from(&self.elsewhere.get(index)?.bytes),
            Fault::EarlierRound => {
                let mut earlier = self.trace[..index]
                    .iter()
                    .rev()
                    .filter(|(_, other)| (other.from, other.to) == (from, to));
                twisted.bytes.clone_from(&earlier.next()?.1.bytes);
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
                let other = self.neighbour(index, |other| other.to == to && other.from != from)?;
                twisted.bytes.clone_from(&other.bytes);
            }
            Fault::SwapReceivers => {
                let other = self.neighbour(index, |other| other.from == from && other.to != to)?;
                if other.bytes == twisted.bytes {
                    return None; // the same for everybody
                }
                twisted.bytes.clone_from(&other.bytes);
            }
            Fault::Equivocate(_) => twisted.bytes = self.second_message(&twisted, &frame)?,
        }
        Some(twisted)
    }

    fn neighbour(&self, index: usize, fits: impl Fn(&Delivery) -> bool) -> Option<&Delivery> {
        let (before, behind) = (&self.trace[..index], &self.trace[index + 1..]);
        behind.iter().chain(before.iter().rev()).map(|(_, other)| other).find(|other| fits(other))
    }

    /// What the sender of a message seals instead, when it changes one bit of it.
    fn second_message(&self, message: &Delivery, frame: &Frame) -> Option<Vec<u8>> {
        let setup = &self.cast.setup;
        let (from, to) = (setup.position(message.from)?, setup.position(message.to)?);
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
        let mut network = self.network(corrupt);
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
    pub(super) fn run(&self, fault: Fault, index: usize, twisted: Delivery) -> Vec<Result<O>> {
        let message = &self.trace[index].1;
        let mut network = self.network(&mut |_| None);
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
}

fn encode(frame: &Frame) -> Vec<u8> {
    core::mem::take(&mut *frame.to_bytes())
}
