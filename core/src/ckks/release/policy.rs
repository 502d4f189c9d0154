//! How much noise a release needs.
use rand_core::CryptoRng;

use super::gaussian::Gaussian;
use crate::ckks::bounds::{Bounds, float};
use crate::ckks::ciphertext::Ciphertext;
use crate::error::{Error, ErrorKind, Result};

/// How well releases hide the key, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleasePolicy {
    statistical_bits: u32,
    releases: u32,
}

/// At least so many grid points in the Euclidean length of the errors: the grid adds little to them.
const GRID: f64 = 4096.0;
/// Released values are within their bound but with probability below `2^-TAIL_BITS`.
const TAIL_BITS: u32 = 40;

impl ReleasePolicy {
    /// The fewest statistical bits.
    pub const MIN_STATISTICAL_BITS: u32 = 30;
    /// The most statistical bits.
    pub const MAX_STATISTICAL_BITS: u32 = 60;

    /// So many releases of one key, which together give away the key with an advantage of at most
    /// `2^(-statistical_bits / 2) / 6.9`. Each bit costs half a bit of precision, each doubling of the releases too.
    ///
    /// # Errors
    /// `InvalidParams` for less than 30 or more than 60 bits, for no releases, and for so many that the noise would be too wide:
    /// above 14,000 at 50 bits, or 13 at 60.
    pub fn new(statistical_bits: u32, releases: u32) -> Result<Self> {
        let policy = Self { statistical_bits, releases };
        let bits = Self::MIN_STATISTICAL_BITS..=Self::MAX_STATISTICAL_BITS;
        if !bits.contains(&statistical_bits) {
            return Err(Error::new(ErrorKind::InvalidParams, "statistical_bits: from 30 to 60"));
        }
        if releases == 0 || Gaussian::at_least(GRID * policy.factor()).is_none() {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "releases: none, or too many for so many statistical bits",
            ));
        }
        Ok(policy)
    }

    /// The bits of statistical security.
    pub fn statistical_bits(&self) -> u32 {
        self.statistical_bits
    }

    /// How many releases there may be in all.
    pub fn releases(&self) -> u32 {
        self.releases
    }

    /// By how much released values of this many slots can be off, for a plan: no key and no ciphertext is needed. `parts` is 1 for real
    /// parts, 2 for complex numbers.
    pub fn error_bound(&self, degree: usize, bounds: &Bounds, scale: f64, slots: usize, parts: usize) -> f64 {
        Flood::new(*self, degree, bounds, scale, slots, parts).error_bound
    }

    /// The noise for a release of this many slots.
    pub(super) fn flood(&self, degree: usize, ciphertext: &Ciphertext, slots: usize, parts: usize) -> Flood {
        Flood::new(*self, degree, ciphertext.bounds(), ciphertext.scale(), slots, parts)
    }

    /// `sigma / t`: `sqrt(12 releases) 2^(statistical_bits / 2)`.
    fn factor(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^60, a power of two")]
        let power = (1_u64 << self.statistical_bits) as f64;
        (12.0 * f64::from(self.releases) * power).sqrt() * (1.0 + f64::EPSILON)
    }
}

/// Rounds to a grid, on which it adds a discrete Gaussian.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flood {
    step: f64,
    per_step: f64,
    law: Gaussian,
    error_bound: f64,
}

impl Flood {
    /// The errors of the values, `t` in Euclidean length, become `t / step + sqrt(values)` on the grid, where rounding moves
    /// two numbers apart by at most 1. The step is the one for which this is `law.sigma() / factor`.
    fn new(
        policy: ReleasePolicy,
        degree: usize,
        bounds: &Bounds,
        scale: f64,
        slots: usize,
        parts: usize,
    ) -> Self {
        let law = Gaussian::at_least(GRID * policy.factor()).expect("policies are checked");
        let values = float(slots * parts);
        let error = bounds.decoded_error(degree, scale);
        let length = bounds.length_of_slots(degree, scale, slots);
        let step = length / (law.sigma() / policy.factor() - values.sqrt());
        // P(|x| > c sigma) <= 2 exp(-c^2 / 2) for each value: a sum of independent sub-Gaussian samples is one.
        let bits = TAIL_BITS + 1 + (slots * parts).next_power_of_two().ilog2();
        let tail = (2.0 * f64::from(bits) * core::f64::consts::LN_2).sqrt();
        let error_bound = error + step * (0.5 + tail * law.sigma()) * (1.0 + 1e-9);
        Self { step, per_step: 1.0 / step, law, error_bound }
    }

    pub(super) fn error_bound(&self) -> f64 {
        self.error_bound
    }

    /// The value on the grid, with noise.
    ///
    /// # Timing
    /// The same for all values: products, sums and bits of floating-point numbers.
    pub(super) fn apply(&self, value: f64, rng: &mut impl CryptoRng) -> f64 {
        let point = nearest(value * self.per_step);
        // What follows is public: no secret decides the time of a conversion.
        #[expect(clippy::cast_precision_loss, reason = "public, and far finer than the noise")]
        let flooded = point.wrapping_add(self.law.sample(rng)) as f64;
        flooded * self.step
    }
}

