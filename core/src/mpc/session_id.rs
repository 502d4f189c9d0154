//! The number of one run of a protocol.
use rand_core::CryptoRng;

use super::identity::Identity;
use crate::{
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The number of one run of a protocol. Nobody may use one twice, so it is drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub [u8; 32]);

impl SessionId {
    /// Draws a number that nobody drew before.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        Self(id)
    }

    /// A name for where the parties of this session meet, such as at a relay: nobody else can claim it, since it holds their identities.
    pub fn room(&self, parties: &[(PartyId, Identity)]) -> Digest {
        let mut ascending = parties.to_vec();
        ascending.sort_by_key(|(party, _)| *party);
        let mut transcript = Transcript::new("veilkit v1 transport room");
        transcript.append("session", &self.0);
        for (party, identity) in &ascending {
            transcript.append_u64("party", u64::from(party.get())).append("identity", &identity.to_bytes());
        }
        transcript.digest()
    }
}
