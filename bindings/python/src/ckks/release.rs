//! What a key may still give away: the one handle that changes.
use std::sync::{Mutex, MutexGuard, PoisonError};

use numpy::{Complex64, PyArray1};
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    ckks::{self, ReleaseBudget, ReleasePolicy},
    codec::Encode,
};

use super::{CkksParams, CkksSecretKey, arrays::CkksArray, name};
use crate::{errors::detached, watch::watched};

/// The budget of a key.
#[pyclass(frozen)]
pub(crate) struct CkksReleaseBudget(Mutex<ReleaseBudget>);

impl CkksReleaseBudget {
    fn new(budget: ReleaseBudget) -> Self {
        Self(Mutex::new(budget))
    }

    fn lock(&self) -> MutexGuard<'_, ReleaseBudget> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the budget. Waits without the interpreter lock, so that a release that goes on can finish.
    fn with<T: Send>(&self, py: Python<'_>, read: impl FnOnce(&mut ReleaseBudget) -> T + Send) -> T {
        py.detach(|| read(&mut self.lock()))
    }
}

#[pymethods]
impl CkksReleaseBudget {
    /// The budget of a key that has released nothing yet.
    #[new]
    fn of(py: Python<'_>, key: &CkksSecretKey, releases: u32, statistical_bits: u32) -> PyResult<Self> {
        detached(py, || {
            Ok(Self::new(ReleaseBudget::new(&key.0, ReleasePolicy::new(statistical_bits, releases)?)))
        })
    }

    /// Reads an encoded budget.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ckks::read(data)).map(Self::new)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.with(py, |budget| budget.to_bytes()))
    }

    /// The parameters.
    #[getter]
    fn params(&self, py: Python<'_>) -> CkksParams {
        CkksParams::of(&self.with(py, |budget| budget.context().clone()))
    }

    /// What names the secret key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        name(py, self.with(py, |budget| budget.key()))
    }

    /// How many releases are left.
    #[getter]
    fn left(&self, py: Python<'_>) -> u32 {
        self.with(py, |budget| budget.left())
    }

    /// How many there were.
    #[getter]
    fn releases(&self, py: Python<'_>) -> u32 {
        self.with(py, |budget| budget.policy().releases())
    }

    /// Bits of statistical security.
    #[getter]
    fn statistical_bits(&self, py: Python<'_>) -> u32 {
        self.with(py, |budget| budget.policy().statistical_bits())
    }

    /// Gives up releases that may have happened.
    fn write_off(&self, py: Python<'_>, releases: u32) {
        self.with(py, |budget| budget.write_off(releases));
    }

    /// Numbers that may leave, row-major, and how far they may be off.
    fn release<'py>(
        &self,
        py: Python<'py>,
        key: &CkksSecretKey,
        array: &CkksArray,
        at_most_error: f64,
    ) -> PyResult<(Bound<'py, PyAny>, f64)> {
        let found = watched(py, None, |_, rng| {
            array.0.array().release(&key.0, &mut self.lock(), at_most_error, rng)
        })?;
        let values = match found.is_complex() {
            false => PyArray1::from_iter(py, found.values().iter().map(|value| value.re)).into_any(),
            true => {
                let values = found.values().iter().map(|value| Complex64::new(value.re, value.im));
                PyArray1::from_iter(py, values).into_any()
            }
        };
        Ok((values, found.error_bound()))
    }
}
