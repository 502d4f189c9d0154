//! Sums over slots, and dot products.
//!
//! The sum of `count` slots is built up by the digits of `count` in base 4 or 2: from the sums of w neighbours come
//! those of 4 w, as three rotations of one ciphertext that share its digits and one division.
use super::{
    ciphertext::Ciphertext,
    evaluation_keys::EvaluationKeys,
    key_switch::{Lifted, Plan, Rotation, Term},
};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::rotation_element;

/// The bases to choose from, the fastest first.
const RADICES: [usize; 2] = [4, 2];

/// One round: from the sums of w slots to those of `radix * w`.
#[derive(Clone, Copy)]
struct Round {
    radix: usize,
    /// The digit of the count.
    digit: usize,
    /// Whether lower digits gave a sum that is to be rotated by the digit.
    rest: bool,
    /// Whether there are higher digits.
    more: bool,
}

impl Round {
    fn new(count: usize, weight: usize, radix: usize, rest: bool) -> Self {
        let left = count / weight;
        Self { radix, digit: left % radix, rest, more: left >= radix }
    }

    /// Rotations by 1, 2, ... times the weight up to this one are needed.
    fn last_rotation(self) -> usize {
        match self {
            Self { more: true, radix, .. } => radix - 1,
            Self { rest: true, digit, .. } => digit,
            Self { digit, .. } => digit.saturating_sub(1),
        }
    }
}

/// The rotations with which a sum of `count` slots, `stride` apart, is fastest.
pub(super) fn steps(slots: usize, stride: i64, count: usize) -> Vec<i64> {
    let (mut steps, mut weight, mut rest) = (Vec::new(), 1, false);
    let count = count.min(slots);
    while weight <= count {
        let round = Round::new(count, weight, RADICES[0], rest);
        steps.extend((1..=round.last_rotation()).map(|i| step(slots, stride, i * weight)));
        rest |= round.digit > 0;
        weight *= round.radix;
    }
    steps
}

/// `times * stride`, as a rotation to the left by less than all slots.
fn step(slots: usize, stride: i64, times: usize) -> i64 {
    let slots = slots as i64;
    stride.rem_euclid(slots) * (times as i64) % slots
}

impl EvaluationKeys {
    /// Slot i becomes the sum of slots `i, i + 1, ..., i + count - 1`, round the end: with zeros behind the numbers, or when
    /// they fill all slots, slot 0 is their sum.
    ///
    /// Fastest with the keys of [`KeyRequest::sums`](super::KeyRequest::sums); those for powers of two are enough.
    ///
    /// # Errors
    /// `MissingKey` with the step; `OutOfRange` unless there are from 1 to all slots; `ParamsMismatch` for another context;
    /// `HeadroomExhausted` when the sum could be too large.
    ///
    /// # Security
    /// The other slots hold other sums: whoever decrypts sees them too.
    pub fn sum_slots(&self, a: &Ciphertext, count: usize) -> Result<Ciphertext> {
        self.inner_sum(a, 1, count)
    }

    /// Slot i becomes the sum of the `count` slots `i, i + stride, i + 2 stride, ...`, round the end.
    ///
    /// # Errors
    /// As [`EvaluationKeys::sum_slots`].
    pub fn inner_sum(&self, a: &Ciphertext, stride: i64, count: usize) -> Result<Ciphertext> {
        self.check(&a.context, a.key)?;
        let slots = self.context().params().slots();
        if !(1..=slots).contains(&count) {
            return Err(Error::new(ErrorKind::OutOfRange, "count: from 1 to the number of slots"));
        }
        if count == 1 {
            return Ok(a.clone());
        }
        let plan = self.plan(a.level());
        let first = Lifted::new(plan, &a.c0, &a.c1);
        let sum = Summation { keys: self, plan, stride }.sum(first, count)?;
        let ([c0, c1], noise) = sum.lower(plan);
        self.ciphertext([c0, c1], a.scale, a.bounds.sum_of(count).with_noise(noise))
    }

