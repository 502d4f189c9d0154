//! Which cells of a table are too small to be shown, and which others have to go with them.
//!
//! A cell is small when its count is from 1 to `min_cell - 1`. The total of a table is known, so one hidden cell could be computed
//! from the others: each small cell takes its right neighbour with it (the last one the first), and if all that is hidden so
//! adds up to less than `2 min_cell + cells`, everything is hidden. Only the final pattern is opened.
//!
//! # Security
//! Who sees the pattern, the other cells and the total still finds every value from 1 to `min_cell - 1` possible in a small cell: let
//! the hidden total be `T >= 2 m + cells`. For any wanted value `a` of one small cell let the other small ones be 1; the
//! neighbour that is left holds at least `T - a - (cells - 2) >= m + 1`, so it is a count that is not small, and the pattern is the same.
//! Several tables about the same rows are not protected from each other, beyond what each one's margins say.
use super::run::{Run, bits_of};
use crate::{
    error::Result,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// Which cells are hidden; every party learns it.
///
/// # Errors
/// Those of the box.
pub(super) async fn pattern<B: Comparison>(
    run: &mut Run<'_, B>,
    cells: &Shared<B::Share>,
) -> Result<Vec<bool>> {
    let (least, len) = (run.plan.policy().min_cell, cells.rows());
    if least <= 1 {
        return Ok(vec![false; len]);
    }
    let small = between(run, cells, least).await?;
    if len == 1 {
        return run.verdicts(&small).await;
    }
    let neighbour = Shared::stacked(&[&small.row(len - 1), &small.rows_of(0..len - 1)]);
    let hidden = either(run, &small, &neighbour).await?;
    let row = |x: &Shared<B::Share>| x.clone().reshaped(1, len);
    let total = run.box_.dot(&row(&hidden), &row(cells)).await?;
    let too_few = between(run, &total, 2 * least + len as u64).await?;
    let hidden = either(run, &hidden, &Shared::column(vec![too_few.shares()[0]; len])).await?;
    run.verdicts(&hidden).await
}

/// Whether any cell is small; every party learns it.
///
/// # Errors
/// Those of the box.
pub(super) async fn any_small<B: Comparison>(run: &mut Run<'_, B>, cells: &Shared<B::Share>) -> Result<bool> {
    let least = run.plan.policy().min_cell;
    if least <= 1 {
        return Ok(false);
    }
    let small = between(run, cells, least).await?.sum();
    let any = run.box_.is_negative(&-&small, bits_of(cells.rows() as i128) + 2).await?;
    Ok(run.verdicts(&any).await?[0])
}

/// 1 where a count is from 1 to `end - 1`, else 0.
async fn between<B: Comparison>(
    run: &mut Run<'_, B>,
    counts: &Shared<B::Share>,
    end: u64,
) -> Result<Shared<B::Share>> {
    let minus = |value: u64| vec![-B::Element::from_i128(i128::from(value)); counts.rows()];
    let shifted = [run.box_.add_public(counts, &minus(end)), run.box_.add_public(counts, &minus(1))];
    let bits = bits_of(i128::from(super::plan::MAX_ROWS)) + 2;
    let negative = run.box_.is_negative(&Shared::stacked(&[&shifted[0], &shifted[1]]), bits).await?;
    Ok(&negative.rows_of(0..counts.rows()) - &negative.rows_of(counts.rows()..2 * counts.rows()))
}

/// The disjunction of bits.
async fn either<B: Comparison>(
    run: &mut Run<'_, B>,
    x: &Shared<B::Share>,
    y: &Shared<B::Share>,
) -> Result<Shared<B::Share>> {
    let both = run.box_.mul(x, y).await?;
    Ok(&(x + y) - &both)
}

/// Tells the receivers the cells that are not hidden.
///
/// # Errors
/// Those of the box.
pub(super) async fn reveal_shown<B: Comparison>(
    run: &mut Run<'_, B>,
    cells: &Shared<B::Share>,
    hidden: &[bool],
) -> Result<Option<Vec<Option<i128>>>> {
    let shown: Vec<_> =
        cells.shares().iter().zip(hidden).filter(|(_, hidden)| !**hidden).map(|(x, _)| *x).collect();
    // All parties know the pattern, so all of them leave the call out when nothing is shown.
    let revealed = match shown.is_empty() {
        true => run.is_receiver().then(Vec::new),
        false => run.reveal(&Shared::column(shown)).await?,
    };
    Ok(revealed.map(|values| {
        let mut values = values.into_iter();
        hidden.iter().map(|hidden| if *hidden { None } else { values.next() }).collect()
    }))
}
