//! Encrypted arrays as immutable handles, with the evaluation keys that they carry.
use numpy::{Complex64, PyArray1};
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Observer, Result,
    ckks::{self, Array, EncryptedArray},
    shape::Pick,
};

use super::{
    CkksEvaluationKeys, CkksParams, CkksSecretKey, Numbers, bytes, name,
    transforms::{CkksLinearTransform, CkksMatrixProduct},
};
use crate::{
    errors::{detached, quick},
    watch::watched,
};

/// Encrypted real or complex numbers.
#[pyclass(frozen)]
pub(crate) struct CkksArray(pub(crate) Array);

impl CkksArray {
    fn watched(
        py: Python<'_>,
        progress: Option<&Bound<'_, PyAny>>,
        call: impl FnOnce(&mut dyn Observer) -> Result<Array> + Send,
    ) -> PyResult<Self> {
        watched(py, progress, |observer, _| call(observer)).map(Self)
    }
}

#[pymethods]
impl CkksArray {
    /// Reads and checks an encoded array.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ckks::read(data)).map(|array: EncryptedArray| Self(Array::new(array)))
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(py, self.0.array())
    }

    /// The extents.
    #[getter]
    fn shape(&self) -> Vec<usize> {
        self.0.array().shape().extents().to_vec()
    }

    /// The parameters.
    #[getter]
    fn params(&self) -> CkksParams {
        CkksParams::of(self.0.array().context())
    }

    /// What names the secret key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        name(py, self.0.array().key())
    }

    /// The keys that it computes with.
    #[getter]
    fn evaluation_keys(&self) -> Option<CkksEvaluationKeys> {
        self.0.keys().cloned().map(CkksEvaluationKeys)
    }

    /// Rescalings that are left.
    #[getter]
    fn level(&self) -> usize {
        self.0.array().level()
    }

    /// The public bound on the absolute values.
    #[getter]
    fn bound(&self) -> f64 {
        self.0.array().bound()
    }

    /// The public bound on the errors.
    #[getter]
    fn error_bound(&self) -> f64 {
        self.0.array().error_bound()
    }

    /// Whether the numbers are complex.
    #[getter]
    fn is_complex(&self) -> bool {
        self.0.array().is_complex()
    }

    /// The number of ciphertexts.
    #[getter]
    fn ciphertexts(&self) -> usize {
        self.0.array().ciphertexts().len()
    }

    /// The numbers, row-major.
    fn decrypt<'py>(
        &self,
        py: Python<'py>,
        key: &CkksSecretKey,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let found = watched(py, progress, |observer, _| self.0.array().decrypt(&key.0, observer))?;
        Ok(match found.imaginary() {
            None => PyArray1::from_slice(py, found.real()).into_any(),
            Some(im) => {
                let pairs = found.real().iter().zip(im);
                PyArray1::from_iter(py, pairs.map(|(re, im)| Complex64::new(*re, *im))).into_any()
            }
        })
    }

    /// The same elements in another shape.
    fn reshape(&self, py: Python<'_>, shape: Vec<usize>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.reshape(&shape, observer))
    }

    /// The array with its axes in this order.
    fn transpose(&self, py: Python<'_>, axes: Vec<usize>) -> PyResult<Self> {
        quick(py, || self.0.transpose(&axes)).map(Self)
    }

    /// The array stretched to a shape.
    fn broadcast_to(&self, py: Python<'_>, shape: Vec<usize>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.broadcast_to(&shape, observer))
    }

    /// The elements moved along an axis, or along all.
    fn roll(&self, py: Python<'_>, shift: i64, axis: Option<usize>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.roll(shift, axis, observer))
    }

    /// A known matrix times the vector.
    fn transform(
        &self,
        py: Python<'_>,
        by: &CkksLinearTransform,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.transform(&by.0, observer))
    }

    /// The product of two square matrices, by rotations.
    fn matmul_by(
        &self,
        py: Python<'_>,
        other: &Self,
        by: &CkksMatrixProduct,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.matmul_by(&other.0, &by.0, observer))
    }

    /// A part: for each axis one position (start, None, 0), or count positions (start, count, step).
    fn slice(&self, py: Python<'_>, picks: Vec<(usize, Option<usize>, isize)>) -> PyResult<Self> {
        let pick = |(start, count, step): &(usize, Option<usize>, isize)| match count {
            None => Pick::At(*start),
            Some(count) => Pick::Range { start: *start, count: *count, step: *step },
        };
        let picks: Vec<Pick> = picks.iter().map(pick).collect();
        Self::watched(py, None, |observer| self.0.slice(&picks, observer))
    }

    /// Arrays joined along an axis.
    #[staticmethod]
    fn concatenate(py: Python<'_>, arrays: Vec<PyRef<'_, Self>>, axis: usize) -> PyResult<Self> {
        let arrays: Vec<Array> = arrays.iter().map(|array| array.0.clone()).collect();
        Self::watched(py, None, |observer| {
            Array::concatenate(&arrays.iter().collect::<Vec<_>>(), axis, observer)
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

    /// The product of two arrays.
    fn mul(&self, py: Python<'_>, other: &Self, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.mul(&other.0, observer))
    }

    /// The square of each element.
    fn square(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.square(observer))
    }

    /// The matrix product of two arrays.
    fn matmul(&self, py: Python<'_>, other: &Self, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.matmul(&other.0, observer))
    }

    /// The negative of each element.
    fn neg(&self, py: Python<'_>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.neg(observer))
    }

    /// The complex conjugate of each element.
    fn conjugate(&self, py: Python<'_>) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.conjugate(observer))
    }

    /// Plus plain numbers.
    fn add_plain(&self, py: Python<'_>, values: Numbers<'_>, bound: Option<f64>) -> PyResult<Self> {
        let values = values.plain(py, bound)?;
        Self::watched(py, None, |observer| self.0.add_plain(&values, observer))
    }

    /// Minus plain numbers.
    fn sub_plain(&self, py: Python<'_>, values: Numbers<'_>, bound: Option<f64>) -> PyResult<Self> {
        let values = values.plain(py, bound)?;
        Self::watched(py, None, |observer| self.0.sub_plain(&values, observer))
    }

    /// Plain numbers minus the array.
    fn rsub_plain(&self, py: Python<'_>, values: Numbers<'_>, bound: Option<f64>) -> PyResult<Self> {
        let values = values.plain(py, bound)?;
        Self::watched(py, None, |observer| self.0.rsub_plain(&values, observer))
    }

    /// Times plain numbers.
    fn mul_plain(
        &self,
        py: Python<'_>,
        values: Numbers<'_>,
        bound: Option<f64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let values = values.plain(py, bound)?;
        Self::watched(py, progress, |observer| self.0.mul_plain(&values, observer))
    }

    /// The matrix product with plain numbers, which stand on the left if `reflected`.
    fn matmul_plain(
        &self,
        py: Python<'_>,
        values: Numbers<'_>,
        reflected: bool,
        bound: Option<f64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let values = values.plain(py, bound)?;
        Self::watched(py, progress, |observer| self.0.matmul_plain(&values, reflected, observer))
    }

    /// The sum along an axis, or of all elements.
    fn sum(
        &self,
        py: Python<'_>,
        axis: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.sum(axis, observer))
    }

    /// The mean along an axis, or of all elements.
    fn mean(
        &self,
        py: Python<'_>,
        axis: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.mean(axis, observer))
    }

    /// The variance along an axis, or of all elements.
    fn var(
        &self,
        py: Python<'_>,
        axis: Option<usize>,
        ddof: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| self.0.var(axis, ddof, observer))
    }

    /// The polynomial of each element, with the constant first: of powers, or of Chebyshev polynomials on an interval.
    fn polynomial(
        &self,
        py: Python<'_>,
        coefficients: Vec<f64>,
        interval: Option<(f64, f64)>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::watched(py, progress, |observer| {
            self.0.polynomial(&ckks::polynomial(&coefficients, interval)?, observer)
        })
    }

    /// The array with a smaller bound, by the caller's word.
    fn within(&self, py: Python<'_>, bound: f64) -> PyResult<Self> {
        Self::watched(py, None, |observer| self.0.within(bound, observer))
    }
}
