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
