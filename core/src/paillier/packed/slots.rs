//! Many signed integers in one plaintext: `sum of v_j 2^(w j)` with every `|v_j| < 2^(w - 1)`.
//!
//! The sum may be negative, and a negative slot borrows from the next. So decoding first adds `2^(w - 1)` to every
//! slot: then each is a plain unsigned digit, and the borrows are gone.
//!
//! # Timing
//! Constant in the values; varies with the layout.
use subtle::Choice;
use zeroize::Zeroizing;

use crate::bigint::limbs;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::encoder;
use crate::paillier::format::Format;
use crate::paillier::keys::PublicKey;
use crate::paillier::magnitude::Magnitude;
use crate::paillier::params::Params;
use crate::paillier::plaintext::Plaintext;
use crate::paillier::signed::{self, SignedInteger};

/// How plaintexts are cut into slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    /// Bits of a slot, the sign among them.
    pub(super) width: u32,
    /// Slots of a plaintext: as many as leave its absolute value below n/2.
    pub(super) count: usize,
}

impl Slots {
    /// Room for values within `bound`, doubled `headroom_bits` times.
    ///
    /// # Errors
    /// `HeadroomExhausted` if not even one such slot fits a plaintext.
    pub(super) fn for_values(params: &Params, bound: Magnitude, headroom_bits: u32) -> Result<Self> {
        let width = bound.bits().checked_add(1).and_then(|bits| bits.checked_add(headroom_bits));
        width.and_then(|width| Self::of_width(params, width)).ok_or(Error::new(
            ErrorKind::HeadroomExhausted,
            "headroom_bits: a slot would not fit the plaintext space",
        ))
    }

    /// Slots of this many bits; none if they do not fit.
    ///
    /// All slots together are below `2^(width count - 1) <= 2^(modulus_bits - 2)`, which is at most (n - 1) / 2.
    pub(super) fn of_width(params: &Params, width: u32) -> Option<Self> {
        let count = (params.modulus_bits() - 1).checked_div(width)?;
        let count = usize::try_from(count).ok()?;
        (count > 0).then_some(Self { width, count })
    }

    /// Ciphertexts for this many values.
    pub(super) fn ciphertexts(self, values: usize) -> usize {
        values.div_ceil(self.count)
    }

    /// Refuses what could carry into the next slot.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub(super) fn check(self, format: Format, params: &Params) -> Result<Format> {
        match format.bound.is_below_pow2(self.width - 1) {
            true => format.within(params),
            false => Err(Error::new(ErrorKind::HeadroomExhausted, "result: could carry into the next slot")),
        }
    }

    /// Packs values, or their negatives, times `2^bits`: as many to a plaintext as there are slots.
    pub(super) fn pack(
        self,
        values: &[i128],
        bits: u32,
        negate: bool,
        key: &PublicKey,
    ) -> Result<Vec<Plaintext>> {
        values.chunks(self.count).map(|chunk| self.pack_one(chunk, bits, negate, key)).collect()
    }

    fn pack_one(self, values: &[i128], bits: u32, negate: bool, key: &PublicKey) -> Result<Plaintext> {
        let n = key.n();
        let mut positive = Zeroizing::new(vec![0; n.len()]);
        let mut negative = Zeroizing::new(vec![0; n.len()]);
        for (offset, value) in (bits..).step_by(self.width as usize).zip(values) {
            let (sign, magnitude) = encoder::absolute(*value);
            let sign = sign ^ Choice::from(u8::from(negate));
            signed::place(&mut positive, encoder::where_true(magnitude, !sign), offset);
            signed::place(&mut negative, encoder::where_true(magnitude, sign), offset);
        }
        // Both are below n/2, so the difference is a residue after at most one addition of n.
        let borrow = limbs::sub_assign(&mut positive, &negative);
        let mut wrapped = Zeroizing::new(positive.to_vec());
        limbs::add_assign(&mut wrapped, n);
        limbs::conditional_assign(&mut positive, &wrapped, encoder::is_one(borrow));
        Plaintext::from_residue(&positive, key)
    }

    /// The values of all slots of a plaintext. What no packing could have given ends in an integer beyond any bound.
    pub(super) fn unpack(self, plaintext: &Plaintext, key: &PublicKey) -> Vec<SignedInteger> {
        let n = key.n();
        let mut digits = Zeroizing::new(plaintext.as_residue().to_vec());
        let carry = limbs::add_assign(&mut digits, &self.offset(n.len()));
        let mut reduced = Zeroizing::new(digits.to_vec());
        let borrow = limbs::sub_assign(&mut reduced, n);
        limbs::conditional_assign(&mut digits, &reduced, encoder::is_one(carry) | !encoder::is_one(borrow));

        let total = self.width as usize * self.count;
        let out_of_slots = !limbs::is_zero(&cut(&digits, total, n.len() * limbs::LIMB_BITS));
        (0..self.count).map(|slot| self.digit(&digits, slot, out_of_slots)).collect()
    }

    /// The digit of one slot minus `2^(width - 1)`.
    fn digit(self, digits: &[u64], slot: usize, out_of_slots: Choice) -> SignedInteger {
        let width = self.width as usize;
        let mut value = cut(digits, slot * width, (slot + 1) * width);
        let mut half = vec![0; value.len()];
        signed::place(&mut half, 1, self.width - 1);
        let negative = encoder::is_one(limbs::sub_assign(&mut value, &half));
        let mut negated = Zeroizing::new(vec![0; value.len()]);
        limbs::sub_assign(&mut negated, &value);
        limbs::conditional_assign(&mut value, &negated, negative);
        // The magnitude is at most 2^(width - 1): a further limb that is not zero is beyond every bound.
        value.push(u64::from(out_of_slots.unwrap_u8()));
        (negative, value)
    }

    /// `2^(width - 1)` in every slot.
    fn offset(self, len: usize) -> Vec<u64> {
        let mut offset = vec![0; len];
        for position in (self.width - 1..).step_by(self.width as usize).take(self.count) {
            signed::place(&mut offset, 1, position);
        }
        offset
    }
}

