//! Encryption, products, ratios, decryption.
use core::fmt;

use num_bigint::BigUint;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::integer::{Integer, square_root};
use super::keys::{KeyId, PublicKey, SecretKey};
use crate::bigint::{Residue, limbs, random};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;
use crate::unlinked::Unlinked;

/// An encrypted positive integer, or ratio of two: `(2^r, m^2 y^r)`.
///
/// How many bits numerator and denominator may have is public.
#[derive(Clone)]
pub struct Ciphertext {
    pub(super) blinder: Residue,
    pub(super) payload: Residue,
    pub(super) key: PublicKey,
    pub(super) room: Room,
    pub(super) derived: bool,
}

/// Public bounds: numerator and denominator are below two to the power of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) numerator_bits: usize,
    pub(super) denominator_bits: usize,
}

impl Room {
    /// Refuses what might not decode.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub(super) fn within(self, key: &PublicKey) -> Result<Self> {
        let total = self.numerator_bits.checked_add(self.denominator_bits);
        match total.is_some_and(|total| total <= key.group().plaintext_bits()) {
            true => Ok(self),
            false => Err(Error::new(ErrorKind::HeadroomExhausted, "result: might not decode")),
        }
    }
}

impl Ciphertext {
    /// What names the key that it belongs to.
    pub fn key(&self) -> KeyId {
        self.key.id()
    }

    /// The public bound on the numerator, in bits.
    pub fn numerator_bits(&self) -> usize {
        self.room.numerator_bits
    }

    /// The public bound on the denominator, in bits; 0 for integers.
    pub fn denominator_bits(&self) -> usize {
        self.room.denominator_bits
    }

    /// The two group elements `2^r` and `m^2 y^r`, little-endian.
    pub fn elements(&self) -> (Vec<u8>, Vec<u8>) {
        let bytes = |element| self.key.modulus().to_le_bytes(element).to_vec();
        (bytes(&self.blinder), bytes(&self.payload))
    }

    /// The ciphertext as it may leave: rerandomized if it was computed from others, else as it is.
    #[must_use]
    pub fn unlink(&self, rng: &mut impl CryptoRng) -> Unlinked<Self> {
        Unlinked::assume(if self.derived { self.key.blind(self, rng) } else { self.clone() })
    }
}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::multiplicative::integers::Ciphertext")
            .field("key", &self.key)
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

impl PublicKey {
    /// Encrypts a positive integer below `2^bits`. The bound is public.
    ///
    /// # Errors
    /// `OutOfRange` for zero and for an integer that is not below `2^bits`; `HeadroomExhausted` if `bits` do not fit.
    /// # Timing
    /// Constant in the integer; varies with the group.
    pub fn encrypt(&self, value: u128, bits: usize, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        let value = Zeroizing::new(value.to_le_bytes());
        self.encrypt_limbs(&limbs::from_le_bytes(&*value), bits, rng)
    }

    /// As [`PublicKey::encrypt`], for an integer of any length, least significant limb first.
    ///
    /// # Errors
    /// As [`PublicKey::encrypt`].
    /// # Timing
    /// Constant in the integer; varies with the group and the number of limbs.
    pub fn encrypt_limbs(&self, value: &[u64], bits: usize, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        let room = Room { numerator_bits: bits, denominator_bits: 0 }.within(self)?;
        let mut above = vec![0; bits / limbs::LIMB_BITS + 1];
        above[bits / limbs::LIMB_BITS] = 1 << (bits % limbs::LIMB_BITS);
        if declassify(limbs::is_zero(value) | !limbs::lt(value, &above)) {
            return Err(Error::new(ErrorKind::OutOfRange, "plaintext: zero, or above its announced size"));
        }
        let mut square = self.modulus().reduce(value);
        self.modulus().square_assign(&mut square);
        let plain = Ciphertext {
            blinder: self.modulus().one(),
            payload: square,
            key: self.clone(),
            room,
            derived: false,
        };
        Ok(self.blind(&plain, rng))
    }

    /// The product.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext; `HeadroomExhausted` if the result might not decode.
    pub fn mul(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        let room = Room {
            numerator_bits: a.room.numerator_bits + b.room.numerator_bits,
            denominator_bits: a.room.denominator_bits + b.room.denominator_bits,
        };
        self.combine(a, &b.blinder, &b.payload, b.key(), room)
    }

    /// The ratio of `a` and `b`.
    ///
    /// # Errors
    /// As [`PublicKey::mul`].
    pub fn div(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        let room = Room {
            numerator_bits: a.room.numerator_bits + b.room.denominator_bits,
            denominator_bits: a.room.denominator_bits + b.room.numerator_bits,
        };
        self.check(b.key())?;
        // Until it is rerandomized, the second element tells which factors it was multiplied with.
        let (payload, exists) = self.modulus().inverse_or_any(&b.payload);
        if !declassify(exists) {
            return Err(NOT_INVERTIBLE);
        }
        self.combine(a, &inverse(self, &b.blinder)?, &payload, b.key(), room)
    }

