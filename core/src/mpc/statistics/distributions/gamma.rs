//! The gamma distribution: regularised incomplete gamma functions.
use super::{
    stirling::{deviance, stirling_error},
    tails::{MAX_TERMS, Positive, Tails},
};

/// The gamma distribution of this shape, with scale 1.
pub(super) struct Gamma {
    pub(super) shape: f64,
}

impl Gamma {
    /// `x^a e^-x / Gamma(a)`.
    fn kernel(&self, x: f64) -> f64 {
        let a = self.shape;
        (a / (2.0 * core::f64::consts::PI)).sqrt() * (-deviance(a, x) - stirling_error(a)).exp()
    }

    /// `1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ...`: \[AS64\] 6.5.29.
    fn series(&self, x: f64) -> f64 {
        let (mut term, mut sum, mut next) = (1.0, 1.0, self.shape);
        while term > 1e-17 * sum {
            next += 1.0;
            term *= x / next;
            sum += term;
        }
        sum
    }

    /// `1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ...))`: \[AS64\] 6.5.31 in its even form, evaluated forwards.
    fn fraction(&self, x: f64) -> f64 {
        let a = self.shape;
        let mut denominator = x + 1.0 - a;
        let (mut c, mut d) = (f64::INFINITY, 1.0 / denominator);
        let mut value = d;
        for k in 1..MAX_TERMS {
            let k = f64::from(k);
            let numerator = -k * (k - a);
            denominator += 2.0;
            d = 1.0 / (denominator + numerator * d);
            c = denominator + numerator / c;
            value *= c * d;
            if (c * d - 1.0).abs() < 3e-16 {
                break;
            }
        }
        value
    }
}

impl Positive for Gamma {
    fn tails(&self, x: f64) -> Tails {
        let a = self.shape;
        if x.is_nan() {
            return Tails::from_lower(x);
        }
        if x <= 0.0 {
            return Tails::from_lower(0.0);
        }
        if x == f64::INFINITY {
            return Tails::from_upper(0.0);
        }
        if x < a + 1.0 {
            Tails::from_lower(self.kernel(x) / a * self.series(x))
        } else {
            Tails::from_upper(self.kernel(x) * self.fraction(x))
        }
    }

    fn density_by_log(&self, x: f64) -> f64 {
        self.kernel(x)
    }

    fn middle(&self) -> f64 {
        self.shape
    }
}
