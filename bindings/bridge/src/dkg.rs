//! Keys that parties make together, and decryption by enough of them: sessions with the system's randomness.
pub use veilkit::mpc::{
    dkg::{GroupKey, KeyShare, Setup, Step},
    threshold_decrypt::DecryptionShare,
};
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    mpc::{IdentityKey, dkg, threshold_decrypt},
    progress::Observer,
};

use crate::{
    elgamal::{EncryptedArray, Numbers, Params, ParamsSpec, PublicKey},
    random::OsRandom,
};

/// One party's side of a key generation. It belongs to the process that started it.
///
/// A session that went on in a process and in its fork would answer complaints twice, so the fork's copy refuses.
pub struct Session {
    process: u32,
    inner: dkg::Session,
}

impl Session {
    /// As [`dkg::Session::start`].
    ///
    /// # Errors
    /// As there.
    pub fn start(setup: &Setup, me: PartyId, identity: &IdentityKey) -> Result<(Self, Step)> {
        let (inner, step) = dkg::Session::start(setup, me, identity, &mut OsRandom::new())?;
        Ok((Self { process: std::process::id(), inner }, step))
    }

    /// As [`dkg::Session::step`].
    ///
    /// # Errors
    /// As there; `SessionPoisoned` in a fork of the process that started the session.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step> {
        if self.process != std::process::id() {
            return Err(Error::new(ErrorKind::SessionPoisoned, "session: copied by a fork"));
        }
        self.inner.step(incoming)
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    pub fn round(&self) -> u8 {
        let waiting =
            self.inner.round().map(|round| dkg::Round::ALL.iter().position(|other| *other == round));
        waiting.flatten().and_then(|position| u8::try_from(position + 1).ok()).unwrap_or(0)
    }
}

/// The public key that encrypts for the holders of a shared key.
///
/// # Errors
/// `InvalidParams`.
pub fn public_key(group: &GroupKey, spec: ParamsSpec) -> Result<PublicKey> {
    PublicKey::from_point(Params::new(spec)?, group.public_point())
}

/// As [`threshold_decrypt::combine`]: integers for integers, floats for fixed point and for means.
///
/// # Errors
/// As there.
pub fn combine(
    group: &GroupKey,
    array: &EncryptedArray,
    shares: &[DecryptionShare],
    session: &[u8],
    rng: &mut OsRandom,
    observer: &mut dyn Observer,
) -> Result<Numbers> {
    let mut open =
        |array: &EncryptedArray| threshold_decrypt::combine(group, array, shares, session, rng, observer);
    if array.holds_integers() {
        return open(array).map(Numbers::Integers);
    }
    // The same ciphertexts as the integers that they hold; the shares are about ciphertexts.
    let (key, shape) = (array.public_key(), array.shape());
    let whole = EncryptedArray::from_ciphertexts(key, shape, array.ciphertexts().to_vec(), 0, array.bound())?;
    Ok(Numbers::Floats(array.numbers(&open(&whole)?)))
}
