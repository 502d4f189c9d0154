//! From residues to the numbers that they stand for.
//!
//! A number x with |x| < Q/2, Q the product of the primes, has balanced digits `x = v_0 + q_0 (v_1 + q_1 (v_2 + ...))` with
//! `|v_i| < q_i / 2` (Garner's algorithm; Knuth, TAOCP 2, §4.3.2). They are found by arithmetic modulo single primes, and the digits
//! above a small x are zero: so the sum, taken from the top, loses nothing of it.
use zeroize::Zeroizing;

use super::backend::Backend;
use crate::ring::Modulus;

/// From residues modulo some primes to numbers.
///
/// # Timing
/// Integers take the same time for all values; floating-point numbers come last.
pub struct Recombination {
    backend: Backend,
    primes: Vec<Modulus>,
    /// For prime j, in the order of i < j: the inverse of `q_i` and its quotient, and `q_i` itself.
    factors: Vec<Vec<Factor>>,
}

/// What brings a residue modulo one prime on, once the digit of an earlier prime is known.
struct Factor {
    inverse: u64,
    /// `floor(inverse 2^64 / q)`.
    quotient: u64,
    /// The earlier prime, reduced.
    earlier: u64,
}

impl Recombination {
    /// For these primes, which are distinct.
    pub fn new(primes: &[Modulus]) -> Self {
        let factor = |earlier: &Modulus, prime: &Modulus| {
            let earlier = prime.reduce(earlier.value());
            let inverse = prime.invert(earlier);
            Factor { inverse, quotient: prime.quotient(inverse, 64), earlier }
        };
        let factors = primes
            .iter()
            .enumerate()
            .map(|(j, prime)| primes[..j].iter().map(|earlier| factor(earlier, prime)).collect())
            .collect();
        Self { backend: Backend::fastest(), primes: primes.to_vec(), factors }
    }

    /// The primes.
    pub fn primes(&self) -> &[Modulus] {
        &self.primes
    }

    /// `factor` times each number between `-Q/2` and `Q/2` with these residues: `rows` has a row for each prime.
    ///
    /// # Panics
    /// When there are not as many rows as primes, or a row is not as long as `out`.
    pub fn to_numbers(&self, rows: &[&[u64]], factor: f64, out: &mut [f64]) {
        assert_eq!(rows.len(), self.primes.len(), "a row for each prime");
        assert!(rows.iter().all(|row| row.len() == out.len()), "as many residues as numbers");
        if let ([prime], [row]) = (&self.primes[..], rows) {
            return self.backend.balanced(prime.value(), row, factor, out);
        }
        let mut digits = Zeroizing::new(vec![0; rows.len()]);
        for (k, out) in out.iter_mut().enumerate() {
            for (j, (prime, factors)) in self.primes.iter().zip(&self.factors).enumerate() {
                let mut digit = rows[j][k];
                for (i, factor) in factors.iter().enumerate() {
                    digit = factor.step(digit, digits[i], &self.primes[i], prime);
                }
                digits[j] = digit;
            }
            *out = factor * self.sum(&digits);
        }
    }

    /// The digits' sum from the top.
    #[inline(always)]
    fn sum(&self, digits: &[u64]) -> f64 {
        digits.iter().zip(&self.primes).rev().fold(0.0, |sum, (digit, prime)| {
            #[expect(clippy::cast_precision_loss, reason = "rounds to the nearest")]
            let (digit, q) = (balance(*digit, prime.value()) as f64, prime.value() as f64);
            sum * q + digit
        })
    }
}

/// All ones for residues above q/2.
#[inline(always)]
fn above_half(residue: u64, q: u64) -> u64 {
    ((q >> 1).wrapping_sub(residue).cast_signed() >> 63).cast_unsigned()
}

/// The number between -q/2 and q/2.
#[inline(always)]
fn balance(residue: u64, q: u64) -> i64 {
    residue.wrapping_sub(q & above_half(residue, q)).cast_signed()
}

