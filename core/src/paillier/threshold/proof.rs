//! Proof that all parts of a decryption share are right: one for a whole array.
//!
//! For ciphertexts c_j and parts `c_ij = c_j^(2x)`, where `x = D s_i` and `v_i = v^x` is known. K is 256 bits more than x has.
//!
//! 1. The weights w_j, 128 bits each, are the hash of set-up, session, party, array and all parts.
//!    `B = prod c_j^(4 w_j)`, `P = prod c_ij^(2 w_j)`, so that `P = B^x`.
//! 2. `R = B^r`, `S = v^r` with r uniform below 2^K.
//! 3. e is the hash of everything in 1, R and S: 128 bits.
//! 4. `z = r - e x mod 2^K`.
//! 5. The verifier computes `R = B^z P^e` and `S = v^z v_i^e`, hashes, and compares with e.
//!
//! Soundness: all bases are squares modulo n^2, a cyclic group whose order p p' q q' has prime factors above 2^1000 only, each once.
//! If some `c_ij^2` is not `c_j^(4x)`, the quotients have logarithms y_j, not all 0 modulo some factor, and `sum w_j y_j` is 0
//! modulo it with probability 2^-128 at most (\[BGR98\]; in this place \[APBDL04\]). If `P` is not `B^x`, at most one e has an answer
//! z for R and S. Both for each hash that a cheat computes. What remains free is the sign of c_ij and the like, which
//! [`combine`](super::combine()) squares away.
//!
//! Zero knowledge: r modulo 2^K hides e x in full, so e and z chosen uniformly give R and S by step 5; step 5 fails for an
//! honest share where `r < e x`, with probability below 2^-128. \[Sho00\] §2 masks with the same lengths.
use rand_core::CryptoRng;

use super::key_share::KeyShare;
use super::setup::Setup;
use crate::bigint::{Residue, limbs, random};
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::proofs::powers::{CHALLENGE_LEN, Challenge, HIDING_BITS, read_limbs, respond};
use crate::party::PartyId;
use crate::secret::published;
use crate::transcript::{Digest, Transcript};

/// e and z.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    challenge: Challenge,
    z: Vec<u64>,
}

/// What is proven.
pub(super) struct Statement<'a> {
    pub(super) setup: &'a Setup,
    pub(super) session: &'a [u8],
    pub(super) party: PartyId,
    pub(super) array: &'a Digest,
    pub(super) ciphertexts: &'a [Ciphertext],
    pub(super) parts: &'a [Ciphertext],
}

/// Limbs of z.
pub(super) fn response_limbs(setup: &Setup) -> usize {
    setup.exponents().scaled_limbs + HIDING_BITS / limbs::LIMB_BITS
}

impl Statement<'_> {
    /// Everything in step 1, hashed. The parts become public here.
    fn digest(&self) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 paillier decryption share");
        transcript
            .append("setup", &self.setup.id())
            .append("session", self.session)
            .append_u64("party", self.party.get().into())
            .append("array", self.array)
            .append_u64("parts", self.parts.len() as u64);
        for part in self.parts {
            transcript.append("part", &self.setup.modulus().to_le_bytes(part.value()));
        }
        published(transcript.digest())
    }

    /// B and P.
    fn combine(&self, digest: &Digest) -> (Residue, Residue) {
        const WEIGHT_LEN: usize = 16;
        let mut bytes = vec![0; WEIGHT_LEN * self.parts.len()];
        Transcript::new("veilkit v1 paillier decryption share weights")
            .append("statement", digest)
            .fill(&mut bytes);
        let weights: Vec<_> = bytes.chunks_exact(WEIGHT_LEN).map(limbs::from_le_bytes).collect();
        let modulus = self.setup.modulus();
        let product = |list: &[Ciphertext]| {
            let powers: Vec<_> =
                list.iter().map(Ciphertext::value).zip(weights.iter().map(|w| &w[..])).collect();
            modulus.square(&modulus.multi_pow_vartime(&powers))
        };
        (modulus.square(&product(self.ciphertexts)), product(self.parts))
    }

    /// Step 3.
    fn challenge(&self, digest: &Digest, first: &Residue, second: &Residue) -> Challenge {
        let modulus = self.setup.modulus();
        let mut transcript = Transcript::new("veilkit v1 paillier decryption share challenge");
        transcript
            .append("statement", digest)
            .append("R", &modulus.to_le_bytes(first))
            .append("S", &modulus.to_le_bytes(second));
        let mut challenge = [0; CHALLENGE_LEN];
        transcript.fill(&mut challenge);
        challenge
    }
}

impl Proof {
    /// # Timing
    /// Constant in the share and the randomness.
    pub(super) fn prove(statement: &Statement<'_>, share: &KeyShare, rng: &mut impl CryptoRng) -> Self {
        let (modulus, digest) = (statement.setup.modulus(), statement.digest());
        let (base, _) = statement.combine(&digest);
        let bits = response_limbs(statement.setup) * limbs::LIMB_BITS;
        let r = random::random_bits(bits, rng);
        let (first, second) = (modulus.pow(&base, &r, bits), modulus.pow(statement.setup.base(), &r, bits));
        let challenge = statement.challenge(&digest, &first, &second);
        let z = respond(&r, &limbs::from_le_bytes(&challenge), &share.exponent());
        Self { challenge, z }
    }

    /// # Errors
    /// `VerificationFailed`.
    /// # Timing
    /// Varies with statement and proof, which are public.
    pub(super) fn verify_vartime(&self, statement: &Statement<'_>) -> Result<()> {
        let (modulus, digest) = (statement.setup.modulus(), statement.digest());
        let (base, power) = statement.combine(&digest);
        let e = limbs::from_le_bytes(&self.challenge);
        let commitment = |base: &Residue, power: &Residue| {
            modulus.mul(&modulus.pow_vartime(base, &self.z), &modulus.pow_vartime(power, &e))
        };
        let first = commitment(&base, &power);
        let second = commitment(statement.setup.base(), statement.setup.verification_key(statement.party)?);
        if statement.challenge(&digest, &first, &second) == self.challenge {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::VerificationFailed, "decryption share"))
        }
    }

    pub(super) fn encoded_len(&self) -> usize {
        CHALLENGE_LEN + 8 * self.z.len()
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.challenge);
        self.z.iter().for_each(|limb| _ = out.u64(*limb));
    }

    pub(super) fn read(setup: &Setup, body: &mut Reader<'_>) -> Result<Self> {
        let challenge = body.array("decryption share: e")?;
        let z = read_limbs(body, response_limbs(setup), "decryption share: z")?;
        Ok(Self { challenge, z })
    }
}

#[cfg(test)]
mod tests;
