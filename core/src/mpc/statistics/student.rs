//! The two-sided 95% quantile of Student's t distribution.

/// The 0.975 quantile of the normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;
/// From here on the expansion in `1 / degrees` is exact to the last digits.
const LARGE: u64 = 400;

/// The 0.975 quantile of Student's t with this many degrees of freedom, to about 12 digits; NaN for 0.
///
/// # Source
/// \[AS64\] Abramowitz and Stegun, 26.7.3 and 26.7.4 (finite sums for the distribution, solved by Newton's method)
/// below 400 degrees, 26.7.5 (expansion around the normal quantile) above.
pub fn student_t_975(degrees: u64) -> f64 {
    if degrees == 0 {
        return f64::NAN;
    }
    let nu = degrees as f64;
    let mut t = expansion(nu);
    if degrees >= LARGE {
        return t;
    }
    if degrees <= 2 {
        t = if degrees == 1 { 12.7 } else { 4.3 };
    }
    for _ in 0..20 {
        // d/dt P(|T| < t) is twice the density.
        let step = (central_probability(t, degrees) - 0.95) / (2.0 * density(t, degrees));
        t -= step;
        if step.abs() < 1e-14 * t {
            break;
        }
    }
    t
}

/// \[AS64\] 26.7.5.
fn expansion(nu: f64) -> f64 {
    let x = NORMAL_975;
    let powers = |coefficients: &[f64]| coefficients.iter().rev().fold(0.0, |sum, c| sum * x * x + c) * x;
    x + powers(&[1.0, 1.0]) / (4.0 * nu)
        + powers(&[3.0, 16.0, 5.0]) / (96.0 * nu.powi(2))
        + powers(&[-15.0, 17.0, 19.0, 3.0]) / (384.0 * nu.powi(3))
        + powers(&[-945.0, -1920.0, 1482.0, 776.0, 79.0]) / (92160.0 * nu.powi(4))
}

/// `P(|T| < t)`: \[AS64\] 26.7.3 for odd and 26.7.4 for even degrees.
fn central_probability(t: f64, degrees: u64) -> f64 {
    let theta = (t / (degrees as f64).sqrt()).atan();
    let (sin, cos) = theta.sin_cos();
    let odd = degrees % 2 == 1;
    // 1 + (1/2) cos^2 + (1*3)/(2*4) cos^4 + ... up to cos^(degrees - 2), or cos + (2/3) cos^3 + ...
    let (mut term, mut sum) = if odd { (cos, cos) } else { (1.0, 1.0) };
    let mut power = if odd { 1 } else { 0 };
    while power + 2 <= degrees.saturating_sub(2) {
        power += 2;
        term *= cos * cos * (power - 1) as f64 / power as f64;
        sum += term;
    }
    match (odd, degrees) {
        (true, 1) => 2.0 * theta / core::f64::consts::PI,
        (true, _) => 2.0 * (theta + sin * sum) / core::f64::consts::PI,
        (false, _) => sin * sum,
    }
}

/// The density, with its constant from the recursion `G(nu) = Gamma((nu+1)/2) / Gamma(nu/2)`, `G(nu+2) = G(nu) (nu+1)/nu`.
fn density(t: f64, degrees: u64) -> f64 {
    let (mut ratio, mut at) = if degrees % 2 == 1 {
        (1.0 / core::f64::consts::PI.sqrt(), 1)
    } else {
        (core::f64::consts::PI.sqrt() / 2.0, 2)
    };
    while at < degrees {
        ratio *= (at + 1) as f64 / at as f64;
        at += 2;
    }
    let nu = degrees as f64;
    ratio / (nu * core::f64::consts::PI).sqrt() * (1.0 + t * t / nu).powf(-(nu + 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_tables() {
        for (degrees, expected) in [
            (1, 12.706204736174694),
            (2, 4.302652729749462),
            (3, 3.182446305284263),
            (4, 2.776445105197793),
            (5, 2.5705818356363146),
            (10, 2.2281388519649385),
            (30, 2.0422724563012373),
            (100, 1.9839715185235518),
        ] {
            let t = student_t_975(degrees);
            assert!((t - expected).abs() < 1e-9, "{degrees}: {t}");
        }
        assert!(student_t_975(0).is_nan());
        assert!((student_t_975(u64::MAX) - NORMAL_975).abs() < 1e-15);
    }

    #[test]
    fn both_methods_meet() {
        let below = student_t_975(LARGE - 1);
        assert!((below - expansion((LARGE - 1) as f64)).abs() < 1e-11);
    }
}