/// `factor` times the numbers between -q/2 and q/2.
#[inline(always)]
pub(super) fn balanced(q: u64, row: &[u64], factor: f64, out: &mut [f64]) {
    for (out, residue) in out.iter_mut().zip(row) {
        #[expect(clippy::cast_precision_loss, reason = "rounds to the nearest")]
        let x = balance(*residue, q) as f64;
        *out = factor * x;
    }
}

impl Factor {
    /// `(residue - digit) / earlier prime`, the digit being balanced.
    #[inline(always)]
    fn step(&self, residue: u64, digit: u64, earlier: &Modulus, prime: &Modulus) -> u64 {
        let q = prime.value();
        let above = above_half(digit, earlier.value());
        let digit = prime.sub(prime.reduce(digit), self.earlier & above);
        let x = prime.sub(residue, digit);
        // Shoup's product: the quotient is off by at most one.
        let high = low((u128::from(x) * u128::from(self.quotient)) >> 64);
        let product = x.wrapping_mul(self.inverse).wrapping_sub(high.wrapping_mul(q));
        let below = (product.wrapping_sub(q).cast_signed() >> 63).cast_unsigned();
        product.wrapping_sub(q & !below)
    }
}

#[expect(clippy::cast_possible_truncation)]
#[inline(always)]
const fn low(x: u128) -> u64 {
    x as u64
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    const PRIMES: [u64; 6] = [(1 << 61) - 1, 1_099_511_590_913, (1 << 50) - 27, (1 << 31) - 1, 12_289, 3];

    fn recombine(backend: Backend, primes: &[u64], x: &BigInt) -> f64 {
        let moduli: Vec<Modulus> = primes.iter().map(|q| Modulus::new(*q).unwrap()).collect();
        let residue = |q: &u64| u64::try_from((x % q + q) % q).unwrap();
        // More than one vector of them.
        let residues: Vec<[u64; 11]> = primes.iter().map(|q| [residue(q); 11]).collect();
        let rows: Vec<&[u64]> = residues.iter().map(|row| &row[..]).collect();
        let mut out = [f64::NAN; 11];
        Recombination { backend, ..Recombination::new(&moduli) }.to_numbers(&rows, 0.5, &mut out);
        assert_eq!(out, [out[0]; 11]);
        out[0] * 2.0
    }

    fn check(primes: &[u64], x: &BigInt) {
        let expected: f64 = x.to_string().parse().unwrap();
        for backend in Backend::available() {
            let error = (recombine(backend, primes, x) - expected).abs();
            assert!(error <= expected.abs() * 1e-15, "{backend:?}: {x} of {primes:?}");
        }
    }

    #[test]
    fn numbers_on_the_edges() {
        for count in 1..=PRIMES.len() {
            for primes in
                [PRIMES[..count].to_vec(), PRIMES[PRIMES.len() - count..].iter().rev().copied().collect()]
            {
                let half: BigInt = primes.iter().product::<BigInt>() / 2;
                for x in [half.clone(), -half, BigInt::ZERO, BigInt::from(1), BigInt::from(-1)] {
                    check(&primes, &x);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_of_every_size(count in 1..=PRIMES.len(), digits in any::<[u64; 5]>(), bits in 0_usize..256, sign: bool) {
            let primes = &PRIMES[..count];
            let half: BigInt = primes.iter().product::<BigInt>() / 2;
            let x: BigInt = digits.iter().fold(BigInt::ZERO, |x, digit| (x << 64) + digit) >> bits;
            let x: BigInt = x % (half + 1);
            check(primes, &if sign { -x } else { x });
        }
    }

    #[test]
    fn small_numbers_are_exact() {
        for count in 1..=PRIMES.len() {
            for x in [-4096_i32, -1, 0, 1, 4095] {
                assert_eq!(recombine(Backend::fastest(), &PRIMES[..count], &BigInt::from(x)), f64::from(x));
            }
        }
    }
}
