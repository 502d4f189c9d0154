//! CKKS: keys, ciphertexts, arithmetic, release, and what decoders refuse.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        HeadroomExhausted, InvalidEncoding, InvalidParams, OutOfRange, ParamsMismatch, ShapeMismatch,
    },
    ckks::{Context, EvaluationKeys, KeyRequest, Noise, Params, SecretKey},
    codec::{Encode, HEADER_LEN},
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

/// The smallest parameters there are: one modulus, and ciphertexts of some kilobytes.
fn small() -> Params {
    Params::new(2048, &[26], &[26], 20).expect("parameters")
}

/// One multiplication; a digit for each modulus.
fn deeper() -> Params {
    Params::new(4096, &[36, 30], &[38], 30).expect("parameters")
}

/// Two multiplications; digits of two moduli and of one, two special moduli.
fn wider() -> Params {
    Params::new(8192, &[40, 30, 30], &[40, 40], 30).expect("parameters")
}

/// Bytes of the parameters of `small()` in each body.
const FACTS: usize = 8;
/// Where the header names the parameters.
const PARAMS_ID: usize = HEADER_LEN - 4;

pub(crate) fn files() -> Vec<File> {
    let mut keygen = File::new("ckks/keygen.json", "ckks/keygen", "from the seed of each test", nothing());
    let keys = keygen.valid(
        "the smallest parameters",
        json!({ "ckks_params": encoded(&small()) }),
        Some(seed("ckks keygen")),
    );
    let (secret, public) = (keys["ckks_secret_key"].clone(), keys["ckks_public_key"].clone());
    let mut files = vec![keygen];
    files.extend(ciphertexts(&secret, &public));
    files.push(circuit());
    files.extend(arrays(&secret));
    files.extend(bad_keys(&secret, &public));
    files
}

fn ciphertexts(secret: &Value, public: &Value) -> Vec<File> {
    let source = "from the seed of each test";
    let mut encrypt = File::new("ckks/encrypt.json", "ckks/encrypt", source, nothing());
    let scale = f64::from(1 << 20);
    let by_secret = json!({ "ckks_secret_key": secret, "re": [1.5, -2.0, 0.0, 7.25], "im": [0.0, 0.5, -1.0, 0.0], "bound": 8.0, "scale": scale });
    let by_public = json!({ "ckks_public_key": public, "re": [-3.0, 4.0], "im": [0.0, 0.0], "bound": 4.0, "scale": scale });
    let mut make = |comment: &str, inputs: &Value| {
        encrypt.valid(comment, inputs.clone(), Some(seed(comment)))["ckks_ciphertext"].clone()
    };
    let a = make("with the secret key: seeded", &by_secret);
    let b = make("with the public key", &by_public);
    for (comment, inputs, kind) in [
        ("a number above its bound", with(&by_public, "bound", 3.5), OutOfRange),
        ("a bound of zero", with(&by_public, "bound", 0.0), OutOfRange),
        ("a scale below 1", with(&by_public, "scale", 0.5), OutOfRange),
        ("a scale that the modulus cannot hold", with(&by_public, "scale", 1e9), HeadroomExhausted),
        ("no numbers", with(&with(&by_public, "re", json!([])), "im", json!([])), ShapeMismatch),
    ] {
        encrypt.invalid(comment, "Input", inputs, kind);
    }

    let mut decrypt =
        File::new("ckks/decrypt.json", "ckks/decrypt", "ciphertexts of encrypt.json", nothing());
    let mut evaluate =
        File::new("ckks/evaluate.json", "ckks/evaluate", "ciphertexts of encrypt.json", nothing());
    let mut open = |comment: &str, ciphertext: &Value, expected: [f64; 2]| {
        let inputs = json!({ "ckks_secret_key": secret, "ckks_ciphertext": ciphertext });
        let values = decrypt.valid(comment, inputs, None);
        for (value, expected) in numbers(&values["re"]).into_iter().zip(expected) {
            assert!((value - expected).abs() < 0.2, "{comment}: {value}");
        }
    };
    open("seeded", &a, [1.5, -2.0]);
    open("with the public key", &b, [-3.0, 4.0]);
    let pair = json!({ "ckks_ciphertext": [a, b] });
    let one = json!({ "ckks_ciphertext": [b] });
    for (operation, inputs, expected) in [
        ("add", pair.clone(), [-1.5, 2.0]),
        ("sub", pair, [4.5, -6.0]),
        ("neg", one.clone(), [3.0, -4.0]),
        ("add_constant", with(&one, "constant", 1.25), [-1.75, 5.25]),
        ("mul_integer", with(&one, "integer", -3), [9.0, -12.0]),
    ] {
        let result = evaluate.valid(operation, with(&inputs, "operation", operation), None);
        open(&format!("result of {operation}"), &result["ckks_ciphertext"], expected);
    }
    let itself = json!({ "ckks_ciphertext": [b, b], "operation": "sub" });
    evaluate.invalid("a ciphertext from itself: nothing is hidden", "Transparent", itself, OutOfRange);
    let zero = json!({ "ckks_ciphertext": [b], "operation": "mul_integer", "integer": 0 });
    evaluate.invalid("times zero: nothing is hidden", "Transparent", zero, OutOfRange);
    let large = json!({ "ckks_ciphertext": [b], "operation": "mul_integer", "integer": 1000 });
    evaluate.invalid("a product that the modulus cannot hold", "Headroom", large, HeadroomExhausted);

    let mut release = File::new("ckks/release.json", "ckks/release", "from the seed of each test", nothing());
    let inputs = json!({
        "ckks_secret_key": secret, "ckks_ciphertext": b, "statistical_bits": 30, "releases": 3, "slots": [1, 0],
        "at_most_error": 1e9,
    });
    let released = release.valid("two slots", inputs.clone(), Some(seed("ckks release")));
    for (comment, inputs, kind) in [
        ("an error above what is asked for", with(&inputs, "at_most_error", 1.0), OutOfRange),
        ("a slot named twice", with(&inputs, "slots", json!([1, 1])), OutOfRange),
        ("a slot that is not there", with(&inputs, "slots", json!([1024])), OutOfRange),
        ("no slots", with(&inputs, "slots", json!([])), ShapeMismatch),
        ("too few statistical bits", with(&inputs, "statistical_bits", 29), InvalidParams),
        ("no releases", with(&inputs, "releases", 0), InvalidParams),
    ] {
        release.invalid(comment, "Input", inputs, kind);
    }
    let budget = unhex(released["ckks_release_budget"].as_str().expect("hex"));
    vec![encrypt, decrypt, evaluate, release, bad_ciphertext(&a, &b), bad_budget(budget)]
}

