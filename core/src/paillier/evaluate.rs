//! Operations on ciphertexts. Nobody watches the size of the numbers here: sums and products wrap around modulo n.
use core::slice;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::ciphertext::Ciphertext;
use super::keys::PublicKey;
use super::plaintext::{Plaintext, sign_magnitude};
use super::randomizer::Randomizer;
use crate::bigint::{Residue, limbs};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map};
use crate::secret::declassify;

/// The longest weight, in bits without the sign.
pub const MAX_WEIGHT_BITS: u32 = 127;

/// # Operations on ciphertexts
///
/// Each refuses ciphertexts of another key with `ParamsMismatch`. Results are linked to their operands: whoever knows
/// the operands' ciphertexts can test a guess of what was added or multiplied. Rerandomize before sending.
impl PublicKey {
    /// An encryption of 0 without randomness, to start a sum with.
    pub fn zero(&self) -> Ciphertext {
        Ciphertext::from_unit(self.n_squared().one(), self)
    }

    /// The sum of two encrypted numbers.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn add(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.check_ciphertexts([a, b])?;
        Ok(Ciphertext::from_unit(self.n_squared().mul(a.value(), b.value()), self))
    }

    /// The sum of many encrypted numbers; 0 for none.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn sum(&self, terms: &[&Ciphertext]) -> Result<Ciphertext> {
        self.check_ciphertexts(terms.iter().copied())?;
        let values: Vec<&Residue> = terms.iter().map(|term| term.value()).collect();
        Ok(Ciphertext::from_unit(self.n_squared().product(&values), self))
    }

    /// The negative of an encrypted number.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn neg(&self, a: &Ciphertext) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        Ok(Ciphertext::from_unit(self.invert(a.value()), self))
    }

    /// The negatives of many encrypted numbers, at the price of three multiplications each and one inversion.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn neg_many(&self, list: &[Ciphertext]) -> Result<Vec<Ciphertext>> {
        self.check_ciphertexts(list)?;
        let modulus = self.n_squared();
        // Montgomery's trick: invert the product of all, then take the factors off from the end.
        let mut prefixes = vec![modulus.one()];
        for (i, ciphertext) in list.iter().enumerate() {
            prefixes.push(modulus.mul(&prefixes[i], ciphertext.value()));
        }
        let mut rest = self.invert(&prefixes[list.len()]);
        let mut inverses: Vec<Ciphertext> = Vec::with_capacity(list.len());
        for (ciphertext, prefix) in list.iter().zip(&prefixes).rev() {
            inverses.push(Ciphertext::from_unit(modulus.mul(&rest, prefix), self));
            modulus.mul_assign(&mut rest, ciphertext.value());
        }
        inverses.reverse();
        Ok(inverses)
    }

    /// The difference of two encrypted numbers.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn sub(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.add(a, &self.neg(b)?)
    }

    /// The sum of an encrypted number and a known one.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    /// # Timing
    /// Constant in the plaintext.
    /// # Security
    /// Without [`rerandomize`](super::EncryptionKey::rerandomize), whoever saw `a` reads the plaintext off the result.
    pub fn add_plain(&self, a: &Ciphertext, plaintext: &Plaintext) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        self.check(plaintext.key(), "plaintext: made for another key")?;
        Ok(Ciphertext::from_unit(self.n_squared().mul(a.value(), &self.message_factor(plaintext)), self))
    }

    /// The product of an encrypted number and a secret weight of absolute value below `2^bits`; `bits` is public.
    ///
    /// # Errors
    /// `ParamsMismatch`; `OutOfRange` when the weight needs more bits, or `bits` is above [`MAX_WEIGHT_BITS`].
    /// # Timing
    /// Constant in the weight, its sign included; varies with `bits`.
    pub fn mul_plain(&self, a: &Ciphertext, weight: i128, bits: u32) -> Result<Ciphertext> {
        let products = self.mul_plain_many(slice::from_ref(a), &[weight], bits, &mut ())?;
        products.into_iter().next().ok_or(LENGTHS)
    }

    /// The products of encrypted numbers and secret weights, pair by pair, as [`PublicKey::mul_plain`]; on every core
    /// with the `parallel` feature.
    ///
    /// # Errors
    /// As [`PublicKey::mul_plain`]; `ShapeMismatch` for lists of different lengths; `Cancelled`.
    /// # Timing
    /// Constant in the weights, their signs included; varies with `bits` and the number of pairs.
    pub fn mul_plain_many(
        &self,
        list: &[Ciphertext],
        weights: &[i128],
        bits: u32,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Ciphertext>> {
        same_length(list.len(), weights.len())?;
        check_weights(weights, bits)?;
        let negatives = self.neg_many(list)?;
        let items: Vec<_> = list.iter().zip(&negatives).zip(weights).collect();
        try_map(&items, observer, |((positive, negative), weight)| {
            let (sign, magnitude) = sign_magnitude(**weight);
            let mut base = positive.value().clone();
            base.conditional_assign(negative.value(), sign);
            let bits = usize::try_from(bits).map_err(|_| WEIGHT)?;
            Ok(Ciphertext::from_unit(self.n_squared().pow(&base, &magnitude, bits), self))
        })
    }

    /// The product of an encrypted number and a public weight.
    ///
    /// # Errors
    /// `ParamsMismatch`; `OutOfRange` for -2^127.
    /// # Timing
    /// Varies with the weight.
    pub fn mul_plain_vartime(&self, a: &Ciphertext, weight: i128) -> Result<Ciphertext> {
        check_weights(&[weight], MAX_WEIGHT_BITS)?;
        self.check_ciphertexts([a])?;
        let power = self.n_squared().pow_vartime(a.value(), &sign_magnitude(weight).1);
        let value = if weight.is_negative() { self.invert(&power) } else { power };
        Ok(Ciphertext::from_unit(value, self))
    }

    /// The sum of encrypted numbers times secret weights, each of absolute value below `2^bits`; `bits` is public.
    ///
    /// # Errors
    /// `ParamsMismatch`; `ShapeMismatch` for lists of different lengths; `OutOfRange` when a weight needs more bits, or
    /// `bits` is above [`MAX_WEIGHT_BITS`].
    /// # Timing
    /// Constant in the weights, their signs included; varies with `bits` and the number of terms.
    pub fn dot(&self, list: &[&Ciphertext], weights: &[i128], bits: u32) -> Result<Ciphertext> {
        same_length(list.len(), weights.len())?;
        check_weights(weights, bits)?;
        let sum = self.sum(list)?;
        // With w + 2^bits, which is positive, for each weight: sum w m = sum (w + 2^bits) m - 2^bits sum m.
        let offset = 1_u128 << bits;
        let shifted: Vec<_> = weights
            .iter()
            .map(|weight| limbs::from_le_bytes(&offset.wrapping_add_signed(*weight).to_le_bytes()))
            .collect();
        let powers: Vec<(&Residue, &[u64])> =
            list.iter().zip(&shifted).map(|(ciphertext, weight)| (ciphertext.value(), &***weight)).collect();
        let bits = usize::try_from(bits).map_err(|_| WEIGHT)?;
        let modulus = self.n_squared();
        let mut excess = sum.value().clone();
        (0..bits).for_each(|_| modulus.square_assign(&mut excess));
        let product = modulus.multi_pow(&powers, bits + 1);
        Ok(Ciphertext::from_unit(modulus.mul(&product, &self.invert(&excess)), self))
    }

    /// The sum of encrypted numbers times public weights.
    ///
    /// # Errors
    /// `ParamsMismatch`; `ShapeMismatch` for lists of different lengths; `OutOfRange` for a weight of -2^127.
    /// # Timing
    /// Varies with the weights.
    pub fn dot_vartime(&self, list: &[&Ciphertext], weights: &[i128]) -> Result<Ciphertext> {
        same_length(list.len(), weights.len())?;
        check_weights(weights, MAX_WEIGHT_BITS)?;
        self.check_ciphertexts(list.iter().copied())?;
        let magnitudes: Vec<_> = weights.iter().map(|weight| sign_magnitude(*weight).1).collect();
        let powers: Vec<(&Residue, bool, &[u64])> = list
            .iter()
            .zip(weights.iter().zip(&magnitudes))
            .map(|(ciphertext, (weight, magnitude))| {
                (ciphertext.value(), weight.is_negative(), &***magnitude)
            })
            .collect();
        let [product, divisor] = self.n_squared().multi_pow_signed_vartime(&powers);
        let value = self.n_squared().mul(&product, &self.invert(&divisor));
        Ok(Ciphertext::from_unit(value, self))
    }

    /// Rerandomizes with a randomizer from a pool, which is used up.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn rerandomize_with(&self, a: &Ciphertext, randomizer: Randomizer) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        self.check(randomizer.key(), "randomizer: made for another key")?;
        Ok(Ciphertext::from_unit(self.n_squared().mul(a.value(), randomizer.value()), self))
    }

    fn invert(&self, value: &Residue) -> Residue {
        Option::from(self.n_squared().invert(value)).expect("a ciphertext is a unit")
    }
}

