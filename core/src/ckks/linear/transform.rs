//! Linear transforms of encrypted vectors.
use std::collections::BTreeSet;

use super::diagonals::{Diagonals, absolute};
use super::split::Split;
use crate::ckks::bounds::Bounds;
use crate::ckks::ciphertext::Ciphertext;
use crate::ckks::context::Context;
use crate::ckks::evaluation_keys::EvaluationKeys;
use crate::ckks::key_switch::{Lifted, Plan, Rotation, Term, Turned, Weights};
use crate::ckks::plaintext::{Encoded, Message, Plaintext};
use crate::ckks::sums;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;
use crate::ring::{Poly, Values, rotation_element};

/// A matrix that is ready to be applied to ciphertexts: its diagonals, turned and encoded.
///
/// One level, and about `2 sqrt(d)` rotations for d diagonals, most of them hoisted: they share the first half of their
/// work. In memory each diagonal is as large as a plaintext of that level.
pub struct LinearTransform {
    context: Context,
    level: usize,
    scale: f64,
    split: Split,
    /// For each giant step, the diagonals of its baby steps.
    diagonals: Vec<Vec<Diagonal>>,
    /// The first of the rotations after which parts of the result are added, and how many parts there are.
    parts: (usize, usize),
    row_sum: f64,
}

/// An encoded diagonal, modulo Q and P: it multiplies rotations that are still to be divided by P.
struct Diagonal {
    poly: Poly<Values>,
    bounds: Bounds,
}

/// Giant steps whose sums are held at a time.
const BLOCK: usize = 16;

impl LinearTransform {
    /// Encodes the diagonals for ciphertexts of this level. The result's scale is the one that belongs to its level if the
    /// ciphertext's is.
    ///
    /// # Errors
    /// `HeadroomExhausted` for level 0, `OutOfRange` for a level above the top; `ShapeMismatch` when the
    /// period does not divide the number of slots, or no diagonal is left; `OutOfRange` for entries that are too
    /// large to encode; `Cancelled` by the observer, which is told of each diagonal.
    pub fn new(
        context: &Context,
        diagonals: &Diagonals,
        level: usize,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        Self::with_scale(context, diagonals, level, context.scale_at(level), observer)
    }

