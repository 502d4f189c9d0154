//! Evaluation in the clear, and change of basis.
use super::{Polynomial, PolynomialBasis};
use crate::error::Result;

impl Polynomial {
    /// The value at `x`: Horner's rule, or Clenshaw's recurrence.
    pub fn at(&self, x: f64) -> f64 {
        match self.basis {
            PolynomialBasis::Monomial => self.coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c),
            PolynomialBasis::Chebyshev { from, to } => {
                clenshaw(&self.coefficients, (2.0 * x - from - to) / (to - from))
            }
        }
    }

    /// The same polynomial in powers of `x`.
    ///
    /// Coefficients grow like `(1 + sqrt 2)^degree`, so above degree twenty few digits are left.
    ///
    /// # Errors
    /// `OutOfRange` where a coefficient would leave the range of floating-point numbers.
    pub fn to_monomial(&self) -> Result<Self> {
        let PolynomialBasis::Chebyshev { from, to } = self.basis else {
            return Ok(self.clone());
        };
        let (slope, shift) = (2.0 / (to - from), -(from + to) / (to - from));
        // Clenshaw's recurrence, with polynomials in x: b_k = c_k + 2 t b_{k+1} - b_{k+2}.
        let (mut next, mut after) = (Vec::new(), Vec::new());
        for (k, c) in self.coefficients.iter().enumerate().rev() {
            let twice = if k == 0 { 1.0 } else { 2.0 };
            let mut b = vec![0.0; next.len() + 1];
            b[0] = *c;
            for (i, n) in next.iter().enumerate() {
                b[i] += twice * shift * n;
                b[i + 1] += twice * slope * n;
            }
            for (i, a) in after.iter().enumerate() {
                b[i] -= a;
            }
            after = next;
            next = b;
        }
        Self::new(PolynomialBasis::Monomial, next)
    }

    /// The same polynomial in the Chebyshev basis of an interval.
    ///
    /// # Errors
    /// `OutOfRange` for an interval that is empty or not finite, or where a value in it is not finite.
    pub fn to_chebyshev(&self, from: f64, to: f64) -> Result<Self> {
        Self::interpolate(|x| self.at(x), from, to, self.degree())
    }
}

/// `c_0 + c_1 T_1(t) + ...`
pub(super) fn clenshaw(coefficients: &[f64], t: f64) -> f64 {
    let (mut next, mut after) = (0.0, 0.0);
    for c in coefficients.iter().skip(1).rev() {
        (next, after) = (c + 2.0 * t * next - after, next);
    }
    coefficients.first().map_or(0.0, |c| c + t * next - after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn first_polynomials() {
        let t = |k: usize, x: f64| {
            let mut c = vec![0.0; k + 1];
            c[k] = 1.0;
            Polynomial::chebyshev(&c, -1.0, 1.0).unwrap().at(x)
        };
        for x in [-1.0, -0.3, 0.0, 0.7, 1.0, 1.5] {
            assert_eq!(t(0, x), 1.0);
            assert_eq!(t(1, x), x);
            assert!((t(2, x) - (2.0 * x * x - 1.0)).abs() < 1e-14);
            assert!((t(5, x) - (16.0 * x.powi(5) - 20.0 * x.powi(3) + 5.0 * x)).abs() < 1e-13);
        }
        let powers = Polynomial::chebyshev(&[0.0, 0.0, 0.0, 1.0], -1.0, 1.0).unwrap().to_monomial().unwrap();
        assert_eq!(powers.coefficients(), [0.0, -3.0, 0.0, 4.0]);
        assert_eq!(powers.to_monomial().unwrap(), powers);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bases_agree(c in prop::collection::vec(-2.0..2.0f64, 1..12), from in -3.0..0.0f64, width in 0.5..4.0f64, at in 0.0..1.0f64) {
            let (to, x) = (from + width, from + at * width);
            let chebyshev = Polynomial::chebyshev(&c, from, to).unwrap();
            let monomial = chebyshev.to_monomial().unwrap();
            let back = monomial.to_chebyshev(from, to).unwrap();
            // Clenshaw's coefficients in powers of x grow to about (1 + 5/width)^degree.
            let slack = 1e-15 * (4.0 + 16.0 / width).powf(c.len() as f64);
            prop_assert!((chebyshev.at(x) - monomial.at(x)).abs() <= slack);
            prop_assert!((chebyshev.at(x) - back.at(x)).abs() <= slack);
        }
    }
}
