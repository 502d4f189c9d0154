//! The smallest, the largest and the k largest values, without whose they are.
use zeroize::Zeroizing;

use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        study::{
            report::{Figure, Value},
            run::{Cohort, Run, bits_of},
        },
    },
};

/// The largest value, or with `sign` -1 the smallest.
pub(super) async fn extreme<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    sign: i64,
) -> Result<Option<Value>> {
    let largest = largest(run, cohort, column, sign, 1).await?;
    Ok(largest.map(|values| Value::Figure(Figure::exact(values[0]))))
}

/// The `k` largest values, or as many as there are rows.
pub(super) async fn top<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    k: usize,
) -> Result<Option<Value>> {
    Ok(largest(run, cohort, column, 1, k).await?.map(Value::Values))
}

/// The largest values of all parties, by merging their sorted lists two by two.
async fn largest<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    column: usize,
    sign: i64,
    k: usize,
) -> Result<Option<Vec<f64>>> {
    let (low, high) = run.plan.columns()[column].bounds();
    let (low, high) = if sign < 0 { (-high, -low) } else { (low, high) };
    // Below every value: what fills a list up.
    let none = low - 1;
    let len = k.next_power_of_two();
    let mine = local_largest(run.table.values(column), &cohort.rows, sign, none, len);
    let mut lists = sorted_lists(run, &mine, none, high).await?;
    let bits = bits_of(i128::from(high - none)) + 2;
    while lists.len() > 1 {
        let single = if lists.len() % 2 == 1 { lists.pop() } else { None };
        lists = merged(run, &lists, bits).await?;
        lists.extend(single);
    }
    let revealed = run.reveal(&lists[0].rows_of(0..k)).await?;
    let column = &run.plan.columns()[column];
    let value = |value: i128| i64::try_from(value).ok().filter(|value| *value > none);
    Ok(revealed.map(|values| {
        values.into_iter().filter_map(value).map(|value| column.decode(sign * value)).collect()
    }))
}

/// This party's largest values times `sign`, in descending order, filled up with `none`.
fn local_largest(values: &[i64], rows: &[i64], sign: i64, none: i64, len: usize) -> Zeroizing<Vec<i128>> {
    let mut largest = Zeroizing::new(vec![none; len]);
    for (value, row) in values.iter().zip(rows) {
        let mut value = none.wrapping_add(value.wrapping_mul(sign).wrapping_sub(none).wrapping_mul(*row));
        for slot in largest.iter_mut() {
            (*slot, value) = ((*slot).max(value), (*slot).min(value));
        }
    }
    Zeroizing::new(largest.iter().map(|value| i128::from(*value)).collect())
}

/// Every party's list, proven to descend from at most `high` to at least `none`.
async fn sorted_lists<B: Comparison>(
    run: &mut Run<'_, B>,
    mine: &[i128],
    none: i64,
    high: i64,
) -> Result<Vec<Shared<B::Share>>> {
    let lists = run.enter(mine).await?.shares;
    let element = |value: i64| B::Element::from_i128(i128::from(value));
    let (top, bottom) = (run.box_.constant(&[element(high)]), run.box_.constant(&[element(none)]));
    let steps =
        |list: &Shared<B::Share>| &Shared::stacked(&[&top, list]) - &Shared::stacked(&[list, &bottom]);
    let steps: Vec<_> = lists.iter().map(steps).collect();
    let above = core::iter::once(i128::from(high)).chain(mine.iter().copied());
    let below = mine.iter().copied().chain([i128::from(none)]);
    let steps_of_mine = Zeroizing::new(above.zip(below).map(|(a, b)| a.wrapping_sub(b)).collect::<Vec<_>>());
    let width = bits_of(i128::from(high - none));
    run.require(&steps_of_mine, &steps, &vec![width; mine.len() + 1]).await?;
    Ok(lists)
}

/// The largest half of each two lists that follow each other, in descending order.
///
/// # Source
/// \[Bat68\]: `max(a_i, b_(last - i))` are the largest of two sorted lists, and bitonic, so half-cleaners sort them.
async fn merged<B: Comparison>(
    run: &mut Run<'_, B>,
    lists: &[Shared<B::Share>],
    bits: u32,
) -> Result<Vec<Shared<B::Share>>> {
    let len = lists[0].rows();
    let joined = |parts: Vec<Vec<B::Share>>| Shared::column(parts.concat());
    let ascending = |list: &Shared<B::Share>| list.shares().iter().rev().copied().collect::<Vec<_>>();
    let left = joined(lists.iter().step_by(2).map(|list| list.shares().to_vec()).collect());
    let right = joined(lists.iter().skip(1).step_by(2).map(ascending).collect());
    let (mut best, _) = exchanged(run, &left, &right, bits).await?;
    let mut distance = len / 2;
    while distance > 0 {
        let places: Vec<_> = (0..best.rows()).filter(|at| at & distance == 0).collect();
        let pick = |shift: usize| Shared::column(places.iter().map(|at| best.shares()[at + shift]).collect());
        let (larger, smaller) = exchanged(run, &pick(0), &pick(distance), bits).await?;
        for (at, place) in places.iter().enumerate() {
            best.shares_mut()[*place] = larger.shares()[at];
            best.shares_mut()[place + distance] = smaller.shares()[at];
        }
        distance /= 2;
    }
    Ok((0..best.rows() / len).map(|list| best.rows_of(list * len..(list + 1) * len)).collect())
}

/// The larger and the smaller of each two values.
async fn exchanged<B: Comparison>(
    run: &mut Run<'_, B>,
    x: &Shared<B::Share>,
    y: &Shared<B::Share>,
    bits: u32,
) -> Result<(Shared<B::Share>, Shared<B::Share>)> {
    let difference = y - x;
    let smaller = run.box_.is_negative(&-&difference, bits).await?;
    let change = run.box_.mul(&smaller, &difference).await?;
    Ok((x + &change, y - &change))
}

#[cfg(test)]
mod tests {
    use crate::mpc::study::{
        Function, Value,
        testing::{numeric, pooled, spec},
    };

    #[test]
    fn extremes_are_those_of_the_rows() {
        let functions = vec![
            Function::Minimum { column: 0 },
            Function::Maximum { column: 0 },
            Function::TopK { column: 0, k: 3 },
        ];
        let rows = [3.0, f64::NAN, -4.5, 17.0, 17.0, 2.0];
        let outcomes = pooled(spec(3, vec![numeric("x", -10.0, 20.0, 0.5)], functions), &[&rows]);
        let figure = |at: usize| match &outcomes[at].value {
            Value::Figure(figure) => figure.value,
            other => panic!("{other:?}"),
        };
        assert_eq!((figure(0), figure(1)), (-4.5, 17.0));
        assert_eq!(outcomes[2].value, Value::Values(vec![17.0, 17.0, 3.0]));
    }

    #[test]
    fn fewer_rows_than_asked_for_are_all_shown() {
        let functions = vec![Function::TopK { column: 0, k: 5 }];
        let outcomes = pooled(spec(3, vec![numeric("x", 0.0, 20.0, 1.0)], functions), &[&[0.0, 20.0]]);
        assert_eq!(outcomes[0].value, Value::Values(vec![20.0, 0.0]));
    }
}
