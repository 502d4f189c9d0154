//! Proof that a ciphertext holds the product of the numbers in two others, by whoever knows one of the numbers.
//!
//! DJ01: Damgard, Jurik, PKC 2001, §5.2, multiplication-mod-n, with powers of `h_s` for the n-th powers. `c_w = (1+n)^w h_s^a`,
//! c is any ciphertext, `c' = c^w h_s^b`; K as in `powers`.
//!
//! 1. u is uniform below 2^384, x and y below 2^K; `A = (1+n)^u h_s^x`, `B = c^u h_s^y`.
//! 2. e is the hash of key, context, c_w, c, c', A and B.
//! 3. `v = u - e w mod 2^384`, `z = x - e a` and `t = y - e b mod 2^K`.
//! 4. The verifier computes `A = (1+n)^v h_s^z c_w^e` and `B = c^v h_s^t c'^e`, hashes, and compares with e.
//!
//! Soundness: decryption turns step 4 into `dec(A) = v + e dec(c_w)` and `dec(B) = v dec(c) + e dec(c')`, so
//! `e (dec(c') - dec(c_w) dec(c)) = dec(B) - dec(A) dec(c)`. If c' holds another number, e is determined modulo a prime of n
//! before it is known: accepted with probability 2^-128 for each hash, as in `bits`. Zero knowledge: e, v, z and t chosen
//! uniformly give A and B by step 4.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::super::ciphertext::Ciphertext;
use super::super::evaluate::MAX_WEIGHT_BITS;
use super::super::keys::{KeyId, PublicKey};
use super::super::plaintext::Plaintext;
use super::powers::{CHALLENGE_LEN, Challenge, Powers, append_key, exponent_limbs, read_limbs, respond};
use crate::bigint::{Residue, limbs, random};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// Limbs of u: 128 bits of a weight, 128 of a challenge, and 128 to hide their product.
const WEIGHT_LIMBS: usize = 6;

/// A proof that one ciphertext holds the product of the numbers in two others.
///
/// ```text
/// key id, 16 bytes | e, 16 bytes | v, 48 bytes | z and t, modulus_bits / 16 + 32 bytes each
/// ```
///
/// # Security
/// The key must be one's own, or decoded as a [`ProvenPublicKey`](super::super::ProvenPublicKey). The proof holds for one key, three
/// ciphertexts and one context; put into the context what names the session and the prover. The product is that modulo n:
/// nothing is proven about the size of the weight.
///
/// # Source
/// \[DJ01\] §5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductProof {
    key: KeyId,
    params_id: u32,
    challenge: Challenge,
    v: Vec<u64>,
    z: Vec<u64>,
    t: Vec<u64>,
}

/// An encrypted number times a secret weight: what is published.
#[derive(Clone, Debug)]
pub struct ProvenProduct {
    /// The encrypted weight.
    pub weight: Ciphertext,
    /// The encrypted product.
    pub product: Ciphertext,
    /// The proof.
    pub proof: ProductProof,
}

