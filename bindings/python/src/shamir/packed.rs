//! Packed sharing of integers.
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use veilkit_bridge::packed_shares::{self, PackedShare, Packing};

use crate::errors::{detached, quick};

share! {
    /// One party's share of a packed vector.
    ShamirPackedShare(PackedShare);

    /// How many shares say nothing.
    #[getter]
    fn privacy(&self) -> usize {
        self.0.packing().privacy()
    }

    /// How many integers lie in a polynomial.
    #[getter]
    fn width(&self) -> usize {
        self.0.packing().width()
    }

    /// How many shares there are.
    #[getter]
    fn shares(&self) -> usize {
        self.0.packing().shares()
    }

    /// The degree of the polynomials.
    #[getter]
    fn degree(&self) -> usize {
        self.0.degree()
    }

    /// The length of the vector.
    #[getter]
    fn length(&self) -> usize {
        self.0.elements()
    }

    /// Adds slot by slot.
    fn add(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        detached(py, || self.0.add(&other.0)).map(Self)
    }

    /// Subtracts slot by slot.
    fn sub(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        detached(py, || self.0.sub(&other.0)).map(Self)
    }

    /// Multiplies slot by slot.
    fn mul(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        detached(py, || self.0.mul(&other.0)).map(Self)
    }

    /// Multiplies every slot by one public integer.
    fn scale(&self, py: Python<'_>, factor: i64) -> PyResult<Self> {
        quick(py, || Ok(self.0.scale(packed_shares::elements(&[factor])?[0]))).map(Self)
    }

    /// Adds public integers.
    fn add_public(&self, py: Python<'_>, values: PyReadonlyArray1<'_, i64>) -> PyResult<Self> {
        let values = values.as_slice()?;
        detached(py, || self.0.add_public(&packed_shares::elements(values)?)).map(Self)
    }

    /// Multiplies by public integers.
    fn mul_public(&self, py: Python<'_>, values: PyReadonlyArray1<'_, i64>) -> PyResult<Self> {
        let values = values.as_slice()?;
        detached(py, || self.0.mul_public(&packed_shares::elements(values)?)).map(Self)
    }
}

/// Packs and splits a vector.
#[pyfunction]
pub(crate) fn shamir_packed_split(
    py: Python<'_>,
    values: PyReadonlyArray1<'_, i64>,
    privacy: usize,
    width: usize,
    shares: usize,
) -> PyResult<Vec<ShamirPackedShare>> {
    let values = values.as_slice()?;
    let split = || packed_shares::split_packed(values, Packing::new(privacy, width, shares)?);
    Ok(detached(py, split)?.into_iter().map(ShamirPackedShare).collect())
}

/// Gives the vector back.
#[pyfunction]
pub(crate) fn shamir_packed_combine<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirPackedShare>>,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let shares: Vec<PackedShare> = shares.iter().map(|share| share.0.clone()).collect();
    Ok(PyArray1::from_slice(py, &detached(py, || packed_shares::combine_packed(&shares))?))
}
