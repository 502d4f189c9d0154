//! What a relay keeps for the parties of one session.
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use tokio::sync::watch;
use veilkit::party::PartyId;

use crate::{post::Numbered, wire::Number};

/// The messages of one session on their way.
pub(super) struct Meeting {
    parties: Vec<PartyId>,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
    limit: usize,
}

struct State {
    lanes: BTreeMap<(PartyId, PartyId), Lane>,
    bytes: usize,
    used: Instant,
}

/// From one party to another.
#[derive(Default)]
struct Lane {
    queue: VecDeque<Numbered>,
    /// The number of the last message that came in.
    held: Number,
    /// The receiver has everything up to here.
    received: Number,
}

/// A room's messages would take more memory than a room may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Meeting {
    pub(super) fn new(parties: impl IntoIterator<Item = PartyId>, limit: usize) -> Self {
        let state = State { lanes: BTreeMap::new(), bytes: 0, used: Instant::now() };
        let parties = parties.into_iter().collect();
        Self { parties, state: Mutex::new(state), changes: watch::Sender::new(0), limit }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the lock")
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn peers(&self, me: PartyId) -> impl Iterator<Item = PartyId> + '_ {
        self.parties.iter().copied().filter(move |party| *party != me)
    }

    /// When somebody last said something.
    pub(super) fn used(&self) -> Instant {
        self.state().used
    }

    /// Keeps a message for its receiver; one that came before is passed over.
    pub(super) fn put(
        &self,
        from: PartyId,
        to: PartyId,
        number: Number,
        payload: Vec<u8>,
    ) -> Result<(), Full> {
        let mut state = self.state();
        state.used = Instant::now();
        let lane = state.lanes.entry((from, to)).or_default();
        if number <= lane.held.max(lane.received) {
            return Ok(());
        }
        // A sender that started anew says again what is still needed.
        let again = number.start > lane.held.start;
        let freed = if again { lane.queue.drain(..).map(|(_, payload)| payload.len()).sum() } else { 0 };
        let bytes = state.bytes - freed + payload.len();
        if bytes > self.limit {
            state.bytes -= freed;
            return Err(Full);
        }
        let lane = state.lanes.entry((from, to)).or_default();
        lane.held = number;
        lane.queue.push_back((number, payload.into()));
        state.bytes = bytes;
        drop(state);
        self.changed();
        Ok(())
    }

    /// The receiver `to` has everything of `from` up to this number.
    pub(super) fn received(&self, from: PartyId, to: PartyId, number: Number) {
        let mut state = self.state();
        state.used = Instant::now();
        let lane = state.lanes.entry((from, to)).or_default();
        lane.received = lane.received.max(number);
        let mut freed = 0;
        while lane.queue.front().is_some_and(|(first, _)| *first <= number) {
            freed += lane.queue.pop_front().map_or(0, |(_, payload)| payload.len());
        }
        state.bytes -= freed;
        drop(state);
        self.changed();
    }

    /// How far the messages from one party to another have come: to the relay, and to their receiver.
    pub(super) fn progress(&self, from: PartyId, to: PartyId) -> (Number, Number) {
        self.state()
            .lanes
            .get(&(from, to))
            .map_or_else(Default::default, |l| (l.held.max(l.received), l.received))
    }

    /// What waits for a receiver beyond a number.
    pub(super) fn waiting(&self, from: PartyId, to: PartyId, after: Number) -> Vec<Numbered> {
        let state = self.state();
        let beyond = |lane: &Lane| lane.queue.iter().filter(|(n, _)| *n > after).cloned().collect();
        state.lanes.get(&(from, to)).map(beyond).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::party;

    fn n(sequence: u64) -> Number {
        Number { start: 5, sequence }
    }

    #[test]
    fn messages_are_kept_until_they_are_received() {
        let (a, b) = (party(1), party(2));
        let meeting = Meeting::new([a, b], 10);
        meeting.put(a, b, n(1), vec![0; 4]).unwrap();
        meeting.put(a, b, n(1), vec![0; 4]).unwrap();
        meeting.put(a, b, n(2), vec![0; 6]).unwrap();
        assert_eq!(meeting.put(a, b, n(3), vec![0]), Err(Full));
        assert_eq!(meeting.progress(a, b), (n(2), Number::default()));
        assert_eq!(meeting.waiting(a, b, n(0)).len(), 2);
        assert_eq!(meeting.waiting(b, a, n(0)).len(), 0);
        meeting.received(a, b, n(1));
        assert_eq!(meeting.waiting(a, b, n(0)).len(), 1);
        meeting.put(a, b, n(3), vec![0; 4]).unwrap();
        assert_eq!(meeting.progress(a, b), (n(3), n(1)));
    }

    #[test]
    fn a_new_relay_learns_how_far_the_receiver_is() {
        let (a, b) = (party(1), party(2));
        let meeting = Meeting::new([a, b], 10);
        meeting.received(a, b, n(7));
        assert_eq!(meeting.progress(a, b), (n(7), n(7)));
        meeting.put(a, b, n(7), vec![0]).unwrap();
        assert!(meeting.waiting(a, b, n(0)).is_empty());
        meeting.put(a, b, n(8), vec![0]).unwrap();
        assert_eq!(meeting.waiting(a, b, n(0)).len(), 1);
        assert_eq!(meeting.peers(a).collect::<Vec<_>>(), [b]);
    }

    #[test]
    fn a_sender_that_started_anew_begins_a_new_queue() {
        let (a, b) = (party(1), party(2));
        let meeting = Meeting::new([a, b], 10);
        meeting.put(a, b, n(1), vec![0; 9]).unwrap();
        let anew = Number { start: 6, sequence: 1 };
        meeting.put(a, b, anew, vec![0; 9]).unwrap();
        assert_eq!(meeting.waiting(a, b, n(0)).len(), 1);
        meeting.put(a, b, n(2), vec![0]).unwrap();
        assert_eq!(meeting.progress(a, b).0, anew, "the old program's words come too late");
    }
}
