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

    /// Gives away the share of one kind; the other one is wiped here and now.
    pub(super) fn reveal(self, kind: ShareKind) -> SeedShare {
        match kind {
            ShareKind::SelfSeed => self.self_seed,
            ShareKind::MaskKey => self.mask_key,
        }
    }
}

/// Splits a secret into one share for each of `parties` positions, any `threshold` of which give it back.
pub(super) fn split(
    secret: &[u8; SEED_LEN],
    threshold: usize,
    parties: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<SeedShare>> {
    let mut coefficients = Zeroizing::new(vec![[0_u8; SEED_LEN]; threshold]);
    coefficients[0] = *secret;
    for coefficient in &mut coefficients[1..] {
        rng.fill_bytes(coefficient);
    }
    Ok((0..parties)
        .map(|position| {
            let point = u8::try_from(position + 1).expect("at most 255 parties");
            let mut value = Zeroizing::new([0_u8; SEED_LEN]);
            for coefficient in coefficients.iter().rev() {
                for (v, c) in value.iter_mut().zip(coefficient) {
                    *v = gf_mul(*v, point) ^ c;
                }
            }
            SeedShare(value)
        })
        .collect())
}

/// The secret from `threshold` shares with their positions.
pub(super) fn combine(threshold: usize, shares: &[(usize, SeedShare)]) -> Result<Zeroizing<[u8; SEED_LEN]>> {
    let shares = &shares[..threshold];
    let points: Vec<u8> =
        shares.iter().map(|(p, _)| u8::try_from(p + 1).expect("at most 255 parties")).collect();
    let mut secret = Zeroizing::new([0_u8; SEED_LEN]);
    for (i, (_, share)) in shares.iter().enumerate() {
        let (mut top, mut bottom) = (1, 1);
        for (j, point) in points.iter().enumerate() {
            if i != j {
                top = gf_mul(top, *point);
                bottom = gf_mul(bottom, points[i] ^ point);
            }
        }
        let inverse = (0..253).fold(bottom, |power, _| gf_mul(power, bottom));
        let weight = gf_mul(top, inverse);
        for (s, byte) in secret.iter_mut().zip(share.expose()) {
            *s ^= gf_mul(*byte, weight);
        }
    }
    Ok(secret)
}

fn gf_mul(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for bit in 0..8 {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = a << 1 ^ 0x1b & (a >> 7).wrapping_neg();
    }
    product
}
