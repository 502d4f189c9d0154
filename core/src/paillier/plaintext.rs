//! Integers modulo n, read as signed numbers of absolute value below n/2.
use core::fmt;

use subtle::{Choice, ConstantTimeEq, CtOption};
use zeroize::Zeroizing;

use super::keys::{KeyId, PublicKey};
use crate::bigint::limbs;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::{Secret, declassify};

/// A secret integer modulo n of one key; residues above n/2 stand for negative numbers.
///
/// It is wiped when dropped. All conversions are constant-time in the number, its sign included.
pub struct Plaintext {
    residue: Secret<Box<[u64]>>,
    key: KeyId,
}

impl Plaintext {
    /// A signed integer of any size below n/2, which every `i128` is.
    ///
    /// # Timing
    /// Constant in the value.
    pub fn from_i128(value: i128, key: &PublicKey) -> Self {
        let (negative, magnitude) = sign_magnitude(value);
        Self::from_small_magnitude(negative, &magnitude, key)
    }

    /// The integer `magnitude`, or `-magnitude` where `negative` is true; limbs are least significant first.
    ///
    /// # Errors
    /// `OutOfRange` when the magnitude is n/2 or more, or longer than n.
    /// # Timing
    /// Constant in sign and magnitude; varies with the number of limbs.
    pub fn from_sign_magnitude(negative: Choice, magnitude: &[u64], key: &PublicKey) -> Result<Self> {
        if magnitude.len() > key.n().len() || declassify(limbs::lt(key.half_n(), magnitude)) {
            return Err(Error::new(ErrorKind::OutOfRange, "plaintext: magnitude is not below n/2"));
        }
        Ok(Self::from_small_magnitude(negative, magnitude, key))
    }

    /// The residue `limbs`, least significant first, as many limbs as n has.
    ///
    /// # Errors
    /// `OutOfRange` unless it is below n.
    /// # Timing
    /// Constant in the residue.
    pub fn from_residue(residue: &[u64], key: &PublicKey) -> Result<Self> {
        if residue.len() != key.n().len() || declassify(!limbs::lt(residue, key.n())) {
            return Err(Error::new(ErrorKind::OutOfRange, "plaintext: residue is not below n"));
        }
        Ok(Self::from_reduced(residue, key))
    }

    /// A residue that is known to be below n.
    pub(super) fn from_reduced(residue: &[u64], key: &PublicKey) -> Self {
        Self { residue: Secret::init_with(|| residue.into()), key: key.id() }
    }

    /// A magnitude that is known to be below n/2.
    fn from_small_magnitude(negative: Choice, magnitude: &[u64], key: &PublicKey) -> Self {
        let mut positive = Zeroizing::new(vec![0; key.n().len()]);
        positive[..magnitude.len()].copy_from_slice(magnitude);
        let residue = negate_if(&positive, negative & !limbs::is_zero(magnitude), key.n());
        Self::from_reduced(&residue, key)
    }

    /// The residue, least significant limb first, as many limbs as n has.
    pub fn as_residue(&self) -> &[u64] {
        // EXPOSE: this is the accessor; its callers are encryption and the decoders of messages.
        self.residue.expose_secret()
    }

    /// The sign (true for negative numbers) and the magnitude, as many limbs as n has.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key.
    /// # Timing
    /// Constant in the number.
    pub fn to_sign_magnitude(&self, key: &PublicKey) -> Result<(Choice, Zeroizing<Vec<u64>>)> {
        key.check(self.key, "plaintext: made for another key")?;
        let negative = limbs::lt(key.half_n(), self.as_residue());
        Ok((negative, negate_if(self.as_residue(), negative, key.n())))
    }

    /// The number where it fits.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key.
    /// # Timing
    /// Constant in the number; whether it fits shows only in the option.
    pub fn to_i128(&self, key: &PublicKey) -> Result<CtOption<i128>> {
        let (negative, magnitude) = self.to_sign_magnitude(key)?;
        let (low, high) = magnitude.split_at(2);
        let value = join(&negate_if(low, negative, &[0, 0]));
        // Where 127 bits were not enough, the sign comes out wrong.
        let fits = limbs::is_zero(high) & !(sign_of(value) ^ negative);
        Ok(CtOption::new(value, fits))
    }

