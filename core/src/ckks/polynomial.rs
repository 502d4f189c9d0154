//! Polynomials of encrypted numbers, in monomial and Chebyshev basis.
//!
//! A [`Polynomial`] is public: coefficients, basis and interval are known to whoever computes. Its [`PolynomialPlan`] says what an
//! evaluation takes, before anything is encrypted: `ceil(log2(degree + 1))` levels, which is the least possible, and
//! about `2 sqrt(degree)` relinearizations.
//!
//! # Source
//! Paterson, Stockmeyer, SIAM J. Comput. 2 (1973); with scales that are exact at every sum: Bossuat, Mouchet,
//! Troncoso-Pastoriza, Hubaux, ePrint 2020/1203 §5.1.
mod clear;
mod evaluate;
mod interpolate;
mod plan;
mod run;
#[cfg(test)]
mod tests;

use crate::error::{Error, ErrorKind, Result};

pub use plan::{IntervalChange, PolynomialPlan};

/// The largest degree: no parameters have the levels for more.
pub const MAX_DEGREE: usize = 4095;

/// What a polynomial's coefficients are coefficients of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PolynomialBasis {
    /// `1, x, x^2, ...`
    Monomial,
    /// `T_0(t), T_1(t), T_2(t), ...` with `t = (2 x - from - to) / (to - from)`, where `T_k(cos a) = cos(k a)`.
    Chebyshev {
        /// The lower end of the interval.
        from: f64,
        /// The upper end of the interval.
        to: f64,
    },
}

/// A polynomial with real coefficients.
///
/// Chebyshev coefficients keep their digits at any degree; monomial ones lose them where the degree is above ten or the
/// numbers are far from 1.
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// use veilkit::ckks::Polynomial;
///
/// let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
/// let p = Polynomial::interpolate(sigmoid, -8.0, 8.0, 15)?;
/// assert!((p.at(1.5) - sigmoid(1.5)).abs() < 1e-2);
/// assert!(p.error(sigmoid)? < 1e-2);
/// assert_eq!(p.plan()?.depth(), 5); // four for the degree, one for an interval that wide
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    basis: PolynomialBasis,
    /// The constant first; the last is not zero, unless it is the only one.
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// `c_0 + c_1 x + c_2 x^2 + ...`
    ///
    /// # Errors
    /// `ShapeMismatch` without coefficients, `InvalidParams` for a degree above [`MAX_DEGREE`], `OutOfRange` for a
    /// coefficient that is not a finite number.
    pub fn monomial(coefficients: &[f64]) -> Result<Self> {
        Self::new(PolynomialBasis::Monomial, coefficients.to_vec())
    }

    /// `c_0 + c_1 T_1(t) + c_2 T_2(t) + ...`, where `t` runs from -1 to 1 as `x` does from `from` to `to`.
    ///
    /// # Errors
    /// As [`Polynomial::monomial`]; `OutOfRange` for an interval that is empty or not finite.
    pub fn chebyshev(coefficients: &[f64], from: f64, to: f64) -> Result<Self> {
        check_interval(from, to)?;
        Self::new(PolynomialBasis::Chebyshev { from, to }, coefficients.to_vec())
    }

    fn new(basis: PolynomialBasis, mut coefficients: Vec<f64>) -> Result<Self> {
        if coefficients.is_empty() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "coefficients: at least one"));
        }
        if coefficients.iter().any(|c| !c.is_finite()) {
            return Err(Error::new(ErrorKind::OutOfRange, "coefficients: finite numbers"));
        }
        let length = coefficients.iter().rposition(|c| *c != 0.0).map_or(1, |last| last + 1);
        coefficients.truncate(length);
        check_degree(length - 1)?;
        Ok(Self { basis, coefficients })
    }

    /// The coefficients' basis.
    pub fn basis(&self) -> PolynomialBasis {
        self.basis
    }

    /// The coefficients, the constant first.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The highest index with a coefficient other than zero.
    pub fn degree(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// What an evaluation takes; the interval is changed in the way that [`PolynomialPlan`] finds best.
    ///
    /// # Errors
    /// `InvalidParams` for a constant: nothing encrypted would enter the result.
    pub fn plan(&self) -> Result<PolynomialPlan> {
        PolynomialPlan::new(self)
    }
}

fn check_degree(degree: usize) -> Result<()> {
    if degree > MAX_DEGREE {
        return Err(Error::new(ErrorKind::InvalidParams, "polynomial: the degree is above 4095"));
    }
    Ok(())
}

fn check_interval(from: f64, to: f64) -> Result<()> {
    let width = to - from;
    if !(width.is_finite() && width > 0.0 && (2.0 / width).is_finite()) {
        return Err(Error::new(ErrorKind::OutOfRange, "interval: two finite numbers, the lower one first"));
    }
    Ok(())
}
