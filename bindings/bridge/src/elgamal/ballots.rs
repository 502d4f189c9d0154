//! Ballots: read only once their proofs hold.
pub use veilkit::elgamal::additive::proofs::Ballot;
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    elgamal::additive::{Ciphertext, proofs::Context},
    magnitude::Magnitude,
    progress::{Observer, try_map},
    shape::Shape,
};

use super::{EncryptedArray, PublicKey, proofs};
use crate::random::OsRandom;

/// The encrypted choices of a ballot whose proof holds: one axis of a single 1 among zeros.
///
/// # Errors
/// As [`Ballot::equations`]; `VerificationFailed`.
pub fn verified(
    key: &PublicKey,
    ballot: &Ballot,
    choices: usize,
    context: &Context,
) -> Result<EncryptedArray> {
    ballot.equations(key, choices, context)?.check()?;
    counts(key, ballot.choices().to_vec(), 1)
}

/// How often each choice was made, encrypted, after the check of every ballot against the party that cast it.
///
/// # Errors
/// `VerificationFailed`, naming every party whose ballot is wrong; `DuplicateParty`; `ShapeMismatch` for no ballots;
/// `ParamsMismatch` for a ballot under another key; `HeadroomExhausted`; `Cancelled`.
pub fn tally(
    key: &PublicKey,
    ballots: &[(PartyId, Ballot)],
    choices: usize,
    session: &[u8],
    rng: &OsRandom,
    observer: &mut dyn Observer,
) -> Result<EncryptedArray> {
    if ballots.is_empty() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "ballots: there are none"));
    }
    let mut parties: Vec<PartyId> = ballots.iter().map(|(party, _)| *party).collect();
    parties.sort_unstable();
    if let Some(pair) = parties.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::new(ErrorKind::DuplicateParty, "ballots").blame(pair[0]));
    }
    let context = Context::new(session);
    let claims = try_map(ballots, &mut (), |(party, ballot)| {
        match ballot.equations(key, choices, &context.by(*party)) {
            // A ballot of another shape is as wrong as one whose proof does not hold.
            Err(error) if error.kind() == ErrorKind::VerificationFailed => Ok(proofs::Equations::default()),
            claim => claim,
        }
    })?;
    let wrong = proofs::wrong(&claims, rng, observer)?;
    if !wrong.is_empty() {
        let culprits = wrong.into_iter().map(|at| ballots[at].0).collect::<veilkit::party::Culprits>();
        return Err(Error::new(ErrorKind::VerificationFailed, "ballots: proof").blame(culprits));
    }
    let column = |at: usize| key.sum(ballots.iter().map(|(_, ballot)| &ballot.choices()[at]));
    counts(key, (0..choices).map(column).collect::<Result<_>>()?, ballots.len() as u128)
}

fn counts(key: &PublicKey, ciphertexts: Vec<Ciphertext>, bound: u128) -> Result<EncryptedArray> {
    let shape = Shape::new(&[ciphertexts.len()])?;
    EncryptedArray::from_ciphertexts(key, &shape, ciphertexts, 0, Magnitude::new(bound))
}
