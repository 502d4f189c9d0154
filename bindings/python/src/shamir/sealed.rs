//! Shares sealed to their custodians.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Error, ErrorKind,
    codec::{Decode, Encode},
    custody::{self, Custodian, CustodianKey, SealedShare},
};

use crate::errors::quick;

/// A custodian's secret key.
#[pyclass(frozen)]
pub(crate) struct ShamirCustodianKey(pub(crate) CustodianKey);

#[pymethods]
impl ShamirCustodianKey {
    /// Draws a new key.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        quick(py, custody::generate_custodian_key).map(Self)
    }

    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || CustodianKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The custodian with this key and a name.
    fn custodian(&self, py: Python<'_>, name: &str) -> PyResult<ShamirCustodian> {
        quick(py, || self.0.custodian(name)).map(ShamirCustodian)
    }
}

/// A custodian's name and public key.
#[pyclass(frozen)]
pub(crate) struct ShamirCustodian(pub(crate) Custodian);

#[pymethods]
impl ShamirCustodian {
    /// A custodian whose public key is known.
    #[staticmethod]
    fn make(py: Python<'_>, name: &str, key: &[u8]) -> PyResult<Self> {
        let make = || {
            let key = key.try_into();
            let key =
                key.map_err(|_| Error::new(ErrorKind::InvalidEncoding, "custodian: key not 32 bytes"))?;
            Custodian::new(name, key)
        };
        quick(py, make).map(Self)
    }

    /// Reads and checks an encoded custodian.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || Custodian::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The public key.
    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.key())
    }
}

/// A share that only its custodian can open.
#[pyclass(frozen)]
pub(crate) struct ShamirSealedShare(pub(crate) SealedShare);

#[pymethods]
impl ShamirSealedShare {
    /// Reads and checks an encoded sealed share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || SealedShare::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The number of the share inside.
    #[getter]
    fn index(&self) -> u16 {
        self.0.index().get()
    }

    /// Who can open it.
    #[getter]
    fn custodian(&self) -> ShamirCustodian {
        ShamirCustodian(self.0.custodian().clone())
    }
}
