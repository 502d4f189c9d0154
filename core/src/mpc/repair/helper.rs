//! The helpers' rounds: cut the weighted share into pieces, add up the pieces of all.
use core::fmt;
use std::collections::BTreeMap;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{PIECES, SUMS, plan::Plan};
use crate::{
    codec::{Encode, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        outbox::Outbox,
        resharing::fits,
        share_message::{Dealt, Place, ShareMessage, cheat, collect, roster, sealed_row_len},
    },
    party::PartyId,
    shamir::{Verifiable, sealed::CustodianKey, verifiable::add_row},
    transcript::Digest,
};

/// A helper that has handed out its pieces and waits for those of the others.
pub struct Helper<S: Verifiable> {
    plan: Plan<S>,
    place: usize,
    identity: IdentityKey,
    key: CustodianKey,
    /// The own message, which the transport need not bring back.
    own: Vec<u8>,
}

impl<S: Verifiable> Helper<S> {
    /// Cuts the weighted share into pieces. The message is for everybody: helpers and owner.
    ///
    /// # Errors
    /// `UnknownParty` if the share is not that of one of the plan's helpers; `ParamsMismatch` for keys that are not the
    /// plan's; `VerificationFailed` if the share does not fit the plan's commitment.
    /// # Timing
    /// Constant in the share and the keys.
    /// # Source
    /// \[SW18\], steps 1 and 2.
    pub fn start(
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
        for (piece, (receiver, _, custodian)) in pieces.chunks_exact(row.len()).zip(plan.helpers()) {
            let to = Place { plan: plan.hash(), round: PIECES, sender: me, receiver: *receiver };
            to.seal(custodian, piece, &mut body, rng)?;
        }
        let message = ShareMessage::sign(plan.hash(), PIECES, me, body.into_bytes().to_vec(), identity);
        let own = message.to_bytes().to_vec();
        let helper = Self {
            plan: plan.clone(),
            place,
            identity: identity.clone(),
            key: key.clone(),
            own: own.clone(),
        };
        Ok((helper, Outbox::broadcast(own)))
    }

    /// Checks the pieces of the other helpers and adds up those for this one. The own message may be among them. The
    /// message that goes out is for the owner.
    ///
    /// # Errors
    /// `MissingMessage`, `DuplicateParty`, `UnknownParty`; those of decoding; `ParamsMismatch` for a message of another
    /// plan or round; `VerificationFailed`, naming the helper whose pieces do not add up or that sent a wrong one, or
    /// naming nobody when the transport could have done it.
    /// # Timing
    /// Constant in the pieces and the key.
    /// # Source
    /// \[SW18\], step 3.
    pub fn receive(self, pieces: &[(PartyId, Vec<u8>)], rng: &mut impl CryptoRng) -> Result<Outbox> {
        let Self { plan, place, identity, key, own } = self;
        let (me, _, custodian) = &plan.helpers()[place];
        let mut all = pieces.to_vec();
        if !all.iter().any(|(from, _)| from == me) {
            all.push((*me, own));
        }
        let (messages, points) = heard(&plan, &all)?;
        let generators = S::generators(plan.commitment());
        let mut sum = Zeroizing::new(vec![Scalar::ZERO; generators.len()]);
        for (sender, message) in &messages {
            let dealt = read(&plan, message)?;
            let from = Place { plan: plan.hash(), round: PIECES, sender: *sender, receiver: *me };
            let piece = from.open(&key, custodian, dealt.row(place))?;
            if !fits(&piece, &generators, &points[sender][place]) {
                return Err(cheat("pieces: one does not fit its commitment", *sender));
            }
            add_row(&mut sum, Scalar::ONE, &piece);
        }
        let mut body = Writer::with_capacity(32 + sealed_row_len(sum.len()));
        body.bytes(&roster(messages.values()));
        let to = Place { plan: plan.hash(), round: SUMS, sender: *me, receiver: plan.lost() };
        to.seal(plan.owner(), &sum, &mut body, rng)?;
        let message = ShareMessage::sign(plan.hash(), SUMS, *me, body.into_bytes().to_vec(), &identity);
        Ok(Outbox::to_each([(plan.lost(), message.to_bytes().to_vec())]))
    }
}

fn read<'a, S: Verifiable>(plan: &Plan<S>, message: &'a ShareMessage) -> Result<Dealt<'a>> {
    let count = plan.helpers().len();
    Dealt::read(message, count, count, S::generators(plan.commitment()).len())
}

/// The messages of all helpers, and what each has committed to, by helper.
type Heard = (BTreeMap<PartyId, ShareMessage>, BTreeMap<PartyId, Vec<Point>>);

/// Collects the messages of round 1, and checks that the pieces of each helper add up to its weighted share.
pub(super) fn heard<S: Verifiable>(plan: &Plan<S>, incoming: &[(PartyId, Vec<u8>)]) -> Result<Heard> {
    let messages = collect(plan.hash(), PIECES, &plan.senders(), incoming)?;
    let mut all = BTreeMap::new();
    for (place, (sender, message)) in messages.iter().enumerate() {
        let points = read(plan, message)?.points;
        if points.iter().fold(Point::identity(), |sum, point| sum + *point) != plan.piece_point(place) {
            return Err(cheat("pieces: they do not add up to the helper's share", *sender));
        }
        all.insert(*sender, points);
    }
    Ok((messages, all))
}

/// The roster that a helper's sum goes with.
pub(super) fn sum_of<'a>(message: &'a ShareMessage, expected: &Digest) -> Result<&'a [u8]> {
    match message.body.split_first_chunk::<32>() {
        Some((roster, sealed)) if roster == expected => Ok(sealed),
        // A helper that heard something else need not have cheated: somebody told it something else.
        _ => Err(Error::new(ErrorKind::VerificationFailed, "sums: the helpers heard different things")),
    }
}

impl<S: Verifiable> fmt::Debug for Helper<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helper").field("plan", &self.plan).finish_non_exhaustive()
    }
}
