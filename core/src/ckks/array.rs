//! Encrypted arrays of any shape over as many ciphertexts as they take, with numpy's rules.
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use self::plain::Slots;
use super::{Ciphertext, Complex, Context, EncryptionKey, KeyId, SecretKey};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map_in_steps};
use crate::shape::Shape;

mod apply;
mod arrange;
mod layout;
mod ops;
mod plain;
mod plan;
mod polynomials;
mod products;
mod reduce;
mod release;
#[cfg(test)]
mod tests;
mod transforms;

pub use layout::Layout;
pub use plain::PlainArray;
pub use release::ReleasedArray;
pub use transforms::ArrayTransform;

/// Encrypted real or complex numbers under one key, many in each ciphertext.
///
/// Shape and [`Layout`] are public, so are level and error bound; they follow from shapes, declared bounds and operations,
/// never from values. Operations rescale, relinearize and align levels and scales by themselves: every ciphertext of an
/// array is at one level and has the scale of that level. An operation that has no level left fails with
/// `HeadroomExhausted` and says what would help.
///
/// Operations that rotate or multiply encrypted numbers take evaluation keys, those for powers of two and for
/// relinearization: [`KeyRequest::powers_of_two`](super::KeyRequest::powers_of_two). Others work without.
///
/// # Cost
/// | operation | levels | rotations |
/// |---|---|---|
/// | `+ -` of one shape, with constants, times integers | 0 | 0 |
/// | `*` with numbers, with arrays | 1 | 0 |
/// | a scalar, a row repeated under a table | 0 | 0 |
/// | other broadcasting | 0; 1 for sums where the stretched axis has no power of two | some |
/// | sum of everything, sum of the first axis | 0 | log2 of the slots |
/// | sum of another axis | 1, a mask | log2 of the axis |
/// | transposition, most reshapings | 0 | 0 |
/// | slices | 1, a mask; 0 for whole ciphertexts | 1 |
/// | roll of a vector, or of the first axis, of a power of two | 0 | 1 |
/// | a known matrix times a vector, by an [`ArrayTransform`] | 1 | 2 sqrt of its diagonals |
/// | square matrices, by a [`MatrixProduct`](super::MatrixProduct) | 3 | 3 times the dimension |
/// | what puts every element elsewhere | 1, masks | one for each distance |
///
/// # Security
/// Reductions leave nothing but their results: slots that held parts of sums are masked, or hold copies of the result. Whoever
/// decrypts may send results to others only by way of [`EncryptedArray::release`].
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// # use rand_chacha::rand_core::SeedableRng;
/// # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
/// use veilkit::ckks::{Context, EncryptedArray, EvaluationKeys, KeyRequest, Params, PlainArray, SecretKey};
/// use veilkit::shape::Shape;
///
/// let context = Context::new(&Params::depth_2())?;
/// let secret = SecretKey::generate(&context, rng);
/// let (public, request) = (secret.public_key(rng), KeyRequest::new().relinearization().powers_of_two());
/// let keys = EvaluationKeys::generate(&secret, &request, rng, &mut ())?;
///
/// let table = PlainArray::real_within(&Shape::new(&[3, 2])?, &[0.5, 1.0, -0.5, 0.25, 0.0, 1.0], 1.0)?;
/// let weights = PlainArray::real_within(&Shape::new(&[2])?, &[0.5, -1.0], 1.0)?;
/// let table = EncryptedArray::encrypt(&public, &table, rng, &mut ())?;
/// let weights = EncryptedArray::encrypt(&public, &weights, rng, &mut ())?;
///
/// // The means of the columns of a weighted table.
/// let weighted = table.mul(&weights, Some(&keys), &mut ())?;
/// let means = weighted.mean(Some(0), Some(&keys), &mut ())?;
///
/// let means = means.decrypt(&secret, &mut ())?;
/// assert!((means.real()[0] - 0.0).abs() < 1e-6 && (means.real()[1] + 0.75).abs() < 1e-6);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct EncryptedArray {
    context: Context,
    key: KeyId,
    layout: Layout,
    ciphertexts: Vec<Ciphertext>,
    complex: bool,
}

impl EncryptedArray {
    /// Encrypts numbers with the public key, or with the secret key, whose ciphertexts take half as many bytes.
    ///
    /// An array that takes less than one ciphertext is repeated in it, so that it meets the rows of larger ones.
    ///
    /// # Errors
    /// `ShapeMismatch` for no elements; `HeadroomExhausted` for a bound that the moduli cannot hold; `Cancelled`.
    /// # Timing
    /// Encoding computes with floating-point numbers, whose time may vary; from there on constant in the values.
    pub fn encrypt(
        key: &impl EncryptionKey,
        values: &PlainArray,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let context = key.context();
        let layout = Layout::new(values.shape(), context.params().slots())?;
        let seeded = |slots| {
            let mut seed = Zeroizing::new([0; 32]);
            rng.fill_bytes(&mut *seed);
            (slots, seed)
        };
        let work: Vec<_> = values.slots(&layout).into_iter().map(seeded).collect();
        let (level, bound) = (context.params().depth(), values.bound());
        let scale = context.scale_at(level);
        let ciphertexts = try_map_in_steps(&work, 1, observer, |(slots, seed)| {
            let values = match slots {
                Slots::Real(values) => values[..].into(),
                Slots::Complex(values) => values[..].into(),
            };
            key.encrypt_slots_with_seed(values, level, scale, bound, seed)
        })?;
        Ok(Self {
            context: context.clone(),
            key: key.id(),
            layout,
            ciphertexts,
            complex: values.is_complex(),
        })
    }

