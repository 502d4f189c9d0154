//! Keys and the masks that they stretch into: every derivation of a secure sum is in this file.
//!
//! \[BIK17\] ePrint 2017/281, Fig. 4. Letters: `b_u` seed of u's self mask, `s_uv` what u and v agree on.
use rand_core::{CryptoRng, Rng};
use subtle::Choice;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{
    messages::{Message, Round},
    plan::Plan,
    seal::SealKey,
    shares::SEED_LEN,
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
    secret::declassify,
    transcript::{Digest, Transcript},
};

/// A fresh X25519 key pair for one session.
pub(super) struct AgreementKey(StaticSecret);

impl AgreementKey {
    /// The bytes of a public key.
    pub(super) const LEN: usize = 32;

    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(StaticSecret::random_from_rng(rng))
    }

    pub(super) fn from_bytes(bytes: &[u8; SEED_LEN]) -> Self {
        Self(StaticSecret::from(*bytes))
    }

    /// The secret half, to be shared.
    pub(super) fn expose(&self) -> &[u8; SEED_LEN] {
        self.0.as_bytes()
    }

    pub(super) fn public(&self) -> [u8; Self::LEN] {
        PublicKey::from(&self.0).to_bytes()
    }

    /// What this key and the peer's public key agree on.
    ///
    /// # Errors
    /// `VerificationFailed` for a peer's key of small order, with which the result would be known to everybody.
    /// # Timing
    /// Constant in the secret key.
    pub(super) fn agree(&self, peer: &[u8; Self::LEN]) -> Result<Agreed> {
        let agreed = self.0.diffie_hellman(&PublicKey::from(*peer));
        match declassify(Choice::from(u8::from(agreed.was_contributory()))) {
            true => Ok(Agreed(Zeroizing::new(agreed.to_bytes()))),
            false => Err(Error::new(ErrorKind::VerificationFailed, "X25519 key of small order")),
        }
    }
}

/// What two parties agreed on; not a key yet.
pub(super) struct Agreed(Zeroizing<[u8; 32]>);

/// Derives keys that belong to one plan and one roster.
#[derive(Clone)]
pub(super) struct KeySchedule {
    pub(super) plan: Plan,
    pub(super) roster: Digest,
}

impl KeySchedule {
    fn start(&self, domain: &'static str) -> Transcript {
        let mut transcript = Transcript::new(domain);
        transcript.append("plan", self.plan.hash()).append("roster", &self.roster);
        transcript
    }

    /// Seals the round 2 message from `sender` to `receiver`.
    pub(super) fn channel(&self, sender: PartyId, receiver: PartyId, agreed: &Agreed) -> SealKey {
        let envelope = Message::associated_data(&self.plan, Round::ShareSecrets, sender, Some(receiver));
        SealKey::new(
            self.start("veilkit v1 secure-sum channel")
                .append("envelope", &envelope)
                .append("agreed", &*agreed.0)
                .key(),
        )
    }

    /// Seals the broadcast of `sender` in `round`.
    pub(super) fn broadcast(&self, round: Round, sender: PartyId, broadcast_key: &[u8; 32]) -> SealKey {
        let envelope = Message::associated_data(&self.plan, round, sender, None);
        SealKey::new(
            self.start("veilkit v1 secure-sum broadcast")
                .append("envelope", &envelope)
                .append("key", broadcast_key)
                .key(),
        )
    }

    /// The mask of one party alone, `PRG(b_u)`.
    pub(super) fn self_mask(&self, party: PartyId, seed: &[u8; SEED_LEN]) -> Mask {
        let mut transcript = self.start("veilkit v1 secure-sum self mask");
        transcript.append("party", &party.get().to_le_bytes()).append("seed", seed);
        Mask(transcript)
    }

    /// The mask between two parties, `PRG(s_uv)`, the same seen from either side.
    pub(super) fn pair_mask(
        &self,
        (a, key_a): (PartyId, &[u8; AgreementKey::LEN]),
        (b, key_b): (PartyId, &[u8; AgreementKey::LEN]),
        agreed: &Agreed,
    ) -> Mask {
        let ((low, key_low), (high, key_high)) =
            if a < b { ((a, key_a), (b, key_b)) } else { ((b, key_b), (a, key_a)) };
        let mut transcript = self.start("veilkit v1 secure-sum pair mask");
        transcript
            .append("low", &low.get().to_le_bytes())
            .append("low key", key_low)
            .append("high", &high.get().to_le_bytes())
            .append("high key", key_high)
            .append("agreed", &*agreed.0);
        Mask(transcript)
    }
}

/// The digest that pins down the seed of a self mask before anybody gets a share of it.
pub(super) fn self_seed_digest(plan: &Plan, dealer: PartyId, seed: &[u8; SEED_LEN]) -> Digest {
    Transcript::new("veilkit v1 secure-sum self seed")
        .append("plan", plan.hash())
        .append("dealer", &dealer.get().to_le_bytes())
        .append("seed", seed)
        .digest()
}

/// How a mask enters a vector modulo 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

impl Sign {
    /// The lower party of a pair adds the mask and the higher one subtracts it.
    pub(super) fn of(party: PartyId, peer: PartyId) -> Self {
        if party < peer { Self::Plus } else { Self::Minus }
    }

    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Plus => Self::Minus,
            Self::Minus => Self::Plus,
        }
    }
}

/// A mask, ready to be stretched to any length by ChaCha20 under a full 256-bit key.
pub(super) struct Mask(Transcript);

impl Mask {
    const WORDS: usize = 512;

