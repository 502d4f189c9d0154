//! What happens to a frame that arrives.
use rand_core::CryptoRng;

use super::{
    frame::{Address, Frame, FrameKind, PREFIX_LEN, check},
    handshake::{self, Hello},
    inquiry::{self, Answer},
    keys::TAG_LEN,
    mailbox::{Asked, Mailbox, Phase},
};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    mpc::outbox::{Destination, Outgoing},
    party::PartyId,
};

impl Mailbox {
    /// Takes a frame that arrived.
    ///
    /// # Errors
    /// As [`Session::step`](super::Session::step).
    pub(super) fn take(&mut self, from: PartyId, bytes: &[u8]) -> Result<()> {
        let (address, content) = Frame::parse(bytes)?;
        let position = check(&self.setup, self.me(), from, &address)?;
        match address.kind {
            FrameKind::Hello => self.take_hello(position, content),
            // Who was restarted before the keys, and is sent messages already, takes up an old backup: the answers will say so.
            FrameKind::Message if self.keys.is_empty() && self.asked.is_some() => Ok(()),
            FrameKind::Echo | FrameKind::Message if self.keys.is_empty() => {
                self.keep_sealed(position, from, bytes)
            }
            FrameKind::Echo | FrameKind::Message => self.open(position, &address, content),
            FrameKind::Query => self.answer(position, content),
            FrameKind::Answer => self.take_answer(position, content),
        }
    }

    /// Takes a frame after the end: questions are answered, everything else comes too late to matter.
    pub(super) fn take_late(&mut self, from: PartyId, bytes: &[u8]) {
        let Ok((address, content)) = Frame::parse(bytes) else { return };
        let Ok(position) = check(&self.setup, self.me(), from, &address) else { return };
        if address.kind == FrameKind::Query {
            // A question that does not hold gets no answer.
            let _ = self.answer(position, content);
        }
    }

    fn take_hello(&mut self, from: usize, content: &[u8]) -> Result<()> {
        let hello = Hello::from_content(content)?;
        if self.hellos[from].as_ref() == Some(&hello) {
            return Ok(());
        }
        hello.verify(&self.setup, self.setup.parties()[from])?;
        if self.hellos[from].is_some() {
            return Err(self.cheat("hello: a party said two different ones", from));
        }
        self.hellos[from] = Some(hello);
        self.heed(from, 0, PREFIX_LEN + content.len());
        Ok(())
    }

    fn open(&mut self, from: usize, address: &Address, content: &[u8]) -> Result<()> {
        let keys = &self.pair(from).incoming;
        let key = if address.kind == FrameKind::Echo { &keys.echo } else { &keys.message };
        let tag = content.last_chunk::<TAG_LEN>();
        let known = self.tags[from].get(&address.round);
        if known.is_some() && known == tag {
            return Ok(()); // once more what came already
        }
        let opened = key.open(address, content)?;
        if known.is_some() {
            return Err(self.cheat("two different messages in one round", from));
        }
        let passed = address.round < self.round || (address.round == self.round && !self.waits);
        if address.kind == FrameKind::Message && self.phase == Phase::Running && passed {
            return Err(self.cheat("a message where the protocol has none", from));
        }
        self.tags[from].extend(tag.map(|tag| (address.round, *tag)));
        self.heed(from, address.round, PREFIX_LEN + content.len());
        if address.kind == FrameKind::Message {
            return self.keep_message(address.round, from, opened);
        }
        let mine: Vec<Hello> = self.hellos.iter().flatten().cloned().collect();
        handshake::compare(&self.setup, &mine, self.setup.parties()[from], &opened)?;
        self.echoed[from] = true;
        Ok(())
    }

    /// Notes that the party at `from` spoke in `round`.
    fn heed(&mut self, from: usize, round: u32, bytes: usize) {
        self.heard[from] = self.heard[from].max(round.saturating_add(1));
        self.retained.spoke(from, round);
        self.traffic.received_bytes += bytes as u64;
    }

    fn answer(&mut self, to: usize, content: &[u8]) -> Result<()> {
        let party = self.setup.parties()[to];
        let nonce = inquiry::read_query(&self.setup, party, content)?;
        let round = if self.phase == Phase::Done { u32::MAX } else { self.round };
        let answer = Answer { nonce, heard: self.heard[to], round };
        let address = Address { round: 0, ..self.address(FrameKind::Answer, to) };
        let content = answer.sign(&self.setup, self.me(), party, &self.identity);
        let bytes = core::mem::take(&mut *Frame { address, content }.to_bytes());
        self.outgoing.push(Outgoing { to: Destination::One(party), bytes });
        // Whoever asks was restarted, and may have lost my own question too.
        let again = self.unheard(to).into_iter();
        self.outgoing.extend(again.map(|bytes| Outgoing { to: Destination::One(party), bytes }));
        Ok(())
    }

    /// What the party at `to` may not have: my question, if it has not answered it, and what was kept.
    pub(super) fn unheard(&self, to: usize) -> Vec<Vec<u8>> {
        let asked = self.asked.iter().filter(|asked| asked.answers[to].is_none());
        let question = asked.map(|asked| asked.frame.clone());
        question.chain(self.retained.since(to, 0).map(<[u8]>::to_vec)).collect()
    }

    /// Sends again what the party at `to` may not have, from `round` on.
    pub(super) fn repeat(&mut self, to: usize, round: u32) {
        let party = self.setup.parties()[to];
        let again = self.retained.since(to, round);
        self.outgoing
            .extend(again.map(|frame| Outgoing { to: Destination::One(party), bytes: frame.to_vec() }));
    }

    fn take_answer(&mut self, from: usize, content: &[u8]) -> Result<()> {
        let (me, party) = (self.me(), self.setup.parties()[from]);
        let Some(asked) = &mut self.asked else { return Ok(()) };
        let Some(answer) = Answer::read(&self.setup, me, party, &asked.nonce, content)? else {
            return Ok(());
        };
        if answer.heard > self.sent[from] {
            return Err(Error::new(
                ErrorKind::SessionPoisoned,
                "resume: the journal is older than what was said",
            ));
        }
        asked.answers[from] = Some(answer);
        Ok(())
    }

    /// Asks everybody how far it heard me.
    pub(super) fn ask(&mut self, rng: &mut impl CryptoRng) -> Vec<Outgoing> {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let content = inquiry::query(&self.setup, self.me(), &self.identity, &nonce);
        let address = Address {
            setup: *self.setup.hash(),
            kind: FrameKind::Query,
            sender: self.me(),
            receiver: None,
            round: 0,
        };
        let frame = core::mem::take(&mut *Frame { address, content }.to_bytes());
        let answers = vec![None; self.setup.parties().len()];
        self.asked = Some(Asked { nonce, frame: frame.clone(), answers });
        vec![Outgoing { to: Destination::All, bytes: frame }]
    }

    /// Whether everybody has answered.
    pub(super) fn is_answered(&self) -> bool {
        self.asked.is_some() && self.missing().next().is_none()
    }

    /// Sends again what each party has not heard by its own answer, and is done with the question.
    pub(super) fn repeat_unheard(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        for (to, answer) in asked.answers.into_iter().enumerate() {
            if let Some(answer) = answer {
                self.repeat(to, answer.round);
            }
        }
    }

    /// Sends again whatever anybody may not have.
    pub(super) fn repeat_all(&mut self) -> Vec<Outgoing> {
        self.others().for_each(|to| self.repeat(to, 0));
        core::mem::take(&mut self.outgoing)
    }
}
