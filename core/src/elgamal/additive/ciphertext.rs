//! Ciphertexts, and the operations on single ones.
//!
//! Letters: G generator, Y = x G public key, r randomizer, m plaintext; a ciphertext is `(r G, r Y + m G)`.
use core::fmt;
use std::sync::OnceLock;

use rand_core::CryptoRng;
use subtle::ConstantTimeGreater;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::discrete_log::{DiscreteLog, scalar};
use super::keys::{KeyId, PublicKey, SecretKey};
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::fixed_point;
use crate::group::{Point, Scalar, ShortMultiples};
use crate::magnitude::Magnitude;
use crate::progress::Observer;
use crate::secret::{declassify, published};
use crate::transcript::Transcript;

/// An encrypted integer.
#[derive(Clone, Copy)]
pub struct Ciphertext {
    /// r G.
    pub(super) blinder: Point,
    /// r Y + m G.
    pub(super) payload: Point,
    key: KeyId,
}

/// The secret randomness of one ciphertext: a uniformly random scalar, used once. Wiped when dropped.
///
/// Whoever knows it can read the ciphertext, and can prove things about it.
pub struct Randomizer(Zeroizing<Scalar>);

impl Randomizer {
    /// Draws one.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        Self(Zeroizing::new(Scalar::random(rng)))
    }

    /// A randomizer that was computed from others.
    pub(super) fn from_scalar(scalar: Scalar) -> Self {
        Self(Zeroizing::new(scalar))
    }

    pub(super) fn scalar(&self) -> &Scalar {
        &self.0
    }
}

impl ZeroizeOnDrop for Randomizer {}

impl fmt::Debug for Randomizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomizer(..)")
    }
}

impl Ciphertext {
    /// The bytes of an encoded ciphertext.
    pub const ENCODED_LEN: usize = 2 * Point::ENCODED_LEN;

    pub(super) fn new(blinder: Point, payload: Point, key: &PublicKey) -> Self {
        Self { blinder, payload, key: key.id() }
    }

    /// What other software encrypted under this key, `r G` and `r Y + m G`.
    ///
    /// # Errors
    /// `OutOfRange` for a neutral first element, which hides nothing.
    pub fn from_points(key: &PublicKey, blinder: Point, payload: Point) -> Result<Self> {
        if blinder.is_identity().into() {
            return Err(Error::new(ErrorKind::OutOfRange, "ciphertext: first element"));
        }
        Ok(Self::new(blinder, payload, key))
    }

    /// The key that it belongs to.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The two group elements `r G` and `r Y + m G`.
    pub fn points(&self) -> (Point, Point) {
        (self.blinder, self.payload)
    }

    /// Writes [`Ciphertext::ENCODED_LEN`] bytes.
    pub(super) fn write(&self, out: &mut Writer) {
        self.blinder.write(out);
        self.payload.write(out);
    }

    /// Reads a ciphertext of `key`.
    ///
    /// # Errors
    /// `InvalidEncoding`, also for a neutral first element, which hides nothing.
    pub(super) fn read(body: &mut Reader<'_>, key: &PublicKey) -> Result<Self> {
        let blinder = Point::read_nonidentity(body, "ciphertext: first element")?;
        Ok(Self::new(blinder, Point::read(body, "ciphertext: second element")?, key))
    }
}

/// A ciphertext with the standard encodings of its points.
pub(super) struct Encoded {
    pub(super) ciphertext: Ciphertext,
    pub(super) blinder: [u8; Point::ENCODED_LEN],
    pub(super) payload: [u8; Point::ENCODED_LEN],
}

impl Encoded {
    pub(super) fn new(ciphertext: &Ciphertext) -> Self {
        let (blinder, payload) = (ciphertext.blinder.to_bytes(), ciphertext.payload.to_bytes());
        Self { ciphertext: *ciphertext, blinder, payload }
    }

    /// Binds a transcript to the ciphertext.
    pub(super) fn append_to(&self, transcript: &mut Transcript) {
        transcript.append("blinder", &self.blinder).append("payload", &self.payload);
    }
}

impl PartialEq for Ciphertext {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.blinder == other.blinder && self.payload == other.payload
    }
}

