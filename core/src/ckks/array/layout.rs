//! Where the elements of an array stand in the slots of its ciphertexts.
//!
//! Every axis has bits of its own in the place of an element: element `(i_0, i_1, ..)` stands at place `sum of i_k stride_k`,
//! strides are powers of two, and the ranges of two axes never share a bit. The low bits of a place are the slot, the high
//! bits the number of the ciphertext. A bit of the slot that belongs to no axis is either zero, so that the content stands
//! where the bit is 0 and zeros where it is 1, or repeated, so that the content stands in both.
//!
//! ```text
//! shape (569, 30), 4096 slots:  place = row * 32 + column    5 ciphertexts of 128 rows, 2 zeros after each row
//! shape (30,),     4096 slots:  place = column               1 ciphertext, the 32 slots repeated 128 times
//! ```
//!
//! So a transposition moves nothing; a vector that is repeated meets every row of a matrix; rotations by powers of two sum or
//! repeat along an axis. All other slots hold zero (but for noise): sums need no masks before them, products none after.
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

/// Bits of a place: shapes that need more are refused.
const PLACE_BITS: u32 = 40;

/// Shape, strides, and the bits of the slot along which the content is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    shape: Shape,
    /// 0 for an axis of one element.
    strides: Vec<usize>,
    repeated: usize,
    slots: usize,
}

/// The bits that an axis takes.
fn bits_of(extent: usize, stride: usize) -> usize {
    (extent.next_power_of_two() - 1) * stride
}

impl Layout {
    /// Row-major, every axis but the first filled up to a power of two; repeated where it takes fewer slots than there are.
    ///
    /// # Errors
    /// `ShapeMismatch` for no elements, or for more than fit.
    pub fn new(shape: &Shape, slots: usize) -> Result<Self> {
        let mut strides = vec![0; shape.extents().len()];
        let mut stride = 1_usize;
        for (axis, extent) in shape.extents().iter().enumerate().rev() {
            if *extent > 1 {
                strides[axis] = stride;
                stride = stride.saturating_mul(extent.next_power_of_two());
            }
        }
        let repeated = (slots - 1) & !(stride.min(slots) - 1);
        Self::from_parts(shape.clone(), strides, repeated, slots)
    }

