//! Proof that every ciphertext of a list holds 0 or 1.
//!
//! CDS94: Cramer, Damgard, Schoenmakers, "Proofs of partial knowledge and simplified design of witness hiding protocols",
//! CRYPTO '94, §4, for two proofs in the manner of Schnorr (CRYPTO '89) in the group that `h_s` generates; the statement,
//! that a ciphertext is an n-th power, is that of Damgard and Jurik, PKC 2001, §5.
//!
//! `c = (1+n)^b h_s^a`, `D_0 = c`, `D_1 = c / (1+n)`; one of the two is a power of `h_s`. Letters: E is the length of a
//! randomizer's exponent, K = E + 256.
//!
//! 1. For the one that is, `A = h_s^x` with x uniform below 2^K. For the other, a challenge e' below 2^128 and z below 2^K
//!    are chosen uniformly, and `A = h_s^z D^e'`.
//! 2. e is the hash of the statement, of the context and of all `A_0`, `A_1` of the list.
//! 3. `e_0 + e_1 = e mod 2^128`, where one of them is e'; for the other `z = x - e_i a mod 2^K`.
//! 4. The verifier computes `A_i = h_s^(z_i) D_i^(e_i)` for i = 0, 1, hashes, and compares with e.
//!
//! # Soundness
//! Decryption maps the units modulo n^2 to the integers modulo n, products to sums, and `h_s` to 0, as a proven key makes
//! sure. So step 4 says `dec(A_i) = e_i dec(D_i)`. If c holds neither 0 nor 1, there are primes of n, perhaps different
//! ones, modulo which `dec(D_0)` and `dec(D_1)` are not 0. Then e_0 and e_1 are determined modulo these primes before e is
//! known: with primes above 2^128 the proof is accepted with probability 2^-128 for each hash that is tried, whatever
//! the prover can compute. Of a foreign key's primes only the holder knows that they are that large; a submitter who is in
//! league with the holder of a false key gains nothing that the holder could not do alone.
//!
//! # Zero knowledge
//! `e_i`, `z_i` chosen uniformly give `A_i` by step 4. A real z is uniform too; the equation fails where it wraps around, with
//! probability below 2^-127, and such a proof is refused.
use rand_core::CryptoRng;
use subtle::Choice;
use zeroize::Zeroizing;

use super::super::ciphertext::Ciphertext;
use super::super::keys::PublicKey;
use super::super::randomizer::{generator, seeds};
use super::powers::{CHALLENGE_LEN, Powers, append_key, exponent_limbs};
use crate::bigint::{Residue, limbs, random};
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map};
use crate::transcript::Transcript;

/// The proof for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct BitProofs {
    challenge: [u8; CHALLENGE_LEN],
    responses: Vec<Response>,
}

/// What is told about one ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Response {
    e_0: [u64; 2],
    z: [Vec<u64>; 2],
}

/// What stays secret between the steps of the prover.
struct Opening {
    bit: Choice,
    a: Zeroizing<Vec<u64>>,
    /// x for the true half, z for the other.
    masks: [Zeroizing<Vec<u64>>; 2],
    /// The challenge e' of the other.
    other: Zeroizing<Vec<u64>>,
}

impl BitProofs {
    /// Bytes of a proof for `count` ciphertexts.
    pub(in super::super) fn encoded_len(key: &PublicKey, count: usize) -> usize {
        CHALLENGE_LEN + count * Self::response_len(key)
    }

    /// Bytes of what is told about one ciphertext.
    pub(in super::super) fn response_len(key: &PublicKey) -> usize {
        CHALLENGE_LEN + 2 * exponent_limbs(key) * 8
    }

