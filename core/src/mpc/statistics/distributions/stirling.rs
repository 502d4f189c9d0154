//! What Stirling's formula leaves over, and the deviance: the two pieces from which densities come without cancellation.

/// From here on the asymptotic series is exact to the last digits.
const ASYMPTOTIC: f64 = 16.0;
/// `B_2k / (2k (2k - 1))`, the coefficients of `z^-(2k-1)`.
const COEFFICIENTS: [f64; 7] =
    [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];

/// `ln Gamma(z) - (z - 1/2) ln z + z - ln(2 pi) / 2` for positive `z`.
///
/// # Source
/// \[AS64\] 6.1.41 above 16; below, the recursion `Gamma(z + 1) = z Gamma(z)` leads there.
pub(super) fn stirling_error(z: f64) -> f64 {
    let (mut at, mut error) = (z, 0.0);
    while at < ASYMPTOTIC {
        error += (at + 0.5) * (1.0 / at).ln_1p() - 1.0;
        at += 1.0;
    }
    let inverse = 1.0 / at;
    let series = COEFFICIENTS.iter().rev().fold(0.0, |sum, c| sum * inverse * inverse + c);
    error + series * inverse
}

/// `a ln(a / m) + m - a` for positive `a` and `m`: never negative, and without cancellation where they are close.
///
/// # Source
/// \[Loa00\] the "deviance part", here as `a (e - ln(1 + e))` with `e = (m - a) / a`.
pub(super) fn deviance(a: f64, m: f64) -> f64 {
    let e = (m - a) / a;
    if e.abs() > 0.5 {
        return a * (a / m).ln() + (m - a);
    }
    // ln(1 + e) = 2 (v + v^3 / 3 + v^5 / 5 + ...) and e = 2 v / (1 - v).
    let v = e / (2.0 + e);
    let (mut power, mut odd, mut sum) = (v, 1.0, 0.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return a * 2.0 * (v * v / (1.0 - v) - sum);
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        let mut ln_factorial = 0.0_f64; // ln Gamma(n)
        for n in 1..100_u32 {
            let z = f64::from(n);
            let stirling = (z - 0.5) * z.ln() - z + (2.0 * core::f64::consts::PI).ln() / 2.0;
            assert!(
                (stirling + stirling_error(z) - ln_factorial).abs() < 1e-12 * ln_factorial.max(1.0),
                "{n}"
            );
            ln_factorial += z.ln();
        }
    }

    #[test]
    fn the_deviance_meets_itself() {
        for (a, m) in
            [(10.0, 15.1), (10.0, 14.9), (10.0, 5.1), (10.0, 4.9), (0.5, 3.0), (2.0, 1e-30), (1e9, 1e9 + 1e5)]
        {
            let plain: f64 = a * f64::ln(a / m) + m - a;
            assert!((deviance(a, m) - plain).abs() < 1e-14 * a + 1e-6 * plain, "{a} {m}");
        }
        // (m - a)^2 / (2 a) where they are close, to more digits than the plain formula has.
        assert!((deviance(1e12, 1e12 + 10.0) - 5e-11).abs() < 1e-20);
        assert_eq!(deviance(3.0, 3.0), 0.0);
    }
}
