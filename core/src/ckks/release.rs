//! Giving decrypted values away: flooded with noise, and counted.
//!
//! What decryption gives is the message and a small error that depends on the secret key. Whoever sees both the ciphertext and
//! the exact result of its decryption has a linear equation for the key: Li, Micciancio, "On the security of homomorphic
//! encryption on approximate numbers", EUROCRYPT 2021, ePrint 2020/1533; one result is enough. So what [`SecretKey::decrypt`] gives
//! is for the holder of the key alone, and [`SecretKey::release`] is the way out.
//!
//! # Security
//! A release adds a discrete Gaussian to each value, wide enough to hide the error: LMSS22, Li, Micciancio, Schultz, Sorrell,
//! "Securing approximate homomorphic encryption using differential privacy", CRYPTO 2022, ePrint 2022/816. Let `t` bound the
//! Euclidean length of the errors of all values released at once. The divergence (Kullback-Leibler) of what is released from
//! what the exact message would have given is at most `t^2 / (2 sigma^2)`; with
//! ```text
//! sigma = sqrt(12 releases) 2^(statistical_bits / 2) t
//! ```
//! all releases of a [budget](ReleaseBudget) together, whatever is asked in whatever order, diverge by at most
//! `2^-statistical_bits / 24`. No adversary sees the key in them with an advantage above `2^(-statistical_bits / 2) / 6.9` over
//! one who has the exact messages (Pinsker's inequality); in the measure of LMSS22, which grows with the square of
//! advantages, these are `statistical_bits` bits.
//!
//! - It holds for ciphertexts that come from honest encryption and evaluation, whatever the operations (IND-CPA-D). The
//!   [bounds](super::Bounds) that they carry are believed: a ciphertext that was made to attack the key can lie about them. Release
//!   nothing whose origin you do not trust.
//! - Only the slots that are named leave. The others are discarded unseen: a sum over slots, which leaves partial sums in
//!   them, needs no mask.
//! - The released values are the message, nearly: this hides the key, not what was computed.
//! - After the last release the key must not decrypt for others any more: make a new one.
mod budget;
mod gaussian;
mod policy;
mod table;
#[cfg(test)]
mod tests;

pub use budget::ReleaseBudget;
pub use policy::ReleasePolicy;

use rand_core::CryptoRng;

use super::ciphertext::Ciphertext;
use super::encoder::Complex;
use super::keys::SecretKey;
use crate::error::{Error, ErrorKind, Result};
use policy::Flood;

/// Values that may leave, with how far they can be from the exact result.
#[derive(Clone, Debug, PartialEq)]
pub struct Released<T = f64> {
    values: Vec<T>,
    error_bound: f64,
}

impl<T> Released<T> {
    /// The values, in the order in which the slots were named.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The values, in the order in which the slots were named.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }

    /// No real or imaginary part is farther than this from what exact arithmetic would have given, except with probability
    /// below `2^-40`.
    pub fn error_bound(&self) -> f64 {
        self.error_bound
    }
}

impl SecretKey {
    /// Gives away the real parts of these slots, at the price of one release of the budget.
    ///
    /// The budget is counted down first. Store it before the result leaves, see [`ReleaseBudget`].
    ///
    /// # Errors
    /// `ParamsMismatch` when the budget is that of another key, or the ciphertext has other parameters; `ShapeMismatch`
    /// for no slots at all; `OutOfRange` for a slot that does not exist or is named twice, and when the result could be farther from
    /// the exact one than `at_most_error`; `HeadroomExhausted` when the budget is spent. A refusal costs nothing.
    ///
    /// # Timing
    /// As decryption, up to the floating-point numbers; the noise takes the same time whatever it is. Varies with the number of
    /// slots.
    ///
    /// # Security
    /// See the [module](self). `rng` must be a generator for cryptography, seeded by the operating system; with the same
    /// numbers twice, the noise cancels out.
    pub fn release(
        &self,
        budget: &mut ReleaseBudget,
        ciphertext: &Ciphertext,
        slots: &[usize],
        at_most_error: f64,
        rng: &mut impl CryptoRng,
    ) -> Result<Released> {
        let (flood, rows) = self.granted(budget, ciphertext, slots, 1, at_most_error)?;
        let (re, _) = self.to_slots(&self.phase(ciphertext, rows), ciphertext.scale());
        let values = slots.iter().map(|slot| flood.apply(re[*slot], rng)).collect();
        Ok(Released { values, error_bound: flood.error_bound() })
    }

