//! `veilkit.paillier`: submitted numbers with a proof of their range; proofs about single numbers.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    codec::{Decode, Encode},
    paillier::{EqualityProof, ProductProof, Submission},
};

use crate::{
    arrays::PaillierArray,
    errors::{detached, quick},
    paillier::{PaillierPublicKey, Range},
    watch::watched,
};

/// Encrypted numbers that nobody has checked yet, and the proof of their range.
#[pyclass(frozen)]
pub(crate) struct PaillierSubmission(pub(crate) Submission);

#[pymethods]
impl PaillierSubmission {
    /// Reads an encoded submission. The proof is not checked here.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        detached(py, || Submission::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Checks range and proof, and gives the numbers.
    fn verify(
        &self,
        py: Python<'_>,
        range: Range,
        context: &[u8],
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierArray> {
        let range = quick(py, || range.ends().range(self.0.public_key().params()))?;
        watched(py, progress, |observer, _| self.0.verify(&range, context, observer)).map(PaillierArray)
    }

    /// The extents.
    #[getter]
    fn shape(&self) -> Vec<usize> {
        self.0.shape().extents().to_vec()
    }

    /// Bits after the binary point.
    #[getter]
    fn scale(&self) -> u32 {
        self.0.range().scale()
    }

    /// The ends of the claimed range, times 2^scale.
    #[getter]
    fn range(&self) -> (i128, i128) {
        (self.0.range().low(), self.0.range().high())
    }
}

/// Proof that two arrays of one element hold the same number.
#[pyclass(frozen)]
pub(crate) struct PaillierEqualityProof(pub(crate) EqualityProof);

#[pymethods]
impl PaillierEqualityProof {
    /// Reads an encoded proof.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        quick(py, || EqualityProof::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Checks that both hold the same number.
    fn verify(&self, py: Python<'_>, a: &PaillierArray, b: &PaillierArray, context: &[u8]) -> PyResult<()> {
        detached(py, || a.0.verify_same(&b.0, &self.0, context))
    }
}

/// Proof that an array of one element holds the product of two others.
#[pyclass(frozen)]
pub(crate) struct PaillierProductProof(pub(crate) ProductProof);

#[pymethods]
impl PaillierProductProof {
    /// Reads an encoded proof.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        quick(py, || ProductProof::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Checks that `product` holds the product of the numbers in `weight` and `number`.
    fn verify(
        &self,
        py: Python<'_>,
        weight: &PaillierArray,
        number: &PaillierArray,
        product: &PaillierArray,
        context: &[u8],
    ) -> PyResult<()> {
        detached(py, || number.0.verify_product(&weight.0, &product.0, &self.0, context))
    }
}
