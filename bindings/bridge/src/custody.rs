//! Shares for people: by policy, on paper, sealed to their custodians.
use veilkit::shamir::{self, paper, policy};
pub use veilkit::shamir::{
    paper::{Card, from_text, from_words, mistakes, to_text, to_words},
    policy::{Policy, Share as PolicyShare, combine as combine_by_policy, missing},
    sealed::{Addressed, Custodian, CustodianKey, SealedShare},
};
use veilkit::{PartyId, Result};
use zeroize::Zeroizing;

use crate::random::OsRandom;

mod any;

pub use any::AnyShare;

/// As [`policy::split`].
///
/// # Errors
/// As there.
pub fn split_by_policy(secret: &[u8], policy: &Policy) -> Result<Vec<PolicyShare>> {
    policy::split(secret, policy, &mut OsRandom::new())
}

/// As [`policy::combine_correcting`].
///
/// # Errors
/// As there.
pub fn combine_by_policy_correcting(shares: &[PolicyShare]) -> Result<(Zeroizing<Vec<u8>>, Vec<PartyId>)> {
    policy::combine_correcting(shares).map(|(secret, wrong)| (secret, wrong.as_slice().to_vec()))
}

/// As [`paper::split`].
///
/// # Errors
/// As there.
pub fn split_cards(secret: &[u8], threshold: usize, shares: usize) -> Result<Vec<Card>> {
    paper::split(secret, threshold, shares, &mut OsRandom::new())
}

/// As [`paper::combine`].
///
/// # Errors
/// As there.
pub fn combine_cards(cards: &[Card]) -> Result<Zeroizing<Vec<u8>>> {
    paper::combine(cards)
}

/// As [`CustodianKey::generate`].
///
/// # Errors
/// None of its own; the guard adds `RandomnessUnavailable`.
pub fn generate_custodian_key() -> Result<CustodianKey> {
    Ok(CustodianKey::generate(&mut OsRandom::new()))
}

/// As [`shamir::sealed::seal`].
///
/// # Errors
/// As there.
pub fn seal(share: &impl Addressed, custodian: &Custodian) -> Result<SealedShare> {
    shamir::sealed::seal(share, custodian, &mut OsRandom::new())
}
