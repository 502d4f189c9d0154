//! Discrete Gaussians of large parameter, in constant time.
//!
//! A base sampler draws from a table, looking at every entry. Four times, two samples are joined with the weights
//! `z, z - 1`, which multiplies the parameter by `sqrt(z^2 + (z - 1)^2)`: 16 base samples make one.
//!
//! # Source
//! Micciancio, Walter, "Gaussian sampling over the integers: efficient, generic, constant-time", CRYPTO 2017, ePrint 2017/259,
//! §4. The sum of samples of parameter `sigma` is, up to a factor of `1 +- 4 e` in each probability, a discrete Gaussian
//! if `sigma >= sqrt(2) z eta`, where `eta` is the smoothing parameter of the integers for `e` (Micciancio, Peikert, CRYPTO 2013,
//! ePrint 2013/069, Theorem 3.3, for weights without a common divisor). `e = 2^-128` gives
//! `eta = sqrt(ln(2 + 2^129) / 2) / pi < 2.129`, so that `z <= sigma / 3.011` is required. The entries of the table are exact to
//! `2^-128`. Together a sample is within `2^-114` of the discrete Gaussian in statistical distance.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::table::CUMULATIVE;

/// The parameter of the base sampler.
const BASE: f64 = 16.0;
/// The larger weights of the first three joins: 16 / 3.011, 102.4 / 3.011, 4854 / 3.011, rounded down.
const WEIGHTS: [i64; 3] = [5, 34, 1612];
/// The larger weight of the last join is at most this: what the third join gives, over 3.011.
const LAST_WEIGHT: i64 = 3_674_000;
/// Base samples in one.
const SAMPLES: usize = 16;

/// A discrete Gaussian about 0 of a parameter between `2^24` and `2^45`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gaussian {
    last: i64,
}

impl Gaussian {
    /// The narrowest one whose parameter is at least `sigma`; none if that would be too wide.
    pub(super) fn at_least(sigma: f64) -> Option<Self> {
        let (mut low, mut high) = (2, LAST_WEIGHT);
        let parameter = |last: i64| Self { last }.sigma();
        if !(0.0..=parameter(high)).contains(&sigma) {
            return None;
        }
        while low < high {
            let middle = low.midpoint(high);
            if parameter(middle) < sigma { low = middle + 1 } else { high = middle }
        }
        Some(Self { last: low })
    }

    /// The parameter, which is the standard deviation.
    pub(super) fn sigma(self) -> f64 {
        WEIGHTS.iter().chain([&self.last]).fold(BASE, |sigma, &weight| {
            #[expect(clippy::cast_precision_loss, reason = "weights are far below 2^53")]
            let (z, y) = (weight as f64, (weight - 1) as f64);
            sigma * (z * z + y * y).sqrt()
        })
    }

    /// One sample.
    ///
    /// # Timing
    /// The same for every sample.
    pub(super) fn sample(self, rng: &mut impl CryptoRng) -> i64 {
        let mut samples = Zeroizing::new([0_i64; SAMPLES]);
        for sample in samples.iter_mut() {
            *sample = base((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64()));
        }
        let mut count = SAMPLES;
        for weight in WEIGHTS.into_iter().chain([self.last]) {
            count /= 2;
            for k in 0..count {
                // At most 209 * 9 * 67 * 3223 * 2^23 < 2^52 in the end.
                let (first, second) = (samples[2 * k], samples[2 * k + 1]);
                samples[k] = first.wrapping_mul(weight).wrapping_add(second.wrapping_mul(weight - 1));
            }
        }
        samples[0]
    }
}

/// A sample of the base sampler from 128 uniform bits: the sign, and a number below `2^127` whose place among the cumulative
/// probabilities is the absolute value.
fn base(bits: u128) -> i64 {
    let (negative, uniform) = (top_bit(bits), bits & (u128::MAX >> 1));
    let above = CUMULATIVE.iter().fold(0_i64, |count, &entry| {
        // Both are below 2^127, so the top bit tells whether the uniform number is below the entry.
        count.wrapping_add(top_bit(uniform.wrapping_sub(entry)) ^ 1)
    });
    (above ^ negative.wrapping_neg()).wrapping_add(negative)
}

