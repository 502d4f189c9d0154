//! `veilkit.ckks`: parameters and keys as immutable handles; arrays in `arrays.rs`, budgets in `release.rs`.
use std::sync::Arc;

use numpy::{Complex64, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    ckks::{
        self, Array, Complex, Context, EvaluationKeys, KeyId, Params, PlainArray, PublicKey, SecretKey,
        Wanted,
    },
    codec::{Decode, Encode},
};

use crate::{
    errors::{detached, quick},
    watch::watched,
};

pub(crate) mod arrays;
pub(crate) mod release;
pub(crate) mod transforms;

use arrays::CkksArray;

/// Plain numbers, read where numpy has them.
#[derive(FromPyObject)]
pub(crate) enum Numbers<'py> {
    Real(PyReadonlyArrayDyn<'py, f64>),
    Complex(PyReadonlyArrayDyn<'py, Complex64>),
}

impl Numbers<'_> {
    pub(crate) fn plain(&self, py: Python<'_>, bound: Option<f64>) -> PyResult<PlainArray> {
        match self {
            Self::Real(values) => {
                let (shape, values) = (values.shape(), values.as_slice()?);
                detached(py, || ckks::real(shape, values, bound))
            }
            Self::Complex(values) => {
                let (shape, values) = (values.shape(), values.as_slice()?);
                let complex = |value: &Complex64| Complex::new(value.re, value.im);
                let values: Vec<Complex> = values.iter().map(complex).collect();
                detached(py, || ckks::complex(shape, &values, bound))
            }
        }
    }
}

/// The bytes of what names a secret key.
pub(crate) fn name(py: Python<'_>, key: KeyId) -> Bound<'_, PyBytes> {
    PyBytes::new(py, key.as_bytes())
}

/// The canonical encoding, written without the interpreter lock.
pub(crate) fn bytes<'py>(py: Python<'py>, object: &(impl Encode + Sync)) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = detached(py, || Ok(object.to_bytes()))?;
    Ok(PyBytes::new(py, &bytes))
}

/// Checked parameters.
#[pyclass(frozen)]
pub(crate) struct CkksParams(pub(crate) Params);

impl CkksParams {
    pub(crate) fn of(context: &Context) -> Self {
        Self(context.params().clone())
    }
}

#[pymethods]
impl CkksParams {
    /// Parameters from the sizes of the moduli, the last of which switch keys.
    #[new]
    fn new(
        py: Python<'_>,
        degree: usize,
        moduli_bits: Vec<u32>,
        key_moduli: usize,
        scale_bits: u32,
        digits: Option<usize>,
        security: &str,
    ) -> PyResult<Self> {
        detached(py, || ckks::params(degree, &moduli_bits, key_moduli, scale_bits, digits, security))
            .map(Self)
    }

    /// A named set; `None` for a name that is none.
    #[staticmethod]
    fn named(name: &str) -> Option<Self> {
        let params = match name {
            "sums" => Params::sums(),
            "depth_2" => Params::depth_2(),
            "depth_4" => Params::depth_4(),
            "depth_8" => Params::depth_8(),
            "depth_16" => Params::depth_16(),
            "released_sums" => Params::released_sums(),
            "released_depth_4" => Params::released_depth_4(),
            _ => return None,
        };
        Some(Self(params))
    }

    /// Reads encoded parameters.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || Params::from_bytes(data, ())).map(Self)
    }

    /// The parameters at the beginning of any object of CKKS.
    #[staticmethod]
    fn of_encoding(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || Params::of_encoding(data)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Coefficients of a polynomial.
    #[getter]
    fn degree(&self) -> usize {
        self.0.degree()
    }

    /// Numbers in a ciphertext.
    #[getter]
    fn slots(&self) -> usize {
        self.0.slots()
    }

    /// Rescalings of a fresh ciphertext.
    #[getter]
    fn depth(&self) -> usize {
        self.0.depth()
    }

    /// Sizes of all moduli, those that switch keys last.
    #[getter]
    fn moduli_bits(&self) -> Vec<u32> {
        [self.0.moduli_bits(), self.0.special_bits()].concat()
    }

    /// How many of them switch keys.
    #[getter]
    fn key_moduli(&self) -> usize {
        self.0.special_bits().len()
    }

    /// About the binary logarithm of every scale.
    #[getter]
    fn scale_bits(&self) -> u32 {
        self.0.scale_bits()
    }

    /// Parts of a key for switching keys.
    #[getter]
    fn digits(&self) -> usize {
        self.0.digits()
    }

    /// The name of the security level.
    #[getter]
    fn security(&self) -> &'static str {
        ckks::name(self.0.security())
    }

    /// The binary logarithm of the product of all moduli.
    #[getter]
    fn log2_qp(&self) -> f64 {
        self.0.log2_qp()
    }

    /// Bytes of the key for one rotation.
    #[getter]
    fn rotation_key_bytes(&self) -> usize {
        self.0.describe().rotation_key_bytes
    }

    /// By how much numbers of at most 1 can be off when they are released.
    fn release_error(
        &self,
        py: Python<'_>,
        releases: u32,
        statistical_bits: u32,
        count: usize,
        multiplications: usize,
    ) -> PyResult<f64> {
        quick(py, || ckks::release_error(&self.0, releases, statistical_bits, count, multiplications))
    }

    /// What they mean in bits and bytes.
    fn describe(&self) -> String {
        self.0.describe().to_string()
    }
}

