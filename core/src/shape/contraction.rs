//! Matrix products of an array with known weights on one side: which elements and which weights meet.
use super::{MISMATCH, Shape};
use crate::error::{Error, ErrorKind, Result};

/// Which side the weights are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// A matrix product by numpy's rules for one and two axes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contraction {
    /// The shape of the result.
    pub(crate) shape: Shape,
    /// Terms of each sum.
    pub(crate) inner: usize,
    rows: usize,
    columns: usize,
    weights: Side,
}

impl Contraction {
    /// A vector on the left is a row, on the right a column; its axis is not in the result.
    pub(crate) fn new(array: &Shape, weights: &Shape, side: Side) -> Result<Self> {
        let (left, right) = match side {
            Side::Left => (weights, array),
            Side::Right => (array, weights),
        };
        let (rows, inner, mut extents) = match *left.extents() {
            [inner] => (1, inner, vec![]),
            [rows, inner] => (rows, inner, vec![rows]),
            _ => return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: one or two axes on the left")),
        };
        let (below, columns) = match *right.extents() {
            [below] => (below, 1),
            [below, columns] => (below, columns),
            _ => return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: one or two axes on the right")),
        };
        if below != inner {
            return Err(MISMATCH);
        }
        if right.extents().len() == 2 {
            extents.push(columns);
        }
        Ok(Self { shape: Shape::new(&extents)?, inner, rows, columns, weights: side })
    }

    /// Each element of the result: its row on the left and its column on the right.
    pub(crate) fn cells(&self) -> Vec<(usize, usize)> {
        (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (row, column))).collect()
    }

    /// Where the array's part in a term of a cell stands.
    pub(crate) fn element(&self, cell: (usize, usize), term: usize) -> usize {
        self.place(self.weights == Side::Right, cell, term)
    }

    /// Where the weight in a term of a cell stands.
    pub(crate) fn weight(&self, cell: (usize, usize), term: usize) -> usize {
        self.place(self.weights == Side::Left, cell, term)
    }

    /// The places of the weights of each row, or column, of them: those that meet in one sum.
    pub(crate) fn weight_lines(&self) -> Vec<Vec<usize>> {
        let cells: Vec<(usize, usize)> = match self.weights {
            Side::Left => (0..self.rows).map(|row| (row, 0)).collect(),
            Side::Right => (0..self.columns).map(|column| (0, column)).collect(),
        };
        cells.into_iter().map(|cell| (0..self.inner).map(|term| self.weight(cell, term)).collect()).collect()
    }

    fn place(&self, on_the_left: bool, (row, column): (usize, usize), term: usize) -> usize {
        if on_the_left { row * self.inner + term } else { term * self.columns + column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    #[test]
    fn matmul_shapes_follow_numpy() {
        let out = |a: &[usize], b: &[usize]| {
            let right = Contraction::new(&shape(a), &shape(b), Side::Right);
            let left = Contraction::new(&shape(b), &shape(a), Side::Left);
            assert_eq!(right.as_ref().map(|plan| plan.cells()), left.as_ref().map(|plan| plan.cells()),);
            right.map(|plan| plan.shape)
        };
        assert_eq!(out(&[2, 3], &[3, 4]).unwrap(), shape(&[2, 4]));
        assert_eq!(out(&[3], &[3, 4]).unwrap(), shape(&[4]));
        assert_eq!(out(&[2, 3], &[3]).unwrap(), shape(&[2]));
        assert_eq!(out(&[3], &[3]).unwrap(), shape(&[]));
        assert!(out(&[3], &[4]).is_err() && out(&[], &[1]).is_err() && out(&[1, 1, 1], &[1]).is_err());
    }

    #[test]
    fn elements_meet_their_weights() {
        let right = Contraction::new(&shape(&[2, 3]), &shape(&[3, 4]), Side::Right).unwrap();
        let cell = right.cells()[5];
        assert_eq!(cell, (1, 1));
        assert_eq!([0, 1, 2].map(|term| right.element(cell, term)), [3, 4, 5]);
        assert_eq!([0, 1, 2].map(|term| right.weight(cell, term)), [1, 5, 9]);
        assert_eq!(right.weight_lines(), [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]);
        let left = Contraction::new(&shape(&[3, 4]), &shape(&[2, 3]), Side::Left).unwrap();
        assert_eq!([0, 1, 2].map(|term| left.element(cell, term)), [1, 5, 9]);
        assert_eq!([0, 1, 2].map(|term| left.weight(cell, term)), [3, 4, 5]);
        assert_eq!(left.weight_lines(), [[0, 1, 2], [3, 4, 5]]);
    }
}
