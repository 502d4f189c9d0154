//! The bytes of custodians, their keys and what is sealed to them.
//!
//! ```text
//! Custodian:    name length u32 | name | key [32]
//! CustodianKey: key [32]
//! SealedShare:  kind u16 | set [32] | index u16 | custodian | encapsulated key [32] | length u32 | ciphertext
//! ```
use zeroize::Zeroizing;

use super::{Custodian, CustodianKey, ENCAPSULATED_LEN, HEADER_LEN, SEAL_LEN, SealedShare, key::KEY_LEN};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
    transcript::Digest,
};

impl Custodian {
    pub(crate) fn written_len(&self) -> usize {
        4 + self.name().len() + KEY_LEN
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.len(self.name().len()).bytes(self.name().as_bytes()).bytes(self.key());
    }

    pub(crate) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let invalid = Error::new(ErrorKind::InvalidEncoding, "custodian: name");
        let len = body.count(1, "custodian: name")?;
        let name = core::str::from_utf8(body.bytes(len, "custodian: name")?).map_err(|_| invalid.clone())?;
        Self::new(name, &body.array("custodian: key")?).map_err(|error| match error.kind() {
            ErrorKind::OutOfRange => invalid,
            _ => error,
        })
    }
}

impl Encode for Custodian {
    const KIND: Kind = Kind::ShamirCustodian;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        self.written_len()
    }

    fn write_body(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl Decode for Custodian {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}

impl Encode for CustodianKey {
    const KIND: Kind = Kind::ShamirCustodianKey;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        KEY_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&*self.bytes());
    }
}

impl Decode for CustodianKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::from_secret_bytes(&Zeroizing::new(body.array("custodian key")?))
    }
}

impl Encode for SealedShare {
    const KIND: Kind = Kind::ShamirSealedShare;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        2 + size_of::<Digest>()
            + 2
            + self.custodian.written_len()
            + ENCAPSULATED_LEN
            + 4
            + self.ciphertext.len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.u16(self.kind).bytes(&self.set).u16(self.index.get());
        self.custodian.write(out);
        out.bytes(&self.encapsulated).len(self.ciphertext.len()).bytes(&self.ciphertext);
    }
}

impl Decode for SealedShare {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidEncoding, what);
        let kind = body.u16("sealed share: kind")?;
        let set = body.array("sealed share: set")?;
        let index =
            PartyId::new(body.u16("sealed share: index")?).map_err(|_| invalid("sealed share: index"))?;
        let custodian = Custodian::read(body)?;
        let encapsulated = body.array("sealed share: encapsulated key")?;
        let len = body.count(1, "sealed share: length")?;
        if len < HEADER_LEN + SEAL_LEN {
            return Err(invalid("sealed share: length"));
        }
        let ciphertext = body.bytes(len, "sealed share: ciphertext")?.to_vec();
        Ok(Self { kind, set, index, custodian, encapsulated, ciphertext })
    }
}
