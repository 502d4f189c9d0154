//! A ciphertext holds an integer between two bounds: digits that add up to it are encrypted, each with a proof that it is 0 or 1.
//!
//! Letters: the range has `N + 1` integers, m is the distance from its low end, and k the bits of N. The digits weigh
//! `1, 2, 4, .., 2^(k-2)` and `N - (2^(k-1) - 1)`: the lower ones make everything up to `2^(k-1) - 1`, the last one shifts that
//! to end at N, and nothing else can be made. So a range of any length costs no more than the next power of two.
//!
//! The lowest digit has no ciphertext of its own: it is the whole less the low end and less the other digits, each times its
//! weight, so that the digits add up by construction.
//!
//! # Source
//! \[LAN02\] section 5: ranges that are no power of two, by public weights of binary digits.
//! DEVIATION(\[LAN02\] section 5): there the weights are `floor((N + 2^j) / 2^(j+1))`; here only the highest is no power of two.
use core::ops::RangeInclusive;

use rand_core::CryptoRng;
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

use super::bit::{BitProof, Witness};
use super::context::Context;
use super::equations::{Equations, WRONG};
use super::relation::fresh_bytes;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::ciphertext::Encoded;
use crate::elgamal::additive::discrete_log::scalar;
use crate::elgamal::additive::{Ciphertext, PublicKey, Randomizer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::secret::declassify;

/// A proof that a ciphertext holds an integer from `low` to `high`.
///
/// Both ends are public integers within the decode bound. The proof has as many digits as `high - low` has bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeProof {
    /// Blinder and payload of digits 1 and up.
    upper: Vec<(Point, Point)>,
    /// One for each digit, lowest first.
    proofs: Vec<BitProof>,
}

impl RangeProof {
    /// The most digits: those of the range from the lowest to the highest of all results, `-2^40` to `2^40`.
    pub const MAX_BITS: usize = 42;

