//! Paillier: keys, arrays, packed arrays.
use num_bigint::BigUint;
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        HeadroomExhausted, InvalidEncoding, InvalidParams, OutOfRange, ParamsMismatch, ShapeMismatch,
        TrailingBytes, VerificationFailed,
    },
    bigint::limbs,
    codec::{Encode, HEADER_LEN},
    paillier::{EncryptionKey, Keypair, Params, ParamsSpec, Plaintext},
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

pub(crate) fn files() -> Vec<File> {
    let keys = generate(SMALL);
    let mut files = vec![keygen(), bad_public_key(&keys), bad_secret_key(&keys)];
    files.extend(proven_keys(&keys));
    files.extend(jwks(&keys));
    files.extend(submissions(&keys));
    files.extend(statements(&keys));
    files.extend(arrays(&keys));
    files.extend(packed(&keys));
    files
}

/// The parameters of the tests: 2048 bits.
const SMALL: ParamsSpec = ParamsSpec { modulus_bits: 2048, fraction_bits: 40, value_bits: 88 };

fn generate(spec: ParamsSpec) -> Keypair {
    let params = Params::new(spec).expect("the parameters are valid");
    Keypair::generate(params, &mut rng(seed(&name(spec)))).expect("keys can be made")
}

fn name(spec: ParamsSpec) -> String {
    format!("paillier {} {} {}", spec.modulus_bits, spec.fraction_bits, spec.value_bits)
}

fn keygen() -> File {
    let mut file =
        File::new("paillier/keygen.json", "paillier/keygen", "from the seed of each test", nothing());
    for spec in [
        SMALL,
        ParamsSpec { fraction_bits: 0, value_bits: 64, ..SMALL },
        ParamsSpec { modulus_bits: 3072, ..SMALL },
    ] {
        file.valid(&format!("{} bits", spec.modulus_bits), inputs_of(spec), Some(seed(&name(spec))));
    }
    for (comment, spec) in [
        ("1024 bits: below 112-bit security", ParamsSpec { modulus_bits: 1024, ..SMALL }),
        ("2049 bits", ParamsSpec { modulus_bits: 2049, ..SMALL }),
        ("values of 128 bits", ParamsSpec { value_bits: 128, ..SMALL }),
        ("more fraction than value", ParamsSpec { fraction_bits: 88, ..SMALL }),
    ] {
        file.invalid(comment, "Params", inputs_of(spec), InvalidParams);
    }
    file
}

fn inputs_of(spec: ParamsSpec) -> Value {
    json!({
        "modulus_bits": spec.modulus_bits, "fraction_bits": spec.fraction_bits, "value_bits": spec.value_bits,
    })
}

