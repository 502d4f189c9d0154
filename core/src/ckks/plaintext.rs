//! Plaintexts: vectors of numbers as polynomials with integer coefficients.
use core::fmt;

use subtle::Choice;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::bounds::Bounds;
use super::context::Context;
use super::encoder::{Complex, Encoder};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Basis, Coefficients, Poly, Values};
use crate::secret::declassify;

/// An encoded vector: real or complex numbers at a scale, for a level. Wiped when dropped.
///
/// It is not encrypted.
#[derive(Clone)]
pub struct Plaintext {
    pub(in crate::ckks) context: Context,
    pub(in crate::ckks) poly: Poly<Values>,
    pub(in crate::ckks) scale: f64,
    pub(in crate::ckks) bounds: Bounds,
}

/// The numbers of a plaintext.
#[derive(Clone, Copy)]
pub enum Slots<'a> {
    /// Real numbers.
    Real(&'a [f64]),
    /// Complex numbers.
    Complex(&'a [Complex]),
}

impl<'a> From<&'a [f64]> for Slots<'a> {
    fn from(values: &'a [f64]) -> Self {
        Self::Real(values)
    }
}

impl<'a> From<&'a [Complex]> for Slots<'a> {
    fn from(values: &'a [Complex]) -> Self {
        Self::Complex(values)
    }
}

impl Plaintext {
    /// Encodes real numbers; slots beyond them hold 0.
    ///
    /// `bound` is a public promise: no number is larger in absolute value. It decides how much noise later operations reckon
    /// with, so take what the data can be, not what it happens to be: the largest of secret numbers would become public.
    ///
    /// # Errors
    /// `ShapeMismatch` for no numbers, or more than there are slots; `OutOfRange` for NaN, infinity, a number above the
    /// bound, a scale or bound that is not positive and finite, a level above the top; `HeadroomExhausted` when numbers of this
    /// bound and scale do not fit the modulus of the level.
    /// # Timing
    /// The same operations for all numbers; floating-point ones may take longer for some (subnormal numbers). Tells
    /// whether all numbers are within the bound.
    pub fn encode(context: &Context, values: &[f64], level: usize, scale: f64, bound: f64) -> Result<Self> {
        Message { values: values.into(), level, scale, bound }.encode(context)
    }

    /// Encodes complex numbers; the rest as [`Plaintext::encode`], with absolute values of complex numbers.
    ///
    /// # Errors
    /// As [`Plaintext::encode`].
    pub fn encode_complex(
        context: &Context,
        values: &[Complex],
        level: usize,
        scale: f64,
        bound: f64,
    ) -> Result<Self> {
        Message { values: values.into(), level, scale, bound }.encode(context)
    }

    /// The context that it was encoded for.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The level that it was encoded for.
    pub fn level(&self) -> usize {
        self.poly.rows() - 1
    }

    /// The scale.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The public bounds on the numbers, and on what rounding them did.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }
}

impl Drop for Plaintext {
    fn drop(&mut self) {
        self.poly.zeroize();
    }
}

impl ZeroizeOnDrop for Plaintext {}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plaintext")
            .field("level", &self.level())
            .field("scale", &self.scale)
            .finish_non_exhaustive()
    }
}

/// What is to be encoded, and how.
#[derive(Clone, Copy)]
pub(in crate::ckks) struct Message<'a> {
    pub(in crate::ckks) values: Slots<'a>,
    pub(in crate::ckks) level: usize,
    pub(in crate::ckks) scale: f64,
    pub(in crate::ckks) bound: f64,
}

/// A message as integer coefficients.
pub(in crate::ckks) struct Encoded {
    pub(in crate::ckks) coefficients: Poly<Coefficients>,
    pub(in crate::ckks) bounds: Bounds,
}

