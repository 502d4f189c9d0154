//! Shares that each holder checks against a public commitment.
use veilkit_bridge::{
    codec::{Decode, Encode},
    shamir::{self, feldman, pedersen},
};

use super::{decode, encode};
use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    edge::{Fallible, fill, fill_each, put, slice, status},
    status::veilkit_status,
};

/// Splits, and writes shares and commitment; all are empty after a failure.
unsafe fn split<B: AsRef<[u8]>>(
    commitment: *mut veilkit_buffer,
    out: *mut veilkit_buffer,
    shares: u16,
    call: impl FnOnce() -> Fallible<(Vec<u8>, Vec<B>)>,
) -> veilkit_status {
    let mut public = Vec::new();
    let split = || {
        // SAFETY: the caller's promise is passed on.
        unsafe { put(commitment, veilkit_buffer::EMPTY, "commitment")? };
        let (made, shares) = call()?;
        public = made;
        Ok(shares)
    };
    // SAFETY: as above.
    match unsafe { fill_each(out, shares.into(), split) } {
        veilkit_status::Ok => status(|| {
            // SAFETY: as above; the first put has shown that it can be written.
            unsafe { put(commitment, veilkit_buffer::copy(&public), "commitment") }
        }),
        failed => failed,
    }
}

/// Splits a secret, with a commitment that hides it and lets every holder check its share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_split_verifiable(
    secret: *const u8,
    len: usize,
    threshold: u16,
    shares: u16,
    commitment: *mut veilkit_buffer,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        split(commitment, out, shares, || {
            let secret = slice(secret, len, "secret")?;
            let made = shamir::split_verifiable(secret, threshold.into(), shares.into())?;
            Ok((made.0.to_bytes().to_vec(), encode(&made.1)))
        })
    }
}

/// Checks a share of veilkit_shamir_split_verifiable against the commitment.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_verify_verifiable(
    commitment: *const u8,
    commitment_len: usize,
    share: *const u8,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let commitment =
                pedersen::Commitment::from_bytes(slice(commitment, commitment_len, "commitment")?, ())?;
            Ok(pedersen::Share::from_bytes(slice(share, len, "share")?, ())?.verify(&commitment)?)
        }
    })
}

/// Gives the secret back. Wrong shares are an error that names them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_verifiable(
    commitment: *const u8,
    commitment_len: usize,
    shares: *const veilkit_bytes,
    count: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let commitment =
                pedersen::Commitment::from_bytes(slice(commitment, commitment_len, "commitment")?, ())?;
            Ok(pedersen::combine(&commitment, &decode::<pedersen::Share>(shares, count)?)?)
        })
    }
}

/// Splits a uniformly random key, the 32 bytes of a scalar of ristretto255; at NULL and 0 a fresh one that nobody gets to see. The
/// commitment shows its public key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_split_key(
    key: *const u8,
    len: usize,
    threshold: u16,
    shares: u16,
    commitment: *mut veilkit_buffer,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        split(commitment, out, shares, || {
            let key = if key.is_null() && len == 0 { None } else { Some(slice(key, len, "key")?) };
            let made = shamir::split_key(key, threshold.into(), shares.into())?;
            Ok((made.0.to_bytes().to_vec(), encode(&made.1)))
        })
    }
}

/// Checks a share of veilkit_shamir_split_key against the commitment.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_verify_key_share(
    commitment: *const u8,
    commitment_len: usize,
    share: *const u8,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let commitment =
                feldman::Commitment::from_bytes(slice(commitment, commitment_len, "commitment")?, ())?;
            Ok(feldman::Share::from_bytes(slice(share, len, "share")?, ())?.verify(&commitment)?)
        }
    })
}

/// Gives the 32 bytes of the key back. Wrong shares are an error that names them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_key(
    commitment: *const u8,
    commitment_len: usize,
    shares: *const veilkit_bytes,
    count: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let commitment =
                feldman::Commitment::from_bytes(slice(commitment, commitment_len, "commitment")?, ())?;
            Ok(shamir::combine_key(&commitment, &decode::<feldman::Share>(shares, count)?)?)
        })
    }
}

/// The public key of a shared key: 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_key_public_key(
    commitment: *const u8,
    commitment_len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let commitment =
                feldman::Commitment::from_bytes(slice(commitment, commitment_len, "commitment")?, ())?;
            Ok(commitment.public_point().to_bytes())
        })
    }
}
