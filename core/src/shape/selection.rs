//! Which elements an indexing, joining or multiplying operation takes: index arithmetic on public shapes.
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

const AXIS: Error = Error::new(ErrorKind::ShapeMismatch, "axis: not in the array");
const MISMATCH: Error = Error::new(ErrorKind::ShapeMismatch, "array shapes do not fit");

/// What to take of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One position; the axis goes away.
    At(usize),
    /// `count` positions, from `start` on, `step` apart; the axis stays, with `count` elements.
    Range {
        /// The first position.
        start: usize,
        /// How many.
        count: usize,
        /// From one to the next; negative to go backwards.
        step: isize,
    },
}

impl Pick {
    /// The positions on an axis of `extent` elements.
    fn positions(self, extent: usize) -> Result<Vec<usize>> {
        const RANGE: Error = Error::new(ErrorKind::ShapeMismatch, "index: not in the axis");
        let (start, count, step) = match self {
            Self::At(at) => (at, 1, 0),
            Self::Range { start, count, step } => (start, count, step),
        };
        // The ends first: `count` may be any number, and no memory is taken for positions that do not exist.
        let last = match count.checked_sub(1) {
            None => return Ok(Vec::new()),
            Some(steps) => isize::try_from(steps).ok().and_then(|steps| steps.checked_mul(step)),
        };
        let last = last.and_then(|way| start.checked_add_signed(way)).ok_or(RANGE)?;
        if start >= extent || last >= extent || (step == 0 && count > 1) {
            return Err(RANGE);
        }
        let at = |i: usize| {
            if step < 0 { start - i * step.unsigned_abs() } else { start + i * step.unsigned_abs() }
        };
        Ok((0..count).map(at).collect())
    }
}

/// The shape and the elements that `picks` leave; axes beyond the picks stay whole.
pub(crate) fn pick(shape: &Shape, picks: &[Pick]) -> Result<(Shape, Vec<usize>)> {
    if picks.len() > shape.extents().len() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "index: more than the array has axes"));
    }
    let mut extents = Vec::new();
    let mut indices = vec![0];
    for (axis, extent) in shape.extents().iter().enumerate() {
        let whole = Pick::Range { start: 0, count: *extent, step: 1 };
        let pick = picks.get(axis).copied().unwrap_or(whole);
        let positions = pick.positions(*extent)?;
        if let Pick::Range { count, .. } = pick {
            extents.push(count);
        }
        indices =
            indices.iter().flat_map(|base| positions.iter().map(move |at| base * extent + at)).collect();
    }
    Ok((Shape::new(&extents)?, indices))
}

/// The shape and the elements with the axes in the order `axes`.
pub(crate) fn transpose(shape: &Shape, axes: &[usize]) -> Result<(Shape, Vec<usize>)> {
    let extents = shape.extents();
    let mut sorted = axes.to_vec();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..extents.len()) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "axes: not each axis once"));
    }
    let stride = |axis: usize| extents[axis + 1..].iter().product::<usize>();
    let mut indices = vec![0];
    for axis in axes {
        let step = if shape.len() == 0 { 0 } else { stride(*axis) };
        indices = indices.iter().flat_map(|base| (0..extents[*axis]).map(move |i| base + i * step)).collect();
    }
    let permuted: Vec<usize> = axes.iter().map(|axis| extents[*axis]).collect();
    Ok((Shape::new(&permuted)?, indices))
}

/// The shape of the arrays joined along `axis`, and for each element its array and its place there.
pub(crate) fn concatenate(shapes: &[&Shape], axis: usize) -> Result<(Shape, Vec<(usize, usize)>)> {
    const NOTHING: Error = Error::new(ErrorKind::ShapeMismatch, "arrays: none to join");
    let first = shapes.first().ok_or(NOTHING)?.extents();
    if axis >= first.len() {
        return Err(AXIS);
    }
    let mut extents = first.to_vec();
    extents[axis] = 0;
    for shape in shapes {
        let other = shape.extents();
        if other.len() != first.len() || (0..first.len()).any(|i| i != axis && other[i] != first[i]) {
            return Err(MISMATCH);
        }
        extents[axis] = extents[axis].checked_add(other[axis]).ok_or(MISMATCH)?;
    }
    let joined = Shape::new(&extents)?;
    let outer: usize = first[..axis].iter().product();
    let inner: usize = first[axis + 1..].iter().product();
    let mut places = Vec::with_capacity(joined.len());
    for block in 0..outer {
        for (which, shape) in shapes.iter().enumerate() {
            let len = shape.extents()[axis] * inner;
            places.extend((0..len).map(|i| (which, block * len + i)));
        }
    }
    Ok((joined, places))
}

/// The shape with a new axis of one element before `axis`.
pub(crate) fn insert_axis(shape: &Shape, axis: usize) -> Result<Shape> {
    let mut extents = shape.extents().to_vec();
    if axis > extents.len() {
        return Err(AXIS);
    }
    extents.insert(axis, 1);
    Shape::new(&extents)
}

