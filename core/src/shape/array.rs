//! Encrypted arrays, whatever the scheme: what is public about them, other arrangements of their elements, and how they leave.
use std::borrow::Cow;

use rand_core::CryptoRng;

use super::selection::{self, Pick};
use super::{MISMATCH, Shape};
use crate::codec::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::unlinked::Unlinked;

/// A public key under which arrays are encrypted: what a scheme adds to [`EncryptedArray`].
pub trait ArrayKey: Clone {
    /// An encrypted element.
    type Ciphertext: Clone;
    /// What is public about the encrypted integers.
    type Format: Copy;

    /// Whether both are the same key.
    fn is_same(&self, other: &Self) -> bool;

    /// What elements of either format can be converted to.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    fn joined(&self, a: Self::Format, b: Self::Format) -> Result<Self::Format>;

    /// The same numbers in a format that is not coarser.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    fn convert<'a>(
        &self,
        list: &'a [Self::Ciphertext],
        from: Self::Format,
        to: Self::Format,
        observer: &mut dyn Observer,
    ) -> Result<Cow<'a, [Self::Ciphertext]>>;

    /// The same numbers under fresh randomness.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    fn rerandomized(
        &self,
        list: &[Self::Ciphertext],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Self::Ciphertext>>;
}

/// Encrypted numbers under one key: each element its own ciphertext, one public format for all.
///
/// The schemes name it for their keys, with what they can compute: [`paillier::EncryptedArray`],
/// [`elgamal::additive::EncryptedArray`].
///
/// [`paillier::EncryptedArray`]: crate::paillier::EncryptedArray
/// [`elgamal::additive::EncryptedArray`]: crate::elgamal::additive::EncryptedArray
#[derive(Clone)]
pub struct EncryptedArray<K: ArrayKey> {
    pub(crate) key: K,
    pub(crate) shape: Shape,
    pub(crate) ciphertexts: Vec<K::Ciphertext>,
    pub(crate) format: K::Format,
    /// Whether the ciphertexts tell how they were computed, or which elements were taken.
    pub(crate) derived: bool,
}

impl<K: ArrayKey> EncryptedArray<K> {
    /// The key that it is encrypted under.
    pub fn public_key(&self) -> &K {
        &self.key
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The ciphertexts, row-major.
    pub fn ciphertexts(&self) -> &[K::Ciphertext] {
        &self.ciphertexts
    }

    /// Whether it was computed from others and not yet rerandomized.
    pub fn is_derived(&self) -> bool {
        self.derived
    }

    /// What was computed from this array and others.
    pub(crate) fn computed(&self, shape: Shape, ciphertexts: Vec<K::Ciphertext>, format: K::Format) -> Self {
        Self { key: self.key.clone(), shape, ciphertexts, format, derived: true }
    }

    /// The ciphertexts in a format that is not coarser.
    pub(crate) fn converted(
        &self,
        format: K::Format,
        observer: &mut dyn Observer,
    ) -> Result<Cow<'_, [K::Ciphertext]>> {
        self.key.convert(&self.ciphertexts, self.format, format, observer)
    }

    pub(crate) fn check_key(&self, key: &K) -> Result<()> {
        match self.key.is_same(key) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key")),
        }
    }
}

