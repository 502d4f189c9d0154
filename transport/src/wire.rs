//! The frames of both transports. Integers are little-endian.
//!
//! ```text
//! challenge 1 | version u8 | nonce [32]                                       relay -> party, once
//! join      2 | session [32] | me u16 | signature [64] | count u8, each: number u16, identity [32]
//! hello     3 | version u8 | room [32] | from u16 | to u16                     party -> party over TCP, once
//! held      4 | peer u16 | start u64, sequence u64       send what follows this for the peer
//! message   5 | peer u16 | start u64, sequence u64 | payload
//! received  6 | peer u16 | start u64, sequence u64       up to here it is safe with its receiver
//! refused   7 | reason, UTF-8, at most 200 bytes
//! ```
//! Messages from one party to another are numbered from 1, anew whenever the sender's program starts: `start` is when it did, in
//! nanoseconds. `peer` is the receiver on the way to a relay and the sender on the way from it;
//! where there is no relay, it is whose frame this is.
use veilkit::{
    mpc::{
        Identity, Signature,
        identity::{IDENTITY_LEN, SIGNATURE_LEN},
        secure_sum::SessionId,
    },
    party::PartyId,
};

use crate::error::{Error, Result};

/// The most bytes of one message of a session.
pub const MAX_PAYLOAD: usize = 1 << 28;
/// The most bytes of a frame.
pub(crate) const MAX_FRAME: usize = MAX_PAYLOAD + 32;
pub(crate) const NONCE_LEN: usize = 32;
const VERSION: u8 = 1;
const MAX_REASON: usize = 200;

/// Where the parties of one session meet: a hash of the session's number and everybody's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    session: SessionId,
    parties: Vec<(PartyId, Identity)>,
    id: [u8; 32],
}

impl Room {
    /// The room of a session.
    ///
    /// # Errors
    /// `Options` unless there are 2 to 255 parties, each number once.
    pub fn new(session: SessionId, mut parties: Vec<(PartyId, Identity)>) -> Result<Self> {
        parties.sort_by_key(|(party, _)| *party);
        if !(2..=255).contains(&parties.len()) || parties.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::Options("room: from 2 to 255 parties, each number once"));
        }
        let id = session.room(&parties);
        Ok(Self { session, parties, id })
    }

    /// The hash.
    pub fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// Everybody, ascending.
    pub fn parties(&self) -> impl ExactSizeIterator<Item = PartyId> + '_ {
        self.parties.iter().map(|(party, _)| *party)
    }

    pub(crate) fn identity(&self, party: PartyId) -> Option<&Identity> {
        self.parties.binary_search_by_key(&party, |(party, _)| *party).ok().map(|at| &self.parties[at].1)
    }

    /// What a party signs to be let in.
    pub(crate) fn statement(&self, me: PartyId, nonce: &[u8; NONCE_LEN]) -> Vec<u8> {
        [nonce.as_slice(), &self.id, &me.get().to_le_bytes()].concat()
    }

    /// The purpose that the signature is for.
    pub(crate) const JOIN: &'static [u8] = b"veilkit v1 relay join";
}

/// Which message of a party to another: in the order in which they are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    /// When the sender's program started.
    pub(crate) start: u64,
    /// Its messages since then; 0 for none.
    pub(crate) sequence: u64,
}

/// A message from or to a peer, or word about one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Challenge([u8; NONCE_LEN]),
    Join { room: Room, me: PartyId, signature: Signature },
    Hello { room: [u8; 32], from: PartyId, to: PartyId },
    Held { peer: PartyId, number: Number },
    Message { peer: PartyId, number: Number, payload: Vec<u8> },
    Received { peer: PartyId, number: Number },
    Refused(String),
}

impl Frame {
    pub(crate) fn message(peer: PartyId, number: Number, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(19 + payload.len());
        out.push(5);
        out.extend_from_slice(&peer.get().to_le_bytes());
        out.extend_from_slice(&number.start.to_le_bytes());
        out.extend_from_slice(&number.sequence.to_le_bytes());
        out.extend_from_slice(payload);
        out
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let word = |tag: u8, peer: &PartyId, number: &Number| {
            let mut word = Self::message(*peer, *number, &[]);
            word[0] = tag;
            word
        };
        match self {
            Self::Challenge(nonce) => [&[1, VERSION], nonce.as_slice()].concat(),
            Self::Join { room, me, signature } => {
                let mut out = vec![2];
                out.extend_from_slice(&room.session.0);
                out.extend_from_slice(&me.get().to_le_bytes());
                out.extend_from_slice(&signature.to_bytes());
                out.push(u8::try_from(room.parties.len()).expect("checked: at most 255"));
                for (party, identity) in &room.parties {
                    out.extend_from_slice(&party.get().to_le_bytes());
                    out.extend_from_slice(&identity.to_bytes());
                }
                out
            }
            Self::Hello { room, from, to } => {
                [&[3, VERSION], room.as_slice(), &from.get().to_le_bytes(), &to.get().to_le_bytes()].concat()
            }
            Self::Held { peer, number } => word(4, peer, number),
            Self::Message { peer, number, payload } => Self::message(*peer, *number, payload),
            Self::Received { peer, number } => word(6, peer, number),
            Self::Refused(reason) => [&[7], reason.as_bytes()].concat(),
        }
    }

