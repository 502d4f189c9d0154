//! Recovery, from the seats up.
use std::{collections::BTreeMap, sync::Arc};

use zeroize::Zeroizing;

use super::{
    share::Share,
    tree::{Node, Policy},
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::{Culprits, PartyId},
    shamir::{bare, params::require_distinct},
    transcript::Digest,
};

/// Gives the secret back, if every share given is right and their seats satisfy the policy.
///
/// Each share must match its commitment in a list on which seats that satisfy the policy agree, and shares to spare
/// must lie on the polynomials of the others.
///
/// # Errors
/// `TooFewShares` when the seats do not satisfy the policy; `DuplicateParty` for a seat that appears twice;
/// `ParamsMismatch` for shares of different dealings, naming those that are not of the most frequent one;
/// `VerificationFailed` naming every wrong share, or none when the shares contradict each other and nothing tells
/// which are right.
/// # Timing
/// Constant in the shares and the secret; varies with their number and length, and with which shares are wrong.
pub fn combine(shares: &[Share]) -> Result<Zeroizing<Vec<u8>>> {
    let set = Set::of(shares)?.satisfied()?;
    if !set.foreign.is_empty() {
        let foreign: Culprits = set.foreign.into_iter().collect();
        return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different dealings").blame(foreign));
    }
    let (right, wrong) = set.judge()?;
    if !wrong.is_empty() {
        let wrong: Culprits = wrong.into_iter().collect();
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: commitments").blame(wrong));
    }
    recover(set.policy, &right)
}

/// Gives the secret back in spite of wrong and foreign shares, and names those, as long as the seats of the right ones
/// satisfy the policy.
///
/// # Errors
/// As [`combine`], without `ParamsMismatch`; `VerificationFailed` names the wrong shares when too few are left.
/// # Timing
/// As [`combine`].
pub fn combine_correcting(shares: &[Share]) -> Result<(Zeroizing<Vec<u8>>, Culprits)> {
    let set = Set::of(shares)?.satisfied()?;
    let (right, wrong) = set.judge()?;
    let wrong: Culprits = wrong.into_iter().chain(set.foreign).collect();
    let seats: Vec<PartyId> = right.iter().map(|share| share.seat).collect();
    if !set.policy.is_satisfied_by(&seats) {
        let error = Error::new(ErrorKind::VerificationFailed, "shares: too few right ones");
        return Err(error.blame(wrong));
    }
    Ok((recover(set.policy, &right)?, wrong))
}

/// The rule that is left when these shares are there, by [`Policy::missing`]; `None` when their seats satisfy the policy.
///
/// # Errors
/// `TooFewShares` without any share, since the shares bring the policy; `DuplicateParty`.
pub fn missing(shares: &[Share]) -> Result<Option<Policy>> {
    let set = Set::of(shares)?;
    Ok(set.policy.missing(&set.seats()))
}

/// The shares of the most frequent dealing.
struct Set<'a> {
    policy: &'a Policy,
    members: Vec<&'a Share>,
    foreign: Vec<PartyId>,
}

impl<'a> Set<'a> {
    fn of(shares: &'a [Share]) -> Result<Self> {
        require_distinct(shares.iter().map(|share| share.seat))?;
        let size = |share: &&Share| shares.iter().filter(|other| other.is_of_the_set_of(share)).count();
        let Some(first) = shares.iter().rev().max_by_key(size) else {
            return Err(Error::new(ErrorKind::TooFewShares, "shares: none"));
        };
        let (members, foreign): (Vec<&Share>, Vec<&Share>) =
            shares.iter().partition(|share| share.is_of_the_set_of(first));
        Ok(Self { policy: &first.policy, members, foreign: foreign.iter().map(|share| share.seat).collect() })
    }

    fn seats(&self) -> Vec<PartyId> {
        self.members.iter().map(|share| share.seat).collect()
    }

    /// # Errors
    /// `TooFewShares`.
    fn satisfied(self) -> Result<Self> {
        match self.policy.is_satisfied_by(&self.seats()) {
            true => Ok(self),
            false => Err(Error::new(ErrorKind::TooFewShares, "shares: the seats do not satisfy the policy")),
        }
    }

    /// The shares that match their commitments, and the seats of the others. The list that decides is the one on which
    /// seats that satisfy the policy agree.
    ///
    /// # Errors
    /// `VerificationFailed` when there is no such list, or more than one.
    fn judge(&self) -> Result<(Vec<&'a Share>, Vec<PartyId>)> {
        let mut lists: BTreeMap<&Arc<[Digest]>, Vec<PartyId>> = BTreeMap::new();
        for share in &self.members {
            lists.entry(&share.commitments).or_default().push(share.seat);
        }
        let mut quorums = lists.iter().filter(|(_, seats)| self.policy.is_satisfied_by(seats));
        let (Some((list, _)), None) = (quorums.next(), quorums.next()) else {
            // Damage shows against a share's own list, too.
            let damaged: Culprits =
                self.members.iter().filter(|share| share.verify().is_err()).map(|share| share.seat).collect();
            let error = Error::new(ErrorKind::VerificationFailed, "shares: different lists of commitments");
            return Err(error.blame(damaged));
        };
        let is_right = |share: &&Share| share.commitments == **list && share.matches(list);
        let (right, wrong): (Vec<&Share>, Vec<&Share>) =
            self.members.iter().partition(|share| is_right(share));
        Ok((right, wrong.iter().map(|share| share.seat).collect()))
    }
}

fn recover(policy: &Policy, shares: &[&Share]) -> Result<Zeroizing<Vec<u8>>> {
    let mut payloads: Vec<Option<&[u8]>> = vec![None; policy.seats().len()];
    for share in shares {
        payloads[share.place()] = Some(&share.payload);
    }
    value(&policy.0, &mut payloads.into_iter())?
        .ok_or(Error::new(ErrorKind::TooFewShares, "shares: the seats do not satisfy the policy"))
}

/// The value of a node, if its seats suffice. Takes one payload for each seat.
fn value(
    node: &Node,
    payloads: &mut dyn Iterator<Item = Option<&[u8]>>,
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Node::Gate { needed, children } = node else {
        return Ok(payloads.next().flatten().map(|payload| Zeroizing::new(payload.to_vec())));
    };
    let mut position = 0;
    let mut found: Vec<(usize, Zeroizing<Vec<u8>>)> = Vec::new();
    for child in children {
        if let Some(joined) = value(&child.node, payloads)? {
            for (place, value) in joined.chunks(joined.len().div_ceil(child.weight)).enumerate() {
                found.push((position + place, Zeroizing::new(value.to_vec())));
            }
        }
        position += child.weight;
    }
    if found.len() < *needed {
        return Ok(None);
    }
    let values: Vec<(usize, &[u8])> = found.iter().map(|(position, value)| (*position, &value[..])).collect();
    match bare::combine(*needed, &values)? {
        (value, None) => Ok(Some(value)),
        // All of them are as they were dealt, so the dealer did not deal one secret.
        (_, Some(_)) => Err(Error::new(ErrorKind::VerificationFailed, "shares: not on one polynomial")),
    }
}