    pub(in super::super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.challenge);
        for Response { e_0, z } in &self.responses {
            for limb in e_0.iter().chain(&z[0]).chain(&z[1]) {
                out.u64(*limb);
            }
        }
    }

    pub(in super::super) fn read(key: &PublicKey, count: usize, body: &mut Reader<'_>) -> Result<Self> {
        let challenge = body.array("bit proofs: challenge")?;
        let mut limbs =
            |len| (0..len).map(|_| body.u64("bit proofs: response")).collect::<Result<Vec<u64>>>();
        let mut response = || {
            let e_0 = limbs(2)?;
            Ok(Response {
                e_0: [e_0[0], e_0[1]],
                z: [limbs(exponent_limbs(key))?, limbs(exponent_limbs(key))?],
            })
        };
        let responses = (0..count).map(|_| response()).collect::<Result<_>>()?;
        Ok(Self { challenge, responses })
    }

    /// Encrypts bits and proves that they are bits. `statement` holds everything else that the proof is bound to.
    ///
    /// One seed for each bit is drawn from `rng` in order, so that the result does not depend on the number of cores.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the bits and in the randomness.
    pub(in super::super) fn encrypt(
        key: &PublicKey,
        bits: &[Choice],
        statement: Transcript,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<(Vec<Ciphertext>, Self)> {
        let powers = Powers::new(key);
        let items: Vec<_> = bits.iter().zip(seeds(bits.len(), rng)).collect();
        let first = try_map(&items, observer, |(bit, seed)| {
            Ok(Opening::commit(
                &powers,
                **bit,
                &key.n_squared().one_plus_root_times(&[1]),
                &mut generator(seed),
            ))
        })?;
        let values: Vec<&Residue> = first.iter().map(|(value, ..)| value).collect();
        let commitments: Vec<&[Residue; 2]> = first.iter().map(|(_, commitments, _)| commitments).collect();
        let challenge = challenge(key, statement, &values, &commitments);
        let responses = first.iter().map(|(.., opening)| opening.respond(&challenge)).collect();
        let ciphertexts = first.iter().map(|(value, ..)| Ciphertext::from_unit(value.clone(), key)).collect();
        Ok((ciphertexts, Self { challenge, responses }))
    }

    /// Checks that each ciphertext holds 0 or 1.
    ///
    /// # Errors
    /// `VerificationFailed`; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Varies with ciphertexts and proof, which are public.
    pub(in super::super) fn verify_vartime(
        &self,
        key: &PublicKey,
        ciphertexts: &[Ciphertext],
        statement: Transcript,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        const REFUSED: Error = Error::new(ErrorKind::VerificationFailed, "bit proofs");
        if ciphertexts.len() != self.responses.len() {
            return Err(REFUSED);
        }
        let (powers, modulus) = (Powers::new(key), key.n_squared());
        let whole = limbs::from_le_bytes(&self.challenge);
        let items: Vec<_> = ciphertexts.iter().zip(&self.responses).collect();
        let commitments = try_map(&items, observer, |(ciphertext, Response { e_0, z })| {
            let mut e_1 = whole.to_vec();
            limbs::sub_assign(&mut e_1, e_0);
            let [d_0, d_1] = powers.halves(ciphertext.value());
            let commitment =
                |z: &[u64], d, e: &[u64]| modulus.mul(&powers.power(z), &modulus.pow_vartime(d, e));
            Ok([commitment(&z[0], &d_0, e_0), commitment(&z[1], &d_1, &e_1)])
        })?;
        let values: Vec<&Residue> = ciphertexts.iter().map(Ciphertext::value).collect();
        let expected = challenge(key, statement, &values, &commitments.iter().collect::<Vec<_>>());
        if expected == self.challenge { Ok(()) } else { Err(REFUSED) }
    }
}

/// Step 2.
fn challenge(
    key: &PublicKey,
    mut statement: Transcript,
    ciphertexts: &[&Residue],
    commitments: &[&[Residue; 2]],
) -> [u8; CHALLENGE_LEN] {
    let modulus = key.n_squared();
    append_key(&mut statement, key).append_u64("bits", ciphertexts.len() as u64);
    for ciphertext in ciphertexts {
        statement.append("c", &modulus.to_le_bytes(ciphertext));
    }
    for [a_0, a_1] in commitments {
        statement.append("A_0", &modulus.to_le_bytes(a_0)).append("A_1", &modulus.to_le_bytes(a_1));
    }
    let mut challenge = [0; CHALLENGE_LEN];
    statement.fill(&mut challenge);
    challenge
}

