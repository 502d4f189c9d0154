//! Proofs about every element of an array, with the system's randomness, and the check of many at once.
use core::ops::RangeInclusive;

pub use veilkit::elgamal::additive::proofs::{
    BitProof, Context, Equations, LinearFunction, Proof, RangeProof,
};
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    codec::{Encode, Reader},
    elgamal::additive::{Ciphertext, Opening, Randomizer, proofs},
    field::Field,
    group::{Point, Scalar},
    progress::{Observer, try_map_in_steps},
    shape::Shape,
};

use super::{EncryptedArray, PlainArray, PublicKey, SecretKey};
use crate::random::OsRandom;
use zeroize::Zeroizing;

/// Proofs made, or batches checked, between two questions to the observer, for each core.
const STEP: usize = 4;
/// Proofs that share a sum.
const BATCH: usize = 32;

/// The session in which a proof counts, and the party that proves.
///
/// # Errors
/// `OutOfRange` for party 0.
pub fn context(session: &[u8], party: u16) -> Result<Context> {
    Ok(Context::new(session).by(PartyId::new(party)?))
}

/// A fresh array, and what its maker needs to prove things about it.
pub struct Opened {
    array: EncryptedArray,
    opening: Opening,
}

impl Opened {
    /// As [`EncryptedArray::encrypt_opening`].
    ///
    /// # Errors
    /// As there.
    pub fn encrypt(
        key: &PublicKey,
        values: &PlainArray,
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let (array, opening) = EncryptedArray::encrypt_opening(key, values, rng, observer)?;
        Ok(Self { array, opening })
    }

    /// The array.
    pub fn array(&self) -> &EncryptedArray {
        &self.array
    }

    /// That the maker knows what is encrypted: [`proofs::prove_plaintext`] for each element.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn prove_plaintexts(
        &self,
        context: &Context,
        rng: &OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Proof>> {
        self.each(rng, observer, |key, ciphertext, value, randomizer, rng| {
            proofs::prove_plaintext(key, ciphertext, value, randomizer, context, rng)
        })
    }

    /// What is encrypted, which becomes public: [`proofs::prove_value`] for each element.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn prove_values(
        &self,
        context: &Context,
        rng: &OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Proof>> {
        self.each(rng, observer, |key, ciphertext, value, randomizer, rng| {
            proofs::prove_value(key, ciphertext, value, randomizer, context, rng)
        })
    }

