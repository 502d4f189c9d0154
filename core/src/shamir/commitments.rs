//! Hash commitments to the shares of one set: they tell which share is wrong.
use std::sync::Arc;

use super::share::Share;
use crate::{
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The commitments to all shares of a set, in the order of their indices. Public.
///
/// A commitment is the hash of the set id, threshold, count, index, blinder and payload. The blinder, 256 bits that
/// only the holder of the share has, hides the payload: a short one could be found by trying all values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Commitments(Arc<[Digest]>);

impl Commitments {
    pub(super) fn new(list: Vec<Digest>) -> Self {
        Self(list.into())
    }

    /// The commitment to one share.
    pub(super) fn commit(share: &Share) -> Digest {
        Transcript::new("veilkit v1 shamir share")
            .append("set id", &share.set_id)
            .append_u64("threshold", share.params.threshold() as u64)
            .append_u64("count", share.params.shares() as u64)
            .append_u64("index", u64::from(share.index.get()))
            .append("blinder", &*share.blinder)
            .append("payload", &share.payload)
            .digest()
    }

    /// The commitment to the share with this index.
    pub(super) fn get(&self, index: PartyId) -> Option<&Digest> {
        self.0.get(usize::from(index.get()) - 1)
    }

    /// All of them.
    pub(super) fn as_slice(&self) -> &[Digest] {
        &self.0
    }
}
