//! Count, sum, mean, variance.
use zeroize::Zeroizing;

use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        statistics::student_t_975,
        study::{
            column::Column,
            report::{Figure, Value},
            run::{Cohort, Inputs, Run, bits_of, impossible},
        },
    },
};

pub(super) fn count<S: zeroize::Zeroize>(cohort: &Cohort<S>) -> Option<Value> {
    cohort.n.map(|n| Value::Figure(Figure::exact(n as f64)))
}

/// The sums of a column's values and of their squares in each group of this party's rows: `member` gives for a group 1 for each row
/// in it, else 0.
pub(super) fn local_power_sums<'t>(
    values: &[i64],
    groups: impl Iterator<Item = &'t [i64]>,
) -> (Zeroizing<Vec<i128>>, Zeroizing<Vec<i128>>) {
    let sums = groups.map(|member| {
        let (mut first, mut second) = (0_i128, 0_i128);
        for (value, inside) in values.iter().zip(member) {
            let value = i128::from(value.wrapping_mul(*inside));
            first = first.wrapping_add(value);
            second = second.wrapping_add(value.wrapping_mul(value));
        }
        (first, second)
    });
    let (firsts, seconds): (Vec<_>, Vec<_>) = sums.unzip();
    (Zeroizing::new(firsts), Zeroizing::new(seconds))
}

/// Sums and sums of squares over groups of `counts` rows, the sums first: proven to be of values within the column's bounds, and to
/// fit each other.
///
/// # Errors
/// `VerificationFailed` naming a party with sums that no rows have.
pub(super) async fn power_sums<B: Comparison>(
    run: &mut Run<'_, B>,
    column: usize,
    counts: &Inputs<B::Share>,
    firsts: &[i128],
    seconds: &[i128],
) -> Result<Inputs<B::Share>> {
    let (low, high) = run.plan.columns()[column].bounds();
    let (low, high) = (i128::from(low), i128::from(high));
    let largest_square = (low * low).max(high * high);
    let groups = counts.mine.len();
    let bounds = [vec![(low, high); groups], vec![(0, largest_square); groups]].concat();
    let twice = Inputs {
        mine: Zeroizing::new(counts.mine.repeat(2)),
        shares: counts.shares.iter().map(|counts| Shared::stacked(&[counts, counts])).collect(),
    };
    let mine = Zeroizing::new([firsts, seconds].concat());
    let sums = run.sums_of(&twice, &mine, &bounds).await?;
    let seconds = sums.rows_of(groups..2 * groups);
    require_spread(run, counts, &sums.rows_of(0..groups), &seconds, &vec![largest_square; groups]).await?;
    Ok(sums)
}

/// Proves that `count * sum of squares >= square of the sum`, for each party and each of its groups.
///
/// # Errors
/// `VerificationFailed` naming a party whose sums do not fit each other.
pub(super) async fn require_spread<B: Comparison>(
    run: &mut Run<'_, B>,
    counts: &Inputs<B::Share>,
    firsts: &Inputs<B::Share>,
    seconds: &Inputs<B::Share>,
    largest_squares: &[i128],
) -> Result<()> {
    let joined = |parts: &[Shared<B::Share>]| Shared::stacked(&parts.iter().collect::<Vec<_>>());
    let all_firsts = joined(&firsts.shares);
    let left = Shared::stacked(&[&joined(&counts.shares), &all_firsts]);
    let products = run.box_.mul(&left, &Shared::stacked(&[&joined(&seconds.shares), &all_firsts])).await?;
    let (half, groups) = (all_firsts.rows(), largest_squares.len());
    let spread = &products.rows_of(0..half) - &products.rows_of(half..2 * half);
    let spreads: Vec<_> =
        (0..firsts.shares.len()).map(|at| spread.rows_of(at * groups..(at + 1) * groups)).collect();
    let of_mine = counts.mine.iter().zip(firsts.mine.iter()).zip(seconds.mine.iter());
    let of_mine =
        of_mine.map(|((n, first), second)| n.wrapping_mul(*second).wrapping_sub(first.wrapping_mul(*first)));
    let of_mine = Zeroizing::new(of_mine.collect::<Vec<_>>());
    let most = i128::from(run.plan.max_rows());
    let widths: Vec<_> = largest_squares.iter().map(|square| bits_of(most * most * square)).collect();
    run.require(&of_mine, &spreads, &widths).await
}

