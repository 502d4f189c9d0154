//! What can be checked of a public key that comes from elsewhere: public values only, so time may vary.
use std::sync::OnceLock;

use num_bigint::BigUint;

use super::params::Params;
use crate::error::{Error, ErrorKind, Result};

/// Bits of the smallest prime factor that an accepted modulus may have.
const FACTOR_BITS: u32 = 16;

/// Checks the modulus of a key.
///
/// # Errors
/// `InvalidEncoding` when n has another size than the parameters say, is even, has a prime factor below 2^16,
/// is a perfect power, or is itself prime.
pub(super) fn check_modulus_vartime(params: &Params, n: &BigUint) -> Result<()> {
    let refused = |what| Err(Error::new(ErrorKind::InvalidEncoding, what));
    if n.bits() != u64::from(params.modulus_bits()) {
        return refused("public key: n has not the announced size");
    }
    if !n.bit(0) {
        return refused("public key: n is even");
    }
    if has_small_factor(n) {
        return refused("public key: n has a factor below 2^16");
    }
    if is_perfect_power(params, n) {
        return refused("public key: n is a perfect power");
    }
    if passes_fermat_test(n) {
        return refused("public key: n is prime");
    }
    Ok(())
}

/// Checks the base of the randomizers: a unit modulo n^2 that is neither 1 nor -1 modulo n.
///
/// # Errors
/// `InvalidEncoding`.
pub(super) fn check_base_vartime(n: &BigUint, h_s: &BigUint) -> Result<()> {
    let refused = |what| Err(Error::new(ErrorKind::InvalidEncoding, what));
    if *h_s >= n * n {
        return refused("public key: h_s is not below n^2");
    }
    let (reduced, one) = (h_s % n, BigUint::from(1_u8));
    if reduced == one || &reduced + &one == *n {
        return refused("public key: h_s is 1 or -1 modulo n");
    }
    if gcd(reduced, n.clone()) != one {
        return refused("public key: h_s is not coprime to n");
    }
    Ok(())
}

fn gcd(mut a: BigUint, mut b: BigUint) -> BigUint {
    while a.bits() != 0 {
        let rest = &b % &a;
        (a, b) = (rest, a);
    }
    b
}

/// The odd primes below 2^16, multiplied together as far as 64 bits reach.
fn prime_products() -> &'static [u64] {
    static PRODUCTS: OnceLock<Box<[u64]>> = OnceLock::new();
    PRODUCTS.get_or_init(|| {
        let mut products = Vec::with_capacity(2048);
        let mut product = 1_u64;
        for prime in odd_primes(1 << FACTOR_BITS) {
            product = product.checked_mul(prime).unwrap_or_else(|| {
                products.push(product);
                prime
            });
        }
        products.push(product);
        products.into()
    })
}

/// The odd primes below `limit`, by the sieve of Eratosthenes; place i stands for 2 i + 1.
fn odd_primes(limit: usize) -> impl Iterator<Item = u64> {
    let mut composite = vec![false; limit / 2];
    for i in 1..composite.len() {
        let prime = 2 * i + 1;
        if !composite[i] && prime * prime < limit {
            composite[prime * prime / 2..].iter_mut().step_by(prime).for_each(|place| *place = true);
        }
    }
    (1_u64..).step_by(2).zip(composite).skip(1).filter(|(_, composite)| !composite).map(|(prime, _)| prime)
}

fn has_small_factor(n: &BigUint) -> bool {
    prime_products().iter().any(|product| {
        let rest = (n % *product).iter_u64_digits().next().unwrap_or(0);
        gcd_u64(rest, *product) != 1
    })
}

fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    while a != 0 {
        (a, b) = (b % a, a);
    }
    b
}

/// Whether n = m^k for some k > 1. Small factors are excluded already, so k is below |n| / 16.
fn is_perfect_power(params: &Params, n: &BigUint) -> bool {
    let most = params.modulus_bits() / FACTOR_BITS;
    (2..=most)
        .filter(|k| (2..*k).take_while(|d| d * d <= *k).all(|d| !k.is_multiple_of(d)))
        .any(|k| n.nth_root(k).pow(k) == *n)
}

/// Fermat's test to base 2. It never misses a prime; a composite that passes is no honest key either.
fn passes_fermat_test(n: &BigUint) -> bool {
    BigUint::from(2_u8).modpow(&(n - 1_u8), n) == BigUint::from(1_u8)
}

/// The Jacobi symbol of a modulo an odd n: 1, -1, or 0 where they share a factor.
pub(super) fn jacobi_vartime(a: &BigUint, n: &BigUint) -> i8 {
    let low = |x: &BigUint| x.iter_u64_digits().next().unwrap_or(0);
    let (mut a, mut n, mut symbol) = (a % n, n.clone(), 1);
    while let Some(twos) = a.trailing_zeros() {
        a >>= twos;
        // (2 / n) = -1 for n = 3, 5 modulo 8; quadratic reciprocity.
        if twos & 1 == 1 && matches!(low(&n) & 7, 3 | 5) {
            symbol = -symbol;
        }
        if low(&a) & 3 == 3 && low(&n) & 3 == 3 {
            symbol = -symbol;
        }
        (a, n) = (&n % &a, a);
    }
    if n == BigUint::from(1_u8) { symbol } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_follow_from_the_factors() {
        // Euler's criterion for each prime factor.
        let legendre = |a: u64, p: u64| match BigUint::from(a).modpow(&((p - 1) / 2).into(), &p.into()) {
            power if power == BigUint::from(p - 1) => -1_i8,
            power => i8::from(power == BigUint::from(1_u8)),
        };
        for factors in [&[3_u64][..], &[5], &[7, 11], &[3, 3, 13], &[101, 103, 107]] {
            let n: u64 = factors.iter().product();
            for a in 0..200 {
                let expected: i8 = factors.iter().map(|p| legendre(a, *p)).product();
                assert_eq!(jacobi_vartime(&a.into(), &n.into()), expected, "{a} {n}");
            }
        }
        assert_eq!(jacobi_vartime(&7_u8.into(), &1_u8.into()), 1);
    }

    #[test]
    fn products_hold_each_small_prime_once() {
        let primes: Vec<u64> = odd_primes(1 << FACTOR_BITS).collect();
        assert_eq!((primes.len(), primes[0], primes[6540]), (6541, 3, 65_521));
        let all: usize =
            prime_products().iter().map(|product| primes.iter().filter(|p| product % **p == 0).count()).sum();
        assert_eq!(all, 6541);
        assert!(prime_products().len() <= 2048);
    }
}
