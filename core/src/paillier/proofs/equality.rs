//! Proof that two ciphertexts hold the same number: that one is the other, rerandomized.
//!
//! DJ01: Damgard, Jurik, PKC 2001, §5.1, the protocol for n-th powers, here for powers of `h_s`, whose exponent a the prover
//! knows. `D = c' / c = h_s^a`; K as in `powers`.
//!
//! 1. `A = h_s^x` with x uniform below 2^K.
//! 2. e is the hash of key, context, c, c' and A.
//! 3. `z = x - e a mod 2^K`.
//! 4. The verifier computes `A = h_s^z D^e`, hashes, and compares with e.
//!
//! Soundness: decryption turns step 4 into `dec(A) = e dec(D)`, for `h_s` holds 0. If D does not, e is determined modulo a prime
//! of n before it is known: accepted with probability 2^-128 for each hash, as in `bits`. Zero knowledge: e and z chosen
//! uniformly give A by step 4.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::super::ciphertext::Ciphertext;
use super::super::keys::{KeyId, PublicKey};
use super::powers::{CHALLENGE_LEN, Challenge, Powers, append_key, exponent_limbs, read_limbs, respond};
use crate::bigint::{Residue, limbs, random};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// A proof that two ciphertexts of one key hold the same number.
///
/// ```text
/// key id, 16 bytes | e, 16 bytes | z, modulus_bits / 16 + 32 bytes
/// ```
///
/// # Security
/// The key must be one's own, or decoded as a [`ProvenPublicKey`](super::super::ProvenPublicKey). The proof holds for one key, two
/// ciphertexts and one context; put into the context what names the session and the prover.
///
/// # Source
/// \[DJ01\] §5.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqualityProof {
    key: KeyId,
    params_id: u32,
    challenge: Challenge,
    z: Vec<u64>,
}

impl EqualityProof {
    /// The same number under fresh randomness, and the proof.
    ///
    /// # Errors
    /// `ParamsMismatch` when the ciphertext belongs to another key.
    /// # Timing
    /// Constant in the randomness.
    pub fn rerandomize(
        key: &PublicKey,
        ciphertext: &Ciphertext,
        context: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Ciphertext, Self)> {
        key.check_ciphertexts([ciphertext])?;
        let (powers, modulus) = (Powers::new(key), key.n_squared());
        let a = random::random_bits(key.exponent_bits(), rng);
        let x: Zeroizing<Vec<u64>> = powers.mask(rng);
        let value = modulus.mul(ciphertext.value(), &key.table().pow(modulus, &a));
        let challenge = challenge(key, context, [ciphertext.value(), &value], &powers.power(&x));
        let z = respond(&x, &limbs::from_le_bytes(&challenge), &a);
        let proof = Self { key: key.id(), params_id: key.params().params_id(), challenge, z };
        Ok((Ciphertext::from_unit(value, key), proof))
    }

    /// Checks that `b` holds the same number as `a`.
    ///
    /// # Errors
    /// `ParamsMismatch` when something belongs to another key; `VerificationFailed`.
    /// # Timing
    /// Varies with ciphertexts and proof, which are public.
    pub fn verify(&self, key: &PublicKey, a: &Ciphertext, b: &Ciphertext, context: &[u8]) -> Result<()> {
        key.check(self.key, "equality proof: made for another key")?;
        let quotient = key.sub(b, a)?;
        let power = key.n_squared().pow_vartime(quotient.value(), &limbs::from_le_bytes(&self.challenge));
        let commitment = key.n_squared().mul(&Powers::new(key).power(&self.z), &power);
        if challenge(key, context, [a.value(), b.value()], &commitment) == self.challenge {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::VerificationFailed, "equality proof"))
        }
    }
}

/// Step 2.
fn challenge(key: &PublicKey, context: &[u8], ciphertexts: [&Residue; 2], commitment: &Residue) -> Challenge {
    let modulus = key.n_squared();
    let mut transcript = Transcript::new("veilkit v1 paillier equality proof");
    append_key(&mut transcript, key)
        .append("context", context)
        .append("c", &modulus.to_le_bytes(ciphertexts[0]))
        .append("c'", &modulus.to_le_bytes(ciphertexts[1]))
        .append("A", &modulus.to_le_bytes(commitment));
    let mut challenge = [0; CHALLENGE_LEN];
    transcript.fill(&mut challenge);
    challenge
}

