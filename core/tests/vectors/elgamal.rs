//! ElGamal: additive, its proofs, and multiplicative.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    codec::Decode,
    elgamal::{
        additive::{
            Ciphertext, EncryptedArray, Keypair, Params, ParamsSpec, PlainArray, PublicKey, SecretKey,
            proofs::{self, Ballot, BitProof, Context, Proof, RangeProof},
        },
        multiplicative::{integers, points},
    },
    shape::Shape,
    unlinked::Unlinked,
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, encoded, object,
};

#[path = "elgamal_statements.rs"]
mod statements;

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "additive_keygen" => keygen(test),
        "additive_encrypt" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let array = EncryptedArray::encrypt(&key, &plain(test, &key)?, &mut test.rng(), &mut ())?;
            sent(&array, test)
        }
        "additive_evaluate" => evaluate(test),
        "additive_decrypt" => {
            let key: SecretKey = object(test, "elgamal_additive_secret_key")?;
            let array = EncryptedArray::from_bytes(&test.bytes("elgamal_additive_array"), key.public_key())?;
            let extents = array.shape().extents();
            Ok(match array.holds_integers() {
                true => json!({ "shape": extents, "integers": *array.decrypt_integers(&key, &mut ())? }),
                false => json!({ "shape": extents, "values": *array.decrypt(&key, &mut ())? }),
            })
        }
        "hash_to_point" => {
            let point = points::hash_to_point(&test.bytes("context"), &test.bytes("data"));
            Ok(json!({ "point": hex(&point.to_bytes()) }))
        }
        "additive_prove" => prove(test),
        "additive_verify" => verify(test),
        "statement_prove" => statements::prove(test),
        "statement_verify" => statements::verify(test),
        "ballot_encrypt" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let (choice, choices) = (test.size("choice"), test.size("choices"));
            let ballot = Ballot::encrypt(&key, choice, choices, &context(test)?, &mut test.rng())?;
            Ok(json!({ "elgamal_additive_ballot": encoded(&ballot) }))
        }
        "ballot_verify" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            let ballot = Ballot::from_bytes(&test.bytes("elgamal_additive_ballot"), &key)?;
            ballot.equations(&key, test.size("choices"), &context(test)?)?.check()?;
            Ok(json!({}))
        }
        "integer_keygen" => {
            let keys = integers::Keypair::generate(group(test), &mut test.rng())?;
            Ok(json!({
                "elgamal_integer_public_key": encoded(keys.public_key()),
                "elgamal_integer_secret_key": encoded(keys.secret_key()),
            }))
        }
        "integer_encrypt" => {
            let key: integers::PublicKey = object(test, "elgamal_integer_public_key")?;
            let value = u128::from(test.number("integer"));
            let ciphertext = key.encrypt(value, test.size("bits"), &mut test.rng())?;
            Ok(json!({ "elgamal_integer_ciphertext": encoded(&ciphertext.unlink(&mut test.rng())) }))
        }
        "integer_evaluate" => {
            let key: integers::PublicKey = object(test, "elgamal_integer_public_key")?;
            let [a, b] = &integer_ciphertexts(test, &key)?[..] else { panic!("two ciphertexts") };
            let result = match test.input("operation").as_str().expect("a name") {
                "mul" => key.mul(a, b),
                "div" => key.div(a, b),
                other => panic!("no operation {other}"),
            }?;
            Ok(json!({ "elgamal_integer_ciphertext": encoded(&result.unlink(&mut test.rng())) }))
        }
        "integer_decrypt" => {
            let key: integers::SecretKey = object(test, "elgamal_integer_secret_key")?;
            let ciphertext = &integer_ciphertexts(test, key.public_key())?[0];
            let number = |integer: &integers::Integer| integer.to_u128().map(|value| value.to_string());
            let (numerator, denominator) = key.decrypt_ratio_vartime(ciphertext)?;
            if ciphertext.denominator_bits() == 0 {
                assert_eq!(number(&key.decrypt(ciphertext)?), number(&numerator));
            }
            Ok(json!({ "numerator": number(&numerator), "denominator": number(&denominator) }))
        }
        _ => panic!("no procedure {procedure}"),
    }
}

fn group(test: &Test) -> integers::Group {
    let bits = test.size("modulus_bits");
    integers::Group::ALL.into_iter().find(|group| group.bits() == bits).expect("a group")
}

