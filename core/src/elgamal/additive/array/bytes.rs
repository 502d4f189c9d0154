//! Bytes of arrays.
//!
//! ```text
//! key id, 16 bytes | axes u8 | extents u32 each | scale u32 | divisor u64
//! | bound: mantissa u64, exponent u32 | one ciphertext for each element, row-major: two group elements of 32 bytes
//! ```
use super::{ArrayFormat, EncryptedArray};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::{Ciphertext, PublicKey};
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;
use crate::unlinked::Unlinked;

const KEY_ID_LEN: usize = 16;

impl EncryptedArray {
    /// The array with its very ciphertexts, because a proof about them goes with it.
    ///
    /// # Security
    /// For ciphertexts that were just encrypted or rerandomized; those of a computed array tell how it was computed.
    pub fn as_it_is(&self) -> Unlinked<Self> {
        Unlinked::assume(self.clone())
    }
}

impl Encode for Unlinked<EncryptedArray> {
    const KIND: Kind = Kind::ElGamalAdditiveArray;

    fn params_id(&self) -> u32 {
        self.array().key.params().params_id()
    }

    fn body_len(&self) -> usize {
        let EncryptedArray { shape, ciphertexts, .. } = self.array();
        KEY_ID_LEN
            + shape.encoded_len()
            + ArrayFormat::ENCODED_LEN
            + ciphertexts.len() * Ciphertext::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        let EncryptedArray { key, shape, ciphertexts, format, .. } = self.array();
        out.bytes(key.id().as_bytes());
        shape.write(out);
        format.write(out);
        ciphertexts.iter().for_each(|ciphertext| ciphertext.write(out));
    }
}

impl Decode<&PublicKey> for Unlinked<EncryptedArray> {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(KEY_ID_LEN, "array: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key"));
        }
        let shape = Shape::read(body)?;
        let format = ArrayFormat::read(body, key.params())?;
        if body.remaining() / Ciphertext::ENCODED_LEN < shape.len() {
            return Err(Error::new(ErrorKind::InvalidEncoding, "array: ciphertexts"));
        }
        let ciphertexts = (0..shape.len()).map(|_| Ciphertext::read(body, key)).collect::<Result<_>>()?;
        Ok(Self::assume(EncryptedArray { key: key.clone(), shape, ciphertexts, format, derived: false }))
    }
}
