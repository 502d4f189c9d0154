//! What an operation does to the ciphertexts of an array: worked out on layouts, which are public.
//!
//! Steps are rotations to the left: after `steps`, slot `t` holds what stood in slot `t + steps`.
use std::collections::BTreeMap;

use super::layout::Layout;
use crate::error::Result;
use crate::shape::Shape;

/// Repeats the content along zero bits: one rotation to the right and an addition for each bit, and no level.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    /// Rotations to the right, one after the other, each added.
    pub(super) steps: Vec<usize>,
    pub(super) layout: Layout,
}

/// The single bits in a set of them, from the highest.
fn bits_down(bits: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS).rev().map(|bit| 1_usize << bit).filter(move |bit| bits & bit != 0)
}

impl Repeat {
    /// Repeats along those of `bits` that are zero bits.
    pub(super) fn new(layout: &Layout, bits: usize) -> Result<Self> {
        let missing = bits & layout.zero_bits();
        let layout = layout.with_repeated(layout.repeated() | missing)?;
        Ok(Self { steps: bits_down(missing).collect(), layout })
    }
}

/// The sum along one axis.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sum {
    /// First along these zero bits, so that the sum needs no mask.
    pub(super) repeat: Repeat,
    /// For each ciphertext of the result, those that are added.
    pub(super) groups: Vec<Vec<usize>>,
    /// Then rotations to the left, one after the other, each added: by `stride`, `2 stride`, .. .
    pub(super) stride: usize,
    /// The number of slots that go into each sum: a power of two.
    pub(super) count: usize,
    /// The number of elements that go into each sum.
    pub(super) extent: u32,
    /// Whether slots that hold no element now hold sums of others, to be masked.
    pub(super) masked: bool,
    pub(super) layout: Layout,
}

impl Sum {
    /// Plans the sum along `axis`, which exists.
    pub(super) fn new(layout: &Layout, axis: usize) -> Result<Self> {
        let slots = layout.slots();
        let bits = layout.axis_bits(axis);
        let inside = bits & (slots - 1);
        // With copies in all slots above, the sums wrap around into copies too. Zeros above can be made copies.
        let above = match inside {
            0 => 0,
            _ => (slots - 1) & !((2 << inside.ilog2()) - 1),
        };
        let closed = above & layout.used_bits() == 0;
        let repeat = Repeat::new(layout, if closed { above } else { 0 })?;
        let copies = repeat.layout.repeated();
        let result = repeat.layout.without(axis, if closed { copies | inside } else { copies })?;
        let number_bits = bits / slots;
        let (numbers, sums) = (layout.numbers(), result.numbers());
        let mut groups = vec![Vec::new(); sums.len()];
        for (at, number) in numbers.iter().enumerate() {
            if let Ok(sum) = sums.binary_search(&(number & !number_bits)) {
                groups[sum].push(at);
            }
        }
        let stride = match inside {
            0 => 0,
            _ => 1 << inside.trailing_zeros(),
        };
        let count = 1_usize << inside.count_ones();
        let extent = u32::try_from(layout.shape().extents()[axis]).unwrap_or(u32::MAX);
        Ok(Self { repeat, groups, stride, count, extent, masked: inside != 0 && !closed, layout: result })
    }
}

/// One operand of an elementwise operation, brought to the layout of the result.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Another layout of the same shape first, if its axes are not where they meet the other operand's.
    pub(super) moved: Option<Layout>,
    /// Then repeated along the axes that are stretched.
    pub(super) repeat: Repeat,
    /// Then, for sums, masked, where the stretched axes have padding.
    pub(super) masked: bool,
    /// For each ciphertext of the result, the one of the operand.
    pub(super) from: Vec<usize>,
}

/// An elementwise operation of two operands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meeting {
    pub(super) left: Fit,
    pub(super) right: Fit,
    pub(super) layout: Layout,
}

/// What the operation does with slots that hold an element of one operand and a zero of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meet {
    /// A product is zero there.
    Product,
    /// A sum is not, so both must have the same zeros.
    Sum,
}

