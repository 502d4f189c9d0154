//! The boundary: nothing unwinds into another language.
use std::panic::{AssertUnwindSafe, catch_unwind};

use veilkit::{Error, ErrorKind, Result};

use crate::random::{Stopped, Unavailable};

/// Runs one call of the core. A failure of the randomness becomes `RandomnessUnavailable`,
/// a stop in the middle of a search `Cancelled`, any other panic `Panic`.
///
/// What the call was changing is not used afterwards: handles are replaced by results, and a session poisons itself.
///
/// # Errors
/// Those of `call`; `RandomnessUnavailable`; `Cancelled`; `Panic`.
pub fn guard<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        Err(if payload.is::<Unavailable>() {
            Error::new(ErrorKind::RandomnessUnavailable, "the operating system gave no randomness")
        } else if payload.is::<Stopped>() {
            Error::new(ErrorKind::Cancelled, "stopped by the caller")
        } else {
            Error::new(ErrorKind::Panic, "a bug in veilkit was caught")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let caught = guard::<()>(|| std::panic::resume_unwind(Box::new("bug")));
        assert_eq!(caught.unwrap_err().kind(), ErrorKind::Panic);
    }

    #[test]
    fn results_pass_through() {
        assert_eq!(guard(|| Ok(7)).unwrap(), 7);
        let refused = guard::<()>(|| Err(Error::new(ErrorKind::OutOfRange, "x")));
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange);
    }
}
