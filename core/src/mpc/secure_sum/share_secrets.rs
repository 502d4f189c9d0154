//! Round 2: everybody's shares arrive. The parties that sent them are the ones whose masks are in the input.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4, round 1 and the first half of round 2.
use zeroize::Zeroizing;

use super::{
    context::{Context, Roster, advance, cheat, same},
    input::Input,
    masked_input::{MaskedInput, Sharer},
    masks::{Agreed, Sign},
    messages::{EVIDENCE_LEN, Evidence, Message, PrivateShares, Round, masked_input_content},
    party_set::PartySet,
    shares::{HeldShares, SEED_LEN, ShareKind},
};
use crate::{
    codec::Reader,
    error::{Error, ErrorKind, Result},
    mpc::outbox::Outbox,
    party::PartyId,
    progress::Observer,
};

/// What I agreed on with another party.
pub(super) struct Peer {
    pub(super) channel: Agreed,
    pub(super) mask: Agreed,
}

/// Waits for every other party's shares.
pub(super) struct ShareSecrets {
    pub(super) context: Context,
    pub(super) input: Input,
    pub(super) roster: Roster,
    /// By position: what each party signed in round 1.
    pub(super) signed: Vec<Evidence>,
    /// By position; `None` for me.
    pub(super) peers: Vec<Option<Peer>>,
    /// My shares of my own secrets.
    pub(super) own: HeldShares,
    pub(super) self_seed: Zeroizing<[u8; SEED_LEN]>,
    pub(super) broadcast_key: Zeroizing<[u8; 32]>,
}

impl ShareSecrets {
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Checks the shares that arrived, masks the input towards their senders, and broadcasts it.
    ///
    /// # Errors
    /// As [`Context::collect`]; `TooFewShares`; `DecryptionFailed`; `VerificationFailed`, naming a dealer whose
    /// share does not fit its digest, or a party that signed two different adverts; `Cancelled`.
    /// # Timing
    /// Constant in the input and every key; varies with the numbers of parties and of values.
    pub(super) fn receive(
        self,
        incoming: &[(PartyId, Vec<u8>)],
        observer: &mut dyn Observer,
    ) -> Result<(MaskedInput, Outbox)> {
        let Self { context, input, roster, signed, peers, own, self_seed, broadcast_key } = self;
        let plan = &context.plan;
        let n = plan.parties().len();
        let messages = context.collect(Round::ShareSecrets, &PartySet::all(n), incoming)?.present();
        let sharers: PartySet = (0..n)
            .filter(|position| {
                *position == context.position || messages.contains_key(&plan.party_at(*position))
            })
            .collect();
        context.require(&sharers, plan.min_survivors())?;

        let mut held: Vec<Option<Sharer>> = (0..n).map(|_| None).collect();
        held[context.position] = Some(Sharer { held: own, broadcast_key });
        for (party, message) in &messages {
            let position = plan.position(*party).expect("the inbox holds members only");
            let (echo, sealed) = message.body.split_at(n * EVIDENCE_LEN);
            compare_echo(&context, &signed, echo)?;
            let peer = peers[position].as_ref().expect("everybody else is a peer");
            let mut associated =
                Message::associated_data(plan, Round::ShareSecrets, *party, Some(context.me));
            associated.extend_from_slice(echo);
            let plaintext =
                roster.keys.channel(*party, context.me, &peer.channel).open(&associated, sealed)?;
            let PrivateShares { self_seed, mask_key, broadcast_key } = PrivateShares::read(&plaintext)?;
            let shares = HeldShares::new(self_seed, mask_key);
            for kind in [ShareKind::SelfSeed, ShareKind::MaskKey] {
                let promised = &roster.adverts[position].shares[context.position][kind.index()];
                if !same(&shares.get(kind).digest(plan, kind, *party, context.me), promised) {
                    return Err(cheat("share: not the one that its dealer announced", *party));
                }
            }
            held[position] = Some(Sharer { held: shares, broadcast_key });
        }

        // y_u = x_u + PRG(b_u) + sum over v > u of PRG(s_uv) - sum over v < u of PRG(s_uv)
        let mut masked = input.into_words();
        roster.keys.self_mask(context.me, &self_seed).apply(Sign::Plus, &mut masked);
        for (done, position) in (1..).zip(context.others(&sharers)) {
            advance(observer, done, sharers.count())?;
            let party = plan.party_at(position);
            let peer = peers[position].as_ref().expect("everybody else is a peer");
            let mine = (context.me, &roster.adverts[context.position].mask);
            let theirs = (party, &roster.adverts[position].mask);
            let mask = roster.keys.pair_mask(mine, theirs, &peer.mask);
            mask.apply(Sign::of(context.me, party), &mut masked);
        }

        let content = masked_input_content(&sharers, &masked);
        let key = &held[context.position].as_ref().expect("set above").broadcast_key;
        let (body, evidence) = context.seal_broadcast(&roster, Round::MaskedInput, key, &content);
        let outbox = Outbox::broadcast(context.message(Round::MaskedInput, None, body));
        let next = MaskedInput { context, roster, sharers, held, sum: masked, evidence };
        Ok((next, outbox)) // the seed of my own mask is wiped here
    }
}

/// Compares what another party heard in round 1 with what I heard, before anything secret depends on it.
///
/// # Errors
/// `VerificationFailed`, naming a party that signed two different adverts.
fn compare_echo(context: &Context, signed: &[Evidence], echo: &[u8]) -> Result<()> {
    let mut reader = Reader::new(echo);
    for (position, mine) in signed.iter().enumerate() {
        let theirs = Evidence::read(&mut reader)?;
        if !same(&theirs.digest, &mine.digest) {
            let what = "round 1: the parties did not hear the same";
            return Err(match context.verify(&[0; 32], Round::AdvertiseKeys, position, &theirs) {
                Ok(()) => cheat(what, context.plan.party_at(position)),
                Err(_) => Error::new(ErrorKind::VerificationFailed, what),
            });
        }
    }
    Ok(())
}
