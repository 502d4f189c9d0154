//! Recovery by rule, such as "2 of (doctor, doctor, surgeon) and administrator". A policy is its text.
use veilkit_bridge::{
    codec::Decode,
    custody::{self, Policy, PolicyShare},
};

use super::{correcting, decode, encode};
use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    edge::{Fallible, fill, fill_each, give, slice, status, text},
    status::veilkit_status,
};

/// No policy has more.
const MAX_SEATS: usize = u16::MAX as usize;

unsafe fn policy(data: *const u8, len: usize) -> Fallible<Policy> {
    // SAFETY: the caller's promise is passed on.
    Ok(unsafe { text(data, len, "policy")? }.parse()?)
}

/// The canonical text of a policy: checks it, and shows what it means.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_policy_normalize(
    policy: *const u8,
    policy_len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(self::policy(policy, policy_len)?.to_string())) }
}

/// How many seats a policy has, each of which gets a share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_policy_seats(
    policy: *const u8,
    policy_len: usize,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(self::policy(policy, policy_len)?.seats().len())) }
}

/// The name of a seat, from 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_policy_seat_name(
    policy: *const u8,
    policy_len: usize,
    seat: u16,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let policy = self::policy(policy, policy_len)?;
            let seats = policy.seats();
            let found = seats.iter().find(|(number, _)| number.get() == seat);
            let found = found.ok_or(crate::edge::Fault::Argument("seat", "not in the policy"))?;
            Ok(found.1.to_owned())
        })
    }
}

/// Splits a secret by a policy. `out` has room for `count` buffers, one for each seat.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_split_by_policy(
    secret: *const u8,
    len: usize,
    policy: *const u8,
    policy_len: usize,
    out: *mut veilkit_buffer,
    count: usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        if count > MAX_SEATS {
            return status(|| Err(crate::edge::Fault::Argument("count", "more than 65535")));
        }
        fill_each(out, count, || {
            let policy = self::policy(policy, policy_len)?;
            Ok(encode(&custody::split_by_policy(slice(secret, len, "secret")?, &policy)?))
        })
    }
}

/// Checks the share of a seat against the commitment that it carries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_verify_policy_share(share: *const u8, len: usize) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        let share = unsafe { slice(share, len, "share")? };
        Ok(PolicyShare::from_bytes(share, ())?.verify()?)
    })
}

/// Gives the secret back from the shares of seats that suffice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_by_policy(
    shares: *const veilkit_bytes,
    count: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(custody::combine_by_policy(&decode::<PolicyShare>(shares, count)?)?)) }
}

/// Gives the secret back without the wrong shares, where enough are right, and their seats. `wrong` has room for `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_by_policy_correcting(
    shares: *const veilkit_bytes,
    count: usize,
    wrong: *mut u16,
    wrong_count: *mut usize,
    secret: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        correcting(secret, (wrong, wrong_count), count, || {
            Ok(custody::combine_by_policy_correcting(&decode::<PolicyShare>(shares, count)?)?)
        })
    }
}

/// The rule that is left when these shares are there; empty when they suffice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_policy_missing(
    shares: *const veilkit_bytes,
    count: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let left = custody::missing(&decode::<PolicyShare>(shares, count)?)?;
            Ok(left.map(|policy| policy.to_string()).unwrap_or_default())
        })
    }
}
