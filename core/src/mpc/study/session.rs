//! A study from its start to its report.
use super::{plan::Plan, report::Report, run::Run, statistics, table::Table};
use crate::{error::Result, mpc::arithmetic::Comparison};

/// Computes everything that a plan asks for, over any box: this party's side of it.
///
/// # Errors
/// Those of the box; `VerificationFailed` naming a party whose sums no rows within the columns' ranges have.
pub async fn run<B: Comparison>(arithmetic: &mut B, plan: &Plan, table: &Table) -> Result<Report> {
    let mut run = Run::new(arithmetic, plan, table);
    let mut results = Vec::with_capacity(plan.functions().len());
    for function in plan.functions() {
        results.push(statistics::compute(&mut run, function).await?);
    }
    Ok(Report { results })
}
