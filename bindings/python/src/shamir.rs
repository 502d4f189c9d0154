//! `veilkit.shamir`: shares as immutable handles.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Observer, PartyId,
    random::OsRandom,
    shamir::{self, Share},
};

use crate::{
    errors::{detached, quick},
    watch::watched,
};

/// The class of one kind of share: what all kinds have in common, then what it has of its own.
macro_rules! share {
    ($(#[$doc:meta])* $class:ident($share:ty); $($own:tt)*) => {
        $(#[$doc])*
        #[pyclass(frozen)]
        pub(crate) struct $class(pub(crate) $share);

        #[pymethods]
        impl $class {
            /// Reads and checks an encoded share.
            #[staticmethod]
            fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
                $crate::errors::quick(py, || veilkit_bridge::codec::Decode::from_bytes(data, ())).map(Self)
            }

            /// The canonical encoding.
            fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, pyo3::types::PyBytes> {
                pyo3::types::PyBytes::new(py, &veilkit_bridge::codec::Encode::to_bytes(&self.0))
            }

            /// Reads the words.
            #[staticmethod]
            fn from_words(py: Python<'_>, text: &str) -> PyResult<Self> {
                $crate::errors::quick(py, || veilkit_bridge::custody::from_words(text)).map(Self)
            }

            /// The share as words.
            fn to_words<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyString>> {
                Ok(pyo3::types::PyString::new(py, &$crate::errors::quick(py, || veilkit_bridge::custody::to_words(&self.0))?))
            }

            /// Reads the text of a QR code.
            #[staticmethod]
            fn from_text(py: Python<'_>, text: &str) -> PyResult<Self> {
                $crate::errors::quick(py, || veilkit_bridge::custody::from_text(text)).map(Self)
            }

            /// The share as text for a QR code.
            fn to_text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyString>> {
                Ok(pyo3::types::PyString::new(py, &$crate::errors::quick(py, || veilkit_bridge::custody::to_text(&self.0))?))
            }

            /// Whether a share of this kind was sealed.
            #[staticmethod]
            fn is_in(sealed: &$crate::shamir::sealed::ShamirSealedShare) -> bool {
                sealed.0.holds::<$share>()
            }

            /// Opens a sealed share.
            #[staticmethod]
            fn open(py: Python<'_>, sealed: &$crate::shamir::sealed::ShamirSealedShare, key: &$crate::shamir::sealed::ShamirCustodianKey) -> PyResult<Self> {
                $crate::errors::detached(py, || sealed.0.open(&key.0)).map(Self)
            }

            /// Seals the share to a custodian.
            fn seal(&self, py: Python<'_>, custodian: &$crate::shamir::sealed::ShamirCustodian) -> PyResult<$crate::shamir::sealed::ShamirSealedShare> {
                $crate::errors::detached(py, || veilkit_bridge::custody::seal(&self.0, &custodian.0)).map($crate::shamir::sealed::ShamirSealedShare)
            }

            /// Whether both are the same share, in constant time.
            fn equals(&self, other: &Self) -> bool {
                self.0 == other.0
            }

            /// The number of the share, from 1.
            #[getter]
            fn index(&self) -> u16 {
                veilkit_bridge::custody::Addressed::address(&self.0).get()
            }

            /// What names the dealing.
            #[getter]
            fn set_id<'py>(&self, py: Python<'py>) -> Bound<'py, pyo3::types::PyBytes> {
                pyo3::types::PyBytes::new(py, &self.0.set_id())
            }

            $($own)*
        }
    };
}

pub(crate) mod packed;
pub(crate) mod paper;
pub(crate) mod policy;
pub(crate) mod sealed;
pub(crate) mod verifiable;

share! {
    /// A share of a byte string.
    ShamirShare(Share);

    /// Checks the share against the commitment that it carries.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.verify())
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

    /// The length of the secret in bytes.
    #[getter]
    fn secret_len(&self) -> usize {
        self.0.secret_len()
    }
}

/// Splits a secret.
#[pyfunction]
pub(crate) fn shamir_split(
    py: Python<'_>,
    secret: &[u8],
    threshold: usize,
    shares: usize,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<ShamirShare>> {
    let split = |observer: &mut dyn Observer, rng: &mut OsRandom| {
        shamir::split(secret, threshold, shares, rng, observer)
    };
    let shares = watched(py, progress, split)?;
    Ok(shares.into_iter().map(ShamirShare).collect())
}

/// Gives the secret back.
#[pyfunction]
pub(crate) fn shamir_combine<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirShare>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let shares = copies(&shares);
    let secret = watched(py, progress, |observer, _| shamir::combine(&shares, observer))?;
    Ok(PyBytes::new(py, &secret))
}

/// Gives the secret back and the numbers of the shares that were wrong.
#[pyfunction]
pub(crate) fn shamir_combine_correcting<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirShare>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyBytes>, Vec<u16>)> {
    let shares = copies(&shares);
    let (secret, wrong) = watched(py, progress, |observer, _| shamir::combine_correcting(&shares, observer))?;
    Ok((PyBytes::new(py, &secret), wrong.iter().map(|index| index.get()).collect()))
}

/// Gives the secret of bare shares back and the numbers of those that were wrong.
#[pyfunction]
pub(crate) fn shamir_correct<'py>(
    py: Python<'py>,
    shares: Vec<(u16, Bound<'py, PyBytes>)>,
    threshold: usize,
) -> PyResult<(Bound<'py, PyBytes>, Vec<u16>)> {
    let number = |index: u16| quick(py, || PartyId::new(index));
    let shares: Vec<(PartyId, &[u8])> = shares
        .iter()
        .map(|(index, payload)| Ok((number(*index)?, payload.as_bytes())))
        .collect::<PyResult<_>>()?;
    let (secret, wrong) = detached(py, || shamir::correct(&shares, threshold))?;
    Ok((PyBytes::new(py, &secret), wrong.iter().map(|index| index.get()).collect()))
}

/// The shares themselves; each copy is wiped when dropped.
fn copies(shares: &[PyRef<'_, ShamirShare>]) -> Vec<Share> {
    shares.iter().map(|share| share.0.clone()).collect()
}