fn integer_ciphertexts(test: &Test, key: &integers::PublicKey) -> Result<Vec<integers::Ciphertext>> {
    let read = |bytes: &Vec<u8>| Unlinked::from_bytes(bytes, key).map(Unlinked::into_array);
    test.list("elgamal_integer_ciphertext").iter().map(read).collect()
}

fn context(test: &Test) -> Result<Context> {
    let party = u16::try_from(test.number("party")).expect("fits");
    Ok(Context::new(&test.bytes("session")).by(PartyId::new(party)?))
}

/// The one ciphertext of an array.
fn ciphertext(test: &Test, key: &PublicKey) -> Result<Ciphertext> {
    Ok(EncryptedArray::from_bytes(&test.bytes("elgamal_additive_array"), key)?.ciphertexts()[0])
}

/// An integer as an array without axes, under a bound of 2^20.
fn single(key: &PublicKey, ciphertext: Ciphertext) -> Result<Value> {
    let bound = veilkit::magnitude::Magnitude::new(1 << 20);
    let array = EncryptedArray::from_ciphertexts(key, &Shape::default(), vec![ciphertext], 0, bound)?;
    Ok(encoded(&array.as_it_is()).into())
}

/// Encrypts from the seed and proves.
fn prove(test: &Test) -> Result<Value> {
    let secret: SecretKey = object(test, "elgamal_additive_secret_key")?;
    let (key, context, rng) = (secret.public_key(), context(test)?, &mut test.rng());
    let value = test.input("integer").as_i64().expect("an integer");
    let claim = test.input("claim").as_str().expect("a name");
    let randomizer = veilkit::elgamal::additive::Randomizer::random(rng);
    let plain = key.encrypt_with(value, &randomizer)?;
    let (ciphertext, kind, proof) = match claim {
        "plaintext" => {
            let proof = proofs::prove_plaintext(key, &plain, value, &randomizer, &context, rng)?;
            (plain, "elgamal_additive_proof", encoded(&proof))
        }
        "value" => {
            let proof = proofs::prove_value(key, &plain, value, &randomizer, &context, rng)?;
            (plain, "elgamal_additive_proof", encoded(&proof))
        }
        "decryption" => {
            let proof = proofs::prove_decryption(&secret, &plain, value, &context, rng)?;
            (plain, "elgamal_additive_proof", encoded(&proof))
        }
        "bit" => {
            let (ciphertext, proof) = BitProof::encrypt(key, value, &context, rng)?;
            (ciphertext, "elgamal_additive_bit_proof", encoded(&proof))
        }
        "range" => {
            let (ciphertext, proof) = RangeProof::encrypt(key, value, test.size("bits"), &context, rng)?;
            (ciphertext, "elgamal_additive_range_proof", encoded(&proof))
        }
        other => panic!("no claim {other}"),
    };
    let mut out = json!({ "elgamal_additive_array": single(key, ciphertext)? });
    out[kind] = proof.into();
    Ok(out)
}

fn verify(test: &Test) -> Result<Value> {
    let key: PublicKey = object(test, "elgamal_additive_public_key")?;
    let (ciphertext, context) = (ciphertext(test, &key)?, context(test)?);
    let value = || test.input("integer").as_i64().expect("an integer");
    let proof = || object::<Proof>(test, "elgamal_additive_proof");
    let equations = match test.input("claim").as_str().expect("a name") {
        "plaintext" => proofs::verify_plaintext(&key, &ciphertext, &proof()?, &context),
        "value" => proofs::verify_value(&key, &ciphertext, value(), &proof()?, &context),
        "decryption" => proofs::verify_decryption(&key, &ciphertext, value(), &proof()?, &context),
        "bit" => {
            object::<BitProof>(test, "elgamal_additive_bit_proof")?.equations(&key, &ciphertext, &context)
        }
        "range" => object::<RangeProof>(test, "elgamal_additive_range_proof")?.equations(
            &key,
            &ciphertext,
            test.size("bits"),
            &context,
        ),
        other => panic!("no claim {other}"),
    }?;
    equations.check()?;
    Ok(json!({}))
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "elgamal_additive_public_key" => decoded::<PublicKey, ()>(test, kind, ()),
        "elgamal_additive_secret_key" => decoded::<SecretKey, ()>(test, kind, ()),
        "elgamal_additive_array" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            decoded::<Unlinked<EncryptedArray>, _>(test, kind, &key)
        }
        "elgamal_additive_proof" => decoded::<Proof, ()>(test, kind, ()),
        "elgamal_additive_bit_proof" => decoded::<BitProof, ()>(test, kind, ()),
        "elgamal_additive_range_proof" => decoded::<RangeProof, ()>(test, kind, ()),
        "elgamal_additive_ballot" => {
            let key: PublicKey = object(test, "elgamal_additive_public_key")?;
            decoded::<Ballot, _>(test, kind, &key)
        }
        "elgamal_integer_public_key" => decoded::<integers::PublicKey, ()>(test, kind, ()),
        "elgamal_integer_secret_key" => decoded::<integers::SecretKey, ()>(test, kind, ()),
        "elgamal_integer_ciphertext" => {
            let key: integers::PublicKey = object(test, "elgamal_integer_public_key")?;
            decoded::<Unlinked<integers::Ciphertext>, _>(test, kind, &key)
        }
        "elgamal_point_public_key" => decoded::<points::PublicKey, ()>(test, kind, ()),
        "elgamal_point_secret_key" => decoded::<points::SecretKey, ()>(test, kind, ()),
        "elgamal_point_ciphertext" => {
            let key: points::PublicKey = object(test, "elgamal_point_public_key")?;
            decoded::<Unlinked<points::Ciphertext>, _>(test, kind, &key)
        }
        _ => panic!("no decoder for {kind}"),
    }
}

