//! Secret sharing for people and machines: paper, policies, seals, packs.
use serde_json::{Map, Value, json};
use veilkit::{
    ErrorKind::{
        DecryptionFailed, DuplicateParty, HeadroomExhausted, InvalidEncoding, InvalidParams, OutOfRange,
        ParamsMismatch, TooFewShares, TrailingBytes, VerificationFailed,
    },
    codec::HEADER_LEN,
    shamir::{self, sealed::CustodianKey},
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, strings, unhex},
};

pub(crate) fn files() -> Vec<File> {
    [paper(), policy(), sealed(), packed()].into_iter().flatten().collect()
}

fn list(expected: &Map<String, Value>, kind: &str) -> Vec<String> {
    strings(&expected[kind]).into_iter().map(str::to_owned).collect()
}

/// The encoding with the lowest bit of its last byte changed.
fn tampered(encoding: &str) -> String {
    let mut bytes = unhex(encoding);
    *bytes.last_mut().expect("not empty") ^= 1;
    hex(&bytes)
}

fn paper() -> Vec<File> {
    let source = "from the seed of each test; words are those of SLIP-0039; an interpolation in Python gives the secrets";
    let mut splits = File::new("shamir/paper_split.json", "shamir/paper_split", source, nothing());
    let mut dealt = Map::new();
    for (len, threshold, shares) in [(1, 2, 2), (16, 2, 3), (32, 3, 5)] {
        let inputs = json!({ "secret": hex(&vec![0xa5; len]), "threshold": threshold, "shares": shares });
        let name = format!("{threshold} of {shares}, {len} bytes");
        dealt = splits.valid(&name, inputs, Some(seed(&name)));
    }
    splits.invalid(
        "an empty secret",
        "Params",
        json!({ "secret": "", "threshold": 2, "shares": 3 }),
        OutOfRange,
    );
    splits.invalid(
        "threshold 1",
        "Params",
        json!({ "secret": "00", "threshold": 1, "shares": 3 }),
        InvalidParams,
    );

    let source = "cards as in paper_split.json";
    let mut combines = File::new("shamir/paper_combine.json", "shamir/paper_combine", source, nothing());
    let cards = list(&dealt, "shamir_card");
    let some = |cards: &[String]| json!({ "shamir_card": cards });
    combines.valid("the last three", some(&cards[2..]), None);
    combines.valid("all", some(&cards), None);
    combines.invalid("two of three", "TooFew", some(&cards[..2]), TooFewShares);
    combines.invalid("one twice", "Duplicate", some(&[&cards[..2], &cards[..1]].concat()), DuplicateParty);
    let mut wrong = cards.clone();
    wrong[1] = tampered(&cards[1]);
    combines.invalid("one is wrong, none to spare", "Tampered", some(&wrong[..3]), VerificationFailed);
    combines.invalid("one is wrong, two to spare", "Tampered", some(&wrong), VerificationFailed);

    let words = list(&dealt, "words").remove(0);
    let text = list(&dealt, "text").remove(0);
    let mut read = File::new("shamir/paper_words.json", "shamir/paper_words", source, nothing());
    let short: Vec<&str> = words.split(' ').map(|word| &word[..4]).collect();
    let given = |words: &str| json!({ "words": words });
    read.valid("as written", given(&words), None);
    read.valid("four letters each, in capitals, over lines", given(&short.join("\n").to_uppercase()), None);
    let split: Vec<&str> = words.split(' ').collect();
    let changed = |at: usize, word: &'static str| {
        let mut words = split.clone();
        words[at] = word;
        words.join(" ")
    };
    let mut exchanged = split.clone();
    exchanged.swap(20, 21);
    read.invalid("no words", "Length", given(""), InvalidEncoding);
    read.invalid("a word of no list", "Words", given(&changed(7, "veilkit")), InvalidEncoding);
    read.invalid("a wrong word", "Checksum", given(&changed(7, "zero")), VerificationFailed);
    read.invalid("two words exchanged", "Checksum", given(&exchanged.join(" ")), VerificationFailed);
    read.invalid(
        "the last word is missing",
        "Checksum",
        given(&split[..split.len() - 1].join(" ")),
        VerificationFailed,
    );
    let mut mistakes = File::new("shamir/paper_mistakes.json", "shamir/paper_mistakes", source, nothing());
    mistakes.valid("no mistake", given(&words), None);
    mistakes.valid("a word of no list", given(&changed(7, "veilkit")), None);
    mistakes.valid("a wrong word", given(&changed(7, "zero")), None);
    mistakes.valid("two words exchanged", given(&exchanged.join(" ")), None);

    let mut texts = File::new("shamir/paper_text.json", "shamir/paper_text", source, nothing());
    let given = |text: &str| json!({ "text": text });
    texts.valid("as written", given(&text), None);
    texts.valid(
        "in small letters, over lines",
        given(&format!("{}\n{}", &text[..40], &text[40..]).to_lowercase()),
        None,
    );
    texts.invalid("no text", "Length", given(""), InvalidEncoding);
    texts.invalid("another prefix", "Prefix", given(&text.replacen('1', "2", 1)), InvalidEncoding);
    texts.invalid(
        "a character of no digit",
        "Text",
        given(&format!("{}0{}", &text[..9], &text[10..])),
        InvalidEncoding,
    );
    let wrong = if &text[9..10] == "A" { "B" } else { "A" };
    texts.invalid(
        "a wrong character",
        "Checksum",
        given(&format!("{}{wrong}{}", &text[..9], &text[10..])),
        VerificationFailed,
    );
    texts.invalid("a character is missing", "Length", given(&text[..text.len() - 1]), InvalidEncoding);

    let mut bad = Bad::new("shamir/bad_card.json", "shamir_card", nothing(), unhex(&cards[0]));
    let threshold = HEADER_LEN + 4;
    bad.edit("threshold 1", "Params", threshold, &[1], InvalidEncoding);
    bad.edit("threshold above the count", "Params", threshold, &[6], InvalidEncoding);
    bad.edit("index 0, where the secret is", "Params", threshold + 2, &[0], InvalidEncoding);
    bad.edit("index above the count", "Params", threshold + 2, &[6], InvalidEncoding);
    let length = threshold + 3;
    bad.edit("length 0", "Length", length, &[0, 0], InvalidEncoding);
    bad.edit("length of a check value without a secret", "Length", length, &[16], InvalidEncoding);
    bad.edit("length one above the payload", "Length", length, &[49], InvalidEncoding);
    bad.edit("length one below the payload", "Length", length, &[47], TrailingBytes);
    let mut long = [bad.valid(), &[0; 1041 - 48]].concat();
    long[length..length + 2].copy_from_slice(&1041_u16.to_le_bytes());
    bad.case("a secret of 1,025 bytes", "Length", long, InvalidEncoding);
    vec![splits, combines, read, mistakes, texts, bad.finish()]
}

