//! Primes whose fields have roots of unity for transforms. All of it is public, so nothing here is constant-time.
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

/// The `count` primes next to `2^bits` that are 1 modulo `2 * degree`, the nearest first, none of them in `taken`.
///
/// Primes next to a scale keep rescaled numbers next to that scale.
///
/// # Errors
/// `InvalidParams` when `degree` is no power of two, `bits` is not between `log2(degree) + 2` and 60, or there are
/// not so many within a factor of two of `2^bits`.
pub fn nearest_primes(degree: usize, bits: u32, count: usize, taken: &[u64]) -> Result<Vec<u64>> {
    let invalid = |what| Error::new(ErrorKind::InvalidParams, what);
    if !degree.is_power_of_two() || !(degree.ilog2() + 2..=60).contains(&bits) {
        return Err(invalid("degree, bits: a power of two, and primes of more bits than it has, up to 60"));
    }
    let (step, middle) = (2 * degree as u64, 1_u64 << bits);
    let pairs = (0..middle / 2 / step).flat_map(|i| [middle + 1 + i * step, middle + 1 - (i + 1) * step]);
    let found: Vec<u64> = pairs.filter(|q| !taken.contains(q) && is_prime_vartime(*q)).take(count).collect();
    if found.len() == count { Ok(found) } else { Err(invalid("count: there are not so many such primes")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_by_trial_division() {
        let is_prime = |n: u64| n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0);
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
    fn primes_for_transforms() {
        let first = nearest_primes(8192, 40, 2, &[]).unwrap();
        let next = nearest_primes(8192, 40, 3, &first).unwrap();
        let distances: Vec<u64> = first.iter().chain(&next).map(|q| q.abs_diff(1 << 40)).collect();
        assert!(distances.is_sorted() && distances[4] < 1 << 22);
        assert!(first.iter().chain(&next).all(|q| q % 16_384 == 1 && is_prime_vartime(*q)));
        assert!(next.iter().all(|q| !first.contains(q)));
    }

    #[test]
    fn there_may_be_none() {
        for (degree, bits, count) in [(1000, 40, 1), (1024, 11, 1), (1024, 61, 1), (1 << 16, 18, 9)] {
            assert_eq!(nearest_primes(degree, bits, count, &[]).unwrap_err().kind(), ErrorKind::InvalidParams);
        }
    }
}