fn keygen(test: &Test) -> Result<Value> {
    let bits = |name| u32::try_from(test.number(name)).expect("fits");
    let params = Params::new(ParamsSpec {
        fraction_bits: bits("fraction_bits"),
        value_bits: bits("value_bits"),
        decode_bits: bits("decode_bits"),
    })?;
    let keys = Keypair::generate(params, &mut test.rng())?;
    Ok(json!({
        "elgamal_additive_public_key": encoded(keys.public_key()),
        "elgamal_additive_secret_key": encoded(keys.secret_key()),
    }))
}

/// `integers`, or `values` in fixed point, within `bound`.
fn plain(test: &Test, key: &PublicKey) -> Result<PlainArray> {
    let extents = test.input("shape").as_array().expect("a list of extents").iter();
    let extent = |extent: &Value| usize::try_from(extent.as_u64().expect("a number")).expect("fits");
    let shape = Shape::new(&extents.map(extent).collect::<Vec<_>>())?;
    let list = |name| test.inputs.get(name).and_then(Value::as_array);
    let bound = test.input("bound");
    if let Some(integers) = list("integers") {
        let integers: Vec<i64> = integers.iter().map(|value| value.as_i64().expect("an integer")).collect();
        let bound = bound.as_u64().expect("an integer");
        return PlainArray::integers_within(key.params(), &shape, &integers, bound);
    }
    let number = |value: &Value| match value.as_str() {
        Some("NaN") => f64::NAN,
        _ => value.as_f64().expect("a number"),
    };
    let values: Vec<f64> = list("values").expect("integers or values").iter().map(number).collect();
    PlainArray::fixed_point_within(key.params(), &shape, &values, bound.as_f64().expect("a number"))
}

fn sent(array: &EncryptedArray, test: &Test) -> Result<Value> {
    let bytes = array.to_bytes_for_sending(&mut test.rng(), &mut ())?;
    Ok(json!({ "elgamal_additive_array": hex(&bytes) }))
}

/// One operation; what is sent of its result is rerandomized from the seed.
fn evaluate(test: &Test) -> Result<Value> {
    let key: PublicKey = object(test, "elgamal_additive_public_key")?;
    let list = test.list("elgamal_additive_array");
    let arrays =
        list.iter().map(|bytes| EncryptedArray::from_bytes(bytes, &key)).collect::<Result<Vec<_>>>()?;
    let (a, silent) = (&arrays[0], &mut ());
    let axis = test.inputs.get("axis").map(|_| test.size("axis"));
    let result = match test.input("operation").as_str().expect("a name") {
        "add" => a.add(&arrays[1], silent),
        "sub" => a.sub(&arrays[1], silent),
        "neg" => a.neg(silent),
        "sum" => a.sum(axis, silent),
        "mean" => a.mean(axis, silent),
        "add_plain" => a.add_plain(&plain(test, &key)?, silent),
        "sub_plain" => a.sub_plain(&plain(test, &key)?, silent),
        "mul_plain" => a.mul_plain(&plain(test, &key)?, silent),
        "dot" => a.dot(&plain(test, &key)?, silent),
        "matmul" => a.matmul(&plain(test, &key)?, silent),
        "rmatmul" => a.rmatmul(&plain(test, &key)?, silent),
        other => panic!("no operation {other}"),
    }?;
    sent(&result, test)
}
