//! Powers of `h_s` in proofs: exponents below 2^K, where K is 256 bits more than a randomizer's exponent has.
//!
//! A uniform number below 2^K hides `e a`, for a challenge e below 2^128 and an exponent a, but for 2^-128: modulo 2^K
//! it hides it in full, and only the equation fails where the difference wraps around.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::super::keys::{PublicKey, WINDOW};
use crate::bigint::{FixedBase, Residue, limbs, random};
use crate::codec::Reader;
use crate::error::Result;
use crate::transcript::Transcript;

/// Bits that hide the product of a challenge, 128 bits, and an exponent: 128 more.
pub(in super::super) const HIDING_BITS: usize = 256;
/// Bytes of a challenge.
pub(in super::super) const CHALLENGE_LEN: usize = 16;

/// A challenge.
pub(in super::super) type Challenge = [u8; CHALLENGE_LEN];

/// Powers of `h_s` with exponents below 2^K.
pub(super) struct Powers<'a> {
    pub(super) key: &'a PublicKey,
    /// Powers of `h_s^(2^E)`, where E is the length of a randomizer's exponent.
    high: FixedBase,
    /// `1 / (1+n)`.
    minus_one: Residue,
}

impl<'a> Powers<'a> {
    pub(super) fn new(key: &'a PublicKey) -> Self {
        let modulus = key.n_squared();
        let mut half = vec![0; key.exponent_bits() / limbs::LIMB_BITS];
        if let Some(top) = half.last_mut() {
            *top = 1 << (limbs::LIMB_BITS - 1);
        }
        let base = modulus.square(&key.table().pow(modulus, &half));
        let mut minus_one = key.n().to_vec();
        limbs::sub_assign(&mut minus_one, &[1]);
        Self {
            key,
            high: FixedBase::new(modulus, &base, HIDING_BITS, WINDOW),
            minus_one: modulus.one_plus_root_times(&minus_one),
        }
    }

    /// # Timing
    /// Constant in the exponent.
    pub(super) fn power(&self, exponent: &[u64]) -> Residue {
        let (low, high) = exponent.split_at(self.key.exponent_bits() / limbs::LIMB_BITS);
        let modulus = self.key.n_squared();
        modulus.mul(&self.key.table().pow(modulus, low), &self.high.pow(modulus, high))
    }

    /// A ciphertext, and the same divided by `1 + n`.
    pub(super) fn halves(&self, ciphertext: &Residue) -> [Residue; 2] {
        [ciphertext.clone(), self.key.n_squared().mul(ciphertext, &self.minus_one)]
    }

    /// A mask for an exponent, uniform below 2^K.
    pub(super) fn mask(&self, rng: &mut impl CryptoRng) -> Zeroizing<Vec<u64>> {
        random::random_bits(exponent_limbs(self.key) * limbs::LIMB_BITS, rng)
    }
}

/// Limbs of an exponent below 2^K.
pub(super) fn exponent_limbs(key: &PublicKey) -> usize {
    (key.exponent_bits() + HIDING_BITS) / limbs::LIMB_BITS
}

/// `mask - challenge secret`, modulo `2^64` to the number of limbs of the mask.
///
/// # Timing
/// Constant in all of them.
pub(in super::super) fn respond(mask: &[u64], challenge: &[u64], secret: &[u64]) -> Vec<u64> {
    let mut product = Zeroizing::new(vec![0; mask.len()]);
    limbs::mul(&mut product, secret, challenge);
    let mut response = mask.to_vec();
    limbs::sub_assign(&mut response, &product);
    response
}

/// The whole public key.
pub(in super::super) fn append_key<'a>(
    transcript: &'a mut Transcript,
    key: &PublicKey,
) -> &'a mut Transcript {
    transcript
        .append_u64("params id", key.params().params_id().into())
        .append("n", &limbs::to_le_bytes(key.n(), key.params().modulus_bytes()))
        .append("h_s", &key.n_squared().to_le_bytes(key.h_s()))
}

/// Reads this many limbs.
pub(in super::super) fn read_limbs(
    body: &mut Reader<'_>,
    count: usize,
    what: &'static str,
) -> Result<Vec<u64>> {
    (0..count).map(|_| body.u64(what)).collect()
}
