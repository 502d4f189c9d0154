//! A complaint that proves itself: what the dealer signed, and the key that opens it.
use super::common::Common;
use super::messages::{Entry, Message, Round};
use super::proof::Agreement;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::Scalar;
use crate::mpc::identity::{SIGNATURE_LEN, Signature};
use crate::party::PartyId;

/// A share that does not fit, with everything that others need to see so.
pub(super) struct Complaint {
    pub(super) accused: PartyId,
    /// The payload of the message that held it.
    sealed: Vec<u8>,
    signature: Signature,
    /// What both keys of the run agree on; it opens shares in both directions, between these two only.
    agreement: Agreement,
}

/// The scalar that a share's message holds.
pub(super) fn read_sealed(payload: &[u8]) -> Result<Scalar> {
    let mut body = Reader::new(payload);
    let sealed = Scalar::read(&mut body, "share: value")?;
    body.finish()?;
    Ok(sealed)
}

impl Complaint {
    /// Complains about what a dealer sent.
    pub(super) fn about(common: &Common, accused: PartyId, message: &Message) -> Self {
        let hash = common.setup.hash();
        let agreement = Agreement::prove(common.pair(&hash, common.me, accused), &common.run_key);
        let signature = message.entry().signature;
        Self { accused, sealed: message.payload().to_vec(), signature, agreement }
    }

    /// Who cheated: the accused, whose share is wrong, or the accuser, who says so without cause.
    pub(super) fn judge(&self, common: &Common, accuser: PartyId) -> PartyId {
        let (setup, accused) = (&common.setup, self.accused);
        if accused == accuser || setup.identity(accused).is_err() {
            return accuser;
        }
        let entry = Entry::of(&self.sealed, self.signature);
        if !entry.holds(setup, Round::Share, accused, Some(accuser)) {
            return accuser;
        }
        let Ok(sealed) = read_sealed(&self.sealed) else { return accused };
        if !self.agreement.holds(common.pair(&setup.hash(), accuser, accused)) {
            return accuser;
        }
        let share = sealed - *common.mask(&self.agreement.shared, accused, accuser);
        if common.fits(accused, accuser, &share) { accuser } else { accused }
    }

    pub(super) fn len(&self) -> usize {
        4 + self.sealed.len() + SIGNATURE_LEN + Agreement::LEN
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u16(self.accused.get()).u16(u16::try_from(self.sealed.len()).expect("at most 64"));
        out.bytes(&self.sealed).bytes(&self.signature.0);
        self.agreement.write(out);
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let accused = body.u16("complain: party").and_then(PartyId::new)?;
        let len = usize::from(body.u16("complain: length")?);
        let sealed = body.bytes(len, "complain: share")?.to_vec();
        let signature = Signature(body.array("complain: signature")?);
        Ok(Self { accused, sealed, signature, agreement: Agreement::read(body)? })
    }

    /// As many as the count says, ascending by accused.
    pub(super) fn read_all(body: &mut Reader<'_>) -> Result<Vec<Self>> {
        let count = usize::from(body.u16("complain: count")?);
        if body.remaining() < count * (4 + SIGNATURE_LEN + Agreement::LEN) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "complain: count"));
        }
        let all: Vec<Self> = (0..count).map(|_| Self::read(body)).collect::<Result<_>>()?;
        match all.windows(2).all(|pair| pair[0].accused < pair[1].accused) {
            true => Ok(all),
            false => Err(Error::new(ErrorKind::InvalidEncoding, "complain: order")),
        }
    }
}
