//! Proofs about additive ElGamal, and multiplicative ElGamal.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{
        DecryptionFailed, HeadroomExhausted, InvalidEncoding, OutOfRange, ParamsMismatch, VerificationFailed,
    },
    codec::HEADER_LEN,
    elgamal::{
        additive::{Keypair, Params},
        multiplicative::{integers, points},
    },
    group::Point,
};

use super::{
    bad::Bad,
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

pub(crate) fn files() -> Vec<File> {
    let mut files = proofs();
    files.extend(ballots());
    files.extend(integer_files());
    files.extend(point_files());
    files.push(hashes());
    files
}

pub(super) fn keys() -> Keypair {
    Keypair::generate(Params::default(), &mut rng(seed("elgamal 8 20 32"))).expect("a key")
}

pub(super) fn merged(base: &Value, more: &Value) -> Value {
    let fields = more.as_object().expect("an object").iter();
    fields.fold(base.clone(), |base, (name, value)| with(&base, name, value.clone()))
}

pub(super) fn place() -> Value {
    json!({ "session": hex(b"session 1"), "party": 2 })
}

fn proofs() -> Vec<File> {
    let source = "from the seed of each test";
    let mut prove = File::new("elgamal/additive_prove.json", "elgamal/additive_prove", source, nothing());
    let mut verify = File::new(
        "elgamal/bad_additive_verify.json",
        "elgamal/additive_verify",
        "proofs of additive_prove.json",
        nothing(),
    );
    let secret = json!({ "elgamal_additive_secret_key": encoded(keys().secret_key()) });
    let public = json!({ "elgamal_additive_public_key": encoded(keys().public_key()) });
    let mut bad = Vec::new();
    for (claim, integer, bits, kind) in [
        ("plaintext", -77, 0, "elgamal_additive_proof"),
        ("value", 0, 0, "elgamal_additive_proof"),
        ("decryption", 1000, 0, "elgamal_additive_proof"),
        ("bit", 1, 0, "elgamal_additive_bit_proof"),
        ("range", 5, 3, "elgamal_additive_range_proof"),
    ] {
        let statement = merged(&place(), &json!({ "claim": claim, "integer": integer, "bits": bits }));
        let made = prove.valid(claim, merged(&secret, &statement), Some(seed(claim)));
        let made = Value::Object(made);
        let given = merged(&merged(&public, &statement), &made);
        verify.valid(claim, given.clone(), None);
        let proof = unhex(made[kind].as_str().expect("hex"));
        let mut refuse = |comment: &str, name: &str, value: Value| {
            let comment = format!("{claim}: {comment}");
            verify.invalid(&comment, "Replay", with(&given, name, value), VerificationFailed);
        };
        refuse("in another session", "session", hex(b"session 2").into());
        refuse("by another party", "party", 3.into());
        if ["value", "decryption"].contains(&claim) {
            refuse("for another integer", "integer", (integer + 1).into());
        }
        if claim == "range" {
            refuse("for more bits", "bits", 4.into());
        }
        // One part at a time: a commitment moves, and with it the challenge; or a scalar changes.
        let (start, commitments) = match claim {
            "bit" => (HEADER_LEN, 4),
            _ => (HEADER_LEN + 1, 2),
        };
        let parts = if claim == "range" { 0 } else { (proof.len() - start) / 32 };
        for part in 0..parts {
            let mut changed = proof.clone();
            let at = start + 32 * part;
            if part < commitments {
                let point: [u8; 32] = changed[at..at + 32].try_into().expect("32 bytes");
                let point = Point::from_bytes(&point, "part").expect("a commitment");
                changed[at..at + 32].copy_from_slice(&(point + Point::generator()).to_bytes());
            } else {
                changed[at] ^= 1;
            }
            refuse(&format!("part {part} changed"), kind, hex(&changed).into());
        }
        let path: &'static str = match claim {
            "value" => "elgamal/bad_additive_proof.json",
            "bit" => "elgamal/bad_additive_bit_proof.json",
            "range" => "elgamal/bad_additive_range_proof.json",
            _ => continue,
        };
        let mut file = Bad::new(path, kind, nothing(), proof.clone());
        match claim {
            "value" => {
                file.edit("no such claim", "Claim", HEADER_LEN, &[0], InvalidEncoding);
                file.edit("no such claim, 255", "Claim", HEADER_LEN, &[255], InvalidEncoding);
            }
            "range" => {
                file.edit("no bits", "Bits", HEADER_LEN, &[0], InvalidEncoding);
                file.edit("43 bits", "Bits", HEADER_LEN, &[43], InvalidEncoding);
            }
            _ => (),
        }
        let last = proof.len() - 32;
        file.edit("a response that is not reduced", "Scalar", last, &[255; 32], InvalidEncoding);
        file.edit("a commitment that is no element", "Point", HEADER_LEN + 1, &[255; 32], InvalidEncoding);
        bad.push(file.finish());
    }
    bad.extend([prove, verify]);
    bad
}

