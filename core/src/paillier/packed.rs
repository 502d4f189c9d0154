//! Encrypted arrays with many values in each ciphertext.
use core::fmt;

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
use super::signed::{self, SignedInteger};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map, try_map_in_steps};
use crate::shape::Shape;

mod bytes;
mod slots;
#[cfg(test)]
mod tests;

use slots::Slots;

/// Encrypted numbers, many to a ciphertext: for long vectors that are added up, such as model updates.
///
/// Each plaintext is cut into slots of `value bits + headroom bits + 1`. Operations act on all slots at once, so there is
/// no broadcasting and no product with different weights. The bound of the slots is tracked: the operation that could
/// carry from one slot into the next fails with `HeadroomExhausted` before it computes anything.
///
/// # Security
/// As for [`EncryptedArray`](super::EncryptedArray).
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// # use rand_chacha::rand_core::SeedableRng;
/// # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
/// use veilkit::paillier::{Keypair, PackedArray, Params, ParamsSpec, PlainArray};
/// use veilkit::shape::Shape;
///
/// let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
/// let (public, secret) = Keypair::generate(params, rng)?.into_parts();
///
/// // Three hospitals send 100 counts each, of which none is above a million: room for 2^2 arrays.
/// let counts: Vec<i64> = (0..100).collect();
/// let plain = PlainArray::integers_within(&params, &Shape::new(&[100])?, &counts, 1_000_000)?;
/// let sent = PackedArray::encrypt(&public, &plain, 2, rng, &mut ())?;
/// assert_eq!((sent.slots(), sent.ciphertexts().len()), (89, 2));
///
/// let sum = PackedArray::sum_many(&[&sent, &sent, &sent], &mut ())?;
/// assert_eq!(sum.decrypt_integers(&secret, &mut ())?[99], 297);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PackedArray {
    key: PublicKey,
    shape: Shape,
    slots: Slots,
    ciphertexts: Vec<Ciphertext>,
    format: Format,
    derived: bool,
}

impl PackedArray {
    /// Encrypts numbers with the public key, or with the secret key, which is faster and gives the same.
    ///
    /// `headroom_bits` says how often the bound of the values may double: adding up to `2^headroom_bits` arrays fits. The
    /// tighter the bound of `values` and the smaller the headroom, the more fit in one ciphertext.
    ///
    /// # Errors
    /// `HeadroomExhausted` if not even one slot fits a plaintext; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with their number and the layout.
    pub fn encrypt(
        key: &impl EncryptionKey,
        values: &PlainArray,
        headroom_bits: u32,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let public = key.public_key();
        let slots = Slots::for_values(public.params(), values.bound(), headroom_bits)?;
        let format = slots.check(values.format(), public.params())?;
        let plaintexts = slots.pack(values.values(), 0, false, public)?;
        let ciphertexts = key.encrypt_many(&plaintexts, rng, observer)?;
        let shape = values.shape().clone();
        Ok(Self { key: public.clone(), shape, slots, ciphertexts, format, derived: false })
    }

    /// The numbers, row-major, each the `f64` that is closest to the exact result.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `DecryptionFailed` if any value is not what its public bound says; `OutOfRange`
    /// if any is too large for `f64`; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with shape, layout and scale.
    pub fn decrypt(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<Zeroizing<Vec<f64>>> {
        self.check_key(key.public_key())?;
        self.decode(&key.decrypt_many(&self.ciphertexts, observer)?)
    }

    /// The integers, row-major, of an array at scale 0.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key, or for an array of fixed-point numbers; `DecryptionFailed` if any value is not
    /// what its public bound says; `OutOfRange` if any does not fit; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with shape and layout.
    pub fn decrypt_integers(
        &self,
        key: &SecretKey,
        observer: &mut dyn Observer,
    ) -> Result<Zeroizing<Vec<i128>>> {
        self.check_key(key.public_key())?;
        self.check_integers()?;
        self.decode_integers(&key.decrypt_many(&self.ciphertexts, observer)?)
    }

    /// The sum of two packed arrays of the same shape and layout. Scales are aligned to the higher one.
    ///
    /// # Errors
    /// `ParamsMismatch` for different keys or layouts; `ShapeMismatch`; `HeadroomExhausted`; `Cancelled`.
    pub fn add(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, false, observer)
    }

