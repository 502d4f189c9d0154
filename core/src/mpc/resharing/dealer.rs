//! Round 1: share the share.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{DEAL, confirming::Confirming, deals::Deals, plan::Plan};
use crate::{
    codec::{Encode, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        outbox::Outbox,
        share_message::{Openings, Place, ShareMessage, sealed_row_len},
    },
    party::PartyId,
    shamir::{
        Verifiable,
        verifiable::{add_row, index_powers},
    },
};

/// An old holder that has dealt and waits for the other dealers.
pub(super) struct Dealer<S: Verifiable> {
    plan: Plan<S>,
    me: PartyId,
    identity: IdentityKey,
    openings: Openings,
    own: ShareMessage,
}

impl<S: Verifiable> Dealer<S> {
    /// Shares the old share among the receivers. The message is for everybody: receivers and other dealers.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's dealers; `ParamsMismatch` for another identity key;
    /// `VerificationFailed` if the share does not fit the plan's commitment.
    pub(super) fn start(
        plan: &Plan<S>,
        share: &S,
        identity: &IdentityKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Outbox)> {
        let me = share.address();
        let Some((_, known)) = plan.dealers().iter().find(|(index, _)| *index == me) else {
            return Err(Error::new(ErrorKind::UnknownParty, "share: not a dealer's"));
        };
        if *known != identity.identity() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "identity key: not the plan's"));
        }
        share.check(plan.commitment())?;
        let secret = share.row();
        let generators = S::generators(plan.commitment());
        let params = plan.params();
        // Row k: the k-th coefficient of the polynomial of each scalar of the share.
        let mut rows = Zeroizing::new(vec![Scalar::ZERO; secret.len() * params.threshold()]);
        rows.fill_with(|| Scalar::random(rng));
        rows[..secret.len()].copy_from_slice(&secret);

        let receivers = plan.confirmers();
        let len = params.threshold() * Point::ENCODED_LEN + receivers.len() * sealed_row_len(secret.len());
        let mut body = Writer::with_capacity(len);
        for row in rows.chunks_exact(secret.len()) {
            Point::multi_mul(row, &generators).write(&mut body);
        }
        let mut openings = Openings::default();
        for ((index, (receiver, _)), (_, custodian)) in params.indices().zip(receivers).zip(plan.receivers())
        {
            let mut value = Zeroizing::new(vec![Scalar::ZERO; secret.len()]);
            for (power, row) in index_powers(params, index).into_iter().zip(rows.chunks_exact(secret.len())) {
                add_row(&mut value, power, row);
            }
            let place = Place { plan: plan.hash(), round: DEAL, sender: me, receiver };
            openings.seal(place, custodian, value, &mut body, rng)?;
        }
        let own = ShareMessage::sign(plan.hash(), DEAL, me, body.into_bytes().to_vec(), identity);
        let outbox = Outbox::broadcast(own.to_bytes().to_vec());
        Ok((Self { plan: plan.clone(), me, identity: identity.clone(), openings, own }, outbox))
    }

    /// Hears what the other dealers dealt.
    ///
    /// # Errors
    /// As [`Deals::collect`].
    pub(super) fn receive(self, deals: &[(PartyId, Vec<u8>)]) -> Result<(Confirming<S>, Outbox)> {
        let Self { plan, me, identity, openings, own } = self;
        let deals = Deals::collect(&plan, me, Some(own), deals)?;
        let openings = Some(openings);
        Ok((
            Confirming { plan, me, identity, deals, share: None, openings, complaints: Vec::new() },
            Outbox::empty(),
        ))
    }
}
