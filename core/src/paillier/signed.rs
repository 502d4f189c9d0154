//! Signed integers of many limbs as sign and magnitude, constant-time in both.
use subtle::Choice;
use zeroize::Zeroizing;

use super::magnitude::Magnitude;
use crate::bigint::limbs;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;

/// The sign, true for negative, and the magnitude, least significant limb first.
pub(super) type SignedInteger = (Choice, Zeroizing<Vec<u64>>);

/// All integers, once every one is known to be within the bound.
///
/// # Errors
/// `DecryptionFailed`, told after all were read; or the first error of the iterator.
pub(super) fn within(
    integers: impl Iterator<Item = Result<SignedInteger>>,
    bound: Magnitude,
) -> Result<Vec<SignedInteger>> {
    let limit = limit_limbs(bound);
    let mut all = Vec::with_capacity(integers.size_hint().0);
    let mut beyond = Choice::from(0);
    for integer in integers {
        let integer = integer?;
        beyond |= limbs::lt(&limit, &integer.1);
        all.push(integer);
    }
    match declassify(beyond) {
        false => Ok(all),
        true => Err(Error::new(ErrorKind::DecryptionFailed, "array: an element is not what its bound says")),
    }
}

/// Sets the bits of `value` from bit `offset` on; they must be clear, and bits beyond the end must be zeros.
///
/// # Timing
/// Constant in the value.
pub(super) fn place(out: &mut [u64], value: u128, offset: u32) {
    let (first, shift) = ((offset / 64) as usize, offset % 64);
    let low = value << shift;
    // The part that the shift drops; in two steps, as a shift by 128 is not defined.
    let high = (value >> 1) >> (127 - shift);
    for (at, limb) in [low, low >> 64, high].into_iter().enumerate() {
        if let Some(place) = out.get_mut(first + at) {
            #[allow(clippy::cast_possible_truncation)] // the other half is placed on its own
            let limb = limb as u64;
            *place |= limb;
        }
    }
}

fn limit_limbs(bound: Magnitude) -> Vec<u64> {
    let (mantissa, exponent) = bound.parts();
    let mut limit = vec![0; limbs::limbs_for(bound.bits() as usize)];
    place(&mut limit, mantissa.into(), exponent);
    limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    #[test]
    fn values_land_at_their_offset() {
        for value in [1, u128::MAX, u128::MAX >> 1, 0x0123_4567_89ab_cdef_0000_0000_dead_beef] {
            for offset in [0, 1, 63, 64, 65, 127, 128, 190] {
                let mut out = [0; 6];
                place(&mut out, value, offset);
                assert_eq!(limbs::to_biguint_vartime(&out), BigUint::from(value) << offset);
            }
        }
    }

    #[test]
    fn bounds_hold_to_the_last_bit() {
        let bound = Magnitude::new(5).times_pow2(200).unwrap();
        let limit = limit_limbs(bound);
        let check = |value: &[u64]| {
            let value = Zeroizing::new(value.to_vec());
            within([Ok((Choice::from(1), value))].into_iter(), bound)
                .map(|_| ())
                .map_err(|error| error.kind())
        };
        assert_eq!(check(&limit), Ok(()));
        let mut above = limit.clone();
        limbs::add_assign(&mut above, &[1]);
        assert_eq!(check(&above), Err(ErrorKind::DecryptionFailed));
        assert_eq!(limit_limbs(Magnitude::ZERO), [0_u64; 0]);
    }
}
