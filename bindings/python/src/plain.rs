//! Plain operands of every scheme: numbers where numpy has them, and public bounds on them.
use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::{exceptions::PyTypeError, prelude::*};
use veilkit_bridge::Result;

use crate::errors::detached;

/// Plain numbers, read where numpy has them.
#[derive(FromPyObject)]
pub(crate) enum Plain<'py> {
    Integers(PyReadonlyArrayDyn<'py, i64>),
    Floats(PyReadonlyArrayDyn<'py, f64>),
}

/// A public bound on plain numbers.
#[derive(FromPyObject, Clone, Copy)]
pub(crate) enum Limit {
    Integer(u64),
    Real(f64),
}

impl Plain<'_> {
    /// Hands shape, values and bound to what encodes them. An integer bound is for integers, a real one for floats.
    pub(crate) fn read<P: Send>(
        &self,
        py: Python<'_>,
        limit: Option<Limit>,
        integers: impl FnOnce(&[usize], &[i64], Option<u64>) -> Result<P> + Send,
        reals: impl FnOnce(&[usize], &[f64], Option<f64>) -> Result<P> + Send,
    ) -> PyResult<P> {
        match self {
            Self::Integers(values) => {
                let limit = limit.map(|limit| match limit {
                    Limit::Integer(limit) => Ok(limit),
                    Limit::Real(_) => Err(PyTypeError::new_err("bound: an integer")),
                });
                let (shape, values, limit) = (values.shape(), values.as_slice()?, limit.transpose()?);
                detached(py, || integers(shape, values, limit))
            }
            Self::Floats(values) => {
                let limit = limit.map(|limit| match limit {
                    #[allow(clippy::cast_precision_loss)] // Python hands in a float for floats
                    Limit::Integer(limit) => limit as f64,
                    Limit::Real(limit) => limit,
                });
                let (shape, values) = (values.shape(), values.as_slice()?);
                detached(py, || reals(shape, values, limit))
            }
        }
    }
}
