//! Bytes of arrays.
//!
//! ```text
//! parameters | complex u8 | shape | log2 of each stride u8, 255 for an axis of one element | repeated u32 | ciphertexts
//! ```
//! Each ciphertext is as its own encoding has it, without the header; all have one key, one level and its scale.
use super::{facts_len, invalid, params, read_facts, read_flag};
use crate::ckks::array::{EncryptedArray, Layout};
use crate::ckks::ciphertext::Ciphertext;
use crate::ckks::context::Context;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::shape::Shape;

/// For the stride of an axis that has none.
const NO_STRIDE: u8 = u8::MAX;

impl Encode for EncryptedArray {
    const KIND: Kind = Kind::CkksArray;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        let ciphertexts: usize = self.ciphertexts().iter().map(Encode::body_len).sum();
        let shape = self.shape();
        facts_len(self.context()) + 1 + shape.encoded_len() + shape.extents().len() + 4 + ciphertexts
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        out.u8(u8::from(self.is_complex()));
        self.shape().write(out);
        for stride in self.layout().strides() {
            let log = stride.checked_ilog2().map(|log| u8::try_from(log).expect("fewer than 64 bits"));
            out.u8(log.unwrap_or(NO_STRIDE));
        }
        out.u32(u32::try_from(self.layout().repeated()).expect("at most 2^15 slots"));
        self.ciphertexts().iter().for_each(|ciphertext| ciphertext.write_body(out));
    }
}

impl Decode<&Context> for EncryptedArray {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let complex = read_flag(body, "array: complex")?;
        let shape = Shape::read(body)?;
        let mut strides = Vec::with_capacity(shape.extents().len());
        for log in body.bytes(shape.extents().len(), "array: strides")? {
            let stride = match *log {
                NO_STRIDE => Some(0),
                log => 1_usize.checked_shl(log.into()),
            };
            strides.push(stride.ok_or(invalid("array: strides"))?);
        }
        let repeated =
            usize::try_from(body.u32("array: repeated")?).map_err(|_| invalid("array: repeated"))?;
        let layout = Layout::from_parts(shape, strides, repeated, context.params().slots());
        let layout = layout.map_err(|error| invalid(error.what()))?;
        // No memory is taken for more than the bytes hold.
        let mut ciphertexts = Vec::new();
        for _ in 0..layout.count() {
            ciphertexts.push(Ciphertext::read_body(body, params_id, context)?);
        }
        Self::from_ciphertexts(layout, ciphertexts, complex)
            .map_err(|_| invalid("array: ciphertexts of more than one key, level or scale"))
    }
}
