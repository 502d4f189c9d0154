//! Proofs about one encrypted number in the form of an array: scale and bound go along, and are checked.
use rand_core::CryptoRng;

use super::EncryptedArray;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::format::Format;
use crate::paillier::plain::PlainArray;
use crate::paillier::proofs::equality::EqualityProof;
use crate::paillier::proofs::product::ProductProof;
use crate::shape::Shape;

/// An array times a secret number, with all that a verifier needs beside the array.
#[derive(Clone, Debug)]
pub struct ProvenProductArray {
    /// The encrypted weight.
    pub weight: EncryptedArray,
    /// The encrypted product.
    pub product: EncryptedArray,
    /// The proof.
    pub proof: ProductProof,
}

impl EncryptedArray {
    /// One number rerandomized, and the proof that it is the same: [`EqualityProof::rerandomize`].
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one element; `InvalidParams` for a result of computation, which has to be
    /// rerandomized first: its bytes are others each time it is sent, and a proof is about bytes.
    /// # Timing
    /// Constant in the randomness.
    pub fn rerandomize_with_proof(
        &self,
        context: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, EqualityProof)> {
        let (same, proof) = EqualityProof::rerandomize(&self.key, self.settled()?, context, rng)?;
        Ok((self.one(same, self.format), proof))
    }

    /// Checks that `other` is this number again, at the same scale: [`EqualityProof::verify`].
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one element in each; `ParamsMismatch` when something belongs to another key, or for
    /// another scale; `VerificationFailed`.
    /// # Timing
    /// Varies with ciphertexts and proof, which are public.
    /// # Security
    /// The bounds remain claims of whoever sent the arrays.
    pub fn verify_same(&self, other: &Self, proof: &EqualityProof, context: &[u8]) -> Result<()> {
        if self.format.scale != other.format.scale {
            return Err(Error::new(ErrorKind::ParamsMismatch, "array: another scale"));
        }
        proof.verify(&self.key, self.single()?, other.single()?, context)
    }

