//! Arrays that may be given away.
use rand_core::CryptoRng;

use super::EncryptedArray;
use crate::ckks::{Complex, ReleaseBudget, SecretKey};
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

/// Numbers that may leave the key holder, with how far they can be from the exact result.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleasedArray {
    shape: Shape,
    values: Vec<Complex>,
    complex: bool,
    error_bound: f64,
}

impl ReleasedArray {
    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The numbers, row-major; real ones have no imaginary parts.
    pub fn values(&self) -> &[Complex] {
        &self.values
    }

    /// Whether the numbers are complex.
    pub fn is_complex(&self) -> bool {
        self.complex
    }

    /// How far every real and imaginary part can be off: see [`Released::error_bound`](crate::ckks::Released::error_bound).
    pub fn error_bound(&self) -> f64 {
        self.error_bound
    }
}

impl EncryptedArray {
    /// Gives the numbers away, at the price of one release for each ciphertext.
    ///
    /// # Errors
    /// As [`SecretKey::release`]; `HeadroomExhausted` before anything is counted if fewer releases are left than the array has
    /// ciphertexts.
    /// # Security
    /// As [`SecretKey::release`]. Slots without an element are not released.
    pub fn release(
        &self,
        key: &SecretKey,
        budget: &mut ReleaseBudget,
        at_most_error: f64,
        rng: &mut impl CryptoRng,
    ) -> Result<ReleasedArray> {
        if !u32::try_from(self.ciphertexts.len()).is_ok_and(|count| count <= budget.left()) {
            return Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "release: fewer releases left than the array has ciphertexts",
            ));
        }
        let mut values = vec![Complex::default(); self.shape().len()];
        let mut error_bound = 0.0_f64;
        for (ciphertext, elements) in self.ciphertexts.iter().zip(self.layout.elements()) {
            let slots: Vec<usize> = elements.iter().map(|(slot, _)| *slot).collect();
            let (found, error): (Vec<Complex>, f64) = match self.complex {
                false => {
                    let released = key.release(budget, ciphertext, &slots, at_most_error, rng)?;
                    (released.values().iter().map(|value| (*value).into()).collect(), released.error_bound())
                }
                true => {
                    let released = key.release_complex(budget, ciphertext, &slots, at_most_error, rng)?;
                    (released.values().to_vec(), released.error_bound())
                }
            };
            elements.iter().zip(found).for_each(|((_, element), value)| values[*element] = value);
            error_bound = error_bound.max(error);
        }
        Ok(ReleasedArray { shape: self.shape().clone(), values, complex: self.complex, error_bound })
    }
}