/// The nearest integer of a number below `2^55`: bounds include the error of floating-point numbers, so the grid is no finer.
/// Neither conversions nor roundings of the language are used, since they may branch.
fn nearest(x: f64) -> i64 {
    const HIGH: f64 = (1_u64 << 26) as f64;
    let high = nearest_small(x * (1.0 / HIGH));
    #[expect(clippy::cast_precision_loss, reason = "below 2^29")]
    let low = nearest_small(x - high as f64 * HIGH);
    (high << 26).wrapping_add(low)
}

/// The nearest integer of a number below `2^51`: in the sum with `1.5 2^52` the last bit stands for 1.
fn nearest_small(x: f64) -> i64 {
    const MIDDLE: f64 = (3_u64 << 51) as f64;
    (x + MIDDLE).to_bits().wrapping_sub(MIDDLE.to_bits()).cast_signed()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::ckks::bounds::Noise;

    const DEGREE: usize = 4096;

    fn bounds(slots: f64, coefficients: f64) -> Bounds {
        Bounds::new(1.0, Noise { slots, coefficients }).unwrap()
    }

    /// `sqrt(12 releases) 2^(bits / 2)` times the length of the errors, from the formula; the error of floating-point numbers
    /// is small here.
    #[test]
    fn the_noise_is_as_wide_as_the_formula_says() {
        let scale = 2_f64.powi(30);
        for (bits, releases, slots, parts) in
            [(30, 1, 1, 1), (30, 1000, 9, 2), (50, 4, 100, 1), (40, 7, 2048, 2)]
        {
            let policy = ReleasePolicy::new(bits, releases).unwrap();
            let flood = Flood::new(policy, DEGREE, &bounds(1e6, 1e5), scale, slots, parts);
            // All slots together have at most sqrt(N / 2) times the length of the coefficients.
            let length = (float(slots).sqrt() * 1e6).min(2048_f64.sqrt() * 1e5) / scale;
            let formula = (12.0 * f64::from(releases)).sqrt() * 2_f64.powf(f64::from(bits) / 2.0) * length;
            let sigma = flood.step * flood.law.sigma();
            assert!(sigma >= formula && sigma < 1.1 * formula, "{sigma} {formula}");
            // The exact promise: the length on the grid, where rounding moves each value by up to 1.
            let on_grid = length / flood.step + float(slots * parts).sqrt();
            assert!(flood.law.sigma() * (1.0 + 1e-12) >= policy.factor() * on_grid);
            // How far values can be off is the noise that is added, and the errors that were there.
            let error = bounds(1e6, 1e5).decoded_error(DEGREE, scale);
            let values = (slots * parts).next_power_of_two().ilog2();
            let tail = (2.0 * f64::from(TAIL_BITS + 1 + values) * core::f64::consts::LN_2).sqrt();
            assert!(
                flood.error_bound >= (error + flood.step * (0.5 + tail * flood.law.sigma())) * (1.0 - 1e-12)
            );
            let rng = &mut ChaCha20Rng::seed_from_u64(3);
            let draws: Vec<f64> = (0..1 << 14).map(|_| flood.apply(0.25, rng) - 0.25).collect();
            let deviation = (draws.iter().map(|x| x * x).sum::<f64>() / float(draws.len())).sqrt();
            assert!((deviation / sigma - 1.0).abs() < 0.02, "{deviation} {sigma}");
            assert!(draws.iter().all(|x| x.abs() <= flood.error_bound));
        }
    }

    #[test]
    fn releases_and_bits_cost_what_they_should() {
        let error = |bits, releases, slots| {
            let policy = ReleasePolicy::new(bits, releases).unwrap();
            policy.error_bound(DEGREE, &bounds(1e6, 1e6), 1e12, slots, 1)
        };
        assert!((error(32, 1, 1) / error(30, 1, 1) - 2.0).abs() < 0.01);
        assert!((error(30, 4, 1) / error(30, 1, 1) - 2.0).abs() < 0.01);
        // The tail of four values together is a little longer.
        assert!((error(30, 1, 4) / error(30, 1, 1) - 2.0).abs() < 0.1);
    }

    #[test]
    fn nearest_integers() {
        for x in [0.0, 0.4, 0.6, -0.4, -0.6, 1e6 + 0.25, -33_554_432.0, 1e15 + 0.5, -1.7e16, 3.6e16] {
            assert!((nearest(x) as f64 - x).abs() <= 0.5 && nearest(-x) == -nearest(x), "{x}");
        }
        let rng = &mut ChaCha20Rng::seed_from_u64(4);
        for _ in 0..10_000 {
            let x = (rng.next_u64().cast_signed() >> 9) as f64 / 3.0;
            assert!(nearest(x) as f64 == x.round_ties_even(), "{x}");
        }
    }

    /// Where double precision is the limit, points of the grid still fit in a word.
    #[test]
    fn the_grid_is_never_too_fine() {
        for bits in [30, 45, 60] {
            let policy = ReleasePolicy::new(bits, 1).unwrap();
            for (slots, parts) in [(1, 1), (2048, 2)] {
                let flood = Flood::new(policy, DEGREE, &bounds(1.0, 1.0), 1e30, slots, parts);
                assert!(1.0 / flood.step < 2_f64.powi(55), "{}", flood.step);
                let grid = |value: f64| flood.apply(value, &mut ChaCha20Rng::seed_from_u64(1));
                assert!((grid(1.0) - grid(-1.0) - 2.0).abs() < 1e-9);
            }
        }
    }
}