/// Doubles from their bytes.
fn numbers(value: &Value) -> Vec<f64> {
    let bytes = unhex(value.as_str().expect("hex"));
    bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes"))).collect()
}

fn circuit() -> File {
    let source = "from the seed of each test; long results as hashes";
    let mut file = File::new("ckks/circuit.json", "ckks/circuit", source, nothing());
    for (comment, params) in [
        ("one multiplication, one digit for each modulus", deeper()),
        ("two multiplications, digits of two moduli and of one, two special moduli", wider()),
    ] {
        let inputs = json!({ "ckks_params": encoded(&params) });
        let results = file.valid(comment, inputs, Some(seed(&format!("ckks circuit {}", params.degree()))));
        let value = |name: &str, slot: usize| numbers(&results[name]["re"])[slot];
        for (name, expected) in [
            ("by the secret key", [0.5, -1.25, 3.0]),
            ("by the public key", [2.0, 0.125, -1.0]),
            ("product", [1.0, -0.156_25, -3.0]),
            ("relinearized", [1.0, -0.156_25, -3.0]),
            ("square", [0.25, 1.5625, 9.0]),
            ("rotated", [-1.25, 3.0, 0.0]),
            ("rotated twice", [0.0, 0.5, -1.25]),
            ("rotated product", [-0.156_25, -3.0, 0.0]),
            ("conjugated", [0.5, -1.25, 3.0]),
            ("lowered", [2.0, 0.125, -1.0]),
            ("product of three", [2.0, -0.019_531_25, 3.0]),
        ] {
            if name == "product of three" && params.depth() == 1 {
                assert!(!results.contains_key(name));
                continue;
            }
            for (slot, expected) in expected.into_iter().enumerate() {
                assert!((value(name, slot) - expected).abs() < 1e-2, "{name}: {}", value(name, slot));
            }
        }
    }
    file
}

