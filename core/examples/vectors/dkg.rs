//! Distributed key generation and threshold decryption: whole runs, and what is refused.
use serde_json::{Map, Value, json};
use veilkit::{
    ErrorKind::{
        DuplicateParty, InvalidEncoding, InvalidParams, ParamsMismatch, TooFewShares, TrailingBytes,
        UnknownParty, VerificationFailed,
    },
    PartyId,
    codec::{Decode, Encode, HEADER_LEN},
    elgamal::additive::{EncryptedArray, Keypair, Params, PlainArray, PublicKey},
    mpc::{
        IdentityKey,
        dkg::{KeyShare, Setup},
        secure_sum::SessionId,
        testing::{Delivery, Network},
        threshold_decrypt::DecryptionShare,
    },
    shape::Shape,
};

use super::{
    bad::Bad,
    file::{File, Seed, encoded, encoded_list, nothing, rng, seed, with},
    support::vectors::{hex, strings, unhex},
};

/// A whole run of parties 1, 2 and 5, threshold 2.
fn inputs(session: u8, threshold: usize) -> Value {
    let mut rng = rng(seed("dkg"));
    let keys = [(); 3].map(|()| IdentityKey::generate(&mut rng));
    json!({
        "session": hex(&[session; 32]), "threshold": threshold, "parties": [1, 2, 5],
        "mpc_identity_key": encoded_list(&keys),
    })
}

/// Everything that the run with these inputs and this seed delivers, by round, sender and receiver.
fn record(inputs: &Value, seed: Seed) -> Vec<(u64, Delivery)> {
    let keys: Vec<IdentityKey> = strings(&inputs["mpc_identity_key"])
        .into_iter()
        .map(|key| IdentityKey::from_bytes(&unhex(key), ()).expect("a key"))
        .collect();
    let party = |number| PartyId::new(number).expect("not zero");
    let members = [1, 2, 5].map(party).into_iter().zip(keys.iter().map(IdentityKey::identity)).collect();
    let session = unhex(inputs["session"].as_str().expect("hex")).try_into().expect("32 bytes");
    let setup = Setup::new(SessionId(session), members, 2).expect("valid");
    let (mut sent, mut number) = (Vec::new(), 0);
    let network = Network::key_generation(&setup, &keys, &mut rng(seed)).expect("the keys");
    network.finish_with(|_, network| {
        number += 1;
        sent.extend(network.deliveries().iter().map(|delivery| (number, delivery.clone())));
    });
    sent
}

/// Runs, and what the parties make of messages that are not those that were meant.
fn runs(file: &mut File) -> (Vec<Vec<u8>>, Vec<KeyShare>) {
    let valid = inputs(7, 2);
    let made = file.valid("2 of 3", valid.clone(), Some(seed("dkg run")));
    file.valid("3 of 3", inputs(8, 3), Some(seed("dkg run of all")));
    let bytes = |name: &str| strings(&made[name]).into_iter().map(unhex).collect::<Vec<_>>();
    let shares = bytes("dkg_key_share");
    let shares = shares.iter().map(|share| KeyShare::from_bytes(share, ()).expect("valid")).collect();

    // What is refused has no seed of its own: all zeros.
    let here = record(&valid, [0; 32]);
    let twin = record(&valid, seed("dkg twin"));
    let other = record(&inputs(9, 2), [0; 32]);
    let find = |all: &[(u64, Delivery)], round: u64, from: u16, to: u16| {
        let is = |(at, sent): &&(u64, Delivery)| (*at, sent.from.get(), sent.to.get()) == (round, from, to);
        hex(&all.iter().find(is).expect("it is there").1.bytes)
    };
    let instead = |all: &[(u64, Delivery)], places: &[(u64, u16, u16)], source: (u64, u16, u16)| {
        let place = |(round, from, to): &(u64, u16, u16)| {
            let (by, of, for_) = if source == (0, 0, 0) { (*round, *from, *to) } else { source };
            json!({ "round": round, "from": from, "to": to, "message": find(all, by, of, for_) })
        };
        with(&valid, "instead", places.iter().map(place).collect::<Vec<_>>())
    };
    let same = (0, 0, 0);
    let cases = [
        ("a commitment of another session", "Replay", instead(&other, &[(1, 2, 1)], same), ParamsMismatch),
        (
            "an opening in the place of a complaint",
            "Replay",
            instead(&here, &[(4, 2, 1)], (2, 2, 1)),
            ParamsMismatch,
        ),
        ("the share for another party", "Replay", instead(&here, &[(3, 2, 1)], (3, 2, 5)), ParamsMismatch),
        (
            "the commitment of another party",
            "Identity",
            instead(&here, &[(1, 2, 1)], (1, 5, 1)),
            ParamsMismatch,
        ),
        (
            "an opening that was not committed to",
            "Cheat",
            instead(&twin, &[(2, 2, 1), (2, 2, 5)], same),
            VerificationFailed,
        ),
        ("a share of another polynomial", "Cheat", instead(&twin, &[(3, 2, 5)], same), VerificationFailed),
        (
            "two commitments, each opened",
            "Cheat",
            instead(&twin, &[(1, 2, 5), (2, 2, 5)], same),
            VerificationFailed,
        ),
        ("a view of another run", "Cheat", instead(&twin, &[(4, 2, 1), (4, 2, 5)], same), VerificationFailed),
    ];
    for (comment, flag, inputs, kind) in cases {
        file.invalid(comment, flag, inputs, kind);
    }
    file.invalid("threshold 1", "Params", with(&valid, "threshold", 1), InvalidParams);
    file.invalid("a party twice", "Params", with(&valid, "parties", json!([1, 2, 2])), DuplicateParty);
    (bytes("dkg_message"), shares)
}