fn ballots() -> Vec<File> {
    let source = "from the seed of each test";
    let mut make = File::new("elgamal/ballot_encrypt.json", "elgamal/ballot_encrypt", source, nothing());
    let mut verify = File::new(
        "elgamal/bad_ballot_verify.json",
        "elgamal/ballot_verify",
        "ballots of ballot_encrypt.json",
        nothing(),
    );
    let public = json!({ "elgamal_additive_public_key": encoded(keys().public_key()) });
    let inputs = |choice: u64, choices: u64| {
        merged(&merged(&public, &place()), &json!({ "choice": choice, "choices": choices }))
    };
    let made = make.valid("the second of three", inputs(1, 3), Some(seed("ballot")));
    make.valid("the only one", inputs(0, 1), Some(seed("single ballot")));
    make.invalid("a choice that there is not", "Choice", inputs(3, 3), OutOfRange);
    make.invalid("no choices", "Choice", inputs(0, 0), OutOfRange);
    let given = merged(&inputs(1, 3), &Value::Object(made.clone()));
    verify.valid("a ballot", given.clone(), None);
    let ballot = unhex(made["elgamal_additive_ballot"].as_str().expect("hex"));
    let mut refuse = |comment: &str, name: &str, value: Value| {
        verify.invalid(comment, "Replay", with(&given, name, value), VerificationFailed);
    };
    refuse("in another session", "session", hex(b"session 2").into());
    refuse("by another party", "party", 3.into());
    refuse("with another number of choices", "choices", 4.into());
    let first = HEADER_LEN + 18;
    let mut swapped = ballot.clone();
    swapped[first..first + 128].rotate_left(64);
    refuse("two choices changed places", "elgamal_additive_ballot", hex(&swapped).into());

    let path = "elgamal/bad_additive_ballot.json";
    let mut bad = Bad::new(path, "elgamal_additive_ballot", public, ballot);
    bad.edit("another key", "Key", HEADER_LEN, &[0; 16], ParamsMismatch);
    bad.edit("no choices", "Choices", HEADER_LEN + 16, &[0, 0], InvalidEncoding);
    bad.edit("65,535 choices", "Choices", HEADER_LEN + 16, &[255, 255], InvalidEncoding);
    bad.edit("a neutral first element", "Point", first, &[0; 32], InvalidEncoding);
    vec![make, verify, bad.finish()]
}

