//! Products, with plaintexts and of two ciphertexts (CKKS17 §3.4).
use super::ciphertext::{Ciphertext, Product};
use super::levels::rescaled;
use super::operands::{Operand, first_rows};
use super::plaintext::Plaintext;
use crate::error::Result;
use crate::ring::{Poly, Values};

impl Ciphertext {
    /// The product with a plaintext, slot by slot. Scales are multiplied: rescale afterwards.
    ///
    /// # Errors
    /// `ParamsMismatch` for a plaintext of other parameters or a lower level; `HeadroomExhausted` when the product could be
    /// too large; `OutOfRange` for a plaintext of zeros: the result would hide nothing.
    pub fn mul_plain(&self, plaintext: &Plaintext) -> Result<Self> {
        let (scale, bounds) = Operand::from(self).product(&plaintext.into())?;
        let message = first_rows(&plaintext.poly, self.c0.rows());
        let times = |half| {
            let mut out = Poly::unset(message.degree(), message.rows());
            self.context.q().mul_to(&mut out, half, &message);
            out
        };
        let (c0, c1) = (times(&self.c0), times(&self.c1));
        Self { context: self.context.clone(), key: self.key, c0, c1, scale, bounds, seed: None }.checked()
    }

    /// The product with a plaintext, rescaled: [`Ciphertext::mul_plain`] and [`Ciphertext::rescale`] in one pass over memory.
    ///
    /// # Errors
    /// As both.
    pub fn mul_plain_and_rescale(&self, plaintext: &Plaintext) -> Result<Self> {
        let (scale, bounds) = Operand::from(self).product(&plaintext.into())?;
        let (scale, bounds) = rescaled(&self.context, self.level(), scale, &bounds)?;
        let (q, degree) = (self.context.q(), self.c0.degree());
        let division = q.division(self.c0.rows(), 1);
        let times = |half: &Poly<Values>| {
            let row =
                |i: usize, out: &mut [u64]| q.primes()[i].mul_to(out, half.row(i), plaintext.poly.row(i));
            let (mut out, mut last) =
                (Poly::unset(degree, division.rows()), Poly::<Values>::unset(degree, 1));
            row(division.rows(), last.words_mut());
            division.round_of(&mut out, last.words_mut(), row);
            out
        };
        let (c0, c1) = (times(&self.c0), times(&self.c1));
        Self { context: self.context.clone(), key: self.key, c0, c1, scale, bounds, seed: None }.checked()
    }

    /// The product, slot by slot. Scales are multiplied: relinearize and rescale afterwards.
    ///
    /// # Errors
    /// `ParamsMismatch` when keys or levels differ; `HeadroomExhausted` when the product could be too large.
    pub fn mul(&self, other: &Self) -> Result<Product> {
        let (scale, bounds) = Operand::from(self).product(&other.into())?;
        let mut out = self.product_of(scale, bounds);
        for (i, prime) in self.context.primes_at(self.level()).iter().enumerate() {
            let [a0, a1, b0, b1] = [&self.c0, &self.c1, &other.c0, &other.c1].map(|half| half.row(i));
            prime.mul_to(out.c0.row_mut(i), a0, b0);
            prime.sum_of_products(out.c1.row_mut(i), &[(a0, b1), (a1, b0)]);
            prime.mul_to(out.c2.row_mut(i), a1, b1);
        }
        Ok(out)
    }

    /// The square, slot by slot, for less than the product.
    ///
    /// # Errors
    /// `HeadroomExhausted` when the square could be too large.
    pub fn square(&self) -> Result<Product> {
        let (scale, bounds) = Operand::from(self).product(&self.into())?;
        let mut out = self.product_of(scale, bounds);
        for (i, prime) in self.context.primes_at(self.level()).iter().enumerate() {
            let (a0, a1) = (self.c0.row(i), self.c1.row(i));
            prime.mul_to(out.c0.row_mut(i), a0, a0);
            prime.mul_to(out.c1.row_mut(i), a0, a1);
            prime.scale(out.c1.row_mut(i), 2);
            prime.mul_to(out.c2.row_mut(i), a1, a1);
        }
        Ok(out)
    }

    fn product_of(&self, scale: f64, bounds: super::Bounds) -> Product {
        let unset = || Poly::unset(self.c0.degree(), self.c0.rows());
        let (c0, c1, c2) = (unset(), unset(), unset());
        Product { context: self.context.clone(), key: self.key, c0, c1, c2, scale, bounds }
    }
}
