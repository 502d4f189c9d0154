//! Secure sums: sessions that start with the system's randomness and take bytes.
pub use veilkit::mpc::{
    Destination, Identity, IdentityKey, Outgoing, Signature,
    secure_sum::{Input, Plan, PlanSpec, SessionId, Step, SumOutput},
    statistics::{Column, Fit, Summary, Survey},
};
use veilkit::{Error, ErrorKind, PartyId, Result, mpc::secure_sum, progress::Observer};

use crate::random::OsRandom;

/// As [`IdentityKey::generate`].
///
/// # Errors
/// None of its own; the guard adds `RandomnessUnavailable`.
pub fn generate_identity() -> Result<IdentityKey> {
    Ok(IdentityKey::generate(&mut OsRandom::new()))
}

/// As [`Identity::verify_message`], of a signature as bytes.
///
/// # Errors
/// `VerificationFailed`, also for other than 64 bytes.
pub fn verify_signature(identity: &Identity, context: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    let bytes = signature.try_into().map_err(|_| Error::new(ErrorKind::VerificationFailed, "signature"))?;
    identity.verify_message(context, message, &Signature::from_bytes(bytes))
}

/// A session number that nobody drew before.
///
/// # Errors
/// As [`generate_identity`].
pub fn random_session() -> Result<SessionId> {
    Ok(SessionId::random(&mut OsRandom::new()))
}

/// One party's side of a secure sum. It belongs to the process that started it.
///
/// A session that went on in a process and in its fork could open both masks of a party, so the fork's copy refuses.
pub struct Session {
    process: u32,
    inner: secure_sum::Session,
}

impl Session {
    /// As [`secure_sum::Session::start`].
    ///
    /// # Errors
    /// As there.
    pub fn start(plan: &Plan, me: PartyId, identity: &IdentityKey, input: Input) -> Result<(Self, Step)> {
        let (inner, step) = secure_sum::Session::start(plan, me, identity, input, &mut OsRandom::new())?;
        Ok((Self { process: std::process::id(), inner }, step))
    }

    /// As [`secure_sum::Session::step_with`].
    ///
    /// # Errors
    /// As there; `SessionPoisoned` in a fork of the process that started the session.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)], observer: &mut dyn Observer) -> Result<Step> {
        if self.process != std::process::id() {
            return Err(Error::new(ErrorKind::SessionPoisoned, "session: copied by a fork"));
        }
        self.inner.step_with(incoming, observer)
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    pub fn round(&self) -> u8 {
        self.inner.round().map_or(0, secure_sum::Round::number)
    }
}
