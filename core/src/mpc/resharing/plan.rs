//! What everybody agrees on before a resharing.
use core::fmt;
use std::sync::Arc;

use crate::{
    codec::{Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::{IDENTITY_LEN, Identity},
        secure_sum::SessionId,
    },
    party::PartyId,
    shamir::{Params, Verifiable, sealed::Custodian},
    transcript::{Digest, Transcript},
};

/// The most dealers and the most receivers.
const MAX_PARTIES: usize = 255;

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
    /// threshold; `OutOfRange` for a dealer's index that no old share has; `DuplicateParty` when an index, or the identity or
    /// key of two dealers or two receivers is the same.
    pub fn new(mut spec: PlanSpec<S>) -> Result<Self> {
        let params = Params::for_bytes(spec.threshold, spec.receivers.len())?;
        let old = S::params(&spec.commitment);
        if spec.dealers.len() < old.threshold() {
            return Err(Error::new(ErrorKind::TooFewShares, "plan: fewer dealers than the old threshold"));
        }
        if spec.dealers.len() > MAX_PARTIES {
            return Err(Error::new(ErrorKind::InvalidParams, "plan: more than 255 dealers"));
        }
        spec.dealers.sort_by_key(|(index, _)| *index);
        let twice = |what, party| Err(Error::new(ErrorKind::DuplicateParty, what).blame(party));
        for (place, (index, identity)) in spec.dealers.iter().enumerate() {
            if usize::from(index.get()) > old.shares() {
                return Err(Error::new(ErrorKind::OutOfRange, "plan: index of a dealer").blame(*index));
            }
            if spec.dealers[..place].iter().any(|(other, known)| other == index || known == identity) {
                return twice("plan: dealers", *index);
            }
        }
        for (index, (identity, custodian)) in params.indices().zip(&spec.receivers) {
            let mut before = spec.receivers[..usize::from(index.get()) - 1].iter();
            if before.any(|(known, other)| known == identity || other.key() == custodian.key()) {
                return twice("plan: receivers", index);
            }
        }
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

    /// The receivers as senders of their round.
    pub(super) fn confirmers(&self) -> Vec<(PartyId, Identity)> {
        self.params().indices().zip(self.receivers().iter().map(|(identity, _)| *identity)).collect()
    }
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
        let receivers: usize =
            self.spec.receivers.iter().map(|(_, custodian)| IDENTITY_LEN + custodian.written_len()).sum();
        32 + 4 + commitment + 3 + self.spec.dealers.len() * (2 + IDENTITY_LEN) + receivers
    }

    fn write(&self, out: &mut Writer) {
        let byte = |number: usize| u8::try_from(number).expect("checked: at most 255");
        out.bytes(&self.spec.session.0);
        let commitment = self.spec.commitment.to_bytes();
        out.len(commitment.len()).bytes(&commitment);
        out.u8(byte(self.spec.threshold))
            .u8(byte(self.spec.dealers.len()))
            .u8(byte(self.spec.receivers.len()));
        for (index, identity) in &self.spec.dealers {
            out.u16(index.get()).bytes(&identity.to_bytes());
        }
        for (identity, custodian) in &self.spec.receivers {
            out.bytes(&identity.to_bytes());
            custodian.write(out);
        }
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
        let invalid = |_| Error::new(ErrorKind::InvalidEncoding, "plan: dealers or receivers");
        let mut dealers = Vec::new();
        for _ in 0..dealer_count {
            let index = PartyId::new(body.u16("plan: dealer")?).map_err(invalid)?;
            dealers.push((index, Identity::from_bytes(&body.array("plan: dealer")?)?));
        }
        if !dealers.is_sorted_by_key(|(index, _)| *index) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "plan: order of the dealers"));
        }
        let mut receivers = Vec::new();
        for _ in 0..receiver_count {
            let identity = Identity::from_bytes(&body.array("plan: receiver")?)?;
            receivers.push((identity, Custodian::read(body)?));
        }
        Self::new(PlanSpec { session, commitment, dealers, threshold, receivers })
    }
}
