//! What a party submits.
use core::fmt;

use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{fixed_point, plan::Plan};
use crate::{
    error::{Error, ErrorKind, Result},
    transcript::Digest,
};

/// One party's numbers, encoded for one plan. Wiped when dropped; used once.
pub struct Input {
    words: Zeroizing<Vec<u64>>,
    plan: Digest,
}

impl Input {
    /// Real numbers, each rounded to the nearest multiple of `2^-fraction_bits`, halves to even.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many as the plan says; `OutOfRange` when any is NaN, infinite or beyond
    /// the plan's `max_abs`.
    /// # Timing
    /// Constant in the numbers, save for whether there is an error.
    pub fn reals(plan: &Plan, values: &[f64]) -> Result<Self> {
        Self::require_length(plan, values.len())?;
        Ok(Self {
            words: fixed_point::encode_reals(values, plan.fraction_bits(), plan.bound())?,
            plan: *plan.hash(),
        })
    }

    /// Integers, exact whatever the plan's fraction bits.
    ///
    /// # Errors
    /// As [`Input::reals`].
    /// # Timing
    /// Constant in the numbers, save for whether there is an error.
    pub fn integers(plan: &Plan, values: &[i64]) -> Result<Self> {
        Self::require_length(plan, values.len())?;
        Ok(Self {
            words: fixed_point::encode_integers(values, plan.fraction_bits(), plan.bound())?,
            plan: *plan.hash(),
        })
    }

    fn require_length(plan: &Plan, length: usize) -> Result<()> {
        match length == plan.length() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ShapeMismatch, "input: length differs from the plan's")),
        }
    }

    pub(super) fn require_plan(&self, plan: &Plan) -> Result<()> {
        match self.plan == *plan.hash() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "input: encoded for another plan")),
        }
    }

    pub(super) fn into_words(self) -> Zeroizing<Vec<u64>> {
        self.words
    }
}

impl ZeroizeOnDrop for Input {}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("length", &self.words.len()).finish_non_exhaustive()
    }
}
