//! Who takes part: party numbers, and the parties to blame.
use core::num::NonZeroU16;

use crate::error::{Error, ErrorKind, Result};

/// The number of a party or of a share, from 1 to 65,535. Zero is the point where the secret sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(NonZeroU16);

impl PartyId {
    /// Checks that `number` is not zero.
    ///
    /// # Errors
    /// `OutOfRange` for 0.
    pub fn new(number: u16) -> Result<Self> {
        NonZeroU16::new(number).map(Self).ok_or(Error::new(ErrorKind::OutOfRange, "party number is zero"))
    }

    /// The number itself, never 0.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// The parties that a failed check names, in ascending order, each once; empty when nobody can be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Culprits(Vec<PartyId>);

impl Culprits {
    /// Nobody can be named.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The numbers of the parties to blame.
    pub fn as_slice(&self) -> &[PartyId] {
        &self.0
    }

    /// Whether nobody can be named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<PartyId> for Culprits {
    fn from_iter<I: IntoIterator<Item = PartyId>>(parties: I) -> Self {
        let mut list: Vec<PartyId> = parties.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }
}

impl From<PartyId> for Culprits {
    fn from(party: PartyId) -> Self {
        Self(vec![party])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_party() {
        assert_eq!(PartyId::new(0).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert_eq!(PartyId::new(u16::MAX).unwrap().get(), u16::MAX);
    }

    #[test]
    fn culprits_are_sorted_and_unique() {
        let party = |n| PartyId::new(n).unwrap();
        let culprits: Culprits = [party(3), party(1), party(3)].into_iter().collect();
        assert_eq!(culprits.as_slice(), [party(1), party(3)]);
        assert!(Culprits::none().is_empty());
    }
}
