//! What is too large to be computed, found before anybody signs it.
use super::{
    function::{Function, Ties},
    plan::PlanSpec,
    run::bits_of,
};
use crate::error::{Error, ErrorKind, Result};

/// The most values that one step of a function may share at once: bits that prove ranges, or masks of comparisons.
pub const MAX_VALUES: u64 = 1 << 25;
/// The most groups of survival curves: their log-rank test sweeps a matrix with a row for each but one.
pub const MAX_CURVES: usize = 64;
/// The most bits of the number of rows, times that of ties, in Cox regression. With more, weights could differ by less than a factor
/// of `2^6` before their quotients were too coarse.
const COX_BITS: u32 = 28;
/// The bits of a mask, with those behind the point of what it hides.
const MASK_BITS: u64 = 150;
/// The bits behind the point of what parties put into regressions, and their sign.
const INPUT_BITS: u64 = 46;

/// Checks that a question can be computed of so many rows of so many parties, whatever they are. Moments, and regressions from them, always
/// can: their widest numbers have 2 (31 + 32) bits, of rows and columns, and 142 when they are scaled.
///
/// # Errors
/// `InvalidParams` naming what is too large.
pub(super) fn check(function: &Function, spec: &PlanSpec) -> Result<()> {
    let parties = spec.parties.len() as u64;
    let rows = parties * spec.max_rows;
    let (row_bits, own_bits) = (bits_of(i128::from(rows)), u64::from(bits_of(i128::from(spec.max_rows))));
    let levels = |at: usize| spec.columns[at].levels().unwrap_or(1) as u64;
    let more_rows = |predictors: usize| match rows > predictors as u64 + 1 {
        true => Ok(()),
        false => Err(invalid("function: not more rows than coefficients")),
    };
    match function {
        Function::TopK { k, .. } if rows < *k as u64 => Err(invalid("function: k, more than all rows")),
        Function::Contingency { row, column } => within(parties * levels(*row) * levels(*column) * own_bits),
        Function::LinearRegression { predictors, .. } | Function::LogisticRegression { predictors, .. } => {
            more_rows(predictors.len())
        }
        Function::KaplanMeier { by, bins, .. } => {
            let groups = by.map_or(1, |by| spec.columns[by].levels().unwrap_or(1));
            if groups > MAX_CURVES {
                return Err(invalid("function: more than 64 groups of survival curves"));
            }
            let cells = (groups * bins) as u64;
            within((parties * 2 * cells * own_bits).max(cells * MASK_BITS))
        }
        Function::Cox { predictors, bins, ties, .. } => {
            more_rows(predictors.len())?;
            let (sets, terms, tie_bits) = match ties {
                Ties::Breslow => (1, 1, 0),
                Ties::Efron { most } => (2, *most as u64, bits_of(*most as i128)),
            };
            if row_bits + tie_bits > COX_BITS {
                return Err(invalid("function: too many rows, or ties, for the weights of Cox regression"));
            }
            let bins = *bins as u64;
            let put_in = parties * sets * bins * 2 * kinds(predictors.len()) * (own_bits + INPUT_BITS);
            within(put_in.max(terms * bins * kinds(predictors.len()) * MASK_BITS))
        }
        _ => Ok(()),
    }
}

/// One, so many values, and all products of two of them.
fn kinds(values: usize) -> u64 {
    let values = values as u64;
    1 + values + values * (values + 1) / 2
}

fn within(values: u64) -> Result<()> {
    match values <= MAX_VALUES {
        true => Ok(()),
        false => Err(invalid("function: more than 2^25 values at once")),
    }
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}

#[cfg(test)]
mod tests {
    use super::super::{
        Column, ColumnKind, Function, Plan, PlanSpec, Ties,
        testing::{category, numeric, spec},
    };
    use crate::error::ErrorKind;

    fn columns() -> Vec<Column> {
        let names: Vec<String> = (0..256).map(|level| format!("level {level}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut columns = vec![
            Column::new("time", "", ColumnKind::Time { high: 1024.0, resolution: 1.0 }).unwrap(),
            Column::new("event", "", ColumnKind::Event).unwrap(),
            category("many", &names),
            category("others", &names),
            category("curves", &names[..64]),
            category("too many", &names[..65]),
        ];
        columns.extend((0..64).map(|at| numeric(&format!("x{at}"), -1.0, 1.0, 0.001)));
        columns
    }

    const X: usize = 6;

    /// What a plan says to a question of 3 parties with 1000 rows each, after a change.
    fn said(function: Function, change: impl Fn(&mut PlanSpec)) -> Option<&'static str> {
        let mut spec = spec(3, columns(), vec![function]);
        change(&mut spec);
        let error = Plan::new(spec).err()?;
        assert_eq!(error.kind(), ErrorKind::InvalidParams);
        Some(error.what())
    }