impl Opening {
    /// Encrypts a bit, and step 1. `one` is `1 + n`.
    fn commit(
        powers: &Powers<'_>,
        bit: Choice,
        one: &Residue,
        rng: &mut impl CryptoRng,
    ) -> (Residue, [Residue; 2], Self) {
        let (key, modulus) = (powers.key, powers.key.n_squared());
        let mut draw = |bits| random::random_bits(bits, rng);
        let a = draw(key.exponent_bits());
        let masks =
            [draw(exponent_limbs(key) * limbs::LIMB_BITS), draw(exponent_limbs(key) * limbs::LIMB_BITS)];
        let other = draw(8 * CHALLENGE_LEN);
        let mut ciphertext = key.table().pow(modulus, &a);
        let with_one = modulus.mul(&ciphertext, one);
        ciphertext.conditional_assign(&with_one, bit);
        // The true half has challenge 0 for now.
        let [d_0, d_1] = powers.halves(&ciphertext);
        let commitment = |mask: &[u64], d, false_half| {
            let mut exponent = Zeroizing::new(vec![0; other.len()]);
            limbs::conditional_assign(&mut exponent, &other, false_half);
            modulus.mul(&powers.power(mask), &modulus.pow(d, &exponent, 8 * CHALLENGE_LEN))
        };
        let commitments = [commitment(&masks[0], &d_0, bit), commitment(&masks[1], &d_1, !bit)];
        (ciphertext, commitments, Self { bit, a, masks, other })
    }

