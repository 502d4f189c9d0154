//! A ciphertext holds 0 or 1: one of two proofs of a value, where the other is simulated.
//!
//! Letters: for v of 0 and 1 the branch says `blinder = r G` and `payload - v G = r Y`; commitments `(a_v, b_v)`, challenges
//! with `c_0 + c_1 = c`, responses `s_v`; the verifier checks `s_v G = a_v + c_v blinder` and
//! `s_v Y = b_v + c_v (payload - v G)`.
use rand_core::CryptoRng;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::context::Context;
use super::equations::Equations;
use super::relation::{Base, challenge, nonce_rng};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
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
        let randomizer = Randomizer::random(rng);
        if !declassify(bit.ct_eq(&0) | bit.ct_eq(&1)) {
            return Err(Error::new(ErrorKind::OutOfRange, "bit: neither 0 nor 1"));
        }
        let ciphertext = key.encrypt_unchecked(bit, 1, &randomizer);
        let proof = Self::prove(key, &ciphertext, bit, &randomizer, context, rng);
        Ok((ciphertext, proof))
    }

    /// Proves that a ciphertext holds a bit. For other integers the proof does not hold.
    ///
    /// # Timing
    /// Constant in bit and randomizer.
    pub(super) fn prove(
        key: &PublicKey,
        ciphertext: &Ciphertext,
        bit: i64,
        randomizer: &Randomizer,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut transcript = transcript(key, ciphertext, context);
        let r = randomizer.scalar();
        let secrets = Zeroizing::new([*r, scalar(bit)]);
        let mut nonce_rng = nonce_rng(&transcript, &*secrets, rng);
        let mut draw = || Zeroizing::new(Scalar::random(&mut nonce_rng));
        let (nonce, simulated_challenge, simulated_response) = (draw(), draw(), draw());
        // The real branch commits to the nonce. The other one is s - c r there, and off by the bit's distance, which is 1 or
        // -1 of G, in b: both follow from scalars, by tables.
        let real = [Point::mul_generator(&nonce), key.table().mul(&nonce)];
        let offset = Zeroizing::new(*simulated_response - *simulated_challenge * *r);
        let is_one = bit.ct_eq(&1);
        // payload - v G = r Y + (bit - v) G, and bit - v is 1 for bit 1 and -1 for bit 0.
        let distance = Scalar::conditional_select(&*simulated_challenge, &-*simulated_challenge, is_one);
        let simulated =
            [Point::mul_generator(&offset), key.table().mul(&offset) + Point::mul_generator(&distance)];
        let pick = |zero: &Point, one: &Point| Point::conditional_select(zero, one, is_one);
        let commitments = [
            pick(&real[0], &simulated[0]),
            pick(&real[1], &simulated[1]),
            pick(&simulated[0], &real[0]),
            pick(&simulated[1], &real[1]),
        ];
        let whole = challenge(&mut transcript, &commitments);
        let real_challenge = whole - *simulated_challenge;
        let real_response = *nonce + real_challenge * *r;
        Self {
            commitments,
            challenge: Scalar::conditional_select(&real_challenge, &*simulated_challenge, is_one),
            responses: [
                Scalar::conditional_select(&real_response, &*simulated_response, is_one),
                Scalar::conditional_select(&*simulated_response, &real_response, is_one),
            ],
        }
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
        let whole = challenge(&mut transcript(key, ciphertext, context), &self.commitments);
        let (blinder, payload) = ciphertext.points();
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
        Ok(equations)
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

pub(super) fn transcript(key: &PublicKey, ciphertext: &Ciphertext, context: &Context) -> Transcript {
    let mut transcript = context.transcript("veilkit v1 elgamal bit proof");
    let (blinder, payload) = ciphertext.points();
    transcript
        .append("key id", key.id().as_bytes())
        .append("key", &key.point().to_bytes())
        .append("blinder", &blinder.to_bytes())
        .append("payload", &payload.to_bytes());
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
