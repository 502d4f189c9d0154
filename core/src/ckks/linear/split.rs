//! Baby steps and giant steps: which rotations reach every diagonal.
//!
//! A diagonal `k = giant + baby` costs a rotation of the input by `baby`, which all diagonals with that baby step share,
//! and one of a partial sum by `giant`. Rotations of the input share the costly half of key switching (hoisting).
use std::collections::BTreeSet;

/// The steps that diagonals are reached by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// Rotations of the input, in ascending order; 0 may be one.
    pub(super) babies: Vec<usize>,
    /// Rotations of the sums, and for each the baby steps of its diagonals.
    pub(super) giants: Vec<(usize, Vec<usize>)>,
}

/// What a giant step costs, in baby steps: these share digits, and are not divided.
const GIANT: usize = 4;

impl Split {
    /// The cheapest for these indices, which are below `period`.
    pub(super) fn new(indices: &[usize], period: usize) -> Self {
        // Where all indices are multiples of a stride, so are the steps.
        let stride = indices.iter().fold(period, |stride, index| gcd(stride, *index));
        let powers = (0..=(period / stride).ilog2()).map(|log| 1 << log);
        let others = 1..=2 * indices.len().isqrt();
        let widths: BTreeSet<usize> = powers.chain(others).map(|width| width * stride).collect();
        let split = |width: &usize| Self::with_width(indices, *width);
        widths.iter().map(split).min_by_key(Self::cost).expect("1 is a power of two")
    }

    /// Baby steps below `width`.
    fn with_width(indices: &[usize], width: usize) -> Self {
        let mut giants: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut babies = BTreeSet::new();
        for index in indices {
            let (baby, giant) = (index % width, index - index % width);
            babies.insert(baby);
            match giants.last_mut() {
                Some((last, members)) if *last == giant => members.push(baby),
                _ => giants.push((giant, vec![baby])),
            }
        }
        Self { babies: babies.into_iter().collect(), giants }
    }

    fn cost(&self) -> usize {
        let babies = self.babies.iter().filter(|baby| **baby != 0).count();
        let giants = self.giants.iter().filter(|(giant, _)| *giant != 0).count();
        babies + GIANT * giants
    }

    /// Every step other than 0.
    pub(super) fn rotations(&self) -> BTreeSet<usize> {
        let giants = self.giants.iter().map(|(giant, _)| *giant);
        self.babies.iter().copied().chain(giants).filter(|step| *step != 0).collect()
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn reaches_each_once(indices in prop::collection::btree_set(0usize..512, 1..100)) {
            let indices: Vec<usize> = indices.into_iter().collect();
            let split = Split::new(&indices, 512);
            let mut reached: Vec<usize> = Vec::new();
            for (giant, babies) in &split.giants {
                prop_assert!(babies.iter().all(|baby| split.babies.contains(baby)));
                reached.extend(babies.iter().map(|baby| giant + baby));
            }
            prop_assert_eq!(reached, indices);
        }
    }

    #[test]
    fn few_rotations() {
        let dense: Vec<usize> = (0..256).collect();
        assert!(Split::new(&dense, 256).rotations().len() <= 40);
        let strided: Vec<usize> = (0..64).map(|k| 64 * k).collect();
        assert!(Split::new(&strided, 4096).rotations().len() <= 20);
        let band = [0, 1, 2, 4094, 4095];
        assert!(Split::new(&band, 4096).rotations().len() <= 4);
        assert!(Split::new(&[0], 4096).rotations().is_empty());
        assert_eq!(Split::new(&[7], 8).rotations().len(), 1);
    }
}
