//! Secret sharing with the system's randomness.
pub use veilkit::shamir::{Share, feldman, pedersen};
use veilkit::{
    codec::{Reader, Writer},
    field::Field,
    group::Scalar,
    shamir,
};
use zeroize::Zeroizing;

use crate::{Observer, PartyId, Result, random::OsRandom};

/// As [`shamir::split_with_progress`].
///
/// # Errors
/// As there.
pub fn split(
    secret: &[u8],
    threshold: usize,
    shares: usize,
    rng: &mut OsRandom,
    observer: &mut dyn Observer,
) -> Result<Vec<Share>> {
    shamir::split_with_progress(secret, threshold, shares, rng, observer)
}

/// As [`shamir::combine_with_progress`].
///
/// # Errors
/// As there.
pub fn combine(shares: &[Share], observer: &mut dyn Observer) -> Result<Zeroizing<Vec<u8>>> {
    shamir::combine_with_progress(shares, observer)
}

/// As [`shamir::combine_correcting_with_progress`].
///
/// # Errors
/// As there.
pub fn combine_correcting(
    shares: &[Share],
    observer: &mut dyn Observer,
) -> Result<(Zeroizing<Vec<u8>>, Vec<PartyId>)> {
    let (secret, wrong) = shamir::combine_correcting_with_progress(shares, observer)?;
    Ok((secret, wrong.as_slice().to_vec()))
}

/// As [`shamir::correct`].
///
/// # Errors
/// As there.
pub fn correct(shares: &[(PartyId, &[u8])], threshold: usize) -> Result<(Zeroizing<Vec<u8>>, Vec<PartyId>)> {
    shamir::correct(shares, threshold).map(|(secret, wrong)| (secret, wrong.as_slice().to_vec()))
}

/// As [`pedersen::split`].
///
/// # Errors
/// As there.
pub fn split_verifiable(
    secret: &[u8],
    threshold: usize,
    shares: usize,
) -> Result<(pedersen::Commitment, Vec<pedersen::Share>)> {
    pedersen::split(secret, threshold, shares, &mut OsRandom::new())
}

/// As [`feldman::split`], of the scalar that 32 bytes encode, or of a fresh one that nobody gets to see.
///
/// # Errors
/// As there; `InvalidEncoding` for bytes that are no scalar.
pub fn split_key(
    key: Option<&[u8]>,
    threshold: usize,
    shares: usize,
) -> Result<(feldman::Commitment, Vec<feldman::Share>)> {
    let mut rng = OsRandom::new();
    let key = Zeroizing::new(match key {
        None => Scalar::random(&mut rng),
        Some(bytes) => {
            let mut body = Reader::new(bytes);
            let key = Scalar::read(&mut body, "key: not a scalar of ristretto255")?;
            body.finish()?;
            key
        }
    });
    feldman::split(&key, threshold, shares, &mut rng)
}

/// As [`feldman::combine`]: the 32 bytes of the scalar.
///
/// # Errors
/// As there.
pub fn combine_key(
    commitment: &feldman::Commitment,
    shares: &[feldman::Share],
) -> Result<Zeroizing<Vec<u8>>> {
    let key = feldman::combine(commitment, shares)?;
    let mut out = Writer::with_capacity(Scalar::ENCODED_LEN);
    key.write(&mut out);
    Ok(out.into_bytes())
}
