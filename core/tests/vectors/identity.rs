//! Signatures of parties.
use serde_json::{Value, json};
use veilkit::{
    Error, ErrorKind, Result,
    mpc::{Identity, IdentityKey, Signature},
};

use super::{
    super::support::vectors::{Test, hex},
    object,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    let (context, message) = (test.bytes("context"), test.bytes("message"));
    match procedure {
        "sign" => {
            let key: IdentityKey = object(test, "mpc_identity_key")?;
            let signature = key.sign_message(&context, &message);
            Ok(
                json!({ "identity": hex(&key.identity().to_bytes()), "signature": hex(&signature.to_bytes()) }),
            )
        }
        "verify" => {
            let identity = Identity::from_bytes(&test.bytes("identity").try_into().expect("32 bytes"))?;
            // As every language says it: bytes of another length are no signature.
            let signature = test.bytes("signature").try_into();
            let signature = signature.map_err(|_| Error::new(ErrorKind::VerificationFailed, "signature"))?;
            identity.verify_message(&context, &message, &Signature::from_bytes(signature))?;
            Ok(json!({}))
        }
        _ => panic!("no procedure {procedure}"),
    }
}