impl Eq for Ciphertext {}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::additive::Ciphertext").field("key", &self.key).finish_non_exhaustive()
    }
}

/// `m G` for the integers that any key allows.
pub(super) fn encoded(value: i64, bits: u32) -> Point {
    static TABLE: OnceLock<ShortMultiples> = OnceLock::new();
    let table = || ShortMultiples::new(&Point::generator(), DiscreteLog::MAX_BOUND.ilog2());
    TABLE.get_or_init(table).mul(value, bits)
}

/// `m / 2 G` for a bit m.
fn half_encoded(bit: i64) -> Point {
    static TABLE: OnceLock<ShortMultiples> = OnceLock::new();
    let table = || ShortMultiples::new(&Point::mul_generator(&Scalar::ONE.half()), 1);
    TABLE.get_or_init(table).mul(bit, 1)
}

/// # Single ciphertexts
///
/// Operations refuse ciphertexts of another key with `ParamsMismatch`. They do not follow how large the result may
/// become: [`EncryptedArray`](super::EncryptedArray) does.
impl PublicKey {
    /// Encrypts an integer.
    ///
    /// # Errors
    /// `OutOfRange` above the decode bound of the parameters.
    /// # Timing
    /// Constant in the integer.
    pub fn encrypt(&self, value: i64, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.encrypt_with(value, &Randomizer::random(rng))
    }

    /// Encrypts an integer with a randomizer that the caller keeps for a proof.
    ///
    /// # Errors
    /// As [`PublicKey::encrypt`].
    /// # Timing
    /// Constant in integer and randomizer.
    /// # Security
    /// One randomizer, one ciphertext: two that share it tell the difference of their integers.
    pub fn encrypt_with(&self, value: i64, randomizer: &Randomizer) -> Result<Ciphertext> {
        self.check_value(value)?;
        Ok(self.encrypt_unchecked(value, self.params().decode_bits(), randomizer))
    }

    /// Encrypts an integer of at most `2^bits`, at most the decode bound.
    pub(super) fn encrypt_unchecked(&self, value: i64, bits: u32, randomizer: &Randomizer) -> Ciphertext {
        let blinder = Point::mul_generator(randomizer.scalar());
        let payload = self.table().mul(randomizer.scalar()) + encoded(value, bits);
        Ciphertext::new(blinder, payload, self)
    }

    /// Encrypts bits, and encodes the ciphertexts: from the halves of their points, for then they share an inversion.
    pub(super) fn encrypt_bits(&self, bits: &[i64], randomizers: &[Randomizer]) -> Vec<Encoded> {
        let halves = bits.iter().zip(randomizers).flat_map(|(bit, randomizer)| {
            let half = Zeroizing::new(randomizer.scalar().half());
            [Point::mul_generator(&half), self.table().mul(&half) + half_encoded(*bit)]
        });
        let halves: Vec<Point> = halves.collect();
        let encodings = Point::encode_doubles(&halves);
        let one = |(halves, encodings): (&[Point; 2], &[[u8; Point::ENCODED_LEN]; 2])| {
            let ciphertext = Ciphertext::new(halves[0].double(), halves[1].double(), self);
            Encoded { ciphertext, blinder: encodings[0], payload: encodings[1] }
        };
        halves.as_chunks().0.iter().zip(encodings.as_chunks().0).map(one).collect()
    }

