//! The bytes of packed shares.
//!
//! ```text
//! Share: set id [16] | privacy u16 | width u16 | count u16 | index u16 | degree u16 | elements u32 | values
//! ```
//!
//! There is one value for each `width` elements.
use zeroize::Zeroizing;

use super::{MAX_ELEMENTS, Packing, Share};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    party::PartyId,
};

impl<F: Field> Encode for Share<F> {
    const KIND: Kind = Kind::ShamirPackedShare;

    fn params_id(&self) -> u32 {
        F::ID
    }

    fn body_len(&self) -> usize {
        self.set_id.len() + 10 + 4 + self.values.len() * F::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.set_id);
        out.u16(self.packing.privacy).u16(self.packing.width).u16(self.packing.shares).u16(self.index.get());
        out.u16(u16::try_from(self.degree).expect("below the number of shares")).len(self.elements);
        for value in self.values.iter() {
            value.write(out);
        }
    }
}

impl<F: Field> Decode for Share<F> {
    fn read_body(body: &mut Reader<'_>, params_id: u32, (): ()) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidEncoding, what);
        if params_id != F::ID {
            return Err(Error::new(ErrorKind::ParamsMismatch, "share: of another field"));
        }
        let set_id = body.array("share: set id")?;
        let mut size = || body.u16("share: packing").map(usize::from);
        let packing = Packing::new(size()?, size()?, size()?).map_err(|_| invalid("share: packing"))?;
        let index =
            PartyId::new(body.u16("share: index")?).ok().filter(|index| index.get() <= packing.shares);
        let index = index.ok_or(invalid("share: index"))?;
        let degree = usize::from(body.u16("share: degree")?);
        if !(packing.degree()..packing.shares()).contains(&degree) {
            return Err(invalid("share: degree"));
        }
        let elements = usize::try_from(body.u32("share: elements")?).ok();
        let elements = elements.filter(|elements| (1..=MAX_ELEMENTS).contains(elements));
        let elements = elements.ok_or(invalid("share: elements"))?;
        let packs = elements.div_ceil(packing.width());
        if body.remaining() / F::ENCODED_LEN < packs {
            return Err(invalid("share: elements"));
        }
        let mut values = Zeroizing::new(Vec::with_capacity(packs));
        for _ in 0..packs {
            values.push(F::read(body, "share: value")?);
        }
        Ok(Self { set_id, packing, index, degree, elements, values })
    }
}
