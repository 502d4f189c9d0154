//! Secret sharing with the system's randomness.
use veilkit::shamir;
pub use veilkit::shamir::Share;
use zeroize::Zeroizing;

use crate::{PartyId, Result, random::OsRandom};

/// As [`shamir::split`].
///
/// # Errors
/// As there.
pub fn split(secret: &[u8], threshold: usize, shares: usize) -> Result<Vec<Share>> {
    shamir::split(secret, threshold, shares, &mut OsRandom::new())
}

/// As [`shamir::combine`].
///
/// # Errors
/// As there.
pub fn combine(shares: &[Share]) -> Result<Zeroizing<Vec<u8>>> {
    shamir::combine(shares)
}

/// As [`shamir::combine_correcting`].
///
/// # Errors
/// As there.
pub fn combine_correcting(shares: &[Share]) -> Result<(Zeroizing<Vec<u8>>, Vec<PartyId>)> {
    shamir::combine_correcting(shares).map(|(secret, wrong)| (secret, wrong.as_slice().to_vec()))
}
