//! What both boxes do with messages and common randomness: dealing, resharing, opening.
//!
//! Positions are on a circle. A value has three summands, numbered as positions; the party at position i holds number i and
//! number i + 1, so each summand is known to two parties, and these two have a common stream.
use core::ops::Range;

use zeroize::Zeroizing;

use super::{
    pair::Pair,
    word::{Word, from_bytes, into_buffer},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::session::Channel,
    ring::Xof,
    secret::Secret,
};

/// How many parties there are.
pub(super) const PARTIES: usize = 3;
/// Words that are drawn at once from a stream.
const CHUNK: usize = 1024;

/// A party's place on the circle, with a stream in common with each neighbour.
pub(super) struct Link {
    pub(super) channel: Channel,
    pub(super) me: usize,
    /// The stream for the summand in common with the party before.
    mine: Xof,
    /// The stream for the summand in common with the party after.
    next: Xof,
    /// What was last drawn from both.
    drawn: Secret<[[u64; CHUNK]; 2]>,
}

impl Link {
    /// # Errors
    /// `InvalidParams` unless there are three parties.
    pub(super) fn new(channel: Channel) -> Result<Self> {
        if channel.parties() != PARTIES {
            return Err(Error::new(ErrorKind::InvalidParams, "replicated: three parties"));
        }
        let me = channel.me();
        let stream = |peer| Xof::new(&channel.pairwise_key(peer, "replicated: summands"), 0);
        let (mine, next) = (stream(before(me)), stream(after(me)));
        Ok(Self { channel, me, mine, next, drawn: Secret::init_with(|| [[0; CHUNK]; 2]) })
    }

    /// One round in which everyone may send to the party before and to the party after; `None` where nobody on that side of the
    /// circle sends. Gives what came from the party before and from the party after.
    pub(super) async fn pass(
        &mut self,
        label: &'static str,
        to_before: Option<Vec<u8>>,
        to_after: Option<Vec<u8>>,
    ) -> Result<(Message, Message)> {
        let (from_after, from_before) = (to_before.is_some(), to_after.is_some());
        self.pass_from(label, to_before, to_after, from_before, from_after).await
    }

    /// As [`pass`](Self::pass), where it is said who sends.
    pub(super) async fn pass_from(
        &mut self,
        label: &'static str,
        to_before: Option<Vec<u8>>,
        to_after: Option<Vec<u8>>,
        from_before: bool,
        from_after: bool,
    ) -> Result<(Message, Message)> {
        let (before, after) = (before(self.me), after(self.me));
        let (mut outgoing, mut from) = (vec![None, None, None], [false; PARTIES]);
        outgoing[before] = to_before;
        outgoing[after] = to_after;
        from[before] = from_before;
        from[after] = from_after;
        let mut came = self.channel.exchange(label, outgoing, &from).await?;
        let mut take =
            |position: usize| Message { bytes: came[position].take().unwrap_or_default(), from: position };
        Ok((take(before), take(after)))
    }

    /// The error for a message that no honest party sends.
    pub(super) fn cheat(&self, what: &'static str, position: usize) -> Error {
        self.channel.cheat(what, position)
    }

    /// A message of these elements.
    pub(super) fn message<W: Word>(&self, words: impl ExactSizeIterator<Item = W>) -> Vec<u8> {
        into_buffer(self.channel.buffer(words.len() * W::BYTES), words)
    }