fn arrays(keys: &Keypair) -> Vec<File> {
    let source = "from the seed of each test";
    let mut encrypt = File::new("paillier/encrypt.json", "paillier/encrypt", source, nothing());
    let key = json!({ "paillier_public_key": encoded(keys.public_key()) });
    let numbers = |shape: Value, values: Value| with(&with(&key, "shape", shape), "values", values);
    let integers = |shape: Value, values: Value| with(&with(&key, "shape", shape), "integers", values);
    let mut make = |comment: &str, inputs: Value| {
        encrypt.valid(comment, inputs, Some(seed(comment)))["paillier_array"].clone()
    };
    let a = make("fixed point, shape (3)", numbers(json!([3]), json!([120.5, -7.25, 0.0])));
    let b =
        make("the ends of the range", numbers(json!([2]), json!([140737488355327.5, -140737488355327.5])));
    let c = make("integers, shape (2, 2)", integers(json!([2, 2]), json!([1, -2, 3, i64::MIN])));
    let d = make("a scalar", integers(json!([]), json!([-5])));
    make("no elements", integers(json!([0]), json!([])));
    for (comment, inputs, kind) in [
        ("not a number", numbers(json!([1]), json!(["NaN"])), OutOfRange),
        ("infinity", numbers(json!([1]), json!(["Infinity"])), OutOfRange),
        ("2^47: above the range", numbers(json!([1]), json!([140737488355328.0])), OutOfRange),
        ("more values than the shape", numbers(json!([1]), json!([1.0, 2.0])), ShapeMismatch),
        ("an integer above its bound", with(&integers(json!([1]), json!([11])), "bound", 10), OutOfRange),
    ] {
        encrypt.invalid(comment, "Input", inputs, kind);
    }

    let mut decrypt = File::new(
        "paillier/decrypt.json",
        "paillier/decrypt",
        "arrays as in encrypt.json and evaluate.json",
        nothing(),
    );
    let secret = json!({ "paillier_secret_key": encoded(keys.secret_key()) });
    let mut open = |comment: &str, array: &Value| {
        decrypt.valid(comment, with(&secret, "paillier_array", array.clone()), None)
    };
    assert_eq!(open("fixed point", &a)["values"], json!([120.5, -7.25, 0.0]));
    assert_eq!(open("the ends of the range", &b)["values"], json!([140737488355327.5, -140737488355327.5]));
    assert_eq!(open("integers", &c)["integers"], json!([1, -2, 3, i64::MIN]));

    let mut evaluate = File::new(
        "paillier/evaluate.json",
        "paillier/evaluate",
        "results are rerandomized from the seed of each test",
        nothing(),
    );
    let mut check =
        |operation: &str, arrays: Value, more: Value, shape: Value, name: &str, expected: Value| {
            let mut inputs = with(&with(&key, "operation", operation), "paillier_array", arrays);
            for (name, value) in more.as_object().expect("an object") {
                inputs[name] = value.clone();
            }
            let result = evaluate.valid(operation, inputs, Some(seed(operation)))["paillier_array"].clone();
            let opened = open(&format!("result of {operation}"), &result);
            assert_eq!((&opened["shape"], &opened[name]), (&shape, &expected), "{operation}");
        };
    let plain = |values: Value| json!({ "values": values, "shape": [3] });
    let whole = |values: Value| json!({ "integers": values, "shape": [3] });
    check("add", json!([a, a]), nothing(), json!([3]), "values", json!([241.0, -14.5, 0.0]));
    check("sub", json!([a, d]), nothing(), json!([3]), "values", json!([125.5, -2.25, 5.0]));
    check("neg", json!([a]), nothing(), json!([3]), "values", json!([-120.5, 7.25, 0.0]));
    check("sum", json!([a]), nothing(), json!([]), "values", json!([113.25]));
    check("mean", json!([b]), nothing(), json!([]), "values", json!([0.0]));
    check(
        "add_plain",
        json!([a]),
        plain(json!([1.5, 0.0, -1.0])),
        json!([3]),
        "values",
        json!([122.0, -7.25, -1.0]),
    );
    check(
        "sub_plain",
        json!([a]),
        whole(json!([1, 2, 3])),
        json!([3]),
        "values",
        json!([119.5, -9.25, -3.0]),
    );
    check(
        "mul_plain",
        json!([a]),
        plain(json!([0.5, -2.0, 3.0])),
        json!([3]),
        "values",
        json!([60.25, 14.5, 0.0]),
    );
    check("dot", json!([a]), whole(json!([2, 4, 100])), json!([]), "values", json!([212.0]));
    let matrix = json!({ "integers": [1, 2, 3, 4], "shape": [2, 2] });
    let wide = json!({ "integers": [1, 0, 0, 1], "shape": [2, 2], "bound": 1 });
    check("matmul", json!([c]), wide, json!([2, 2]), "integers", json!([1, -2, 3, i64::MIN]));
    let two = with(&key, "operation", "add");
    let shapes = with(&two, "paillier_array", json!([a, b]));
    evaluate.invalid("shapes that do not fit", "Shape", shapes, ShapeMismatch);
    let mut wrong = with(&with(&key, "operation", "dot"), "paillier_array", json!([a]));
    for (name, value) in matrix.as_object().expect("an object") {
        wrong[name] = value.clone();
    }
    evaluate.invalid("weights of another shape", "Shape", wrong, ShapeMismatch);

    let context = key.clone();
    let valid = unhex(a.as_str().expect("hex"));
    let mut bad = Bad::new("paillier/bad_array.json", "paillier_array", context, valid);
    let axes = fact_cases(&mut bad);
    bad.edit("an extent above the ciphertexts", "Shape", axes + 1, &[4], InvalidEncoding);
    bad.edit("an extent of 2^32 - 1", "Shape", axes + 1, &[255; 4], InvalidEncoding);
    bad.edit("an extent below the ciphertexts", "Shape", axes + 1, &[2], TrailingBytes);
    ciphertext_cases(&mut bad, keys, axes + 1 + 4 + 16);
    vec![encrypt, decrypt, evaluate, bad.finish()]
}

