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

/// Whether primes `p > q` of equal length, both 3 modulo 4, are far apart, and `gcd(p-1, q-1) = 2`.
///
/// `gcd(pq, (p-1)(q-1)) = 1` needs no test: p divides q - 1 only if q > 2p.
///
/// # Timing
/// Constant in the primes.
pub(super) fn fit_each_other(p: &[u64], q: &[u64]) -> bool {
    let mut difference = Zeroizing::new(p.to_vec());
    limbs::sub_assign(&mut difference, q);
    let mut least = vec![0; p.len()];
    let bit = p.len() * limbs::LIMB_BITS - CLOSE_BITS;
    least[bit / limbs::LIMB_BITS] = 1 << (bit % limbs::LIMB_BITS);
    let apart = !limbs::lt(&difference, &least) & limbs::lt(q, p);
    declassify(apart & halves_are_coprime(p, q))
}

/// Whether `(p-1)/2` and `(q-1)/2`, both odd, share no factor.
fn halves_are_coprime(p: &[u64], q: &[u64]) -> Choice {
    let (p, q) = (halve(p), halve(q));
    match Modulus::new(&p) {
        Ok(modulus) => modulus.is_unit(&modulus.reduce(&q)),
        Err(_) => Choice::from(0),
    }
}

/// Whether a number that is 3 modulo 4 is prime: Miller-Rabin, which for such numbers asks if `b^((p-1)/2)` is 1 or -1.
///
/// The bases are derived from the number.
///
/// # Errors
/// `InvalidParams` for an even number.
/// # Timing
/// Constant in a prime; a composite shows after how many bases it was refused.
pub(super) fn is_probable_prime(number: &[u64]) -> Result<bool> {
    let modulus = Modulus::new(number)?;
    let exponent = halve(number);
    let (one, minus_one) = (modulus.one(), modulus.neg(&modulus.one()));
    let mut transcript = Transcript::new("veilkit v1 paillier primality bases");
    transcript.append("number", &limbs::to_le_bytes(number, modulus.byte_len()));
    for round in 0..ROUNDS {
        let mut transcript = transcript.clone();
        transcript.append_u64("round", round);
        let mut base = Zeroizing::new(vec![0; modulus.byte_len() + 16]);
        transcript.fill(&mut base);
        let base = modulus.reduce(&limbs::from_le_bytes(&base));
        let power = modulus.pow(&base, &exponent, modulus.bits() - 1);
        if declassify(!power.ct_eq(&one) & !power.ct_eq(&minus_one)) {
            return Ok(false);
        }
    }
    Ok(true)
}
