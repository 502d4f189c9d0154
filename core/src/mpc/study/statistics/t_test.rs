//! Two groups' means compared by Welch's and by Student's test.
//!
//! With group sizes `n`, sums `S` and sums of squares `Q`, what is revealed are the integers `n_2 S_1 - n_1 S_2` and
//! `n_i Q_i - S_i^2`: the difference of the means and the two variances, exactly, and not the means.
use super::{groups, moments};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        statistics::distributions::{student_t_quantile, student_t_two_sided},
        study::{
            models::{TStatistic, TTest},
            report::Value,
            run::{Cohort, Run, bits_of, impossible},
        },
    },
};

/// The test; refused when a group has fewer rows than the policy's smallest cell, or fewer than two.
pub(super) async fn t_test<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    by: usize,
) -> Result<Option<Value>> {
    let members = groups::members(run.table.values(by), &cohort.rows, 2);
    let counts = run.partition(cohort, &groups::sizes(&members)).await?;
    let (firsts, seconds) =
        moments::local_power_sums(run.table.values(column), members.iter().map(|member| &member[..]));
    let sums = moments::power_sums(run, column, &counts, &firsts, &seconds).await?.sum();
    let counts = counts.sum();

    let least = B::Element::from_i128(-i128::from(run.plan.policy().min_cell.max(2)));
    let above = run.box_.add_public(&counts, &[least; 2]);
    let bits = bits_of(i128::from(crate::mpc::study::MAX_ROWS)) + 2;
    let short = run.box_.is_negative(&above, bits).await?;
    let refused = run.box_.is_negative(&-&short.sum(), 3).await?;
    if run.verdicts(&refused).await?[0] {
        return Ok(Some(Value::Refused));
    }

    let pick = |at: &[usize]| {
        Shared::stacked(&at.iter().map(|at| sums.row(*at)).collect::<Vec<_>>().iter().collect::<Vec<_>>())
    };
    let (crossed, squared) = (Shared::stacked(&[&counts.row(1), &counts.row(0)]), pick(&[0, 1]));
    let left = Shared::stacked(&[&crossed, &counts, &squared]);
    let right = Shared::stacked(&[&squared, &pick(&[2, 3]), &squared]);
    let products = run.box_.mul(&left, &right).await?;
    let difference = &products.row(0) - &products.row(1);
    let spreads = &products.rows_of(2..4) - &products.rows_of(4..6);
    let Some(shown) = run.reveal(&Shared::stacked(&[&counts, &difference, &spreads])).await? else {
        return Ok(None);
    };
    let n = |at: usize| u64::try_from(shown[at]).map_err(|_| impossible());
    let (n, described) = ([n(0)?, n(1)?], &run.plan.columns()[column]);
    let [first, second] = n.map(|n| n as f64);
    let difference = shown[2] as f64 / (first * second) * described.resolution();
    let variance = |spread: i128, n: f64| spread as f64 / (n * (n - 1.0)) * described.resolution().powi(2);
    let variances = [variance(shown[3], first), variance(shown[4], second)];
    let by = &run.plan.columns()[by];
    Ok(Some(Value::TTest(TTest {
        levels: [by.level_name(0), by.level_name(1)],
        n,
        difference,
        variances,
        welch: welch(difference, variances, [first, second]),
        pooled: pooled(difference, variances, [first, second]),
    })))
}

fn welch(difference: f64, variances: [f64; 2], n: [f64; 2]) -> TStatistic {
    let [a, b] = [variances[0] / n[0], variances[1] / n[1]];
    let degrees = (a + b).powi(2) / (a * a / (n[0] - 1.0) + b * b / (n[1] - 1.0));
    statistic(difference, (a + b).sqrt(), degrees)
}

fn pooled(difference: f64, variances: [f64; 2], n: [f64; 2]) -> TStatistic {
    let degrees = n[0] + n[1] - 2.0;
    let variance = ((n[0] - 1.0) * variances[0] + (n[1] - 1.0) * variances[1]) / degrees;
    statistic(difference, (variance / n[0] + variance / n[1]).sqrt(), degrees)
}

fn statistic(difference: f64, standard_error: f64, degrees: f64) -> TStatistic {
    let statistic = difference / standard_error;
    let reach = student_t_quantile(0.975, degrees) * standard_error;
    TStatistic {
        statistic,
        degrees,
        p_value: student_t_two_sided(statistic, degrees),
        standard_error,
        interval: (difference - reach, difference + reach),
    }
}
