//! Covariance and correlation matrices.
use zeroize::Zeroizing;

use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        study::{
            report::{Matrix, Value},
            run::{Cohort, Run},
        },
    },
};

/// The entries of the upper triangle with the diagonal, row after row.
fn pairs(count: usize) -> Vec<(usize, usize)> {
    (0..count).flat_map(|i| (i..count).map(move |j| (i, j))).collect()
}

/// `n * sum of x_i x_j - sum of x_i * sum of x_j` for all pairs, revealed; the means stay hidden.
async fn spreads<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    columns: &[usize],
) -> Result<Option<Vec<i128>>> {
    let spreads = joint_spreads(run, cohort, columns).await?.1;
    run.reveal(&spreads).await
}

/// The sums of the columns, and `n * sum of x_i x_j - sum of x_i * sum of x_j` for all pairs, in the box.
pub(super) async fn joint_spreads<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    columns: &[usize],
) -> Result<(Shared<B::Share>, Shared<B::Share>)> {
    let (count, pairs) = (columns.len(), pairs(columns.len()));
    let values = |at: usize| run.table.values(columns[at]).iter().map(|value| i128::from(*value));
    let rows = || cohort.rows.iter().map(|row| i128::from(*row));
    let total = |terms: &mut dyn Iterator<Item = i128>| terms.fold(0, i128::wrapping_add);
    let firsts = (0..count).map(|i| total(&mut values(i).zip(rows()).map(|(x, row)| x.wrapping_mul(row))));
    let products = pairs.iter().map(|(i, j)| {
        let terms = values(*i).zip(values(*j)).zip(rows());
        total(&mut terms.map(|((x, y), row)| x.wrapping_mul(y).wrapping_mul(row)))
    });
    let mine = Zeroizing::new(firsts.chain(products).collect::<Vec<_>>());
    let bounds: Vec<(i128, i128)> = columns
        .iter()
        .map(|column| run.plan.columns()[*column].bounds())
        .map(|(low, high)| (low.into(), high.into()))
        .collect();
    let product = |(i, j): &(usize, usize)| {
        let ((a, b), (c, d)) = (bounds[*i], bounds[*j]);
        match i == j {
            true => (0, (a * a).max(b * b)),
            false => ((a * d).min(b * c), (a * c).max(b * d)), // 0 lies between the bounds
        }
    };
    let all: Vec<_> = bounds.iter().copied().chain(pairs.iter().map(product)).collect();
    let inputs = run.row_sums(cohort, &mine, &all).await?;
    let on_diagonal: Vec<_> =
        (0..pairs.len()).filter(|at| pairs[*at].0 == pairs[*at].1).map(|at| count + at).collect();
    let squares = inputs.entries(&on_diagonal);
    let largest: Vec<_> = on_diagonal.iter().map(|at| all[*at].1).collect();
    super::moments::require_spread(
        run,
        &cohort.repeated(count),
        &inputs.rows_of(0..count),
        &squares,
        &largest,
    )
    .await?;
    let sums = inputs.sum();
    let entry = |at: usize| sums.shares()[at];
    let left = (0..pairs.len()).map(|_| cohort.total.shares()[0]).chain(pairs.iter().map(|(i, _)| entry(*i)));
    let right = (count..sums.rows()).map(entry).chain(pairs.iter().map(|(_, j)| entry(*j)));
    let products = run.box_.mul(&Shared::column(left.collect()), &Shared::column(right.collect())).await?;
    let spreads = &products.rows_of(0..pairs.len()) - &products.rows_of(pairs.len()..2 * pairs.len());
    Ok((sums.rows_of(0..count), spreads))
}

/// A symmetric matrix from its upper triangle.
pub(super) fn symmetric(count: usize, upper: &[f64]) -> Matrix {
    let mut entries = vec![f64::NAN; count * count];
    for ((i, j), value) in pairs(count).into_iter().zip(upper) {
        entries[i * count + j] = *value;
        entries[j * count + i] = *value;
    }
    Matrix { rows: count, columns: count, entries }
}

pub(super) async fn covariance<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    columns: &[usize],
) -> Result<Option<Value>> {
    let Some((spreads, n)) = spreads(run, cohort, columns).await?.zip(cohort.n) else { return Ok(None) };
    let n = n as f64;
    let resolution = |at: usize| run.plan.columns()[columns[at]].resolution();
    let scaled = pairs(columns.len()).into_iter().zip(spreads);
    // 0 / 0 for one row.
    let upper: Vec<_> = scaled
        .map(|((i, j), spread)| spread as f64 / (n * (n - 1.0)) * resolution(i) * resolution(j))
        .collect();
    Ok(Some(Value::Matrix(symmetric(columns.len(), &upper))))
}

pub(super) async fn correlation<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    columns: &[usize],
) -> Result<Option<Value>> {
    let Some(spreads) = spreads(run, cohort, columns).await? else { return Ok(None) };
    let upper: Vec<_> = spreads.iter().map(|spread| *spread as f64).collect();
    let spreads = symmetric(columns.len(), &upper);
    let count = columns.len();
    let deviation = |at: usize| spreads.entries[at * count + at].sqrt();
    // 0 / 0 for a column of one value.
    let entry = |(at, spread): (usize, &f64)| match (at / count, at % count) {
        (i, j) if i == j => deviation(i) / deviation(i),
        (i, j) => (spread / deviation(i) / deviation(j)).clamp(-1.0, 1.0),
    };
    let entries = spreads.entries.iter().enumerate().map(entry).collect();
    Ok(Some(Value::Matrix(Matrix { entries, ..spreads })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::{
        Function,
        testing::{numeric, pooled, spec},
    };

    #[test]
    fn matrices_follow_numpy() {
        let (x, y) = ([1.0, 2.0, 4.0, 8.0, 9.0], [9.0, 4.5, f64::NAN, 2.0, 1.0]);
        let functions =
            vec![Function::Covariance { columns: vec![0, 1] }, Function::Correlation { columns: vec![1, 0] }];
        let columns = vec![numeric("x", 0.0, 10.0, 1.0), numeric("y", -3.0, 10.0, 0.5)];
        let outcomes = pooled(spec(3, columns, functions), &[&x, &y]);
        let entries = |at: usize| match &outcomes[at].value {
            Value::Matrix(matrix) => &matrix.entries[..],
            other => panic!("{other:?}"),
        };
        // numpy.cov([1, 2, 8, 9], [9, 4.5, 2, 1]) and numpy.corrcoef
        let close = |found: &[f64], expected: [f64; 4]| {
            found.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{found:?}"));
        };
        let (cov, sx, sy) = (-39.5 / 3.0, 50.0 / 3.0, 38.1875 / 3.0);
        close(entries(0), [sx, cov, cov, sy]);
        let r = cov / (sx * sy).sqrt();
        close(entries(1), [1.0, r, r, 1.0]);
        assert_eq!(outcomes[0].n, Some(4));
    }

    #[test]
    fn a_column_of_one_value_has_no_correlation() {
        let functions = vec![Function::Correlation { columns: vec![0, 1] }];
        let columns = vec![numeric("x", 0.0, 10.0, 1.0), numeric("y", 0.0, 10.0, 1.0)];
        let outcomes = pooled(spec(3, columns, functions), &[&[1.0, 2.0], &[3.0, 3.0]]);
        let Value::Matrix(matrix) = &outcomes[0].value else { panic!("{outcomes:?}") };
        assert_eq!(matrix.entries[0], 1.0);
        assert!(matrix.entries[1..].iter().all(|entry| entry.is_nan()));
    }
}
