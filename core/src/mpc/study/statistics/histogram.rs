//! How many rows in each bin, or of each level.
use zeroize::Zeroizing;

use crate::{
    error::Result,
    mpc::{
        arithmetic::Comparison,
        study::{
            column::Column,
            oblivious::{total, unless_negative},
            report::{Histogram, Value},
            run::{Cohort, Run, impossible},
            suppression,
        },
    },
};

/// The count of each bin as a partition of the cohort: the rows outside of all bins are one more cell, if there can be any.
pub(super) async fn histogram<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    edges: &[f64],
) -> Result<Option<Value>> {
    let described = &run.plan.columns()[column];
    let starts = starts(described, edges);
    let bins = starts.len() - 1;
    let (low, high) = described.bounds();
    let covers = starts[0] <= low && starts[bins] > high;
    let mine = local_counts(run.table.values(column), &cohort.rows, &starts, cohort.mine);
    let cells = run.partition(cohort, &mine[..bins + usize::from(!covers)]).await?.sum();
    let hidden = suppression::pattern(run, &cells).await?;
    let Some(counts) = suppression::reveal_shown(run, &cells, &hidden).await? else { return Ok(None) };
    let mut counts = super::counts(counts)?;
    let outside = if covers { Some(0) } else { counts.pop().ok_or_else(impossible)? };
    let names = (0..described.levels().unwrap_or(0)).map(|level| described.level_name(level)).collect();
    Ok(Some(Value::Histogram(Histogram { levels: names, edges: edges.to_vec(), counts, outside })))
}

/// The first whole number of each bin, and the one after the last bin.
fn starts(column: &Column, edges: &[f64]) -> Vec<i64> {
    let (low, high) = column.bounds();
    let Some((last, first)) = edges.split_last() else { return (low..=high + 1).collect() };
    let end = column.ceiling(*last);
    // The last bin is closed: a value that stands for its edge is inside.
    let closed = end <= high && column.decode(end) <= last + 1e-6 * column.resolution();
    first.iter().map(|edge| column.ceiling(*edge)).chain([end + i64::from(closed)]).collect()
}

/// How many rows are in each bin, and how many of `all` in none.
fn local_counts(values: &[i64], rows: &[i64], starts: &[i64], all: i128) -> Zeroizing<Vec<i128>> {
    let at_least = |start: &i64| {
        total(values.iter().zip(rows).map(|(value, row)| row & unless_negative(value.wrapping_sub(*start))))
    };
    let at_least = Zeroizing::new(starts.iter().map(at_least).collect::<Vec<_>>());
    let mut counts: Zeroizing<Vec<_>> =
        Zeroizing::new(at_least.windows(2).map(|pair| pair[0].wrapping_sub(pair[1])).collect());
    let outside = counts.iter().fold(all, |left, count| left.wrapping_sub(*count));
    counts.push(outside);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::{
        Function, Outcome,
        testing::{category, numeric, pooled, spec},
    };

    fn of(outcomes: &[Outcome]) -> &Histogram {
        match &outcomes[0].value {
            Value::Histogram(histogram) => histogram,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bins_follow_numpy() {
        let values = [50.0, 99.9, 100.0, f64::NAN, 149.0, 150.0, 200.0, 200.1, 249.0];
        let histogram = |edges: &[f64]| {
            let functions = vec![Function::Histogram { column: 0, edges: edges.to_vec() }];
            let outcomes = pooled(spec(3, vec![numeric("x", 50.0, 250.0, 0.1)], functions), &[&values]);
            let histogram = of(&outcomes);
            (
                histogram.counts.iter().map(|count| count.unwrap()).collect::<Vec<_>>(),
                histogram.outside.unwrap(),
            )
        };
        assert_eq!(histogram(&[50.0, 100.0, 150.0, 200.0]), (vec![2, 2, 2], 2));
        assert_eq!(histogram(&[-5.0, 100.0, 150.0, 200.0, 300.0]), (vec![2, 2, 1, 3], 0));
        assert_eq!(histogram(&[99.9, 100.05]), (vec![2], 6));
    }

    #[test]
    fn levels_are_counted() {
        let functions = vec![Function::Histogram { column: 0, edges: vec![] }];
        let outcomes =
            pooled(spec(3, vec![category("c", &["a", "b", "c"])], functions), &[&[0.0, 2.0, 2.0, f64::NAN]]);
        let histogram = of(&outcomes);
        assert_eq!((&histogram.counts[..], histogram.outside), (&[Some(1), Some(0), Some(2)][..], Some(0)));
        assert_eq!(histogram.levels, ["a", "b", "c"]);
    }

    #[test]
    fn small_bins_take_others_with_them() {
        let counts = |rows: &[(f64, usize)]| {
            let functions = vec![Function::Histogram { column: 0, edges: vec![] }];
            let mut spec = spec(3, vec![category("c", &["a", "b", "c", "d", "e"])], functions);
            (spec.policy.min_cell, spec.policy.min_cohort) = (5, 5);
            let values: Vec<_> = rows.iter().flat_map(|(level, count)| vec![*level; *count]).collect();
            of(&pooled(spec, &[&values])).counts.clone()
        };
        // Nothing is small; zeros are shown.
        let all = counts(&[(0.0, 5), (1.0, 6), (3.0, 7), (4.0, 8)]);
        assert_eq!(all, [Some(5), Some(6), Some(0), Some(7), Some(8)]);
        // One small cell takes its neighbour, the last one takes the first.
        assert_eq!(
            counts(&[(0.0, 9), (1.0, 4), (2.0, 30), (3.0, 7), (4.0, 8)]),
            [Some(9), None, None, Some(7), Some(8)]
        );
        assert_eq!(
            counts(&[(0.0, 30), (1.0, 6), (2.0, 30), (3.0, 7), (4.0, 1)]),
            [None, Some(6), Some(30), Some(7), None]
        );
        // Two hidden cells of ten rows together would say too much.
        assert_eq!(counts(&[(0.0, 9), (1.0, 4), (2.0, 6), (3.0, 7), (4.0, 8)]), [None; 5]);
        assert_eq!(counts(&[(0.0, 9), (1.0, 4), (2.0, 11), (3.0, 7), (4.0, 8)])[1..3], [None; 2]);
        assert_eq!(counts(&[(0.0, 9), (1.0, 4), (2.0, 10), (3.0, 7), (4.0, 8)]), [None; 5]);
    }
}
