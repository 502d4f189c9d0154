//! Secret sharing: bytes, field elements, with commitments.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        DuplicateParty, InvalidEncoding, InvalidParams, OutOfRange, ParamsMismatch, TooFewShares,
        TrailingBytes, VerificationFailed,
    },
    codec::{Decode, Encode, HEADER_LEN},
    group::Point,
    shamir::{Share, split},
};

use super::{
    bad::Bad,
    file::{File, encoded_list, nothing, rng, seed},
    support::vectors::{hex, strings, unhex},
};

pub(crate) fn files() -> Vec<File> {
    let mut files = vec![split_file(), combine_file(), correct_file(), bad_share()];
    files.extend(field());
    files.extend(feldman());
    files.extend(pedersen());
    files
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
];

fn secret(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from((i * 37 + len) % 256).expect("below 256")).collect()
}

fn shares(len: usize, threshold: usize, count: usize) -> Vec<Share> {
    let seed = seed(&format!("shamir {len} {threshold} {count}"));
    split(&secret(len), threshold, count, &mut rng(seed)).expect("the parameters are valid")
}

fn given(shares: &[Share]) -> Value {
    json!({ "shamir_share": encoded_list(shares) })
}

fn split_file() -> File {
    let params = json!({ "field": "GF(2^8), polynomial 0x11b" });
    let mut file = File::new("shamir/split.json", "shamir/split", "from the seed of each test", params);
    for &(len, threshold, count) in SECRETS {
        let inputs = json!({ "secret": hex(&secret(len)), "threshold": threshold, "shares": count });
        let seed = seed(&format!("shamir {len} {threshold} {count}"));
        file.valid(&format!("{threshold} of {count}, {len} bytes"), inputs, Some(seed));
    }
    for (comment, secret, threshold, count, kind) in [
        ("an empty secret", &[][..], 2, 3, OutOfRange),
        ("threshold 0", &[1], 0, 3, InvalidParams),
        ("threshold 1: every share would be the secret", &[1], 1, 3, InvalidParams),
        ("threshold above the number of shares", &[1], 4, 3, InvalidParams),
        ("no shares", &[1], 2, 0, InvalidParams),
        ("256 shares", &[1], 2, 256, InvalidParams),
        ("65,537 shares: more than an index can count", &[1], 2, 65_537, InvalidParams),
    ] {
        let inputs = json!({ "secret": hex(secret), "threshold": threshold, "shares": count });
        file.invalid(comment, "Params", inputs, kind);
    }
    file
}

/// A share with one bit changed, in a byte counted from the end of its encoding.
fn tampered(share: &Share, from_end: usize) -> Share {
    let mut bytes = share.to_bytes().to_vec();
    let at = bytes.len() - 1 - from_end;
    bytes[at] ^= 1;
    Share::from_bytes(&bytes, ()).expect("the decoder cannot know")
}

fn combine_file() -> File {
    let mut file = File::new("shamir/combine.json", "shamir/combine", "shares as in split.json", nothing());
    for &(len, threshold, count) in SECRETS {
        let shares = shares(len, threshold, count);
        let name = format!("{threshold} of {count}, {len} bytes");
        file.valid(&format!("{name}: the last shares"), given(&shares[count - threshold..]), None);
        if len <= 32 {
            let backwards: Vec<_> = shares.iter().rev().cloned().collect();
            file.valid(&format!("{name}: all, backwards"), given(&backwards), None);
        }
    }
    let (a, b) = (shares(16, 3, 5), shares(1, 2, 3));
    let mut wrong = a.clone();
    wrong[1] = tampered(&a[1], 0);
    let mut two_wrong = wrong.clone();
    two_wrong[3] = tampered(&a[3], 5);
    let mut list_changed = a.clone();
    list_changed[2] = tampered(&a[2], 16 + 4 + 32);
    for (comment, flag, shares, kind) in [
        ("no shares", "TooFew", vec![], TooFewShares),
        ("one share below the threshold", "TooFew", a[..2].to_vec(), TooFewShares),
        ("one share twice", "Duplicate", vec![a[0].clone(), a[1].clone(), a[0].clone()], DuplicateParty),
        ("one share twice beside enough others", "Duplicate", [&a[..4], &a[..1]].concat(), DuplicateParty),
        ("a share of another secret", "Mixed", [&a[3..], &a[..1], &b[1..2]].concat(), ParamsMismatch),
        ("as many shares of two secrets", "Mixed", [&a[3..], &b[..2]].concat(), ParamsMismatch),
        ("one payload is changed", "Tampered", wrong[..3].to_vec(), VerificationFailed),
        ("one payload is changed, all shares given", "Tampered", wrong, VerificationFailed),
        ("two payloads are changed", "Tampered", two_wrong, VerificationFailed),
        ("one list of commitments is changed", "Tampered", list_changed[..3].to_vec(), VerificationFailed),
    ] {
        file.invalid(comment, flag, given(&shares), kind);
    }
    file
}