fn integer_files() -> Vec<File> {
    let source = "from the seed of each test";
    let file = |path, algorithm| File::new(path, algorithm, source, nothing());
    let mut keygen = file("elgamal/integer_keygen.json", "elgamal/integer_keygen");
    for bits in [2048, 3072, 4096] {
        let name = format!("ffdhe{bits}");
        keygen.valid(&name, json!({ "modulus_bits": bits }), Some(seed(&name)));
    }
    let keys =
        integers::Keypair::generate(integers::Group::Ffdhe2048, &mut rng(seed("ffdhe2048"))).expect("a key");
    let public = json!({ "elgamal_integer_public_key": encoded(keys.public_key()) });
    let secret = json!({ "elgamal_integer_secret_key": encoded(keys.secret_key()) });

    let mut encrypt = file("elgamal/integer_encrypt.json", "elgamal/integer_encrypt");
    let inputs = |integer: u64, bits: usize| merged(&public, &json!({ "integer": integer, "bits": bits }));
    let mut make = |comment: &str, integer: u64, bits: usize| {
        let made = encrypt.valid(comment, inputs(integer, bits), Some(seed(comment)));
        made["elgamal_integer_ciphertext"].clone()
    };
    let a = make("a risk factor in thousandths", 1800, 16);
    let b = make("another", 750, 16);
    let wide = make("an integer that may be long", u64::MAX, 1022);
    make("one", 1, 1);
    encrypt.invalid("zero", "Input", inputs(0, 16), OutOfRange);
    encrypt.invalid("an integer above its bits", "Input", inputs(256, 8), OutOfRange);
    encrypt.invalid("more bits than the group has room for", "Input", inputs(1, 1023), HeadroomExhausted);

    let mut decrypt = file("elgamal/integer_decrypt.json", "elgamal/integer_decrypt");
    let given = |ciphertext: &Value| with(&secret, "elgamal_integer_ciphertext", json!([ciphertext]));
    let mut open = |comment: &str, ciphertext: &Value, expected: [&str; 2]| {
        let opened = decrypt.valid(comment, given(ciphertext), None);
        assert_eq!([&opened["numerator"], &opened["denominator"]], expected, "{comment}");
    };
    open("an integer", &a, ["1800", "1"]);
    open("a long bound", &wide, ["18446744073709551615", "1"]);
    let mut evaluate = file("elgamal/integer_evaluate.json", "elgamal/integer_evaluate");
    let operation = |operation: &str, a: &Value, b: &Value| {
        let inputs = with(&public, "operation", operation);
        with(&inputs, "elgamal_integer_ciphertext", json!([a, b]))
    };
    for (name, expected) in [("mul", ["1350000", "1"]), ("div", ["12", "5"])] {
        let result = evaluate.valid(name, operation(name, &a, &b), Some(seed(name)));
        open(&format!("result of {name}"), &result["elgamal_integer_ciphertext"], expected);
    }
    let too_long = operation("mul", &a, &wide);
    evaluate.invalid("a product that might not decode", "Bits", too_long, HeadroomExhausted);
    let mut lied = unhex(a.as_str().expect("hex"));
    lied[HEADER_LEN + 16] = 10;
    let lied = given(&hex(&lied).into());
    decrypt.invalid("an integer above the claimed bits", "Bits", lied, DecryptionFailed);

    let len = 256;
    let mut one = [0; 256];
    one[0] = 1;
    // 2 generates the residues and -1 is none, so p - 2 is none: p - 2 in bytes.
    let mut outside = [255_u8; 256];
    outside.copy_from_slice(&minus_two());
    let valid = unhex(public["elgamal_integer_public_key"].as_str().expect("hex"));
    let path = "elgamal/bad_integer_public_key.json";
    let mut bad_public = Bad::new(path, "elgamal_integer_public_key", nothing(), valid);
    let valid = unhex(secret["elgamal_integer_secret_key"].as_str().expect("hex"));
    let path = "elgamal/bad_integer_secret_key.json";
    let mut bad_secret = Bad::new(path, "elgamal_integer_secret_key", nothing(), valid);
    let valid = unhex(a.as_str().expect("hex"));
    let path = "elgamal/bad_integer_ciphertext.json";
    let mut bad = Bad::new(path, "elgamal_integer_ciphertext", public, valid);
    bad_public.edit("no such group", "Group", HEADER_LEN, &[4], InvalidEncoding);
    bad_secret.edit("no such group", "Group", HEADER_LEN, &[0], InvalidEncoding);
    bad_secret.edit("zero", "Scalar", HEADER_LEN + 1, &[0; 32], InvalidEncoding);
    bad_secret.edit("226 bits", "Scalar", HEADER_LEN + 1 + 28, &[2], InvalidEncoding);
    bad.edit("another key", "Key", HEADER_LEN, &[0; 16], ParamsMismatch);
    bad.edit("more bits than there is room", "Bits", HEADER_LEN + 17, &[4], InvalidEncoding);
    let first = HEADER_LEN + 20;
    for (comment, element) in [
        ("zero", [0; 256]),
        ("one: hides nothing", one),
        ("no quadratic residue", outside),
        ("above p", [255; 256]),
    ] {
        bad_public.edit(comment, "Element", HEADER_LEN + 1, &element, InvalidEncoding);
        bad.edit(&format!("first element: {comment}"), "Element", first, &element, InvalidEncoding);
        bad.edit(&format!("second element: {comment}"), "Element", first + len, &element, InvalidEncoding);
    }
    vec![keygen, encrypt, decrypt, evaluate, bad_public.finish(), bad_secret.finish(), bad.finish()]
}

