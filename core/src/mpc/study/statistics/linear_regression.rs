//! Linear regression by least squares, with an intercept, from exact joint moments.
//!
//! With `n` rows, sums `S` and cross products `Q` on the columns' grids, the integers `n Q - S S'` are exact on shares. They are brought to a
//! unit diagonal and swept on the predictors ([`super::sweep`]); a further row with the means gives the intercept and its
//! standard error. Revealed are the orders of magnitude of the columns' variances, the coefficients, the diagonal of the inverse
//! (the standard errors), the residual and total sums of squares.
//!
//! # Error
//! As [`super::sweep`]: with predictors of which each keeps `2^-p` of its variance beside the others, figures are within about
//! `2^(p - 46)` of those of the pooled rows, relative to the standard errors.
use super::{
    covariance::joint_spreads,
    sweep::{Scaling, WIDE, number, orders, scaled, sweep, symmetric, triangle},
};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        statistics::distributions::f_sf,
        study::{
            column::Column,
            models::{Coefficient, LinearRegression, Undetermined},
            report::Value,
            run::{Cohort, Run, bits_of},
        },
    },
};

/// Bits behind the point of the distance of a column's centre from zero, in steps of its grid.
const CENTRE_BITS: u32 = 24;

/// The regression; receivers see it.
pub(super) async fn linear_regression<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    outcome: usize,
    predictors: &[usize],
) -> Result<Option<Value>> {
    let columns = [predictors, &[outcome]].concat();
    let (count, size) = (predictors.len(), predictors.len() + 2);
    let (sums, spreads) = joint_spreads(run, cohort, &columns).await?;
    let pairs = triangle(count + 1);
    let rows_bits = bits_of(run.box_.parties() as i128 * i128::from(run.plan.max_rows()));
    let described: Vec<&Column> = columns.iter().map(|at| &run.plan.columns()[*at]).collect();
    let reach = |column: &&Column| bits_of(i128::from(column.bounds().1.max(-column.bounds().0)));
    let widest = described.iter().map(reach).max().unwrap_or(0);
    let spread_bits = 2 * (rows_bits + widest) + 1;

    let on_diagonal =
        pairs.iter().zip(spreads.shares()).filter(|((i, j), _)| i == j).map(|(_, share)| *share);
    let orders = orders(run, &Shared::column(on_diagonal.collect::<Vec<_>>()), spread_bits).await?;

    // Sums of the values themselves, not of their distances from the centres.
    let steps = |column: &&Column| column.centre() / column.resolution();
    let (sums, sum_bits) =
        sums_of_values::<B>(cohort, &sums, &described.iter().map(steps).collect::<Vec<_>>());
    let parts = [
        Scaling {
            values: &spreads,
            by: pairs.iter().map(|(i, j)| orders[*i] + orders[*j]).collect(),
            log2_limit: 0,
        },
        Scaling {
            values: &sums,
            by: orders.iter().map(|order| order + CENTRE_BITS).collect(),
            log2_limit: WIDE,
        },
    ];
    let bits = spread_bits.max(rows_bits + sum_bits);
    let Some(scaled) = scaled(run, &parts, bits).await? else {
        return Ok(Some(Value::Undetermined(Undetermined::Singular)));
    };

    // Predictors, outcome, means.
    let mut upper = Vec::with_capacity(size * (size + 1) / 2);
    let (spreads, means) = scaled.shares().split_at(pairs.len());
    let mut spreads = spreads.iter();
    for (i, mean) in means.iter().enumerate() {
        upper.extend(spreads.by_ref().take(count + 1 - i).copied());
        upper.push(*mean);
    }
    upper.push(B::Share::default());
    let matrix = symmetric(size, &upper);
    let total = matrix.entry(count, count);
    let Some(swept) = sweep(run, matrix, count, 1).await? else {
        return Ok(Some(Value::Undetermined(Undetermined::Singular)));
    };
    let entries = |at: &[(usize, usize)]| {
        Shared::column(at.iter().map(|(i, j)| swept.shares()[i * size + j]).collect::<Vec<_>>())
    };
    let slopes: Vec<_> = (0..count).map(|at| (at, count)).collect();
    let inverse: Vec<_> = (0..count).map(|at| (at, at)).collect();
    let last = [(count, count), (count, count + 1), (count + 1, count + 1)];
    let shown = Shared::stacked(&[&entries(&slopes), &entries(&inverse), &entries(&last), &total]);
    let Some(shown) = run.reveal(&shown).await? else { return Ok(None) };
    let shown: Vec<f64> = shown.into_iter().map(number).collect();
    let figures = Figures { n: cohort.n.unwrap_or(0), shown: &shown, orders: &orders };
    Ok(Some(Value::LinearRegression(figures.regression(&described))))
}

