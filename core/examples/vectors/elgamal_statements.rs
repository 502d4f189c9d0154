//! Proofs about several points, keys or ciphertexts, and about ranges with any ends.
use serde_json::{Value, json};
use veilkit::{
    ErrorKind::{self, InvalidEncoding, OutOfRange, ParamsMismatch, ShapeMismatch, VerificationFailed},
    PartyId,
    codec::HEADER_LEN,
    elgamal::additive::{
        Ciphertext, EncryptedArray, Keypair, Params, PublicKey, Randomizer,
        proofs::{self, Context},
    },
    group::Point,
    magnitude::Magnitude,
    shape::Shape,
};

use super::{
    bad::Bad,
    elgamal_proofs::{keys, merged, place},
    file::{File, encoded, nothing, rng, seed, with},
    support::vectors::{hex, unhex},
};

const PROOF: &str = "elgamal_additive_proof";
const RANGE_PROOF: &str = "elgamal_additive_range_proof";
const ARRAY: &str = "elgamal_additive_array";
const KEY: &str = "elgamal_additive_public_key";

/// The tests of one claim: what is proven, and what a verifier must refuse.
struct Claim<'a> {
    name: &'a str,
    verify: &'a mut File,
    given: Value,
}

impl Claim<'_> {
    fn refuse(&mut self, comment: &str, flag: &str, name: &str, value: Value, kind: ErrorKind) {
        let comment = format!("{}: {comment}", self.name);
        self.verify.invalid(&comment, flag, with(&self.given, name, value), kind);
    }

    fn other(&mut self, comment: &str, name: &str, value: Value) {
        self.refuse(comment, "Statement", name, value, VerificationFailed);
    }

    /// Elsewhere, and with one part at a time changed.
    fn usual(&mut self, kind: &str) {
        self.refuse("in another session", "Replay", "session", hex(b"session 2").into(), VerificationFailed);
        self.refuse("by another party", "Replay", "party", 3.into(), VerificationFailed);
        if kind == RANGE_PROOF {
            return;
        }
        let proof = unhex(self.given[kind].as_str().expect("hex"));
        let mut point = true;
        for at in (HEADER_LEN + 1..proof.len()).step_by(32) {
            let mut changed = proof.clone();
            let part: [u8; 32] = changed[at..at + 32].try_into().expect("32 bytes");
            // Commitments come first; a scalar is no element, save by accident.
            match Point::from_bytes(&part, "part") {
                Ok(commitment) if point => {
                    changed[at..at + 32].copy_from_slice(&(commitment + Point::generator()).to_bytes());
                }
                _ => {
                    point = false;
                    changed[at] ^= 1;
                }
            }
            let comment = format!("part {} changed", (at - HEADER_LEN - 1) / 32);
            self.refuse(&comment, "Part", kind, hex(&changed).into(), VerificationFailed);
        }
    }
}

fn others() -> Keypair {
    Keypair::generate(Params::default(), &mut rng(seed("elgamal other key"))).expect("a key")
}

fn single(key: &PublicKey, ciphertext: Ciphertext) -> String {
    let bound = Magnitude::new(1 << 20);
    let array = EncryptedArray::from_ciphertexts(key, &Shape::default(), vec![ciphertext], 0, bound);
    encoded(&array.expect("one element").as_it_is())
}

fn encrypted(key: &PublicKey, integer: i64, name: &str) -> String {
    single(key, key.encrypt(integer, &mut rng(seed(name))).expect("small"))
}

fn context() -> Context {
    Context::new(b"session 1").by(PartyId::new(2).expect("not zero"))
}

pub(crate) fn files() -> Vec<File> {
    let source = "from the seed of each test";
    let mut prove = File::new("elgamal/statement_prove.json", "elgamal/statement_prove", source, nothing());
    let mut verify = File::new(
        "elgamal/bad_statement_verify.json",
        "elgamal/statement_verify",
        "proofs of statement_prove.json, and lies proven by the rules",
        nothing(),
    );
    equal_logarithms(&mut prove, &mut verify);
    equal_plaintexts(&mut prove, &mut verify);
    hand_over(&mut prove, &mut verify);
    linear(&mut prove, &mut verify);
    let bad = within(&mut prove, &mut verify);
    vec![prove, verify, bad]
}

