//! The owner's side: add up the sums.
use core::fmt;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{
    SUMS,
    helper::{heard, sum_of},
    plan::Plan,
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        resharing::fits,
        share_message::{Place, cheat, collect, roster},
    },
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey, verifiable::add_row},
    transcript::Digest,
};

/// The one who lost a share, waiting for round 1.
pub struct Owner<S: Verifiable> {
    plan: Plan<S>,
    key: CustodianKey,
}

/// The one who lost a share, waiting for round 2.
pub struct Collecting<S: Verifiable> {
    plan: Plan<S>,
    key: CustodianKey,
    roster: Digest,
    points: BTreeMap<PartyId, Vec<Point>>,
}

impl<S: Verifiable> Owner<S> {
    /// Enters a plan.
    ///
    /// # Errors
    /// `ParamsMismatch` for a key that is not the plan's.
    pub fn start(plan: &Plan<S>, key: &CustodianKey) -> Result<Self> {
        if !key.is_of(plan.owner()) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "key: not the plan's"));
        }
        Ok(Self { plan: plan.clone(), key: key.clone() })
    }

    /// Hears what the helpers have committed to.
    ///
    /// # Errors
    /// As [`Helper::receive`](super::Helper::receive).
    pub fn receive(self, pieces: &[(PartyId, Vec<u8>)]) -> Result<Collecting<S>> {
        let (messages, points) = heard(&self.plan, pieces)?;
        Ok(Collecting { roster: roster(messages.values()), plan: self.plan, key: self.key, points })
    }
}

impl<S: Verifiable> Collecting<S> {
    /// Checks the sums and gives the share back.
    ///
    /// # Errors
    /// `MissingMessage`, `DuplicateParty`, `UnknownParty`; those of decoding; `ParamsMismatch`; `VerificationFailed`,
    /// naming the helper whose sum is wrong, or naming nobody when the helpers heard different things.
    /// # Timing
    /// Constant in the sums and the key.
    pub fn finish(self, sums: &[(PartyId, Vec<u8>)]) -> Result<S> {
        let Self { plan, key, roster, points } = self;
        let messages = collect(plan.hash(), SUMS, &plan.senders(), sums)?;
        let generators = S::generators(plan.commitment());
        let mut row = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
        for (place, (sender, message)) in messages.iter().enumerate() {
            let sealed = sum_of(message, &roster)?;
            let from = Place { plan: plan.hash(), round: SUMS, sender: *sender, receiver: plan.lost() };
            let sum = from.open(&key, plan.owner(), sealed)?;
            let committed = points.values().fold(Point::identity(), |all, points| all + points[place]);
            if !fits(&sum, &generators, &committed) {
                return Err(cheat("sums: one does not fit the commitments", *sender));
            }
            add_row(&mut row, Scalar::ONE, &sum);
        }
        let share = S::from_row(plan.commitment(), plan.lost(), &row);
        share.check(plan.commitment())?;
        Ok(share)
    }
}

impl<S: Verifiable> fmt::Debug for Owner<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl<S: Verifiable> fmt::Debug for Collecting<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collecting").field("plan", &self.plan).finish_non_exhaustive()
    }
}
