//! Paillier.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::{Decode, Reader, Writer},
    paillier::{
        Ciphertext, EncryptedArray, EqualityProof, Keypair, PackedArray, Params, ParamsSpec, PlainArray,
        ProductProof, ProvenPublicKey, PublicKey, Range, SecretKey, Submission, Unlinked, UnprovenPublicKey,
    },
    shape::Shape,
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, encoded, object,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "keygen" => keygen(test),
        "prove_public_key" => {
            let key: SecretKey = object(test, "paillier_secret_key")?;
            Ok(json!({ "paillier_proven_public_key": encoded(&key.prove_public_key()?) }))
        }
        "read_secret_jwk" => {
            let (text, [fraction_bits, value_bits]) = jwk(test);
            let key = SecretKey::from_jwk(text, fraction_bits, value_bits)?;
            let again = SecretKey::from_jwk(&key.to_jwk("again"), fraction_bits, value_bits)?;
            assert!(again == key, "{}: another key when written and read again", test.id);
            Ok(json!({
                "paillier_public_key": encoded(key.public_key()), "paillier_secret_key": encoded(&key),
            }))
        }
        "read_public_jwk" => {
            let (text, [fraction_bits, value_bits]) = jwk(test);
            let key = UnprovenPublicKey::from_jwk(text, fraction_bits, value_bits)?.trust_without_proof();
            let again = UnprovenPublicKey::from_jwk(&key.to_jwk("again"), fraction_bits, value_bits)?;
            assert_eq!(again.trust_without_proof(), key, "{}", test.id);
            Ok(json!({ "paillier_public_key": encoded(&key) }))
        }
        "submit" => {
            let key = public_key(test)?;
            let (values, range) = (plain(test, &key)?, range(test)?);
            let context = test.bytes("context");
            let sent = Submission::encrypt(&key, &values, &range, &context, &mut test.rng(), &mut ())?;
            Ok(json!({ "paillier_submission": encoded(&sent) }))
        }
        "prove_equality" => {
            let key = public_key(test)?;
            let c = ciphertext(test, &key, "ciphertext")?;
            let (same, proof) =
                EqualityProof::rerandomize(&key, &c, &test.bytes("context"), &mut test.rng())?;
            Ok(json!({ "rerandomized": raw(&key, &same)?, "paillier_equality_proof": encoded(&proof) }))
        }
        "verify_equality" => {
            let key = public_key(test)?;
            let proof = EqualityProof::from_bytes(&test.bytes("paillier_equality_proof"), &key)?;
            let [a, b] = ["ciphertext", "rerandomized"].map(|name| ciphertext(test, &key, name));
            proof.verify(&key, &a?, &b?, &test.bytes("context"))?;
            Ok(json!({}))
        }
        "prove_product" => {
            let key = public_key(test)?;
            let c = ciphertext(test, &key, "ciphertext")?;
            let weight = test.input("weight").as_i64().expect("an integer").into();
            let made = ProductProof::multiply(&key, &c, weight, &test.bytes("context"), &mut test.rng())?;
            Ok(json!({
                "encrypted_weight": raw(&key, &made.weight)?, "product": raw(&key, &made.product)?,
                "paillier_product_proof": encoded(&made.proof),
            }))
        }
        "verify_product" => {
            let key = public_key(test)?;
            let proof = ProductProof::from_bytes(&test.bytes("paillier_product_proof"), &key)?;
            let [weight, number, product] =
                ["encrypted_weight", "ciphertext", "product"].map(|name| ciphertext(test, &key, name));
            proof.verify(&key, &weight?, &number?, &product?, &test.bytes("context"))?;
            Ok(json!({}))
        }
        "verify_submission" => {
            let key: SecretKey = object(test, "paillier_secret_key")?;
            let sent = Submission::from_bytes(&test.bytes("paillier_submission"), key.public_key())?;
            let array = sent.verify(&range(test)?, &test.bytes("context"), &mut ())?;
            let integers = || array.decrypt_integers(&key, &mut ());
            let reals = || array.decrypt(&key, &mut ());
            values(array.scale(), array.shape(), integers, reals)
        }
        "encrypt" => {
            let key = public_key(test)?;
            let array = EncryptedArray::encrypt(&key, &plain(test, &key)?, &mut test.rng(), &mut ())?;
            Ok(json!({ "paillier_array": sent(&array, test)? }))
        }
        "evaluate" => evaluate(test),
        "decrypt" => {
            let key: SecretKey = object(test, "paillier_secret_key")?;
            let array = EncryptedArray::from_bytes(&test.bytes("paillier_array"), key.public_key())?;
            let integers = || array.decrypt_integers(&key, &mut ());
            let reals = || array.decrypt(&key, &mut ());
            values(array.scale(), array.shape(), integers, reals)
        }
        "packed_encrypt" => {
            let key = public_key(test)?;
            let headroom = u32::try_from(test.number("headroom_bits")).expect("fits");
            let array = PackedArray::encrypt(&key, &plain(test, &key)?, headroom, &mut test.rng(), &mut ())?;
            Ok(
                json!({ "paillier_packed_array": hex(&array.to_bytes_for_sending(&mut test.rng(), &mut ())?) }),
            )
        }
        "packed_decrypt" => {
            let key: SecretKey = object(test, "paillier_secret_key")?;
            let array = PackedArray::from_bytes(&test.bytes("paillier_packed_array"), key.public_key())?;
            let integers = || array.decrypt_integers(&key, &mut ());
            let reals = || array.decrypt(&key, &mut ());
            values(array.scale(), array.shape(), integers, reals)
        }
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "paillier_public_key" => decoded::<UnprovenPublicKey, ()>(test, kind, ()),
        "paillier_proven_public_key" => decoded::<ProvenPublicKey, ()>(test, kind, ()),
        "paillier_secret_key" => decoded::<SecretKey, ()>(test, kind, ()),
        "paillier_equality_proof" => decoded::<EqualityProof, _>(test, kind, &public_key(test)?),
        "paillier_product_proof" => decoded::<ProductProof, _>(test, kind, &public_key(test)?),
        "paillier_submission" => decoded::<Submission, _>(test, kind, &public_key(test)?),
        "paillier_array" => decoded::<Unlinked<EncryptedArray>, _>(test, kind, &public_key(test)?),
        "paillier_packed_array" => decoded::<Unlinked<PackedArray>, _>(test, kind, &public_key(test)?),
        _ => panic!("no decoder for {kind}"),
    }
}

