//! Encrypted arrays of any shape, with numpy's rules for broadcasting.
use core::fmt;
use core::ops::ControlFlow;

use rand_core::CryptoRng;
use subtle::Choice;
use zeroize::Zeroizing;

use super::ciphertext::{Ciphertext, Randomizer};
use super::discrete_log::blocks_to_each_side;
use super::keys::{PublicKey, SecretKey};
use super::params::Params;
use super::plain::PlainArray;
use crate::error::{Error, ErrorKind, Result};
use crate::fixed_point;
use crate::magnitude::{Format, Magnitude};
use crate::progress::{Observer, try_map, try_map_in_steps};
use crate::shape::Shape;

mod bytes;
mod layout;
mod ops;
mod products;
#[cfg(test)]
mod tests;

/// Encrypted numbers under one key: each element its own ciphertext, one public scale and one public bound for all.
///
/// Shape, scale and bound are public and never depend on the values. An operation whose result could exceed the decode
/// bound of the key's parameters fails with `HeadroomExhausted` before it computes anything, so decryption never has to search
/// where it does not look.
///
/// # Security
/// Whoever holds the secret key may read every element. An array that was computed from others tells how it was
/// computed until it is rerandomized: [`EncryptedArray::to_bytes_for_sending`] does that.
#[derive(Clone)]
pub struct EncryptedArray {
    key: PublicKey,
    shape: Shape,
    ciphertexts: Vec<Ciphertext>,
    format: Format,
    /// Whether the ciphertexts tell how they were computed, or which elements were taken.
    derived: bool,
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
        let format = decodable(values.format(), key.params())?;
        let bits = format.bound.ceil_log2();
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
        let format = decodable(Format { scale, bound }, key.params())?;
        Ok(Self { key: key.clone(), shape: shape.clone(), ciphertexts, format, derived: true })
    }

    /// The numbers, row-major.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `OutOfRange` if any element is beyond the public bound, after bounded work;
    /// `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the key. **Varies with the values**, see [`DiscreteLog`](super::DiscreteLog).
    pub fn decrypt(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<f64>>> {
        let integers = self.decrypt_all(key, observer)?;
        let magnitudes =
            Zeroizing::new(integers.iter().map(|value| [value.unsigned_abs()]).collect::<Vec<_>>());
        let signs = integers.iter().map(|value| Choice::from(u8::from(*value < 0)));
        fixed_point::decode_f64(signs.zip(magnitudes.iter().map(|limbs| &limbs[..])), self.format.scale)
    }

    /// The integers, row-major, of an array at scale 0.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key, or for an array of fixed-point numbers; `OutOfRange` if any element is beyond the
    /// public bound, after bounded work; `Cancelled` when the observer stops the work.
    /// # Timing
    /// As [`EncryptedArray::decrypt`].
    pub fn decrypt_integers(
        &self,
        key: &SecretKey,
        observer: &mut dyn Observer,
    ) -> Result<Zeroizing<Vec<i64>>> {
        if self.format.scale != 0 {
            return Err(Error::new(ErrorKind::ParamsMismatch, "array: fixed-point numbers, not integers"));
        }
        self.decrypt_all(key, observer)
    }

    /// The same numbers under fresh randomness: the result cannot be linked to what it was computed from.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn rerandomize(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Self> {
        let items: Vec<(&Ciphertext, Randomizer)> =
            self.ciphertexts.iter().map(|ciphertext| (ciphertext, Randomizer::random(rng))).collect();
        let ciphertexts = try_map(&items, observer, |(ciphertext, randomizer)| {
            self.key.rerandomize_with(ciphertext, randomizer)
        })?;
        Ok(Self { ciphertexts, derived: false, ..self.without_elements() })
    }

    /// The key that it is encrypted under.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The ciphertexts, row-major.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
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
        self.key.params().decode_bits().saturating_sub(self.format.bound.ceil_log2())
    }

    /// Whether it was computed from others and not yet rerandomized.
    pub fn is_derived(&self) -> bool {
        self.derived
    }

    fn decrypt_all(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<i64>>> {
        self.check_key(key.public_key())?;
        let bound = self.format.bound.to_u128().and_then(|bound| u64::try_from(bound).ok());
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

    fn without_elements(&self) -> Self {
        Self {
            key: self.key.clone(),
            shape: self.shape.clone(),
            ciphertexts: Vec::new(),
            format: self.format,
            derived: self.derived,
        }
    }
}

/// Refuses what decryption might not find.
///
/// # Errors
/// `HeadroomExhausted`.
fn decodable(format: Format, params: &Params) -> Result<Format> {
    let fits =
        format.bound <= Magnitude::new(params.decode_bound().into()) && format.scale <= params.decode_bits();
    match fits {
        true => Ok(format),
        false => Err(Error::new(ErrorKind::HeadroomExhausted, "result: could exceed the decode bound")),
    }
}

impl fmt::Debug for EncryptedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::additive::EncryptedArray")
            .field("shape", &self.shape.extents())
            .field("scale", &self.format.scale)
            .field("bound", &self.format.bound)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