const LENGTHS: Error = Error::new(ErrorKind::ShapeMismatch, "weights: as many as ciphertexts are needed");
const WEIGHT: Error = Error::new(ErrorKind::OutOfRange, "weight: needs more bits than announced");

fn same_length(ciphertexts: usize, weights: usize) -> Result<()> {
    if ciphertexts == weights { Ok(()) } else { Err(LENGTHS) }
}

/// Whether every weight is below `2^bits`, decided at once for all.
fn check_weights(weights: &[i128], bits: u32) -> Result<()> {
    if bits > MAX_WEIGHT_BITS {
        return Err(Error::new(ErrorKind::OutOfRange, "bits: at most 127"));
    }
    let mut fit = Choice::from(1);
    for weight in weights {
        let (_, magnitude) = sign_magnitude(*weight);
        let mut high = Zeroizing::new(0_u64);
        let value = Zeroizing::new(u128::from(magnitude[0]) | u128::from(magnitude[1]) << 64);
        for half in limbs::from_le_bytes(&(*value >> bits).to_le_bytes()).iter() {
            *high |= half;
        }
        fit &= high.ct_eq(&0);
    }
    if declassify(fit) { Ok(()) } else { Err(WEIGHT) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{decrypted, encrypted, other_key, plain, public_key, rng, secret_key};
    use super::super::{EncryptionKey, RandomizerPool};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn sums_and_products_are_those_of_the_numbers(a: i64, b: i64, weight: i32) {
            let key = public_key();
            let (x, y) = (encrypted(a.into()), encrypted(b.into()));
            let (a, b, w) = (i128::from(a), i128::from(b), i128::from(weight));
            prop_assert_eq!(decrypted(&key.add(&x, &y).unwrap()), a + b);
            prop_assert_eq!(decrypted(&key.sub(&x, &y).unwrap()), a - b);
            prop_assert_eq!(decrypted(&key.neg(&x).unwrap()), -a);
            prop_assert_eq!(decrypted(&key.add_plain(&x, &plain(b)).unwrap()), a + b);
            prop_assert_eq!(decrypted(&key.mul_plain(&x, w, 32).unwrap()), a * w);
            prop_assert_eq!(decrypted(&key.mul_plain_vartime(&x, w).unwrap()), a * w);
            prop_assert_eq!(decrypted(&key.rerandomize(&x, &mut rng(5)).unwrap()), a);
        }

        #[test]
        fn dot_products_agree(values in prop::collection::vec(any::<(i32, i32)>(), 0..40)) {
            let list: Vec<_> = values.iter().map(|(value, _)| encrypted((*value).into())).collect();
            let list: Vec<&Ciphertext> = list.iter().collect();
            let weights: Vec<i128> = values.iter().map(|(_, weight)| (*weight).into()).collect();
            let expected: i128 = values.iter().map(|(value, weight)| i128::from(*value) * i128::from(*weight)).sum();
            prop_assert_eq!(decrypted(&public_key().dot(&list, &weights, 32).unwrap()), expected);
            prop_assert_eq!(decrypted(&public_key().dot_vartime(&list, &weights).unwrap()), expected);
        }
    }

    #[test]
    fn addition_commutes() {
        let (a, b) = (encrypted(3), public_key().encrypt(&plain(4), &mut rng(9)).unwrap());
        assert_eq!(public_key().add(&a, &b).unwrap(), public_key().add(&b, &a).unwrap());
    }

    #[test]
    fn empty_sums_are_zero() {
        let key = public_key();
        assert_eq!(decrypted(&key.zero()), 0);
        assert_eq!(decrypted(&key.sum(&[]).unwrap()), 0);
        assert_eq!(decrypted(&key.dot(&[], &[], 5).unwrap()), 0);
        assert_eq!(decrypted(&key.dot_vartime(&[], &[]).unwrap()), 0);
        assert!(key.neg_many(&[]).unwrap().is_empty());
        assert!(key.mul_plain_many(&[], &[], 1, &mut ()).unwrap().is_empty());
    }

    #[test]
    fn weights_at_the_edges() {
        let key = public_key();
        let one = encrypted(1);
        for weight in [0, 1, -1, i128::MAX, -i128::MAX] {
            assert_eq!(decrypted(&key.mul_plain(&one, weight, 127).unwrap()), weight);
            assert_eq!(decrypted(&key.mul_plain_vartime(&one, weight).unwrap()), weight);
            assert_eq!(decrypted(&key.dot(&[&one], &[weight], 127).unwrap()), weight);
        }
        assert_eq!(decrypted(&key.mul_plain(&one, 0, 0).unwrap()), 0);
        for (weight, bits) in [(i128::MIN, 127), (1, 0), (-1, 0), (4, 2), (-4, 2), (0, 128), (0, u32::MAX)] {
            assert_eq!(key.mul_plain(&one, weight, bits).unwrap_err().kind(), ErrorKind::OutOfRange);
            assert_eq!(key.dot(&[&one], &[weight], bits).unwrap_err().kind(), ErrorKind::OutOfRange);
        }
        assert_eq!(key.mul_plain_vartime(&one, i128::MIN).unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn many_at_once_agree_with_one_by_one() {
        let key = public_key();
        let values = [5, -6, 0, 1 << 60];
        let list: Vec<_> = values.map(encrypted).into();
        let products = key.mul_plain_many(&list, &[3, -2, 9, -1], 4, &mut ()).unwrap();
        assert_eq!(products.iter().map(decrypted).collect::<Vec<_>>(), [15, 12, 0, -(1 << 60)]);
        let negatives = key.neg_many(&list).unwrap();
        assert!(negatives.iter().zip(&list).all(|(negative, c)| *negative == key.neg(c).unwrap()));
        let refs: Vec<&Ciphertext> = list.iter().collect();
        assert_eq!(decrypted(&key.sum(&refs).unwrap()), (1 << 60) - 1);
    }

    #[test]
    fn other_keys_and_lengths_are_refused() {
        let (key, foreign) = (other_key().public_key(), encrypted(1));
        let mismatch = |error: Error| assert_eq!(error.kind(), ErrorKind::ParamsMismatch);
        let own = key.zero();
        mismatch(key.add(&own, &foreign).unwrap_err());
        mismatch(key.sum(&[&own, &foreign]).unwrap_err());
        mismatch(key.neg(&foreign).unwrap_err());
        mismatch(key.add_plain(&foreign, &Plaintext::from_i128(1, key)).unwrap_err());
        mismatch(key.add_plain(&own, &plain(1)).unwrap_err());
        mismatch(key.mul_plain(&foreign, 1, 1).unwrap_err());
        mismatch(key.dot(&[&foreign], &[1], 1).unwrap_err());
        mismatch(key.dot_vartime(&[&foreign], &[1]).unwrap_err());
        mismatch(key.rerandomize(&foreign, &mut rng(1)).unwrap_err());
        mismatch(key.encrypt(&plain(1), &mut rng(1)).unwrap_err());
        mismatch(other_key().decrypt(&foreign).unwrap_err());
        for result in [key.dot(&[&own], &[], 1), key.dot_vartime(&[], &[1])] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::ShapeMismatch);
        }
    }

    #[test]
    fn pool_randomizers_work_once() {
        let key = public_key();
        let mut pool = RandomizerPool::new(key);
        pool.fill(key, 2, &mut rng(6), &mut ()).unwrap();
        pool.fill(secret_key(), 1, &mut rng(6), &mut ()).unwrap();
        assert_eq!(pool.len(), 3);
        let made: Vec<Ciphertext> =
            (0..2).map(|_| key.encrypt_with(&plain(8), pool.take().unwrap()).unwrap()).collect();
        let again = key.rerandomize_with(&made[0], pool.take().unwrap()).unwrap();
        assert!(pool.take().is_none() && pool.is_empty());
        // The first seed of both fills is the same, and both keys give the same randomizer for it.
        assert_eq!(made.iter().map(decrypted).collect::<Vec<_>>(), [8, 8]);
        assert_eq!(decrypted(&again), 8);
        assert!(made[0] != made[1] && again != made[0]);
        assert_eq!(
            pool.fill(other_key(), 1, &mut rng(6), &mut ()).unwrap_err().kind(),
            ErrorKind::ParamsMismatch
        );
    }
}
