//! `veilkit.paillier`: keys that a dealer shared, and decryption by enough of the parties.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    codec::{Decode, Encode},
    paillier::ParamsSpec,
    paillier_threshold::{self, DecryptionShare, KeyShare, Setup, SetupSpec, Source, Target},
};

use crate::{
    arrays::{PaillierArray, to_numpy},
    errors::detached,
    packed::PaillierPackedArray,
    paillier::{PaillierPublicKey, PaillierSecretKey},
    watch::watched,
};

/// What can be decrypted.
#[derive(FromPyObject)]
pub(crate) enum Encrypted<'py> {
    Array(PyRef<'py, PaillierArray>),
    Packed(PyRef<'py, PaillierPackedArray>),
}

impl Encrypted<'_> {
    fn target(&self) -> Target<'_> {
        match self {
            Self::Array(array) => Target::Array(&array.0),
            Self::Packed(array) => Target::Packed(&array.0),
        }
    }
}

/// Deals a new key of these sizes (modulus, fraction, value), or a key that exists.
#[pyfunction]
#[allow(clippy::type_complexity)] // what Python gets
pub(crate) fn paillier_deal(
    py: Python<'_>,
    sizes: (u32, u32, u32),
    secret_key: Option<&PaillierSecretKey>,
    dealer: String,
    parties: Vec<String>,
    threshold: usize,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(PaillierPublicKey, PaillierThresholdSetup, Vec<PaillierKeyShare>)> {
    let (modulus_bits, fraction_bits, value_bits) = sizes;
    let spec = SetupSpec { dealer, parties, threshold };
    let dealt = watched(py, progress, |observer, rng| {
        let source = match secret_key {
            Some(key) => Source::Existing(&key.0),
            None => Source::Fresh(ParamsSpec { modulus_bits, fraction_bits, value_bits }),
        };
        paillier_threshold::deal(source, &spec, rng, observer)
    })?;
    let shares = dealt.key_shares.into_iter().map(PaillierKeyShare).collect();
    Ok((PaillierPublicKey::proven(dealt.public_key), PaillierThresholdSetup(dealt.setup), shares))
}

/// Who shares a key.
#[pyclass(frozen)]
pub(crate) struct PaillierThresholdSetup(Setup);

#[pymethods]
impl PaillierThresholdSetup {
    /// Reads and checks an encoded set-up of a key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &PaillierPublicKey) -> PyResult<Self> {
        detached(py, || Setup::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The hash of everything in it, 32 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.id())
    }

    /// Who dealt the shares.
    #[getter]
    fn dealer(&self) -> &str {
        self.0.dealer()
    }

    /// Who has a share, in the order of their numbers from 1.
    #[getter]
    fn parties(&self) -> Vec<String> {
        self.0.parties().to_vec()
    }

    /// How many of them decrypt together.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.threshold()
    }

    /// The numbers in an array, row-major, from enough shares.
    fn combine<'py>(
        &self,
        py: Python<'py>,
        encrypted: Encrypted<'py>,
        shares: Vec<PyRef<'py, PaillierDecryptionShare>>,
        session: &[u8],
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shares: Vec<DecryptionShare> = shares.iter().map(|share| share.0.clone()).collect();
        let target = encrypted.target();
        let numbers =
            watched(py, progress, |observer, _| target.combine(&self.0, &shares, session, observer))?;
        to_numpy(py, &numbers)
    }
}

/// One party's share of a key.
#[pyclass(frozen)]
pub(crate) struct PaillierKeyShare(KeyShare);

#[pymethods]
impl PaillierKeyShare {
    /// Reads and checks an encoded share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], setup: &PaillierThresholdSetup) -> PyResult<Self> {
        detached(py, || KeyShare::from_bytes(data, &setup.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Whose share it is.
    #[getter]
    fn party(&self) -> u16 {
        self.0.party().get()
    }

    /// The party's share of the decryption of an array.
    fn decryption_share(
        &self,
        py: Python<'_>,
        encrypted: Encrypted<'_>,
        session: &[u8],
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierDecryptionShare> {
        let target = encrypted.target();
        let made = watched(py, progress, |observer, rng| target.share(&self.0, session, rng, observer))?;
        Ok(PaillierDecryptionShare(made))
    }
}

/// One party's share of a decryption.
#[pyclass(frozen)]
pub(crate) struct PaillierDecryptionShare(DecryptionShare);

#[pymethods]
impl PaillierDecryptionShare {
    /// Reads an encoded share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], setup: &PaillierThresholdSetup) -> PyResult<Self> {
        detached(py, || DecryptionShare::from_bytes(data, &setup.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Whose share it is, by its own word.
    #[getter]
    fn party(&self) -> u16 {
        self.0.party().get()
    }

    /// Checks that it is right.
    fn verify(
        &self,
        py: Python<'_>,
        setup: &PaillierThresholdSetup,
        encrypted: Encrypted<'_>,
        session: &[u8],
    ) -> PyResult<()> {
        let target = encrypted.target();
        detached(py, || target.verify(&self.0, &setup.0, session))
    }
}