/// The public facts of an array with one axis; gives where the number of axes is.
fn fact_cases(bad: &mut Bad) -> usize {
    bad.edit("another key", "Key", HEADER_LEN, &[0; 16], ParamsMismatch);
    let axes = HEADER_LEN + 16;
    bad.edit("nine axes", "Shape", axes, &[9], InvalidEncoding);
    bad.edit("255 axes", "Shape", axes, &[255], InvalidEncoding);
    let facts = axes + 5;
    bad.edit("scale 2^32 - 1", "Scale", facts, &[255; 4], InvalidEncoding);
    bad.edit("a bound above n/2", "Bound", facts + 12, &[255, 255, 0, 0], InvalidEncoding);
    bad.edit("an exponent of 2^32 - 1", "Bound", facts + 12, &[255; 4], InvalidEncoding);
    bad.edit(
        "a mantissa that is not normalized",
        "Bound",
        facts + 4,
        &[2, 0, 0, 0, 0, 0, 0, 0, 3],
        InvalidEncoding,
    );
    axes
}

/// The first ciphertext replaced by what is no unit.
fn ciphertext_cases(bad: &mut Bad, keys: &Keypair, at: usize) {
    let n = limbs::to_biguint_vartime(keys.public_key().n());
    let secret = keys.secret_key().to_bytes();
    let p = BigUint::from_bytes_le(&secret[BODY..BODY + N / 2]);
    let square = n.pow(2);
    for (comment, value) in [
        ("0", BigUint::ZERO),
        ("n", n.clone()),
        ("2 n", &n * 2_u8),
        ("n^2 - n", &square - &n),
        ("n^2", square.clone()),
        ("n^2 + 1", &square + 1_u8),
        ("2^4096 - 1", (BigUint::from(1_u8) << (16 * N)) - 1_u8),
        ("a factor of n", p.clone()),
        ("a multiple of a factor of n", &p * 12_345_u32),
        ("the square of a factor of n", p.pow(2)),
    ] {
        let bytes = little_endian(&value, 2 * N);
        bad.edit(&format!("a ciphertext that is {comment}"), "Ciphertext", at, &bytes, InvalidEncoding);
    }
}

fn packed(keys: &Keypair) -> Vec<File> {
    let mut encrypt = File::new(
        "paillier/packed_encrypt.json",
        "paillier/packed_encrypt",
        "from the seed of each test",
        nothing(),
    );
    let key = json!({ "paillier_public_key": encoded(keys.public_key()), "headroom_bits": 10 });
    let values: Vec<i64> = (0..50).map(|i| i * i - 600).collect();
    let mut inputs = with(&with(&key, "shape", json!([50])), "integers", values.clone());
    inputs["bound"] = 2000.into();
    let array =
        encrypt.valid("50 integers", inputs.clone(), Some(seed("packed")))["paillier_packed_array"].clone();
    let reals = with(&with(&key, "shape", json!([2])), "values", json!([0.125, -3.0]));
    let real =
        encrypt.valid("fixed point", reals, Some(seed("packed reals")))["paillier_packed_array"].clone();
    encrypt.invalid("no slot fits", "Headroom", with(&inputs, "headroom_bits", 2040), HeadroomExhausted);
    encrypt.invalid("a value above the bound", "Input", with(&inputs, "bound", 1000), OutOfRange);

    let mut decrypt = File::new(
        "paillier/packed_decrypt.json",
        "paillier/packed_decrypt",
        "arrays as in packed_encrypt.json",
        nothing(),
    );
    let secret = json!({ "paillier_secret_key": encoded(keys.secret_key()) });
    let opened = decrypt.valid("50 integers", with(&secret, "paillier_packed_array", array.clone()), None);
    assert_eq!(opened["integers"], json!(values));
    let opened = decrypt.valid("fixed point", with(&secret, "paillier_packed_array", real), None);
    assert_eq!(opened["values"], json!([0.125, -3.0]));

    let context = json!({ "paillier_public_key": encoded(keys.public_key()) });
    let valid = unhex(array.as_str().expect("hex"));
    let mut bad = Bad::new("paillier/bad_packed_array.json", "paillier_packed_array", context, valid);
    let axes = fact_cases(&mut bad);
    let width = axes + 1 + 4 + 16;
    bad.edit("slots of 0 bits", "Slots", width, &[0; 4], InvalidEncoding);
    bad.edit("slots of 1 bit", "Slots", width, &[1, 0, 0, 0], InvalidEncoding);
    bad.edit("slots of 2^32 - 1 bits", "Slots", width, &[255; 4], InvalidEncoding);
    bad.edit("slots longer than the key", "Slots", width, &[0, 16, 0, 0], InvalidEncoding);
    bad.edit("more values than ciphertexts", "Shape", axes + 1, &[0, 16, 0, 0], InvalidEncoding);
    ciphertext_cases(&mut bad, keys, width + 4);
    vec![encrypt, decrypt, bad.finish()]
}

