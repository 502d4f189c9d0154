//! What is on its way to each peer and what came from it: numbers, acknowledgements, nothing twice.
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::{mpsc, watch};
use veilkit::party::PartyId;

use crate::{
    error::{Error, Result},
    wire::Number,
};

/// A message and its number.
pub(crate) type Numbered = (Number, Arc<Vec<u8>>);

/// The messages of one session, of one party, shared between its [`Link`](crate::Link) and its connections.
pub(crate) struct Post {
    start: u64,
    mail: Mutex<BTreeMap<PartyId, Mail>>,
    arrived: mpsc::UnboundedSender<(PartyId, Vec<u8>)>,
    changes: watch::Sender<u64>,
}

#[derive(Default)]
struct Mail {
    /// Not yet safe with the peer, ascending.
    waiting: VecDeque<Numbered>,
    /// How many were given out.
    last: u64,
    /// Everything up to this number has come.
    received: Number,
    /// What came and is not safe yet, ascending.
    unstored: VecDeque<Number>,
    /// Everything up to this number is safe on this side.
    stored: Number,
    /// The peer was told so up to this number.
    told: Number,
}

impl Post {
    pub(crate) fn new(
        peers: impl IntoIterator<Item = PartyId>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<(PartyId, Vec<u8>)>) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let mail = peers.into_iter().map(|peer| (peer, Mail::default())).collect();
        (Arc::new(Self { start, mail: Mutex::new(mail), arrived, changes: watch::Sender::new(0) }), arrivals)
    }

    fn mail(&self) -> MutexGuard<'_, BTreeMap<PartyId, Mail>> {
        self.mail.lock().expect("nobody panics with the lock")
    }

    /// Makes connections look again at what there is to say.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Hears of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Takes a message to be sent.
    pub(crate) fn send(&self, peer: PartyId, payload: Vec<u8>) -> Result<()> {
        let mut all = self.mail();
        let mail = all.get_mut(&peer).ok_or(Error::Options("send: not a peer"))?;
        mail.last += 1;
        let number = Number { start: self.start, sequence: mail.last };
        mail.waiting.push_back((number, Arc::new(payload)));
        drop(all);
        self.changed();
        Ok(())
    }

    /// Takes in what came; a message that came before is passed over.
    ///
    /// Of a program that this one has not heard yet, any message may be the first: those before it are safe here from an earlier run.
    pub(crate) fn accept(&self, peer: PartyId, number: Number, payload: Vec<u8>) -> Result<()> {
        let mut all = self.mail();
        let mail = all.get_mut(&peer).ok_or(Error::Unexpected("a message from a stranger"))?;
        if number <= mail.received {
            return Ok(());
        }
        if number.start == mail.received.start && number.sequence != mail.received.sequence + 1 {
            return Err(Error::Unexpected("a message before the one that comes first"));
        }
        mail.received = number;
        mail.unstored.push_back(number);
        // Without a link nobody waits for it any more.
        let _ = self.arrived.send((peer, payload));
        Ok(())
    }

    /// The next `count` messages of a peer are safe on this side.
    pub(crate) fn stored(&self, peer: PartyId, count: usize) {
        if let Some(mail) = self.mail().get_mut(&peer) {
            let count = count.min(mail.unstored.len());
            if let Some(last) = mail.unstored.drain(..count).next_back() {
                mail.stored = last;
            }
        }
        self.changed();
    }

    /// The peer has everything up to this number.
    pub(crate) fn delivered(&self, peer: PartyId, number: Number) -> Result<()> {
        let mut all = self.mail();
        let mail = all.get_mut(&peer).ok_or(Error::Unexpected("word about a stranger"))?;
        if number > (Number { start: self.start, sequence: mail.last }) {
            return Err(Error::Unexpected("it has more than was sent"));
        }
        while mail.waiting.front().is_some_and(|(first, _)| *first <= number) {
            mail.waiting.pop_front();
        }
        drop(all);
        self.changed();
        Ok(())
    }

    /// What waits for a peer beyond a number.
    pub(crate) fn waiting(&self, peer: PartyId, after: Number) -> Vec<Numbered> {
        let mail = self.mail();
        let beyond = |mail: &Mail| mail.waiting.iter().filter(|(n, _)| *n > after).cloned().collect();
        mail.get(&peer).map(beyond).unwrap_or_default()
    }

    /// How far a peer was heard, and how far that is safe.
    pub(crate) fn heard(&self, peer: PartyId) -> (Number, Number) {
        self.mail().get(&peer).map_or_else(Default::default, |mail| (mail.received, mail.stored))
    }

    /// A peer was told how far its messages are safe.
    pub(crate) fn told(&self, peer: PartyId, number: Number) {
        let mut all = self.mail();
        let Some(mail) = all.get_mut(&peer) else { return };
        if mail.told != number {
            mail.told = number;
            drop(all);
            self.changed();
        }
    }

    /// Whether nothing waits for anybody, and nobody waits for word.
    pub(crate) fn is_settled(&self) -> bool {
        self.mail().values().all(|mail| mail.waiting.is_empty() && mail.told >= mail.stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::party;

    #[test]
    fn messages_are_numbered_and_forgotten_when_delivered() {
        let (post, _arrivals) = Post::new([party(1), party(2)]);
        for byte in 0..3 {
            post.send(party(1), vec![byte]).unwrap();
        }
        let n = |sequence| Number { start: post.start, sequence };
        let numbers =
            |after| post.waiting(party(1), after).iter().map(|(n, _)| n.sequence).collect::<Vec<_>>();
        assert_eq!(numbers(Number::default()), [1, 2, 3]);
        assert_eq!(numbers(n(2)), [3]);
        post.delivered(party(1), n(2)).unwrap();
        assert_eq!(numbers(n(0)), [3]);
        assert!(!post.is_settled());
        assert!(post.delivered(party(1), n(4)).is_err(), "more than was sent");
        post.delivered(party(1), Number { start: post.start - 1, sequence: 9 }).unwrap();
        assert!(!post.is_settled(), "word about an earlier run");
        post.delivered(party(1), n(3)).unwrap();
        assert!(post.is_settled());
        assert!(post.send(party(9), vec![]).is_err());
        assert!(post.delivered(party(9), n(0)).is_err());
    }

    #[test]
    fn nothing_arrives_twice_or_out_of_order() {
        let (post, mut arrivals) = Post::new([party(1)]);
        let n = |start, sequence| Number { start, sequence };
        post.accept(party(1), n(7, 1), vec![1]).unwrap();
        post.accept(party(1), n(7, 1), vec![1]).unwrap();
        assert!(post.accept(party(1), n(7, 3), vec![3]).is_err());
        post.accept(party(1), n(7, 2), vec![2]).unwrap();
        assert!(post.accept(party(2), n(7, 1), vec![1]).is_err());
        assert_eq!(post.heard(party(1)), (n(7, 2), Number::default()));
        post.stored(party(1), 1);
        assert_eq!(post.heard(party(1)), (n(7, 2), n(7, 1)));
        assert!(!post.is_settled(), "the sender does not know");
        post.told(party(1), n(7, 1));
        assert!(post.is_settled());
        post.stored(party(1), 9);
        assert_eq!(post.heard(party(1)), (n(7, 2), n(7, 2)));
        assert_eq!(arrivals.try_recv().unwrap().1, [1]);
        assert_eq!(arrivals.try_recv().unwrap().1, [2]);
        assert!(arrivals.try_recv().is_err());
    }

    #[test]
    fn a_peer_that_started_anew_is_heard_from_its_first_message() {
        let (post, mut arrivals) = Post::new([party(1)]);
        let n = |start, sequence| Number { start, sequence };
        // This side was restarted: the peer goes on where the journal ends.
        post.accept(party(1), n(7, 5), vec![5]).unwrap();
        assert!(post.accept(party(1), n(7, 7), vec![7]).is_err());
        // Now the peer was.
        post.accept(party(1), n(8, 1), vec![1]).unwrap();
        post.accept(party(1), n(7, 6), vec![6]).unwrap();
        assert_eq!(arrivals.try_recv().unwrap().1, [5]);
        assert_eq!(arrivals.try_recv().unwrap().1, [1]);
        assert!(arrivals.try_recv().is_err());
    }
}
