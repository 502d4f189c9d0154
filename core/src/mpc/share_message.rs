//! The messages of [`resharing`](super::resharing) and [`repair`](super::repair): signed, bound to a plan and a round.
//!
//! All of them may be broadcast: what is for one receiver is sealed to it inside.
use super::identity::{IdentityKey, SIGNATURE_LEN, Signature};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::{Culprits, PartyId},
    transcript::{Digest, Transcript},
};

mod dispute;
mod heard;
mod sealed_row;

pub(super) use dispute::{Case, Dispute};
pub(super) use heard::Heard;
pub(super) use sealed_row::{Dealt, Openings, Place, fits, sealed_row_len};

/// A signed message. The transport sees who sends what in which round, and nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareMessage {
    pub(super) plan: Digest,
    pub(super) round: u8,
    pub(super) sender: PartyId,
    pub(super) body: Vec<u8>,
    pub(super) signature: Signature,
}

impl ShareMessage {
    /// The hash of the plan that the message belongs to.
    pub fn plan_hash(&self) -> &Digest {
        &self.plan
    }

    /// The number of the round, from 1.
    pub fn round(&self) -> u8 {
        self.round
    }

    /// The number in the plan of the one who claims to have sent it.
    pub fn sender(&self) -> PartyId {
        self.sender
    }

    pub(super) fn sign(plan: &Digest, round: u8, sender: PartyId, body: Vec<u8>, key: &IdentityKey) -> Self {
        let signature = key.sign(&digest(plan, round, sender, &body_hash(&body)));
        Self { plan: *plan, round, sender, body, signature }
    }

    /// What stands for the content where the whole is too long.
    pub(super) fn body_hash(&self) -> Digest {
        body_hash(&self.body)
    }

    /// What the sender says, read in full by `read`.
    ///
    /// # Errors
    /// Those of `read`, and of leftover bytes; the sender signed for them.
    pub(super) fn parse<'a, T>(&'a self, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        let mut body = Reader::new(&self.body);
        let parsed = read(&mut body)?;
        body.finish()?;
        Ok(parsed)
    }
}

fn body_hash(body: &[u8]) -> Digest {
    Transcript::new("veilkit v1 share message body").append("body", body).digest()
}

/// What a signature covers.
fn digest(plan: &Digest, round: u8, sender: PartyId, body_hash: &Digest) -> Digest {
    Transcript::new("veilkit v1 share message")
        .append("plan", plan)
        .append_u64("round", u64::from(round))
        .append_u64("sender", u64::from(sender.get()))
        .append("body", body_hash)
        .digest()
}

/// Parties whose own signatures prove that they cheated.
pub(super) fn cheat(what: &'static str, culprits: impl Into<Culprits>) -> Error {
    Error::new(ErrorKind::VerificationFailed, what).blame(culprits)
}

/// The error that names these, if there are any.
///
/// # Errors
/// `VerificationFailed`.
pub(super) fn unless_any(culprits: Vec<PartyId>, what: &'static str) -> Result<()> {
    match culprits.is_empty() {
        true => Ok(()),
        false => Err(cheat(what, culprits.into_iter().collect::<Culprits>())),
    }
}

/// ```text
/// plan hash [32] | round u8 | sender u16 | body length u32, bytes | signature [64]
/// ```
impl Encode for ShareMessage {
    const KIND: Kind = Kind::ShareMessage;

    fn params_id(&self) -> u32 {
        u32::from_le_bytes([self.plan[0], self.plan[1], self.plan[2], self.plan[3]])
    }

    fn body_len(&self) -> usize {
        32 + 1 + 2 + 4 + self.body.len() + SIGNATURE_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.plan).u8(self.round).u16(self.sender.get());
        out.len(self.body.len()).bytes(&self.body).bytes(&self.signature.0);
    }
}

impl Decode for ShareMessage {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let plan = body.array("message: plan hash")?;
        let round = body.u8("message: round")?;
        let sender = PartyId::new(body.u16("message: sender")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "message: sender"))?;
        let len = body.count(1, "message: body")?;
        let content = body.bytes(len, "message: body")?.to_vec();
        let signature = Signature(body.array("message: signature")?);
        Ok(Self { plan, round, sender, body: content, signature })
    }
}

#[cfg(test)]
mod tests;
