//! Distributed key generation and threshold decryption.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    elgamal::additive::{EncryptedArray, Params, PublicKey},
    mpc::{
        IdentityKey,
        dkg::{GroupKey, KeyShare, Message, Setup},
        secure_sum::SessionId,
        testing::Network,
        threshold_decrypt::{DecryptionShare, combine},
    },
};

use super::{super::support::vectors::Test, decoded, encoded, encoded_list, object, objects, transcript};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "generate" => generate(test),
        "share" => {
            let shares = objects::<KeyShare>(test, "dkg_key_share")?;
            let (array, session, mut rng) =
                (array(test, shares[0].group())?, test.bytes("session"), test.rng());
            let made = shares.iter().map(|share| DecryptionShare::create(share, &array, &session, &mut rng));
            Ok(json!({ "decryption_share": encoded_list(&made.collect::<Result<Vec<_>>>()?) }))
        }
        "combine" => {
            let group = object::<GroupKey>(test, "dkg_group_key")?;
            let array = array(test, &group)?;
            let shares = objects::<DecryptionShare>(test, "decryption_share")?;
            let session = test.bytes("session");
            let values = combine(&group, &array, &shares, &session, &mut test.rng(), &mut ())?;
            Ok(json!({ "values": *values }))
        }
        _ => panic!("no procedure {procedure}"),
    }
}

/// An array under the key of a group; of another key where the test says so.
fn array(test: &Test, group: &GroupKey) -> Result<EncryptedArray> {
    let key = match test.inputs.get("elgamal_additive_public_key") {
        Some(_) => object::<PublicKey>(test, "elgamal_additive_public_key")?,
        None => PublicKey::from_point(Params::default(), group.public_point())?,
    };
    EncryptedArray::from_bytes(&test.bytes("elgamal_additive_array"), &key)
}

fn generate(test: &Test) -> Result<Value> {
    let keys = objects::<IdentityKey>(test, "mpc_identity_key")?;
    let numbers = test.input("parties").as_array().expect("a list");
    let number = |value: &Value| u16::try_from(value.as_u64().expect("a number")).expect("small");
    let parties =
        numbers.iter().zip(&keys).map(|(value, key)| Ok((PartyId::new(number(value))?, key.identity())));
    let session = SessionId(test.bytes("session").try_into().expect("32 bytes"));
    let setup = Setup::new(session, parties.collect::<Result<_>>()?, test.size("threshold"))?;
    let network = Network::key_generation(&setup, &keys, &mut test.rng())?;
    let (shares, sent) = transcript::run(test, network)?;
    Ok(json!({
        "dkg_message": sent,
        "dkg_group_key": encoded(shares[0].group()),
        "dkg_key_share": encoded_list(&shares),
    }))
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "dkg_message" => decoded::<Message, ()>(test, kind, ()),
        "dkg_group_key" => decoded::<GroupKey, ()>(test, kind, ()),
        "dkg_key_share" => decoded::<KeyShare, ()>(test, kind, ()),
        "decryption_share" => decoded::<DecryptionShare, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}
