//! Bytes of arrays.
//!
//! ```text
//! key id, 16 bytes | axes u8 | extents u32 each | scale u32 | bound: mantissa u64, exponent u32
//! | one ciphertext for each element, row-major: two group elements of 32 bytes
//! ```
use rand_core::CryptoRng;

use super::{EncryptedArray, decodable};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::{Ciphertext, PublicKey};
use crate::error::{Error, ErrorKind, Result};
use crate::magnitude::{Format, Magnitude};
use crate::progress::Observer;
use crate::shape::Shape;
use crate::unlinked::Unlinked;

const KEY_ID_LEN: usize = 16;

impl EncryptedArray {
    /// The array as it may leave: rerandomized if it was computed from others, else as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn unlink(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Unlinked<Self>> {
        let array = if self.derived { self.rerandomize(rng, observer)? } else { self.clone() };
        Ok(Unlinked::assume(array))
    }

    /// The array with its very ciphertexts, because a proof about them goes with it.
    ///
    /// # Security
    /// For ciphertexts that were just encrypted or rerandomized; those of a computed array tell how it was computed.
    pub fn as_it_is(&self) -> Unlinked<Self> {
        Unlinked::assume(self.clone())
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
    const KIND: Kind = Kind::ElGamalAdditiveArray;

    fn params_id(&self) -> u32 {
        self.array().key.params().params_id()
    }

    fn body_len(&self) -> usize {
        let EncryptedArray { shape, ciphertexts, .. } = self.array();
        KEY_ID_LEN
            + shape.encoded_len()
            + 4
            + Magnitude::ENCODED_LEN
            + ciphertexts.len() * Ciphertext::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        let EncryptedArray { key, shape, ciphertexts, format, .. } = self.array();
        out.bytes(key.id().as_bytes());
        shape.write(out);
        out.u32(format.scale);
        format.bound.write(out);
        ciphertexts.iter().for_each(|ciphertext| ciphertext.write(out));
    }
}

impl Decode<&PublicKey> for Unlinked<EncryptedArray> {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(KEY_ID_LEN, "array: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key"));
        }
        let shape = Shape::read(body)?;
        let format = Format { scale: body.u32("array: scale")?, bound: Magnitude::read(body)? };
        let format = decodable(format, key.params())
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: scale or bound"))?;
        if body.remaining() / Ciphertext::ENCODED_LEN < shape.len() {
            return Err(Error::new(ErrorKind::InvalidEncoding, "array: ciphertexts"));
        }
        let ciphertexts = (0..shape.len()).map(|_| Ciphertext::read(body, key)).collect::<Result<_>>()?;
        Ok(Self::assume(EncryptedArray { key: key.clone(), shape, ciphertexts, format, derived: false }))
    }
}
