//! `veilkit.elgamal.multiplicative.points`: keys and ciphertexts as immutable handles.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Result,
    codec::{Decode, Encode},
    elgamal::points::{self, Ciphertext, PublicKey, SecretKey},
};

use crate::{errors::detached, watch::watched};

/// The element of the group that belongs to these bytes.
#[pyfunction]
pub(crate) fn elgamal_hash_to_point<'py>(
    py: Python<'py>,
    context: &[u8],
    data: &[u8],
) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &points::hash_to_point(context, data))
}

/// The key that encrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalPointPublicKey(PublicKey);

#[pymethods]
impl ElGamalPointPublicKey {
    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || PublicKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The group element, which names the key.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.point().to_bytes())
    }

    /// Encrypts the element that 32 bytes encode.
    fn encrypt(&self, py: Python<'_>, point: &[u8]) -> PyResult<ElGamalPointCiphertext> {
        watched(py, None, |_, rng| points::encrypt(&self.0, point, rng)).map(|inner| self.under(inner))
    }
}

impl ElGamalPointPublicKey {
    fn under(&self, inner: Ciphertext) -> ElGamalPointCiphertext {
        ElGamalPointCiphertext { key: self.0.clone(), inner }
    }
}

/// The key that decrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalPointSecretKey(SecretKey);

#[pymethods]
impl ElGamalPointSecretKey {
    /// Draws a new key.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        watched(py, None, |_, rng| points::generate(rng)).map(Self)
    }

    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || SecretKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The key that encrypts.
    fn public_key(&self) -> ElGamalPointPublicKey {
        ElGamalPointPublicKey(self.0.public_key().clone())
    }

    /// The 32 bytes of the element.
    fn decrypt<'py>(
        &self,
        py: Python<'py>,
        ciphertext: &ElGamalPointCiphertext,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &detached(py, || points::decrypt(&self.0, &ciphertext.inner))?))
    }
}

/// An encrypted group element.
#[pyclass(frozen)]
pub(crate) struct ElGamalPointCiphertext {
    key: PublicKey,
    inner: Ciphertext,
}

impl ElGamalPointCiphertext {
    fn derive(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&PublicKey, &Ciphertext) -> Result<Ciphertext> + Send,
    ) -> PyResult<Self> {
        detached(py, || call(&self.key, &self.inner)).map(|inner| Self { key: self.key.clone(), inner })
    }
}

#[pymethods]
impl ElGamalPointCiphertext {
    /// Reads and checks an encoded ciphertext.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &ElGamalPointPublicKey) -> PyResult<Self> {
        detached(py, || points::from_bytes(data, &key.0)).map(|inner| key.under(inner))
    }

    /// The canonical encoding; what was computed is rerandomized.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = watched(py, None, |_, rng| points::to_bytes(&self.inner, rng))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The sum.
    fn add(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        self.derive(py, |key, own| key.add(own, &other.inner))
    }

    /// The difference.
    fn sub(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        self.derive(py, |key, own| key.sub(own, &other.inner))
    }

    /// The plaintext times the scalar that 32 bytes encode.
    fn mul_scalar(&self, py: Python<'_>, scalar: &[u8]) -> PyResult<Self> {
        self.derive(py, |key, own| points::mul_scalar(key, own, scalar))
    }

    /// The same under fresh randomness.
    fn rerandomize(&self, py: Python<'_>) -> PyResult<Self> {
        let inner = watched(py, None, |_, rng| self.key.rerandomize(&self.inner, rng))?;
        Ok(Self { key: self.key.clone(), inner })
    }
}