/// Makes a secret key, its public key, and the evaluation keys that are wanted.
#[pyfunction]
pub(crate) fn ckks_generate(
    py: Python<'_>,
    params: &CkksParams,
    wanted: CkksWanted,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(CkksSecretKey, CkksPublicKey, CkksEvaluationKeys)> {
    let made =
        watched(py, progress, |observer, rng| ckks::generate(&params.0, &wanted.wanted(), rng, observer))?;
    Ok((CkksSecretKey(made.0), CkksPublicKey(made.1), CkksEvaluationKeys(Arc::new(made.2))))
}

/// Which evaluation keys: powers of two, rotations, for products, for conjugates.
#[derive(FromPyObject)]
pub(crate) struct CkksWanted(bool, Vec<i64>, bool, bool);

impl CkksWanted {
    fn wanted(&self) -> Wanted<'_> {
        let Self(powers_of_two, rotations, relinearization, conjugation) = self;
        Wanted {
            powers_of_two: *powers_of_two,
            rotations,
            relinearization: *relinearization,
            conjugation: *conjugation,
        }
    }
}

/// The key that encrypts.
#[pyclass(frozen)]
pub(crate) struct CkksPublicKey(PublicKey);

#[pymethods]
impl CkksPublicKey {
    /// Reads an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ckks::read(data)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The parameters.
    #[getter]
    fn params(&self) -> CkksParams {
        CkksParams::of(self.0.context())
    }

    /// What names the secret key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        name(py, self.0.id())
    }

    /// Encrypts numbers.
    fn encrypt(
        &self,
        py: Python<'_>,
        values: Numbers<'_>,
        bound: f64,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<CkksArray> {
        let values = values.plain(py, Some(bound))?;
        watched(py, progress, |observer, rng| Array::encrypt(&self.0, &values, rng, observer)).map(CkksArray)
    }
}

/// The key that decrypts.
#[pyclass(frozen)]
pub(crate) struct CkksSecretKey(pub(crate) SecretKey);

#[pymethods]
impl CkksSecretKey {
    /// Reads an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ckks::read(data)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The parameters.
    #[getter]
    fn params(&self) -> CkksParams {
        CkksParams::of(self.0.context())
    }

    /// What names it, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        name(py, self.0.id())
    }

    /// A new public key of it.
    fn public_key(&self, py: Python<'_>) -> PyResult<CkksPublicKey> {
        watched(py, None, |_, rng| Ok(self.0.public_key(rng))).map(CkksPublicKey)
    }

    /// New evaluation keys of it.
    fn evaluation_keys(
        &self,
        py: Python<'_>,
        wanted: CkksWanted,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<CkksEvaluationKeys> {
        let request = wanted.wanted().request();
        watched(py, progress, |observer, rng| EvaluationKeys::generate(&self.0, &request, rng, observer))
            .map(|keys| CkksEvaluationKeys(Arc::new(keys)))
    }

    /// Encrypts numbers, into half as many bytes as the public key.
    fn encrypt(
        &self,
        py: Python<'_>,
        values: Numbers<'_>,
        bound: f64,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<CkksArray> {
        let values = values.plain(py, Some(bound))?;
        watched(py, progress, |observer, rng| Array::encrypt(&self.0, &values, rng, observer)).map(CkksArray)
    }
}

/// The keys that compute.
#[pyclass(frozen)]
pub(crate) struct CkksEvaluationKeys(pub(crate) Arc<EvaluationKeys>);

#[pymethods]
impl CkksEvaluationKeys {
    /// Reads encoded keys.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ckks::read(data)).map(|keys| Self(Arc::new(keys)))
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(py, &*self.0)
    }

    /// The parameters.
    #[getter]
    fn params(&self) -> CkksParams {
        CkksParams::of(self.0.context())
    }

    /// What names the secret key, 16 bytes.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        name(py, self.0.key())
    }

    /// The rotations to the left that have a key of their own.
    #[getter]
    fn rotations(&self) -> Vec<usize> {
        self.0.rotations()
    }

    /// Whether products can be computed.
    #[getter]
    fn has_relinearization(&self) -> bool {
        self.0.has_relinearization()
    }

    /// Whether complex numbers can be conjugated.
    #[getter]
    fn has_conjugation(&self) -> bool {
        self.0.has_conjugation()
    }

    /// The array, computing with these keys.
    fn attach(&self, py: Python<'_>, array: &CkksArray) -> PyResult<CkksArray> {
        quick(py, || array.0.attach(&self.0)).map(CkksArray)
    }
}