    /// Adds the mask to `vector`, or takes it away.
    ///
    /// # Timing
    /// Constant in the mask and the vector.
    pub(super) fn apply(&self, sign: Sign, vector: &mut [u64]) {
        let mut stream = self.0.rng();
        let mut bytes = Zeroizing::new(vec![0; 8 * Self::WORDS]);
        for words in vector.chunks_mut(Self::WORDS) {
            let bytes = &mut bytes[..8 * words.len()];
            stream.fill_bytes(bytes);
            for (word, mask) in words.iter_mut().zip(bytes.as_chunks().0) {
                let mask = u64::from_le_bytes(*mask);
                *word = match sign {
                    Sign::Plus => word.wrapping_add(mask),
                    Sign::Minus => word.wrapping_sub(mask),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::{
        IdentityKey,
        secure_sum::{PlanSpec, SessionId},
    };

    fn party(number: u16) -> PartyId {
        PartyId::new(number).unwrap()
    }

    fn rng() -> rand_chacha::ChaCha20Rng {
        Transcript::new("veilkit test masks").rng()
    }

    fn schedule(session: u8) -> KeySchedule {
        let mut rng = rng();
        let parties = (1..=3).map(|n| (party(n), IdentityKey::generate(&mut rng).identity())).collect();
        let plan = Plan::new(PlanSpec {
            session: SessionId([session; 32]),
            parties,
            threshold: 2,
            min_survivors: 2,
            length: 1,
            fraction_bits: 0,
            max_abs: 1.0,
            purpose: String::new(),
        });
        KeySchedule { plan: plan.unwrap(), roster: [3; 32] }
    }

    fn words(mask: &Mask, count: usize) -> Vec<u64> {
        let mut words = vec![0; count];
        mask.apply(Sign::Plus, &mut words);
        words
    }

    #[test]
    fn a_pair_derives_one_mask_and_its_signs_cancel() {
        let (mut rng, keys) = (rng(), schedule(1));
        let (a, b) = (AgreementKey::generate(&mut rng), AgreementKey::generate(&mut rng));
        let (pa, pb) = (a.public(), b.public());
        let of_a = keys.pair_mask((party(1), &pa), (party(2), &pb), &a.agree(&pb).unwrap());
        let of_b = keys.pair_mask((party(2), &pb), (party(1), &pa), &b.agree(&pa).unwrap());
        for count in [1, 511, 512, 513, 2000] {
            let mut vector = vec![5; count];
            of_a.apply(Sign::of(party(1), party(2)), &mut vector);
            assert!(vector.iter().all(|word| *word != 5));
            of_b.apply(Sign::of(party(2), party(1)), &mut vector);
            assert_eq!(vector, vec![5; count]);
        }
        assert_eq!(words(&of_a, 2000)[..700], words(&of_a, 700));
    }

    #[test]
    fn every_bit_of_a_seed_changes_the_whole_mask() {
        let keys = schedule(1);
        let base = words(&keys.self_mask(party(1), &[0; 32]), 4);
        for bit in 0..256 {
            let mut seed = [0; 32];
            seed[bit / 8] = 1 << (bit % 8);
            let other = words(&keys.self_mask(party(1), &seed), 4);
            assert!(base.iter().zip(&other).all(|(a, b)| a != b), "bit {bit}");
        }
    }

    #[test]
    fn seeds_whose_halves_cancel_differ() {
        // A generator that folds its seed by XOR would give one mask for all of these.
        let keys = schedule(1);
        let seed = |word: u32| core::array::from_fn(|i| word.to_le_bytes()[i % 4]);
        let masks: Vec<_> = (0..8).map(|word| words(&keys.self_mask(party(1), &seed(word)), 2)).collect();
        assert!((0..8).all(|i| (0..i).all(|j| masks[i] != masks[j])));
    }

    #[test]
    fn masks_belong_to_one_plan_roster_and_party() {
        let (one, two) = (schedule(1), schedule(2));
        let base = words(&one.self_mask(party(1), &[9; 32]), 4);
        assert_ne!(words(&one.self_mask(party(2), &[9; 32]), 4), base);
        assert_ne!(words(&two.self_mask(party(1), &[9; 32]), 4), base);
        let other_roster = KeySchedule { plan: one.plan.clone(), roster: [4; 32] };
        assert_ne!(words(&other_roster.self_mask(party(1), &[9; 32]), 4), base);
    }

    #[test]
    fn masks_have_full_entropy_in_every_bit_and_hide_any_vector() {
        let keys = schedule(1);
        for vector in [vec![0; 1 << 16], vec![7 << 20; 1 << 16], (0..1 << 16).collect()] {
            let mut masked = vector;
            keys.self_mask(party(1), &[1; 32]).apply(Sign::Plus, &mut masked);
            // Each of the 64 bits is one in half of 65,536 words: sigma 128.
            for bit in 0..64 {
                let ones = masked.iter().filter(|word| *word >> bit & 1 == 1).count();
                assert!(ones.abs_diff(1 << 15) < 6 * 128, "bit {bit}: {ones}");
            }
            // Bytes: chi-square with 255 degrees of freedom, sigma 22.6.
            let mut counts = [0_u32; 256];
            masked.iter().flat_map(|word| word.to_le_bytes()).for_each(|byte| counts[usize::from(byte)] += 1);
            let excess = |count: &u32| (f64::from(*count) - 2048.0).powi(2) / 2048.0;
            let chi_square: f64 = counts.iter().map(excess).sum();
            assert!((chi_square - 255.0).abs() < 6.0 * 22.6, "{chi_square}");
            masked.sort_unstable();
            masked.dedup();
            assert_eq!(masked.len(), 1 << 16);
        }
    }
}