fn policy() -> Vec<File> {
    let mut texts =
        File::new("shamir/policy.json", "shamir/policy", "the grammar of veilkit::shamir::policy", nothing());
    let given = |text: &str| json!({ "policy": text });
    for text in [
        "owner",
        "2 of (doctor, doctor, surgeon) and 1 of (administrator)",
        "3 of (director * 2, deputy, deputy) or (notary and 4 of (guard, guard, guard, guard, guard))",
        "((a and b) and c) or d and (e or f)",
        "2 of (2 of (a, b * 2) * 2, c, d or e)",
        "3 of (a, b, c)",
    ] {
        texts.valid(text, given(text), None);
    }
    for (comment, text, kind) in [
        ("no text", "", InvalidEncoding),
        ("a name is missing", "a and", InvalidEncoding),
        ("two names", "a b", InvalidEncoding),
        ("a parenthesis is missing", "2 of (a, b", InvalidEncoding),
        ("a character of no word", "a & b", InvalidEncoding),
        ("no number that is needed", "0 of (a, b)", InvalidParams),
        ("more needed than there is", "3 of (a, b)", InvalidParams),
        ("weight 0", "2 of (a * 0, b, c)", InvalidParams),
        ("weights of 256 under a gate", "2 of (a * 255, b)", InvalidParams),
        ("256 seats", &["a"; 256].join(" or "), InvalidParams),
        ("parentheses too deep", &format!("{}a{}", "(".repeat(17), ")".repeat(17)), OutOfRange),
        ("too long", &" ".repeat(4097), OutOfRange),
    ] {
        texts.invalid(comment, "Policy", given(text), kind);
    }
    let encoding = |text: &str| {
        let policy: shamir::policy::Policy = text.parse().expect("a policy");
        encoded(&policy)
    };
    let rule = encoding("2 of (doctor, doctor, surgeon) and administrator");
    let mut splits =
        File::new("shamir/policy_split.json", "shamir/policy_split", "from the seed of each test", nothing());
    let inputs = |policy: &str, secret: &[u8]| json!({ "shamir_policy": policy, "secret": hex(secret) });
    let dealt =
        splits.valid("two doctors and an administrator", inputs(&rule, &[7; 33]), Some(seed("policy")));
    let weighted = encoding("3 of (director * 2, deputy, deputy or 2 of (guard, guard, guard))");
    let weights = splits.valid("weights", inputs(&weighted, b"secret"), Some(seed("policy weights")));
    splits.invalid("an empty secret", "Params", inputs(&rule, &[]), OutOfRange);

    let source = "shares as in policy_split.json";
    let mut combines = File::new("shamir/policy_combine.json", "shamir/policy_combine", source, nothing());
    let (shares, weights) = (list(&dealt, "shamir_policy_share"), list(&weights, "shamir_policy_share"));
    let some = |shares: &[&String]| json!({ "shamir_policy_share": shares });
    combines.valid("doctor, surgeon, administrator", some(&[&shares[3], &shares[0], &shares[2]]), None);
    combines.valid("all", some(&shares.iter().collect::<Vec<_>>()), None);
    combines.valid("director and deputy", some(&[&weights[0], &weights[1]]), None);
    combines.valid("director and two guards", some(&[&weights[0], &weights[4], &weights[3]]), None);
    combines.invalid("no administrator", "TooFew", some(&[&shares[0], &shares[1], &shares[2]]), TooFewShares);
    combines.invalid("one guard", "TooFew", some(&[&weights[0], &weights[4]]), TooFewShares);
    combines.invalid("none", "TooFew", some(&[]), TooFewShares);
    combines.invalid("one twice", "Duplicate", some(&[&shares[0], &shares[0], &shares[3]]), DuplicateParty);
    combines.invalid(
        "of two dealings",
        "Mixed",
        some(&[&shares[0], &shares[1], &shares[3], &weights[2]]),
        ParamsMismatch,
    );
    let wrong = tampered(&shares[1]);
    combines.invalid("one is wrong", "Tampered", some(&[&shares[0], &wrong, &shares[3]]), VerificationFailed);
    let spare = some(&[&shares[0], &wrong, &shares[2], &shares[3]]);
    combines.invalid("one is wrong, one to spare", "Tampered", spare, VerificationFailed);

    let mut bad_policy =
        Bad::new("shamir/bad_policy.json", "shamir_policy", nothing(), unhex(&encoding("a and b")));
    bad_policy.edit("a tab for a space", "Text", HEADER_LEN + 5, b"\t", InvalidEncoding);
    bad_policy.edit("not UTF-8", "Text", HEADER_LEN + 4, &[0xff], InvalidEncoding);
    bad_policy.edit("no policy", "Text", HEADER_LEN + 4, b"(", InvalidEncoding);
    bad_policy.edit("length 2^32 - 1", "Length", HEADER_LEN, &[255; 4], InvalidEncoding);
    bad_policy.edit("length 1", "Length", HEADER_LEN, &[1, 0, 0, 0], TrailingBytes);
    let mut bad =
        Bad::new("shamir/bad_policy_share.json", "shamir_policy_share", nothing(), unhex(&shares[2]));
    let seat = HEADER_LEN + 16 + unhex(&rule).len() - HEADER_LEN;
    bad.edit("seat 0", "Params", seat, &[0, 0], InvalidEncoding);
    bad.edit("a seat of nobody", "Params", seat, &[5, 0], InvalidEncoding);
    let length = seat + 2 + 32 + 4 * 32;
    bad.edit("length 0", "Length", length, &[0; 4], InvalidEncoding);
    bad.edit("length one above the payload", "Length", length, &[34], InvalidEncoding);
    bad.edit("length one below the payload", "Length", length, &[32], TrailingBytes);
    let mut bad_weight =
        Bad::new("shamir/bad_policy_share_weight.json", "shamir_policy_share", nothing(), unhex(&weights[0]));
    let length = bad_weight.valid().len() - 12 - 4;
    let mut odd = bad_weight.valid().to_vec();
    odd[length] = 11;
    odd.pop();
    bad_weight.case("two values of five and a half bytes", "Length", odd, InvalidEncoding);
    vec![texts, splits, combines, bad_policy.finish(), bad.finish(), bad_weight.finish()]
}

