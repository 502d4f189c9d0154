//! Recovery: find out which shares are right, then interpolate.
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{
    code::Code,
    commitments::Commitments,
    correct::correct_code,
    params::require_distinct,
    share::{SetId, Share},
    watch::{SEGMENT, Watch},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::gf256::Gf256,
    party::Culprits,
    progress::Observer,
};

/// Gives the secret back, if every share given is right.
///
/// Each share must match its commitment in a list that at least `threshold` of the shares agree on, and more than
/// `threshold` shares must lie on one polynomial.
///
/// # Errors
/// `TooFewShares` below the threshold; `DuplicateParty` for an index that appears twice; `ParamsMismatch` for shares
/// of different sets, naming those of the smaller sets; `VerificationFailed` naming every share that is wrong, or
/// naming none when the shares contradict each other and nothing tells which are right.
/// # Timing
/// Constant in the shares and the secret; varies with their number and length, and with which shares are wrong.
pub fn combine(shares: &[Share]) -> Result<Zeroizing<Vec<u8>>> {
    combine_with_progress(shares, &mut ())
}

/// As [`combine`], watched.
///
/// # Errors
/// As [`combine`]; `Cancelled` when the observer stops it.
pub fn combine_with_progress(shares: &[Share], observer: &mut dyn Observer) -> Result<Zeroizing<Vec<u8>>> {
    let (set, foreign) = largest_set(shares)?;
    if !foreign.is_empty() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different sets").blame(foreign));
    }
    let mut watch = watch(&set, observer);
    match judge(&set, &mut watch)? {
        Verdict::Quorum { right, wrong } if wrong.is_empty() => interpolate_checked(&right, &mut watch),
        Verdict::Quorum { wrong, .. } | Verdict::TooFewRight { wrong } | Verdict::NoQuorum { wrong } => {
            Err(Error::new(ErrorKind::VerificationFailed, "shares: commitments").blame(wrong))
        }
        Verdict::Ambiguous => Err(contradiction()),
    }
}

/// Gives the secret back in spite of wrong shares, and names those.
///
/// Shares of other sets than the most frequent one count as wrong. When `threshold` shares agree on the list of
/// commitments, as many must match it, and any number of wrong ones is left out. When no list has so many, because
/// the lists themselves were changed, [`correct`](super::correct()) decides, up to half of the spare shares.
///
/// # Errors
/// `TooFewShares` and `DuplicateParty` as [`combine`]; `ParamsMismatch` when no set is the most frequent;
/// `VerificationFailed` when too few shares are right.
/// # Timing
/// As [`combine`] and [`correct`](super::correct()).
/// # Security
/// Who hands in a share under another's index makes the call fail with `DuplicateParty`: find out who holds which
/// share before. Where correction decides, its promise holds, which is weaker than that of the commitments.
pub fn combine_correcting(shares: &[Share]) -> Result<(Zeroizing<Vec<u8>>, Culprits)> {
    combine_correcting_with_progress(shares, &mut ())
}

/// As [`combine_correcting`], watched, save for the correction itself.
///
/// # Errors
/// As [`combine_correcting`]; `Cancelled` when the observer stops it.
pub fn combine_correcting_with_progress(
    shares: &[Share],
    observer: &mut dyn Observer,
) -> Result<(Zeroizing<Vec<u8>>, Culprits)> {
    let (set, foreign) = largest_set(shares)?;
    let mut watch = watch(&set, observer);
    let (secret, wrong) = match judge(&set, &mut watch)? {
        Verdict::Quorum { right, wrong } => (interpolate_checked(&right, &mut watch)?, wrong),
        Verdict::NoQuorum { .. } if set.len() > set[0].params.threshold() => correct_code(code(&set))?,
        Verdict::TooFewRight { wrong } | Verdict::NoQuorum { wrong } => {
            return Err(Error::new(ErrorKind::VerificationFailed, "shares: commitments").blame(wrong));
        }
        Verdict::Ambiguous => return Err(contradiction()),
    };
    let everyone = wrong.as_slice().iter().chain(foreign.as_slice()).copied();
    Ok((secret, everyone.collect()))
}

