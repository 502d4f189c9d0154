//! The ratio of two gamma variables: regularised incomplete beta functions.
use super::{
    stirling::{deviance, stirling_error},
    tails::{MAX_TERMS, Positive, Tails},
};

/// `G_a / G_b` for independent gamma variables of these shapes and scale 1. `x / (1 + x)` has the beta distribution.
pub(super) struct BetaPrime {
    pub(super) a: f64,
    pub(super) b: f64,
}

impl BetaPrime {
    /// `w^a v^b / B(a, b)` with `w = x / (1 + x)` and `v = 1 / (1 + x)`.
    fn kernel(&self, w: f64, v: f64) -> f64 {
        let (a, b, n) = (self.a, self.b, self.a + self.b);
        let stirling = stirling_error(n) - stirling_error(a) - stirling_error(b);
        let root = (a / n * b / (2.0 * core::f64::consts::PI)).sqrt();
        root * (stirling - deviance(a, n * w) - deviance(b, n * v)).exp()
    }
}

/// The continued fraction for `I_w(a, b) / kernel`, where `w = 1 - v` is at most about the mean.
///
/// # Source
/// \[DM92\] (9), which does not cancel where `w` or `v` is close to 1; evaluated forwards.
fn fraction(a: f64, b: f64, w: f64, v: f64) -> f64 {
    let lambda = a * v - b * w; // a - (a + b) w
    let mut denominator = a / (a + 1.0) * (lambda + 1.0);
    let (mut c, mut d) = (f64::INFINITY, 1.0 / denominator);
    let mut value = d;
    for n in 1..MAX_TERMS {
        let n = f64::from(n);
        let odd = a + 2.0 * n - 1.0;
        let middle = n * (b - n) * w / odd;
        let numerator = (a + n - 1.0) / odd * (a + b + n - 1.0) * w * middle;
        denominator = n + middle + (a + n) / (odd + 2.0) * (lambda + 1.0 + n * (1.0 + v));
        d = 1.0 / (denominator + numerator * d);
        c = denominator + numerator / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 3e-16 {
            break;
        }
    }
    value
}

impl Positive for BetaPrime {
    fn tails(&self, x: f64) -> Tails {
        let (a, b) = (self.a, self.b);
        if x.is_nan() {
            return Tails::from_lower(x);
        }
        if x <= 0.0 {
            return Tails::from_lower(0.0);
        }
        // Above, the rest of the line holds nothing that a number could show.
        if x > 1e300 {
            return Tails::from_upper(0.0);
        }
        let (w, v) = (x / (1.0 + x), 1.0 / (1.0 + x));
        if w < (a + 1.0) / (a + b + 2.0) {
            Tails::from_lower(self.kernel(w, v) * fraction(a, b, w, v))
        } else {
            Tails::from_upper(self.kernel(w, v) * fraction(b, a, v, w))
        }
    }

    fn density_by_log(&self, x: f64) -> f64 {
        self.kernel(x / (1.0 + x), 1.0 / (1.0 + x))
    }

    fn middle(&self) -> f64 {
        self.a / self.b
    }
}
