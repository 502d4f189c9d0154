//! `veilkit.elgamal`: keys as immutable handles; arrays in `elgamal/arrays.rs`.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    codec::{Decode, Encode},
    elgamal::{self, EncryptedArray, Params, ParamsSpec, PlainArray, PublicKey, SecretKey},
};

use crate::{
    errors::detached,
    plain::{Limit, Plain},
    watch::watched,
};

pub(crate) mod arrays;
pub(crate) mod integers;
pub(crate) mod points;
pub(crate) mod proofs;

use arrays::ElGamalArray;

/// The encoded numbers. An integer bound is for integers, a real one for floats.
pub(crate) fn encode(
    py: Python<'_>,
    values: &Plain<'_>,
    params: &Params,
    limit: Option<Limit>,
) -> PyResult<PlainArray> {
    values.read(
        py,
        limit,
        |shape, values, limit| elgamal::integers(params, shape, values, limit),
        |shape, values, limit| elgamal::fixed_point(params, shape, values, limit),
    )
}

/// The key that encrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalPublicKey(pub(crate) PublicKey);

#[pymethods]
impl ElGamalPublicKey {
    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || PublicKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Bits after the binary point.
    #[getter]
    fn fraction_bits(&self) -> u32 {
        self.0.params().fraction_bits()
    }

    /// Bits of one encoded number without a declared bound.
    #[getter]
    fn value_bits(&self) -> u32 {
        self.0.params().value_bits()
    }

    /// Bits of the largest result.
    #[getter]
    fn decode_bits(&self) -> u32 {
        self.0.params().decode_bits()
    }

    /// What names the key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.id().as_bytes())
    }

    /// The group element, 32 bytes.
    #[getter]
    fn point<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.point().to_bytes())
    }

    /// Encrypts each number.
    fn encrypt(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<ElGamalArray> {
        let values = encode(py, &values, self.0.params(), bound)?;
        watched(py, progress, |observer, rng| EncryptedArray::encrypt(&self.0, &values, rng, observer))
            .map(ElGamalArray)
    }
}

/// The key that decrypts.
#[pyclass(frozen)]
pub(crate) struct ElGamalSecretKey(pub(crate) SecretKey);

#[pymethods]
impl ElGamalSecretKey {
    /// Draws a new key.
    #[staticmethod]
    fn generate(py: Python<'_>, fraction_bits: u32, value_bits: u32, decode_bits: u32) -> PyResult<Self> {
        let spec = ParamsSpec { fraction_bits, value_bits, decode_bits };
        watched(py, None, |_, rng| elgamal::generate(spec, rng)).map(Self)
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
    fn public_key(&self) -> ElGamalPublicKey {
        ElGamalPublicKey(self.0.public_key().clone())
    }

    /// Whether the elements of an array are these integers.
    fn check_plaintext(
        &self,
        py: Python<'_>,
        array: &ElGamalArray,
        values: Vec<i64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        watched(py, progress, |observer, _| elgamal::check_plaintexts(&self.0, &array.0, &values, observer))
    }
}
