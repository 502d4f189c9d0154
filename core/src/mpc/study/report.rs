//! What a study gives.
use super::{
    function::Function,
    models::{
        CoxRegression, KaplanMeier, LinearRegression, LogisticRegression, PrincipalComponents, TTest,
        Undetermined,
    },
};

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

/// A matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// The entries, row after row; NaN where the rows do not determine one.
    pub entries: Vec<f64>,
}

/// One group of a group-by.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The name of the level.
    pub level: String,
    /// How many rows; `None` where the group is suppressed.
    pub n: Option<u64>,
    /// The mean with its standard error and interval; `None` where the group is suppressed.
    pub mean: Option<Figure>,
}

/// Pearson's chi-square test of independence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Its p-value.
    pub p_value: f64,
    /// The statistic with Yates' correction when there is one degree of freedom, else the statistic again.
    pub corrected: f64,
    /// The p-value of the corrected statistic.
    pub corrected_p_value: f64,
}

/// The table of two categories. Counts that are suppressed are `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Contingency {
    /// The names of the rows' levels.
    pub rows: Vec<String>,
    /// The names of the columns' levels.
    pub columns: Vec<String>,
    /// The counts, row after row.
    pub counts: Vec<Option<u64>>,
    /// The sum of each row.
    pub row_totals: Vec<Option<u64>>,
    /// The sum of each column.
    pub column_totals: Vec<Option<u64>>,
    /// The test; `None` where counts are suppressed.
    pub test: Option<ChiSquare>,
    /// The odds ratio of a table of two by two; its standard error is that of its logarithm.
    pub odds_ratio: Option<Figure>,
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
    /// Quantiles; NaN where one would show a value that the policy keeps.
    Quantiles(Vec<f64>),
    /// The largest values, in descending order.
    Values(Vec<f64>),
    /// Covariances or correlations.
    Matrix(Matrix),
    /// Groups, one for each level.
    Groups(Vec<Group>),
    /// A contingency table.
    Contingency(Contingency),
    /// A t-test.
    TTest(TTest),
    /// A linear regression.
    LinearRegression(LinearRegression),
    /// A logistic regression.
    LogisticRegression(LogisticRegression),
    /// Survival curves.
    KaplanMeier(KaplanMeier),
    /// A Cox regression.
    CoxRegression(CoxRegression),
    /// Principal components.
    PrincipalComponents(PrincipalComponents),
    /// The rows determine no figures.
    Undetermined(Undetermined),
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
