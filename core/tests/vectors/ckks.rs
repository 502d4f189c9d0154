//! CKKS: keys, ciphertexts, arithmetic, release. Numbers that come out are IEEE 754 doubles, low byte first.
use serde_json::{Value, json};
use veilkit::{
    Result,
    ckks::{
        Ciphertext, Complex, Context, EncryptedArray, EncryptionKey, EvaluationKeys, KeyRequest, Params,
        PlainArray, PublicKey, ReleaseBudget, ReleasePolicy, SecretKey,
    },
    codec::{Decode, Encode},
    shape::Shape,
    transcript::Transcript,
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, encoded,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "keygen" => {
            let context = context(test, "ckks_params")?;
            let rng = &mut test.rng();
            let key = SecretKey::generate(&context, rng);
            let public = key.public_key(rng);
            Ok(json!({ "ckks_secret_key": encoded(&key), "ckks_public_key": encoded(&public) }))
        }
        "array" => {
            let key: SecretKey = object(test, "ckks_secret_key")?;
            let values: Vec<f64> = serde_json::from_value(test.input("values").clone()).expect("numbers");
            let extents: Vec<usize> = serde_json::from_value(test.input("shape").clone()).expect("extents");
            let plain = PlainArray::real_within(&Shape::new(&extents)?, &values, float(test, "bound"))?;
            let array = EncryptedArray::encrypt(&key, &plain, &mut test.rng(), &mut ())?;
            Ok(json!({ "ckks_array": encoded(&array) }))
        }
        "encrypt" => encrypt(test),
        "decrypt" => {
            let key: SecretKey = object(test, "ckks_secret_key")?;
            let values = key.decrypt(&object(test, "ckks_ciphertext")?)?.to_complex();
            Ok(json!({ "re": first(&values, |value| value.re), "im": first(&values, |value| value.im) }))
        }
        "evaluate" => Ok(json!({ "ckks_ciphertext": encoded(&evaluate(test)?) })),
        "circuit" => circuit(test),
        "release" => {
            let key: SecretKey = object(test, "ckks_secret_key")?;
            let policy = ReleasePolicy::new(integer(test, "statistical_bits"), integer(test, "releases"))?;
            let mut budget = ReleaseBudget::new(&key, policy);
            let slots: Vec<usize> =
                serde_json::from_value(test.input("slots").clone()).expect("a list of slots");
            let ciphertext = object(test, "ckks_ciphertext")?;
            let at_most = float(test, "at_most_error");
            let released = key.release(&mut budget, &ciphertext, &slots, at_most, &mut test.rng())?;
            Ok(json!({
                "values": numbers(released.values().iter().copied()),
                "error_bound": numbers([released.error_bound()]),
                "ckks_release_budget": encoded(&budget),
            }))
        }
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "ckks_params" => decoded::<Params, _>(test, kind, ()),
        "ckks_secret_key" => decoded::<SecretKey, _>(test, kind, &context(test, "params")?),
        "ckks_public_key" => decoded::<PublicKey, _>(test, kind, &context(test, "params")?),
        "ckks_array" => decoded::<EncryptedArray, _>(test, kind, &context(test, "params")?),
        "ckks_ciphertext" => decoded::<Ciphertext, _>(test, kind, &context(test, "params")?),
        "ckks_evaluation_keys" => decoded::<EvaluationKeys, _>(test, kind, &context(test, "params")?),
        "ckks_release_budget" => decoded::<ReleaseBudget, _>(test, kind, &context(test, "params")?),
        _ => panic!("no decoder of {kind}"),
    }
}

fn encrypt(test: &Test) -> Result<Value> {
    let (rng, bound) = (&mut test.rng(), float(test, "bound"));
    let re: Vec<f64> = serde_json::from_value(test.input("re").clone()).expect("numbers");
    let im: Vec<f64> = serde_json::from_value(test.input("im").clone()).expect("numbers");
    let values: Vec<Complex> = re.into_iter().zip(im).map(|(re, im)| Complex { re, im }).collect();
    let ciphertext = if test.inputs.contains_key("ckks_public_key") {
        let key: PublicKey = object(test, "ckks_public_key")?;
        key.encrypt_complex_at(&values, 0, float(test, "scale"), bound, rng)?
    } else {
        let key: SecretKey = object(test, "ckks_secret_key")?;
        key.encrypt_complex_at(&values, 0, float(test, "scale"), bound, rng)?
    };
    Ok(json!({ "ckks_ciphertext": encoded(&ciphertext) }))
}

