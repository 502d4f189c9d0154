//! Plans carried out on ciphertexts.
use std::sync::Arc;

use super::EncryptedArray;
use super::layout::Layout;
use super::plain::Slots;
use super::plan::{Fit, Moves, Part, Repeat, Sum};
use crate::ckks::{Ciphertext, Context, EvaluationKeys, Plaintext};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map_in_steps};

/// Rotations of one ciphertext that are made together, and kept until they are added up.
const TOGETHER: usize = 16;

/// The keys that an operation needs.
pub(super) fn required(keys: Option<&EvaluationKeys>) -> Result<&EvaluationKeys> {
    keys.ok_or(Error::new(
        ErrorKind::MissingKey,
        "evaluation keys: products, rotations and sums of encrypted arrays need them",
    ))
}

/// The numbers of one ciphertext as a plaintext at the scale of its level.
pub(super) fn encode(context: &Context, slots: &Slots, level: usize, bound: f64) -> Result<Plaintext> {
    let scale = context.scale_at(level);
    match slots {
        Slots::Real(re) => Plaintext::encode(context, re, level, scale, bound),
        Slots::Complex(values) => Plaintext::encode_complex(context, values, level, scale, bound),
    }
}

/// Divides a product of two ciphertexts or plaintexts of one level by its modulus: what it then has is the scale of the level
/// below, but for the rounding of the scales themselves.
pub(super) fn rescaled(mut product: Ciphertext) -> Result<Ciphertext> {
    product.rescale_assign()?;
    Ok(canonical(product))
}

/// At the scale of its level, from one that differs by the rounding of scales.
pub(super) fn canonical(ciphertext: Ciphertext) -> Ciphertext {
    let scale = ciphertext.context().scale_at(ciphertext.level());
    ciphertext.with_scale(scale)
}

/// The number, if it is an integer that leaves the modulus room above the scale.
fn small_integer(factor: f64) -> Option<i64> {
    let whole = factor == factor.trunc() && factor.abs() <= f64::from(u16::MAX);
    #[allow(clippy::cast_possible_truncation)] // a small integer
    whole.then_some(factor as i64)
}

/// Adds up what is there.
fn total(ciphertexts: impl IntoIterator<Item = Result<Ciphertext>>) -> Result<Ciphertext> {
    let mut sum: Option<Ciphertext> = None;
    for ciphertext in ciphertexts {
        match &mut sum {
            None => sum = Some(ciphertext?),
            Some(sum) => sum.add_assign(&ciphertext?)?,
        }
    }
    sum.ok_or(Error::new(ErrorKind::ShapeMismatch, "array: no elements"))
}

/// Rotates to the left, which without steps is nothing.
fn rotate(keys: Option<&EvaluationKeys>, ciphertext: &Ciphertext, steps: usize) -> Result<Ciphertext> {
    match steps {
        0 => Ok(ciphertext.clone()),
        _ => required(keys)?.rotate(ciphertext, signed(steps, ciphertext)),
    }
}

/// Steps to the left, or fewer to the right.
fn signed(steps: usize, ciphertext: &Ciphertext) -> i64 {
    turn(steps, ciphertext.context().params().slots())
}

/// Steps to the left, or fewer to the right, among so many slots.
pub(super) fn turn(steps: usize, slots: usize) -> i64 {
    let number = |steps: usize| i64::try_from(steps).expect("fewer than slots");
    if steps > slots / 2 { -number(slots - steps) } else { number(steps) }
}

impl EncryptedArray {
    /// An array of what `work` makes of each ciphertext, with the same elements in the same places.
    pub(super) fn each(
        &self,
        observer: &mut dyn Observer,
        work: impl Fn(&Ciphertext) -> Result<Ciphertext> + Sync,
    ) -> Result<Self> {
        Ok(Self {
            ciphertexts: try_map_in_steps(&self.ciphertexts, 1, observer, work)?,
            ..self.without_ciphertexts()
        })
    }

