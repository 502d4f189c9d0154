//! Key generation.
//!
//! DJN10: Damgard, Jurik, Nielsen, "A generalization of Paillier's public-key system with applications to electronic
//! voting", IJIS 2010, §4.2: primes `p = q = 3 mod 4` with `gcd(p-1, q-1) = 2`; `h = -x^2 mod n`; `h_s = h^n mod n^2`.
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use super::check_primes;
use super::keys::{Keypair, SecretKey};
use super::params::Params;
use crate::bigint::{Modulus, limbs, prime, random};
use crate::error::Result;

impl Keypair {
    /// A fresh key. Takes some tenths of a second at 2048 bits, seconds at 4096.
    ///
    /// # Errors
    /// None for parameters that exist; the result is what the prime generator gives.
    /// # Timing
    /// Not constant: the search for primes tries candidates with divisions and early exits. It runs once, on input that
    /// nobody chooses or repeats; make keys where nobody measures. What follows the search is constant in the primes.
    pub fn generate(params: Params, rng: &mut impl CryptoRng) -> Result<Self> {
        generate_with(params, rng, prime::random_blum_prime).map(|secret_key| Self { secret_key })
    }
}

/// A key of two primes that `prime` draws, given their length; they are drawn again until they fit each other.
pub(super) fn generate_with<R: CryptoRng>(
    params: Params,
    rng: &mut R,
    mut prime: impl FnMut(usize, &mut R) -> Result<Zeroizing<Vec<u64>>>,
) -> Result<SecretKey> {
    let bits = params.modulus_limbs() * limbs::LIMB_BITS / 2;
    let (p, q) = loop {
        let (mut p, mut q) = (prime(bits, rng)?, prime(bits, rng)?);
        let swap = limbs::lt(&p, &q);
        conditional_swap(&mut p, &mut q, swap);
        if check_primes::fit_each_other(&p, &q) {
            break (p, q);
        }
    };
    let mut n = Zeroizing::new(vec![0; params.modulus_limbs()]);
    limbs::mul(&mut n, &p, &q);
    let modulus = Modulus::new(&n)?;
    let x = random::random_unit(&modulus, rng);
    let h = modulus.neg(&modulus.square(&x));
    SecretKey::assemble(params, &p, &q, &modulus.to_limbs(&h))
}

pub(super) fn conditional_swap(a: &mut [u64], b: &mut [u64], choice: Choice) {
    for (a, b) in a.iter_mut().zip(b) {
        u64::conditional_swap(a, b, choice);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{other_key, params, public_key, rng, secret_key};
    use super::*;

    #[test]
    fn keys_have_the_announced_form() {
        for key in [secret_key(), other_key()] {
            let (p, q) = (key.p.limbs(), key.q.limbs());
            assert_eq!(limbs::bits_vartime(key.public_key().n()), 2048);
            assert_eq!((limbs::bits_vartime(p), limbs::bits_vartime(q)), (1024, 1024));
            assert_eq!((p[0] & 3, q[0] & 3), (3, 3));
            assert!(check_primes::fit_each_other(p, q));
            assert!(
                check_primes::is_probable_prime(p).unwrap() && check_primes::is_probable_prime(q).unwrap()
            );
        }
    }

    #[test]
    fn the_generator_decides_the_key() {
        assert!(Keypair::generate(params(), &mut rng(1)).unwrap().secret_key() == secret_key());
        assert_ne!(public_key(), other_key().public_key());
    }

    /// h_s is an n-th residue: its order divides (p-1)(q-1), so the message part of a randomizer is 0.
    #[test]
    fn randomizers_hide_nothing() {
        use super::super::{EncryptionKey, Plaintext};
        let zero = public_key().encrypt(&Plaintext::from_i128(0, public_key()), &mut rng(8)).unwrap();
        assert_eq!(secret_key().decrypt(&zero).unwrap(), Plaintext::from_i128(0, public_key()));
    }
}