    /// The difference of two packed arrays of the same shape and layout.
    ///
    /// # Errors
    /// As [`PackedArray::add`].
    pub fn sub(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.combine(other, true, observer)
    }

    /// The sum of many packed arrays of the same shape, layout and scale.
    ///
    /// # Errors
    /// As [`PackedArray::add`]; `ShapeMismatch` for none; `ParamsMismatch` for different scales.
    pub fn sum_many(arrays: &[&Self], observer: &mut dyn Observer) -> Result<Self> {
        let first = arrays.first().ok_or(Error::new(ErrorKind::ShapeMismatch, "arrays: none to add"))?;
        let mut bound = Magnitude::ZERO;
        for array in arrays {
            first.check_layout(array)?;
            if array.format.scale != first.format.scale {
                return Err(Error::new(ErrorKind::ParamsMismatch, "arrays: different scales"));
            }
            bound = bound.try_add(array.format.bound)?;
        }
        let format = Format { bound, ..first.format };
        let format = first.slots.check(format, first.key.params())?;
        let places: Vec<usize> = (0..first.ciphertexts.len()).collect();
        let step = (batch::TERMS / arrays.len()).max(1);
        let ciphertexts = try_map_in_steps(&places, step, observer, |place| {
            first.key.sum(&arrays.iter().map(|array| &array.ciphertexts[*place]).collect::<Vec<_>>())
        })?;
        Ok(first.derive(ciphertexts, format))
    }

