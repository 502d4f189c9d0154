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

mod histogram;
mod moments;

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
        _ => return Err(Error::new(ErrorKind::InvalidParams, "function: not computed by this version")),
    };
    Ok(outcome(value.unwrap_or(Value::Withheld)))
}

/// Counts as they are shown.
fn counts(revealed: Vec<Option<i128>>) -> Result<Vec<Option<u64>>> {
    let count = |value: i128| u64::try_from(value).map_err(|_| impossible());
    revealed.into_iter().map(|value| value.map(count).transpose()).collect()
}
