//! Random safe primes, by a sieve over a whole interval for p and `(p - 1) / 2` at once.
//!
//! \[Wie03\] M. Wiener, ePrint 2003/186: for `q = (p - 1) / 2` and each small prime l, strike out where q is 0 and where q is
//! `(l - 1) / 2` modulo l, for there l divides p. Of what is left, a test to base 2 of either number leaves hardly any
//! composite, and those that pass are tested in full.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::limbs::{self, LIMB_BITS};
use super::modulus::Modulus;
use super::prime;
use super::random::random_bits;
use crate::error::Result;
use crate::progress::{Observer, try_map};

/// The small primes are below this. Twice as many would strike out 1 in 10 more of what is left.
const SIEVE_LIMIT: usize = 1 << 20;
/// Odd numbers q in one interval; 1 in 200,000 gives a safe prime of 1024 bits, 1 in 800,000 one of 2048.
const INTERVAL: usize = 1 << 18;
/// Candidates that are tested before the first that passed is taken.
const CHUNK: usize = 32;

/// A random safe prime `p = 3 mod 4` of exactly `bits` bits, at least 64, with the two highest set.
///
/// # Errors
/// `Cancelled` when the observer stops the work.
/// # Timing
/// Varies with the number of candidates tried; rejected candidates say nothing about the result, save for how far it is from
/// the random number where its interval begins.
pub(super) fn search(
    bits: usize,
    rng: &mut impl CryptoRng,
    observer: &mut dyn Observer,
) -> Result<Zeroizing<Vec<u64>>> {
    let small = odd_primes(SIEVE_LIMIT);
    loop {
        // q has one bit less than p, the two highest set.
        let mut start = random_bits(bits - 1, rng);
        for bit in [0, bits - 2, bits - 3] {
            start[bit / LIMB_BITS] |= 1 << (bit % LIMB_BITS);
        }
        let left = sieve_vartime(&start, &small);
        for chunk in left.chunks(CHUNK) {
            let passed =
                try_map(chunk, observer, |offset| Ok(passes_base_2_vartime(&half(&start, *offset))))?;
            for (offset, _) in chunk.iter().zip(passed).filter(|(_, passed)| *passed) {
                let prime = double_plus_one(&half(&start, *offset), bits);
                if limbs::bits_vartime(&prime) == bits && prime::is_safe_prime_vartime(&prime, rng) {
                    return Ok(prime);
                }
            }
        }
    }
}

/// q at a place of the interval.
fn half(start: &[u64], place: usize) -> Zeroizing<Vec<u64>> {
    let mut q = Zeroizing::new(start.to_vec());
    limbs::add_assign(&mut q, &[2 * place as u64]);
    q
}

/// `2 q + 1`, in as many limbs as it needs.
fn double_plus_one(q: &[u64], bits: usize) -> Zeroizing<Vec<u64>> {
    let mut p = Zeroizing::new(q.to_vec());
    p.resize(limbs::limbs_for(bits), 0);
    let copy = p.clone();
    limbs::add_assign(&mut p, &copy);
    limbs::add_assign(&mut p, &[1]);
    p
}

/// The places that no small prime strikes out.
fn sieve_vartime(start: &[u64], small: &[u32]) -> Vec<usize> {
    let mut struck = vec![false; INTERVAL];
    for prime in small {
        let rest = remainder_vartime(start, *prime);
        // start + 2 k = target: k = (target - start) / 2 modulo the prime.
        for target in [0, (prime - 1) / 2] {
            let difference = u64::from((target + prime - rest) % prime);
            let first = difference * u64::from(prime.div_ceil(2)) % u64::from(*prime);
            let first = usize::try_from(first).expect("below 2^20");
            let step = usize::try_from(*prime).expect("below 2^20");
            struck[first.min(INTERVAL)..].iter_mut().step_by(step).for_each(|place| *place = true);
        }
    }
    (0..INTERVAL).filter(|place| !struck[*place]).collect()
}