    /// One number times one secret weight, and the proof: [`ProductProof::multiply`]. The product is rerandomized.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one element and one weight; `InvalidParams` for a result of computation, which has
    /// to be rerandomized first; `HeadroomExhausted` if the product could exceed the plaintext space.
    /// # Timing
    /// Constant in the weight and the randomness.
    pub fn multiply_with_proof(
        &self,
        weight: &PlainArray,
        context: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<ProvenProductArray> {
        let [value] = weight.values() else {
            return Err(Error::new(ErrorKind::ShapeMismatch, "weight: must be one number"));
        };
        let format = self.product_format(weight.format())?;
        let made = ProductProof::multiply(&self.key, self.settled()?, *value, context, rng)?;
        Ok(ProvenProductArray {
            weight: Self { shape: Shape::default(), ..self.one(made.weight, weight.format()) },
            product: self.one(made.product, format),
            proof: made.proof,
        })
    }

    /// Checks that `product` is this number times `weight`, at the scale that follows: [`ProductProof::verify`].
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one element in each; `ParamsMismatch` when something belongs to another key, or for
    /// another scale; `VerificationFailed`.
    /// # Timing
    /// Varies with ciphertexts and proof, which are public.
    /// # Security
    /// The product is that modulo n, and nothing is proven about the size of the weight: the bounds remain claims of whoever
    /// sent the arrays.
    pub fn verify_product(
        &self,
        weight: &Self,
        product: &Self,
        proof: &ProductProof,
        context: &[u8],
    ) -> Result<()> {
        if self.product_format(weight.format)?.scale != product.format.scale {
            return Err(Error::new(ErrorKind::ParamsMismatch, "array: another scale"));
        }
        proof.verify(&self.key, weight.single()?, self.single()?, product.single()?, context)
    }

    fn product_format(&self, weight: Format) -> Result<Format> {
        const SCALE: Error = Error::new(ErrorKind::HeadroomExhausted, "result: scale");
        let scale = self.format.scale.checked_add(weight.scale).ok_or(SCALE)?;
        Format { scale, bound: self.format.bound.try_mul(weight.bound)? }.within(self.key.params())
    }

    fn single(&self) -> Result<&Ciphertext> {
        match &self.ciphertexts[..] {
            [ciphertext] => Ok(ciphertext),
            _ => Err(Error::new(ErrorKind::ShapeMismatch, "array: must have one element")),
        }
    }

    /// The only element of an array that is sent as it is.
    fn settled(&self) -> Result<&Ciphertext> {
        match self.derived {
            false => self.single(),
            true => {
                Err(Error::new(ErrorKind::InvalidParams, "array: computed from others; rerandomize it first"))
            }
        }
    }

    /// Fresh ciphertext, same key and shape.
    fn one(&self, ciphertext: Ciphertext, format: Format) -> Self {
        Self { derived: false, ..self.computed(self.shape.clone(), vec![ciphertext], format) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{other_key, params, public_key, rng, secret_key};
    use super::*;

    const CONTEXT: &[u8] = b"session 1, party 2";

    fn reals(values: &[f64]) -> PlainArray {
        PlainArray::fixed_point(&params(), &Shape::new(&[values.len()]).unwrap(), values).unwrap()
    }

    fn encrypted(values: &[f64]) -> EncryptedArray {
        EncryptedArray::encrypt(public_key(), &reals(values), &mut rng(71), &mut ()).unwrap()
    }

    fn kind<T: core::fmt::Debug>(result: Result<T>) -> ErrorKind {
        result.unwrap_err().kind()
    }

    #[test]
    fn the_same_number_is_sent_as_proven() {
        let x = encrypted(&[2.5]);
        let (y, proof) = x.rerandomize_with_proof(CONTEXT, &mut rng(72)).unwrap();
        let sent = |array: &EncryptedArray| {
            let bytes = array.to_bytes_for_sending(&mut rng(73), &mut ()).unwrap();
            EncryptedArray::from_bytes(&bytes, public_key()).unwrap()
        };
        sent(&x).verify_same(&sent(&y), &proof, CONTEXT).unwrap();
        assert_eq!(*y.decrypt(secret_key(), &mut ()).unwrap(), [2.5]);
        assert_eq!(kind(sent(&x).verify_same(&sent(&y), &proof, b"")), ErrorKind::VerificationFailed);
        let scaled = EncryptedArray { format: Format { scale: 0, ..y.format }, ..y.clone() };
        assert_eq!(kind(x.verify_same(&scaled, &proof, CONTEXT)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(x.verify_same(&encrypted(&[1.0, 2.0]), &proof, CONTEXT)), ErrorKind::ShapeMismatch);
    }

    #[test]
    fn products_carry_scale_and_bound() {
        let x = encrypted(&[2.5]);
        let made = x.multiply_with_proof(&reals(&[-4.0]), CONTEXT, &mut rng(74)).unwrap();
        assert_eq!((made.weight.scale(), made.product.scale()), (40, 80));
        assert_eq!(*made.weight.decrypt(secret_key(), &mut ()).unwrap(), [-4.0]);
        assert_eq!(*made.product.decrypt(secret_key(), &mut ()).unwrap(), [-10.0]);
        x.verify_product(&made.weight, &made.product, &made.proof, CONTEXT).unwrap();
        let verify = |product: &EncryptedArray, context: &[u8]| {
            kind(x.verify_product(&made.weight, product, &made.proof, context))
        };
        assert_eq!(verify(&made.product, b""), ErrorKind::VerificationFailed);
        assert_eq!(verify(&x, CONTEXT), ErrorKind::ParamsMismatch, "scale");
        let scaled = EncryptedArray { format: made.product.format, ..x.clone() };
        assert_eq!(verify(&scaled, CONTEXT), ErrorKind::VerificationFailed);
    }

    #[test]
    fn only_single_numbers_that_are_sent_as_they_are() {
        let (x, two) = (encrypted(&[2.5]), encrypted(&[1.0, 2.0]));
        let derived = x.add(&x, &mut ()).unwrap();
        let same = |array: &EncryptedArray| kind(array.rerandomize_with_proof(CONTEXT, &mut rng(75)));
        let product =
            |array: &EncryptedArray| kind(array.multiply_with_proof(&reals(&[1.0]), CONTEXT, &mut rng(75)));
        assert_eq!((same(&two), product(&two)), (ErrorKind::ShapeMismatch, ErrorKind::ShapeMismatch));
        assert_eq!((same(&derived), product(&derived)), (ErrorKind::InvalidParams, ErrorKind::InvalidParams));
        let weights = x.multiply_with_proof(&reals(&[1.0, 2.0]), CONTEXT, &mut rng(75));
        assert_eq!(kind(weights), ErrorKind::ShapeMismatch);
        let foreign = EncryptedArray::encrypt(other_key(), &reals(&[2.5]), &mut rng(71), &mut ()).unwrap();
        let (same, proof) = x.rerandomize_with_proof(CONTEXT, &mut rng(76)).unwrap();
        assert_eq!(kind(foreign.verify_same(&same, &proof, CONTEXT)), ErrorKind::ParamsMismatch);
        let full = EncryptedArray { format: Format { scale: 2000, ..x.format }, ..x.clone() };
        let wide = full.multiply_with_proof(&reals(&[1.0]), CONTEXT, &mut rng(75)).and_then(|made| {
            EncryptedArray { format: made.product.format, ..x.clone() }.multiply_with_proof(
                &reals(&[1.0]),
                CONTEXT,
                &mut rng(75),
            )
        });
        assert_eq!(kind(wide), ErrorKind::HeadroomExhausted);
    }
}
