//! Quantiles by search: thresholds are public, how many rows lie below them is not.
use zeroize::Zeroizing;

use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        study::{
            oblivious::{total, unless_negative},
            plan::MAX_ROWS,
            report::Value,
            run::{Cohort, Inputs, Run, bits_of},
        },
    },
};

/// Into how many parts each step of the search cuts the range: few rounds, and few comparisons for each bit.
const PARTS: i64 = 16;

/// The quantiles with linear interpolation; NaN where one would show a value that the policy keeps.
///
/// Every party learns `n` and the values around each quantile, by verdicts on how many rows lie at or below a
/// threshold. In each step a party's counts add up to its count of the step before, so its answers fit some rows.
pub(super) async fn quantiles<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    probabilities: &[f64],
) -> Result<Option<Value>> {
    // All parties are receivers: the plan is refused otherwise.
    let Some(n) = cohort.n else { return Ok(None) };
    let places: Vec<_> = probabilities.iter().map(|p| place(n, *p)).collect();
    let policy = run.plan.policy();
    let least = if policy.allow_extremes { 1 } else { policy.min_cell };
    let is_shown = |rank: u64| rank >= least && n - rank + 1 >= least;
    // Two for each quantile, also where they are the same: the cost does not depend on the number of rows.
    let ranks: Vec<u64> = places.iter().flat_map(|(rank, next, _)| [*rank, *next]).collect();
    let shown: Vec<u64> = ranks.into_iter().filter(|rank| is_shown(*rank)).collect();
    let values = if shown.is_empty() { Vec::new() } else { search(run, cohort, column, &shown).await? };
    let value_of = |rank: u64| match shown.iter().position(|other| *other == rank) {
        Some(at) => run.plan.columns()[column].decode(values[at]),
        None => f64::NAN,
    };
    let quantile = |(rank, next, weight): &(u64, u64, f64)| {
        let (low, high) = (value_of(*rank), value_of(*next));
        low + (high - low) * weight
    };
    Ok(Some(Value::Quantiles(places.iter().map(quantile).collect())))
}

/// The ranks of the values around a quantile, from 1, and the weight of the second.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to n - 1")]
fn place(n: u64, probability: f64) -> (u64, u64, f64) {
    let at = n.saturating_sub(1) as f64 * probability;
    let rank = (at.floor() as u64 + 1).min(n);
    let weight = at - at.floor();
    (rank, if weight > 0.0 { (rank + 1).min(n) } else { rank }, weight)
}

/// What the search knows about one rank: the value is above `below` and at most `end`.
struct Target<S: zeroize::Zeroize> {
    rank: u64,
    below: i64,
    end: i64,
    /// How many rows of all parties are at `below` or below it.
    passed: Shared<S>,
    /// How many rows of each party are in the range.
    inside: Inputs<S>,
}

/// The smallest values that at least `rank` rows do not exceed, for each rank.
async fn search<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    ranks: &[u64],
) -> Result<Vec<i64>> {
    let (low, high) = run.plan.columns()[column].bounds();
    let target = |rank: &u64| Target {
        rank: *rank,
        below: low - 1,
        end: high,
        passed: Shared::zeros(1, 1),
        inside: cohort.repeated(1),
    };
    let mut targets: Vec<_> = ranks.iter().map(target).collect();
    let mut width = high - low + 1;
    while width > 1 {
        let step = (width + PARTS - 1) / PARTS;
        narrow(run, cohort, column, &mut targets, step).await?;
        width = step;
    }
    Ok(targets.iter().map(|target| target.end).collect())
}