/// Sums of the distances from the centres turned into sums of the values, in units of the grid times `2^-CENTRE_BITS`; and their
/// bits beyond those of the number of rows.
fn sums_of_values<B: Comparison>(
    cohort: &Cohort<B::Share>,
    sums: &Shared<B::Share>,
    steps: &[f64],
) -> (Shared<B::Share>, u32) {
    let scale = f64::from(1_u32 << CENTRE_BITS);

    #[expect(clippy::cast_possible_truncation, reason = "a public number, far below 2^127")]
    let centres: Vec<i128> = steps.iter().map(|steps| (steps * scale).round() as i128).collect();
    let bits = centres.iter().map(|centre| bits_of(centre.abs())).max().unwrap_or(0);
    let elements: Vec<_> = centres.iter().map(|centre| B::Element::from_i128(*centre)).collect();
    let count = Shared::column(vec![cohort.total.shares()[0]; steps.len()]);
    let lifted = sums.scaled(B::Element::power_of_two(CENTRE_BITS));
    (&lifted + &count.scaled_by(&elements), bits.max(32 + CENTRE_BITS) + 1)
}

/// What is revealed, with a unit diagonal: for each predictor its coefficient, for each the negative diagonal of the inverse, then
/// residual sum of squares, intercept, negative square of the means, total sum of squares.
struct Figures<'a> {
    n: u64,
    shown: &'a [f64],
    orders: &'a [u32],
}

impl Figures<'_> {
    fn regression(&self, columns: &[&Column]) -> LinearRegression {
        let (count, n) = (columns.len() - 1, self.n as f64);
        let (slopes, rest) = self.shown.split_at(count);
        let (inverse, rest) = rest.split_at(count);
        // One unit of a column's swept entries, as n times the standard deviation.
        let unit =
            |at: usize| 2.0_f64.powi(i32::try_from(self.orders[at]).unwrap_or(0)) * columns[at].resolution();
        let of_outcome = unit(count);
        let (residual, intercept, means, total) = (rest[0].max(0.0), rest[1], rest[2], rest[3]);
        let degrees = n - count as f64 - 1.0;
        let residual_variance = residual * of_outcome * of_outcome / n / degrees;
        let r_squared = 1.0 - residual / total;
        let f_statistic = r_squared / count as f64 / ((1.0 - r_squared) / degrees);
        let first = Coefficient::new(
            "intercept".into(),
            intercept * of_outcome / n,
            (residual_variance / n * (1.0 - means)).sqrt(),
            Some(degrees),
        );
        let slope = |at: usize| {
            let value = slopes[at] * of_outcome / unit(at);
            let standard_error = (residual_variance * n * -inverse[at]).sqrt() / unit(at);
            Coefficient::new(columns[at].name().to_owned(), value, standard_error, Some(degrees))
        };
        LinearRegression {
            coefficients: [first].into_iter().chain((0..count).map(slope)).collect(),
            residual_variance,
            r_squared,
            adjusted_r_squared: 1.0 - (1.0 - r_squared) * (n - 1.0) / degrees,
            f_statistic,
            f_p_value: f_sf(f_statistic, count as f64, degrees),
            degrees: (count as u64, self.n.saturating_sub(count as u64 + 1)),
        }
    }
}