    /// The sum.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn add(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.check_ciphertexts([a, b])?;
        Ok(Ciphertext::new(a.blinder + b.blinder, a.payload + b.payload, self))
    }

    /// The difference.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn sub(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.check_ciphertexts([a, b])?;
        Ok(Ciphertext::new(a.blinder - b.blinder, a.payload - b.payload, self))
    }

    /// The negative.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn neg(&self, a: &Ciphertext) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        Ok(Ciphertext::new(-a.blinder, -a.payload, self))
    }

    /// The sum of many; an encryption of zero without randomness for none.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn sum<'a>(&self, list: impl IntoIterator<Item = &'a Ciphertext>) -> Result<Ciphertext> {
        let zero = Ciphertext::new(Point::identity(), Point::identity(), self);
        list.into_iter().try_fold(zero, |sum, ciphertext| self.add(&sum, ciphertext))
    }

    /// The sum with a known integer.
    ///
    /// # Errors
    /// `ParamsMismatch`; `OutOfRange` above the decode bound.
    /// # Timing
    /// Constant in the integer.
    pub fn add_plain(&self, a: &Ciphertext, value: i64) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        self.check_value(value)?;
        let payload = a.payload + encoded(value, self.params().decode_bits());
        Ok(Ciphertext::new(a.blinder, payload, self))
    }

    /// The product with a known integer of at most `2^weight_bits` in absolute value.
    ///
    /// # Errors
    /// `ParamsMismatch`; `OutOfRange` for a larger weight, or for bits above the decode bound's.
    /// # Timing
    /// Constant in the weight; varies with `weight_bits`, which is public.
    pub fn mul_plain(&self, a: &Ciphertext, weight: i64, weight_bits: u32) -> Result<Ciphertext> {
        self.dot(&[a], &[weight], weight_bits)
    }

    /// [`PublicKey::mul_plain`] for a public weight.
    ///
    /// # Errors
    /// As [`PublicKey::mul_plain`].
    /// # Timing
    /// Varies with the weight.
    pub fn mul_plain_vartime(&self, a: &Ciphertext, weight: i64) -> Result<Ciphertext> {
        self.dot(&[a], &[weight], Magnitude::new(weight.unsigned_abs().into()).ceil_log2())
    }

    /// The sum of ciphertexts, each times its integer of at most `2^weight_bits` in absolute value.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many weights; as [`PublicKey::mul_plain`].
    /// # Timing
    /// Constant in the weights; varies with their number and `weight_bits`.
    pub fn dot(&self, list: &[&Ciphertext], weights: &[i64], weight_bits: u32) -> Result<Ciphertext> {
        self.check_terms(list, weights)?;
        let limit = 1_u64.checked_shl(weight_bits).filter(|_| weight_bits <= self.params().decode_bits());
        let limit = limit.ok_or(Error::new(ErrorKind::OutOfRange, "weight_bits: above the decode bound"))?;
        check_magnitudes(weights, limit, "weight: above its announced size")?;
        Ok(self.combine(list, |points| Point::multi_mul_short(weights, points, weight_bits)))
    }

    /// [`PublicKey::dot`] for public weights.
    ///
    /// # Errors
    /// As [`PublicKey::dot`].
    /// # Timing
    /// Varies with the weights.
    pub fn dot_vartime(&self, list: &[&Ciphertext], weights: &[i64]) -> Result<Ciphertext> {
        self.check_terms(list, weights)?;
        check_magnitudes(weights, self.params().decode_bound(), "weight: above the decode bound")?;
        let magnitudes: Vec<Scalar> = weights.iter().map(|w| Scalar::from_u64(w.unsigned_abs())).collect();
        let signed = |(weight, point): (&i64, &Point)| if *weight < 0 { -*point } else { *point };
        Ok(self.combine(list, |points| {
            let points: Vec<Point> = weights.iter().zip(points).map(signed).collect();
            Point::multi_mul_vartime(&magnitudes, &points)
        }))
    }

    /// The same plaintext under fresh randomness: the result cannot be linked to the ciphertext.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn rerandomize(&self, a: &Ciphertext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.rerandomize_with(a, &Randomizer::random(rng))
    }

    /// [`PublicKey::rerandomize`] with a randomizer that the caller keeps for a proof.
    ///
    /// # Errors
    /// `ParamsMismatch`.
    pub fn rerandomize_with(&self, a: &Ciphertext, randomizer: &Randomizer) -> Result<Ciphertext> {
        self.check_ciphertexts([a])?;
        let blinder = a.blinder + Point::mul_generator(randomizer.scalar());
        Ok(Ciphertext::new(blinder, a.payload + self.table().mul(randomizer.scalar()), self))
    }

    fn combine(&self, list: &[&Ciphertext], sum: impl Fn(&[Point]) -> Point) -> Ciphertext {
        let blinders: Vec<Point> = list.iter().map(|c| c.blinder).collect();
        let payloads: Vec<Point> = list.iter().map(|c| c.payload).collect();
        Ciphertext::new(sum(&blinders), sum(&payloads), self)
    }

    fn check_terms(&self, list: &[&Ciphertext], weights: &[i64]) -> Result<()> {
        if list.len() != weights.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "weights: not as many as ciphertexts"));
        }
        self.check_ciphertexts(list.iter().copied())
    }

    fn check_value(&self, value: i64) -> Result<()> {
        check_magnitudes(&[value], self.params().decode_bound(), "plaintext: above the decode bound")
    }

    /// Refuses ciphertexts of another key.
    pub(super) fn check_ciphertexts<'a>(&self, list: impl IntoIterator<Item = &'a Ciphertext>) -> Result<()> {
        list.into_iter().try_for_each(|c| self.check(c.key, "ciphertext: made under another key"))
    }
}

