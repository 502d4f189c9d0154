//! Long work: on worker threads, with progress and a stop, or right here when it is short and nobody watches.
use core::{
    ffi::{c_int, c_void},
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
};

use veilkit_bridge::{
    Observer, Result,
    random::OsRandom,
    work::{self, workers},
};

use crate::{
    edge::{Fallible, Kind, free, handle, make, optional, status},
    status::veilkit_status,
};

/// Asks long work to stop, from any thread.
pub struct veilkit_cancel_token {
    _opaque: [u8; 0],
}

impl Kind for veilkit_cancel_token {
    type Value = AtomicBool;
    const TAG: u32 = 0x5643_0001;
}

/// Makes a token that has not been used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_cancel_token_new(out: *mut *mut veilkit_cancel_token) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { make(out, || Ok(AtomicBool::new(false))) }
}

/// Asks every call that watches the token to end with VEILKIT_STATUS_CANCELLED, now and later. Any thread may call it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_cancel_token_cancel(token: *const veilkit_cancel_token) -> veilkit_status {
    status(|| {
        // SAFETY: the caller's promise is passed on.
        unsafe { handle(token, "token")? }.store(true, Ordering::Relaxed);
        Ok(())
    })
}

/// Frees the token, once no call watches it. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_cancel_token_free(token: *mut veilkit_cancel_token) {
    // SAFETY: the caller's promise is passed on.
    unsafe { free(token) }
}

/// Who is told how far long work is, and who may stop it. Any field may be NULL. Calls that take one take NULL too.
#[repr(C)]
pub struct veilkit_watch {
    /// Called by the calling thread a few times per second, with 0 of 0 before the first step. An answer other than 0 stops the
    /// work. It must return: no longjmp and no exception through it.
    pub progress: Option<unsafe extern "C" fn(context: *mut c_void, done: usize, total: usize) -> c_int>,
    /// Handed to `progress`.
    pub context: *mut c_void,
    /// Stops the work from another thread.
    pub cancel: *const veilkit_cancel_token,
}

/// Runs work on so many items. One item that nobody watches is done at once, without a change of threads.
pub(crate) unsafe fn run<T: Send>(
    watch: *const veilkit_watch,
    items: usize,
    call: impl FnOnce(&mut dyn Observer, &mut OsRandom) -> Result<T> + Send,
) -> Fallible<T> {
    // SAFETY: the caller's promise is passed on.
    let Some(watch) = (unsafe { optional(watch, "watch")? }) else {
        return Ok(match items {
            0 | 1 => call(&mut (), &mut OsRandom::new())?,
            _ => workers()?.install(|| call(&mut (), &mut OsRandom::new()))?,
        });
    };
    let cancel = match watch.cancel.is_null() {
        true => None,
        // SAFETY: the caller's promise is passed on.
        false => Some(unsafe { handle(watch.cancel, "watch: cancel")? }),
    };
    let mut ask = |done, total| {
        let stopped = cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
        // SAFETY: by the crate's contract the function takes its context, and returns.
        let refused =
            watch.progress.is_some_and(|progress| unsafe { progress(watch.context, done, total) } != 0);
        match stopped || refused {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    if ask(0, 0).is_break() {
        let stopped = veilkit_bridge::ErrorKind::Cancelled;
        return Err(veilkit_bridge::Error::new(stopped, "stopped by the caller").into());
    }
    let workers = workers()?;
    Ok(work::run(&workers, &mut ask, call)?)
}

/// Computes with this many threads from now on; 0 for as many as there are cores.
#[unsafe(no_mangle)]
pub extern "C" fn veilkit_set_threads(threads: usize) -> veilkit_status {
    status(|| {
        if threads > MAX_THREADS {
            return Err(crate::edge::Fault::Argument("threads", "more than 1024"));
        }
        Ok(work::set_threads(threads)?)
    })
}

/// More threads than that are a mistake, and could end the process.
const MAX_THREADS: usize = 1024;
