//! What two operands must have in common.
use std::borrow::Cow;

use super::bounds::Bounds;
use super::ciphertext::{Ciphertext, Product, check_fits};
use super::context::Context;
use super::keys::KeyId;
use super::plaintext::Plaintext;
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Poly, Values};

/// Scales may differ by this factor before it is an error. What they differ by enters the bounds.
pub(super) const TOLERANCE: f64 = 1.0 / (1_u64 << 40) as f64;

/// The public part of an operand.
#[derive(Clone, Copy)]
pub(super) struct Operand<'a> {
    pub(super) context: &'a Context,
    /// None for plaintexts.
    pub(super) key: Option<KeyId>,
    pub(super) level: usize,
    pub(super) scale: f64,
    pub(super) bounds: &'a Bounds,
}

impl<'a> From<&'a Ciphertext> for Operand<'a> {
    fn from(c: &'a Ciphertext) -> Self {
        Self { context: &c.context, key: Some(c.key), level: c.level(), scale: c.scale, bounds: &c.bounds }
    }
}

impl<'a> From<&'a Product> for Operand<'a> {
    fn from(c: &'a Product) -> Self {
        Self { context: &c.context, key: Some(c.key), level: c.level(), scale: c.scale, bounds: &c.bounds }
    }
}

impl<'a> From<&'a Plaintext> for Operand<'a> {
    fn from(p: &'a Plaintext) -> Self {
        Self { context: &p.context, key: None, level: p.level(), scale: p.scale, bounds: &p.bounds }
    }
}

impl Operand<'_> {
    /// The bounds of the sum or difference, if there can be one.
    pub(super) fn sum(&self, other: &Operand<'_>) -> Result<Bounds> {
        self.check(other)?;
        if (self.scale - other.scale).abs() > self.scale * TOLERANCE {
            return Err(mismatch(
                "operands: of different scales: rescale products first, and lower the other one with at_level",
            ));
        }
        let other = match self.scale == other.scale {
            true => *other.bounds,
            false => other.bounds.relabel(other.scale, self.scale),
        };
        let bounds = self.bounds.add(&other);
        check_fits(self.context, self.level, self.scale, &bounds)?;
        Ok(bounds)
    }

    /// The scale and the bounds of the product, if there can be one.
    pub(super) fn product(&self, other: &Operand<'_>) -> Result<(f64, Bounds)> {
        self.check(other)?;
        let scale = self.scale * other.scale;
        let bounds = self.bounds.mul(self.scale, other.bounds, other.scale);
        check_fits(self.context, self.level, scale, &bounds)?;
        Ok((scale, bounds))
    }

    /// Of one context, one key, one level; a plaintext may be of a higher one.
    fn check(&self, other: &Operand<'_>) -> Result<()> {
        self.context.check(other.context, "operands: of different parameters")?;
        if other.key.is_some_and(|key| self.key != Some(key)) {
            return Err(mismatch("operands: made under different keys"));
        }
        let same = if other.key.is_some() { self.level == other.level } else { self.level <= other.level };
        if same {
            Ok(())
        } else if other.key.is_some() {
            Err(mismatch("operands: of different levels: lower the higher one with at_level"))
        } else {
            Err(mismatch("plaintext: of a lower level than the ciphertext: encode it for this level"))
        }
    }
}

fn mismatch(what: &'static str) -> Error {
    Error::new(ErrorKind::ParamsMismatch, what)
}

/// The first rows of a polynomial that may have more: a copy then.
pub(super) fn first_rows(poly: &Poly<Values>, rows: usize) -> Cow<'_, Poly<Values>> {
    if poly.rows() == rows { Cow::Borrowed(poly) } else { Cow::Owned(poly.prefix(rows)) }
}
