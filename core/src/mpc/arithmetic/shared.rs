//! A party's shares of a matrix.
use core::{
    fmt,
    ops::{Add, Mul, Neg, Range, Sub},
};

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A party's share of one value: linear, with zero as default.
pub trait Share<E>:
    Copy
    + Default
    + Send
    + Sync
    + Zeroize
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + Mul<E, Output = Self>
    + 'static
{
}

impl<E, S> Share<E> for S where
    S: Copy
        + Default
        + Send
        + Sync
        + Zeroize
        + Add<Output = S>
        + Sub<Output = S>
        + Neg<Output = S>
        + Mul<E, Output = S>
        + 'static
{
}

/// One party's shares of a matrix, row after row. A vector is a matrix of one column. Wiped when dropped.
///
/// # Panics
/// Operators panic on operands of two shapes, and methods on places outside the matrix: shapes are public, and a
/// wrong one is a mistake in the program.
#[derive(Clone)]
pub struct Shared<S: Zeroize> {
    shares: Vec<S>,
    rows: usize,
    columns: usize,
}

impl<S: Zeroize> Shared<S> {
    /// A matrix from its rows, one after the other.
    ///
    /// # Panics
    /// Unless there are `rows * columns` shares.
    pub fn new(shares: Vec<S>, rows: usize, columns: usize) -> Self {
        assert_eq!(Some(shares.len()), rows.checked_mul(columns), "a share for each entry");
        Self { shares, rows, columns }
    }

    /// A column.
    pub fn column(shares: Vec<S>) -> Self {
        let rows = shares.len();
        Self { shares, rows, columns: 1 }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.shares.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// Whether the other has as many rows and columns.
    pub fn same_shape<T: Zeroize>(&self, other: &Shared<T>) -> bool {
        (self.rows, self.columns) == (other.rows, other.columns)
    }

    /// The shares, row after row.
    pub fn shares(&self) -> &[S] {
        &self.shares
    }

    /// The shares, to be changed.
    pub fn shares_mut(&mut self) -> &mut [S] {
        &mut self.shares
    }

    /// The same shares in another shape.
    ///
    /// # Panics
    /// Unless it has as many entries.
    pub fn reshaped(mut self, rows: usize, columns: usize) -> Self {
        Self::new(core::mem::take(&mut self.shares), rows, columns)
    }
}

impl<S: Copy + Default + Zeroize> Shared<S> {
    /// Shares of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self::new(vec![S::default(); rows * columns], rows, columns)
    }

    /// A matrix of the same shape with each share changed.
    pub fn map<T: Zeroize>(&self, change: impl FnMut(S) -> T) -> Shared<T> {
        Shared::new(self.shares.iter().copied().map(change).collect(), self.rows, self.columns)
    }

    /// A matrix of the same shape from two, entry by entry.
    pub fn zip<T: Copy + Zeroize, U: Zeroize>(
        &self,
        other: &Shared<T>,
        mut join: impl FnMut(S, T) -> U,
    ) -> Shared<U> {
        assert!(self.same_shape(other), "two shapes");
        let joined = self.shares.iter().zip(&other.shares).map(|(a, b)| join(*a, *b)).collect();
        Shared::new(joined, self.rows, self.columns)
    }

    /// One row, as a matrix of one row.
    pub fn row(&self, row: usize) -> Self {
        self.rows_of(row..row + 1)
    }

    /// Some rows that follow each other.
    pub fn rows_of(&self, rows: Range<usize>) -> Self {
        let shares = self.shares[rows.start * self.columns..rows.end * self.columns].to_vec();
        Self::new(shares, rows.len(), self.columns)
    }

    /// One column.
    pub fn column_of(&self, column: usize) -> Self {
        assert!(column < self.columns, "a column outside the matrix");
        Self::column(self.shares.iter().skip(column).step_by(self.columns).copied().collect())
    }

    /// One entry, as a matrix of one row and one column.
    pub fn entry(&self, row: usize, column: usize) -> Self {
        assert!(column < self.columns, "a column outside the matrix");
        Self::new(vec![self.shares[row * self.columns + column]], 1, 1)
    }

    /// All of these one below the other.
    ///
    /// # Panics
    /// For different numbers of columns, and for none at all.
    pub fn stacked(parts: &[&Self]) -> Self {
        let columns = parts.first().expect("one at least").columns;
        assert!(parts.iter().all(|part| part.columns == columns), "two widths");
        let shares: Vec<S> = parts.iter().flat_map(|part| part.shares.iter().copied()).collect();
        Self::new(shares, parts.iter().map(|part| part.rows).sum(), columns)
    }

    /// All of these side by side.
    ///
    /// # Panics
    /// For different numbers of rows, and for none at all.
    pub fn beside(parts: &[&Self]) -> Self {
        let rows = parts.first().expect("one at least").rows;
        assert!(parts.iter().all(|part| part.rows == rows), "two heights");
        let mut shares = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for row in 0..rows {
            for part in parts {
                shares.extend_from_slice(&part.shares[row * part.columns..(row + 1) * part.columns]);
            }
        }
        Self::new(shares, rows, parts.iter().map(|part| part.columns).sum())
    }

