//! Paillier with the system's randomness: which key encrypts, which operand a number is, what a decryption gives.
pub use veilkit::paillier::{
    EncryptedArray, EqualityProof, Keypair, PackedArray, Params, ParamsSpec, Pick, PlainArray, ProductProof,
    ProvenProductArray, ProvenPublicKey, PublicKey, Range, SecretKey, Submission, UnprovenPublicKey,
};
use veilkit::{
    Error, ErrorKind, Result,
    codec::{Decode, Encode, HEADER_LEN, Reader, Writer},
    paillier::{KeyId, Magnitude, RandomizerPool},
    progress::Observer,
    shape::Shape,
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

/// The key that encrypts: both give the same, the secret key faster.
#[derive(Clone, Copy)]
pub enum Encryptor<'a> {
    /// For everybody.
    Public(&'a PublicKey),
    /// For the key holder.
    Secret(&'a SecretKey),
}

impl Encryptor<'_> {
    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        match self {
            Self::Public(key) => key,
            Self::Secret(key) => key.public_key(),
        }
    }

    /// As [`EncryptedArray::encrypt`].
    ///
    /// # Errors
    /// As there.
    pub fn encrypt(
        &self,
        values: &PlainArray,
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<EncryptedArray> {
        match self {
            Self::Public(key) => EncryptedArray::encrypt(*key, values, rng, observer),
            Self::Secret(key) => EncryptedArray::encrypt(*key, values, rng, observer),
        }
    }

    /// As [`PackedArray::encrypt`].
    ///
    /// # Errors
    /// As there.
    pub fn encrypt_packed(
        &self,
        values: &PlainArray,
        headroom_bits: u32,
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<PackedArray> {
        match self {
            Self::Public(key) => PackedArray::encrypt(*key, values, headroom_bits, rng, observer),
            Self::Secret(key) => PackedArray::encrypt(*key, values, headroom_bits, rng, observer),
        }
    }
}

/// A fresh key.
///
/// # Errors
/// `InvalidParams`; those of [`Keypair::generate`].
pub fn generate(spec: ParamsSpec, rng: &mut OsRandom) -> Result<SecretKey> {
    Ok(Keypair::generate(Params::new(spec)?, rng)?.into_parts().1)
}

/// Reads a public key and checks its proof.
///
/// # Errors
/// As for [`ProvenPublicKey`]; `InvalidEncoding`, in words of its own, for a key without a proof.
pub fn read_proven(bytes: &[u8]) -> Result<ProvenPublicKey> {
    const UNPROVEN: Error =
        Error::new(ErrorKind::InvalidEncoding, "public key: has no proof; read it as an UnprovenPublicKey");
    ProvenPublicKey::from_bytes(bytes, ())
        .map_err(|error| if UnprovenPublicKey::from_bytes(bytes, ()).is_ok() { UNPROVEN } else { error })
}

/// The ends of a range.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// For integers.
    Integers(i64, i64),
    /// For fixed-point numbers.
    Reals(f64, f64),
}

impl Ends {
    /// # Errors
    /// As [`Range::integers`] and [`Range::fixed_point`].
    pub fn range(self, params: &Params) -> Result<Range> {
        match self {
            Self::Integers(low, high) => Range::integers(low, high),
            Self::Reals(low, high) => Range::fixed_point(params, low, high),
        }
    }
}

/// Fixed-point numbers, within a public bound if one is declared.
///
/// # Errors
/// As [`PlainArray::fixed_point`] and [`PlainArray::fixed_point_within`].
pub fn fixed_point(
    params: &Params,
    extents: &[usize],
    values: &[f64],
    bound: Option<f64>,
) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        None => PlainArray::fixed_point(params, &shape, values),
        Some(bound) => PlainArray::fixed_point_within(params, &shape, values, bound),
    }
}

