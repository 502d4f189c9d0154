//! A ciphertext holds 0 or 1: one of two proofs of a value, where the other is simulated.
//!
//! Letters: for v of 0 and 1 the branch says `blinder = r G` and `payload - v G = r Y`; commitments `(a_v, b_v)`, challenges
//! with `c_0 + c_1 = c`, responses `s_v`; the verifier checks `s_v G = a_v + c_v blinder` and
//! `s_v Y = b_v + c_v (payload - v G)`.
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::context::Context;
use super::equations::Equations;
use super::relation::{Base, challenge, challenge_of_encoded, fresh_bytes, nonce_rng};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::ciphertext::Encoded;
use crate::elgamal::additive::discrete_log::scalar;
use crate::elgamal::additive::{Ciphertext, PublicKey, Randomizer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::secret::declassify;
use crate::transcript::Transcript;

/// A proof that a ciphertext holds 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitProof {
    /// a_0, b_0, a_1, b_1.
    commitments: [Point; 4],
    /// The challenge of branch 0; that of branch 1 is the rest.
    challenge: Scalar,
    responses: [Scalar; 2],
}

impl BitProof {
    /// The bytes inside other encodings.
    pub(super) const LEN: usize = 7 * 32;

    /// Encrypts a bit and proves that it is one.
    ///
    /// # Errors
    /// `OutOfRange` for an integer other than 0 and 1.
    /// # Timing
    /// Constant in the bit.
    pub fn encrypt(
        key: &PublicKey,
        bit: i64,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<(Ciphertext, Self)> {
        let randomizer = [Randomizer::random(rng)];
        check_bit(bit)?;
        let encoded = key.encrypt_bits(&[bit], &randomizer).remove(0);
        let [randomizer] = &randomizer;
        let witness = Witness { encoded: &encoded, bit, randomizer, context, fresh: fresh_bytes(rng) };
        let proof = Self::prove_many(key, &[witness]).remove(0);
        Ok((encoded.ciphertext, proof))
    }

    /// Proves that each ciphertext holds a bit. For other integers the proofs do not hold.
    ///
    /// # Timing
    /// Constant in bits and randomizers.
    pub(super) fn prove_many(key: &PublicKey, witnesses: &[Witness<'_>]) -> Vec<Self> {
        let committed: Vec<Committed> =
            witnesses.iter().map(|witness| Committed::new(key, witness)).collect();
        let halves: Vec<Point> = committed.iter().flat_map(|committed| committed.halves).collect();
        let encodings = Point::encode_doubles(&halves);
        let parts = committed.into_iter().zip(witnesses).zip(encodings.as_chunks().0);
        parts.map(|((committed, witness), encodings)| committed.respond(witness, encodings)).collect()
    }

    /// Proves that a ciphertext that was encrypted with this randomizer holds a bit. Of another ciphertext the proof does not
    /// hold.
    ///
    /// # Errors
    /// `OutOfRange` for an integer other than 0 and 1; `ParamsMismatch` for another key's ciphertext.
    /// # Timing
    /// Constant in bit and randomizer.
    pub fn prove_encrypted(
        key: &PublicKey,
        ciphertext: &Ciphertext,
        bit: i64,
        randomizer: &Randomizer,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        key.check_ciphertexts([ciphertext])?;
        check_bit(bit)?;
        let encoded = Encoded::new(ciphertext);
        let witness = Witness { encoded: &encoded, bit, randomizer, context, fresh: fresh_bytes(rng) };
        Ok(Self::prove_many(key, &[witness]).remove(0))
    }

    /// What must hold: four equations.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    pub fn equations(
        &self,
        key: &PublicKey,
        ciphertext: &Ciphertext,
        context: &Context,
    ) -> Result<Equations> {
        key.check_ciphertexts([ciphertext])?;
        Ok(self.equations_encoded(key, &Encoded::new(ciphertext), context))
    }

    /// [`BitProof::equations`] for a ciphertext of the key.
    pub(super) fn equations_encoded(
        &self,
        key: &PublicKey,
        encoded: &Encoded,
        context: &Context,
    ) -> Equations {
        let whole = challenge(&mut transcript(key, encoded, context), &self.commitments);
        let (blinder, payload) = encoded.ciphertext.points();
        let mut equations = Equations::default();
        let challenges = [self.challenge, whole - self.challenge];
        for (v, (challenge, response)) in challenges.into_iter().zip(self.responses).enumerate() {
            let [a, b] = [self.commitments[2 * v], self.commitments[2 * v + 1]];
            let shift = if v == 0 { Scalar::ZERO } else { challenge };
            let minus_one = -Scalar::ONE;
            equations.push(vec![(response, Point::generator()), (minus_one, a), (-challenge, blinder)]);
            equations.push(vec![
                (response, Base::Key(key).point()),
                (minus_one, b),
                (-challenge, payload),
                (shift, Point::generator()),
            ]);
        }
        equations
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.commitments.iter().for_each(|point| point.write(out));
        [self.challenge].iter().chain(&self.responses).for_each(|scalar| scalar.write(out));
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let mut commitments = [Point::identity(); 4];
        for commitment in &mut commitments {
            *commitment = Point::read(body, "bit proof: commitment")?;
        }
        let mut scalar = || Scalar::read(body, "bit proof: scalar");
        Ok(Self { commitments, challenge: scalar()?, responses: [scalar()?, scalar()?] })
    }

    #[cfg(test)]
    pub(super) fn parts_mut(&mut self) -> (&mut [Point; 4], &mut Scalar, &mut [Scalar; 2]) {
        (&mut self.commitments, &mut self.challenge, &mut self.responses)
    }
}

/// What the prover of one bit knows.
pub(super) struct Witness<'a> {
    pub(super) encoded: &'a Encoded,
    pub(super) bit: i64,
    pub(super) randomizer: &'a Randomizer,
    pub(super) context: &'a Context,
    /// Random, for the nonces.
    pub(super) fresh: Zeroizing<[u8; 32]>,
}

