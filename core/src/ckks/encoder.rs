//! Between vectors of numbers and polynomials: the canonical embedding of CKKS.
//!
//! A polynomial c with N real coefficients has N/2 slots, complex numbers: slot j is `c(zeta^(5^j))` with
//! `zeta = exp(i pi / N)`, so that the automorphism `X -> X^5` moves every slot by one to the left and
//! `X -> X^(2N-1)` conjugates. [`Encoder::embed`] finds the coefficients, [`Encoder::project`] the slots. Both
//! act on arrays of real and of imaginary parts: in the form of coefficients, `re` holds the first N/2 of them and `im` the rest.
//!
//! Every machine gives the same bits: only additions, products and roundings of IEEE 754 happen, in a fixed order.
//!
//! # Timing
//! The same operations for all values; the time of a floating-point operation may depend on its operands (subnormal
//! numbers). What is secret is therefore safe up to decoding: integers take the same time for all values.
//!
//! # Source
//! Cheon, Kim, Kim, Song, "Homomorphic encryption for arithmetic of approximate numbers" (ePrint 2016/421), §2.2 and
//! §3.2; the order `5^j` as in Cheon, Han, Kim, Kim, Song, "Bootstrapping for approximate homomorphic encryption" (ePrint 2018/153).
mod backend;
mod kernels;
mod residues;
mod roots;
mod rounding;

use subtle::Choice;

use crate::{
    error::{Error, ErrorKind, Result},
    ring::{MAX_LOG_DEGREE, MIN_LOG_DEGREE},
    secret::declassify,
};
use backend::Backend;
use kernels::{Lanes, Twiddles};
pub use residues::Recombination;
use roots::Roots;

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// `re + i im`.
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }
}

impl From<f64> for Complex {
    fn from(re: f64) -> Self {
        Self { re, im: 0.0 }
    }
}

/// The embedding for one degree.
pub struct Encoder {
    degree: usize,
    backend: Backend,
    twiddles: Twiddles,
}

impl Encoder {
    /// Scaled coefficients must be below `2^MAX_LOG_INTEGER` to be rounded to `i64`.
    pub const MAX_LOG_INTEGER: u32 = 62;
    /// Scaled coefficients must be below `2^MAX_LOG_WIDE_INTEGER` to be rounded to `i128`.
    pub const MAX_LOG_WIDE_INTEGER: u32 = 120;

    /// For polynomials with `degree` coefficients.
    ///
    /// # Errors
    /// `InvalidParams` when the degree is not a power of two between 2^10 and 2^16.
    pub fn new(degree: usize) -> Result<Self> {
        let fits = degree.is_power_of_two() && (MIN_LOG_DEGREE..=MAX_LOG_DEGREE).contains(&degree.ilog2());
        if !fits {
            return Err(Error::new(ErrorKind::InvalidParams, "degree: a power of two from 2^10 to 2^16"));
        }
        Ok(Self { degree, backend: Backend::fastest(), twiddles: twiddles(degree) })
    }

    /// The number N of coefficients.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// The number N/2 of slots.
    pub fn slots(&self) -> usize {
        self.degree / 2
    }

    /// Slots to coefficients, in place.
    ///
    /// # Panics
    /// When there are not as many numbers as slots.
    pub fn embed(&self, re: &mut [f64], im: &mut [f64]) {
        let (re, im) = self.chunks(re, im);
        self.backend.embed(&self.twiddles, re, im);
    }

    /// Coefficients to slots, in place: the inverse of [`Encoder::embed`].
    ///
    /// # Panics
    /// When there are not as many numbers as slots.
    pub fn project(&self, re: &mut [f64], im: &mut [f64]) {
        let (re, im) = self.chunks(re, im);
        self.backend.project(&self.twiddles, re, im);
    }

    fn chunks<'a>(&self, re: &'a mut [f64], im: &'a mut [f64]) -> (&'a mut [Lanes], &'a mut [Lanes]) {
        assert!(re.len() == self.slots() && im.len() == self.slots(), "as many numbers as slots");
        (re.as_chunks_mut().0, im.as_chunks_mut().0)
    }

    /// The integers nearest to `scale` times the coefficients, ties to the even one.
    ///
    /// # Errors
    /// `OutOfRange` when one is not a number or not below 2^62.
    /// # Panics
    /// When there are not as many integers as coefficients.
    pub fn to_integers(&self, coefficients: &[f64], scale: f64, out: &mut [i64]) -> Result<()> {
        assert_eq!(coefficients.len(), out.len(), "as many integers as coefficients");
        self.check(coefficients, scale, Self::MAX_LOG_INTEGER)?;
        self.backend.to_i64(coefficients, scale, out);
        Ok(())
    }

    /// As [`Encoder::to_integers`] for larger ones.
    ///
    /// # Errors
    /// `OutOfRange` when one is not a number or not below 2^120.
    /// # Panics
    /// When there are not as many integers as coefficients.
    pub fn to_wide_integers(&self, coefficients: &[f64], scale: f64, out: &mut [i128]) -> Result<()> {
        assert_eq!(coefficients.len(), out.len(), "as many integers as coefficients");
        self.check(coefficients, scale, Self::MAX_LOG_WIDE_INTEGER)?;
        self.backend.to_i128(coefficients, scale, out);
        Ok(())
    }

    fn check(&self, coefficients: &[f64], scale: f64, log_bound: u32) -> Result<()> {
        let bound = rounding::power_of_two(log_bound.cast_signed());
        // Whether they fit is all that anybody learns.
        if declassify(Choice::from(u8::from(self.backend.all_below(coefficients, scale, bound)))) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::OutOfRange, "values: numbers that fit once they are scaled"))
        }
    }
}

/// The factors of the kernels, whose documentation says what they are.
fn twiddles(degree: usize) -> Twiddles {
    let (roots, slots) = (Roots::new(degree), degree / 2);
    let fives: Vec<usize> = core::iter::successors(Some(1), |power| Some((power * 5) & (2 * degree - 1)))
        .take(slots / 2)
        .collect();
    let exponent = |blocks: usize, b: usize| {
        let reversed = if blocks == 1 { 0 } else { b.reverse_bits() >> (usize::BITS - blocks.ilog2()) };
        fives[reversed] * (slots >> (blocks.ilog2() + 1))
    };
    let first = (slots.ilog2() % 2 == 0).then(|| roots.get(exponent(1, 0)));
    let mut fours = Vec::new();
    let mut blocks = if first.is_some() { 2 } else { 1 };
    while blocks < slots / 8 {
        for b in 0..blocks {
            let (one, two) = (exponent(blocks, b), exponent(2 * blocks, 2 * b));
            fours.push([one, two, one + two].map(|e| roots.get(e)));
        }
        blocks *= 4;
    }
    let eight = |start: usize| {
        let mut eight = [([0.0; 8], [0.0; 8]); 5];
        for lane in 0..8 {
            let (one, other) = (fives[start + lane], fives[start + lane + slots / 8]);
            for (w, e) in eight.iter_mut().zip([4 * one, 2 * one, 6 * one, one, other]) {
                (w.0[lane], w.1[lane]) = roots.get(e);
            }
        }
        eight
    };
    Twiddles { fours, first, eights: (0..slots / 8).step_by(8).map(eight).collect() }
}

#[cfg(test)]
mod tests;