/// A matrix product by numpy's rules for one and two axes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MatmulPlan {
    /// The shape of the result.
    pub(crate) shape: Shape,
    /// Rows on the left.
    pub(crate) rows: usize,
    /// Terms of each sum.
    pub(crate) inner: usize,
    /// Columns on the right.
    pub(crate) columns: usize,
}

impl MatmulPlan {
    /// A vector on the left is a row, on the right a column; its axis is not in the result.
    pub(crate) fn new(left: &Shape, right: &Shape) -> Result<Self> {
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
        Ok(Self { shape: Shape::new(&extents)?, rows, inner, columns })
    }

    /// Each element of the result: its row on the left and its column on the right.
    pub(crate) fn cells(&self) -> Vec<(usize, usize)> {
        (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (row, column))).collect()
    }

    /// Where a term of a row on the left, or of a column on the right, stands in its array.
    pub(crate) fn place(&self, places: Places, term: usize) -> usize {
        match places {
            Places::Row(row) => row * self.inner + term,
            Places::Column(column) => term * self.columns + column,
        }
    }
}

/// The terms on one side of an element of a matrix product.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Places {
    /// A row of the array on the left.
    Row(usize),
    /// A column of the array on the right.
    Column(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    fn range(start: usize, count: usize, step: isize) -> Pick {
        Pick::Range { start, count, step }
    }

    #[test]
    fn picks_follow_numpy() {
        let s = shape(&[3, 4]);
        assert_eq!(pick(&s, &[Pick::At(1)]).unwrap(), (shape(&[4]), vec![4, 5, 6, 7]));
        assert_eq!(
            pick(&s, &[range(2, 2, -2), range(1, 2, 2)]).unwrap(),
            (shape(&[2, 2]), vec![9, 11, 1, 3])
        );
        assert_eq!(pick(&s, &[Pick::At(2), Pick::At(3)]).unwrap(), (shape(&[]), vec![11]));
        assert_eq!(pick(&s, &[range(0, 0, 1)]).unwrap(), (shape(&[0, 4]), vec![]));
        assert_eq!(pick(&s, &[]).unwrap().1, (0..12).collect::<Vec<_>>());
        for bad in [Pick::At(3), range(0, 4, 1), range(0, 2, -1), range(2, 2, 1), range(0, 2, 0)] {
            assert_eq!(pick(&s, &[bad]).unwrap_err().kind(), ErrorKind::ShapeMismatch, "{bad:?}");
        }
        for (count, step) in [(usize::MAX, 1), (usize::MAX, 0), (3, isize::MIN), (usize::MAX, isize::MAX)] {
            assert!(pick(&s, &[range(0, count, step)]).is_err());
        }
        assert!(pick(&s, &[Pick::At(0); 3]).is_err());
    }

    #[test]
    fn axes_are_permuted() {
        assert_eq!(transpose(&shape(&[2, 3]), &[1, 0]).unwrap(), (shape(&[3, 2]), vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(transpose(&shape(&[2, 0]), &[1, 0]).unwrap(), (shape(&[0, 2]), vec![]));
        assert_eq!(transpose(&shape(&[]), &[]).unwrap(), (shape(&[]), vec![0]));
        for bad in [&[0][..], &[0, 0], &[0, 2], &[0, 1, 2]] {
            assert!(transpose(&shape(&[2, 3]), bad).is_err());
        }
    }

    #[test]
    fn joins_keep_row_major_order() {
        let (a, b) = (shape(&[2, 1]), shape(&[2, 2]));
        let (joined, places) = concatenate(&[&a, &b], 1).unwrap();
        assert_eq!((joined, places), (shape(&[2, 3]), vec![(0, 0), (1, 0), (1, 1), (0, 1), (1, 2), (1, 3)]));
        assert!(
            concatenate(&[&a, &b], 0).is_err()
                && concatenate(&[&a], 2).is_err()
                && concatenate(&[], 0).is_err()
        );
        assert_eq!(insert_axis(&a, 2).unwrap(), shape(&[2, 1, 1]));
        assert!(insert_axis(&a, 3).is_err());
    }

    #[test]
    fn matmul_shapes_follow_numpy() {
        let out = |a: &[usize], b: &[usize]| MatmulPlan::new(&shape(a), &shape(b)).map(|plan| plan.shape);
        assert_eq!(out(&[2, 3], &[3, 4]).unwrap(), shape(&[2, 4]));
        assert_eq!(out(&[3], &[3, 4]).unwrap(), shape(&[4]));
        assert_eq!(out(&[2, 3], &[3]).unwrap(), shape(&[2]));
        assert_eq!(out(&[3], &[3]).unwrap(), shape(&[]));
        assert!(out(&[3], &[4]).is_err() && out(&[], &[1]).is_err() && out(&[1, 1, 1], &[1]).is_err());
        let plan = MatmulPlan::new(&shape(&[2, 3]), &shape(&[3, 4])).unwrap();
        assert_eq!(plan.cells()[5], (1, 1));
        assert_eq!([0, 1, 2].map(|term| plan.place(Places::Row(1), term)), [3, 4, 5]);
        assert_eq!([0, 1, 2].map(|term| plan.place(Places::Column(1), term)), [1, 5, 9]);
    }
}