/// Where the fields of keys with 2048 bits are.
const PARAMS: usize = HEADER_LEN;
const BODY: usize = HEADER_LEN + 4;
const N: usize = 256;

fn little_endian(number: &BigUint, len: usize) -> Vec<u8> {
    let mut bytes = number.to_bytes_le();
    bytes.resize(len, 0);
    bytes
}

fn bad_public_key(keys: &Keypair) -> File {
    let (key, one) = (keys.public_key(), BigUint::from(1_u8));
    let valid = key.to_bytes().to_vec();
    let path = "paillier/bad_public_key.json";
    let mut bad = Bad::new(path, "paillier_public_key", nothing(), valid.clone());
    bad.edit("1024 bits: below 112-bit security", "Params", PARAMS, &1024_u16.to_le_bytes(), InvalidParams);
    bad.edit("0 bits", "Params", PARAMS, &[0, 0], InvalidParams);
    bad.edit("65,535 bits", "Params", PARAMS, &[255, 255], InvalidParams);
    bad.edit("3072 bits announced, 2048 given", "Params", PARAMS, &3072_u16.to_le_bytes(), InvalidEncoding);
    bad.edit("fraction longer than the value", "Params", PARAMS + 2, &[120, 100], InvalidParams);
    bad.edit("value of 128 bits", "Params", PARAMS + 3, &[128], InvalidParams);
    bad.edit("another scale than the params id says", "Params", PARAMS + 2, &[41], ParamsMismatch);

    let n = limbs::to_biguint_vartime(key.n());
    let secret = keys.secret_key().to_bytes();
    let p = BigUint::from_bytes_le(&secret[BODY..BODY + N / 2]);
    let with_n = |n: &BigUint| [&valid[..BODY], &little_endian(n, N), &valid[BODY + N..]].concat();
    let small = BigUint::from(65_521_u32);
    let top: BigUint = &one << 2047;
    let odd_multiple = |factor: &BigUint| -> BigUint {
        let multiple: BigUint = (&top / factor + 1_u8) * factor;
        if multiple.bit(0) { multiple } else { multiple + factor }
    };
    let prime = smallest_prime();
    for (comment, n) in [
        ("n is 0", BigUint::ZERO),
        ("n is 1", one.clone()),
        ("n is even", &n + &one),
        ("n has 2047 bits", (n.clone() >> 1) | &one),
        ("n has one bit only", top.clone()),
        ("n is a multiple of 3", odd_multiple(&BigUint::from(3_u8))),
        ("n is a multiple of 65,521, the largest prime below 2^16", odd_multiple(&small)),
        ("n is the square of a prime", p.pow(2)),
        ("n is prime", prime),
    ] {
        bad.case(comment, "Modulus", with_n(&n), InvalidEncoding);
    }
    let with_base = |h: &BigUint| [&valid[..BODY + N], &little_endian(h, 2 * N)].concat();
    let square = n.pow(2);
    for (comment, base) in [
        ("h_s is 0", BigUint::ZERO),
        ("h_s is 1: no randomness at all", one.clone()),
        ("h_s is 1 modulo n", &n + &one),
        ("h_s is -1 modulo n", &n - &one),
        ("h_s is n", n.clone()),
        ("h_s is a multiple of a factor of n", &p * 5_u8),
        ("h_s is n^2", square.clone()),
        ("h_s is n^2 + 2: not canonical", &square + 2_u8),
        ("h_s is all ones", (BigUint::from(1_u8) << (16 * N)) - 1_u8),
    ] {
        bad.case(comment, "Base", with_base(&base), InvalidEncoding);
    }
    bad.finish()
}

