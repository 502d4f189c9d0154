//! Who takes part, and how many are needed.
use crate::error::{Error, ErrorKind, Result};
use crate::mpc::identity::Identity;
use crate::mpc::secure_sum::SessionId;
use crate::party::PartyId;
use crate::transcript::{Digest, Transcript};

/// What every party agrees on before the first message; its hash is in all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    session: SessionId,
    parties: Vec<(PartyId, Identity)>,
    threshold: usize,
    hash: Digest,
}

impl Setup {
    /// The most parties.
    pub const MAX_PARTIES: usize = 255;

    /// Checks the set-up. Parties may come in any order.
    ///
    /// # Errors
    /// `InvalidParams` unless `2 <= threshold <= parties <= 255`, and for an identity that two parties share;
    /// `DuplicateParty`.
    pub fn new(session: SessionId, mut parties: Vec<(PartyId, Identity)>, threshold: usize) -> Result<Self> {
        if parties.len() > Self::MAX_PARTIES || !(2..=parties.len()).contains(&threshold) {
            return Err(Error::new(ErrorKind::InvalidParams, "threshold: from 2 to the number of parties"));
        }
        parties.sort_by_key(|(party, _)| *party);
        for pair in parties.windows(2) {
            if pair[0].0 == pair[1].0 {
                return Err(Error::new(ErrorKind::DuplicateParty, "parties").blame(pair[0].0));
            }
        }
        let mut keys: Vec<[u8; 32]> = parties.iter().map(|(_, identity)| identity.to_bytes()).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::new(ErrorKind::InvalidParams, "parties: two with one identity"));
        }
        let mut transcript = Transcript::new("veilkit v1 dkg setup");
        transcript
            .append("group", b"ristretto255")
            .append("session", &session.0)
            .append_u64("threshold", threshold as u64);
        for (party, identity) in &parties {
            transcript.append_u64("party", party.get().into()).append("identity", &identity.to_bytes());
        }
        let hash = transcript.digest();
        Ok(Self { session, parties, threshold, hash })
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The parties, ascending.
    pub fn parties(&self) -> Vec<PartyId> {
        self.parties.iter().map(|(party, _)| *party).collect()
    }

    /// How many parties decrypt together.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The hash of everything in it.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// All but one, ascending.
    pub(super) fn others(&self, me: PartyId) -> Vec<PartyId> {
        self.parties().into_iter().filter(|party| *party != me).collect()
    }

    pub(super) fn identity(&self, party: PartyId) -> Result<Identity> {
        let found = self.parties.iter().find(|(member, _)| *member == party);
        found
            .map(|(_, identity)| *identity)
            .ok_or(Error::new(ErrorKind::UnknownParty, "party: not in the set-up").blame(party))
    }
}
