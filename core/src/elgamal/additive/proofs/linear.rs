//! The statements that are linear in their secrets.
//!
//! Each `verify_` function gives the [`Equations`] that must hold: `check` them, or put them into a
//! [`Batch`](super::Batch).
use rand_core::CryptoRng;

use super::context::Context;
use super::equations::Equations;
use super::relation::{Base, Claim, Proof, Relation, Row};
use crate::elgamal::additive::discrete_log::scalar;
use crate::elgamal::additive::{Ciphertext, PublicKey, Randomizer, SecretKey};
use crate::error::{Error, ErrorKind, Result};
use crate::group::{Point, Scalar};

fn row<'a>(target: Point, terms: &[(usize, Base<'a>)]) -> Row<'a> {
    Row { target, terms: terms.to_vec() }
}

/// `(r G, r Y)` is the ciphertext less its known part: secret 0 is r.
fn blinder_rows<'a>(key: &'a PublicKey, blinder: Point, rest: Point) -> Vec<Row<'a>> {
    vec![row(blinder, &[(0, Base::Generator)]), row(rest, &[(0, Base::Key(key))])]
}

fn plaintext<'a>(key: &'a PublicKey, ciphertext: &Ciphertext) -> Result<Relation<'a>> {
    key.check_ciphertexts([ciphertext])?;
    let (blinder, payload) = ciphertext.points();
    let rows = vec![
        row(blinder, &[(0, Base::Generator)]),
        row(payload, &[(0, Base::Key(key)), (1, Base::Generator)]),
    ];
    Ok(Relation::new(Claim::Plaintext, rows, key.id().as_bytes().to_vec()))
}

/// Proves that the prover knows what a ciphertext holds.
///
/// # Errors
/// `ParamsMismatch` for another key's ciphertext.
/// # Timing
/// Constant in integer and randomizer.
pub fn prove_plaintext(
    key: &PublicKey,
    ciphertext: &Ciphertext,
    value: i64,
    randomizer: &Randomizer,
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<Proof> {
    Ok(plaintext(key, ciphertext)?.prove(&[*randomizer.scalar(), scalar(value)], context, rng))
}

/// What must hold for a proof of [`prove_plaintext`].
///
/// # Errors
/// `ParamsMismatch` for another key's ciphertext; `VerificationFailed` for a proof of another claim.
pub fn verify_plaintext(
    key: &PublicKey,
    ciphertext: &Ciphertext,
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    plaintext(key, ciphertext)?.equations(proof, context)
}

fn value_relation<'a>(key: &'a PublicKey, ciphertext: &Ciphertext, value: i64) -> Result<Relation<'a>> {
    key.check_ciphertexts([ciphertext])?;
    let (blinder, payload) = ciphertext.points();
    let rest = payload - Point::mul_generator(&scalar(value));
    let facts = [&key.id().as_bytes()[..], &payload.to_bytes(), &value.to_le_bytes()].concat();
    Ok(Relation::new(Claim::Value, blinder_rows(key, blinder, rest), facts))
}

/// Proves that a ciphertext holds a public integer.
///
/// # Errors
/// `ParamsMismatch` for another key's ciphertext.
/// # Timing
/// Constant in the randomizer.
pub fn prove_value(
    key: &PublicKey,
    ciphertext: &Ciphertext,
    value: i64,
    randomizer: &Randomizer,
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<Proof> {
    Ok(value_relation(key, ciphertext, value)?.prove(&[*randomizer.scalar()], context, rng))
}

/// What must hold for a proof of [`prove_value`].
///
/// # Errors
/// As [`verify_plaintext`].
pub fn verify_value(
    key: &PublicKey,
    ciphertext: &Ciphertext,
    value: i64,
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    value_relation(key, ciphertext, value)?.equations(proof, context)
}

/// `targets[i] = x bases[i]`.
fn equal_logarithms(bases: [Point; 2], targets: [Point; 2]) -> Result<Relation<'static>> {
    if bases.iter().any(|base| base.is_identity().into()) {
        return Err(Error::new(ErrorKind::OutOfRange, "base: the neutral element"));
    }
    let base = |point: Point| if point == Point::generator() { Base::Generator } else { Base::Point(point) };
    let rows = bases.into_iter().zip(targets).map(|(b, target)| row(target, &[(0, base(b))])).collect();
    Ok(Relation::new(Claim::EqualLogarithms, rows, Vec::new()))
}

