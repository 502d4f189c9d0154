//! Round 2 as it is heard, by helpers and owner.
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{ANSWER, RECEIPT, SUMS, pieces::Pieces, plan::Plan, receipt::Closing, session::Output};
use crate::{
    codec::{Encode, Writer},
    error::Result,
    field::Field,
    group::Scalar,
    mpc::{
        identity::IdentityKey,
        members::{read_numbers, write_numbers},
        outbox::Outbox,
        share_message::{Dispute, Heard, Openings, Place, ShareMessage, fits, sealed_row_len, unless_any},
    },
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey, verifiable::add_row},
};

/// What only one side has.
pub(super) enum Side {
    Helper {
        /// What it sent in round 2.
        own: ShareMessage,
        /// What it sealed in round 1 and in round 2.
        pieces: Openings,
        sum: Openings,
    },
    Owner {
        key: CustodianKey,
    },
}

/// Waits for the sums.
pub(super) struct Summing<S: Verifiable> {
    pub(super) plan: Plan<S>,
    pub(super) me: PartyId,
    pub(super) identity: IdentityKey,
    pub(super) pieces: Pieces,
    pub(super) side: Side,
}

/// What a round comes to: something to wait for, to judge, or the end.
pub(super) enum Next<S: Verifiable> {
    Closing(Box<Closing<S>>, Outbox),
    Disputed(Box<Dispute>, Outbox),
    Done(Output<S>, Outbox),
}

impl<S: Verifiable> Summing<S> {
    /// Compares what all helpers heard, and hears their complaints or their sums. The owner says to everybody whether the
    /// sums are right.
    ///
    /// # Errors
    /// As [`Heard::collect`]; `VerificationFailed`, naming each helper that handed out two different rounds 1 and each whose
    /// evidence does not hold or that accuses somebody who did not help.
    pub(super) fn receive(self, sums: &[(PartyId, Vec<u8>)]) -> Result<Next<S>> {
        let Self { plan, me, identity, pieces, side } = self;
        let own = if let Side::Helper { own, .. } = &side { Some(own.clone()) } else { None };
        let heard = Heard::collect(plan.hash(), SUMS, &plan.senders(), me, own, sums)?;
        let row_len = sealed_row_len(S::generators(plan.commitment()).len());
        let (mut culprits, mut cases, mut sealed) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (place, (from, message)) in heard.iter().enumerate() {
            let parsed = message.parse(|body| {
                pieces.heard.compare(from, body, &mut culprits)?;
                let accused = read_numbers(body, "sums: accused")?;
                let sum = if accused.is_empty() {
                    body.bytes(row_len, "sums: sealed sum")?.to_vec()
                } else {
                    vec![]
                };
                Ok((accused, sum))
            });
            match parsed {
                Ok((accused, sum)) if accused.iter().all(|party| pieces.dealt.contains_key(party)) => {
                    cases.extend(accused.into_iter().map(|party| pieces.case(&plan, party, place)));
                    sealed.insert(from, sum);
                }
                _ => culprits.push(from),
            }
        }
        unless_any(culprits, "sums: two rounds 1 of one helper, or a statement that does not hold")?;
        let generators = S::generators(plan.commitment());
        if !cases.is_empty() {
            let openings = if let Side::Helper { pieces, .. } = &side { Some(pieces) } else { None };
            let speaker = (me, &identity);
            let (dispute, outbox) =
                Dispute::start(*plan.hash(), ANSWER, speaker, &plan.senders(), cases, generators, openings);
            return Ok(Next::Disputed(Box::new(dispute), outbox));
        }
        match side {
            Side::Helper { sum, .. } => {
                let closing =
                    Closing { plan, me, identity, pieces, sums: heard, sealed, sum: Some(sum), own: None };
                Ok(Next::Closing(Box::new(closing), Outbox::empty()))
            }
            Side::Owner { key } => {
                let mut row = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
                let mut complaints = Vec::new();
                for (place, (from, sealed)) in sealed.iter().enumerate() {
                    let at = Place { plan: plan.hash(), round: SUMS, sender: *from, receiver: me };
                    match at.open(&key, &plan.owner().1, sealed) {
                        Some(sum) if fits(&sum, &generators, &pieces.sum_point(place)) => {
                            add_row(&mut row, Scalar::ONE, &sum);
                        }
                        _ => complaints.push(*from),
                    }
                }
                let mut body =
                    Writer::with_capacity(heard.len() * Heard::ENTRY_LEN + 2 + 2 * complaints.len());
                heard.write(&mut body);
                write_numbers(&complaints, &mut body);
                let body = body.into_bytes().to_vec();
                let own = ShareMessage::sign(plan.hash(), RECEIPT, me, body, &identity);
                let outbox = Outbox::broadcast(own.to_bytes().to_vec());
                if complaints.is_empty() {
                    let share = S::from_row(plan.commitment(), plan.lost(), &row);
                    share.check(plan.commitment())?;
                    return Ok(Next::Done(Output { share: Some(share) }, outbox));
                }
                let own = Some(own);
                let closing = Closing { plan, me, identity, pieces, sums: heard, sealed, sum: None, own };
                Ok(Next::Closing(Box::new(closing), outbox))
            }
        }
    }
}