impl Meeting {
    /// Plans `left` with `right`, with numpy's broadcasting.
    pub(super) fn new(left: &Layout, right: &Layout, how: Meet) -> Result<Self> {
        let shape = left.shape().broadcast(right.shape())?;
        let rank = shape.extents().len();
        // What is larger stays where it is.
        let size = |layout: &Layout| (layout.numbers().len(), layout.shape().len());
        let strides = match size(left) >= size(right) {
            true => left.meet(right, &shape)?,
            false => right.meet(left, &shape)?,
        };
        let bare = left.with_repeated(0)?.lead(rank)?.with_axes(shape.clone(), strides.clone())?;
        let (left, right) = (Placed::new(left, &bare)?, Placed::new(right, &bare)?);
        let free = (bare.slots() - 1) & !bare.used_bits();
        let (a, b) = (left.layout.repeated() & free, right.layout.repeated() & free);
        let layout = bare.with_repeated(if how == Meet::Product { a & b } else { a | b })?;
        Ok(Self { left: left.fit(&layout, how)?, right: right.fit(&layout, how)?, layout })
    }

    /// Plans the stretching of `layout` to `shape`, to which it broadcasts.
    pub(super) fn stretch(layout: &Layout, shape: &Shape, how: Meet) -> Result<(Fit, Layout)> {
        let rank = shape.extents().len();
        let strides = layout.meet(&layout.lead(rank)?, shape)?;
        let bare = layout.with_repeated(0)?.lead(rank)?.with_axes(shape.clone(), strides)?;
        let placed = Placed::new(layout, &bare)?;
        let target = bare.with_repeated(layout.repeated() & !bare.used_bits())?;
        Ok((placed.fit(&target, how)?, target))
    }
}

/// An operand with its axes where those of the result are.
struct Placed {
    moved: Option<Layout>,
    layout: Layout,
}

impl Placed {
    fn new(operand: &Layout, target: &Layout) -> Result<Self> {
        let here = operand.lead(target.shape().extents().len())?;
        let own = here.shape().extents().iter().zip(target.strides());
        let strides: Vec<usize> =
            own.map(|(extent, stride)| if *extent == 1 { 0 } else { *stride }).collect();
        if strides == here.strides() {
            return Ok(Self { moved: None, layout: here });
        }
        let moved = here.with_repeated(0)?.with_axes(here.shape().clone(), strides)?;
        let repeated = here.repeated() & !moved.used_bits();
        let moved = moved.with_repeated(repeated)?;
        Ok(Self { moved: Some(moved.clone()), layout: moved })
    }

    fn fit(self, target: &Layout, how: Meet) -> Result<Fit> {
        let slots = target.slots();
        let stretched = target.used_bits() & !self.layout.used_bits();
        let copies = if how == Meet::Sum { target.repeated() } else { 0 };
        let repeat = Repeat::new(&self.layout, (stretched & (slots - 1)) | copies)?;
        let padded = |axis: usize| {
            let (extent, stride) = (target.shape().extents()[axis], target.strides()[axis]);
            let own = self.layout.shape().extents()[axis];
            own != extent && !extent.is_power_of_two() && stride < slots && (extent * stride) % slots != 0
        };
        let masked = how == Meet::Sum && (0..target.strides().len()).any(padded);
        let numbers = self.layout.numbers();
        let from = target.numbers().into_iter().map(|number| {
            numbers
                .binary_search(&self.layout.stored(number))
                .expect("an element of the result has one in each operand")
        });
        let from = from.collect();
        Ok(Fit { moved: self.moved, repeat, masked, from })
    }
}

/// Elements moved to other places: rotations of whole ciphertexts, each masked to what it brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moves {
    /// For each ciphertext of the result, what is added up.
    pub(super) parts: Vec<Vec<Part>>,
    /// Whether the parts have to be masked: not where one part is the whole ciphertext.
    pub(super) masked: bool,
    pub(super) layout: Layout,
}

/// One rotation of one ciphertext.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) from: usize,
    pub(super) steps: usize,
    /// The elements of the result that it brings.
    pub(super) elements: Vec<usize>,
}

impl Moves {
    /// Plans `target`, whose elements are, in order, these of `source`; target's copies are where source has copies too.
    pub(super) fn new(source: &Layout, elements: &[usize], target: Layout) -> Self {
        Self::gather(&[source], &elements.iter().map(|element| (0, *element)).collect::<Vec<_>>(), target)
    }

