//! Distributed key generation and threshold decryption: what their decoders refuse.
use serde_json::json;
use veilkit::{
    ErrorKind::{InvalidEncoding, TrailingBytes, VerificationFailed},
    PartyId,
    codec::{Encode, HEADER_LEN},
    elgamal::additive::{EncryptedArray, Params, PlainArray, PublicKey},
    mpc::{
        IdentityKey,
        dkg::{KeyShare, Session, Setup},
        secure_sum::SessionId,
        threshold_decrypt::DecryptionShare,
    },
    shape::Shape,
};

use super::{
    bad::Bad,
    file::{File, nothing, rng, seed},
};

/// Two parties make a key: the first message, and both shares.
fn run() -> (Vec<u8>, Vec<KeyShare>) {
    let mut rng = rng(seed("dkg"));
    let parties = [1, 2].map(|number| PartyId::new(number).expect("not zero"));
    let keys = [(); 2].map(|()| IdentityKey::generate(&mut rng));
    let members = parties.into_iter().zip(keys.iter().map(IdentityKey::identity)).collect();
    let setup = Setup::new(SessionId([7; 32]), members, 2).expect("a valid set-up");
    let mut sides = Vec::new();
    let mut waiting = Vec::new();
    for (party, key) in parties.into_iter().zip(&keys) {
        let (session, step) = Session::start(&setup, party, key, &mut rng).expect("a member");
        sides.push(session);
        waiting.push(step.outgoing[0].bytes.clone());
    }
    let first = waiting[0].clone();
    let mut shares = Vec::new();
    while shares.is_empty() {
        let incoming = [(parties[1], waiting[1].clone()), (parties[0], waiting[0].clone())];
        waiting.clear();
        for (side, message) in sides.iter_mut().zip(incoming) {
            let step = side.step(&[message]).expect("honest");
            waiting.extend(step.outgoing.into_iter().map(|outgoing| outgoing.bytes));
            shares.extend(step.output);
        }
    }
    (first, shares)
}

pub(crate) fn files() -> Vec<File> {
    let (message, shares) = run();
    let body = HEADER_LEN;
    let mut messages = Bad::new("dkg/bad_message.json", "dkg_message", nothing(), message);
    messages.edit("round 0", "Round", body + 32, &[0], InvalidEncoding);
    messages.edit("round 6", "Round", body + 32, &[6], InvalidEncoding);
    messages.edit("sender 0", "Party", body + 33, &[0, 0], InvalidEncoding);
    messages.edit("a payload of 2^32 - 1 bytes", "Length", body + 37, &[255; 4], InvalidEncoding);
    messages.edit("a payload that ends early", "Length", body + 37, &[63, 0, 0, 0], TrailingBytes);

    let valid = shares[0].group().to_bytes().to_vec();
    let mut groups = Bad::new("dkg/bad_group_key.json", "dkg_group_key", nothing(), valid);
    groups.edit("more parties than bytes", "Length", body, &[255, 255], InvalidEncoding);
    groups.edit("a threshold above the parties", "Threshold", body + 2, &[3, 0], InvalidEncoding);
    groups.edit("party 0", "Party", body + 4, &[0, 0], InvalidEncoding);
    groups.edit("a party twice", "Party", body + 4, &[2, 0], InvalidEncoding);
    groups.edit("a neutral key", "Point", body + 8, &[0; 32], InvalidEncoding);
    groups.edit("no element", "Point", body + 8, &[255; 32], InvalidEncoding);

    let valid = shares[0].to_bytes().to_vec();
    let at = valid.len() - 32;
    let other = (valid[at] ^ 1).to_le_bytes();
    let mut keys = Bad::new("dkg/bad_key_share.json", "dkg_key_share", nothing(), valid);
    keys.edit("a share that does not fit the key", "Share", at, &other, VerificationFailed);
    keys.edit("a share that is not reduced", "Scalar", at, &[255; 32], InvalidEncoding);
    keys.edit("the share of another party", "Party", at - 2, &[2, 0], VerificationFailed);
    keys.edit("party 0", "Party", at - 2, &[0, 0], InvalidEncoding);

    let group = shares[0].group();
    let key = PublicKey::from_point(Params::default(), group.public_point()).expect("a key");
    let shape = Shape::new(&[1]).expect("one axis");
    let plain = PlainArray::integers(key.params(), &shape, &[5]).expect("small");
    let mut rng = rng(seed("decryption share"));
    let array = EncryptedArray::encrypt(&key, &plain, &mut rng, &mut ()).expect("fits");
    let share = DecryptionShare::create(&shares[0], &array, b"vectors", &mut rng).expect("one key");
    let path = "dkg/bad_decryption_share.json";
    let mut parts = Bad::new(path, "decryption_share", json!({}), share.to_bytes().to_vec());
    parts.edit("party 0", "Party", body, &[0, 0], InvalidEncoding);
    parts.edit("2^32 - 1 elements", "Length", body + 34, &[255; 4], InvalidEncoding);
    parts.edit("no elements", "Length", body + 34, &[0], TrailingBytes);
    parts.edit("a part that is no element", "Point", body + 38, &[255; 32], InvalidEncoding);
    parts.edit("a proof of no claim", "Claim", body + 38 + 32, &[0], InvalidEncoding);
    vec![messages.finish(), groups.finish(), keys.finish(), parts.finish()]
}
