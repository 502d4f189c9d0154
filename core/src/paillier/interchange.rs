//! Keys of other software, by their bare numbers in big-endian bytes. `phe` writes them as JSON: see [`jwk`](super::jwk).
//!
//! Such keys have no base for the randomizers, so the reader derives one from n: everybody who reads a key gets the same, with
//! the same identifier, and the holder of the primes decrypts what the others encrypted. Ciphertexts are the same kind of
//! numbers under every base, so those of the other software fit too.
//!
//! # The base
//! \[DJN10\] §4.2 takes `h = -x^2` modulo a Blum integer with `gcd(p-1, q-1) = 2`, where h generates every element of Jacobi
//! symbol 1, and half as many bits for the exponent a of `h_s^a` as n has. Three of four keys of `phe` have other primes, and
//! nobody but the holder knows which. So here h is the first output of a hash of n that is a unit of Jacobi symbol -1, by
//! which the two kinds of bases are told apart, and a is uniform with 128 bits more than n has: `h_s^a` is uniform in the
//! group that `h_s` generates, but for 2^-128.
//!
//! Then ciphertexts hide the numbers under the decisional composite residuosity assumption alone, for random oracles and all
//! but a negligible fraction of keys and bases. Let L be a product of powers of all primes up to a bound B, each power above n:
//! the L-th power of any unit lies in the group that h generates, unless a prime above B divides the index of that group, for
//! which a random h has a chance of about `log n / B`. Given y, an n-th residue or a random unit modulo n^2, `y^L h_s^a (1+n)^m`
//! is an encryption of m, or of a random number: whoever tells them apart decides which y is.
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
use crate::transcript::Transcript;

impl PublicKey {
    /// n in big-endian bytes.
    pub fn modulus_to_be_bytes(&self) -> Vec<u8> {
        limbs::to_be_bytes(self.n(), self.params().modulus_bytes()).to_vec()
    }
}

impl UnprovenPublicKey {
    /// The key with this modulus, in big-endian bytes, and the base that is derived from it.
    ///
    /// Encryption takes about twice as long as under a key of ours, because exponents are longer.
    ///
    /// # Errors
    /// `InvalidEncoding`, as for an encoded key.
    /// # Timing
    /// Varies with n, which is public.
    /// # Security
    /// n is trusted without a proof. If it is good, encryption rests on the decisional composite residuosity assumption alone.
    pub fn from_modulus(params: Params, n: &[u8]) -> Result<Self> {
        let n = whole(n, params.modulus_limbs())
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "public key: n has not the announced size"))?;
        let big_n = limbs::to_biguint_vartime(&n);
        validate::check_modulus_vartime(&params, &big_n)?;
        let modulus = Modulus::new(&n)?;
        let squared = Modulus::square_of(&modulus)?;
        let h = squared.reduce(&modulus.to_limbs(&derived_base_vartime(&modulus)?));
        let h_s = squared.to_limbs(&squared.pow_vartime(&h, &n));
        validate::check_base_vartime(&big_n, &limbs::to_biguint_vartime(&h_s))?;
        Ok(PublicKey::assemble(params, &n, &h_s)?.into())
    }
}

impl SecretKey {
    /// The key with these primes, in big-endian bytes and any order, and the base that is derived from their product: its
    /// public key is that of [`UnprovenPublicKey::from_modulus`].
    ///
    /// It decrypts and encrypts like any key, but its public key cannot be proven ([`SecretKey::with_provable_base`] may help).
    ///
    /// # Errors
    /// `InvalidEncoding` unless they are primes of half the length of the modulus each, and far apart.
    /// # Timing
    /// Constant in the primes, but for the powers of two in p - 1 and q - 1; whether they are accepted shows.
    pub fn from_primes(params: Params, p: &[u8], q: &[u8]) -> Result<Self> {
        let half = params.modulus_limbs() / 2;
        let mut p = whole(p, half).ok_or(NOT_A_KEY)?;
        let mut q = whole(q, half).ok_or(NOT_A_KEY)?;
        let swap = limbs::lt(&p, &q);
        conditional_swap(&mut p, &mut q, swap);
        let mut n = Zeroizing::new(vec![0; params.modulus_limbs()]);
        limbs::mul(&mut n, &p, &q);
        let modulus = Modulus::new(&published(&n)).map_err(|_| NOT_A_KEY)?;
        let mut h = modulus.to_limbs(&derived_base_vartime(&modulus).map_err(|_| NOT_A_KEY)?).to_vec();
        h.resize(params.modulus_limbs(), 0);
        checked(params, &p, &q, &h)
    }

