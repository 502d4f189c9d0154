//! Other arrangements of the elements: slices, transposition, other shapes, joining.
use super::EncryptedArray;
use super::apply::{required, turn};
use super::layout::Layout;
use super::plan::{Moves, Repeat};
use crate::ckks::EvaluationKeys;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::shape::{Pick, Shape, selection};

/// # Arrangement
///
/// What stays where it is costs nothing. Else whole ciphertexts are rotated, which needs the keys for powers of two, and masked
/// to what they bring, for one level. All may fail with `ShapeMismatch`, `MissingKey`, `HeadroomExhausted`, and `Cancelled`.
impl EncryptedArray {
    /// The part that one [`Pick`] for each axis leaves; axes beyond the picks stay whole.
    ///
    /// # Errors
    /// As for all; `ShapeMismatch` also for no elements.
    pub fn slice(
        &self,
        picks: &[Pick],
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let (shape, indices) = selection::pick(self.shape(), picks)?;
        let target = match self.kept_strides(&shape, picks) {
            Some(layout) => layout,
            None => self.compact(&shape)?,
        };
        self.rearranged(&indices, target, keys, observer)
    }

    /// The array with its axes in the given order: nothing moves.
    ///
    /// # Errors
    /// `ShapeMismatch` unless `axes` names each axis once.
    pub fn transpose(&self, axes: &[usize]) -> Result<Self> {
        let (shape, _) = selection::transpose(self.shape(), axes)?;
        let strides = axes.iter().map(|axis| self.layout.strides()[*axis]).collect();
        Ok(self.relabelled(self.layout.with_axes(shape, strides)?))
    }

    /// The same elements, row-major, in another shape.
    ///
    /// # Errors
    /// As for all; `ShapeMismatch` unless it has as many elements.
    pub fn reshape(
        &self,
        shape: &Shape,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if shape.len() != self.shape().len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "shape: another number of elements"));
        }
        if let Some(view) = self.layout.view(shape) {
            return Ok(self.relabelled(view));
        }
        let all: Vec<usize> = (0..shape.len()).collect();
        self.rearranged(&all, self.compact(shape)?, keys, observer)
    }

    /// The elements moved `shift` positions onwards along an axis, or backwards if negative, those beyond the end to the
    /// beginning; along all of them, row-major, if there is no axis.
    ///
    /// One rotation and no level where the axis has a power of two of elements and nothing but copies beyond them: vectors, the
    /// first axis of what was encrypted. Else masks, for one level.
    ///
    /// # Errors
    /// As for all; `ShapeMismatch` also when there is no such axis.
    pub fn roll(
        &self,
        shift: i64,
        axis: Option<usize>,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let flat = Shape::new(&[self.shape().len()])?;
        let shape = if axis.is_none() { &flat } else { self.shape() };
        let axis = axis.unwrap_or(0);
        let elements = selection::roll(shape, axis, shift)?;
        let back = selection::back(shape.extents()[axis], shift);
        if back == 0 {
            return Ok(self.clone());
        }
        match self.layout.view(shape).and_then(|layout| layout.turns(axis)) {
            // The copies make either way round lead there.
            Some([stride, period]) => {
                self.turned(&[back * stride, self.layout.slots() - (period - back * stride)], keys, observer)
            }
            None => self.rearranged(&elements, self.layout.clone(), keys, observer),
        }
    }

    /// All slots rotated to the left, in the one of these ways that takes the fewest keys.
    fn turned(
        &self,
        ways: &[usize],
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let keys = required(keys)?;
        let slots = self.layout.slots();
        let steps = |way: &usize| turn(*way % slots, slots);
        let cost = |steps: &i64| keys.path(*steps).map_or(usize::MAX, |path| path.len());
        let Some(steps) = ways.iter().map(steps).min_by_key(cost) else { return Ok(self.clone()) };
        self.each(observer, |ciphertext| keys.rotate(ciphertext, steps))
    }

    /// Arrays joined along an axis that they have.
    ///
    /// # Errors
    /// As for all; `ParamsMismatch` for other parameters.
    pub fn concatenate(
        arrays: &[&Self],
        axis: usize,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let shapes: Vec<&Shape> = arrays.iter().map(|array| array.shape()).collect();
        let (shape, places) = selection::concatenate(&shapes, axis)?;
        let first = arrays.first().ok_or(Error::new(ErrorKind::ShapeMismatch, "arrays: none to join"))?;
        let level = arrays.iter().map(|array| array.level()).min().unwrap_or(0);
        let (mut ciphertexts, mut complex, mut repeated) = (Vec::new(), false, first.layout.repeated());
        for array in arrays {
            first.check_alike(array)?;
            ciphertexts.extend(array.at_level(level, observer)?.ciphertexts);
            complex |= array.complex;
            repeated &= array.layout.repeated();
        }
        let target = Layout::new(&shape, first.layout.slots())?;
        let target = target.with_repeated(repeated & !target.used_bits())?;
        let layouts: Vec<&Layout> = arrays.iter().map(|array| &array.layout).collect();
        let joined = Moves::gather(&layouts, &places, target);
        let like = Self { ciphertexts, complex, ..first.without_ciphertexts() };
        like.moved(&joined, keys, observer)
    }

    fn rearranged(
        &self,
        elements: &[usize],
        target: Layout,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let plan = Moves::new(&self.layout, elements, target);
        if plan.is_nothing() {
            let ciphertexts =
                plan.parts.iter().map(|parts| self.ciphertexts[parts[0].from].clone()).collect();
            return Ok(Self { layout: plan.layout, ciphertexts, ..self.without_ciphertexts() });
        }
        self.moved(&plan, keys, observer)
    }

    /// The same elements as encryption lays them out: repeated in all slots. Nothing moves if they are.
    pub(super) fn as_encrypted(
        &self,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let target = self.compact(self.shape())?;
        let all: Vec<usize> = (0..self.shape().len()).collect();
        let placed = self.rearranged(&all, target, keys, observer)?;
        placed.repeat(&Repeat::new(&placed.layout, placed.layout.slots() - 1)?, keys, observer)
    }

    /// The layout of a new array of this shape, repeated where this one is.
    fn compact(&self, shape: &Shape) -> Result<Layout> {
        let layout = Layout::new(shape, self.layout.slots())?;
        layout.with_repeated(self.layout.repeated() & !layout.used_bits())
    }

    /// The layout of a slice that moves all its elements by the same way: steps are powers of two, forwards.
    fn kept_strides(&self, shape: &Shape, picks: &[Pick]) -> Option<Layout> {
        let mut strides = Vec::new();
        for (axis, stride) in self.layout.strides().iter().enumerate() {
            match picks.get(axis) {
                None => strides.push(*stride),
                Some(Pick::At(_)) => {}
                Some(Pick::Range { count: 1, .. }) => strides.push(0),
                Some(Pick::Range { step, .. }) => {
                    strides.push(stride.checked_mul(usize::try_from(*step).ok()?)?);
                }
            }
        }
        self.layout.with_axes(shape.clone(), strides).ok()
    }
}
