//! What was sent and may have to be sent again.
use std::collections::VecDeque;

/// Frames by receiver that nothing says are in safe hands: a party that speaks in a round has heard everything that it was waiting
/// for in earlier rounds, and has it in its journal.
pub(super) struct Retained {
    by_receiver: Vec<VecDeque<(u32, Vec<u8>)>>,
    /// Whether anything is kept at all.
    on: bool,
}

impl Retained {
    pub(super) fn new(parties: usize) -> Self {
        Self { by_receiver: vec![VecDeque::new(); parties], on: true }
    }

    /// Whether to keep what will be sent; what is kept already goes when not.
    pub(super) fn switch(&mut self, on: bool) {
        self.on = on;
        if !on {
            self.by_receiver.iter_mut().for_each(|frames| *frames = VecDeque::new());
        }
    }

    pub(super) fn keep(&mut self, to: usize, round: u32, frame: &[u8]) {
        if self.on {
            self.by_receiver[to].push_back((round, frame.to_vec()));
        }
    }

    /// The party at `from` has spoken in `round`.
    pub(super) fn spoke(&mut self, from: usize, round: u32) {
        while self.by_receiver[from].front().is_some_and(|(sent, _)| *sent < round) {
            self.by_receiver[from].pop_front();
        }
    }

    /// What the party at `to` may not have, from `round` on.
    pub(super) fn since(&self, to: usize, round: u32) -> impl Iterator<Item = &[u8]> {
        self.by_receiver[to].iter().filter(move |(sent, _)| *sent >= round).map(|(_, frame)| frame.as_slice())
    }
}
