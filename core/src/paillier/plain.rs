//! Arrays of numbers in the clear, encoded at the key's scale: what is encrypted, and what operations take.
use core::fmt;

use subtle::Choice;
use zeroize::Zeroizing;

use super::encoder;
use super::format::Format;
use super::keys::PublicKey;
use super::magnitude::Magnitude;
use super::params::Params;
use super::plaintext::Plaintext;
use super::signed;
use crate::error::{Error, ErrorKind, Result};
use crate::shape::Shape;

/// An array of encoded numbers: integers, or fixed point at the key's scale.
///
/// Which of the two is decided by the type that the caller hands in, never by a value: 2.0 is fixed point as
/// 2.5 is. The values are secret; shape, scale and bound are public. The bound is the range of the key's
/// parameters unless the caller declares a tighter one, and a tighter one makes constant-time multiplication
/// cheaper and leaves more headroom.
#[derive(Clone)]
pub struct PlainArray {
    shape: Shape,
    values: Zeroizing<Vec<i128>>,
    scale: u32,
    bound: Magnitude,
}

impl PlainArray {
    /// Fixed-point numbers: `round(x * 2^fraction_bits)`, ties to even.
    ///
    /// The error of each is at most `2^-(fraction_bits + 1)`.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there are as many values as the shape says; `OutOfRange` if any is not finite or
    /// not below `2^(value_bits - 1 - fraction_bits)` in absolute value.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn fixed_point(params: &Params, shape: &Shape, values: &[f64]) -> Result<Self> {
        check_len(shape, values.len())?;
        let (bound, limit) = full_range(params);
        let encoded = encoder::encode_f64(values, params.fraction_bits(), limit)?;
        Ok(Self { shape: shape.clone(), values: encoded, scale: params.fraction_bits(), bound })
    }

    /// Fixed-point numbers of at most `bound` in absolute value. The bound is public.
    ///
    /// # Errors
    /// As [`PlainArray::fixed_point`]; `OutOfRange` if a value is above the bound by more than its encoding error.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn fixed_point_within(params: &Params, shape: &Shape, values: &[f64], bound: f64) -> Result<Self> {
        check_len(shape, values.len())?;
        let (bound, limit) = declared(params, encoder::encode_bound(bound, params.fraction_bits())?)?;
        let encoded = encoder::encode_f64(values, params.fraction_bits(), limit)?;
        Ok(Self { shape: shape.clone(), values: encoded, scale: params.fraction_bits(), bound })
    }

    /// Integers, at scale 0.
    ///
    /// # Errors
    /// `ShapeMismatch`; `OutOfRange` if any is not below `2^(value_bits - 1)` in absolute value.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn integers(params: &Params, shape: &Shape, values: &[i64]) -> Result<Self> {
        let (bound, limit) = full_range(params);
        let widest = (Magnitude::new(1 << 63), 1 << 63);
        Self::encode_integers(shape, values, if limit < widest.1 { (bound, limit) } else { widest })
    }

    /// Integers of at most `bound` in absolute value. The bound is public.
    ///
    /// # Errors
    /// As [`PlainArray::integers`]; `OutOfRange` if a value is above the bound.
    /// # Timing
    /// Constant in the values; varies with their number.
    pub fn integers_within(params: &Params, shape: &Shape, values: &[i64], bound: u64) -> Result<Self> {
        Self::encode_integers(shape, values, declared(params, Magnitude::new(bound.into()))?)
    }

    fn encode_integers(shape: &Shape, values: &[i64], (bound, limit): (Magnitude, u128)) -> Result<Self> {
        check_len(shape, values.len())?;
        Ok(Self { shape: shape.clone(), values: encoder::encode_i64(values, limit)?, scale: 0, bound })
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Bits after the binary point: 0 for integers.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// The public bound on the encoded integers.
    pub fn bound(&self) -> Magnitude {
        self.bound
    }

    pub(super) fn format(&self) -> Format {
        Format { scale: self.scale, bound: self.bound }
    }

    /// The encoded integers modulo n.
    pub(super) fn plaintexts(&self, key: &PublicKey) -> Vec<Plaintext> {
        self.values.iter().map(|value| Plaintext::from_i128(*value, key)).collect()
    }

    /// The encoded integers, or their negatives, times `2^bits`.
    ///
    /// # Errors
    /// `OutOfRange` if the results do not fit: check their bound before.
    pub(super) fn plaintexts_at(&self, key: &PublicKey, bits: u32, negate: bool) -> Result<Vec<Plaintext>> {
        let flip = Choice::from(u8::from(negate));
        let raise = |value: &i128| {
            let (negative, magnitude) = encoder::absolute(*value);
            let mut limbs = Zeroizing::new(vec![0; key.n().len()]);
            signed::place(&mut limbs, magnitude, bits);
            Plaintext::from_sign_magnitude(negative ^ flip, &limbs, key)
        };
        self.values.iter().map(raise).collect()
    }

    /// The encoded integers, row-major.
    pub(super) fn values(&self) -> &[i128] {
        &self.values
    }

    /// The largest absolute value, for weights that are public.
    pub(super) fn bound_vartime(&self) -> Magnitude {
        let largest = self.values.iter().map(|value| value.unsigned_abs()).max();
        Magnitude::new(largest.unwrap_or(0))
    }
}