    /// A layout with these strides and repeated bits.
    ///
    /// # Errors
    /// `ShapeMismatch` for no elements, for more than fit, or for strides and bits that no layout has.
    pub fn from_parts(shape: Shape, strides: Vec<usize>, repeated: usize, slots: usize) -> Result<Self> {
        const LAYOUT: Error = Error::new(ErrorKind::ShapeMismatch, "array: axes that share slots");
        const LARGE: Error = Error::new(ErrorKind::ShapeMismatch, "array: too large");
        if shape.len() == 0 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "array: no elements"));
        }
        if strides.len() != shape.extents().len() || !slots.is_power_of_two() || repeated >= slots {
            return Err(LAYOUT);
        }
        let mut used = repeated;
        for (extent, stride) in shape.extents().iter().zip(&strides) {
            if (*extent == 1) != (*stride == 0) || !(*stride == 0 || stride.is_power_of_two()) {
                return Err(LAYOUT);
            }
            if *stride == 0 {
                continue;
            }
            if extent.next_power_of_two().ilog2() + stride.ilog2() > PLACE_BITS.min(usize::BITS - 1) {
                return Err(LARGE);
            }
            let bits = bits_of(*extent, *stride);
            if bits & used != 0 {
                return Err(LAYOUT);
            }
            used |= bits;
        }
        Ok(Self { shape, strides, repeated, slots })
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// From an element to the next along each axis, in places; 0 for an axis of one element.
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// The bits of the slot along which the content is repeated.
    pub fn repeated(&self) -> usize {
        self.repeated
    }

    /// The slots of a ciphertext.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The number of ciphertexts.
    pub fn count(&self) -> usize {
        self.steps().map(|(count, _)| count).product()
    }

    /// For each axis how many numbers it gives to ciphertexts, and from one to the next.
    fn steps(&self) -> impl Iterator<Item = (usize, usize)> {
        self.shape.extents().iter().zip(&self.strides).map(|(extent, stride)| match stride / self.slots {
            0 => ((extent - 1) * stride / self.slots + 1, 1),
            step => (*extent, step),
        })
    }

    /// The numbers of the ciphertexts that hold elements, ascending: an array keeps these and no others.
    pub fn numbers(&self) -> Vec<usize> {
        let mut numbers = vec![0];
        for (count, step) in self.steps() {
            numbers = numbers.iter().flat_map(|base| (0..count).map(move |i| base + i * step)).collect();
        }
        numbers.sort_unstable();
        numbers
    }

    /// The bits of the place that belong to an axis.
    pub(super) fn axis_bits(&self, axis: usize) -> usize {
        bits_of(self.shape.extents()[axis], self.strides[axis])
    }

    /// The stride of an axis and after how many slots it begins anew, if a rotation of all slots moves elements along it and round
    /// its end: it has a power of two of them, and copies alone beyond.
    pub(super) fn turns(&self, axis: usize) -> Option<[usize; 2]> {
        let (extent, stride) = (self.shape.extents()[axis], self.strides[axis]);
        let period = extent.checked_mul(stride)?;
        let inside = extent.is_power_of_two() && (1..=self.slots).contains(&period);
        let above = (self.slots - 1) & !period.wrapping_sub(1);
        (inside && above & !self.repeated == 0).then_some([stride, period])
    }

    /// The bits of the place that belong to any axis.
    pub(super) fn used_bits(&self) -> usize {
        (0..self.strides.len()).map(|axis| self.axis_bits(axis)).sum()
    }

    /// The bits of the slot where the content is zero but at 0.
    pub(super) fn zero_bits(&self) -> usize {
        (self.slots - 1) & !self.used_bits() & !self.repeated
    }

    /// Whether every slot of every ciphertext holds an element.
    pub(super) fn is_full(&self) -> bool {
        self.zero_bits() == 0
            && self.shape.len() == self.numbers().len() << (self.used_bits() & (self.slots - 1)).count_ones()
    }

    /// The place of every element, row-major.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut places = vec![0];
        for (extent, stride) in self.shape.extents().iter().zip(&self.strides) {
            places = places.iter().flat_map(|base| (0..*extent).map(move |i| base + i * stride)).collect();
        }
        places
    }

    /// The number of the ciphertext that stands for `number` in a layout of more axes: those bits that are of no axis here are
    /// repeated.
    pub(super) fn stored(&self, number: usize) -> usize {
        number & (self.used_bits() / self.slots)
    }

    /// The values, row-major, in the slots of each ciphertext.
    pub(super) fn spread<T: Copy>(&self, values: &[T], zero: T) -> Vec<Vec<T>> {
        let numbers = self.numbers();
        let mut out = vec![vec![zero; self.slots]; numbers.len()];
        for (place, value) in self.places().iter().zip(values) {
            if let Ok(at) = numbers.binary_search(&(place / self.slots)) {
                out[at][place % self.slots] = *value;
            }
        }
        for slots in &mut out {
            for slot in 0..self.slots {
                slots[slot] = slots[slot & !self.repeated];
            }
        }
        out
    }

    /// Ones in the slots of these places, all of one ciphertext, and in their copies; zeros elsewhere.
    pub(super) fn mask(&self, places: impl Iterator<Item = usize>) -> Vec<f64> {
        let mut mask = vec![0.0; self.slots];
        places.for_each(|place| mask[place % self.slots] = 1.0);
        for slot in 0..self.slots {
            mask[slot] = mask[slot & !self.repeated];
        }
        mask
    }

    /// The layout of another shape with the same elements in the same places, where strides allow one.
    pub(super) fn view(&self, shape: &Shape) -> Option<Self> {
        let long = |extents: &[usize]| -> Vec<usize> {
            (0..extents.len()).filter(|axis| extents[*axis] > 1).collect()
        };
        let (old, new) = (self.shape.extents(), shape.extents());
        let (mut from, mut to) = (&long(old)[..], &long(new)[..]);
        let mut strides = vec![0; new.len()];
        // Runs of axes with as many elements as a run of new ones.
        while !from.is_empty() || !to.is_empty() {
            let (mut taken, mut given) = (1, 1);
            let (mut here, mut there) = (*old.get(*from.first()?)?, *new.get(*to.first()?)?);
            while here != there {
                if here < there {
                    here *= old[*from.get(taken)?];
                    taken += 1;
                } else {
                    there *= new[*to.get(given)?];
                    given += 1;
                }
            }
            let (run, rest) = from.split_at(taken);
            if run.windows(2).any(|pair| self.strides[pair[0]] != old[pair[1]] * self.strides[pair[1]]) {
                return None;
            }
            let mut stride = self.strides[*run.last()?];
            for axis in to[..given].iter().rev() {
                strides[*axis] = stride;
                stride *= new[*axis];
            }
            (from, to) = (rest, &to[given..]);
        }
        self.with_axes(shape.clone(), strides).ok()
    }

    /// For each ciphertext the slots that hold an element, one for each, and which element it is.
    pub(super) fn elements(&self) -> Vec<Vec<(usize, usize)>> {
        let numbers = self.numbers();
        let mut out = vec![Vec::new(); numbers.len()];
        for (element, place) in self.places().into_iter().enumerate() {
            if let Ok(at) = numbers.binary_search(&(place / self.slots)) {
                out[at].push((place % self.slots, element));
            }
        }
        out
    }

    /// The same places under another shape with these strides.
    pub(super) fn with_axes(&self, shape: Shape, strides: Vec<usize>) -> Result<Self> {
        Self::from_parts(shape, strides, self.repeated, self.slots)
    }

    /// The same with other repeated bits.
    pub(super) fn with_repeated(&self, repeated: usize) -> Result<Self> {
        Self::from_parts(self.shape.clone(), self.strides.clone(), repeated, self.slots)
    }

    /// The layout without `axis`, whose bits become zero or, those in `repeated`, repeated.
    pub(super) fn without(&self, axis: usize, repeated: usize) -> Result<Self> {
        let (mut extents, mut strides) = (self.shape.extents().to_vec(), self.strides.clone());
        extents.remove(axis);
        strides.remove(axis);
        Self::from_parts(Shape::new(&extents)?, strides, repeated & (self.slots - 1), self.slots)
    }

    /// The shape of `rank` axes that broadcasting sees: axes of one element in front.
    pub(super) fn lead(&self, rank: usize) -> Result<Self> {
        let missing = rank.saturating_sub(self.strides.len());
        let extents = [&vec![1; missing], self.shape.extents()].concat();
        self.with_axes(Shape::new(&extents)?, [vec![0; missing], self.strides.clone()].concat())
    }

    /// The strides of a layout of `shape` in which both arrays stand with as few moves as possible: those of `self`, which moves
    /// nothing, then those of `other` where they do not collide, else the lowest free bits.
    ///
    /// # Errors
    /// `ShapeMismatch`.
    pub(super) fn meet(&self, other: &Self, shape: &Shape) -> Result<Vec<usize>> {
        let rank = shape.extents().len();
        let (mine, theirs) = (self.lead(rank)?, other.lead(rank)?);
        let mut strides = mine.strides.clone();
        let mut used = mine.used_bits();
        let mut place = |strides: &mut [usize], axis: usize, wanted: usize| {
            let extent = shape.extents()[axis];
            let free = |stride: usize| bits_of(extent, stride) & used == 0;
            let found = match wanted != 0 && free(wanted) {
                true => Some(wanted),
                false => (0..PLACE_BITS).map(|bit| 1_usize << bit).find(|stride| free(*stride)),
            };
            strides[axis] = found.ok_or(Error::new(ErrorKind::ShapeMismatch, "array: too large"))?;
            used |= bits_of(extent, strides[axis]);
            Ok::<(), Error>(())
        };
        // First the axes that can keep their place, so that what has to move does not take it.
        let missing: Vec<usize> =
            (0..rank).filter(|axis| strides[*axis] == 0 && shape.extents()[*axis] > 1).collect();
        let (keep, moved): (Vec<usize>, Vec<usize>) =
            missing.into_iter().partition(|axis| theirs.axis_bits(*axis) & mine.used_bits() == 0);
        for axis in keep.into_iter().chain(moved) {
            place(&mut strides, axis, theirs.strides[axis])?;
        }
        Ok(strides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    fn layout(extents: &[usize], slots: usize) -> Layout {
        Layout::new(&shape(extents), slots).unwrap()
    }

    #[test]
    fn rows_are_filled_up_to_a_power_of_two() {
        let table = layout(&[569, 30], 4096);
        assert_eq!((table.strides(), table.repeated(), table.numbers().len()), (&[32, 1][..], 0, 5));
        let row = layout(&[30], 4096);
        assert_eq!((row.strides(), row.repeated(), row.numbers().len()), (&[1][..], 4096 - 32, 1));
        let one = layout(&[], 4096);
        assert_eq!((one.repeated(), one.zero_bits(), one.numbers()), (4095, 0, vec![0]));
        assert!(one.is_full() && layout(&[4096], 4096).is_full() && layout(&[3, 64, 64], 4096).is_full());
        assert!(!row.is_full() && !table.is_full() && layout(&[32], 4096).is_full());
        assert_eq!(layout(&[1, 5, 1], 8).strides(), [0, 1, 0]);
        assert_eq!(layout(&[4097], 4096).numbers(), [0, 1]);
    }

    #[test]
    fn every_element_has_a_place_of_its_own() {
        for extents in [&[][..], &[5], &[3, 5], &[2, 3, 4], &[17, 3], &[40]] {
            let layout = layout(extents, 16);
            let values: Vec<usize> = (1..=layout.shape().len()).collect();
            let slots = layout.spread(&values, 0);
            let elements = layout.elements();
            assert_eq!((slots.len(), elements.len()), (layout.numbers().len(), layout.numbers().len()));
            assert_eq!(elements.iter().map(Vec::len).sum::<usize>(), values.len());
            for (slots, elements) in slots.iter().zip(elements) {
                assert!(elements.iter().all(|(slot, element)| slots[*slot] == values[*element]));
                assert!((0..16).all(|slot| slots[slot] == slots[slot & !layout.repeated()]));
            }
            let copies = 1 << layout.repeated().count_ones();
            let held = slots.iter().flatten().filter(|value| **value != 0).count();
            assert_eq!(held, values.len() * copies);
        }
    }

    #[test]
    fn what_is_no_layout() {
        let parts = |extents: &[usize], strides: &[usize], repeated| {
            Layout::from_parts(shape(extents), strides.to_vec(), repeated, 16)
        };
        assert!(parts(&[3, 4], &[4, 1], 0).is_ok() && parts(&[3, 4], &[1, 4], 0).is_ok());
        assert!(parts(&[3, 4], &[16, 4], 3).is_ok());
        for (strides, repeated) in [
            (&[4][..], 0),
            (&[2, 1], 0),
            (&[3, 1], 0),
            (&[0, 1], 0),
            (&[4, 1], 4),
            (&[4, 1], 16),
            (&[1 << 60, 1], 0),
        ] {
            assert_eq!(
                parts(&[3, 4], strides, repeated).unwrap_err().kind(),
                ErrorKind::ShapeMismatch,
                "{strides:?}"
            );
        }
        assert!(parts(&[1], &[1], 0).is_err());
        assert!(Layout::new(&shape(&[0, 3]), 16).is_err());
        assert!(Layout::new(&shape(&[65537, 257, 129]), 16).is_ok());
        assert!(Layout::new(&shape(&[3, 1 << 29, 2]), 16).is_ok());
    }

    #[test]
    fn operands_meet_with_few_moves() {
        let table = layout(&[569, 30], 4096);
        let meet = |a: &Layout, b: &Layout| a.meet(b, &a.shape().broadcast(b.shape()).unwrap()).unwrap();
        assert_eq!(meet(&table, &layout(&[30], 4096)), [32, 1]);
        // An outer product: the column moves up by as many bits as the row takes.
        let (column, row) = (layout(&[5, 1], 64), layout(&[1, 6], 64));
        assert_eq!(meet(&row, &column), [8, 1]);
        // A column that a sum along the rows left is where it should be.
        let means = Layout::from_parts(shape(&[569, 1]), vec![32, 0], 0, 4096).unwrap();
        assert_eq!(meet(&table, &means), [32, 1]);
        // The axis that collides goes where nobody is.
        let a = Layout::from_parts(shape(&[30, 569, 1]), vec![1, 32, 0], 0, 4096).unwrap();
        let b = Layout::from_parts(shape(&[1, 569, 30]), vec![0, 32, 1], 0, 4096).unwrap();
        assert_eq!(meet(&a, &b), [1, 32, 1 << 15]);
    }

    #[test]
    fn views_leave_everything_in_place() {
        let view = |from: &Layout, to: &[usize]| {
            let view = from.view(&shape(to));
            assert!(
                view.as_ref()
                    .is_none_or(|view| view.places() == from.places() && view.numbers() == from.numbers())
            );
            view.map(|view| view.strides().to_vec())
        };
        let table = layout(&[6, 4], 16);
        assert_eq!(view(&table, &[24]), Some(vec![1]));
        assert_eq!(view(&table, &[6, 1, 4, 1]), Some(vec![4, 0, 1, 0]));
        assert_eq!(view(&table, &[2, 3, 4]), None); // 3 is no power of two: its rows do not follow each other
        assert_eq!(view(&table, &[3, 2, 4]), Some(vec![8, 4, 1]));
        assert_eq!(view(&table, &[3, 8]), Some(vec![8, 1]));
        assert_eq!(view(&layout(&[6, 3], 16), &[18]), None);
        assert_eq!(view(&layout(&[5], 16), &[5, 1]), Some(vec![1, 0]));
        assert_eq!(view(&layout(&[1], 16), &[]), Some(vec![]));
        let flipped = table.with_axes(shape(&[4, 6]), vec![1, 4]).unwrap();
        assert_eq!((view(&flipped, &[24]), view(&flipped, &[4, 3, 2])), (None, Some(vec![1, 8, 4])));
        let ones = layout(&[8], 16).mask([1, 2].into_iter());
        assert_eq!(ones, [0., 1., 1., 0., 0., 0., 0., 0., 0., 1., 1., 0., 0., 0., 0., 0.]);
    }

    #[test]
    fn missing_ciphertexts_are_repeats() {
        let row = layout(&[30], 4096);
        assert!((0..5).all(|index| row.stored(index) == 0));
        let table = layout(&[569, 30], 4096);
        assert!((0..5).all(|index| table.stored(index) == index));
        assert_eq!(table.stored(9), 1); // of the next axis
        let columns = table.with_axes(shape(&[569, 30, 2]), vec![32, 1, 1 << 15]).unwrap();
        assert_eq!(columns.numbers(), [0, 1, 2, 3, 4, 8, 9, 10, 11, 12]); // none without elements
        assert_eq!(columns.count(), 10);
        assert_eq!(table.lead(3).unwrap().strides(), [0, 32, 1]);
        assert_eq!(table.without(0, 4096 - 32).unwrap(), layout(&[30], 4096));
    }
}
