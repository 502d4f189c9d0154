//! Computing on shares, each party on its own.
use zeroize::Zeroizing;

use super::{Share, derived_set};
use crate::{
    codec::Writer,
    error::{Error, ErrorKind, Result},
    field::Field,
    shamir::polynomial::{Interpolation, point, weighted_sum},
};

impl<F: Field> Share<F> {
    /// Adds slot by slot.
    ///
    /// # Errors
    /// `ParamsMismatch` for shares of different parties or packings; `ShapeMismatch` for vectors of different lengths.
    /// # Timing
    /// Constant in the values.
    pub fn add(&self, other: &Self) -> Result<Self> {
        self.zip(other, "add", self.degree.max(other.degree), |a, b| a + b)
    }

    /// Subtracts slot by slot.
    ///
    /// # Errors
    /// As [`Share::add`].
    /// # Timing
    /// Constant in the values.
    pub fn sub(&self, other: &Self) -> Result<Self> {
        self.zip(other, "sub", self.degree.max(other.degree), |a, b| a - b)
    }

    /// Multiplies slot by slot; the degrees add up.
    ///
    /// # Errors
    /// As [`Share::add`]; `HeadroomExhausted` when there are too few parties for the degree of the product.
    /// # Timing
    /// Constant in the values.
    /// # Security
    /// The product's polynomials are not random. Hand its shares to others only after adding a fresh sharing of zeros of
    /// the same degree, as a protocol for multiplication does.
    pub fn mul(&self, other: &Self) -> Result<Self> {
        let degree = self.degree + other.degree;
        if degree >= self.packing.shares() {
            return Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "product: degree above the number of shares",
            ));
        }
        self.zip(other, "mul", degree, |a, b| a * b)
    }

    /// Multiplies every slot by one public number.
    ///
    /// # Timing
    /// Constant in the values and the factor.
    #[must_use]
    pub fn scale(&self, factor: F) -> Self {
        let mut out = self.clone();
        out.set_id = derived_set("scale", &[&self.set_id, &bytes(&[factor])]);
        crate::field::batch::scale(&mut out.values, factor);
        out
    }

    /// Adds a public vector, slot by slot.
    ///
    /// # Errors
    /// `ShapeMismatch` for a vector of another length.
    /// # Timing
    /// Constant in the values and the vector.
    pub fn add_public(&self, vector: &[F]) -> Result<Self> {
        let constants = self.public("add_public", vector)?;
        let mut out = self.clone();
        out.set_id = constants.set_id;
        crate::field::batch::add_assign(&mut out.values, &constants.values)?;
        Ok(out)
    }

    /// Multiplies by a public vector, slot by slot; the degree grows by the width less one.
    ///
    /// # Errors
    /// `ShapeMismatch` for a vector of another length; `HeadroomExhausted` as [`Share::mul`].
    /// # Timing
    /// Constant in the values and the vector.
    pub fn mul_public(&self, vector: &[F]) -> Result<Self> {
        let constants = self.public("mul_public", vector)?;
        let set_id = constants.set_id;
        let mut out = self.mul(&constants)?;
        out.set_id = set_id;
        Ok(out)
    }

    /// The value here of the polynomials of lowest degree through the vector.
    fn public(&self, operation: &'static str, vector: &[F]) -> Result<Self> {
        if vector.len() != self.elements {
            return Err(Error::new(ErrorKind::ShapeMismatch, "vector: of another length"));
        }
        let slots: Vec<F> = self.packing.slots();
        let factors = Interpolation::new(&slots).at(point(self.index));
        let value = |pack: &[F]| weighted_sum(&factors, pack.iter().copied());
        let mut out = self.clone();
        out.degree = self.packing.width() - 1;
        out.set_id = derived_set(operation, &[&self.set_id, &bytes(vector)]);
        out.values = Zeroizing::new(vector.chunks(self.packing.width()).map(value).collect());
        Ok(out)
    }

    fn zip(
        &self,
        other: &Self,
        operation: &'static str,
        degree: usize,
        op: impl Fn(F, F) -> F,
    ) -> Result<Self> {
        if self.packing != other.packing || self.index != other.index {
            return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different parties or packings"));
        }
        if self.elements != other.elements {
            return Err(Error::new(ErrorKind::ShapeMismatch, "shares: of vectors of different lengths"));
        }
        let values = self.values.iter().zip(other.values.iter()).map(|(a, b)| op(*a, *b));
        Ok(Self {
            set_id: derived_set(operation, &[&self.set_id, &other.set_id]),
            degree,
            values: Zeroizing::new(values.collect()),
            ..*self
        })
    }
}

/// The elements' bytes.
fn bytes<F: Field>(elements: &[F]) -> Zeroizing<Vec<u8>> {
    let mut out = Writer::with_capacity(elements.len() * F::ENCODED_LEN);
    elements.iter().for_each(|element| element.write(&mut out));
    out.into_bytes()
}
