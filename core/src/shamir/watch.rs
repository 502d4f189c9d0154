//! Long secrets: taken in segments, after each of which the caller may stop the work.
use crate::{
    error::{Error, ErrorKind, Result},
    progress::Observer,
};

/// Bytes of the secret between two questions to the observer; a multiple of the blocks and batches of all loops.
pub(super) const SEGMENT: usize = 1 << 17;

/// Counts steps of about equal length.
pub(super) struct Watch<'a> {
    observer: &'a mut dyn Observer,
    done: usize,
    total: usize,
}

impl<'a> Watch<'a> {
    pub(super) fn new(observer: &'a mut dyn Observer, total: usize) -> Self {
        Self { observer, done: 0, total }
    }

    /// One more step is done.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub(super) fn advance(&mut self) -> Result<()> {
        self.done = self.total.min(self.done + 1);
        if self.observer.advance(self.done, self.total).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
        }
        Ok(())
    }
}
