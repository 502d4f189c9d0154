//! CKKS with the system's randomness: arrays that carry the evaluation keys they compute with, contexts that are made once.
use std::sync::{Mutex, PoisonError};

pub use array::Array;
pub use veilkit::ckks::{
    ArrayTransform, Complex, Context, Description, EncryptedArray, EvaluationKeys, KeyId, KeyRequest,
    MatrixProduct, Params, PlainArray, Polynomial, PrivateArray, PublicKey, ReleaseBudget, ReleasePolicy,
    ReleasedArray, SecretKey, Security,
};
use veilkit::{Error, ErrorKind, Result, codec::Decode, progress::Observer, shape::Shape};

use crate::random::OsRandom;

mod array;

/// Contexts in use: the tables of the largest take 100 ms and some MB, and all objects of the same parameters share them.
const CONTEXTS: usize = 8;

/// The context of these parameters, made once for objects that come one by one.
///
/// # Errors
/// As [`Context::new`].
pub fn context(params: &Params) -> Result<Context> {
    static MADE: Mutex<Vec<Context>> = Mutex::new(Vec::new());
    let lock = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(context) = lock().iter().find(|context| context.params() == params) {
        return Ok(context.clone());
    }
    let context = Context::new(params)?;
    let mut made = lock();
    if made.len() == CONTEXTS {
        made.remove(0);
    }
    made.push(context.clone());
    Ok(context)
}

/// Parameters from the sizes of all moduli, of which the last `key_moduli` are those for switching keys.
///
/// # Errors
/// `InvalidParams`.
pub fn params(
    degree: usize,
    moduli_bits: &[u32],
    key_moduli: usize,
    scale_bits: u32,
    digits: Option<usize>,
    security: &str,
) -> Result<Params> {
    const KEY_MODULI: Error =
        Error::new(ErrorKind::InvalidParams, "key_moduli: at least one, and fewer than there are moduli");
    const SECURITY: Error = Error::new(
        ErrorKind::InvalidParams,
        "security: classical-128, quantum-128, classical-192 or classical-256",
    );
    let split = moduli_bits.len().checked_sub(key_moduli).filter(|split| *split > 0 && key_moduli > 0);
    let (moduli, special) = moduli_bits.split_at(split.ok_or(KEY_MODULI)?);
    let security = Security::ALL.into_iter().find(|level| name(*level) == security).ok_or(SECURITY)?;
    let params = Params::new(degree, moduli, special, scale_bits)?.with_security(security)?;
    match digits {
        None => Ok(params),
        Some(digits) => params.with_digits(digits),
    }
}

/// The name of a security level.
pub fn name(security: Security) -> &'static str {
    match security {
        Security::Classical128 => "classical-128",
        Security::Quantum128 => "quantum-128",
        Security::Classical192 => "classical-192",
        Security::Classical256 => "classical-256",
        _ => "unknown",
    }
}

/// What is asked for beside the secret and the public key.
pub struct Wanted<'a> {
    /// The powers of two, which make every other rotation.
    pub powers_of_two: bool,
    /// These rotations.
    pub rotations: &'a [i64],
    /// For products.
    pub relinearization: bool,
    /// For complex conjugates.
    pub conjugation: bool,
}

impl Wanted<'_> {
    /// As the core takes it.
    pub fn request(&self) -> KeyRequest {
        let request = KeyRequest::new().rotations(self.rotations);
        let request = if self.powers_of_two { request.powers_of_two() } else { request };
        let request = if self.relinearization { request.relinearization() } else { request };
        if self.conjugation { request.conjugation() } else { request }
    }
}

/// A secret key, the public key and the evaluation keys of it.
///
/// # Errors
/// As [`EvaluationKeys::generate`].
pub fn generate(
    params: &Params,
    wanted: &Wanted<'_>,
    rng: &mut OsRandom,
    observer: &mut dyn Observer,
) -> Result<(SecretKey, PublicKey, EvaluationKeys)> {
    let secret = SecretKey::generate(&context(params)?, rng);
    let public = secret.public_key(rng);
    let keys = EvaluationKeys::generate(&secret, &wanted.request(), rng, observer)?;
    Ok((secret, public, keys))
}

/// Reads an object with its own parameters.
///
/// # Errors
/// `InvalidEncoding`, `UnsupportedVersion`, `TrailingBytes`; `ParamsMismatch` for a header of other parameters.
pub fn read<T: for<'a> Decode<&'a Context>>(bytes: &[u8]) -> Result<T> {
    T::from_bytes(bytes, &context(&Params::of_encoding(bytes)?)?)
}

/// Real numbers, within a public bound or with that of the largest.
///
/// # Errors
/// As [`PlainArray::real_within`].
pub fn real(extents: &[usize], values: &[f64], bound: Option<f64>) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        Some(bound) => PlainArray::real_within(&shape, values, bound),
        None => PlainArray::real(&shape, values),
    }
}

/// Complex numbers, within a public bound or with that of the largest.
///
/// # Errors
/// As [`PlainArray::complex_within`].
pub fn complex(extents: &[usize], values: &[Complex], bound: Option<f64>) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        Some(bound) => PlainArray::complex_within(&shape, values, bound),
        None => PlainArray::complex(&shape, values),
    }
}

/// A known matrix for encrypted vectors of this level, or of the top one.
///
/// # Errors
/// As [`ArrayTransform::new`].
pub fn transform(
    params: &Params,
    matrix: &PlainArray,
    level: Option<usize>,
    observer: &mut dyn Observer,
) -> Result<ArrayTransform> {
    ArrayTransform::new(&context(params)?, matrix, level.unwrap_or(params.depth()), observer)
}

/// Products of encrypted matrices of one dimension, of this level or of the top one.
///
/// # Errors
/// As [`MatrixProduct::new`].
pub fn matrix_product(
    params: &Params,
    dimension: usize,
    level: Option<usize>,
    observer: &mut dyn Observer,
) -> Result<MatrixProduct> {
    MatrixProduct::new(&context(params)?, dimension, level.unwrap_or(params.depth()), observer)
}

/// By how much numbers of at most 1 can be off that are released from fresh ciphertexts, `slots` from each: see
/// [`Params::release_error`].
///
/// # Errors
/// As [`ReleasePolicy::new`] and [`Params::release_error`].
pub fn release_error(
    params: &Params,
    releases: u32,
    statistical_bits: u32,
    slots: usize,
    multiplications: usize,
) -> Result<f64> {
    params.release_error(&ReleasePolicy::new(statistical_bits, releases)?, slots, multiplications)
}

/// The polynomial with these coefficients, the constant first: of powers, or of Chebyshev polynomials on an interval.
///
/// # Errors
/// As [`Polynomial::monomial`] and [`Polynomial::chebyshev`].
pub fn polynomial(coefficients: &[f64], interval: Option<(f64, f64)>) -> Result<Polynomial> {
    match interval {
        None => Polynomial::monomial(coefficients),
        Some((from, to)) => Polynomial::chebyshev(coefficients, from, to),
    }
}
