//! The functions of a study, each in its file.
use super::{
    function::Function,
    report::{Outcome, Value},
    run::{Run, impossible},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::Comparison,
};

mod contingency;
mod covariance;
mod extremes;
mod groups;
mod histogram;
mod moments;
mod quantiles;

/// Computes one function: the outcome at a receiver, and the same without figures at the other parties.
///
/// # Errors
/// Those of the box; all end the study.
pub(super) async fn compute<B: Comparison>(run: &mut Run<'_, B>, function: &Function) -> Result<Outcome> {
    let cohort = run.cohort(&function.columns()).await?;
    let outcome = |value| Outcome {
        function: function.clone(),
        n: cohort.n,
        value,
        revealed: function.revealed().to_owned(),
    };
    if !cohort.accepted {
        return Ok(outcome(Value::Refused));
    }
    // `None` is what parties see that are no receivers.
    let value = match function {
        Function::Count { .. } => moments::count(&cohort),
        Function::Sum { column } => moments::sum(run, &cohort, *column).await?,
        Function::Mean { column } => moments::mean(run, &cohort, *column).await?,
        Function::Variance { column } => moments::variance(run, &cohort, *column).await?,
        Function::Histogram { column, edges } => histogram::histogram(run, &cohort, *column, edges).await?,
        Function::Covariance { columns } => covariance::covariance(run, &cohort, columns).await?,
        Function::Correlation { columns } => covariance::correlation(run, &cohort, columns).await?,
        Function::Quantiles { column, probabilities } => {
            quantiles::quantiles(run, &cohort, *column, probabilities).await?
        }
        Function::Minimum { column } => extremes::extreme(run, &cohort, *column, -1).await?,
        Function::Maximum { column } => extremes::extreme(run, &cohort, *column, 1).await?,
        Function::TopK { column, k } => extremes::top(run, &cohort, *column, *k).await?,
        Function::GroupBy { column, by } => groups::group_by(run, &cohort, *column, *by).await?,
        Function::Contingency { row, column } => {
            contingency::contingency(run, &cohort, *row, *column).await?
        }
        _ => return Err(Error::new(ErrorKind::InvalidParams, "function: not computed by this version")),
    };
    Ok(outcome(value.unwrap_or(Value::Withheld)))
}

/// Counts as they are shown.
fn counts(revealed: Vec<Option<i128>>) -> Result<Vec<Option<u64>>> {
    let count = |value: i128| u64::try_from(value).map_err(|_| impossible());
    revealed.into_iter().map(|value| value.map(count).transpose()).collect()
}
