//! The two-sided 95% quantile of Student's t distribution.
use super::distributions::student_t_quantile;

/// The 0.975 quantile of Student's t with this many degrees of freedom, to about 12 digits; NaN for 0.
pub fn student_t_975(degrees: u64) -> f64 {
    student_t_quantile(0.975, degrees as f64)
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
            (u64::MAX, 1.959963984540054),
        ] {
            let t = student_t_975(degrees);
            assert!((t - expected).abs() < 1e-12 * expected, "{degrees}: {t}");
        }
        assert!(student_t_975(0).is_nan());
    }
}