/// p - 2 of ffdhe2048, little-endian.
fn minus_two() -> Vec<u8> {
    let prime = integers::Group::Ffdhe2048.prime_bytes();
    let mut bytes = prime.clone();
    bytes[0] -= 2;
    bytes
}

fn hashes() -> File {
    let source = "RFC 9496, section 4.3.4, on 64 bytes of BLAKE3 of context and data";
    let mut file = File::new("elgamal/hash_to_point.json", "elgamal/hash_to_point", source, nothing());
    for (comment, context, data) in [
        ("a pseudonym", &b"register of May"[..], &b"patient 17"[..]),
        ("the same data in another context", b"register of June", b"patient 17"),
        ("the same bytes, divided elsewhere", b"register of Maypatient", b" 17"),
        ("no context", b"", b"patient 17"),
        ("no data", b"register of May", b""),
        ("no bytes at all", b"", b""),
        ("data of 300 bytes", b"register of May", &[7; 300]),
    ] {
        file.valid(comment, json!({ "context": hex(context), "data": hex(data) }), None);
    }
    file
}

fn point_files() -> Vec<File> {
    let keys = points::Keypair::generate(&mut rng(seed("points"))).expect("a key");
    let public = json!({ "elgamal_point_public_key": encoded(keys.public_key()) });
    let ciphertext = keys.public_key().encrypt(&Point::pedersen_base(), &mut rng(seed("point")));
    let valid = unhex(&encoded(&ciphertext.unlink(&mut rng(seed("point")))));
    let path = "elgamal/bad_point_ciphertext.json";
    let mut bad = Bad::new(path, "elgamal_point_ciphertext", public.clone(), valid);
    bad.edit("another key", "Key", HEADER_LEN, &[0; 32], ParamsMismatch);
    bad.edit("a neutral first element", "Point", HEADER_LEN + 32, &[0; 32], InvalidEncoding);
    bad.edit("no element", "Point", HEADER_LEN + 64, &[255; 32], InvalidEncoding);
    let valid = unhex(&encoded(keys.public_key()));
    let path = "elgamal/bad_point_public_key.json";
    let mut bad_public = Bad::new(path, "elgamal_point_public_key", nothing(), valid);
    bad_public.edit("the neutral element", "Point", HEADER_LEN, &[0; 32], InvalidEncoding);
    bad_public.edit("no element", "Point", HEADER_LEN, &[255; 32], InvalidEncoding);
    let valid = unhex(&encoded(keys.secret_key()));
    let path = "elgamal/bad_point_secret_key.json";
    let mut bad_secret = Bad::new(path, "elgamal_point_secret_key", nothing(), valid);
    bad_secret.edit("zero", "Scalar", HEADER_LEN, &[0; 32], InvalidEncoding);
    bad_secret.edit("not reduced", "Scalar", HEADER_LEN, &[255; 32], InvalidEncoding);
    vec![bad.finish(), bad_public.finish(), bad_secret.finish()]
}
