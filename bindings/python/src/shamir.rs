//! `veilkit.shamir`: shares as immutable handles.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    codec::{Decode, Encode},
    shamir::{self, Share},
};

use crate::errors::{detached, quick};

/// A share of a byte string.
#[pyclass(frozen)]
pub(crate) struct ShamirShare(Share);

#[pymethods]
impl ShamirShare {
    /// Reads and checks an encoded share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || Share::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Checks the share against the commitment that it carries.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        quick(py, || self.0.verify())
    }

    /// Whether both are the same share, in constant time.
    fn equals(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The number of the share, from 1.
    #[getter]
    fn index(&self) -> u16 {
        self.0.index().get()
    }

    /// How many shares give the secret back.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.params().threshold()
    }

    /// How many shares there are.
    #[getter]
    fn shares(&self) -> usize {
        self.0.params().shares()
    }

    /// The length of the secret in bytes.
    #[getter]
    fn secret_len(&self) -> usize {
        self.0.secret_len()
    }

    /// What names the dealing.
    #[getter]
    fn set_id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.set_id())
    }
}

/// Splits a secret.
#[pyfunction]
pub(crate) fn shamir_split(
    py: Python<'_>,
    secret: &[u8],
    threshold: usize,
    shares: usize,
) -> PyResult<Vec<ShamirShare>> {
    let shares = detached(py, || shamir::split(secret, threshold, shares))?;
    Ok(shares.into_iter().map(ShamirShare).collect())
}

/// Gives the secret back.
#[pyfunction]
pub(crate) fn shamir_combine<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirShare>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let shares = copies(&shares);
    let secret = detached(py, || shamir::combine(&shares))?;
    Ok(PyBytes::new(py, &secret))
}

/// Gives the secret back and the numbers of the shares that were wrong.
#[pyfunction]
pub(crate) fn shamir_combine_correcting<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirShare>>,
) -> PyResult<(Bound<'py, PyBytes>, Vec<u16>)> {
    let shares = copies(&shares);
    let (secret, wrong) = detached(py, || shamir::combine_correcting(&shares))?;
    Ok((PyBytes::new(py, &secret), wrong.iter().map(|index| index.get()).collect()))
}

/// The shares themselves; each copy is wiped when dropped.
fn copies(shares: &[PyRef<'_, ShamirShare>]) -> Vec<Share> {
    shares.iter().map(|share| share.0.clone()).collect()
}
