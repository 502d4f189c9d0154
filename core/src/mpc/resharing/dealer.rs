//! Round 1: share the share.
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{CONFIRM, DEAL, plan::Plan};
use crate::{
    codec::{Encode, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        outbox::Outbox,
        share_message::{Place, ShareMessage, collect, sealed_row_len},
    },
    party::PartyId,
    shamir::{
        Verifiable,
        verifiable::{add_row, index_powers},
    },
    transcript::Digest,
};

/// An old holder that has dealt and waits to hear that all receivers have the same.
pub struct Dealer<S: Verifiable> {
    plan: Plan<S>,
}

impl<S: Verifiable> Dealer<S> {
    /// Shares the old share among the receivers. The message is for everybody: receivers and other dealers.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's dealers; `ParamsMismatch` for another identity key;
    /// `VerificationFailed` if the share does not fit the plan's commitment.
    /// # Timing
    /// Constant in the share.
    /// # Security
    /// The share is used, not consumed: it is needed again if the run fails. Never deal twice in one session.
    pub fn start(
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

        let receivers = plan.receivers().len();
        let len = params.threshold() * Point::ENCODED_LEN + receivers * sealed_row_len(secret.len());
        let mut body = Writer::with_capacity(len);
        for row in rows.chunks_exact(secret.len()) {
            Point::multi_mul(row, &generators).write(&mut body);
        }
        for (receiver, (_, custodian)) in params.indices().zip(plan.receivers()) {
            let mut value = Zeroizing::new(vec![Scalar::ZERO; secret.len()]);
            for (power, row) in
                index_powers(params, receiver).into_iter().zip(rows.chunks_exact(secret.len()))
            {
                add_row(&mut value, power, row);
            }
            let place = Place { plan: plan.hash(), round: DEAL, sender: me, receiver };
            place.seal(custodian, &value, &mut body, rng)?;
        }
        let message = ShareMessage::sign(plan.hash(), DEAL, me, body.into_bytes().to_vec(), identity);
        Ok((Self { plan: plan.clone() }, Outbox::broadcast(message.to_bytes().to_vec())))
    }

    /// Hears that all receivers have shares of one and the same new commitment, and gives its name, which is that of the
    /// new sharing. The old share can be destroyed now.
    ///
    /// # Errors
    /// `MissingMessage`, `DuplicateParty`, `UnknownParty`; those of decoding; `ParamsMismatch`; `VerificationFailed`
    /// when the receivers heard different things or a signature is wrong. Keep the old share then.
    pub fn finish(self, confirmations: &[(PartyId, Vec<u8>)]) -> Result<Digest> {
        confirmed(&self.plan, confirmations).map(|(_, set_id)| set_id)
    }
}

/// The one roster and set id that all receivers have signed.
pub(super) fn confirmed<S: Verifiable>(
    plan: &Plan<S>,
    incoming: &[(PartyId, Vec<u8>)],
) -> Result<(Digest, Digest)> {
    let messages = collect(plan.hash(), CONFIRM, &plan.confirmers(), incoming)?;
    let mut bodies = messages.values().map(|message| &message.body);
    let first = bodies.next().expect("there are at least two receivers");
    let differ =
        Error::new(ErrorKind::VerificationFailed, "confirmations: the receivers heard different things");
    if bodies.any(|body| body != first) {
        return Err(differ);
    }
    let (halves, rest) = first.as_chunks::<32>();
    match (halves, rest) {
        ([roster, set_id], []) => Ok((*roster, *set_id)),
        _ => Err(differ),
    }
}

impl<S: Verifiable> fmt::Debug for Dealer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dealer").field("plan", &self.plan).finish_non_exhaustive()
    }
}
