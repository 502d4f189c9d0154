//! The messages on the wire, one envelope for all five rounds.
//!
//! The envelope is in the clear, so that a relay can route it; what it says is bound by the signature or the seal
//! over the body. Bodies have one exact length, known from the plan, and it is checked before any cryptography.
use zeroize::Zeroizing;

use super::{
    masks::AgreementKey,
    party_set::{PARTY_SET_LEN, PartySet},
    plan::Plan,
    seal::SEAL_LEN,
    shares::{SEED_LEN, SeedShare},
};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::identity::{SIGNATURE_LEN, Signature},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The bytes of a digest and a signature over it.
pub(super) const EVIDENCE_LEN: usize = 32 + SIGNATURE_LEN;
/// Bytes of an envelope around its body: header, plan hash, round, sender, receiver, length.
const ENVELOPE_LEN: usize = 32 + 1 + 2 + 2 + 4;

/// The rounds of a secure sum, named after what their messages do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Round {
    /// Broadcast, in the clear, signed: fresh public keys, and digests of everything that will be shared.
    AdvertiseKeys = 1,
    /// To each party, sealed: its shares of the sender's two secrets, and the sender's broadcast key.
    ShareSecrets = 2,
    /// Broadcast, sealed, signed: the input under its masks.
    MaskedInput = 3,
    /// Broadcast, sealed, signed: what was received from whom.
    Consistency = 4,
    /// Broadcast, sealed, signed: one share for each party, of its self mask or of its mask key.
    Unmask = 5,
}

impl Round {
    const ALL: [Self; 5] =
        [Self::AdvertiseKeys, Self::ShareSecrets, Self::MaskedInput, Self::Consistency, Self::Unmask];

    /// The round's number, from 1.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The exact length of a body in this round.
    pub(super) fn body_len(self, plan: &Plan) -> usize {
        let n = plan.parties().len();
        match self {
            Self::AdvertiseKeys => Advert::body_len(n) + SIGNATURE_LEN,
            Self::ShareSecrets => n * EVIDENCE_LEN + PrivateShares::BODY_LEN + SEAL_LEN,
            Self::MaskedInput => SIGNATURE_LEN + PARTY_SET_LEN + 8 * plan.length() + SEAL_LEN,
            Self::Consistency => SIGNATURE_LEN + 2 * PARTY_SET_LEN + n * EVIDENCE_LEN + SEAL_LEN,
            Self::Unmask => SIGNATURE_LEN + n * SEED_LEN + SEAL_LEN,
        }
    }
}

/// A message of a secure sum. A relay may read who sends what to whom; the body is sealed after round 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub(super) plan: Digest,
    pub(super) round: Round,
    pub(super) sender: PartyId,
    pub(super) receiver: Option<PartyId>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// The hash of the plan that the message belongs to.
    pub fn plan_hash(&self) -> &Digest {
        &self.plan
    }

    /// The round.
    pub fn round(&self) -> Round {
        self.round
    }

    /// Who claims to have sent it.
    pub fn sender(&self) -> PartyId {
        self.sender
    }

    /// The only receiver, or `None` for a broadcast.
    pub fn receiver(&self) -> Option<PartyId> {
        self.receiver
    }

    /// The length of the body in bytes.
    pub fn payload_len(&self) -> usize {
        self.body.len()
    }

    /// Decodes a message that arrived from `from` and checks all that needs no key: session, round, sender,
    /// receiver, length.
    ///
    /// # Errors
    /// `InvalidEncoding`, `TrailingBytes`, `UnsupportedVersion`; `ParamsMismatch` for another session, round or
    /// receiver; `VerificationFailed` for another sender. Nobody is blamed: nothing is authenticated yet.
    pub(super) fn receive(
        plan: &Plan,
        me: PartyId,
        round: Round,
        from: PartyId,
        bytes: &[u8],
    ) -> Result<Self> {
        let message = Self::from_bytes(bytes, ())?;
        if message.plan != *plan.hash() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "message: of another plan or session"));
        }
        if message.round != round {
            return Err(Error::new(ErrorKind::ParamsMismatch, "message: of another round"));
        }
        if message.sender != from {
            return Err(Error::new(
                ErrorKind::VerificationFailed,
                "message: not from the one who brought it",
            ));
        }
        let expected = (round == Round::ShareSecrets).then_some(me);
        if message.receiver != expected {
            return Err(Error::new(ErrorKind::ParamsMismatch, "message: for another receiver"));
        }
        if message.body.len() != round.body_len(plan) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "message: length of the body"));
        }
        Ok(message)
    }

    /// The envelope as bytes that a seal or a signature covers.
    pub(super) fn associated_data(
        plan: &Plan,
        round: Round,
        sender: PartyId,
        receiver: Option<PartyId>,
    ) -> Vec<u8> {
        let mut out = plan.hash().to_vec();
        out.push(round.number());
        out.extend_from_slice(&sender.get().to_le_bytes());
        out.extend_from_slice(&receiver.map_or(0, PartyId::get).to_le_bytes());
        out
    }
}

