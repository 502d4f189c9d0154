//! Which elements an indexing, joining or reducing operation takes: index arithmetic on public shapes.
use crate::error::{Error, ErrorKind, Result};
use crate::shape::{MISMATCH, Shape};

const AXIS: Error = Error::new(ErrorKind::ShapeMismatch, "axis: not in the array");
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

/// The elements moved `shift` positions onwards along an axis, those beyond its end to its beginning.
pub(crate) fn roll(shape: &Shape, axis: usize, shift: i64) -> Result<Vec<usize>> {
    let extent = *shape.extents().get(axis).ok_or(AXIS)?;
    let stride: usize = shape.extents()[axis + 1..].iter().product();
    let back = back(extent, shift);
    let source = |element: usize| {
        let position = element / stride % extent;
        element - position * stride + (position + back) % extent * stride
    };
    Ok((0..shape.len()).map(source).collect())
}

/// How many positions back a position gets its element from after a roll, in a ring of `extent` of them.
pub(crate) fn back(extent: usize, shift: i64) -> usize {
    let ring = i64::try_from(extent).unwrap_or(i64::MAX).max(1);
    usize::try_from((ring - shift.rem_euclid(ring)) % ring).expect("below the extent")
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

/// The shape of a reduction, the elements that go into each of its results, and how many those are.
pub(crate) fn reduce(shape: &Shape, axis: Option<usize>) -> Result<(Shape, Vec<Vec<usize>>, usize)> {
    match axis {
        None => Ok((Shape::default(), vec![(0..shape.len()).collect()], shape.len())),
        Some(axis) => {
            let (rest, groups) = shape.groups_along(axis)?;
            Ok((rest, groups, shape.extents()[axis]))
        }
    }
}

/// The shape that two operands broadcast to, and the places in each that meet.
pub(crate) fn pairs(a: &Shape, b: &Shape) -> Result<(Shape, Vec<(usize, usize)>)> {
    let shape = a.broadcast(b)?;
    let pairs = a.indices_in(&shape)?.into_iter().zip(b.indices_in(&shape)?).collect();
    Ok((shape, pairs))
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
    fn reductions_take_each_element_once() {
        let s = shape(&[2, 3]);
        assert_eq!(reduce(&s, None).unwrap(), (shape(&[]), vec![vec![0, 1, 2, 3, 4, 5]], 6));
        assert_eq!(reduce(&s, Some(0)).unwrap(), (shape(&[3]), vec![vec![0, 3], vec![1, 4], vec![2, 5]], 2));
        assert!(reduce(&s, Some(2)).is_err());
        let (both, met) = pairs(&shape(&[2, 1]), &shape(&[2])).unwrap();
        assert_eq!((both, met), (shape(&[2, 2]), vec![(0, 0), (0, 1), (1, 0), (1, 1)]));
    }
}