impl Message<'_> {
    fn encode(&self, context: &Context) -> Result<Plaintext> {
        let Encoded { coefficients, bounds } = self.to_coefficients(context)?;
        let poly = context.q().forward(coefficients);
        Ok(Plaintext { context: context.clone(), poly, scale: self.scale, bounds })
    }

    /// The coefficients, modulo the moduli of the level.
    pub(in crate::ckks) fn to_coefficients(self, context: &Context) -> Result<Encoded> {
        self.to_coefficients_modulo(context, context.q(), self.level.saturating_add(1))
    }

    /// The coefficients, modulo the first primes of a basis that holds them as well.
    pub(in crate::ckks) fn to_coefficients_modulo(
        self,
        context: &Context,
        basis: &Basis,
        rows: usize,
    ) -> Result<Encoded> {
        let bounds = self.check(context)?;
        let slots = context.params().slots();
        let mut numbers = Zeroizing::new(vec![0.0; 2 * slots]);
        let (re, im) = numbers.split_at_mut(slots);
        match self.values {
            Slots::Real(values) => re[..values.len()].copy_from_slice(values),
            Slots::Complex(values) => {
                for ((re, im), value) in re.iter_mut().zip(im.iter_mut()).zip(values) {
                    (*re, *im) = (value.re, value.im);
                }
            }
        }
        context.encoder().embed(re, im);
        // No coefficient is above the largest slot; what the transform may add is far below 2.
        let (encoder, largest) = (context.encoder(), self.bound * self.scale);
        let coefficients = if largest < power_of_two(Encoder::MAX_LOG_INTEGER - 1) {
            let mut integers = Zeroizing::new(vec![0_i64; numbers.len()]);
            encoder.to_integers(&numbers, self.scale, &mut integers)?;
            basis.from_signed(rows, &integers)
        } else {
            let mut integers = Zeroizing::new(vec![0_i128; numbers.len()]);
            encoder.to_wide_integers(&numbers, self.scale, &mut integers)?;
            basis.from_signed_wide(rows, &integers)
        };
        Ok(Encoded { coefficients, bounds })
    }

    fn check(&self, context: &Context) -> Result<Bounds> {
        let bounds = self.bounds(context)?;
        let (count, within) = match self.values {
            Slots::Real(values) => (values.len(), all(values, |value| value.abs() <= self.bound)),
            Slots::Complex(values) => {
                let inverse = inverse(self.bound);
                (values.len(), all(values, |value| within_circle(value, inverse)))
            }
        };
        if count == 0 || count > context.params().slots() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "values: from 1 to as many as there are slots"));
        }
        // Whether the promise is kept is all that anybody learns.
        if !declassify(Choice::from(u8::from(within))) {
            return out_of_range("values: numbers not above the bound, none of them NaN or infinite");
        }
        Ok(bounds)
    }

    /// What is public about it, checked. A function of its own, so that its divisions are not among those of secrets.
    #[inline(never)]
    fn bounds(&self, context: &Context) -> Result<Bounds> {
        context.check_level(self.level)?;
        if !(self.scale.is_finite() && self.scale >= 1.0) {
            return out_of_range("scale: a finite number from 1 upwards");
        }
        // The inverse of such a bound is as exact as others.
        if !(f64::MIN_POSITIVE..1e300).contains(&self.bound) {
            return out_of_range("bound: a positive finite number");
        }
        let slack = match self.values {
            Slots::Real(_) => 1.0,
            Slots::Complex(_) => 1.0 + SLACK,
        };
        let bounds = Bounds::encoded(context.params().degree(), self.bound * slack, self.scale);
        if bounds.fits(self.scale, context.log2_modulus(self.level)) {
            Ok(bounds)
        } else {
            Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "bound: numbers so large at this scale do not fit the modulus of this level: take a smaller bound or scale, or a higher level",
            ))
        }
    }
}

fn out_of_range<T>(what: &'static str) -> Result<T> {
    Err(Error::new(ErrorKind::OutOfRange, what))
}

/// Whether it holds for all of them, without stopping at one for which it does not.
fn all<T>(values: &[T], holds: impl Fn(&T) -> bool) -> bool {
    values.iter().fold(true, |all, value| all & holds(value))
}

/// Absolute values of complex numbers may be above the bound by this factor, which rounding can make.
const SLACK: f64 = 8.0 * f64::EPSILON;

/// Whether a complex number is not above the bound, whose inverse this is. No square can overflow where it matters.
fn within_circle(value: &Complex, inverse: f64) -> bool {
    let (re, im) = (value.re * inverse, value.im * inverse);
    re * re + im * im <= 1.0 + SLACK
}

/// Of a bound, which is public: nothing secret is divided.
#[inline(never)]
fn inverse(bound: f64) -> f64 {
    1.0 / bound
}

/// `2^exponent`.
fn power_of_two(exponent: u32) -> f64 {
    2_f64.powi(exponent.cast_signed())
}