    fn rows(max_rows: u64) -> impl Fn(&mut PlanSpec) {
        move |spec| spec.max_rows = max_rows
    }

    fn cox(predictors: usize, bins: usize, ties: Ties) -> Function {
        Function::Cox {
            time: 0,
            event: 1,
            predictors: (X..X + predictors).collect(),
            bins,
            iterations: 3,
            ties,
        }
    }

    const TOO_MANY: Option<&str> = Some("function: more than 2^25 values at once");

    #[test]
    fn tables_and_curves_have_their_size() {
        let table = || Function::Contingency { row: 2, column: 3 };
        assert_eq!(said(table(), rows(1000)), None);
        // 65,536 cells of 3 parties leave 170 bits, of 50 parties 10.
        let all = |spec: &mut PlanSpec| {
            *spec = super::super::testing::spec(50, columns(), vec![table()]);
            spec.max_rows = 1024;
        };
        assert_eq!(said(table(), all), TOO_MANY);
        let curves = |by| Function::KaplanMeier { time: 0, event: 1, by: Some(by), bins: 1024 };
        assert_eq!(said(curves(4), rows(1000)), None);
        assert_eq!(said(curves(5), rows(1000)), Some("function: more than 64 groups of survival curves"));
        let all = |spec: &mut PlanSpec| *spec = super::super::testing::spec(50, columns(), vec![curves(4)]);
        assert_eq!(said(curves(4), all), TOO_MANY);
    }

    #[test]
    fn regressions_have_their_size() {
        let too_wide = Some("function: too many rows, or ties, for the weights of Cox regression");
        // 3 * 89,478,485 is the last number of 28 bits that 3 divides.
        assert_eq!(said(cox(1, 10, Ties::Breslow), rows(89_478_485)), None);
        assert_eq!(said(cox(1, 10, Ties::Breslow), rows(89_478_486)), too_wide);
        let efron = |most| cox(1, 10, Ties::Efron { most });
        assert_eq!(said(efron(31), rows(1 << 21)), None);
        assert_eq!(said(efron(32), rows(1 << 21)), too_wide);
        assert_eq!(said(efron(0), rows(1000)), Some("function: ties, 1 to 1,024"));
        assert_eq!(said(efron(1025), rows(1000)), Some("function: ties, 1 to 1,024"));
        // Sums over bins of 62 predictors and all their products.
        assert_eq!(said(cox(62, 49, Ties::Breslow), rows(1000)), None);
        assert_eq!(said(cox(62, 50, Ties::Breslow), rows(1000)), TOO_MANY);
        // 223,696 terms of 150 bits.
        assert_eq!(said(cox(1, 1024, Ties::Efron { most: 72 }), rows(1000)), None);
        assert_eq!(said(cox(1, 1024, Ties::Efron { most: 73 }), rows(1000)), TOO_MANY);
    }

    #[test]
    fn models_need_more_rows_than_coefficients() {
        let few = Some("function: not more rows than coefficients");
        let predictors: Vec<usize> = (X..X + 5).collect();
        let linear = Function::LinearRegression { outcome: X + 5, predictors: predictors.clone() };
        let logistic = Function::LogisticRegression { outcome: 1, predictors, iterations: 3 };
        for function in [linear, logistic, cox(5, 4, Ties::Breslow)] {
            assert_eq!(said(function.clone(), rows(2)), few);
            assert_eq!(said(function, rows(3)), None);
        }
        let top = |k| Function::TopK { column: X, k };
        assert_eq!(said(top(100), rows(34)), None);
        assert_eq!(said(top(100), rows(33)), Some("function: k, more than all rows"));
        let cohort = |spec: &mut PlanSpec| spec.policy.min_cohort = 3001;
        assert_eq!(said(top(1), cohort), Some("plan: min_cohort, more than all rows"));
    }
}