/// Proves that `targets[i]` is the same multiple of `bases[i]` for both.
///
/// # Errors
/// `OutOfRange` for a neutral base.
/// # Timing
/// Constant in the secret.
pub fn prove_equal_logarithms(
    bases: [Point; 2],
    targets: [Point; 2],
    secret: &Scalar,
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<Proof> {
    Ok(equal_logarithms(bases, targets)?.prove(&[*secret], context, rng))
}

/// What must hold for a proof of [`prove_equal_logarithms`].
///
/// # Errors
/// `OutOfRange` for a neutral base; `VerificationFailed` for a proof of another claim.
pub fn verify_equal_logarithms(
    bases: [Point; 2],
    targets: [Point; 2],
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    equal_logarithms(bases, targets)?.equations(proof, context)
}

/// A key and a ciphertext under it.
pub type Keyed<'a> = (&'a PublicKey, &'a Ciphertext);

fn equal_plaintexts<'a>(sides: [Keyed<'a>; 2]) -> Result<Relation<'a>> {
    let mut rows = Vec::new();
    for (side, (key, ciphertext)) in sides.into_iter().enumerate() {
        key.check_ciphertexts([ciphertext])?;
        let (blinder, payload) = ciphertext.points();
        rows.push(row(blinder, &[(side, Base::Generator)]));
        rows.push(row(payload, &[(side, Base::Key(key)), (2, Base::Generator)]));
    }
    let facts = sides.iter().flat_map(|(key, _)| *key.id().as_bytes()).collect();
    Ok(Relation::new(Claim::EqualPlaintexts, rows, facts))
}

/// Proves that two ciphertexts, perhaps under different keys, hold the same integer, which the prover knows.
///
/// # Errors
/// `ParamsMismatch` for a ciphertext of another key.
/// # Timing
/// Constant in integer and randomizers.
pub fn prove_equal_plaintexts(
    sides: [Keyed<'_>; 2],
    value: i64,
    randomizers: [&Randomizer; 2],
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<Proof> {
    let secrets = [*randomizers[0].scalar(), *randomizers[1].scalar(), scalar(value)];
    Ok(equal_plaintexts(sides)?.prove(&secrets, context, rng))
}

/// What must hold for a proof of [`prove_equal_plaintexts`].
///
/// # Errors
/// As [`verify_plaintext`].
pub fn verify_equal_plaintexts(sides: [Keyed<'_>; 2], proof: &Proof, context: &Context) -> Result<Equations> {
    equal_plaintexts(sides)?.equations(proof, context)
}

pub(super) fn decryption<'a>(
    key: &'a PublicKey,
    ciphertext: &Ciphertext,
    value: i64,
) -> Result<Relation<'a>> {
    key.check_ciphertexts([ciphertext])?;
    let (blinder, payload) = ciphertext.points();
    let mask = payload - Point::mul_generator(&scalar(value));
    let rows = vec![row(key.point(), &[(0, Base::Generator)]), row(mask, &[(0, Base::Point(blinder))])];
    let facts = [&key.id().as_bytes()[..], &payload.to_bytes(), &value.to_le_bytes()].concat();
    Ok(Relation::new(Claim::Decryption, rows, facts))
}

/// Proves that a ciphertext holds the integer that its decryption gave.
///
/// # Errors
/// `ParamsMismatch` for another key's ciphertext.
/// # Timing
/// Constant in the key.
pub fn prove_decryption(
    key: &SecretKey,
    ciphertext: &Ciphertext,
    value: i64,
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<Proof> {
    Ok(decryption(key.public_key(), ciphertext, value)?.prove(&[*key.scalar()], context, rng))
}

/// What must hold for a proof of [`prove_decryption`].
///
/// # Errors
/// As [`verify_plaintext`].
pub fn verify_decryption(
    key: &PublicKey,
    ciphertext: &Ciphertext,
    value: i64,
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    decryption(key, ciphertext, value)?.equations(proof, context)
}

/// Y = x G; blinder' = r G; payload' - payload = r Y' - x blinder.
pub(super) fn hand_over_relation<'a>([from, to]: [Keyed<'a>; 2]) -> Result<Relation<'a>> {
    from.0.check_ciphertexts([from.1])?;
    to.0.check_ciphertexts([to.1])?;
    let ((blinder, payload), (new_blinder, new_payload)) = (from.1.points(), to.1.points());
    let rows = vec![
        row(from.0.point(), &[(0, Base::Generator)]),
        row(new_blinder, &[(1, Base::Generator)]),
        row(new_payload - payload, &[(1, Base::Key(to.0)), (0, Base::Point(-blinder))]),
    ];
    let ids = [from.0, to.0].into_iter().flat_map(|key| *key.id().as_bytes());
    let facts = ids.chain(payload.to_bytes()).chain(new_payload.to_bytes()).collect();
    Ok(Relation::new(Claim::HandOver, rows, facts))
}