    /// The sum of a packed array and a known one of the same shape.
    ///
    /// # Errors
    /// `ShapeMismatch`; `HeadroomExhausted`; `Cancelled`.
    /// # Timing
    /// Constant in the known values; varies with shape, layout and scales.
    pub fn add_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, false, observer)
    }

    /// A packed array minus a known one of the same shape.
    ///
    /// # Errors
    /// As [`PackedArray::add_plain`].
    /// # Timing
    /// As [`PackedArray::add_plain`].
    pub fn sub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.offset(plain, true, observer)
    }

    /// Every value times one known weight, given as an array of one element. Scales add up.
    ///
    /// # Errors
    /// `ShapeMismatch` for more than one weight; `HeadroomExhausted`, which the weight's declared bound decides;
    /// `Cancelled`.
    /// # Timing
    /// Constant in the weight, its sign included; varies with its bound, and with shape and layout.
    pub fn mul_plain(&self, weight: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        let &[factor] = weight.values() else {
            return Err(Error::new(ErrorKind::ShapeMismatch, "weight: one for the whole array"));
        };
        let format = self.slots.check(self.format.mul(weight.format())?, self.key.params())?;
        let factors = Zeroizing::new(vec![factor; self.ciphertexts.len()]);
        let bits = weight.bound().bits();
        Ok(self.derive(self.key.mul_plain_many(&self.ciphertexts, &factors, bits, observer)?, format))
    }

    /// The same numbers under fresh randomness: the result cannot be linked to what it was computed from.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn rerandomize(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Self> {
        let ciphertexts = self.key.rerandomize_many(&self.ciphertexts, rng, observer)?;
        Ok(Self { derived: false, ..self.derive(ciphertexts, self.format) })
    }

    /// The key that it is encrypted under.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The ciphertexts, each with up to [`PackedArray::slots`] values, row-major.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }

    /// Values in one ciphertext.
    pub fn slots(&self) -> usize {
        self.slots.count
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
        (self.slots.width - 1).saturating_sub(self.format.bound.bits())
    }

    /// Whether it was computed from others and not yet rerandomized.
    pub fn is_derived(&self) -> bool {
        self.derived
    }

    fn derive(&self, ciphertexts: Vec<Ciphertext>, format: Format) -> Self {
        let (key, shape) = (self.key.clone(), self.shape.clone());
        Self { key, shape, slots: self.slots, ciphertexts, format, derived: true }
    }

    fn combine(&self, other: &Self, negate: bool, observer: &mut dyn Observer) -> Result<Self> {
        self.check_layout(other)?;
        let format = self.slots.check(self.format.add(other.format)?, self.key.params())?;
        let raise = |array: &'_ Self, observer: &mut dyn Observer| {
            let bits = format.scale - array.format.scale;
            batch::raise(&array.key, &array.ciphertexts, bits, observer).map(|list| list.into_owned())
        };
        let (a, mut b) = (raise(self, observer)?, raise(other, observer)?);
        if negate {
            b = batch::negate(&self.key, &b, observer)?;
        }
        let pairs: Vec<(usize, usize)> = (0..a.len()).map(|i| (i, i)).collect();
        Ok(self.derive(batch::add_pairs(&self.key, (&a, &b), &pairs, observer)?, format))
    }

    fn offset(&self, plain: &PlainArray, negate: bool, observer: &mut dyn Observer) -> Result<Self> {
        if *plain.shape() != self.shape {
            return Err(Error::new(ErrorKind::ShapeMismatch, "array shapes do not fit"));
        }
        let format = self.slots.check(self.format.add(plain.format())?, self.key.params())?;
        let plaintexts = self.slots.pack(plain.values(), format.scale - plain.scale(), negate, &self.key)?;
        let raised = batch::raise(&self.key, &self.ciphertexts, format.scale - self.format.scale, observer)?;
        let pairs: Vec<(&Ciphertext, &Plaintext)> = raised.iter().zip(&plaintexts).collect();
        let sums =
            try_map(&pairs, observer, |(ciphertext, plaintext)| self.key.add_plain(ciphertext, plaintext))?;
        Ok(self.derive(sums, format))
    }

    /// Refuses fixed-point numbers.
    pub(super) fn check_integers(&self) -> Result<()> {
        match self.format.scale {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::ParamsMismatch, "array: fixed-point numbers, not integers")),
        }
    }

    /// The numbers in the plaintexts of all ciphertexts.
    pub(super) fn decode(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<f64>>> {
        let integers = self.signed(plaintexts)?;
        let integers = integers.iter().take(self.shape.len());
        encoder::decode_f64(integers.map(|(negative, limbs)| (*negative, &limbs[..])), self.format.scale)
    }

    /// The integers in the plaintexts of all ciphertexts.
    pub(super) fn decode_integers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<i128>>> {
        let integers = self.signed(plaintexts)?;
        let integers = integers.iter().take(self.shape.len());
        encoder::decode_i128(integers.map(|(negative, limbs)| (*negative, &limbs[..])))
    }

    fn signed(&self, plaintexts: &[Plaintext]) -> Result<Vec<SignedInteger>> {
        let slots = plaintexts.iter().flat_map(|plaintext| self.slots.unpack(plaintext, &self.key));
        signed::within(slots.map(Ok), self.format.bound)
    }

    fn check_key(&self, key: &PublicKey) -> Result<()> {
        match self.key.id() == key.id() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key")),
        }
    }

    fn check_layout(&self, other: &Self) -> Result<()> {
        self.check_key(&other.key)?;
        if self.shape != other.shape {
            return Err(Error::new(ErrorKind::ShapeMismatch, "array shapes do not fit"));
        }
        match self.slots == other.slots {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "array: packed in slots of another width")),
        }
    }
}

impl fmt::Debug for PackedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedArray")
            .field("shape", &self.shape.extents())
            .field("slots", &self.slots.count)
            .field("scale", &self.format.scale)
            .field("bound", &self.format.bound)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