fn proven_keys(keys: &Keypair) -> Vec<File> {
    let source = "proofs are the same each time, so no seed is needed";
    let path = "paillier/prove_public_key.json";
    let mut prove = File::new(path, "paillier/prove_public_key", source, nothing());
    let secret = json!({ "paillier_secret_key": encoded(keys.secret_key()) });
    let valid =
        unhex(prove.valid("2048 bits", secret, None)["paillier_proven_public_key"].as_str().expect("hex"));

    let path = "paillier/bad_proven_public_key.json";
    let kind = "paillier_proven_public_key";
    let mut bad = Bad::long(path, kind, nothing(), valid.clone());
    let (h, w) = (BODY + N, BODY + 2 * N);
    let (a, roots) = (w + 2, w + 2 + 32);
    let (n, last) = (&valid[BODY..h], valid.len() - N);
    bad.case("the header only", "Length", valid[..HEADER_LEN].to_vec(), InvalidEncoding);
    bad.case("cut in the middle", "Length", valid[..valid.len() / 2].to_vec(), InvalidEncoding);
    bad.case("the last byte is missing", "Length", valid[..valid.len() - 1].to_vec(), InvalidEncoding);
    bad.case("a zero byte too many", "Length", [&valid[..], &[0]].concat(), TrailingBytes);
    bad.edit("the kind of an unproven key", "Header", 3, &[1, 1], InvalidEncoding);
    bad.edit("lowest bit of the params id", "Header", 5, &[valid[5] ^ 1], ParamsMismatch);
    bad.edit("a root is n: not canonical", "Proof", last, n, InvalidEncoding);
    let mut proof = Bad::long("paillier/bad_modulus_proof.json", kind, nothing(), valid.clone());
    let mut flip = |comment: &str, at: usize| {
        proof.edit(comment, "Proof", at, &[valid[at] ^ 1], VerificationFailed);
    };
    flip("another h", h);
    flip("another w", w);
    flip("the first of the bits a", a);
    flip("the last byte of the bits b", roots - 1);
    flip("the first n-th root", roots);
    flip("the last fourth root", last);
    vec![prove, bad.finish(), proof.finish()]
}

