//! What a party heard, passed on when the views differ, so that the one who told two stories is found.
use std::collections::BTreeMap;

use super::common::Common;
use super::messages::{Entry, Round};
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::party::PartyId;
use crate::transcript::Digest;

/// The rounds in which everything is for all.
const ROUNDS: [Round; 3] = [Round::Commit, Round::Open, Round::Complain];

/// The entry of each party for each round that is for all.
pub(super) struct Evidence(BTreeMap<(PartyId, Round), Entry>);

/// What a party says in the last round.
pub(super) type Word = Option<Evidence>;

/// Everybody heard the same.
const AGREED: u8 = 0;
/// The views differ; here is what this party heard.
const DISPUTED: u8 = 1;

/// The payload of the last round.
pub(super) fn word(common: &Common, is_disputed: bool) -> Vec<u8> {
    let parties = common.setup.parties();
    let mut out = Writer::with_capacity(1 + parties.len() * ROUNDS.len() * Entry::LEN);
    out.u8(if is_disputed { DISPUTED } else { AGREED });
    if is_disputed {
        for party in parties {
            ROUNDS.iter().for_each(|round| common.heard[&(party, *round)].write(&mut out));
        }
    }
    out.into_bytes().to_vec()
}

/// Reads a payload of the last round.
pub(super) fn read_word(parties: &[PartyId], body: &mut Reader<'_>) -> Result<Word> {
    match body.u8("confirm: word")? {
        AGREED => Ok(None),
        DISPUTED => {
            let places = parties.iter().flat_map(|party| ROUNDS.map(|round| (*party, round)));
            places.map(|place| Ok((place, Entry::read(body)?))).collect::<Result<_>>().map(Evidence).map(Some)
        }
        _ => Err(Error::new(ErrorKind::InvalidEncoding, "confirm: word")),
    }
}

impl Evidence {
    /// The view that follows from it.
    fn view(&self, common: &Common) -> Digest {
        common.view_of(|party, round| self.0[&(party, round)].hash)
    }

    /// Compares it with what was heard here: who signed two things, and whether its author is to blame for a signature that
    /// does not hold or for a view other than the one that it signed.
    ///
    /// Gives nobody only if it says what was heard here.
    pub(super) fn compare(&self, common: &Common, author: PartyId, signed_view: &Digest) -> Vec<PartyId> {
        let mut culprits = Vec::new();
        for ((party, round), theirs) in &self.0 {
            let own = &common.heard[&(*party, *round)];
            if theirs == own {
                continue;
            }
            if !theirs.holds(&common.setup, *round, *party, None) {
                culprits.push(author);
            } else if theirs.hash != own.hash {
                culprits.push(*party);
            }
        }
        if self.view(common) != *signed_view {
            culprits.push(author);
        }
        culprits
    }
}