fn correct_file() -> File {
    let path = "shamir/combine_correcting.json";
    let mut file = File::new(path, "shamir/combine_correcting", "shares as in split.json", nothing());
    let shares = shares(127, 5, 7);
    let with_wrong = |wrong: &[usize]| {
        let mut changed = shares.clone();
        wrong.iter().for_each(|i| changed[*i] = tampered(&shares[*i], *i));
        given(&changed)
    };
    file.valid("nothing is wrong", with_wrong(&[]), None);
    file.valid("one payload is wrong", with_wrong(&[3]), None);
    file.valid("two of seven payloads are wrong", with_wrong(&[0, 6]), None);
    file.invalid("three of seven payloads are wrong", "Tampered", with_wrong(&[0, 2, 6]), VerificationFailed);
    file
}

fn bad_share() -> File {
    let valid = shares(16, 3, 5)[1].to_bytes().to_vec();
    let mut bad = Bad::new("shamir/bad_share.json", "shamir_share", nothing(), valid);
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
    bad.edit("length one below the payload", "Length", length, &[15], TrailingBytes);
    let empty = [&bad.valid()[..length], &[0; 4]].concat();
    bad.case("an empty payload", "Length", empty, InvalidEncoding);
    bad.finish()
}

/// The first encoding in a list, and all of them.
fn list(expected: &serde_json::Map<String, Value>, kind: &str) -> Vec<Vec<u8>> {
    strings(&expected[kind]).into_iter().map(unhex).collect()
}

fn hex_list(list: &[Vec<u8>]) -> Value {
    list.iter().map(|bytes| hex(bytes)).collect::<Vec<_>>().into()
}

fn field() -> Vec<File> {
    let mut files = Vec::new();
    let source = "from the seed of each test; elements are little-endian";
    let mut splits = File::new("shamir/field_split.json", "shamir/field_split", source, nothing());
    let mut combines = File::new(
        "shamir/field_combine.json",
        "shamir/field_combine",
        "shares as in field_split.json",
        nothing(),
    );
    let mut bads = Vec::new();
    for (field, len, path) in [
        ("fp61", 8, "shamir/bad_field_share.json"),
        ("ristretto255_scalar", 32, "shamir/bad_field_share_scalar.json"),
    ] {
        let element = |value: u8| {
            let mut bytes = vec![0; len];
            bytes[0] = value;
            hex(&bytes)
        };
        let elements = [element(0), element(1), element(255)];
        let inputs = json!({ "field": field, "elements": elements, "threshold": 3, "shares": 5 });
        let dealt = splits.valid(&format!("3 of 5, {field}"), inputs, Some(seed(field)));
        let shares = list(&dealt, "shamir_field_share");
        let some = |shares: &[Vec<u8>]| json!({ "field": field, "shamir_field_share": hex_list(shares) });
        combines.valid(&format!("the first three, {field}"), some(&shares[..3]), None);
        combines.valid(&format!("all, {field}"), some(&shares), None);
        combines.invalid("two of three", "TooFew", some(&shares[..2]), TooFewShares);
        combines.invalid("none", "TooFew", some(&[]), TooFewShares);
        combines.invalid(
            "one twice",
            "Duplicate",
            some(&[&shares[..3], &shares[..1]].concat()),
            DuplicateParty,
        );
        let mut wrong = shares.clone();
        let last = wrong[0].len() - len;
        wrong[0][last] ^= 1;
        combines.invalid(
            "one is wrong, and there is one to spare",
            "Tampered",
            some(&wrong[..4]),
            VerificationFailed,
        );

        let mut bad = Bad::new(path, "shamir_field_share", json!({ "field": field }), shares[0].clone());
        let (threshold, count) = (HEADER_LEN + 16, HEADER_LEN + 22);
        bad.edit("threshold 1", "Params", threshold, &[1, 0], InvalidEncoding);
        bad.edit("threshold above the count", "Params", threshold, &[6, 0], InvalidEncoding);
        bad.edit("index 0, where the secret is", "Params", threshold + 4, &[0, 0], InvalidEncoding);
        bad.edit("index above the count", "Params", threshold + 4, &[6, 0], InvalidEncoding);
        bad.edit("no elements", "Length", count, &[0; 4], InvalidEncoding);
        bad.edit("one element too many", "Length", count, &[4], InvalidEncoding);
        bad.edit("2^32 - 1 elements", "Length", count, &[255; 4], InvalidEncoding);
        bad.edit("one element too few", "Length", count, &[2], TrailingBytes);
        let at = count + 4;
        let size = if len == 8 { ((1_u64 << 61) - 1).to_le_bytes().to_vec() } else { unhex(SCALARS) };
        bad.edit("an element that is the field's size", "Element", at, &size, InvalidEncoding);
        bad.edit("an element of all ones", "Element", at, &vec![255; len], InvalidEncoding);
        bads.push(bad.finish());
    }
    files.extend([splits, combines]);
    files.extend(bads);
    files
}

