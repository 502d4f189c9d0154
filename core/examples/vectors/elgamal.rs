//! Additive ElGamal: keys and arrays.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        HeadroomExhausted, InvalidEncoding, InvalidParams, OutOfRange, ParamsMismatch, ShapeMismatch,
        TrailingBytes,
    },
    codec::HEADER_LEN,
    elgamal::additive::{Keypair, Params},
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

pub(crate) fn files() -> Vec<File> {
    let keys = Keypair::generate(Params::default(), &mut rng(seed("elgamal 8 20 32"))).expect("a key");
    let mut files = vec![keygen()];
    files.extend(bad_keys(&keys));
    files.extend(arrays(&keys));
    files
}

/// Encodings that no element has: not reduced, negative, no square, the high bit set (RFC 9496, appendix A.3).
const BAD_POINTS: [(&str, &str); 4] = [
    ("not reduced", "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ("negative", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("no square", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    ("all bits set", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
];

/// Where the point of a public key or the scalar of a secret key stands.
const BODY: usize = HEADER_LEN + 3;

fn keygen() -> File {
    let path = "elgamal/additive_keygen.json";
    let mut file = File::new(path, "elgamal/additive_keygen", "from the seed of each test", nothing());
    let bits = |fraction: u32, value: u32, decode: u32| json!({ "fraction_bits": fraction, "value_bits": value, "decode_bits": decode });
    for (fraction, value, decode) in [(8, 20, 32), (0, 40, 40), (8, 8, 8)] {
        let name = format!("elgamal {fraction} {value} {decode}");
        file.valid(&format!("results up to 2^{decode}"), bits(fraction, value, decode), Some(seed(&name)));
    }
    for (comment, inputs) in [
        ("a search beyond 2^40", bits(8, 20, 41)),
        ("a search below 2^8", bits(0, 7, 7)),
        ("values beyond the search", bits(8, 33, 32)),
        ("more fraction than value", bits(21, 20, 32)),
    ] {
        file.invalid(comment, "Params", inputs, InvalidParams);
    }
    file
}

fn bad_keys(keys: &Keypair) -> Vec<File> {
    let valid = unhex(&encoded(keys.public_key()));
    let path = "elgamal/bad_additive_public_key.json";
    let mut public = Bad::new(path, "elgamal_additive_public_key", nothing(), valid);
    public.edit("the neutral element", "Point", BODY, &[0; 32], InvalidEncoding);
    for (comment, point) in BAD_POINTS {
        public.edit(comment, "Point", BODY, &unhex(point), InvalidEncoding);
    }
    public.edit("a search beyond 2^40", "Params", HEADER_LEN + 2, &[41], InvalidEncoding);
    public.edit("values beyond the search", "Params", HEADER_LEN + 1, &[33], InvalidEncoding);
    public.edit("other parameters than the header's", "Params", HEADER_LEN, &[9], ParamsMismatch);

    let valid = unhex(&encoded(keys.secret_key()));
    let path = "elgamal/bad_additive_secret_key.json";
    let mut secret = Bad::new(path, "elgamal_additive_secret_key", nothing(), valid);
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    secret.edit("zero", "Scalar", BODY, &[0; 32], InvalidEncoding);
    secret.edit("the order of the group", "Scalar", BODY, &order, InvalidEncoding);
    secret.edit("2^256 - 1", "Scalar", BODY, &[255; 32], InvalidEncoding);
    vec![public.finish(), secret.finish()]
}

fn arrays(keys: &Keypair) -> Vec<File> {
    let key = json!({ "elgamal_additive_public_key": encoded(keys.public_key()) });
    let merged = |base: &Value, more: &Value| {
        let fields = more.as_object().expect("an object").iter();
        fields.fold(base.clone(), |base, (name, value)| with(&base, name, value.clone()))
    };
    let numbers =
        |shape: Value, values: Value, bound: f64| json!({ "shape": shape, "values": values, "bound": bound });
    let integers = |shape: Value, values: Value, bound: u64| json!({ "shape": shape, "integers": values, "bound": bound });

    let source = "from the seed of each test";
    let path = "elgamal/additive_encrypt.json";
    let mut encrypt = File::new(path, "elgamal/additive_encrypt", source, nothing());
    let mut make = |comment: &str, inputs: Value| {
        encrypt.valid(comment, merged(&key, &inputs), Some(seed(comment)))["elgamal_additive_array"].clone()
    };
    let a = make("fixed point, shape (3)", numbers(json!([3]), json!([120.5, -7.25, 0.0]), 200.0));
    let b =
        make("the ends of the range", integers(json!([2]), json!([1_i64 << 32, -(1_i64 << 32)]), 1 << 32));
    let c = make("integers, shape (2, 2)", integers(json!([2, 2]), json!([1, -2, 3, -1000]), 1000));
    make("a scalar", integers(json!([]), json!([-5]), 5));
    make("no elements", integers(json!([0]), json!([]), 0));
    for (comment, inputs, kind) in [
        ("not a number", numbers(json!([1]), json!(["NaN"]), 1.0), OutOfRange),
        ("a number above its bound", numbers(json!([1]), json!([1.5]), 1.0), OutOfRange),
        ("an integer above its bound", integers(json!([1]), json!([-11]), 10), OutOfRange),
        ("a bound above the search", integers(json!([1]), json!([1]), (1 << 32) + 1), OutOfRange),
        ("more values than the shape", integers(json!([1]), json!([1, 2]), 2), ShapeMismatch),
    ] {
        encrypt.invalid(comment, "Input", merged(&key, &inputs), kind);
    }

    let source = "arrays as in additive_encrypt.json and additive_evaluate.json";
    let path = "elgamal/additive_decrypt.json";
    let mut decrypt = File::new(path, "elgamal/additive_decrypt", source, nothing());
    let secret = json!({ "elgamal_additive_secret_key": encoded(keys.secret_key()) });
    let mut open = |comment: &str, array: &Value| {
        decrypt.valid(comment, with(&secret, "elgamal_additive_array", array.clone()), None)
    };
    assert_eq!(open("fixed point", &a)["values"], json!([120.5, -7.25, 0.0]));
    assert_eq!(open("the ends of the range", &b)["integers"], json!([1_i64 << 32, -(1_i64 << 32)]));
    assert_eq!(open("integers", &c)["integers"], json!([1, -2, 3, -1000]));

    let source = "results are rerandomized from the seed of each test";
    let path = "elgamal/additive_evaluate.json";
    let mut evaluate = File::new(path, "elgamal/additive_evaluate", source, nothing());
    let inputs = |operation: &str, arrays: Value, more: &Value| {
        let inputs = with(&with(&key, "operation", operation), "elgamal_additive_array", arrays);
        merged(&inputs, more)
    };
    let mut check = |operation: &str, arrays: Value, more: Value, name: &str, expected: Value| {
        let given = inputs(operation, arrays, &more);
        let result =
            evaluate.valid(operation, given, Some(seed(operation)))["elgamal_additive_array"].clone();
        assert_eq!(open(&format!("result of {operation}"), &result)[name], expected, "{operation}");
    };
    let whole = |values: Value| integers(json!([3]), values, 100);
    check("add", json!([a, a]), nothing(), "values", json!([241.0, -14.5, 0.0]));
    check("sub", json!([a, a]), nothing(), "values", json!([0.0, 0.0, 0.0]));
    check("neg", json!([a]), nothing(), "values", json!([-120.5, 7.25, 0.0]));
    check("sum", json!([c]), json!({ "axis": 0 }), "integers", json!([4, -1002]));
    check("mean", json!([a]), nothing(), "values", json!([113.25 / 3.0]));
    check("mean", json!([c]), json!({ "axis": 0 }), "values", json!([2.0, -501.0]));
    check("add_plain", json!([a]), whole(json!([1, -2, 100])), "values", json!([121.5, -9.25, 100.0]));
    check("sub_plain", json!([a]), whole(json!([1, -2, 100])), "values", json!([119.5, -5.25, -100.0]));
    let weights = numbers(json!([3]), json!([0.5, -2.0, 3.0]), 3.0);
    check("mul_plain", json!([a]), weights, "values", json!([60.25, 14.5, 0.0]));
    check("dot", json!([a]), whole(json!([2, 4, 100])), "values", json!([212.0]));
    let turn = integers(json!([2, 2]), json!([0, 1, -1, 0]), 1);
    check("matmul", json!([c]), turn.clone(), "integers", json!([2, 1, 1000, 3]));
    check("rmatmul", json!([c]), turn, "integers", json!([3, -1000, -1, 2]));
    evaluate.invalid(
        "a sum that could exceed the search",
        "Bound",
        inputs("add", json!([b, b]), &nothing()),
        HeadroomExhausted,
    );
    evaluate.invalid(
        "shapes that do not fit",
        "Shape",
        inputs("add", json!([a, c]), &nothing()),
        ShapeMismatch,
    );

    // The bound of the ends, lowered: the search must not find them.
    let mut lied = unhex(b.as_str().expect("hex"));
    lied[BOUND..BOUND + 8].copy_from_slice(&((1_u64 << 32) - 1).to_le_bytes());
    let lied = with(&secret, "elgamal_additive_array", hex(&lied));
    decrypt.invalid("values beyond the claimed bound", "Bound", lied, OutOfRange);

    let valid = unhex(a.as_str().expect("hex"));
    vec![encrypt, decrypt, evaluate, bad_array(key, valid)]
}

/// Where the facts of an array with one axis stand.
const AXES: usize = HEADER_LEN + 16;
const SCALE: usize = AXES + 5;
const DIVISOR: usize = SCALE + 4;
const BOUND: usize = DIVISOR + 8;

fn bad_array(key: Value, valid: Vec<u8>) -> File {
    let path = "elgamal/bad_additive_array.json";
    let mut bad = Bad::new(path, "elgamal_additive_array", key, valid);
    bad.edit("another key", "Key", HEADER_LEN, &[0; 16], ParamsMismatch);
    bad.edit("nine axes", "Shape", AXES, &[9], InvalidEncoding);
    bad.edit("an extent above the ciphertexts", "Shape", AXES + 1, &[4], InvalidEncoding);
    bad.edit("an extent of 2^32 - 1", "Shape", AXES + 1, &[255; 4], InvalidEncoding);
    bad.edit("an extent below the ciphertexts", "Shape", AXES + 1, &[2], TrailingBytes);
    bad.edit("a scale beyond the search", "Scale", SCALE, &[33], InvalidEncoding);
    bad.edit("divided by zero", "Divisor", DIVISOR, &[0], InvalidEncoding);
    bad.edit("an even divisor", "Divisor", DIVISOR, &[2], InvalidEncoding);
    bad.edit("a divisor of 2^64 - 1", "Divisor", DIVISOR, &[255; 8], InvalidEncoding);
    bad.edit("a bound beyond the search", "Bound", BOUND + 4, &[2], InvalidEncoding);
    bad.edit("an exponent of 2^32 - 1", "Bound", BOUND + 8, &[255; 4], InvalidEncoding);
    let first = BOUND + 12;
    bad.edit("a neutral first element: nothing is hidden", "Point", first, &[0; 32], InvalidEncoding);
    for (comment, point) in BAD_POINTS {
        bad.edit(&format!("first element: {comment}"), "Point", first, &unhex(point), InvalidEncoding);
        bad.edit(&format!("second element: {comment}"), "Point", first + 32, &unhex(point), InvalidEncoding);
    }
    bad.finish()
}
