//! Fixed-point numbers in a box: shared integers, each standing for itself times `2^-fraction_bits`.
//!
//! Every array carries a public bound on its integers. It follows from declared ranges and from the operations since, never from a
//! value. What could exceed the box, or what the box can round, is refused before it is computed.
use core::fmt;

use num_bigint::BigInt;
use subtle::Choice;

use crate::{
    error::{Error, ErrorKind, Result},
    fixed_point,
    magnitude::Magnitude,
    mpc::arithmetic::{Arithmetic, Comparison, Element, Shared},
};

mod products;
#[cfg(test)]
mod tests;

pub(super) const HEADROOM: Error =
    Error::new(ErrorKind::HeadroomExhausted, "fixed point: more bits than the box holds");

/// The widest result of a rounding or comparison is refused with this.
pub(super) const COMPARED: Error =
    Error::new(ErrorKind::HeadroomExhausted, "fixed point: more bits than the box compares and rounds");

/// A declared range: integers of `bits` bits, the sign among them, that count units of `2^-fraction_bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Bits of an integer in two's complement.
    pub bits: u32,
    /// How many of them are behind the point.
    pub fraction_bits: u32,
}

impl Format {
    /// The bound on the integers.
    ///
    /// # Errors
    /// `OutOfRange` for no bits or more than 2^20.
    pub fn limit(self) -> Result<Magnitude> {
        if !(1..=1 << 20).contains(&self.bits) {
            return Err(Error::new(ErrorKind::OutOfRange, "format: bits"));
        }
        Magnitude::pow2(self.bits - 1)
    }
}

/// A matrix of shared fixed-point numbers with one scale and one public bound.
pub struct Fixed<B: Arithmetic> {
    shares: Shared<B::Share>,
    fraction_bits: u32,
    limit: Magnitude,
}

impl<B: Arithmetic> Fixed<B> {
    /// Takes over shared integers. The caller promises that all are at most `limit` in absolute value.
    ///
    /// # Errors
    /// `HeadroomExhausted` where the limit is beyond the box.
    /// # Security
    /// A value beyond the limit, by whoever's doing, may come out wrong and may show in what comparisons open: check what parties put in.
    pub fn new(shares: Shared<B::Share>, fraction_bits: u32, limit: Magnitude) -> Result<Self> {
        if !limit.is_below_pow2(B::Element::BITS) {
            return Err(HEADROOM);
        }
        Ok(Self { shares, fraction_bits, limit })
    }

    /// As [`Fixed::new`], within a declared format.
    ///
    /// # Errors
    /// As there, and those of [`Format::limit`].
    pub fn with_format(shares: Shared<B::Share>, format: Format) -> Result<Self> {
        Self::new(shares, format.fraction_bits, format.limit()?)
    }

