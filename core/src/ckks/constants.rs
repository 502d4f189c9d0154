//! Sums and products with one public number for all slots: an integer, so that no transform is needed.
use super::bounds::Bounds;
use super::ciphertext::{Ciphertext, check_fits};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::Modulus;

impl Ciphertext {
    /// The sum with one number in every slot.
    ///
    /// # Errors
    /// `OutOfRange` for NaN or infinity; `HeadroomExhausted` when the sum could be too large.
    /// # Timing
    /// Varies with the number, which is public.
    pub fn add_constant(&self, value: f64) -> Result<Self> {
        let integer = rounded(value, self.scale)?;
        let bounds = self.bounds.add(&Bounds::constant(value, self.scale));
        check_fits(&self.context, self.level(), self.scale, &bounds)?;
        let mut out = self.clone();
        for (prime, row) in self.context.q().primes().iter().zip(&mut out.c0) {
            let (q, constant) = (prime.modulus(), residue(integer, prime.modulus()));
            // A constant polynomial has the same value everywhere.
            row.iter_mut().for_each(|word| *word = q.add(*word, constant));
        }
        (out.bounds, out.seed) = (bounds, None);
        Ok(out)
    }

    /// The product with one number in every slot, encoded at `scale`, by which the ciphertext's is multiplied: rescale
    /// afterwards.
    ///
    /// # Errors
    /// `OutOfRange` for NaN or infinity, a scale below 1, and a number that is 0 at this scale: the result would hide nothing;
    /// `HeadroomExhausted` when the product could be too large.
    /// # Timing
    /// Varies with the number, which is public.
    pub fn mul_constant(&self, value: f64, scale: f64) -> Result<Self> {
        if !(scale.is_finite() && scale >= 1.0) {
            return Err(Error::new(ErrorKind::OutOfRange, "scale: a finite number from 1 upwards"));
        }
        let integer = rounded(value, scale)?;
        let bounds = self.bounds.mul(self.scale, &Bounds::constant(value, scale), scale);
        self.times(integer, self.scale * scale, bounds)
    }

    /// The product with one integer in every slot: no scale changes and no level is used.
    ///
    /// # Errors
    /// `OutOfRange` for 0: the result would hide nothing; `HeadroomExhausted` when the product could be too large.
    /// # Timing
    /// Varies with the number, which is public.
    pub fn mul_integer(&self, factor: i64) -> Result<Self> {
        let magnitude = Integer { negative: factor < 0, mantissa: factor.unsigned_abs(), exponent: 0 };
        self.times(magnitude, self.scale, self.bounds.times_integer(factor))
    }

    fn times(&self, integer: Integer, scale: f64, bounds: Bounds) -> Result<Self> {
        check_fits(&self.context, self.level(), scale, &bounds)?;
        let residues: Vec<u64> = self
            .context
            .primes_at(self.level())
            .iter()
            .map(|prime| residue(integer, prime.modulus()))
            .collect();
        let mut out = self.clone();
        self.context.q().scale(&mut out.c0, &residues);
        self.context.q().scale(&mut out.c1, &residues);
        (out.scale, out.bounds, out.seed) = (scale, bounds, None);
        out.checked()
    }
}

/// `mantissa 2^exponent` with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Integer {
    negative: bool,
    mantissa: u64,
    exponent: u64,
}

/// The integer next to `value * scale`, ties to the even one.
fn rounded(value: f64, scale: f64) -> Result<Integer> {
    let scaled = (value * scale).round_ties_even();
    if !scaled.is_finite() {
        return Err(Error::new(
            ErrorKind::OutOfRange,
            "value: a finite number that stays one once it is scaled",
        ));
    }
    // An integer, so the exponent of its lowest bit is negative only where that many bits are zero.
    let (bits, magnitude) = (scaled.to_bits(), scaled.abs());
    let biased = bits >> 52 & 0x7ff;
    let significand = bits & ((1 << 52) - 1) | u64::from(biased != 0) << 52;
    let (mantissa, exponent) = match biased {
        1076.. => (significand, biased - 1075),
        _ if magnitude == 0.0 => (0, 0),
        _ => (significand >> (1075 - biased), 0),
    };
    Ok(Integer { negative: scaled < 0.0, mantissa, exponent })
}

/// The integer modulo q.
fn residue(integer: Integer, q: &Modulus) -> u64 {
    let magnitude = q.mul(q.reduce(integer.mantissa), q.pow_vartime(2, integer.exponent));
    if integer.negative { q.neg(magnitude) } else { magnitude }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    fn exact(integer: Integer) -> BigInt {
        let magnitude = BigInt::from(integer.mantissa) << integer.exponent;
        if integer.negative { -magnitude } else { magnitude }
    }

    #[test]
    fn edges_of_rounding() {
        for (value, expected) in [
            (0.0, 0_i128),
            (-0.0, 0),
            (0.5, 0),
            (-0.5, 0),
            (1.5, 2),
            (2.5, 2),
            (-2.5, -2),
            (0.75, 1),
            (5e-324, 0),
            (4_503_599_627_370_495.5, 1 << 52),
            (9_007_199_254_740_991.0, (1 << 53) - 1),
            (1e18, 1_000_000_000_000_000_000),
            (2_f64.powi(100), 1 << 100),
            (-2_f64.powi(100), -(1 << 100)),
        ] {
            assert_eq!(exact(rounded(value, 1.0).unwrap()), BigInt::from(expected), "{value}");
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            assert_eq!(rounded(value, 2.0).unwrap_err().kind(), ErrorKind::OutOfRange);
        }
    }

    proptest! {
        #[test]
        fn residues_are_of_the_nearest_integer(value in -1e30..1e30, small in -1e6..1e6) {
            let q = Modulus::new((1 << 61) - 1).unwrap();
            for value in [value, small] {
                let integer = rounded(value, 1.0).unwrap();
                let nearest: BigInt = format!("{:.0}", value.round_ties_even()).parse().unwrap();
                prop_assert_eq!(exact(integer), nearest.clone());
                let modulus = BigInt::from(q.value());
                prop_assert_eq!(BigInt::from(residue(integer, &q)), (nearest % &modulus + &modulus) % modulus);
            }
        }
    }
}
