//! Numbers that come with a proof of their range, so that nobody submits minus a billion to a sum.
//!
//! ```text
//! public facts (see `wire`) | range: scale u32, low i128, high i128
//! | ciphertexts of bits: each number's, in the order of the weights
//! | challenge, 16 bytes | for each bit: e_0, 16 bytes | z_0 | z_1, modulus_bits / 16 + 32 bytes each
//! ```
use core::fmt;

use rand_core::CryptoRng;

use super::array::EncryptedArray;
use super::ciphertext::Ciphertext;
use super::keys::PublicKey;
use super::plain::PlainArray;
use super::proofs::bits::BitProofs;
use super::proofs::range::Range;
use super::wire;
use crate::bigint::{Residue, limbs};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map};
use crate::shape::Shape;
use crate::transcript::Transcript;

/// Encrypted numbers with the proof that each lies in a public range, exactly, without slack.
///
/// A number is sent as the encrypted bits of its distance from the lower end, with the proof that they are bits; the
/// array of numbers is computed from them by whoever checks the proof, so there is no array without a check.
///
/// # Units
/// For each number `ceil(log2(high - low + 1))` bits, and for each bit 848 bytes at 2048 bits of the modulus, 1,232 at 3072,
/// 1,616 at 4096.
///
/// # Security
/// The key must be one's own, or decoded as a [`ProvenPublicKey`](super::ProvenPublicKey). A proof holds for one key, shape,
/// scale, range and context only. Put into the context what names the session, the sender and the column: who repeats
/// another's submission under the same context repeats another's numbers.
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// # use rand_chacha::rand_core::SeedableRng;
/// # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
/// use veilkit::codec::{Decode, Encode};
/// use veilkit::paillier::{Keypair, Params, ParamsSpec, PlainArray, Range, Submission};
/// use veilkit::shape::Shape;
///
/// let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
/// let (public, secret) = Keypair::generate(params, rng)?.into_parts();
/// let ages = PlainArray::integers(&params, &Shape::new(&[2])?, &[41, 97])?;
/// let range = Range::integers(0, 127)?;
/// let sent = Submission::encrypt(&public, &ages, &range, b"study 7, hospital 2, age", rng, &mut ())?.to_bytes();
///
/// let received = Submission::from_bytes(&sent, &public)?;
/// let array = received.verify(&range, b"study 7, hospital 2, age", &mut ())?;
/// assert_eq!(*array.sum(None, &mut ())?.decrypt_integers(&secret, &mut ())?, [138]);
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// \[LAN02\] §5 for the weights; \[CDS94\] §4 for the proofs of bits.
#[derive(Clone)]
pub struct Submission {
    key: PublicKey,
    shape: Shape,
    range: Range,
    bits: Vec<Ciphertext>,
    proof: BitProofs,
}

impl Submission {
    /// Encrypts numbers and proves that they lie in the range.
    ///
    /// # Errors
    /// `OutOfRange` if any value does not; `ParamsMismatch` if integers meet a range of fixed-point numbers or the other way
    /// round; `HeadroomExhausted` if the range does not fit the key; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the values; varies with their number and the range.
    pub fn encrypt(
        key: &PublicKey,
        values: &PlainArray,
        range: &Range,
        context: &[u8],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if values.scale() != range.scale() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "range: another scale than the values"));
        }
        range.format().within(key.params())?;
        let bits = range.decompose(values.values())?;
        let statement = statement(values.shape(), range, context);
        let (bits, proof) = BitProofs::encrypt(key, &bits, statement, rng, observer)?;
        Ok(Self { key: key.clone(), shape: values.shape().clone(), range: *range, bits, proof })
    }

    /// Checks that the range is the expected one and that every number lies in it, and gives the numbers.
    ///
    /// # Errors
    /// `ParamsMismatch` for another range; `VerificationFailed`; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Varies with the submission, which is public.
    pub fn verify(
        &self,
        range: &Range,
        context: &[u8],
        observer: &mut dyn Observer,
    ) -> Result<EncryptedArray> {
        if self.range != *range {
            return Err(Error::new(ErrorKind::ParamsMismatch, "range: not the expected one"));
        }
        self.proof.verify_vartime(&self.key, &self.bits, statement(&self.shape, range, context), observer)?;
        let (modulus, weights) = (self.key.n_squared(), range.weights());
        let weights: Vec<_> =
            weights.iter().map(|weight| limbs::from_le_bytes(&weight.to_le_bytes())).collect();
        let low = super::Plaintext::from_i128(range.low(), &self.key);
        let low = self.key.message_factor(&low);
        let numbers: Vec<&[Ciphertext]> = self.bits.chunks(weights.len()).collect();
        let ciphertexts = try_map(&numbers, observer, |bits| {
            let powers: Vec<(&Residue, &[u64])> =
                bits.iter().zip(&weights).map(|(bit, weight)| (bit.value(), &weight[..])).collect();
            let sum = modulus.multi_pow_vartime(&powers);
            Ok(Ciphertext::from_unit(modulus.mul(&sum, &low), &self.key))
        })?;
        let format = range.format();
        EncryptedArray::from_ciphertexts(&self.key, &self.shape, ciphertexts, format.scale, format.bound)
    }

    /// The key that the numbers are encrypted under.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The shape of the numbers.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The range that the sender claims: compare before [`Submission::verify`], which takes long.
    pub fn range(&self) -> &Range {
        &self.range
    }
}

