//! `veilkit.paillier`: keys as immutable handles; arrays in `arrays.rs`.
use std::sync::{Mutex, OnceLock, PoisonError};

use pyo3::{
    prelude::*,
    types::{PyBytes, PyString},
};
use veilkit_bridge::{
    Observer, Result,
    codec::{Decode, Encode},
    paillier::{
        self, Encryptor, Ends, Params, ParamsSpec, PlainArray, Pool, ProvenPublicKey, PublicKey, SecretKey,
        Submission, UnprovenPublicKey,
    },
    random::OsRandom,
};
use zeroize::Zeroizing;

use crate::{
    arrays::PaillierArray,
    errors::{detached, quick},
    packed::PaillierPackedArray,
    plain::{Limit, Plain},
    proofs::PaillierSubmission,
    watch::watched,
};

impl Plain<'_> {
    /// The encoded numbers. An integer bound is for integers, a real one for floats.
    pub(crate) fn encode(
        &self,
        py: Python<'_>,
        params: &Params,
        limit: Option<Limit>,
    ) -> PyResult<PlainArray> {
        self.read(
            py,
            limit,
            |shape, values, limit| paillier::integers(params, shape, values, limit),
            |shape, values, limit| paillier::fixed_point(params, shape, values, limit),
        )
    }
}

/// The ends of a range.
#[derive(FromPyObject, Clone, Copy)]
pub(crate) enum Range {
    Integers(i64, i64),
    Reals(f64, f64),
}

impl Range {
    pub(crate) fn ends(self) -> Ends {
        match self {
            Self::Integers(low, high) => Ends::Integers(low, high),
            Self::Reals(low, high) => Ends::Reals(low, high),
        }
    }
}

/// A key that came without a proof.
#[pyclass(frozen)]
pub(crate) struct PaillierUnprovenPublicKey(UnprovenPublicKey);

#[pymethods]
impl PaillierUnprovenPublicKey {
    /// Reads an encoded key and checks what can be checked without a proof.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || UnprovenPublicKey::from_bytes(data, ())).map(Self)
    }

    /// The key with this modulus, big-endian.
    #[staticmethod]
    fn from_modulus(
        py: Python<'_>,
        modulus: &[u8],
        modulus_bits: u32,
        fraction_bits: u32,
        value_bits: u32,
    ) -> PyResult<Self> {
        let spec = ParamsSpec { modulus_bits, fraction_bits, value_bits };
        detached(py, || UnprovenPublicKey::from_modulus(Params::new(spec)?, modulus)).map(Self)
    }

    /// Reads a key of `phe`.
    #[staticmethod]
    fn from_jwk(py: Python<'_>, text: &str, fraction_bits: u32, value_bits: u32) -> PyResult<Self> {
        detached(py, || UnprovenPublicKey::from_jwk(text, fraction_bits, value_bits)).map(Self)
    }

    /// The key, trusted.
    fn trust_without_proof(&self) -> PaillierPublicKey {
        PaillierPublicKey(self.0.clone().trust_without_proof(), None)
    }
}

/// The key that encrypts, and its proof if it has one.
#[pyclass(frozen)]
pub(crate) struct PaillierPublicKey(pub(crate) PublicKey, Option<ProvenPublicKey>);

