//! Threshold decryption of Paillier: dealing, shares, decryption, and what is refused.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        DuplicateParty, InvalidEncoding, InvalidParams, ParamsMismatch, TooFewShares, UnknownParty,
        VerificationFailed,
    },
    codec::HEADER_LEN,
    paillier::{EncryptedArray, PackedArray, Params, ParamsSpec, PlainArray, SecretKey},
    shape::Shape,
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::{
        safe_primes::{P, Q, bytes},
        vectors::{hex, unhex},
    },
};

/// Bytes of a ciphertext.
const C: usize = 512;

fn key() -> SecretKey {
    let params = ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() };
    let params = Params::new(params).expect("a valid size");
    SecretKey::from_primes(params, &bytes(P), &bytes(Q))
        .and_then(|key| key.with_provable_base(&mut rng(seed("safe primes"))))
        .expect("a key")
}

/// What everybody knows, and the shares of the key.
struct Dealt {
    public: Value,
    shares: Vec<Value>,
}

fn deal(key: &SecretKey) -> (File, Dealt) {
    let path = "paillier_threshold/deal.json";
    let source = "safe primes from `openssl prime -generate -safe`, coefficients from the seed of each test";
    let mut file = File::new(path, "paillier_threshold/deal", source, nothing());
    let base = json!({
        "paillier_secret_key": encoded(key), "dealer": "Trust centre", "threshold": 2,
        "parties": ["North hospital", "South hospital", "Registry"],
    });
    let dealt = file.valid("2 of 3", base.clone(), Some(seed("deal 2 of 3")));
    let all = with(&with(&base, "threshold", 2), "parties", json!(["a", "b"]));
    file.valid("2 of 2", all, Some(seed("deal 2 of 2")));
    for (comment, name, value) in [
        ("one party decrypts alone", "threshold", json!(1)),
        ("more than there are", "threshold", json!(4)),
        ("nobody", "parties", json!([])),
        ("one name twice", "parties", json!(["a", "b", "a"])),
        ("a party without a name", "parties", json!(["a", "", "c"])),
        ("a dealer without a name", "dealer", json!("")),
        ("a name of two lines", "dealer", json!("a\nb")),
    ] {
        file.invalid(comment, "Params", with(&base, name, value), InvalidParams);
    }
    let public = json!({
        "paillier_public_key": encoded(key.public_key()),
        "paillier_threshold_setup": dealt["paillier_threshold_setup"].clone(),
    });
    let shares = dealt["paillier_key_share"].as_array().expect("a list").clone();
    (file, Dealt { public, shares })
}

/// Two integers, three fixed-point numbers, and a packed array.
fn arrays(key: &SecretKey) -> Vec<(&'static str, &'static str, String)> {
    let key = key.public_key();
    let shape = |len| Shape::new(&[len]).expect("one axis");
    let rng = &mut rng(seed("threshold arrays"));
    let mut sent = |plain: &PlainArray| {
        let array = EncryptedArray::encrypt(key, plain, rng, &mut ()).expect("fits");
        hex(&array.to_bytes_for_sending(rng, &mut ()).expect("nobody stops it"))
    };
    let integers = PlainArray::integers(key.params(), &shape(2), &[120, -7]).expect("small");
    let reals = PlainArray::fixed_point(key.params(), &shape(3), &[1.5, -2.25, 0.0]).expect("small");
    let (integers, reals) = (sent(&integers), sent(&reals));
    let many: Vec<i64> = (-10..10).collect();
    let many = PlainArray::integers_within(key.params(), &shape(20), &many, 10).expect("small");
    let packed = PackedArray::encrypt(key, &many, 3, rng, &mut ()).expect("fits");
    let packed = hex(&packed.to_bytes_for_sending(rng, &mut ()).expect("nobody stops it"));
    vec![
        ("integers", "paillier_array", integers),
        ("fixed-point numbers", "paillier_array", reals),
        ("a packed array", "paillier_packed_array", packed),
    ]
}

pub(crate) fn files() -> Vec<File> {
    let key = key();
    let (deal, dealt) = deal(&key);
    let mut share = File::new(
        "paillier_threshold/share.json",
        "paillier_threshold/share",
        "masks from the seed of each test",
        nothing(),
    );
    let mut combine = File::new(
        "paillier_threshold/combine.json",
        "paillier_threshold/combine",
        "shares as in share.json",
        nothing(),
    );
    let session = hex(b"quarter 3");
    let mut first: Option<(Value, Vec<Value>)> = None;
    for (comment, kind, array) in arrays(&key) {
        let base = with(&with(&dealt.public, kind, array), "session", session.clone());
        let shares = dealt.shares.iter().zip(1..).map(|(key_share, party)| {
            let comment = format!("{comment}, party {party}");
            let inputs = with(&base, "paillier_key_share", key_share.clone());
            share.valid(&comment, inputs, Some(seed(&comment)))["paillier_decryption_share"].clone()
        });
        let shares: Vec<Value> = shares.collect();
        for places in [&[0, 1][..], &[2, 0], &[0, 1, 2]] {
            let chosen: Vec<&Value> = places.iter().map(|place| &shares[*place]).collect();
            let inputs = with(&base, "paillier_decryption_share", json!(chosen));
            combine.valid(&format!("{comment}, {} shares", chosen.len()), inputs, None);
        }
        if first.is_none() {
            refusals(&mut combine, &base, &shares, &arrays(&key)[1].2);
            first = Some((base, shares));
        }
    }
    let (_, shares) = first.expect("there are arrays");
    let mut files = vec![deal, share, combine];
    files.extend(bad_encodings(&dealt, &unhex(shares[0].as_str().expect("hex"))));
    files
}

