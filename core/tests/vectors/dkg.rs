//! Distributed key generation and threshold decryption.
use serde_json::Value;
use veilkit::{
    Result,
    mpc::{
        dkg::{GroupKey, KeyShare, Message},
        threshold_decrypt::DecryptionShare,
    },
};

use super::{super::support::vectors::Test, decoded};

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "dkg_message" => decoded::<Message, ()>(test, kind, ()),
        "dkg_group_key" => decoded::<GroupKey, ()>(test, kind, ()),
        "dkg_key_share" => decoded::<KeyShare, ()>(test, kind, ()),
        "decryption_share" => decoded::<DecryptionShare, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}
