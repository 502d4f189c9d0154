//! Count, mean and standard error of each group.
use zeroize::Zeroizing;

use super::moments;
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        study::{
            oblivious::{total, where_same},
            report::{Group, Value},
            run::{Cohort, Run, impossible},
            suppression,
        },
    },
};

/// 1 for each row of a level, else 0: one list for each level.
pub(super) fn members(levels: &[i64], rows: &[i64], count: usize) -> Vec<Zeroizing<Vec<i64>>> {
    let count = i64::try_from(count).expect("at most 256 levels");
    let member = |level: i64| {
        let is = |(value, row): (&i64, &i64)| row & where_same(*value, level);
        Zeroizing::new(levels.iter().zip(rows).map(is).collect::<Vec<_>>())
    };
    (0..count).map(member).collect()
}

/// How many rows are in each of some groups.
pub(super) fn sizes(members: &[Zeroizing<Vec<i64>>]) -> Zeroizing<Vec<i128>> {
    Zeroizing::new(members.iter().map(|member| total(member.iter().copied())).collect())
}

/// The groups' figures. A group that is too small is hidden, with others as [`suppression`] says.
pub(super) async fn group_by<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    by: usize,
) -> Result<Option<Value>> {
    let levels = run.plan.columns()[by].levels().unwrap_or(1);
    let members = members(run.table.values(by), &cohort.rows, levels);
    let counts = run.partition(cohort, &sizes(&members)).await?;
    let (firsts, seconds) =
        moments::local_power_sums(run.table.values(column), members.iter().map(|member| &member[..]));
    let sums = moments::power_sums(run, column, &counts, &firsts, &seconds).await?.sum();
    let counts = counts.sum();
    let hidden = suppression::pattern(run, &counts).await?;
    let all = Shared::stacked(&[&counts, &sums]);
    let Some(shown) = suppression::reveal_shown(run, &all, &hidden.repeat(3)).await? else { return Ok(None) };
    let (column, by) = (&run.plan.columns()[column], &run.plan.columns()[by]);
    let group = |level: usize| {
        let figures = shown[level].zip(shown[levels + level]).zip(shown[2 * levels + level]);
        let figures = figures.map(|((n, first), second)| {
            let n = u64::try_from(n).map_err(|_| impossible())?;
            Ok((n, moments::mean_of(column, n, first, second)?))
        });
        let (n, mean) = figures.transpose()?.unzip();
        Ok(Group { level: by.level_name(level), n, mean })
    };
    Ok(Some(Value::Groups((0..levels).map(group).collect::<Result<_>>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::{
        Function,
        testing::{category, numeric, pooled, spec},
    };

    fn groups(min_cell: u64, rows: &[f64], levels: &[f64]) -> Vec<Group> {
        let columns = vec![numeric("x", 0.0, 100.0, 0.5), category("c", &["a", "b", "c"])];
        let mut spec = spec(3, columns, vec![Function::GroupBy { column: 0, by: 1 }]);
        (spec.policy.min_cell, spec.policy.min_cohort) = (min_cell, min_cell);
        match &pooled(spec, &[rows, levels])[0].value {
            Value::Groups(groups) => groups.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn figures_are_those_of_each_group() {
        let groups = groups(1, &[1.0, 2.0, 4.0, 8.0, f64::NAN], &[0.0, 2.0, 0.0, 0.0, 1.0]);
        let n: Vec<_> = groups.iter().map(|group| group.n.unwrap()).collect();
        assert_eq!(n, [3, 0, 1]);
        let mean = groups[0].mean.unwrap();
        assert!((mean.value - 13.0 / 3.0).abs() < 1e-12);
        assert!((mean.standard_error - (37.0_f64 / 9.0).sqrt()).abs() < 1e-12, "{mean:?}"); // variance 37 / 3
        assert!(groups[1].mean.unwrap().value.is_nan());
        assert_eq!((groups[2].mean.unwrap().value, &groups[2].level[..]), (2.0, "c"));
    }

    #[test]
    fn a_small_group_is_hidden_with_another() {
        let rows: Vec<f64> = (0..60).map(f64::from).collect();
        let levels: Vec<f64> = (0..60).map(|row| f64::from(if row < 2 { 0 } else { 1 + row % 2 })).collect();
        let groups = groups(5, &rows, &levels);
        assert!(groups[0].n.is_none() && groups[1].n.is_none() && groups[0].mean.is_none());
        assert_eq!(groups[2].n, Some(29));
    }
}