    /// What each pair of ciphertexts of two arrays of one layout gives.
    pub(super) fn pairwise(
        &self,
        other: &Self,
        observer: &mut dyn Observer,
        work: impl Fn(&Ciphertext, &Ciphertext) -> Result<Ciphertext> + Sync,
    ) -> Result<Vec<Ciphertext>> {
        let pairs: Vec<(&Ciphertext, &Ciphertext)> =
            self.ciphertexts.iter().zip(&other.ciphertexts).collect();
        try_map_in_steps(&pairs, 1, observer, |(a, b)| work(a, b))
    }

    pub(super) fn without_ciphertexts(&self) -> Self {
        Self {
            context: self.context.clone(),
            key: self.key,
            layout: self.layout.clone(),
            ciphertexts: Vec::new(),
            complex: self.complex,
        }
    }

    /// The same ciphertexts under another layout.
    pub(super) fn relabelled(&self, layout: Layout) -> Self {
        Self { layout, ..self.clone() }
    }

    /// The same numbers at a level that is not higher.
    ///
    pub(super) fn at_level(&self, level: usize, observer: &mut dyn Observer) -> Result<Self> {
        if level >= self.level() {
            return Ok(self.clone());
        }
        self.each(observer, |ciphertext| ciphertext.at_level(level))
    }

    /// Repeats the content along bits of the slot.
    pub(super) fn repeat(
        &self,
        plan: &Repeat,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let slots = plan.layout.slots();
        let repeat = |ciphertext: &Ciphertext| {
            let mut sum = ciphertext.clone();
            for step in &plan.steps {
                let copy = rotate(keys, &sum, slots - step)?;
                sum.add_assign(&copy)?;
                // Each copy falls on zeros, so no number grows; the noise does.
                sum.bounds = sum.bounds.with_message(ciphertext.bounds().message());
            }
            Ok(sum)
        };
        let repeated = if plan.steps.is_empty() { self.clone() } else { self.each(observer, repeat)? };
        Ok(Self { layout: plan.layout.clone(), ..repeated })
    }

    /// Times `factor` where elements are, and zero elsewhere.
    pub(super) fn masked(
        &self,
        factor: f64,
        what: &'static str,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.require_levels(1, what)?;
        let masks = self.layout.spread(&vec![factor; self.layout.shape().len()], 0.0);
        // Most ciphertexts are filled alike.
        let mut encoded: Vec<Arc<Plaintext>> = Vec::with_capacity(masks.len());
        for (at, mask) in masks.iter().enumerate() {
            let plaintext = match at.checked_sub(1) {
                Some(before) if masks[before] == *mask => encoded[before].clone(),
                _ => {
                    let (level, scale) = (self.level(), self.context.scale_at(self.level()));
                    Arc::new(Plaintext::encode(&self.context, mask, level, scale, factor.abs())?)
                }
            };
            encoded.push(plaintext);
        }
        let work: Vec<(&Ciphertext, &Arc<Plaintext>)> = self.ciphertexts.iter().zip(&encoded).collect();
        let ciphertexts =
            try_map_in_steps(&work, 1, observer, |(a, mask)| Ok(canonical(a.mul_plain_and_rescale(mask)?)))?;
        Ok(Self { ciphertexts, ..self.without_ciphertexts() })
    }

