//! `veilkit.paillier`: encrypted arrays as immutable handles.
use numpy::PyArray1;
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Observer, Result,
    paillier::{self, EncryptedArray, Numbers, Pick, PlainArray},
    shape::Shape,
};

use crate::{
    errors::{detached, quick},
    paillier::{PaillierPublicKey, PaillierSecretKey},
    plain::{Limit, Plain},
    proofs::{PaillierEqualityProof, PaillierProductProof},
    watch::watched,
};

/// Encrypted numbers.
#[pyclass(frozen)]
pub(crate) struct PaillierArray(pub(crate) EncryptedArray);

impl PaillierArray {
    fn watched(
        py: Python<'_>,
        progress: Option<&Bound<'_, PyAny>>,
        call: impl FnOnce(&mut dyn Observer) -> Result<EncryptedArray> + Send,
    ) -> PyResult<Self> {
        watched(py, progress, |observer, _| call(observer)).map(Self)
    }

    fn encode(&self, py: Python<'_>, values: &Plain<'_>, bound: Option<Limit>) -> PyResult<PlainArray> {
        values.encode(py, self.0.public_key().params(), bound)
    }
}

#[pymethods]
impl PaillierArray {
    /// Reads and checks an encoded array.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        detached(py, || EncryptedArray::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding; what was computed is rerandomized.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = watched(py, None, |observer, rng| self.0.to_bytes_for_sending(rng, observer))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Ciphertexts made by other software, like an array of these plain numbers in shape, scale and bound.
    #[staticmethod]
    fn from_ciphertexts(
        py: Python<'_>,
        data: &[u8],
        key: &PaillierPublicKey,
        like: Plain<'_>,
        bound: Option<Limit>,
    ) -> PyResult<Self> {
        let like = like.encode(py, key.0.params(), bound)?;
        detached(py, || paillier::from_ciphertexts(&key.0, data, &like)).map(Self)
    }

    /// Ciphertexts of numbers times 2^scale, made by other software, along one axis; each number is within the bound.
    #[staticmethod]
    fn from_scaled_ciphertexts(
        py: Python<'_>,
        data: &[u8],
        key: &PaillierPublicKey,
        scale: u32,
        bound: u64,
    ) -> PyResult<Self> {
        detached(py, || paillier::from_scaled_ciphertexts(&key.0, data, scale, bound)).map(Self)
    }

    /// The ciphertexts, little-endian, one after the other; what was computed is rerandomized.
    fn ciphertexts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = watched(py, None, |observer, rng| paillier::ciphertexts(&self.0, rng, observer))?;
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
        key: &PaillierSecretKey,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let numbers = watched(py, progress, |observer, _| paillier::decrypt(&self.0, &key.0, observer))?;
        to_numpy(py, &numbers)
    }

    /// One number rerandomized, and the proof that it is the same.
    fn rerandomize_with_proof(
        &self,
        py: Python<'_>,
        context: &[u8],
    ) -> PyResult<(Self, PaillierEqualityProof)> {
        let (same, proof) = watched(py, None, |_, rng| self.0.rerandomize_with_proof(context, rng))?;
        Ok((Self(same), PaillierEqualityProof(proof)))
    }

    /// One number times a secret weight: the encrypted weight, the product, and the proof.
    fn multiply_with_proof(
        &self,
        py: Python<'_>,
        weight: Plain<'_>,
        bound: Option<Limit>,
        context: &[u8],
    ) -> PyResult<(Self, Self, PaillierProductProof)> {
        let weight = self.encode(py, &weight, bound)?;
        let made = watched(py, None, |_, rng| self.0.multiply_with_proof(&weight, context, rng))?;
        Ok((Self(made.weight), Self(made.product), PaillierProductProof(made.proof)))
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

    /// The matrix product with plain numbers, which stand on the left if `reflected`.
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

/// Floats as an array; integers as an array where all of them fit 64 bits, else as a list.
pub(crate) fn to_numpy<'py>(py: Python<'py>, numbers: &Numbers) -> PyResult<Bound<'py, PyAny>> {
    match numbers {
        Numbers::Floats(values) => Ok(PyArray1::from_slice(py, values).into_any()),
        Numbers::Integers(values) => {
            match values
                .iter()
                .map(|value| i64::try_from(*value))
                .collect::<core::result::Result<Vec<_>, _>>()
            {
                Ok(short) => Ok(PyArray1::from_vec(py, short).into_any()),
                Err(_) => values.as_slice().into_pyobject(py),
            }
        }
    }
}