    /// The same from several arrays, whose ciphertexts are counted on.
    pub(super) fn gather(sources: &[&Layout], elements: &[(usize, usize)], target: Layout) -> Self {
        let slots = target.slots();
        let places: Vec<(Vec<usize>, Vec<usize>)> =
            sources.iter().map(|source| (source.places(), source.numbers())).collect();
        let mut first = vec![0];
        first.extend(places.iter().scan(0, |sum, (_, numbers)| {
            *sum += numbers.len();
            Some(*sum)
        }));
        let numbers = target.numbers();
        let find = |numbers: &[usize], place: usize| {
            numbers.binary_search(&(place / slots)).expect("a layout numbers the ciphertext of each element")
        };
        let mut groups: Vec<BTreeMap<(usize, usize), Vec<usize>>> = vec![BTreeMap::new(); numbers.len()];
        for (element, (to, (source, from))) in target.places().into_iter().zip(elements).enumerate() {
            let place = places[*source].0[*from];
            let steps = (place % slots + slots - to % slots) % slots;
            let which = first[*source] + find(&places[*source].1, place);
            groups[find(&numbers, to)].entry((which, steps)).or_default().push(element);
        }
        let part = |((from, steps), elements)| Part { from, steps, elements };
        let parts: Vec<Vec<Part>> =
            groups.into_iter().map(|group| group.into_iter().map(part).collect()).collect();
        // A ciphertext of which every element goes the same way goes as it is.
        let mut held = vec![0; first[sources.len()]];
        for ((places, numbers), first) in places.iter().zip(&first) {
            for place in places {
                held[first + find(numbers, *place)] += 1;
            }
        }
        let copies = sources.iter().all(|source| source.repeated() == target.repeated());
        let whole = |parts: &Vec<Part>| parts.len() == 1 && parts[0].elements.len() == held[parts[0].from];
        let masked = !(copies && parts.iter().all(whole));
        Self { parts, masked, layout: target }
    }

