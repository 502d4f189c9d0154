//! Threshold decryption of Paillier.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::Decode,
    paillier::{
        EncryptedArray, PackedArray, PublicKey, SecretKey, UnprovenPublicKey,
        threshold::{
            Dealer, DecryptionShare, Encrypted, KeyShare, Setup, SetupSpec, combine, combine_integers,
        },
    },
    shape::Shape,
};

use super::{super::support::vectors::Test, decoded, encoded, encoded_list, object};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "deal" => {
            let text = |value: &Value| value.as_str().expect("a name").to_owned();
            let spec = SetupSpec {
                dealer: text(test.input("dealer")),
                parties: test.input("parties").as_array().expect("a list").iter().map(text).collect(),
                threshold: test.size("threshold"),
            };
            let key: SecretKey = object(test, "paillier_secret_key")?;
            let (setup, shares) = Dealer::from_secret_key(key)?.deal(&spec, &mut test.rng(), &mut ())?;
            Ok(json!({
                "paillier_threshold_setup": encoded(&setup), "paillier_key_share": encoded_list(&shares),
            }))
        }
        "share" => {
            let setup = setup(test)?;
            let share = KeyShare::from_bytes(&test.bytes("paillier_key_share"), &setup)?;
            match array(test, setup.public_key())? {
                Array::Plain(array) => create(&share, &array, test),
                Array::Packed(array) => create(&share, &array, test),
            }
        }
        "combine" => {
            let setup = setup(test)?;
            match array(test, setup.public_key())? {
                Array::Plain(array) => open(&setup, &array, array.scale(), array.shape(), test),
                Array::Packed(array) => open(&setup, &array, array.scale(), array.shape(), test),
            }
        }
        _ => panic!("no procedure {procedure}"),
    }
}

enum Array {
    Plain(EncryptedArray),
    Packed(PackedArray),
}

fn array(test: &Test, key: &PublicKey) -> Result<Array> {
    match test.inputs.contains_key("paillier_array") {
        true => EncryptedArray::from_bytes(&test.bytes("paillier_array"), key).map(Array::Plain),
        false => PackedArray::from_bytes(&test.bytes("paillier_packed_array"), key).map(Array::Packed),
    }
}

fn create(share: &KeyShare, array: &impl Encrypted, test: &Test) -> Result<Value> {
    let made = DecryptionShare::create(share, array, &test.bytes("session"), &mut test.rng(), &mut ())?;
    Ok(json!({ "paillier_decryption_share": encoded(&made) }))
}

fn open(setup: &Setup, array: &impl Encrypted, scale: u32, shape: &Shape, test: &Test) -> Result<Value> {
    let session = test.bytes("session");
    let shares = test.list("paillier_decryption_share");
    let shares = shares.iter().map(|bytes| DecryptionShare::from_bytes(bytes, setup));
    let shares = shares.collect::<Result<Vec<_>>>()?;
    if scale > 0 {
        let values = combine(setup, array, &shares, &session, &mut ())?;
        return Ok(json!({ "shape": shape.extents(), "values": *values }));
    }
    let integers = combine_integers(setup, array, &shares, &session, &mut ())?;
    let integers: Vec<i64> = integers.iter().map(|value| i64::try_from(*value).expect("small")).collect();
    Ok(json!({ "shape": shape.extents(), "integers": integers }))
}

fn key(test: &Test) -> Result<PublicKey> {
    Ok(object::<UnprovenPublicKey>(test, "paillier_public_key")?.trust_without_proof())
}

fn setup(test: &Test) -> Result<Setup> {
    Setup::from_bytes(&test.bytes("paillier_threshold_setup"), &key(test)?)
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "paillier_threshold_setup" => decoded::<Setup, _>(test, kind, &key(test)?),
        "paillier_key_share" => decoded::<KeyShare, _>(test, kind, &setup(test)?),
        _ => decoded::<DecryptionShare, _>(test, kind, &setup(test)?),
    }
}
