//! The secret key, a uniform ternary polynomial, and the public key that belongs to it.
//!
//! A secret key is drawn from a seed of 32 bytes, and a public key `(b, a) = (-a s + e, a)` has a seed in place of its
//! uniform half a (CKKS17 §3.4). Both travel with the seeds. A public key is modulo `Q p_0`, where `p_0` is the first special
//! modulus, by which encryption divides.
use core::fmt;

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::context::Context;
use crate::ring::sample::{error, expand_uniform, ternary};
use crate::ring::{Basis, Poly, Values, Xof};
use crate::secret::{Secret, published};
use crate::transcript::Transcript;

/// Which secret key something belongs to: the first 16 bytes of a hash of its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The identifier with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the identifier.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A secret key: it decrypts, and makes every other key. Wiped when dropped.
///
/// # Security
/// Whoever has it reads everything. It stays with the owner of the data; those who compute hold evaluation keys only.
pub struct SecretKey {
    pub(in crate::ckks) context: Context,
    pub(in crate::ckks) id: KeyId,
    pub(in crate::ckks) seed: Secret<[u8; 32]>,
    /// Values modulo all primes, the special ones last.
    pub(in crate::ckks) values: Secret<Poly<Values>>,
}

/// Stream numbers under a seed.
const FIRST_STREAM: u64 = 0;

impl SecretKey {
    /// Draws a seed of 32 bytes, and the key from it.
    ///
    /// # Timing
    /// Constant in the key.
    pub fn generate(context: &Context, rng: &mut impl CryptoRng) -> Self {
        Self::from_seed(
            context,
            Secret::init_with(|| {
                let mut seed = [0; 32];
                rng.fill_bytes(&mut seed);
                seed
            }),
        )
    }

    /// The key of a seed.
    pub(in crate::ckks) fn from_seed(context: &Context, seed: Secret<[u8; 32]>) -> Self {
        // EXPOSE: the seed gives the key and, through a hash, its public name.
        let bytes = seed.expose_secret();
        let mut transcript = Transcript::new("veilkit v1 ckks secret key id");
        transcript.append_u64("params", context.params().id().into()).append("seed", bytes);
        let mut id = [0; 16];
        transcript.fill(&mut id);
        let values =
            Secret::init_with(|| sampled(context.qp(), context.qp().len(), bytes, FIRST_STREAM, ternary));
        Self { context: context.clone(), id: KeyId(published(id)), seed, values }
    }

    /// A public key, a new one for every call.
    ///
    /// # Timing
    /// Constant in the key and the errors.
    pub fn public_key(&self, rng: &mut impl CryptoRng) -> PublicKey {
        let (seed, private) = two_seeds(rng);
        let (qp, rows) = (self.context.qp(), self.context.q().len() + 1);
        let a = expand_uniform(&seed, FIRST_STREAM, qp, rows);
        let mut b = sampled(qp, rows, &private, FIRST_STREAM, error);
        self.subtract_product(&mut b, &a);
        let (b, a) = (KeyHalf::split(b), KeyHalf::split(a));
        PublicKey { context: self.context.clone(), id: self.id, seed, b, a }
    }

    /// The context that it belongs to.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What names it in everything that is made under it. Public.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// `c - a s`, for polynomials modulo the first of all moduli.
    pub(in crate::ckks) fn subtract_product(&self, c: &mut Poly<Values>, a: &Poly<Values>) {
        // EXPOSE: arithmetic in constant time.
        let s = self.values.expose_secret();
        let mut product = Zeroizing::new(Poly::<Values>::unset(c.degree(), 1));
        for (i, prime) in self.context.qp().primes()[..c.rows()].iter().enumerate() {
            prime.mul_to(product.row_mut(0), a.row(i), s.row(i));
            prime.sub(c.row_mut(i), product.row(0));
        }
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        let same_context = Choice::from(u8::from(self.context == other.context));
        // EXPOSE: compared in constant time.
        same_context & self.seed.expose_secret().ct_eq(other.seed.expose_secret())
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A public key: whoever has it encrypts to the holder of the secret key.
///
/// # Security
/// One from elsewhere is as good as its maker: receive it from the key's owner through a channel that cannot be altered.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub(in crate::ckks) context: Context,
    pub(in crate::ckks) id: KeyId,
    /// What a expands from.
    pub(in crate::ckks) seed: [u8; 32],
    /// `-a s + e`.
    pub(in crate::ckks) b: KeyHalf,
    /// The uniform half.
    pub(in crate::ckks) a: KeyHalf,
}

/// A half of a public key, modulo `Q p_0`.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::ckks) struct KeyHalf {
    /// Modulo the moduli.
    pub(in crate::ckks) q: Poly<Values>,
    /// Modulo the first special modulus.
    pub(in crate::ckks) p: Poly<Values>,
}

impl KeyHalf {
    /// Of one polynomial, whose last row is that of the special modulus.
    pub(in crate::ckks) fn split(mut both: Poly<Values>) -> Self {
        let last = both.rows() - 1;
        let p = Poly::from_words(both.degree(), both.row(last).to_vec());
        both.truncate(last);
        Self { q: both, p }
    }
}

impl PublicKey {
    /// The context that it belongs to.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The secret key that decrypts what it encrypts.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Two independent seeds from one: the first may become public.
pub(in crate::ckks) fn two_seeds(rng: &mut impl CryptoRng) -> ([u8; 32], Zeroizing<[u8; 32]>) {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    split_seed(&seed)
}

/// The first 64 bytes of the stream of a seed, as two seeds.
pub(in crate::ckks) fn split_seed(seed: &[u8; 32]) -> ([u8; 32], Zeroizing<[u8; 32]>) {
    let mut words = Zeroizing::new([0; 8]);
    Xof::new(seed, FIRST_STREAM).fill(&mut *words);
    let (mut public, mut private) = ([0; 32], Zeroizing::new([0; 32]));
    for (i, word) in words.iter().enumerate() {
        let half = if i < 4 { &mut public } else { &mut *private };
        half[i % 4 * 8..][..8].copy_from_slice(&word.to_le_bytes());
    }
    (published(public), private)
}

/// Fills numbers from a stream: [`ternary`] or [`error`].
type Sampler = fn(&mut Xof, &mut [i64]);

/// Small coefficients drawn from a stream.
pub(in crate::ckks) fn drawn(
    degree: usize,
    seed: &[u8; 32],
    stream: u64,
    sampler: Sampler,
) -> Zeroizing<Vec<i64>> {
    let mut coefficients = Zeroizing::new(vec![0; degree]);
    sampler(&mut Xof::new(seed, stream), &mut coefficients);
    coefficients
}

/// The values of a polynomial with small coefficients that are drawn from a stream.
pub(in crate::ckks) fn sampled(
    basis: &Basis,
    rows: usize,
    seed: &[u8; 32],
    stream: u64,
    sampler: Sampler,
) -> Poly<Values> {
    basis.forward(basis.from_small(rows, &drawn(basis.degree(), seed, stream, sampler)))
}
