//! The helpers' rounds: cut the weighted share into pieces, add up the pieces of all.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    PIECES, SUMS,
    pieces::Pieces,
    plan::Plan,
    sums::{Side, Summing},
};
use crate::{
    codec::{Encode, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        members::write_numbers,
        outbox::Outbox,
        share_message::{Heard, Openings, Place, ShareMessage, fits, sealed_row_len},
    },
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey, verifiable::add_row},
    transcript::Transcript,
};

/// A helper that has handed out its pieces and waits for those of the others.
pub(super) struct Helper<S: Verifiable> {
    plan: Plan<S>,
    place: usize,
    identity: IdentityKey,
    key: CustodianKey,
    /// Where the randomness of the second round comes from.
    seed: Zeroizing<[u8; 32]>,
    openings: Openings,
    own: ShareMessage,
}

impl<S: Verifiable> Helper<S> {
    /// Cuts the weighted share into pieces. The message is for everybody: helpers and owner.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's helpers; `ParamsMismatch` for keys that are not the
    /// plan's; `VerificationFailed` if the share does not fit the plan's commitment.
    /// # Source
    /// \[SW18\], steps 1 and 2.
    pub(super) fn start(
        plan: &Plan<S>,
        share: &S,
        identity: &IdentityKey,
        key: &CustodianKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Outbox)> {
        let me = share.address();
        let Some(place) = plan.helpers().iter().position(|(index, ..)| *index == me) else {
            return Err(Error::new(ErrorKind::UnknownParty, "share: not a helper's"));
        };
        let (_, known, custodian) = &plan.helpers()[place];
        if *known != identity.identity() || !key.is_of(custodian) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "keys: not the plan's"));
        }
        share.check(plan.commitment())?;
        let row = share.row();
        let generators = S::generators(plan.commitment());
        let count = plan.helpers().len();

        // All pieces but the first are random; the first makes up the sum.
        let mut pieces = Zeroizing::new(vec![Scalar::ZERO; row.len() * count]);
        let (first, others) = pieces.split_at_mut(row.len());
        others.fill_with(|| Scalar::random(rng));
        add_row(first, plan.factor(place), &row);
        for other in others.chunks_exact(row.len()) {
            add_row(first, -Scalar::ONE, other);
        }

        let len = count * (Point::ENCODED_LEN + sealed_row_len(row.len()));
        let mut body = Writer::with_capacity(len);
        for piece in pieces.chunks_exact(row.len()) {
            Point::multi_mul(piece, &generators).write(&mut body);
        }
        let mut openings = Openings::default();
        for (piece, (receiver, _, custodian)) in pieces.chunks_exact(row.len()).zip(plan.helpers()) {
            let to = Place { plan: plan.hash(), round: PIECES, sender: me, receiver: *receiver };
            openings.seal(to, custodian, Zeroizing::new(piece.to_vec()), &mut body, rng)?;
        }
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        let own = ShareMessage::sign(plan.hash(), PIECES, me, body.into_bytes().to_vec(), identity);
        let outbox = Outbox::broadcast(own.to_bytes().to_vec());
        let (plan, identity, key) = (plan.clone(), identity.clone(), key.clone());
        Ok((Self { plan, place, identity, key, seed, openings, own }, outbox))
    }

    /// Checks the pieces of the other helpers and adds up those for this one. The message is for everybody.
    ///
    /// # Errors
    /// As [`Pieces::collect`].
    /// # Source
    /// \[SW18\], step 3.
    pub(super) fn receive(self, pieces: &[(PartyId, Vec<u8>)]) -> Result<(Summing<S>, Outbox)> {
        let Self { plan, place, identity, key, seed, openings, own } = self;
        let (me, _, custodian) = plan.helpers()[place].clone();
        let pieces = Pieces::collect(&plan, me, Some(own), pieces)?;
        let generators = S::generators(plan.commitment());
        let mut sum = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
        let mut complaints = Vec::new();
        for (sender, dealt) in &pieces.dealt {
            let from = Place { plan: plan.hash(), round: PIECES, sender: *sender, receiver: me };
            match from.open(&key, &custodian, dealt.row(place)) {
                Some(piece) if fits(&piece, &generators, &dealt.points[place]) => {
                    add_row(&mut sum, Scalar::ONE, &piece);
                }
                _ => complaints.push(*sender),
            }
        }
        let len =
            pieces.heard.len() * Heard::ENTRY_LEN + 2 + 2 * complaints.len() + sealed_row_len(sum.len());
        let mut body = Writer::with_capacity(len);
        pieces.heard.write(&mut body);
        write_numbers(&complaints, &mut body);
        let mut sealed = Openings::default();
        if complaints.is_empty() {
            let to = Place { plan: plan.hash(), round: SUMS, sender: me, receiver: plan.lost() };
            let mut rng = Transcript::new("veilkit v1 repair sum seed").append("seed", &*seed).rng();
            sealed.seal(to, &plan.owner().1, sum, &mut body, &mut rng)?;
        }
        let own = ShareMessage::sign(plan.hash(), SUMS, me, body.into_bytes().to_vec(), &identity);
        let outbox = Outbox::broadcast(own.to_bytes().to_vec());
        let side = Side::Helper { own, pieces: openings, sum: sealed };
        Ok((Summing { plan, me, identity, pieces, side }, outbox))
    }
}
