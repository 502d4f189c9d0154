//! The end of a run: everybody has heard the same and nobody complains, or there is something to judge.
use super::{
    ANSWER, CONFIRM,
    deals::Deals,
    plan::{Plan, Role},
    session::Output,
};
use crate::{
    error::Result,
    mpc::{
        identity::IdentityKey,
        members::read_numbers,
        outbox::Outbox,
        share_message::{Dispute, Heard, Openings, unless_any},
    },
    party::PartyId,
    shamir::Verifiable,
};

/// Waits to hear that all receivers have heard the same deals and hold good shares.
pub(super) struct Confirming<S: Verifiable> {
    pub(super) plan: Plan<S>,
    pub(super) me: PartyId,
    pub(super) identity: IdentityKey,
    pub(super) deals: Deals<S>,
    /// A receiver's.
    pub(super) share: Option<S>,
    /// A dealer's.
    pub(super) openings: Option<Openings>,
    /// Whom this receiver accuses.
    pub(super) complaints: Vec<PartyId>,
}

/// What the confirmations come to.
pub(super) enum Verdict<S: Verifiable> {
    Agreed(Output<S>),
    Disputed(Box<Dispute>, Outbox),
}

impl<S: Verifiable> Confirming<S> {
    /// Compares what all receivers heard, and hears their complaints.
    ///
    /// # Errors
    /// As [`Heard::collect`]; `VerificationFailed`, naming each dealer that dealt twice and each receiver whose evidence does
    /// not hold or that accuses somebody who did not deal.
    pub(super) fn receive(self, confirmations: &[(PartyId, Vec<u8>)]) -> Result<Verdict<S>> {
        let Self { plan, me, identity, deals, share, openings, complaints } = self;
        let heard = Heard::collect(plan.hash(), CONFIRM, &plan.confirmers(), me, None, confirmations)?;
        let mut culprits = Vec::new();
        let mut accusations: Vec<(PartyId, Vec<PartyId>)> = vec![(me, complaints)];
        for (from, message) in heard.iter() {
            let parsed = message.parse(|body| {
                deals.heard.compare(from, body, &mut culprits)?;
                read_numbers(body, "confirm: accused")
            });
            match parsed {
                Ok(accused) if accused.iter().all(|party| deals.dealt.contains_key(party)) => {
                    accusations.push((from, accused));
                }
                _ => culprits.push(from),
            }
        }
        unless_any(culprits, "confirm: two deals of one dealer, or a statement that does not hold")?;
        let mut cases = Vec::new();
        for (accuser, accused) in accusations {
            if let Some(Role::Receiver(index)) = plan.role(accuser) {
                cases.extend(accused.into_iter().map(|party| deals.case(&plan, party, accuser, index)));
            }
        }
        if cases.is_empty() {
            return Ok(Verdict::Agreed(Output { commitment: deals.commitment, share }));
        }
        let generators = S::generators(plan.commitment());
        let (dispute, outbox) = Dispute::start(
            *plan.hash(),
            ANSWER,
            (me, &identity),
            plan.dealers(),
            cases,
            generators,
            openings.as_ref(),
        );
        Ok(Verdict::Disputed(Box::new(dispute), outbox))
    }
}
