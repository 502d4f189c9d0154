//! Shares of a party's two secrets: the seed of its self mask and its mask key.
//!
//! A share is opened under the digest that its dealer signed in round 1, so a wrong one is always noticed and
//! always traced: in round 2 to the dealer, in round 5 to the holder.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::plan::Plan;
use crate::{
    codec::Reader,
    error::Result,
    party::PartyId,
    shamir::bare,
    transcript::{Digest, Transcript},
};

/// The bytes of a secret and of a share of it.
pub(super) const SEED_LEN: usize = 32;

/// One party's share of a 256-bit secret, by itself a uniform string.
pub(super) struct SeedShare(Zeroizing<[u8; SEED_LEN]>);

impl SeedShare {
    pub(super) fn expose(&self) -> &[u8; SEED_LEN] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn expose_mut(&mut self) -> &mut [u8; SEED_LEN] {
        &mut self.0
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self(Zeroizing::new(body.array("share")?)))
    }

    /// What the dealer signs for this share. A share has 256 uniform bits, so its digest says nothing about it.
    pub(super) fn digest(&self, plan: &Plan, kind: ShareKind, dealer: PartyId, holder: PartyId) -> Digest {
        Transcript::new("veilkit v1 secure-sum share")
            .append("plan", plan.hash())
            .append("kind", &[kind as u8])
            .append("dealer", &dealer.get().to_le_bytes())
            .append("holder", &holder.get().to_le_bytes())
            .append("share", &*self.0)
            .digest()
    }
}

/// What a share is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ShareKind {
    SelfSeed = 0,
    MaskKey = 1,
}

impl ShareKind {
    /// Where its digest stands in a pair of digests.
    pub(super) fn index(self) -> usize {
        usize::from(self as u8)
    }
}

/// What a party holds of one dealer: a share of each secret, of which it may reveal one and never both.
pub(super) struct HeldShares {
    self_seed: SeedShare,
    mask_key: SeedShare,
}

impl HeldShares {
    pub(super) fn new(self_seed: SeedShare, mask_key: SeedShare) -> Self {
        Self { self_seed, mask_key }
    }

    pub(super) fn get(&self, kind: ShareKind) -> &SeedShare {
        match kind {
            ShareKind::SelfSeed => &self.self_seed,
            ShareKind::MaskKey => &self.mask_key,
        }
    }

    #[cfg(test)]
    pub(super) fn get_mut(&mut self, kind: ShareKind) -> &mut SeedShare {
        match kind {
            ShareKind::SelfSeed => &mut self.self_seed,
            ShareKind::MaskKey => &mut self.mask_key,
        }
    }

    /// Gives away the share of one kind; the other one is wiped here and now.
    pub(super) fn reveal(self, kind: ShareKind) -> SeedShare {
        match kind {
            ShareKind::SelfSeed => self.self_seed,
            ShareKind::MaskKey => self.mask_key,
        }
    }
}

/// Splits a secret into one share for each of `parties` positions, any `threshold` of which give it back.
///
/// # Errors
/// Those of [`bare::split`].
pub(super) fn split(
    secret: &[u8; SEED_LEN],
    threshold: usize,
    parties: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<SeedShare>> {
    Ok(bare::split(secret, threshold, parties, rng)?.into_iter().map(SeedShare).collect())
}

/// What one holder reveals: its share of each dealer's secret in turn.
pub(super) type Revealed = Zeroizing<Vec<u8>>;

/// The dealers' secrets in turn, from what the holders at these positions reveal; and the first dealer, if any, whose
/// shares contradict each other.
///
/// # Errors
/// Those of [`bare::combine`].
pub(super) fn combine(threshold: usize, revealed: &[(usize, Revealed)]) -> Result<(Revealed, Option<usize>)> {
    let shares: Vec<_> = revealed.iter().map(|(position, shares)| (*position, &shares[..])).collect();
    let (secrets, at) = bare::combine(threshold, &shares)?;
    Ok((secrets, at.map(|at| at / SEED_LEN)))
}
