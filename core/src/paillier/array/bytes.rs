//! Bytes of arrays.
//!
//! ```text
//! public facts (see `wire`) | one ciphertext for each element, row-major
//! ```
use rand_core::CryptoRng;

use super::EncryptedArray;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::paillier::keys::PublicKey;
use crate::paillier::unlinked::Unlinked;
use crate::paillier::wire;
use crate::progress::Observer;

impl EncryptedArray {
    /// The array as it may leave: rerandomized if it was computed from others, else as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn unlink(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Unlinked<Self>> {
        let array = if self.derived { self.rerandomize(rng, observer)? } else { self.clone() };
        Ok(Unlinked::assume(array))
    }

    /// The encoding, to be sent or stored.
    ///
    /// What was computed from other arrays is rerandomized, so that the bytes do not tell how; what was encrypted here
    /// or came from elsewhere is encoded as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn to_bytes_for_sending(
        &self,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Vec<u8>> {
        self.unlink(rng, observer).map(|array| core::mem::take(&mut *array.to_bytes()))
    }

    /// Reads and checks an encoding of an array under `key`.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `InvalidEncoding`, `UnsupportedVersion`, `TrailingBytes`.
    /// # Timing
    /// Varies with the bytes, which are public.
    /// # Security
    /// Scale and bound are the sender's claims, checked against the limits of the key only. Decryption refuses what is
    /// not within the bound; a sender who computes with the wrong bound spoils the sender's own result.
    pub fn from_bytes(bytes: &[u8], key: &PublicKey) -> Result<Self> {
        <Unlinked<Self> as Decode<&PublicKey>>::from_bytes(bytes, key).map(Unlinked::into_array)
    }
}

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
