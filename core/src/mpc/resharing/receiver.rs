//! Round 2: add up what the dealers sent, and say what was heard.
use core::fmt;

use zeroize::Zeroizing;

use super::{CONFIRM, DEAL, dealer::confirmed, plan::Plan};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        outbox::Outbox,
        share_message::{Dealt, Place, ShareMessage, cheat, collect, roster},
    },
    party::PartyId,
    secret::declassify,
    shamir::{
        Verifiable,
        sealed::CustodianKey,
        verifiable::{add_row, factors, share_point},
    },
    transcript::Digest,
};

/// A new holder that waits for the dealers.
pub struct Receiver<S: Verifiable> {
    plan: Plan<S>,
    me: PartyId,
    identity: IdentityKey,
    key: CustodianKey,
}

/// A new holder that has its share and waits to hear that all others have theirs.
pub struct Confirming<S: Verifiable> {
    plan: Plan<S>,
    commitment: S::Commitment,
    share: S,
    roster: Digest,
    /// What this one sent.
    own: Vec<u8>,
}

impl<S: Verifiable> Receiver<S> {
    /// Enters a plan as the holder of the new share with the index `me`.
    ///
    /// # Errors
    /// `UnknownParty` for an index that no new share has; `ParamsMismatch` for keys that are not the plan's.
    pub fn start(plan: &Plan<S>, me: PartyId, identity: &IdentityKey, key: &CustodianKey) -> Result<Self> {
        let Some((known, custodian)) = plan.receivers().get(usize::from(me.get()) - 1) else {
            return Err(Error::new(ErrorKind::UnknownParty, "me: not a receiver"));
        };
        if *known != identity.identity() || !key.is_of(custodian) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "keys: not the plan's"));
        }
        Ok(Self { plan: plan.clone(), me, identity: identity.clone(), key: key.clone() })
    }

    /// Checks what every dealer sent and adds it up. The message says so to everybody: receivers and dealers.
    ///
    /// # Errors
    /// `MissingMessage`, `DuplicateParty`, `UnknownParty`; those of decoding; `ParamsMismatch` for a message of another
    /// plan or round; `VerificationFailed`, naming the dealer that did not share its old share or sent a wrong value, or
    /// naming nobody when the transport could have done it.
    /// # Timing
    /// Constant in the values and the key.
    pub fn receive(self, deals: &[(PartyId, Vec<u8>)]) -> Result<(Confirming<S>, Outbox)> {
        let Self { plan, me, identity, key } = self;
        let (old, new) = (S::params(plan.commitment()), plan.params());
        let messages = collect(plan.hash(), DEAL, plan.dealers(), deals)?;
        let generators = S::generators(plan.commitment());
        let indices: Vec<PartyId> = messages.keys().copied().collect();
        let place = usize::from(me.get()) - 1;
        let custodian = &plan.receivers()[place].1;

        let mut points = vec![Point::identity(); new.threshold()];
        let mut row = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
        for ((dealer, message), factor) in messages.iter().zip(factors(&indices, None)?) {
            let dealt = Dealt::read(message, new.threshold(), plan.receivers().len(), generators.len())?;
            // [WWW02], step 2: the constant term is the dealer's share.
            if dealt.points[0] != share_point(old, S::points(plan.commitment()), *dealer) {
                return Err(cheat("deal: not of the dealer's old share", *dealer));
            }
            let from = Place { plan: plan.hash(), round: DEAL, sender: *dealer, receiver: me };
            let value = from.open(&key, custodian, dealt.row(place))?;
            let committed = share_point(new, &dealt.points, me);
            if !fits(&value, &generators, &committed) {
                return Err(cheat("deal: value does not fit its commitment", *dealer));
            }
            for (sum, point) in points.iter_mut().zip(&dealt.points) {
                *sum = *sum + *point * factor;
            }
            add_row(&mut row, factor, &value);
        }
        // Each dealer's constant term is on the old polynomial, so the sum's is the old secret's.
        let is_same = points[0] == S::points(plan.commitment())[0];
        if !is_same || points.iter().any(|point| point.is_identity().into()) {
            return Err(Error::new(ErrorKind::VerificationFailed, "deals: not of the old secret"));
        }
        let commitment = S::with_points(plan.commitment(), new, points);
        let share = S::from_row(&commitment, me, &row);
        let roster = roster(messages.values());
        let body = [roster, S::set_id_of(&commitment)].concat();
        let message = ShareMessage::sign(plan.hash(), CONFIRM, me, body, &identity);
        let own = message.to_bytes().to_vec();
        let outbox = Outbox::broadcast(own.clone());
        Ok((Confirming { plan, commitment, share, roster, own }, outbox))
    }
}

/// Whether the row is the one that was committed to.
pub(in crate::mpc) fn fits(row: &[Scalar], generators: &[Point], committed: &Point) -> bool {
    use subtle::ConstantTimeEq;
    row.len() == generators.len() && declassify(Point::multi_mul(row, generators).ct_eq(committed))
}

impl<S: Verifiable> Confirming<S> {
    /// Hears that all receivers have shares of the same new commitment, and gives both. The own message may be among the
    /// confirmations.
    ///
    /// # Errors
    /// `MissingMessage`, `DuplicateParty`, `UnknownParty`; those of decoding; `ParamsMismatch`; `VerificationFailed`
    /// when the receivers heard different things or a signature is wrong. Old holders keep their old shares then.
    pub fn finish(self, confirmations: &[(PartyId, Vec<u8>)]) -> Result<(S::Commitment, S)> {
        let mut confirmations = confirmations.to_vec();
        if !confirmations.iter().any(|(from, _)| *from == self.share.address()) {
            confirmations.push((self.share.address(), self.own));
        }
        let (roster, set_id) = confirmed(&self.plan, &confirmations)?;
        if roster != self.roster || set_id != S::set_id_of(&self.commitment) {
            let what = "confirmations: the others heard something else";
            return Err(Error::new(ErrorKind::VerificationFailed, what));
        }
        Ok((self.commitment, self.share))
    }
}

impl<S: Verifiable> fmt::Debug for Receiver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("me", &self.me).field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl<S: Verifiable> fmt::Debug for Confirming<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirming").field("plan", &self.plan).finish_non_exhaustive()
    }
}