/// A prover that has committed and waits for the challenge.
struct Committed {
    transcript: Transcript,
    is_one: Choice,
    nonce: Zeroizing<Scalar>,
    simulated_challenge: Zeroizing<Scalar>,
    simulated_response: Zeroizing<Scalar>,
    /// Halves of the commitments.
    halves: [Point; 4],
}

impl Committed {
    fn new(key: &PublicKey, witness: &Witness<'_>) -> Self {
        let transcript = transcript(key, witness.encoded, witness.context);
        let r = witness.randomizer.scalar();
        let secrets = Zeroizing::new([*r, scalar(witness.bit)]);
        let mut nonce_rng = nonce_rng(&transcript, &*secrets, &witness.fresh);
        let mut draw = || Zeroizing::new(Scalar::random(&mut nonce_rng));
        let (nonce, simulated_challenge, simulated_response) = (draw(), draw(), draw());
        let both = |scalar: &Scalar| {
            let half = Zeroizing::new(scalar.half());
            [Point::mul_generator(&half), key.table().mul(&half)]
        };
        // The real branch commits to the nonce. The other one is s - c r there, and off by the bit's distance, which is 1 or
        // -1 of G, in b: both follow from scalars, by tables.
        let real = both(&nonce);
        let offset = Zeroizing::new(*simulated_response - *simulated_challenge * *r);
        let is_one = witness.bit.ct_eq(&1);
        // payload - v G = r Y + (bit - v) G, and bit - v is 1 for bit 1 and -1 for bit 0.
        let distance = Scalar::conditional_select(&*simulated_challenge, &-*simulated_challenge, is_one);
        let mut simulated = both(&offset);
        simulated[1] = simulated[1] + Point::mul_generator(&distance.half());
        let pick = |zero: &Point, one: &Point| Point::conditional_select(zero, one, is_one);
        let halves = [
            pick(&real[0], &simulated[0]),
            pick(&real[1], &simulated[1]),
            pick(&simulated[0], &real[0]),
            pick(&simulated[1], &real[1]),
        ];
        Self { transcript, is_one, nonce, simulated_challenge, simulated_response, halves }
    }

    fn respond(mut self, witness: &Witness<'_>, commitments: &[[u8; Point::ENCODED_LEN]; 4]) -> BitProof {
        let whole = challenge_of_encoded(&mut self.transcript, *commitments);
        let real_challenge = whole - *self.simulated_challenge;
        let real_response = *self.nonce + real_challenge * *witness.randomizer.scalar();
        let select = |zero, one| Scalar::conditional_select(zero, one, self.is_one);
        BitProof {
            commitments: self.halves.map(|half| half.double()),
            challenge: select(&real_challenge, &*self.simulated_challenge),
            responses: [
                select(&real_response, &*self.simulated_response),
                select(&*self.simulated_response, &real_response),
            ],
        }
    }
}

fn check_bit(bit: i64) -> Result<()> {
    match declassify(bit.ct_eq(&0) | bit.ct_eq(&1)) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::OutOfRange, "bit: neither 0 nor 1")),
    }
}

pub(super) fn transcript(key: &PublicKey, encoded: &Encoded, context: &Context) -> Transcript {
    let mut transcript = context.transcript("veilkit v1 elgamal bit proof");
    transcript.append("key id", key.id().as_bytes()).append("key", key.point_bytes());
    encoded.append_to(&mut transcript);
    transcript
}

/// `four commitments [32] each | challenge [32] | two responses [32] each`
impl Encode for BitProof {
    const KIND: Kind = Kind::ElGamalAdditiveBitProof;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        Self::LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl Decode for BitProof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}
