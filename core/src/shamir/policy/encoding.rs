//! The bytes of policies and of shares by policy.
//!
//! ```text
//! Policy: length u32 | canonical text
//! Share:  set id [16] | policy | seat u16 | blinder [32] | one commitment [32] for each seat | length u32 | payload
//! ```
use zeroize::Zeroizing;

use super::{
    share::{BLINDER_LEN, Share},
    split::MAX_SECRET_LEN,
    tree::{MAX_TEXT_LEN, Policy},
};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
    transcript::Digest,
};

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidEncoding, what)
}

impl Policy {
    /// Reads the canonical text.
    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let len = body.count(1, "policy: length")?;
        if len > MAX_TEXT_LEN {
            return Err(invalid("policy: length"));
        }
        let text =
            core::str::from_utf8(body.bytes(len, "policy: text")?).map_err(|_| invalid("policy: text"))?;
        let policy: Self = text.parse().map_err(|_| invalid("policy: text"))?;
        if policy.to_string() != text {
            return Err(invalid("policy: text not canonical"));
        }
        Ok(policy)
    }
}

impl Encode for Policy {
    const KIND: Kind = Kind::ShamirPolicy;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        4 + self.to_string().len()
    }

    fn write_body(&self, out: &mut Writer) {
        let text = self.to_string();
        out.len(text.len()).bytes(text.as_bytes());
    }
}

impl Decode for Policy {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}

impl Encode for Share {
    const KIND: Kind = Kind::ShamirPolicyShare;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        let commitments = self.commitments.len() * size_of::<Digest>();
        self.set_id.len() + self.policy.body_len() + 2 + BLINDER_LEN + commitments + 4 + self.payload.len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.set_id);
        self.policy.write_body(out);
        out.u16(self.seat.get()).bytes(&*self.blinder);
        for commitment in self.commitments.iter() {
            out.bytes(commitment);
        }
        out.len(self.payload.len()).bytes(&self.payload);
    }
}

impl Decode for Share {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let set_id = body.array("share: set id")?;
        let policy = Policy::read(body)?;
        let values = policy.values();
        let seat = PartyId::new(body.u16("share: seat")?).ok();
        let seat =
            seat.filter(|seat| usize::from(seat.get()) <= values.len()).ok_or(invalid("share: seat"))?;
        let mut blinder = Zeroizing::new([0; BLINDER_LEN]);
        blinder.copy_from_slice(body.bytes(BLINDER_LEN, "share: blinder")?);
        let commitments = body.bytes(values.len() * size_of::<Digest>(), "share: commitments")?;
        let commitments = commitments.as_chunks().0.into();
        let len = body.count(1, "share: length")?;
        let each = values[usize::from(seat.get()) - 1];
        let is_whole = len.checked_rem(each) == Some(0);
        if !is_whole || !(each..=each * MAX_SECRET_LEN).contains(&len) {
            return Err(invalid("share: length"));
        }
        let payload = Zeroizing::new(body.bytes(len, "share: payload")?.to_vec());
        Ok(Self { set_id, policy, seat, blinder, payload, commitments })
    }
}
