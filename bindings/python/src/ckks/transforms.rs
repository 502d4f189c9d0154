//! Matrices by rotations, ready to be used many times.
use pyo3::prelude::*;
use veilkit_bridge::ckks::{self, ArrayTransform, MatrixProduct};

use super::{CkksParams, Numbers};
use crate::watch::watched;

/// A known matrix for encrypted vectors.
#[pyclass(frozen)]
pub(crate) struct CkksLinearTransform(pub(crate) ArrayTransform);

#[pymethods]
impl CkksLinearTransform {
    /// Encodes a matrix for arrays of a level, or of the top one.
    #[new]
    fn new(
        py: Python<'_>,
        params: &CkksParams,
        matrix: Numbers<'_>,
        level: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let matrix = matrix.plain(py, None)?;
        watched(py, progress, |observer, _| ckks::transform(&params.0, &matrix, level, observer)).map(Self)
    }

    /// The rotations that keys are needed for.
    #[getter]
    fn rotations(&self) -> Vec<i64> {
        self.0.rotations()
    }

    /// The level that arrays need.
    #[getter]
    fn level(&self) -> usize {
        self.0.level()
    }

    /// Rows and columns.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.0.rows(), self.0.columns())
    }
}

/// Products of encrypted square matrices.
#[pyclass(frozen)]
pub(crate) struct CkksMatrixProduct(pub(crate) MatrixProduct);

#[pymethods]
impl CkksMatrixProduct {
    /// For matrices of this dimension, at a level or at the top one.
    #[new]
    fn new(
        py: Python<'_>,
        params: &CkksParams,
        dimension: usize,
        level: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        watched(py, progress, |observer, _| ckks::matrix_product(&params.0, dimension, level, observer))
            .map(Self)
    }

    /// The rotations that keys are needed for.
    #[getter]
    fn rotations(&self) -> Vec<i64> {
        self.0.rotations()
    }

    /// The level that arrays need.
    #[getter]
    fn level(&self) -> usize {
        self.0.level()
    }

    /// The dimension.
    #[getter]
    fn dimension(&self) -> usize {
        self.0.dimension()
    }
}
