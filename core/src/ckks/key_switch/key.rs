//! Keys for switching from one secret to another.
use core::fmt;
use std::sync::Arc;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::plan::product_modulo;
use crate::ckks::{context::Context, keys::two_seeds};
use crate::ring::{Poly, Values, Xof, sample};

/// A key for switching from one secret to another: for each digit a pair that hides the old secret under the new one.
///
/// It is public. That it reveals nothing about a secret, although it encrypts one under itself or a relative, is assumed as
/// everywhere in this field (circular security). One half is expanded from a seed, so it travels at half its size. Clones share
/// it.
#[derive(Clone)]
pub struct KeySwitchKey {
    seed: [u8; 32],
    digits: Arc<[Pair]>,
}

/// `(b, a)` modulo all primes of Q, then the special primes.
struct Pair {
    b: Poly<Values>,
    a: Poly<Values>,
}

/// What the chance in one key comes from.
pub(in crate::ckks) struct KeySeeds {
    /// Becomes public, with the key.
    uniform: [u8; 32],
    errors: Zeroizing<[u8; 32]>,
}

impl KeySeeds {
    /// From 32 bytes by chance.
    pub(in crate::ckks) fn random(rng: &mut impl CryptoRng) -> Self {
        let (uniform, errors) = two_seeds(rng);
        Self { uniform, errors }
    }
}

impl KeySwitchKey {
    /// The key for switching from `from`, modulo Q, to the negative of `minus_to`, modulo QP.
    ///
    /// # Timing
    /// The same for all secrets and errors.
    pub(in crate::ckks) fn generate(
        context: &Context,
        from: &Poly<Values>,
        minus_to: &Poly<Values>,
        seeds: &KeySeeds,
    ) -> Self {
        let basis = context.qp();
        let special = product_modulo(context.q().primes(), context.p().primes());
        let mut e = Zeroizing::new(vec![0; basis.degree()]);
        let digits = context.params().digit_ranges().iter().enumerate().map(|(j, own)| {
            let stream = j as u64;
            let a = sample::expand_uniform(&seeds.uniform, stream, basis, basis.len());
            sample::error(&mut Xof::new(&seeds.errors, stream), &mut e);
            // b holds the errors alone until the product is added, in the same buffer.
            let mut b = basis.forward(basis.from_small(basis.len(), &e));
            basis.mul_add(&mut b, &a, minus_to);
            for row in own.clone() {
                basis.primes()[row].add_scaled(b.row_mut(row), from.row(row), special[row]);
            }
            Pair { b, a }
        });
        Self { seed: seeds.uniform, digits: digits.collect() }
    }

    /// The key with this seed and these halves, one for each digit, modulo all primes of Q and the special primes.
    ///
    /// # Panics
    /// When a half has another shape, or there are not as many as digits.
    pub(in crate::ckks) fn from_halves(context: &Context, seed: [u8; 32], halves: Vec<Poly<Values>>) -> Self {
        let basis = context.qp();
        assert_eq!(halves.len(), context.params().digits(), "a half for each digit");
        let digits = halves.into_iter().enumerate().map(|(j, b)| {
            assert_eq!((b.rows(), b.degree()), (basis.len(), basis.degree()), "a row for every prime");
            Pair { b, a: sample::expand_uniform(&seed, j as u64, basis, basis.len()) }
        });
        Self { seed, digits: digits.collect() }
    }

    /// The seed of the halves that are not [`KeySwitchKey::halves`].
    pub(in crate::ckks) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The halves that no seed gives, one for each digit.
    pub(in crate::ckks) fn halves(&self) -> impl ExactSizeIterator<Item = &Poly<Values>> {
        self.digits.iter().map(|pair| &pair.b)
    }

    /// A row of a digit: of b, and of a.
    pub(in crate::ckks) fn row(&self, digit: usize, row: usize) -> [&[u64]; 2] {
        let Pair { b, a } = &self.digits[digit];
        [b.row(row), a.row(row)]
    }
}

/// By their bytes; keys are public.
impl PartialEq for KeySwitchKey {
    fn eq(&self, other: &Self) -> bool {
        self.seed == other.seed && self.halves().eq(other.halves())
    }
}

impl Eq for KeySwitchKey {}

impl fmt::Debug for KeySwitchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySwitchKey").field("digits", &self.digits.len()).finish_non_exhaustive()
    }
}
