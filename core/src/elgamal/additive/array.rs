//! Encrypted arrays of any shape, with numpy's rules for broadcasting.
use core::fmt;
use core::ops::ControlFlow;
use std::borrow::Cow;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::ciphertext::{Ciphertext, Randomizer};
use super::discrete_log::blocks_to_each_side;
use super::keys::{PublicKey, SecretKey};
use super::plain::PlainArray;
use crate::error::{Error, ErrorKind, Result};
use crate::magnitude::{Format, Magnitude};
use crate::progress::{Observer, try_map, try_map_in_steps};
use crate::shape::{ArrayKey, Shape};

mod bytes;
mod format;
mod opening;
mod ops;
mod products;
#[cfg(test)]
mod tests;

pub(super) use format::ArrayFormat;
pub use opening::Opening;

/// Encrypted numbers under one key: each element its own ciphertext, one public scale and one public bound for all.
///
/// Shape, scale and bound are public and never depend on the values. An operation whose result could exceed the decode
/// bound of the key's parameters fails with `HeadroomExhausted` before it computes anything, so decryption never has to search
/// where it does not look.
///
/// # Security
/// Whoever holds the secret key may read every element. An array that was computed from others tells how it was
/// computed until it is rerandomized: [`to_bytes_for_sending`](crate::shape::EncryptedArray::to_bytes_for_sending) does that.
pub type EncryptedArray = crate::shape::EncryptedArray<PublicKey>;

impl ArrayKey for PublicKey {
    type Ciphertext = Ciphertext;
    type Format = ArrayFormat;

    fn is_same(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    fn joined(&self, a: ArrayFormat, b: ArrayFormat) -> Result<ArrayFormat> {
        a.join(b)?.within(self.params())
    }

    fn convert<'a>(
        &self,
        list: &'a [Ciphertext],
        from: ArrayFormat,
        to: ArrayFormat,
        observer: &mut dyn Observer,
    ) -> Result<Cow<'a, [Ciphertext]>> {
        match from.factor_to(to)? {
            1 => Ok(Cow::Borrowed(list)),
            factor => try_map(list, observer, |ciphertext| self.mul_plain_vartime(ciphertext, factor))
                .map(Cow::Owned),
        }
    }

    fn rerandomized(
        &self,
        list: &[Ciphertext],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Ciphertext>> {
        let items: Vec<(&Ciphertext, Randomizer)> =
            list.iter().map(|ciphertext| (ciphertext, Randomizer::random(rng))).collect();
        try_map(&items, observer, |(ciphertext, randomizer)| self.rerandomize_with(ciphertext, randomizer))
    }
}

/// Elements decrypted between two questions to the observer, where each takes milliseconds at most.
const DECRYPTED_AT_ONCE: usize = 8;

impl EncryptedArray {
    /// Encrypts numbers.
    ///
    /// # Errors
    /// `HeadroomExhausted` if the bound does not fit the key; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with their number and their bound.
    pub fn encrypt(
        key: &PublicKey,
        values: &PlainArray,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let format = ArrayFormat::from(values.format()).within(key.params())?;
        let bits = format.bound().ceil_log2();
        let items: Vec<(&i64, Randomizer)> =
            values.values().iter().map(|value| (value, Randomizer::random(rng))).collect();
        let ciphertexts = try_map(&items, observer, |(value, randomizer)| {
            Ok(key.encrypt_unchecked(**value, bits, randomizer))
        })?;
        Ok(Self { key: key.clone(), shape: values.shape().clone(), ciphertexts, format, derived: false })
    }

    /// The array of ciphertexts that other software made under `key`.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many as the shape says; `ParamsMismatch` for ciphertexts of another key;
    /// `HeadroomExhausted` if the bound does not fit the key.
    /// # Security
    /// Scale and bound are the caller's word. Decryption refuses what is not within the bound that follows from it.
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
        key.check_ciphertexts(&ciphertexts)?;
        let format = ArrayFormat::from(Format { scale, bound }).within(key.params())?;
        Ok(Self { key: key.clone(), shape: shape.clone(), ciphertexts, format, derived: true })
    }

    /// The numbers, row-major, each the `f64` that is closest to the exact result.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `OutOfRange` if any element is beyond the public bound, after bounded work;
    /// `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the key. **Varies with the values**, see [`DiscreteLog`](super::DiscreteLog).
    pub fn decrypt(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<f64>>> {
        Ok(self.numbers(&self.decrypt_all(key, observer)?))
    }

    /// What the encrypted integers stand for: for those who decrypt them together.
    pub fn numbers(&self, integers: &[i64]) -> Zeroizing<Vec<f64>> {
        Zeroizing::new(integers.iter().map(|integer| self.format.number(*integer)).collect())
    }

    /// The integers, row-major, of an [array of integers](Self::holds_integers).
    ///
    /// # Errors
    /// `ParamsMismatch` for another key, or for an array of other numbers; `OutOfRange` if any element is beyond the
    /// public bound, after bounded work; `Cancelled` when the observer stops the work.
    /// # Timing
    /// As [`EncryptedArray::decrypt`].
    pub fn decrypt_integers(
        &self,
        key: &SecretKey,
        observer: &mut dyn Observer,
    ) -> Result<Zeroizing<Vec<i64>>> {
        self.check_integers()?;
        self.decrypt_all(key, observer)
    }

    /// Bits after the binary point: 0 for integers.
    pub fn scale(&self) -> u32 {
        self.format.scale()
    }

    /// What else the integers are divided by: 1, unless means were taken.
    pub fn divisor(&self) -> u64 {
        self.format.divisor()
    }

    /// Whether the numbers are integers: scale 0, divisor 1.
    pub fn holds_integers(&self) -> bool {
        self.format.is_whole()
    }

    /// The public bound on the encrypted integers, which are the numbers times `2^scale` and times the divisor.
    pub fn bound(&self) -> Magnitude {
        self.format.bound()
    }

    /// How many times the bound can still double.
    pub fn headroom_bits(&self) -> u32 {
        self.key.params().decode_bits().saturating_sub(self.format.bound().ceil_log2())
    }

    /// Refuses arrays of other numbers than integers.
    pub(crate) fn check_integers(&self) -> Result<()> {
        match self.holds_integers() {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::ParamsMismatch,
                "array: fixed-point numbers or means, not integers",
            )),
        }
    }

    fn decrypt_all(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<i64>>> {
        self.check_key(key.public_key())?;
        let bound = self.format.bound().to_u128().and_then(|bound| u64::try_from(bound).ok());
        let bound = bound.expect("arrays are within the decode bound");
        let blocks = 2 * blocks_to_each_side(bound) + 1;
        let values = match blocks {
            1 => try_map_in_steps(&self.ciphertexts, DECRYPTED_AT_ONCE, observer, |ciphertext| {
                key.decrypt_within(ciphertext, bound, &mut ())
            })?,
            _ => {
                let total = blocks * self.ciphertexts.len();
                let one = |(number, ciphertext): (usize, &Ciphertext)| {
                    let mut within = |done: usize, _: usize| -> ControlFlow<()> {
                        observer.advance(number * blocks + done, total)
                    };
                    key.decrypt_within(ciphertext, bound, &mut within)
                };
                self.ciphertexts.iter().enumerate().map(one).collect::<Result<_>>()?
            }
        };
        Ok(Zeroizing::new(values))
    }
}

impl fmt::Debug for EncryptedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::additive::EncryptedArray")
            .field("shape", &self.shape.extents())
            .field("scale", &self.scale())
            .field("divisor", &self.divisor())
            .field("bound", &self.bound())
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
