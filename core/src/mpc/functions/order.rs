//! Least and greatest numbers, sorting and shuffling: by networks whose comparisons do not depend on the numbers.
use super::{
    compare::{choose, less},
    fixed::Fixed,
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

mod network;
#[cfg(test)]
mod tests;

use network::Network;

const EMPTY: Error = Error::new(ErrorKind::ShapeMismatch, "order: no number");

/// The least number of each column: one row. `ceil(log2(rows))` comparisons and multiplications one after the other.
///
/// # Errors
/// `HeadroomExhausted` for differences that the box cannot compare; `ShapeMismatch` for no rows.
pub async fn minimum<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    Ok(tournament(b, x, None).await?.0)
}

/// The greatest number of each column: one row. As [`minimum`].
///
/// # Errors
/// As there.
pub async fn maximum<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    Ok(minimum(b, &x.neg()).await?.neg())
}

/// The row of the least number of each column, the first of equal ones, counted from 0: one row of integers. As [`minimum`].
///
/// # Errors
/// As there.
pub async fn argmin<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    let rows: Vec<B::Element> = (0..x.rows())
        .flat_map(|row| (0..x.columns()).map(move |_| B::Element::from_i128(row as i128)))
        .collect();
    let rows = b.constant(&rows).reshaped(x.rows(), x.columns());
    let places = Fixed::new(rows, 0, Magnitude::new(x.rows() as u128))?;
    tournament(b, x, Some(places)).await?.1.ok_or(EMPTY)
}

/// The row of the greatest number of each column, the first of equal ones. As [`argmin`].
///
/// # Errors
/// As there.
pub async fn argmax<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    argmin(b, &x.neg()).await
}

/// The least of each column, and what belongs to it. Neighbours meet, so the earlier of two rows is always on the left.
async fn tournament<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    tags: Option<Fixed<B>>,
) -> Result<(Fixed<B>, Option<Fixed<B>>)> {
    if x.rows() == 0 || x.columns() == 0 {
        return Err(EMPTY);
    }
    let (mut best, mut tags) = (x.clone(), tags);
    while best.rows() > 1 {
        let (pairs, odd) = (best.rows() / 2, best.rows() % 2);
        let side = |of: &Fixed<B>, first: usize| {
            of.placed(|shares| {
                let rows: Vec<_> = (0..pairs).map(|pair| shares.row(2 * pair + first)).collect();
                Shared::stacked(&rows.iter().collect::<Vec<_>>())
            })
        };
        let rest = |of: &Fixed<B>| of.placed(|shares| shares.rows_of(2 * pairs..2 * pairs + odd));
        let (left, right) = (side(&best, 0), side(&best, 1));
        let right_wins = less(b, &right, &left).await?;
        match tags {
            None => {
                let winners = choose(b, &right_wins, &right, &left).await?;
                best = Fixed::stacked(&[&winners, &rest(&best)])?;
            }
            Some(of) => {
                // Both in one multiplication.
                let left = left.placed(|shares| Shared::beside(&[shares, side(&of, 0).shares()]));
                let right = right.placed(|shares| Shared::beside(&[shares, side(&of, 1).shares()]));
                let wide = Shared::beside(&[&right_wins, &right_wins]);
                let moved = b.mul(&wide, &(right.shares() - left.shares())).await?;
                let winners = Shared::stacked(&[
                    &(left.shares() + &moved),
                    &Shared::beside(&[rest(&best).shares(), rest(&of).shares()]),
                ]);
                let half = x.columns();
                let columns =
                    |range: core::ops::Range<usize>| winners.transposed().rows_of(range).transposed();
                best = best.placed(|_| columns(0..half));
                tags = Some(of.placed(|_| columns(half..2 * half)));
            }
        }
    }
    Ok((best, tags))
}

/// The keys in ascending order, each with its row of `payload`. Equal keys in any order.
///
/// Batcher's network: `t (t + 1) / 2` comparisons and multiplications one after the other, `t = ceil(log2(rows))`.
///
/// # Errors
/// `HeadroomExhausted` for differences that the box cannot compare; `ShapeMismatch` unless `keys` is a column and `payload` has its rows.
/// # Source
/// \[Knu98\] algorithm 5.2.2 M.
pub async fn sort<B: Comparison>(
    b: &mut B,
    keys: &Fixed<B>,
    payload: &Shared<B::Share>,
) -> Result<(Fixed<B>, Shared<B::Share>)> {
    smallest(b, keys, payload, keys.rows()).await
}