/// Integers, within a public bound if one is declared.
///
/// # Errors
/// As [`PlainArray::integers`] and [`PlainArray::integers_within`].
pub fn integers(
    params: &Params,
    extents: &[usize],
    values: &[i64],
    bound: Option<u64>,
) -> Result<PlainArray> {
    let shape = Shape::new(extents)?;
    match bound {
        None => PlainArray::integers(params, &shape, values),
        Some(bound) => PlainArray::integers_within(params, &shape, values, bound),
    }
}

/// What a decryption gives.
pub enum Numbers {
    /// Of fixed-point numbers.
    Floats(Zeroizing<Vec<f64>>),
    /// Of integers.
    Integers(Zeroizing<Vec<i128>>),
}

/// Floats for fixed point, integers at scale 0.
///
/// # Errors
/// As [`EncryptedArray::decrypt`] and [`EncryptedArray::decrypt_integers`].
pub fn decrypt(array: &EncryptedArray, key: &SecretKey, observer: &mut dyn Observer) -> Result<Numbers> {
    match array.scale() {
        0 => array.decrypt_integers(key, observer).map(Numbers::Integers),
        _ => array.decrypt(key, observer).map(Numbers::Floats),
    }
}

/// As [`decrypt`], of a packed array.
///
/// # Errors
/// As [`PackedArray::decrypt`] and [`PackedArray::decrypt_integers`].
pub fn decrypt_packed(array: &PackedArray, key: &SecretKey, observer: &mut dyn Observer) -> Result<Numbers> {
    match array.scale() {
        0 => array.decrypt_integers(key, observer).map(Numbers::Integers),
        _ => array.decrypt(key, observer).map(Numbers::Floats),
    }
}

/// The largest integer that surely is within the public bound of a packed array: what integers to add are held to.
pub fn integer_limit(array: &PackedArray) -> u64 {
    let (mantissa, exponent) = array.bound().parts();
    let widest = match exponent.checked_sub(array.scale()) {
        Some(up) if up > 0 => u64::MAX,
        Some(_) => mantissa,
        None => mantissa.checked_shr(array.scale() - exponent).unwrap_or(0),
    };
    let full = 1_u64 << (array.public_key().params().value_bits() - 1).min(63);
    widest.min(full)
}

/// The same for floats.
pub fn real_limit(array: &PackedArray) -> f64 {
    let params = array.public_key().params();
    let (mantissa, exponent) = array.bound().parts();
    #[allow(clippy::cast_precision_loss)] // a limit may be off by one part in 2^53
    let limit = mantissa as f64 * power_of_two(i64::from(exponent) - i64::from(array.scale()));
    limit.min(power_of_two(i64::from(params.value_bits()) - 1 - i64::from(params.fraction_bits())))
}

/// Encodes plain numbers to add to a packed array, given its parameters and limits for integers and for floats: they must lie
/// within the bound of the array, which is public and leaves them room.
///
/// # Errors
/// Those of `encode`.
pub fn within_packed(
    array: &PackedArray,
    encode: impl FnOnce(&Params, u64, f64) -> Result<PlainArray>,
) -> Result<PlainArray> {
    encode(array.public_key().params(), integer_limit(array), real_limit(array))
}

/// 2^`exponent`, infinity or 0 beyond the range of floats.
fn power_of_two(exponent: i64) -> f64 {
    2_f64.powi(i32::try_from(exponent.clamp(-2000, 2000)).expect("clamped"))
}

/// The ciphertexts of an array, each as little-endian bytes of [`Params::ciphertext_bytes`].
///
/// # Errors
/// `Cancelled`: what was computed is rerandomized first.
pub fn ciphertexts(
    array: &EncryptedArray,
    rng: &mut OsRandom,
    observer: &mut dyn Observer,
) -> Result<Vec<u8>> {
    let fresh = match array.is_derived() {
        true => &array.rerandomize(rng, observer)?,
        false => array,
    };
    let key = array.public_key();
    let mut out = Writer::with_capacity(fresh.ciphertexts().len() * key.params().ciphertext_bytes());
    key.write_ciphertexts(fresh.ciphertexts(), &mut out)?;
    Ok(out.into_bytes().to_vec())
}