fn sealed() -> Vec<File> {
    let key = CustodianKey::generate(&mut rng(seed("custodian")));
    let other = CustodianKey::generate(&mut rng(seed("another custodian")));
    let custodian = key.custodian("Dr. Ada").expect("a name");
    let share = &shamir::split(b"secret", 2, 3, &mut rng(seed("sealed"))).expect("valid")[1];
    let source = "HPKE, RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305; pyhpke 0.6.5 opens it";
    let mut seals = File::new("shamir/seal.json", "shamir/seal", source, nothing());
    let inputs = json!({ "shamir_share": encoded(share), "shamir_custodian": encoded(&custodian) });
    let sealed =
        list(&seals.valid("a share of bytes", inputs, Some(seed("seal"))), "shamir_sealed_share").remove(0);
    let mut opens = File::new("shamir/open.json", "shamir/open", "as sealed in seal.json", nothing());
    let given = json!({ "shamir_custodian_key": encoded(&key), "shamir_sealed_share": sealed });
    opens.valid("by its custodian", given.clone(), None);
    opens.invalid("by another", "Key", with(&given, "shamir_custodian_key", encoded(&other)), ParamsMismatch);
    let edited = |at: usize, change: u8| {
        let mut bytes = unhex(&sealed);
        bytes[at] ^= change;
        with(&given, "shamir_sealed_share", hex(&bytes))
    };
    let name = HEADER_LEN + 2 + 32 + 2 + 4;
    for (comment, at, change, kind) in [
        ("of another kind", HEADER_LEN, 1, ParamsMismatch),
        ("of another set", HEADER_LEN + 2, 1, DecryptionFailed),
        ("with another index", HEADER_LEN + 34, 1, DecryptionFailed),
        ("for another name", name, 1, DecryptionFailed),
        ("with another encapsulated key", name + 7 + 32, 1, DecryptionFailed),
        ("with another ciphertext", name + 7 + 64 + 4, 1, DecryptionFailed),
    ] {
        opens.invalid(comment, "Tampered", edited(at, change), kind);
    }
    let mut bad_sealed =
        Bad::new("shamir/bad_sealed_share.json", "shamir_sealed_share", nothing(), unhex(&sealed));
    bad_sealed.edit("index 0", "Params", HEADER_LEN + 34, &[0, 0], InvalidEncoding);
    bad_sealed.edit("a name with a line end", "Name", name, b"\n", InvalidEncoding);
    bad_sealed.edit(
        "ciphertext shorter than a tag",
        "Length",
        name + 7 + 64,
        &[15, 0, 0, 0],
        InvalidEncoding,
    );
    bad_sealed.edit("ciphertext of 2^32 - 1 bytes", "Length", name + 7 + 64, &[255; 4], InvalidEncoding);
    let bytes = |value: &dyn Fn() -> String| unhex(&value());
    let path = "shamir/bad_custodian.json";
    let mut bad = Bad::new(path, "shamir_custodian", nothing(), bytes(&|| encoded(&custodian)));
    let at = HEADER_LEN + 4 + 7;
    bad.edit("a name that is not UTF-8", "Name", HEADER_LEN + 4, &[0xff], InvalidEncoding);
    bad.edit("a name with a line end", "Name", HEADER_LEN + 4, b"\n", InvalidEncoding);
    bad.edit("a name of 2^32 - 1 bytes", "Length", HEADER_LEN, &[255; 4], InvalidEncoding);
    bad.edit("key: zero", "Key", at, &[0; 32], InvalidEncoding);
    for (comment, key) in [
        ("one", "0100000000000000000000000000000000000000000000000000000000000000"),
        ("a point of order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        ("a point of order 8", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        ("p - 1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("highest bit", "09000000000000000000000000000000000000000000000000000000000000ff"),
    ] {
        bad.edit(&format!("key: {comment}"), "Key", at, &unhex(key), InvalidEncoding);
    }
    let path = "shamir/bad_custodian_key.json";
    let mut bad_key = Bad::new(path, "shamir_custodian_key", nothing(), bytes(&|| encoded(&key)));
    let clamped = bad_key.valid().to_vec();
    bad_key.edit("a low bit is set", "Key", HEADER_LEN, &[clamped[HEADER_LEN] | 1], InvalidEncoding);
    bad_key.edit(
        "the highest bit is set",
        "Key",
        HEADER_LEN + 31,
        &[clamped[HEADER_LEN + 31] | 0x80],
        InvalidEncoding,
    );
    bad_key.edit(
        "the second highest bit is not set",
        "Key",
        HEADER_LEN + 31,
        &[clamped[HEADER_LEN + 31] & 0x3f],
        InvalidEncoding,
    );
    vec![seals, opens, bad_sealed.finish(), bad.finish(), bad_key.finish()]
}

fn packed() -> Vec<File> {
    let source = "from the seed of each test: the shares, then those of the squares; elements are little-endian; \
                  an interpolation in Python gives those of fp61";
    let mut splits = File::new("shamir/packed_split.json", "shamir/packed_split", source, nothing());
    let source = "shares as in packed_split.json";
    let mut combines = File::new("shamir/packed_combine.json", "shamir/packed_combine", source, nothing());
    let mut bads = Vec::new();
    for (field, len, path) in [
        ("fp61", 8, "shamir/bad_packed_share.json"),
        ("ristretto255_scalar", 32, "shamir/bad_packed_share_scalar.json"),
    ] {
        let element = |value: u8| hex(&[&[value][..], &vec![0; len - 1]].concat());
        let elements: Vec<String> = (250..=254).map(element).collect();
        let inputs = |shares| json!({ "field": field, "elements": elements, "privacy": 2, "width": 3, "shares": shares });
        let dealt = splits.valid(&format!("3 in each, {field}"), inputs(9), Some(seed(field)));
        splits.invalid("too few shares for a product", "Params", inputs(8), HeadroomExhausted);
        splits.invalid("too few shares", "Params", inputs(4), InvalidParams);
        let shares = list(&dealt, "shamir_packed_share");
        let some = |shares: &[String]| json!({ "field": field, "shamir_packed_share": shares });
        combines.valid(&format!("the first five, {field}"), some(&shares[..5]), None);
        combines.valid(&format!("all, {field}"), some(&shares[..9]), None);
        combines.valid(&format!("the squares, {field}"), some(&shares[9..]), None);
        combines.invalid("four of five", "TooFew", some(&shares[..4]), TooFewShares);
        combines.invalid("eight of nine squares", "TooFew", some(&shares[9..17]), TooFewShares);
        combines.invalid("a square among them", "Mixed", some(&shares[4..10]), ParamsMismatch);
        let twice = [&shares[..5], &shares[..1]].concat();
        combines.invalid("one twice", "Duplicate", some(&twice), DuplicateParty);
        let mut wrong = shares[..6].to_vec();
        let mut bytes = unhex(&wrong[2]);
        let at = bytes.len() - len;
        bytes[at] ^= 1;
        wrong[2] = hex(&bytes);
        combines.invalid(
            "one is wrong, and there is one to spare",
            "Tampered",
            some(&wrong),
            VerificationFailed,
        );

        let mut bad = Bad::new(path, "shamir_packed_share", json!({ "field": field }), unhex(&shares[0]));
        let packing = HEADER_LEN + 16;
        bad.edit("privacy 0", "Params", packing, &[0, 0], InvalidEncoding);
        bad.edit("width 0", "Params", packing + 2, &[0, 0], InvalidEncoding);
        bad.edit("width 4,097", "Params", packing + 2, &[1, 16], InvalidEncoding);
        bad.edit("four shares", "Params", packing + 4, &[4, 0], InvalidEncoding);
        bad.edit("index 0", "Params", packing + 6, &[0, 0], InvalidEncoding);
        bad.edit("index above the count", "Params", packing + 6, &[10, 0], InvalidEncoding);
        bad.edit("a degree below that of the packing", "Params", packing + 8, &[3, 0], InvalidEncoding);
        bad.edit("a degree that no shares interpolate", "Params", packing + 8, &[9, 0], InvalidEncoding);
        bad.edit("no elements", "Length", packing + 10, &[0; 4], InvalidEncoding);
        bad.edit("elements for three values", "Length", packing + 10, &[7], InvalidEncoding);
        bad.edit("elements for one value", "Length", packing + 10, &[3], TrailingBytes);
        bad.edit("2^32 - 1 elements", "Length", packing + 10, &[255; 4], InvalidEncoding);
        bad.edit("a value of all ones", "Element", packing + 14, &vec![255; len], InvalidEncoding);
        bads.push(bad.finish());
    }
    [splits, combines].into_iter().chain(bads).collect()
}