fn arrays(secret: &Value) -> [File; 2] {
    let mut file = File::new("ckks/array.json", "ckks/array", "from the seed of each test", nothing());
    let inputs = json!({ "ckks_secret_key": secret, "shape": [2, 3], "values": [0.5, -1.0, 2.0, 0.0, 1.5, -0.25], "bound": 2.0 });
    let made = file.valid("two rows, each filled up to four slots", inputs.clone(), Some(seed("ckks array")));
    for (comment, inputs, kind) in [
        ("a number above its bound", with(&inputs, "bound", 1.5), OutOfRange),
        ("a bound of zero", with(&inputs, "bound", 0.0), OutOfRange),
        ("more numbers than the shape says", with(&inputs, "shape", json!([2, 2])), ShapeMismatch),
        ("no numbers", with(&with(&inputs, "shape", json!([0])), "values", json!([])), ShapeMismatch),
    ] {
        file.invalid(comment, "Input", inputs, kind);
    }
    let (context, _) = context();
    let valid = unhex(made["ckks_array"].as_str().expect("hex"));
    let mut bad = Bad::new("ckks/bad_array.json", "ckks_array", context, valid);
    let complex = HEADER_LEN + FACTS;
    let (axes, extents, strides, repeated, level) =
        (complex + 1, complex + 2, complex + 10, complex + 12, complex + 16 + FACTS + 16);
    bad.edit("a flag that is none", "Flag", complex, &[2], InvalidEncoding);
    bad.edit("nine axes", "Shape", axes, &[9], InvalidEncoding);
    bad.edit("no elements", "Shape", extents, &[0], InvalidEncoding);
    bad.edit("more elements than bytes", "Shape", extents, &[0xff; 4], InvalidEncoding);
    bad.edit("axes that share a slot", "Layout", strides, &[1], InvalidEncoding);
    bad.edit("an axis without a stride", "Layout", strides, &[0xff], InvalidEncoding);
    bad.edit("a stride of 2^64", "Layout", strides, &[64], InvalidEncoding);
    bad.edit("a stride of 2^63", "Layout", strides, &[63], InvalidEncoding);
    bad.edit("repeated along an axis", "Layout", repeated, &[0xf9], InvalidEncoding);
    bad.edit("repeated beyond the slots", "Layout", repeated + 1, &[0x07], InvalidEncoding);
    bad.edit("a level above the top", "Level", level, &[1], InvalidEncoding);
    bad.edit("other parameters than the header's", "Params", HEADER_LEN + 1, &[19], ParamsMismatch);
    bad.edit("a header of other parameters", "Params", PARAMS_ID, &[0; 4], ParamsMismatch);
    [file, bad.finish()]
}

fn context() -> (Value, Vec<u8>) {
    let bytes = small().to_bytes().to_vec();
    (json!({ "params": hex(&bytes) }), bytes)
}

fn bad_ciphertext(seeded: &Value, full: &Value) -> File {
    let (context, _) = context();
    let [valid, mut transparent] = [seeded, full].map(|hex| unhex(hex.as_str().expect("hex")));
    let mut bad = Bad::new("ckks/bad_ciphertext.json", "ckks_ciphertext", context, valid);
    let level = HEADER_LEN + FACTS + 16;
    let (scale, message, slots, length, rows) = (level + 2, level + 10, level + 18, level + 26, level + 34);
    bad.edit("a level above the top", "Level", level, &[1], InvalidEncoding);
    bad.edit("a flag that is none", "Seed", level + 1, &[2], InvalidEncoding);
    for (comment, value) in
        [("NaN", f64::NAN), ("infinite", f64::INFINITY), ("minus 0", -0.0), ("negative", -1.0)]
    {
        let value = value.to_le_bytes();
        bad.edit(&format!("scale: {comment}"), "Scale", scale, &value, InvalidEncoding);
        bad.edit(&format!("bound of the message: {comment}"), "Bounds", message, &value, InvalidEncoding);
    }
    bad.edit("scale: below 1", "Scale", scale, &0.5_f64.to_le_bytes(), InvalidEncoding);
    bad.edit("scale: larger than the modulus", "Scale", scale, &1e10_f64.to_le_bytes(), InvalidEncoding);
    bad.edit("noise larger than the modulus", "Bounds", length, &1e10_f64.to_le_bytes(), InvalidEncoding);
    let less = Noise::least(2048);
    let less = [(slots, less.slots / 2.0), (length, less.coefficients / 2.0)];
    for (at, value) in less {
        bad.edit("less noise than there can be", "Bounds", at, &value.to_le_bytes(), InvalidEncoding);
    }
    bad.edit("residues of ones", "Residue", rows, &[0xff; 4], InvalidEncoding);
    // Behind the residues there is the seed.
    let end = bad.valid().len() - 32;
    bad.edit("the last residue all ones", "Residue", end - 4, &[0xff; 4], InvalidEncoding);
    let half = (transparent.len() - rows) / 2;
    transparent[rows + half..].fill(0);
    bad.case("nothing is hidden", "Transparent", transparent, InvalidEncoding);
    bad.edit("other parameters than the header's", "Params", HEADER_LEN + 1, &[19], ParamsMismatch);
    bad.edit("a header of other parameters", "Params", PARAMS_ID, &[0; 4], ParamsMismatch);
    bad.finish()
}

