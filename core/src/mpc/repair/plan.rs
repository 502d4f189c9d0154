//! What everybody agrees on before a repair.
use core::fmt;
use std::sync::Arc;

use crate::{
    codec::{Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    group::{Point, Scalar},
    mpc::{
        identity::{IDENTITY_LEN, Identity},
        secure_sum::SessionId,
    },
    party::PartyId,
    shamir::{
        Verifiable,
        sealed::Custodian,
        verifiable::{factors, share_point},
    },
    transcript::{Digest, Transcript},
};

/// What a [`Plan`] is made from; not checked yet.
#[derive(Clone, Debug)]
pub struct PlanSpec<S: Verifiable> {
    /// The number of this run.
    pub session: SessionId,
    /// The commitment to the sharing.
    pub commitment: S::Commitment,
    /// The index of the lost share.
    pub lost: PartyId,
    /// Who gets it.
    pub owner: Custodian,
    /// The holders who help, by the indices of their shares: at least the threshold, at most 255.
    pub helpers: Vec<(PartyId, Identity, Custodian)>,
}

/// A checked plan. Cheap to clone. Its hash enters every signature and seal, so no message fits another plan.
pub struct Plan<S: Verifiable>(Arc<Inner<S>>);

struct Inner<S: Verifiable> {
    spec: PlanSpec<S>,
    /// What each helper's share is multiplied by.
    factors: Vec<Scalar>,
    hash: Digest,
}

impl<S: Verifiable> Plan<S> {
    /// Checks the specification.
    ///
    /// # Errors
    /// `TooFewShares` with fewer helpers than the threshold; `InvalidParams` with more than 255, or with the lost
    /// share among theirs; `OutOfRange` for an index that no share has; `DuplicateParty` when the index, identity or key of two
    /// helpers is the same, or a helper's key is the owner's.
    pub fn new(mut spec: PlanSpec<S>) -> Result<Self> {
        let params = S::params(&spec.commitment);
        if spec.helpers.len() < params.threshold() {
            return Err(Error::new(ErrorKind::TooFewShares, "plan: fewer helpers than the threshold"));
        }
        if spec.helpers.len() > 255 {
            return Err(Error::new(ErrorKind::InvalidParams, "plan: more than 255 helpers"));
        }
        spec.helpers.sort_by_key(|(index, ..)| *index);
        for index in spec.helpers.iter().map(|(index, ..)| *index).chain([spec.lost]) {
            if usize::from(index.get()) > params.shares() {
                return Err(Error::new(ErrorKind::OutOfRange, "plan: index of a share").blame(index));
            }
        }
        for (place, (index, identity, custodian)) in spec.helpers.iter().enumerate() {
            let is_known = |(other, known, key): &(PartyId, Identity, Custodian)| {
                other == index || known == identity || key.key() == custodian.key()
            };
            if spec.helpers[..place].iter().any(is_known) || custodian.key() == spec.owner.key() {
                return Err(Error::new(ErrorKind::DuplicateParty, "plan: helpers").blame(*index));
            }
        }
        let indices: Vec<PartyId> = spec.helpers.iter().map(|(index, ..)| *index).collect();
        let factors = factors(&indices, Some(spec.lost))?;
        let mut plan = Inner { spec, factors, hash: [0; 32] };
        let mut out = Writer::with_capacity(plan.written_len());
        plan.write(&mut out);
        plan.hash = Transcript::new("veilkit v1 repair plan").append("plan", &out.into_bytes()).digest();
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

    /// The commitment to the sharing.
    pub fn commitment(&self) -> &S::Commitment {
        &self.0.spec.commitment
    }

    /// The index of the lost share.
    pub fn lost(&self) -> PartyId {
        self.0.spec.lost
    }

    /// Who gets it.
    pub fn owner(&self) -> &Custodian {
        &self.0.spec.owner
    }

    /// The holders who help, by the indices of their shares, ascending.
    pub fn helpers(&self) -> &[(PartyId, Identity, Custodian)] {
        &self.0.spec.helpers
    }

    /// The helpers as senders.
    pub(super) fn senders(&self) -> Vec<(PartyId, Identity)> {
        self.helpers().iter().map(|(index, identity, _)| (*index, *identity)).collect()
    }

    /// What a helper's share is multiplied by.
    pub(super) fn factor(&self, place: usize) -> Scalar {
        self.0.factors[place]
    }

    /// What the pieces of a helper must add up to.
    pub(super) fn piece_point(&self, place: usize) -> Point {
        let params = S::params(self.commitment());
        share_point(params, S::points(self.commitment()), self.helpers()[place].0) * self.factor(place)
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
        f.debug_struct("repair::Plan")
            .field("session", &self.session())
            .field("lost", &self.lost())
            .field("helpers", &self.helpers())
            .finish_non_exhaustive()
    }
}

impl<S: Verifiable> Inner<S> {
    fn written_len(&self) -> usize {
        let commitment = HEADER_LEN + self.spec.commitment.body_len();
        let helpers: usize =
            self.spec.helpers.iter().map(|(.., custodian)| 2 + IDENTITY_LEN + custodian.written_len()).sum();
        32 + 4 + commitment + 2 + self.spec.owner.written_len() + 1 + helpers
    }

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.spec.session.0);
        let commitment = self.spec.commitment.to_bytes();
        out.len(commitment.len()).bytes(&commitment).u16(self.spec.lost.get());
        self.spec.owner.write(out);
        out.u8(u8::try_from(self.spec.helpers.len()).expect("checked: at most 255"));
        for (index, identity, custodian) in &self.spec.helpers {
            out.u16(index.get()).bytes(&identity.to_bytes());
            custodian.write(out);
        }
    }
}

/// ```text
/// session [32] | commitment length u32, encoding | lost u16 | owner | helpers u8
/// for each helper: index u16 | identity [32] | custodian
/// ```
impl<S: Verifiable> Encode for Plan<S> {
    const KIND: Kind = Kind::RepairPlan;

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
        let invalid = |_| Error::new(ErrorKind::InvalidEncoding, "plan: index");
        let lost = PartyId::new(body.u16("plan: lost share")?).map_err(invalid)?;
        let owner = Custodian::read(body)?;
        let mut helpers = Vec::new();
        for _ in 0..body.u8("plan: helpers")? {
            let index = PartyId::new(body.u16("plan: helper")?).map_err(invalid)?;
            let identity = Identity::from_bytes(&body.array("plan: helper")?)?;
            helpers.push((index, identity, Custodian::read(body)?));
        }
        if !helpers.is_sorted_by_key(|(index, ..)| *index) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "plan: order of the helpers"));
        }
        Self::new(PlanSpec { session, commitment, lost, owner, helpers })
    }
}