/// What the proof is bound to beside the key and the ciphertexts.
fn statement(shape: &Shape, range: &Range, context: &[u8]) -> Transcript {
    let mut transcript = Transcript::new("veilkit v1 paillier range proof");
    let mut bytes = Writer::with_capacity(Range::ENCODED_LEN);
    range.write(&mut bytes);
    transcript
        .append("context", context)
        .append("range", &bytes.into_bytes())
        .append_u64("axes", shape.extents().len() as u64);
    for extent in shape.extents() {
        transcript.append_u64("extent", *extent as u64);
    }
    transcript
}

impl Encode for Submission {
    const KIND: Kind = Kind::PaillierSubmission;

    fn params_id(&self) -> u32 {
        self.key.params().params_id()
    }

    fn body_len(&self) -> usize {
        wire::facts_len(&self.shape)
            + Range::ENCODED_LEN
            + wire::ciphertexts_len(&self.key, self.bits.len())
            + BitProofs::encoded_len(&self.key, self.bits.len())
    }

    fn write_body(&self, out: &mut Writer) {
        wire::write_facts(&self.key, &self.shape, self.range.format(), out);
        self.range.write(out);
        wire::write_ciphertexts(&self.key, &self.bits, out);
        self.proof.write(out);
    }
}

/// Checks everything but the proof: that needs the context ([`Submission::verify`]).
impl Decode<&PublicKey> for Submission {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        const COUNT: Error = Error::new(ErrorKind::InvalidEncoding, "submission: number of bits");
        let (shape, format) = wire::read_facts(body, key)?;
        let range = Range::read(body)?;
        if range.format() != format {
            return Err(Error::new(ErrorKind::InvalidEncoding, "submission: bound is not that of the range"));
        }
        let count = shape.len().checked_mul(range.weights().len()).ok_or(COUNT)?;
        let len = key.params().ciphertext_bytes() + BitProofs::response_len(key);
        if count.checked_mul(len).is_none_or(|bytes| bytes > body.remaining()) {
            return Err(COUNT);
        }
        let bits = key.read_ciphertexts(body, count)?;
        let proof = BitProofs::read(key, count, body)?;
        Ok(Self { key: key.clone(), shape, range, bits, proof })
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("shape", &self.shape.extents())
            .field("range", &self.range)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{other_key, params, public_key, rng, secret_key};
    use super::*;
    use crate::codec::HEADER_LEN;

    const CONTEXT: &[u8] = b"session 1, party 2";

    fn numbers(values: &[i64]) -> PlainArray {
        PlainArray::integers(&params(), &Shape::new(&[values.len()]).unwrap(), values).unwrap()
    }

    fn range() -> Range {
        Range::integers(-2, 3).unwrap()
    }

    fn submission(values: &[i64]) -> Submission {
        Submission::encrypt(public_key(), &numbers(values), &range(), CONTEXT, &mut rng(21), &mut ()).unwrap()
    }

    fn outcome(submission: &Submission, range: &Range, context: &[u8]) -> Option<ErrorKind> {
        submission.verify(range, context, &mut ()).err().map(|error| error.kind())
    }

