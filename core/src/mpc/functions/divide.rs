//! Quotients and reciprocals.
//!
//! The divisor is brought between 1/2 and 1 by its highest bit. There `p = (45 - 30 b) / 16` is within 1/16 of `1 / b`, and with
//! `e = 1 - b p` the product of `p`, `1 + e`, `1 + e^2`, `1 + e^4`, .. converges to `1 / b`.
//!
//! # Error
//! With `F` working bits (64 over the wide field) every rounding is off by at most `2^-(F+1)`. Four steps round `p` four times (relative to
//! `p >= 15/16`: `2.2 * 2^-F`), `e` once and its powers three times (together `2.2 * 2^-F`), and leave out `e^16 <= 2^-64`; the rounded
//! `b` adds `2^-F`. So the reciprocal has a relative error below `2^-(F-3)`. The quotient is rounded to the result's bits at the end.
//!
//! # Source
//! [Gol64]; as a protocol [CS10].
use super::{
    fixed::{COMPARED, Fixed, HEADROOM, shrunk},
    leading::{Leading, working_bits},
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// What is public about divisors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor {
    /// Every divisor is at least `2^log2_least` in absolute value, or gives 0.
    pub log2_least: i32,
    /// Whether there may be divisors below zero. Where not, nobody looks for signs.
    pub signed: bool,
}

impl Divisor {
    /// Positive integers.
    pub const COUNT: Self = Self { log2_least: 0, signed: false };

    /// The place of the lowest bit that may be the highest one.
    pub(super) fn least(self, fraction_bits: u32) -> u32 {
        u32::try_from(i64::from(self.log2_least) + i64::from(fraction_bits)).unwrap_or(0)
    }
}

/// `x / y` entry by entry, or each row of `x` by one entry of a column `y`, with `fraction_bits`.
///
/// Where `|y|` is below the least divisor, the quotient is 0.
///
/// # Error
/// At most `2^-(fraction_bits + 1)`, and `2^-36` of the quotient (over narrower boxes `2^-(F - 7)` for their `F` working bits), or half a
/// unit more where that is larger.
/// # Shape
/// One after the other: for signed divisors a comparison and a multiplication; the bits of the divisors; the logarithm of how many places
/// the highest may have, in multiplications; one more; five (four over narrower boxes) multiplications and truncations; two of each for the quotient.
/// # Errors
/// `HeadroomExhausted` where widths leave no room for that; `ShapeMismatch`.
pub async fn divide<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    y: &Fixed<B>,
    divisor: Divisor,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    if x.rows() != y.rows() || (y.columns() != 1 && y.columns() != x.columns()) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "divide: two shapes"));
    }
    let plan = Plan::new::<B>(x, y, divisor, fraction_bits)?;
    let count = y.rows() * y.columns();
    let column = y.placed(|shares| shares.clone().reshaped(count, 1));
    let (reciprocal, shift) = normalized_reciprocal(b, &column, divisor).await?;

    let spread = |part: Fixed<B>| {
        part.placed(|shares| match y.columns() == x.columns() {
            true => shares.clone().reshaped(x.rows(), x.columns()),
            false => shares.repeated(x.columns()),
        })
    };
    let reciprocal = spread(reciprocal.rounded(b, plan.reciprocal_bits).await?);
    // x / y = x q 2^-(place + 1) for the place of the highest bit, and the shift is 2^(top - 1 - place).
    let near = x.product(b, &reciprocal).await?;
    let near = near.rounded(b, near.fraction_bits() - plan.dropped).await?;
    let shift = spread(shift);
    let quotient = near.product(b, &shift).await?;
    let behind = i64::from(quotient.fraction_bits()) + i64::from(plan.top) - i64::from(y.fraction_bits());
    rescaled(b, quotient, behind, fraction_bits, plan.limit).await
}

/// `1 / y`, entry by entry, with `fraction_bits`. Errors and precision as [`divide`].
///
/// # Errors
/// As there.
pub async fn reciprocal<B: Comparison>(
    b: &mut B,
    y: &Fixed<B>,
    divisor: Divisor,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    let one = Fixed::public(b, &vec![1.0; y.rows() * y.columns()], 0)?;
    let one = one.placed(|shares| shares.clone().reshaped(y.rows(), y.columns()));
    divide(b, &one, y, divisor, fraction_bits).await
}

/// How the widths of one division are spent; all public.
struct Plan {
    top: u32,
    /// Fraction bits of the reciprocal.
    reciprocal_bits: u32,
    /// Bits of the product with it that are rounded away before it is shifted.
    dropped: u32,
    limit: Magnitude,
}

impl Plan {
    fn new<B: Comparison>(x: &Fixed<B>, y: &Fixed<B>, divisor: Divisor, fraction_bits: u32) -> Result<Self> {
        let working = working_bits::<B>()?;
        let least = divisor.least(y.fraction_bits());
        let top = y.limit().bits().max(least + 1);
        let widest = B::MAX_BITS - 2;
        // The reciprocal is at most 2 and a little.
        let reciprocal_bits = working.min(widest.checked_sub(x.limit().bits() + 2).ok_or(COMPARED)?);
        let shifted = x.limit().bits() + reciprocal_bits + 2 + (top - 1 - least);
        let dropped = shifted.saturating_sub(widest);
        // Relative to the quotient, rounding away `dropped` bits costs 2^(dropped - 1 - reciprocal_bits).
        let limit = quotient_limit(x, y, least, fraction_bits)?;
        let reached = reciprocal_bits.checked_sub(dropped).ok_or(COMPARED)?;
        if reached < 37.min(working - 4).min(limit.bits() + 2) {
            return Err(COMPARED);
        }
        if !limit.is_below_pow2(B::Element::BITS) {
            return Err(HEADROOM);
        }
        Ok(Self { top, reciprocal_bits, dropped, limit })
    }
}