/// Proves, verifies, and gives the statement with its proof; `arranged` says what the verifier gets.
fn made<'a>(
    name: &'a str,
    inputs: Value,
    prove: &mut File,
    verify: &'a mut File,
    arranged: impl FnOnce(Value) -> Value,
) -> Claim<'a> {
    let inputs = merged(&merged(&place(), &json!({ "claim": name })), &inputs);
    let made = Value::Object(prove.valid(name, inputs.clone(), Some(seed(name))));
    let given = merged(&inputs, &arranged(made));
    verify.valid(name, given.clone(), None);
    Claim { name, verify, given }
}

fn equal_logarithms(prove: &mut File, verify: &mut File) {
    let point = |point: Point| hex(&point.to_bytes());
    let (g, h) = (point(Point::generator()), point(Point::pedersen_base()));
    let mut claim = made("equal_logarithms", json!({ "bases": [g, h] }), prove, verify, |made| made);
    claim.usual(PROOF);
    let targets = claim.given["targets"].clone();
    claim.other("bases exchanged", "bases", json!([h, g]));
    claim.other("targets exchanged", "targets", json!([targets[1], targets[0]]));
    claim.other("a neutral target", "targets", json!([targets[0], point(Point::identity())]));
    let neutral = json!([g, point(Point::identity())]);
    claim.refuse("a neutral base", "Base", "bases", neutral, OutOfRange);
    for (comment, bytes) in [("no element", [255; 32]), ("a base point of Curve25519", montgomery_nine())] {
        let bases = json!([g, hex(&bytes)]);
        claim.refuse(comment, "Point", "bases", bases, InvalidEncoding);
    }
}

/// The coordinate 9: an element of another group in 32 bytes.
fn montgomery_nine() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = 9;
    bytes
}

fn equal_plaintexts(prove: &mut File, verify: &mut File) {
    let (ours, far) = (keys(), others());
    let publics = json!([encoded(ours.public_key()), encoded(far.public_key())]);
    let inputs = json!({ KEY: publics, "integer": -77 });
    let mut claim = made("equal_plaintexts", inputs, prove, verify, |made| made);
    claim.usual(PROOF);
    let arrays = claim.given[ARRAY].clone();
    let again = encrypted(far.public_key(), -77, "the same again");
    claim.other("the same integer, encrypted again", ARRAY, json!([arrays[0], again]));
    claim.refuse("keys exchanged", "Key", KEY, json!([publics[1], publics[0]]), ParamsMismatch);
    // 5 and 6, proven by the rules as 5.
    let random = &mut rng(seed("lie about plaintexts"));
    let [r, s] = [Randomizer::random(random), Randomizer::random(random)];
    let a = ours.public_key().encrypt_with(5, &r).expect("small");
    let b = far.public_key().encrypt_with(6, &s).expect("small");
    let sides = [(ours.public_key(), &a), (far.public_key(), &b)];
    let proof = proofs::prove_equal_plaintexts(sides, 5, [&r, &s], &context(), random).expect("own keys");
    let arrays = json!([single(ours.public_key(), a), single(far.public_key(), b)]);
    claim.given[PROOF] = encoded(&proof).into();
    claim.other("5 and 6", ARRAY, arrays);
}

fn hand_over(prove: &mut File, verify: &mut File) {
    let (ours, far) = (keys(), others());
    let array = encrypted(ours.public_key(), 1000, "handed");
    let inputs = json!({
        "elgamal_additive_secret_key": encoded(ours.secret_key()),
        KEY: encoded(far.public_key()),
        ARRAY: array,
    });
    let publics = json!([encoded(ours.public_key()), encoded(far.public_key())]);
    let mut claim = made("hand_over", inputs, prove, verify, |made| {
        let both = json!([array, made[ARRAY]]);
        merged(&made, &json!({ ARRAY: both, KEY: publics }))
    });
    claim.usual(PROOF);
    let arrays = claim.given[ARRAY].clone();
    let same = encrypted(ours.public_key(), 1000, "the same again");
    claim.other("from another ciphertext", ARRAY, json!([same, arrays[1]]));
    let same = encrypted(far.public_key(), 1000, "the same again");
    claim.other("to another ciphertext", ARRAY, json!([arrays[0], same]));
    claim.refuse("keys exchanged", "Key", KEY, json!([publics[1], publics[0]]), ParamsMismatch);
}

