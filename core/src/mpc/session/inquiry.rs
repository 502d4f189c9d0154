//! A party that was restarted asks the others how far they heard it, so that an old backup is never taken up.
//!
//! What the journal does not hold cannot be repeated byte for byte. If a peer has heard more than the journal repeats, the party
//! would say something in a round in which it has spoken already, perhaps something else: it must not go on.
use super::setup::Setup;
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::identity::{Identity, IdentityKey, SIGNATURE_LEN, Signature},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// What makes a question differ from every other.
pub(super) type QueryNonce = [u8; 32];

/// Asks everybody: `nonce [32] | signature [64]`.
pub(super) fn query(setup: &Setup, me: PartyId, identity: &IdentityKey, nonce: &QueryNonce) -> Vec<u8> {
    let mut out = Writer::with_capacity(32 + SIGNATURE_LEN);
    out.bytes(nonce).bytes(&identity.sign(&query_digest(setup, me, nonce)).to_bytes());
    core::mem::take(&mut *out.into_bytes())
}

fn query_digest(setup: &Setup, party: PartyId, nonce: &QueryNonce) -> Digest {
    Transcript::new("veilkit v1 mpc query")
        .append("setup", setup.hash())
        .append("party", &party.get().to_le_bytes())
        .append("nonce", nonce)
        .digest()
}

/// Reads a question of `party`.
///
/// # Errors
/// `InvalidEncoding`, `TrailingBytes`; `VerificationFailed`, blaming nobody.
pub(super) fn read_query(setup: &Setup, party: PartyId, content: &[u8]) -> Result<QueryNonce> {
    let mut reader = Reader::new(content);
    let nonce = reader.array("query: nonce")?;
    let signature = Signature::from_bytes(reader.array("query: signature")?);
    reader.finish()?;
    verify(setup.identity(party), &query_digest(setup, party, &nonce), &signature, "query: signature")?;
    Ok(nonce)
}

/// How far a party has heard another, and how far it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) nonce: QueryNonce,
    /// How many rounds, from the first, up to the last one in which it heard the asking party.
    pub(super) heard: u32,
    /// The round that it is in.
    pub(super) round: u32,
}

impl Answer {
    /// `nonce [32] | heard u32 | round u32 | signature [64]`
    pub(super) fn sign(&self, setup: &Setup, me: PartyId, to: PartyId, identity: &IdentityKey) -> Vec<u8> {
        let mut out = Writer::with_capacity(40 + SIGNATURE_LEN);
        let signature = identity.sign(&self.digest(setup, me, to));
        out.bytes(&self.nonce).u32(self.heard).u32(self.round).bytes(&signature.to_bytes());
        core::mem::take(&mut *out.into_bytes())
    }

    fn digest(&self, setup: &Setup, from: PartyId, to: PartyId) -> Digest {
        Transcript::new("veilkit v1 mpc answer")
            .append("setup", setup.hash())
            .append("from", &from.get().to_le_bytes())
            .append("to", &to.get().to_le_bytes())
            .append("nonce", &self.nonce)
            .append_u64("heard", self.heard.into())
            .append_u64("round", self.round.into())
            .digest()
    }

    /// Reads an answer to `nonce`; `None` for an answer to another question.
    ///
    /// # Errors
    /// `InvalidEncoding`, `TrailingBytes`; `VerificationFailed`, blaming nobody.
    pub(super) fn read(
        setup: &Setup,
        me: PartyId,
        from: PartyId,
        nonce: &QueryNonce,
        content: &[u8],
    ) -> Result<Option<Self>> {
        let mut reader = Reader::new(content);
        let answer = Self {
            nonce: reader.array("answer: nonce")?,
            heard: reader.u32("answer: heard")?,
            round: reader.u32("answer: round")?,
        };
        let signature = Signature::from_bytes(reader.array("answer: signature")?);
        reader.finish()?;
        if answer.nonce != *nonce {
            return Ok(None);
        }
        verify(setup.identity(from), &answer.digest(setup, from, me), &signature, "answer: signature")?;
        Ok(Some(answer))
    }
}

fn verify(
    identity: Option<&Identity>,
    digest: &Digest,
    signature: &Signature,
    what: &'static str,
) -> Result<()> {
    let failed = || Error::new(ErrorKind::VerificationFailed, what);
    identity.ok_or_else(failed)?.verify(digest, signature).map_err(|_| failed())
}
