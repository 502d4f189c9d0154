//! The bytes of Feldman shares and commitments.
//!
//! ```text
//! Commitment: threshold u16 | count u16 | points [32], as many as the threshold
//! Share:      set id [32] | threshold u16 | count u16 | index u16 | value [32]
//! ```
use zeroize::Zeroizing;

use super::{Commitment, Share};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::Result,
    field::Field,
    group::{Point, Scalar},
    shamir::params::Params,
    transcript::Digest,
};

impl Encode for Commitment {
    const KIND: Kind = Kind::ShamirFeldmanCommitment;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        Params::LEN + self.points.len() * Point::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.params.write(out);
        for point in &self.points {
            point.write(out);
        }
    }
}

impl Decode for Commitment {
    /// Refuses the neutral element: it would stand for a secret of zero, or for a threshold lower than announced.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = Params::read(body)?;
        let points = Point::read_many_nonidentity(body, params.threshold(), "commitment: point")?;
        Ok(Self::new(params, points))
    }
}

impl Encode for Share {
    const KIND: Kind = Kind::ShamirFeldmanShare;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        size_of::<Digest>() + Params::INDEXED_LEN + Scalar::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.set_id);
        self.params.write_indexed(self.index, out);
        self.value.write(out);
    }
}

impl Decode for Share {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let set_id = body.array("share: set id")?;
        let (params, index) = Params::read_indexed(body)?;
        let value = Zeroizing::new(Scalar::read(body, "share: value")?);
        Ok(Self { set_id, params, index, value })
    }
}
