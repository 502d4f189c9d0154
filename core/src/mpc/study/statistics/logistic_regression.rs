//! Logistic regression by Newton's method, with an intercept.
//!
//! The coefficients of each step are public. With them each party computes gradient, Hessian and log-likelihood of its own rows,
//! rounded to `2^-40`; they are added in the box, and the Hessian is solved for the next step there ([`super::sweep`]). Revealed are:
//! to everybody the coefficients after each step, and the orders of magnitude of the diagonal of the first Hessian; to the
//! receivers, at the last step, the standard errors and the log-likelihood. Gradients and Hessians stay hidden.
//!
//! Predictors are centred at the middle of their ranges and scaled by half of them. Newton's method starts from zeros, takes
//! as many steps as the plan says, and has arrived when the last one moves no scaled coefficient by more than `1e-9` of 1 plus its
//! magnitude.
//!
//! # Error
//! The rounding moves coefficients by less than `1e-9` of their standard errors for up to 2^20 rows.
use zeroize::Zeroizing;

use super::{
    elementary::{clamped, exponential, logarithm_1p, nearest},
    groups,
    newton::{self, Derivatives, Step, power},
    sweep::{FRACTION_BITS, number, orders, rounded, triangle},
};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        study::{
            models::{Coefficient, LogisticRegression, Undetermined},
            report::Value,
            run::{Cohort, Run, bits_of},
            suppression,
        },
    },
};

/// The bits behind the point of what parties put in.
const INPUT_BITS: u32 = 40;
/// The bits of the public factors that an intercept's variance is made from.
const FACTOR_BITS: u32 = 28;

/// The regression. Its steps are known to everybody, and so all parties are receivers. Refused when the rows with or without the
/// event are few and not none.
pub(super) async fn logistic_regression<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    outcome: usize,
    predictors: &[usize],
    iterations: usize,
) -> Result<Option<Value>> {
    let events = groups::members(run.table.values(outcome), &cohort.rows, 2);
    let events = run.partition(cohort, &groups::sizes(&events)).await?.sum();
    if suppression::any_small(run, &events).await? {
        return Ok(Some(Value::Refused));
    }
    let size = predictors.len() + 1;
    let scales: Vec<(f64, f64)> = predictors.iter().map(|at| scale(run, *at)).collect();
    let pairs = triangle(size);
    let rows_bits = bits_of(run.box_.parties() as i128 * i128::from(run.plan.max_rows()));
    let one = 1_i128 << INPUT_BITS;
    let mut beta = vec![0.0; size];
    let mut scaling: Option<Vec<u32>> = None;
    for step in 1..=iterations {
        // The log-likelihood of a row is at least -|eta| - ln 2.
        let furthest = 1.0 + beta.iter().map(|beta: &f64| beta.abs()).sum::<f64>();
        if furthest > 1e6 {
            return Ok(Some(Value::Undetermined(Undetermined::Separation)));
        }
        let lowest = -fixed(furthest);
        let mut bounds = vec![(-one, one); size];
        bounds.extend(pairs.iter().map(|(i, j)| (if i == j { 0 } else { -(one >> 2) - 1 }, (one >> 2) + 1)));
        bounds.push((lowest, 0));
        let mine = local_sums(run, cohort, outcome, predictors, &scales, &beta, &bounds);
        let sums = run.row_sums(cohort, &mine, &bounds).await?.sum();
        let (gradient, hessian) = (sums.rows_of(0..size), sums.rows_of(size..size + pairs.len()));

        let bits = rows_bits + INPUT_BITS;
        let orders = match &scaling {
            Some(orders) => orders.clone(),
            None => {
                let diagonal = newton::diagonal(size, &hessian);
                scaling.insert(orders(run, &diagonal, bits).await?).clone()
            }
        };
        // In each row |gradient|^2 is at most the number of rows times 4 times the first Hessian.
        let common = INPUT_BITS / 2 + rows_bits.div_ceil(2) + 1;
        let here = Derivatives { gradient: &gradient, hessian: &hessian, bits, orders: &orders, common };
        let (swept, arrived) = match here.step(run, step, &mut beta).await? {
            Step::Moved { swept, arrived } => (swept, arrived),
            Step::Undetermined(why) => return Ok(Some(Value::Undetermined(why))),
            Step::Withheld => return Ok(None),
        };
        if step == iterations && arrived {
            let likelihood = sums.rows_of(sums.rows() - 1..sums.rows());
            return finish(run, predictors, &scales, &beta, &orders, &swept, &likelihood, step).await;
        }
    }
    Ok(Some(Value::Undetermined(Undetermined::NotConverged)))
}

/// The centre of a predictor and half of its range, in its own unit.
pub(super) fn scale<B: Comparison>(run: &Run<'_, B>, column: usize) -> (f64, f64) {
    let column = &run.plan.columns()[column];
    let (low, high) = column.bounds();
    (column.centre(), high.max(-low) as f64 * column.resolution())
}

/// This party's predictors of each row, between -1 and 1.
pub(super) fn local_rows<B: Comparison>(run: &Run<'_, B>, predictors: &[usize]) -> Zeroizing<Vec<f64>> {
    let rows = run.table.rows();
    let mut values = Zeroizing::new(vec![0.0; rows * predictors.len()]);
    for (at, column) in predictors.iter().enumerate() {
        let (low, high) = run.plan.columns()[*column].bounds();
        let reach = high.max(-low) as f64;
        for (row, value) in run.table.values(*column).iter().enumerate() {
            values[row * predictors.len() + at] = *value as f64 / reach;
        }
    }
    values
}

