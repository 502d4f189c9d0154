//! One share of a byte string.
use core::{
    fmt,
    ops::{Deref, DerefMut},
};

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing, optimization_barrier};

use super::{commitments::Commitments, params::Params};
use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
    secret::declassify,
};

/// Names one dealing; random, so that shares of two dealings never mix. Public.
pub type SetId = [u8; 16];

/// The 32 random bytes behind which a share's commitment hides the share.
pub(super) const BLINDER_LEN: usize = 32;

/// One holder's share of a byte string. Secret: `threshold` of them are the secret.
///
/// Hand each share to its holder over a private channel and keep nothing back.
#[derive(Clone)]
pub struct Share {
    pub(super) set_id: SetId,
    pub(super) params: Params,
    pub(super) index: PartyId,
    pub(super) blinder: Zeroizing<[u8; BLINDER_LEN]>,
    pub(super) payload: Payload,
    pub(super) commitments: Commitments,
}

/// The values of the polynomials, one byte for each byte of the secret; wiped at the speed of memory, since a secret
/// may be a gigabyte.
#[derive(Clone)]
pub(super) struct Payload(Vec<u8>);

impl Payload {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Payload {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Payload {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.0.fill(0);
        optimization_barrier(&self.0[..]); // or the compiler would see that nobody reads the zeros
    }
}

impl Share {
    /// The dealing that the share belongs to.
    pub fn set_id(&self) -> SetId {
        self.set_id
    }

    /// How many shares there are and how many are needed.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The number of the share, from 1.
    pub fn index(&self) -> PartyId {
        self.index
    }

    /// The length of the shared secret in bytes. Not secret.
    pub fn secret_len(&self) -> usize {
        self.payload.len()
    }

    /// Checks the share against the commitment to it that it carries.
    ///
    /// This finds damage. It does not find a forger, who would change the list of commitments too; [`combine`]
    /// does, by comparing the lists of all shares.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the share.
    ///
    /// [`combine`]: super::combine
    pub fn verify(&self) -> Result<()> {
        if self.matches(&self.commitments) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::VerificationFailed, "share: commitment").blame(self.index))
    }

    /// Whether the list holds the commitment to this share.
    pub(super) fn matches(&self, list: &Commitments) -> bool {
        list.get(self.index).is_some_and(|listed| declassify(listed.ct_eq(&Commitments::commit(self))))
    }

    /// The index as a point of GF(256).
    pub(super) fn point(&self) -> u8 {
        u8::try_from(self.index.get()).expect("shares of bytes have indices up to 255")
    }
}

impl ZeroizeOnDrop for Share {}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("shamir::Share")
            .field("index", &self.index)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Share {
    fn ct_eq(&self, other: &Self) -> Choice {
        let public_parts = self.set_id == other.set_id
            && self.params == other.params
            && self.index == other.index
            && self.commitments == other.commitments;
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
