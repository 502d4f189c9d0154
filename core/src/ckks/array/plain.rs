//! Arrays of numbers in the clear: what is encrypted, added and multiplied with.
use zeroize::{Zeroize, Zeroizing};

use super::layout::Layout;
use crate::ckks::Complex;
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

/// Numbers with a shape and a public bound on their absolute values.
///
/// Slots hold 64-bit floats times a scale. What an operation does to the error depends on the bound and never on the values,
/// so the bound is public; the values may be secret.
#[derive(Clone)]
pub struct PlainArray {
    shape: Shape,
    re: Zeroizing<Vec<f64>>,
    /// Absent for real numbers.
    im: Option<Zeroizing<Vec<f64>>>,
    bound: f64,
}

const LENGTH: Error = Error::new(ErrorKind::ShapeMismatch, "values: not as many as the shape says");
const FINITE: Error = Error::new(ErrorKind::OutOfRange, "values: not a number, or infinite");

/// The least power of two that is not below `value`.
fn power_of_two_from(value: f64) -> f64 {
    let power = 2_f64.powi(exponent(value));
    (if power < value { 2.0 * power } else { power }).min(f64::MAX)
}

/// The exponent of a number, at least that of the smallest normal one.
fn exponent(value: f64) -> i32 {
    let bits = i32::try_from(value.abs().to_bits() >> 52).expect("eleven bits");
    bits.max(1) - 1023
}

impl PlainArray {
    /// Real numbers, row-major; their bound is the least power of two that holds the largest, which makes that public.
    ///
    /// # Errors
    /// `ShapeMismatch`; `OutOfRange` for what is not finite.
    pub fn real(shape: &Shape, values: &[f64]) -> Result<Self> {
        Self::new(shape, values, None, None)
    }

    /// Real numbers of which everybody may know that none is larger than `bound`.
    ///
    /// # Errors
    /// `ShapeMismatch`; `OutOfRange` for a value beyond the bound or not finite, or a bound that is not positive.
    pub fn real_within(shape: &Shape, values: &[f64], bound: f64) -> Result<Self> {
        Self::new(shape, values, None, Some(bound))
    }

    /// Complex numbers, as [`PlainArray::real`].
    ///
    /// # Errors
    /// As there.
    pub fn complex(shape: &Shape, values: &[Complex]) -> Result<Self> {
        Self::from_complex(shape, values, None)
    }

    /// Complex numbers, as [`PlainArray::real_within`].
    ///
    /// # Errors
    /// As there.
    pub fn complex_within(shape: &Shape, values: &[Complex], bound: f64) -> Result<Self> {
        Self::from_complex(shape, values, Some(bound))
    }

    /// One public number.
    ///
    /// # Errors
    /// `OutOfRange` for what is not finite.
    pub fn constant(value: f64) -> Result<Self> {
        Self::new(&Shape::default(), &[value], None, Some(value.abs().max(f64::MIN_POSITIVE)))
    }

    fn from_complex(shape: &Shape, values: &[Complex], bound: Option<f64>) -> Result<Self> {
        let re = Zeroizing::new(values.iter().map(|value| value.re).collect::<Vec<f64>>());
        let im = Zeroizing::new(values.iter().map(|value| value.im).collect::<Vec<f64>>());
        Self::new(shape, &re, Some(im), bound)
    }

