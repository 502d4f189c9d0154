//! What may leave a study, and to whom.
use crate::party::PartyId;

/// The output policy. Everybody signs it with the plan, and the core holds to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The smallest number of rows, of all parties together, that a figure may be about.
    pub min_cohort: u64,
    /// How many parties at least must have rows in it.
    pub min_parties: usize,
    /// Counts from 1 to one below this are not shown in tables; 1 shows all.
    pub min_cell: u64,
    /// Who sees the results.
    pub receivers: Vec<PartyId>,
    /// Whether single rows' values may be shown: minimum, maximum, top-k, quantiles with fewer than `min_cell` rows beyond.
    pub allow_extremes: bool,
}
