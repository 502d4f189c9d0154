//! Encryption, with the public key (CKKS17 §3.4) and with the secret key.
//!
//! With the public key, an encryption of 0 modulo `Q p_0` is divided by the special modulus `p_0`: what is left of its noise
//! is the rounding. Only the residues modulo `p_0` go back to coefficients, so this costs three transforms more than
//! not to divide, whatever the level.
//!
//! All randomness of a ciphertext comes from one seed of 32 bytes, so many can be made at once from seeds drawn in order.
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use self::sealed::{Halves, Hidden, Hide};
use super::bounds::Bounds;
use super::chain;
use super::ciphertext::{Ciphertext, check_fits};
use super::context::Context;
use super::encoder::Complex;
use super::keys::{KeyHalf, KeyId, PublicKey, SecretKey, drawn, split_seed};
use super::operands::first_rows;
use super::plaintext::{Encoded, Message, Plaintext, Slots};
use crate::error::Result;
use crate::ring::sample::{error, expand_uniform, ternary};
use crate::ring::{Coefficients, Poly, Values};

/// Streams of what hides a message.
const MASK_STREAM: u64 = 0;
const FIRST_ERROR_STREAM: u64 = 1;
const SECOND_ERROR_STREAM: u64 = 2;

/// A key that encrypts: the public key, or the secret key, whose ciphertexts have less noise, take less time and
/// travel at half the size.
///
/// # Security
/// Whoever sees ciphertexts and chooses messages learns nothing of others (IND-CPA), if learning with errors over rings is
/// hard for the parameters. Ciphertexts can be altered by anybody: authenticate them on their way. Giving decrypted
/// results away needs more than encryption: see [`SecretKey::decrypt`].
/// # Timing
/// Constant in randomness and keys, and in messages once they are integers.
pub trait EncryptionKey: Hide + Sync {
    /// The context of the key.
    fn context(&self) -> &Context;

    /// The secret key that decrypts what it encrypts.
    fn id(&self) -> KeyId;

    /// Encrypts what was encoded. Draws 32 bytes.
    ///
    /// # Errors
    /// `ParamsMismatch` when the plaintext belongs to other parameters; `HeadroomExhausted` when message and noise could be
    /// too large for the modulus of the level.
    fn encrypt(&self, plaintext: &Plaintext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.encrypt_with_seed(plaintext, &seed(rng))
    }

    /// Encodes at the top level and its scale, and encrypts: faster than one after the other.
    ///
    /// # Errors
    /// As [`Plaintext::encode`].
    fn encrypt_values(&self, values: &[f64], bound: f64, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        let level = self.context().params().depth();
        self.encrypt_values_at(values, level, self.context().scale_at(level), bound, rng)
    }

    /// Encodes at this level and scale, and encrypts.
    ///
    /// # Errors
    /// As [`Plaintext::encode`].
    fn encrypt_values_at(
        &self,
        values: &[f64],
        level: usize,
        scale: f64,
        bound: f64,
        rng: &mut impl CryptoRng,
    ) -> Result<Ciphertext> {
        self.encrypt_slots_with_seed(values.into(), level, scale, bound, &seed(rng))
    }

    /// As [`EncryptionKey::encrypt_values_at`], for complex numbers.
    ///
    /// # Errors
    /// As [`Plaintext::encode_complex`].
    fn encrypt_complex_at(
        &self,
        values: &[Complex],
        level: usize,
        scale: f64,
        bound: f64,
        rng: &mut impl CryptoRng,
    ) -> Result<Ciphertext> {
        self.encrypt_slots_with_seed(values.into(), level, scale, bound, &seed(rng))
    }

    /// As [`EncryptionKey::encrypt`], with randomness that expands from `seed`, which serves once.
    ///
    /// # Errors
    /// As [`EncryptionKey::encrypt`].
    fn encrypt_with_seed(&self, plaintext: &Plaintext, seed: &[u8; 32]) -> Result<Ciphertext> {
        self.context().check(&plaintext.context, "plaintext: of other parameters")?;
        let halves = self.hide(Hidden::Values(&plaintext.poly), seed);
        finish(self, halves, plaintext.scale, &plaintext.bounds)
    }

    /// Encodes and encrypts with randomness that expands from `seed`, which serves once.
    ///
    /// # Errors
    /// As [`Plaintext::encode`].
    fn encrypt_slots_with_seed(
        &self,
        values: Slots<'_>,
        level: usize,
        scale: f64,
        bound: f64,
        seed: &[u8; 32],
    ) -> Result<Ciphertext> {
        let message = Message { values, level, scale, bound };
        let Encoded { coefficients, bounds } = message.to_coefficients(self.context())?;
        finish(self, self.hide(Hidden::Coefficients(coefficients), seed), scale, &bounds)
    }
}

impl EncryptionKey for PublicKey {
    fn context(&self) -> &Context {
        self.context()
    }

    fn id(&self) -> KeyId {
        self.id()
    }
}

impl EncryptionKey for SecretKey {
    fn context(&self) -> &Context {
        self.context()
    }

    fn id(&self) -> KeyId {
        self.id()
    }
}

/// How the two keys hide a message.
mod sealed {
    use super::super::bounds::Bounds;
    use crate::ring::{Coefficients, Poly, Values};

    /// A message on its way into a ciphertext. As coefficients it shares a transform with the error.
    pub enum Hidden<'a> {
        /// Of a plaintext.
        Values(&'a Poly<Values>),
        /// Of a message that was encoded on the way.
        Coefficients(Poly<Coefficients>),
    }

