//! Encodings that a decoder must refuse, each with the kind of error that it must give.
use serde_json::Value;
use veilkit::{
    ErrorKind::{self, InvalidEncoding, TrailingBytes, UnsupportedVersion},
    codec::HEADER_LEN,
};

use super::{
    file::{File, nothing, with},
    support::vectors::hex,
};

/// A `bad_*` file for one decoder.
pub(crate) struct Bad {
    file: File,
    /// The name of the kind, under which the bytes stand.
    kind: &'static str,
    /// What else the decoder gets.
    context: Value,
    valid: Vec<u8>,
}

impl Bad {
    /// The valid encoding only, as the first test: where it is so long that the file would become too large.
    pub(crate) fn long(path: &'static str, kind: &'static str, context: Value, valid: Vec<u8>) -> Self {
        let file = File::new(
            path,
            &format!("decode/{kind}"),
            "a valid encoding, and what is wrong in others",
            nothing(),
        );
        let mut bad = Self { file, kind, context, valid };
        let inputs = bad.inputs(&bad.valid);
        bad.file.valid("accepted, and encodes to the same bytes", inputs, None);
        bad
    }

    /// The cases that every decoder has in common. `valid` is accepted and is the first test.
    pub(crate) fn new(path: &'static str, kind: &'static str, context: Value, valid: Vec<u8>) -> Self {
        let mut bad = Self::long(path, kind, context, valid);
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
        bad.edit("a kind that no scheme has", "Header", 3, &[1, 0x7f], InvalidEncoding);
        for (comment, bit) in [("lowest", 0), ("highest", 31)] {
            let mut bytes = bad.valid.clone();
            bytes[5 + bit / 8] ^= 1 << (bit % 8);
            bad.case(&format!("{comment} bit of the params id"), "Header", bytes, ErrorKind::ParamsMismatch);
        }
        bad
    }

    /// The valid encoding with other bytes at `at`, counted from the start of the header.
    pub(crate) fn edit(&mut self, comment: &str, flag: &str, at: usize, bytes: &[u8], kind: ErrorKind) {
        let mut edited = self.valid.clone();
        edited[at..at + bytes.len()].copy_from_slice(bytes);
        self.case(comment, flag, edited, kind);
    }

    /// Any bytes.
    pub(crate) fn case(&mut self, comment: &str, flag: &str, bytes: Vec<u8>, kind: ErrorKind) {
        let inputs = self.inputs(&bytes);
        self.file.invalid(comment, flag, inputs, kind);
    }

    fn inputs(&self, bytes: &[u8]) -> Value {
        with(&self.context, self.kind, hex(bytes))
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
