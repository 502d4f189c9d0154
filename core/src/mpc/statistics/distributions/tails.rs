//! Both tails of a distribution of a positive variable, each to its own relative precision, and their inverse.

/// Continued fractions need a few terms, or about the square root of the largest parameter.
pub(super) const MAX_TERMS: u32 = 1_000_000;

/// What is below and what is above a point. The smaller of them is exact to about 12 digits however small it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tails {
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Tails {
    pub(super) fn from_lower(lower: f64) -> Self {
        Self { lower, upper: 1.0 - lower }
    }

    pub(super) fn from_upper(upper: f64) -> Self {
        Self { lower: 1.0 - upper, upper }
    }

    /// The tails of a symmetric distribution at the point whose square has these tails.
    pub(super) fn unfold(self, positive: bool) -> Self {
        let (near, far) = (0.5 + self.lower / 2.0, self.upper / 2.0);
        if positive { Self { lower: near, upper: far } } else { Self { lower: far, upper: near } }
    }
}

/// A distribution of a positive variable whose logarithm has a log-concave density.
pub(super) trait Positive {
    fn tails(&self, x: f64) -> Tails;
    /// The density times `x`: the derivative of the lower tail by `ln x`.
    fn density_by_log(&self, x: f64) -> f64;
    /// Where the search for a quantile begins.
    fn middle(&self) -> f64;
}

/// The point with these tails, by Newton's method on the logarithm of the smaller tail as a function of `ln x`.
///
/// That function is concave, so each step but the first stays on the side where the tail is too small, and comes closer.
pub(super) fn quantile(distribution: &impl Positive, tails: Tails) -> f64 {
    let inside = tails.lower >= 0.0 && tails.upper >= 0.0;
    if !inside {
        return f64::NAN;
    }
    if tails.lower == 0.0 {
        return 0.0;
    }
    if tails.upper == 0.0 {
        return f64::INFINITY;
    }
    let lower = tails.lower <= tails.upper;
    let (target, sign) = if lower { (tails.lower, 1.0) } else { (tails.upper, -1.0) };
    let smaller = |log: f64| {
        let tails = distribution.tails(log.exp());
        if lower { tails.lower } else { tails.upper }
    };
    let mut at = distribution.middle().ln();
    let mut tail = smaller(at);
    for _ in 0..200 {
        let slope = sign * distribution.density_by_log(at.exp()) / tail;
        let mut step = (target / tail).ln() / slope;
        let mut next = smaller(at + step);
        // A first step into a tail that no number can hold is taken back by halves.
        while next < f64::MIN_POSITIVE && step.abs() > 1e-16 {
            step /= 2.0;
            next = smaller(at + step);
        }
        (at, tail) = (at + step, next);
        if step.abs() <= 2e-16 * at.abs().max(1.0) {
            break;
        }
    }
    at.exp()
}