    /// Rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let shares = (0..self.columns)
            .flat_map(|column| self.shares.iter().skip(column).step_by(self.columns).copied())
            .collect();
        Self::new(shares, self.columns, self.rows)
    }

    /// A column once for each of `columns` columns.
    ///
    /// # Panics
    /// For more than one column.
    pub fn repeated(&self, columns: usize) -> Self {
        assert_eq!(self.columns, 1, "one column");
        let shares = self.shares.iter().flat_map(|share| core::iter::repeat_n(*share, columns)).collect();
        Self::new(shares, self.rows, columns)
    }

    /// The sum of all entries, as one entry.
    pub fn sum(&self) -> Self
    where
        S: Add<Output = S>,
    {
        let sum = self.shares.iter().fold(S::default(), |sum, share| sum + *share);
        Self::new(vec![sum], 1, 1)
    }

    /// The sum of each row, as a column.
    pub fn row_sums(&self) -> Self
    where
        S: Add<Output = S>,
    {
        let sum = |row: &[S]| row.iter().fold(S::default(), |sum, share| sum + *share);
        match self.columns {
            0 => Self::zeros(self.rows, 1),
            columns => Self::column(self.shares.chunks_exact(columns).map(sum).collect()),
        }
    }

    /// Every entry times one public value.
    pub fn scaled<E: Copy>(&self, factor: E) -> Self
    where
        S: Mul<E, Output = S>,
    {
        self.map(|share| share * factor)
    }

    /// Every entry times a public value of its own, in the order of rows.
    ///
    /// # Panics
    /// Unless there is one for each entry.
    pub fn scaled_by<E: Copy>(&self, factors: &[E]) -> Self
    where
        S: Mul<E, Output = S>,
    {
        assert_eq!(self.len(), factors.len(), "a factor for each entry");
        let shares = self.shares.iter().zip(factors).map(|(share, factor)| *share * *factor).collect();
        Self::new(shares, self.rows, self.columns)
    }
}

impl<S: Copy + Default + Zeroize + Add<Output = S>> Add for &Shared<S> {
    type Output = Shared<S>;

    fn add(self, other: Self) -> Shared<S> {
        self.zip(other, |a, b| a + b)
    }
}

impl<S: Copy + Default + Zeroize + Sub<Output = S>> Sub for &Shared<S> {
    type Output = Shared<S>;

    fn sub(self, other: Self) -> Shared<S> {
        self.zip(other, |a, b| a - b)
    }
}

impl<S: Copy + Default + Zeroize + Neg<Output = S>> Neg for &Shared<S> {
    type Output = Shared<S>;

    fn neg(self) -> Shared<S> {
        self.map(|share| -share)
    }
}

impl<S: Zeroize> Drop for Shared<S> {
    fn drop(&mut self) {
        self.shares.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl<S: Zeroize> ZeroizeOnDrop for Shared<S> {}

impl<S: Zeroize> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({} x {})", self.rows, self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{field::Fp61, mpc::arithmetic::Element};

    fn matrix(values: &[i128], rows: usize, columns: usize) -> Shared<Fp61> {
        Shared::new(values.iter().map(|value| Fp61::from_i128(*value)).collect(), rows, columns)
    }

    fn same(found: &Shared<Fp61>, values: &[i128], rows: usize, columns: usize) {
        assert_eq!((found.rows(), found.columns()), (rows, columns));
        assert_eq!(found.shares(), matrix(values, rows, columns).shares());
    }

    #[test]
    fn parts_and_joins_keep_rows_together() {
        let m = matrix(&[1, 2, 3, 4, 5, 6], 2, 3);
        same(&m.row(1), &[4, 5, 6], 1, 3);
        same(&m.column_of(2), &[3, 6], 2, 1);
        same(&m.entry(1, 0), &[4], 1, 1);
        same(&m.transposed(), &[1, 4, 2, 5, 3, 6], 3, 2);
        same(&Shared::stacked(&[&m, &m.row(0)]), &[1, 2, 3, 4, 5, 6, 1, 2, 3], 3, 3);
        same(&Shared::beside(&[&m, &m.column_of(0)]), &[1, 2, 3, 1, 4, 5, 6, 4], 2, 4);
        same(&m.column_of(0).repeated(2), &[1, 1, 4, 4], 2, 2);
        same(&m.clone().reshaped(3, 2), &[1, 2, 3, 4, 5, 6], 3, 2);
    }

    #[test]
    fn linear_operations_are_entry_by_entry() {
        let (a, b) = (matrix(&[1, 2, 3, 4], 2, 2), matrix(&[10, 20, 30, 40], 2, 2));
        same(&(&a + &b), &[11, 22, 33, 44], 2, 2);
        same(&(&a - &b), &[-9, -18, -27, -36], 2, 2);
        same(&-&a, &[-1, -2, -3, -4], 2, 2);
        same(&a.scaled(Fp61::from_i128(-3)), &[-3, -6, -9, -12], 2, 2);
        same(&a.scaled_by(b.shares()), &[10, 40, 90, 160], 2, 2);
        same(&a.sum(), &[10], 1, 1);
        same(&a.row_sums(), &[3, 7], 2, 1);
        same(&Shared::<Fp61>::zeros(2, 0).row_sums(), &[0, 0], 2, 1);
    }

    #[test]
    fn it_prints_its_shape_only() {
        assert_eq!(format!("{:?}", matrix(&[123_456_789], 1, 1)), "Shared(1 x 1)");
    }
}
