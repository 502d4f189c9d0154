//! Messages, each signed by its sender.
//!
//! ```text
//! setup hash [32] | round u8 | sender u16 | receiver u16, 0 for all | length u32 | payload | signature [64]
//! 1 commit    hash of the opening [32] | key of the run, point [32] | its possession [64]
//! 2 open      nonce [32] | possession [64] | count u16 | points [32] each
//! 3 share     sealed scalar [32]
//! 4 complain  hash of all broadcasts [32] | count u16
//!             each: accused u16 | length u16, sealed share | its signature [64] | agreement [128]
//! 5 confirm   0, or 1 and for each party, round 1, 2 and 4: hash of the payload [32] | signature [64]
//! ```
use super::setup::Setup;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::mpc::identity::{IdentityKey, SIGNATURE_LEN, Signature};
use crate::party::PartyId;
use crate::transcript::{Digest, Transcript};

/// A round, by the message that it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Round {
    /// The hash of the commitment, and a key for the run. To all.
    Commit,
    /// The commitment. To all.
    Open,
    /// A share, sealed for its receiver.
    Share,
    /// The hash of all that was sent to all, and proofs about the shares that do not fit. To all.
    Complain,
    /// That everybody heard the same, or what this party heard, so that the one who told two stories is found. To all.
    Confirm,
}

impl Round {
    /// All rounds in order.
    pub const ALL: [Self; 5] = [Self::Commit, Self::Open, Self::Share, Self::Complain, Self::Confirm];

    fn code(self) -> u8 {
        self as u8 + 1
    }
}

/// A signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    setup: Digest,
    round: Round,
    sender: PartyId,
    receiver: Option<PartyId>,
    payload: Vec<u8>,
    signature: Signature,
}

const MAX_PAYLOAD: usize = 1 << 17;
/// Of a share: the accused's own words have to fit into a complaint.
const MAX_SHARE: usize = 64;

impl Message {
    pub(super) fn sign(
        setup: &Setup,
        round: Round,
        sender: PartyId,
        receiver: Option<PartyId>,
        payload: Vec<u8>,
        key: &IdentityKey,
    ) -> Self {
        let digest = digest(&setup.hash(), round, sender, receiver, &hash(&payload));
        Self { setup: setup.hash(), round, sender, receiver, payload, signature: key.sign(&digest) }
    }

    /// Checks everything that does not depend on the payload.
    ///
    /// # Errors
    /// `ParamsMismatch` for another run, round, sender or receiver; `VerificationFailed` for a wrong signature, naming
    /// nobody, since it may be the transport's doing.
    pub(super) fn check(&self, setup: &Setup, round: Round, from: PartyId, me: PartyId) -> Result<()> {
        let receiver = if round == Round::Share { Some(me) } else { None };
        let expected = (setup.hash(), round, from, receiver);
        if (self.setup, self.round, self.sender, self.receiver) != expected {
            let what = "message: of another run, round, sender or receiver";
            return Err(Error::new(ErrorKind::ParamsMismatch, what));
        }
        verify(setup, round, (from, receiver), &hash(&self.payload), &self.signature)
    }

    /// What passes it on in short.
    pub(super) fn entry(&self) -> Entry {
        Entry { hash: hash(&self.payload), signature: self.signature }
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Which round sent it.
    pub fn round(&self) -> Round {
        self.round
    }

    /// Who signed it.
    pub fn sender(&self) -> PartyId {
        self.sender
    }

    /// Who gets it; `None` for all.
    pub fn receiver(&self) -> Option<PartyId> {
        self.receiver
    }
}

/// A message in short: the hash of its payload, and what its sender signed. With round, sender and receiver it proves that
/// the sender said this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) hash: Digest,
    pub(super) signature: Signature,
}

impl Entry {
    pub(super) const LEN: usize = 32 + SIGNATURE_LEN;

    /// The entry of a message whose payload is at hand.
    pub(super) fn of(payload: &[u8], signature: Signature) -> Self {
        Self { hash: hash(payload), signature }
    }

    /// Whether the sender signed this.
    pub(super) fn holds(&self, setup: &Setup, round: Round, from: PartyId, to: Option<PartyId>) -> bool {
        verify(setup, round, (from, to), &self.hash, &self.signature).is_ok()
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.hash).bytes(&self.signature.0);
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self { hash: body.array("entry: hash")?, signature: Signature(body.array("entry: signature")?) })
    }
}

fn verify(
    setup: &Setup,
    round: Round,
    (from, to): (PartyId, Option<PartyId>),
    hash: &Digest,
    signature: &Signature,
) -> Result<()> {
    setup.identity(from)?.verify(&digest(&setup.hash(), round, from, to, hash), signature)
}

fn hash(payload: &[u8]) -> Digest {
    Transcript::new("veilkit v1 dkg payload").append("payload", payload).digest()
}

fn digest(setup: &Digest, round: Round, sender: PartyId, receiver: Option<PartyId>, hash: &Digest) -> Digest {
    let mut transcript = Transcript::new("veilkit v1 dkg message");
    transcript
        .append("setup", setup)
        .append_u64("round", round.code().into())
        .append_u64("sender", sender.get().into())
        .append_u64("receiver", receiver.map_or(0, |party| party.get().into()))
        .append("payload hash", hash);
    transcript.digest()
}

impl Encode for Message {
    const KIND: Kind = Kind::DkgMessage;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        32 + 1 + 2 + 2 + 4 + self.payload.len() + SIGNATURE_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.setup).u8(self.round.code()).u16(self.sender.get());
        out.u16(self.receiver.map_or(0, PartyId::get)).len(self.payload.len());
        out.bytes(&self.payload).bytes(&self.signature.0);
    }
}

impl Decode for Message {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let setup = body.array("message: setup")?;
        let code = body.u8("message: round")?;
        let round = Round::ALL.into_iter().find(|round| round.code() == code);
        let round = round.ok_or(Error::new(ErrorKind::InvalidEncoding, "message: round"))?;
        let party = |number| PartyId::new(number);
        let sender = party(body.u16("message: sender")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "message: sender"))?;
        let receiver = party(body.u16("message: receiver")?).ok();
        let len = body.count(1, "message: length")?;
        if len > if round == Round::Share { MAX_SHARE } else { MAX_PAYLOAD } {
            return Err(Error::new(ErrorKind::InvalidEncoding, "message: length"));
        }
        let payload = body.bytes(len, "message: payload")?.to_vec();
        let signature = Signature(body.array("message: signature")?);
        Ok(Self { setup, round, sender, receiver, payload, signature })
    }
}