    #[test]
    fn every_number_of_the_range_is_accepted_and_comes_back() {
        let values = [-2, -1, 0, 1, 2, 3];
        let bytes = submission(&values).to_bytes();
        let received = Submission::from_bytes(&bytes, public_key()).unwrap();
        assert_eq!(*received.to_bytes(), *bytes);
        let array = received.verify(&range(), CONTEXT, &mut ()).unwrap();
        assert_eq!(array.bound(), crate::paillier::Magnitude::new(3));
        let decrypted = array.decrypt_integers(secret_key(), &mut ()).unwrap();
        assert!(decrypted.iter().copied().eq(values.map(i128::from)));
    }

    #[test]
    fn fixed_point_numbers_keep_their_scale() {
        let range = Range::fixed_point(&params(), 0.0, 2.5).unwrap();
        let shape = Shape::default();
        let values = PlainArray::fixed_point(&params(), &shape, &[1.25]).unwrap();
        let sent =
            Submission::encrypt(public_key(), &values, &range, CONTEXT, &mut rng(22), &mut ()).unwrap();
        let array = sent.verify(&range, CONTEXT, &mut ()).unwrap();
        assert_eq!(*array.decrypt(secret_key(), &mut ()).unwrap(), [1.25]);
    }

    #[test]
    fn numbers_outside_are_refused() {
        for value in [-1_000_000_000, -3, 4, i64::MAX, i64::MIN] {
            let list = numbers(&[0, value]);
            let error = Submission::encrypt(public_key(), &list, &range(), CONTEXT, &mut rng(23), &mut ())
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutOfRange);
        }
        let real = PlainArray::fixed_point(&params(), &Shape::default(), &[1.0]).unwrap();
        let error = Submission::encrypt(public_key(), &real, &range(), CONTEXT, &mut rng(23), &mut ());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::ParamsMismatch);
    }

    #[test]
    fn proofs_hold_for_one_statement() {
        let sent = submission(&[1, 3]);
        assert_eq!(outcome(&sent, &range(), CONTEXT), None);
        assert_eq!(outcome(&sent, &range(), b"session 2, party 2"), Some(ErrorKind::VerificationFailed));
        assert_eq!(outcome(&sent, &range(), b"session 1, party 3"), Some(ErrorKind::VerificationFailed));
        // As many bits, other weights or another lower end.
        for (low, high) in [(-1, 4), (-2, 4)] {
            let other = Range::integers(low, high).unwrap();
            assert_eq!(outcome(&sent, &other, CONTEXT), Some(ErrorKind::ParamsMismatch));
            let moved = Submission { range: other, ..sent.clone() };
            assert_eq!(outcome(&moved, &other, CONTEXT), Some(ErrorKind::VerificationFailed));
        }
        let turned = Submission { shape: Shape::new(&[2, 1]).unwrap(), ..sent.clone() };
        assert_eq!(outcome(&turned, &range(), CONTEXT), Some(ErrorKind::VerificationFailed));
        let mut swapped = sent.clone();
        swapped.bits.swap(0, 1);
        assert_eq!(outcome(&swapped, &range(), CONTEXT), Some(ErrorKind::VerificationFailed));
        let foreign = Submission { key: other_key().public_key().clone(), ..sent.clone() };
        assert_eq!(outcome(&foreign, &range(), CONTEXT), Some(ErrorKind::VerificationFailed));
        let error = Submission::from_bytes(&sent.to_bytes(), other_key().public_key()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ParamsMismatch);
    }

    #[test]
    fn claims_must_fit_each_other() {
        let bytes = submission(&[1]).to_bytes();
        let facts = wire::facts_len(&Shape::new(&[1]).unwrap());
        for at in [HEADER_LEN + facts - 12, HEADER_LEN + facts + 4, HEADER_LEN + facts + 20] {
            let mut changed = bytes.to_vec();
            changed[at] ^= 8;
            let error = Submission::from_bytes(&changed, public_key()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidEncoding, "{at}");
        }
    }

    #[test]
    fn no_numbers_need_no_bits() {
        let sent = submission(&[]);
        let again = Submission::from_bytes(&sent.to_bytes(), public_key()).unwrap();
        assert!(again.verify(&range(), CONTEXT, &mut ()).unwrap().ciphertexts().is_empty());
        assert_eq!(outcome(&again, &range(), b""), Some(ErrorKind::VerificationFailed));
    }
}
