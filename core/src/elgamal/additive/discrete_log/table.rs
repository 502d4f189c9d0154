//! The table of small multiples of the generator, found by a part of their coordinate.
use super::curve::{Affine, Constants, Neighbours, Scratch, neighbours};
use super::fp25519::Fp25519;
use crate::group::Point;

/// Multiples of the generator around which the table is filled reach this far to both sides.
const REACH: u64 = 256;
/// How many such neighbourhoods there are beside that of the neutral element.
const CENTERS: u64 = 1021;
/// The table holds the multiples from 1 to this.
pub(super) const BABY_STEPS: u64 = REACH + (2 * REACH + 1) * CENTERS;
/// The logarithms that a look-up of one point covers, negative ones too.
pub(super) const STRIDE: u64 = 2 * BABY_STEPS + 1;

/// Slots of the table, twice as many as entries.
const LOG2_SLOTS: u32 = 20;
/// Bits of a slot that hold the multiple; the others hold a part of the coordinate.
const VALUE_BITS: u32 = 19;

const _: () = assert!(BABY_STEPS < 1 << VALUE_BITS);

/// Slots of 32 bits with linear probing: 13 bits of the coordinate, 19 of the multiple; 0 is empty.
pub(super) struct Table {
    slots: Box<[u32]>,
}

impl Table {
    /// The memory of the table.
    pub(super) const BYTES: usize = 4 << LOG2_SLOTS;

    pub(super) fn new(constants: &Constants) -> Self {
        let mut table = Self { slots: vec![0; 1 << LOG2_SLOTS].into_boxed_slice() };
        let one = constants.four_times(&Point::generator()).expect("the generator is not neutral");
        let reach = usize::try_from(REACH).expect("a small number");
        let near = one.multiples(2 * reach + 1);
        let (near, step) = (&near[..reach], near[2 * reach]);
        near.iter().zip(1..).for_each(|(point, multiple)| table.insert(point.u, multiple));
        let mut scratch = Scratch::default();
        for (center, number) in
            step.multiples(usize::try_from(CENTERS).expect("a small number")).iter().zip(1..)
        {
            table.insert_around(center, number * (2 * REACH + 1), near, &mut scratch);
        }
        table
    }

    fn insert_around(&mut self, center: &Affine, multiple: u64, near: &[Affine], scratch: &mut Scratch) {
        self.insert(center.u, multiple);
        neighbours(center, near, scratch, |at, found| {
            if let Neighbours::Apart { minus, plus } = found {
                let distance = at as u64 + 1;
                self.insert(minus, multiple - distance);
                self.insert(plus, multiple + distance);
            }
        });
    }

    fn insert(&mut self, u: Fp25519, multiple: u64) {
        let (mut at, mark) = place(u);
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = mark | u32::try_from(multiple).expect("at most 19 bits");
    }

    /// Calls `found` with each multiple that the coordinate may belong to, most often none.
    #[inline]
    pub(super) fn look_up(&self, u: Fp25519, mut found: impl FnMut(u64)) {
        let (mut at, mark) = place(u);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return;
            }
            if (slot ^ mark) >> VALUE_BITS == 0 {
                found(u64::from(slot & ((1 << VALUE_BITS) - 1)));
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

/// The first slot of a coordinate, and the part of it that slots remember, in its place.
#[inline]
fn place(u: Fp25519) -> (usize, u32) {
    let bits = u.low_bits();
    let slot = usize::try_from(bits & ((1 << LOG2_SLOTS) - 1)).expect("20 bits");
    let mark = u32::try_from(bits >> LOG2_SLOTS & ((1 << (u32::BITS - VALUE_BITS)) - 1)).expect("13 bits");
    (slot, mark << VALUE_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;
    use crate::group::Scalar;

    #[test]
    fn every_multiple_is_there_once() {
        let constants = Constants::new();
        let table = Table::new(&constants);
        let mut multiples: Vec<u32> = table
            .slots
            .iter()
            .filter(|slot| **slot != 0)
            .map(|slot| slot & ((1 << VALUE_BITS) - 1))
            .collect();
        multiples.sort_unstable();
        assert!(multiples.iter().copied().eq(1..=u32::try_from(BABY_STEPS).unwrap()));
        for multiple in [1, 2, 256, 257, 513, 514, 769, 100_000, BABY_STEPS - 1, BABY_STEPS] {
            let point = Point::mul_generator(&Scalar::from_u64(multiple));
            let mut found = Vec::new();
            table.look_up(constants.four_times(&point).unwrap().u, |m| found.push(m));
            assert!(found.contains(&multiple), "{multiple}");
        }
        assert_eq!(table.slots.len() * size_of::<u32>(), Table::BYTES);
    }
}