    /// Gives away these slots, real and imaginary parts, at the price of one release of the budget.
    ///
    /// # Errors
    /// As [`SecretKey::release`].
    ///
    /// # Timing, Security
    /// As [`SecretKey::release`].
    pub fn release_complex(
        &self,
        budget: &mut ReleaseBudget,
        ciphertext: &Ciphertext,
        slots: &[usize],
        at_most_error: f64,
        rng: &mut impl CryptoRng,
    ) -> Result<Released<Complex>> {
        let (flood, rows) = self.granted(budget, ciphertext, slots, 2, at_most_error)?;
        let (re, im) = self.to_slots(&self.phase(ciphertext, rows), ciphertext.scale());
        let mut one = |slot: usize| Complex::new(flood.apply(re[slot], rng), flood.apply(im[slot], rng));
        let values = slots.iter().map(|slot| one(*slot)).collect();
        Ok(Released { values, error_bound: flood.error_bound() })
    }

    /// The noise for one release, which is counted if all that can be refused is in order, and the moduli to decrypt with.
    fn granted(
        &self,
        budget: &mut ReleaseBudget,
        ciphertext: &Ciphertext,
        slots: &[usize],
        parts: usize,
        at_most_error: f64,
    ) -> Result<(Flood, usize)> {
        if budget.key() != self.id() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "release: the budget of another key"));
        }
        let rows = self.rows_for(ciphertext)?;
        check_slots(slots, self.context().params().slots())?;
        let flood = budget.policy().flood(self.context().params().degree(), ciphertext, slots.len(), parts);
        // False for what is not a number.
        let within = flood.error_bound() <= at_most_error;
        if !within {
            let scale_bits = self.context().params().scale_bits();
            return Err(too_far(flood.error_bound() / at_most_error, scale_bits));
        }
        budget.spend(1)?;
        Ok((flood, rows))
    }
}

/// What to do about released values that could be farther off than allowed by this factor: noise does not depend on the scale, so
/// errors shrink as it grows.
fn too_far(factor: f64, scale_bits: u32) -> Error {
    const NEVER: &str = "at_most_error: the released values could be farther off, and no scale_bits below 60 is enough: allow a larger error, release fewer slots at once, fewer times, or with fewer statistical bits";
    let longest = usize::try_from(MAX_SCALE_BITS.saturating_sub(scale_bits)).unwrap_or(0);
    // False for what is not a number.
    let enough =
        |bits: &usize| factor > 0.0 && factor <= 2_f64.powi(i32::try_from(*bits).unwrap_or(i32::MAX));
    let found = (1..=RAISE.len().min(longest)).find(enough).map(|bits| RAISE[bits - 1]);
    Error::new(ErrorKind::OutOfRange, found.unwrap_or(NEVER))
}

/// A scale is shorter than the first modulus.
const MAX_SCALE_BITS: u32 = 59;

/// A text for each number of bits.
macro_rules! raise {
    ($($bits:literal)*) => {
        [$(concat!(
            "at_most_error: the released values could be farther off: raise scale_bits by ", $bits,
            ", and all moduli_bits above it with it (see Params::released_sums); or release fewer slots at once, fewer times, or with fewer statistical bits",
        )),*]
    };
}
const RAISE: [&str; 43] = raise!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
    40 41 42 43
);

/// Slots that exist, each named once.
fn check_slots(slots: &[usize], count: usize) -> Result<()> {
    if slots.is_empty() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "slots: none"));
    }
    let mut named = vec![false; count];
    for slot in slots {
        match named.get_mut(*slot) {
            Some(named) if !*named => *named = true,
            Some(_) => return Err(Error::new(ErrorKind::OutOfRange, "slots: one is named twice")),
            None => return Err(Error::new(ErrorKind::OutOfRange, "slots: no such slot")),
        }
    }
    Ok(())
}