/// The bits from `start` up to `end`, with room for one limb more.
fn cut(limbs: &[u64], start: usize, end: usize) -> Zeroizing<Vec<u64>> {
    let len = (end - start).div_ceil(limbs::LIMB_BITS);
    let mut out = Zeroizing::new(Vec::with_capacity(len + 1));
    let limb = |i: usize| u128::from(limbs.get(i).copied().unwrap_or(0));
    for i in 0..len {
        let at = start + i * limbs::LIMB_BITS;
        let pair = limb(at / 64) | limb(at / 64 + 1) << 64;
        let bits = (end - at).min(64);
        #[allow(clippy::cast_possible_truncation)] // the lower half of the shifted pair
        let part = (pair >> (at % 64)) as u64;
        out.push(part & (u64::MAX >> (64 - bits)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paillier::testing::public_key;
    use proptest::prelude::*;

    fn round_trip(slots: Slots, values: &[i128], bits: u32, negate: bool) -> Vec<(bool, Vec<u64>)> {
        let key = public_key();
        let plaintexts = slots.pack(values, bits, negate, key).unwrap();
        let all = plaintexts.iter().flat_map(|plaintext| slots.unpack(plaintext, key));
        all.take(values.len()).map(|(sign, limbs)| (sign.into(), limbs.to_vec())).collect()
    }

    fn as_i128((negative, limbs): &(bool, Vec<u64>)) -> i128 {
        assert!(limbs.iter().skip(2).all(|limb| *limb == 0), "{limbs:?}");
        let magnitude = u128::from(limbs[0]) | u128::from(limbs.get(1).copied().unwrap_or(0)) << 64;
        let magnitude = i128::try_from(magnitude).unwrap();
        if *negative { -magnitude } else { magnitude }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn slots_come_back(
            width in 2..200_u32,
            raw in prop::collection::vec(prop_oneof![any::<i128>(), Just(i128::MAX), Just(-i128::MAX), Just(0)], 0..80),
            negate in any::<bool>(),
        ) {
            let slots = Slots::of_width(public_key().params(), width).unwrap();
            // To the very edge of a slot: |v| <= 2^(width - 1) - 1.
            let limit = if width > 127 { i128::MAX } else { (1_i128 << (width - 1)) - 1 };
            let values: Vec<i128> = raw.iter().map(|value| value.checked_rem(limit + i128::from(limit < i128::MAX)).unwrap()).collect();
            let back: Vec<i128> = round_trip(slots, &values, 0, negate).iter().map(as_i128).collect();
            let expected: Vec<i128> = values.iter().map(|value| if negate { -value } else { *value }).collect();
            prop_assert_eq!(back, expected);
        }
    }

    #[test]
    fn extremes_beside_each_other() {
        for width in [2, 63, 64, 65, 90, 127] {
            let slots = Slots::of_width(public_key().params(), width).unwrap();
            let edge = (1_i128 << (width - 1)) - 1;
            let values: Vec<i128> =
                (0..slots.count + 3).map(|i| [-edge, edge, -edge, 0, edge, -1][i % 6]).collect();
            let back: Vec<i128> = round_trip(slots, &values, 0, false).iter().map(as_i128).collect();
            assert_eq!(back, values, "{width}");
        }
    }

    #[test]
    fn raised_values_keep_their_slots() {
        let slots = Slots::of_width(public_key().params(), 100).unwrap();
        let values = [-5, 7, -(1 << 50), 0, 1];
        let back: Vec<i128> = round_trip(slots, &values, 40, false).iter().map(as_i128).collect();
        assert_eq!(back, values.map(|value| value << 40));
    }

    #[test]
    fn layouts_fit_or_are_refused() {
        let params = public_key().params();
        let slots = |bound, headroom| Slots::for_values(params, Magnitude::new(bound), headroom);
        assert_eq!(slots(1 << 31, 10).unwrap(), Slots { width: 43, count: 47 });
        assert_eq!(slots(1, 2045).unwrap(), Slots { width: 2047, count: 1 });
        for headroom in [2046, u32::MAX] {
            assert_eq!(slots(1, headroom).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        }
        assert!(Slots::of_width(params, 0).is_none() && Slots::of_width(params, 2048).is_none());
    }

    #[test]
    fn junk_above_the_slots_is_beyond_every_bound() {
        let key = public_key();
        let slots = Slots::of_width(key.params(), 1000).unwrap();
        let mut limbs = vec![0; key.n().len()];
        signed::place(&mut limbs, 1, 2040);
        let plaintext = Plaintext::from_residue(&limbs, key).unwrap();
        let bound = Magnitude::pow2(999).unwrap();
        let unpacked = signed::within(slots.unpack(&plaintext, key).into_iter().map(Ok), bound);
        assert_eq!(unpacked.unwrap_err().kind(), ErrorKind::DecryptionFailed);
    }
}
