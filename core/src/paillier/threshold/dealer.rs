//! The dealer: who makes a key and shares it.
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::key_share::KeyShare;
use super::setup::{Exponents, Setup, SetupSpec, base, factorial};
use crate::bigint::{Modulus, limbs, prime, random};
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::keys::{PublicKey, SecretKey, halve, published};
use crate::paillier::{check_primes, generate::generate_with, params::Params};
use crate::party::PartyId;
use crate::progress::{Observer, try_map_in_steps};

/// Bits beyond the modulus of the numbers that coefficients are reduced from: they are uniform but for 2^-128.
const UNIFORM_LIMBS: usize = 2;

/// Somebody who holds a whole key and is about to share it. Wiped when dropped or when the shares are dealt, never printed.
pub struct Dealer {
    /// Of safe primes.
    key: SecretKey,
}

impl Dealer {
    /// Makes a key of safe primes. Takes seconds, and many of them at 4096 bits; by chance, some keys take several times as long
    /// as others.
    ///
    /// The observer is told how many of the two primes are found, again and again.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    /// # Timing
    /// As [`Keypair::generate`](super::super::Keypair::generate).
    pub fn generate(params: Params, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Self> {
        let mut found = 0;
        let key = generate_with(params, rng, |bits, rng| {
            let mut watch = |_: usize, _: usize| observer.advance(found % 2, 2);
            let prime = prime::random_safe_prime(bits, rng, &mut watch)?;
            found += 1;
            Ok(prime)
        })?;
        Ok(Self { key })
    }

    /// The dealer of a key that exists already.
    ///
    /// # Errors
    /// `InvalidParams` unless it consists of safe primes; keys from [`Keypair::generate`](super::super::Keypair::generate)
    /// do not.
    /// # Timing
    /// Constant in the key; whether it is accepted shows.
    pub fn from_secret_key(key: SecretKey) -> Result<Self> {
        for prime in [key.p.limbs(), key.q.limbs()] {
            // For (p-1)/2 = 1 modulo 4 this is Euler's test, which finds every composite that was not made to pass.
            if !check_primes::is_probable_prime(&halve(prime))? {
                return Err(Error::new(ErrorKind::InvalidParams, "secret key: not of safe primes"));
            }
        }
        Ok(Self { key })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The whole key: to prove the public one, or to be kept where it must never get lost.
    pub fn secret_key(&self) -> &SecretKey {
        &self.key
    }

    /// Deals the shares, one for each party in the order of their numbers, and forgets the key.
    ///
    /// # Errors
    /// `InvalidParams` unless `2 <= threshold <= parties <= 255`, and for a name that is empty, longer than 128 bytes, has
    /// control characters or belongs to two parties; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the key and the shares; varies with the numbers of parties.
    /// # Security
    /// Each share goes to its party on a private channel, and nowhere else.
    pub fn deal(
        self,
        spec: &SetupSpec,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<(Setup, Vec<KeyShare>)> {
        spec.check()?;
        let (public, exponents) = (self.public_key(), Exponents::new(self.public_key(), spec.parties.len()));
        let values = self.share(spec, rng)?;
        // v_i = v^(D s_i).
        let (modulus, base) = (public.n_squared(), base(public));
        let factorial = limbs::from_biguint_vartime(&factorial(spec.parties.len()));
        let verification_keys = try_map_in_steps(&values, 1, observer, |value| {
            let mut exponent = Zeroizing::new(vec![0; exponents.scaled_limbs]);
            limbs::mul(&mut exponent, value, &factorial);
            let power = modulus.pow(&base, &exponent, exponents.scaled_bits);
            Ok(modulus.reduce(&published(&modulus.to_limbs(&power))))
        })?;
        let setup = Setup::assemble(spec.clone(), public, verification_keys);
        let shares = (1..).zip(values);
        let shares =
            shares.map(|(number, value)| Ok(KeyShare::assemble(setup.clone(), PartyId::new(number)?, value)));
        let shares = shares.collect::<Result<_>>()?;
        Ok((setup, shares))
    }

    /// The values at 1, 2, .. of a polynomial over the integers modulo nm, with `d = 0 mod m`, `d = 1 mod n` at 0.
    fn share(&self, spec: &SetupSpec, rng: &mut impl CryptoRng) -> Result<Vec<Zeroizing<Vec<u64>>>> {
        let n = self.public_key().n();
        let (p, q) = (halve(self.key.p.limbs()), halve(self.key.q.limbs()));
        let mut m = Zeroizing::new(vec![0; n.len()]);
        limbs::mul(&mut m, &p, &q);
        let mut product = Zeroizing::new(vec![0; 2 * n.len()]);
        limbs::mul(&mut product, n, &m);
        let ring = Modulus::new(&product)?;

        // d = m (1/m mod n). p and q are primes and larger than half of each other, so none divides m.
        let modulo_n = Modulus::new(n)?;
        let (inverse, _) = modulo_n.inverse_or_any(&modulo_n.reduce(&m));
        let d = ring.mul(&ring.reduce(&m), &ring.reduce(&modulo_n.to_limbs(&inverse)));

        let random_bits = (product.len() + UNIFORM_LIMBS) * limbs::LIMB_BITS;
        let coefficients: Vec<_> =
            (1..spec.threshold).map(|_| ring.reduce(&random::random_bits(random_bits, rng))).collect();
        let value = |x: usize| {
            let x = ring.reduce(&[x as u64]);
            let mut sum = ring.zero();
            for coefficient in coefficients.iter().rev().chain([&d]) {
                sum = ring.add(&ring.mul(&sum, &x), coefficient);
            }
            let mut value = Zeroizing::new(vec![0; product.len()]);
            let sum = ring.to_limbs(&sum);
            value[..sum.len()].copy_from_slice(&sum);
            value
        };
        Ok((1..=spec.parties.len()).map(value).collect())
    }
}

impl fmt::Debug for Dealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dealer").field("public", self.public_key()).finish_non_exhaustive()
    }
}