    /// The same primes with a new base of the form that can be proven: a key of its own, with another identifier. It reads
    /// nothing that was encrypted under this one but bare ciphertexts.
    ///
    /// # Errors
    /// `InvalidParams` unless both primes are 3 modulo 4 and `gcd(p-1, q-1) = 2`: of the keys that `phe` draws, at most one in
    /// four.
    /// # Timing
    /// Constant in the primes; whether they are of that form shows.
    pub fn with_provable_base(&self, rng: &mut impl CryptoRng) -> Result<Self> {
        if !super::check_primes::are_blum_primes(self.p.limbs(), self.q.limbs()) {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "secret key: its primes have not the form that is proven",
            ));
        }
        let params = *self.public_key().params();
        let modulus = Modulus::new(self.public_key().n())?;
        let h = modulus.neg(&modulus.square(&random::random_unit(&modulus, rng)));
        Self::assemble(params, self.p.limbs(), self.q.limbs(), &modulus.to_limbs(&h))
    }

    /// p and q in big-endian bytes: the whole secret.
    pub fn primes_to_be_bytes(&self) -> [Zeroizing<Vec<u8>>; 2] {
        let len = self.public_key().params().modulus_bytes() / 2;
        [&self.p, &self.q].map(|factor| limbs::to_be_bytes(factor.limbs(), len))
    }
}

/// The first unit of Jacobi symbol -1 among hashes of n.
///
/// # Errors
/// `InvalidEncoding` where there is none: n is a square, which others check.
fn derived_base_vartime(modulus: &Modulus) -> Result<Residue> {
    const TRIES: u64 = 256;
    let n = limbs::to_biguint_vartime(modulus.as_limbs());
    let mut transcript = Transcript::new("veilkit v1 paillier derived base");
    transcript.append("n", &limbs::to_le_bytes(modulus.as_limbs(), modulus.byte_len()));
    let candidate = |i: u64| {
        let mut transcript = transcript.clone();
        transcript.append_u64("try", i);
        let mut bytes = vec![0; modulus.byte_len() + 16];
        transcript.fill(&mut bytes);
        modulus.reduce(&limbs::from_le_bytes(&bytes))
    };
    (0..TRIES)
        .map(candidate)
        .find(|h| validate::jacobi_vartime(&limbs::to_biguint_vartime(&modulus.to_limbs(h)), &n) == -1)
        .ok_or(Error::new(ErrorKind::InvalidEncoding, "public key: n is a square"))
}

