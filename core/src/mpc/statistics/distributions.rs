//! Tails and quantiles of the distributions of test statistics: normal, Student's t, chi-square, F.
//!
//! Each tail is exact to a relative `1e-12`, however small it is (down to `1e-300`), for degrees of freedom from 0.1 to `1e9`,
//! whole or not, and arguments below `1e150`; quantiles are exact to a relative `1e-12` where the probability is. Arguments
//! outside of a function's domain give NaN.
//!
//! Everything here is computed from public numbers.
//!
//! # Timing
//! Not constant: loops run until they converge. For public values only.
//!
//! # Source
//! Series and continued fractions of \[AS64\] and \[DM92\]; their factors as in \[Loa00\], so that they do not cancel for
//! large arguments. The normal distribution is the square root of chi-square with one degree of freedom, and Student's t of F.
mod beta;
mod gamma;
mod stirling;
mod tails;

use self::{
    beta::BetaPrime,
    gamma::Gamma,
    tails::{Positive, Tails, quantile},
};

fn chi_square(degrees: f64) -> Option<Gamma> {
    (degrees > 0.0 && degrees.is_finite()).then_some(Gamma { shape: degrees / 2.0 })
}

fn f_ratio(numerator: f64, denominator: f64) -> Option<BetaPrime> {
    let inside = numerator > 0.0 && denominator > 0.0 && numerator.is_finite() && denominator.is_finite();
    inside.then_some(BetaPrime { a: numerator / 2.0, b: denominator / 2.0 })
}

/// The tails of `x` from those of its square.
fn symmetric(square: Tails, x: f64) -> Tails {
    square.unfold(x >= 0.0)
}

/// The quantile of a symmetric distribution from that of its square.
fn symmetric_quantile(p: f64, square: impl FnOnce(Tails) -> f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let upper = 2.0 * p.min(1.0 - p);
    let size = square(Tails { lower: (2.0 * p - 1.0).abs(), upper }).sqrt();
    if p < 0.5 { -size } else { size }
}

/// `P(X > x)` for the standard normal distribution.
pub fn normal_sf(x: f64) -> f64 {
    if x.is_nan() { x } else { symmetric(Gamma { shape: 0.5 }.tails(x * x / 2.0), x).upper }
}

/// `P(|X| > |x|)` for the standard normal distribution: the p-value of a z statistic.
pub fn normal_two_sided(x: f64) -> f64 {
    chi_square_sf(x * x, 1.0)
}

/// The point below which a standard normal variable lies with this probability.
pub fn normal_quantile(probability: f64) -> f64 {
    symmetric_quantile(probability, |tails| 2.0 * quantile(&Gamma { shape: 0.5 }, tails))
}

/// `P(X > x)` for Student's t with these degrees of freedom.
pub fn student_t_sf(x: f64, degrees: f64) -> f64 {
    f_ratio(1.0, degrees).map_or(f64::NAN, |square| symmetric(square.tails(x * x / degrees), x).upper)
}

/// `P(|X| > |x|)` for Student's t: the p-value of a t statistic.
pub fn student_t_two_sided(x: f64, degrees: f64) -> f64 {
    f_sf(x * x, 1.0, degrees)
}

/// The point below which a variable with Student's t distribution lies with this probability.
pub fn student_t_quantile(probability: f64, degrees: f64) -> f64 {
    let Some(square) = f_ratio(1.0, degrees) else { return f64::NAN };
    symmetric_quantile(probability, |tails| degrees * quantile(&square, tails))
}

/// `P(X > x)` for chi-square with these degrees of freedom: the p-value of a chi-square statistic.
pub fn chi_square_sf(x: f64, degrees: f64) -> f64 {
    chi_square(degrees).map_or(f64::NAN, |gamma| gamma.tails(x / 2.0).upper)
}

/// The point below which a chi-square variable lies with this probability.
pub fn chi_square_quantile(probability: f64, degrees: f64) -> f64 {
    chi_square(degrees).map_or(f64::NAN, |gamma| 2.0 * quantile(&gamma, Tails::from_lower(probability)))
}

/// `P(X > x)` for the F distribution with these degrees of freedom: the p-value of an F statistic.
pub fn f_sf(x: f64, numerator: f64, denominator: f64) -> f64 {
    let x = x * (numerator / denominator);
    f_ratio(numerator, denominator).map_or(f64::NAN, |ratio| ratio.tails(x).upper)
}

/// The point below which an F variable lies with this probability.
pub fn f_quantile(probability: f64, numerator: f64, denominator: f64) -> f64 {
    let Some(ratio) = f_ratio(numerator, denominator) else { return f64::NAN };
    quantile(&ratio, Tails::from_lower(probability)) * (denominator / numerator)
}

#[cfg(test)]
mod tests;
