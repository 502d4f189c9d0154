//! The files in `vectors/`, and the encodings in them.
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One file; the layout is that of `vectors/schema/tests.json`.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub algorithm: String,
    pub schema: String,
    pub source: String,
    pub params: Map<String, Value>,
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    pub id: usize,
    pub comment: String,
    pub flags: Vec<String>,
    pub inputs: Map<String, Value>,
    pub seed: Option<String>,
    pub expected: Map<String, Value>,
    pub result: String,
    pub error: Option<Refusal>,
}

/// How a test is refused.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub name: String,
    pub code: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub culprits: Vec<u16>,
}

/// Every file with its path.
pub fn files() -> Vec<(PathBuf, File)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() && !path.ends_with("schema") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json")
                && !path.ends_with("schema")
            {
                let text = std::fs::read_to_string(&path).expect("the file can be read");
                let file =
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                files.push((path, file));
            }
        }
    }
    files.sort_by(|a: &(PathBuf, File), b| a.0.cmp(&b.0));
    files
}

/// Every valid encoding of this kind, each once, in the order of the files; at most `limit`.
pub fn samples(kind: &str, limit: usize) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let valid = files().into_iter().flat_map(|(_, file)| file.tests).filter(|test| test.result == "valid");
    for test in valid {
        for value in [test.inputs.get(kind), test.expected.get(kind)].into_iter().flatten() {
            found.extend(strings(value).into_iter().map(unhex));
        }
    }
    let mut unique: Vec<Vec<u8>> = Vec::new();
    for sample in found {
        if !unique.contains(&sample) {
            unique.push(sample);
        }
    }
    assert!(!unique.is_empty(), "no {kind} in vectors/");
    unique.truncate(limit);
    unique
}

/// A string, or the strings of a list.
pub fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(list) => list.iter().map(|item| item.as_str().expect("a list of strings")).collect(),
        _ => panic!("a string or a list of strings"),
    }
}

/// Bytes from hex.
pub fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "pairs of hex digits");
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits");
    (0..text.len()).step_by(2).map(pair).collect()
}

/// Hex from bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Test {
    /// The bytes of one hex string among the inputs.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        self.list(name).into_iter().next().expect("one string")
    }

    /// The bytes of each hex string of a list among the inputs.
    pub fn list(&self, name: &str) -> Vec<Vec<u8>> {
        strings(self.input(name)).into_iter().map(unhex).collect()
    }

    /// A number among the inputs.
    pub fn number(&self, name: &str) -> u64 {
        self.input(name).as_u64().expect("a number")
    }

    /// A number among the inputs, as a size.
    pub fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).expect("fits")
    }

    /// An input.
    pub fn input(&self, name: &str) -> &Value {
        self.inputs.get(name).unwrap_or_else(|| panic!("no input {name}"))
    }

    /// The generator that the test prescribes. What is refused needs none, and then all seeds are the same.
    pub fn rng(&self) -> rand_chacha::ChaCha20Rng {
        let seed = self.seed.as_ref().map_or_else(|| vec![0; 32], |seed| unhex(seed));
        rand_core::SeedableRng::from_seed(seed.try_into().expect("32 bytes"))
    }
}
