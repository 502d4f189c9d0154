//! A party's own rows, checked against the plan.
use subtle::Choice;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::plan::Plan;
use crate::{
    error::{Error, ErrorKind, Result},
    secret::declassify,
    transcript::Digest,
};

/// A party's own rows: whole numbers on the grid of each column. Wiped when dropped, never printed.
pub struct Table {
    plan: Digest,
    rows: usize,
    columns: Vec<Cells>,
}

struct Cells {
    /// 0 where missing.
    values: Zeroizing<Vec<i64>>,
    /// 1, or 0 where missing.
    present: Zeroizing<Vec<i64>>,
}

impl ZeroizeOnDrop for Table {}

impl core::fmt::Debug for Table {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Table").field("columns", &self.columns.len()).finish_non_exhaustive()
    }
}

impl Table {
    /// Checks and rounds the values of each column, in the plan's order of columns. NaN is a missing value; a category's
    /// value is the position of its level; an event is 0 or 1.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one list for each column, all of the same length; `OutOfRange` for more rows than the
    /// plan allows, and naming the column for a value beyond its range.
    /// # Timing
    /// Varies with the number of rows, and with which columns are accepted. No branch depends on a value, but floating-point instructions may take more time for
    /// some values than for others.
    pub fn new(plan: &Plan, columns: &[&[f64]]) -> Result<Self> {
        let shape = |what| Error::new(ErrorKind::ShapeMismatch, what);
        if columns.len() != plan.columns().len() {
            return Err(shape("table: one list of values for each column"));
        }
        let rows = columns[0].len();
        if columns.iter().any(|values| values.len() != rows) {
            return Err(shape("table: columns of one length"));
        }
        if rows as u64 > plan.max_rows() {
            return Err(Error::new(ErrorKind::OutOfRange, "table: more rows than the plan allows"));
        }
        let encode = |(at, values): (usize, &&[f64])| {
            let mut cells =
                Cells { values: Vec::with_capacity(rows).into(), present: Vec::with_capacity(rows).into() };
            let mut accepted = true;
            for value in *values {
                let (value, present, is_one) = plan.columns()[at].encode(*value);
                cells.values.push(value);
                cells.present.push(present);
                accepted &= is_one;
            }
            if !declassify(Choice::from(u8::from(accepted))) {
                let what = "table: a value is beyond its column's range";
                return Err(Error::new(ErrorKind::OutOfRange, what).at_column(at));
            }
            Ok(cells)
        };
        Ok(Self {
            plan: *plan.hash(),
            rows,
            columns: columns.iter().enumerate().map(encode).collect::<Result<_>>()?,
        })
    }

    /// The hash of the plan that it was checked against.
    pub(super) fn plan(&self) -> &Digest {
        &self.plan
    }

    /// Passes for a table that was checked against another plan.
    #[cfg(test)]
    pub(super) fn belongs_to(&mut self, plan: &Plan) {
        self.plan = *plan.hash();
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A column's values; 0 where missing.
    pub(crate) fn values(&self, column: usize) -> &[i64] {
        &self.columns[column].values
    }

    /// 1 for each row in which none of these columns is missing, else 0.
    pub(crate) fn present(&self, columns: &[usize]) -> Zeroizing<Vec<i64>> {
        let mut present = Zeroizing::new(vec![1; self.rows]);
        for column in columns {
            present.iter_mut().zip(self.columns[*column].present.iter()).for_each(|(all, one)| *all &= one);
        }
        present
    }
}
