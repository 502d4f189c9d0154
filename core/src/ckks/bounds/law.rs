//! How large polynomials are that honest parties draw by chance.
use super::{ENLARGE, Noise, float};

/// A law by which the coefficients of a polynomial are drawn, each for itself, known by its sub-Gaussian proxy.
///
/// A variable is sub-Gaussian with proxy `v` if `E exp(t x) <= exp(v t^2 / 2)` for all `t`. Every polynomial drawn is within
/// the bounds given here, except with probability below `2^-FAILURE_BITS` each.
///
/// # Source
/// - At the roots: in a given direction a value at a root has proxy `v N / 2`, since squared cosines add up to `N / 2`. A value
///   longer than `r` reaches `r cos(pi / 32)` in one of 32 directions. Over `N / 2` roots the probability is below
///   `16 N exp(-r^2 cos(pi / 32)^2 / (v N))`.
/// - Coefficients, of the product with a fixed `b`: Hsu, Kakade, Zhang, "A tail inequality for quadratic forms of subgaussian
///   random vectors", Electron. Commun. Probab. 17 (2012), Theorem 1. The matrix of the product has singular values
///   `|b(z)|`, so the squared length is above `v (N B^2 + 2 M B sqrt(N t) + 2 M^2 t)` with probability at most `exp(-t)`, where
///   `B = coefficients(b)` and `M = slots(b)`.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    proxy: f64,
}

/// Each polynomial drawn by chance exceeds its bound with probability below `2^-FAILURE_BITS`.
pub const FAILURE_BITS: u32 = 128;

/// A lower bound of `cos(pi / 32)`.
const COS_DIRECTION: f64 = 0.995_184;

impl Law {
    /// Uniform among -1, 0 and 1: secret keys, and what masks an encryption. The proxy is the variance, 2/3: in the series
    /// of `(1 + 2 cosh t) / 3` and of `exp(t^2 / 3)`, `(2/3) / (2k)! <= 1 / (3^k k!)` for each `k`.
    pub const TERNARY: Self = Self { proxy: 2.0 / 3.0 };
    /// Centred binomial of 21 pairs of coins: errors. The proxy is the variance, 10.5: `cosh(t / 2)^42 <= exp(42 t^2 / 8)`.
    pub const ERROR: Self = Self { proxy: 10.5 };

    /// Of a polynomial drawn by this law.
    pub fn polynomial(self, degree: usize) -> Noise {
        let one = Noise { slots: 1.0, coefficients: 1.0 };
        Noise { slots: self.slots(degree), coefficients: self.length(degree, one) }.tightened(degree)
    }

    /// Of a polynomial drawn by this law times one that does not depend on it.
    pub fn times(self, degree: usize, fixed: Noise) -> Noise {
        let slots = self.slots(degree) * fixed.slots * ENLARGE;
        Noise { slots, coefficients: self.length(degree, fixed) }.tightened(degree)
    }

    fn slots(self, degree: usize) -> f64 {
        // ln(16 N 2^FAILURE_BITS)
        let bits = FAILURE_BITS + 4 + degree.ilog2();
        let exponent = f64::from(bits) * core::f64::consts::LN_2;
        (self.proxy * float(degree) * exponent).sqrt() / COS_DIRECTION * ENLARGE
    }

    fn length(self, degree: usize, fixed: Noise) -> f64 {
        let (n, b, m) = (float(degree), fixed.coefficients, fixed.slots);
        let exponent = f64::from(FAILURE_BITS) * core::f64::consts::LN_2;
        let squared = n * b * b + 2.0 * m * b * (n * exponent).sqrt() + 2.0 * m * m * exponent;
        (self.proxy * squared).sqrt() * ENLARGE
    }
}