impl Encode for EqualityProof {
    const KIND: Kind = Kind::PaillierEqualityProof;

    fn params_id(&self) -> u32 {
        self.params_id
    }

    fn body_len(&self) -> usize {
        16 + CHALLENGE_LEN + 8 * self.z.len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(self.key.as_bytes()).bytes(&self.challenge);
        self.z.iter().for_each(|limb| _ = out.u64(*limb));
    }
}

/// Reads the proof; [`EqualityProof::verify`] checks it.
impl Decode<&PublicKey> for EqualityProof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(16, "equality proof: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "equality proof: made for another key"));
        }
        let challenge = body.array("equality proof: e")?;
        let z = read_limbs(body, exponent_limbs(key), "equality proof: z")?;
        Ok(Self { key: key.id(), params_id: key.params().params_id(), challenge, z })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{decrypted, encrypted, other_key, plain, public_key, rng};
    use super::*;

    fn outcome(proof: &EqualityProof, a: &Ciphertext, b: &Ciphertext, context: &[u8]) -> Option<ErrorKind> {
        proof.verify(public_key(), a, b, context).err().map(|error| error.kind())
    }

    #[test]
    fn the_same_number_is_accepted_and_nothing_else() {
        const REFUSED: Option<ErrorKind> = Some(ErrorKind::VerificationFailed);
        let a = encrypted(-7);
        let (b, proof) = EqualityProof::rerandomize(public_key(), &a, b"party 1", &mut rng(41)).unwrap();
        assert!(a != b && decrypted(&b) == -7);
        assert_eq!(outcome(&proof, &a, &b, b"party 1"), None);
        assert_eq!(outcome(&proof, &a, &b, b"party 2"), REFUSED);
        assert_eq!(outcome(&proof, &b, &a, b"party 1"), REFUSED);
        // The same number again, and the same difference between other numbers.
        assert_eq!(outcome(&proof, &a, &a, b"party 1"), REFUSED);
        let plus_one = |c: &Ciphertext| public_key().add_plain(c, &plain(1)).unwrap();
        assert_eq!(outcome(&proof, &plus_one(&a), &plus_one(&b), b"party 1"), REFUSED);
        assert_eq!(outcome(&proof, &a, &plus_one(&b), b"party 1"), REFUSED);
        for at in 0..proof.z.len() {
            let mut changed = proof.clone();
            changed.z[at] ^= 1;
            assert_eq!(outcome(&changed, &a, &b, b"party 1"), REFUSED);
        }
        let mut changed = proof.clone();
        changed.challenge[15] ^= 0x80;
        assert_eq!(outcome(&changed, &a, &b, b"party 1"), REFUSED);
        // Proof, first or second ciphertext of another key, the others of the same.
        let key = other_key().public_key();
        let theirs = key.zero();
        let verdicts = [
            proof.verify(key, &theirs, &theirs, b"party 1"),
            proof.verify(public_key(), &theirs, &b, b"party 1"),
            proof.verify(public_key(), &a, &theirs, b"party 1"),
        ];
        for verdict in verdicts {
            assert_eq!(verdict.unwrap_err().kind(), ErrorKind::ParamsMismatch);
        }
    }

    #[test]
    fn everything_reaches_the_challenge() {
        let [a, b] = [1, 2].map(|value| encrypted(value).value().clone());
        let base = challenge(public_key(), b"", [&a, &b], &a);
        for changed in [
            challenge(other_key().public_key(), b"", [&a, &b], &a),
            challenge(public_key(), b"x", [&a, &b], &a),
            challenge(public_key(), b"", [&b, &b], &a),
            challenge(public_key(), b"", [&a, &a], &a),
            challenge(public_key(), b"", [&a, &b], &b),
        ] {
            assert_ne!(changed, base);
        }
    }

    #[test]
    fn proofs_come_back() {
        let a = encrypted(5);
        let (_, proof) = EqualityProof::rerandomize(public_key(), &a, b"", &mut rng(42)).unwrap();
        let bytes = proof.to_bytes();
        assert_eq!(EqualityProof::from_bytes(&bytes, public_key()).unwrap(), proof);
        let foreign = EqualityProof::from_bytes(&bytes, other_key().public_key()).unwrap_err();
        assert_eq!(foreign.kind(), ErrorKind::ParamsMismatch);
    }
}