    /// The sum along an axis, times a factor: one that is 1 costs nothing.
    pub(super) fn sum_along(
        &self,
        plan: &Sum,
        factor: f64,
        what: &'static str,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if plan.masked {
            self.require_levels(1, what)?;
        }
        let repeated = self.repeat(&plan.repeat, keys, observer)?;
        // Zeros after the elements add nothing.
        let message = self.bound() * f64::from(plan.extent);
        let stride = i64::try_from(plan.stride).expect("below the slots");
        let ciphertexts = try_map_in_steps(&plan.groups, 1, observer, |group| {
            let sum = total(group.iter().map(|at| Ok(repeated.ciphertexts[*at].clone())))?;
            let mut sum = match plan.count {
                1 => sum,
                count => required(keys)?.inner_sum(&sum, stride, count)?,
            };
            sum.bounds = sum.bounds.with_message(message);
            Ok(sum)
        })?;
        let sums = Self { layout: plan.layout.clone(), ciphertexts, ..repeated.without_ciphertexts() };
        match plan.masked {
            true => sums.masked(factor, what, observer),
            false => sums.times_constant(factor, what, observer),
        }
    }

    /// An operand of an elementwise operation in the layout of the result.
    pub(super) fn fitted(
        &self,
        fit: &Fit,
        target: &Layout,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        const MASK: &str = "broadcasting: no level left to mask with: choose parameters with more moduli, or encrypt the stretched array";
        let placed = match &fit.moved {
            None => self.clone(),
            Some(layout) => {
                let all: Vec<usize> = (0..self.layout.shape().len()).collect();
                self.moved(&Moves::new(&self.layout, &all, layout.clone()), keys, observer)?
            }
        };
        let repeated = placed.repeat(&fit.repeat, keys, observer)?;
        let ciphertexts = fit.from.iter().map(|from| repeated.ciphertexts[*from].clone()).collect();
        let fitted = Self { ciphertexts, layout: target.clone(), ..repeated.without_ciphertexts() };
        if fit.masked { fitted.masked(1.0, MASK, observer) } else { Ok(fitted) }
    }

    /// The elements in other places.
    pub(super) fn moved(
        &self,
        plan: &Moves,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.gathered(&self.ciphertexts, plan, keys, observer)
    }

    /// The elements of these ciphertexts, all of one level, in other places.
    pub(super) fn gathered(
        &self,
        sources: &[Ciphertext],
        plan: &Moves,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        const MASK: &str = "rearrangement: no level left to mask with: choose parameters with more moduli, or arrange before encrypting";
        let empty = Self { layout: plan.layout.clone(), ..self.without_ciphertexts() };
        if !plan.masked {
            let ciphertexts = try_map_in_steps(&plan.parts, 1, observer, |parts| {
                total(parts.iter().map(|part| rotate(keys, &sources[part.from], part.steps)))
            })?;
            return Ok(Self { ciphertexts, ..empty });
        }
        self.require_levels(1, MASK)?;
        // A piece of work: some rotations of one ciphertext into another.
        let mut pieces: Vec<(usize, &[Part])> = Vec::new();
        for (to, parts) in plan.parts.iter().enumerate() {
            let of_one = parts.chunk_by(|a, b| a.from == b.from);
            pieces.extend(of_one.flat_map(|parts| parts.chunks(TOGETHER)).map(|parts| (to, parts)));
        }
        let places = plan.layout.places();
        let sums = try_map_in_steps(&pieces, 1, observer, |(_, parts)| {
            let source = &sources[parts[0].from];
            let rotated = match parts {
                [only] => vec![rotate(keys, source, only.steps)?],
                _ => {
                    let steps: Vec<i64> = parts.iter().map(|part| signed(part.steps, source)).collect();
                    required(keys)?.rotate_many(source, &steps)?
                }
            };
            total(rotated.iter().zip(*parts).map(|(rotated, part)| {
                let mask = plan.layout.mask(part.elements.iter().map(|element| places[*element]));
                rotated.mul_plain(&encode(&self.context, &Slots::Real(mask.into()), rotated.level(), 1.0)?)
            }))
        })?;
        let mut brought: Vec<Vec<Ciphertext>> = plan.parts.iter().map(|_| Vec::new()).collect();
        for ((to, _), sum) in pieces.iter().zip(sums) {
            brought[*to].push(sum);
        }
        let ciphertexts = try_map_in_steps(&brought, 1, observer, |sums| {
            rescaled(total(sums.iter().map(|sum| Ok(sum.clone())))?)
        })?;
        Ok(Self { ciphertexts, ..empty })
    }

    /// Times one public number. Integers cost no level.
    pub(super) fn times_constant(
        &self,
        factor: f64,
        what: &'static str,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if factor == 1.0 {
            return Ok(self.clone());
        }
        if let Some(factor) = small_integer(factor) {
            return self.each(observer, |ciphertext| ciphertext.mul_integer(factor));
        }
        self.require_levels(1, what)?;
        self.each(observer, |ciphertext| rescaled(ciphertext.mul_constant(factor, ciphertext.scale())?))
    }

    /// # Errors
    /// `HeadroomExhausted` with the text `what` unless that many rescalings are left.
    pub(super) fn require_levels(&self, levels: usize, what: &'static str) -> Result<()> {
        match self.level() >= levels {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::HeadroomExhausted, what)),
        }
    }
}
