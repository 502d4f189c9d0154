//! `veilkit.paillier`: packed arrays as immutable handles.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Observer, Result,
    paillier::{self, PackedArray, PlainArray},
};

use crate::{
    arrays::to_numpy,
    errors::detached,
    paillier::{PaillierPublicKey, PaillierSecretKey},
    plain::{Limit, Plain},
    watch::watched,
};

/// Encrypted numbers, many in each ciphertext.
#[pyclass(frozen)]
pub(crate) struct PaillierPackedArray(pub(crate) PackedArray);

impl PaillierPackedArray {
    fn watched(
        py: Python<'_>,
        call: impl FnOnce(&mut dyn Observer) -> Result<PackedArray> + Send,
    ) -> PyResult<Self> {
        watched(py, None, |observer, _| call(observer)).map(Self)
    }

    /// Plain numbers to add. They must lie within the bound of the array, which is public and leaves them room.
    fn encode(&self, py: Python<'_>, values: &Plain<'_>) -> PyResult<PlainArray> {
        let limit = match values {
            Plain::Integers(_) => Limit::Integer(paillier::integer_limit(&self.0)),
            Plain::Floats(_) => Limit::Real(paillier::real_limit(&self.0)),
        };
        values.encode(py, self.0.public_key().params(), Some(limit))
    }
}

#[pymethods]
impl PaillierPackedArray {
    /// Reads and checks an encoded array.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        detached(py, || PackedArray::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding; what was computed is rerandomized.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = watched(py, None, |observer, rng| self.0.to_bytes_for_sending(rng, observer))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The extents.
    #[getter]
    fn shape(&self) -> Vec<usize> {
        self.0.shape().extents().to_vec()
    }

    /// Bits after the binary point.
    #[getter]
    fn scale(&self) -> u32 {
        self.0.scale()
    }

    /// How many times the bound can still double.
    #[getter]
    fn headroom_bits(&self) -> u32 {
        self.0.headroom_bits()
    }

    /// Values in one ciphertext.
    #[getter]
    fn slots(&self) -> usize {
        self.0.slots()
    }

    /// The number of ciphertexts.
    #[getter]
    fn ciphertexts(&self) -> usize {
        self.0.ciphertexts().len()
    }

    /// The numbers, row-major.
    fn decrypt<'py>(
        &self,
        py: Python<'py>,
        key: &PaillierSecretKey,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let numbers =
            watched(py, progress, |observer, _| paillier::decrypt_packed(&self.0, &key.0, observer))?;
        to_numpy(py, &numbers)
    }

    /// The sum of two arrays.
    fn add(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        Self::watched(py, |observer| self.0.add(&other.0, observer))
    }

    /// The difference of two arrays.
    fn sub(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        Self::watched(py, |observer| self.0.sub(&other.0, observer))
    }

    /// The sum of many arrays.
    #[staticmethod]
    fn sum_many(py: Python<'_>, arrays: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let arrays: Vec<PackedArray> = arrays.iter().map(|array| array.0.clone()).collect();
        Self::watched(py, |observer| PackedArray::sum_many(&arrays.iter().collect::<Vec<_>>(), observer))
    }

    /// Plus plain numbers of the same shape.
    fn add_plain(&self, py: Python<'_>, values: Plain<'_>) -> PyResult<Self> {
        let values = self.encode(py, &values)?;
        Self::watched(py, |observer| self.0.add_plain(&values, observer))
    }

    /// Minus plain numbers of the same shape.
    fn sub_plain(&self, py: Python<'_>, values: Plain<'_>) -> PyResult<Self> {
        let values = self.encode(py, &values)?;
        Self::watched(py, |observer| self.0.sub_plain(&values, observer))
    }

    /// Times one plain number.
    fn mul_plain(&self, py: Python<'_>, weight: Plain<'_>, bound: Option<Limit>) -> PyResult<Self> {
        let weight = weight.encode(py, self.0.public_key().params(), bound)?;
        Self::watched(py, |observer| self.0.mul_plain(&weight, observer))
    }

    /// The same numbers under fresh randomness.
    fn rerandomize(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        watched(py, progress, |observer, rng| self.0.rerandomize(rng, observer)).map(Self)
    }
}