fn top_bit(x: u128) -> i64 {
    (x >> 127) as i64
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;

    /// `exp(-1 / 512)` and its powers with 320 bits after the point, from the series.
    #[test]
    fn the_table_is_that_of_the_definition() {
        let point = 320_u32;
        let one = BigUint::from(1_u32) << point;
        let product = |a: &BigUint, b: &BigUint| (a * b) >> point;
        let (mut ratio, mut term) = (BigUint::ZERO, one.clone());
        // Pairs of terms keep the sum positive: 1 - t, then + t^2/2 - t^3/6, ...
        for k in (0_u32..60).step_by(2) {
            let next = &term / (512 * (k + 1));
            ratio = ratio + &term - &next;
            term = next / (512 * (k + 2));
        }
        let square = product(&ratio, &ratio);
        // exp(-(x + 1)^2 / 512) = exp(-x^2 / 512) ratio^(2 x + 1)
        let (mut weight, mut step, mut weights) = (one, ratio, Vec::new());
        for _ in 0..400 {
            weights.push(weight.clone());
            weight = product(&weight, &step);
            step = product(&step, &square);
        }
        let total = &weights[0] + weights[1..].iter().sum::<BigUint>() * 2_u32;
        let mut sum = BigUint::ZERO;
        for (k, &entry) in CUMULATIVE.iter().enumerate() {
            sum += &weights[k] * if k == 0 { 1_u32 } else { 2 };
            let rounded = ((&sum << 128_u32) / &total + 1_u32) >> 1_u32;
            assert_eq!(rounded, BigUint::from(entry), "{k}");
        }
    }

    #[test]
    fn weights_are_as_large_as_the_smoothing_parameter_allows() {
        // With e = 2^-128: sqrt(2) sqrt(ln(2 + 2 / e) / 2) / pi.
        let bound = (129.0 * core::f64::consts::LN_2).sqrt() / core::f64::consts::PI;
        assert!((3.0..3.011).contains(&bound), "{bound}");
        let mut sigma = BASE;
        for weight in WEIGHTS.into_iter().chain([LAST_WEIGHT]) {
            let z = f64::from(i32::try_from(weight).unwrap());
            assert!(z * bound <= sigma && (z + 1.0) * 1.001 * bound > sigma, "{weight}");
            sigma *= (z * z + (z - 1.0) * (z - 1.0)).sqrt();
        }
    }

    #[test]
    fn ends_of_the_base_sampler() {
        assert_eq!([base(0), base(CUMULATIVE[0] - 1), base(CUMULATIVE[0])], [0, 0, 1]);
        let sign = 1 << 127;
        assert_eq!([base(sign), base(sign | CUMULATIVE[0]), base(sign | CUMULATIVE[4])], [0, -1, -5]);
        assert_eq!([base(sign - 1), base(u128::MAX)], [210, -210]);
    }

    #[test]
    fn parameters_are_the_next_ones() {
        for sigma in [1.0, 2e7, 1e9, 3.3e12, 5.7e13] {
            let found = Gaussian::at_least(sigma).unwrap();
            assert!(found.sigma() >= sigma);
            assert!(found.last == 2 || Gaussian { last: found.last - 1 }.sigma() < sigma);
        }
        for sigma in [6e13, f64::INFINITY, f64::NAN, -1.0] {
            assert_eq!(Gaussian::at_least(sigma), None);
        }
    }

    /// Squares of deviations from what is expected, for counts in cells.
    fn chi_square(cells: &[(f64, f64)]) -> f64 {
        cells.iter().map(|(found, expected)| (found - expected).powi(2) / expected).sum()
    }

    #[test]
    fn the_base_sampler_has_the_law_of_its_table() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let draws = 1 << 17;
        let mut counts = [0.0; 121];
        for _ in 0..draws {
            let x = base((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64()));
            if let Some(count) = usize::try_from(x + 60).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1.0;
            }
        }
        // exp(-x^2 / 512) / (16 sqrt(2 pi)); the sum over the integers is the integral, to 2^-128.
        let density = |x: f64| (-x * x / 512.0).exp() / (BASE * (2.0 * core::f64::consts::PI).sqrt());
        let cells: Vec<_> = counts[..]
            .iter()
            .zip(-60..)
            .map(|(n, x)| (*n, f64::from(draws) * density(f64::from(x))))
            .collect();
        // 121 cells: mean 121, standard deviation 15.6.
        assert!((60.0..200.0).contains(&chi_square(&cells)), "{}", chi_square(&cells));
    }

    /// Standard deviation within 1%, cells of equal width, tails, and all residues modulo 16 alike.
    #[test]
    fn wide_samples_are_gaussian() {
        for wanted in [2.5e7, 1e9, 5.7e13] {
            let (rng, law) = (&mut ChaCha20Rng::seed_from_u64(2), Gaussian::at_least(wanted).unwrap());
            let draws = 1 << 16;
            let samples: Vec<i64> = (0..draws).map(|_| law.sample(rng)).collect();
            let scaled: Vec<f64> = samples.iter().map(|&x| x as f64 / law.sigma()).collect();
            let variance = scaled.iter().map(|x| x * x).sum::<f64>() / f64::from(draws);
            assert!((variance.sqrt() - 1.0).abs() < 0.01, "{variance}");
            let mean = scaled.iter().sum::<f64>() / f64::from(draws);
            assert!(mean.abs() < 0.02, "{mean}");
            // Cells of a quarter of a standard deviation, by Simpson's rule.
            let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt();
            let cells: Vec<_> = (-12..12)
                .map(|k| {
                    let (a, b) = (f64::from(k) / 4.0, f64::from(k + 1) / 4.0);
                    let share = (density(a) + 4.0 * density((a + b) / 2.0) + density(b)) / 24.0;
                    let found = scaled.iter().filter(|x| (a..b).contains(*x)).count();
                    (found as f64, share * f64::from(draws))
                })
                .collect();
            // 24 cells: mean 24, standard deviation 7.
            assert!((4.0..70.0).contains(&chi_square(&cells)), "{}", chi_square(&cells));
            let beyond = |limit: f64| scaled.iter().filter(|x| x.abs() > limit).count();
            // Expected: 177 beyond 3, 4.2 beyond 4, none beyond 7.
            assert!((110..250).contains(&beyond(3.0)) && (1..14).contains(&beyond(4.0)) && beyond(7.0) == 0);
            let residues: Vec<_> = (0..16)
                .map(|r| {
                    (samples.iter().filter(|x| x.rem_euclid(16) == r).count() as f64, f64::from(draws) / 16.0)
                })
                .collect();
            assert!((1.0..60.0).contains(&chi_square(&residues)), "{}", chi_square(&residues));
        }
    }
}
