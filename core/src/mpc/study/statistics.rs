//! The functions of a study, each in its file.
use super::{
    function::Function,
    report::{Outcome, Value},
    run::{Run, impossible},
};
use crate::{error::Result, mpc::arithmetic::Comparison};

mod contingency;
mod covariance;
mod cox;
mod elementary;
mod extremes;
mod groups;
mod histogram;
mod linear_regression;
mod logistic_regression;
mod moments;
mod newton;
mod pca;
mod quantiles;
mod survival;
mod sweep;
mod t_test;
#[cfg(test)]
mod tests;

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
        Function::TTest { column, by } => t_test::t_test(run, &cohort, *column, *by).await?,
        Function::LinearRegression { outcome, predictors } => {
            linear_regression::linear_regression(run, &cohort, *outcome, predictors).await?
        }
        Function::LogisticRegression { outcome, predictors, iterations } => {
            logistic_regression::logistic_regression(run, &cohort, *outcome, predictors, *iterations).await?
        }
        Function::KaplanMeier { time, event, by, bins } => {
            survival::kaplan_meier(run, &cohort, (*time, *event), *by, *bins).await?
        }
        Function::Pca { columns, components } => pca::components(run, &cohort, columns, *components).await?,
        Function::Cox { time, event, predictors, bins, iterations, ties } => {
            let (time, event, bins, iterations, ties) = (*time, *event, *bins, *iterations, *ties);
            let model = cox::Model { time, event, predictors, bins, iterations, ties };
            cox::cox(run, &cohort, &model).await?
        }
    };
    Ok(outcome(value.unwrap_or(Value::Withheld)))
}

/// Counts as they are shown.
fn counts(revealed: Vec<Option<i128>>) -> Result<Vec<Option<u64>>> {
    let count = |value: i128| u64::try_from(value).map_err(|_| impossible());
    revealed.into_iter().map(|value| value.map(count).transpose()).collect()
}
