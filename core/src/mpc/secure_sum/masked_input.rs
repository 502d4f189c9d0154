//! Round 3: everybody's masked input arrives. The parties that sent one are the ones whose sum it will be.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4, second half of round 2.
use zeroize::Zeroizing;

use super::{
    consistency::Consistency,
    context::{Context, Roster, advance},
    messages::{Evidence, Round, View},
    party_set::{PARTY_SET_LEN, PartySet},
    shares::HeldShares,
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::outbox::Outbox,
    party::PartyId,
    progress::Observer,
};

/// What a party that shared its secrets left with me.
pub(super) struct Sharer {
    pub(super) held: HeldShares,
    /// Opens its broadcasts.
    pub(super) broadcast_key: Zeroizing<[u8; 32]>,
}

/// Waits for every other party's masked input.
pub(super) struct MaskedInput {
    pub(super) context: Context,
    pub(super) roster: Roster,
    /// Those whose shares arrived, with me.
    pub(super) sharers: PartySet,
    /// By position; `None` for those that have left.
    pub(super) held: Vec<Option<Sharer>>,
    /// The masked inputs so far: my own.
    pub(super) sum: Zeroizing<Vec<u64>>,
    /// What I signed.
    pub(super) evidence: Evidence,
}

impl MaskedInput {
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Adds up the masked inputs and tells everybody what was received.
    ///
    /// # Errors
    /// As [`Context::collect`] and [`Context::open_broadcast`]; `TooFewShares`; `VerificationFailed` when a party
    /// masked its input towards another set of parties (nobody named: a lost message looks the same); `Cancelled`.
    pub(super) fn receive(
        self,
        incoming: &[(PartyId, Vec<u8>)],
        observer: &mut dyn Observer,
    ) -> Result<(Consistency, Outbox)> {
        let Self { context, roster, sharers, held, mut sum, evidence } = self;
        let plan = &context.plan;
        let messages = context.collect(Round::MaskedInput, &sharers, incoming)?.present();
        let mut inputs = vec![Evidence::NONE; plan.parties().len()];
        inputs[context.position] = evidence;
        let mut survivors: PartySet = [context.position].into_iter().collect();
        for (done, position) in context.others(&sharers).enumerate() {
            advance(observer, done, sharers.count())?;
            let Some(message) = messages.get(&plan.party_at(position)) else { continue };
            let key = &held[position].as_ref().expect("a sharer").broadcast_key;
            let opened = context.open_broadcast(&roster, Round::MaskedInput, position, key, message)?;
            let (theirs, words) = opened.content.split_at(PARTY_SET_LEN);
            if theirs != sharers.as_bytes() {
                return Err(Error::new(
                    ErrorKind::VerificationFailed,
                    "round 2: the parties did not hear the same",
                ));
            }
            for (word, bytes) in sum.iter_mut().zip(words.as_chunks().0) {
                *word = word.wrapping_add(u64::from_le_bytes(*bytes));
            }
            inputs[position] = opened.evidence;
            survivors = survivors.iter().chain([position]).collect();
        }
        context.require(&survivors, plan.min_survivors())?;

        let view = View { sharers, survivors, inputs };
        let key = &held[context.position].as_ref().expect("my own").broadcast_key;
        let (body, _) = context.seal_broadcast(&roster, Round::Consistency, key, &view.to_content());
        let outbox = Outbox::broadcast(context.message(Round::Consistency, None, body));
        Ok((Consistency { context, roster, view, held, sum }, outbox))
    }
}
