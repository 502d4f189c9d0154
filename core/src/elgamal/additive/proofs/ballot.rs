//! A list of ciphertexts with a single 1 among zeros: a vote, or a patient's place in a histogram.
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::bit::{BitProof, Witness};
use super::context::Context;
use super::equations::Equations;
use super::linear::{prove_value, verify_value};
use super::relation::{Proof, fresh_bytes};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::ciphertext::Encoded;
use crate::elgamal::additive::{Ciphertext, KeyId, PublicKey, Randomizer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::Scalar;

/// Encrypted choices of which exactly one is 1 and the others are 0, with the proof of it.
///
/// Ballots add up, choice by choice, to a histogram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    key: KeyId,
    choices: Vec<Ciphertext>,
    bits: Vec<BitProof>,
    /// That the choices add up to 1.
    total: Proof,
}

const CHOICES: Error = Error::new(ErrorKind::OutOfRange, "choices: from 1 to 65,535");

impl Ballot {
    /// The most choices.
    pub const MAX_CHOICES: usize = 65_535;

    /// Encrypts a choice of `choices`, the first being 0.
    ///
    /// # Errors
    /// `OutOfRange` for a choice that there is not, or for no choices.
    /// # Timing
    /// Constant in the choice; varies with their number.
    pub fn encrypt(
        key: &PublicKey,
        choice: usize,
        choices: usize,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        if !(1..=Self::MAX_CHOICES).contains(&choices) {
            return Err(CHOICES);
        }
        let is = |at: usize| (choice as u64).ct_eq(&(at as u64));
        if !crate::secret::declassify((0..choices).map(is).fold(0.into(), |any, this| any | this)) {
            return Err(Error::new(ErrorKind::OutOfRange, "choice: there is no such"));
        }
        let chosen: Zeroizing<Vec<i64>> =
            Zeroizing::new((0..choices).map(|at| is(at).unwrap_u8().into()).collect());
        Ok(Self::prove(key, &chosen, context, rng))
    }

    /// Proves what is one-hot. For other bits the proof does not hold.
    pub(super) fn prove(
        key: &PublicKey,
        chosen: &[i64],
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let randomizers: Vec<Randomizer> = chosen.iter().map(|_| Randomizer::random(rng)).collect();
        let encoded = key.encrypt_bits(chosen, &randomizers);
        let inner = bound(context, key, &encoded);
        let parts = encoded.iter().zip(chosen).zip(&randomizers);
        let witnesses: Vec<Witness<'_>> = parts
            .map(|((encoded, bit), randomizer)| Witness {
                encoded,
                bit: *bit,
                randomizer,
                context: &inner,
                fresh: fresh_bytes(rng),
            })
            .collect();
        let bits = BitProof::prove_many(key, &witnesses);
        let choices: Vec<Ciphertext> = encoded.iter().map(|encoded| encoded.ciphertext).collect();
        let sum = randomizers.iter().fold(Scalar::ZERO, |sum, randomizer| sum + *randomizer.scalar());
        let whole = key.sum(&choices).expect("ciphertexts of the key");
        let total = prove_value(key, &whole, 1, &Randomizer::from_scalar(sum), &inner, rng)
            .expect("a ciphertext of the key");
        Self { key: key.id(), choices, bits, total }
    }

    /// The ciphertexts, one for each choice. Use them only after the proof was checked.
    pub fn choices(&self) -> &[Ciphertext] {
        &self.choices
    }

    /// What must hold for a ballot of this many choices.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ballot; `VerificationFailed` for another number of choices.
    pub fn equations(&self, key: &PublicKey, choices: usize, context: &Context) -> Result<Equations> {
        key.check(self.key, "ballot: made under another key")?;
        if self.choices.len() != choices || self.bits.len() != choices {
            return Err(super::equations::WRONG);
        }
        key.check_ciphertexts(&self.choices)?;
        let encoded: Vec<Encoded> = self.choices.iter().map(Encoded::new).collect();
        let inner = bound(context, key, &encoded);
        let mut equations = verify_value(key, &key.sum(&self.choices)?, 1, &self.total, &inner)?;
        for (choice, proof) in encoded.iter().zip(&self.bits) {
            equations.extend(proof.equations_encoded(key, choice, &inner));
        }
        Ok(equations)
    }

    #[cfg(test)]
    pub(super) fn parts_mut(&mut self) -> (&mut Vec<Ciphertext>, &mut Vec<BitProof>, &mut Proof) {
        (&mut self.choices, &mut self.bits, &mut self.total)
    }
}

/// The context of the parts: that of the whole, and all ciphertexts, so that no part fits another ballot.
fn bound(context: &Context, key: &PublicKey, choices: &[Encoded]) -> Context {
    let mut transcript = context.transcript("veilkit v1 elgamal ballot");
    transcript.append("key", key.id().as_bytes()).append_u64("choices", choices.len() as u64);
    choices.iter().for_each(|choice| choice.append_to(&mut transcript));
    Context::new(&transcript.digest())
}

/// `key id, 16 bytes | choices u16 | ciphertexts [64] each | bit proofs [224] each | proof of the total`
impl Encode for Ballot {
    const KIND: Kind = Kind::ElGamalAdditiveBallot;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        16 + 2 + self.choices.len() * (Ciphertext::ENCODED_LEN + BitProof::LEN) + self.total.len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(self.key.as_bytes()).u16(u16::try_from(self.choices.len()).expect("at most 65,535"));
        self.choices.iter().for_each(|choice| choice.write(out));
        self.bits.iter().for_each(|proof| proof.write(out));
        self.total.write(out);
    }
}

impl Decode<&PublicKey> for Ballot {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(16, "ballot: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ballot: made under another key"));
        }
        let count = usize::from(body.u16("ballot: choices")?);
        if count == 0 || body.remaining() / (Ciphertext::ENCODED_LEN + BitProof::LEN) < count {
            return Err(Error::new(ErrorKind::InvalidEncoding, "ballot: choices"));
        }
        let choices = (0..count).map(|_| Ciphertext::read(body, key)).collect::<Result<_>>()?;
        let bits = (0..count).map(|_| BitProof::read(body)).collect::<Result<_>>()?;
        Ok(Self { key: key.id(), choices, bits, total: Proof::read(body)? })
    }
}
