//! What all helpers committed to, and what their sums must be.
use std::collections::BTreeMap;

use super::{PIECES, SUMS, plan::Plan};
use crate::{
    error::Result,
    group::Point,
    mpc::share_message::{Case, Dealt, Heard, ShareMessage, unless_any},
    party::PartyId,
    shamir::Verifiable,
};

/// The pieces of all helpers; those of each add up to its weighted share.
pub(super) struct Pieces {
    pub(super) heard: Heard,
    pub(super) dealt: BTreeMap<PartyId, Dealt>,
}

impl Pieces {
    /// Collects the pieces and checks what is public of them.
    ///
    /// # Errors
    /// As [`Heard::collect`]; `VerificationFailed`, naming every helper whose pieces do not add up to its share.
    pub(super) fn collect<S: Verifiable>(
        plan: &Plan<S>,
        me: PartyId,
        own: Option<ShareMessage>,
        incoming: &[(PartyId, Vec<u8>)],
    ) -> Result<Self> {
        let (count, width) = (plan.helpers().len(), S::generators(plan.commitment()).len());
        let heard = Heard::collect(plan.hash(), PIECES, &plan.senders(), me, own, incoming)?;
        let (mut dealt, mut culprits) = (BTreeMap::new(), Vec::new());
        for (place, (helper, message)) in heard.iter().enumerate() {
            let sum =
                |pieces: &Dealt| pieces.points.iter().fold(Point::identity(), |sum, point| sum + *point);
            match Dealt::read(message, count, count, width) {
                Ok(pieces) if sum(&pieces) == plan.piece_point(place) => _ = dealt.insert(helper, pieces),
                _ => culprits.push(helper),
            }
        }
        unless_any(culprits, "pieces: they do not add up to the helper's share")?;
        Ok(Self { heard, dealt })
    }

    /// What the sum of the helper in this place commits to.
    pub(super) fn sum_point(&self, place: usize) -> Point {
        self.dealt.values().fold(Point::identity(), |sum, pieces| sum + pieces.points[place])
    }

    /// What there is to judge when the helper in this place says that a piece for it is wrong.
    pub(super) fn case<S: Verifiable>(&self, plan: &Plan<S>, accused: PartyId, place: usize) -> Case {
        let (accuser, _, custodian) = &plan.helpers()[place];
        let pieces = &self.dealt[&accused];
        Case {
            accused,
            accuser: *accuser,
            round: PIECES,
            sealed: pieces.row(place).to_vec(),
            to: custodian.clone(),
            committed: pieces.points[place],
        }
    }

    /// What there is to judge when the owner says that the sum of the helper in this place is wrong.
    pub(super) fn sum_case<S: Verifiable>(&self, plan: &Plan<S>, place: usize, sealed: &[u8]) -> Case {
        Case {
            accused: plan.helpers()[place].0,
            accuser: plan.lost(),
            round: SUMS,
            sealed: sealed.to_vec(),
            to: plan.owner().1.clone(),
            committed: self.sum_point(place),
        }
    }
}
