//! One message from each sender of a round, and what others say that they heard.
use std::collections::BTreeMap;

use super::{ShareMessage, digest};
use crate::{
    codec::{Decode, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::{Identity, SIGNATURE_LEN, Signature},
        inbox::Inbox,
    },
    party::PartyId,
    transcript::Digest,
};

/// One message from each sender of a round, checked up to the signature.
pub(in crate::mpc) struct Heard {
    plan: Digest,
    round: u8,
    /// By sender; with what its signature is checked.
    messages: BTreeMap<PartyId, (Identity, ShareMessage)>,
}

impl Heard {
    /// The bytes that [`Heard::write`] takes for each message.
    pub(in crate::mpc) const ENTRY_LEN: usize = 32 + SIGNATURE_LEN;

    /// Collects what the senders of a round sent; `own` is the message of the one that listens, if it sent one.
    ///
    /// # Errors
    /// `UnknownParty`, `DuplicateParty` and `MissingMessage`, naming the party; `DuplicateParty` for a message of the
    /// party's own, naming nobody; those of decoding; `ParamsMismatch` for another plan or round; `VerificationFailed`,
    /// naming nobody, for a wrong sender or signature: the transport could have done that.
    pub(in crate::mpc) fn collect(
        plan: &Digest,
        round: u8,
        senders: &[(PartyId, Identity)],
        me: PartyId,
        own: Option<ShareMessage>,
        incoming: &[(PartyId, Vec<u8>)],
    ) -> Result<Self> {
        let identity =
            |party: PartyId| senders.iter().find(|(sender, _)| *sender == party).map(|(_, key)| *key);
        let open = |from: PartyId, bytes: &[u8]| {
            let message = ShareMessage::from_bytes(bytes, ())?;
            if message.plan != *plan || message.round != round {
                return Err(Error::new(ErrorKind::ParamsMismatch, "message: of another plan or round"));
            }
            if message.sender != from {
                let what = "message: not from the one who brought it";
                return Err(Error::new(ErrorKind::VerificationFailed, what));
            }
            let identity =
                identity(from).ok_or(Error::new(ErrorKind::UnknownParty, "incoming").blame(from))?;
            let digest = digest(plan, round, from, &message.body_hash());
            identity.verify(&digest, &message.signature)?;
            Ok((identity, message))
        };
        let numbers: Vec<PartyId> = senders.iter().map(|(party, _)| *party).collect();
        let inbox = Inbox::collect(&numbers, me, |_| false, incoming, open)?;
        let mut messages = inbox.complete(numbers.into_iter().filter(|party| *party != me))?;
        if let (Some(message), Some(identity)) = (own, identity(me)) {
            messages.insert(me, (identity, message));
        }
        Ok(Self { plan: *plan, round, messages })
    }

    /// The messages by sender, ascending.
    pub(in crate::mpc) fn iter(&self) -> impl Iterator<Item = (PartyId, &ShareMessage)> {
        self.messages.iter().map(|(from, (_, message))| (*from, message))
    }

    pub(in crate::mpc) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Passes on what was heard: `hash of the body [32] | signature [64]` for each sender, ascending.
    pub(in crate::mpc) fn write(&self, out: &mut Writer) {
        for (_, message) in self.messages.values() {
            out.bytes(&message.body_hash()).bytes(&message.signature.0);
        }
    }

    /// Reads what another one heard and compares it. Adds to the culprits who signed two different messages of this round,
    /// and `from` itself when it passes on a signature that does not hold.
    ///
    /// # Errors
    /// `InvalidEncoding` when bytes are missing.
    pub(in crate::mpc) fn compare(
        &self,
        from: PartyId,
        body: &mut Reader<'_>,
        culprits: &mut Vec<PartyId>,
    ) -> Result<()> {
        for (sender, (identity, message)) in &self.messages {
            let theirs: Digest = body.array("evidence: hash")?;
            let signature = Signature(body.array("evidence: signature")?);
            let is_same = theirs == message.body_hash();
            if is_same && signature == message.signature {
                continue;
            }
            match identity.verify(&digest(&self.plan, self.round, *sender, &theirs), &signature) {
                Err(_) => culprits.push(from),
                Ok(()) if !is_same => culprits.push(*sender),
                // The same message with another signature that holds.
                Ok(()) => (),
            }
        }
        Ok(())
    }
}
