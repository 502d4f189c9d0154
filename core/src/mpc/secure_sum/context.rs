//! What a party carries from round to round.
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    masks::KeySchedule,
    messages::{Advert, Evidence, Message, Round, content_digest, signed_digest},
    party_set::PartySet,
    plan::Plan,
};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::{IdentityKey, SIGNATURE_LEN, Signature},
        inbox::Inbox,
    },
    party::PartyId,
    progress::Observer,
    secret::declassify,
    transcript::Digest,
};

/// Who I am in which plan.
pub(super) struct Context {
    pub(super) plan: Plan,
    pub(super) me: PartyId,
    /// My position in the plan.
    pub(super) position: usize,
    pub(super) identity: IdentityKey,
}

impl Context {
    /// # Errors
    /// `UnknownParty` if `me` is not in the plan; `ParamsMismatch` if the plan has another key for it.
    pub(super) fn new(plan: Plan, me: PartyId, identity: IdentityKey) -> Result<Self> {
        let position =
            plan.position(me).ok_or(Error::new(ErrorKind::UnknownParty, "me: not in the plan").blame(me))?;
        if *plan.identity_at(position) != identity.identity() {
            return Err(Error::new(
                ErrorKind::ParamsMismatch,
                "identity key: the plan has another one for this party",
            ));
        }
        Ok(Self { plan, me, position, identity })
    }

    /// The positions of everybody else in `set`.
    pub(super) fn others(&self, set: &PartySet) -> impl Iterator<Item = usize> {
        let me = self.position;
        set.iter().filter(move |position| *position != me)
    }

    /// Sorts and parses what arrived in `round`; `present` are those that have not left.
    pub(super) fn collect(
        &self,
        round: Round,
        present: &PartySet,
        incoming: &[(PartyId, Vec<u8>)],
    ) -> Result<Inbox<Message>> {
        let has_left = |party| !self.plan.position(party).is_some_and(|position| present.contains(position));
        Inbox::collect(self.plan.parties(), self.me, has_left, incoming, |from, bytes| {
            Message::receive(&self.plan, self.me, round, from, bytes)
        })
    }

    /// A complete message of mine.
    pub(super) fn message(&self, round: Round, receiver: Option<PartyId>, body: Vec<u8>) -> Vec<u8> {
        let message = Message { plan: *self.plan.hash(), round, sender: self.me, receiver, body };
        core::mem::take(&mut *message.to_bytes())
    }

    /// My signature over the content of a broadcast.
    pub(super) fn sign(&self, roster: &Digest, round: Round, content: &[u8]) -> Evidence {
        let digest = content_digest(content);
        let signed = signed_digest(&self.plan, roster, round, self.me, &digest);
        Evidence { digest, signature: self.identity.sign(&signed) }
    }

    /// Checks that the party at `position` signed a content with this digest.
    ///
    /// # Errors
    /// `VerificationFailed`, blaming nobody.
    pub(super) fn verify(
        &self,
        roster: &Digest,
        round: Round,
        position: usize,
        evidence: &Evidence,
    ) -> Result<()> {
        let signer = self.plan.party_at(position);
        let signed = signed_digest(&self.plan, roster, round, signer, &evidence.digest);
        self.plan.identity_at(position).verify(&signed, &evidence.signature)
    }

    /// Whether enough parties are left to go on.
    ///
    /// # Errors
    /// `TooFewShares`.
    pub(super) fn require(&self, parties: &PartySet, at_least: usize) -> Result<()> {
        match parties.count() >= at_least {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::TooFewShares, "too few parties are left")),
        }
    }
}

/// Whether two digests, keys or the like are the same; what they were made from may be secret, the answer is not.
pub(super) fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    declassify(a.ct_eq(b))
}

/// What everybody has agreed on once round 1 is over.
pub(super) struct Roster {
    pub(super) keys: KeySchedule,
    /// By position.
    pub(super) adverts: Vec<Advert>,
}

/// A broadcast of rounds 3 to 5 that was opened and whose signature holds.
pub(super) struct Opened {
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) evidence: Evidence,
}

impl Context {
    /// Signs and seals a broadcast; returns the body and the evidence that everybody will hold.
    pub(super) fn seal_broadcast(
        &self,
        roster: &Roster,
        round: Round,
        broadcast_key: &[u8; 32],
        content: &[u8],
    ) -> (Vec<u8>, Evidence) {
        let evidence = self.sign(&roster.keys.roster, round, content);
        let mut plaintext = Zeroizing::new(Vec::with_capacity(round.body_len(&self.plan)));
        plaintext.extend_from_slice(&evidence.signature.0);
        plaintext.extend_from_slice(content);
        let associated = Message::associated_data(&self.plan, round, self.me, None);
        let body = roster.keys.broadcast(round, self.me, broadcast_key).seal(&associated, plaintext);
        (body, evidence)
    }

    /// Opens a broadcast of the party at `position` and checks its signature.
    ///
    /// # Errors
    /// `DecryptionFailed`, `VerificationFailed`; nobody is blamed, since everybody holds the broadcast key and
    /// anybody may have damaged the message.
    pub(super) fn open_broadcast(
        &self,
        roster: &Roster,
        round: Round,
        position: usize,
        broadcast_key: &[u8; 32],
        message: &Message,
    ) -> Result<Opened> {
        let sender = self.plan.party_at(position);
        let associated = Message::associated_data(&self.plan, round, sender, None);
        let plaintext =
            roster.keys.broadcast(round, sender, broadcast_key).open(&associated, &message.body)?;
        let (signature, content) = plaintext.split_at(SIGNATURE_LEN);
        let mut bytes = [0; SIGNATURE_LEN];
        bytes.copy_from_slice(signature);
        let evidence = Evidence { digest: content_digest(content), signature: Signature(bytes) };
        self.verify(&roster.keys.roster, round, position, &evidence)?;
        Ok(Opened { content: Zeroizing::new(content.to_vec()), evidence })
    }
}

/// Tells the observer how far a round is, and stops when it says so.
///
/// # Errors
/// `Cancelled`.
pub(super) fn advance(observer: &mut dyn Observer, done: usize, total: usize) -> Result<()> {
    match observer.advance(done, total).is_break() {
        true => Err(Error::new(ErrorKind::Cancelled, "stopped by the caller")),
        false => Ok(()),
    }
}

/// A party that its own signature, or a channel that nobody else can write to, proves to have cheated.
pub(super) fn cheat(what: &'static str, culprit: PartyId) -> Error {
    Error::new(ErrorKind::VerificationFailed, what).blame(culprit)
}
