//! What all dealers sent, and the new commitment that follows from it.
use std::collections::BTreeMap;

use super::{DEAL, plan::Plan};
use crate::{
    error::Result,
    group::Point,
    mpc::share_message::{Case, Dealt, Heard, ShareMessage, cheat, unless_any},
    party::PartyId,
    shamir::{
        Verifiable,
        verifiable::{factors, share_point},
    },
};

/// The deals of a run, all of the old secret.
pub(super) struct Deals<S: Verifiable> {
    pub(super) heard: Heard,
    pub(super) dealt: BTreeMap<PartyId, Dealt>,
    pub(super) commitment: S::Commitment,
}

impl<S: Verifiable> Deals<S> {
    /// Collects the deals and checks what is public of them.
    ///
    /// # Errors
    /// As [`Heard::collect`]; `VerificationFailed`, naming every dealer that did not deal its old share.
    /// # Source
    /// \[WWW02\], step 2: the constant term is the dealer's share.
    pub(super) fn collect(
        plan: &Plan<S>,
        me: PartyId,
        own: Option<ShareMessage>,
        incoming: &[(PartyId, Vec<u8>)],
    ) -> Result<Self> {
        let (old, new) = (S::params(plan.commitment()), plan.params());
        let width = S::generators(plan.commitment()).len();
        let heard = Heard::collect(plan.hash(), DEAL, plan.dealers(), me, own, incoming)?;
        let (mut dealt, mut culprits) = (BTreeMap::new(), Vec::new());
        for (dealer, message) in heard.iter() {
            let share = share_point(old, S::points(plan.commitment()), dealer);
            match Dealt::read(message, new.threshold(), plan.receivers().len(), width) {
                Ok(deal) if deal.points[0] == share => _ = dealt.insert(dealer, deal),
                _ => culprits.push(dealer),
            }
        }
        unless_any(culprits, "deal: not of the dealer's old share")?;
        let dealers: Vec<PartyId> = dealt.keys().copied().collect();
        let mut points = vec![Point::identity(); new.threshold()];
        for (deal, factor) in dealt.values().zip(factors(&dealers, None)?) {
            for (sum, point) in points.iter_mut().zip(&deal.points) {
                *sum = *sum + *point * factor;
            }
        }
        // Each dealer's constant term is on the old polynomial, so the sum's is the old secret's.
        let is_same = points[0] == S::points(plan.commitment())[0];
        if !is_same || points.iter().any(|point| point.is_identity().into()) {
            return Err(cheat("deals: not of the old secret", crate::party::Culprits::none()));
        }
        Ok(Self { heard, dealt, commitment: S::with_points(plan.commitment(), new, points) })
    }

    /// What there is to judge when the receiver of the share with this index accuses a dealer.
    pub(super) fn case(&self, plan: &Plan<S>, accused: PartyId, accuser: PartyId, index: PartyId) -> Case {
        let place = usize::from(index.get()) - 1;
        let deal = &self.dealt[&accused];
        Case {
            accused,
            accuser,
            round: DEAL,
            sealed: deal.row(place).to_vec(),
            to: plan.receivers()[place].1.clone(),
            committed: share_point(plan.params(), &deal.points, index),
        }
    }
}