    /// The halves of a ciphertext, and the seed that the second one expands from, if any.
    pub struct Halves {
        pub c0: Poly<Values>,
        pub c1: Poly<Values>,
        pub seed: Option<[u8; 32]>,
    }

    /// What the two kinds of keys do differently.
    pub trait Hide {
        /// Adds a fresh encryption of 0.
        fn hide(&self, message: Hidden<'_>, seed: &[u8; 32]) -> Halves;

        /// The bounds with its noise.
        fn with_noise(&self, encoded: &Bounds) -> Bounds;
    }
}

impl Hide for PublicKey {
    /// `(b u + e_0, a u + e_1) / p_0`, rounded, and m.
    fn hide(&self, message: Hidden<'_>, seed: &[u8; 32]) -> Halves {
        let (context, rows) = (self.context(), message.rows());
        let mask = Mask::draw(context, rows, seed);
        let first = mask.rest(context, &self.b, seed, FIRST_ERROR_STREAM);
        let mut c0 = message.added_to(context, first);
        mask.add_product(context, &mut c0, &self.b);
        let second = mask.rest(context, &self.a, seed, SECOND_ERROR_STREAM);
        let mut c1 = context.q().forward(second);
        mask.add_product(context, &mut c1, &self.a);
        Halves { c0, c1, seed: None }
    }

    fn with_noise(&self, encoded: &Bounds) -> Bounds {
        let params = self.context().params();
        encoded.encrypted_to_public_key(params.degree(), chain::float(params.special_moduli()[0]))
    }
}

impl Hide for SecretKey {
    /// `(e + m - a s, a)`, where a expands from a seed of its own.
    fn hide(&self, message: Hidden<'_>, seed: &[u8; 32]) -> Halves {
        let (public, private) = split_seed(seed);
        let c1 = expand_uniform(&public, MASK_STREAM, self.context().q(), message.rows());
        let mut c0 = message.plus_error(self.context(), &private, FIRST_ERROR_STREAM);
        self.subtract_product(&mut c0, &c1);
        Halves { c0, c1, seed: Some(public) }
    }

    fn with_noise(&self, encoded: &Bounds) -> Bounds {
        encoded.encrypted_with_secret_key(self.context().params().degree())
    }
}

/// The ternary polynomial u that a public key is multiplied by.
///
/// For a half k of the key and an error e, let r be `k u + e` modulo `p_0`, centred. Then
/// `(k u + e - r) / p_0 = k (u / p_0) + (e - r) / p_0`, where the divisions are by an inverse modulo each modulus.
struct Mask {
    /// `u / p_0`, modulo the moduli.
    q: Zeroizing<Poly<Values>>,
    /// u, modulo the special modulus.
    p: Zeroizing<Poly<Values>>,
}

impl Mask {
    fn draw(context: &Context, rows: usize, seed: &[u8; 32]) -> Self {
        let (q, p) = (context.q(), context.p());
        let mask = drawn(q.degree(), seed, MASK_STREAM, ternary);
        let mut divided = q.from_small(rows, &mask);
        q.scale(&mut divided, context.special_inverses());
        Self { q: Zeroizing::new(q.forward(divided)), p: Zeroizing::new(p.forward(p.from_small(1, &mask))) }
    }

    /// `(e - r) / p_0`, with an error e from a stream.
    fn rest(&self, context: &Context, half: &KeyHalf, seed: &[u8; 32], stream: u64) -> Poly<Coefficients> {
        let (q, p) = (context.q(), context.p());
        let error = drawn(q.degree(), seed, stream, error);
        let mut product = Poly::unset(q.degree(), 1);
        p.mul_to(&mut product, &half.p, &self.p);
        let mut remainder = Zeroizing::new(p.inverse(product));
        p.add(&mut remainder, &Zeroizing::new(p.from_small(1, &error)));
        let mut rest = q.from_small(self.q.rows(), &error);
        let special = p.primes()[0].modulus();
        q.sub_lifted_and_scale(&mut rest, remainder.row(0), special, context.special_inverses());
        rest
    }

    /// `sum + k (u / p_0)`.
    fn add_product(&self, context: &Context, sum: &mut Poly<Values>, half: &KeyHalf) {
        context.q().mul_add(sum, &first_rows(&half.q, self.q.rows()), &self.q);
    }
}

impl Hidden<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Values(poly) => poly.rows(),
            Self::Coefficients(poly) => poly.rows(),
        }
    }

    /// The message and an error, as values.
    fn plus_error(self, context: &Context, seed: &[u8; 32], stream: u64) -> Poly<Values> {
        let q = context.q();
        let error = q.from_small(self.rows(), &drawn(q.degree(), seed, stream, error));
        self.added_to(context, error)
    }

    /// The message and small noise, as values.
    fn added_to(self, context: &Context, mut sum: Poly<Coefficients>) -> Poly<Values> {
        let q = context.q();
        match self {
            Self::Coefficients(mut message) => {
                q.add(&mut sum, &message);
                message.zeroize();
                q.forward(sum)
            }
            Self::Values(message) => {
                let mut sum = q.forward(sum);
                q.add(&mut sum, message);
                sum
            }
        }
    }
}

/// Puts a ciphertext together, if message and noise fit.
fn finish<K: EncryptionKey + ?Sized>(
    key: &K,
    halves: Halves,
    scale: f64,
    encoded: &Bounds,
) -> Result<Ciphertext> {
    let Halves { c0, c1, seed } = halves;
    let (context, bounds) = (key.context().clone(), key.with_noise(encoded));
    check_fits(&context, c0.rows() - 1, scale, &bounds)?;
    Ok(Ciphertext { context, key: key.id(), c0, c1, scale, bounds, seed })
}

/// A seed for one ciphertext.
fn seed(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    seed
}