impl ProductProof {
    /// Multiplies an encrypted number by a secret weight, and proves it. The product is rerandomized.
    ///
    /// # Errors
    /// `ParamsMismatch` when the ciphertext belongs to another key; `OutOfRange` for a weight of `-2^127`.
    /// # Timing
    /// Constant in the weight and the randomness.
    pub fn multiply(
        key: &PublicKey,
        number: &Ciphertext,
        weight: i128,
        context: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<ProvenProduct> {
        let product = key.mul_plain(number, weight, MAX_WEIGHT_BITS)?;
        let (powers, modulus) = (Powers::new(key), key.n_squared());
        let [a, b] = [(); 2].map(|()| random::random_bits(key.exponent_bits(), rng));
        let u = random::random_bits(WEIGHT_LIMBS * limbs::LIMB_BITS, rng);
        let (x, y) = (powers.mask(rng), powers.mask(rng));

        let message = key.message_factor(&Plaintext::from_i128(weight, key));
        let weight_value = modulus.mul(&message, &key.table().pow(modulus, &a));
        let product_value = modulus.mul(product.value(), &key.table().pow(modulus, &b));
        let first = modulus.mul(&modulus.one_plus_root_times(&u), &powers.power(&x));
        let power = modulus.pow(number.value(), &u, WEIGHT_LIMBS * limbs::LIMB_BITS);
        let second = modulus.mul(&power, &powers.power(&y));
        let challenge =
            challenge(key, context, [&weight_value, number.value(), &product_value], [&first, &second]);
        let e = limbs::from_le_bytes(&challenge);
        let proof = Self {
            key: key.id(),
            params_id: key.params().params_id(),
            challenge,
            v: respond(&u, &e, &sign_extended(weight)),
            z: respond(&x, &e, &a),
            t: respond(&y, &e, &b),
        };
        Ok(ProvenProduct {
            weight: Ciphertext::from_unit(weight_value, key),
            product: Ciphertext::from_unit(product_value, key),
            proof,
        })
    }

    /// Checks that `product` holds the product of the numbers in `weight` and `number`.
    ///
    /// # Errors
    /// `ParamsMismatch` when something belongs to another key; `VerificationFailed`.
    /// # Timing
    /// Varies with ciphertexts and proof, which are public.
    pub fn verify(
        &self,
        key: &PublicKey,
        weight: &Ciphertext,
        number: &Ciphertext,
        product: &Ciphertext,
        context: &[u8],
    ) -> Result<()> {
        key.check(self.key, "product proof: made for another key")?;
        key.check_ciphertexts([weight, number, product])?;
        let (powers, modulus) = (Powers::new(key), key.n_squared());
        let e = limbs::from_le_bytes(&self.challenge);
        let first = modulus.product(&[
            &modulus.one_plus_root_times(&self.v),
            &powers.power(&self.z),
            &modulus.pow_vartime(weight.value(), &e),
        ]);
        let second = modulus.product(&[
            &modulus.pow_vartime(number.value(), &self.v),
            &powers.power(&self.t),
            &modulus.pow_vartime(product.value(), &e),
        ]);
        let ciphertexts = [weight.value(), number.value(), product.value()];
        if challenge(key, context, ciphertexts, [&first, &second]) == self.challenge {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::VerificationFailed, "product proof"))
        }
    }
}

/// The weight modulo 2^384.
fn sign_extended(weight: i128) -> Zeroizing<Vec<u64>> {
    let (low, sign) = (weight.to_le_bytes(), (weight >> 127).to_le_bytes());
    limbs::from_le_bytes(&Zeroizing::new([low, sign, sign].concat()))
}

/// Step 2.
fn challenge(
    key: &PublicKey,
    context: &[u8],
    [weight, number, product]: [&Residue; 3],
    [first, second]: [&Residue; 2],
) -> Challenge {
    let modulus = key.n_squared();
    let mut transcript = Transcript::new("veilkit v1 paillier product proof");
    append_key(&mut transcript, key)
        .append("context", context)
        .append("c_w", &modulus.to_le_bytes(weight))
        .append("c", &modulus.to_le_bytes(number))
        .append("c'", &modulus.to_le_bytes(product))
        .append("A", &modulus.to_le_bytes(first))
        .append("B", &modulus.to_le_bytes(second));
    let mut challenge = [0; CHALLENGE_LEN];
    transcript.fill(&mut challenge);
    challenge
}

impl Encode for ProductProof {
    const KIND: Kind = Kind::PaillierProductProof;

    fn params_id(&self) -> u32 {
        self.params_id
    }

    fn body_len(&self) -> usize {
        16 + CHALLENGE_LEN + 8 * (self.v.len() + self.z.len() + self.t.len())
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(self.key.as_bytes()).bytes(&self.challenge);
        self.v.iter().chain(&self.z).chain(&self.t).for_each(|limb| _ = out.u64(*limb));
    }
}

