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
use crate::paillier::wire;
use crate::progress::Observer;

/// An array whose ciphertexts do not tell how they were computed: only such an array is ever encoded.
struct Unlinked(EncryptedArray);

impl EncryptedArray {
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
        let unlinked = Unlinked(if self.derived { self.rerandomize(rng, observer)? } else { self.clone() });
        Ok(core::mem::take(&mut *unlinked.to_bytes()))
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
        <Unlinked as Decode<&PublicKey>>::from_bytes(bytes, key).map(|unlinked| unlinked.0)
    }
}

impl Encode for Unlinked {
    const KIND: Kind = Kind::PaillierArray;

    fn params_id(&self) -> u32 {
        self.0.key.params().params_id()
    }

    fn body_len(&self) -> usize {
        wire::facts_len(&self.0.shape) + wire::ciphertexts_len(&self.0.key, self.0.ciphertexts.len())
    }

    fn write_body(&self, out: &mut Writer) {
        wire::write_facts(&self.0.key, &self.0.shape, self.0.format, out);
        wire::write_ciphertexts(&self.0.key, &self.0.ciphertexts, out);
    }
}

impl Decode<&PublicKey> for Unlinked {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        let (shape, format) = wire::read_facts(body, key)?;
        let ciphertexts = key.read_ciphertexts(body, shape.len())?;
        Ok(Self(EncryptedArray { key: key.clone(), shape, ciphertexts, format, derived: false }))
    }
}