/// Refuses integers above `limit` in absolute value; all are read before it is told.
fn check_magnitudes(values: &[i64], limit: u64, what: &'static str) -> Result<()> {
    let above = |value: &i64| fixed_point::absolute((*value).into()).1.ct_gt(&limit.into());
    match declassify(values.iter().map(above).fold(0.into(), |bad, above| bad | above)) {
        true => Err(Error::new(ErrorKind::OutOfRange, what)),
        false => Ok(()),
    }
}

impl SecretKey {
    /// The integer, if it is within the decode bound.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `OutOfRange` when it is beyond; `Cancelled` when the observer stops the search.
    /// # Timing
    /// Constant in the key. **Varies with the integer**, see [`DiscreteLog`]: decrypt where the result may be known.
    /// # Security
    /// Whoever can have ciphertexts of their choice decrypted can read every other: decrypt only what comes from those
    /// whom one trusts to compute, or what carries a proof.
    pub fn decrypt(&self, ciphertext: &Ciphertext, observer: &mut dyn Observer) -> Result<i64> {
        self.decrypt_within(ciphertext, self.public_key().params().decode_bound(), observer)
    }

    /// As [`SecretKey::decrypt`], with a tighter bound.
    pub(super) fn decrypt_within(
        &self,
        ciphertext: &Ciphertext,
        bound: u64,
        observer: &mut dyn Observer,
    ) -> Result<i64> {
        let point = self.message_point(ciphertext)?;
        DiscreteLog::shared().find_vartime(&point, bound, observer)
    }

