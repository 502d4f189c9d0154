//! The two-sided 95% quantile of Student's t distribution.
use super::distributions::{normal_quantile, student_t_quantile};

/// From here on one term of the expansion in `1 / degrees` is exact to the last digits.
const LARGE: f64 = 1e9;

/// The 0.975 quantile of Student's t with this many degrees of freedom, to about 12 digits; NaN for 0.
///
/// # Source
/// For more than `1e9` degrees \[AS64\] 26.7.5.
pub fn student_t_975(degrees: u64) -> f64 {
    let nu = degrees as f64;
    if nu <= LARGE {
        return student_t_quantile(0.975, nu);
    }
    let x = normal_quantile(0.975);
    x * (1.0 + (x * x + 1.0) / (4.0 * nu))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_tables() {
        // mpmath: the root of betainc(d / 2, 1 / 2, 0, d / (d + t^2)) - 0.05
        for (degrees, expected) in [
            (1, 12.706204736174694),
            (2, 4.302652729749462),
            (3, 3.182446305284263),
            (4, 2.776445105197793),
            (5, 2.5705818356363146),
            (10, 2.228138851986275),
            (30, 2.0422724563012373),
            (100, 1.9839715185235518),
            (1_000_000_000, 1.9599639869123262),
            (u64::MAX, 1.959963984540054),
        ] {
            let t = student_t_975(degrees);
            assert!((t - expected).abs() < 1e-12 * expected, "{degrees}: {t}");
        }
        assert!(student_t_975(0).is_nan());
    }
}
