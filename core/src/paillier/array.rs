//! Encrypted arrays of any shape, with numpy's rules for broadcasting.
use core::fmt;
use std::borrow::Cow;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::batch;
use super::ciphertext::Ciphertext;
use super::encoder;
use super::encrypt::EncryptionKey;
use super::format::Format;
use super::keys::{PublicKey, SecretKey};
use super::magnitude::Magnitude;
use super::plain::PlainArray;
use super::plaintext::Plaintext;
use super::pool::RandomizerPool;
use super::signed::{self, SignedInteger};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::shape::{ArrayKey, Shape};

mod bytes;
mod ops;
mod products;
mod proofs;
#[cfg(test)]
mod tests;

pub use proofs::ProvenProductArray;

/// Encrypted numbers under one key: each element its own ciphertext, one public scale and one public bound for all.
///
/// Shape, scale and bound are public and never depend on the values. An operation whose result could exceed the
/// plaintext space fails with `HeadroomExhausted` before it computes anything; so decryption never meets a number
/// that wrapped around.
///
/// # Security
/// Whoever holds the secret key may read every element. An array that was computed from others tells how it was
/// computed until it is rerandomized: [`to_bytes_for_sending`](crate::shape::EncryptedArray::to_bytes_for_sending) does that.
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// # use rand_chacha::rand_core::SeedableRng;
/// # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
/// use veilkit::paillier::{EncryptedArray, Keypair, Params, ParamsSpec, PlainArray};
/// use veilkit::shape::Shape;
///
/// let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
/// let (public, secret) = Keypair::generate(params, rng)?.into_parts();
///
/// // The hospital encrypts two readings, of which everybody may know that they are at most 300.
/// let row = Shape::new(&[2])?;
/// let readings = PlainArray::fixed_point_within(&params, &row, &[120.5, 131.0], 300.0)?;
/// let encrypted = EncryptedArray::encrypt(&public, &readings, rng, &mut ())?;
///
/// // Somebody else computes 2 x + 1.5 without reading x, and sends the bytes back.
/// let two = PlainArray::integers_within(&params, &Shape::default(), &[2], 2)?;
/// let offset = PlainArray::fixed_point(&params, &Shape::default(), &[1.5])?;
/// let result = encrypted.mul_plain(&two, &mut ())?.add_plain(&offset, &mut ())?;
/// let bytes = result.to_bytes_for_sending(rng, &mut ())?;
///
/// let received = EncryptedArray::from_bytes(&bytes, &public)?;
/// assert_eq!(*received.decrypt(&secret, &mut ())?, [242.5, 263.5]);
/// # Ok(())
/// # }
/// ```
pub type EncryptedArray = crate::shape::EncryptedArray<PublicKey>;

impl ArrayKey for PublicKey {
    type Ciphertext = Ciphertext;
    type Format = Format;

    fn is_same(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    fn joined(&self, a: Format, b: Format) -> Result<Format> {
        a.join(b)?.within(self.params())
    }

    fn convert<'a>(
        &self,
        list: &'a [Ciphertext],
        from: Format,
        to: Format,
        observer: &mut dyn Observer,
    ) -> Result<Cow<'a, [Ciphertext]>> {
        batch::raise(self, list, to.scale - from.scale, observer)
    }

    fn rerandomized(
        &self,
        list: &[Ciphertext],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Ciphertext>> {
        self.rerandomize_many(list, rng, observer)
    }
}

