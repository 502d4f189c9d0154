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
/// Elements that an array without elements may have along its other axes: reducing it makes as many, from no bytes.
const MAX_HOLLOW: usize = 1 << 16;

/// Bytes of the public facts.
pub(super) fn facts_len(shape: &Shape) -> usize {
    KEY_ID_LEN + 1 + 4 * shape.extents().len() + 4 + Magnitude::ENCODED_LEN
}

/// Writes the public facts.
pub(super) fn write_facts(key: &PublicKey, shape: &Shape, format: Format, out: &mut Writer) {
    let axes = u8::try_from(shape.extents().len()).expect("at most 8 axes");
    out.bytes(key.id().as_bytes()).u8(axes);
    for extent in shape.extents() {
        out.len(*extent);
    }
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
    let axes = usize::from(body.u8("array: number of axes")?);
    if axes > Shape::MAX_RANK {
        return Err(Error::new(ErrorKind::InvalidEncoding, "array: number of axes"));
    }
    let extent = |_| {
        let extent = body.u32("array: extent")?;
        usize::try_from(extent).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: extent"))
    };
    let extents = (0..axes).map(extent).collect::<Result<Vec<_>>>()?;
    let shape = Shape::new(&extents).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: shape"))?;
    if shape.len() == 0 && extents.iter().filter(|extent| **extent != 0).product::<usize>() > MAX_HOLLOW {
        return Err(Error::new(ErrorKind::InvalidEncoding, "array: long axes, but no elements"));
    }
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
