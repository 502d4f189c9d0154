//! Round 4: everybody signed what it received. Only when all of them agree is any share revealed.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4, round 3, over the received inputs as well as over who survived. Without it
//! a relay could tell half of the parties that somebody left and the other half that it stayed, and would get
//! both kinds of shares for that party.
use zeroize::Zeroizing;

use super::{
    context::{Context, Roster, cheat, same},
    masked_input::Sharer,
    messages::{Round, View},
    party_set::PartySet,
    shares::{SEED_LEN, ShareKind},
    unmask::Unmask,
};
use crate::{
    codec::Writer,
    error::{Error, ErrorKind, Result},
    mpc::outbox::Outbox,
    party::PartyId,
};

/// Waits for every other survivor's view.
pub(super) struct Consistency {
    pub(super) context: Context,
    pub(super) roster: Roster,
    pub(super) view: View,
    /// By position; `None` for those that left before they shared.
    pub(super) held: Vec<Option<Sharer>>,
    /// The sum of all masked inputs.
    pub(super) sum: Zeroizing<Vec<u64>>,
}

impl Consistency {
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Compares the views and reveals one share for each party: of its self mask if its input arrived, else of
    /// its mask key.
    ///
    /// # Errors
    /// As [`Context::collect`] and [`Context::open_broadcast`]; `TooFewShares`; `VerificationFailed` when two views
    /// differ, naming a party that signed two different inputs or a view that its own evidence does not support.
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Unmask, Outbox)> {
        let Self { context, roster, view, mut held, sum } = self;
        let plan = &context.plan;
        let messages = context.collect(Round::Consistency, &view.survivors, incoming)?.present();
        let mut signers: PartySet = [context.position].into_iter().collect();
        for position in context.others(&view.survivors) {
            let party = plan.party_at(position);
            let Some(message) = messages.get(&party) else { continue };
            let key = &held[position].as_ref().expect("a survivor shared").broadcast_key;
            let opened = context.open_broadcast(&roster, Round::Consistency, position, key, message)?;
            let theirs = View::read(&opened.content, plan.parties().len()).map_err(|e| e.blame(party))?;
            compare(&context, &roster, &view, &theirs, party)?;
            signers = signers.iter().chain([position]).collect();
        }
        context.require(&signers, plan.min_survivors())?;

        let mut content = Writer::with_capacity(plan.parties().len() * SEED_LEN);
        let mut opened = Vec::with_capacity(plan.parties().len());
        let mut keys = Vec::with_capacity(plan.parties().len());
        for (position, sharer) in held.iter_mut().enumerate() {
            let Some(Sharer { held, broadcast_key }) = sharer.take() else {
                content.bytes(&[0; SEED_LEN]);
                opened.push(None);
                keys.push(None);
                continue;
            };
            let survived = view.survivors.contains(position);
            let kind = if survived { ShareKind::SelfSeed } else { ShareKind::MaskKey };
            let share = held.reveal(kind); // the share of the other kind is wiped here
            content.bytes(share.expose());
            opened.push(Some(kind));
            keys.push(Some(broadcast_key));
        }
        let key = keys[context.position].as_ref().expect("my own");
        let content = content.into_bytes();
        let (body, _) = context.seal_broadcast(&roster, Round::Unmask, key, &content);
        let outbox = Outbox::broadcast(context.message(Round::Unmask, None, body));
        let revealed = vec![(context.position, content)];
        let survivors = view.survivors;
        Ok((Unmask { context, roster, survivors, signers, opened, revealed, keys, sum }, outbox))
    }
}

/// Compares another party's view with mine.
fn compare(context: &Context, roster: &Roster, mine: &View, theirs: &View, party: PartyId) -> Result<()> {
    for position in mine.survivors.iter().filter(|position| theirs.survivors.contains(*position)) {
        let evidence = &theirs.inputs[position];
        if !same(&evidence.digest, &mine.inputs[position].digest) {
            let what = "round 3: one party sent different inputs";
            return Err(match context.verify(&roster.keys.roster, Round::MaskedInput, position, evidence) {
                Ok(()) => cheat(what, context.plan.party_at(position)),
                Err(_) => cheat("round 4: evidence that does not hold", party),
            });
        }
    }
    match (theirs.sharers, theirs.survivors) == (mine.sharers, mine.survivors) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::VerificationFailed, "round 3: the parties did not hear the same")),
    }
}