/// The remainder of an integer.
fn remainder_vartime(number: &[u64], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let rest = number.iter().rev().fold(0, |rest, limb| {
        let high = (rest << 32 | limb >> 32) % divisor;
        (high << 32 | (limb & u64::from(u32::MAX))) % divisor
    });
    u32::try_from(rest).expect("below the divisor")
}

/// Whether q and `2 q + 1` could be primes: `2^(q-1) = 1 mod q` and `2^q = 1 or -1 mod 2 q + 1`.
fn passes_base_2_vartime(q: &[u64]) -> bool {
    let mut order = Zeroizing::new(q.to_vec());
    limbs::sub_assign(&mut order, &[1]);
    let Ok(modulus) = Modulus::new(q) else { return false };
    if power_of_2_vartime(&modulus, &order) != modulus.one() {
        return false;
    }
    let Ok(modulus) = Modulus::new(&double_plus_one(q, limbs::bits_vartime(q) + 1)) else { return false };
    let power = power_of_2_vartime(&modulus, q);
    power == modulus.one() || power == modulus.neg(&modulus.one())
}

/// `2^exponent`: squarings and doublings.
fn power_of_2_vartime(modulus: &Modulus, exponent: &[u64]) -> super::Residue {
    let mut power = modulus.one();
    for bit in (0..limbs::bits_vartime(exponent)).rev() {
        modulus.square_assign(&mut power);
        if limbs::digit(exponent, bit, 1) == 1 {
            power = modulus.add(&power, &power);
        }
    }
    power
}

/// The odd primes below a limit, by the sieve of Eratosthenes; place i stands for `2 i + 1`.
fn odd_primes(limit: usize) -> Vec<u32> {
    let mut composite = vec![false; limit / 2];
    for i in 1..composite.len() {
        let prime = 2 * i + 1;
        if !composite[i] && prime * prime < limit {
            composite[prime * prime / 2..].iter_mut().step_by(prime).for_each(|place| *place = true);
        }
    }
    let odd = (1..).step_by(2).zip(composite).skip(1);
    odd.filter(|(_, composite)| !composite).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::rng;
    use super::*;

    #[test]
    fn remainders_and_places_are_right() {
        let start = [0xdead_beef_0123_4567, u64::MAX, 0x8000_0000_0000_0001];
        let big = limbs::to_biguint_vartime(&start);
        for prime in [3_u32, 5, 65_537, 1_048_573] {
            assert_eq!(&big % prime, num_bigint::BigUint::from(remainder_vartime(&start, prime)));
        }
        let small = odd_primes(2000);
        assert_eq!((small.len(), small[0], small[301]), (302, 3, 1999));
        // What is left has no small factor, in q or p, and nothing else is struck out.
        let start = random_bits(80, &mut rng(5));
        let start = [start[0] | 1, start[1]];
        let left = sieve_vartime(&start, &small);
        let survives = |place: usize| {
            let q = limbs::to_biguint_vartime(&half(&start, place));
            let p = &q * 2_u8 + 1_u8;
            small.iter().all(|prime| (&q % *prime).bits() > 0 && (&p % *prime).bits() > 0)
        };
        assert!((0..1000).all(|place| survives(place) == left.contains(&place)));
        assert!(left.iter().rev().take(20).all(|place| survives(*place)) && left.len() > 100);
    }

    #[test]
    fn the_quick_test_finds_composites_of_either_kind() {
        // q and 2 q + 1: both prime; q only; 2 q + 1 only; none.
        for (q, expected) in [(1_000_151, true), (1_000_003, false), (1_000_001, false), (1_000_005, false)] {
            let prime = |n: u64| (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
            assert_eq!(prime(q) && prime(2 * q + 1), expected, "{q}");
            assert_eq!(passes_base_2_vartime(&[q]), expected, "{q}");
        }
    }
}
