//! Round 1: fresh public keys, and digests that pin down every secret before anybody gets a share of it.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4, round 0, with what the authors put into round 1 (sharing) moved here.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    context::{Context, Roster},
    input::Input,
    masks::{AgreementKey, KeySchedule, self_seed_digest},
    messages::{Advert, EVIDENCE_LEN, Evidence, Message, PrivateShares, Round, content_digest},
    party_set::PartySet,
    plan::Plan,
    share_secrets::{Peer, ShareSecrets},
    shares::{self, HeldShares, SEED_LEN, ShareKind},
};
use crate::{
    codec::Writer,
    error::Result,
    mpc::{identity::IdentityKey, outbox::Outbox},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The roster digest before there is a roster.
const NO_ROSTER: Digest = [0; 32];

/// Waits for every other party's keys.
pub(super) struct AdvertiseKeys {
    pub(super) context: Context,
    pub(super) input: Input,
    pub(super) channel_key: AgreementKey,
    pub(super) mask_key: AgreementKey,
    pub(super) self_seed: Zeroizing<[u8; SEED_LEN]>,
    pub(super) broadcast_key: Zeroizing<[u8; 32]>,
    /// By position: what each party will get of my secrets.
    pub(super) dealt: Vec<HeldShares>,
    pub(super) advert: Advert,
    pub(super) evidence: Evidence,
}

impl AdvertiseKeys {
    /// Draws all randomness of the session, splits both secrets and returns the advert to broadcast.
    ///
    /// # Errors
    /// `UnknownParty`, `ParamsMismatch`: see [`Context::new`]; `ParamsMismatch` for an input of another plan.
    /// # Timing
    /// Constant in every secret; varies with the number of parties and the threshold.
    pub(super) fn start(
        plan: Plan,
        me: PartyId,
        identity: IdentityKey,
        input: Input,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Outbox)> {
        input.require_plan(&plan)?;
        let context = Context::new(plan, me, identity)?;
        let (plan, n, t) = (&context.plan, context.plan.parties().len(), context.plan.threshold());
        let (channel_key, mask_key) = (AgreementKey::generate(rng), AgreementKey::generate(rng));
        let mut self_seed = Zeroizing::new([0; SEED_LEN]);
        let mut broadcast_key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *self_seed);
        rng.fill_bytes(&mut *broadcast_key);
        // DEVIATION([BIK17] Fig. 4): the shares are made before the other keys are known (the parties are those of
        // the plan), so that their digests are part of what everybody signs first.
        let dealt: Vec<HeldShares> = shares::split(&self_seed, t, n, rng)?
            .into_iter()
            .zip(shares::split(mask_key.expose(), t, n, rng)?)
            .map(|(self_seed, mask_key)| HeldShares::new(self_seed, mask_key))
            .collect();
        let digest = |held: &HeldShares, kind, holder| held.get(kind).digest(plan, kind, me, holder);
        let advert = Advert {
            channel: channel_key.public(),
            mask: mask_key.public(),
            self_seed: self_seed_digest(plan, me, &self_seed),
            shares: dealt
                .iter()
                .zip(plan.parties())
                .map(|(held, to)| {
                    [digest(held, ShareKind::SelfSeed, *to), digest(held, ShareKind::MaskKey, *to)]
                })
                .collect(),
        };
        let mut body = advert.to_content();
        let evidence = context.sign(&NO_ROSTER, Round::AdvertiseKeys, &body);
        body.extend_from_slice(&evidence.signature.0);
        let outbox = Outbox::broadcast(context.message(Round::AdvertiseKeys, None, body));
        let round =
            Self { context, input, channel_key, mask_key, self_seed, broadcast_key, dealt, advert, evidence };
        Ok((round, outbox))
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Checks every advert, fixes the roster, and seals for each party its shares of my secrets.
    ///
    /// # Errors
    /// As [`Context::collect`]; `MissingMessage`: in this round nobody may be absent; `VerificationFailed` for a
    /// signature (nobody named) or a key of small order (named).
    /// # Timing
    /// Constant in every secret; varies with the number of parties.
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(ShareSecrets, Outbox)> {
        let Self { context, input, channel_key, mask_key, self_seed, broadcast_key, dealt, advert, evidence } =
            self;
        let n = context.plan.parties().len();
        let everybody = PartySet::all(n);
        let messages = context
            .collect(Round::AdvertiseKeys, &everybody, incoming)?
            .complete(context.others(&everybody).map(|position| context.plan.party_at(position)))?;

        let mut adverts = Vec::with_capacity(n);
        let mut signed = Vec::with_capacity(n);
        for (position, party) in context.plan.parties().iter().enumerate() {
            let Some(message) = messages.get(party) else {
                adverts.push(advert.clone()); // only my own is missing
                signed.push(evidence);
                continue;
            };
            let (theirs, content, signature) = Advert::read(&message.body, n)?;
            let evidence = Evidence { digest: content_digest(content), signature };
            context.verify(&NO_ROSTER, Round::AdvertiseKeys, position, &evidence)?;
            adverts.push(theirs);
            signed.push(evidence);
        }
        let keys = KeySchedule { plan: context.plan.clone(), roster: roster_digest(&context.plan, &signed) };

        let mut echo = Writer::with_capacity(n * EVIDENCE_LEN);
        signed.iter().for_each(|evidence| evidence.write(&mut echo));
        let echo = echo.into_bytes();

        let mut peers = Vec::with_capacity(n);
        let mut letters = Vec::with_capacity(n - 1);
        let mut own = None;
        for (position, held) in dealt.into_iter().enumerate() {
            let party = context.plan.party_at(position);
            if position == context.position {
                own = Some(held);
                peers.push(None);
                continue;
            }
            let theirs = &adverts[position];
            let channel = channel_key.agree(&theirs.channel).map_err(|e| e.blame(party))?;
            let mask = mask_key.agree(&theirs.mask).map_err(|e| e.blame(party))?;
            let mut associated =
                Message::associated_data(&context.plan, Round::ShareSecrets, context.me, Some(party));
            associated.extend_from_slice(&echo);
            let plaintext = PrivateShares::to_plaintext(
                held.get(ShareKind::SelfSeed),
                held.get(ShareKind::MaskKey),
                &broadcast_key,
            );
            let mut body = echo.to_vec();
            body.extend_from_slice(&keys.channel(context.me, party, &channel).seal(&associated, plaintext));
            letters.push((party, context.message(Round::ShareSecrets, Some(party), body)));
            peers.push(Some(Peer { channel, mask }));
        }
        let own = own.expect("the plan has my position");
        let roster = Roster { keys, adverts };
        let next = ShareSecrets { context, input, roster, signed, peers, own, self_seed, broadcast_key };
        Ok((next, Outbox::to_each(letters))) // both secret keys are wiped here
    }
}

/// The digest of everything that was said in round 1.
fn roster_digest(plan: &Plan, signed: &[Evidence]) -> Digest {
    let mut transcript = Transcript::new("veilkit v1 secure-sum roster");
    transcript.append("plan", plan.hash());
    for (party, evidence) in plan.parties().iter().zip(signed) {
        transcript.append("party", &party.get().to_le_bytes()).append("advert", &evidence.digest);
    }
    transcript.digest()
}
