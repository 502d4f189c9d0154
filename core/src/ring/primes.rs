//! Primes whose fields have roots of unity for transforms. All of it is public, so nothing here is constant-time.
use super::Modulus;
use crate::error::{Error, ErrorKind, Result};

/// Whether `n` is prime, for certain.
///
/// Miller and Rabin's test with the first twelve primes as bases, which is exact below 3.18 * 10^23 (Sorenson and
/// Webster, "Strong pseudoprimes to twelve prime bases", Math. Comp. 86 (2017)).
pub fn is_prime_vartime(n: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < 2 {
        return false;
    }
    if let Some(divisor) = BASES.into_iter().find(|p| n.is_multiple_of(*p)) {
        return n == divisor;
    }
    let wide = u128::from(n);
    let mul = |a: u64, b: u64| super::modulus::low(u128::from(a) * u128::from(b) % wide);
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    let pow = |base: u64| {
        let bits = (0..u64::BITS - odd.leading_zeros()).rev();
        bits.fold(1, |x, i| if odd >> i & 1 == 1 { mul(mul(x, x), base) } else { mul(x, x) })
    };
    BASES.into_iter().all(|base| {
        let mut x = pow(base);
        if x == 1 {
            return true;
        }
        for _ in 1..twos {
            if x == n - 1 {
                return true;
            }
            x = mul(x, x);
        }
        x == n - 1
    })
}

/// The `count` largest primes of `bits` bits that are 1 modulo `2 * degree`, the largest first, none of them in `taken`.
///
/// Below the power of two, so that a product of such primes has at most as many bits as they have together. Next to it,
/// so that rescaled numbers keep their scale.
///
/// # Errors
/// `InvalidParams` when `degree` is no power of two, `bits` is not between `log2(degree) + 2` and 61, or there are
/// not so many.
pub fn largest_primes(degree: usize, bits: u32, count: usize, taken: &[u64]) -> Result<Vec<u64>> {
    let invalid = |what| Error::new(ErrorKind::InvalidParams, what);
    if !degree.is_power_of_two() || !(degree.ilog2() + 2..=Modulus::MAX_BITS).contains(&bits) {
        return Err(invalid("degree, bits: a power of two, and primes of more bits than it has, up to 61"));
    }
    let (step, top) = (2 * degree as u64, 1_u64 << bits);
    let candidates = (1..=top / 2 / step).map(|i| top + 1 - i * step);
    let found: Vec<u64> =
        candidates.filter(|q| !taken.contains(q) && is_prime_vartime(*q)).take(count).collect();
    if found.len() == count { Ok(found) } else { Err(invalid("count: there are not so many such primes")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_by_trial_division() {
        let is_prime = |n: u64| n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
        for n in 0..20_000 {
            assert_eq!(is_prime_vartime(n), is_prime(n), "{n}");
        }
    }

    #[test]
    fn strong_pseudoprimes_and_large_primes() {
        // Strong pseudoprimes to the bases 2; 2 and 3; the first eight; the first eleven primes (OEIS A014233).
        for n in [2_047, 1_373_653, 341_550_071_728_321, 3_825_123_056_546_413_051] {
            assert!(!is_prime_vartime(n), "{n}");
        }
        for n in [(1 << 61) - 1, 18_446_744_073_709_551_557] {
            assert!(is_prime_vartime(n), "{n}");
        }
    }

    #[test]
    fn the_largest_come_first_and_none_is_left_out() {
        let first = largest_primes(1024, 20, 3, &[]).unwrap();
        let next = largest_primes(1024, 20, 4, &first).unwrap();
        let by_definition: Vec<u64> =
            (1..1 << 20).rev().filter(|n| n % 2048 == 1 && is_prime_vartime(*n)).take(7).collect();
        assert_eq!([first, next].concat(), by_definition);
    }

    #[test]
    fn primes_have_the_bits_asked_for() {
        for bits in 14..=Modulus::MAX_BITS {
            for q in largest_primes(1024, bits, 1, &[]).unwrap() {
                assert_eq!((u64::BITS - q.leading_zeros(), q % 2048), (bits, 1), "{q}");
            }
        }
    }

    #[test]
    fn there_may_be_none() {
        for (degree, bits, count) in [(1000, 40, 1), (1024, 11, 1), (1024, 62, 1), (1 << 16, 18, 9)] {
            assert_eq!(
                largest_primes(degree, bits, count, &[]).unwrap_err().kind(),
                ErrorKind::InvalidParams
            );
        }
    }
}