    pub(super) fn key(&self) -> KeyId {
        self.key
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plaintext").field("key", &self.key).finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Plaintext {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.key == other.key)) & limbs::eq(self.as_residue(), other.as_residue())
    }
}

impl PartialEq for Plaintext {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

/// The sign and the two limbs of the magnitude.
pub(super) fn sign_magnitude(value: i128) -> (Choice, Zeroizing<Vec<u64>>) {
    let (negative, limbs) = (sign_of(value), limbs::from_le_bytes(&value.to_le_bytes()));
    (negative, negate_if(&limbs, negative, &[0, 0]))
}

fn sign_of(value: i128) -> Choice {
    Choice::from(value.to_le_bytes()[15] >> 7)
}

fn join(limbs: &[u64]) -> i128 {
    let mut bytes = Zeroizing::new([0; 16]);
    bytes.copy_from_slice(&limbs::to_le_bytes(limbs, 16));
    i128::from_le_bytes(*bytes)
}

/// `n - value` where `negate` is true, else `value`; below n, or modulo a power of two for n = 0.
fn negate_if(value: &[u64], negate: Choice, n: &[u64]) -> Zeroizing<Vec<u64>> {
    let mut out = Zeroizing::new(value.to_vec());
    let mut negated = Zeroizing::new(n.to_vec());
    limbs::sub_assign(&mut negated, value);
    limbs::conditional_assign(&mut out, &negated, negate);
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{other_key, plain, public_key};
    use super::*;

    fn back(value: i128) -> Option<i128> {
        plain(value).to_i128(public_key()).unwrap().into_option()
    }

    #[test]
    fn signed_numbers_come_back() {
        for value in
            [0, 1, -1, 2, i128::from(i64::MIN), 1 << 88, -(1 << 88), i128::MAX, i128::MIN, i128::MIN + 1]
        {
            assert_eq!(back(value), Some(value));
        }
    }

    #[test]
    fn numbers_beyond_127_bits_do_not_fit() {
        let fits = |negative: u8, magnitude: &[u64]| {
            let plaintext =
                Plaintext::from_sign_magnitude(Choice::from(negative), magnitude, public_key()).unwrap();
            plaintext.to_i128(public_key()).unwrap().into_option()
        };
        assert_eq!(fits(0, &[0, 1 << 63]), None);
        assert_eq!(fits(1, &[0, 1 << 63]), Some(i128::MIN));
        assert_eq!(fits(1, &[1, 1 << 63]), None);
        assert_eq!(fits(1, &[u64::MAX, u64::MAX]), None);
        assert_eq!(fits(0, &[0, 0, 1]), None);
        assert_eq!(fits(1, &[0, 0, 0]), Some(0));
    }

    #[test]
    fn half_of_n_is_the_border() {
        let half = public_key().half_n().to_vec();
        let mut above = half.clone();
        limbs::add_assign(&mut above, &[1]);
        let make =
            |magnitude: &[u64]| Plaintext::from_sign_magnitude(Choice::from(1), magnitude, public_key());
        let (negative, magnitude) = make(&half).unwrap().to_sign_magnitude(public_key()).unwrap();
        assert!(bool::from(negative) && *magnitude == half);
        assert_eq!(make(&above).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert_eq!(make(&[0; 33]).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert!(Plaintext::from_residue(public_key().n(), public_key()).is_err());
        assert!(Plaintext::from_residue(&[1], public_key()).is_err());
    }

    #[test]
    fn other_keys_are_refused() {
        let error = plain(1).to_i128(other_key().public_key()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ParamsMismatch);
    }

    #[test]
    fn debug_shows_no_number() {
        assert_eq!(format!("{:?}", plain(77)), format!("{:?}", plain(-1)));
    }
}
