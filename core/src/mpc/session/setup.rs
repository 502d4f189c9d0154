//! What every message of a session is bound to.
use std::sync::Arc;

use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{identity::Identity, session_id::SessionId},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The most parties of a session.
pub const MAX_PARTIES: usize = 255;

/// The plan, the number of the run and who takes part, with their public keys. Cheap to clone.
///
/// Its hash enters every signature and key of the session, so that no message fits another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    plan: Digest,
    session: SessionId,
    parties: Vec<PartyId>,
    identities: Vec<Identity>,
    hash: Digest,
}

impl Setup {
    /// Fixes who runs what: `plan` is the hash of what everybody agreed to compute.
    ///
    /// # Errors
    /// `InvalidParams` unless there are 2 to 255 parties; `DuplicateParty`, naming it, when a number or a key appears twice.
    pub fn new(plan: Digest, session: SessionId, mut parties: Vec<(PartyId, Identity)>) -> Result<Self> {
        if !(2..=MAX_PARTIES).contains(&parties.len()) {
            return Err(Error::new(ErrorKind::InvalidParams, "setup: parties, 2 to 255"));
        }
        parties.sort_by_key(|(party, _)| *party);
        for (at, (party, identity)) in parties.iter().enumerate() {
            if parties[..at].iter().any(|(other, key)| other == party || key == identity) {
                return Err(Error::new(ErrorKind::DuplicateParty, "setup: party or key").blame(*party));
            }
        }
        let mut transcript = Transcript::new("veilkit v1 mpc setup");
        transcript.append("plan", &plan).append("session", &session.0);
        for (party, identity) in &parties {
            transcript.append("party", &party.get().to_le_bytes()).append("identity", &identity.to_bytes());
        }
        let hash = transcript.digest();
        let (parties, identities) = parties.into_iter().unzip();
        Ok(Self(Arc::new(Inner { plan, session, parties, identities, hash })))
    }

    /// The hash of everything here.
    pub fn hash(&self) -> &Digest {
        &self.0.hash
    }

    /// The hash of what everybody agreed to compute.
    pub fn plan(&self) -> &Digest {
        &self.0.plan
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        self.0.session
    }

    /// Who takes part, ascending. A position in this list stands for a party in protocol code.
    pub fn parties(&self) -> &[PartyId] {
        &self.0.parties
    }

    /// The public key of a party; `None` if it does not take part.
    pub fn identity(&self, party: PartyId) -> Option<&Identity> {
        self.position(party).map(|position| &self.0.identities[position])
    }

    /// Where a party is in [`Setup::parties`]; `None` if it does not take part.
    pub fn position(&self, party: PartyId) -> Option<usize> {
        self.0.parties.binary_search(&party).ok()
    }
}

/// The first bytes of the hash of a setup.
pub(super) fn params_id(hash: &Digest) -> u32 {
    let mut first = [0; 4];
    first.copy_from_slice(&hash[..4]);
    u32::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::identity::IdentityKey;

    fn member(number: u16, key: u8) -> (PartyId, Identity) {
        let mut rng = Transcript::new("veilkit test setup").append("key", &[key]).rng();
        (PartyId::new(number).unwrap(), IdentityKey::generate(&mut rng).identity())
    }

    #[test]
    fn parties_are_ordered_and_differ() {
        let setup = |members: &[(u16, u8)]| {
            let members = members.iter().map(|(number, key)| member(*number, *key)).collect();
            Setup::new([1; 32], SessionId([2; 32]), members)
        };
        let kind = |members: &[(u16, u8)]| setup(members).unwrap_err().kind();
        assert_eq!(kind(&[(1, 1)]), ErrorKind::InvalidParams);
        assert_eq!(kind(&[(1, 1), (1, 2)]), ErrorKind::DuplicateParty);
        assert_eq!(setup(&[(1, 1), (3, 1)]).unwrap_err().culprits(), [member(3, 1).0]);
        let (one, other) = (setup(&[(7, 1), (3, 2)]).unwrap(), setup(&[(3, 2), (7, 1)]).unwrap());
        assert_eq!(one, other);
        assert_eq!((one.position(member(7, 1).0), one.position(member(5, 1).0)), (Some(1), None));
        assert_eq!(one.identity(member(3, 2).0), Some(&member(3, 2).1));
    }

    #[test]
    fn everything_enters_the_hash() {
        let members = || vec![member(1, 1), member(2, 2)];
        let hash = |plan, session, members| {
            *Setup::new([plan; 32], SessionId([session; 32]), members).unwrap().hash()
        };
        let base = hash(1, 2, members());
        assert_ne!(base, hash(2, 2, members()));
        assert_ne!(base, hash(1, 1, members()));
        assert_ne!(base, hash(1, 2, vec![member(1, 1), member(3, 2)]));
        assert_ne!(base, hash(1, 2, vec![member(1, 1), member(2, 3)]));
    }
}