#[pymethods]
impl PaillierPublicKey {
    /// Reads an encoded key and checks its proof.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || paillier::read_proven(data)).map(Self::proven)
    }

    /// The canonical encoding, with the proof if there is one.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        match &self.1 {
            Some(proven) => PyBytes::new(py, &proven.to_bytes()),
            None => self.to_bytes_without_proof(py),
        }
    }

    /// The canonical encoding without a proof.
    fn to_bytes_without_proof<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The modulus as `phe` reads it.
    fn to_jwk(&self, comment: &str) -> String {
        self.0.to_jwk(comment)
    }

    /// Whether it carries a proof.
    #[getter]
    fn is_proven(&self) -> bool {
        self.1.is_some()
    }

    /// Bits of the modulus.
    #[getter]
    fn modulus_bits(&self) -> u32 {
        self.0.params().modulus_bits()
    }

    /// Bits after the binary point.
    #[getter]
    fn fraction_bits(&self) -> u32 {
        self.0.params().fraction_bits()
    }

    /// Bits of one encoded number.
    #[getter]
    fn value_bits(&self) -> u32 {
        self.0.params().value_bits()
    }

    /// What names the key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.id().as_bytes())
    }

    /// The modulus, little-endian.
    #[getter]
    fn modulus<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = self.0.n().iter().flat_map(|limb| limb.to_le_bytes()).collect();
        PyBytes::new(py, &bytes)
    }

    /// Encrypts each number.
    fn encrypt(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierArray> {
        encrypt(py, Encryptor::Public(&self.0), &values, bound, progress)
    }

    /// Encrypts many numbers per ciphertext.
    fn encrypt_packed(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        headroom_bits: u32,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierPackedArray> {
        encrypt_packed(py, Encryptor::Public(&self.0), &values, bound, headroom_bits, progress)
    }

    /// Encrypts each number and proves that it lies in the range.
    fn submit(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        range: Range,
        context: &[u8],
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierSubmission> {
        let params = self.0.params();
        let values = values.encode(py, params, None)?;
        let range = quick(py, || range.ends().range(params))?;
        watched(py, progress, |observer, rng| {
            Submission::encrypt(&self.0, &values, &range, context, rng, observer)
        })
        .map(PaillierSubmission)
    }
}

impl PaillierPublicKey {
    pub(crate) fn proven(proven: ProvenPublicKey) -> Self {
        Self(proven.public_key().clone(), Some(proven))
    }
}

/// The key that decrypts, and the proof of its public key once it was made.
#[pyclass(frozen)]
pub(crate) struct PaillierSecretKey(pub(crate) SecretKey, OnceLock<ProvenPublicKey>);

#[pymethods]
impl PaillierSecretKey {
    /// Draws a new key.
    #[staticmethod]
    fn generate(py: Python<'_>, modulus_bits: u32, fraction_bits: u32, value_bits: u32) -> PyResult<Self> {
        let spec = ParamsSpec { modulus_bits, fraction_bits, value_bits };
        watched(py, None, |_, rng| paillier::generate(spec, rng)).map(Self::new)
    }

    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || SecretKey::from_bytes(data, ())).map(Self::new)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The key of two primes, big-endian.
    #[staticmethod]
    fn from_primes(
        py: Python<'_>,
        primes: (Vec<u8>, Vec<u8>),
        modulus_bits: u32,
        fraction_bits: u32,
        value_bits: u32,
    ) -> PyResult<Self> {
        let spec = ParamsSpec { modulus_bits, fraction_bits, value_bits };
        let primes = (Zeroizing::new(primes.0), Zeroizing::new(primes.1));
        detached(py, || SecretKey::from_primes(Params::new(spec)?, &primes.0, &primes.1)).map(Self::new)
    }

    /// Reads a secret key of `phe`.
    #[staticmethod]
    fn from_jwk(py: Python<'_>, text: &str, fraction_bits: u32, value_bits: u32) -> PyResult<Self> {
        detached(py, || SecretKey::from_jwk(text, fraction_bits, value_bits)).map(Self::new)
    }

    /// The primes as `phe` reads them.
    fn to_jwk<'py>(&self, py: Python<'py>, comment: &str) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.to_jwk(comment))
    }

    /// The same primes with a base that can be proven.
    fn with_provable_base(&self, py: Python<'_>) -> PyResult<Self> {
        watched(py, None, |_, rng| self.0.with_provable_base(rng)).map(Self::new)
    }

    /// The key that encrypts, with its proof, which is made once; without one where there is none.
    fn public_key(&self, py: Python<'_>) -> PyResult<PaillierPublicKey> {
        if !self.0.is_provable() {
            return Ok(self.public_key_without_proof());
        }
        if let Some(proven) = self.1.get() {
            return Ok(PaillierPublicKey::proven(proven.clone()));
        }
        let proven = watched(py, None, |_, _| self.0.prove_public_key())?;
        Ok(PaillierPublicKey::proven(self.1.get_or_init(|| proven).clone()))
    }

    /// The key that encrypts, without the work of a proof.
    fn public_key_without_proof(&self) -> PaillierPublicKey {
        PaillierPublicKey(self.0.public_key().clone(), None)
    }

    /// The two primes, little-endian.
    fn factors<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let factors = quick(py, || paillier::factors(&self.0))?;
        Ok(factors.iter().map(|prime| PyBytes::new(py, prime)).collect())
    }

    /// Encrypts each number.
    fn encrypt(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierArray> {
        encrypt(py, Encryptor::Secret(&self.0), &values, bound, progress)
    }

    /// Encrypts many numbers per ciphertext.
    fn encrypt_packed(
        &self,
        py: Python<'_>,
        values: Plain<'_>,
        bound: Option<Limit>,
        headroom_bits: u32,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PaillierPackedArray> {
        encrypt_packed(py, Encryptor::Secret(&self.0), &values, bound, headroom_bits, progress)
    }
}

impl PaillierSecretKey {
    fn new(key: SecretKey) -> Self {
        Self(key, OnceLock::new())
    }
}

fn encrypt(
    py: Python<'_>,
    key: Encryptor<'_>,
    values: &Plain<'_>,
    bound: Option<Limit>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<PaillierArray> {
    let values = values.encode(py, key.public_key().params(), bound)?;
    watched(py, progress, |observer, rng| key.encrypt(&values, rng, observer)).map(PaillierArray)
}

fn encrypt_packed(
    py: Python<'_>,
    key: Encryptor<'_>,
    values: &Plain<'_>,
    bound: Option<Limit>,
    headroom_bits: u32,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<PaillierPackedArray> {
    let values = values.encode(py, key.public_key().params(), bound)?;
    let call = |observer: &mut dyn Observer, rng: &mut OsRandom| {
        key.encrypt_packed(&values, headroom_bits, rng, observer)
    };
    watched(py, progress, call).map(PaillierPackedArray)
}

/// Randomizers made ahead of time.
#[pyclass(frozen)]
pub(crate) struct PaillierPool(Mutex<Pool>);

impl PaillierPool {
    /// Uses the pool. Waits without the interpreter lock, so that whoever has the pool can finish.
    fn with<T: Send>(&self, py: Python<'_>, call: impl FnOnce(&mut Pool) -> Result<T> + Send) -> PyResult<T> {
        detached(py, || call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[pymethods]
impl PaillierPool {
    /// An empty pool.
    #[new]
    fn new(key: &PaillierPublicKey) -> Self {
        Self(Mutex::new(Pool::new(&key.0)))
    }

    /// Adds randomizers made with the public key.
    fn fill_with_public(
        &self,
        py: Python<'_>,
        key: &PaillierPublicKey,
        count: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.fill(py, Encryptor::Public(&key.0), count, progress)
    }

    /// Adds randomizers made with the secret key.
    fn fill_with_secret(
        &self,
        py: Python<'_>,
        key: &PaillierSecretKey,
        count: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.fill(py, Encryptor::Secret(&key.0), count, progress)
    }

    /// Encrypts each number with a randomizer of the pool.
    fn encrypt(
        &self,
        py: Python<'_>,
        key: &PaillierPublicKey,
        values: Plain<'_>,
        bound: Option<Limit>,
    ) -> PyResult<PaillierArray> {
        let values = values.encode(py, key.0.params(), bound)?;
        self.with(py, |pool| pool.encrypt(&key.0, &values)).map(PaillierArray)
    }

    /// The number of randomizers left.
    fn len(&self, py: Python<'_>) -> PyResult<usize> {
        self.with(py, |pool| Ok(pool.len()))
    }
}

impl PaillierPool {
    fn fill(
        &self,
        py: Python<'_>,
        key: Encryptor<'_>,
        count: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        watched(py, progress, |observer, rng| {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(key, count, rng, observer)
        })
    }
}
