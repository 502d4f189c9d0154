//! Encodings that a decoder must refuse, each with the kind of error that it must give.
use serde_json::{Map, Value, json};
use veilkit::{
    ErrorKind::{self, InvalidEncoding, ParamsMismatch, TrailingBytes, UnsupportedVersion},
    Result,
    codec::HEADER_LEN,
};

use super::file::{File, OWN, hex};

/// A `bad_*` file for one decoder.
pub(crate) struct Bad<'a> {
    file: File,
    /// The name of the kind, under which the bytes stand.
    kind: &'static str,
    /// What else the decoder gets.
    context: Map<String, Value>,
    decode: &'a dyn Fn(&[u8]) -> Result<()>,
    valid: Vec<u8>,
}

impl<'a> Bad<'a> {
    /// The cases that every decoder has in common. `valid` is accepted and is the first test.
    pub(crate) fn new(
        path: &'static str,
        algorithm: &'static str,
        context: Value,
        valid: Vec<u8>,
        decode: &'a dyn Fn(&[u8]) -> Result<()>,
    ) -> Self {
        let kind = algorithm.strip_prefix("decode/").expect("the algorithm is a decoder");
        let Value::Object(context) = context else { panic!("the context has names") };
        let mut bad = Self { file: File::new(path, algorithm, OWN, json!({})), kind, context, decode, valid };
        decode(&bad.valid).expect("the valid encoding is accepted");
        let inputs = bad.inputs(&bad.valid);
        bad.file.valid("accepted, and encodes to the same bytes", &[], inputs, None, json!({}));

        let len = bad.valid.len();
        bad.case("no bytes", "Length", Vec::new(), InvalidEncoding);
        bad.case("the magic bytes only", "Length", bad.valid[..2].to_vec(), InvalidEncoding);
        bad.case("cut within the header", "Length", bad.valid[..HEADER_LEN - 1].to_vec(), InvalidEncoding);
        bad.case("the header only", "Length", bad.valid[..HEADER_LEN].to_vec(), InvalidEncoding);
        bad.case("cut in the middle", "Length", bad.valid[..len / 2].to_vec(), InvalidEncoding);
        bad.case("the last byte is missing", "Length", bad.valid[..len - 1].to_vec(), InvalidEncoding);
        bad.case("a zero byte too many", "Length", [&bad.valid[..], &[0]].concat(), TrailingBytes);
        bad.case("twice the same object", "Length", [&bad.valid[..], &bad.valid].concat(), TrailingBytes);
        bad.edit("magic bytes in lower case", "Header", 0, b"vk", InvalidEncoding);
        bad.edit("version 0", "Header", 2, &[0], UnsupportedVersion);
        bad.edit("version 2", "Header", 2, &[2], UnsupportedVersion);
        bad.edit("version 255", "Header", 2, &[255], UnsupportedVersion);
        bad.edit("kind 0", "Header", 3, &[0, 0], InvalidEncoding);
        let other = [bad.valid[3], bad.valid[4] ^ 0x80];
        bad.edit("secret and public kind exchanged", "Header", 3, &other, InvalidEncoding);
        bad.edit("kind of another scheme", "Header", 3, &[1, 0x7f], InvalidEncoding);
        bad
    }

    /// Every field of the params id decides.
    pub(crate) fn params_id(&mut self, kind: ErrorKind) {
        for (comment, bit) in [("lowest", 0), ("highest", 31)] {
            let mut bytes = self.valid.clone();
            bytes[5 + bit / 8] ^= 1 << (bit % 8);
            self.case(&format!("{comment} bit of the params id"), "Header", bytes, kind);
        }
        let _ = ParamsMismatch;
    }

    /// The valid encoding with other bytes at `at`, counted from the start of the header.
    pub(crate) fn edit(&mut self, comment: &str, flag: &str, at: usize, with: &[u8], kind: ErrorKind) {
        let mut bytes = self.valid.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        self.case(comment, flag, bytes, kind);
    }

    /// Any bytes.
    pub(crate) fn case(&mut self, comment: &str, flag: &str, bytes: Vec<u8>, kind: ErrorKind) {
        let error = (self.decode)(&bytes).expect_err(comment);
        assert_eq!(error.kind(), kind, "{}: {comment}: {error}", self.kind);
        let inputs = self.inputs(&bytes);
        self.file.invalid(comment, &[flag], inputs, &error);
    }

    fn inputs(&self, bytes: &[u8]) -> Value {
        let mut inputs = self.context.clone();
        inputs.insert(self.kind.into(), hex(bytes).into());
        inputs.into()
    }

    /// The valid encoding.
    pub(crate) fn valid(&self) -> &[u8] {
        &self.valid
    }

    /// The file.
    pub(crate) fn finish(self) -> File {
        self.file
    }
}