    /// Reads a frame; total on all bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut rest = Rest(bytes);
        let frame = match rest.array::<1>()? {
            [1] => {
                rest.version()?;
                Self::Challenge(rest.array()?)
            }
            [2] => rest.join()?,
            [3] => {
                rest.version()?;
                Self::Hello { room: rest.array()?, from: rest.party()?, to: rest.party()? }
            }
            [4] => Self::Held { peer: rest.party()?, number: rest.number()? },
            [5] => Self::Message { peer: rest.party()?, number: rest.number()?, payload: rest.all() },
            [6] => Self::Received { peer: rest.party()?, number: rest.number()? },
            [7] => {
                let reason = rest.all();
                let text = String::from_utf8(reason).ok().filter(|text| text.len() <= MAX_REASON);
                Self::Refused(text.ok_or(Error::Unexpected("a reason that is no short text"))?)
            }
            _ => return Err(Error::Unexpected("a frame of an unknown kind")),
        };
        match rest.0.is_empty() {
            true => Ok(frame),
            false => Err(Error::Unexpected("a frame with bytes left over")),
        }
    }
}

/// What is left of a frame.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Error::Unexpected("a frame that is cut off"))?;
        self.0 = tail;
        Ok(*head)
    }

    fn all(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.0).to_vec()
    }

    fn version(&mut self) -> Result<()> {
        match self.array()? {
            [VERSION] => Ok(()),
            _ => Err(Error::Unexpected("another version of this transport")),
        }
    }

    fn party(&mut self) -> Result<PartyId> {
        PartyId::new(u16::from_le_bytes(self.array()?)).map_err(|_| Error::Unexpected("party number zero"))
    }

    fn number(&mut self) -> Result<Number> {
        let mut word = || self.array().map(u64::from_le_bytes);
        Ok(Number { start: word()?, sequence: word()? })
    }

    fn join(&mut self) -> Result<Frame> {
        let session = SessionId(self.array()?);
        let me = self.party()?;
        let signature = Signature::from_bytes(self.array::<SIGNATURE_LEN>()?);
        let [count] = self.array()?;
        let party = |rest: &mut Self| {
            let number = rest.party()?;
            let identity = Identity::from_bytes(&rest.array::<IDENTITY_LEN>()?)
                .map_err(|_| Error::Unexpected("an identity that is no key"))?;
            Ok((number, identity))
        };
        let parties = (0..count).map(|_| party(self)).collect::<Result<Vec<_>>>()?;
        let room = Room::new(session, parties).map_err(|_| Error::Unexpected("a room for nobody"))?;
        Ok(Frame::Join { room, me, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{keys, party, room};

    fn every_kind() -> Vec<Frame> {
        let (peer, number) = (party(300), Number { start: 1 << 60, sequence: 1 << 40 });
        let signature = keys(3)[0].sign_message(Room::JOIN, b"statement");
        vec![
            Frame::Challenge([7; 32]),
            Frame::Join { room: room(3), me: party(2), signature },
            Frame::Hello { room: *room(3).id(), from: party(2), to: party(1) },
            Frame::Held { peer, number },
            Frame::Message { peer, number, payload: vec![1, 2, 3] },
            Frame::Message { peer, number, payload: Vec::new() },
            Frame::Received { peer, number },
            Frame::Refused("full".into()),
        ]
    }

    #[test]
    fn frames_survive_their_bytes() {
        for frame in every_kind() {
            assert_eq!(Frame::from_bytes(&frame.to_bytes()).unwrap(), frame);
        }
    }

    #[test]
    fn cut_off_and_extended_frames_are_refused() {
        for frame in every_kind() {
            let bytes = frame.to_bytes();
            if !matches!(frame, Frame::Message { .. } | Frame::Refused(_)) {
                assert!((0..bytes.len()).all(|len| Frame::from_bytes(&bytes[..len]).is_err()), "{frame:?}");
                assert!(Frame::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err(), "{frame:?}");
            }
        }
        for refused in [&[][..], &[0], &[8, 1], &[3, 2], &[4; 18], &[7, 0xff]] {
            assert!(Frame::from_bytes(refused).is_err(), "{refused:?}");
        }
        assert!(Frame::from_bytes(&[&[7][..], &[b'x'; MAX_REASON + 1]].concat()).is_err());
    }

    #[test]
    fn rooms_differ_by_session_and_by_identity() {
        let parties: Vec<_> = room(3).parties.clone();
        let other_session = Room::new(SessionId([9; 32]), parties.clone()).unwrap();
        let mut swapped = parties.clone();
        (swapped[0].1, swapped[1].1) = (parties[1].1, parties[0].1);
        let other_parties = Room::new(SessionId([1; 32]), swapped).unwrap();
        let mut ids = vec![*room(3).id(), *other_session.id(), *other_parties.id(), *room(2).id()];
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert!(Room::new(SessionId([1; 32]), parties[..1].to_vec()).is_err());
        assert!(Room::new(SessionId([1; 32]), vec![parties[0], parties[0]]).is_err());
    }
}
