//! The keys that let others compute: products and rotations of ciphertexts, without the secret key.
use std::{collections::BTreeMap, sync::Arc};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    context::Context,
    key_switch::{KeySeeds, KeySwitchKey, Plan, Plans},
    keys::{KeyId, SecretKey},
};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map_in_steps};
use crate::ring::{Automorphism, Poly, Values};

mod request;
#[cfg(test)]
mod tests;

pub use request::KeyRequest;

/// Keys for products and for those rotations that were asked for: an object of its own, for those who compute.
///
/// Clones share the keys.
///
/// # Security
/// Public. Whoever has them can compute on ciphertexts and learns nothing about what is inside. They belong to one secret
/// key: results of other ciphertexts are noise.
///
/// # Example
/// ```
/// # use veilkit::ckks::{Context, EncryptionKey, EvaluationKeys, KeyRequest, Params, SecretKey};
/// # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
/// # let mut rng = ChaCha20Rng::from_seed([7; 32]);
/// let context = Context::new(&Params::depth_2())?;
/// let secret_key = SecretKey::generate(&context, &mut rng);
/// let request = KeyRequest::new().relinearization().sums(4);
/// let keys = EvaluationKeys::generate(&secret_key, &request, &mut rng, &mut ())?;
///
/// let x = secret_key.encrypt_values(&[1.0, 2.0, 3.0, 4.0], 4.0, &mut rng)?;
/// let squares = keys.sum_slots(&keys.square(&x)?, 4)?;
/// assert!((secret_key.decrypt(&squares)?.to_real()[0] - 30.0).abs() < 1e-4);
/// # Ok::<(), veilkit::Error>(())
/// ```
#[derive(Clone)]
pub struct EvaluationKeys {
    context: Context,
    key: KeyId,
    relinearization: Option<KeySwitchKey>,
    galois: BTreeMap<u64, GaloisKey>,
    plans: Arc<Plans>,
}

/// The key for one automorphism g: for switching from the secret `s(X)` to `s(X^(1/g))`. After it, g takes the result
/// back to s: only the result is permuted, not its digits (Halevi, Shoup, "Faster Homomorphic Linear Transformations in
/// HElib", ePrint 2018/244, §4).
#[derive(Clone)]
pub(super) struct GaloisKey {
    pub(super) automorphism: Arc<Automorphism>,
    pub(super) key: KeySwitchKey,
}

/// Keys are made one at a time, for each core, between two questions to the observer.
const STEP: usize = 1;

impl EvaluationKeys {
    /// The keys that are asked for. They work at every level.
    ///
    /// # Errors
    /// `Cancelled` by the observer.
    ///
    /// # Timing
    /// The same for all secret keys of these parameters.
    ///
    /// # Security
    /// `rng` must be a generator for cryptography, seeded by the operating system.
    pub fn generate(
        secret_key: &SecretKey,
        request: &KeyRequest,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let context = secret_key.context();
        let relinearization = request.wants_relinearization().then_some(None);
        let elements = request.elements(context.params().degree()).into_iter().map(Some);
        let jobs: Vec<_> =
            relinearization.into_iter().chain(elements).map(|job| (job, KeySeeds::random(rng))).collect();
        let maker = Maker::new(secret_key);
        let made = try_map_in_steps(&jobs, STEP, observer, |(job, seeds)| match job {
            None => Ok((None, maker.relinearization(seeds))),
            Some(element) => Ok((Some(*element), maker.galois(*element, seeds)?)),
        })?;
        let (mut relinearization, mut galois) = (None, BTreeMap::new());
        for (element, key) in made {
            match element {
                None => relinearization = Some(key),
                Some(element) => _ = galois.insert(element, key),
            }
        }
        Self::from_parts(context, secret_key.id(), relinearization, galois)
    }

    /// The set of these keys, each by its Galois element.
    ///
    /// # Errors
    /// `OutOfRange` for an element that is none.
    pub(super) fn from_parts(
        context: &Context,
        key: KeyId,
        relinearization: Option<KeySwitchKey>,
        galois: BTreeMap<u64, KeySwitchKey>,
    ) -> Result<Self> {
        let degree = context.params().degree();
        let galois = galois.into_iter().map(|(element, key)| {
            let automorphism = Arc::new(Automorphism::new(degree, element)?);
            Ok((element, GaloisKey { automorphism, key }))
        });
        let galois = galois.collect::<Result<_>>()?;
        let plans = Arc::new(Plans::new(context));
        Ok(Self { context: context.clone(), key, relinearization, galois, plans })
    }