    fn new(shape: &Shape, re: &[f64], im: Option<Zeroizing<Vec<f64>>>, bound: Option<f64>) -> Result<Self> {
        if re.len() != shape.len() {
            return Err(LENGTH);
        }
        let size = |at: usize| im.as_ref().map_or(re[at].abs(), |im| re[at].hypot(im[at]));
        // Comparisons with what is not a number are false.
        let fits = |limit: f64| (0..re.len()).fold(true, |fits, at| fits & (size(at) <= limit));
        if !fits(f64::MAX) {
            return Err(FINITE);
        }
        let bound = match bound {
            None => {
                let largest = (0..re.len()).map(size).fold(f64::MIN_POSITIVE, f64::max);
                power_of_two_from(largest)
            }
            Some(bound) if bound > 0.0 && bound <= f64::MAX => bound,
            Some(_) => return Err(Error::new(ErrorKind::OutOfRange, "bound: a positive number")),
        };
        // The modulus of a complex number is rounded.
        if !fits(bound * (1.0 + 4.0 * f64::EPSILON)) {
            return Err(Error::new(
                ErrorKind::OutOfRange,
                "values: larger than the declared bound; declare a larger bound",
            ));
        }
        let bound = if im.is_some() { bound * (1.0 + 4.0 * f64::EPSILON) } else { bound };
        Ok(Self { shape: shape.clone(), re: Zeroizing::new(re.to_vec()), im, bound })
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The public bound on the absolute values.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Whether the numbers are complex.
    pub fn is_complex(&self) -> bool {
        self.im.is_some()
    }

    /// The number, where it is one real number.
    pub(super) fn as_constant(&self) -> Option<f64> {
        match (&self.re[..], &self.im) {
            ([value], None) => Some(*value),
            _ => None,
        }
    }

    /// The numbers, row-major.
    pub(super) fn entries(&self) -> Vec<Complex> {
        let im = |at: usize| self.im.as_ref().map_or(0.0, |im| im[at]);
        self.re.iter().enumerate().map(|(at, re)| Complex::new(*re, im(at))).collect()
    }

    /// The numbers stretched to a shape.
    pub(super) fn broadcast_to(&self, shape: &Shape) -> Result<Self> {
        let indices = self.shape.indices_in(shape)?;
        let pick = |values: &Zeroizing<Vec<f64>>| {
            Zeroizing::new(indices.iter().map(|index| values[*index]).collect::<Vec<f64>>())
        };
        let (re, im) = (pick(&self.re), self.im.as_ref().map(pick));
        Ok(Self { shape: shape.clone(), re, im, bound: self.bound })
    }

    /// The same numbers, row-major, in another shape.
    pub(super) fn reshape(&self, shape: &Shape) -> Result<Self> {
        if shape.len() != self.re.len() {
            return Err(LENGTH);
        }
        Ok(Self { shape: shape.clone(), ..self.clone() })
    }

    /// The slots of each ciphertext of a layout of this shape.
    pub(super) fn slots(&self, layout: &Layout) -> Vec<Slots> {
        let re = layout.spread(&self.re, 0.0);
        let im = self.im.as_ref().map(|im| layout.spread(im, 0.0));
        match im {
            None => re.into_iter().map(|re| Slots::Real(Zeroizing::new(re))).collect(),
            Some(im) => {
                let pair = |(re, im): (f64, f64)| Complex::new(re, im);
                let both = re.into_iter().zip(im);
                both.map(|(re, im)| Slots::Complex(re.into_iter().zip(im).map(pair).collect())).collect()
            }
        }
    }
}

/// What the slots of one ciphertext hold.
pub(super) enum Slots {
    Real(Zeroizing<Vec<f64>>),
    Complex(Vec<Complex>),
}

impl Drop for Slots {
    fn drop(&mut self) {
        if let Self::Complex(values) = self {
            for value in values {
                value.re.zeroize();
                value.im.zeroize();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(extents: &[usize]) -> Shape {
        Shape::new(extents).unwrap()
    }

    #[test]
    fn bounds_are_declared_or_the_next_power_of_two() {
        let bound = |values: &[f64]| PlainArray::real(&shape(&[values.len()]), values).unwrap().bound();
        assert_eq!(bound(&[0.75, -3.0]), 4.0);
        assert_eq!(bound(&[1.0]), 1.0);
        assert_eq!(bound(&[0.25, 0.26]), 0.5);
        assert!(bound(&[0.0]) > 0.0 && bound(&[f64::MAX]) >= f64::MAX);
        let within = |bound| PlainArray::real_within(&shape(&[2]), &[1.0, -2.5], bound);
        assert_eq!(within(2.5).unwrap().bound(), 2.5);
        for bound in [2.4, 0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(within(bound).err().unwrap().kind(), ErrorKind::OutOfRange, "{bound}");
        }
        let five = PlainArray::complex_within(&shape(&[1]), &[Complex { re: 3.0, im: -4.0 }], 5.0).unwrap();
        assert!(five.is_complex() && five.bound() < 5.001);
        assert!(PlainArray::complex_within(&shape(&[1]), &[Complex { re: 3.0, im: -4.0 }], 4.9).is_err());
        assert_eq!(PlainArray::constant(-0.3).unwrap().bound(), 0.3);
    }

    #[test]
    fn what_is_no_number_or_no_shape() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for error in [
                PlainArray::real(&shape(&[2]), &[1.0, bad]).err(),
                PlainArray::real_within(&shape(&[2]), &[1.0, bad], 9.0).err(),
                PlainArray::complex(&shape(&[1]), &[Complex { re: 1.0, im: bad }]).err(),
                PlainArray::constant(bad).err(),
            ] {
                assert_eq!(error.unwrap().kind(), ErrorKind::OutOfRange);
            }
        }
        assert_eq!(PlainArray::real(&shape(&[3]), &[1.0]).err().unwrap().kind(), ErrorKind::ShapeMismatch);
    }
}