/// ```text
/// plan hash [32] | round u8 | sender u16 | receiver u16, 0 for all | body length u32, bytes
/// ```
impl Encode for Message {
    const KIND: Kind = Kind::SecureSumMessage;

    fn params_id(&self) -> u32 {
        u32::from_le_bytes([self.plan[0], self.plan[1], self.plan[2], self.plan[3]])
    }

    fn body_len(&self) -> usize {
        ENVELOPE_LEN + self.body.len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.plan).u8(self.round.number()).u16(self.sender.get());
        out.u16(self.receiver.map_or(0, PartyId::get));
        out.len(self.body.len()).bytes(&self.body);
    }
}

impl Decode for Message {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let plan = body.array("message: plan hash")?;
        let number = body.u8("message: round")?;
        let round = Round::ALL
            .into_iter()
            .find(|round| round.number() == number)
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "message: round"))?;
        let sender = PartyId::new(body.u16("message: sender")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "message: sender"))?;
        let receiver = PartyId::new(body.u16("message: receiver")?).ok();
        let len = body.count(1, "message: body")?;
        let body = body.bytes(len, "message: body")?.to_vec();
        Ok(Self { plan, round, sender, receiver, body })
    }
}

/// A party's signature over the digest of one of its broadcasts: proof to everybody of what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) digest: Digest,
    pub(super) signature: Signature,
}

impl Evidence {
    pub(super) const NONE: Self = Self { digest: [0; 32], signature: Signature([0; SIGNATURE_LEN]) };

    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.digest).bytes(&self.signature.0);
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            digest: body.array("evidence: digest")?,
            signature: Signature(body.array("evidence: signature")?),
        })
    }
}

/// The digest of a broadcast's content, which its sender signs.
pub(super) fn content_digest(content: &[u8]) -> Digest {
    Transcript::new("veilkit v1 secure-sum content").append("content", content).digest()
}

/// What a party signs: everything that says where a broadcast belongs, and its content's digest.
///
/// `roster` is the digest of all round 1 messages, or zeros in round 1 itself.
pub(super) fn signed_digest(
    plan: &Plan,
    roster: &Digest,
    round: Round,
    sender: PartyId,
    content: &Digest,
) -> Digest {
    Transcript::new("veilkit v1 secure-sum signature")
        .append("envelope", &Message::associated_data(plan, round, sender, None))
        .append("session", &plan.session().0)
        .append("roster", roster)
        .append("content", content)
        .digest()
}

/// Round 1: two public keys, and what pins down everything that the sender will share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advert {
    /// Seals what is for one receiver.
    pub(super) channel: [u8; AgreementKey::LEN],
    /// Gives the pairwise masks.
    pub(super) mask: [u8; AgreementKey::LEN],
    /// Digest of the self mask's seed.
    pub(super) self_seed: Digest,
    /// For each party of the plan, digests of its share of the self mask's seed and of the mask key.
    pub(super) shares: Vec<[Digest; 2]>,
}

