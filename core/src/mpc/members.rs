//! What the plans of [`resharing`](super::resharing) and [`repair`](super::repair) do with those who take part: check that
//! they differ, write and read them.
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::identity::{IDENTITY_LEN, Identity},
    party::PartyId,
    shamir::sealed::Custodian,
};

/// The most members with one role.
pub(super) const MAX_MEMBERS: usize = 255;

/// One who takes part: a number, a key to sign with, and a key that things are sealed to where that is needed.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) number: PartyId,
    pub(super) identity: &'a Identity,
    pub(super) custodian: Option<&'a Custodian>,
}

/// Checks that no two share a number, an identity or a key.
///
/// # Errors
/// `DuplicateParty`, naming the second.
pub(super) fn distinct<'a>(members: impl IntoIterator<Item = Member<'a>>, what: &'static str) -> Result<()> {
    let mut known: Vec<Member<'a>> = Vec::new();
    for member in members {
        let same_key = |other: &Member<'_>| match (other.custodian, member.custodian) {
            (Some(one), Some(two)) => one.key() == two.key(),
            _ => false,
        };
        let is_same = |other: &Member<'_>| {
            other.number == member.number || other.identity == member.identity || same_key(other)
        };
        if known.iter().any(is_same) {
            return Err(Error::new(ErrorKind::DuplicateParty, what).blame(member.number));
        }
        known.push(member);
    }
    Ok(())
}

impl<'a> Member<'a> {
    /// The bytes of what [`Member::write_keys`] writes.
    pub(super) fn keys_len(self) -> usize {
        IDENTITY_LEN + self.custodian.map_or(0, Custodian::written_len)
    }

    /// `identity [32] | custodian`, the latter where there is one.
    pub(super) fn write_keys(self, out: &mut Writer) {
        out.bytes(&self.identity.to_bytes());
        if let Some(custodian) = self.custodian {
            custodian.write(out);
        }
    }

    /// `number u16`, then the keys.
    pub(super) fn write(self, out: &mut Writer) {
        out.u16(self.number.get());
        self.write_keys(out);
    }
}

/// Reads the number of a member or of a share.
///
/// # Errors
/// `InvalidEncoding` for 0.
pub(super) fn read_number(body: &mut Reader<'_>, what: &'static str) -> Result<PartyId> {
    PartyId::new(body.u16(what)?).map_err(|_| Error::new(ErrorKind::InvalidEncoding, what))
}

/// Reads an identity.
pub(super) fn read_identity(body: &mut Reader<'_>, what: &'static str) -> Result<Identity> {
    Identity::from_bytes(&body.array(what)?)
}

/// Reads this many members with what `rest` reads after the number of each, the numbers ascending.
///
/// # Errors
/// `InvalidEncoding` for another order; a number that comes twice is left to [`distinct`].
pub(super) fn read_ascending<T>(
    body: &mut Reader<'_>,
    count: u8,
    what: &'static str,
    rest: impl Fn(PartyId, &mut Reader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut members = Vec::new();
    let mut last = None;
    for _ in 0..count {
        let number = read_number(body, what)?;
        if last.is_some_and(|last| last > number) {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        last = Some(number);
        members.push(rest(number, body)?);
    }
    Ok(members)
}

/// `count u16`, then as many numbers, ascending, each once.
pub(super) fn write_numbers(numbers: &[PartyId], out: &mut Writer) {
    out.u16(u16::try_from(numbers.len()).expect("at most 255"));
    numbers.iter().for_each(|number| _ = out.u16(number.get()));
}

/// Reads what [`write_numbers`] writes.
///
/// # Errors
/// `InvalidEncoding` for a number 0 and for another order.
pub(super) fn read_numbers(body: &mut Reader<'_>, what: &'static str) -> Result<Vec<PartyId>> {
    let count = usize::from(body.u16(what)?);
    if body.remaining() < 2 * count {
        return Err(Error::new(ErrorKind::InvalidEncoding, what));
    }
    let numbers: Vec<PartyId> = (0..count).map(|_| read_number(body, what)).collect::<Result<_>>()?;
    match numbers.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(numbers),
        false => Err(Error::new(ErrorKind::InvalidEncoding, what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend() {
        let listed = |numbers: &[u16]| {
            let mut out = Writer::with_capacity(2 + 2 * numbers.len());
            out.u16(u16::try_from(numbers.len()).unwrap());
            numbers.iter().for_each(|number| _ = out.u16(*number));
            read_numbers(&mut Reader::new(&out.into_bytes()), "accused").is_ok()
        };
        assert!(listed(&[]) && listed(&[3]) && listed(&[1, 3, 300]));
        assert!(!listed(&[3, 1]) && !listed(&[3, 3]) && !listed(&[0, 3]));
        assert!(read_numbers(&mut Reader::new(&[2, 0, 1, 0]), "accused").is_err());
        let members = |numbers: [u8; 2]| {
            let bytes = [numbers[0], 0, numbers[1], 0];
            read_ascending(&mut Reader::new(&bytes), 2, "members", |number, _| Ok(number)).is_ok()
        };
        assert!(members([1, 3]) && !members([3, 1]) && !members([0, 3]));
    }
}
