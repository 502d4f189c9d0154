//! Which evaluation keys are wanted.
use std::collections::BTreeSet;

use crate::ckks::{params::Params, sums};
use crate::ring::rotation_element;

/// Which keys an [`EvaluationKeys`](super::EvaluationKeys) is to hold. Each key has its size, so ask for what is used.
///
/// Rotations go to the left, and to the right when they are negative; rotating by the number of slots is nothing.
///
/// # Example
/// ```
/// # use veilkit::ckks::{KeyRequest, Params};
/// let request = KeyRequest::new().relinearization().rotations(&[1, -1]).powers_of_two();
/// // 4096 slots have 12 powers of two, and 1 is one of them.
/// assert_eq!(request.count(&Params::depth_2()), 1 + 1 + 12);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRequest {
    relinearization: bool,
    conjugation: bool,
    powers_of_two: bool,
    rotations: BTreeSet<i64>,
    sums: BTreeSet<(i64, usize)>,
}

impl KeyRequest {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// For products of ciphertexts.
    #[must_use]
    pub fn relinearization(mut self) -> Self {
        self.relinearization = true;
        self
    }

    /// For complex conjugates.
    #[must_use]
    pub fn conjugation(mut self) -> Self {
        self.conjugation = true;
        self
    }

    /// For these rotations.
    #[must_use]
    pub fn rotations(mut self, steps: &[i64]) -> Self {
        self.rotations.extend(steps);
        self
    }

    /// For rotations by 1, 2, 4, ..., which make every other one, in several steps.
    #[must_use]
    pub fn powers_of_two(mut self) -> Self {
        self.powers_of_two = true;
        self
    }

    /// For [`sum_slots`](super::EvaluationKeys::sum_slots) and [`dot`](super::EvaluationKeys::dot) of `count` slots.
    #[must_use]
    pub fn sums(self, count: usize) -> Self {
        self.inner_sums(1, count)
    }

    /// For [`inner_sum`](super::EvaluationKeys::inner_sum) of `count` slots that are `stride` apart, at its fastest.
    #[must_use]
    pub fn inner_sums(mut self, stride: i64, count: usize) -> Self {
        self.sums.insert((stride, count));
        self
    }

    /// How many keys these are.
    pub fn count(&self, params: &Params) -> usize {
        usize::from(self.relinearization) + self.elements(params.degree()).len()
    }

    pub(super) fn wants_relinearization(&self) -> bool {
        self.relinearization
    }

    /// The Galois elements other than 1.
    pub(super) fn elements(&self, degree: usize) -> BTreeSet<u64> {
        let slots = degree / 2;
        let powers = (0..slots.ilog2()).map(|log| 1_i64 << log).filter(|_| self.powers_of_two);
        let sums = self.sums.iter().flat_map(|(stride, count)| sums::steps(slots, *stride, *count));
        let steps = self.rotations.iter().copied().chain(powers).chain(sums);
        let mut elements: BTreeSet<u64> = steps.map(|steps| rotation_element(degree, steps)).collect();
        if self.conjugation {
            elements.insert(2 * degree as u64 - 1);
        }
        elements.remove(&1);
        elements
    }
}

/// The rotations to the left whose Galois elements are wanted, in ascending order.
pub(super) fn steps_of(degree: usize, wanted: impl Fn(u64) -> bool) -> Vec<usize> {
    let mask = 2 * degree as u64 - 1;
    let elements = core::iter::successors(Some(5), |element| Some((element * 5) & mask));
    (1..degree / 2).zip(elements).filter(|(_, element)| wanted(*element)).map(|(steps, _)| steps).collect()
}

/// `1 / element` modulo `2 degree`, for an odd element. Each step doubles the number of right bits.
pub(super) fn inverse(degree: usize, element: u64) -> u64 {
    let newton = |x: u64, _| x.wrapping_mul(2_u64.wrapping_sub(element.wrapping_mul(x)));
    (0..6).fold(1, newton) & (2 * degree as u64 - 1)
}
