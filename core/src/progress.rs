//! Long work: told how far it is, asked whether to stop, spread over the cores.
use core::ops::ControlFlow;

use crate::error::{Error, ErrorKind, Result};

/// Watches long work and may stop it.
pub trait Observer {
    /// Called between steps with the number of items done, out of `total`. `Break` ends the work with `Cancelled`.
    fn advance(&mut self, done: usize, total: usize) -> ControlFlow<()>;
}

/// Nobody watches.
impl Observer for () {
    fn advance(&mut self, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: FnMut(usize, usize) -> ControlFlow<()>> Observer for F {
    fn advance(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        self(done, total)
    }
}

/// Items handed out between two questions to the observer: a few tens of milliseconds of Paillier work.
const STEP: usize = 32;

/// Applies `work` to every item, in order of the items in the result; over every core with the `parallel` feature.
///
/// # Errors
/// The first error of `work`, or `Cancelled` when the observer stops it.
pub fn try_map<I: Sync, O: Send>(
    items: &[I],
    observer: &mut dyn Observer,
    work: impl Fn(&I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    map(items, STEP, observer, work)
}

/// As [`try_map`], for items that take much longer or shorter: `step` items, for each core, are handed out between
/// two questions to the observer.
///
/// # Errors
/// As [`try_map`].
pub fn try_map_in_steps<I: Sync, O: Send>(
    items: &[I],
    step: usize,
    observer: &mut dyn Observer,
    work: impl Fn(&I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    map(items, step.saturating_mul(cores()).max(1), observer, work)
}

fn map<I: Sync, O: Send>(
    items: &[I],
    step: usize,
    observer: &mut dyn Observer,
    work: impl Fn(&I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    let mut out = Vec::with_capacity(items.len());
    for step in items.chunks(step) {
        extend(&mut out, step, &work)?;
        if observer.advance(out.len(), items.len()).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
        }
    }
    Ok(out)
}

#[cfg(feature = "parallel")]
fn cores() -> usize {
    rayon::current_num_threads()
}

#[cfg(not(feature = "parallel"))]
fn cores() -> usize {
    1
}

#[cfg(feature = "parallel")]
fn extend<I: Sync, O: Send>(
    out: &mut Vec<O>,
    items: &[I],
    work: &(impl Fn(&I) -> Result<O> + Sync),
) -> Result<()> {
    use rayon::prelude::*;
    if let [item] = items {
        out.push(work(item)?); // a change of threads would take longer than most work on one item
        return Ok(());
    }
    out.extend(items.par_iter().map(work).collect::<Result<Vec<O>>>()?);
    Ok(())
}

#[cfg(not(feature = "parallel"))]
fn extend<I: Sync, O: Send>(
    out: &mut Vec<O>,
    items: &[I],
    work: &(impl Fn(&I) -> Result<O> + Sync),
) -> Result<()> {
    for item in items {
        out.push(work(item)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled = try_map(&items, &mut (), |i| Ok(2 * i)).unwrap();
        assert!(doubled.iter().enumerate().all(|(i, d)| *d == 2 * i));
    }

    #[test]
    fn stops_when_asked() {
        let mut calls = 0;
        let mut observer = |done: usize, total: usize| {
            calls += 1;
            assert_eq!((done, total), (STEP * calls, 1000));
            if calls == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = try_map(&[0; 1000], &mut observer, |i: &i32| Ok(*i));
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
        assert_eq!(calls, 2);
    }

    #[test]
    fn steps_are_for_each_core() {
        let mut last = 0;
        let mut observer = |done: usize, _: usize| {
            last = done;
            ControlFlow::Break(())
        };
        let stopped = try_map_in_steps(&[0; 1000], 2, &mut observer, |i: &i32| Ok(*i));
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
        assert_eq!(last, (2 * cores()).min(1000));
        assert_eq!(try_map_in_steps(&[5], 0, &mut (), |i: &i32| Ok(*i)).unwrap(), [5]);
    }

    #[test]
    fn one_item_stays_on_its_thread() {
        let here = std::thread::current().id();
        let there = try_map(&[()], &mut (), |()| Ok(std::thread::current().id())).unwrap();
        assert_eq!(there, [here]);
        let failed = try_map(&[1], &mut (), |_: &i32| -> Result<()> {
            Err(Error::new(ErrorKind::OutOfRange, "item"))
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn passes_errors_on() {
        let failed = try_map(&[1, 2, 3], &mut (), |i: &i32| match i {
            2 => Err(Error::new(ErrorKind::OutOfRange, "item")),
            _ => Ok(*i),
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::OutOfRange);
    }
}
