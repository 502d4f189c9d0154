//! Round 2: add up what the dealers sent, and say what was heard and whose value is wrong.
use zeroize::Zeroizing;

use super::{CONFIRM, DEAL, confirming::Confirming, deals::Deals, plan::Plan};
use crate::{
    codec::{Encode, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::Scalar,
    mpc::{
        identity::IdentityKey,
        members::write_numbers,
        outbox::Outbox,
        share_message::{Heard, Place, ShareMessage, fits},
    },
    party::PartyId,
    shamir::{
        Verifiable,
        sealed::CustodianKey,
        verifiable::{add_row, factors, share_point},
    },
};

/// A new holder that waits for the dealers.
pub(super) struct Receiver<S: Verifiable> {
    plan: Plan<S>,
    index: PartyId,
    me: PartyId,
    identity: IdentityKey,
    key: CustodianKey,
}

impl<S: Verifiable> Receiver<S> {
    /// Enters a plan as the holder of the new share with this index.
    ///
    /// # Errors
    /// `UnknownParty` for an index that no new share has; `ParamsMismatch` for keys that are not the plan's.
    pub(super) fn start(
        plan: &Plan<S>,
        index: PartyId,
        identity: &IdentityKey,
        key: &CustodianKey,
    ) -> Result<Self> {
        let me = plan.receiver_number(index)?;
        let (known, custodian) = &plan.receivers()[usize::from(index.get()) - 1];
        if *known != identity.identity() || !key.is_of(custodian) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "keys: not the plan's"));
        }
        Ok(Self { plan: plan.clone(), index, me, identity: identity.clone(), key: key.clone() })
    }

    /// Checks what every dealer sent and adds it up. The message is for everybody: receivers and dealers.
    ///
    /// # Errors
    /// As [`Deals::collect`].
    pub(super) fn receive(self, deals: &[(PartyId, Vec<u8>)]) -> Result<(Confirming<S>, Outbox)> {
        let Self { plan, index, me, identity, key } = self;
        let deals = Deals::collect(&plan, me, None, deals)?;
        let generators = S::generators(plan.commitment());
        let place = usize::from(index.get()) - 1;
        let custodian = &plan.receivers()[place].1;
        let dealers: Vec<PartyId> = deals.dealt.keys().copied().collect();
        let mut row = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
        let mut complaints = Vec::new();
        for ((dealer, dealt), factor) in deals.dealt.iter().zip(factors(&dealers, None)?) {
            let from = Place { plan: plan.hash(), round: DEAL, sender: *dealer, receiver: me };
            let committed = share_point(plan.params(), &dealt.points, index);
            match from.open(&key, custodian, dealt.row(place)) {
                Some(value) if fits(&value, &generators, &committed) => add_row(&mut row, factor, &value),
                _ => complaints.push(*dealer),
            }
        }
        let share = complaints.is_empty().then(|| S::from_row(&deals.commitment, index, &row));
        let mut body = Writer::with_capacity(deals.heard.len() * Heard::ENTRY_LEN + 2 + 2 * complaints.len());
        deals.heard.write(&mut body);
        write_numbers(&complaints, &mut body);
        let body = body.into_bytes().to_vec();
        let message = ShareMessage::sign(plan.hash(), CONFIRM, me, body, &identity);
        let outbox = Outbox::broadcast(message.to_bytes().to_vec());
        Ok((Confirming { plan, me, identity, deals, share, openings: None, complaints }, outbox))
    }
}
