//! Joint statistics of several parties' tables: each row stays with its party, and only what the signed plan says is revealed.
//!
//! A [`Plan`] fixes who takes part, the protocol, the [`Column`]s with their types and plausible ranges, the [`Function`]s and the
//! output [`Policy`]. Every party puts sums and counts of its own rows into the arithmetic box of the plan's [`Protocol`]; there
//! they are checked against the ranges and joined, and the figures are computed from them on shares.
//!
//! # Security
//! What a party learns is said by [`Plan::explain`] before it takes part. Values outside of a column's range are refused when
//! the [`Table`] is made; a party with altered software whose sums no rows within the ranges can have ends the run, and is named.
//! Nobody can tell whether values within the range are true.
mod column;
mod cost;
mod encoding;
mod explain;
mod function;
mod ledger;
mod models;
mod networked;
mod oblivious;
mod plan;
mod policy;
mod report;
mod run;
mod session;
mod simulation;
mod size;
mod statistics;
mod suppression;
mod table;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(in crate::mpc) use networked::Networked;

pub use column::{Column, ColumnKind, MAX_LEVELS, MAX_NAME_LEN, MAX_STEPS};
pub use cost::Cost;
pub use function::{
    Function, MAX_BINS, MAX_FUNCTION_COLUMNS, MAX_ITERATIONS, MAX_PROBABILITIES, MAX_TIES, MAX_TOP, Ties,
};
pub use ledger::Ledger;
pub use models::{
    Coefficient, CoxRegression, KaplanMeier, LinearRegression, LogRank, LogisticRegression,
    PrincipalComponents, SurvivalCurve, TStatistic, TTest, Undetermined,
};
pub use plan::{MAX_COLUMNS, MAX_FUNCTIONS, MAX_PURPOSE_LEN, MAX_ROWS, Plan, PlanSpec, Protocol};
pub use policy::Policy;
pub use report::{ChiSquare, Contingency, Figure, Group, Histogram, Matrix, Outcome, Report, Value};
pub(crate) use session::start_with;
pub use session::{resume, run, start};
pub use simulation::{Simulated, simulate};
pub use size::{MAX_CURVES, MAX_VALUES};
pub use table::Table;
