//! The table of two categories, with the chi-square test and the odds ratio.
use zeroize::Zeroizing;

use super::{counts, groups};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        statistics::distributions::chi_square_sf,
        study::{
            report::{ChiSquare, Contingency, Figure, Value},
            run::{Cohort, Run, impossible},
            suppression,
        },
    },
};

/// The 0.975 quantile of the normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// The table. When a cell is small no cell is shown, but the totals, of which small ones are hidden with others: in a table with
/// known totals hidden cells need so many others beside them that little would be left. The tests are
/// computed from the cells, and only when they are shown.
pub(super) async fn contingency<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    row: usize,
    column: usize,
) -> Result<Option<Value>> {
    let described = |at: usize| &run.plan.columns()[at];
    let levels = |at: usize| described(at).levels().unwrap_or(1);
    let names = |at: usize| (0..levels(at)).map(|level| described(at).level_name(level)).collect::<Vec<_>>();
    let ((height, width), (rows, columns)) = ((levels(row), levels(column)), (names(row), names(column)));
    let in_rows = groups::members(run.table.values(row), &cohort.rows, height);
    let mine = in_rows.iter().flat_map(|rows| {
        let cells = groups::members(run.table.values(column), rows, width);
        groups::sizes(&cells).to_vec()
    });
    let mine = Zeroizing::new(mine.collect::<Vec<_>>());
    let cells = run.partition(cohort, &mine).await?.sum();
    if suppression::any_small(run, &cells).await? {
        let table = cells.reshaped(height, width);
        let row_totals = shown_totals(run, &table.row_sums()).await?;
        let column_totals = shown_totals(run, &table.transposed().row_sums()).await?;
        return Ok(row_totals.zip(column_totals).map(|(row_totals, column_totals)| {
            let counts = vec![None; height * width];
            Value::Contingency(Contingency {
                rows,
                columns,
                counts,
                row_totals,
                column_totals,
                test: None,
                odds_ratio: None,
            })
        }));
    }
    let Some(revealed) = run.reveal(&cells).await? else { return Ok(None) };
    let counts: Vec<u64> = revealed
        .into_iter()
        .map(|count| u64::try_from(count).map_err(|_| impossible()))
        .collect::<Result<_>>()?;
    let row_totals: Vec<u64> = counts.chunks_exact(width).map(|row| row.iter().sum()).collect();
    let column_totals: Vec<u64> = (0..width).map(|at| counts.iter().skip(at).step_by(width).sum()).collect();
    let test = chi_square(&counts, &row_totals, &column_totals);
    let odds_ratio = <&[u64; 4]>::try_from(&counts[..]).ok().filter(|_| width == 2).map(odds_ratio);
    let shown = |counts: Vec<u64>| counts.into_iter().map(Some).collect();
    Ok(Some(Value::Contingency(Contingency {
        rows,
        columns,
        counts: shown(counts),
        row_totals: shown(row_totals),
        column_totals: shown(column_totals),
        test: Some(test),
        odds_ratio,
    })))
}

async fn shown_totals<B: Comparison>(
    run: &mut Run<'_, B>,
    totals: &Shared<B::Share>,
) -> Result<Option<Vec<Option<u64>>>> {
    let hidden = suppression::pattern(run, totals).await?;
    suppression::reveal_shown(run, totals, &hidden).await?.map(counts).transpose()
}

/// Pearson's test of independence. Levels without rows are left out; NaN when fewer than two are left.
fn chi_square(counts: &[u64], row_totals: &[u64], column_totals: &[u64]) -> ChiSquare {
    let n: f64 = row_totals.iter().map(|total| *total as f64).sum();
    let width = column_totals.len();
    let used = |totals: &[u64]| totals.iter().filter(|total| **total > 0).count();
    let degrees = used(row_totals).saturating_sub(1) * used(column_totals).saturating_sub(1);
    // Yates moves each count of a two by two table half a row towards the expected one, but not beyond.
    let sum = |yates: f64| -> f64 {
        let term = |(at, count): (usize, &u64)| {
            let expected = row_totals[at / width] as f64 * column_totals[at % width] as f64 / n;
            let off = (*count as f64 - expected).abs();
            if expected > 0.0 { (off - yates.min(off)).powi(2) / expected } else { 0.0 }
        };
        counts.iter().enumerate().map(term).sum()
    };
    let (statistic, corrected) = match degrees {
        0 => (f64::NAN, f64::NAN),
        1 => (sum(0.0), sum(0.5)),
        _ => (sum(0.0), sum(0.0)),
    };
    let p_value = |statistic| chi_square_sf(statistic, degrees as f64);
    ChiSquare {
        statistic,
        degrees,
        p_value: p_value(statistic),
        corrected,
        corrected_p_value: p_value(corrected),
    }
}