/// Keys in the JSON of `phe`: one that it drew itself, with primes that are 1 modulo 4, and one of ours.
fn jwks(keys: &Keypair) -> Vec<File> {
    const THEIRS: &str = include_str!("phe_key.json");
    let inputs = |text: &str| json!({ "jwk": text, "fraction_bits": 40, "value_bits": 88 });
    let source = "keys of ours, and one that phe 1.5.0 drew";
    let path = "paillier/read_secret_jwk.json";
    let mut secret = File::new(path, "paillier/read_secret_jwk", source, nothing());
    let path = "paillier/read_public_jwk.json";
    let mut public = File::new(path, "paillier/read_public_jwk", source, nothing());
    let ours = keys.secret_key().to_jwk("a key of ours");
    let parts: Value = serde_json::from_str(&ours).expect("JSON");
    let mut older = parts.clone();
    let bytes = keys.secret_key().to_bytes();
    let [p, q] = [0, N / 2].map(|at| BigUint::from_bytes_le(&bytes[BODY + at..][..N / 2]));
    let lambda = ((p - 1_u8) * (q - 1_u8)).to_bytes_be();
    let members = older.as_object_mut().expect("an object");
    members.remove("p");
    members.remove("q");
    members.insert("lambda".into(), base64url(&lambda).into());
    for (comment, text) in
        [("drawn by phe", THEIRS.to_owned()), ("ours", ours.to_string()), ("with lambda", older.to_string())]
    {
        let read = secret.valid(comment, inputs(&text), None);
        let parts: Value = serde_json::from_str(&text).expect("JSON");
        let found = public.valid(comment, inputs(&parts["pub"].to_string()), None);
        assert_eq!(read["paillier_public_key"], found["paillier_public_key"]);
    }
    let with = |name: &str, value: Value| {
        let mut parts = parts.clone();
        parts[name] = value;
        inputs(&parts.to_string())
    };
    for (comment, inputs) in [
        ("no JSON", inputs("{")),
        ("another kind of key", with("kty", json!("RSA"))),
        ("not for decryption", with("key_ops", json!(["encrypt"]))),
        ("p and q are the same", with("q", parts["p"].clone())),
        ("padded base64", with("p", json!("AQAB="))),
        ("base64 of another alphabet", with("p", json!("+/+/"))),
        ("a public key", inputs(&parts["pub"].to_string())),
    ] {
        secret.invalid(comment, "Jwk", inputs, InvalidEncoding);
    }
    secret.invalid(
        "a short modulus",
        "Params",
        with("pub", json!({ "kty": "DAJ", "alg": "PAI-GN1", "n": "Dw" })),
        InvalidParams,
    );
    for (comment, text) in
        [("no JSON", "["), ("another algorithm", "{\"kty\":\"DAJ\",\"alg\":\"RSA1_5\",\"n\":\"Dw\"}")]
    {
        public.invalid(comment, "Jwk", inputs(text), InvalidEncoding);
    }
    vec![secret, public]
}

/// Base64url without padding.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = |at: usize| {
        (0..6).fold(0, |value, i| {
            let bit = at + i;
            value << 1 | bytes.get(bit / 8).map_or(0, |byte| usize::from(byte >> (7 - bit % 8) & 1))
        })
    };
    (0..8 * bytes.len()).step_by(6).map(|at| char::from(DIGITS[bits(at)])).collect()
}

fn submissions(keys: &Keypair) -> Vec<File> {
    let key = json!({ "paillier_public_key": encoded(keys.public_key()) });
    let secret = json!({ "paillier_secret_key": encoded(keys.secret_key()) });
    let context = hex(b"study 7, hospital 2");
    let ends = |low: i64, high: i64| json!({ "low": low, "high": high, "context": context });
    let list = |values: &[i64], ends: Value| {
        with(&with(&ends, "shape", json!([values.len()])), "integers", json!(values))
    };
    let under = |key: &Value, mut inputs: Value| {
        for (name, value) in key.as_object().expect("an object") {
            inputs[name] = value.clone();
        }
        inputs
    };
    let path = "paillier/submit.json";
    let mut submit = File::new(path, "paillier/submit", "from the seed of each test", nothing());
    let path = "paillier/verify_submission.json";
    let mut verify = File::new(path, "paillier/verify_submission", "as in submit.json", nothing());
    let mut first = Vec::new();
    for (comment, values, (low, high)) in [
        ("a bit", &[1][..], (0, 1)),
        ("no numbers", &[], (0, 1)),
        ("six numbers, all of the range", &[-2, -1, 0, 1, 2, 3], (-2, 3)),
        ("ages", &[41, 97], (0, 120)),
        ("the widest range", &[i64::MIN], (i64::MIN, i64::MAX)),
    ] {
        let inputs = under(&key, list(values, ends(low, high)));
        let sent = submit.valid(comment, inputs, Some(seed(comment)))["paillier_submission"].clone();
        let sent_as = |ends| with(&under(&secret, ends), "paillier_submission", sent.clone());
        assert_eq!(verify.valid(comment, sent_as(ends(low, high)), None)["integers"], json!(values));
        if first.is_empty() {
            first = unhex(sent.as_str().expect("hex"));
            let mut other = ends(low, high);
            other["context"] = json!(hex(b"study 7, hospital 3"));
            verify.invalid(
                "the submission of another hospital",
                "Replay",
                sent_as(other),
                VerificationFailed,
            );
            verify.invalid("another range than expected", "Range", sent_as(ends(0, 2)), ParamsMismatch);
            for (comment, at) in [("e_0", 16 + 2 * 160), ("z_0", 2 * 160), ("z_1", 160)] {
                let mut bytes = first.clone();
                let at = bytes.len() - at;
                bytes[at] ^= 1;
                let inputs =
                    with(&under(&secret, ends(low, high)), "paillier_submission", json!(hex(&bytes)));
                verify.invalid(&format!("another {comment}"), "Proof", inputs, VerificationFailed);
            }
        }
    }
    for (comment, values, (low, high), kind) in [
        ("minus a billion", &[-1_000_000_000][..], (0, 120), OutOfRange),
        ("one above the range", &[0, 121], (0, 120), OutOfRange),
        ("one below the range", &[0, -3], (-2, 3), OutOfRange),
        ("ends exchanged", &[1], (1, 0), OutOfRange),
        ("a single number is no range", &[1], (1, 1), OutOfRange),
    ] {
        submit.invalid(comment, "Range", under(&key, list(values, ends(low, high))), kind);
    }

    let mut bad = Bad::new("paillier/bad_submission.json", "paillier_submission", key, first);
    let facts = HEADER_LEN + 16 + 1 + 4 + 4 + 12;
    bad.edit("another key", "Key", HEADER_LEN, &[bad.valid()[HEADER_LEN] ^ 1], ParamsMismatch);
    bad.edit("two numbers, bits for one", "Length", HEADER_LEN + 17, &[2], InvalidEncoding);
    bad.edit("2^32 - 1 numbers", "Length", HEADER_LEN + 17, &[255; 4], InvalidEncoding);
    bad.edit("bound is not that of the range", "Range", facts - 12, &[2], InvalidEncoding);
    bad.edit("scale differs from that of the range", "Range", facts, &[1], InvalidEncoding);
    bad.edit("an empty range", "Range", facts + 4, &[1], InvalidEncoding);
    bad.edit("the widest range that 128 bits hold", "Range", facts + 19, &[0x80], InvalidEncoding);
    let at = facts + 36;
    bad.edit("a bit is 0", "Ciphertext", at, &[0; 2 * N], InvalidEncoding);
    bad.edit("a bit is not below n^2", "Ciphertext", at, &[255; 2 * N], InvalidEncoding);
    vec![submit, verify, bad.finish()]
}

