//! The bytes of shares.
//!
//! ```text
//! Share: set id [16] | threshold u8 | count u8 | index u8 | blinder [32] | count commitments [32] | length u32 | payload
//! ```
use zeroize::Zeroizing;

use super::{
    commitments::Commitments,
    params::Params,
    share::{BLINDER_LEN, Payload, Share},
    split::MAX_SECRET_LEN,
};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
    transcript::Digest,
};

impl Encode for Share {
    const KIND: Kind = Kind::ShamirShare;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        let commitments = self.params.shares() * size_of::<Digest>();
        self.set_id.len() + 3 + BLINDER_LEN + commitments + 4 + self.payload.len()
    }

    fn write_body(&self, out: &mut Writer) {
        let byte = |number: usize| u8::try_from(number).expect("shares of bytes have at most 255 holders");
        out.bytes(&self.set_id);
        out.u8(byte(self.params.threshold())).u8(byte(self.params.shares())).u8(self.point());
        out.bytes(&*self.blinder);
        for commitment in self.commitments.as_slice() {
            out.bytes(commitment);
        }
        out.len(self.payload.len()).bytes(&self.payload);
    }
}

impl Decode for Share {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let set_id = body.array("share: set id")?;
        let threshold = usize::from(body.u8("share: threshold")?);
        let count = usize::from(body.u8("share: count")?);
        let params = Params::for_bytes(threshold, count)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "share: threshold"))?;
        let index = PartyId::new(u16::from(body.u8("share: index")?))
            .ok()
            .filter(|index| params.require_index(*index).is_ok())
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "share: index"))?;
        let mut blinder = Zeroizing::new([0; BLINDER_LEN]);
        blinder.copy_from_slice(body.bytes(BLINDER_LEN, "share: blinder")?);
        let commitments = body.bytes(count * size_of::<Digest>(), "share: commitments")?;
        let commitments = Commitments::new(commitments.as_chunks().0.to_vec());
        let len = body.count(1, "share: length")?;
        if len == 0 || len > MAX_SECRET_LEN {
            return Err(Error::new(ErrorKind::InvalidEncoding, "share: length"));
        }
        let payload = Payload::new(body.bytes(len, "share: payload")?.to_vec());
        Ok(Self { set_id, params, index, blinder, payload, commitments })
    }
}
