//! Rotations and conjugates.
use super::{
    bounds::Noise,
    ciphertext::Ciphertext,
    evaluation_keys::{EvaluationKeys, GaloisKey},
    key_switch::{Digits, Lifted, divided_each, for_rows, switch},
};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Poly, Values, rotation_element};

impl EvaluationKeys {
    /// Moves slot `i + steps` to slot i, round the end: a rotation to the left, or to the right for negative steps.
    ///
    /// Uses the key for that rotation, or as few as can be of those for powers of two, in either direction.
    ///
    /// # Errors
    /// `MissingKey` with the step; `ParamsMismatch` for another context.
    pub fn rotate(&self, a: &Ciphertext, steps: i64) -> Result<Ciphertext> {
        self.check(&a.context, a.key)?;
        let plan = self.plan(a.level());
        match &self.path(steps)?[..] {
            [] => Ok(a.clone()),
            [one] => self.apply(a, one),
            path => {
                let lifted = Lifted::new(plan, &a.c0, &a.c1);
                let ([c0, c1], noise) = Lifted::rotated(plan, &lifted, path).lower(plan);
                self.ciphertext([c0, c1], a.scale, a.bounds.with_noise(noise))
            }
        }
    }

    /// The complex conjugate of each slot.
    ///
    /// # Errors
    /// `MissingKey`; `ParamsMismatch` for another context.
    pub fn conjugate(&self, a: &Ciphertext) -> Result<Ciphertext> {
        self.check(&a.context, a.key)?;
        let missing = "conjugate: no key for it: ask for it in the KeyRequest";
        let key = self.galois(self.conjugation()).ok_or(Error::new(ErrorKind::MissingKey, missing))?;
        self.apply(a, key)
    }

    /// Several rotations of one ciphertext, in the order of `steps`: what they have in common is computed once, if each
    /// has a key of its own (hoisting).
    ///
    /// # Errors
    /// As [`EvaluationKeys::rotate`].
    pub fn rotate_many(&self, a: &Ciphertext, steps: &[i64]) -> Result<Vec<Ciphertext>> {
        self.check(&a.context, a.key)?;
        let plan = self.plan(a.level());
        let paths = steps.iter().map(|steps| self.path(*steps)).collect::<Result<Vec<_>>>()?;
        if paths.iter().filter(|path| path.len() == 1).count() < 2 {
            return steps.iter().map(|steps| self.rotate(a, *steps)).collect();
        }
        let (degree, digits) = (a.c0.degree(), Digits::new(plan, &a.c1));
        let rotated = paths.iter().zip(steps).map(|(path, steps)| match &path[..] {
            [one] => {
                let mut pair: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, plan.rows()));
                for_rows(degree, pair.each_mut().map(Poly::words_mut), 0, |row, out, _| {
                    digits.row(row).times(&one.key, out, [None, None]);
                });
                self.rotated(a, one, pair)
            }
            _ => self.rotate(a, *steps),
        });
        rotated.collect()
    }

    /// One automorphism by its key.
    fn apply(&self, a: &Ciphertext, galois: &GaloisKey) -> Result<Ciphertext> {
        let plan = self.plan(a.level());
        let turn = |row: usize, [c0, c1]: [&mut [u64]; 2], [first, second]: [&[u64]; 2]| {
            let q = plan.basis().primes()[row].modulus();
            galois.automorphism.apply_to_sum(q, c0, first, a.c0.row(row));
            galois.automorphism.apply(c1, second);
        };
        let pair = switch(plan, &galois.key, &a.c1, None, plan.special_primes(), Some(&turn));
        let noise = plan.noise().plus(Noise::rounding(a.c0.degree()));
        self.ciphertext(pair, a.scale, a.bounds.with_noise(noise))
    }

    /// The end of a rotation, from what switching c1 gave: division, addition of c0, and the permutation.
    fn rotated(
        &self,
        a: &Ciphertext,
        galois: &GaloisKey,
        [first, second]: [Poly<Values>; 2],
    ) -> Result<Ciphertext> {
        let plan = self.plan(a.level());
        let c0 = divided_each(plan, first, |row, out, quotient| {
            let q = plan.basis().primes()[row].modulus();
            galois.automorphism.apply_to_sum(q, out, quotient, a.c0.row(row));
        });
        let c1 = divided_each(plan, second, |_, out, quotient| galois.automorphism.apply(out, quotient));
        let noise = plan.noise().plus(Noise::rounding(a.c0.degree()));
        self.ciphertext([c0, c1], a.scale, a.bounds.with_noise(noise))
    }

    /// The keys whose rotations make this one: its own, or as few for powers of two as can be.
    pub(super) fn path(&self, steps: i64) -> Result<Vec<&GaloisKey>> {
        let (degree, slots) = (self.context().params().degree(), self.context().params().slots());
        let key = |steps: i64| self.galois(rotation_element(degree, steps));
        if let Some(key) = key(steps) {
            return Ok(vec![key]);
        }
        // Bit by bit from the lowest: the shortest list that leaves no carry, and the shortest that leaves one, since 3 is
        // 1 + 2 or 4 - 1. A carry beyond the highest bit is a turn round all slots.
        let left = steps.rem_euclid(slots as i64);
        let (mut plain, mut carried) = (Some(Vec::new()), None);
        for bit in 0..slots.ilog2() {
            let (forth, back) = (key(1 << bit), key(-1 << bit));
            (plain, carried) = if left >> bit & 1 == 0 {
                (shorter(plain, with(&carried, forth)), with(&carried, back))
            } else {
                (with(&plain, forth), shorter(with(&plain, back), carried))
            };
        }
        let missing = "rotate: neither a key for this rotation nor for powers of two that make it: ask for it in the KeyRequest";
        shorter(plain, carried).ok_or(Error::new(ErrorKind::MissingKey, missing).at_step(steps))
    }
}

/// Keys to be used one after the other, if there are any that lead somewhere.
type Path<'a> = Option<Vec<&'a GaloisKey>>;

fn with<'a>(path: &Path<'a>, key: Option<&'a GaloisKey>) -> Path<'a> {
    let (mut path, key) = (path.clone()?, key?);
    path.push(key);
    Some(path)
}

fn shorter<'a>(one: Path<'a>, other: Path<'a>) -> Path<'a> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.len() < one.len() { other } else { one }),
        (one, other) => one.or(other),
    }
}
