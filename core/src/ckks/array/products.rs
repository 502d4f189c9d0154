//! Dot and matrix products, by numpy's rules for one and two axes.
use super::EncryptedArray;
use super::plain::PlainArray;
use crate::ckks::EvaluationKeys;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::shape::Shape;

const DOT: &str = "matmul: no level left to mask the sums with: choose parameters with more moduli";

/// Left (rows, inner, 1) and right (1, inner, columns), and the shape of the product.
struct Shapes {
    left: Shape,
    right: Shape,
    out: Shape,
}

impl Shapes {
    /// A vector on the left is a row, on the right a column; its axis is not in the product.
    fn new(left: &Shape, right: &Shape) -> Result<Self> {
        const AXES: Error = Error::new(ErrorKind::ShapeMismatch, "matmul: one or two axes on each side");
        let (rows, inner, mut out) = match *left.extents() {
            [inner] => (1, inner, vec![]),
            [rows, inner] => (rows, inner, vec![rows]),
            _ => return Err(AXES),
        };
        let (below, columns) = match *right.extents() {
            [below] => (below, 1),
            [below, columns] => {
                out.push(columns);
                (below, columns)
            }
            _ => return Err(AXES),
        };
        if below != inner {
            return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: other numbers of columns than rows"));
        }
        Ok(Self {
            left: Shape::new(&[rows, inner, 1])?,
            right: Shape::new(&[1, inner, columns])?,
            out: Shape::new(&out)?,
        })
    }
}

/// # Dot and matrix products
///
/// One level for the products, and one for a mask unless the sums wrap around: those of two vectors, and those along the first
/// axis, as in `x.T @ r`. All may fail as products and reductions do.
impl EncryptedArray {
    /// The matrix product `self @ other`; of two vectors the sum of products.
    ///
    /// # Errors
    /// As for all.
    pub fn matmul(
        &self,
        other: &Self,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let shapes = Shapes::new(self.shape(), other.shape())?;
        let (left, right) = (self.viewed(&shapes.left)?, other.viewed(&shapes.right)?);
        left.mul(&right, keys, observer)?.contracted(&shapes, keys, observer)
    }

    /// The matrix product `self @ plain`.
    ///
    /// # Errors
    /// As for all.
    pub fn matmul_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let shapes = Shapes::new(self.shape(), plain.shape())?;
        let (left, right) = (self.viewed(&shapes.left)?, plain.reshape(&shapes.right)?);
        left.mul_plain(&right, keys, observer)?.contracted(&shapes, keys, observer)
    }

    /// The matrix product `plain @ self`.
    ///
    /// # Errors
    /// As for all.
    pub fn rmatmul_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let shapes = Shapes::new(plain.shape(), self.shape())?;
        let (left, right) = (plain.reshape(&shapes.left)?, self.viewed(&shapes.right)?);
        right.mul_plain(&left, keys, observer)?.contracted(&shapes, keys, observer)
    }

    /// With axes of one element more or less: nothing moves.
    fn viewed(&self, shape: &Shape) -> Result<Self> {
        let view = self.layout.view(shape);
        view.map(|view| self.relabelled(view)).ok_or(Error::new(ErrorKind::ShapeMismatch, "matmul: axes"))
    }

    fn contracted(
        &self,
        shapes: &Shapes,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.sum_times(Some(1), 1.0, DOT, keys, observer)?.viewed(&shapes.out)
    }
}