    /// The products of slots, summed as by [`EvaluationKeys::sum_slots`]: at one level less.
    ///
    /// # Errors
    /// As [`EvaluationKeys::multiply`] and [`EvaluationKeys::sum_slots`].
    pub fn dot(&self, a: &Ciphertext, b: &Ciphertext, count: usize) -> Result<Ciphertext> {
        self.sum_slots(&self.multiply(a, b)?, count)
    }
}

/// A sum being made.
struct Summation<'a> {
    keys: &'a EvaluationKeys,
    plan: &'a Plan,
    stride: i64,
}

impl<'a> Summation<'a> {
    fn sum(&self, first: Lifted, count: usize) -> Result<Lifted> {
        // Sums of `weight` slots, and of the `count % weight` slots that lower digits stand for.
        let (mut powers, mut rest, mut weight) = (first, None, 1);
        loop {
            let round = self.round(count, weight, rest.is_some());
            if !round.more && round.digit == 1 && rest.is_none() {
                return Ok(powers);
            }
            if round.digit > 0 {
                let next = self.combine(
                    &powers,
                    0..round.digit,
                    rest.as_ref().map(|rest| (rest, round.digit)),
                    weight,
                )?;
                rest = Some(next);
            }
            if !round.more {
                return Ok(rest.expect("the highest digit is not 0"));
            }
            powers = self.combine(&powers, 0..round.radix, None, weight)?;
            weight *= round.radix;
        }
    }

    /// The fastest round that there are keys for; with base 2 its rotation may be made of others.
    fn round(&self, count: usize, weight: usize, rest: bool) -> Round {
        let rounds = RADICES.map(|radix| Round::new(count, weight, radix, rest));
        let possible =
            |round: &Round| (1..=round.last_rotation()).all(|i| self.rotation(i * weight).is_some());
        rounds.into_iter().find(possible).unwrap_or(rounds[RADICES.len() - 1])
    }

    /// `powers` rotated by each of these times the weight, and `rest` by its own.
    fn combine(
        &self,
        powers: &Lifted,
        times: core::ops::Range<usize>,
        rest: Option<(&Lifted, usize)>,
        weight: usize,
    ) -> Result<Lifted> {
        let (mut direct, mut composed) = (Vec::new(), Vec::new());
        for i in times {
            match self.rotation(i * weight) {
                Some(rotation) => direct.push(rotation),
                None => composed.push(self.rotated(powers, i * weight)?),
            }
        }
        let rotation = rest.map(|(rest, i)| (rest, i * weight, self.rotation(i * weight)));
        if let Some((rest, times, None)) = rotation {
            composed.push(self.rotated(rest, times)?);
        }
        let rest = rotation.and_then(|(rest, _, rotation)| Some((rest, [rotation?])));
        let mut terms: Vec<Term<'_>> = vec![(powers, &direct)];
        terms.extend(rest.as_ref().map(|(rest, rotation)| (*rest, &rotation[..])));
        terms.extend(composed.iter().map(|rotated| (rotated, &[None][..])));
        Ok(Lifted::sum(self.plan, &terms))
    }

    /// A rotation by `times` strides that has no key of its own.
    fn rotated(&self, lifted: &Lifted, times: usize) -> Result<Lifted> {
        let step = step(self.keys.context().params().slots(), self.stride, times);
        let path = self.keys.path(step)?;
        Ok(Lifted::rotated(self.plan, lifted, &path))
    }

    /// The one key for a rotation by `times` strides, or nothing to rotate by.
    fn rotation(&self, times: usize) -> Option<Rotation<'a>> {
        let params = self.keys.context().params();
        match step(params.slots(), self.stride, times) {
            0 => Some(None),
            step => self.keys.galois(rotation_element(params.degree(), step)).map(Some),
        }
    }
}