/// Proofs about ciphertexts: that two hold the same number, that one holds a product.
fn statements(keys: &Keypair) -> Vec<File> {
    let key = keys.public_key();
    let mut seven = veilkit::codec::Writer::with_capacity(2 * N);
    let plaintext = Plaintext::from_i128(7, key);
    let c = key.encrypt(&plaintext, &mut rng(seed("seven"))).expect("the same key");
    key.write_ciphertexts(std::slice::from_ref(&c), &mut seven).expect("the same key");
    let under = json!({ "paillier_public_key": encoded(key) });
    let base =
        with(&with(&under, "ciphertext", hex(&seven.into_bytes())), "context", hex(b"session 1, party 2"));
    let mut files = Vec::new();
    for (name, kind, [prove, verify, bad], weights) in [
        (
            "equality",
            "paillier_equality_proof",
            [
                "paillier/prove_equality.json",
                "paillier/verify_equality.json",
                "paillier/bad_equality_proof.json",
            ],
            &[None][..],
        ),
        (
            "product",
            "paillier_product_proof",
            [
                "paillier/prove_product.json",
                "paillier/verify_product.json",
                "paillier/bad_product_proof.json",
            ],
            &[Some(-6), Some(i64::MAX), Some(0)],
        ),
    ] {
        let source = "from the seed of each test";
        let mut prove = File::new(prove, &format!("paillier/prove_{name}"), source, nothing());
        let mut verify = File::new(verify, &format!("paillier/verify_{name}"), "as proven there", nothing());
        let mut sample = Vec::new();
        for weight in weights {
            let inputs = weight.map_or_else(|| base.clone(), |weight: i64| with(&base, "weight", weight));
            let comment = weight.map_or_else(|| "7 again".to_owned(), |weight| format!("7 times {weight}"));
            let made = prove.valid(&comment, inputs, Some(seed(&comment)));
            let mut inputs = base.clone();
            for (name, value) in &made {
                inputs[name] = value.clone();
            }
            verify.valid(&comment, inputs.clone(), None);
            if sample.is_empty() {
                sample = unhex(made[kind].as_str().expect("hex"));
                spoil(&mut verify, kind, &inputs);
            }
        }
        let mut bad = Bad::new(bad, kind, under.clone(), sample);
        bad.edit("another key", "Key", HEADER_LEN, &[bad.valid()[HEADER_LEN] ^ 1], ParamsMismatch);
        files.extend([prove, verify, bad.finish()]);
    }
    files
}

