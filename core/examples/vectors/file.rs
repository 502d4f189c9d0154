//! Files of test vectors; the layout is that of `vectors/schema/tests.json`.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::{Map, Value, json};
use veilkit::{Error, codec::Encode, transcript::Transcript};

/// One file and its tests.
pub(crate) struct File {
    /// Where it goes, below the folder of all vectors.
    pub(crate) path: &'static str,
    algorithm: &'static str,
    source: &'static str,
    params: Value,
    tests: Vec<Value>,
}

/// Where the values come from, for files without a peer that computes the same bytes.
pub(crate) const OWN: &str = "core/examples/vectors, from the seeds in each test";

impl File {
    pub(crate) fn new(
        path: &'static str,
        algorithm: &'static str,
        source: &'static str,
        params: Value,
    ) -> Self {
        Self { path, algorithm, source, params, tests: Vec::new() }
    }

    /// A test that gives `expected`.
    pub(crate) fn valid(
        &mut self,
        comment: &str,
        flags: &[&str],
        inputs: Value,
        seed: Option<Seed>,
        expected: Value,
    ) {
        self.push(comment, flags, inputs, seed, expected, "valid", Value::Null);
    }

    /// A test that is refused with `error`.
    pub(crate) fn invalid(&mut self, comment: &str, flags: &[&str], inputs: Value, error: &Error) {
        let mut details = Map::new();
        details.insert("name".into(), error.kind().name().into());
        details.insert("code".into(), error.kind().code().into());
        if !error.culprits().is_empty() {
            details.insert("culprits".into(), culprits(error.culprits()));
        }
        self.push(comment, flags, inputs, None, json!({}), "invalid", details.into());
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a test, in their order")]
    fn push(
        &mut self,
        comment: &str,
        flags: &[&str],
        inputs: Value,
        seed: Option<Seed>,
        expected: Value,
        result: &str,
        error: Value,
    ) {
        self.tests.push(json!({
            "id": self.tests.len() + 1,
            "comment": comment,
            "flags": flags,
            "inputs": inputs,
            "seed": seed.map(|seed| hex(&seed)),
            "expected": expected,
            "result": result,
            "error": error,
        }));
    }

    /// The file's text.
    pub(crate) fn to_json(&self) -> String {
        let file = json!({
            "algorithm": self.algorithm,
            "schema": "schema/tests.json",
            "source": self.source,
            "params": self.params,
            "tests": self.tests,
        });
        serde_json::to_string_pretty(&file).expect("values are JSON") + "\n"
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

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The encoding of an object, in hex.
pub(crate) fn encoded(value: &impl Encode) -> String {
    hex(&value.to_bytes())
}

/// Numbers of parties.
pub(crate) fn culprits(parties: &[veilkit::PartyId]) -> Value {
    parties.iter().map(|party| party.get()).collect::<Vec<_>>().into()
}
