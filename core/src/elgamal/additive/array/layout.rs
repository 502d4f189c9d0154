//! Other arrangements of the same elements.
use super::{EncryptedArray, decodable};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::shape::Shape;
use crate::shape::selection::{self, Pick};

/// # Arrangement
///
/// Which elements were taken can be a secret of its own, so all but `reshape` give a derived array.
impl EncryptedArray {
    /// The same elements, row-major, in another shape.
    ///
    /// # Errors
    /// `ShapeMismatch` unless it has as many elements.
    pub fn reshape(&self, shape: &Shape) -> Result<Self> {
        if shape.len() != self.shape.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "shape: another number of elements"));
        }
        Ok(Self { shape: shape.clone(), ..self.clone() })
    }

    /// The part that one [`Pick`] for each axis leaves; axes beyond the picks stay whole.
    ///
    /// # Errors
    /// `ShapeMismatch` for a position outside of its axis, or more picks than axes.
    pub fn slice(&self, picks: &[Pick]) -> Result<Self> {
        let (shape, indices) = selection::pick(&self.shape, picks)?;
        Ok(self.gather(shape, &indices))
    }

    /// The array with its axes in the given order.
    ///
    /// # Errors
    /// `ShapeMismatch` unless `axes` names each axis once.
    pub fn transpose(&self, axes: &[usize]) -> Result<Self> {
        let (shape, indices) = selection::transpose(&self.shape, axes)?;
        Ok(self.gather(shape, &indices))
    }

    /// The array stretched to a shape, by the rules of broadcasting.
    ///
    /// # Errors
    /// `ShapeMismatch`.
    pub fn broadcast_to(&self, shape: &Shape) -> Result<Self> {
        let indices = self.shape.indices_in(shape)?;
        Ok(self.gather(shape.clone(), &indices))
    }

    /// Arrays joined along an axis that they have. Scales are aligned to the highest.
    ///
    /// # Errors
    /// `ShapeMismatch`; `ParamsMismatch` for different keys; `HeadroomExhausted`; `Cancelled`.
    pub fn concatenate(arrays: &[&Self], axis: usize, observer: &mut dyn Observer) -> Result<Self> {
        let shapes: Vec<&Shape> = arrays.iter().map(|array| &array.shape).collect();
        let (shape, places) = selection::concatenate(&shapes, axis)?;
        let first = arrays.first().ok_or(Error::new(ErrorKind::ShapeMismatch, "arrays: none to join"))?;
        let mut format = first.format;
        for array in arrays {
            first.check_key(&array.key)?;
            format = format.join(array.format)?;
        }
        let format = decodable(format, first.key.params())?;
        let raise = |array: &&'_ Self| array.raised(format.scale, observer).map(|list| list.into_owned());
        let raised = arrays.iter().map(raise).collect::<Result<Vec<_>>>()?;
        let ciphertexts = places.iter().map(|(which, at)| raised[*which][*at]).collect();
        Ok(Self { key: first.key.clone(), shape, ciphertexts, format, derived: true })
    }

    /// Arrays of one shape joined along a new axis.
    ///
    /// # Errors
    /// As [`EncryptedArray::concatenate`].
    pub fn stack(arrays: &[&Self], axis: usize, observer: &mut dyn Observer) -> Result<Self> {
        let deeper = |array: &&Self| array.reshape(&selection::insert_axis(&array.shape, axis)?);
        let deeper = arrays.iter().map(deeper).collect::<Result<Vec<_>>>()?;
        Self::concatenate(&deeper.iter().collect::<Vec<_>>(), axis, observer)
    }

    fn gather(&self, shape: Shape, indices: &[usize]) -> Self {
        let ciphertexts = indices.iter().map(|index| self.ciphertexts[*index]).collect();
        Self { key: self.key.clone(), shape, ciphertexts, format: self.format, derived: true }
    }
}
