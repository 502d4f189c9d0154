//! How large the error of a ciphertext can be, whatever was done to get it.
//!
//! A ciphertext of scale `S` decrypts to the polynomial `S m + e`: `m` is the message as exact arithmetic would give it,
//! `e` the noise. [`Bounds`] are public numbers that every operation computes from those of its operands. They decide
//! whether a result still fits its modulus, how exact it is, and how much noise hides `e` when a result is given away.
//! A release is only as safe as they are (Guo, Nabokov, Suvanto, Johansson, USENIX Security 2024, recover keys where average
//! estimates were used), so they are worst cases: whatever an evaluator chooses, the same ciphertext added to itself
//! included, is met by the triangle inequality. Only what honest holders of keys and encryptors drew by chance enters
//! with a probability, see [`Law`].
//!
//! # Norms
//! Of a polynomial `a` modulo `X^N + 1`:
//! - *slots*: the largest `|a(z)|` at the roots `z`, so that `e` changes a slot by at most `slots / S`;
//! - *coefficients*: the Euclidean length of the coefficients, which no single one exceeds.
//!
//! The sum of all `|a(z)|^2` is `N` times the sum of the squared coefficients, and roots come in conjugate pairs with equal
//! `|a(z)|`. Therefore
//! ```text
//! coefficients(a) <= slots(a) <= sqrt(N/2) coefficients(a)
//! slots(a b) <= slots(a) slots(b)          coefficients(a b) <= slots(a) coefficients(b)
//! ```
//! If no coefficient is above `h`, then `coefficients(a) <= sqrt(N) h` and `slots(a) <= h / sin(pi / 2N)`: a value at a root,
//! turned to be real, is a sum of coefficients times cosines of `N` angles, which lie `pi / N` apart modulo `pi`.
//! Automorphisms keep both norms.
//!
//! # Arithmetic
//! Only sums, products, quotients and square roots, so the numbers are the same on every machine. Each result is enlarged by
//! more than rounding can have taken away.
#[cfg(test)]
mod circuits;
mod law;
#[cfg(test)]
mod terms;
#[cfg(test)]
mod tests;

pub use law::{FAILURE_BITS, Law};

/// What is certain about a plaintext, a ciphertext or a product. All of it is public.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    message: f64,
    noise: Noise,
}

/// How large an error is, in the units of the scaled plaintext and in both norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// The largest absolute value at a root.
    pub slots: f64,
    /// The Euclidean length of the coefficients.
    pub coefficients: f64,
}

/// Relative growth of every result: sums of at most 2^8 terms in double precision lose less than `2^-44`.
const ENLARGE: f64 = 1.0 + 1.0 / (1_u64 << 40) as f64;
/// The unit roundoff of double precision.
const ROUNDOFF: f64 = f64::EPSILON / 2.0;

impl Noise {
    /// No error.
    pub const NONE: Self = Self { slots: 0.0, coefficients: 0.0 };

    /// A polynomial of which no coefficient is above `largest`.
    pub fn of_coefficients(degree: usize, largest: f64) -> Self {
        let n = float(degree);
        // 1 / sin x < (1 + 2^-20) / x for x = pi / 2N and N >= 2^10.
        let slots = largest * n * core::f64::consts::FRAC_2_PI * (1.0 + 1.0 / f64::from(1_u32 << 20));
        Self { slots, coefficients: largest * n.sqrt() }.enlarged().tightened(degree)
    }

    /// What every ciphertext has at least: one error. Honest operations only add to it, or divide and round, which adds more.
    pub fn least(degree: usize) -> Self {
        Law::ERROR.polynomial(degree)
    }

    /// Dividing both polynomials of a ciphertext by a number and rounding to nearest: `r_0 + r_1 s`, with coefficients
    /// of `r_0` and `r_1` of at most 1/2 each, whatever they are.
    pub fn rounding(degree: usize) -> Self {
        let (half, secret) = (Self::of_coefficients(degree, 0.5), Law::TERNARY.polynomial(degree));
        half.plus(half.product(secret))
    }

    /// Switching keys, before the division by the special primes: `sum d_j e_j`, where no coefficient of the digit `d_j`
    /// is above `digits[j]`, whatever it is, and `e_j` is the error of a key.
    pub fn key_switch(degree: usize, digits: &[f64]) -> Self {
        let error = Law::ERROR.polynomial(degree);
        digits
            .iter()
            .fold(Self::NONE, |sum, &digit| sum.plus(Self::of_coefficients(degree, digit).product(error)))
    }

