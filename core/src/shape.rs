//! Array shapes with numpy's rules: row-major order, broadcasting, reduction over one axis; and what encrypted arrays have in
//! common.
use crate::error::{Error, ErrorKind, Result};

mod array;
pub(crate) mod contraction;
mod encoding;
pub(crate) mod selection;

pub use array::{ArrayKey, EncryptedArray};
pub use selection::Pick;

/// The extents of an array of up to [`Shape::MAX_RANK`] axes, in row-major order. No axis means one value.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Shape(Vec<usize>);

const MISMATCH: Error = Error::new(ErrorKind::ShapeMismatch, "array shapes do not fit");

impl Shape {
    /// The largest number of axes.
    pub const MAX_RANK: usize = 8;
    /// The largest number of elements: encoded lengths fit 32 bits.
    pub const MAX_LEN: usize = u32::MAX as usize;

    /// Checks the number of axes and of elements.
    ///
    /// # Errors
    /// `ShapeMismatch` above [`Shape::MAX_RANK`] axes or [`Shape::MAX_LEN`] elements.
    pub fn new(extents: &[usize]) -> Result<Self> {
        let nonzero = extents.iter().filter(|extent| **extent != 0);
        let len = nonzero.copied().try_fold(1_usize, usize::checked_mul);
        if extents.len() > Self::MAX_RANK || len.is_none_or(|len| len > Self::MAX_LEN) {
            return Err(Error::new(ErrorKind::ShapeMismatch, "array shape is too large"));
        }
        Ok(Self(extents.to_vec()))
    }

    /// The extents.
    pub fn extents(&self) -> &[usize] {
        &self.0
    }

    /// The number of elements.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.iter().product()
    }

    /// The shape that two operands are stretched to: axes are aligned at the end, and an extent of 1 stretches.
    ///
    /// # Errors
    /// `ShapeMismatch`.
    pub fn broadcast(&self, other: &Self) -> Result<Self> {
        let rank = self.0.len().max(other.0.len());
        let extent = |shape: &Self, axis: usize| {
            (axis + shape.0.len()).checked_sub(rank).map_or(1, |axis| shape.0[axis])
        };
        let extents = (0..rank).map(|axis| match (extent(self, axis), extent(other, axis)) {
            (a, b) if a == b => Ok(a),
            (1, b) => Ok(b),
            (a, 1) => Ok(a),
            _ => Err(MISMATCH),
        });
        Self::new(&extents.collect::<Result<Vec<_>>>()?)
    }

    /// For each element of `target`, in order, the index of the element of `self` that stands there.
    ///
    /// # Errors
    /// `ShapeMismatch` unless `self` broadcasts to `target`.
    pub fn indices_in(&self, target: &Self) -> Result<Vec<usize>> {
        if self.broadcast(target)? != *target {
            return Err(MISMATCH);
        }
        let lead = target.0.len() - self.0.len();
        let mut strides = vec![0; target.0.len()];
        let mut stride = 1;
        for (axis, extent) in self.0.iter().enumerate().rev() {
            if *extent != 1 {
                strides[lead + axis] = stride;
            }
            stride *= extent;
        }
        let mut indices = Vec::with_capacity(target.len());
        let mut at = vec![0; target.0.len()];
        for _ in 0..target.len() {
            indices.push(at.iter().zip(&strides).map(|(i, stride)| i * stride).sum());
            for (i, extent) in at.iter_mut().zip(&target.0).rev() {
                *i += 1;
                if *i < *extent {
                    break;
                }
                *i = 0;
            }
        }
        Ok(indices)
    }

    /// The shape without `axis`, and for each of its elements the indices that a reduction over `axis` takes.
    ///
    /// # Errors
    /// `ShapeMismatch` when there is no such axis.
    pub fn groups_along(&self, axis: usize) -> Result<(Self, Vec<Vec<usize>>)> {
        let extent = *self.0.get(axis).ok_or(Error::new(ErrorKind::ShapeMismatch, "axis"))?;
        let inner: usize = self.0[axis + 1..].iter().product();
        let outer: usize = self.0[..axis].iter().product();
        let start = |o: usize, i: usize| o * extent * inner + i;
        let groups = (0..outer)
            .flat_map(|o| (0..inner).map(move |i| start(o, i)))
            .map(|first| (0..extent).map(|k| first + k * inner).collect())
            .collect();
        let mut extents = self.0.clone();
        extents.remove(axis);
        Ok((Self(extents), groups))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    #[test]
    fn broadcasting_follows_numpy() {
        let both = |a: &[usize], b: &[usize]| shape(a).broadcast(&shape(b));
        assert_eq!(both(&[3, 1], &[4]).unwrap(), shape(&[3, 4]));
        assert_eq!(both(&[], &[2, 2]).unwrap(), shape(&[2, 2]));
        assert_eq!(both(&[0], &[1]).unwrap(), shape(&[0]));
        assert_eq!(both(&[2], &[3]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    }

    #[test]
    fn indices_repeat_stretched_axes() {
        assert_eq!(shape(&[3]).indices_in(&shape(&[2, 3])).unwrap(), [0, 1, 2, 0, 1, 2]);
        assert_eq!(shape(&[2, 1]).indices_in(&shape(&[2, 3])).unwrap(), [0, 0, 0, 1, 1, 1]);
        assert_eq!(shape(&[]).indices_in(&shape(&[2])).unwrap(), [0, 0]);
        assert!(shape(&[2, 3]).indices_in(&shape(&[3])).is_err());
    }

    #[test]
    fn groups_cover_each_element_once() {
        let (rest, groups) = shape(&[2, 3, 2]).groups_along(1).unwrap();
        assert_eq!(rest, shape(&[2, 2]));
        assert_eq!(groups, [[0, 2, 4], [1, 3, 5], [6, 8, 10], [7, 9, 11]]);
        assert!(shape(&[2]).groups_along(1).is_err());
    }

    #[test]
    fn oversized_shapes_are_refused() {
        assert!(Shape::new(&[1; 9]).is_err());
        assert!(Shape::new(&[usize::MAX, 2]).is_err());
        assert!(Shape::new(&[0, usize::MAX, 2]).is_err());
    }
}
