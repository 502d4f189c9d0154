//! Interpolation at Chebyshev nodes, and how far a polynomial is from a function.
//!
//! Cosines come from a Taylor series in a fixed order of operations, so that the coefficients of a function are the same
//! on every machine where the function's own values are.
use super::{Polynomial, PolynomialBasis, check_degree, check_interval};
use crate::error::{Error, ErrorKind, Result};

/// Coefficients below this part of the largest are rounding errors: an odd or even function gets exact zeros.
const NEGLIGIBLE: f64 = 1.0 / (1u64 << 46) as f64;

impl Polynomial {
    /// The polynomial of a degree that meets `f` at the Chebyshev nodes of an interval: within a small factor
    /// (`2 + log(degree)`) of the best one there is.
    ///
    /// Coefficients below `2^-46` of the largest are taken as zero.
    ///
    /// # Errors
    /// `InvalidParams` for a degree above [`MAX_DEGREE`](super::MAX_DEGREE); `OutOfRange` for an interval that is empty
    /// or not finite, and where `f` is not finite.
    pub fn interpolate(f: impl Fn(f64) -> f64, from: f64, to: f64, degree: usize) -> Result<Self> {
        check_interval(from, to)?;
        check_degree(degree)?;
        let nodes = degree + 1;
        let values = (0..nodes)
            .map(|k| finite(f(node(from, to, cos_pi(2 * k + 1, 2 * nodes)))))
            .collect::<Result<Vec<f64>>>()?;
        // Values at t and -t enter together, so that what cancels cancels exactly.
        let coefficient = |j: usize| {
            let sign = if j.is_multiple_of(2) { 1.0 } else { -1.0 };
            let pairs = (0..nodes / 2)
                .map(|k| cos_pi(j * (2 * k + 1), 2 * nodes) * (values[k] + sign * values[nodes - 1 - k]));
            let middle = if nodes % 2 == 1 { cos_pi(j, 2) * values[nodes / 2] } else { 0.0 };
            let sum = pairs.sum::<f64>() + middle;
            sum * if j == 0 { 1.0 } else { 2.0 } / nodes as f64
        };
        let mut coefficients: Vec<f64> = (0..nodes).map(coefficient).collect();
        let largest = coefficients.iter().fold(0.0, |a: f64, c| a.max(c.abs()));
        for c in coefficients.iter_mut().filter(|c| c.abs() < NEGLIGIBLE * largest) {
            *c = 0.0;
        }
        Self::new(PolynomialBasis::Chebyshev { from, to }, coefficients)
    }

    /// The largest `|f - p|` on a grid of the interval, about sixteen points for each degree: an estimate of the error
    /// from below, close for functions that are smooth at that distance. A monomial polynomial is compared on [-1, 1].
    ///
    /// # Errors
    /// `OutOfRange` where `f` is not finite.
    pub fn error(&self, f: impl Fn(f64) -> f64) -> Result<f64> {
        let (from, to) = match self.basis {
            PolynomialBasis::Monomial => (-1.0, 1.0),
            PolynomialBasis::Chebyshev { from, to } => (from, to),
        };
        let steps = 16 * (self.degree() + 1);
        (0..=steps).try_fold(0.0, |largest: f64, k| {
            let x = node(from, to, cos_pi(k, steps));
            Ok(largest.max(finite((f(x) - self.at(x)).abs())?))
        })
    }
}

fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::new(ErrorKind::OutOfRange, "f: finite on the interval"))
    }
}

fn node(from: f64, to: f64, t: f64) -> f64 {
    0.5 * (from + to) + 0.5 * (to - from) * t
}

/// `cos(pi a / b)` to within one unit in the last place; exact symmetries; the same bits on every machine.
pub(super) fn cos_pi(a: usize, b: usize) -> f64 {
    let mut a = a % (2 * b);
    if a > b {
        a = 2 * b - a;
    }
    let negative = 2 * a > b;
    if negative {
        a = b - a;
    }
    // Now 0 <= a / b <= 1/2. Up to a quarter by cosine, above by the sine of the complement.
    let cos = if 4 * a <= b {
        taylor(std::f64::consts::PI * a as f64 / b as f64, 0)
    } else {
        let x = std::f64::consts::PI * (b - 2 * a) as f64 / (2 * b) as f64;
        x * taylor(x, 1)
    };
    if negative { -cos } else { cos }
}