    /// Step 3.
    fn respond(&self, challenge: &[u8; CHALLENGE_LEN]) -> Response {
        // The challenge of the true half.
        let mut own = limbs::from_le_bytes(challenge);
        limbs::sub_assign(&mut own, &self.other);
        let mut e_0 = own.clone();
        limbs::conditional_assign(&mut e_0, &self.other, self.bit);
        let mut product = Zeroizing::new(vec![0; self.masks[0].len()]);
        limbs::mul(&mut product, &self.a, &own);
        let answer = |mask: &[u64], true_half| {
            let (mut z, mut answered) = (mask.to_vec(), Zeroizing::new(mask.to_vec()));
            limbs::sub_assign(&mut answered, &product);
            limbs::conditional_assign(&mut z, &answered, true_half);
            z
        };
        let z = [answer(&self.masks[0], !self.bit), answer(&self.masks[1], self.bit)];
        Response { e_0: [e_0[0], e_0[1]], z }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{encrypted, other_key, public_key, rng, secret_key};
    use super::*;

    fn statement() -> Transcript {
        Transcript::new("veilkit v1 test")
    }

    fn bits() -> [Choice; 2] {
        [Choice::from(0), Choice::from(1)]
    }

    fn refuses(proof: &BitProofs, ciphertexts: &[Ciphertext]) -> bool {
        let verdict = proof.verify_vartime(public_key(), ciphertexts, statement(), &mut ());
        verdict.is_err_and(|error| error.kind() == ErrorKind::VerificationFailed)
    }

    #[test]
    fn honest_bits_are_accepted_and_every_part_counts() {
        let (list, proof) =
            BitProofs::encrypt(public_key(), &bits(), statement(), &mut rng(31), &mut ()).unwrap();
        proof.verify_vartime(public_key(), &list, statement(), &mut ()).unwrap();
        let decrypt = |c: &Ciphertext| secret_key().decrypt(c).unwrap().as_residue()[0];
        assert_eq!(list.iter().map(decrypt).collect::<Vec<_>>(), [0, 1]);

        let changed = |change: &dyn Fn(&mut BitProofs)| {
            let mut proof = proof.clone();
            change(&mut proof);
            refuses(&proof, &list)
        };
        assert!(changed(&|proof| proof.challenge[0] ^= 1));
        for i in 0..2 {
            assert!(changed(&|proof| proof.responses[i].e_0[1] ^= 1 << 63), "{i}");
            for half in 0..2 {
                assert!(changed(&|proof| proof.responses[i].z[half][0] ^= 1), "{i} {half}");
                assert!(changed(&|proof| *proof.responses[i].z[half].last_mut().unwrap() ^= 1), "{i} {half}");
            }
        }
        assert!(changed(&|proof| _ = proof.responses.pop()));
        // Another encryption of the same bit, and the same bit after multiplication by an n-th power.
        for other in [public_key().zero(), encrypted(0)] {
            let sum = public_key().add(&list[0], &other).unwrap();
            assert_eq!(refuses(&proof, &[sum.clone(), list[1].clone()]), sum != list[0]);
        }
        assert!(refuses(&proof, &[list[0].clone()]));
        let other = Transcript::new("veilkit v1 tesT");
        assert!(proof.verify_vartime(public_key(), &list, other, &mut ()).is_err());
    }

    /// A prover who does everything right, but for a number that is no bit: only the hash tells.
    #[test]
    fn no_other_number_passes() {
        let (key, powers) = (public_key(), Powers::new(public_key()));
        for (bit, message, accepted) in
            [(1, vec![1], true), (1, vec![2], false), (1, key.half_n().to_vec(), false)]
        {
            let message = key.n_squared().one_plus_root_times(&message);
            let (value, commitments, opening) =
                Opening::commit(&powers, Choice::from(bit), &message, &mut rng(32));
            let challenge = challenge(key, statement(), &[&value], &[&commitments]);
            let proof = BitProofs { challenge, responses: vec![opening.respond(&challenge)] };
            assert_eq!(!refuses(&proof, &[Ciphertext::from_unit(value, key)]), accepted);
        }
    }

    /// A challenge over two ciphertexts and one answer: only the count tells.
    #[test]
    fn every_ciphertext_needs_its_answer() {
        let (key, powers) = (public_key(), Powers::new(public_key()));
        let one = key.n_squared().one_plus_root_times(&[1]);
        let (value, commitments, opening) = Opening::commit(&powers, Choice::from(1), &one, &mut rng(34));
        let other = encrypted(1_000_000);
        let challenge = challenge(key, statement(), &[&value, other.value()], &[&commitments]);
        let proof = BitProofs { challenge, responses: vec![opening.respond(&challenge)] };
        assert!(refuses(&proof, &[Ciphertext::from_unit(value, key), other]));
    }

    #[test]
    fn everything_reaches_the_challenge() {
        let key = public_key();
        let [a, b] = [1, 2].map(|value| encrypted(value).value().clone());
        let base = challenge(key, statement(), &[&a], &[&[a.clone(), b.clone()]]);
        let other = Transcript::new("veilkit v1 tesT");
        for changed in [
            challenge(other_key().public_key(), statement(), &[&a], &[&[a.clone(), b.clone()]]),
            challenge(key, other, &[&a], &[&[a.clone(), b.clone()]]),
            challenge(key, statement(), &[&b], &[&[a.clone(), b.clone()]]),
            challenge(key, statement(), &[&a], &[&[b.clone(), b.clone()]]),
            challenge(key, statement(), &[&a], &[&[a.clone(), a.clone()]]),
        ] {
            assert_ne!(changed, base);
        }
    }

    /// Each half alone: the commitments that follow from the other half are right.
    #[test]
    fn both_equations_are_checked() {
        let (key, powers) = (public_key(), Powers::new(public_key()));
        for half in 0..2_usize {
            let (value, mut commitments, opening) = Opening::commit(
                &powers,
                Choice::from(1),
                &key.n_squared().one_plus_root_times(&[1]),
                &mut rng(33),
            );
            key.n_squared().mul_assign(&mut commitments[half], key.h_s());
            let challenge = challenge(key, statement(), &[&value], &[&commitments]);
            let proof = BitProofs { challenge, responses: vec![opening.respond(&challenge)] };
            assert!(refuses(&proof, &[Ciphertext::from_unit(value, key)]), "{half}");
        }
    }
}