    /// That each element is 0 or 1.
    ///
    /// # Errors
    /// As [`BitProof::prove_encrypted`]; `Cancelled`.
    pub fn prove_bits(
        &self,
        context: &Context,
        rng: &OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Vec<BitProof>> {
        self.each(rng, observer, |key, ciphertext, value, randomizer, rng| {
            BitProof::prove_encrypted(key, ciphertext, value, randomizer, context, rng)
        })
    }

    /// That each element is within a range.
    ///
    /// # Errors
    /// As [`RangeProof::prove`]; `Cancelled`.
    pub fn prove_ranges(
        &self,
        range: &RangeInclusive<i64>,
        context: &Context,
        rng: &OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Vec<RangeProof>> {
        self.each(rng, observer, |key, ciphertext, value, randomizer, rng| {
            RangeProof::prove(key, ciphertext, value, randomizer, range.clone(), context, rng)
        })
    }

    /// That another array holds the same, element by element: [`proofs::prove_equal_plaintexts`]. Of arrays that do not the
    /// proofs do not hold.
    ///
    /// # Errors
    /// `ShapeMismatch` for another number of elements; `Cancelled`.
    pub fn prove_equal(
        &self,
        other: &Self,
        context: &Context,
        rng: &OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Proof>> {
        matching(self.opening.len(), other.opening.len())?;
        let pairs: Vec<_> = self.pairs().into_iter().zip(other.pairs()).collect();
        let keys = [self.array.public_key(), other.array.public_key()];
        try_map_in_steps(&pairs, STEP, observer, |((a, (value, r)), (b, (_, s)))| {
            let sides = [(keys[0], *a), (keys[1], *b)];
            proofs::prove_equal_plaintexts(sides, *value, [*r, *s], context, &mut rng.clone())
        })
    }

    fn pairs(&self) -> Vec<(&Ciphertext, (i64, &Randomizer))> {
        self.array.ciphertexts().iter().zip(self.opening.parts()).collect()
    }

    fn each<P: Send>(
        &self,
        rng: &OsRandom,
        observer: &mut dyn Observer,
        prove: impl Fn(&PublicKey, &Ciphertext, i64, &Randomizer, &mut OsRandom) -> Result<P> + Sync,
    ) -> Result<Vec<P>> {
        try_map_in_steps(&self.pairs(), STEP, observer, |(ciphertext, (value, randomizer))| {
            prove(self.array.public_key(), ciphertext, *value, randomizer, &mut rng.clone())
        })
    }
}

/// That the elements of an array are these integers, by the holder of the key: [`proofs::prove_decryption`] for each.
///
/// # Errors
/// `ParamsMismatch` for another key, or for means; `ShapeMismatch` for another number of integers; `Cancelled`.
pub fn prove_decryptions(
    key: &SecretKey,
    array: &EncryptedArray,
    values: &[i64],
    context: &Context,
    rng: &OsRandom,
    observer: &mut dyn Observer,
) -> Result<Vec<Proof>> {
    undivided(array)?;
    matching(array.ciphertexts().len(), values.len())?;
    let pairs: Vec<_> = array.ciphertexts().iter().zip(values).collect();
    try_map_in_steps(&pairs, STEP, observer, |(ciphertext, value)| {
        proofs::prove_decryption(key, ciphertext, **value, context, &mut rng.clone())
    })
}

/// An array encrypted to another key, unread, with the proofs: [`proofs::hand_over`] for each element.
///
/// # Errors
/// `ParamsMismatch` for another key, or for means; `HeadroomExhausted` if the bound does not fit the other key; `Cancelled`.
pub fn hand_over(
    key: &SecretKey,
    array: &EncryptedArray,
    to: &PublicKey,
    context: &Context,
    rng: &OsRandom,
    observer: &mut dyn Observer,
) -> Result<(EncryptedArray, Vec<Proof>)> {
    undivided(array)?;
    let handed = try_map_in_steps(array.ciphertexts(), STEP, observer, |ciphertext| {
        proofs::hand_over(key, ciphertext, to, context, &mut rng.clone())
    })?;
    let (ciphertexts, proofs) = handed.into_iter().unzip();
    Ok((fresh(to, array.shape(), ciphertexts, array)?, proofs))
}

/// An agreed linear function of the elements of an array of integers, rerandomized, with the proof that it is that function.
///
/// # Errors
/// As [`proofs::prove_linear`]; `HeadroomExhausted`; `ParamsMismatch` for fixed-point numbers.
pub fn linear(
    array: &EncryptedArray,
    function: &LinearFunction,
    context: &Context,
    rng: &mut OsRandom,
) -> Result<(EncryptedArray, Proof)> {
    integral(array)?;
    let key = array.public_key();
    // What the result is, with the bound that follows; the proof's ciphertext takes its place.
    let weights = PlainArray::integers_within(
        key.params(),
        &Shape::new(&[function.weights.len()])?,
        &function.weights,
        key.params().decode_bound(),
    )?;
    let offset = PlainArray::integers_within(
        key.params(),
        &Shape::default(),
        &[function.offset],
        function.offset.unsigned_abs(),
    )?;
    let flat = array.reshape(&Shape::new(&[array.shape().len()])?)?;
    let model = flat.dot_vartime(&weights, &mut ())?.add_plain(&offset, &mut ())?;
    let inputs: Vec<&Ciphertext> = array.ciphertexts().iter().collect();
    let (output, proof) = proofs::prove_linear(key, function, &inputs, context, rng)?;
    Ok((fresh(key, &Shape::default(), vec![output], &model)?, proof))
}

/// An element of the group, encoded.
pub type PointBytes = [u8; 32];

/// A secret scalar times two bases, with the proof that it is the same for both: [`proofs::prove_equal_logarithms`].
///
/// # Errors
/// `InvalidEncoding` for bytes that are no element or no scalar; `OutOfRange` for a neutral base.
pub fn equal_logarithms(
    bases: [&[u8]; 2],
    secret: &[u8],
    context: &Context,
    rng: &mut OsRandom,
) -> Result<([PointBytes; 2], Proof)> {
    let bases = points(bases, "base: not an element of ristretto255")?;
    let mut body = Reader::new(secret);
    let secret = Zeroizing::new(Scalar::read(&mut body, "secret: not a scalar of ristretto255")?);
    body.finish()?;
    let targets = bases.map(|base| base * *secret);
    let proof = proofs::prove_equal_logarithms(bases, targets, &secret, context, rng)?;
    Ok((targets.map(|target| target.to_bytes()), proof))
}

/// What must hold for a proof of [`equal_logarithms`].
///
/// # Errors
/// `InvalidEncoding` for bytes that are no element; as [`proofs::verify_equal_logarithms`].
pub fn claim_equal_logarithms(
    bases: [&[u8]; 2],
    targets: [&[u8]; 2],
    proof: &Proof,
    context: &Context,
) -> Result<Vec<Equations>> {
    let bases = points(bases, "base: not an element of ristretto255")?;
    let targets = points(targets, "target: not an element of ristretto255")?;
    Ok(vec![proofs::verify_equal_logarithms(bases, targets, proof, context)?])
}

fn points(encoded: [&[u8]; 2], what: &'static str) -> Result<[Point; 2]> {
    let read = |bytes: &[u8]| {
        let bytes = bytes.try_into().map_err(|_| Error::new(ErrorKind::InvalidEncoding, what))?;
        Point::from_bytes(bytes, what)
    };
    Ok([read(encoded[0])?, read(encoded[1])?])
}

/// Ciphertexts that were just randomized, as an array that leaves as it is, with the scale and bound of `like`.
fn fresh(
    key: &PublicKey,
    shape: &Shape,
    ciphertexts: Vec<Ciphertext>,
    like: &EncryptedArray,
) -> Result<EncryptedArray> {
    let array = EncryptedArray::from_ciphertexts(key, shape, ciphertexts, like.scale(), like.bound())?;
    EncryptedArray::from_bytes(&array.as_it_is().to_bytes(), key)
}

pub(super) fn matching(a: usize, b: usize) -> Result<()> {
    match a == b {
        true => Ok(()),
        false => {
            Err(Error::new(ErrorKind::ShapeMismatch, "array: not as many elements, integers and proofs"))
        }
    }
}

/// Refuses means, whose encrypted integers are other numbers than decryption gives.
pub(super) fn undivided(array: &EncryptedArray) -> Result<()> {
    match array.divisor() {
        1 => Ok(()),
        _ => Err(Error::new(ErrorKind::ParamsMismatch, "array: a mean; ask about the sum")),
    }
}

/// Refuses what is no integer, such as 1/256 at a scale of 8 bits.
fn integral(array: &EncryptedArray) -> Result<()> {
    match array.scale() {
        0 => undivided(array),
        _ => Err(Error::new(ErrorKind::ParamsMismatch, "array: fixed-point numbers, not integers")),
    }
}

/// # What must hold
///
/// For proofs about each element of an array: `ShapeMismatch` unless there are as many; `ParamsMismatch` for means, whose
/// encrypted integers are the sums.
pub struct Claims<'a> {
    /// What the proofs are about.
    pub array: &'a EncryptedArray,
    /// Where they count.
    pub context: &'a Context,
}

impl Claims<'_> {
    /// For [`Opened::prove_plaintexts`].
    ///
    /// # Errors
    /// As [`proofs::verify_plaintext`].
    pub fn plaintexts(&self, proofs: &[Proof]) -> Result<Vec<Equations>> {
        let key = self.array.public_key();
        self.each(proofs, |_, c, proof| proofs::verify_plaintext(key, c, proof, self.context))
    }

    /// For [`Opened::prove_values`].
    ///
    /// # Errors
    /// As [`proofs::verify_value`].
    pub fn values(&self, values: &[i64], proofs: &[Proof]) -> Result<Vec<Equations>> {
        matching(values.len(), proofs.len())?;
        let key = self.array.public_key();
        self.each(proofs, |at, c, proof| proofs::verify_value(key, c, values[at], proof, self.context))
    }

    /// For [`Opened::prove_bits`].
    ///
    /// # Errors
    /// As [`BitProof::equations`]; `ParamsMismatch` for fixed-point numbers.
    pub fn bits(&self, proofs: &[BitProof]) -> Result<Vec<Equations>> {
        integral(self.array)?;
        let key = self.array.public_key();
        self.each(proofs, |_, c, proof: &BitProof| proof.equations(key, c, self.context))
    }

    /// For [`Opened::prove_ranges`].
    ///
    /// # Errors
    /// As [`RangeProof::equations_within`].
    pub fn ranges(&self, range: &RangeInclusive<i64>, proofs: &[RangeProof]) -> Result<Vec<Equations>> {
        let key = self.array.public_key();
        self.each(proofs, |_, c, proof: &RangeProof| {
            proof.equations_within(key, c, range.clone(), self.context)
        })
    }

    /// For [`Opened::prove_equal`].
    ///
    /// # Errors
    /// As [`proofs::verify_equal_plaintexts`].
    pub fn equal(&self, other: &EncryptedArray, proofs: &[Proof]) -> Result<Vec<Equations>> {
        undivided(other)?;
        matching(other.ciphertexts().len(), proofs.len())?;
        let keys = [self.array.public_key(), other.public_key()];
        self.each(proofs, |at, c, proof| {
            let sides = [(keys[0], c), (keys[1], &other.ciphertexts()[at])];
            proofs::verify_equal_plaintexts(sides, proof, self.context)
        })
    }

    /// For [`prove_decryptions`].
    ///
    /// # Errors
    /// As [`proofs::verify_decryption`].
    pub fn decryptions(&self, values: &[i64], proofs: &[Proof]) -> Result<Vec<Equations>> {
        matching(values.len(), proofs.len())?;
        let key = self.array.public_key();
        self.each(proofs, |at, c, proof| proofs::verify_decryption(key, c, values[at], proof, self.context))
    }

    /// For [`hand_over`], of the array that was handed over to `other`.
    ///
    /// # Errors
    /// As [`proofs::verify_hand_over`].
    pub fn handed_over(&self, other: &EncryptedArray, proofs: &[Proof]) -> Result<Vec<Equations>> {
        undivided(other)?;
        matching(other.ciphertexts().len(), proofs.len())?;
        let (from, to) = (self.array.public_key(), other.public_key());
        self.each(proofs, |at, c, proof| {
            proofs::verify_hand_over((from, c), (to, &other.ciphertexts()[at]), proof, self.context)
        })
    }

    /// For [`linear`].
    ///
    /// # Errors
    /// As [`proofs::verify_linear`]; `ParamsMismatch` for fixed-point numbers; `ShapeMismatch` for an output of other than one element.
    pub fn linear(
        &self,
        function: &LinearFunction,
        output: &EncryptedArray,
        proof: &Proof,
    ) -> Result<Vec<Equations>> {
        [self.array, output].into_iter().try_for_each(integral)?;
        let [result] = output.ciphertexts() else {
            return Err(Error::new(ErrorKind::ShapeMismatch, "output: other than one element"));
        };
        let inputs: Vec<&Ciphertext> = self.array.ciphertexts().iter().collect();
        let key = self.array.public_key();
        Ok(vec![proofs::verify_linear(key, function, &inputs, result, proof, self.context)?])
    }

    fn each<P>(
        &self,
        proofs: &[P],
        one: impl Fn(usize, &Ciphertext, &P) -> Result<Equations>,
    ) -> Result<Vec<Equations>> {
        undivided(self.array)?;
        let ciphertexts = self.array.ciphertexts();
        matching(ciphertexts.len(), proofs.len())?;
        ciphertexts.iter().zip(proofs).enumerate().map(|(at, (c, proof))| one(at, c, proof)).collect()
    }
}

/// The places of the proofs that do not hold, found in a fraction of the time where all do.
///
/// # Errors
/// `Cancelled`.
pub fn wrong(claims: &[Equations], rng: &OsRandom, observer: &mut dyn Observer) -> Result<Vec<usize>> {
    let batches: Vec<(usize, &[Equations])> = (0..).step_by(BATCH).zip(claims.chunks(BATCH)).collect();
    let wrong = try_map_in_steps(&batches, STEP, observer, |(first, claims)| {
        let mut batch = proofs::Batch::new();
        claims.iter().for_each(|claim| _ = batch.push(claim.clone()));
        let wrong = if batch.verify(&mut rng.clone()).is_ok() { Vec::new() } else { batch.wrong() };
        Ok(wrong.into_iter().map(|at| first + at).collect::<Vec<_>>())
    })?;
    Ok(wrong.concat())
}

/// Checks many proofs at once.
///
/// # Errors
/// `VerificationFailed` if any does not hold, or if there is none; `Cancelled`.
pub fn check(claims: &[Equations], rng: &OsRandom, observer: &mut dyn Observer) -> Result<()> {
    match !claims.is_empty() && wrong(claims, rng, observer)?.is_empty() {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::VerificationFailed, "proof")),
    }
}