/// Reads the proof; [`ProductProof::verify`] checks it.
impl Decode<&PublicKey> for ProductProof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(16, "product proof: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "product proof: made for another key"));
        }
        let challenge = body.array("product proof: e")?;
        let v = read_limbs(body, WEIGHT_LIMBS, "product proof: v")?;
        let z = read_limbs(body, exponent_limbs(key), "product proof: z")?;
        let t = read_limbs(body, exponent_limbs(key), "product proof: t")?;
        Ok(Self { key: key.id(), params_id: key.params().params_id(), challenge, v, z, t })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{decrypted, encrypted, other_key, plain, public_key, rng};
    use super::*;

    const REFUSED: Option<ErrorKind> = Some(ErrorKind::VerificationFailed);

    fn outcome(made: &ProvenProduct, number: &Ciphertext, context: &[u8]) -> Option<ErrorKind> {
        let verdict = made.proof.verify(public_key(), &made.weight, number, &made.product, context);
        verdict.err().map(|error| error.kind())
    }

    #[test]
    fn products_are_accepted() {
        for (number, weight) in [(7, 6), (-7, 6), (7, -6), (-7, -6), (0, 5), (5, 0), (1, i128::MAX)] {
            let c = encrypted(number);
            let made = ProductProof::multiply(public_key(), &c, weight, b"", &mut rng(51)).unwrap();
            assert_eq!((decrypted(&made.weight), decrypted(&made.product)), (weight, number * weight));
            assert_eq!(outcome(&made, &c, b""), None, "{number} {weight}");
        }
        assert!(ProductProof::multiply(public_key(), &encrypted(1), i128::MIN, b"", &mut rng(51)).is_err());
    }

    #[test]
    fn every_part_counts() {
        let c = encrypted(7);
        let made = ProductProof::multiply(public_key(), &c, -6, b"party 1", &mut rng(52)).unwrap();
        let changed = |change: &dyn Fn(&mut ProvenProduct)| {
            let mut made = made.clone();
            change(&mut made);
            outcome(&made, &c, b"party 1")
        };
        assert_eq!(changed(&|_| ()), None);
        assert_eq!(changed(&|made| made.proof.challenge[0] ^= 1), REFUSED);
        // v enters both equations, z the first only, t the second only.
        assert_eq!(changed(&|made| made.proof.v[5] ^= 1), REFUSED);
        assert_eq!(changed(&|made| made.proof.z[0] ^= 1), REFUSED);
        assert_eq!(changed(&|made| made.proof.t[0] ^= 1), REFUSED);
        // The weight enters the first only, the product the second only.
        let plus_one = |c: &Ciphertext| public_key().add_plain(c, &plain(1)).unwrap();
        assert_eq!(changed(&|made| made.weight = plus_one(&made.weight)), REFUSED);
        assert_eq!(changed(&|made| made.product = plus_one(&made.product)), REFUSED);
        assert_eq!(changed(&|made| core::mem::swap(&mut made.weight, &mut made.product)), REFUSED);
        assert_eq!(outcome(&made, &plus_one(&c), b"party 1"), REFUSED);
        assert_eq!(outcome(&made, &c, b"party 2"), REFUSED);
        // The proof or one ciphertext of another key, the others of the same.
        let key = other_key().public_key();
        let theirs = key.zero();
        let verdicts = [
            made.proof.verify(key, &theirs, &theirs, &theirs, b"party 1"),
            made.proof.verify(public_key(), &theirs, &c, &made.product, b"party 1"),
            made.proof.verify(public_key(), &made.weight, &theirs, &made.product, b"party 1"),
            made.proof.verify(public_key(), &made.weight, &c, &theirs, b"party 1"),
        ];
        for verdict in verdicts {
            assert_eq!(verdict.unwrap_err().kind(), ErrorKind::ParamsMismatch);
        }
    }

    #[test]
    fn everything_reaches_the_challenge() {
        let [a, b] = [1, 2].map(|value| encrypted(value).value().clone());
        let base = challenge(public_key(), b"", [&a, &a, &a], [&a, &a]);
        for changed in [
            challenge(other_key().public_key(), b"", [&a, &a, &a], [&a, &a]),
            challenge(public_key(), b"x", [&a, &a, &a], [&a, &a]),
            challenge(public_key(), b"", [&b, &a, &a], [&a, &a]),
            challenge(public_key(), b"", [&a, &b, &a], [&a, &a]),
            challenge(public_key(), b"", [&a, &a, &b], [&a, &a]),
            challenge(public_key(), b"", [&a, &a, &a], [&b, &a]),
            challenge(public_key(), b"", [&a, &a, &a], [&a, &b]),
        ] {
            assert_ne!(changed, base);
        }
    }

    #[test]
    fn proofs_come_back() {
        let made = ProductProof::multiply(public_key(), &encrypted(5), 3, b"", &mut rng(53)).unwrap();
        let bytes = made.proof.to_bytes();
        assert_eq!(ProductProof::from_bytes(&bytes, public_key()).unwrap(), made.proof);
        let foreign = ProductProof::from_bytes(&bytes, other_key().public_key()).unwrap_err();
        assert_eq!(foreign.kind(), ErrorKind::ParamsMismatch);
    }
}
