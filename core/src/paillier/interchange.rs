//! Keys of other software, by their bare numbers in big-endian bytes.
//!
//! `phe` (pheutil) writes a key as a JSON Web Key: `{"kty": "DAJ", "alg": "PAI-GN1", "n": ..}`, and for a private key
//! `{"kty": "DAJ", "p": .., "q": .., "pub": {..}}`, where each number is base64url without padding of the bytes here.
//!
//! Such keys have no base for the randomizers, so the reader draws one. Ciphertexts are the same kind of numbers under every
//! base; but each base makes a key of its own here, with an identifier of its own.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::encoding::checked;
use super::generate::conditional_swap;
use super::keys::{NOT_A_KEY, PublicKey, SecretKey, published};
use super::params::Params;
use super::proven::UnprovenPublicKey;
use super::validate;
use crate::bigint::{Modulus, Residue, limbs, random};
use crate::error::{Error, ErrorKind, Result};

impl PublicKey {
    /// n in big-endian bytes.
    pub fn modulus_to_be_bytes(&self) -> Vec<u8> {
        limbs::to_be_bytes(self.n(), self.params().modulus_bytes()).to_vec()
    }
}

impl UnprovenPublicKey {
    /// The key with this modulus, in big-endian bytes, and a new base for the randomizers.
    ///
    /// # Errors
    /// `InvalidEncoding`, as for an encoded key.
    /// # Timing
    /// Varies with n, which is public.
    /// # Security
    /// n is trusted without a proof. The base is good if n is.
    pub fn from_modulus(params: Params, n: &[u8], rng: &mut impl CryptoRng) -> Result<Self> {
        let n = whole(n, params.modulus_limbs())
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "public key: n has not the announced size"))?;
        let big_n = limbs::to_biguint_vartime(&n);
        validate::check_modulus_vartime(&params, &big_n)?;
        let modulus = Modulus::new(&n)?;
        let squared = Modulus::square_of(&modulus)?;
        let h = squared.reduce(&modulus.to_limbs(&random_base(&modulus, rng)));
        let h_s = squared.to_limbs(&squared.pow_vartime(&h, &n));
        validate::check_base_vartime(&big_n, &limbs::to_biguint_vartime(&h_s))?;
        Ok(PublicKey::assemble(params, &n, &h_s)?.into())
    }
}

impl SecretKey {
    /// The key with these primes, in big-endian bytes and any order, and a new base for the randomizers.
    ///
    /// # Errors
    /// `InvalidEncoding` unless they are primes that make a key: of half the length of the modulus each, 3 modulo 4, far apart,
    /// and `gcd(p-1, q-1) = 2`. Of the keys that `phe` draws, at most one in four is one.
    /// # Timing
    /// Constant in the primes; whether they are accepted shows.
    pub fn from_primes(params: Params, p: &[u8], q: &[u8], rng: &mut impl CryptoRng) -> Result<Self> {
        let half = params.modulus_limbs() / 2;
        let mut p = whole(p, half).ok_or(NOT_A_KEY)?;
        let mut q = whole(q, half).ok_or(NOT_A_KEY)?;
        let swap = limbs::lt(&p, &q);
        conditional_swap(&mut p, &mut q, swap);
        let mut n = Zeroizing::new(vec![0; params.modulus_limbs()]);
        limbs::mul(&mut n, &p, &q);
        let modulus = Modulus::new(&published(&n)).map_err(|_| NOT_A_KEY)?;
        let h = random_base(&modulus, rng);
        let mut h = Zeroizing::new(modulus.to_limbs(&h).to_vec());
        h.resize(params.modulus_limbs(), 0);
        checked(params, &p, &q, &h)
    }

    /// p and q in big-endian bytes: the whole secret.
    pub fn primes_to_be_bytes(&self) -> [Zeroizing<Vec<u8>>; 2] {
        let len = self.public_key().params().modulus_bytes() / 2;
        [&self.p, &self.q].map(|factor| limbs::to_be_bytes(factor.limbs(), len))
    }
}

/// The limbs of a number, or none when there are more bytes than limbs hold.
fn whole(bytes: &[u8], limb_count: usize) -> Option<Zeroizing<Vec<u64>>> {
    let mut number = limbs::from_be_bytes(bytes);
    (bytes.len() <= limb_count * 8).then(|| {
        number.resize(limb_count, 0);
        number
    })
}

/// `-x^2` for a random x (DJN10 §4.2).
fn random_base(modulus: &Modulus, rng: &mut impl CryptoRng) -> Residue {
    modulus.neg(&modulus.square(&random::random_unit(modulus, rng)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decrypted, params, public_key, rng, secret_key};
    use super::super::{EncryptionKey, Plaintext};
    use super::*;
    use crate::codec::{Reader, Writer};

    #[test]
    fn foreign_keys_encrypt_for_the_same_holder() {
        let n = public_key().modulus_to_be_bytes();
        assert_eq!(num_bigint::BigUint::from_bytes_be(&n), limbs::to_biguint_vartime(public_key().n()));
        let key = UnprovenPublicKey::from_modulus(params(), &n, &mut rng(61)).unwrap().trust_without_proof();
        assert!(key.n() == public_key().n() && key != *public_key());
        let c = key.encrypt(&Plaintext::from_i128(-5, &key), &mut rng(62)).unwrap();
        let mut bytes = Writer::with_capacity(params().ciphertext_bytes());
        key.write_ciphertexts(&[c], &mut bytes).unwrap();
        let bytes = bytes.into_bytes();
        let list = public_key().read_ciphertexts(&mut Reader::new(&bytes), 1).unwrap();
        assert_eq!(decrypted(&list[0]), -5);
    }

    #[test]
    fn primes_make_the_key_in_any_order() {
        let [p, q] = secret_key().primes_to_be_bytes();
        let padded = [&[0; 2][..], &p[2..]].concat();
        for (p, q) in [(&p, &q), (&q, &p)] {
            let key = SecretKey::from_primes(params(), p, q, &mut rng(63)).unwrap();
            assert!(key.public_key().n() == public_key().n() && key != *secret_key());
            let five = key.encrypt(&Plaintext::from_i128(5, key.public_key()), &mut rng(64)).unwrap();
            assert_eq!(key.decrypt(&five).unwrap().as_residue()[0], 5);
            key.prove_public_key().unwrap();
        }
        for (p, q) in [(&p[..], &p[..]), (&p[1..], &q[..]), (&p[..], &[][..]), (&padded, &q), (&p, &[0; 128])]
        {
            let error = SecretKey::from_primes(params(), p, q, &mut rng(63)).unwrap_err();
            assert_eq!(error, NOT_A_KEY);
        }
        let long = [&[0][..], &p].concat();
        assert_eq!(SecretKey::from_primes(params(), &long, &q, &mut rng(63)).unwrap_err(), NOT_A_KEY);
    }

    #[test]
    fn bad_moduli_are_refused() {
        let n = public_key().modulus_to_be_bytes();
        let mut even = n.clone();
        even[255] ^= 1;
        for bad in [&n[1..], &even, &[], &[15], &[vec![0], n.clone()].concat()] {
            let error = UnprovenPublicKey::from_modulus(params(), bad, &mut rng(65)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
        }
    }
}
