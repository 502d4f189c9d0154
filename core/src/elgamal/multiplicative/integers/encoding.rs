//! Bytes.
//!
//! ```text
//! public key   group u8 | element, little-endian
//! secret key   group u8 | exponent, 8 times the least number of limbs for the group's bits
//! ciphertext   key id, 16 bytes | bits of the numerator u16 | bits of the denominator u16 | two elements
//! ```
use zeroize::Zeroizing;

use super::ciphertext::{Ciphertext, Room};
use super::group::Group;
use super::keys::{PublicKey, SecretKey};
use crate::bigint::limbs;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;
use crate::unlinked::Unlinked;

impl Encode for PublicKey {
    const KIND: Kind = Kind::ElGamalIntegerPublicKey;

    fn params_id(&self) -> u32 {
        self.group().code().into()
    }

    fn body_len(&self) -> usize {
        1 + self.group().element_bytes()
    }

    fn write_body(&self, out: &mut Writer) {
        out.u8(self.group().code()).bytes(&self.element_bytes());
    }
}

impl Decode for PublicKey {
    /// Refuses what is not in the group, and 1.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let group = Group::from_code(body.u8("public key: group")?)?;
        let bytes = body.bytes(group.element_bytes(), "public key: element")?;
        Ok(Self::assemble(group, group.read_vartime(bytes, "public key: element")?))
    }
}

fn exponent_bytes(group: Group) -> usize {
    8 * limbs::limbs_for(group.exponent_bits())
}

impl Encode for SecretKey {
    const KIND: Kind = Kind::ElGamalIntegerSecretKey;

    fn params_id(&self) -> u32 {
        self.public_key().group().code().into()
    }

    fn body_len(&self) -> usize {
        1 + exponent_bytes(self.public_key().group())
    }

    fn write_body(&self, out: &mut Writer) {
        let group = self.public_key().group();
        out.u8(group.code()).bytes(&limbs::to_le_bytes(self.exponent(), exponent_bytes(group)));
    }
}

impl Decode for SecretKey {
    /// Refuses zero, and exponents that are too long. Constant-time in the exponent.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let group = Group::from_code(body.u8("secret key: group")?)?;
        let exponent = limbs::from_le_bytes(body.bytes(exponent_bytes(group), "secret key: exponent")?);
        let top = exponent[exponent.len() - 1] >> (group.exponent_bits() % limbs::LIMB_BITS);
        if declassify(!limbs::is_zero(&[top])) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "secret key: exponent too long"));
        }
        Self::assemble(group, Zeroizing::new(exponent.to_vec()))
    }
}

impl Encode for Unlinked<Ciphertext> {
    const KIND: Kind = Kind::ElGamalIntegerCiphertext;

    fn params_id(&self) -> u32 {
        self.array().key.group().code().into()
    }

    fn body_len(&self) -> usize {
        16 + 4 + 2 * self.array().key.group().element_bytes()
    }

    fn write_body(&self, out: &mut Writer) {
        let Ciphertext { key, room, .. } = self.array();
        let bits = |bits: usize| u16::try_from(bits).expect("below 4096");
        out.bytes(key.id().as_bytes()).u16(bits(room.numerator_bits)).u16(bits(room.denominator_bits));
        let (blinder, payload) = self.array().elements();
        out.bytes(&blinder).bytes(&payload);
    }
}

impl Decode<&PublicKey> for Unlinked<Ciphertext> {
    /// Refuses elements outside the group, and 1 as the first, which hides nothing.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(16, "ciphertext: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: made under another key"));
        }
        let numerator_bits = body.u16("ciphertext: bits")?.into();
        let denominator_bits = body.u16("ciphertext: bits")?.into();
        let room = Room { numerator_bits, denominator_bits }.within(key);
        let room = room.map_err(|_| Error::new(ErrorKind::InvalidEncoding, "ciphertext: bits"))?;
        let mut element = |what| {
            let bytes = body.bytes(key.group().element_bytes(), what)?;
            key.group().read_vartime(bytes, what)
        };
        let blinder = element("ciphertext: first element")?;
        let payload = element("ciphertext: second element")?;
        Ok(Self::assume(Ciphertext { blinder, payload, key: key.clone(), room, derived: false }))
    }
}
