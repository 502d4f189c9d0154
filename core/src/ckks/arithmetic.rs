//! Sums and negation of ciphertexts, and of products that wait for relinearization.
use super::ciphertext::{Ciphertext, Product, is_zero, transparent};
use super::operands::Operand;
use super::plaintext::Plaintext;
use crate::error::Result;
use crate::ring::{Basis, Poly, Values};

impl Ciphertext {
    /// The sum.
    ///
    /// # Errors
    /// `ParamsMismatch` when keys, levels or scales differ; `HeadroomExhausted` when the sum could be too large;
    /// `OutOfRange` when the result would hide nothing.
    pub fn add(&self, other: &Self) -> Result<Self> {
        self.combine(other, Basis::add_to)
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Ciphertext::add`].
    pub fn sub(&self, other: &Self) -> Result<Self> {
        self.combine(other, Basis::sub_to)
    }

    /// Adds in place, without taking memory.
    ///
    /// # Errors
    /// As [`Ciphertext::add`]; nothing is changed then.
    pub fn add_assign(&mut self, other: &Self) -> Result<()> {
        self.combine_assign(other, Basis::add, Basis::sub)
    }

    /// Subtracts in place, without taking memory.
    ///
    /// # Errors
    /// As [`Ciphertext::add`]; nothing is changed then.
    pub fn sub_assign(&mut self, other: &Self) -> Result<()> {
        self.combine_assign(other, Basis::sub, Basis::add)
    }

    /// Changes the sign.
    #[must_use]
    pub fn neg(&self) -> Self {
        let mut out = self.clone();
        out.neg_assign();
        out
    }

    /// Changes the sign in place.
    pub fn neg_assign(&mut self) {
        self.context.q().neg(&mut self.c0);
        self.context.q().neg(&mut self.c1);
        self.seed = None;
    }

    /// The sum with a plaintext.
    ///
    /// # Errors
    /// `ParamsMismatch` for a plaintext of other parameters, a lower level or another scale; `HeadroomExhausted` when the sum could
    /// be too large.
    pub fn add_plain(&self, plaintext: &Plaintext) -> Result<Self> {
        self.combine_plain(plaintext, |prime, row, message| prime.add(row, message))
    }

    /// The difference to a plaintext.
    ///
    /// # Errors
    /// As [`Ciphertext::add_plain`].
    pub fn sub_plain(&self, plaintext: &Plaintext) -> Result<Self> {
        self.combine_plain(plaintext, |prime, row, message| prime.sub(row, message))
    }

    fn combine(&self, other: &Self, operation: Into) -> Result<Self> {
        let bounds = Operand::from(self).sum(&other.into())?;
        let of = |a, b| combined(self.context.q(), a, b, operation);
        let (c0, c1) = (of(&self.c0, &other.c0), of(&self.c1, &other.c1));
        Self { context: self.context.clone(), key: self.key, c0, c1, scale: self.scale, bounds, seed: None }
            .checked()
    }

    fn combine_assign(&mut self, other: &Self, operation: InPlace, inverse: InPlace) -> Result<()> {
        let bounds = Operand::from(&*self).sum(&other.into())?;
        operation(self.context.q(), &mut self.c1, &other.c1);
        if is_zero(&self.c1) {
            inverse(self.context.q(), &mut self.c1, &other.c1);
            return Err(transparent());
        }
        operation(self.context.q(), &mut self.c0, &other.c0);
        (self.bounds, self.seed) = (bounds, None);
        Ok(())
    }

    fn combine_plain(
        &self,
        plaintext: &Plaintext,
        operation: impl Fn(&crate::ring::Prime, &mut [u64], &[u64]),
    ) -> Result<Self> {
        let bounds = Operand::from(self).sum(&plaintext.into())?;
        let mut out = self.clone();
        for ((prime, row), message) in self.context.q().primes().iter().zip(&mut out.c0).zip(&plaintext.poly)
        {
            operation(prime, row, message);
        }
        (out.bounds, out.seed) = (bounds, None);
        Ok(out)
    }
}

impl Product {
    /// The sum.
    ///
    /// # Errors
    /// `ParamsMismatch` when keys, levels or scales differ; `HeadroomExhausted` when the sum could be too large.
    pub fn add(&self, other: &Self) -> Result<Self> {
        let mut out = self.clone();
        out.add_assign(other)?;
        Ok(out)
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Product::add`].
    pub fn sub(&self, other: &Self) -> Result<Self> {
        let mut out = self.clone();
        out.combine_assign(other, Basis::sub)?;
        Ok(out)
    }

    /// Adds in place, without taking memory: sums of products are relinearized once.
    ///
    /// # Errors
    /// As [`Product::add`]; nothing is changed then.
    pub fn add_assign(&mut self, other: &Self) -> Result<()> {
        self.combine_assign(other, Basis::add)
    }

    fn combine_assign(&mut self, other: &Self, operation: InPlace) -> Result<()> {
        self.bounds = Operand::from(&*self).sum(&other.into())?;
        let halves = [(&mut self.c0, &other.c0), (&mut self.c1, &other.c1), (&mut self.c2, &other.c2)];
        halves.into_iter().for_each(|(a, b)| operation(self.context.q(), a, b));
        Ok(())
    }
}

/// An operation with a result of its own.
type Into = fn(&Basis, &mut Poly<Values>, &Poly<Values>, &Poly<Values>);
/// An operation on its first operand.
type InPlace = fn(&Basis, &mut Poly<Values>, &Poly<Values>);

fn combined(q: &Basis, a: &Poly<Values>, b: &Poly<Values>, operation: Into) -> Poly<Values> {
    let mut out = Poly::unset(a.degree(), a.rows());
    operation(q, &mut out, a, b);
    out
}