fn refusals(combine: &mut File, base: &Value, shares: &[Value], other: &str) {
    let [a, b] = [&shares[0], &shares[1]];
    let given = |shares: Value| with(base, "paillier_decryption_share", shares);
    combine.invalid("one share", "TooFew", given(json!([a])), TooFewShares);
    combine.invalid("no share", "TooFew", given(json!([])), TooFewShares);
    combine.invalid("one share twice", "Duplicate", given(json!([a, a])), DuplicateParty);
    let both = given(json!([a, b]));
    let session = with(&both, "session", hex(b"quarter 4"));
    combine.invalid("shares of another session", "Replay", session, VerificationFailed);
    let array = with(&both, "paillier_array", other);
    combine.invalid("shares of another array", "Replay", array, VerificationFailed);
    let bytes = unhex(b.as_str().expect("hex"));
    let party = HEADER_LEN + 32;
    let parts = party + 2 + 4;
    let proof = parts + 2 * C;
    for (comment, flag, at) in [
        ("the share of party 2 in the name of party 3", "Party", party),
        ("the first part is another", "Proof", parts),
        ("the second part is another", "Proof", parts + C),
        ("another e", "Proof", proof),
        ("another z", "Proof", proof + 16),
        ("another z in the highest byte", "Proof", bytes.len() - 1),
    ] {
        let mut edited = bytes.clone();
        edited[at] ^= 1;
        combine.invalid(comment, flag, given(json!([a, hex(&edited)])), VerificationFailed);
    }
    let mut swapped = bytes.clone();
    swapped[parts..proof].rotate_left(C);
    combine.invalid("parts in another order", "Proof", given(json!([a, hex(&swapped)])), VerificationFailed);
    let both_wrong: Vec<Value> = [a, b]
        .map(|share| {
            let mut bytes = unhex(share.as_str().expect("hex"));
            bytes[proof] ^= 1;
            json!(hex(&bytes))
        })
        .into();
    combine.invalid("both are wrong", "Proof", given(json!(both_wrong)), VerificationFailed);
}

fn bad_encodings(dealt: &Dealt, share: &[u8]) -> Vec<File> {
    let text = |value: &Value| unhex(value.as_str().expect("hex"));
    let body = HEADER_LEN;
    let context = json!({ "paillier_public_key": dealt.public["paillier_public_key"].clone() });
    let setup = text(&dealt.public["paillier_threshold_setup"]);
    let id = setup[body];
    let path = "paillier_threshold/bad_setup.json";
    let mut setups = Bad::new(path, "paillier_threshold_setup", context, setup);
    let (threshold, dealer) = (body + 16, body + 18);
    let party = dealer + 13;
    setups.edit("another key", "Key", body, &[id ^ 1], ParamsMismatch);
    setups.edit("threshold 1", "Params", threshold, &[1], InvalidEncoding);
    setups.edit("a threshold above the parties", "Params", threshold, &[4], InvalidEncoding);
    setups.edit("more parties than bytes", "Length", threshold + 1, &[255], InvalidEncoding);
    setups.edit("no parties", "Length", threshold + 1, &[0], InvalidEncoding);
    setups.edit("a dealer without a name", "Name", dealer, &[0], InvalidEncoding);
    setups.edit("a name that is no UTF-8", "Name", dealer + 1, &[255], InvalidEncoding);
    setups.edit("a name with a line feed", "Name", dealer + 1, b"\n", InvalidEncoding);
    let second = party + 1 + 14 + C;
    setups.edit("two parties of one name", "Name", second + 1, b"North", InvalidEncoding);
    let at = party + 1 + 14;
    setups.edit("a verification key of 0", "Element", at, &[0; C], InvalidEncoding);
    setups.edit("a verification key that is not below n^2", "Element", at, &[255; C], InvalidEncoding);

    let key_share = text(&dealt.shares[0]);
    let value = key_share[body + 34];
    let path = "paillier_threshold/bad_key_share.json";
    let mut keys = Bad::new(path, "paillier_key_share", dealt.public.clone(), key_share.clone());
    keys.edit("another set-up", "Setup", body, &[key_share[body] ^ 1], ParamsMismatch);
    keys.edit("party 0", "Party", body + 32, &[0, 0], InvalidEncoding);
    keys.edit("a party that has no share", "Party", body + 32, &[4, 0], UnknownParty);
    keys.edit("the share of another party", "Party", body + 32, &[2, 0], VerificationFailed);
    keys.edit("a share that does not fit", "Share", body + 34, &[value ^ 1], VerificationFailed);
    keys.edit("a share of 0", "Share", body + 34, &[0; C], VerificationFailed);
    keys.edit("the largest share", "Share", body + 34, &[255; C], VerificationFailed);

    let path = "paillier_threshold/bad_decryption_share.json";
    let mut parts = Bad::new(path, "paillier_decryption_share", dealt.public.clone(), share.to_vec());
    parts.edit("another set-up", "Setup", body, &[share[body] ^ 1], ParamsMismatch);
    parts.edit("party 0", "Party", body + 32, &[0, 0], InvalidEncoding);
    parts.edit("a party that has no share", "Party", body + 32, &[4, 0], UnknownParty);
    parts.edit("2^32 - 1 parts", "Length", body + 34, &[255; 4], InvalidEncoding);
    parts.edit("more parts than bytes", "Length", body + 34, &[4], InvalidEncoding);
    parts.edit("a part of 0", "Element", body + 38, &[0; C], InvalidEncoding);
    parts.edit("a part that is not below n^2", "Element", body + 38, &[255; C], InvalidEncoding);
    vec![setups.finish(), keys.finish(), parts.finish()]
}
