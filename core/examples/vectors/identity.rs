//! Signatures of parties, for one message in one context.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{InvalidEncoding, VerificationFailed},
    mpc::IdentityKey,
};

use super::{
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

fn key(name: &str) -> IdentityKey {
    IdentityKey::generate(&mut rng(seed(name)))
}

pub(crate) fn files() -> Vec<File> {
    let source = "Ed25519 (RFC 8032) of the BLAKE3 digest of context and message";
    let mut sign = File::new("identity/sign.json", "identity/sign", source, nothing());
    let source = "signatures of sign.json, and what is not theirs";
    let mut verify = File::new("identity/bad_verify.json", "identity/verify", source, nothing());
    for (comment, context, message) in [
        ("a message", &b"clinic network, round 2"[..], &b"I have the same plan"[..]),
        ("no context", b"", b"message"),
        ("no message", b"context", b""),
        ("a message of 300 bytes", b"context", &[7; 300]),
    ] {
        let inputs = json!({
            "mpc_identity_key": encoded(&key("signer")), "context": hex(context), "message": hex(message),
        });
        let made = Value::Object(sign.valid(comment, inputs, None));
        let given = json!({
            "identity": made["identity"], "context": hex(context), "message": hex(message),
            "signature": made["signature"],
        });
        verify.valid(comment, given.clone(), None);
        if comment == "a message" {
            bad(&mut verify, &given);
        }
    }
    vec![sign, verify]
}

fn bad(verify: &mut File, given: &Value) {
    let mut refuse = |comment: &str, flag: &str, name: &str, value: &[u8], kind| {
        verify.invalid(comment, flag, with(given, name, hex(value)), kind);
    };
    refuse("in another context", "Replay", "context", b"clinic network, round 3", VerificationFailed);
    refuse("in no context", "Replay", "context", b"", VerificationFailed);
    refuse("another message", "Message", "message", b"I have another plan", VerificationFailed);
    refuse(
        "by another party",
        "Signer",
        "identity",
        &key("another").identity().to_bytes(),
        VerificationFailed,
    );
    let signature = unhex(given["signature"].as_str().expect("hex"));
    for (comment, at) in [("the point changed", 0), ("the scalar changed", 32)] {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        refuse(comment, "Part", "signature", &changed, VerificationFailed);
    }
    // The same scalar modulo the order of the group, which lax verifiers take.
    let mut unreduced = signature.clone();
    let mut carry = 0;
    for (byte, order) in unreduced[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    refuse("a scalar that is not reduced", "Part", "signature", &unreduced, VerificationFailed);
    refuse("a byte less", "Length", "signature", &signature[..63], VerificationFailed);
    refuse("a byte more", "Length", "signature", &[&signature[..], &[0]].concat(), VerificationFailed);
    refuse("no bytes", "Length", "signature", b"", VerificationFailed);
    let mut neutral = [0; 32];
    neutral[0] = 1;
    refuse("an identity of small order", "Signer", "identity", &neutral, InvalidEncoding);
    refuse("an identity that is no point", "Signer", "identity", &[2; 32], InvalidEncoding);
}

/// 2^252 + 27742317777372353535851937790883648493, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
