//! Polynomials of every element.
use super::EncryptedArray;
use super::apply::{encode, required};
use super::plain::Slots;
use crate::ckks::{Ciphertext, EvaluationKeys, Polynomial, PolynomialBasis};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map_in_steps};

impl EncryptedArray {
    /// The polynomial of each element: as many levels as its [plan](Polynomial::plan) says.
    ///
    /// Slots without an element stay zero: there the polynomial is evaluated at a point of the interval, and what comes out is
    /// subtracted before and added to the elements alone.
    ///
    /// # Errors
    /// As [`EvaluationKeys::polynomial`]; `InvalidParams` for complex numbers in a Chebyshev basis, which is for an interval.
    pub fn polynomial(
        &self,
        polynomial: &Polynomial,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let keys = required(keys)?;
        let (point, at_point) = match polynomial.basis() {
            PolynomialBasis::Monomial => (0.0, polynomial.coefficients()[0]),
            PolynomialBasis::Chebyshev { .. } if self.complex => {
                return Err(Error::new(
                    ErrorKind::InvalidParams,
                    "polynomial: complex numbers take the monomial basis",
                ));
            }
            PolynomialBasis::Chebyshev { from, to } => {
                let point = if from <= 0.0 && 0.0 <= to { 0.0 } else { 0.5 * (from + to) };
                (point, polynomial.at(point))
            }
        };
        let plan = minus(polynomial, at_point)?.plan()?;
        let shifted = self.elsewhere(point, observer)?;
        let evaluated = match &shifted.ciphertexts[..] {
            [only] => Self {
                ciphertexts: vec![plan.evaluate(keys, only, observer)?],
                ..shifted.without_ciphertexts()
            },
            _ => shifted.each(observer, |ciphertext| plan.evaluate(keys, ciphertext, &mut ()))?,
        };
        evaluated.plus_where_elements_are(at_point, observer)
    }

    /// Declared to hold numbers of at most `bound` in absolute value: see [`Ciphertext::within`].
    ///
    /// # Errors
    /// As there.
    /// # Security
    /// As there.
    pub fn within(&self, bound: f64, observer: &mut dyn Observer) -> Result<Self> {
        self.each(observer, |ciphertext| ciphertext.within(bound))
    }

    /// With this number in the slots that hold no element.
    fn elsewhere(&self, value: f64, observer: &mut dyn Observer) -> Result<Self> {
        if value == 0.0 || self.layout.is_full() {
            return Ok(self.clone());
        }
        let largest = value.abs().max(self.bound());
        let shifted = self.each(observer, |ciphertext| ciphertext.add_constant(value))?;
        let mut shifted = shifted.plus_where_elements_are(-value, observer)?;
        for ciphertext in &mut shifted.ciphertexts {
            ciphertext.bounds = ciphertext.bounds.with_message(largest);
        }
        Ok(shifted)
    }

    fn plus_where_elements_are(&self, value: f64, observer: &mut dyn Observer) -> Result<Self> {
        if value == 0.0 {
            return Ok(self.clone());
        }
        if self.layout.is_full() {
            return self.each(observer, |ciphertext| ciphertext.add_constant(value));
        }
        let slots = self.layout.spread(&vec![value; self.layout.shape().len()], 0.0);
        let slots: Vec<Slots> = slots.into_iter().map(|slots| Slots::Real(slots.into())).collect();
        let pairs: Vec<(&Ciphertext, &Slots)> = self.ciphertexts.iter().zip(&slots).collect();
        let ciphertexts = try_map_in_steps(&pairs, 1, observer, |(ciphertext, slots)| {
            ciphertext.add_plain(&encode(&self.context, slots, ciphertext.level(), value.abs())?)
        })?;
        Ok(Self { ciphertexts, ..self.without_ciphertexts() })
    }
}

/// The polynomial less a constant.
fn minus(polynomial: &Polynomial, constant: f64) -> Result<Polynomial> {
    let mut coefficients = polynomial.coefficients().to_vec();
    coefficients[0] -= constant;
    match polynomial.basis() {
        PolynomialBasis::Monomial => Polynomial::monomial(&coefficients),
        PolynomialBasis::Chebyshev { from, to } => Polynomial::chebyshev(&coefficients, from, to),
    }
}