/// # Arrangement
///
/// Which elements were taken can be a secret of its own, so all but `reshape` give a derived array.
impl<K: ArrayKey> EncryptedArray<K> {
    /// The same elements, row-major, in another shape.
    ///
    /// # Errors
    /// `ShapeMismatch` unless it has as many elements.
    pub fn reshape(&self, shape: &Shape) -> Result<Self> {
        if shape.len() != self.shape.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "shape: another number of elements"));
        }
        Ok(Self { shape: shape.clone(), ..self.clone() })
    }

    /// The part that one [`Pick`] for each axis leaves; axes beyond the picks stay whole.
    ///
    /// # Errors
    /// `ShapeMismatch` for a position outside of its axis, or more picks than axes.
    pub fn slice(&self, picks: &[Pick]) -> Result<Self> {
        let (shape, indices) = selection::pick(&self.shape, picks)?;
        Ok(self.gather(shape, &indices))
    }

    /// The array with its axes in the given order.
    ///
    /// # Errors
    /// `ShapeMismatch` unless `axes` names each axis once.
    pub fn transpose(&self, axes: &[usize]) -> Result<Self> {
        let (shape, indices) = selection::transpose(&self.shape, axes)?;
        Ok(self.gather(shape, &indices))
    }

    /// The array stretched to a shape, by the rules of broadcasting.
    ///
    /// # Errors
    /// `ShapeMismatch`.
    pub fn broadcast_to(&self, shape: &Shape) -> Result<Self> {
        let indices = self.shape.indices_in(shape)?;
        Ok(self.gather(shape.clone(), &indices))
    }

    /// Arrays joined along an axis that they have. Scales are aligned to the highest.
    ///
    /// # Errors
    /// `ShapeMismatch`; `ParamsMismatch` for different keys; `HeadroomExhausted`; `Cancelled`.
    pub fn concatenate(arrays: &[&Self], axis: usize, observer: &mut dyn Observer) -> Result<Self> {
        let shapes: Vec<&Shape> = arrays.iter().map(|array| &array.shape).collect();
        let (shape, places) = selection::concatenate(&shapes, axis)?;
        let first = arrays.first().ok_or(MISMATCH)?;
        let mut format = first.format;
        for array in arrays {
            first.check_key(&array.key)?;
            format = first.key.joined(format, array.format)?;
        }
        let convert = |array: &&'_ Self| array.converted(format, observer).map(Cow::into_owned);
        let converted = arrays.iter().map(convert).collect::<Result<Vec<_>>>()?;
        let ciphertexts = places.iter().map(|(which, at)| converted[*which][*at].clone()).collect();
        Ok(first.computed(shape, ciphertexts, format))
    }

    /// Arrays of one shape joined along a new axis.
    ///
    /// # Errors
    /// As [`EncryptedArray::concatenate`].
    pub fn stack(arrays: &[&Self], axis: usize, observer: &mut dyn Observer) -> Result<Self> {
        let deeper = |array: &&Self| array.reshape(&selection::insert_axis(&array.shape, axis)?);
        let deeper = arrays.iter().map(deeper).collect::<Result<Vec<_>>>()?;
        Self::concatenate(&deeper.iter().collect::<Vec<_>>(), axis, observer)
    }

    fn gather(&self, shape: Shape, indices: &[usize]) -> Self {
        let ciphertexts = indices.iter().map(|index| self.ciphertexts[*index].clone()).collect();
        self.computed(shape, ciphertexts, self.format)
    }
}

/// # Leaving and arriving
impl<K: ArrayKey> EncryptedArray<K> {
    /// The same numbers under fresh randomness: the result cannot be linked to what it was computed from.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn rerandomize(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Self> {
        let ciphertexts = self.key.rerandomized(&self.ciphertexts, rng, observer)?;
        Ok(Self { derived: false, ..self.computed(self.shape.clone(), ciphertexts, self.format) })
    }

    /// The array as it may leave: rerandomized if it was computed from others, else as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn unlink(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Unlinked<Self>> {
        let array = if self.derived { self.rerandomize(rng, observer)? } else { self.clone() };
        Ok(Unlinked::assume(array))
    }

    /// The encoding, to be sent or stored.
    ///
    /// What was computed from other arrays is rerandomized, so that the bytes do not tell how; what was encrypted here
    /// or came from elsewhere is encoded as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn to_bytes_for_sending(
        &self,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<u8>>
    where
        Unlinked<Self>: Encode,
    {
        self.unlink(rng, observer).map(|array| core::mem::take(&mut *array.to_bytes()))
    }

    /// Reads and checks an encoding of an array under `key`.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `InvalidEncoding`, `UnsupportedVersion`, `TrailingBytes`.
    /// # Timing
    /// Varies with the bytes, which are public.
    /// # Security
    /// Scale and bound are the sender's claims, checked against the limits of the key only. Decryption refuses what is
    /// not within the bound; a sender who computes with the wrong bound spoils the sender's own result.
    pub fn from_bytes<'a>(bytes: &[u8], key: &'a K) -> Result<Self>
    where
        Unlinked<Self>: Decode<&'a K>,
    {
        Unlinked::<Self>::from_bytes(bytes, key).map(Unlinked::into_array)
    }
}