fn public_key(test: &Test) -> Result<PublicKey> {
    Ok(object::<UnprovenPublicKey>(test, "paillier_public_key")?.trust_without_proof())
}

/// A ciphertext without a header.
fn ciphertext(test: &Test, key: &PublicKey, name: &str) -> Result<Ciphertext> {
    let bytes = test.bytes(name);
    let mut body = Reader::new(&bytes);
    let mut list = key.read_ciphertexts(&mut body, 1)?;
    body.finish()?;
    Ok(list.remove(0))
}

fn raw(key: &PublicKey, ciphertext: &Ciphertext) -> Result<String> {
    let mut out = Writer::with_capacity(key.params().ciphertext_bytes());
    key.write_ciphertexts(std::slice::from_ref(ciphertext), &mut out)?;
    Ok(hex(&out.into_bytes()))
}

/// The integers from `low` to `high`.
fn range(test: &Test) -> Result<Range> {
    let end = |name| test.input(name).as_i64().expect("an integer");
    Range::integers(end("low"), end("high"))
}

/// The text of a key of `phe`, and the scale to read it at.
fn jwk(test: &Test) -> (&str, [u32; 2]) {
    let bits = ["fraction_bits", "value_bits"].map(|name| u32::try_from(test.number(name)).expect("fits"));
    (test.input("jwk").as_str().expect("text"), bits)
}

fn keygen(test: &Test) -> Result<Value> {
    let bits = |name| u32::try_from(test.number(name)).expect("fits");
    let params = Params::new(ParamsSpec {
        modulus_bits: bits("modulus_bits"),
        fraction_bits: bits("fraction_bits"),
        value_bits: bits("value_bits"),
    })?;
    let keys = Keypair::generate(params, &mut test.rng())?;
    Ok(json!({
        "paillier_public_key": encoded(keys.public_key()), "paillier_secret_key": encoded(keys.secret_key()),
    }))
}

fn shape(test: &Test) -> Result<Shape> {
    let extents = test.input("shape").as_array().expect("a list of extents").iter();
    Shape::new(
        &extents
            .map(|extent| usize::try_from(extent.as_u64().expect("a number")).expect("fits"))
            .collect::<Vec<_>>(),
    )
}

/// `integers`, or `values` in fixed point.
fn plain(test: &Test, key: &PublicKey) -> Result<PlainArray> {
    let list = |name| test.inputs.get(name).and_then(Value::as_array);
    if let Some(integers) = list("integers") {
        let integers: Vec<i64> = integers.iter().map(|value| value.as_i64().expect("an integer")).collect();
        return match test.inputs.get("bound") {
            Some(bound) => PlainArray::integers_within(
                key.params(),
                &shape(test)?,
                &integers,
                bound.as_u64().expect("a bound"),
            ),
            None => PlainArray::integers(key.params(), &shape(test)?, &integers),
        };
    }
    let number = |value: &Value| match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        _ => value.as_f64().expect("a number"),
    };
    let values: Vec<f64> = list("values").expect("integers or values").iter().map(number).collect();
    PlainArray::fixed_point(key.params(), &shape(test)?, &values)
}

fn sent(array: &EncryptedArray, test: &Test) -> Result<String> {
    Ok(hex(&array.to_bytes_for_sending(&mut test.rng(), &mut ())?))
}

/// What decryption gives: integers at scale 0, else numbers.
fn values<I, R>(
    scale: u32,
    shape: &Shape,
    integers: impl FnOnce() -> Result<I>,
    reals: impl FnOnce() -> Result<R>,
) -> Result<Value>
where
    I: core::ops::Deref<Target = Vec<i128>>,
    R: core::ops::Deref<Target = Vec<f64>>,
{
    if scale == 0 {
        let integers: Vec<i64> =
            integers()?.iter().map(|value| i64::try_from(*value).expect("small")).collect();
        return Ok(json!({ "shape": shape.extents(), "integers": integers }));
    }
    Ok(json!({ "shape": shape.extents(), "values": **reals()? }))
}

/// One operation; what is sent of its result is rerandomized from the seed.
fn evaluate(test: &Test) -> Result<Value> {
    let key = public_key(test)?;
    let arrays: Vec<EncryptedArray> = test
        .list("paillier_array")
        .iter()
        .map(|bytes| {
            <Unlinked<EncryptedArray> as Decode<&PublicKey>>::from_bytes(bytes, &key)
                .map(Unlinked::into_array)
        })
        .collect::<Result<_>>()?;
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
        other => panic!("no operation {other}"),
    }?;
    Ok(json!({ "paillier_array": sent(&result, test)? }))
}
