//! `veilkit.shamir`: shares that each holder checks against a public commitment.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    codec::{Decode, Encode},
    shamir::{self, feldman, pedersen},
};

use crate::errors::detached;

/// What both kinds of commitments and shares have in common.
macro_rules! verifiable {
    ($commitment:ident, $share:ident, $scheme:ident; $($own:tt)*) => {
        /// What the dealer publishes.
        #[pyclass(frozen)]
        pub(crate) struct $commitment(pub(crate) $scheme::Commitment);

        #[pymethods]
        impl $commitment {
            /// Reads and checks an encoded commitment.
            #[staticmethod]
            fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
                detached(py, || $scheme::Commitment::from_bytes(data, ())).map(Self)
            }

            /// The canonical encoding.
            fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
                PyBytes::new(py, &self.0.to_bytes())
            }

            /// How many shares give the secret back.
            #[getter]
            fn threshold(&self) -> usize {
                self.0.params().threshold()
            }

            /// How many shares there are.
            #[getter]
            fn shares(&self) -> usize {
                self.0.params().shares()
            }

            /// What names the dealing.
            #[getter]
            fn set_id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
                PyBytes::new(py, &self.0.set_id())
            }

            $($own)*
        }

        share! {
            /// One holder's share.
            $share($scheme::Share);

            /// Checks the share against the commitment.
            fn verify(&self, py: Python<'_>, commitment: &$commitment) -> PyResult<()> {
                detached(py, || self.0.verify(&commitment.0))
            }

            /// How many shares give the secret back.
            #[getter]
            fn threshold(&self) -> usize {
                self.0.params().threshold()
            }

            /// How many shares there are.
            #[getter]
            fn shares(&self) -> usize {
                self.0.params().shares()
            }
        }
    };
}

verifiable! { ShamirCommitment, ShamirVerifiableShare, pedersen; }
verifiable! {
    ShamirKeyCommitment, ShamirKeyShare, feldman;

    /// The public key that belongs to the shared key.
    #[getter]
    fn public_key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.public_point().to_bytes())
    }
}

/// Splits bytes with a commitment that hides them.
#[pyfunction]
pub(crate) fn shamir_split_verifiable(
    py: Python<'_>,
    secret: &[u8],
    threshold: usize,
    shares: usize,
) -> PyResult<(ShamirCommitment, Vec<ShamirVerifiableShare>)> {
    let (commitment, shares) = detached(py, || shamir::split_verifiable(secret, threshold, shares))?;
    Ok((ShamirCommitment(commitment), shares.into_iter().map(ShamirVerifiableShare).collect()))
}

/// Gives the bytes back.
#[pyfunction]
pub(crate) fn shamir_combine_verifiable<'py>(
    py: Python<'py>,
    commitment: &ShamirCommitment,
    shares: Vec<PyRef<'py, ShamirVerifiableShare>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let shares: Vec<_> = shares.iter().map(|share| share.0.clone()).collect();
    Ok(PyBytes::new(py, &detached(py, || pedersen::combine(&commitment.0, &shares))?))
}

/// Splits a uniformly random key; a fresh one where none is given.
#[pyfunction]
pub(crate) fn shamir_split_key(
    py: Python<'_>,
    key: Option<&[u8]>,
    threshold: usize,
    shares: usize,
) -> PyResult<(ShamirKeyCommitment, Vec<ShamirKeyShare>)> {
    let (commitment, shares) = detached(py, || shamir::split_key(key, threshold, shares))?;
    Ok((ShamirKeyCommitment(commitment), shares.into_iter().map(ShamirKeyShare).collect()))
}

/// Gives the key back.
#[pyfunction]
pub(crate) fn shamir_combine_key<'py>(
    py: Python<'py>,
    commitment: &ShamirKeyCommitment,
    shares: Vec<PyRef<'py, ShamirKeyShare>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let shares: Vec<_> = shares.iter().map(|share| share.0.clone()).collect();
    Ok(PyBytes::new(py, &detached(py, || shamir::combine_key(&commitment.0, &shares))?))
}