    /// Encrypts an integer below `2^bits` and proves that it is: [`RangeProof::encrypt_within`] for `0..=2^bits - 1`.
    ///
    /// # Errors
    /// `OutOfRange` for another integer, or for bits other than 1 to the key's decode bits.
    /// # Timing
    /// Constant in the integer; varies with `bits`.
    pub fn encrypt(
        key: &PublicKey,
        value: i64,
        bits: usize,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<(Ciphertext, Self)> {
        Self::encrypt_within(key, value, below_pow2(bits)?, context, rng)
    }

    /// Encrypts an integer and proves that it is not below the start of `range` and not above its end.
    ///
    /// # Errors
    /// `OutOfRange` for another integer; for a range of fewer than two integers, or beyond the decode bound.
    /// # Timing
    /// Constant in the integer; varies with the range.
    pub fn encrypt_within(
        key: &PublicKey,
        value: i64,
        range: RangeInclusive<i64>,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<(Ciphertext, Self)> {
        let bounds = Bounds::new(key, &range)?;
        bounds.check(value)?;
        let randomizer = Randomizer::random(rng);
        let whole = key.encrypt_unchecked(value, key.params().decode_bits(), &randomizer);
        let proof =
            Self::prove_digits(key, &whole, &bounds, &bounds.digits(value), &randomizer, context, rng);
        Ok((whole, proof))
    }

    /// Proves that a ciphertext holds an integer within `range`. Of a ciphertext that does not hold `value` under this
    /// randomizer the proof does not hold.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext; otherwise as [`RangeProof::encrypt_within`].
    /// # Timing
    /// Constant in integer and randomizer; varies with the range.
    pub fn prove(
        key: &PublicKey,
        ciphertext: &Ciphertext,
        value: i64,
        randomizer: &Randomizer,
        range: RangeInclusive<i64>,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        key.check_ciphertexts([ciphertext])?;
        let bounds = Bounds::new(key, &range)?;
        bounds.check(value)?;
        Ok(Self::prove_digits(key, ciphertext, &bounds, &bounds.digits(value), randomizer, context, rng))
    }

    /// For digits other than 0 and 1, or that do not add up to the integer, the proof does not hold.
    pub(super) fn prove_digits(
        key: &PublicKey,
        whole: &Ciphertext,
        bounds: &Bounds,
        digits: &[i64],
        randomizer: &Randomizer,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut lowest = Zeroizing::new(*randomizer.scalar());
        let (mut upper, mut fresh) = (Vec::with_capacity(digits.len()), Vec::with_capacity(digits.len()));
        for at in 1..digits.len() {
            let randomizer = Randomizer::random(rng);
            *lowest = *lowest - Scalar::from_u64(bounds.weight(at)) * *randomizer.scalar();
            upper.push(randomizer);
            fresh.push(fresh_bytes(rng));
        }
        let randomizers: Vec<Randomizer> =
            [Randomizer::from_scalar(*lowest)].into_iter().chain(upper).collect();
        let fresh = [fresh_bytes(rng)].into_iter().chain(fresh);
        let (whole, encoded) = (Encoded::new(whole), key.encrypt_bits(digits, &randomizers));
        let contexts: Vec<Context> =
            (0..digits.len()).map(|at| bounds.context(context, key, &whole, at)).collect();
        let parts = encoded.iter().zip(digits).zip(&randomizers).zip(&contexts).zip(fresh);
        let witnesses: Vec<Witness<'_>> = parts
            .map(|((((encoded, bit), randomizer), context), fresh)| Witness {
                encoded,
                bit: *bit,
                randomizer,
                context,
                fresh,
            })
            .collect();
        let proofs = BitProof::prove_many(key, &witnesses);
        Self { upper: encoded[1..].iter().map(|encoded| encoded.ciphertext.points()).collect(), proofs }
    }

    /// How many digits the proof has: the bits of the length of the range.
    pub fn bits(&self) -> usize {
        self.proofs.len()
    }

    /// What must hold for the ciphertext to hold an integer from 0 to `2^bits - 1`.
    ///
    /// # Errors
    /// As [`RangeProof::equations_within`]; `OutOfRange` for bits other than 1 to the key's decode bits.
    pub fn equations(
        &self,
        key: &PublicKey,
        ciphertext: &Ciphertext,
        bits: usize,
        context: &Context,
    ) -> Result<Equations> {
        self.equations_within(key, ciphertext, below_pow2(bits)?, context)
    }

    /// What must hold for the ciphertext to hold an integer within exactly this range.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext; `VerificationFailed` for a proof about a range of another length;
    /// `OutOfRange` for a range of fewer than two integers, or beyond the decode bound.
    pub fn equations_within(
        &self,
        key: &PublicKey,
        ciphertext: &Ciphertext,
        range: RangeInclusive<i64>,
        context: &Context,
    ) -> Result<Equations> {
        key.check_ciphertexts([ciphertext])?;
        let bounds = Bounds::new(key, &range)?;
        if self.proofs.len() != bounds.len() || self.upper.len() + 1 != bounds.len() {
            return Err(WRONG);
        }
        let upper = self.upper.iter().map(|(blinder, payload)| Ciphertext::new(*blinder, *payload, key));
        let all = [bounds.lowest_digit(key, ciphertext, &self.upper)].into_iter().chain(upper);
        let mut equations = Equations::default();
        let whole = Encoded::new(ciphertext);
        for (at, (digit, proof)) in all.zip(&self.proofs).enumerate() {
            equations.extend(proof.equations(key, &digit, &bounds.context(context, key, &whole, at))?);
        }
        Ok(equations)
    }

    #[cfg(test)]
    pub(super) fn parts_mut(&mut self) -> (&mut Vec<(Point, Point)>, &mut Vec<BitProof>) {
        (&mut self.upper, &mut self.proofs)
    }
}

const RANGE: Error =
    Error::new(ErrorKind::OutOfRange, "range: fewer than two integers, or beyond the decode bound");

/// `0..=2^bits - 1`.
fn below_pow2(bits: usize) -> Result<RangeInclusive<i64>> {
    let bits = u32::try_from(bits).ok().filter(|bits| (1..=40).contains(bits));
    let bits =
        bits.ok_or(Error::new(ErrorKind::OutOfRange, "bits: none, or more than the decode bound has"))?;
    Ok(0..=(1 << bits) - 1)
}

/// A range, checked.
pub(super) struct Bounds {
    low: i64,
    high: i64,
    /// N: at most 2^41.
    span: u64,
}

impl Bounds {
    pub(super) fn new(key: &PublicKey, range: &RangeInclusive<i64>) -> Result<Self> {
        let (low, high) = (*range.start(), *range.end());
        let bound = key.params().decode_bound();
        if low >= high || low.unsigned_abs() > bound || high.unsigned_abs() > bound {
            return Err(RANGE);
        }
        Ok(Self { low, high, span: low.abs_diff(high) })
    }

    /// Refuses integers outside.
    ///
    /// # Timing
    /// Constant in the integer.
    fn check(&self, value: i64) -> Result<()> {
        // Below the range it wraps to 2^63 - 2^40 at least, which is above any span.
        let distance = value.wrapping_sub(self.low).cast_unsigned();
        match declassify(distance.ct_gt(&self.span)) {
            true => Err(Error::new(ErrorKind::OutOfRange, "plaintext: not within the range")),
            false => Ok(()),
        }
    }

    /// How many digits there are.
    fn len(&self) -> usize {
        usize::try_from(self.top() + 1).expect("at most 42")
    }

    /// The place of the last digit.
    fn top(&self) -> u32 {
        self.span.ilog2()
    }

    /// What a digit counts.
    pub(super) fn weight(&self, at: usize) -> u64 {
        if at + 1 == self.len() { self.span - ((1 << self.top()) - 1) } else { 1 << at }
    }

    /// The digits of an integer within the range, lowest first.
    ///
    /// # Timing
    /// Constant in the integer.
    pub(super) fn digits(&self, value: i64) -> Zeroizing<Vec<i64>> {
        let last = self.len() - 1;
        let distance = value.wrapping_sub(self.low).cast_unsigned();
        let is_high = (distance >> self.top()).ct_eq(&1);
        let rest = distance.wrapping_sub(u64::conditional_select(&0, &self.weight(last), is_high));
        let lower = (0..last).map(|at| (rest >> at & 1).cast_signed());
        Zeroizing::new(lower.chain([i64::from(is_high.unwrap_u8())]).collect())
    }

    /// The context of one digit: that of the whole, and the place.
    fn context(&self, context: &Context, key: &PublicKey, whole: &Encoded, at: usize) -> Context {
        let mut transcript = context.transcript("veilkit v1 elgamal range proof");
        transcript.append("key", key.id().as_bytes());
        whole.append_to(&mut transcript);
        transcript
            .append("low", &self.low.to_le_bytes())
            .append("high", &self.high.to_le_bytes())
            .append_u64("digit", at as u64);
        Context::new(&transcript.digest())
    }

    /// The whole less the low end and less the upper digits, each times its weight.
    fn lowest_digit(&self, key: &PublicKey, whole: &Ciphertext, upper: &[(Point, Point)]) -> Ciphertext {
        let weights: Vec<Scalar> = (1..=upper.len()).map(|at| Scalar::from_u64(self.weight(at))).collect();
        let rest = |part: fn(&(Point, Point)) -> Point| {
            Point::multi_mul_vartime(&weights, &upper.iter().map(part).collect::<Vec<_>>())
        };
        let (blinder, payload) = whole.points();
        let start = Point::mul_generator(&scalar(self.low));
        Ciphertext::new(blinder - rest(|digit| digit.0), payload - start - rest(|digit| digit.1), key)
    }
}

/// `digits u8 | two points [32] for each digit but the lowest | a bit proof for each digit`
impl Encode for RangeProof {
    const KIND: Kind = Kind::ElGamalAdditiveRangeProof;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        1 + self.upper.len() * Ciphertext::ENCODED_LEN + self.proofs.len() * BitProof::LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.u8(u8::try_from(self.proofs.len()).expect("at most 42"));
        for (blinder, payload) in &self.upper {
            blinder.write(out);
            payload.write(out);
        }
        self.proofs.iter().for_each(|proof| proof.write(out));
    }
}

impl Decode for RangeProof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let bits = usize::from(body.u8("range proof: digits")?);
        if !(1..=Self::MAX_BITS).contains(&bits) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "range proof: digits"));
        }
        let point = |body: &mut Reader<'_>| Point::read(body, "range proof: digit");
        let upper = (1..bits).map(|_| Ok((point(body)?, point(body)?))).collect::<Result<_>>()?;
        let proofs = (0..bits).map(|_| BitProof::read(body)).collect::<Result<_>>()?;
        Ok(Self { upper, proofs })
    }
}