/// The odds ratio and Woolf's interval on the logarithm; the standard error is that of the logarithm.
fn odds_ratio([a, b, c, d]: &[u64; 4]) -> Figure {
    let [a, b, c, d] = [a, b, c, d].map(|count| *count as f64);
    let value = a * d / (b * c);
    let standard_error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    let factor = (NORMAL_975 * standard_error).exp();
    Figure { value, standard_error, interval: (value / factor, value * factor) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::{
        statistics::distributions::normal_two_sided,
        study::{
            Function,
            testing::{category, pooled, spec},
        },
    };

    fn table(min_cell: u64, cells: &[(f64, f64, usize)]) -> Contingency {
        let columns = vec![category("r", &["r0", "r1"]), category("c", &["c0", "c1"])];
        let mut spec = spec(3, columns, vec![Function::Contingency { row: 0, column: 1 }]);
        (spec.policy.min_cell, spec.policy.min_cohort) = (min_cell, min_cell);
        let of = |pick: fn(&(f64, f64, usize)) -> f64| -> Vec<f64> {
            cells.iter().flat_map(|cell| vec![pick(cell); cell.2]).collect()
        };
        match &pooled(spec, &[&of(|cell| cell.0), &of(|cell| cell.1)])[0].value {
            Value::Contingency(table) => table.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn figures_are_those_of_the_tables() {
        let table = table(1, &[(0.0, 0.0, 10), (0.0, 1.0, 20), (1.0, 0.0, 30), (1.0, 1.0, 15)]);
        assert_eq!(table.counts, [Some(10), Some(20), Some(30), Some(15)]);
        assert_eq!(
            (&table.row_totals[..], &table.column_totals[..]),
            (&[Some(30), Some(45)][..], &[Some(40), Some(35)][..])
        );
        let test = table.test.unwrap();
        // chi2 = n (ad - bc)^2 / (r0 r1 c0 c1), and with n (|ad - bc| - n / 2)^2
        let margins = 30.0 * 45.0 * 40.0 * 35.0;
        assert!((test.statistic - 75.0 * 450.0_f64.powi(2) / margins).abs() < 1e-12);
        assert!((test.corrected - 75.0 * 412.5_f64.powi(2) / margins).abs() < 1e-12);
        // With one degree of freedom the statistic is the square of a normal variable.
        assert!((test.p_value - normal_two_sided(test.statistic.sqrt())).abs() < 1e-14);
        assert!((test.corrected_p_value - normal_two_sided(test.corrected.sqrt())).abs() < 1e-14);
        assert_eq!(test.degrees, 1);
        let odds = table.odds_ratio.unwrap();
        assert!((odds.value - 0.25).abs() < 1e-15);
        // 0.25 exp(-+1.959964 sqrt(1/10 + 1/20 + 1/30 + 1/15)), as statsmodels Table2x2.oddsratio_confint
        assert!(
            (odds.interval.0 - 0.093_829_5).abs() < 1e-6 && (odds.interval.1 - 0.666_102).abs() < 1e-6,
            "{odds:?}"
        );
    }

    #[test]
    fn a_small_cell_hides_the_cells_and_keeps_the_totals() {
        let table = table(5, &[(0.0, 0.0, 20), (0.0, 1.0, 4), (1.0, 0.0, 30), (1.0, 1.0, 40)]);
        assert_eq!(table.counts, [None; 4]);
        assert_eq!(
            (&table.row_totals[..], &table.column_totals[..]),
            (&[Some(24), Some(70)][..], &[Some(50), Some(44)][..])
        );
        assert!(table.test.is_none() && table.odds_ratio.is_none());
    }

    #[test]
    fn small_totals_are_hidden_too() {
        let table = table(5, &[(0.0, 0.0, 2), (0.0, 1.0, 1), (1.0, 0.0, 30), (1.0, 1.0, 40)]);
        assert_eq!(table.row_totals, [None; 2]);
        assert_eq!(table.column_totals, [Some(32), Some(41)]);
    }

    #[test]
    fn empty_cells_are_not_small() {
        let table = table(5, &[(0.0, 0.0, 20), (1.0, 1.0, 40)]);
        assert_eq!(table.counts, [Some(20), Some(0), Some(0), Some(40)]);
        assert!(table.odds_ratio.unwrap().value.is_infinite());
    }
}
