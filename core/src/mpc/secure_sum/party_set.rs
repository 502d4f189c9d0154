//! A set of the plan's parties, as bits by position in the plan.
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
};

/// The bytes of an encoded set: one bit for each of at most 256 positions.
pub(super) const PARTY_SET_LEN: usize = 32;

/// Positions in the plan's ascending list of parties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PartySet([u8; PARTY_SET_LEN]);

impl PartySet {
    /// The first `parties` positions.
    pub(super) fn all(parties: usize) -> Self {
        (0..parties).collect()
    }

    pub(super) fn contains(&self, position: usize) -> bool {
        self.0.get(position / 8).is_some_and(|byte| byte >> (position % 8) & 1 == 1)
    }

    /// The positions, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let set = *self;
        (0..8 * PARTY_SET_LEN).filter(move |position| set.contains(*position))
    }

    pub(super) fn count(&self) -> usize {
        self.iter().count()
    }

    pub(super) fn as_bytes(&self) -> &[u8; PARTY_SET_LEN] {
        &self.0
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.0);
    }

    /// Reads a set of positions below `parties`.
    ///
    /// # Errors
    /// `InvalidEncoding` for a position that the plan does not have.
    pub(super) fn read(body: &mut Reader<'_>, parties: usize) -> Result<Self> {
        let set = Self(body.array("set of parties")?);
        match set.iter().all(|position| position < parties) {
            true => Ok(set),
            false => Err(Error::new(ErrorKind::InvalidEncoding, "set of parties: not in the plan")),
        }
    }
}

impl FromIterator<usize> for PartySet {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut set = Self::default();
        for position in positions {
            set.0[position / 8] |= 1 << (position % 8);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_survive_their_bytes() {
        let set: PartySet = [0, 3, 254].into_iter().collect();
        let mut out = Writer::with_capacity(PARTY_SET_LEN);
        set.write(&mut out);
        let bytes = out.into_bytes();
        assert_eq!(PartySet::read(&mut Reader::new(&bytes), 255).unwrap(), set);
        assert_eq!(
            PartySet::read(&mut Reader::new(&bytes), 254).unwrap_err().kind(),
            ErrorKind::InvalidEncoding
        );
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 254]);
        assert_eq!(set.count(), 3);
    }
}