/// The `count` least keys in ascending order, each with its row of `payload`. As [`sort`], without the comparisons that only order the others.
///
/// # Errors
/// As there; `OutOfRange` for more than there are.
pub async fn smallest<B: Comparison>(
    b: &mut B,
    keys: &Fixed<B>,
    payload: &Shared<B::Share>,
    count: usize,
) -> Result<(Fixed<B>, Shared<B::Share>)> {
    if keys.columns() != 1 || payload.rows() != keys.rows() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "sort: a column of keys and a row for each"));
    }
    if count > keys.rows() {
        return Err(Error::new(ErrorKind::OutOfRange, "smallest: more than there are"));
    }
    let mut rows = Shared::beside(&[keys.shares(), payload]);
    let width = keys.sub(keys)?.compared_width()?;
    for layer in Network::sorting(keys.rows()).for_first(count).layers() {
        let pick = |rows: &Shared<B::Share>, of: &dyn Fn(&(usize, usize)) -> usize| {
            let picked: Vec<_> = layer.iter().map(|pair| rows.row(of(pair))).collect();
            Shared::stacked(&picked.iter().collect::<Vec<_>>())
        };
        let difference = &pick(&rows, &|pair| pair.1) - &pick(&rows, &|pair| pair.0);
        let swapped = b.is_negative(&difference.column_of(0), width).await?;
        let moved = b.mul(&swapped.repeated(rows.columns()), &difference).await?;
        let columns = rows.columns();
        for (at, (low, high)) in layer.iter().enumerate() {
            for column in 0..columns {
                let moved = moved.shares()[at * columns + column];
                let shares = rows.shares_mut();
                shares[low * columns + column] = shares[low * columns + column] + moved;
                shares[high * columns + column] = shares[high * columns + column] - moved;
            }
        }
    }
    let rows = rows.rows_of(0..count);
    let found = keys.placed(|_| rows.column_of(0));
    Ok((found, rows.transposed().rows_of(1..rows.columns()).transposed()))
}

/// The `count` greatest keys in descending order, each with its row of `payload`. As [`smallest`].
///
/// # Errors
/// As there.
pub async fn largest<B: Comparison>(
    b: &mut B,
    keys: &Fixed<B>,
    payload: &Shared<B::Share>,
    count: usize,
) -> Result<(Fixed<B>, Shared<B::Share>)> {
    let (keys, payload) = smallest(b, &keys.neg(), payload, count).await?;
    Ok((keys.neg(), payload))
}

/// The rows in an order that nobody knows: sorted by random keys.
///
/// Random bits, and a sort.
///
/// # Errors
/// `OutOfRange` for so many rows that the box cannot compare keys without repetitions.
/// # Security
/// All orders are equally likely but for what equal keys do: within `2^-41` of uniform, with keys of `40 + 2 log2(rows)` bits.
pub async fn shuffle<B: Comparison>(b: &mut B, rows: &Shared<B::Share>) -> Result<Shared<B::Share>> {
    let count = rows.rows();
    let bits = 40 + 2 * (usize::BITS - count.leading_zeros());
    if bits + 2 > B::MAX_BITS {
        return Err(Error::new(ErrorKind::OutOfRange, "shuffle: keys are wider than this box compares"));
    }
    let random = b.random_bits(count * bits as usize).await?.reshaped(bits as usize, count);
    let keys = super::mask::weighted::<B::Element, _>(&random, 0).reshaped(count, 1);
    Ok(sort(b, &Fixed::new(keys, 0, Magnitude::pow2(bits)?)?, rows).await?.1)
}

/// Row `index` of a matrix for each entry of a column of shared indices, so that nobody learns which. A test for zero and a matrix product.
///
/// # Errors
/// As [`one_hot`](super::one_hot).
pub async fn lookup<B: Comparison>(b: &mut B, rows: &Fixed<B>, index: &Fixed<B>) -> Result<Fixed<B>> {
    let places = super::compare::one_hot(b, index, rows.rows()).await?;
    let found = b.matmul(&places, rows.shares()).await?;
    Fixed::new(found, rows.fraction_bits(), rows.limit())
}
