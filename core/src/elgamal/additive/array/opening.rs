//! What the maker of an array keeps, to prove things about it.
use core::fmt;

use rand_core::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::EncryptedArray;
use crate::elgamal::additive::{PlainArray, PublicKey, Randomizer};
use crate::error::Result;
use crate::progress::{Observer, try_map};

/// The encoded numbers and the randomizers of a fresh array, row-major. Secret; wiped when dropped.
///
/// Whoever knows it can read the array, and can prove things about it: see [`proofs`](crate::elgamal::additive::proofs).
pub struct Opening {
    values: Zeroizing<Vec<i64>>,
    randomizers: Vec<Randomizer>,
}

impl Opening {
    /// How many elements the array has.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The encoded number and the randomizer of each element.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (i64, &Randomizer)> {
        self.values.iter().copied().zip(&self.randomizers)
    }
}

impl ZeroizeOnDrop for Opening {}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl EncryptedArray {
    /// As [`EncryptedArray::encrypt`], with what it takes to prove things about the array.
    ///
    /// # Errors
    /// As [`EncryptedArray::encrypt`].
    /// # Timing
    /// As [`EncryptedArray::encrypt`].
    pub fn encrypt_opening(
        key: &PublicKey,
        values: &PlainArray,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<(Self, Opening)> {
        let bits = values.bound().ceil_log2();
        let randomizers: Vec<Randomizer> = values.values().iter().map(|_| Randomizer::random(rng)).collect();
        let items: Vec<(&i64, &Randomizer)> = values.values().iter().zip(&randomizers).collect();
        let ciphertexts = try_map(&items, observer, |(value, randomizer)| {
            Ok(key.encrypt_unchecked(**value, bits, randomizer))
        })?;
        let array = Self::from_ciphertexts(key, values.shape(), ciphertexts, values.scale(), values.bound())?;
        let opening = Opening { values: Zeroizing::new(values.values().to_vec()), randomizers };
        Ok((Self { derived: false, ..array }, opening))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elgamal::additive::proofs::{Context, prove_plaintext, verify_plaintext};
    use crate::elgamal::additive::testing::{rng, secret_key};
    use crate::shape::Shape;

    #[test]
    fn an_opening_is_that_of_its_array() {
        let key = secret_key().public_key();
        let shape = Shape::new(&[3]).unwrap();
        let plain = PlainArray::fixed_point(key.params(), &shape, &[1.5, -2.0, 0.0]).unwrap();
        let (array, opening) =
            EncryptedArray::encrypt_opening(key, &plain, &mut rng("opening"), &mut ()).unwrap();
        assert!(!array.is_derived() && !opening.is_empty() && opening.len() == 3);
        assert_eq!(*array.decrypt(secret_key(), &mut ()).unwrap(), [1.5, -2.0, 0.0]);
        let context = Context::new(b"opening");
        for (ciphertext, (value, randomizer)) in array.ciphertexts().iter().zip(opening.parts()) {
            assert!(key.encrypt_with(value, randomizer).unwrap() == *ciphertext);
            let proof = prove_plaintext(key, ciphertext, value, randomizer, &context, &mut rng("p")).unwrap();
            verify_plaintext(key, ciphertext, &proof, &context).unwrap().check().unwrap();
        }
        assert_eq!(format!("{opening:?}"), "Opening { len: 3, .. }");
    }
}