    /// Of a sum or a difference.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { slots: self.slots + other.slots, coefficients: self.coefficients + other.coefficients }
            .enlarged()
    }

    /// Of a product.
    #[must_use]
    pub fn product(self, other: Self) -> Self {
        let coefficients = (self.slots * other.coefficients).min(self.coefficients * other.slots);
        Self { slots: self.slots * other.slots, coefficients }.enlarged()
    }

    /// Of a multiple by a number.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { slots: self.slots * factor, coefficients: self.coefficients * factor }.enlarged()
    }

    /// Each norm as far as the other says more.
    #[must_use]
    pub fn tightened(self, degree: usize) -> Self {
        let from_coefficients = self.coefficients * (float(degree) / 2.0).sqrt() * ENLARGE;
        Self { slots: self.slots.min(from_coefficients), coefficients: self.coefficients.min(self.slots) }
    }

    fn enlarged(self) -> Self {
        Self { slots: self.slots * ENLARGE, coefficients: self.coefficients * ENLARGE }
    }
}

impl Bounds {
    /// Bounds that are known from elsewhere. None unless they are finite and not negative.
    pub fn new(message: f64, noise: Noise) -> Option<Self> {
        let sane = |value: f64| value.is_finite() && value >= 0.0;
        (sane(message) && sane(noise.slots) && sane(noise.coefficients)).then_some(Self { message, noise })
    }

    /// Messages of at most `message` in each slot, encoded at `scale`: rounding to integers, and the rounding of the
    /// encoder's floating-point transform before.
    pub fn encoded(degree: usize, message: f64, scale: f64) -> Self {
        let (rounding, float) =
            (Noise::of_coefficients(degree, 0.5), message * scale * transform_error(degree));
        let slots = rounding.slots + float * (self::float(degree) / 2.0).sqrt();
        let noise = Noise { slots, coefficients: rounding.coefficients + float };
        Self { message, noise: noise.enlarged().tightened(degree) }
    }

    /// One number for all slots, encoded as one integer or, if complex, as two.
    pub fn constant(value: f64, scale: f64) -> Self {
        let error = 1.0 + value.abs() * scale * 4.0 * ROUNDOFF;
        Self { message: value.abs() * ENLARGE, noise: Noise { slots: error, coefficients: error }.enlarged() }
    }

    /// What public-key encryption adds to a plaintext: `u e + e_0 + e_1 s`, where `e` is the error of the key, divided by
    /// `special` and rounded.
    #[must_use]
    pub fn encrypted_to_public_key(&self, degree: usize, special: f64) -> Self {
        let (error, secret) = (Law::ERROR.polynomial(degree), Law::TERNARY.polynomial(degree));
        let (first, second) = (Law::TERNARY.times(degree, error), Law::ERROR.times(degree, secret));
        let divided = first.plus(second).plus(error).times(1.0 / special);
        self.with_noise(divided).with_noise(Noise::rounding(degree))
    }

    /// What encryption with the secret key adds to a plaintext: one error.
    #[must_use]
    pub fn encrypted_with_secret_key(&self, degree: usize) -> Self {
        self.with_noise(Law::ERROR.polynomial(degree))
    }

    /// Of a sum or a difference of the same scale; also of one with a plaintext or a constant.
    #[must_use]
    pub fn add(&self, other: &Self) -> Self {
        Self { message: (self.message + other.message) * ENLARGE, noise: self.noise.plus(other.noise) }
    }

    /// Of a sum of `count` operands that are all within these bounds, or of `count` times one of them.
    #[must_use]
    pub fn sum_of(&self, count: usize) -> Self {
        let count = float(count);
        Self { message: self.message * count * ENLARGE, noise: self.noise.times(count) }
    }

    /// Of a product with a ciphertext, a plaintext or a constant:
    /// `(S m + e)(S' m' + e') - S S' m m' = S m e' + S' m' e + e e'`, and the rounding of the scales' product.
    #[must_use]
    pub fn mul(&self, scale: f64, other: &Self, other_scale: f64) -> Self {
        let scaled = |bounds: &Self, scale: f64| bounds.message * scale * ENLARGE;
        let (a, b) = (scaled(self, scale), scaled(other, other_scale));
        let noise = self.noise.times(b).plus(other.noise.times(a)).plus(self.noise.product(other.noise));
        let message = self.message * other.message * ENLARGE;
        Self { message, noise: noise.plus(constant(a * b * ROUNDOFF)) }
    }