/// The nearest multiple of `2^-INPUT_BITS`, for sums over at most 2^30 rows of at most 2^20.
pub(super) fn fixed(value: f64) -> i128 {
    nearest(value, INPUT_BITS)
}

/// Gradient, Hessian and log-likelihood of this party's rows.
///
/// # Timing
/// The same operations for all values; floating-point instructions may take more time for some values than for others.
fn local_sums<B: Comparison>(
    run: &Run<'_, B>,
    cohort: &Cohort<B::Share>,
    outcome: usize,
    predictors: &[usize],
    scales: &[(f64, f64)],
    beta: &[f64],
    bounds: &[(i128, i128)],
) -> Zeroizing<Vec<i128>> {
    let (size, width) = (scales.len() + 1, predictors.len());
    let pairs = triangle(size);
    let values = local_rows(run, predictors);
    let mut sums = Zeroizing::new(vec![0.0; bounds.len()]);
    let mut x = Zeroizing::new(vec![1.0; size]);
    for (row, (inside, event)) in cohort.rows.iter().zip(run.table.values(outcome)).enumerate() {
        x[1..].copy_from_slice(&values[row * width..(row + 1) * width]);
        let (inside, event) = (*inside as f64, *event as f64);
        let eta: f64 = x.iter().zip(beta).map(|(x, beta)| x * beta).sum();
        let small = exponential(-eta.abs());
        // 1 / (1 + e^-eta), from the exponential that is at most 1.
        let positive = f64::from(u8::from(eta >= 0.0));
        let chance = (positive + (1.0 - positive) * small) / (1.0 + small);
        let weight = small / ((1.0 + small) * (1.0 + small));
        let residual = inside * (event - chance);
        for (sum, x) in sums.iter_mut().zip(x.iter()) {
            *sum += residual * x;
        }
        for (sum, (i, j)) in sums[size..].iter_mut().zip(&pairs) {
            *sum += inside * weight * x[*i] * x[*j];
        }
        let last = sums.len() - 1;
        sums[last] += inside * (event * eta - eta.max(0.0) - logarithm_1p(small));
    }
    let rows = cohort.mine;
    let clamped = sums
        .iter()
        .zip(bounds)
        .map(|(sum, (low, high))| clamped(fixed(*sum), low.wrapping_mul(rows), high.wrapping_mul(rows)));
    Zeroizing::new(clamped.collect())
}

/// The figures of the last step: the variances of the predictors' coefficients, and of the intercept where predictors are zero.
#[expect(clippy::too_many_arguments, reason = "what the last step left")]
async fn finish<B: Comparison>(
    run: &mut Run<'_, B>,
    predictors: &[usize],
    scales: &[(f64, f64)],
    beta: &[f64],
    orders: &[u32],
    swept: &Shared<B::Share>,
    likelihood: &Shared<B::Share>,
    iterations: usize,
) -> Result<Option<Value>> {
    let size = beta.len();
    let inverse = |i: usize, j: usize| swept.shares()[i * (size + 1) + j];
    // The intercept is beta_0 - sum of beta_j centre_j / scale_j: its variance is a public quadratic form of the inverse.
    let direction: Vec<f64> = [1.0]
        .into_iter()
        .chain(scales.iter().map(|(centre, scale)| -centre / scale))
        .zip(orders)
        .map(|(entry, order)| entry * power(-i64::from(*order)))
        .collect();
    let largest = direction.iter().fold(0.0_f64, |most, entry| most.max(entry.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "at most 2^28")]
    let factors: Vec<i128> = direction
        .iter()
        .map(|entry| (entry / largest * f64::from(1_u32 << FACTOR_BITS)).round() as i128)
        .collect();
    let mut form = B::Share::default();
    for i in 0..size {
        for j in 0..size {
            form = form - inverse(i, j) * B::Element::from_i128(factors[i] * factors[j]);
        }
    }
    // |inverse| is at most 2^26 in each of 2^12 terms.
    let form =
        rounded(run, &Shared::column(vec![form]), FRACTION_BITS + 2 * FACTOR_BITS + 39, 2 * FACTOR_BITS)
            .await?;
    let diagonal = Shared::column((1..size).map(|at| -inverse(at, at)).collect::<Vec<_>>());
    let Some(shown) = run.reveal(&Shared::stacked(&[&form, &diagonal, likelihood])).await? else {
        return Ok(None);
    };
    // The Hessian was put in with INPUT_BITS.
    let unit = power(i64::from(INPUT_BITS) / 2);
    let intercept = beta[0]
        - beta[1..].iter().zip(scales).map(|(beta, (centre, scale))| beta * centre / scale).sum::<f64>();
    let error = number(shown[0]).sqrt() * largest * unit;
    let first = Coefficient::new("intercept".into(), intercept, error, None);
    let others = (1..size).map(|at| {
        let (_, scale) = scales[at - 1];
        let error = number(shown[at]).sqrt() * power(-i64::from(orders[at])) * unit / scale;
        Coefficient::new(
            run.plan.columns()[predictors[at - 1]].name().to_owned(),
            beta[at] / scale,
            error,
            None,
        )
    });
    Ok(Some(Value::LogisticRegression(LogisticRegression {
        coefficients: [first].into_iter().chain(others).collect(),
        log_likelihood: shown[size] as f64 / (1_u64 << INPUT_BITS) as f64,
        iterations,
    })))
}
