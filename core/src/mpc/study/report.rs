//! What a study gives.
use super::function::Function;

/// A figure with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The figure; NaN where the rows do not determine it.
    pub value: f64,
    /// Its standard error; NaN where there is none.
    pub standard_error: f64,
    /// Its 95% confidence interval; NaN where there is none.
    pub interval: (f64, f64),
}

impl Figure {
    /// A figure without uncertainty.
    pub fn exact(value: f64) -> Self {
        Self { value, standard_error: f64::NAN, interval: (f64::NAN, f64::NAN) }
    }
}

/// How many rows in each bin. Counts that are too small to be shown, and those that have to go with them, are `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The names of the levels; empty where there are edges.
    pub levels: Vec<String>,
    /// The edges of the bins; empty where there are levels.
    pub edges: Vec<f64>,
    /// The count of each bin or level.
    pub counts: Vec<Option<u64>>,
    /// How many rows are in no bin.
    pub outside: Option<u64>,
}

/// The answer to one function.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Fewer rows, or fewer parties with rows, than the policy asks for. How many there are was not revealed.
    Refused,
    /// The policy shows it to other parties.
    Withheld,
    /// Count, sum, mean, variance, minimum, maximum.
    Figure(Figure),
    /// A histogram.
    Histogram(Histogram),
}

/// One function's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The function.
    pub function: Function,
    /// How many rows it is about; `None` where it is refused or withheld.
    pub n: Option<u64>,
    /// The answer.
    pub value: Value,
    /// What was revealed for it, and to whom.
    pub revealed: String,
}

/// The results of a study, one for each function of the plan, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The results.
    pub results: Vec<Outcome>,
}