    /// The context that they belong to.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The secret key that they belong to.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Whether products can be relinearized.
    pub fn has_relinearization(&self) -> bool {
        self.relinearization.is_some()
    }

    /// Whether slots can be conjugated.
    pub fn has_conjugation(&self) -> bool {
        self.galois.contains_key(&self.conjugation())
    }

    /// The rotations to the left that have a key of their own, from 1 to the number of slots, in ascending order.
    pub fn rotations(&self) -> Vec<usize> {
        request::steps_of(self.context.params().degree(), |element| self.galois.contains_key(&element))
    }

    /// The keys for relinearization, if there, and by Galois element.
    pub(super) fn parts(
        &self,
    ) -> (Option<&KeySwitchKey>, impl ExactSizeIterator<Item = (u64, &KeySwitchKey)>) {
        (self.relinearization.as_ref(), self.galois.iter().map(|(element, galois)| (*element, &galois.key)))
    }

    pub(super) fn relinearization(&self) -> Result<&KeySwitchKey> {
        let missing = "relinearization: no key for products: ask for it in the KeyRequest";
        self.relinearization.as_ref().ok_or(Error::new(ErrorKind::MissingKey, missing))
    }

    pub(super) fn galois(&self, element: u64) -> Option<&GaloisKey> {
        self.galois.get(&element)
    }

    /// The Galois element of conjugation.
    pub(super) fn conjugation(&self) -> u64 {
        2 * self.context.params().degree() as u64 - 1
    }

    pub(super) fn plan(&self, level: usize) -> &Plan {
        self.plans.at(&self.context, level)
    }

    /// Refuses what belongs to another key.
    pub(super) fn check(&self, context: &Context, key: KeyId) -> Result<()> {
        self.context.check(context, "ciphertext: of other parameters than the evaluation keys")?;
        if key == self.key {
            Ok(())
        } else {
            Err(Error::new(
                ErrorKind::ParamsMismatch,
                "ciphertext: of another secret key than the evaluation keys",
            ))
        }
    }
}

/// By their keys.
impl PartialEq for EvaluationKeys {
    fn eq(&self, other: &Self) -> bool {
        let ((ours, galois), (theirs, other_galois)) = (self.parts(), other.parts());
        self.context == other.context && self.key == other.key && ours == theirs && galois.eq(other_galois)
    }
}

impl Eq for EvaluationKeys {}

impl core::fmt::Debug for EvaluationKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EvaluationKeys")
            .field("relinearization", &self.has_relinearization())
            .field("conjugation", &self.has_conjugation())
            .field("rotations", &self.rotations())
            .finish_non_exhaustive()
    }
}

/// Makes keys of one secret key.
struct Maker<'a> {
    context: &'a Context,
    /// s modulo QP.
    secret: &'a Poly<Values>,
    minus_secret: Zeroizing<Poly<Values>>,
}

impl<'a> Maker<'a> {
    fn new(secret_key: &'a SecretKey) -> Self {
        let context = secret_key.context();
        // EXPOSE: keys for switching encrypt multiples of the secret, under the secret.
        let secret = secret_key.values.expose_secret();
        let mut minus_secret = Zeroizing::new(secret.clone());
        context.qp().neg(&mut minus_secret);
        Self { context, secret, minus_secret }
    }

    /// From `s^2` to s.
    fn relinearization(&self, seeds: &KeySeeds) -> KeySwitchKey {
        let q = self.context.q();
        let mut square = Zeroizing::new(self.secret.prefix(q.len()));
        q.mul(&mut square, &self.secret.prefix(q.len()));
        KeySwitchKey::generate(self.context, &square, &self.minus_secret, seeds)
    }

    /// From s to `s(X^(1/g))`.
    fn galois(&self, element: u64, seeds: &KeySeeds) -> Result<KeySwitchKey> {
        let degree = self.context.params().degree();
        let inverse = Automorphism::new(degree, request::inverse(degree, element))?;
        let mut minus_to = Zeroizing::new(Poly::zero(degree, self.minus_secret.rows()));
        for (out, row) in minus_to.iter_mut().zip(self.minus_secret.iter()) {
            inverse.apply(out, row);
        }
        Ok(KeySwitchKey::generate(self.context, self.secret, &minus_to, seeds))
    }
}
