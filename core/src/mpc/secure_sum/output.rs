//! What every party gets.
use super::{fixed_point, plan::Plan};
use crate::{party::PartyId, transcript::Digest};

/// The sum, the same at every party that gets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumOutput {
    raw: Vec<i64>,
    fraction_bits: u32,
    survivors: Vec<PartyId>,
    plan_hash: Digest,
    revealed: String,
}

impl SumOutput {
    pub(super) fn new(plan: &Plan, words: &[u64], survivors: Vec<PartyId>) -> Self {
        Self {
            raw: words.iter().map(|word| fixed_point::signed(*word)).collect(),
            fraction_bits: plan.fraction_bits(),
            survivors,
            plan_hash: *plan.hash(),
            revealed: plan.revealed(),
        }
    }

    /// The sums. Beyond 2^53 units of `2^-fraction_bits` they are rounded to the nearest number of 53 bits.
    pub fn values(&self) -> Vec<f64> {
        self.raw.iter().map(|raw| fixed_point::decode(*raw, self.fraction_bits)).collect()
    }

    /// The exact sums in units of `2^-fraction_bits`.
    pub fn raw(&self) -> &[i64] {
        &self.raw
    }

    /// Bits after the binary point of [`SumOutput::raw`].
    pub fn fraction_bits(&self) -> u32 {
        self.fraction_bits
    }

    /// Whose inputs are in the sum, ascending.
    pub fn survivors(&self) -> &[PartyId] {
        &self.survivors
    }

    /// The hash of the plan that was carried out.
    pub fn plan_hash(&self) -> &Digest {
        &self.plan_hash
    }

    /// What was revealed to whom, in words.
    pub fn revealed(&self) -> &str {
        &self.revealed
    }
}
