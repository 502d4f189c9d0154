//! What the tests of each algorithm do.
use serde_json::{Value, json};
use veilkit::{
    PartyId, Result,
    codec::{Decode, Encode},
    paillier::{Keypair, Params, ParamsSpec, PublicKey, SecretKey},
    shamir::{self, Share},
};

use super::support::vectors::{Test, hex};

/// Runs the procedure of `algorithm` on the inputs.
pub(crate) fn run(algorithm: &str, test: &Test) -> Result<Value> {
    match algorithm {
        "shamir/split" => split(test),
        "shamir/combine" => combine(test),
        "shamir/combine_correcting" => combine_correcting(test),
        "paillier/keygen" => keygen(test),
        "decode/shamir_share" => decode::<Share>(test, "shamir_share"),
        "decode/paillier_public_key" => decode::<PublicKey>(test, "paillier_public_key"),
        "decode/paillier_secret_key" => decode::<SecretKey>(test, "paillier_secret_key"),
        _ => panic!("no procedure for {algorithm}"),
    }
}

fn encoded(value: &impl Encode) -> String {
    hex(&value.to_bytes())
}

/// Decodes; what is accepted encodes to the same bytes.
fn decode<T: Decode>(test: &Test, name: &str) -> Result<Value> {
    decode_with::<T, ()>(test, name, ())
}

fn decode_with<T: Decode<C>, C>(test: &Test, name: &str, context: C) -> Result<Value> {
    let bytes = test.bytes(name);
    let value = T::from_bytes(&bytes, context)?;
    assert_eq!(*value.to_bytes(), bytes, "{name} {}: encodes to other bytes", test.id);
    Ok(json!({}))
}

fn size(test: &Test, name: &str) -> usize {
    usize::try_from(test.number(name)).expect("fits")
}

fn split(test: &Test) -> Result<Value> {
    // What is refused needs no randomness.
    let mut rng = if test.seed.is_some() { test.rng() } else { super::support::random::rng("none") };
    let shares =
        shamir::split(&test.bytes("secret"), size(test, "threshold"), size(test, "shares"), &mut rng)?;
    Ok(json!({ "shamir_share": shares.iter().map(encoded).collect::<Vec<_>>() }))
}

fn shares(test: &Test) -> Result<Vec<Share>> {
    test.list("shamir_share").iter().map(|bytes| Share::from_bytes(bytes, ())).collect()
}

fn combine(test: &Test) -> Result<Value> {
    Ok(json!({ "secret": hex(&shamir::combine(&shares(test)?)?) }))
}

fn combine_correcting(test: &Test) -> Result<Value> {
    let (secret, wrong) = shamir::combine_correcting(&shares(test)?)?;
    let wrong: Vec<u16> = wrong.as_slice().iter().map(|party: &PartyId| party.get()).collect();
    Ok(json!({ "secret": hex(&secret), "culprits": wrong }))
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
