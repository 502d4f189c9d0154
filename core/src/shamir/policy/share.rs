//! The share of one seat.
use core::fmt;
use std::sync::Arc;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::tree::Policy;
use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
    secret::declassify,
    shamir::SetId,
    transcript::{Digest, Transcript},
};

/// The 32 random bytes behind which a share's commitment hides the share.
pub(super) const BLINDER_LEN: usize = 32;

/// What the holder of one seat gets. Secret: those of seats that satisfy the policy are the secret.
#[derive(Clone)]
pub struct Share {
    pub(super) set_id: SetId,
    pub(super) policy: Policy,
    pub(super) seat: PartyId,
    pub(super) blinder: Zeroizing<[u8; BLINDER_LEN]>,
    /// As many values as the weights above the seat multiply to, one behind the other.
    pub(super) payload: Zeroizing<Vec<u8>>,
    /// One for each seat.
    pub(super) commitments: Arc<[Digest]>,
}

impl Share {
    /// The dealing that the share belongs to.
    pub fn set_id(&self) -> SetId {
        self.set_id
    }

    /// The rule.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The number of the seat, from 1.
    pub fn seat(&self) -> PartyId {
        self.seat
    }

    /// The name of the seat.
    pub fn name(&self) -> &str {
        self.policy.seats()[self.place()].1
    }

    /// The length of the shared secret in bytes. Not secret.
    pub fn secret_len(&self) -> usize {
        self.payload.len().checked_div(self.policy.values()[self.place()]).unwrap_or(0)
    }

    /// Checks the share against the commitment to it that it carries: this finds damage, not a forger, whom
    /// [`combine`](super::combine()) finds.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the seat.
    pub fn verify(&self) -> Result<()> {
        if self.matches(&self.commitments) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::VerificationFailed, "share: commitment").blame(self.seat))
    }

    pub(super) fn place(&self) -> usize {
        usize::from(self.seat.get()) - 1
    }

    /// Whether the list holds the commitment to this share.
    pub(super) fn matches(&self, list: &[Digest]) -> bool {
        list.get(self.place()).is_some_and(|listed| declassify(listed.ct_eq(&self.commit())))
    }

    /// The commitment to the share, which the blinder hides.
    pub(super) fn commit(&self) -> Digest {
        Transcript::new("veilkit v1 shamir policy share")
            .append("set id", &self.set_id)
            .append("policy", self.policy.to_string().as_bytes())
            .append_u64("seat", u64::from(self.seat.get()))
            .append("blinder", &*self.blinder)
            .append("payload", &self.payload)
            .digest()
    }

    /// What the shares of one dealing have in common.
    pub(super) fn is_of_the_set_of(&self, other: &Self) -> bool {
        self.set_id == other.set_id && self.policy == other.policy && self.secret_len() == other.secret_len()
    }
}

impl ZeroizeOnDrop for Share {}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("policy::Share")
            .field("seat", &self.seat)
            .field("name", &self.name())
            .field("policy", &self.policy.to_string())
            .finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Share {
    fn ct_eq(&self, other: &Self) -> Choice {
        let public_parts =
            self.is_of_the_set_of(other) && self.seat == other.seat && self.commitments == other.commitments;
        Choice::from(u8::from(public_parts))
            & self.blinder.ct_eq(&*other.blinder)
            & self.payload.ct_eq(&other.payload)
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}