/// Sum and sum of squares of a column over a cohort.
async fn cohort_power_sums<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Inputs<B::Share>> {
    let (firsts, seconds) = local_power_sums(run.table.values(column), [&cohort.rows[..]].into_iter());
    power_sums(run, column, &cohort.repeated(1), &firsts, &seconds).await
}

pub(super) async fn sum<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Option<Value>> {
    let values = run.table.values(column).iter().zip(cohort.rows.iter());
    let mine = values
        .fold(0, |sum: i128, (value, inside)| sum.wrapping_add(i128::from(value.wrapping_mul(*inside))));
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
    let sums = cohort_power_sums(run, cohort, column).await?.sum();
    let Some((sums, n)) = run.reveal(&sums).await?.zip(cohort.n) else { return Ok(None) };
    Ok(Some(Value::Figure(mean_of(&run.plan.columns()[column], n, sums[0], sums[1])?)))
}

/// The mean of `n` values from their sum and sum of squares on the grid; NaN for no values.
pub(super) fn mean_of(column: &Column, n: u64, first: i128, second: i128) -> Result<Figure> {
    let product = i128::from(n).checked_mul(second).ok_or_else(impossible)?;
    let square = first.checked_mul(first).ok_or_else(impossible)?;
    let spread = product.checked_sub(square).filter(|spread| *spread >= 0).ok_or_else(impossible)?;
    let rows = n as f64;
    let value = column.centre() + first as f64 / rows * column.resolution();
    let standard_error = (variance_of(column, n, spread) / rows).sqrt();
    let reach = student_t_975(n.saturating_sub(1)) * standard_error;
    Ok(Figure { value, standard_error, interval: (value - reach, value + reach) })
}

/// The variance from `n * sum of squares - square of the sum`; NaN below two values.
pub(super) fn variance_of(column: &Column, n: u64, spread: i128) -> f64 {
    match n {
        0 | 1 => f64::NAN,
        _ => spread as f64 / (n as f64 * (n - 1) as f64) * column.resolution().powi(2),
    }
}

/// The variance: `n * sum of squares - square of the sum` is computed on shares, so the mean stays hidden.
pub(super) async fn variance<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
) -> Result<Option<Value>> {
    let sums = cohort_power_sums(run, cohort, column).await?.sum();
    let left = Shared::stacked(&[&cohort.total, &sums.row(0)]);
    let products = run.box_.mul(&left, &Shared::stacked(&[&sums.row(1), &sums.row(0)])).await?;
    let spread = run.reveal(&(&products.row(0) - &products.row(1))).await?;
    Ok(spread.zip(cohort.n).map(|(spread, n)| {
        Value::Figure(Figure::exact(variance_of(&run.plan.columns()[column], n, spread[0])))
    }))
}

#[cfg(test)]
mod tests {
    use crate::mpc::study::{
        Figure, Function, Value,
        testing::{numeric, pooled, spec},
    };

    fn figures(rows: &[f64]) -> Vec<Figure> {
        let column = 0;
        let functions = vec![
            Function::Count { column },
            Function::Sum { column },
            Function::Mean { column },
            Function::Variance { column },
        ];
        let outcomes = pooled(spec(3, vec![numeric("x", 0.0, 10.0, 0.5)], functions), &[rows]);
        let present = rows.iter().filter(|value| !value.is_nan()).count() as u64;
        let figure = |outcome: &crate::mpc::study::Outcome| match (&outcome.value, outcome.n) {
            (Value::Figure(figure), Some(n)) if n == present => *figure,
            other => panic!("{other:?}"),
        };
        outcomes.iter().map(figure).collect()
    }

    #[test]
    fn figures_are_those_of_the_rows() {
        let figures = figures(&[2.0, 4.0, 4.0, f64::NAN, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((figures[0].value, figures[1].value, figures[2].value), (8.0, 40.0, 5.0));
        assert!((figures[2].standard_error - (32.0_f64 / 56.0).sqrt()).abs() < 1e-12);
        assert!((figures[3].value - 32.0 / 7.0).abs() < 1e-12);
        // scipy.stats.t.interval(0.95, 7, 5, sem(values))
        assert!((figures[2].interval.0 - 3.212512).abs() < 1e-5, "{:?}", figures[2]);
    }

    #[test]
    fn one_row_has_no_variance() {
        let figures = figures(&[2.5]);
        assert_eq!((figures[1].value, figures[2].value), (2.5, 2.5));
        assert!(figures[2].standard_error.is_nan() && figures[3].value.is_nan());
    }
}