/// A bound on the integers of the quotient.
fn quotient_limit<B: Comparison>(
    x: &Fixed<B>,
    y: &Fixed<B>,
    least: u32,
    fraction_bits: u32,
) -> Result<Magnitude> {
    let down = x.fraction_bits() + least;
    let exact = shrunk(x.limit().times_pow2(y.fraction_bits() + fraction_bits)?, down)?;
    // What the error can add: 2^-(F-3) of it and a unit.
    exact.try_add(shrunk(exact, 20)?)?.try_add(Magnitude::new(1))
}

/// The value `integer * 2^-behind` with `fraction_bits`, within a limit that is known otherwise.
pub(super) async fn rescaled<B: Comparison>(
    b: &mut B,
    integer: Fixed<B>,
    behind: i64,
    fraction_bits: u32,
    limit: Magnitude,
) -> Result<Fixed<B>> {
    let tracked = integer.limit();
    let more = i64::from(fraction_bits) - behind;
    let shares = match u32::try_from(more) {
        Ok(more) => integer.shares().scaled(B::Element::power_of_two(more)),
        Err(_) => {
            let by = u32::try_from(-more).map_err(|_| COMPARED)?;
            Fixed::<B>::new(integer.shares().clone(), by, tracked)?.rounded(b, 0).await?.shares().clone()
        }
    };
    Fixed::new(shares, fraction_bits, limit)
}

/// `1 / b` with the working bits for the `b` between 1/2 and 1 that a column is brought to, and the shift that does it, with the sign of `y`.
async fn normalized_reciprocal<B: Comparison>(
    b: &mut B,
    y: &Fixed<B>,
    divisor: Divisor,
) -> Result<(Fixed<B>, Fixed<B>)> {
    let least = divisor.least(y.fraction_bits());
    let integers = Fixed::new(y.shares().clone(), 0, y.limit())?;
    if !divisor.signed {
        let leading = Leading::find(b, &integers, least).await?;
        let shift = leading.shift();
        let shifted = b.mul(leading.values(), &shift).await?;
        let near = leading.normalized(b, &shifted).await?;
        let shift = Fixed::new(shift, 0, leading.shift_limit()?)?;
        return Ok((inverse_near_one(b, &near).await?, shift));
    }
    let negative = b.is_negative(y.shares(), integers.compared_width()?).await?;
    let one = vec![B::Element::one(); y.rows()];
    let sign = b.add_public(&negative.scaled(B::Element::from_i128(-2)), &one);
    let absolute = Fixed::new(b.mul(y.shares(), &sign).await?, 0, y.limit())?;
    let leading = Leading::find(b, &absolute, least).await?;
    let shift = leading.shift();
    let both =
        b.mul(&Shared::stacked(&[leading.values(), &sign]), &Shared::stacked(&[&shift, &shift])).await?;
    let near = leading.normalized(b, &both.rows_of(0..y.rows())).await?;
    let shift = Fixed::new(both.rows_of(y.rows()..2 * y.rows()), 0, leading.shift_limit()?)?;
    Ok((inverse_near_one(b, &near).await?, shift))
}

/// `1 / b` for `b` between 1/2 and 1, all with the working bits; relative error below `2^-(F-3)`.
///
/// One multiplication and truncation, then one of each for every step.
pub(super) async fn inverse_near_one<B: Comparison>(b: &mut B, near: &Fixed<B>) -> Result<Fixed<B>> {
    let bits = working_bits::<B>()?;
    let len = near.rows();
    let one = vec![B::Element::power_of_two(bits); len];
    // p = (45 - 30 b) / 16, with four bits more.
    let start = vec![B::Element::power_of_two(bits) * B::Element::from_i128(45); len];
    let first = b.add_public(&near.shares().scaled(B::Element::from_i128(-30)), &start);
    let first = Fixed::new(first, bits + 4, Magnitude::new(45).times_pow2(bits)?)?;
    let product = near.mul(b, &first, bits).await?;
    let error = b.add_public(&-product.shares(), &one);
    // At most 1/16, and two units for what was rounded.
    let mut error = Fixed::<B>::new(error, bits, Magnitude::pow2(bits - 4)?.try_add(Magnitude::new(2))?)?;
    let mut inverse = first;
    let steps = if bits > 32 { 4 } else { 3 };
    for step in 0..steps {
        let rise = b.add_public(error.shares(), &one);
        let rise = Fixed::new(rise, bits, Magnitude::pow2(bits)?.try_add(error.limit())?)?;
        let last = step + 1 == steps;
        // Both with as many bits behind the point.
        let level = inverse.fraction_bits();
        let (left, right) = match last {
            true => (inverse, rise),
            false => {
                let lifted = error.lifted(level)?;
                (Fixed::stacked(&[&inverse, &lifted])?, Fixed::stacked(&[&rise, &error])?)
            }
        };
        let products = left.mul(b, &right, bits).await?;
        inverse = products.placed(|shares| shares.rows_of(0..len));
        // Never above 2 but for what was rounded.
        inverse = inverse.promised(Magnitude::pow2(bits + 1)?.try_add(Magnitude::new(16))?)?;
        if !last {
            let square = shrunk(error.limit().try_mul(error.limit())?, bits)?.try_add(Magnitude::new(1))?;
            error = products.placed(|shares| shares.rows_of(len..2 * len)).promised(square)?;
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests;
