//! Count, sum, mean.
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        statistics::student_t_975,
        study::{
            report::{Figure, Value},
            run::{Cohort, Inputs, Run, impossible},
        },
    },
};

pub(super) fn count<S: zeroize::Zeroize>(cohort: &Cohort<S>) -> Option<Value> {
    cohort.n.map(|n| Value::Figure(Figure::exact(n as f64)))
}

/// The sum of the column over a cohort, and of its squares: proven to be of values within the column's bounds.
async fn power_sums<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Inputs<B::Share>> {
    let values = run.table.values(column).iter().zip(cohort.rows.iter());
    let (mut first, mut second) = (0_i128, 0_i128);
    for (value, inside) in values {
        let value = i128::from(value.wrapping_mul(*inside));
        first = first.wrapping_add(value);
        second = second.wrapping_add(value.wrapping_mul(value));
    }
    let (low, high) = run.plan.columns()[column].bounds();
    let (low, high) = (i128::from(low), i128::from(high));
    let largest_square = (low * low).max(high * high);
    let sums = run.row_sums(cohort, &[first, second], &[(low, high), (0, largest_square)]).await?;
    // n * sum of squares >= square of the sum, for each party.
    let entries = |at: usize| sums.shares.iter().map(|sums| sums.row(at)).collect::<Vec<_>>();
    let stacked = |rows: &[Shared<B::Share>]| Shared::stacked(&rows.iter().collect::<Vec<_>>());
    let (firsts, seconds) = (stacked(&entries(0)), stacked(&entries(1)));
    let left = Shared::stacked(&[&stacked(&cohort.counts), &firsts]);
    let products = run.box_.mul(&left, &Shared::stacked(&[&seconds, &firsts])).await?;
    let parties = sums.shares.len();
    let spread = &products.rows_of(0..parties) - &products.rows_of(parties..2 * parties);
    let spreads: Vec<_> = (0..parties).map(|at| spread.row(at)).collect();
    let mine = cohort.mine.wrapping_mul(second).wrapping_sub(first.wrapping_mul(first));
    let most = i128::from(run.plan.max_rows());
    run.require(&[mine], &spreads, &[super::super::run::bits_of(most * most * largest_square)]).await?;
    Ok(sums)
}

pub(super) async fn sum<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Option<Value>> {
    let values = run.table.values(column).iter().zip(cohort.rows.iter());
    let mine = values.fold(0, |sum: i128, (value, inside)| sum.wrapping_add(i128::from(value.wrapping_mul(*inside))));
    let (low, high) = run.plan.columns()[column].bounds();
    let sums = run.row_sums(cohort, &[mine], &[(low.into(), high.into())]).await?.sum();
    let revealed = run.reveal(&sums).await?;
    let column = &run.plan.columns()[column];
    Ok(revealed.zip(cohort.n).map(|(sums, n)| {
        Value::Figure(Figure::exact(n as f64 * column.centre() + sums[0] as f64 * column.resolution()))
    }))
}

/// The mean; its standard error says the sum of squares as well, so both sums are revealed and divided in the clear.
pub(super) async fn mean<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Option<Value>> {
    let sums = power_sums(run, cohort, column).await?.sum();
    let Some((sums, n)) = run.reveal(&sums).await?.zip(cohort.n) else { return Ok(None) };
    Ok(Some(Value::Figure(mean_of(run, column, n, sums[0], sums[1])?)))
}

/// The mean of `n` values from their sum and sum of squares on the grid.
fn mean_of<B: Comparison>(run: &Run<'_, B>, column: usize, n: u64, first: i128, second: i128) -> Result<Figure> {
    let column = &run.plan.columns()[column];
    let count = i128::from(n);
    let spread = (count * second).checked_sub(first * first).filter(|spread| *spread >= 0).ok_or_else(impossible)?;
    let rows = n as f64;
    let mean = column.centre() + first as f64 / rows * column.resolution();
    // 0 / 0 below two rows.
    let variance = spread as f64 / (rows * (rows - 1.0)) * column.resolution().powi(2);
    let standard_error = (variance / rows).sqrt();
    let reach = student_t_975(n - 1) * standard_error;
    Ok(Figure { value: mean, standard_error, interval: (mean - reach, mean + reach) })
}

#[cfg(test)]
mod tests {
    use crate::mpc::study::{
        Function, Value,
        testing::{numeric, pooled, spec},
    };

    #[test]
    fn figures_are_those_of_the_rows() {
        let column = 0;
        let functions = vec![Function::Count { column }, Function::Sum { column }, Function::Mean { column }];
        let columns = vec![numeric("x", 0.0, 10.0, 0.5)];
        let outcomes = pooled(spec(3, columns, functions), &[&[2.0, 4.0, 4.0, f64::NAN, 4.0, 5.0, 5.0, 7.0, 9.0]]);
        let figure = |at: usize| match &outcomes[at].value {
            Value::Figure(figure) => *figure,
            other => panic!("{other:?}"),
        };
        assert!(outcomes.iter().all(|outcome| outcome.n == Some(8)));
        assert_eq!((figure(0).value, figure(1).value, figure(2).value), (8.0, 40.0, 5.0));
        assert!((figure(2).standard_error - (32.0_f64 / 56.0).sqrt()).abs() < 1e-12);
        // scipy.stats.t.interval(0.95, 7, 5, sem(values))
        assert!((figure(2).interval.0 - 3.212512).abs() < 1e-5, "{:?}", figure(2));
    }
}