    /// Of a multiple by an integer, the scale staying as it is.
    #[must_use]
    pub fn times_integer(&self, factor: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "rounding is covered by the enlargement")]
        let factor = factor.unsigned_abs() as f64;
        Self { message: self.message * factor * ENLARGE, noise: self.noise.times(factor * ENLARGE) }
    }

    /// Of the quotient by `divisor`, both polynomials rounded: `(S m + e) / q + r_0 + r_1 s`. `scale` is the one before,
    /// `new_scale` the one that the quotient is said to have; the message takes what they differ by as noise.
    #[must_use]
    pub fn rescale(&self, degree: usize, divisor: f64, scale: f64, new_scale: f64) -> Self {
        let divided = Self { message: self.message, noise: self.noise.times(1.0 / divisor) };
        divided.with_noise(Noise::rounding(degree)).relabel(scale / divisor, new_scale)
    }

    /// Said to be of another scale: what the message would change by becomes noise.
    #[must_use]
    pub fn relabel(&self, scale: f64, new_scale: f64) -> Self {
        let difference = (scale - new_scale).abs() + 4.0 * ROUNDOFF * scale;
        self.with_noise(constant(self.message * difference))
    }

    /// With more noise.
    #[must_use]
    pub fn with_noise(&self, noise: Noise) -> Self {
        Self { message: self.message, noise: self.noise.plus(noise) }
    }

    /// With a message that is known, by other means, to be at most `message`: what a polynomial is on an interval, say.
    /// The noise stays: it does not depend on how large the message seems.
    #[must_use]
    pub fn with_message(&self, message: f64) -> Self {
        Self { message: self.message.min(message), noise: self.noise }
    }

    /// Each norm of the noise as far as the other says more.
    #[must_use]
    pub fn tightened(&self, degree: usize) -> Self {
        Self { message: self.message, noise: self.noise.tightened(degree) }
    }

    /// The largest absolute value of the message in any slot.
    pub fn message(&self) -> f64 {
        self.message
    }

    /// The noise.
    pub fn noise(&self) -> Noise {
        self.noise
    }

    /// By how much a slot can differ from the message, before it is decoded.
    pub fn error(&self, scale: f64) -> f64 {
        self.noise.slots / scale * ENLARGE
    }

    /// By how much a decoded slot can differ from the message: the noise, and the floating-point transform.
    pub fn decoded_error(&self, degree: usize, scale: f64) -> f64 {
        let size = self.message + self.noise.slots / scale;
        let transform = size * (transform_error(degree) + 4.0 * ROUNDOFF) * (float(degree) / 2.0).sqrt();
        (self.noise.slots / scale + transform) * ENLARGE
    }

    /// The Euclidean length of the differences between `slots` decoded slots and their messages.
    pub fn length_of_slots(&self, degree: usize, scale: f64, slots: usize) -> f64 {
        let all = (float(degree) / 2.0).sqrt();
        let noise = (self.noise.slots * float(slots).sqrt()).min(self.noise.coefficients * all) / scale;
        // The transform's error in all slots together, and one more rounding for dividing by a scale.
        let transform =
            (self.message + self.noise.slots / scale) * all * (transform_error(degree) + 4.0 * ROUNDOFF);
        (noise + transform) * ENLARGE
    }

    /// Whether every coefficient of `S m + e` is below half of a modulus of `log2_modulus` bits. False if a bound is
    /// not finite.
    pub fn fits(&self, scale: f64, log2_modulus: f64) -> bool {
        let largest = (self.message * scale + self.noise.coefficients.min(self.noise.slots)) * ENLARGE;
        largest.log2() + 1e-9 < log2_modulus - 1.0
    }
}

/// Relative error, in the Euclidean length, of a transform between slots and coefficients in double precision.
/// Higham, "Accuracy and Stability of Numerical Algorithms" (2nd ed., 2002), Theorem 24.2: below `k h / (1 - k h)` after `k`
/// stages with `h = u + 4 u (sqrt 2 + u) / (1 - 4 u) < 7 u` for weights that are correctly rounded. The stages are `log2 (N/2)`;
/// four more are for scaling, for conversions and for the denominator.
fn transform_error(degree: usize) -> f64 {
    (f64::from(degree.ilog2()) + 3.0) * 7.0 * ROUNDOFF
}

/// An error that is at most `size` at each root.
fn constant(size: f64) -> Noise {
    Noise { slots: size, coefficients: size }.enlarged()
}

/// A count as a float; counts are far below `2^53`.
#[expect(clippy::cast_precision_loss)]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}
