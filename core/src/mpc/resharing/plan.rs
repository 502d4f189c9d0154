//! What everybody agrees on before a resharing.
use core::fmt;
use std::sync::Arc;

use crate::{
    codec::{Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::Identity,
        members::{MAX_MEMBERS, Member, distinct, read_ascending, read_identity},
        secure_sum::SessionId,
    },
    party::PartyId,
    shamir::{Params, Verifiable, sealed::Custodian},
    transcript::{Digest, Transcript},
};

/// Added to the index of a new share for the number of its receiver.
const RECEIVERS: u16 = 1000;

/// Who a number stands for in a resharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The old holder with the share of this index.
    Dealer(PartyId),
    /// The new holder with the share of this index.
    Receiver(PartyId),
}

/// What a [`Plan`] is made from; not checked yet.
#[derive(Clone, Debug)]
pub struct PlanSpec<S: Verifiable> {
    /// The number of this run.
    pub session: SessionId,
    /// The commitment to the old sharing.
    pub commitment: S::Commitment,
    /// The old holders who take part, by the indices of their shares: at least the old threshold, at most 255.
    pub dealers: Vec<(PartyId, Identity)>,
    /// How many of the new shares give the secret back.
    pub threshold: usize,
    /// The new holders, in the order of their shares from 1: at most 255. Old holders may be among them.
    pub receivers: Vec<(Identity, Custodian)>,
}

/// A checked plan. Cheap to clone. Its hash enters every signature and seal, so no message fits another plan.
pub struct Plan<S: Verifiable>(Arc<Inner<S>>);

struct Inner<S: Verifiable> {
    spec: PlanSpec<S>,
    params: Params,
    hash: Digest,
}

impl<S: Verifiable> Plan<S> {
    /// Checks the specification.
    ///
    /// # Errors
    /// `InvalidParams` unless `2 <= threshold <= receivers <= 255`; `TooFewShares` with fewer dealers than the old
    /// threshold; `OutOfRange` for a dealer's index that no old share has, or above 1,000; `DuplicateParty` when an index, or
    /// the identity or key of two dealers or two receivers is the same.
    pub fn new(mut spec: PlanSpec<S>) -> Result<Self> {
        let params = Params::for_bytes(spec.threshold, spec.receivers.len())?;
        let old = S::params(&spec.commitment);
        if spec.dealers.len() < old.threshold() {
            return Err(Error::new(ErrorKind::TooFewShares, "plan: fewer dealers than the old threshold"));
        }
        if spec.dealers.len() > MAX_MEMBERS {
            return Err(Error::new(ErrorKind::InvalidParams, "plan: more than 255 dealers"));
        }
        spec.dealers.sort_by_key(|(index, _)| *index);
        let is_foreign = |index: PartyId| usize::from(index.get()) > old.shares() || index.get() > RECEIVERS;
        if let Some((index, _)) = spec.dealers.iter().find(|(index, _)| is_foreign(*index)) {
            return Err(Error::new(ErrorKind::OutOfRange, "plan: index of a dealer").blame(*index));
        }
        distinct(spec.dealers.iter().map(dealer), "plan: dealers")?;
        let receivers = params.indices().zip(&spec.receivers);
        distinct(receivers.map(|(index, keys)| receiver(index, keys)), "plan: receivers")?;
        let mut plan = Inner { spec, params, hash: [0; 32] };
        let mut out = Writer::with_capacity(plan.written_len());
        plan.write(&mut out);
        plan.hash = Transcript::new("veilkit v1 resharing plan").append("plan", &out.into_bytes()).digest();
        Ok(Self(Arc::new(plan)))
    }

    /// The hash of everything in the plan.
    pub fn hash(&self) -> &Digest {
        &self.0.hash
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        self.0.spec.session
    }

    /// The commitment to the old sharing.
    pub fn commitment(&self) -> &S::Commitment {
        &self.0.spec.commitment
    }

    /// The old holders who take part, by the indices of their shares, ascending.
    pub fn dealers(&self) -> &[(PartyId, Identity)] {
        &self.0.spec.dealers
    }

    /// The new holders, in the order of their shares.
    pub fn receivers(&self) -> &[(Identity, Custodian)] {
        &self.0.spec.receivers
    }

    /// How many new shares there will be, and how many are needed.
    pub fn params(&self) -> Params {
        self.0.params
    }