fn evaluate(test: &Test) -> Result<Ciphertext> {
    let operands = test.list("ckks_ciphertext").into_iter().map(|bytes| {
        let context = Context::new(&Params::of_encoding(&bytes)?)?;
        Ciphertext::from_bytes(&bytes, &context)
    });
    let operands = operands.collect::<Result<Vec<_>>>()?;
    match (test.input("operation").as_str().expect("a name"), &operands[..]) {
        ("add", [a, b]) => a.add(b),
        ("sub", [a, b]) => a.sub(b),
        ("neg", [a]) => Ok(a.neg()),
        ("add_constant", [a]) => a.add_constant(float(test, "constant")),
        ("mul_integer", [a]) => a.mul_integer(test.input("integer").as_i64().expect("an integer")),
        (other, _) => panic!("no operation {other}"),
    }
}

/// Keys for computing, and what becomes of ciphertexts with them: too long to stand here, so their hashes do. Everything follows
/// from the seed, which gives the secret key, the evaluation keys, the first ciphertext, a public key and the second one, in this
/// order.
fn circuit(test: &Test) -> Result<Value> {
    let (context, rng) = (context(test, "ckks_params")?, &mut test.rng());
    let key = SecretKey::generate(&context, rng);
    let request = KeyRequest::new().relinearization().conjugation().rotations(&[1, -2]);
    let keys = EvaluationKeys::generate(&key, &request, rng, &mut ())?;
    let a = key.encrypt_values(&[0.5, -1.25, 3.0], 4.0, rng)?;
    let b = key.public_key(rng).encrypt_values(&[2.0, 0.125, -1.0], 2.0, rng)?;
    let product = keys.multiply(&a, &b)?;
    let again = match product.level() {
        0 => None,
        level => Some(("product of three", keys.multiply(&product, &b.at_level(level)?)?)),
    };
    let results = [
        ("by the secret key", a.clone()),
        ("by the public key", b.clone()),
        ("square", keys.square(&a)?),
        ("relinearized", keys.relinearize(&a.mul(&b)?)?.rescale()?),
        ("rotated", keys.rotate(&a, 1)?),
        ("rotated twice", keys.rotate(&keys.rotate(&a, -2)?, 1)?),
        ("rotated product", keys.rotate(&product, 1)?),
        ("conjugated", keys.conjugate(&a)?),
        ("lowered", b.at_level(0)?),
        ("product", product),
    ];
    let params = context.params();
    let primes = |primes: &[u64]| primes.iter().map(u64::to_string).collect::<Vec<_>>();
    let digits: Vec<_> = params.digit_ranges().iter().map(|digit| [digit.start, digit.end]).collect();
    let mut out = serde_json::Map::new();
    out.insert("moduli".into(), primes(params.moduli()).into());
    out.insert("special_moduli".into(), primes(params.special_moduli()).into());
    out.insert("digits".into(), json!(digits));
    let named = params.to_bytes().len() + KEY_ID_LEN;
    let of_keys = json!({ "digest": digest(&keys), "keys_blake3": rest(&keys, named) });
    out.insert("evaluation_keys".into(), of_keys);
    for (name, ciphertext) in results.into_iter().chain(again) {
        let values = key.decrypt(&ciphertext)?.to_complex();
        let facts = json!({
            "digest": digest(&ciphertext),
            "level": ciphertext.level(),
            "scale": numbers([ciphertext.scale()]),
            "polynomials_blake3": rest(&ciphertext, named + NUMBERS_LEN),
            "re": first(&values, |value| value.re),
        });
        out.insert(name.into(), facts);
    }
    Ok(Value::Object(out))
}

const KEY_ID_LEN: usize = 16;
/// Bytes of level, flag, scale and bounds of a ciphertext.
const NUMBERS_LEN: usize = 34;

/// BLAKE3 of what an encoding ends with: it can be computed again from the definitions, without bounds.
fn rest(value: &impl Encode, from: usize) -> String {
    hex(blake3::hash(&value.to_bytes()[from..]).as_bytes())
}

/// BLAKE3 through a transcript, as everywhere in the format.
fn digest(value: &impl Encode) -> String {
    hex(&Transcript::new("veilkit v1 vectors digest").append("bytes", &value.to_bytes()).digest())
}

/// Those of the first four slots.
fn first(values: &[Complex], part: impl Fn(&Complex) -> f64) -> String {
    numbers(values.iter().take(4).map(part))
}

fn numbers(values: impl IntoIterator<Item = f64>) -> String {
    hex(&values.into_iter().flat_map(f64::to_le_bytes).collect::<Vec<_>>())
}

fn context(test: &Test, name: &str) -> Result<Context> {
    Context::new(&Params::from_bytes(&test.bytes(name), ())?)
}

fn object<T: for<'a> Decode<&'a Context>>(test: &Test, kind: &str) -> Result<T> {
    let bytes = test.bytes(kind);
    T::from_bytes(&bytes, &Context::new(&Params::of_encoding(&bytes)?)?)
}

fn float(test: &Test, name: &str) -> f64 {
    test.input(name).as_f64().expect("a number")
}

fn integer(test: &Test, name: &str) -> u32 {
    u32::try_from(test.number(name)).expect("a small number")
}
