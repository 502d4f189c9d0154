//! `veilkit.elgamal`: encrypted arrays as immutable handles.
use numpy::PyArray1;
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Observer, Result,
    elgamal::{self, EncryptedArray, Numbers, Pick, PlainArray},
    shape::Shape,
};

use super::{ElGamalPublicKey, ElGamalSecretKey, encode};
use crate::{
    errors::{detached, quick},
    plain::{Limit, Plain},
    watch::watched,
};

/// Encrypted numbers.
#[pyclass(frozen)]
pub(crate) struct ElGamalArray(pub(crate) EncryptedArray);

impl ElGamalArray {
    fn watched(
        py: Python<'_>,
        progress: Option<&Bound<'_, PyAny>>,
        call: impl FnOnce(&mut dyn Observer) -> Result<EncryptedArray> + Send,
    ) -> PyResult<Self> {
        watched(py, progress, |observer, _| call(observer)).map(Self)
    }

    fn encode(&self, py: Python<'_>, values: &Plain<'_>, bound: Option<Limit>) -> PyResult<PlainArray> {
        encode(py, values, self.0.public_key().params(), bound)
    }
}

#[pymethods]
impl ElGamalArray {
    /// Reads and checks an encoded array.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &ElGamalPublicKey) -> PyResult<Self> {
        detached(py, || EncryptedArray::from_bytes(data, &key.0)).map(Self)
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

    /// What else the encrypted integers are divided by.
    #[getter]
    fn divisor(&self) -> u64 {
        self.0.divisor()
    }

    /// Bits of the public bound on the encrypted integers.
    #[getter]
    fn bound_bits(&self) -> u32 {
        self.0.bound().bits()
    }

    /// How many times the bound can still double.
    #[getter]
    fn headroom_bits(&self) -> u32 {
        self.0.headroom_bits()
    }

    /// The numbers, row-major.
    fn decrypt<'py>(
        &self,
        py: Python<'py>,
        key: &ElGamalSecretKey,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let numbers = watched(py, progress, |observer, _| elgamal::decrypt(&self.0, &key.0, observer))?;
        Ok(to_numpy(py, &numbers))
    }

    /// The same elements in another shape.
    fn reshape(&self, py: Python<'_>, shape: Vec<usize>) -> PyResult<Self> {
        quick(py, || self.0.reshape(&Shape::new(&shape)?)).map(Self)
    }

    /// The array with its axes in this order.
    fn transpose(&self, py: Python<'_>, axes: Vec<usize>) -> PyResult<Self> {
        quick(py, || self.0.transpose(&axes)).map(Self)
    }

    /// A part: for each axis one position (start, None, 0), or count positions (start, count, step).
    fn slice(&self, py: Python<'_>, picks: Vec<(usize, Option<usize>, isize)>) -> PyResult<Self> {
        let pick = |(start, count, step): &(usize, Option<usize>, isize)| match count {
            None => Pick::At(*start),
            Some(count) => Pick::Range { start: *start, count: *count, step: *step },
        };
        quick(py, || self.0.slice(&picks.iter().map(pick).collect::<Vec<_>>())).map(Self)
    }

    /// Arrays joined along an axis.
    #[staticmethod]
    fn concatenate(py: Python<'_>, arrays: Vec<PyRef<'_, Self>>, axis: usize) -> PyResult<Self> {
        let arrays: Vec<EncryptedArray> = arrays.iter().map(|array| array.0.clone()).collect();
        Self::watched(py, None, |observer| {
            EncryptedArray::concatenate(&arrays.iter().collect::<Vec<_>>(), axis, observer)
        })
    }

    /// The sum of two arrays.
    fn add(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.add(&other.0, observer))
    }

    /// The difference of two arrays.
    fn sub(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.sub(&other.0, observer))
    }

    /// The negative of each element.
    fn neg(&self, py: Python<'_>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.neg(observer))
    }

    /// Plus plain numbers.
    fn add_plain(&self, py: Python<'_>, values: Plain<'_>, bound: Option<Limit>) -> PyResult<Self> {
        let values = self.encode(py, &values, bound)?;
        Self::watched(py, None, |observer| self.0.add_plain(&values, observer))
    }

    /// Minus plain numbers.
    fn sub_plain(&self, py: Python<'_>, values: Plain<'_>, bound: Option<Limit>) -> PyResult<Self> {
        let values = self.encode(py, &values, bound)?;
        Self::watched(py, None, |observer| self.0.sub_plain(&values, observer))
    }

    /// Plain numbers minus the array.
    fn rsub_plain(&self, py: Python<'_>, values: Plain<'_>, bound: Option<Limit>) -> PyResult<Self> {
        let values = self.encode(py, &values, bound)?;
        Self::watched(py, None, |observer| self.0.rsub_plain(&values, observer))
    }

    /// Times plain numbers.
    fn mul_plain(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        public: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let values = self.encode(py, &values, bound)?;
        Self::watched(py, progress, |observer| match public {
            false => self.0.mul_plain(&values, observer),
            true => self.0.mul_plain_vartime(&values, observer),
        })
    }

    /// The matrix product with plain numbers; `reflected` means that they stand on the left.
    fn matmul(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        reflected: bool,
        bound: Option<Limit>,
        public: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let values = self.encode(py, &values, bound)?;
        Self::watched(py, progress, |observer| match (reflected, public) {
            (false, false) => self.0.matmul(&values, observer),
            (false, true) => self.0.matmul_vartime(&values, observer),
            (true, false) => self.0.rmatmul(&values, observer),
            (true, true) => self.0.rmatmul_vartime(&values, observer),
        })
    }

    /// The sum along an axis, or of all elements.
    fn sum(&self, py: Python<'_>, axis: Option<usize>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.sum(axis, observer))
    }

    /// The mean along an axis, or of all elements.
    fn mean(&self, py: Python<'_>, axis: Option<usize>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.mean(axis, observer))
    }

    /// The same numbers under fresh randomness.
    fn rerandomize(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        watched(py, progress, |observer, rng| self.0.rerandomize(rng, observer)).map(Self)
    }
}

/// Floats or integers as an array.
pub(crate) fn to_numpy<'py>(py: Python<'py>, numbers: &Numbers) -> Bound<'py, PyAny> {
    match numbers {
        Numbers::Floats(values) => PyArray1::from_slice(py, values).into_any(),
        Numbers::Integers(values) => PyArray1::from_slice(py, values).into_any(),
    }
}