/// The number of ristretto255 scalars, 2^252 + 27742317777372353535851937790883648493 (RFC 9496).
const SCALARS: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// Encodings that ristretto255 refuses (RFC 9496, appendix A.3, one of each sort).
const BAD_POINTS: &[(&str, &str)] = &[
    (
        "a field element that is not canonical",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    ("a negative field element", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("a non-square", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    ("a negative xy", "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"),
    ("s = -1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("the neutral element", "0000000000000000000000000000000000000000000000000000000000000000"),
];

fn scalar_cases(bad: &mut Bad, at: usize) {
    bad.edit("a scalar that is the group's order", "Scalar", at, &unhex(SCALARS), InvalidEncoding);
    bad.edit("a scalar of all ones", "Scalar", at, &[255; 32], InvalidEncoding);
}

fn indexed_cases(bad: &mut Bad, threshold: usize) {
    bad.edit("threshold 0", "Params", threshold, &[0, 0], InvalidEncoding);
    bad.edit("threshold 1", "Params", threshold, &[1, 0], InvalidEncoding);
    bad.edit("threshold above the count", "Params", threshold, &[6, 0], InvalidEncoding);
    bad.edit("index 0, where the secret is", "Params", threshold + 4, &[0, 0], InvalidEncoding);
    bad.edit("index above the count", "Params", threshold + 4, &[6, 0], InvalidEncoding);
}

fn commitment_cases(bad: &mut Bad, points: usize) {
    bad.edit("threshold 0", "Params", HEADER_LEN, &[0, 0], InvalidEncoding);
    bad.edit("threshold 1", "Params", HEADER_LEN, &[1, 0], InvalidEncoding);
    bad.edit("threshold above the count", "Params", HEADER_LEN, &[6, 0], InvalidEncoding);
    bad.edit("threshold 2 with three points", "Params", HEADER_LEN, &[2, 0], TrailingBytes);
    bad.edit("threshold 4 with three points", "Params", HEADER_LEN, &[4, 0], InvalidEncoding);
    bad.edit("count 0", "Params", HEADER_LEN + 2, &[0, 0], InvalidEncoding);
    for (comment, point) in BAD_POINTS {
        bad.edit(&format!("a point: {comment}"), "Point", points, &unhex(point), InvalidEncoding);
    }
    let last = bad.valid().len() - 32;
    bad.edit(
        "the last point: the neutral element",
        "Point",
        last,
        &Point::identity().to_bytes(),
        InvalidEncoding,
    );
}

fn feldman() -> Vec<File> {
    let mut splits = File::new(
        "shamir/feldman_split.json",
        "shamir/feldman_split",
        "from the seed of each test",
        nothing(),
    );
    let secret = hex(&[&[7; 31][..], &[1]].concat());
    let inputs = json!({ "elements": [secret], "threshold": 3, "shares": 5 });
    let dealt = splits.valid("3 of 5", inputs, Some(seed("feldman")));
    let zero = json!({ "elements": [hex(&[0; 32])], "threshold": 3, "shares": 5 });
    splits.invalid("zero is no random scalar", "Params", zero, OutOfRange);
    let low = json!({ "elements": [secret], "threshold": 1, "shares": 5 });
    splits.invalid("threshold 1", "Params", low, InvalidParams);

    let mut combines = File::new(
        "shamir/feldman_combine.json",
        "shamir/feldman_combine",
        "shares as in feldman_split.json",
        nothing(),
    );
    let (commitment, shares) =
        (dealt["shamir_feldman_commitment"].clone(), list(&dealt, "shamir_feldman_share"));
    let some = |shares: &[Vec<u8>]| json!({ "shamir_feldman_commitment": commitment, "shamir_feldman_share": hex_list(shares) });
    combines.valid("the last three", some(&shares[2..]), None);
    combines.valid("all", some(&shares), None);
    combines.invalid("two of three", "TooFew", some(&shares[..2]), TooFewShares);
    combines.invalid("one twice", "Duplicate", some(&[&shares[..2], &shares[..1]].concat()), DuplicateParty);
    let mut wrong = shares.clone();
    let last = wrong[1].len() - 32;
    wrong[1][last] ^= 1;
    combines.invalid("one is wrong", "Tampered", some(&wrong[..3]), VerificationFailed);

    let path = "shamir/bad_feldman_commitment.json";
    let mut bad =
        Bad::new(path, "shamir_feldman_commitment", nothing(), unhex(commitment.as_str().expect("hex")));
    commitment_cases(&mut bad, HEADER_LEN + 4);
    let mut share =
        Bad::new("shamir/bad_feldman_share.json", "shamir_feldman_share", nothing(), shares[0].clone());
    indexed_cases(&mut share, HEADER_LEN + 32);
    scalar_cases(&mut share, HEADER_LEN + 38);
    vec![splits, combines, bad.finish(), share.finish()]
}

fn pedersen() -> Vec<File> {
    let mut splits = File::new(
        "shamir/pedersen_split.json",
        "shamir/pedersen_split",
        "from the seed of each test",
        nothing(),
    );
    let mut dealt = Default::default();
    for (len, comment) in [(1, "a byte"), (31, "one piece"), (32, "two pieces")] {
        let inputs = json!({ "secret": hex(&secret(len)), "threshold": 3, "shares": 5 });
        dealt = splits.valid(&format!("3 of 5: {comment}"), inputs, Some(seed(comment)));
    }
    splits.invalid("nothing", "Params", json!({ "secret": "", "threshold": 3, "shares": 5 }), OutOfRange);
    splits.invalid(
        "threshold 1",
        "Params",
        json!({ "secret": "00", "threshold": 1, "shares": 5 }),
        InvalidParams,
    );

    let mut combines = File::new(
        "shamir/pedersen_combine.json",
        "shamir/pedersen_combine",
        "shares as in pedersen_split.json",
        nothing(),
    );
    let (commitment, shares) =
        (dealt["shamir_pedersen_commitment"].clone(), list(&dealt, "shamir_pedersen_share"));
    let some = |shares: &[Vec<u8>]| json!({ "shamir_pedersen_commitment": commitment, "shamir_pedersen_share": hex_list(shares) });
    combines.valid("the last three", some(&shares[2..]), None);
    combines.valid("all", some(&shares), None);
    combines.invalid("two of three", "TooFew", some(&shares[..2]), TooFewShares);
    combines.invalid("one twice", "Duplicate", some(&[&shares[..2], &shares[..1]].concat()), DuplicateParty);
    let mut wrong = shares.clone();
    let last = wrong[1].len() - 32;
    wrong[1][last] ^= 1;
    combines.invalid("one is wrong", "Tampered", some(&wrong[..3]), VerificationFailed);

    let path = "shamir/bad_pedersen_commitment.json";
    let mut bad =
        Bad::new(path, "shamir_pedersen_commitment", nothing(), unhex(commitment.as_str().expect("hex")));
    commitment_cases(&mut bad, HEADER_LEN + 12);
    bad.edit("no scalars", "Length", HEADER_LEN + 4, &[0; 8], InvalidEncoding);
    bad.edit("fewer scalars than the bytes need", "Length", HEADER_LEN + 4, &[1], InvalidEncoding);
    bad.edit("2^32 - 1 scalars", "Length", HEADER_LEN + 4, &[255; 4], InvalidEncoding);
    let mut share =
        Bad::new("shamir/bad_pedersen_share.json", "shamir_pedersen_share", nothing(), shares[0].clone());
    indexed_cases(&mut share, HEADER_LEN + 32);
    scalar_cases(&mut share, HEADER_LEN + 38);
    let count = HEADER_LEN + 70;
    share.edit("no values", "Length", count, &[0; 4], InvalidEncoding);
    share.edit("one value too many", "Length", count, &[3], InvalidEncoding);
    share.edit("2^32 - 1 values", "Length", count, &[255; 4], InvalidEncoding);
    share.edit("one value too few", "Length", count, &[1], TrailingBytes);
    vec![splits, combines, bad.finish(), share.finish()]
}
