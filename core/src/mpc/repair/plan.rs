//! What everybody agrees on before a repair.
use core::fmt;
use std::sync::Arc;

use crate::{
    codec::{Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    group::{Point, Scalar},
    mpc::{
        identity::Identity,
        members::{MAX_MEMBERS, Member, distinct, read_ascending, read_identity, read_number},
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
    pub owner: (Identity, Custodian),
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
    /// share among theirs; `OutOfRange` for an index that no share has; `DuplicateParty` when the index, identity or key of
    /// two, the owner among them, is the same.
    pub fn new(mut spec: PlanSpec<S>) -> Result<Self> {
        let params = S::params(&spec.commitment);
        if spec.helpers.len() < params.threshold() {
            return Err(Error::new(ErrorKind::TooFewShares, "plan: fewer helpers than the threshold"));
        }
        if spec.helpers.len() > MAX_MEMBERS {
            return Err(Error::new(ErrorKind::InvalidParams, "plan: more than 255 helpers"));
        }
        spec.helpers.sort_by_key(|(index, ..)| *index);
        for index in spec.helpers.iter().map(|(index, ..)| *index).chain([spec.lost]) {
            if usize::from(index.get()) > params.shares() {
                return Err(Error::new(ErrorKind::OutOfRange, "plan: index of a share").blame(index));
            }
        }
        if spec.helpers.iter().any(|(index, ..)| *index == spec.lost) {
            return Err(Error::new(ErrorKind::InvalidParams, "plan: the lost share among the helpers'"));
        }
        distinct(
            [owner(&spec)].into_iter().chain(spec.helpers.iter().map(helper)),
            "plan: helpers or owner",
        )?;
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
    pub fn owner(&self) -> &(Identity, Custodian) {
        &self.0.spec.owner
    }

    /// The holders who help, by the indices of their shares, ascending.
    pub fn helpers(&self) -> &[(PartyId, Identity, Custodian)] {
        &self.0.spec.helpers
    }

    /// The helpers as senders, ascending.
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

fn owner<S: Verifiable>(spec: &PlanSpec<S>) -> Member<'_> {
    Member { number: spec.lost, identity: &spec.owner.0, custodian: Some(&spec.owner.1) }
}

fn helper((number, identity, custodian): &(PartyId, Identity, Custodian)) -> Member<'_> {
    Member { number: *number, identity, custodian: Some(custodian) }
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
        let helpers: usize = self.spec.helpers.iter().map(|entry| 2 + helper(entry).keys_len()).sum();
        32 + 4 + commitment + 2 + owner(&self.spec).keys_len() + 1 + helpers
    }

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.spec.session.0);
        let commitment = self.spec.commitment.to_bytes();
        out.len(commitment.len()).bytes(&commitment);
        owner(&self.spec).write(out);
        out.u8(u8::try_from(self.spec.helpers.len()).expect("checked: at most 255"));
        self.spec.helpers.iter().for_each(|entry| helper(entry).write(out));
    }
}

/// ```text
/// session [32] | commitment length u32, encoding | lost u16 | owner: identity [32], custodian | helpers u8
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
        let lost = read_number(body, "plan: lost share")?;
        let owner = (read_identity(body, "plan: owner")?, Custodian::read(body)?);
        let count = body.u8("plan: helpers")?;
        let rest = |index, body: &mut Reader<'_>| {
            Ok((index, read_identity(body, "plan: helper")?, Custodian::read(body)?))
        };
        let helpers = read_ascending(body, count, "plan: helpers", rest)?;
        Self::new(PlanSpec { session, commitment, lost, owner, helpers })
    }
}
