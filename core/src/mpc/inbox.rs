//! What arrived in a round, at most one message from each party.
use std::collections::BTreeMap;

use crate::{
    error::{Error, ErrorKind, Result},
    party::{Culprits, PartyId},
};

/// The messages of one round by sender, in ascending order of the party number.
#[derive(Clone, Debug)]
pub struct Inbox<M>(BTreeMap<PartyId, M>);

impl<M> Inbox<M> {
    /// Sorts what arrived by sender. `members` are all the parties of the plan, `me` among them, ascending; a
    /// message of a member that has left (`has_left`) is put aside unread, since leaving is final.
    ///
    /// Every sender is checked before `open` sees a message, and `open` itself only parses: nothing here
    /// computes with a key.
    ///
    /// # Errors
    /// `UnknownParty` for a sender outside the plan and `DuplicateParty` for a second message of a sender, both
    /// naming it; `DuplicateParty` for a message of the party's own, naming nobody; and whatever `open` gives.
    pub fn collect<'a>(
        members: &[PartyId],
        me: PartyId,
        has_left: impl Fn(PartyId) -> bool,
        incoming: &'a [(PartyId, Vec<u8>)],
        mut open: impl FnMut(PartyId, &'a [u8]) -> Result<M>,
    ) -> Result<Self> {
        let mut raw = BTreeMap::new();
        for (from, bytes) in incoming {
            if *from == me {
                return Err(Error::new(ErrorKind::DuplicateParty, "incoming: a party's own message"));
            }
            if members.binary_search(from).is_err() {
                return Err(Error::new(ErrorKind::UnknownParty, "incoming: not in the plan").blame(*from));
            }
            if raw.insert(*from, bytes.as_slice()).is_some() {
                return Err(Error::new(ErrorKind::DuplicateParty, "incoming: second message").blame(*from));
            }
        }
        raw.into_iter()
            .filter(|(from, _)| !has_left(*from))
            .map(|(from, bytes)| open(from, bytes).map(|message| (from, message)))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// The messages, when one is there from each of `expected`.
    ///
    /// # Errors
    /// `MissingMessage`, naming the parties that were not heard from.
    pub fn complete(self, expected: impl IntoIterator<Item = PartyId>) -> Result<BTreeMap<PartyId, M>> {
        let missing: Culprits = expected.into_iter().filter(|party| !self.0.contains_key(party)).collect();
        match missing.is_empty() {
            true => Ok(self.0),
            false => {
                Err(Error::new(ErrorKind::MissingMessage, "incoming: a message is missing").blame(missing))
            }
        }
    }

    /// The messages of those that are still there.
    pub fn present(self) -> BTreeMap<PartyId, M> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(number: u16) -> PartyId {
        PartyId::new(number).unwrap()
    }

    fn collect(from: &[u16], left: &[u16]) -> Result<Inbox<usize>> {
        let members = [party(1), party(2), party(5)];
        let incoming: Vec<_> = from.iter().map(|from| (party(*from), vec![0; usize::from(*from)])).collect();
        Inbox::collect(&members, party(2), |p| left.contains(&p.get()), &incoming, |_, bytes| Ok(bytes.len()))
    }

    #[test]
    fn senders_are_checked_first() {
        let error = |from: &[u16]| collect(from, &[]).unwrap_err();
        assert_eq!(
            (error(&[1, 3]).kind(), error(&[1, 3]).culprits()),
            (ErrorKind::UnknownParty, &[party(3)][..])
        );
        assert_eq!(
            (error(&[5, 1, 5]).kind(), error(&[5, 5]).culprits()),
            (ErrorKind::DuplicateParty, &[party(5)][..])
        );
        assert_eq!((error(&[2]).kind(), error(&[2]).culprits()), (ErrorKind::DuplicateParty, &[][..]));
    }

    #[test]
    fn missing_parties_are_named_and_departed_ones_ignored() {
        assert_eq!(collect(&[5, 1], &[]).unwrap().complete([party(1), party(5)]).unwrap()[&party(5)], 5);
        let error = collect(&[1], &[]).unwrap().complete([party(1), party(5)]).unwrap_err();
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::MissingMessage, &[party(5)][..]));
        assert!(!collect(&[1, 5], &[5]).unwrap().present().contains_key(&party(5)));
    }
}
