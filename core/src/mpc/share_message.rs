//! The messages of [`resharing`](super::resharing) and [`repair`](super::repair): signed, bound to a plan and a round.
//!
//! All of them may be broadcast: what is for one receiver is sealed to it inside.
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::identity::{Identity, IdentityKey, SIGNATURE_LEN, Signature};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    party::{Culprits, PartyId},
    shamir::sealed::{Custodian, CustodianKey, ENCAPSULATED_LEN, SEAL_LEN, open_bytes, seal_bytes},
    transcript::{Digest, Transcript},
};

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

    /// The index of the share of the one who claims to have sent it.
    pub fn sender(&self) -> PartyId {
        self.sender
    }

    pub(super) fn sign(plan: &Digest, round: u8, sender: PartyId, body: Vec<u8>, key: &IdentityKey) -> Self {
        let signature = key.sign(&digest(plan, round, sender, &body));
        Self { plan: *plan, round, sender, body, signature }
    }

    /// What the signature covers.
    pub(super) fn digest(&self) -> Digest {
        digest(&self.plan, self.round, self.sender, &self.body)
    }
}

fn digest(plan: &Digest, round: u8, sender: PartyId, body: &[u8]) -> Digest {
    Transcript::new("veilkit v1 share message")
        .append("plan", plan)
        .append_u64("round", u64::from(round))
        .append_u64("sender", u64::from(sender.get()))
        .append("body", body)
        .digest()
}

/// One message from each of these senders, checked up to the signature.
///
/// # Errors
/// `UnknownParty`, `DuplicateParty` and `MissingMessage`, naming the party; those of decoding; `ParamsMismatch` for
/// another plan or round; `VerificationFailed`, naming nobody, for a wrong sender or signature: the transport could
/// have done that.
pub(super) fn collect(
    plan: &Digest,
    round: u8,
    senders: &[(PartyId, Identity)],
    incoming: &[(PartyId, Vec<u8>)],
) -> Result<BTreeMap<PartyId, ShareMessage>> {
    let mut raw = BTreeMap::new();
    for (from, bytes) in incoming {
        let Some((_, identity)) = senders.iter().find(|(party, _)| party == from) else {
            return Err(
                Error::new(ErrorKind::UnknownParty, "incoming: not a sender of this round").blame(*from)
            );
        };
        if raw.insert(*from, (identity, bytes)).is_some() {
            return Err(Error::new(ErrorKind::DuplicateParty, "incoming: second message").blame(*from));
        }
    }
    let missing: Culprits =
        senders.iter().map(|(party, _)| *party).filter(|party| !raw.contains_key(party)).collect();
    if !missing.is_empty() {
        return Err(Error::new(ErrorKind::MissingMessage, "incoming: a message is missing").blame(missing));
    }
    raw.into_iter()
        .map(|(from, (identity, bytes))| {
            let message = ShareMessage::from_bytes(bytes, ())?;
            if message.plan != *plan || message.round != round {
                return Err(Error::new(ErrorKind::ParamsMismatch, "message: of another plan or round"));
            }
            if message.sender != from {
                let what = "message: not from the one who brought it";
                return Err(Error::new(ErrorKind::VerificationFailed, what));
            }
            identity.verify(&message.digest(), &message.signature)?;
            Ok((from, message))
        })
        .collect()
}

/// The hash of what everybody said: the same for all who heard the same.
pub(super) fn roster<'a>(messages: impl IntoIterator<Item = &'a ShareMessage>) -> Digest {
    let mut transcript = Transcript::new("veilkit v1 share messages");
    for message in messages {
        transcript.append("message", &message.digest());
    }
    transcript.digest()
}

/// A party whose own signature proves that it cheated.
pub(super) fn cheat(what: &'static str, culprit: PartyId) -> Error {
    Error::new(ErrorKind::VerificationFailed, what).blame(culprit)
}

/// The bytes of a sealed row of this many scalars.
pub(super) fn sealed_row_len(width: usize) -> usize {
    ENCAPSULATED_LEN + width * Scalar::ENCODED_LEN + SEAL_LEN
}

/// What binds a sealed row to its place: plan, round, sender and receiver.
fn place(plan: &Digest, round: u8, sender: PartyId, receiver: PartyId) -> Digest {
    Transcript::new("veilkit v1 sealed row")
        .append("plan", plan)
        .append_u64("round", u64::from(round))
        .append_u64("sender", u64::from(sender.get()))
        .append_u64("receiver", u64::from(receiver.get()))
        .digest()
}

/// Where a sealed row belongs.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) plan: &'a Digest,
    pub(super) round: u8,
    pub(super) sender: PartyId,
    pub(super) receiver: PartyId,
}

impl Place<'_> {
    fn digest(self) -> Digest {
        place(self.plan, self.round, self.sender, self.receiver)
    }

    /// Appends a row that only the custodian can read.
    pub(super) fn seal(
        self,
        to: &Custodian,
        row: &[Scalar],
        out: &mut Writer,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Result<()> {
        let mut plain = Writer::with_capacity(row.len() * Scalar::ENCODED_LEN);
        row.iter().for_each(|scalar| scalar.write(&mut plain));
        let (encapsulated, ciphertext) = seal_bytes(to, &self.digest(), &plain.into_bytes(), rng)?;
        out.bytes(&encapsulated).bytes(&ciphertext);
        Ok(())
    }

    /// Reads a row that was sealed here.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the sender, who signed for what it sealed.
    pub(super) fn open(
        self,
        key: &CustodianKey,
        to: &Custodian,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<Scalar>>> {
        let refused = |_| cheat("message: sealed row", self.sender);
        let mut sealed = Reader::new(sealed);
        let encapsulated = sealed.array("message: sealed row").map_err(refused)?;
        let ciphertext = sealed.bytes(sealed.remaining(), "message: sealed row").map_err(refused)?;
        let plain = open_bytes(key, to, &self.digest(), &encapsulated, ciphertext).map_err(refused)?;
        let mut plain = Reader::new(&plain);
        let mut row = Zeroizing::new(Vec::with_capacity(plain.remaining() / Scalar::ENCODED_LEN));
        while plain.remaining() > 0 {
            row.push(Scalar::read(&mut plain, "message: sealed row").map_err(refused)?);
        }
        Ok(row)
    }
}

/// Points, then one sealed row for each receiver: the body of a first round.
pub(super) struct Dealt<'a> {
    pub(super) points: Vec<Point>,
    rows: &'a [u8],
    row_len: usize,
}

impl<'a> Dealt<'a> {
    /// # Errors
    /// `VerificationFailed`, naming the sender, who signed it.
    pub(super) fn read(message: &'a ShareMessage, points: usize, rows: usize, width: usize) -> Result<Self> {
        let refused = |_| cheat("message: body", message.sender);
        let mut body = Reader::new(&message.body);
        let points = Point::read_many_nonidentity(&mut body, points, "message: point").map_err(refused)?;
        let row_len = sealed_row_len(width);
        let rows = body.bytes(rows * row_len, "message: rows").map_err(refused)?;
        body.finish().map_err(refused)?;
        Ok(Self { points, rows, row_len })
    }

    /// The sealed row of a receiver, by its place.
    pub(super) fn row(&self, place: usize) -> &'a [u8] {
        &self.rows[place * self.row_len..(place + 1) * self.row_len]
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