/// The same proof in another context, and with one byte changed in each ciphertext and in each part of the proof.
fn spoil(verify: &mut File, kind: &str, inputs: &Value) {
    let other = with(inputs, "context", hex(b"session 1, party 3"));
    verify.invalid("the proof of another party", "Replay", other, VerificationFailed);
    let len = inputs[kind].as_str().expect("hex").len() / 2;
    let mut places = vec![
        ("challenge", kind, HEADER_LEN + 16),
        ("first response", kind, HEADER_LEN + 32),
        ("response before the last", kind, len.max(HEADER_LEN + 32 + 320) - 320),
        ("last response", kind, len - 160),
    ];
    places.extend(["ciphertext", "rerandomized", "encrypted_weight", "product"].map(|name| (name, name, 0)));
    for (comment, field, at) in places {
        if let Some(text) = inputs.get(field).and_then(Value::as_str) {
            let mut bytes = unhex(text);
            bytes[at] ^= 1;
            let changed = with(inputs, field, hex(&bytes));
            verify.invalid(&format!("another {comment}"), "Proof", changed, VerificationFailed);
        }
    }
}

/// The smallest prime of 2048 bits.
fn smallest_prime() -> BigUint {
    let mut candidate = (BigUint::from(1_u8) << 2047) + 1_u8;
    while !veilkit::bigint::prime::is_probable_prime_vartime(
        &limbs::from_biguint_vartime(&candidate),
        &mut rng([1; 32]),
    ) {
        candidate += 2_u8;
    }
    candidate
}

fn bad_secret_key(keys: &Keypair) -> File {
    let valid = keys.secret_key().to_bytes().to_vec();
    let path = "paillier/bad_secret_key.json";
    let mut bad = Bad::new(path, "paillier_secret_key", nothing(), valid.clone());
    bad.edit("1024 bits: below 112-bit security", "Params", PARAMS, &1024_u16.to_le_bytes(), InvalidParams);
    bad.edit("another scale than the params id says", "Params", PARAMS + 2, &[41], ParamsMismatch);
    let (p, q, h) = (&valid[BODY..BODY + N / 2], &valid[BODY + N / 2..BODY + N], &valid[BODY + N..]);
    let plus = |number: &[u8], by: u32| little_endian(&(BigUint::from_bytes_le(number) + by), N / 2);
    let minus_one = |of: &[&[u8]]| {
        let n = of.iter().map(|factor| BigUint::from_bytes_le(factor)).product::<BigUint>();
        little_endian(&(n - 1_u8), N)
    };
    let zero = vec![0; N / 2];
    let ones = vec![255; N / 2];
    for (comment, p, q, h) in [
        ("p and q are exchanged", q, p, h),
        ("p is q", p, p, h),
        ("p is 0", &zero, q, h),
        ("q is 0", p, &zero, h),
        ("q is even", p, &plus(q, 1), h),
        ("p is not prime", &plus(p, 4), q, h),
        ("q is not prime", p, &plus(q, 4), h),
        ("p is all ones", &ones, q, h),
        ("h is 0", p, q, &vec![0; N]),
        ("h is a square", p, q, &little_endian(&BigUint::from(4_u8), N)),
        ("h is not below n", p, q, &vec![255; N]),
        ("h is a multiple of p", p, q, &little_endian(&BigUint::from_bytes_le(p), N)),
    ] {
        bad.case(comment, "Key", [&valid[..BODY], p, q, h].concat(), InvalidEncoding);
    }
    // -1 is minus a square like other bases, but has no powers to choose from.
    let base = [&valid[..BODY + N], &minus_one(&[p, q])].concat();
    bad.case("h is -1: no randomness", "Key", base, InvalidEncoding);
    bad.finish()
}
