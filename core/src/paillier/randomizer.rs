//! What hides a message: powers of `h_s`, made from a fresh exponent, used once.
use core::fmt;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::keys::{KeyId, PublicKey, SecretKey};
use crate::bigint::{Residue, random};

/// A randomizer `h_s^a mod n^2`. One encryption uses it up and wipes it: a second use would show the difference of
/// two messages.
pub struct Randomizer {
    value: Residue,
    key: KeyId,
}

impl Randomizer {
    /// Draws the exponent, uniform below `2^(modulus_bits / 2)`, or `2^(modulus_bits + 128)` for the base of a foreign key.
    pub(super) fn random(key: &impl Power, rng: &mut impl CryptoRng) -> Self {
        Self::from_exponent(key, &random::random_bits(key.owner().exponent_bits(), rng))
    }

    pub(super) fn from_exponent(key: &impl Power, exponent: &[u64]) -> Self {
        Self { value: key.power(exponent), key: key.owner().id() }
    }

    pub(super) fn value(&self) -> &Residue {
        &self.value
    }

    pub(super) fn key(&self) -> KeyId {
        self.key
    }
}

impl fmt::Debug for Randomizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Randomizer").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Raises `h_s` to a secret exponent; closed to other crates.
pub trait Power: Sync {
    /// The public key that `h_s` belongs to.
    fn owner(&self) -> &PublicKey;

    /// `h_s^exponent mod n^2`, for an exponent of the public number of bits.
    fn power(&self, exponent: &[u64]) -> Residue;
}

impl Power for PublicKey {
    fn owner(&self) -> &PublicKey {
        self
    }

    fn power(&self, exponent: &[u64]) -> Residue {
        self.table().pow(self.n_squared(), exponent)
    }
}

impl Power for SecretKey {
    fn owner(&self) -> &PublicKey {
        self.public_key()
    }

    /// Modulo p^2 and q^2, put together by the Chinese remainder theorem.
    fn power(&self, exponent: &[u64]) -> Residue {
        let of_p = self.p.table(&self.public).pow(&self.p.squared, exponent);
        let of_q = self.q.table(&self.public).pow(&self.q.squared, exponent);
        self.public.n_squared().reduce(&self.combine(&of_p, &of_q))
    }
}

/// A seed for each item, drawn in order.
pub(super) fn seeds(count: usize, rng: &mut impl CryptoRng) -> Vec<Zeroizing<[u8; 32]>> {
    let draw = |_| {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        seed
    };
    (0..count).map(draw).collect()
}

/// The generator of one item.
pub(super) fn generator(seed: &[u8; 32]) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(*seed)
}