    /// A column of public numbers, rounded to `fraction_bits`.
    ///
    /// # Errors
    /// `OutOfRange` for what is no number; `HeadroomExhausted` for one beyond the box or 126 bits.
    pub fn public(b: &B, values: &[f64], fraction_bits: u32) -> Result<Self> {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::new(ErrorKind::OutOfRange, "values: not a finite number"));
        }
        let integers =
            fixed_point::encode_f64(values, fraction_bits, u128::MAX >> 2).map_err(|_| HEADROOM)?;
        let limit = integers.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
        let elements: Vec<_> = integers.iter().map(|value| B::Element::from_i128(*value)).collect();
        Self::new(b.constant(&elements), fraction_bits, Magnitude::new(limit))
    }

    /// The shared integers.
    pub fn shares(&self) -> &Shared<B::Share> {
        &self.shares
    }

    /// How many bits the integers have behind the point.
    pub fn fraction_bits(&self) -> u32 {
        self.fraction_bits
    }

    /// The public bound on the absolute value of the integers.
    pub fn limit(&self) -> Magnitude {
        self.limit
    }

    /// The bits of the integers in two's complement.
    pub fn width(&self) -> u32 {
        self.limit.bits() + 1
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.shares.rows()
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.shares.columns()
    }

    /// The same numbers in other places: `place` may move, repeat and leave out entries, or put shares of zero.
    #[must_use]
    pub fn placed(&self, place: impl FnOnce(&Shared<B::Share>) -> Shared<B::Share>) -> Self {
        Self { shares: place(&self.shares), ..*self }
    }

    /// The same numbers under a larger or smaller promise.
    ///
    /// # Errors
    /// As [`Fixed::new`].
    pub fn promised(self, limit: Magnitude) -> Result<Self> {
        Self::new(self.shares, self.fraction_bits, limit)
    }

    /// Both one below the other.
    ///
    /// # Errors
    /// `HeadroomExhausted` where the scales differ and the coarser one has no room for the finer one's bits.
    pub fn stacked(parts: &[&Self]) -> Result<Self> {
        let fraction_bits = parts.iter().map(|part| part.fraction_bits).max().unwrap_or(0);
        let parts = parts.iter().map(|part| part.lifted(fraction_bits)).collect::<Result<Vec<_>>>()?;
        let limit = parts.iter().map(|part| part.limit).max().unwrap_or(Magnitude::ZERO);
        let shares = Shared::stacked(&parts.iter().map(|part| &part.shares).collect::<Vec<_>>());
        Self::new(shares, fraction_bits, limit)
    }

    /// The same numbers with more bits behind the point. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `OutOfRange` for fewer bits, which is what [`Fixed::rounded`] is for.
    pub fn lifted(&self, fraction_bits: u32) -> Result<Self> {
        let Some(more) = fraction_bits.checked_sub(self.fraction_bits) else {
            return Err(Error::new(ErrorKind::OutOfRange, "fraction_bits: fewer than there are"));
        };
        let limit = self.limit.times_pow2(more)?;
        Self::new(self.shares.scaled(B::Element::power_of_two(more)), fraction_bits, limit)
    }

    fn aligned(&self, other: &Self) -> Result<(Self, Self)> {
        let fraction_bits = self.fraction_bits.max(other.fraction_bits);
        Ok((self.lifted(fraction_bits)?, other.lifted(fraction_bits)?))
    }

    /// The sums, entry by entry. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `ShapeMismatch`.
    pub fn add(&self, other: &Self) -> Result<Self> {
        same_shape(self, other)?;
        let (x, y) = self.aligned(other)?;
        Self::new(&x.shares + &y.shares, x.fraction_bits, x.limit.try_add(y.limit)?)
    }

    /// The differences, entry by entry. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `ShapeMismatch`.
    pub fn sub(&self, other: &Self) -> Result<Self> {
        same_shape(self, other)?;
        let (x, y) = self.aligned(other)?;
        Self::new(&x.shares - &y.shares, x.fraction_bits, x.limit.try_add(y.limit)?)
    }

    /// The numbers with their signs changed.
    #[must_use]
    pub fn neg(&self) -> Self {
        self.placed(|shares| -shares)
    }

    /// The sum of all entries. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub fn sum(&self) -> Result<Self> {
        Self::new(self.shares.sum(), self.fraction_bits, self.limit.times(self.shares.len())?)
    }

    /// The sum of each row, as a column. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub fn row_sums(&self) -> Result<Self> {
        Self::new(self.shares.row_sums(), self.fraction_bits, self.limit.times(self.columns())?)
    }

    /// Every entry times a public integer. Exact.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub fn scaled(&self, factor: i128) -> Result<Self> {
        let limit = self.limit.try_mul(Magnitude::new(factor.unsigned_abs()))?;
        Self::new(self.shares.scaled(B::Element::from_i128(factor)), self.fraction_bits, limit)
    }

    /// Every entry times `factor / 2^bits`: a public number, exact, for `bits` more behind the point.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub fn scaled_by_fraction(&self, factor: i128, bits: u32) -> Result<Self> {
        let scaled = self.scaled(factor)?;
        Ok(Self { fraction_bits: scaled.fraction_bits + bits, ..scaled })
    }

    /// Every entry plus a public number, rounded to the bits behind the point.
    ///
    /// # Errors
    /// As [`Fixed::public`] and [`Fixed::add`].
    pub fn add_public(&self, b: &B, value: f64) -> Result<Self> {
        let constant = Self::public(b, &vec![value; self.shares.len()], self.fraction_bits)?;
        self.add(&constant.placed(|shares| shares.clone().reshaped(self.rows(), self.columns())))
    }

    /// Public integers, as an array of this box reveals them, as the numbers that they stand for.
    ///
    /// # Errors
    /// `OutOfRange` where one is too large for a float.
    pub fn decode_vartime(values: &[B::Element], fraction_bits: u32) -> Result<Vec<f64>> {
        let integers: Vec<(Choice, Vec<u64>)> = values
            .iter()
            .map(|value| {
                let integer: BigInt = value.to_bigint_vartime();
                (Choice::from(u8::from(integer < BigInt::ZERO)), integer.to_u64_digits().1)
            })
            .collect();
        let parts = integers.iter().map(|(sign, digits)| (*sign, digits.as_slice()));
        Ok(fixed_point::decode_f64(parts, fraction_bits)?.to_vec())
    }

    /// Tells the `receivers` the numbers, row after row; the others get `None`.
    ///
    /// # Errors
    /// Those of [`Arithmetic::reveal`]; `OutOfRange` where a number is too large for a float.
    pub async fn reveal(&self, b: &mut B, receivers: &[usize]) -> Result<Option<Vec<f64>>> {
        let values = b.reveal(&self.shares, receivers).await?;
        values.map(|values| Self::decode_vartime(&values, self.fraction_bits)).transpose()
    }
}

impl<B: Comparison> Fixed<B> {
    /// The width, if the box can compare it.
    ///
    /// # Errors
    /// `HeadroomExhausted` otherwise.
    pub fn compared_width(&self) -> Result<u32> {
        if self.width() <= B::MAX_BITS { Ok(self.width()) } else { Err(COMPARED) }
    }
}

fn same_shape<B: Arithmetic>(x: &Fixed<B>, y: &Fixed<B>) -> Result<()> {
    if x.shares.same_shape(&y.shares) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ShapeMismatch, "fixed point: two shapes"))
}

/// A bound on the absolute value after a division by `2^by`, to nearest.
pub(super) fn shrunk(limit: Magnitude, by: u32) -> Result<Magnitude> {
    let (mantissa, exponent) = limit.parts();
    match exponent.checked_sub(by) {
        Some(exponent) => Magnitude::new(mantissa.into()).times_pow2(exponent),
        None => {
            let by = by - exponent;
            let floor = u128::from(mantissa).checked_shr(by).unwrap_or(0);
            Ok(Magnitude::new(floor + 1))
        }
    }
}

impl<B: Arithmetic> Clone for Fixed<B> {
    fn clone(&self) -> Self {
        Self { shares: self.shares.clone(), ..*self }
    }
}

impl<B: Arithmetic> fmt::Debug for Fixed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Fixed({} x {}, {} bits, {} behind the point)",
            self.rows(),
            self.columns(),
            self.width(),
            self.fraction_bits
        )
    }
}