fn bad_budget(valid: Vec<u8>) -> File {
    let (context, _) = context();
    let mut bad = Bad::new("ckks/bad_release_budget.json", "ckks_release_budget", context, valid);
    let bits = HEADER_LEN + FACTS + 16;
    bad.edit("too few statistical bits", "Policy", bits, &[29], InvalidEncoding);
    bad.edit("too many statistical bits", "Policy", bits, &[61], InvalidEncoding);
    bad.edit("no releases", "Policy", bits + 1, &[0; 8], InvalidEncoding);
    bad.edit("more left than there were", "Count", bits + 5, &[4], InvalidEncoding);
    bad.finish()
}

fn bad_keys(secret: &Value, public: &Value) -> Vec<File> {
    let (context_json, params) = context();
    let bytes = |value: &Value| unhex(value.as_str().expect("hex"));
    let mut of_params = Bad::new("ckks/bad_params.json", "ckks_params", nothing(), params);
    for (comment, at, value) in [
        ("degree 2^9", 0, 9),
        ("degree 2^17", 0, 17),
        ("degree 2^255", 0, 255),
        ("a scale as long as the modulus", 1, 26),
        ("a scale of 15 bits", 1, 15),
        ("an unknown security level", 2, 4),
        ("parameters that are not as secure", 2, 3),
        ("no digit", 3, 0),
        ("more digits than moduli", 3, 2),
        ("no modulus", 4, 0),
        ("more moduli than bytes", 4, 255),
        ("a modulus of 23 bits", 6, 23),
        ("a modulus of 61 bits", 6, 61),
        ("too many bits for the degree", 7, 28),
    ] {
        of_params.edit(comment, "Params", HEADER_LEN + at, &[value], InvalidEncoding);
    }
    of_params.edit("another scale than the header's", "Params", HEADER_LEN + 1, &[19], ParamsMismatch);

    let path = "ckks/bad_secret_key.json";
    let mut of_secret = Bad::new(path, "ckks_secret_key", context_json.clone(), bytes(secret));
    of_secret.edit("other parameters than the header's", "Params", HEADER_LEN + 1, &[19], ParamsMismatch);
    of_secret.edit("a header of other parameters", "Params", PARAMS_ID, &[0; 4], ParamsMismatch);

    let path = "ckks/bad_public_key.json";
    let mut of_public = Bad::new(path, "ckks_public_key", context_json.clone(), bytes(public));
    let residues = HEADER_LEN + FACTS + 16 + 32;
    of_public.edit("residues of ones", "Residue", residues, &[0xff; 4], InvalidEncoding);
    let end = of_public.valid().len();
    of_public.edit("the last residue all ones", "Residue", end - 4, &[0xff; 4], InvalidEncoding);
    vec![of_params.finish(), of_secret.finish(), of_public.finish(), bad_evaluation_keys(context_json)]
}

fn bad_evaluation_keys(context_json: Value) -> File {
    let context = Context::new(&small()).expect("a context");
    let rng = &mut rng(seed("ckks evaluation keys"));
    let key = SecretKey::generate(&context, rng);
    let request = KeyRequest::new().rotations(&[3]);
    let keys = EvaluationKeys::generate(&key, &request, rng, &mut ()).expect("keys");
    let path = "ckks/bad_evaluation_keys.json";
    let mut bad = Bad::long(path, "ckks_evaluation_keys", context_json, keys.to_bytes().to_vec());
    let relinearization = HEADER_LEN + FACTS + 16;
    let (count, element) = (relinearization + 1, relinearization + 5);
    bad.edit("a flag that is none", "Flag", relinearization, &[2], InvalidEncoding);
    bad.edit("a count beyond the bytes", "Length", count, &[0xff; 4], InvalidEncoding);
    bad.edit("an even Galois element", "Galois", element, &[2, 0], InvalidEncoding);
    bad.edit("the Galois element 1", "Galois", element, &[1, 0], InvalidEncoding);
    bad.edit("a Galois element above 2 N", "Galois", element, &[1, 0x10], InvalidEncoding);
    let end = bad.valid().len();
    bad.edit("the last residue all ones", "Residue", end - 4, &[0xff; 4], InvalidEncoding);
    bad.finish()
}
