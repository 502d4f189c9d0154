//! Bytes of packed arrays.
//!
//! ```text
//! public facts (see `wire`) | slot width in bits u32 | ciphertexts: the number of values / slots, rounded up
//! ```
use rand_core::CryptoRng;

use super::PackedArray;
use super::slots::Slots;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::keys::PublicKey;
use crate::paillier::unlinked::Unlinked;
use crate::paillier::wire;
use crate::progress::Observer;

impl PackedArray {
    /// The array as it may leave: rerandomized if it was computed from others, else as it is.
    ///
    /// # Errors
    /// `Cancelled` when the observer stops the work.
    pub fn unlink(&self, rng: &mut impl CryptoRng, observer: &mut dyn Observer) -> Result<Unlinked<Self>> {
        let array = if self.derived { self.rerandomize(rng, observer)? } else { self.clone() };
        Ok(Unlinked::assume(array))
    }

    /// The encoding, to be sent or stored; what was computed from other arrays is rerandomized.
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
    /// Scale, bound and layout are the sender's claims, checked against the limits of the key only.
    pub fn from_bytes(bytes: &[u8], key: &PublicKey) -> Result<Self> {
        <Unlinked<Self> as Decode<&PublicKey>>::from_bytes(bytes, key).map(Unlinked::into_array)
    }
}

impl Encode for Unlinked<PackedArray> {
    const KIND: Kind = Kind::PaillierPackedArray;

    fn params_id(&self) -> u32 {
        self.array().key.params().params_id()
    }

    fn body_len(&self) -> usize {
        wire::facts_len(&self.array().shape)
            + 4
            + wire::ciphertexts_len(&self.array().key, self.array().ciphertexts.len())
    }

    fn write_body(&self, out: &mut Writer) {
        wire::write_facts(&self.array().key, &self.array().shape, self.array().format, out);
        out.u32(self.array().slots.width);
        wire::write_ciphertexts(&self.array().key, &self.array().ciphertexts, out);
    }
}

impl Decode<&PublicKey> for Unlinked<PackedArray> {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        let (shape, format) = wire::read_facts(body, key)?;
        let invalid = |what| Error::new(ErrorKind::InvalidEncoding, what);
        let slots = Slots::of_width(key.params(), body.u32("packed array: slot width")?);
        let slots = slots.ok_or(invalid("packed array: slot width"))?;
        slots.check(format, key.params()).map_err(|_| invalid("packed array: bound above the slot width"))?;
        let ciphertexts = key.read_ciphertexts(body, slots.ciphertexts(shape.len()))?;
        Ok(Self::assume(PackedArray { key: key.clone(), shape, slots, ciphertexts, format, derived: false }))
    }
}
