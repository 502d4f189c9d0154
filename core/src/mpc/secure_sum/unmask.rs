//! Round 5: shares of the masks arrive; the masks are computed again and taken off the sum.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4, round 4, at every party instead of one server.
use zeroize::Zeroizing;

use super::{
    context::{Context, Roster, advance, cheat, same},
    masks::{AgreementKey, Sign, self_seed_digest},
    messages::Round,
    output::SumOutput,
    party_set::PartySet,
    shares::{self, Revealed, SEED_LEN, SeedShare, ShareKind},
};
use crate::{codec::Reader, error::Result, party::PartyId, progress::Observer};

/// Waits for every other survivor's shares.
pub(super) struct Unmask {
    pub(super) context: Context,
    pub(super) roster: Roster,
    /// Those whose inputs are in the sum.
    pub(super) survivors: PartySet,
    /// Those whose view agrees with mine.
    pub(super) signers: PartySet,
    /// By position: which of the party's secrets is opened; `None` for those that left before they shared.
    pub(super) opened: Vec<Option<ShareKind>>,
    /// What each holder reveals, with its position: mine, then others.
    pub(super) revealed: Vec<(usize, Revealed)>,
    /// By position: opens the party's broadcasts.
    pub(super) keys: Vec<Option<Zeroizing<[u8; 32]>>>,
    /// The sum of all masked inputs.
    pub(super) sum: Zeroizing<Vec<u64>>,
}

impl Unmask {
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Recovers the masks and gives the sum.
    ///
    /// # Errors
    /// As [`Context::collect`] and [`Context::open_broadcast`]; `TooFewShares`; `VerificationFailed`, naming a holder
    /// whose share is not the one it got, or a dealer whose shares do not give the secret that it announced; `Cancelled`.
    pub(super) fn receive(
        self,
        incoming: &[(PartyId, Vec<u8>)],
        observer: &mut dyn Observer,
    ) -> Result<SumOutput> {
        let Self { context, roster, survivors, signers, opened, mut revealed, keys, mut sum } = self;
        let plan = &context.plan;
        let messages = context.collect(Round::Unmask, &signers, incoming)?.present();
        for holder in context.others(&signers) {
            let party = plan.party_at(holder);
            let Some(message) = messages.get(&party) else { continue };
            let key = keys[holder].as_ref().expect("a signer shared");
            let content = context.open_broadcast(&roster, Round::Unmask, holder, key, message)?.content;
            let mut reader = Reader::new(&content);
            for (position, kind) in opened.iter().enumerate() {
                let share = SeedShare::read(&mut reader)?;
                let right = match kind {
                    Some(kind) => {
                        let promised = &roster.adverts[position].shares[holder][kind.index()];
                        same(&share.digest(plan, *kind, plan.party_at(position), party), promised)
                    }
                    None => same(share.expose(), &[0; SEED_LEN]),
                };
                if !right {
                    return Err(cheat("share: not the one that its holder got", party));
                }
            }
            revealed.push((holder, content));
        }
        context.require(&revealed.iter().map(|(holder, _)| *holder).collect(), plan.threshold())?;

        let wrong = |position| {
            cheat("shares: not of the secret that their dealer announced", plan.party_at(position))
        };
        let (secrets, contradicted) = shares::combine(plan.threshold(), &revealed)?;
        if let Some(position) = contradicted {
            return Err(wrong(position));
        }
        for (position, (kind, secret)) in opened.iter().zip(secrets.as_chunks().0).enumerate() {
            advance(observer, position, opened.len())?;
            let Some(kind) = kind else { continue };
            let party = plan.party_at(position);
            let advert = &roster.adverts[position];
            match kind {
                ShareKind::SelfSeed => {
                    if !same(&self_seed_digest(plan, party, secret), &advert.self_seed) {
                        return Err(wrong(position));
                    }
                    roster.keys.self_mask(party, secret).apply(Sign::Minus, &mut sum);
                }
                ShareKind::MaskKey => {
                    let mask_key = AgreementKey::from_bytes(secret);
                    if !same(&mask_key.public(), &advert.mask) {
                        return Err(wrong(position));
                    }
                    for survivor in survivors.iter() {
                        let peer = plan.party_at(survivor);
                        let theirs = &roster.adverts[survivor].mask;
                        let agreed = mask_key.agree(theirs).map_err(|e| e.blame(peer))?;
                        let mask = roster.keys.pair_mask((party, &advert.mask), (peer, theirs), &agreed);
                        // The survivor put it in with its own sign.
                        mask.apply(Sign::of(peer, party).opposite(), &mut sum);
                    }
                }
            }
        }
        let survivors = survivors.iter().map(|position| plan.party_at(position)).collect();
        Ok(SumOutput::new(plan, &sum, survivors))
    }
}
