//! Paillier.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::Decode,
    paillier::{
        EncryptedArray, Keypair, PackedArray, Params, ParamsSpec, PlainArray, PublicKey, SecretKey, Unlinked,
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
        "encrypt" => {
            let key: PublicKey = object(test, "paillier_public_key")?;
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
            let key: PublicKey = object(test, "paillier_public_key")?;
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
        "paillier_public_key" => decoded::<PublicKey, ()>(test, kind, ()),
        "paillier_secret_key" => decoded::<SecretKey, ()>(test, kind, ()),
        "paillier_array" => {
            decoded::<Unlinked<EncryptedArray>, _>(test, kind, &object(test, "paillier_public_key")?)
        }
        "paillier_packed_array" => {
            decoded::<Unlinked<PackedArray>, _>(test, kind, &object(test, "paillier_public_key")?)
        }
        _ => panic!("no decoder for {kind}"),
    }
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
    let key: PublicKey = object(test, "paillier_public_key")?;
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