fn linear(prove: &mut File, verify: &mut File) {
    let ours = keys();
    let inputs = ["first", "second"].map(|name| encrypted(ours.public_key(), 20, name));
    let statement = json!({
        KEY: encoded(ours.public_key()),
        ARRAY: inputs,
        "weights": [3, -2],
        "offset": 10,
    });
    let mut claim = made("linear", statement, prove, verify, |made| {
        let all = json!([inputs[0], inputs[1], made[ARRAY]]);
        merged(&made, &json!({ ARRAY: all }))
    });
    claim.usual(PROOF);
    let arrays = claim.given[ARRAY].clone();
    // 3 20 - 2 20 + 10 is 30, and so is 1 20 + 0 20 + 10.
    claim.other("other weights with the same result", "weights", json!([1, 0]));
    claim.other("weights exchanged", "weights", json!([-2, 3]));
    claim.other("another offset", "offset", 11.into());
    claim.other("inputs exchanged", ARRAY, json!([arrays[1], arrays[0], arrays[2]]));
    let same = encrypted(ours.public_key(), 30, "the same again");
    claim.other("another encryption of the result", ARRAY, json!([arrays[0], arrays[1], same]));
    claim.refuse("a weight is missing", "Weights", "weights", json!([3]), ShapeMismatch);
    claim.refuse(
        "a weight above the decode bound",
        "Weights",
        "weights",
        json!([3, 1_u64 << 33]),
        OutOfRange,
    );
}

fn within(prove: &mut File, verify: &mut File) -> File {
    let key = json!({ KEY: encoded(keys().public_key()) });
    let statement = |low: i64, high: i64, integer: i64| {
        merged(&key, &json!({ "low": low, "high": high, "integer": integer }))
    };
    let mut claim = made("within", statement(40, 180, 75), prove, verify, |made| made);
    claim.usual(RANGE_PROOF);
    claim.other("from below", "low", 39.into());
    claim.other("to above", "high", 181.into());
    claim.other("another length", "high", 400.into());
    claim.refuse("one integer only", "Range", "high", 40.into(), OutOfRange);
    claim.refuse("beyond the decode bound", "Range", "high", (1_i64 << 33).into(), OutOfRange);
    let array = encrypted(keys().public_key(), 75, "the same again");
    claim.other("the same integer, encrypted again", ARRAY, array.into());
    let proof = unhex(claim.given[RANGE_PROOF].as_str().expect("hex"));
    let claimed = |statement: Value| merged(&merged(&place(), &json!({ "claim": "within" })), &statement);
    for (comment, low, high, integer) in
        [("the lowest", -5, 5, -5), ("the highest", -5, 5, 5), ("two integers", 7, 8, 8)]
    {
        prove.valid(comment, claimed(statement(low, high, integer)), Some(seed(comment)));
    }
    for (comment, low, high, integer) in [
        ("below", 40, 180, 39),
        ("above", 40, 180, 181),
        ("ends exchanged", 180, 40, 75),
        ("an end beyond the decode bound", 0, (1_i64 << 32) + 1, 1),
    ] {
        prove.invalid(comment, "Range", claimed(statement(low, high, integer)), OutOfRange);
    }
    let path = "elgamal/bad_additive_bounds_proof.json";
    let mut bad = Bad::new(path, RANGE_PROOF, nothing(), proof);
    bad.edit("a digit more than there are", "Length", HEADER_LEN, &[9], InvalidEncoding);
    bad.edit("a digit less than there are", "Length", HEADER_LEN, &[7], InvalidEncoding);
    bad.edit("a digit that is no element", "Point", HEADER_LEN + 1, &[255; 32], InvalidEncoding);
    bad.finish()
}
