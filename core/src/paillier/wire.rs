//! What the bytes of arrays and packed arrays have in common.
//!
//! ```text
//! key id, 16 bytes | axes u8 | extents u32 each | scale u32 | bound: mantissa u64, exponent u32
//! ```
use super::ciphertext::Ciphertext;
use super::format::Format;
use super::keys::PublicKey;
use super::magnitude::Magnitude;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

const KEY_ID_LEN: usize = 16;

/// Bytes of the public facts.
pub(super) fn facts_len(shape: &Shape) -> usize {
    KEY_ID_LEN + shape.encoded_len() + 4 + Magnitude::ENCODED_LEN
}

/// Writes the public facts.
pub(super) fn write_facts(key: &PublicKey, shape: &Shape, format: Format, out: &mut Writer) {
    out.bytes(key.id().as_bytes());
    shape.write(out);
    out.u32(format.scale);
    format.bound.write(out);
}

/// Reads and checks the public facts.
///
/// # Errors
/// `ParamsMismatch` for another key; `InvalidEncoding`.
pub(super) fn read_facts(body: &mut Reader<'_>, key: &PublicKey) -> Result<(Shape, Format)> {
    if body.bytes(KEY_ID_LEN, "array: key id")? != key.id().as_bytes() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key"));
    }
    let shape = Shape::read(body)?;
    let format = Format { scale: body.u32("array: scale")?, bound: Magnitude::read(body)? };
    let format = format.within(key.params());
    Ok((shape, format.map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: scale or bound"))?))
}

/// Bytes of this many ciphertexts.
pub(super) fn ciphertexts_len(key: &PublicKey, count: usize) -> usize {
    count * key.params().ciphertext_bytes()
}

/// Writes ciphertexts of `key`.
pub(super) fn write_ciphertexts(key: &PublicKey, list: &[Ciphertext], out: &mut Writer) {
    key.write_ciphertexts(list, out).expect("an array holds ciphertexts of its own key");
}
