//! One party's share of a key.
use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::setup::Setup;
use crate::bigint::limbs;
use crate::error::{Error, ErrorKind, Result};
use crate::party::PartyId;
use crate::secret::declassify;

/// One party's share of a key. Secret; wiped when dropped, never printed.
pub struct KeyShare {
    setup: Setup,
    party: PartyId,
    /// s_i, as many limbs as n^2 has.
    value: Zeroizing<Vec<u64>>,
}

impl KeyShare {
    /// A share as the dealer computed it.
    pub(super) fn assemble(setup: Setup, party: PartyId, value: Zeroizing<Vec<u64>>) -> Self {
        Self { setup, party, value }
    }

    /// A share from elsewhere: `v^(D s_i)` must be the party's verification key.
    ///
    /// # Errors
    /// `UnknownParty`; `VerificationFailed`.
    /// # Timing
    /// Constant in the share; whether it is accepted shows.
    pub(super) fn checked(setup: &Setup, party: PartyId, value: Zeroizing<Vec<u64>>) -> Result<Self> {
        let share = Self::assemble(setup.clone(), party, value);
        let bits = setup.exponents().scaled_bits;
        let power = setup.modulus().pow(setup.base(), &share.exponent(), bits);
        match declassify(power.ct_eq(setup.verification_key(party)?)) {
            true => Ok(share),
            false => Err(Error::new(ErrorKind::VerificationFailed, "key share: does not fit the set-up")),
        }
    }

    /// The shared key.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Whose share it is.
    pub fn party(&self) -> PartyId {
        self.party
    }

    /// `D s_i`.
    pub(super) fn exponent(&self) -> Zeroizing<Vec<u64>> {
        let mut exponent = Zeroizing::new(vec![0; self.setup.exponents().scaled_limbs]);
        limbs::mul(&mut exponent, &self.value, &limbs::from_biguint_vartime(self.setup.factorial()));
        exponent
    }

    pub(super) fn value(&self) -> &[u64] {
        &self.value
    }
}

impl ZeroizeOnDrop for KeyShare {}

impl ConstantTimeEq for KeyShare {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.setup == other.setup && self.party == other.party))
            & limbs::eq(&self.value, &other.value)
    }
}

impl PartialEq for KeyShare {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyShare")
            .field("party", &self.party)
            .field("setup", &self.setup)
            .finish_non_exhaustive()
    }
}
