//! Long work: other threads run meanwhile, Ctrl-C stops it, a callable is told how far it is.
use core::ops::ControlFlow;

use pyo3::prelude::*;
use veilkit_bridge::{
    Observer, Result,
    random::OsRandom,
    work::{self, workers},
};

use crate::errors::{quick, raise};

/// Sets the number of worker threads; 0 for one per core.
#[pyfunction]
pub(crate) fn set_threads(py: Python<'_>, threads: usize) -> PyResult<()> {
    quick(py, || work::set_threads(threads))
}

/// Runs `call` on the workers without the interpreter lock. `progress(done, total)` is called on this thread.
///
/// # Errors
/// What `progress` raised; `KeyboardInterrupt` and whatever else a signal handler raised; the error of `call`.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    call: impl FnOnce(&mut dyn Observer, &mut OsRandom) -> Result<T> + Send,
) -> PyResult<T> {
    let progress = progress.map(|callable| callable.clone().unbind());
    let workers = quick(py, workers)?;
    let mut raised = None;
    let result = py.detach(|| {
        let mut told = 0;
        let mut watch = |done: usize, total: usize| {
            let answer = Python::attach(|py| {
                py.check_signals()?;
                match &progress {
                    Some(progress) if done > told => progress.call1(py, (done, total)).map(drop),
                    _ => Ok(()),
                }
            });
            told = done;
            match answer {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    raised.get_or_insert(error);
                    ControlFlow::Break(())
                }
            }
        };
        work::run(&workers, &mut watch, call)
    });
    match raised {
        Some(error) => Err(error),
        None => result.map_err(|error| raise(py, &error)),
    }
}
