//! What the tests of each algorithm do.
use serde_json::Value;
use veilkit::{
    Result,
    codec::{Decode, Encode},
};

use super::support::vectors::{Test, hex};

#[path = "ckks.rs"]
mod ckks;
#[path = "ckks_encoder.rs"]
mod ckks_encoder;
#[path = "dkg.rs"]
mod dkg;
#[path = "elgamal.rs"]
mod elgamal;
#[path = "holders.rs"]
mod holders;
#[path = "identity.rs"]
mod identity;
#[path = "mpc_session.rs"]
pub(crate) mod mpc_session;
#[path = "paillier.rs"]
mod paillier;
#[path = "paillier_threshold.rs"]
mod paillier_threshold;
#[path = "ring.rs"]
mod ring;
#[path = "secure_sum.rs"]
mod secure_sum;
#[path = "shamir.rs"]
mod shamir;
#[path = "study.rs"]
mod study;
#[path = "transcript.rs"]
mod transcript;

/// Runs the procedure of `algorithm` on the inputs.
pub(crate) fn run(algorithm: &str, test: &Test) -> Result<Value> {
    let (scheme, procedure) = algorithm.split_once('/').expect("scheme/procedure");
    match scheme {
        "shamir" => shamir::run(procedure, test),
        "holders" => holders::run(procedure, test),
        "ckks" => ckks::run(procedure, test),
        "dkg" => dkg::run(procedure, test),
        "elgamal" => elgamal::run(procedure, test),
        "paillier" => paillier::run(procedure, test),
        "paillier_threshold" => paillier_threshold::run(procedure, test),
        "secure_sum" => secure_sum::run(procedure, test),
        "identity" => identity::run(procedure, test),
        "mpc_session" => mpc_session::run(procedure, test),
        "study" => study::run(procedure, test),
        "ckks_encoder" => ckks_encoder::run(procedure, test),
        "ring" => ring::run(procedure, test),
        "decode" => decoders(procedure, test),
        _ => panic!("no procedures for {scheme}"),
    }
}

fn decoders(kind: &str, test: &Test) -> Result<Value> {
    const THRESHOLD: [&str; 3] =
        ["paillier_threshold_setup", "paillier_key_share", "paillier_decryption_share"];
    if THRESHOLD.contains(&kind) {
        return paillier_threshold::decode(kind, test);
    }
    if ["mpc_plan", "mpc_ledger"].contains(&kind) {
        return study::decode(kind, test);
    }
    match kind.split('_').next().expect("a name") {
        "shamir" => shamir::decode(kind, test),
        "ckks" => ckks::decode(kind, test),
        "dkg" | "decryption" => dkg::decode(kind, test),
        "elgamal" => elgamal::decode(kind, test),
        "paillier" => paillier::decode(kind, test),
        "resharing" | "repair" | "share" => holders::decode(kind, test),
        _ if ["mpc_frame", "mpc_journal", "mpc_seed"].contains(&kind) => mpc_session::decode(kind, test),
        _ => secure_sum::decode(kind, test),
    }
}

fn encoded(value: &impl Encode) -> String {
    hex(&value.to_bytes())
}

fn encoded_list<'a, T: Encode + 'a>(values: impl IntoIterator<Item = &'a T>) -> Value {
    values.into_iter().map(encoded).collect::<Vec<_>>().into()
}

/// Decodes the object under the name of its kind; what is accepted encodes to the same bytes.
fn decoded<T: Decode<C>, C>(test: &Test, kind: &str, context: C) -> Result<Value> {
    let bytes = test.bytes(kind);
    let value = T::from_bytes(&bytes, context)?;
    assert_eq!(*value.to_bytes(), bytes, "{kind} {}: encodes to other bytes", test.id);
    Ok(serde_json::json!({}))
}

/// A list of objects without context.
fn objects<T: Decode>(test: &Test, kind: &str) -> Result<Vec<T>> {
    test.list(kind).iter().map(|bytes| T::from_bytes(bytes, ())).collect()
}

/// One object without context.
fn object<T: Decode>(test: &Test, kind: &str) -> Result<T> {
    T::from_bytes(&test.bytes(kind), ())
}
