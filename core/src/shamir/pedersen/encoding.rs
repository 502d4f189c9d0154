//! The bytes of Pedersen shares and commitments.
//!
//! ```text
//! Commitment: threshold u16 | count u16 | scalars u32 | bytes u32 | points [32], as many as the threshold
//! Share:      set id [32] | threshold u16 | count u16 | index u16 | blinder [32] | scalars u32 | values [32]
//! ```
//!
//! `bytes` is 0 where scalars were shared, and else gives `scalars`.
use zeroize::Zeroizing;

use super::{Commitment, Content, MAX_PIECES, Share};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    shamir::params::Params,
    transcript::Digest,
};

impl Encode for Commitment {
    const KIND: Kind = Kind::ShamirPedersenCommitment;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        Params::LEN + 8 + self.points.len() * Point::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.params.write(out);
        out.len(self.content.pieces()).len(self.content.bytes());
        for point in &self.points {
            point.write(out);
        }
    }
}

impl Decode for Commitment {
    /// Refuses the neutral element: it would stand for coefficients that are all zero.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = Params::read(body)?;
        let mut length = || usize::try_from(body.u32("commitment: length")?).map_err(|_| invalid_length());
        let (scalars, bytes) = (length()?, length()?);
        let content = if bytes == 0 { Content::Scalars(scalars) } else { Content::Bytes(bytes) };
        let content = content.check().filter(|c| c.pieces() == scalars).ok_or_else(invalid_length)?;
        let points = Point::read_many_nonidentity(body, params.threshold(), "commitment: point")?;
        Ok(Self::new(params, content, points))
    }
}

fn invalid_length() -> Error {
    Error::new(ErrorKind::InvalidEncoding, "commitment: length")
}

impl Encode for Share {
    const KIND: Kind = Kind::ShamirPedersenShare;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        size_of::<Digest>() + Params::INDEXED_LEN + 4 + (self.values.len() + 1) * Scalar::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.set_id);
        self.params.write_indexed(self.index, out);
        self.blinder.write(out);
        out.len(self.values.len());
        for value in self.values.iter() {
            value.write(out);
        }
    }
}

impl Decode for Share {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let set_id = body.array("share: set id")?;
        let (params, index) = Params::read_indexed(body)?;
        let blinder = Zeroizing::new(Scalar::read(body, "share: blinder")?);
        let count = body.count(Scalar::ENCODED_LEN, "share: values")?;
        if count == 0 || count > MAX_PIECES {
            return Err(Error::new(ErrorKind::InvalidEncoding, "share: values"));
        }
        let mut values = Zeroizing::new(Vec::with_capacity(count));
        for _ in 0..count {
            values.push(Scalar::read(body, "share: value")?);
        }
        Ok(Self { set_id, params, index, blinder, values })
    }
}
