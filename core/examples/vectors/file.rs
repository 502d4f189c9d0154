//! Files of test vectors; the layout is that of `vectors/schema/tests.json`.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::{Map, Value, json};
use veilkit::{ErrorKind, codec::Encode, transcript::Transcript};

use super::{
    procedures,
    support::vectors::{self, Refusal, Test, hex},
};

/// One file and its tests.
pub(crate) struct File {
    /// Where it goes, below the folder of all vectors.
    pub(crate) path: &'static str,
    content: vectors::File,
}

impl File {
    pub(crate) fn new(path: &'static str, algorithm: &str, source: &str, params: Value) -> Self {
        let content = vectors::File {
            algorithm: algorithm.into(),
            schema: "schema/tests.json".into(),
            source: format!("core/examples/vectors; {source}"),
            params: object(params),
            tests: Vec::new(),
        };
        Self { path, content }
    }

    /// A test that succeeds, and what it gives.
    pub(crate) fn valid(&mut self, comment: &str, inputs: Value, seed: Option<Seed>) -> Map<String, Value> {
        let mut test = self.test(comment, &[], inputs, seed);
        let output =
            procedures::run(&self.content.algorithm, &test).unwrap_or_else(|e| panic!("{comment}: {e}"));
        test.expected = object(output);
        self.content.tests.push(test.clone());
        test.expected
    }

    /// A test that is refused with an error of this kind.
    pub(crate) fn invalid(&mut self, comment: &str, flag: &str, inputs: Value, kind: ErrorKind) {
        let mut test = self.test(comment, &[flag], inputs, None);
        let error = procedures::run(&self.content.algorithm, &test).expect_err(comment);
        assert_eq!(error.kind(), kind, "{} {comment}: {error}", self.content.algorithm);
        test.result = "invalid".into();
        test.error = Some(Refusal {
            name: kind.name().into(),
            code: kind.code(),
            culprits: error.culprits().iter().map(|party| party.get()).collect(),
        });
        self.content.tests.push(test);
    }

    fn test(&self, comment: &str, flags: &[&str], inputs: Value, seed: Option<Seed>) -> Test {
        Test {
            id: self.content.tests.len() + 1,
            comment: comment.into(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            inputs: object(inputs),
            seed: seed.map(|seed| hex(&seed)),
            expected: Map::new(),
            result: "valid".into(),
            error: None,
        }
    }

    /// The file's text.
    pub(crate) fn into_json(self) -> String {
        serde_json::to_string_pretty(&self.content).expect("values are JSON") + "\n"
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

/// The seed of a test's generator.
pub(crate) type Seed = [u8; 32];

/// The seed that belongs to a name.
pub(crate) fn seed(name: &str) -> Seed {
    Transcript::new("veilkit v1 vectors").append("seed", name.as_bytes()).digest()
}

/// The generator of a seed.
pub(crate) fn rng(seed: Seed) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(seed)
}

/// The encoding of an object, in hex.
pub(crate) fn encoded(value: &impl Encode) -> String {
    hex(&value.to_bytes())
}

/// The encodings of objects, in hex.
pub(crate) fn encoded_list<T: Encode>(values: &[T]) -> Value {
    values.iter().map(encoded).collect::<Vec<_>>().into()
}

/// `base` with another value under `name`.
pub(crate) fn with(base: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut changed = base.clone();
    changed[name] = value.into();
    changed
}

/// Files of bad encodings have no parameters.
pub(crate) fn nothing() -> Value {
    json!({})
}
