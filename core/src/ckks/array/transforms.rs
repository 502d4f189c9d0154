//! Known matrices on encrypted vectors, and products of encrypted square matrices: by rotations of one ciphertext.
use super::EncryptedArray;
use super::apply::{canonical, required};
use super::layout::Layout;
use super::plain::PlainArray;
use crate::ckks::{Context, Diagonals, EvaluationKeys, LinearTransform, MatrixProduct};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::shape::Shape;

/// A known matrix that is ready to be applied to encrypted vectors.
///
/// What [`EncryptedArray::matmul_plain`] does with as many products as elements, this does with rotations: for wide matrices far
/// fewer keys' worth of work, with keys for exactly the rotations that it names.
pub struct ArrayTransform {
    transform: LinearTransform,
    rows: usize,
    columns: usize,
    complex: bool,
}

impl ArrayTransform {
    /// Encodes a matrix for arrays of this level: `rows x columns`, none of them more than there are slots.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are two axes, or when all entries are zero; the rest as [`LinearTransform::new`].
    pub fn new(
        context: &Context,
        matrix: &PlainArray,
        level: usize,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let [rows, columns] = *matrix.shape().extents() else {
            return Err(Error::new(ErrorKind::ShapeMismatch, "matrix: two axes"));
        };
        let slots = context.params().slots();
        let diagonals = Diagonals::of_matrix_repeated(&matrix.entries(), rows, columns, slots)?;
        let transform = LinearTransform::new(context, &diagonals, level, observer)?;
        Ok(Self { transform, rows, columns, complex: matrix.is_complex() })
    }

    /// The rotations that keys are needed for.
    pub fn rotations(&self) -> Vec<i64> {
        self.transform.rotations()
    }

    /// The level that arrays need; the result is one below.
    pub fn level(&self) -> usize {
        self.transform.level()
    }

    /// The number of elements of the result.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of elements that it is applied to.
    pub fn columns(&self) -> usize {
        self.columns
    }
}

/// # Matrices by rotations
///
/// Both take keys for the rotations that the transform or the product names. An array that stands otherwise than encryption lays
/// it out is brought there first, which may take a level and keys for powers of two.
impl EncryptedArray {
    /// A known matrix times this vector: one level below the transform's.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one axis with as many elements as the matrix has columns; the rest as
    /// [`LinearTransform::apply`].
    pub fn transform(
        &self,
        by: &ArrayTransform,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if self.shape().extents() != [by.columns] {
            return Err(Error::new(
                ErrorKind::ShapeMismatch,
                "transform: one axis with as many elements as the matrix has columns",
            ));
        }
        let vector = self.as_encrypted(keys, &mut ())?.at_level(by.level(), &mut ())?;
        let layout = Layout::new(&Shape::new(&[by.rows])?, self.layout.slots())?;
        let product = by.transform.apply(required(keys)?, &vector.ciphertexts[0], observer)?;
        let complex = self.complex || by.complex;
        Ok(Self { ciphertexts: vec![canonical(product)], layout, complex, ..self.without_ciphertexts() })
    }

    /// The matrix product of two encrypted matrices, three levels below that of `by`. Each axis has more than half as many elements
    /// as the dimension, which is filled up with zeros.
    ///
    /// # Errors
    /// `ShapeMismatch` for other shapes; the rest as [`MatrixProduct::multiply`].
    pub fn matmul_by(
        &self,
        other: &Self,
        by: &MatrixProduct,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        const SHAPE: Error = Error::new(
            ErrorKind::ShapeMismatch,
            "matrix product: two axes on each side that fit each other, with more than half of the dimension in each",
        );
        self.check_alike(other)?;
        let ([rows, inner], [below, columns]) = (self.shape().extents(), other.shape().extents()) else {
            return Err(SHAPE);
        };
        let fits = |extent: &usize| extent.next_power_of_two() == by.dimension();
        if inner != below || ![rows, inner, columns].into_iter().all(fits) {
            return Err(SHAPE);
        }
        let placed = |matrix: &Self| matrix.as_encrypted(keys, &mut ())?.at_level(by.level(), &mut ());
        let (left, right) = (placed(self)?, placed(other)?);
        let layout = Layout::new(&Shape::new(&[*rows, *columns])?, self.layout.slots())?;
        let product = by.multiply(required(keys)?, &left.ciphertexts[0], &right.ciphertexts[0], observer)?;
        let complex = self.complex || other.complex;
        Ok(Self { ciphertexts: vec![canonical(product)], layout, complex, ..self.without_ciphertexts() })
    }
}
