//! Shares of byte strings.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::InvalidEncoding,
    Result,
    codec::{Decode, Encode, HEADER_LEN},
    shamir::{Share, combine, combine_correcting, split},
};

use super::{
    bad::Bad,
    file::{File, OWN, culprits, encoded, hex, rng, seed},
};

pub(crate) fn files() -> Vec<File> {
    vec![split_file(), combine_file(), correct_file(), bad_share()]
}

/// Secrets of all interesting lengths: 1, around the 128 bytes of a block, more than a batch of 16 blocks.
const SECRETS: &[(usize, usize, usize)] = &[
    (1, 2, 2),
    (1, 2, 3),
    (16, 3, 5),
    (32, 2, 2),
    (127, 5, 7),
    (128, 3, 4),
    (129, 2, 3),
    (2100, 2, 2),
    (7, 10, 20),
    (3, 16, 16),
];

fn secret(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from((i * 37 + len) % 256).expect("below 256")).collect()
}

fn shares(len: usize, threshold: usize, count: usize) -> Vec<Share> {
    let seed = seed(&format!("shamir {len} {threshold} {count}"));
    split(&secret(len), threshold, count, &mut rng(seed)).expect("the parameters are valid")
}

fn list(shares: &[Share]) -> Value {
    shares.iter().map(encoded).collect::<Vec<_>>().into()
}

fn split_file() -> File {
    let mut file =
        File::new("shamir/split.json", "shamir/split", OWN, json!({ "field": "GF(2^8), polynomial 0x11b" }));
    for &(len, threshold, count) in SECRETS {
        let inputs = json!({ "secret": hex(&secret(len)), "threshold": threshold, "shares": count });
        let expected = json!({ "shamir_share": list(&shares(len, threshold, count)) });
        let seed = seed(&format!("shamir {len} {threshold} {count}"));
        file.valid(&format!("{threshold} of {count}, {len} bytes"), &[], inputs, Some(seed), expected);
    }
    for (comment, secret, threshold, count) in [
        ("an empty secret", &[][..], 2, 3),
        ("threshold 0", &[1], 0, 3),
        ("threshold 1: every share would be the secret", &[1], 1, 3),
        ("threshold above the number of shares", &[1], 4, 3),
        ("no shares", &[1], 2, 0),
        ("256 shares", &[1], 2, 256),
        ("65,537 shares: more than an index can count", &[1], 2, 65_537),
    ] {
        let error = split(secret, threshold, count, &mut rng([0; 32])).expect_err(comment);
        let inputs = json!({ "secret": hex(secret), "threshold": threshold, "shares": count });
        file.invalid(comment, &[], inputs, &error);
    }
    file
}

/// A share with one byte changed, from the end of its encoding.
fn tampered(share: &Share, from_end: usize) -> Share {
    let mut bytes = share.to_bytes().to_vec();
    let at = bytes.len() - 1 - from_end;
    bytes[at] ^= 1;
    Share::from_bytes(&bytes, ()).expect("the decoder cannot know")
}

fn combine_file() -> File {
    let mut file = File::new("shamir/combine.json", "shamir/combine", OWN, json!({}));
    for &(len, threshold, count) in SECRETS {
        let shares = shares(len, threshold, count);
        let last = &shares[count - threshold..];
        let mut backwards = last.to_vec();
        backwards.reverse();
        for (comment, given) in
            [("the last shares", last), ("backwards", &backwards), ("all shares", &shares[..])]
        {
            let expected = json!({ "secret": hex(&combine(given).expect("the shares are right")) });
            let comment = format!("{threshold} of {count}, {len} bytes: {comment}");
            file.valid(&comment, &[], json!({ "shamir_share": list(given) }), None, expected);
        }
    }
    let (a, b) = (shares(16, 3, 5), shares(3, 16, 16));
    let mut wrong = a.clone();
    wrong[1] = tampered(&a[1], 0);
    let mut two_wrong = wrong.clone();
    two_wrong[3] = tampered(&a[3], 5);
    let mut list_changed = a.clone();
    list_changed[2] = tampered(&a[2], 16 + 4 + 32);
    let mixed = [&a[..3], &b[3..4]].concat();
    for (comment, flag, given) in [
        ("no shares", "TooFew", vec![]),
        ("one share below the threshold", "TooFew", a[..2].to_vec()),
        ("one share twice", "Duplicate", vec![a[0].clone(), a[1].clone(), a[0].clone()]),
        ("one share twice beside enough others", "Duplicate", [&a[..4], &a[..1]].concat()),
        ("a share of another secret", "Mixed", mixed),
        ("as many shares of two secrets", "Mixed", [&a[..2], &b[2..4]].concat()),
        ("one payload is changed", "Tampered", wrong[..3].to_vec()),
        ("one payload is changed, all shares given", "Tampered", wrong),
        ("two payloads are changed", "Tampered", two_wrong),
        ("one list of commitments is changed", "Tampered", list_changed[..3].to_vec()),
    ] {
        let error = combine(&given).expect_err(comment);
        file.invalid(comment, &[flag], json!({ "shamir_share": list(&given) }), &error);
    }
    file
}

