//! Heavy work on worker threads, while the calling thread tells the progress and listens for a stop.
//!
//! A language's signals and callbacks belong to the calling thread, so that thread never computes: it wakes a few
//! times per second, asks `watch`, and passes a stop on to the work.
use core::ops::ControlFlow;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rayon::{ThreadPool, ThreadPoolBuilder};
use veilkit::{Error, ErrorKind, Result, progress::Observer};

use crate::{guard::guard, random::OsRandom};

/// How often `watch` is asked.
const INTERVAL: Duration = Duration::from_millis(40);

/// The threads that compute, and the process that they belong to.
struct Workers {
    process: u32,
    pool: Arc<ThreadPool>,
}

static WORKERS: Mutex<Option<Workers>> = Mutex::new(None);

/// The worker threads of this process, started on the first call: as many as there are cores, or what
/// `RAYON_NUM_THREADS` says, or what [`set_threads`] asked for.
///
/// A fork has none of its parent's threads, so the child gets its own.
///
/// # Errors
/// `Panic` when the system gives no threads.
pub fn workers() -> Result<Arc<ThreadPool>> {
    let mut workers = WORKERS.lock().unwrap_or_else(PoisonError::into_inner);
    match &*workers {
        Some(running) if running.process == std::process::id() => Ok(Arc::clone(&running.pool)),
        Some(parents) => {
            let threads = parents.pool.current_num_threads();
            start(&mut workers, threads)
        }
        None => start(&mut workers, 0),
    }
}

/// Computes with this many threads from now on; 0 for as many as there are cores.
///
/// # Errors
/// `Panic` when the system gives no threads.
pub fn set_threads(threads: usize) -> Result<()> {
    start(&mut WORKERS.lock().unwrap_or_else(PoisonError::into_inner), threads).map(drop)
}

fn start(workers: &mut Option<Workers>, threads: usize) -> Result<Arc<ThreadPool>> {
    let builder = ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("veilkit-{i}"));
    let pool = builder.build().map_err(|_| Error::new(ErrorKind::Panic, "the system gave no threads"))?;
    let pool = Arc::new(pool);
    let process = std::process::id();
    if let Some(old) = workers.replace(Workers { process, pool: Arc::clone(&pool) })
        && old.process != process
    {
        core::mem::forget(old.pool); // its threads live in the parent: nothing here can end them
    }
    Ok(pool)
}

/// Tells the calling thread how far the work is, and the work whether to stop.
struct Watched<'a> {
    done: &'a AtomicUsize,
    total: &'a AtomicUsize,
    stop: &'a AtomicBool,
}

impl Observer for Watched<'_> {
    fn advance(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
        match self.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

/// Runs `work` on `pool`, handing it an observer and the system's randomness; `watch(done, total)` is called on this
/// thread a few times per second (with 0 of 0 before the first step), and once more when work of known length ends.
/// When `watch` breaks, the work ends with `Cancelled` at its next step or its next random number.
///
/// # Errors
/// Those of `work`; `Cancelled`; `RandomnessUnavailable`; `Panic`.
pub fn run<T: Send>(
    pool: &ThreadPool,
    watch: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    work: impl FnOnce(&mut dyn Observer, &mut OsRandom) -> Result<T> + Send,
) -> Result<T> {
    let (done, total, stop) = (AtomicUsize::new(0), AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let mut rng = OsRandom::stopped_by(Arc::clone(&stop));
    let mut watched = Watched { done: &done, total: &total, stop: &stop };
    let (sender, finished) = mpsc::sync_channel(1);
    let result = pool.in_place_scope(|scope| {
        scope.spawn(move |_| {
            // The receiver lives until the scope has ended, so the result always arrives.
            let _ = sender.send(guard(|| work(&mut watched, &mut rng)));
        });
        loop {
            match finished.recv_timeout(INTERVAL) {
                Ok(result) => return result,
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Error::new(ErrorKind::Panic, "a bug in veilkit was caught"));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if watch(done.load(Ordering::Relaxed), total.load(Ordering::Relaxed)).is_break() {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    let total = total.load(Ordering::Relaxed);
    if total > 0 && result.is_ok() && watch(total, total).is_break() {
        return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
    }
    result
}

#[cfg(test)]
mod tests {
    use rand_core::Rng;
    use veilkit::progress::try_map;

    use super::*;

    fn pool() -> ThreadPool {
        ThreadPoolBuilder::new().num_threads(2).build().unwrap()
    }

    #[test]
    fn results_come_back_with_the_final_progress() {
        let mut seen = Vec::new();
        let mut watch = |done, total| {
            seen.push((done, total));
            ControlFlow::Continue(())
        };
        let items: Vec<u32> = (0..100).collect();
        let doubled =
            run(&pool(), &mut watch, |observer, _| try_map(&items, observer, |i| Ok(2 * i))).unwrap();
        assert_eq!(doubled[99], 198);
        assert_eq!(seen.last(), Some(&(100, 100)));
    }

    #[test]
    fn a_stop_reaches_the_observer() {
        let slow = |_: &u32| {
            std::thread::sleep(Duration::from_millis(2));
            Ok(())
        };
        let stopped = run(&pool(), &mut |_, _| ControlFlow::Break(()), |observer, _| {
            try_map(&[0; 10_000], observer, slow)
        });
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn a_stop_reaches_a_search_that_only_draws() {
        let stopped = run::<()>(&pool(), &mut |_, _| ControlFlow::Break(()), |_, rng| {
            loop {
                rng.next_u64();
            }
        });
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn threads_can_be_set() {
        set_threads(3).unwrap();
        assert_eq!(workers().unwrap().current_num_threads(), 3);
        assert!(Arc::ptr_eq(&workers().unwrap(), &workers().unwrap()));
    }
}