/// Of the cosine (`start` 0) or of `sin(x) / x` (`start` 1), for |x| <= pi/4: the terms after the ninth are below 2^-60.
fn taylor(x: f64, start: u32) -> f64 {
    (0..9).rev().fold(1.0, |sum, k| {
        let n = f64::from(2 * k + 1 + start);
        1.0 - sum * (x * x) / (n * (n + 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines() {
        for b in [1usize, 2, 3, 7, 64, 1000] {
            for a in 0..=4 * b {
                let expected = (std::f64::consts::PI * (a % (2 * b)) as f64 / b as f64).cos();
                assert!((cos_pi(a, b) - expected).abs() < 2e-15, "{a}/{b}");
                assert_eq!(cos_pi(a, b), -cos_pi(a + b, b));
            }
        }
        assert_eq!([cos_pi(0, 5), cos_pi(1, 2), cos_pi(5, 5)], [1.0, 0.0, -1.0]);
        assert!((cos_pi(1, 3) - 0.5).abs() < 2e-16);
    }

    #[test]
    fn meets_the_function_and_keeps_its_symmetry() {
        let p = Polynomial::interpolate(f64::sin, -3.0, 3.0, 15).unwrap();
        assert!(p.error(f64::sin).unwrap() < 1e-8);
        assert!(p.coefficients().iter().step_by(2).all(|c| *c == 0.0));
        let p = Polynomial::interpolate(|x| 1.0 / (1.0 + (-x).exp()), -8.0, 8.0, 31).unwrap();
        assert!((p.coefficients()[0] - 0.5).abs() < 1e-12);
        assert!(p.coefficients().iter().skip(2).step_by(2).all(|c| *c == 0.0));
        let p = Polynomial::interpolate(f64::cosh, -1.0, 1.0, 10).unwrap();
        assert!(p.coefficients().iter().skip(1).step_by(2).all(|c| *c == 0.0));
        assert!(p.error(f64::cosh).unwrap() < 1e-11);
    }

    #[test]
    fn is_exact_for_polynomials() {
        let p = Polynomial::monomial(&[1.0, -2.0, 0.5, 3.0]).unwrap();
        let q = p.to_chebyshev(2.0, 5.0).unwrap();
        assert_eq!(q.degree(), 3);
        assert!(q.error(|x| p.at(x)).unwrap() < 1e-11);
    }

    #[test]
    fn error_falls_with_the_degree_and_is_not_flattered() {
        let errors: Vec<f64> = [1, 3, 7, 15]
            .into_iter()
            .map(|degree| {
                Polynomial::interpolate(f64::exp, 0.0, 2.0, degree).unwrap().error(f64::exp).unwrap()
            })
            .collect();
        assert!(errors.windows(2).all(|e| e[1] < 0.1 * e[0]), "{errors:?}");
        // exp on [0, 2] by a line: the error is e times that of exp on [-1, 1], which Chebyshev nodes leave at 0.37.
        assert!((errors[0] / std::f64::consts::E - 0.372).abs() < 0.01);
    }

    #[test]
    fn refuses() {
        let kind = |p: Result<Polynomial>| p.unwrap_err().kind();
        assert_eq!(kind(Polynomial::interpolate(f64::exp, 1.0, 1.0, 3)), ErrorKind::OutOfRange);
        assert_eq!(kind(Polynomial::interpolate(f64::exp, f64::NAN, 1.0, 3)), ErrorKind::OutOfRange);
        assert_eq!(kind(Polynomial::interpolate(f64::exp, -f64::MAX, f64::MAX, 3)), ErrorKind::OutOfRange);
        assert_eq!(kind(Polynomial::interpolate(f64::ln, -1.0, 1.0, 3)), ErrorKind::OutOfRange);
        assert_eq!(kind(Polynomial::interpolate(f64::exp, 0.0, 1.0, 4096)), ErrorKind::InvalidParams);
        assert_eq!(kind(Polynomial::monomial(&[])), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Polynomial::monomial(&[1.0, f64::INFINITY])), ErrorKind::OutOfRange);
        assert_eq!(kind(Polynomial::chebyshev(&[1.0], 2.0, 1.0)), ErrorKind::OutOfRange);
        let line = Polynomial::monomial(&[1.0, 2.0]).unwrap();
        assert_eq!(kind(line.to_chebyshev(1.0, 1.0)), ErrorKind::OutOfRange);
        // A degree is that of the last coefficient that is not 0.
        let mut long = vec![1.0; 4097];
        assert_eq!(kind(Polynomial::monomial(&long)), ErrorKind::InvalidParams);
        assert_eq!(kind(Polynomial::chebyshev(&long, 0.0, 1.0)), ErrorKind::InvalidParams);
        long[4096] = 0.0;
        assert_eq!(Polynomial::monomial(&long).unwrap().degree(), 4095);
        let p = Polynomial::interpolate(|_| 1.0, 0.0, 1.0, 2).unwrap();
        assert_eq!(p.error(|_| f64::NAN).unwrap_err().kind(), ErrorKind::OutOfRange);
    }
}
