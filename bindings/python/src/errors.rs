//! Errors of the core as Python exceptions: the classes are in `veilkit.errors`, the table in the bridge.
use pyo3::{prelude::*, sync::PyOnceLock};
use veilkit_bridge::{Error, ErrorKind, Result, error::Family, guard::guard};

/// `(code, name, family)` of every error kind.
#[pyfunction]
pub(crate) fn error_kinds() -> Vec<(u32, &'static str, &'static str)> {
    ErrorKind::ALL.iter().map(|(kind, name)| (kind.code(), *name, Family::of(*kind).name())).collect()
}

/// The exception for an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let culprits: Vec<u16> = error.culprits().iter().map(|party| party.get()).collect();
    let make =
        MAKE.get_or_try_init(py, || Ok::<_, PyErr>(py.import("veilkit.errors")?.getattr("error")?.unbind()));
    make.and_then(|make| make.bind(py).call1((error.kind().name(), error.what(), culprits, error.step())))
        .map_or_else(|failed| failed, PyErr::from_value)
}

/// Calls the bridge while other Python threads run.
pub(crate) fn detached<T: Send>(py: Python<'_>, call: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(|| guard(call)).map_err(|error| raise(py, &error))
}

/// Calls the bridge for something quick.
pub(crate) fn quick<T>(py: Python<'_>, call: impl FnOnce() -> Result<T>) -> PyResult<T> {
    guard(call).map_err(|error| raise(py, &error))
}
