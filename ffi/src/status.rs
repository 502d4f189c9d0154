//! What every call answers, and the words to it.
use core::{cell::RefCell, ffi::c_char};
use std::ffi::{CStr, CString};

use veilkit_bridge::ErrorKind;

use crate::edge::{Fault, copy_out, give, status};

/// What a call answers. The numbers are those of every language, and keep their meaning for good; tens are families.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum veilkit_status {
    /// It did what it should.
    Ok = 0,
    /// A parameter is outside what the scheme allows, or a pointer cannot be used.
    InvalidParams = 10,
    /// Two objects belong to different parameters, keys or sessions.
    ParamsMismatch = 11,
    /// A value is not a number, or lies outside the declared range.
    OutOfRange = 12,
    /// Array shapes do not fit each other, or the room for a result.
    ShapeMismatch = 13,
    /// The evaluation keys do not hold the key that this operation needs.
    MissingKey = 14,
    /// Bytes are not a canonical encoding of what was asked for.
    InvalidEncoding = 20,
    /// The encoding's version is not known here.
    UnsupportedVersion = 21,
    /// Bytes are left over after a complete object.
    TrailingBytes = 22,
    /// Decryption did not give a valid message.
    DecryptionFailed = 30,
    /// A signature, proof, digest or consistency check does not hold.
    VerificationFailed = 31,
    /// The operation could exceed the room that the plaintext has left.
    HeadroomExhausted = 43,
    /// Too few shares, or too few surviving parties.
    TooFewShares = 50,
    /// The same party or share appears twice.
    DuplicateParty = 51,
    /// A party that is not part of the set-up.
    UnknownParty = 52,
    /// A message of this round is missing.
    MissingMessage = 53,
    /// The session has ended, by an error or by its result.
    SessionPoisoned = 54,
    /// The operating system gave no randomness.
    RandomnessUnavailable = 90,
    /// A bug in veilkit was caught at the boundary.
    Panic = 91,
    /// The caller asked long work to stop.
    Cancelled = 92,
}

impl veilkit_status {
    /// Every status.
    const ALL: &'static [Self] = &[
        Self::Ok,
        Self::InvalidParams,
        Self::ParamsMismatch,
        Self::OutOfRange,
        Self::ShapeMismatch,
        Self::MissingKey,
        Self::InvalidEncoding,
        Self::UnsupportedVersion,
        Self::TrailingBytes,
        Self::DecryptionFailed,
        Self::VerificationFailed,
        Self::HeadroomExhausted,
        Self::TooFewShares,
        Self::DuplicateParty,
        Self::UnknownParty,
        Self::MissingMessage,
        Self::SessionPoisoned,
        Self::RandomnessUnavailable,
        Self::Panic,
        Self::Cancelled,
    ];

    /// The status of a kind of error.
    fn of(kind: ErrorKind) -> Self {
        let known = Self::ALL.iter().find(|status| **status as u32 == kind.code());
        known.copied().unwrap_or(Self::Panic)
    }
}

/// The last failure of a thread.
struct Last {
    message: CString,
    parties: Vec<u16>,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Keeps a failure for this thread, and gives its status.
pub(crate) fn remember(fault: &Fault) -> veilkit_status {
    let parties = match fault {
        Fault::Core(error) => error.culprits().iter().map(|party| party.get()).collect(),
        Fault::Argument(..) => Vec::new(),
    };
    let message = CString::new(fault.to_string()).unwrap_or_default();
    // A thread that is ending may have lost its storage: then nobody can ask any more.
    let _ = LAST.try_with(|last| last.replace(Some(Last { message, parties })));
    veilkit_status::of(fault.kind())
}

/// What the last failing call of this thread says, such as "OutOfRange (12): values: not a number"; "" before the first. Never
/// contains a value of the caller. It belongs to the library, and lives until this thread's next failing call.
#[unsafe(no_mangle)]
pub extern "C" fn veilkit_last_error_message() -> *const c_char {
    const NONE: &CStr = c"";
    LAST.try_with(|last| last.borrow().as_ref().map_or(NONE.as_ptr(), |last| last.message.as_ptr()))
        .unwrap_or(NONE.as_ptr())
}

/// How many parties the last failing call of this thread blames: 0 when nobody can be named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_last_error_party_count(count: *mut usize) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { give(count, || Ok(blamed().len())) }
}

/// The parties that the last failing call of this thread blames; `len` is what veilkit_last_error_party_count said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_last_error_parties(parties: *mut u16, len: usize) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    status(|| unsafe { copy_out(&blamed(), parties, len, "parties") })
}

fn blamed() -> Vec<u16> {
    let parties = |last: &RefCell<Option<Last>>| last.borrow().as_ref().map(|last| last.parties.clone());
    LAST.try_with(parties).ok().flatten().unwrap_or_default()
}

/// The stable name of a status, such as "OutOfRange"; "Unknown" for another number.
#[unsafe(no_mangle)]
pub extern "C" fn veilkit_status_name(status: u32) -> *const c_char {
    const NAMES: &[(u32, &CStr)] = &[
        (0, c"Ok"),
        (10, c"InvalidParams"),
        (11, c"ParamsMismatch"),
        (12, c"OutOfRange"),
        (13, c"ShapeMismatch"),
        (14, c"MissingKey"),
        (20, c"InvalidEncoding"),
        (21, c"UnsupportedVersion"),
        (22, c"TrailingBytes"),
        (30, c"DecryptionFailed"),
        (31, c"VerificationFailed"),
        (43, c"HeadroomExhausted"),
        (50, c"TooFewShares"),
        (51, c"DuplicateParty"),
        (52, c"UnknownParty"),
        (53, c"MissingMessage"),
        (54, c"SessionPoisoned"),
        (90, c"RandomnessUnavailable"),
        (91, c"Panic"),
        (92, c"Cancelled"),
    ];
    NAMES.iter().find(|(code, _)| *code == status).map_or(c"Unknown", |(_, name)| name).as_ptr()
}

/// The version of the library, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn veilkit_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => panic!("a version has no zero byte"),
        };
    VERSION.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_status_and_name() {
        for (kind, name) in ErrorKind::ALL {
            let status = veilkit_status::of(*kind);
            assert_eq!((status as u32, format!("{status:?}")), (kind.code(), (*name).to_owned()));
            // SAFETY: the names are constants.
            let given = unsafe { CStr::from_ptr(veilkit_status_name(kind.code())) };
            assert_eq!(given.to_str(), Ok(*name));
        }
        assert_eq!(veilkit_status::ALL.len(), ErrorKind::ALL.len() + 1);
    }
}