    /// With diagonals encoded at another scale.
    pub(super) fn with_scale(
        context: &Context,
        diagonals: &Diagonals,
        level: usize,
        scale: f64,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        context.check_level(level)?;
        let (slots, period) = (context.params().slots(), diagonals.period());
        if level == 0 {
            return Err(no_level());
        }
        if slots % period != 0 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "diagonals: made for another number of slots"));
        }
        if diagonals.count() == 0 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "diagonals: the matrix is zero"));
        }
        let split = Split::new(&diagonals.indices(), period);
        let basis = context.q().join(level + 1, context.p());
        let mut done = 0;
        let mut encode = |giant: usize, baby: usize| {
            let diagonal = diagonals.rotated(giant + baby, giant);
            let bound = diagonal.iter().map(|v| absolute(*v)).fold(0.0, f64::max);
            let slots: Vec<_> = diagonal.iter().copied().cycle().take(slots).collect();
            let message = Message { values: slots[..].into(), level, scale, bound };
            let Encoded { coefficients, bounds } =
                message.to_coefficients_modulo(context, &basis, basis.len())?;
            done += 1;
            if observer.advance(done, diagonals.count()).is_break() {
                return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
            }
            Ok(Diagonal { poly: basis.forward(coefficients), bounds })
        };
        let encoded = split.giants.iter().map(|(giant, babies)| {
            babies.iter().map(|baby| encode(*giant, *baby)).collect::<Result<Vec<_>>>()
        });
        let encoded = encoded.collect::<Result<_>>()?;
        let parts = (diagonals.result_period(), period / diagonals.result_period());
        let (context, row_sum) = (context.clone(), diagonals.row_sum());
        Ok(Self { context, level, scale, split, diagonals: encoded, parts, row_sum })
    }

    /// The rotations that keys are needed for, to the left, in ascending order.
    pub fn rotations(&self) -> Vec<i64> {
        let (part, count) = self.parts;
        let sums = sums::steps(self.context.params().slots(), signed(part), count);
        let steps: BTreeSet<i64> = self.split.rotations().into_iter().map(signed).chain(sums).collect();
        steps.into_iter().collect()
    }

    /// The level that ciphertexts need.
    pub fn level(&self) -> usize {
        self.level
    }

    /// The matrix times the vector, at one level less.
    ///
    /// # Errors
    /// `MissingKey` with the step, for a rotation among [`LinearTransform::rotations`]; `ParamsMismatch` for a ciphertext or keys of
    /// other parameters; `HeadroomExhausted` for a ciphertext below the transform's level, or when the result could be
    /// too large; `Cancelled` by the observer, which is told of each giant step.
    pub fn apply(
        &self,
        keys: &EvaluationKeys,
        a: &Ciphertext,
        observer: &mut dyn Observer,
    ) -> Result<Ciphertext> {
        self.context.check(a.context(), "a: of the transform's parameters")?;
        if a.level() < self.level {
            return Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "transform: encoded for a higher level than the ciphertext has: encode it for a lower one",
            ));
        }
        let a = a.drop_to(self.level)?;
        keys.check(&a.context, a.key)?;
        let plan = keys.plan(self.level);
        let babies =
            self.split.babies.iter().map(|step| self.rotation(keys, *step)).collect::<Result<Vec<_>>>()?;
        let giants = self
            .split
            .giants
            .iter()
            .map(|(step, _)| self.rotation(keys, *step))
            .collect::<Result<Vec<_>>>()?;
        let weights: Vec<Weights<'_>> = self
            .split
            .giants
            .iter()
            .zip(&self.diagonals)
            .map(|((_, babies), diagonals)| {
                let place = |baby| self.split.babies.binary_search(baby).expect("collected from these");
                babies.iter().zip(diagonals).map(|(baby, diagonal)| (place(baby), &diagonal.poly)).collect()
            })
            .collect();
        let turned = Turned::new(plan, [&a.c0, &a.c1], babies);
        let mut sum: Option<Lifted> = None;
        for (block, (weights, giants)) in weights.chunks(BLOCK).zip(giants.chunks(BLOCK)).enumerate() {
            let partial = turned.sums(weights);
            let giants = giants.iter().map(core::slice::from_ref);
            let mut terms: Vec<Term<'_>> = partial.iter().zip(giants).collect();
            terms.extend(sum.as_ref().map(|sum| (sum, &[None][..])));
            sum = Some(Lifted::sum(plan, &terms));
            if observer.advance(block * BLOCK + weights.len(), self.diagonals.len()).is_break() {
                return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
            }
        }
        let ([c0, c1], noise) = sum.expect("at least one diagonal").lower(plan);
        let bounds = self.bounds(&a, plan).with_noise(noise);
        let mut result = keys.ciphertext([c0, c1], a.scale * self.scale, bounds)?;
        result.rescale_assign()?;
        let (part, count) = self.parts;
        let mut result = keys.inner_sum(&result, signed(part), count)?;
        result.bounds = result.bounds.with_message(a.bounds.message() * self.row_sum);
        Ok(result)
    }

    /// The key for one of the rotations; none for 0.
    fn rotation<'a>(&self, keys: &'a EvaluationKeys, step: usize) -> Result<Rotation<'a>> {
        if step == 0 {
            return Ok(None);
        }
        let element = rotation_element(self.context.params().degree(), signed(step));
        let missing = "transform: no key for one of its rotations: ask for all of them in the KeyRequest";
        keys.galois(element).map(Some).ok_or(Error::new(ErrorKind::MissingKey, missing).at_step(signed(step)))
    }

    /// Of the sum of products, before what divisions and the giant steps add.
    fn bounds(&self, a: &Ciphertext, plan: &Plan) -> Bounds {
        let turned = a.bounds.with_noise(plan.noise());
        let products =
            self.diagonals.iter().flatten().map(|diagonal| turned.mul(a.scale, &diagonal.bounds, self.scale));
        let sum = products.reduce(|sum, product| sum.add(&product)).expect("at least one diagonal");
        sum.with_message(a.bounds.message() * self.row_sum * (1.0 + 4.0 * f64::EPSILON))
    }
}

/// `sum a_i b_i`, not rescaled.
pub(super) fn weighted_sum<'a>(
    mut terms: impl Iterator<Item = (&'a Ciphertext, &'a Plaintext)>,
) -> Result<Ciphertext> {
    let (first, weight) = terms.next().expect("at least one term");
    terms.try_fold(first.mul_plain(weight)?, |sum, (a, weight)| sum.add(&a.mul_plain(weight)?))
}

/// A rotation below the number of slots.
pub(super) fn signed(steps: usize) -> i64 {
    i64::try_from(steps).expect("below 2^15")
}

pub(super) fn no_level() -> Error {
    Error::new(
        ErrorKind::HeadroomExhausted,
        "transform: takes more levels: choose parameters with more moduli",
    )
}
