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

#[cfg(test)]
mod tests {
    use super::*;

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