/// One step for all targets: cuts each range into parts of `step` values and keeps the part with the rank.
async fn narrow<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    targets: &mut [Target<B::Share>],
    step: i64,
) -> Result<()> {
    let parts = usize::try_from(PARTS).expect("a small number");
    let counts = targets.iter().flat_map(|target| {
        let last = target.inside.mine[0];
        local_counts(run.table.values(column), &cohort.rows, target.below..target.end, step, last)
    });
    let counts = Zeroizing::new(counts.collect::<Vec<_>>());
    let whole = Inputs {
        mine: Zeroizing::new(targets.iter().map(|target| target.inside.mine[0]).collect()),
        shares: (0..cohort.counts.len())
            .map(|party| {
                Shared::column(targets.iter().map(|target| target.inside.shares[party].shares()[0]).collect())
            })
            .collect(),
    };
    let cells = run.partition_each(&whole, &counts).await?;
    let sums = cells.sum();
    // Rows at or below each threshold, less than the rank or not.
    let mut passed = Vec::with_capacity(targets.len() * parts);
    let mut short = Vec::with_capacity(targets.len() * (parts - 1));
    for (at, target) in targets.iter().enumerate() {
        let mut sum = target.passed.clone();
        for part in 0..parts {
            passed.push(sum.clone());
            sum = &sum + &sums.row(at * parts + part);
            if part + 1 < parts {
                let rank = B::Element::from_i128(i128::from(target.rank));
                short.push(run.box_.add_public(&sum, &[-rank]));
            }
        }
    }
    let bits = bits_of(i128::from(MAX_ROWS)) + 2;
    let short = run.box_.is_negative(&Shared::stacked(&short.iter().collect::<Vec<_>>()), bits).await?;
    let verdicts = run.verdicts(&short).await?;
    for (at, (target, verdicts)) in targets.iter_mut().zip(verdicts.chunks_exact(parts - 1)).enumerate() {
        let part = verdicts.iter().filter(|short| **short).count();
        let cell = at * parts + part;
        target.below = (target.below + i64::try_from(part).expect("a small number") * step).min(target.end);
        target.end = (target.below + step).min(target.end);
        target.passed = passed[cell].clone();
        target.inside = cells.rows_of(cell..cell + 1);
    }
    Ok(())
}

/// How many of the rows above `range.start` and up to `range.end` are in each part of `step` values; the last part has what is left
/// of `inside`.
fn local_counts(
    values: &[i64],
    rows: &[i64],
    range: core::ops::Range<i64>,
    step: i64,
    inside: i128,
) -> Vec<i128> {
    let at_most = |part: i64| {
        let threshold = (range.start + part * step).min(range.end);
        let below = |value: &i64| unless_negative(threshold.wrapping_sub(*value));
        total(values.iter().zip(rows).map(|(value, row)| row & below(value)))
    };
    let at_most = Zeroizing::new((0..PARTS).map(at_most).collect::<Vec<_>>());
    let mut counts: Vec<_> = at_most.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    counts.push(counts.iter().fold(inside, |left, count| left.wrapping_sub(*count)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::{
        Function,
        testing::{numeric, pooled, spec},
    };
    use proptest::prelude::*;

    fn quantiles(rows: &[f64], probabilities: &[f64], min_cell: Option<u64>) -> Vec<f64> {
        let functions = vec![Function::Quantiles { column: 0, probabilities: probabilities.to_vec() }];
        let mut spec = spec(3, vec![numeric("x", -5.0, 95.0, 0.5)], functions);
        if let Some(least) = min_cell {
            (spec.policy.allow_extremes, spec.policy.min_cell, spec.policy.min_cohort) =
                (false, least, least);
        }
        match &pooled(spec, &[rows])[0].value {
            Value::Quantiles(values) => values.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn interpolation_follows_numpy() {
        let rows = [3.0, 1.0, 10.0, 2.0, 2.0, 95.0, -5.0, 8.5];
        // numpy.quantile
        let found = quantiles(&rows, &[0.0, 0.1, 0.25, 0.5, 0.9, 1.0], None);
        for (found, expected) in found.iter().zip([-5.0, -0.8, 1.75, 2.5, 35.5, 95.0]) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        assert_eq!(quantiles(&[7.0], &[0.3], None), [7.0]);
    }

    #[test]
    fn values_that_few_rows_exceed_are_kept() {
        let rows: Vec<f64> = (1..=20).map(f64::from).collect();
        let found = quantiles(&rows, &[0.0, 0.1, 0.5, 0.9, 1.0], Some(3));
        assert!(found[0].is_nan() && found[1].is_nan() && found[3].is_nan() && found[4].is_nan());
        assert!((found[2] - 10.5).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_sorted_rows(
            rows in prop::collection::vec(-10..=190_i32, 1..40), probability in 0.0..=1.0_f64,
        ) {
            let rows: Vec<f64> = rows.iter().map(|row| f64::from(*row) / 2.0).collect();
            let mut sorted = rows.clone();
            sorted.sort_by(f64::total_cmp);
            let at = (rows.len() - 1) as f64 * probability;
            #[expect(clippy::cast_possible_truncation, reason = "a position among the rows")]
            let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
            let expected = below + (above - below) * at.fract();
            prop_assert!((quantiles(&rows, &[probability], None)[0] - expected).abs() < 1e-9);
        }
    }
}
