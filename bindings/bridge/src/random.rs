//! Randomness from the operating system, and nothing else.
//!
//! No state is kept between calls, so a process and its fork can never draw the same numbers.
use core::convert::Infallible;
use core::sync::atomic::{AtomicBool, Ordering};
use std::{panic::resume_unwind, sync::Arc};

use rand_core::{TryCryptoRng, TryRng};

/// Fills a buffer, or says that it could not.
type Source = fn(&mut [u8]) -> Result<(), getrandom::Error>;

/// From this length on, zeros only mean a broken source: by chance they come once in 2^128 draws.
const CHECKED_LEN: usize = 16;

/// The operating system's generator.
///
/// The core's generators cannot fail, so a failure of the system leaves by unwinding with `Unavailable`,
/// which [`guard`](crate::guard::guard) turns into `RandomnessUnavailable`: no key is made from what came.
/// In the same way a stop by the caller ends the search for a key's primes, which asks no observer.
#[derive(Clone)]
pub struct OsRandom {
    source: Source,
    stop: Option<Arc<AtomicBool>>,
}

/// What a failing source unwinds with.
pub(crate) struct Unavailable;

/// What a draw unwinds with after the caller asked to stop.
pub(crate) struct Stopped;

impl OsRandom {
    /// A handle to the system's generator.
    pub fn new() -> Self {
        Self { source: getrandom::fill, stop: None }
    }

    /// A handle that gives nothing more once `stop` is set.
    pub(crate) fn stopped_by(stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..Self::new() }
    }
}

impl Default for OsRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl TryRng for OsRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            resume_unwind(Box::new(Stopped));
        }
        let filled = (self.source)(out);
        let all_zero = out.iter().fold(0, |seen, byte| seen | byte) == 0;
        if filled.is_err() || (out.len() >= CHECKED_LEN && all_zero) {
            resume_unwind(Box::new(Unavailable));
        }
        Ok(())
    }
}

impl TryCryptoRng for OsRandom {}

#[cfg(test)]
mod tests {
    use rand_core::Rng;
    use veilkit::ErrorKind;

    use super::*;
    use crate::guard::guard;

    fn kind_with(source: Source) -> Option<ErrorKind> {
        let drawn = guard(|| {
            let mut key = [0; 32];
            OsRandom { source, stop: None }.fill_bytes(&mut key);
            Ok(key)
        });
        drawn.err().map(|error| error.kind())
    }

    #[test]
    fn a_failing_source_gives_no_key() {
        assert_eq!(kind_with(|_| Err(getrandom::Error::UNSUPPORTED)), Some(ErrorKind::RandomnessUnavailable));
    }

    #[test]
    fn a_source_of_zeros_gives_no_key() {
        fn zeros(out: &mut [u8]) -> Result<(), getrandom::Error> {
            out.fill(0);
            Ok(())
        }
        assert_eq!(kind_with(zeros), Some(ErrorKind::RandomnessUnavailable));
    }

    #[test]
    fn the_system_fills_every_draw_anew() {
        let mut rng = OsRandom::new();
        let (mut a, mut b) = ([0; 32], [0; 32]);
        rng.fill_bytes(&mut a);
        rng.fill_bytes(&mut b);
        assert_ne!(a, b);
        assert_ne!(rng.next_u64(), rng.next_u64());
    }
}
