//! Round 3: the owner says whether it has its share.
use std::collections::BTreeMap;

use super::{ANSWER, RECEIPT, pieces::Pieces, plan::Plan, session::Output, sums::Next};
use crate::{
    error::Result,
    mpc::{
        identity::IdentityKey,
        members::read_numbers,
        outbox::Outbox,
        share_message::{Dispute, Heard, Openings, ShareMessage, unless_any},
    },
    party::PartyId,
    shamir::Verifiable,
};

/// Waits for the owner's word; the owner itself, if it complains, for the end of the round.
pub(super) struct Closing<S: Verifiable> {
    pub(super) plan: Plan<S>,
    pub(super) me: PartyId,
    pub(super) identity: IdentityKey,
    pub(super) pieces: Pieces,
    pub(super) sums: Heard,
    /// The sealed sums, by helper.
    pub(super) sealed: BTreeMap<PartyId, Vec<u8>>,
    /// A helper's: what it sealed.
    pub(super) sum: Option<Openings>,
    /// The owner's: what it sent.
    pub(super) own: Option<ShareMessage>,
}

impl<S: Verifiable> Closing<S> {
    /// Hears that the owner has its share, or whom it accuses.
    ///
    /// # Errors
    /// As [`Heard::collect`]; `VerificationFailed`, naming each helper that sent two different sums, or the owner if its
    /// evidence does not hold or it accuses somebody who did not help.
    pub(super) fn receive(self, receipt: &[(PartyId, Vec<u8>)]) -> Result<Next<S>> {
        let Self { plan, me, identity, pieces, sums, sealed, sum, own } = self;
        let owner = [(plan.lost(), plan.owner().0)];
        let heard = Heard::collect(plan.hash(), RECEIPT, &owner, me, own, receipt)?;
        let (mut culprits, mut cases) = (Vec::new(), Vec::new());
        for (from, message) in heard.iter() {
            let parsed = message.parse(|body| {
                sums.compare(from, body, &mut culprits)?;
                read_numbers(body, "receipt: accused")
            });
            let place = |party: &PartyId| sealed.keys().position(|helper| helper == party);
            match parsed.map(|accused| accused.iter().map(place).collect::<Option<Vec<usize>>>()) {
                Ok(Some(places)) => {
                    let all: Vec<&Vec<u8>> = sealed.values().collect();
                    cases.extend(places.into_iter().map(|place| pieces.sum_case(&plan, place, all[place])));
                }
                _ => culprits.push(from),
            }
        }
        unless_any(culprits, "receipt: two sums of one helper, or a statement that does not hold")?;
        if cases.is_empty() {
            return Ok(Next::Done(Output { share: None }, Outbox::empty()));
        }
        let (speaker, generators) = ((me, &identity), S::generators(plan.commitment()));
        let (dispute, outbox) =
            Dispute::start(*plan.hash(), ANSWER, speaker, &plan.senders(), cases, generators, sum.as_ref());
        Ok(Next::Disputed(Box::new(dispute), outbox))
    }
}
