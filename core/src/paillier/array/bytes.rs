//! Bytes of arrays.
//!
//! ```text
//! public facts (see `wire`) | one ciphertext for each element, row-major
//! ```
use super::EncryptedArray;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::paillier::keys::PublicKey;
use crate::paillier::unlinked::Unlinked;
use crate::paillier::wire;

impl Encode for Unlinked<EncryptedArray> {
    const KIND: Kind = Kind::PaillierArray;

    fn params_id(&self) -> u32 {
        self.array().key.params().params_id()
    }

    fn body_len(&self) -> usize {
        wire::facts_len(&self.array().shape)
            + wire::ciphertexts_len(&self.array().key, self.array().ciphertexts.len())
    }

    fn write_body(&self, out: &mut Writer) {
        wire::write_facts(&self.array().key, &self.array().shape, self.array().format, out);
        wire::write_ciphertexts(&self.array().key, &self.array().ciphertexts, out);
    }
}

impl Decode<&PublicKey> for Unlinked<EncryptedArray> {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        let (shape, format) = wire::read_facts(body, key)?;
        let ciphertexts = key.read_ciphertexts(body, shape.len())?;
        Ok(Self::assume(EncryptedArray { key: key.clone(), shape, ciphertexts, format, derived: false }))
    }
}