    /// Whether the ciphertext holds this integer, without a search.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `DecryptionFailed` when it holds another.
    /// # Timing
    /// Constant in the key and the integers.
    pub fn check_plaintext(&self, ciphertext: &Ciphertext, value: i64) -> Result<()> {
        use subtle::ConstantTimeEq;
        self.public_key().check_ciphertexts([ciphertext])?;
        let point = ciphertext.payload - ciphertext.blinder * *self.scalar();
        match declassify(point.ct_eq(&Point::mul_generator(&scalar(value)))) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::DecryptionFailed, "ciphertext: holds another integer")),
        }
    }

    /// m G, which the search is about to open.
    fn message_point(&self, ciphertext: &Ciphertext) -> Result<Point> {
        self.public_key().check_ciphertexts([ciphertext])?;
        let point = ciphertext.payload - ciphertext.blinder * *self.scalar();
        Point::from_bytes(&published(point.to_bytes()), "result")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{other_key, rng, secret_key};
    use super::*;

    fn key() -> &'static PublicKey {
        secret_key().public_key()
    }

    fn encrypted(value: i64) -> Ciphertext {
        key().encrypt(value, &mut rng("ciphertext")).unwrap()
    }

    fn decrypted(ciphertext: &Ciphertext) -> i64 {
        secret_key().decrypt(ciphertext, &mut ()).unwrap()
    }

    #[test]
    fn operations_follow_the_integers() {
        for (a, b) in [(5, 7), (-5, 7), (0, -1), (1 << 31, 1 << 31), (-1_000_000, 999_999)] {
            let (x, y) = (encrypted(a), key().encrypt(b, &mut rng("other")).unwrap());
            assert_eq!(decrypted(&x), a);
            assert_eq!(decrypted(&key().add(&x, &y).unwrap()), a + b);
            assert_eq!(decrypted(&key().sub(&x, &y).unwrap()), a - b);
            assert_eq!(decrypted(&key().neg(&x).unwrap()), -a);
            assert_eq!(decrypted(&key().add_plain(&x, -b).unwrap()), a - b);
            let again = key().rerandomize(&x, &mut rng("again")).unwrap();
            assert!(again != x && decrypted(&again) == a);
        }
        assert_eq!(decrypted(&key().sum([]).unwrap()), 0);
    }

    #[test]
    fn weights_of_either_kind_agree() {
        let list = [3, -5, 1000, 0].map(encrypted);
        let list: Vec<&Ciphertext> = list.iter().collect();
        for weights in [[1, 2, 3, 4], [-7, 0, 65_536, 1], [0, 0, -1, 1 << 20]] {
            let expected = 3 * weights[0] - 5 * weights[1] + 1000 * weights[2];
            assert_eq!(decrypted(&key().dot(&list, &weights, 20).unwrap()), expected);
            assert_eq!(decrypted(&key().dot_vartime(&list, &weights).unwrap()), expected);
            assert_eq!(decrypted(&key().mul_plain(list[2], weights[2], 20).unwrap()), 1000 * weights[2]);
            assert_eq!(decrypted(&key().mul_plain_vartime(list[2], weights[2]).unwrap()), 1000 * weights[2]);
        }
    }

    #[test]
    fn misuse_is_refused() {
        let (a, foreign) = (encrypted(1), other_key().public_key().encrypt(1, &mut rng("foreign")).unwrap());
        let kind = |result: Result<Ciphertext>| result.unwrap_err().kind();
        assert_eq!(kind(key().add(&a, &foreign)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(key().dot(&[&a, &foreign], &[1, 1], 3)), ErrorKind::ParamsMismatch);
        assert_eq!(secret_key().decrypt(&foreign, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
        assert_eq!(kind(key().dot(&[&a], &[1, 1], 3)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(key().mul_plain(&a, 9, 3)), ErrorKind::OutOfRange);
        assert_eq!(kind(key().mul_plain(&a, 9, 41)), ErrorKind::OutOfRange);
        for beyond in [(1 << 32) + 1, -(1 << 32) - 1, i64::MAX, i64::MIN] {
            assert_eq!(kind(key().encrypt(beyond, &mut rng("beyond"))), ErrorKind::OutOfRange);
            assert_eq!(kind(key().add_plain(&a, beyond)), ErrorKind::OutOfRange);
            assert_eq!(kind(key().mul_plain_vartime(&a, beyond)), ErrorKind::OutOfRange);
            assert_eq!(kind(key().dot_vartime(&[&a], &[beyond])), ErrorKind::OutOfRange);
        }
        let top = encrypted(1 << 32);
        let beyond = key().add_plain(&top, 1).unwrap();
        assert_eq!(secret_key().decrypt(&beyond, &mut ()).unwrap_err().kind(), ErrorKind::OutOfRange);
        secret_key().check_plaintext(&beyond, (1 << 32) + 1).unwrap();
        let wrong = secret_key().check_plaintext(&beyond, 1 << 32).unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::DecryptionFailed);
    }

    #[test]
    fn the_ciphertext_is_the_textbooks() {
        let randomizer = Randomizer(Zeroizing::new(Scalar::from_u64(77)));
        let (blinder, payload) = key().encrypt_with(-5, &randomizer).unwrap().points();
        assert!(blinder == Point::generator() * Scalar::from_u64(77));
        let again = Ciphertext::from_points(key(), blinder, payload).unwrap();
        assert_eq!(secret_key().decrypt(&again, &mut ()), Ok(-5));
        let bare = Ciphertext::from_points(key(), Point::identity(), payload);
        assert_eq!(bare.unwrap_err().kind(), ErrorKind::OutOfRange);
        assert!(payload == key().point() * Scalar::from_u64(77) - Point::generator() * Scalar::from_u64(5));
    }
}
