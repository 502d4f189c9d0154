//! Proofs about several points, keys or ciphertexts, and about ranges with any ends.
use serde_json::{Value, json};
use veilkit::{
    Result,
    elgamal::additive::{
        Ciphertext, EncryptedArray, PublicKey, Randomizer, SecretKey,
        proofs::{self, LinearFunction, Proof, RangeProof},
    },
    field::Field,
    group::{Point, Scalar},
};

use super::{Test, context, encoded, hex, object, single};
use veilkit::codec::Decode;

fn claim(test: &Test) -> &str {
    test.input("claim").as_str().expect("a name")
}

fn integer(test: &Test, name: &str) -> i64 {
    test.input(name).as_i64().expect("an integer")
}

fn points(test: &Test, name: &str) -> Result<[Point; 2]> {
    let read = |bytes: Vec<u8>| Point::from_bytes(&bytes.try_into().expect("32 bytes"), "point");
    let list = test.list(name).into_iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(list.try_into().expect("two points"))
}

fn keys(test: &Test) -> Result<Vec<PublicKey>> {
    test.list("elgamal_additive_public_key").iter().map(|bytes| PublicKey::from_bytes(bytes, ())).collect()
}

/// The single ciphertexts, each under the key at its place, or under the last one.
fn ciphertexts(test: &Test, keys: &[&PublicKey]) -> Result<Vec<Ciphertext>> {
    let read = |(at, bytes): (usize, &Vec<u8>)| {
        let key = keys[at.min(keys.len() - 1)];
        Ok(EncryptedArray::from_bytes(bytes, key)?.ciphertexts()[0])
    };
    test.list("elgamal_additive_array").iter().enumerate().map(read).collect()
}

fn function(test: &Test) -> LinearFunction {
    let weights = test.input("weights").as_array().expect("a list").iter();
    let weights = weights.map(|weight| weight.as_i64().expect("an integer")).collect();
    LinearFunction { weights, offset: integer(test, "offset") }
}

/// Makes what the claim is about from the seed, and proves it.
pub(super) fn prove(test: &Test) -> Result<Value> {
    let (context, rng) = (context(test)?, &mut test.rng());
    Ok(match claim(test) {
        "equal_logarithms" => {
            let bases = points(test, "bases")?;
            let secret = Scalar::random(rng);
            let targets = bases.map(|base| base * secret);
            let proof = proofs::prove_equal_logarithms(bases, targets, &secret, &context, rng)?;
            let targets = targets.map(|target| hex(&target.to_bytes()));
            json!({ "targets": targets, "elgamal_additive_proof": encoded(&proof) })
        }
        "equal_plaintexts" => {
            let (keys, value) = (keys(test)?, integer(test, "integer"));
            let randomizers = [Randomizer::random(rng), Randomizer::random(rng)];
            let a = keys[0].encrypt_with(value, &randomizers[0])?;
            let b = keys[1].encrypt_with(value, &randomizers[1])?;
            let sides = [(&keys[0], &a), (&keys[1], &b)];
            let [r, s] = &randomizers;
            let proof = proofs::prove_equal_plaintexts(sides, value, [r, s], &context, rng)?;
            let arrays = json!([single(&keys[0], a)?, single(&keys[1], b)?]);
            json!({ "elgamal_additive_array": arrays, "elgamal_additive_proof": encoded(&proof) })
        }
        "hand_over" => {
            let secret: SecretKey = object(test, "elgamal_additive_secret_key")?;
            let to: PublicKey = object(test, "elgamal_additive_public_key")?;
            let given = ciphertexts(test, &[secret.public_key()])?[0];
            let (handed, proof) = proofs::hand_over(&secret, &given, &to, &context, rng)?;
            json!({ "elgamal_additive_array": single(&to, handed)?, "elgamal_additive_proof": encoded(&proof) })
        }
        "linear" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let inputs = ciphertexts(test, &[&key])?;
            let inputs: Vec<&Ciphertext> = inputs.iter().collect();
            let (output, proof) = proofs::prove_linear(&key, &function(test), &inputs, &context, rng)?;
            json!({ "elgamal_additive_array": single(&key, output)?, "elgamal_additive_proof": encoded(&proof) })
        }
        "within" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let range = integer(test, "low")..=integer(test, "high");
            let value = integer(test, "integer");
            let (whole, proof) = RangeProof::encrypt_within(&key, value, range, &context, rng)?;
            let proof = encoded(&proof);
            json!({ "elgamal_additive_array": single(&key, whole)?, "elgamal_additive_range_proof": proof })
        }
        other => panic!("no claim {other}"),
    })
}

pub(super) fn verify(test: &Test) -> Result<Value> {
    let context = context(test)?;
    let proof = || object::<Proof>(test, "elgamal_additive_proof");
    let equations = match claim(test) {
        "equal_logarithms" => {
            let (bases, targets) = (points(test, "bases")?, points(test, "targets")?);
            proofs::verify_equal_logarithms(bases, targets, &proof()?, &context)
        }
        "within" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let range = integer(test, "low")..=integer(test, "high");
            let proof: RangeProof = object(test, "elgamal_additive_range_proof")?;
            proof.equations_within(&key, &ciphertexts(test, &[&key])?[0], range, &context)
        }
        claim => {
            let keys = keys(test)?;
            let list = ciphertexts(test, &keys.iter().collect::<Vec<_>>())?;
            let sides = || [(&keys[0], &list[0]), (&keys[1], &list[1])];
            match claim {
                "equal_plaintexts" => proofs::verify_equal_plaintexts(sides(), &proof()?, &context),
                "hand_over" => {
                    let [from, to] = sides();
                    proofs::verify_hand_over(from, to, &proof()?, &context)
                }
                "linear" => {
                    let (output, inputs) = list.split_last().expect("the output is the last one");
                    let inputs: Vec<&Ciphertext> = inputs.iter().collect();
                    proofs::verify_linear(&keys[0], &function(test), &inputs, output, &proof()?, &context)
                }
                other => panic!("no claim {other}"),
            }
        }
    }?;
    equations.check()?;
    Ok(json!({}))
}
