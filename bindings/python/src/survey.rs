//! `veilkit.mpc`: statistics as what a party submits and what the sums mean.
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Result,
    secure_sum::{Column, Summary, Survey},
};

use crate::errors::{detached, quick};

/// The columns that are asked about.
#[pyclass(frozen)]
pub(crate) struct MpcSurvey(Survey);

/// Count, mean, variance, standard error, interval, histogram.
type Figures = (u64, f64, f64, f64, (f64, f64), Vec<u64>);

#[pymethods]
impl MpcSurvey {
    /// Checks the columns: name, range, edges of the histogram.
    #[new]
    fn new(py: Python<'_>, columns: Vec<(String, (f64, f64), Vec<f64>)>) -> PyResult<Self> {
        let survey = || {
            let columns = columns.into_iter().map(|(name, range, edges)| Column::new(&name, range, edges));
            Survey::new(columns.collect::<Result<_>>()?)
        };
        quick(py, survey).map(Self)
    }

    /// The entries of the vector.
    #[getter]
    fn length(&self) -> usize {
        self.0.length()
    }

    /// What the parties must agree on.
    #[getter]
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.digest())
    }

    /// The length, the largest absolute value and the fraction bits that a plan needs.
    fn fit(&self, py: Python<'_>, parties: usize, max_rows: u64) -> PyResult<(usize, f64, u32)> {
        let fit = quick(py, || self.0.fit(parties, max_rows))?;
        Ok((fit.length, fit.max_abs, fit.fraction_bits))
    }

    /// One party's vector.
    fn encode<'py>(
        &self,
        py: Python<'py>,
        values: Vec<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let values =
            values.iter().map(PyReadonlyArray1::as_slice).collect::<core::result::Result<Vec<_>, _>>()?;
        Ok(PyArray1::from_vec(py, detached(py, || self.0.encode(&values))?))
    }

    /// The figures of each column, from the sums.
    fn decode(
        &self,
        py: Python<'_>,
        sums: PyReadonlyArray1<'_, i64>,
        fraction_bits: u32,
    ) -> PyResult<Vec<Figures>> {
        let sums = sums.as_slice()?;
        let figures = |s: Summary| (s.count, s.mean, s.variance, s.standard_error, s.interval, s.histogram);
        Ok(quick(py, || self.0.decode(sums, fraction_bits))?.into_iter().map(figures).collect())
    }
}