/// An array that was just encrypted, in hex.
fn bytes_of(array: &EncryptedArray) -> String {
    let bytes = array.to_bytes_for_sending(&mut rng(seed("unused")), &mut ());
    hex(&bytes.expect("nobody stops it"))
}

/// Decryption by two of three, and shares that do not go together.
fn decryptions(shares: &[KeyShare]) -> [File; 2] {
    let source = "from the seed of each test; `combine` gives what was encrypted";
    let mut makes = File::new("dkg/share.json", "dkg/share", source, nothing());
    let mut combines = File::new("dkg/combine.json", "dkg/combine", source, nothing());
    let group = shares[0].group();
    let key = PublicKey::from_point(Params::default(), group.public_point()).expect("a key");
    let values = [5, -1000, 0, 70_000];
    let shape = Shape::new(&[values.len()]).expect("one axis");
    let plain = PlainArray::integers(key.params(), &shape, &values).expect("small");
    let mut rng = rng(seed("dkg arrays"));
    let mut array = || EncryptedArray::encrypt(&key, &plain, &mut rng, &mut ()).expect("fits");
    let (array, other) = (array(), array());
    let inputs = json!({
        "dkg_key_share": encoded_list(shares), "elgamal_additive_array": bytes_of(&array), "session": hex(b"tally 1"),
    });
    let made = makes.valid("all three", inputs.clone(), Some(seed("decryption shares")));
    let mut again = |inputs: Value| makes.valid("for another request", inputs, Some(seed("others")));
    let of_session = again(with(&inputs, "session", hex(b"tally 2")));
    let of_array = again(with(&inputs, "elgamal_additive_array", bytes_of(&other)));
    let foreign = Keypair::generate(Params::default(), &mut rng).expect("not zero").public_key().clone();
    let foreign_array = EncryptedArray::encrypt(&foreign, &plain, &mut rng, &mut ()).expect("fits");
    let wrong = with(&inputs, "elgamal_additive_public_key", encoded(&foreign));
    let wrong = with(&wrong, "elgamal_additive_array", bytes_of(&foreign_array));
    makes.invalid("an array under another key", "Key", wrong, ParamsMismatch);

    let all = |made: &Map<String, Value>| {
        strings(&made["decryption_share"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let (good, of_session, of_array) = (all(&made), all(&of_session), all(&of_array));
    let base = json!({
        "dkg_group_key": encoded(group), "elgamal_additive_array": bytes_of(&array), "session": hex(b"tally 1"),
    });
    let chosen = |shares: &[&String]| with(&base, "decryption_share", json!(shares));
    for (comment, at) in [("parties 1 and 2", &[0, 1][..]), ("5 and 1", &[2, 0]), ("all", &[0, 1, 2])] {
        let shares: Vec<&String> = at.iter().map(|at: &usize| &good[*at]).collect();
        let opened = combines.valid(comment, chosen(&shares), Some(seed("batch")));
        assert_eq!(opened["values"], json!(values), "what was encrypted");
    }
    let mut refused =
        |comment, flag, shares: &[&String], kind| combines.invalid(comment, flag, chosen(shares), kind);
    refused("one of two", "Threshold", &[&good[0]], TooFewShares);
    refused("none", "Threshold", &[], TooFewShares);
    refused("one twice", "Duplicate", &[&good[0], &good[0]], DuplicateParty);
    refused("two of one party", "Duplicate", &[&good[0], &of_array[0]], DuplicateParty);
    refused("for another session", "Replay", &[&good[0], &of_session[1]], VerificationFailed);
    refused("for another array", "Replay", &[&of_array[0], &good[1], &of_array[2]], VerificationFailed);
    let edited = |at: usize, new: &[u8]| {
        let mut bytes = unhex(&good[1]);
        bytes[at..at + new.len()].copy_from_slice(new);
        hex(&bytes)
    };
    let last = unhex(&good[1]).len() - 32;
    let flipped = unhex(&good[1])[last] ^ 1;
    refused("another response", "Tampered", &[&good[0], &edited(last, &[flipped])], VerificationFailed);
    let first_part = unhex(&good[0])[HEADER_LEN + 38..HEADER_LEN + 70].to_vec();
    let wrong = edited(HEADER_LEN + 38, &first_part);
    refused("the part of another party", "Tampered", &[&good[0], &wrong], VerificationFailed);
    refused(
        "under another party's number",
        "Identity",
        &[&good[0], &edited(HEADER_LEN, &[5, 0])],
        VerificationFailed,
    );
    refused("of a stranger", "Identity", &[&good[0], &edited(HEADER_LEN, &[9, 0])], UnknownParty);
    [makes, combines]
}

pub(crate) fn files() -> Vec<File> {
    let source = "from the seed of each test; the shares fit the key, and any two decrypt (see combine.json)";
    let mut generates = File::new("dkg/generate.json", "dkg/generate", source, nothing());
    let (messages, shares) = runs(&mut generates);
    let message = messages[0].clone();
    let body = HEADER_LEN;
    let mut messages = Bad::new("dkg/bad_message.json", "dkg_message", nothing(), message);
    messages.edit("round 0", "Round", body + 32, &[0], InvalidEncoding);
    messages.edit("round 6", "Round", body + 32, &[6], InvalidEncoding);
    messages.edit("sender 0", "Party", body + 33, &[0, 0], InvalidEncoding);
    messages.edit("a payload of 2^32 - 1 bytes", "Length", body + 37, &[255; 4], InvalidEncoding);
    messages.edit("a payload that ends early", "Length", body + 37, &[127, 0, 0, 0], TrailingBytes);

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
    let [makes, combines] = decryptions(&shares);
    vec![generates, makes, combines, messages.finish(), groups.finish(), keys.finish(), parts.finish()]
}