    /// Whether nothing moves at all.
    pub(super) fn is_nothing(&self) -> bool {
        !self.masked
            && self.parts.iter().enumerate().all(|(at, parts)| parts[0].from == at && parts[0].steps == 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shape::selection;

    const SLOTS: usize = 16;

    /// The ciphertexts of an array, in the clear.
    type Clear = Vec<Vec<i64>>;

    fn rotated(slots: &[i64], steps: usize) -> Vec<i64> {
        (0..SLOTS).map(|slot| slots[(slot + steps) % SLOTS]).collect()
    }

    fn plus(a: &[i64], b: &[i64]) -> Vec<i64> {
        a.iter().zip(b).map(|(a, b)| a + b).collect()
    }

    fn mask(slots: &mut Clear, layout: &Layout) {
        let ones = layout.spread(&vec![1; layout.shape().len()], 0);
        for (slots, ones) in slots.iter_mut().zip(ones) {
            slots.iter_mut().zip(ones).for_each(|(slot, one)| *slot *= one);
        }
    }

    fn repeat(mut slots: Clear, plan: &Repeat) -> Clear {
        for step in &plan.steps {
            slots = slots.iter().map(|slots| plus(slots, &rotated(slots, SLOTS - step))).collect();
        }
        slots
    }

    fn sum(slots: Clear, plan: &Sum) -> Clear {
        let slots = repeat(slots, &plan.repeat);
        let add = |group: &Vec<usize>| group.iter().fold(vec![0; SLOTS], |sum, at| plus(&sum, &slots[*at]));
        let mut sums: Clear = plan.groups.iter().map(add).collect();
        let mut step = plan.stride;
        while step < plan.stride * plan.count {
            sums = sums.iter().map(|slots| plus(slots, &rotated(slots, step))).collect();
            step *= 2;
        }
        if plan.masked {
            mask(&mut sums, &plan.layout);
        }
        sums
    }

    fn moved(slots: &Clear, plan: &Moves) -> Clear {
        let part = |part: &Part| {
            let mut all = vec![0; plan.layout.shape().len()];
            part.elements.iter().for_each(|element| all[*element] = 1);
            let masks = plan.layout.spread(&all, 0);
            let at = plan
                .parts
                .iter()
                .position(|parts| parts.iter().any(|other| std::ptr::eq(part, other)))
                .unwrap();
            let brought = rotated(&slots[part.from], part.steps);
            match plan.masked {
                true => brought.iter().zip(&masks[at]).map(|(a, b)| a * b).collect(),
                false => brought,
            }
        };
        let add =
            |parts: &Vec<Part>| parts.iter().map(part).fold(vec![0; SLOTS], |sum, part| plus(&sum, &part));
        plan.parts.iter().map(add).collect()
    }

    fn fitted(slots: Clear, source: &Layout, fit: &Fit, target: &Layout) -> Clear {
        let slots = match &fit.moved {
            None => slots,
            Some(to) => {
                let all: Vec<usize> = (0..source.shape().len()).collect();
                moved(&slots, &Moves::new(source, &all, to.clone()))
            }
        };
        let slots = repeat(slots, &fit.repeat);
        let mut slots: Clear = fit.from.iter().map(|from| slots[*from].clone()).collect();
        if fit.masked {
            mask(&mut slots, target);
        }
        slots
    }

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    fn numbers(count: usize) -> Vec<i64> {
        (1..).map(|i| i * i + 3).take(count).collect()
    }

    /// A layout as operations leave it: axes in any order, with gaps, some bits repeated.
    fn layouts(extents: Vec<usize>) -> impl Strategy<Value = Layout> {
        let rank = extents.len();
        let order = Just((0..rank).collect::<Vec<_>>()).prop_shuffle();
        (Just(extents), order, proptest::collection::vec(0_u32..2, rank), any::<usize>()).prop_map(
            |(extents, order, gaps, copies)| {
                let mut strides = vec![0; extents.len()];
                let mut stride = 1;
                for (axis, gap) in order.into_iter().zip(gaps) {
                    if extents[axis] > 1 {
                        strides[axis] = stride << gap;
                        stride = strides[axis] * extents[axis].next_power_of_two();
                    }
                }
                let bare = Layout::from_parts(shape(&extents), strides, 0, SLOTS).unwrap();
                let free = (SLOTS - 1) & !bare.used_bits();
                bare.with_repeated(free & copies).unwrap()
            },
        )
    }

    fn pairs() -> impl Strategy<Value = (Layout, Layout)> {
        let axes = proptest::collection::vec((1_usize..6, 0..4), 0..4);
        axes.prop_flat_map(|axes| {
            let of = |left: bool| -> Vec<usize> {
                let keep = |(extent, who): &(usize, i32)| match (who, left) {
                    (0, true) | (1, false) => 1,
                    _ => *extent,
                };
                axes.iter().map(keep).collect()
            };
            (layouts(of(true)), layouts(of(false)))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn operations_agree_with_the_shapes((a, b) in pairs()) {
            let (x, y) = (numbers(a.shape().len()), numbers(b.shape().len() + 7)[7..].to_vec());
            let (target, met) = selection::pairs(a.shape(), b.shape()).unwrap();
            for how in [Meet::Product, Meet::Sum] {
                let plan = Meeting::new(&a, &b, how).unwrap();
                prop_assert_eq!(plan.layout.shape(), &target);
                let left = fitted(a.spread(&x, 0), &a, &plan.left, &plan.layout);
                let right = fitted(b.spread(&y, 0), &b, &plan.right, &plan.layout);
                let one = |a: i64, b: i64| if how == Meet::Sum { a + b } else { a * b };
                let both: Clear = left.iter().zip(&right).map(|(a, b)| a.iter().zip(b).map(|(a, b)| one(*a, *b)).collect()).collect();
                let expected: Vec<i64> = met.iter().map(|(i, j)| one(x[*i], y[*j])).collect();
                prop_assert_eq!(both, plan.layout.spread(&expected, 0));
            }
            let (fit, stretched) = Meeting::stretch(&a, &target, Meet::Sum).unwrap();
            let expected: Vec<i64> = met.iter().map(|(i, _)| x[*i]).collect();
            prop_assert_eq!(fitted(a.spread(&x, 0), &a, &fit, &stretched), stretched.spread(&expected, 0));
        }

        #[test]
        fn sums_agree_with_the_shapes((a, _) in pairs()) {
            let x = numbers(a.shape().len());
            for axis in 0..a.shape().extents().len() {
                let plan = Sum::new(&a, axis).unwrap();
                let (target, groups, _) = selection::reduce(a.shape(), Some(axis)).unwrap();
                prop_assert_eq!(plan.layout.shape(), &target);
                let expected: Vec<i64> = groups.iter().map(|group| group.iter().map(|i| x[*i]).sum()).collect();
                prop_assert_eq!(sum(a.spread(&x, 0), &plan), plan.layout.spread(&expected, 0));
            }
            // From the axis with the highest stride down, no sum needs a mask.
            let (mut rest, mut slots) = (a.clone(), a.spread(&x, 0));
            while let Some((axis, _)) = rest.strides().iter().enumerate().max_by_key(|(_, stride)| **stride) {
                let plan = Sum::new(&rest, axis).unwrap();
                prop_assert!(!plan.masked);
                slots = sum(slots, &plan);
                rest = plan.layout;
            }
            prop_assert_eq!(slots, rest.spread(&[x.iter().sum()], 0));
        }

        #[test]
        fn moves_agree_with_the_shapes((a, _) in pairs(), seed in any::<usize>()) {
            let x = numbers(a.shape().len());
            let flat = shape(&[x.len()]);
            let elements: Vec<usize> = (0..x.len()).map(|i| i + seed % x.len()).map(|i| i % x.len()).collect();
            let target = Layout::new(&flat, SLOTS).unwrap();
            let target = target.with_repeated(a.repeated() & !target.used_bits()).unwrap();
            let plan = Moves::new(&a, &elements, target);
            let expected: Vec<i64> = elements.iter().map(|i| x[*i]).collect();
            prop_assert_eq!(moved(&a.spread(&x, 0), &plan), plan.layout.spread(&expected, 0));
        }
    }

    #[test]
    fn a_matrix_times_a_vector_moves_only_copies() {
        let table = Layout::new(&shape(&[569, 30]), 4096).unwrap();
        let weights = Layout::new(&shape(&[30]), 4096).unwrap();
        let plan = Meeting::new(&table, &weights, Meet::Product).unwrap();
        let nothing = |fit: &Fit| fit.moved.is_none() && fit.repeat.steps.is_empty() && !fit.masked;
        assert!(nothing(&plan.left) && nothing(&plan.right));
        assert_eq!((&plan.right.from, &plan.layout), (&vec![0; 5], &table));
        // Along the rows the sums need a mask; down the columns they wrap around into copies.
        let rows = Sum::new(&table, 1).unwrap();
        assert!(rows.masked && rows.groups.len() == 5);
        let columns = Sum::new(&table, 0).unwrap();
        assert!(!columns.masked);
        assert_eq!((columns.groups, columns.stride, columns.count), (vec![vec![0, 1, 2, 3, 4]], 32, 128));
        assert_eq!(columns.layout, weights);
        // The transposed matrix takes what the rows left: five copies to the right, nothing else.
        let flipped = table.with_axes(shape(&[30, 569]), vec![1, 32]).unwrap();
        let plan = Meeting::new(&flipped, &rows.layout, Meet::Product).unwrap();
        assert!(nothing(&plan.left) && plan.right.moved.is_none());
        assert_eq!(plan.right.repeat.steps, [16, 8, 4, 2, 1]);
    }

    #[test]
    fn what_stays_is_not_moved() {
        let flat = Layout::new(&shape(&[16, 3]), SLOTS).unwrap();
        let all: Vec<usize> = (0..48).collect();
        assert!(Moves::new(&flat, &all, flat.clone()).is_nothing());
        let part = Moves::new(&flat, &all[..12], Layout::new(&shape(&[4, 3]), SLOTS).unwrap());
        assert!(part.is_nothing());
        let padded = Moves::new(&flat, &all[..9], Layout::new(&shape(&[3, 3]), SLOTS).unwrap());
        assert!(padded.masked);
    }
}