    /// The product with a known positive integer below `2^bits`.
    ///
    /// # Errors
    /// As [`PublicKey::mul`]; `OutOfRange` as [`PublicKey::encrypt`].
    /// # Timing
    /// Constant in the integer.
    pub fn mul_plain(&self, a: &Ciphertext, value: u128, bits: usize) -> Result<Ciphertext> {
        let limit =
            u32::try_from(bits).ok().and_then(|bits| u128::MAX.checked_shr(128_u32.saturating_sub(bits)));
        let limit = limit.unwrap_or(0);
        let bytes = Zeroizing::new(value.to_le_bytes());
        let value = limbs::from_le_bytes(&*bytes);
        let limit = limbs::from_le_bytes(&limit.to_le_bytes());
        if declassify(limbs::is_zero(&value) | limbs::lt(&limit, &value)) {
            return Err(Error::new(ErrorKind::OutOfRange, "factor: zero, or above its announced size"));
        }
        let room = Room { numerator_bits: a.room.numerator_bits + bits, ..a.room };
        let mut square = self.modulus().reduce(&value);
        self.modulus().square_assign(&mut square);
        self.combine(a, &self.modulus().one(), &square, a.key(), room)
    }

    /// The same plaintext under fresh randomness: the result cannot be linked to the ciphertext.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn rerandomize(&self, a: &Ciphertext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.check(a.key())?;
        Ok(self.blind(a, rng))
    }

    /// Times a fresh encryption of 1.
    fn blind(&self, a: &Ciphertext, rng: &mut impl CryptoRng) -> Ciphertext {
        let (modulus, exponent) = (self.modulus(), random::random_bits(self.group().exponent_bits(), rng));
        let generator = &self.group().tables().generator;
        Ciphertext {
            blinder: modulus.mul(&a.blinder, &generator.pow(modulus, &exponent)),
            payload: modulus.mul(&a.payload, &self.table().pow(modulus, &exponent)),
            derived: false,
            ..a.clone()
        }
    }

    fn combine(
        &self,
        a: &Ciphertext,
        blinder: &Residue,
        payload: &Residue,
        key: KeyId,
        room: Room,
    ) -> Result<Ciphertext> {
        self.check(a.key())?;
        self.check(key)?;
        Ok(Ciphertext {
            room: room.within(self)?,
            blinder: self.modulus().mul(&a.blinder, blinder),
            payload: self.modulus().mul(&a.payload, payload),
            key: self.clone(),
            derived: true,
        })
    }
}

const NOT_INVERTIBLE: Error = Error::new(ErrorKind::InvalidEncoding, "ciphertext: not invertible");

/// The inverse of the first element of a ciphertext, which no plaintext enters: it is public.
fn inverse(key: &PublicKey, blinder: &Residue) -> Result<Residue> {
    key.modulus().invert_vartime(blinder).ok_or(NOT_INVERTIBLE)
}

const NO_PLAINTEXT: Error =
    Error::new(ErrorKind::DecryptionFailed, "ciphertext: no integer within its bound");

impl SecretKey {
    /// The integer.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key, or for a ratio; `DecryptionFailed` when it is not what its public bound says.
    /// # Timing
    /// Constant in key and integer; varies with the group and the public bound.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Integer> {
        if ciphertext.room.denominator_bits > 0 {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: a ratio, not an integer"));
        }
        let square = self.square_of(ciphertext)?;
        let (root, exact) = square_root(&square, ciphertext.room.numerator_bits);
        if !declassify(exact & !limbs::is_zero(&root)) {
            return Err(NO_PLAINTEXT);
        }
        Ok(Integer::new(root))
    }

    /// Numerator and denominator in lowest terms, of a ratio or of an integer.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `DecryptionFailed` when it is not what its public bound says.
    /// # Timing
    /// Constant in the key. **Varies with the result**: for ratios that are about to be known.
    /// # Source
    /// P. Wang, "A p-adic algorithm for univariate partial fractions", 1981: the fraction is the one step of Euclid's
    /// algorithm on p and the residue whose parts are small enough, and there is only one.
    pub fn decrypt_ratio_vartime(&self, ciphertext: &Ciphertext) -> Result<(Integer, Integer)> {
        let square = self.square_of(ciphertext)?;
        let Room { numerator_bits, denominator_bits } = ciphertext.room;
        let above = |bits: usize| BigUint::from(1_u32) << (2 * bits);
        let modulus = limbs::to_biguint_vartime(self.public_key().modulus().as_limbs());
        let (mut large, mut small) = (modulus, limbs::to_biguint_vartime(&square));
        // The absolute values of the cofactors of the residue; their signs alternate.
        let (mut before, mut cofactor, mut negative) = (BigUint::ZERO, BigUint::from(1_u32), false);
        while small >= above(numerator_bits) {
            let quotient = &large / &small;
            (large, small) = (small.clone(), large - &quotient * &small);
            (before, cofactor) = (cofactor.clone(), before + quotient * &cofactor);
            negative = !negative;
        }
        let parts = [&small, &cofactor].map(|square| {
            let root = square.sqrt();
            (&root * &root == *square && root != BigUint::ZERO).then_some(root)
        });
        let [Some(numerator), Some(denominator)] = parts else {
            return Err(NO_PLAINTEXT);
        };
        if negative || cofactor > above(denominator_bits) {
            return Err(NO_PLAINTEXT);
        }
        let integer = |value: &BigUint| Integer::new(Zeroizing::new(limbs::from_biguint_vartime(value)));
        Ok((integer(&numerator), integer(&denominator)))
    }

    /// m^2 modulo p.
    fn square_of(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Box<[u64]>>> {
        let key = self.public_key();
        key.check(ciphertext.key())?;
        let (modulus, bits) = (key.modulus(), key.group().exponent_bits());
        let mask = modulus.pow(&inverse(key, &ciphertext.blinder)?, self.exponent(), bits);
        Ok(modulus.to_limbs(&modulus.mul(&ciphertext.payload, &mask)))
    }
}
