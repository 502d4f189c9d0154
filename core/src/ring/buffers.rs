//! Buffers of polynomials that were dropped, kept for those to come.
//!
//! A polynomial takes some megabytes, which an allocator may ask from the system and give back each time; that costs more than
//! most operations. So each thread keeps a few.
use std::cell::RefCell;

/// The most words that a thread keeps: 64 MiB.
const MOST_WORDS: usize = 1 << 23;
/// Shorter buffers are left to the allocator.
const LEAST_WORDS: usize = 1 << 10;

#[derive(Default)]
struct Free {
    buffers: Vec<Vec<u64>>,
    words: usize,
}

thread_local! {
    static FREE: RefCell<Free> = RefCell::default();
}

/// A buffer with at least so many words, which are anything at all; none when no kept one fits.
pub(super) fn take(words: usize) -> Option<Vec<u64>> {
    if words < LEAST_WORDS {
        return None;
    }
    // While a thread ends there may be none any more.
    FREE.try_with(|free| free.borrow_mut().take(words)).ok().flatten()
}

/// Keeps a buffer, or frees it when enough are kept.
pub(super) fn give(buffer: Vec<u64>) {
    if buffer.len() >= LEAST_WORDS {
        let _ended = FREE.try_with(|free| free.borrow_mut().give(buffer));
    }
}

impl Free {
    fn take(&mut self, words: usize) -> Option<Vec<u64>> {
        // Not more than twice as long, so that long ones are there for long polynomials.
        let fits = |buffer: &Vec<u64>| (words..=2 * words).contains(&buffer.len());
        let candidates = self.buffers.iter().enumerate().filter(|(_, buffer)| fits(buffer));
        // Of equally long ones the last, which the caches remember best.
        let (i, _) = candidates.rev().min_by_key(|(_, buffer)| buffer.len())?;
        let buffer = self.buffers.remove(i);
        self.words -= buffer.len();
        Some(buffer)
    }

    fn give(&mut self, buffer: Vec<u64>) {
        if self.words + buffer.len() <= MOST_WORDS {
            self.words += buffer.len();
            self.buffers.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_that_fit_come_back() {
        let mut free = Free::default();
        for words in [5000, 2000, 2000, 3000] {
            free.give(vec![0; words]);
        }
        assert_eq!(free.words, 12_000);
        assert_eq!(free.take(1500).map(|b| b.len()), Some(2000));
        assert_eq!(free.take(2001).map(|b| b.len()), Some(3000));
        assert_eq!(free.take(2001), None, "5000 is more than twice as long");
        assert_eq!(free.take(2500).map(|b| b.len()), Some(5000));
        assert_eq!(free.words, 2000);
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let mut free = Free::default();
        for _ in 0..20 {
            free.give(vec![0; 1 << 20]);
        }
        assert_eq!((free.words, free.buffers.len()), (MOST_WORDS, 8));
    }

    #[test]
    fn threads_keep_their_own() {
        give(vec![7; 4096]);
        let elsewhere = std::thread::spawn(|| take(4096)).join();
        assert_eq!(elsewhere.ok().flatten(), None);
        assert_eq!(take(4096), Some(vec![7; 4096]));
        give(vec![7; 10]);
        assert_eq!(take(10), None);
    }
}