fn correct_file() -> File {
    let mut file = File::new("shamir/combine_correcting.json", "shamir/combine_correcting", OWN, json!({}));
    let shares = shares(7, 10, 20);
    let with_wrong = |wrong: &[usize]| {
        let mut given = shares.clone();
        wrong.iter().for_each(|i| given[*i] = tampered(&shares[*i], i % 7));
        given
    };
    for (comment, given) in [
        ("nothing is wrong", with_wrong(&[])),
        ("one payload is wrong", with_wrong(&[3])),
        ("ten of twenty payloads are wrong", with_wrong(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 19])),
    ] {
        let (secret, wrong) = combine_correcting(&given).expect(comment);
        let expected = json!({ "secret": hex(&secret), "culprits": culprits(wrong.as_slice()) });
        file.valid(comment, &[], json!({ "shamir_share": list(&given) }), None, expected);
    }
    let given = with_wrong(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let error = combine_correcting(&given).expect_err("too many are wrong");
    file.invalid(
        "eleven of twenty payloads are wrong",
        &["Tampered"],
        json!({ "shamir_share": list(&given) }),
        &error,
    );
    file
}

fn bad_share() -> File {
    let decode = |bytes: &[u8]| -> Result<()> { Share::from_bytes(bytes, ()).map(drop) };
    let valid = shares(16, 3, 5)[1].to_bytes().to_vec();
    let mut bad = Bad::new("shamir/bad_share.json", "decode/shamir_share", json!({}), valid, &decode);
    bad.params_id(veilkit::ErrorKind::ParamsMismatch);
    let (threshold, length) = (HEADER_LEN + 16, HEADER_LEN + 16 + 3 + 32 + 5 * 32);
    bad.edit("threshold 0", "Params", threshold, &[0], InvalidEncoding);
    bad.edit("threshold 1", "Params", threshold, &[1], InvalidEncoding);
    bad.edit("threshold above the count", "Params", threshold, &[6], InvalidEncoding);
    bad.edit("count 0", "Params", threshold + 1, &[0], InvalidEncoding);
    bad.edit("count 255 without the commitments", "Params", threshold + 1, &[255], InvalidEncoding);
    bad.edit("index 0, where the secret is", "Params", threshold + 2, &[0], InvalidEncoding);
    bad.edit("index above the count", "Params", threshold + 2, &[6], InvalidEncoding);
    bad.edit("index 255", "Params", threshold + 2, &[255], InvalidEncoding);
    bad.edit("length 0", "Length", length, &[0; 4], InvalidEncoding);
    bad.edit("length one above the payload", "Length", length, &[17], InvalidEncoding);
    bad.edit("length 2^31", "Length", length, &[0, 0, 0, 0x80], InvalidEncoding);
    bad.edit("length 2^32 - 1", "Length", length, &[255; 4], InvalidEncoding);
    bad.edit("length one below the payload", "Length", length, &[15], veilkit::ErrorKind::TrailingBytes);
    let empty = [&bad.valid()[..length], &[0; 4]].concat();
    bad.case("an empty payload", "Length", empty, InvalidEncoding);
    bad.finish()
}
