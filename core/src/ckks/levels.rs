//! Rescaling, and ways to a lower level (SAC18: Cheon, Han, Kim, Kim, Song, "A full RNS variant of approximate
//! homomorphic encryption", SAC 2018, §3; scales: ePrint 2020/1118, §3).
use super::bounds::Bounds;
use super::chain;
use super::ciphertext::{Ciphertext, check_fits};
use super::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::ring::Poly;

impl Ciphertext {
    /// Divides by the last modulus: the scale and the noise by as much, at the cost of a level.
    ///
    /// # Errors
    /// `HeadroomExhausted` when there is no level left, or the scale is no larger than the modulus: the message would go.
    pub fn rescale(&self) -> Result<Self> {
        let (scale, bounds) = rescaled(&self.context, self.level(), self.scale, &self.bounds)?;
        let [c0, c1] = [&self.c0, &self.c1].map(|half| {
            let mut out = Poly::unset(half.degree(), half.rows() - 1);
            self.context.q().divide_round_to(&mut out, half, 1);
            out
        });
        Ok(Self { context: self.context.clone(), key: self.key, c0, c1, scale, bounds, seed: None })
    }

    /// Rescales in place, without taking memory.
    ///
    /// # Errors
    /// As [`Ciphertext::rescale`]; nothing is changed then.
    pub fn rescale_assign(&mut self) -> Result<()> {
        let (scale, bounds) = rescaled(&self.context, self.level(), self.scale, &self.bounds)?;
        self.context.q().divide_round(&mut self.c0, 1);
        self.context.q().divide_round(&mut self.c1, 1);
        (self.scale, self.bounds, self.seed) = (scale, bounds, None);
        Ok(())
    }

    /// The same at a lower level, the scale staying as it is: what costs nothing, before operations with plaintexts.
    ///
    /// # Errors
    /// `OutOfRange` for a higher level; `HeadroomExhausted` when the message could be too large there.
    pub fn drop_to(&self, level: usize) -> Result<Self> {
        self.check_lower(level)?;
        check_fits(&self.context, level, self.scale, &self.bounds)?;
        if level == self.level() {
            return Ok(self.clone());
        }
        let (c0, c1) = (self.c0.prefix(level + 1), self.c1.prefix(level + 1));
        let (context, key) = (self.context.clone(), self.key);
        Self { context, key, c0, c1, scale: self.scale, bounds: self.bounds, seed: None }.checked()
    }

    /// The same at a level and its scale, so that it meets other ciphertexts there: on the way down it is multiplied by 1 at the
    /// scale that corrects its own (ePrint 2020/1118, §3.1).
    ///
    /// # Errors
    /// `OutOfRange` for a higher level; `ParamsMismatch` for this level when the scale is not that of the level;
    /// `HeadroomExhausted` when the message could be too large.
    pub fn at_level(&self, level: usize) -> Result<Self> {
        self.check_lower(level)?;
        let target = self.context.scale_at(level);
        if level == self.level() {
            return if (self.scale - target).abs() <= target * super::operands::TOLERANCE {
                Ok(self.clone().with_scale(target))
            } else {
                Err(Error::new(
                    ErrorKind::ParamsMismatch,
                    "at_level: the scale is not that of its level: rescale first, or take a lower level",
                ))
            };
        }
        let correction = target * chain::float(self.context.params().moduli()[level + 1]) / self.scale;
        if correction < 1.0 {
            return Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "at_level: the scale is too large for that: rescale products first",
            ));
        }
        let mut out = self.drop_to(level + 1)?.mul_constant(1.0, correction)?;
        out.rescale_assign()?;
        Ok(out.with_scale(target))
    }

    /// Said to be of another scale, next to its own; what that changes in the message enters the bounds.
    #[must_use]
    pub(in crate::ckks) fn with_scale(mut self, scale: f64) -> Self {
        if self.scale != scale {
            self.bounds = self.bounds.relabel(self.scale, scale);
            self.scale = scale;
        }
        self
    }

    fn check_lower(&self, level: usize) -> Result<()> {
        if level <= self.level() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::OutOfRange, "level: not above that of the ciphertext"))
        }
    }
}

/// The scale and the bounds after rescaling what has these at a level, if that is possible.
pub(super) fn rescaled(
    context: &Context,
    level: usize,
    scale: f64,
    bounds: &Bounds,
) -> Result<(f64, Bounds)> {
    let exhausted = |what| Err(Error::new(ErrorKind::HeadroomExhausted, what));
    if level == 0 {
        return exhausted("rescale: no level left: choose parameters with more moduli");
    }
    let divisor = chain::float(context.params().moduli()[level]);
    let new_scale = scale / divisor;
    if new_scale <= 1.0 {
        return exhausted(
            "rescale: the scale is no larger than the modulus: rescale once after each multiplication",
        );
    }
    let bounds = bounds.rescale(context.params().degree(), divisor, scale, new_scale);
    check_fits(context, level - 1, new_scale, &bounds)?;
    Ok((new_scale, bounds))
}