    /// The array of these ciphertexts.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many as the layout has numbers; `ParamsMismatch` unless all have one level and
    /// its scale.
    /// # Security
    /// That slots without an element hold zero is the caller's word.
    pub fn from_ciphertexts(layout: Layout, ciphertexts: Vec<Ciphertext>, complex: bool) -> Result<Self> {
        const SCALE: Error =
            Error::new(ErrorKind::ParamsMismatch, "ciphertexts: not all at one level with its scale");
        let count = Error::new(ErrorKind::ShapeMismatch, "ciphertexts: not as many as the layout takes");
        let Some(first) = ciphertexts.first() else { return Err(count) };
        let context = first.context().clone();
        if ciphertexts.len() != layout.count() || layout.slots() != context.params().slots() {
            return Err(count);
        }
        let scale = context.params().scale_at(first.level());
        let alike = |ciphertext: &Ciphertext| {
            *ciphertext.context() == context
                && ciphertext.key() == first.key()
                && ciphertext.level() == first.level()
                && Some(ciphertext.scale()) == scale
        };
        if !ciphertexts.iter().all(alike) {
            return Err(SCALE);
        }
        Ok(Self { context, key: first.key(), layout, ciphertexts, complex })
    }

    /// The numbers, for the key holder.
    ///
    /// # Errors
    /// `ParamsMismatch` for another context; `Cancelled`.
    /// # Security
    /// The numbers carry the noise of the ciphertexts, from which a few of them give the secret key away (Li, Micciancio, ePrint
    /// 2020/1533). They never leave the key holder: see [`EncryptedArray::release`].
    pub fn decrypt(&self, key: &SecretKey, observer: &mut dyn Observer) -> Result<PrivateArray> {
        let decrypted = try_map_in_steps(&self.ciphertexts, 1, observer, |ciphertext| {
            Ok(Slots::Complex(key.decrypt(ciphertext)?.to_complex()))
        })?;
        let elements = self.layout.elements();
        let len = self.layout.shape().len();
        let (mut re, mut im) = (Zeroizing::new(vec![0.0; len]), Zeroizing::new(vec![0.0; len]));
        for (slots, elements) in decrypted.iter().zip(elements) {
            let Slots::Complex(slots) = slots else { continue };
            for (slot, element) in elements {
                (re[element], im[element]) = (slots[slot].re, slots[slot].im);
            }
        }
        Ok(PrivateArray { shape: self.shape().clone(), re, im: self.complex.then_some(im) })
    }

    /// The context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        self.layout.shape()
    }

    /// Where the elements stand.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The ciphertexts.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }

    /// Whether the numbers are complex.
    pub fn is_complex(&self) -> bool {
        self.complex
    }

    /// How often it can still be rescaled: the multiplications that are left.
    pub fn level(&self) -> usize {
        self.ciphertexts.iter().map(Ciphertext::level).min().unwrap_or(0)
    }

    /// The public bound on the absolute values.
    pub fn bound(&self) -> f64 {
        self.ciphertexts.iter().map(|ciphertext| ciphertext.bounds().message()).fold(0.0, f64::max)
    }

    /// The public bound on the error of every number.
    pub fn error_bound(&self) -> f64 {
        self.ciphertexts.iter().map(Ciphertext::error).fold(0.0, f64::max)
    }

    /// The secret key that decrypts it.
    pub fn key(&self) -> KeyId {
        self.key
    }

    fn check_alike(&self, other: &Self) -> Result<()> {
        match self.context == other.context && self.key == other.key {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key")),
        }
    }
}

impl fmt::Debug for EncryptedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedArray")
            .field("shape", &self.shape().extents())
            .field("level", &self.level())
            .field("bound", &self.bound())
            .field("ciphertexts", &self.ciphertexts.len())
            .finish_non_exhaustive()
    }
}

/// What an array holds, for the key holder: it has no encoding, and is wiped.
pub struct PrivateArray {
    shape: Shape,
    re: Zeroizing<Vec<f64>>,
    im: Option<Zeroizing<Vec<f64>>>,
}

impl PrivateArray {
    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The numbers, row-major; of complex ones the real parts.
    pub fn real(&self) -> &[f64] {
        &self.re
    }

    /// The imaginary parts of complex numbers.
    pub fn imaginary(&self) -> Option<&[f64]> {
        self.im.as_ref().map(|im| &im[..])
    }

    /// The numbers, row-major, as complex ones.
    pub fn complex(&self) -> Vec<Complex> {
        let im = |at: usize| self.im.as_ref().map_or(0.0, |im| im[at]);
        self.re.iter().enumerate().map(|(at, re)| Complex::new(*re, im(at))).collect()
    }
}

impl fmt::Debug for PrivateArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateArray").field("shape", &self.shape.extents()).finish_non_exhaustive()
    }
}
