//! A ciphertext holds an integer of so many bits: its bits are encrypted, each with its proof.
//!
//! Bits 1 and up are ciphertexts of their own; that of bit 0 is the whole less the others, each times its power of two, so
//! that the bits add up by construction.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::bit::BitProof;
use super::context::Context;
use super::equations::{Equations, WRONG};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::{Ciphertext, PublicKey, Randomizer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};

/// A proof that a ciphertext holds an integer from 0 to `2^bits - 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeProof {
    /// Blinder and payload of bits 1 and up.
    upper: Vec<(Point, Point)>,
    /// One for each bit, lowest first.
    proofs: Vec<BitProof>,
}

impl RangeProof {
    /// The most bits: those of the largest result.
    pub const MAX_BITS: usize = 40;

    /// Encrypts an integer below `2^bits` and proves that it is.
    ///
    /// For a range that does not start at 0, encrypt the distance from its start and add the start with `add_plain`.
    ///
    /// # Errors
    /// `OutOfRange` for another integer, or for bits other than 1 to [`RangeProof::MAX_BITS`] and the key's decode bits.
    /// # Timing
    /// Constant in the integer; varies with `bits`.
    pub fn encrypt(
        key: &PublicKey,
        value: i64,
        bits: usize,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<(Ciphertext, Self)> {
        check_bits(key, bits)?;
        if crate::secret::declassify(!subtle::ConstantTimeEq::ct_eq(&(value >> bits), &0)) {
            return Err(Error::new(ErrorKind::OutOfRange, "plaintext: not within the range"));
        }
        let randomizer = Randomizer::random(rng);
        let whole = key.encrypt_unchecked(value, key.params().decode_bits(), &randomizer);
        let proof = Self::prove(key, &whole, value, bits, &randomizer, context, rng);
        Ok((whole, proof))
    }

    fn prove(
        key: &PublicKey,
        whole: &Ciphertext,
        value: i64,
        bits: usize,
        randomizer: &Randomizer,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let bit = |at: usize| value >> at & 1;
        let mut lowest = Zeroizing::new(*randomizer.scalar());
        let mut upper = Vec::with_capacity(bits);
        let mut proofs = Vec::with_capacity(bits);
        for at in 1..bits {
            let randomizer = Randomizer::random(rng);
            *lowest = *lowest - Scalar::from_u64(1 << at) * *randomizer.scalar();
            let ciphertext = key.encrypt_unchecked(bit(at), 1, &randomizer);
            let context = within(context, key, whole, bits, at);
            proofs.push(BitProof::prove(key, &ciphertext, bit(at), &randomizer, &context, rng));
            upper.push(ciphertext.points());
        }
        let first = lowest_bit(key, whole, &upper);
        let context = within(context, key, whole, bits, 0);
        let randomizer = Randomizer::from_scalar(*lowest);
        proofs.insert(0, BitProof::prove(key, &first, bit(0), &randomizer, &context, rng));
        Self { upper, proofs }
    }

    /// How many bits the integer has at most.
    pub fn bits(&self) -> usize {
        self.proofs.len()
    }

    /// What must hold for the ciphertext to hold an integer of exactly so many bits at most.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext; `VerificationFailed` for a proof about another number of bits.
    pub fn equations(
        &self,
        key: &PublicKey,
        ciphertext: &Ciphertext,
        bits: usize,
        context: &Context,
    ) -> Result<Equations> {
        key.check_ciphertexts([ciphertext])?;
        if self.proofs.len() != bits || self.upper.len() + 1 != bits {
            return Err(WRONG);
        }
        let upper = self.upper.iter().map(|(blinder, payload)| Ciphertext::new(*blinder, *payload, key));
        let all = [lowest_bit(key, ciphertext, &self.upper)].into_iter().chain(upper);
        let mut equations = Equations::default();
        for (at, (bit, proof)) in all.zip(&self.proofs).enumerate() {
            equations.extend(proof.equations(key, &bit, &within(context, key, ciphertext, bits, at))?);
        }
        Ok(equations)
    }

    #[cfg(test)]
    pub(super) fn parts_mut(&mut self) -> (&mut Vec<(Point, Point)>, &mut Vec<BitProof>) {
        (&mut self.upper, &mut self.proofs)
    }
}

/// The context of one bit: that of the whole, and the place.
fn within(context: &Context, key: &PublicKey, whole: &Ciphertext, bits: usize, at: usize) -> Context {
    let (blinder, payload) = whole.points();
    let mut transcript = context.transcript("veilkit v1 elgamal range proof");
    transcript
        .append("key", key.id().as_bytes())
        .append("blinder", &blinder.to_bytes())
        .append("payload", &payload.to_bytes())
        .append_u64("bits", bits as u64)
        .append_u64("bit", at as u64);
    Context::new(&transcript.digest())
}

/// The whole less the upper bits, each times its power of two.
fn lowest_bit(key: &PublicKey, whole: &Ciphertext, upper: &[(Point, Point)]) -> Ciphertext {
    let weights: Vec<Scalar> = (1..=upper.len()).map(|at| Scalar::from_u64(1 << at)).collect();
    let rest = |part: fn(&(Point, Point)) -> Point| {
        Point::multi_mul_vartime(&weights, &upper.iter().map(part).collect::<Vec<_>>())
    };
    let (blinder, payload) = whole.points();
    Ciphertext::new(blinder - rest(|bit| bit.0), payload - rest(|bit| bit.1), key)
}

fn check_bits(key: &PublicKey, bits: usize) -> Result<()> {
    let limit = usize::try_from(key.params().decode_bits()).expect("at most 40");
    match (1..=RangeProof::MAX_BITS.min(limit)).contains(&bits) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::OutOfRange, "bits: none, or more than the decode bound has")),
    }
}

/// `bits u8 | two points [32] for each bit but the lowest | a bit proof for each bit`
impl Encode for RangeProof {
    const KIND: Kind = Kind::ElGamalAdditiveRangeProof;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        1 + self.upper.len() * Ciphertext::ENCODED_LEN + self.proofs.len() * BitProof::LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.u8(u8::try_from(self.proofs.len()).expect("at most 40"));
        for (blinder, payload) in &self.upper {
            blinder.write(out);
            payload.write(out);
        }
        self.proofs.iter().for_each(|proof| proof.write(out));
    }
}

impl Decode for RangeProof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let bits = usize::from(body.u8("range proof: bits")?);
        if !(1..=Self::MAX_BITS).contains(&bits) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "range proof: bits"));
        }
        let point = |body: &mut Reader<'_>| Point::read(body, "range proof: bit");
        let upper = (1..bits).map(|_| Ok((point(body)?, point(body)?))).collect::<Result<_>>()?;
        let proofs = (0..bits).map(|_| BitProof::read(body)).collect::<Result<_>>()?;
        Ok(Self { upper, proofs })
    }
}
