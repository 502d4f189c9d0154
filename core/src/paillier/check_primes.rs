//! What must hold for the primes of a secret key, decided without showing them.
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::keys::halve;
use crate::bigint::{Modulus, limbs};
use crate::error::Result;
use crate::secret::declassify;
use crate::transcript::Transcript;

/// Primes of equal length must differ in one of their upper 100 bits (FIPS 186-5 §A.1.3).
const CLOSE_BITS: usize = 100;
/// Bases of the primality test: error below `4^-20` for each prime. It catches damage: whoever can write a secret key
/// of their own choice needs no composite.
const ROUNDS: u64 = 20;

/// Whether primes `p > q` of equal length make a key of ours: far apart, both 3 modulo 4, and `gcd(p-1, q-1) = 2`.
///
/// # Timing
/// Constant in the primes.
pub(super) fn fit_each_other(p: &[u64], q: &[u64]) -> bool {
    are_far_apart(p, q) && are_blum_primes(p, q)
}

/// Whether `p > q`, of equal length, differ enough. `gcd(pq, (p-1)(q-1)) = 1` needs no test: p divides q - 1 only if q > 2p.
///
/// # Timing
/// Constant in the primes.
pub(super) fn are_far_apart(p: &[u64], q: &[u64]) -> bool {
    let mut difference = Zeroizing::new(p.to_vec());
    limbs::sub_assign(&mut difference, q);
    let mut least = vec![0; p.len()];
    let bit = p.len() * limbs::LIMB_BITS - CLOSE_BITS;
    least[bit / limbs::LIMB_BITS] = 1 << (bit % limbs::LIMB_BITS);
    declassify(!limbs::lt(&difference, &least) & limbs::lt(q, p))
}

/// Whether both are 3 modulo 4 and `gcd(p-1, q-1) = 2`.
///
/// # Timing
/// Constant in the primes; the answer shows, and which half of it is wrong.
pub(super) fn are_blum_primes(p: &[u64], q: &[u64]) -> bool {
    let blum = |prime: &[u64]| limbs::eq(&[prime.first().copied().unwrap_or(0) & 3], &[3]);
    declassify(blum(p) & blum(q)) && declassify(halves_are_coprime(p, q))
}

/// Whether `(p-1)/2` and `(q-1)/2`, both odd, share no factor.
fn halves_are_coprime(p: &[u64], q: &[u64]) -> Choice {
    let (p, q) = (halve(p), halve(q));
    match Modulus::new(&p) {
        Ok(modulus) => modulus.is_unit(&modulus.reduce(&q)),
        Err(_) => Choice::from(0),
    }
}

/// Whether an odd number is prime: Miller-Rabin. For a number that is 3 modulo 4 that asks if `b^((p-1)/2)` is 1 or -1.
///
/// The bases are derived from the number.
///
/// # Errors
/// `InvalidParams` for an even number.
/// # Timing
/// Constant in a prime, but for the power of two in p - 1; a composite shows after how many bases it was refused.
pub(super) fn is_probable_prime(number: &[u64]) -> Result<bool> {
    let modulus = Modulus::new(number)?;
    let (mut exponent, mut squarings) = (halve(number), 0);
    while declassify(limbs::is_zero(&[exponent[0] & 1])) && squarings < modulus.bits() {
        exponent = halve(&exponent);
        squarings += 1;
    }
    let (one, minus_one) = (modulus.one(), modulus.neg(&modulus.one()));
    let mut transcript = Transcript::new("veilkit v1 paillier primality bases");
    transcript.append("number", &limbs::to_le_bytes(number, modulus.byte_len()));
    for round in 0..ROUNDS {
        let mut transcript = transcript.clone();
        transcript.append_u64("round", round);
        let mut base = Zeroizing::new(vec![0; modulus.byte_len() + 16]);
        transcript.fill(&mut base);
        let base = modulus.reduce(&limbs::from_le_bytes(&base));
        let mut power = modulus.pow(&base, &exponent, modulus.bits() - 1);
        let mut passes = power.ct_eq(&one) | power.ct_eq(&minus_one);
        for _ in 0..squarings {
            modulus.square_assign(&mut power);
            passes |= power.ct_eq(&minus_one);
        }
        if !declassify(passes) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::testing::rng;
    use super::*;
    use crate::bigint::prime::random_prime;

    #[test]
    fn primes_of_every_form_are_told_from_composites() {
        let is_prime = |number: &[u64]| is_probable_prime(number).unwrap();
        let sieve = |n: u64| (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
        // Bases of small numbers are often 0, so these are larger than a few.
        for n in (10_001..12_000_u64).step_by(2) {
            assert_eq!(is_prime(&[n]), sieve(n), "{n}");
        }
        // Carmichael numbers, strong pseudoprimes to small bases, and primes with a large power of two below them.
        for n in [1_729, 3_215_031_751, 3_825_123_056_546_413_051, 1 << 40 | 1] {
            assert!(!is_prime(&[n]), "{n}");
        }
        for n in [65_537, 0xffff_ffff_0000_0001, (1 << 61) - 1] {
            assert!(is_prime(&[n]), "{n}");
        }
        let mut forms = [0; 4];
        for seed in 0..12 {
            let prime = random_prime(128, &mut rng(seed)).unwrap();
            forms[usize::try_from(prime[0] & 3).unwrap()] += 1;
            assert!(is_prime(&prime));
            let square = limbs::from_biguint_vartime(&limbs::to_biguint_vartime(&prime).pow(2));
            assert!(!is_prime(&square) && !is_prime(&[prime[0] ^ 2, prime[1]]));
        }
        assert!(forms[1] > 0 && forms[3] > 0);
        assert!(is_probable_prime(&[4]).is_err());
    }
}
