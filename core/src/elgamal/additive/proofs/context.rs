//! What a proof is bound to beside its statement.
use crate::party::PartyId;
use crate::transcript::Transcript;

/// The session in which a proof counts, and the party that proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    session: Vec<u8>,
    party: Option<PartyId>,
}

impl Context {
    /// A session, by bytes that are unique to it, such as a session id or the hash of a plan.
    pub fn new(session: &[u8]) -> Self {
        Self { session: session.to_vec(), party: None }
    }

    /// The same session, for proofs by this party.
    #[must_use]
    pub fn by(&self, party: PartyId) -> Self {
        Self { session: self.session.clone(), party: Some(party) }
    }

    /// A transcript that holds the context.
    pub(super) fn transcript(&self, domain: &'static str) -> Transcript {
        let mut transcript = Transcript::new(domain);
        transcript
            .append("group", b"ristretto255")
            .append("session", &self.session)
            .append_u64("party", self.party.map_or(0, |party| party.get().into()));
        transcript
    }
}
