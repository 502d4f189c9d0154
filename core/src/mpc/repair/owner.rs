//! The owner's side of round 1.
use super::{
    pieces::Pieces,
    plan::Plan,
    sums::{Side, Summing},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::identity::IdentityKey,
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey},
};

/// The one who lost a share, waiting for round 1.
pub(super) struct Owner<S: Verifiable> {
    plan: Plan<S>,
    identity: IdentityKey,
    key: CustodianKey,
}

impl<S: Verifiable> Owner<S> {
    /// Enters a plan.
    ///
    /// # Errors
    /// `ParamsMismatch` for keys that are not the plan's.
    pub(super) fn start(plan: &Plan<S>, identity: &IdentityKey, key: &CustodianKey) -> Result<Self> {
        let (known, custodian) = plan.owner();
        if *known != identity.identity() || !key.is_of(custodian) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "keys: not the plan's"));
        }
        Ok(Self { plan: plan.clone(), identity: identity.clone(), key: key.clone() })
    }

    /// Hears what the helpers have committed to.
    ///
    /// # Errors
    /// As [`Pieces::collect`].
    pub(super) fn receive(self, pieces: &[(PartyId, Vec<u8>)]) -> Result<Summing<S>> {
        let Self { plan, identity, key } = self;
        let me = plan.lost();
        let pieces = Pieces::collect(&plan, me, None, pieces)?;
        Ok(Summing { plan, me, identity, pieces, side: Side::Owner { key } })
    }
}
