//! Recovery.
use zeroize::Zeroizing;

use super::{Commitment, Content, Share, content, generators};
use crate::{
    error::{Error, ErrorKind, Result},
    group::Scalar,
    party::{Culprits, PartyId},
    shamir::{params::require_distinct, polynomial::interpolate_vectors},
};

/// Gives the bytes back, after checking every share.
///
/// # Errors
/// `DuplicateParty`; `VerificationFailed` naming every share that does not fit the commitment, or none when the dealer
/// shared something other than bytes; `TooFewShares`; `ParamsMismatch` when scalars were shared.
/// # Timing
/// Constant in the shares; varies with their number and with which are wrong.
pub fn combine(commitment: &Commitment, shares: &[Share]) -> Result<Zeroizing<Vec<u8>>> {
    match commitment.content {
        Content::Bytes(len) => content::join(&recover(commitment, shares)?, len),
        Content::Scalars(_) => {
            Err(Error::new(ErrorKind::ParamsMismatch, "commitment: to scalars, not bytes"))
        }
    }
}

/// Gives the scalars back, after checking every share.
///
/// # Errors
/// As [`combine`]; `ParamsMismatch` when bytes were shared.
/// # Timing
/// As [`combine`].
pub fn combine_scalars(commitment: &Commitment, shares: &[Share]) -> Result<Zeroizing<Vec<Scalar>>> {
    match commitment.content {
        Content::Scalars(_) => recover(commitment, shares),
        Content::Bytes(_) => Err(Error::new(ErrorKind::ParamsMismatch, "commitment: to bytes, not scalars")),
    }
}

fn recover(commitment: &Commitment, shares: &[Share]) -> Result<Zeroizing<Vec<Scalar>>> {
    require_distinct(shares.iter().map(Share::index))?;
    let generators = generators(commitment.content.pieces());
    let wrong: Culprits =
        shares.iter().filter(|share| !commitment.fits(share, &generators)).map(Share::index).collect();
    if !wrong.is_empty() {
        return Err(Error::new(ErrorKind::VerificationFailed, "shares: commitment").blame(wrong));
    }
    if shares.len() < commitment.params.threshold() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    let indices: Vec<PartyId> = shares.iter().map(Share::index).collect();
    let values: Vec<&[Scalar]> = shares.iter().map(|share| &share.values[..]).collect();
    interpolate_vectors(&indices, &values, commitment.params.threshold())
}