/// Encrypts what a ciphertext holds to another key, unread, with a proof that nothing else was encrypted.
///
/// # Errors
/// `ParamsMismatch` for another key's ciphertext.
/// # Timing
/// Constant in the keys and the integer.
pub fn hand_over(
    key: &SecretKey,
    ciphertext: &Ciphertext,
    to: &PublicKey,
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<(Ciphertext, Proof)> {
    key.public_key().check_ciphertexts([ciphertext])?;
    let (blinder, payload) = ciphertext.points();
    let message = payload - blinder * *key.scalar();
    let randomizer = Randomizer::random(rng);
    let new_payload = to.table().mul(randomizer.scalar()) + message;
    let handed = Ciphertext::new(Point::mul_generator(randomizer.scalar()), new_payload, to);
    let relation = hand_over_relation([(key.public_key(), ciphertext), (to, &handed)])?;
    let proof = relation.prove(&[*key.scalar(), *randomizer.scalar()], context, rng);
    Ok((handed, proof))
}

/// What must hold for a proof of [`hand_over`].
///
/// # Errors
/// As [`verify_plaintext`].
pub fn verify_hand_over(
    from: Keyed<'_>,
    to: Keyed<'_>,
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    hand_over_relation([from, to])?.equations(proof, context)
}

/// An agreed linear function: the inputs' weights, and what is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinearFunction {
    /// One for each input.
    pub weights: Vec<i64>,
    /// Added to the weighted sum.
    pub offset: i64,
}

impl LinearFunction {
    fn apply(&self, key: &PublicKey, inputs: &[&Ciphertext]) -> Result<Ciphertext> {
        key.add_plain(&key.dot_vartime(inputs, &self.weights)?, self.offset)
    }

    pub(super) fn relation<'a>(
        &self,
        key: &'a PublicKey,
        inputs: &[&Ciphertext],
        output: &Ciphertext,
    ) -> Result<Relation<'a>> {
        let change = key.sub(output, &self.apply(key, inputs)?)?;
        let (blinder, payload) = change.points();
        let mut facts = key.id().as_bytes().to_vec();
        for (weight, input) in self.weights.iter().zip(inputs) {
            let (blinder, payload) = input.points();
            facts.extend(weight.to_le_bytes());
            facts.extend(blinder.to_bytes());
            facts.extend(payload.to_bytes());
        }
        facts.extend(self.offset.to_le_bytes());
        let (blinder_out, payload_out) = output.points();
        facts.extend(blinder_out.to_bytes());
        facts.extend(payload_out.to_bytes());
        Ok(Relation::new(Claim::Linear, blinder_rows(key, blinder, payload), facts))
    }
}

/// Computes an agreed linear function of ciphertexts, rerandomizes it, and proves that it is that function.
///
/// # Errors
/// `ParamsMismatch`; `ShapeMismatch` unless there are as many weights as inputs; `OutOfRange` for numbers above the decode bound.
/// # Timing
/// Varies with the function, which is public.
pub fn prove_linear(
    key: &PublicKey,
    function: &LinearFunction,
    inputs: &[&Ciphertext],
    context: &Context,
    rng: &mut impl CryptoRng,
) -> Result<(Ciphertext, Proof)> {
    let randomizer = Randomizer::random(rng);
    let output = key.rerandomize_with(&function.apply(key, inputs)?, &randomizer)?;
    let proof = function.relation(key, inputs, &output)?.prove(&[*randomizer.scalar()], context, rng);
    Ok((output, proof))
}

/// What must hold for a proof of [`prove_linear`].
///
/// # Errors
/// As [`prove_linear`]; `VerificationFailed` for a proof of another claim.
pub fn verify_linear(
    key: &PublicKey,
    function: &LinearFunction,
    inputs: &[&Ciphertext],
    output: &Ciphertext,
    proof: &Proof,
    context: &Context,
) -> Result<Equations> {
    function.relation(key, inputs, output)?.equations(proof, context)
}
