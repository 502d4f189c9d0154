//! `veilkit.elgamal.multiplicative.integers`: keys and ciphertexts as immutable handles.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Result,
    codec::{Decode, Encode},
    elgamal::integers::{self, Ciphertext, PublicKey, SecretKey},
};

use crate::{
    errors::{detached, quick},
    watch::watched,
};

/// The key that encrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalIntegerPublicKey(PublicKey);

#[pymethods]
impl ElGamalIntegerPublicKey {
    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || PublicKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Bits of the prime.
    #[getter]
    fn bits(&self) -> usize {
        self.0.group().bits()
    }

    /// Bits that numerator and denominator may have together.
    #[getter]
    fn plaintext_bits(&self) -> usize {
        self.0.group().plaintext_bits()
    }

    /// What names the key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.id().as_bytes())
    }

    /// Encrypts a positive integer, little-endian, below two to the power of `bits`.
    fn encrypt(&self, py: Python<'_>, value: &[u8], bits: usize) -> PyResult<ElGamalIntegerCiphertext> {
        watched(py, None, |_, rng| integers::encrypt(&self.0, value, bits, rng))
            .map(|inner| self.under(inner))
    }
}

impl ElGamalIntegerPublicKey {
    fn under(&self, inner: Ciphertext) -> ElGamalIntegerCiphertext {
        ElGamalIntegerCiphertext { key: self.0.clone(), inner }
    }
}

/// The key that decrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalIntegerSecretKey(SecretKey);

#[pymethods]
impl ElGamalIntegerSecretKey {
    /// Draws a new key in the group of this many bits.
    #[staticmethod]
    fn generate(py: Python<'_>, bits: usize) -> PyResult<Self> {
        watched(py, None, |_, rng| integers::generate(bits, rng)).map(Self)
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
    fn public_key(&self) -> ElGamalIntegerPublicKey {
        ElGamalIntegerPublicKey(self.0.public_key().clone())
    }

    /// The integer, little-endian.
    fn decrypt<'py>(
        &self,
        py: Python<'py>,
        ciphertext: &ElGamalIntegerCiphertext,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &detached(py, || integers::decrypt(&self.0, &ciphertext.inner))?))
    }

    /// Numerator and denominator in lowest terms, little-endian.
    fn decrypt_ratio<'py>(
        &self,
        py: Python<'py>,
        ciphertext: &ElGamalIntegerCiphertext,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let [numerator, denominator] = detached(py, || integers::decrypt_ratio(&self.0, &ciphertext.inner))?;
        Ok((PyBytes::new(py, &numerator), PyBytes::new(py, &denominator)))
    }
}

/// An encrypted positive integer, or ratio of two.
#[pyclass(frozen)]
pub(crate) struct ElGamalIntegerCiphertext {
    key: PublicKey,
    inner: Ciphertext,
}

impl ElGamalIntegerCiphertext {
    fn derive(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&PublicKey, &Ciphertext) -> Result<Ciphertext> + Send,
    ) -> PyResult<Self> {
        detached(py, || call(&self.key, &self.inner)).map(|inner| Self { key: self.key.clone(), inner })
    }
}

#[pymethods]
impl ElGamalIntegerCiphertext {
    /// Reads and checks an encoded ciphertext.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &ElGamalIntegerPublicKey) -> PyResult<Self> {
        detached(py, || integers::from_bytes(data, &key.0)).map(|inner| key.under(inner))
    }

    /// The canonical encoding; what was computed is rerandomized.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = watched(py, None, |_, rng| integers::to_bytes(&self.inner, rng))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The public bound on the numerator, in bits.
    #[getter]
    fn numerator_bits(&self) -> usize {
        self.inner.numerator_bits()
    }

    /// The public bound on the denominator, in bits.
    #[getter]
    fn denominator_bits(&self) -> usize {
        self.inner.denominator_bits()
    }

    /// The product.
    fn mul(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        self.derive(py, |key, own| key.mul(own, &other.inner))
    }

    /// The ratio.
    fn div(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        self.derive(py, |key, own| key.div(own, &other.inner))
    }

    /// The product with a known positive integer below two to the power of `bits`.
    fn mul_plain(&self, py: Python<'_>, value: u128, bits: usize) -> PyResult<Self> {
        self.derive(py, |key, own| key.mul_plain(own, value, bits))
    }

    /// The same under fresh randomness.
    fn rerandomize(&self, py: Python<'_>) -> PyResult<Self> {
        let inner = watched(py, None, |_, rng| self.key.rerandomize(&self.inner, rng))?;
        quick(py, || Ok(Self { key: self.key.clone(), inner }))
    }
}