impl Advert {
    fn body_len(parties: usize) -> usize {
        2 * AgreementKey::LEN + 32 + parties * 64
    }

    pub(super) fn to_content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(Self::body_len(self.shares.len()));
        for part in
            [&self.channel, &self.mask, &self.self_seed].into_iter().chain(self.shares.iter().flatten())
        {
            content.extend_from_slice(part);
        }
        content
    }

    /// Splits a body into content and signature, and reads the content.
    pub(super) fn read(body: &[u8], parties: usize) -> Result<(Self, &[u8], Signature)> {
        let mut reader = Reader::new(body);
        let content = reader.bytes(Self::body_len(parties), "advert")?;
        let signature = Signature(reader.array("advert: signature")?);
        reader.finish()?;
        let mut reader = Reader::new(content);
        let advert = Self {
            channel: reader.array("advert: channel key")?,
            mask: reader.array("advert: mask key")?,
            self_seed: reader.array("advert: digest of the self mask")?,
            shares: (0..parties)
                .map(|_| {
                    Ok([
                        reader.array("advert: digest of a share")?,
                        reader.array("advert: digest of a share")?,
                    ])
                })
                .collect::<Result<_>>()?,
        };
        Ok((advert, content, signature))
    }
}

/// Round 2, sealed for one receiver.
pub(super) struct PrivateShares {
    /// The receiver's share of the seed of the sender's self mask.
    pub(super) self_seed: SeedShare,
    /// The receiver's share of the sender's mask key.
    pub(super) mask_key: SeedShare,
    /// Opens the sender's broadcasts.
    pub(super) broadcast_key: Zeroizing<[u8; 32]>,
}

impl PrivateShares {
    const BODY_LEN: usize = 2 * SEED_LEN + 32;

    pub(super) fn to_plaintext(
        self_seed: &SeedShare,
        mask_key: &SeedShare,
        broadcast_key: &[u8; 32],
    ) -> Zeroizing<Vec<u8>> {
        let mut out = Writer::with_capacity(Self::BODY_LEN + SEAL_LEN);
        out.bytes(self_seed.expose()).bytes(mask_key.expose()).bytes(broadcast_key);
        out.into_bytes()
    }

    pub(super) fn read(plaintext: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(plaintext);
        let shares = Self {
            self_seed: SeedShare::read(&mut reader)?,
            mask_key: SeedShare::read(&mut reader)?,
            broadcast_key: Zeroizing::new(reader.array("broadcast key")?),
        };
        reader.finish()?;
        Ok(shares)
    }
}

/// Round 3: who shared secrets, and the input under its masks as little-endian words.
pub(super) fn masked_input_content(sharers: &PartySet, masked: &[u64]) -> Zeroizing<Vec<u8>> {
    let mut out = Writer::with_capacity(PARTY_SET_LEN + 8 * masked.len());
    sharers.write(&mut out);
    for word in masked {
        out.u64(*word);
    }
    out.into_bytes()
}

/// Round 4: who shared secrets, whose masked input arrived, and proof of what each of these said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) sharers: PartySet,
    pub(super) survivors: PartySet,
    /// By position; [`Evidence::NONE`] for those that have left.
    pub(super) inputs: Vec<Evidence>,
}

impl View {
    pub(super) fn to_content(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Writer::with_capacity(2 * PARTY_SET_LEN + self.inputs.len() * EVIDENCE_LEN);
        self.sharers.write(&mut out);
        self.survivors.write(&mut out);
        for evidence in &self.inputs {
            evidence.write(&mut out);
        }
        out.into_bytes()
    }

    pub(super) fn read(content: &[u8], parties: usize) -> Result<Self> {
        let mut reader = Reader::new(content);
        let view = Self {
            sharers: PartySet::read(&mut reader, parties)?,
            survivors: PartySet::read(&mut reader, parties)?,
            inputs: (0..parties).map(|_| Evidence::read(&mut reader)).collect::<Result<_>>()?,
        };
        reader.finish()?;
        Ok(view)
    }
}