impl EncryptedArray {
    /// Encrypts numbers with the public key, or with the secret key, which is faster and gives the same.
    ///
    /// # Errors
    /// `HeadroomExhausted` if the bound does not fit the key; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn encrypt(
        key: &impl EncryptionKey,
        values: &PlainArray,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let public = key.public_key();
        let format = values.format().within(public.params())?;
        let ciphertexts = key.encrypt_many(&values.plaintexts(public), rng, observer)?;
        Ok(Self { key: public.clone(), shape: values.shape().clone(), ciphertexts, format, derived: false })
    }

    /// Encrypts numbers with randomizers made before, one for each element; they are used up.
    ///
    /// # Errors
    /// `OutOfRange` if the pool holds too few, and then none is used up; `ParamsMismatch` for another key's pool;
    /// `HeadroomExhausted` if the bound does not fit the key.
    /// # Timing
    /// As [`EncryptedArray::encrypt`].
    pub fn encrypt_with_pool(
        key: &PublicKey,
        values: &PlainArray,
        pool: &mut RandomizerPool,
    ) -> Result<Self> {
        const EMPTY: Error = Error::new(ErrorKind::OutOfRange, "pool: fewer randomizers than elements");
        let format = values.format().within(key.params())?;
        let plaintexts = values.plaintexts(key);
        if pool.len() < plaintexts.len() {
            return Err(EMPTY);
        }
        let encrypt = |plaintext| key.encrypt_with(plaintext, pool.take().ok_or(EMPTY)?);
        let ciphertexts = plaintexts.iter().map(encrypt).collect::<Result<_>>()?;
        Ok(Self { key: key.clone(), shape: values.shape().clone(), ciphertexts, format, derived: false })
    }

    /// The array of ciphertexts that other software made under `key`.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many as the shape says; `ParamsMismatch` for ciphertexts of another key;
    /// `HeadroomExhausted` if the bound does not fit the key.
    /// # Security
    /// Scale and bound are the caller's word: `|m| <= bound` for each encrypted integer m. Decryption refuses what is not
    /// within the bound that follows from it.
    pub fn from_ciphertexts(
        key: &PublicKey,
        shape: &Shape,
        ciphertexts: Vec<Ciphertext>,
        scale: u32,
        bound: Magnitude,
    ) -> Result<Self> {
        if shape.len() != ciphertexts.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "ciphertexts: not as many as the shape says"));
        }
        if ciphertexts.iter().any(|ciphertext| ciphertext.key() != key.id()) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ciphertexts: made under another key"));
        }
        let format = Format { scale, bound }.within(key.params())?;
        Ok(Self { key: key.clone(), shape: shape.clone(), ciphertexts, format, derived: true })
    }

    /// The numbers, row-major, each the `f64` that is closest to the exact result.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `DecryptionFailed` if any element is not what its public bound says;
    /// `OutOfRange` if any is too large for `f64`; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with shape and scale.
    pub fn decrypt(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<f64>>> {
        self.check_key(key.public_key())?;
        self.decode(&key.decrypt_many(&self.ciphertexts, observer)?)
    }

    /// The integers, row-major, of an array at scale 0.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key, or for an array of fixed-point numbers; `DecryptionFailed` if any element
    /// is not what its public bound says; `OutOfRange` if any does not fit; `Cancelled` when the observer stops
    /// the work.
    /// # Timing
    /// Constant in the values; varies with the shape.
    pub fn decrypt_integers(
        &self,
        key: &SecretKey,
        observer: &mut dyn Observer,
    ) -> Result<Zeroizing<Vec<i128>>> {
        self.check_key(key.public_key())?;
        self.check_integers()?;
        self.decode_integers(&key.decrypt_many(&self.ciphertexts, observer)?)
    }

    /// Bits after the binary point: 0 for integers.
    pub fn scale(&self) -> u32 {
        self.format.scale
    }

    /// The public bound on the encrypted integers, which are the numbers times `2^scale`.
    pub fn bound(&self) -> Magnitude {
        self.format.bound
    }

    /// How many times the bound can still double.
    pub fn headroom_bits(&self) -> u32 {
        (self.key.params().modulus_bits() - 2).saturating_sub(self.format.bound.bits())
    }

    /// Refuses fixed-point numbers.
    pub(super) fn check_integers(&self) -> Result<()> {
        match self.format.scale {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::ParamsMismatch, "array: fixed-point numbers, not integers")),
        }
    }

    /// The numbers in the plaintexts of all elements.
    pub(super) fn decode(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<f64>>> {
        let integers = self.signed(plaintexts)?;
        let integers = integers.iter().map(|(negative, limbs)| (*negative, &limbs[..]));
        encoder::decode_f64(integers, self.format.scale)
    }

    /// The integers in the plaintexts of all elements.
    pub(super) fn decode_integers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<i128>>> {
        let integers = self.signed(plaintexts)?;
        encoder::decode_i128(integers.iter().map(|(negative, limbs)| (*negative, &limbs[..])))
    }

    /// The integers as sign and magnitude, all checked against the bound.
    fn signed(&self, plaintexts: &[Plaintext]) -> Result<Vec<SignedInteger>> {
        let integers = plaintexts.iter().map(|plaintext| plaintext.to_sign_magnitude(&self.key));
        signed::within(integers, self.format.bound)
    }
}

impl fmt::Debug for EncryptedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedArray")
            .field("shape", &self.shape.extents())
            .field("scale", &self.format.scale)
            .field("bound", &self.format.bound)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