impl fmt::Debug for PlainArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shape, values: _, scale, bound } = self;
        let mut debug = f.debug_struct("PlainArray");
        debug
            .field("shape", &shape.extents())
            .field("scale", scale)
            .field("bound", bound)
            .finish_non_exhaustive()
    }
}

/// The bound that parameters declare, and the largest encoded number below it.
fn full_range(params: &Params) -> (Magnitude, u128) {
    let above = 1_u128 << (params.value_bits() - 1);
    (Magnitude::new(above), above - 1)
}

/// A bound of the caller, which must be within the range of the parameters.
fn declared(params: &Params, bound: Magnitude) -> Result<(Magnitude, u128)> {
    let (full, limit) = full_range(params);
    match bound.to_u128() {
        Some(exact) if bound <= full => Ok((bound, exact.min(limit))),
        _ => Err(Error::new(ErrorKind::OutOfRange, "bound: above the range of the parameters")),
    }
}

fn check_len(shape: &Shape, len: usize) -> Result<()> {
    match shape.len() == len {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::ShapeMismatch, "values: not as many as the shape says")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(len: usize) -> Shape {
        Shape::new(&[len]).unwrap()
    }

    fn public_facts(plain: &PlainArray) -> (u32, Magnitude) {
        (plain.scale(), plain.bound())
    }

    #[test]
    fn scale_and_bound_do_not_depend_on_values() {
        let params = Params::default();
        let facts = |x: f64| public_facts(&PlainArray::fixed_point(&params, &row(1), &[x]).unwrap());
        assert!([3.0, 1e-20, 0.0, -1e13].iter().all(|x| facts(*x) == facts(1.5)));
        let facts = |x: i64| public_facts(&PlainArray::integers(&params, &row(1), &[x]).unwrap());
        assert!([0, -1, i64::MIN, i64::MAX].iter().all(|x| facts(*x) == facts(1)));
    }

    #[test]
    fn ranges_are_checked() {
        let params = Params::default();
        let fixed =
            |x: f64| PlainArray::fixed_point(&params, &row(1), &[x]).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(fixed(2f64.powi(47).next_down()), Ok(()));
        for bad in [2f64.powi(47), -2f64.powi(47), f64::NAN, f64::INFINITY] {
            assert_eq!(fixed(bad), Err(ErrorKind::OutOfRange));
        }
        let within =
            |x, bound| PlainArray::fixed_point_within(&params, &row(1), &[x], bound).map_err(|e| e.kind());
        assert_eq!(within(300.0, 300.0).unwrap().bound(), Magnitude::new(300 << 40));
        for (x, bound) in [(300.1, 300.0), (1.0, -1.0), (1.0, f64::NAN), (1.0, 1e15), (1.0, f64::INFINITY)] {
            assert_eq!(within(x, bound).unwrap_err(), ErrorKind::OutOfRange);
        }
        let within =
            |x, bound| PlainArray::integers_within(&params, &row(1), &[x], bound).map_err(|e| e.kind());
        assert_eq!(within(-7, 7).unwrap().bound(), Magnitude::new(7));
        assert_eq!(within(8, 7).unwrap_err(), ErrorKind::OutOfRange);
        let wrong = PlainArray::integers(&params, &row(2), &[1]);
        assert_eq!(wrong.unwrap_err().kind(), ErrorKind::ShapeMismatch);
    }

    #[test]
    fn debug_shows_no_values() {
        let plain = PlainArray::integers(&Params::default(), &row(1), &[987_654_321]).unwrap();
        assert!(!format!("{plain:?}").contains("987"));
    }
}