/// The shares of the most frequent set, at least `threshold` of them, and the others' indices.
fn largest_set(shares: &[Share]) -> Result<(Vec<&Share>, Culprits)> {
    if shares.is_empty() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: none"));
    }
    require_distinct(shares.iter().map(Share::index))?;
    type Header = (SetId, usize, usize, usize);
    let header = |share: &Share| -> Header {
        (share.set_id, share.params.threshold(), share.params.shares(), share.payload.len())
    };
    let mut sets: BTreeMap<Header, usize> = BTreeMap::new();
    for share in shares {
        *sets.entry(header(share)).or_default() += 1;
    }
    let most = sets.values().copied().max().unwrap_or_default();
    let mut largest = sets.iter().filter(|(_, count)| **count == most).map(|(header, _)| *header);
    let (Some(largest), None) = (largest.next(), largest.next()) else {
        return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different sets"));
    };
    let (set, foreign): (Vec<&Share>, Vec<&Share>) =
        shares.iter().partition(|share| header(share) == largest);
    if set.len() < set[0].params.threshold() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    Ok((set, foreign.into_iter().map(Share::index).collect()))
}

/// What the commitments say about the shares of one set. Shares that do not match their own list are wrong for certain.
enum Verdict<'a> {
    /// At least `threshold` shares carry the same list and match it; all others are wrong.
    Quorum { right: Vec<&'a Share>, wrong: Culprits },
    /// So many carry the same list, but not so many match it.
    TooFewRight { wrong: Culprits },
    /// No list is carried by so many: the lists themselves were changed.
    NoQuorum { wrong: Culprits },
    /// More than one list is matched by so many.
    Ambiguous,
}

/// One step for each share's commitment and each segment of the secret.
fn watch<'a>(set: &[&Share], observer: &'a mut dyn Observer) -> Watch<'a> {
    Watch::new(observer, set.len() + set[0].payload.len().div_ceil(SEGMENT))
}

fn judge<'a>(set: &[&'a Share], watch: &mut Watch<'_>) -> Result<Verdict<'a>> {
    let threshold = set[0].params.threshold();
    let mut lists: BTreeMap<&Commitments, Vec<&'a Share>> = BTreeMap::new();
    for share in set {
        lists.entry(&share.commitments).or_default().push(share);
    }
    let agreed = lists.values().any(|carriers| carriers.len() >= threshold);
    for (list, carriers) in &mut lists {
        let mut right = Vec::with_capacity(carriers.len());
        for share in carriers.iter() {
            if share.matches(list) {
                right.push(*share);
            }
            watch.advance()?;
        }
        *carriers = right;
    }
    let except = |right: &[&Share]| -> Culprits {
        let is_right = |share: &Share| right.iter().any(|other| other.index == share.index);
        set.iter().filter(|share| !is_right(share)).map(|share| share.index).collect()
    };
    let mut quorums = lists.values().filter(|right| right.len() >= threshold);
    Ok(match (quorums.next(), quorums.next()) {
        (Some(_), Some(_)) => Verdict::Ambiguous,
        (Some(right), None) => Verdict::Quorum { wrong: except(right), right: right.clone() },
        (None, _) => {
            let wrong = except(&lists.into_values().flatten().collect::<Vec<_>>());
            if agreed { Verdict::TooFewRight { wrong } } else { Verdict::NoQuorum { wrong } }
        }
    })
}

fn contradiction() -> Error {
    Error::new(ErrorKind::VerificationFailed, "shares: commitments contradict each other")
}

/// Interpolates after checking that spare shares lie on the same polynomial: commitments show that a share is what
/// the dealer sent, not that the dealer sent shares of one secret.
fn interpolate_checked(shares: &[&Share], watch: &mut Watch<'_>) -> Result<Zeroizing<Vec<u8>>> {
    let code = code(shares);
    let mut secret = Zeroizing::new(vec![0; code.payloads[0].len()]);
    for (number, out) in secret.chunks_mut(SEGMENT).enumerate() {
        let segment = code.segment(number * SEGMENT..number * SEGMENT + out.len());
        if segment.first_inconsistency(0).is_some() {
            return Err(Error::new(ErrorKind::VerificationFailed, "shares: dealt inconsistently"));
        }
        segment.interpolate(out);
        watch.advance()?;
    }
    Ok(secret)
}

fn code<'a>(shares: &[&'a Share]) -> Code<'a> {
    Code {
        points: shares.iter().map(|share| Gf256(share.point())).collect(),
        payloads: shares.iter().map(|share| &share.payload[..]).collect(),
        threshold: shares[0].params.threshold(),
    }
}