    /// The number under which a new holder takes part, by the index of its share: 1,001 for index 1, and so on. Dealers
    /// have the indices of their shares for numbers, so no number stands for two.
    ///
    /// # Errors
    /// `UnknownParty` for an index that no new share has.
    pub fn receiver_number(&self, index: PartyId) -> Result<PartyId> {
        if usize::from(index.get()) > self.params().shares() {
            return Err(Error::new(ErrorKind::UnknownParty, "index: not a receiver's").blame(index));
        }
        PartyId::new(RECEIVERS + index.get())
    }

    /// Who takes part under this number, as in messages and errors; `None` for nobody.
    pub fn role(&self, number: PartyId) -> Option<Role> {
        if self.dealers().binary_search_by_key(&number, |(index, _)| *index).is_ok() {
            return Some(Role::Dealer(number));
        }
        let index = PartyId::new(number.get().checked_sub(RECEIVERS)?).ok()?;
        self.receiver_number(index).ok().map(|_| Role::Receiver(index))
    }

    /// The receivers as senders of their round, by number.
    pub(super) fn confirmers(&self) -> Vec<(PartyId, Identity)> {
        let number = |index| self.receiver_number(index).expect("one of its receivers");
        let receivers = self.params().indices().zip(self.receivers());
        receivers.map(|(index, (identity, _))| (number(index), *identity)).collect()
    }
}

fn dealer((number, identity): &(PartyId, Identity)) -> Member<'_> {
    Member { number: *number, identity, custodian: None }
}

fn receiver(number: PartyId, (identity, custodian): &(Identity, Custodian)) -> Member<'_> {
    Member { number, identity, custodian: Some(custodian) }
}

impl<S: Verifiable> Clone for Plan<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Verifiable> PartialEq for Plan<S> {
    fn eq(&self, other: &Self) -> bool {
        self.0.hash == other.0.hash
    }
}

impl<S: Verifiable> fmt::Debug for Plan<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("resharing::Plan")
            .field("session", &self.session())
            .field("dealers", &self.dealers())
            .field("params", &self.params())
            .finish_non_exhaustive()
    }
}

impl<S: Verifiable> Inner<S> {
    fn written_len(&self) -> usize {
        let commitment = HEADER_LEN + self.spec.commitment.body_len();
        let dealers: usize = self.spec.dealers.iter().map(|entry| 2 + dealer(entry).keys_len()).sum();
        let receivers = self.params.indices().zip(&self.spec.receivers);
        let receivers: usize = receivers.map(|(index, keys)| receiver(index, keys).keys_len()).sum();
        32 + 4 + commitment + 3 + dealers + receivers
    }

    fn write(&self, out: &mut Writer) {
        let byte = |number: usize| u8::try_from(number).expect("checked: at most 255");
        out.bytes(&self.spec.session.0);
        let commitment = self.spec.commitment.to_bytes();
        out.len(commitment.len()).bytes(&commitment);
        out.u8(byte(self.spec.threshold))
            .u8(byte(self.spec.dealers.len()))
            .u8(byte(self.spec.receivers.len()));
        self.spec.dealers.iter().for_each(|entry| dealer(entry).write(out));
        let receivers = self.params.indices().zip(&self.spec.receivers);
        receivers.for_each(|(index, keys)| receiver(index, keys).write_keys(out));
    }
}

/// ```text
/// session [32] | commitment length u32, encoding | threshold u8 | dealers u8 | receivers u8
/// for each dealer: index u16 | identity [32]      for each receiver: identity [32] | custodian
/// ```
impl<S: Verifiable> Encode for Plan<S> {
    const KIND: Kind = Kind::ResharingPlan;

    fn params_id(&self) -> u32 {
        self.commitment().params_id()
    }

    fn body_len(&self) -> usize {
        self.0.written_len()
    }

    fn write_body(&self, out: &mut Writer) {
        self.0.write(out);
    }
}

impl<S: Verifiable> Decode for Plan<S> {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let session = SessionId(body.array("plan: session")?);
        let len = body.count(1, "plan: commitment")?;
        let commitment = S::Commitment::from_bytes(body.bytes(len, "plan: commitment")?, ())?;
        let threshold = usize::from(body.u8("plan: threshold")?);
        let (dealer_count, receiver_count) = (body.u8("plan: dealers")?, body.u8("plan: receivers")?);
        let rest = |index, body: &mut Reader<'_>| Ok((index, read_identity(body, "plan: dealer")?));
        let dealers = read_ascending(body, dealer_count, "plan: dealers", rest)?;
        let mut receivers = Vec::new();
        for _ in 0..receiver_count {
            receivers.push((read_identity(body, "plan: receiver")?, Custodian::read(body)?));
        }
        Self::new(PlanSpec { session, commitment, dealers, threshold, receivers })
    }
}
