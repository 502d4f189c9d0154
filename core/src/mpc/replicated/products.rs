//! Each party's own summand of products.
use core::ops::Range;

use super::{pair::Pair, word::Word};

/// Entry by entry, some at a time.
pub(super) fn by_entry<'a, W: Word>(
    x: &'a [Pair<W>],
    y: &'a [Pair<W>],
) -> impl FnMut(Range<usize>, &mut [W]) + Send + use<'a, W> {
    |part, out| {
        for (out, (x, y)) in out.iter_mut().zip(x[part.clone()].iter().zip(&y[part])) {
            *out = x.times(*y);
        }
    }
}

/// The sum of the products.
pub(super) fn sum<W: Word>(x: &[Pair<W>], y: &[Pair<W>]) -> W {
    x.iter().zip(y).fold(W::default(), |sum, (x, y)| sum + x.times(*y))
}

/// Row by row, the sum of the products.
pub(super) fn by_row<W: Word>(x: &[Pair<W>], y: &[Pair<W>], rows: usize, columns: usize) -> Vec<W> {
    if columns == 0 {
        return vec![W::default(); rows];
    }
    x.chunks_exact(columns).zip(y.chunks_exact(columns)).map(|(x, y)| sum(x, y)).collect()
}

/// The entries of the product of a matrix of `inner` columns and one of `inner` rows and `columns` columns.
pub(super) fn matrix<W: Word>(
    x: &[Pair<W>],
    y: &[Pair<W>],
    rows: usize,
    inner: usize,
    columns: usize,
) -> Vec<W> {
    if inner == 0 || columns == 0 {
        return vec![W::default(); rows * columns];
    }
    // By columns, so that what is added up lies side by side.
    let mut by_column = Vec::with_capacity(y.len());
    for column in 0..columns {
        by_column.extend(y.iter().skip(column).step_by(columns).copied());
    }
    let mut product = Vec::with_capacity(rows * columns);
    for row in x.chunks_exact(inner) {
        product.extend(by_column.chunks_exact(inner).map(|column| sum(row, column)));
    }
    by_column.iter_mut().for_each(zeroize::Zeroize::zeroize);
    product
}