/// The limbs of a number, or none when there are more bytes than limbs hold.
fn whole(bytes: &[u8], limb_count: usize) -> Option<Zeroizing<Vec<u64>>> {
    let mut number = limbs::from_be_bytes(bytes);
    (bytes.len() <= limb_count * 8).then(|| {
        number.resize(limb_count, 0);
        number
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decrypted, params, public_key, rng, secret_key};
    use super::super::{
        Ciphertext, EncryptionKey, EqualityProof, PlainArray, Plaintext, ProductProof, Range, Submission,
    };
    use super::*;
    use crate::bigint::prime::random_prime;
    use crate::codec::{Decode, Encode, Reader, Writer};
    use crate::shape::Shape;

    /// A prime of 1024 bits that is `residue` modulo 4.
    fn prime(residue: u64, seed: u8) -> Vec<u8> {
        let mut rng = rng(seed);
        let prime = core::iter::repeat_with(|| random_prime(1024, &mut rng).unwrap())
            .find(|prime| prime[0] & 3 == residue)
            .unwrap();
        limbs::to_be_bytes(&prime, 128).to_vec()
    }

    fn moved(c: &Ciphertext, from: &PublicKey, to: &PublicKey) -> Ciphertext {
        let mut bytes = Writer::with_capacity(params().ciphertext_bytes());
        from.write_ciphertexts(core::slice::from_ref(c), &mut bytes).unwrap();
        to.read_ciphertexts(&mut Reader::new(&bytes.into_bytes()), 1).unwrap().remove(0)
    }

    #[test]
    fn foreign_keys_encrypt_for_the_same_holder() {
        let n = public_key().modulus_to_be_bytes();
        assert_eq!(num_bigint::BigUint::from_bytes_be(&n), limbs::to_biguint_vartime(public_key().n()));
        let read = || UnprovenPublicKey::from_modulus(params(), &n).unwrap().trust_without_proof();
        let key = read();
        assert!(key.n() == public_key().n() && key != *public_key() && key == read());
        let c = key.encrypt(&Plaintext::from_i128(-5, &key), &mut rng(62)).unwrap();
        assert_eq!(decrypted(&moved(&c, &key, public_key())), -5);
        let again = UnprovenPublicKey::from_bytes(&key.to_bytes(), ()).unwrap().trust_without_proof();
        assert!(again == key && !again.has_short_exponents() && public_key().has_short_exponents());
    }

    /// Whatever the primes are modulo 4.
    #[test]
    fn all_primes_make_a_key() {
        for (seed, residues) in [(100, [1, 1]), (110, [1, 3]), (120, [3, 3])] {
            let [p, q] = match residues {
                [3, 3] => secret_key().primes_to_be_bytes().map(|prime| prime.to_vec()),
                _ => [prime(residues[0], seed), prime(residues[1], seed + 1)],
            };
            let key = SecretKey::from_primes(params(), &p, &q).unwrap();
            let n = key.public_key().modulus_to_be_bytes();
            let public = UnprovenPublicKey::from_modulus(params(), &n).unwrap().trust_without_proof();
            assert!(public == *key.public_key() && !key.is_provable());
            let message = Plaintext::from_i128(-5, &public);
            for c in [public.encrypt(&message, &mut rng(64)), key.encrypt(&message, &mut rng(65))] {
                assert_eq!(key.decrypt(&c.unwrap()).unwrap(), message);
            }
            assert_eq!(key.encrypt(&message, &mut rng(64)), public.encrypt(&message, &mut rng(64)));
            assert!(SecretKey::from_bytes(&key.to_bytes(), ()).unwrap() == key);
            assert_eq!(key.prove_public_key().unwrap_err().kind(), ErrorKind::InvalidParams);
            let provable = key.with_provable_base(&mut rng(66));
            if residues == [3, 3] {
                let provable = provable.unwrap();
                provable.prove_public_key().unwrap();
                assert!(provable.is_provable() && provable.public_key().n() == public.n());
                let c = key.encrypt(&message, &mut rng(67)).unwrap();
                let c = moved(&c, &public, provable.public_key());
                assert_eq!(provable.decrypt(&c).unwrap(), Plaintext::from_i128(-5, provable.public_key()));
            } else {
                assert_eq!(provable.unwrap_err().kind(), ErrorKind::InvalidParams);
            }
        }
    }

    /// No base of ours for primes that it is not made for: minus a square, but of the wrong symbol, or without one.
    #[test]
    fn bases_fit_the_primes() {
        for (seed, residues) in [(100, [1, 1]), (110, [1, 3])] {
            let [p, q] = [prime(residues[0], seed), prime(residues[1], seed + 1)];
            let key = SecretKey::from_primes(params(), &p, &q).unwrap();
            let modulus = Modulus::new(key.public_key().n()).unwrap();
            let (one, four) = (modulus.one(), modulus.reduce(&[4]));
            for base in [modulus.neg(&four), four, modulus.neg(&one), one] {
                let symbol = validate::jacobi_vartime(
                    &limbs::to_biguint_vartime(&modulus.to_limbs(&base)),
                    &limbs::to_biguint_vartime(key.public_key().n()),
                );
                let made = checked(params(), key.p.limbs(), key.q.limbs(), &modulus.to_limbs(&base));
                // -1 and -4 have symbol -1 where one prime is 1 modulo 4; of these two only -1 has no powers.
                let fine = symbol == -1 && base != modulus.neg(&modulus.one());
                assert_eq!(made.is_ok(), fine, "{residues:?}");
            }
        }
    }

    #[test]
    fn primes_make_the_key_in_any_order() {
        let [p, q] = secret_key().primes_to_be_bytes();
        let padded = [&[0; 2][..], &p[2..]].concat();
        for (p, q) in [(&p, &q), (&q, &p)] {
            let key = SecretKey::from_primes(params(), p, q).unwrap();
            assert!(key.public_key().n() == public_key().n() && key != *secret_key());
        }
        for (p, q) in [(&p[..], &p[..]), (&p[1..], &q[..]), (&p[..], &[][..]), (&padded, &q), (&p, &[0; 128])]
        {
            let error = SecretKey::from_primes(params(), p, q).unwrap_err();
            assert_eq!(error, NOT_A_KEY);
        }
        let long = [&[0][..], &p].concat();
        assert_eq!(SecretKey::from_primes(params(), &long, &q).unwrap_err(), NOT_A_KEY);
    }

    /// Proofs about encrypted numbers work under such keys as well; only the key itself is taken on trust.
    #[test]
    fn numbers_are_submitted_under_foreign_keys() {
        let n = public_key().modulus_to_be_bytes();
        let key = UnprovenPublicKey::from_modulus(params(), &n).unwrap().trust_without_proof();
        let values = PlainArray::integers(&params(), &Shape::default(), &[5]).unwrap();
        let range = Range::integers(0, 7).unwrap();
        let sent = Submission::encrypt(&key, &values, &range, b"", &mut rng(68), &mut ()).unwrap();
        let received = Submission::from_bytes(&sent.to_bytes(), &key).unwrap();
        let array = received.verify(&range, b"", &mut ()).unwrap();
        assert_eq!(decrypted(&moved(&array.ciphertexts()[0], &key, public_key())), 5);
        let c = key.encrypt(&Plaintext::from_i128(-5, &key), &mut rng(69)).unwrap();
        let (same, proof) = EqualityProof::rerandomize(&key, &c, b"", &mut rng(70)).unwrap();
        proof.verify(&key, &c, &same, b"").unwrap();
        let made = ProductProof::multiply(&key, &c, 3, b"", &mut rng(71)).unwrap();
        made.proof.verify(&key, &made.weight, &c, &made.product, b"").unwrap();
    }

    #[test]
    fn bad_moduli_are_refused() {
        let n = public_key().modulus_to_be_bytes();
        let mut even = n.clone();
        even[255] ^= 1;
        for bad in [&n[1..], &even, &[], &[15], &[vec![0], n.clone()].concat()] {
            let error = UnprovenPublicKey::from_modulus(params(), bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
        }
    }
}
