//! What is on the wire: who says what to whom, in which round of which session.
use super::setup::{Setup, params_id};
use crate::{
    codec::{self, Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
    transcript::Digest,
};

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// A signed fresh key, in the clear, for everybody.
    Hello = 0,
    /// All hellos as the sender heard them, sealed.
    Echo = 1,
    /// A message of the protocol, sealed.
    Message = 2,
    /// A party that was restarted asks how far it was heard; signed.
    Query = 3,
    /// The answer, signed.
    Answer = 4,
}

impl FrameKind {
    const ALL: [Self; 5] = [Self::Hello, Self::Echo, Self::Message, Self::Query, Self::Answer];
}

/// The bytes before a frame's content.
pub const PREFIX_LEN: usize = HEADER_LEN + 45;

/// Everything about a frame that a relay may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The hash of the session's setup.
    pub setup: Digest,
    /// What the frame carries.
    pub kind: FrameKind,
    /// Who sends it.
    pub sender: PartyId,
    /// Who gets it; `None`: everybody.
    pub receiver: Option<PartyId>,
    /// The round of the session, from 0.
    pub round: u32,
}

impl Address {
    /// The encoding of a frame up to its content of `len` bytes. It is what a sealed content is bound to.
    ///
    /// # Errors
    /// `OutOfRange` for a content of 2^32 bytes and more.
    pub(super) fn prefix(&self, len: usize) -> Result<[u8; PREFIX_LEN]> {
        let len = u32::try_from(len)
            .map_err(|_| Error::new(ErrorKind::OutOfRange, "message: 2^32 bytes and more"))?;
        let mut prefix = [0; PREFIX_LEN];
        prefix.copy_from_slice(&Frame { address: *self, content: Vec::new() }.to_bytes());
        prefix[PREFIX_LEN - 4..].copy_from_slice(&len.to_le_bytes());
        Ok(prefix)
    }
}

/// A message as a transport carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who says it to whom, and where in the session.
    pub address: Address,
    /// What is said: mostly sealed.
    pub content: Vec<u8>,
}

impl Frame {
    /// Reads a frame without copying its content.
    ///
    /// # Errors
    /// `InvalidEncoding`, `UnsupportedVersion`, `TrailingBytes`, `ParamsMismatch`.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Address, &[u8])> {
        let (kind, found_id, mut body) = codec::open(bytes)?;
        if kind != Self::KIND as u16 {
            return Err(Error::new(ErrorKind::InvalidEncoding, "frame: another kind of object"));
        }
        let address = Address::read(&mut body)?;
        if params_id(&address.setup) != found_id {
            return Err(Error::new(ErrorKind::ParamsMismatch, "frame: params id"));
        }
        let len = body.count(1, "frame: length")?;
        let content = body.bytes(len, "frame: content")?;
        body.finish()?;
        Ok((address, content))
    }
}

impl Address {
    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let setup = body.array("frame: setup")?;
        let kind = usize::from(body.u8("frame: kind")?);
        let kind = *FrameKind::ALL.get(kind).ok_or(Error::new(ErrorKind::InvalidEncoding, "frame: kind"))?;
        let sender = PartyId::new(body.u16("frame: sender")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "frame: sender is zero"))?;
        let receiver = PartyId::new(body.u16("frame: receiver")?).ok();
        Ok(Self { setup, kind, sender, receiver, round: body.u32("frame: round")? })
    }
}

/// `setup [32] | kind u8 | sender u16 | receiver u16, 0 for everybody | round u32 | length u32 | content`
impl Encode for Frame {
    const KIND: Kind = Kind::MpcFrame;

    fn params_id(&self) -> u32 {
        params_id(&self.address.setup)
    }

    fn body_len(&self) -> usize {
        PREFIX_LEN - HEADER_LEN + self.content.len()
    }

    fn write_body(&self, out: &mut Writer) {
        let Address { setup, kind, sender, receiver, round } = &self.address;
        out.bytes(setup).u8(*kind as u8).u16(sender.get()).u16(receiver.map_or(0, PartyId::get));
        out.u32(*round).len(self.content.len()).bytes(&self.content);
    }
}

impl Decode for Frame {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let address = Address::read(body)?;
        let len = body.count(1, "frame: length")?;
        Ok(Self { address, content: body.bytes(len, "frame: content")?.to_vec() })
    }
}

/// Checks that a frame belongs to this session, comes from whom the transport says, is for me, and is what its kind may be.
/// Gives the sender's position.
///
/// # Errors
/// `DuplicateParty` for my own, `UnknownParty` for one outside the session, naming it; `ParamsMismatch` for another session,
/// sender or receiver; `InvalidEncoding` for a kind with a round or receiver that it never has.
pub(super) fn check(setup: &Setup, me: PartyId, from: PartyId, address: &Address) -> Result<usize> {
    let mismatch = |what| Err(Error::new(ErrorKind::ParamsMismatch, what));
    if from == me {
        return Err(Error::new(ErrorKind::DuplicateParty, "incoming: a party's own message"));
    }
    let Some(position) = setup.position(from) else {
        return Err(Error::new(ErrorKind::UnknownParty, "incoming: not in the session").blame(from));
    };
    if address.setup != *setup.hash() {
        return mismatch("frame: another session");
    }
    if address.sender != from {
        return mismatch("frame: another sender");
    }
    if address.receiver.is_some_and(|receiver| receiver != me) {
        return mismatch("frame: another receiver");
    }
    let public = matches!(address.kind, FrameKind::Hello | FrameKind::Query);
    let in_round = match address.kind {
        FrameKind::Hello | FrameKind::Query | FrameKind::Answer => address.round == 0,
        FrameKind::Echo => address.round == 1,
        FrameKind::Message => address.round >= 2,
    };
    if public != address.receiver.is_none() || !in_round {
        return Err(Error::new(ErrorKind::InvalidEncoding, "frame: round or receiver"));
    }
    Ok(position)
}
