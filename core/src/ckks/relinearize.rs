//! Products of ciphertexts, with relinearization.
use super::{
    bounds::{Bounds, Noise},
    chain,
    ciphertext::{Ciphertext, Product},
    evaluation_keys::EvaluationKeys,
    key_switch::{PairRows, for_rows, switch},
    operands::Operand,
};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Poly, Prime, Values};

impl EvaluationKeys {
    /// The product, relinearized and rescaled: at one level less. Slots are multiplied one by one.
    ///
    /// One division with one rounding does what [`EvaluationKeys::relinearize`] and [`Ciphertext::rescale`] do with two.
    ///
    /// # Errors
    /// `MissingKey`; `ParamsMismatch` for another context or level; `HeadroomExhausted` at level 0, or when the product could
    /// be too large.
    pub fn multiply(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        let (scale, bounds) = Operand::from(a).product(&b.into())?;
        self.check(&a.context, a.key)?;
        let (a0, a1, b0, b1) = (&a.c0, &a.c1, &b.c0, &b.c1);
        let last = |prime: &Prime, row: usize, out: &mut [u64]| prime.mul_to(out, a1.row(row), b1.row(row));
        let others = |prime: &Prime, row: usize, [first, second]: [&mut [u64]; 2]| {
            prime.mul_to(first, a0.row(row), b0.row(row));
            prime.sum_of_products(second, &[(a0.row(row), b1.row(row)), (a1.row(row), b0.row(row))]);
        };
        let pair = self.tensor(a, &last, &others)?;
        self.rescaled(pair, scale, &bounds)
    }

    /// The square, relinearized and rescaled, faster than a product.
    ///
    /// # Errors
    /// As [`EvaluationKeys::multiply`].
    pub fn square(&self, a: &Ciphertext) -> Result<Ciphertext> {
        let (scale, bounds) = Operand::from(a).product(&a.into())?;
        self.check(&a.context, a.key)?;
        let (c0, c1) = (&a.c0, &a.c1);
        let last = |prime: &Prime, row: usize, out: &mut [u64]| prime.mul_to(out, c1.row(row), c1.row(row));
        let others = |prime: &Prime, row: usize, [first, second]: [&mut [u64]; 2]| {
            prime.mul_to(second, c0.row(row), c1.row(row));
            prime.scale(second, 2);
            prime.mul_to(first, c0.row(row), c0.row(row));
        };
        let pair = self.tensor(a, &last, &others)?;
        self.rescaled(pair, scale, &bounds)
    }

    /// Relinearized, without rescaling.
    ///
    /// # Errors
    /// `MissingKey`; `ParamsMismatch` for another context or key.
    pub fn relinearize(&self, product: &Product) -> Result<Ciphertext> {
        self.check(&product.context, product.key)?;
        let (key, plan) = (self.relinearization()?, self.plan(product.level()));
        let add = |row: usize, [c0, c1]: [&mut [u64]; 2], [first, second]: [&[u64]; 2]| {
            let prime = &plan.basis().primes()[row];
            prime.add_to(c0, first, product.c0.row(row));
            prime.add_to(c1, second, product.c1.row(row));
        };
        let pair = switch(plan, key, &product.c2, None, plan.special_primes(), Some(&add));
        let noise = plan.noise().plus(Noise::rounding(product.c0.degree()));
        self.ciphertext(pair, product.scale, product.bounds.with_noise(noise))
    }

    /// Relinearized and rescaled, with one rounding.
    ///
    /// # Errors
    /// As [`EvaluationKeys::relinearize`]; `HeadroomExhausted` at level 0.
    pub fn relinearize_and_rescale(&self, product: &Product) -> Result<Ciphertext> {
        self.check(&product.context, product.key)?;
        let others = |_: &Prime, row: usize, [first, second]: [&mut [u64]; 2]| {
            first.copy_from_slice(product.c0.row(row));
            second.copy_from_slice(product.c1.row(row));
        };
        let pair = self.switch_and_rescale(&product.c2, &others)?;
        self.rescaled(pair, product.scale, &product.bounds)
    }

    /// The tensor product row by row, then all the rest: `last` computes rows of c2, `others` of c0 and c1.
    fn tensor(
        &self,
        a: &Ciphertext,
        last: &(dyn Fn(&Prime, usize, &mut [u64]) + Sync),
        others: &PairRows<'_>,
    ) -> Result<[Poly<Values>; 2]> {
        let plan = self.plan(a.level());
        let degree = a.c0.degree();
        let mut c2: Poly<Values> = Poly::unset(degree, a.c0.rows());
        for_rows(degree, [c2.words_mut()], 0, |row, [out], _| {
            last(&plan.basis().primes()[row], row, out);
        });
        self.switch_and_rescale(&c2, others)
    }

    /// From c2, and c0 and c1 row by row, to a pair at one level less.
    fn switch_and_rescale(&self, c2: &Poly<Values>, others: &PairRows<'_>) -> Result<[Poly<Values>; 2]> {
        if c2.rows() == 1 {
            return Err(Error::new(ErrorKind::HeadroomExhausted, NO_LEVEL));
        }
        let (key, plan) = (self.relinearization()?, self.plan(c2.rows() - 1));
        Ok(switch(plan, key, c2, Some(others), plan.special_primes() + 1, None))
    }

    /// What [`EvaluationKeys::switch_and_rescale`] gave, for a product with this scale and these bounds.
    fn rescaled(&self, pair: [Poly<Values>; 2], scale: f64, bounds: &Bounds) -> Result<Ciphertext> {
        let (degree, level) = (pair[0].degree(), pair[0].rows());
        let divisor = chain::float(self.context().params().moduli()[level]);
        let bounds = bounds.with_noise(self.plan(level).noise());
        let bounds = bounds.rescale(degree, divisor, scale, scale / divisor);
        self.ciphertext(pair, scale / divisor, bounds)
    }

    /// A result, once it is certain that it fits.
    pub(super) fn ciphertext(
        &self,
        [c0, c1]: [Poly<Values>; 2],
        scale: f64,
        bounds: Bounds,
    ) -> Result<Ciphertext> {
        Ciphertext { context: self.context().clone(), key: self.key(), c0, c1, scale, bounds, seed: None }
            .checked()
    }
}

/// What to do about a product at level 0.
const NO_LEVEL: &str = "multiply: no level left to rescale the product: choose parameters with more moduli";