    /// The elements of a message.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the sender, for another number of them.
    pub(super) fn words<'a, W: Word>(
        &self,
        message: &'a Message,
        count: usize,
    ) -> Result<impl ExactSizeIterator<Item = W> + use<'a, W>> {
        from_bytes(&message.bytes, count)
            .map_err(|_| self.cheat("replicated: length of a message", message.from))
    }

    /// Hands random elements for both summands to `each`, so many as `out` has places.
    pub(super) fn draw<W: Word, T>(&mut self, out: &mut [T], mut each: impl FnMut(&mut T, W, W)) {
        // EXPOSE: filled from the streams and handed on.
        let [mine, next] = self.drawn.expose_secret_mut();
        for part in out.chunks_mut(CHUNK / W::LIMBS) {
            let drawn = part.len() * W::LIMBS;
            self.mine.fill(&mut mine[..drawn]);
            self.next.fill(&mut next[..drawn]);
            let both = mine.chunks_exact(W::LIMBS).zip(next.chunks_exact(W::LIMBS));
            for (place, (mine, next)) in part.iter_mut().zip(both) {
                each(place, W::from_limbs(mine), W::from_limbs(next));
            }
        }
    }

    /// Random elements of one stream: of the summand `slot`, which this party holds.
    fn draw_slot<W: Word, T>(&mut self, slot: usize, out: &mut [T], mut each: impl FnMut(&mut T, W)) {
        let stream = if slot == self.me { &mut self.mine } else { &mut self.next };
        // EXPOSE: filled from the stream and handed on.
        let [words, _] = self.drawn.expose_secret_mut();
        for part in out.chunks_mut(CHUNK / W::LIMBS) {
            let drawn = part.len() * W::LIMBS;
            stream.fill(&mut words[..drawn]);
            for (place, limbs) in part.iter_mut().zip(words.chunks_exact(W::LIMBS)) {
                each(place, W::from_limbs(limbs));
            }
        }
    }

    /// Shares of uniformly random values that nobody knows. No message.
    pub(super) fn random<W: Word>(&mut self, len: usize) -> Vec<Pair<W>> {
        let mut shares = vec![Pair::default(); len];
        self.draw(&mut shares, |share, mine, next| *share = Pair { mine, next });
        shares
    }

    /// From summands that each party has alone to shares: masks them with shares of zero, and tells the party before.
    pub(super) async fn reshare<W: Word>(
        &mut self,
        label: &'static str,
        summands: &[W],
    ) -> Result<Vec<Pair<W>>> {
        self.reshare_each(label, summands.len(), |part, out| out.copy_from_slice(&summands[part])).await
    }

    /// As [`reshare`](Self::reshare), with summands that `own` computes some at a time, so that they pass through the cache once.
    pub(super) async fn reshare_each<W: Word>(
        &mut self,
        label: &'static str,
        len: usize,
        own: impl FnMut(Range<usize>, &mut [W]),
    ) -> Result<Vec<Pair<W>>> {
        let (shares, message) = self.masked(len, own, |_, _, _| ());
        self.complete(label, shares, message).await
    }

    /// Masked summands and the message about them; `masks` sees the masks as they are drawn, by their places.
    pub(super) fn masked<W: Word>(
        &mut self,
        len: usize,
        mut own: impl FnMut(Range<usize>, &mut [W]),
        mut masks: impl FnMut(usize, W, W),
    ) -> (Vec<Pair<W>>, Vec<u8>) {
        const PART: usize = 256;
        let mut shares = Vec::with_capacity(len);
        let mut message = self.channel.buffer(len * W::BYTES);
        let mut summands = Zeroizing::new([W::default(); PART]);
        for start in (0..len).step_by(PART) {
            let part = start..len.min(start + PART);
            let summands = &mut summands[..part.len()];
            own(part.clone(), summands);
            let mut place = start;
            self.draw(summands, |summand, mine, next| {
                *summand = *summand + mine - next;
                masks(place, mine, next);
                place += 1;
            });
            message.resize(part.end * W::BYTES, 0);
            for (out, summand) in message[start * W::BYTES..].chunks_exact_mut(W::BYTES).zip(&*summands) {
                summand.write(out);
            }
            shares.extend(summands.iter().map(|summand| Pair::own(*summand)));
        }
        (shares, message)
    }

    /// Tells the party before the own summands of shares, and takes the other ones from the party after.
    pub(super) async fn complete<W: Word>(
        &mut self,
        label: &'static str,
        mut shares: Vec<Pair<W>>,
        message: Vec<u8>,
    ) -> Result<Vec<Pair<W>>> {
        let (_, from_after) = self.pass(label, Some(message), None).await?;
        let words = self.words(&from_after, shares.len())?;
        for (share, next) in shares.iter_mut().zip(words) {
            share.next = next;
        }
        Ok(shares)
    }

    /// Every party deals values that it knows, `lengths[d]` by the party at position d. One round, or none.
    ///
    /// The dealer d keeps random summands d, which the party before it draws as well, sends the rest as summands d + 1, and the
    /// third summands are zero: no party but the dealer sees more than one that is random. What a cheating dealer sends is a
    /// value too.
    pub(super) async fn deal<W: Word>(
        &mut self,
        label: &'static str,
        mine: &[W],
        lengths: [usize; PARTIES],
    ) -> Result<[Vec<Pair<W>>; PARTIES]> {
        let (me, before, after) = (self.me, before(self.me), after(self.me));
        let mut dealt = lengths.map(|length| vec![Pair::default(); length]);
        // In the order of the summands of this party, as the other holder draws them.
        for (share, value) in dealt[me].iter_mut().zip(mine) {
            share.next = *value;
        }
        self.draw_slot(me, &mut dealt[me], |share, random: W| {
            *share = Pair { mine: random, next: share.next - random };
        });
        self.draw_slot(after, &mut dealt[after], |share, random| share.next = random);
        if lengths == [0; PARTIES] {
            return Ok(dealt);
        }
        let message = (lengths[me] > 0).then(|| self.message(dealt[me].iter().map(|share| share.next)));
        let (from_before, _) = self.pass_from(label, None, message, lengths[before] > 0, false).await?;
        if lengths[before] > 0 {
            for (share, value) in dealt[before].iter_mut().zip(self.words(&from_before, lengths[before])?) {
                share.mine = value;
            }
        }
        Ok(dealt)
    }
}

/// A message and who sent it.
pub(super) struct Message {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) from: usize,
}

/// The position before another one on the circle.
pub(super) fn before(position: usize) -> usize {
    (position + 2) % PARTIES
}

/// The position after another one on the circle.
pub(super) fn after(position: usize) -> usize {
    (position + 1) % PARTIES
}
