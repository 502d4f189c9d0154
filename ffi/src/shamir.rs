//! Secret sharing: shares are bytes, and secret; what checks them is inside.
use veilkit_bridge::{
    PartyId, Result,
    codec::{Decode, Encode},
    shamir::{self, Share},
};

use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    edge::{Fallible, check_out, fill, fill_each, give, put, slice, status, strings},
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

mod custody;
mod policy;
mod verifiable;

pub use custody::*;
pub use policy::*;
pub use verifiable::*;

/// What can be seen of a share.
#[repr(C)]
pub struct veilkit_share_info {
    /// The number of the share, from 1.
    pub index: u16,
    /// How many shares give the secret back; 0 where a rule says it.
    pub threshold: u16,
    /// How many shares there are; 0 where a rule says it.
    pub shares: u16,
}

/// The caller's shares, decoded.
unsafe fn decode<S: Decode>(shares: *const veilkit_bytes, count: usize) -> Fallible<Vec<S>> {
    // SAFETY: the caller's promise is passed on.
    let shares = unsafe { strings(shares, count, "shares")? };
    Ok(shares.into_iter().map(|share| S::from_bytes(share, ())).collect::<Result<_>>()?)
}

/// Encodings of what a call made.
fn encode<S: Encode>(made: &[S]) -> Vec<impl AsRef<[u8]> + use<S>> {
    made.iter().map(Encode::to_bytes).collect()
}

/// Gives a secret back, and the numbers of wrong shares.
unsafe fn correcting(
    secret: *mut veilkit_buffer,
    wrong: (*mut u16, *mut usize),
    count: usize,
    call: impl FnOnce() -> Fallible<(zeroize::Zeroizing<Vec<u8>>, Vec<PartyId>)>,
) -> veilkit_status {
    status(|| {
        // SAFETY: the caller's promise is passed on.
        unsafe {
            put(secret, veilkit_buffer::EMPTY, "secret")?;
            put(wrong.1, 0, "wrong_count")?;
            check_out(wrong.0, count, count, "wrong")?;
            let (found, parties) = call()?;
            for (at, party) in parties.iter().take(count).enumerate() {
                wrong.0.add(at).write(party.get());
            }
            put(wrong.1, parties.len().min(count), "wrong_count")?;
            put(secret, veilkit_buffer::copy(&found), "secret")
        }
    })
}

/// Splits a secret into `shares` shares, of which `threshold` give it back and fewer say nothing. `out` has room for `shares`
/// buffers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_split(
    secret: *const u8,
    len: usize,
    threshold: u16,
    shares: u16,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill_each(out, shares.into(), || {
            let secret = slice(secret, len, "secret")?;
            let made = run(watch, 2, |observer, rng| {
                shamir::split(secret, threshold.into(), shares.into(), rng, observer)
            })?;
            Ok(encode(&made))
        })
    }
}

/// Gives the secret back. A wrong share is an error that names it: veilkit_last_error_parties.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine(
    shares: *const veilkit_bytes,
    count: usize,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let shares: Vec<Share> = decode(shares, count)?;
            run(watch, 2, |observer, _| shamir::combine(&shares, observer))
        })
    }
}

/// Gives the secret back without the wrong shares, where enough are right, and their numbers. `wrong` has room for `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_correcting(
    shares: *const veilkit_bytes,
    count: usize,
    watch: *const veilkit_watch,
    wrong: *mut u16,
    wrong_count: *mut usize,
    secret: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        correcting(secret, (wrong, wrong_count), count, || {
            let shares: Vec<Share> = decode(shares, count)?;
            run(watch, 2, |observer, _| shamir::combine_correcting(&shares, observer))
        })
    }
}

/// Gives the secret of bare shares of other software back, over the field of AES: `indices` has the number of each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_correct(
    indices: *const u16,
    shares: *const veilkit_bytes,
    count: usize,
    threshold: u16,
    wrong: *mut u16,
    wrong_count: *mut usize,
    secret: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        correcting(secret, (wrong, wrong_count), count, || {
            let (indices, shares) = (slice(indices, count, "indices")?, strings(shares, count, "shares")?);
            let number = |(index, share): (&u16, _)| Ok((PartyId::new(*index)?, share));
            let shares = indices.iter().zip(shares).map(number).collect::<Result<Vec<_>>>()?;
            Ok(shamir::correct(&shares, threshold.into())?)
        })
    }
}

/// Checks a share of a secret against the commitment that it carries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_verify_share(share: *const u8, len: usize) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        let share = unsafe { slice(share, len, "share")? };
        Ok(Share::from_bytes(share, ())?.verify()?)
    })
}

/// Number and threshold of a share of any kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_share_info(
    share: *const u8,
    len: usize,
    out: *mut veilkit_share_info,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || info(slice(share, len, "share")?)) }
}