/// The array of what other software encrypted under `key`: [`ciphertexts`] in the other direction.
///
/// # Errors
/// `InvalidEncoding` for a ciphertext that is none; `ShapeMismatch`; `OutOfRange` for the bound.
pub fn from_ciphertexts(key: &PublicKey, bytes: &[u8], like: &PlainArray) -> Result<EncryptedArray> {
    let mut body = Reader::new(bytes);
    let list = key.read_ciphertexts(&mut body, like.shape().len())?;
    body.finish()?;
    EncryptedArray::from_ciphertexts(key, like.shape(), list, like.scale(), like.bound())
}

/// The array of numbers times `2^scale` that other software encrypted under `key`, along one axis; each number is within the
/// bound.
///
/// # Errors
/// `InvalidEncoding` for a ciphertext that is none; `HeadroomExhausted` for a bound that does not fit the key.
pub fn from_scaled_ciphertexts(
    key: &PublicKey,
    bytes: &[u8],
    scale: u32,
    bound: u64,
) -> Result<EncryptedArray> {
    let count = bytes.len() / key.params().ciphertext_bytes();
    let mut body = Reader::new(bytes);
    let list = key.read_ciphertexts(&mut body, count)?;
    body.finish()?;
    let bound = Magnitude::new(bound.into()).times_pow2(scale)?;
    EncryptedArray::from_ciphertexts(key, &Shape::new(&[count])?, list, scale, bound)
}

/// The two primes of a secret key, little-endian, for exchange with other software.
///
/// # Errors
/// None: each key holds two.
pub fn factors(key: &SecretKey) -> Result<[Zeroizing<Vec<u8>>; 2]> {
    let half = key.public_key().params().modulus_bytes() / 2;
    let bytes = key.to_bytes();
    // The layout of the body: four bytes of parameters, p, q.
    let mut body = Reader::new(&bytes[HEADER_LEN + 4..]);
    let mut prime = || body.bytes(half, "secret key: prime").map(|prime| Zeroizing::new(prime.to_vec()));
    Ok([prime()?, prime()?])
}

/// Randomizers made ahead of time, each used once. They belong to the process that made them.
pub struct Pool {
    process: u32,
    key: KeyId,
    inner: RandomizerPool,
}

impl Pool {
    /// An empty pool.
    pub fn new(key: &PublicKey) -> Self {
        Self { process: std::process::id(), key: key.id(), inner: RandomizerPool::new(key) }
    }

    /// Adds `count` randomizers.
    ///
    /// # Errors
    /// As [`RandomizerPool::fill`]; `Cancelled` leaves the pool as it was.
    pub fn fill(
        &mut self,
        key: Encryptor<'_>,
        count: usize,
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        if self.process != std::process::id() && self.key == key.public_key().id() {
            *self = Self::new(key.public_key());
        }
        match key {
            Encryptor::Public(key) => self.inner.fill(key, count, rng, observer),
            Encryptor::Secret(key) => self.inner.fill(key, count, rng, observer),
        }
    }

    /// As [`EncryptedArray::encrypt_with_pool`].
    ///
    /// # Errors
    /// As there; `OutOfRange` in a fork, where the parent has the same randomizers.
    pub fn encrypt(&mut self, key: &PublicKey, values: &PlainArray) -> Result<EncryptedArray> {
        if self.key != key.id() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "pool: made for another key"));
        }
        match self.len() {
            0 if self.process != std::process::id() => {
                Err(Error::new(ErrorKind::OutOfRange, "pool: filled before a fork; fill it again"))
            }
            _ => EncryptedArray::encrypt_with_pool(key, values, &mut self.inner),
        }
    }

    /// The number of randomizers left; none in a fork of the process that made them.
    pub fn len(&self) -> usize {
        if self.process == std::process::id() { self.inner.len() } else { 0 }
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
