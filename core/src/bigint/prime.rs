//! Random primes, through `crypto-primes`.
//!
//! A candidate passes Miller-Rabin to base 2, a strong Lucas test (together the improved Baillie-PSW test of
//! Baillie, Fiori and Wagstaff, Math. Comp. 90, 2021) and Miller-Rabin to random bases.

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::{MillerRabin, SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::convert::{from_boxed, to_boxed};
use super::safe_prime;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

/// Random bases for a candidate of our own. A random odd number of k bits that passes t of them is composite with
/// probability below `k^(3/2) 2^t t^(-1/2) 4^(2 - sqrt(t k))`: below `2^-128` from 400 bits on. (Damgård, Landrock,
/// Pomerance, Math. Comp. 61, 1993, theorem 2, for `3 <= t <= k / 9`.) Smaller ones, in tests only: below `4^-16`.
const ROUNDS_RANDOM: usize = 16;
/// Random bases for a number from elsewhere: error below `4^-64 = 2^-128` whoever chose it.
const ROUNDS_FOREIGN: usize = 64;
/// The smallest primes made here, in bits.
const MIN_BITS: usize = 64;

/// A random prime of exactly `bits` bits, with the two highest set.
///
/// # Errors
/// `InvalidParams` below 64 or above 8192 bits.
/// # Timing
/// Varies with the number of candidates tried; rejected candidates say nothing about the result.
/// # Security
/// Composite with probability below `2^-128` from 400 bits on.
pub fn random_prime(bits: usize, rng: &mut impl CryptoRng) -> Result<Zeroizing<Vec<u64>>> {
    find(bits, false, rng)
}

/// A random prime `p = 3 mod 4` of exactly `bits` bits, with the two highest set: the product of two such primes has
/// exactly `2 bits` bits and is a Blum integer.
///
/// # Errors
/// `InvalidParams` below 64 or above 8192 bits.
/// # Timing
/// As [`random_prime`].
pub fn random_blum_prime(bits: usize, rng: &mut impl CryptoRng) -> Result<Zeroizing<Vec<u64>>> {
    find(bits, true, rng)
}

/// A random prime `p` of exactly `bits` bits, with the two highest set, for which `(p - 1) / 2` is prime too.
///
/// The observer is asked often whether to go on, and told nothing of use.
///
/// # Errors
/// `InvalidParams` below 64 or above 8192 bits; `Cancelled` when the observer stops the work.
/// # Timing
/// As [`random_prime`]; takes some hundred times as long.
/// # Security
/// As [`random_prime`], for both primes.
pub fn random_safe_prime(
    bits: usize,
    rng: &mut impl CryptoRng,
    observer: &mut dyn Observer,
) -> Result<Zeroizing<Vec<u64>>> {
    check_bits(bits)?;
    safe_prime::search(bits, rng, observer)
}

/// Whether a public number is prime, with error below `2^-128` even if an attacker chose it.
pub fn is_probable_prime_vartime(number: &[u64], rng: &mut impl CryptoRng) -> bool {
    is_probable_prime(&to_boxed(number), Flavor::Any, ROUNDS_FOREIGN, rng)
}

const REFUSED: Error = Error::new(ErrorKind::InvalidParams, "prime must have from 64 to 8192 bits");

fn check_bits(bits: usize) -> Result<u32> {
    let bits = Some(bits).filter(|bits| (MIN_BITS..=super::Modulus::MAX_BITS).contains(bits));
    bits.and_then(|bits| u32::try_from(bits).ok()).ok_or(REFUSED)
}

/// A random prime; 3 modulo 4 if it must be a Blum prime.
fn find(bits: usize, blum: bool, rng: &mut impl CryptoRng) -> Result<Zeroizing<Vec<u64>>> {
    let length = check_bits(bits)?;
    let refused = REFUSED;
    let sieve = SmallFactorsSieveFactory::<BoxedUint>::new(Flavor::Any, length, SetBits::TwoMsb)
        .map_err(|_| refused.clone())?;
    let accept = |rng: &mut _, candidate: &BoxedUint| {
        (!blum || candidate.bit_vartime(1)) && is_probable_prime(candidate, Flavor::Any, ROUNDS_RANDOM, rng)
    };
    let prime = sieve_and_find(rng, sieve, accept).map_err(|_| refused.clone())?.ok_or(refused)?;
    Ok(from_boxed(&Zeroizing::new(prime)))
}

/// Whether a random number and its half are primes.
pub(super) fn is_safe_prime_vartime(number: &[u64], rng: &mut impl CryptoRng) -> bool {
    is_probable_prime(&to_boxed(number), Flavor::Safe, ROUNDS_RANDOM, rng)
}

fn is_probable_prime(candidate: &BoxedUint, flavor: Flavor, rounds: usize, rng: &mut impl CryptoRng) -> bool {
    if !is_prime(flavor, candidate) {
        return false;
    }
    let strong = |candidate: BoxedUint, rng: &mut _| match Odd::new(candidate).into_option() {
        Some(odd) => {
            let test = MillerRabin::new(odd);
            (0..rounds).all(|_| test.test_random_base(rng).is_probably_prime())
        }
        None => true, // 2 is the only even number to get here
    };
    let half = || candidate.shr_vartime(1).unwrap_or_else(BoxedUint::zero);
    strong(candidate.clone(), rng) && (flavor == Flavor::Any || strong(half(), rng))
}

#[cfg(test)]
mod tests {
    use super::super::limbs::bits_vartime;
    use super::super::testing::{big, rng};
    use super::*;

    #[test]
    fn primes_have_the_promised_form() {
        let mut rng = rng(1);
        for bits in [64, 127, 128, 256, 512] {
            for (blum, prime) in
                [(false, random_prime(bits, &mut rng)), (true, random_blum_prime(bits, &mut rng))]
            {
                let prime = prime.unwrap();
                assert_eq!(bits_vartime(&prime), bits);
                assert_eq!(
                    bits_vartime(&crate::bigint::limbs::from_biguint_vartime(&big(&prime).pow(2))),
                    2 * bits
                );
                assert!(!blum || prime[0] & 3 == 3);
                assert!(is_probable_prime_vartime(&prime, &mut rng));
            }
        }
    }

    #[test]
    fn safe_primes_are_safe() {
        let mut rng = rng(2);
        for bits in [64, 65, 127, 128, 129, 256] {
            let prime = random_safe_prime(bits, &mut rng, &mut ()).unwrap();
            let half = (big(&prime) - 1_u32) / 2_u32;
            assert!(is_probable_prime_vartime(&prime, &mut rng));
            assert!(is_probable_prime_vartime(&half.to_u64_digits(), &mut rng));
            assert_eq!((bits_vartime(&prime), big(&prime).bit(bits as u64 - 2)), (bits, true));
        }
        let mut stop = |_: usize, _: usize| core::ops::ControlFlow::Break(());
        let stopped = random_safe_prime(256, &mut rng, &mut stop).unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn composites_are_told_from_primes() {
        let mut rng = rng(3);
        let mut is_prime = |n: u64| is_probable_prime_vartime(&[n], &mut rng);
        let sieve = |n: u64| n >= 2 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
        for n in 0..3000 {
            assert_eq!(is_prime(n), sieve(n), "{n}");
        }
        // Carmichael numbers and strong pseudoprimes to bases 2, 3, 5 and 7.
        for n in [561, 1105, 6_601, 3_215_031_751, 3_825_123_056_546_413_051] {
            assert!(!is_prime(n), "{n}");
        }
        assert!(is_prime((1 << 61) - 1));
        assert!(!is_probable_prime_vartime(&[], &mut rng));
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        let mut rng = rng(4);
        for bits in [0, 1, 63, 8193] {
            assert_eq!(random_prime(bits, &mut rng).unwrap_err().kind(), ErrorKind::InvalidParams);
            assert_eq!(
                random_safe_prime(bits, &mut rng, &mut ()).unwrap_err().kind(),
                ErrorKind::InvalidParams
            );
        }
    }
}
