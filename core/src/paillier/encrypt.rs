//! Encryption: `(1 + n m) h_s^a mod n^2`.
//!
//! DJN10: Damgard, Jurik, Nielsen, "A generalization of Paillier's public-key system with applications to electronic
//! voting", IJIS 2010, §4.2, with s = 1.
use rand_core::CryptoRng;

use super::ciphertext::Ciphertext;
use super::keys::{PublicKey, SecretKey};
use super::plaintext::Plaintext;
use super::randomizer::{Power, Randomizer, generator, seeds};
use crate::bigint::Residue;
use crate::error::Result;
use crate::progress::{Observer, try_map};

impl PublicKey {
    /// Encrypts with a randomizer from a pool, which is used up.
    ///
    /// # Errors
    /// `ParamsMismatch` when plaintext or randomizer belong to another key.
    /// # Timing
    /// Constant in the plaintext, its sign included.
    pub fn encrypt_with(&self, plaintext: &Plaintext, randomizer: Randomizer) -> Result<Ciphertext> {
        self.check(plaintext.key(), "plaintext: made for another key")?;
        self.check(randomizer.key(), "randomizer: made for another key")?;
        let value = self.n_squared().mul(&self.message_factor(plaintext), randomizer.value());
        Ok(Ciphertext::from_unit(value, self))
    }

    /// `1 + n m`, a unit modulo n^2 for every m.
    pub(super) fn message_factor(&self, plaintext: &Plaintext) -> Residue {
        self.n_squared().one_plus_root_times(plaintext.as_residue())
    }
}

/// A key that encrypts: the public key, or the secret key, which does the same about 1.5 times as fast.
///
/// Both draw the same randomness and give the same ciphertexts.
///
/// # Security
/// A randomizer's exponent has half as many bits as n. Beside the decisional composite residuosity assumption, this
/// rests on a power of `h_s` with such an exponent being indistinguishable from a random n-th residue
/// (DJN10 §4.2). Exponents under keys of other software are longer, and need the first assumption only
/// ([`UnprovenPublicKey::from_modulus`](super::UnprovenPublicKey::from_modulus)).
pub trait EncryptionKey: Power + Sized {
    /// The public key, which names the parameters and carries the operations on ciphertexts.
    fn public_key(&self) -> &PublicKey {
        self.owner()
    }

    /// A fresh randomizer.
    ///
    /// # Timing
    /// Constant in the exponent.
    fn randomizer(&self, rng: &mut impl CryptoRng) -> Randomizer {
        Randomizer::random(self, rng)
    }

    /// Fresh randomizers, made on every core with the `parallel` feature.
    ///
    /// One seed for each is drawn from `rng` in order, so that the result does not depend on the number of cores.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    fn randomizers(
        &self,
        count: usize,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Randomizer>> {
        try_map(&seeds(count, rng), observer, |seed| Ok(self.randomizer(&mut generator(seed))))
    }

    /// Encrypts one number.
    ///
    /// # Errors
    /// `ParamsMismatch` when the plaintext belongs to another key.
    /// # Timing
    /// Constant in the plaintext, its sign included, and in the randomness.
    fn encrypt(&self, plaintext: &Plaintext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.public_key().encrypt_with(plaintext, self.randomizer(rng))
    }

    /// Encrypts many numbers, on every core with the `parallel` feature.
    ///
    /// One seed for each is drawn from `rng` in order, so that the result does not depend on the number of cores.
    ///
    /// # Errors
    /// `ParamsMismatch`; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the plaintexts and in the randomness; varies with their number.
    fn encrypt_many(
        &self,
        plaintexts: &[Plaintext],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Ciphertext>> {
        let items: Vec<_> = plaintexts.iter().zip(seeds(plaintexts.len(), rng)).collect();
        try_map(&items, observer, |(plaintext, seed)| self.encrypt(plaintext, &mut generator(seed)))
    }

    /// The same number under fresh randomness: the result cannot be linked to where it came from.
    ///
    /// # Errors
    /// `ParamsMismatch` when the ciphertext belongs to another key.
    fn rerandomize(&self, ciphertext: &Ciphertext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.public_key().rerandomize_with(ciphertext, self.randomizer(rng))
    }

    /// Rerandomizes many ciphertexts, as [`EncryptionKey::encrypt_many`] encrypts.
    ///
    /// # Errors
    /// `ParamsMismatch`; `Cancelled` when the observer stops the work.
    fn rerandomize_many(
        &self,
        ciphertexts: &[Ciphertext],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Ciphertext>> {
        let items: Vec<_> = ciphertexts.iter().zip(seeds(ciphertexts.len(), rng)).collect();
        try_map(&items, observer, |(ciphertext, seed)| self.rerandomize(ciphertext, &mut generator(seed)))
    }

    /// Encrypts with the given exponent, for test vectors: `modulus_bits / 128` limbs under keys of ours, least significant
    /// first.
    ///
    /// # Errors
    /// `OutOfRange` for another number of limbs; `ParamsMismatch`.
    #[cfg(feature = "vectors")]
    fn encrypt_with_randomness(&self, plaintext: &Plaintext, exponent: &[u64]) -> Result<Ciphertext> {
        use crate::bigint::limbs;
        use crate::error::{Error, ErrorKind};
        if exponent.len() * limbs::LIMB_BITS != self.public_key().exponent_bits() {
            return Err(Error::new(ErrorKind::OutOfRange, "exponent: number of limbs"));
        }
        self.public_key().encrypt_with(plaintext, Randomizer::from_exponent(self, exponent))
    }
}

impl EncryptionKey for PublicKey {}

impl EncryptionKey for SecretKey {}
