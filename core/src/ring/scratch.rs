//! Buffers that hot operations borrow instead of allocating.
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroize;

use super::poly::{Form, Poly};

/// Buffers of one thread, lent as polynomials and taken back.
///
/// # Security
/// Buffers that are given back keep their words and are lent again as they are. Wipe the scratch space
/// (`Zeroize`) once it has worked on secrets.
#[derive(Default)]
pub struct Scratch {
    free: Vec<Vec<u64>>,
}

impl Scratch {
    /// No buffers yet: they are made when first asked for.
    pub fn new() -> Self {
        Self::default()
    }

    /// A polynomial whose words are anything at all, to be written before it is read.
    pub fn take<F: Form>(&mut self, degree: usize, rows: usize) -> Poly<F> {
        let room = Poly::<F>::room(degree, rows);
        let fitting = self.free.iter().enumerate().filter(|(_, buffer)| buffer.len() >= room);
        let smallest = fitting.min_by_key(|(_, buffer)| buffer.len()).map(|(i, _)| i);
        let buffer = smallest.map_or_else(|| vec![0; room], |i| self.free.swap_remove(i));
        Poly::with_buffer(buffer, degree, rows)
    }

    /// Takes a polynomial's buffer back, or in.
    pub fn give<F: Form>(&mut self, poly: Poly<F>) {
        self.free.push(poly.into_buffer());
    }
}

/// Wipes and frees every buffer.
impl Zeroize for Scratch {
    fn zeroize(&mut self) {
        self.free.zeroize();
    }
}

impl core::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").field("buffers", &self.free.len()).finish_non_exhaustive()
    }
}

/// Scratch space for as many threads as ask at once, kept from one operation to the next.
#[derive(Debug, Default)]
pub struct ScratchPool(Mutex<Vec<Scratch>>);

impl ScratchPool {
    /// An empty pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lends scratch space to `work`.
    pub fn lend<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = self.lock().pop().unwrap_or_default();
        let result = work(&mut scratch);
        self.lock().push(scratch);
        result
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        // A panic elsewhere leaves buffers behind that are as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::poly::Values, *};

    #[test]
    fn buffers_come_back() {
        let pool = ScratchPool::new();
        let place = |rows: usize| {
            pool.lend(|scratch| {
                let poly: Poly<Values> = scratch.take(1024, rows);
                assert_eq!((poly.degree(), poly.rows()), (1024, rows));
                let place = poly.words().as_ptr();
                scratch.give(poly);
                place
            })
        };
        let first = place(4);
        assert_eq!(place(3), first);
        assert_ne!(place(5), first);
        assert_eq!(place(2), first, "the smallest that fits");
    }

    #[test]
    fn each_borrower_has_its_own() {
        let pool = ScratchPool::new();
        pool.lend(|outer| {
            let a: Poly<Values> = outer.take(1024, 1);
            pool.lend(|inner| inner.give(a.clone()));
            outer.give(a);
        });
        assert_eq!(pool.lock().len(), 2);
    }

    #[test]
    fn wiped_scratch_space_is_empty() {
        let mut scratch = Scratch::new();
        scratch.give(Poly::<Values>::from_words(4, vec![5; 8]));
        scratch.zeroize();
        assert!(scratch.free.is_empty());
    }
}
