//! Square roots and their reciprocals.
//!
//! The argument is brought to `b` between 1/2 and 1 by its highest bit. There `y = (7 - 3 b) / 4` is within 2.93% of `1 / sqrt(b)`. With `g = b y`
//! and `h = y / 2`, which tend to `sqrt(b)` and `1 / (2 sqrt(b))`, a step takes `r = 1/2 - g h` and adds `g r` to `g` and `h r` to `h`:
//! a relative error `d` becomes `1.5 d^2`. Powers of two and of `sqrt(2)` are looked up by the place of the highest bit.
//!
//! # Error
//! With `F` working bits every rounding is off by at most `2^-(F+1)`, and `g >= 0.7`, `h >= 1/2`. A step makes the product `2 g h` right, but not the
//! ratio of `g` to `h`, which keeps what roundings did to it: at most `1.8 * 2^-F` for each of four steps and the first product. What
//! the last step leaves of `r` is below `2^-F`, as is `1.5 d^2` with `d < 2^-36` before it (`2^-18` over boxes with three steps). So roots
//! have a relative error below `2^-(F-4)` before they are rounded to the result's bits.
//!
//! # Source
//! [Gol64]; the coupled form in [Mar04].
use num_bigint::BigUint;

use super::{
    divide::{Divisor, rescaled},
    fixed::{COMPARED, Fixed},
    leading::{Leading, working_bits},
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element},
};

/// Bits behind the point of the powers of `sqrt(2)` that are looked up, beyond those of the result.
const GUARD: u32 = 10;

/// `sqrt(x)` of numbers that are not negative, entry by entry, with `fraction_bits`. The root of what is below `2^log2_least` is 0.
///
/// # Error
/// At most `2^-(fraction_bits + 1)` and a 300th part of that, and `2^-36` of the root (over narrower boxes `2^-(F - 7)`).
/// # Shape
/// One after the other: the bits of the numbers; the logarithm of how many places the highest may have, in multiplications; one more; ten
/// (eight over narrower boxes) multiplications and truncations, and one for the power of two.
/// # Errors
/// `HeadroomExhausted` where widths leave no room for that; `OutOfRange` if `least` speaks of signed numbers.
pub async fn square_root<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    least: Divisor,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    root(b, x, least, fraction_bits, Kind::Root).await
}

/// `1 / sqrt(x)` of positive numbers, entry by entry, with `fraction_bits`. Numbers below `2^log2_least` give 0.
///
/// # Error
/// As [`square_root`].
/// # Errors
/// As there.
pub async fn inverse_square_root<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    least: Divisor,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    root(b, x, least, fraction_bits, Kind::Inverse).await
}

/// The most fraction bits that inverse roots of at most `2^half` may be asked for, to the full precision.
pub(super) fn room_for_inverse_roots<B: Comparison>(half: u32) -> Result<u32> {
    let taken = GUARD + 6 + half + 40.min(working_bits::<B>()? - 4);
    B::MAX_BITS.checked_sub(taken).ok_or(COMPARED)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Root,
    Inverse,
}

/// `2^(halves / 2)`, rounded down; 0 below one.
fn power_of_root_two(halves: i64) -> BigUint {
    match u64::try_from(halves) {
        Ok(halves) => (BigUint::from(1_u8) << halves).sqrt(),
        Err(_) => BigUint::ZERO,
    }
}

async fn root<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    least: Divisor,
    fraction_bits: u32,
    kind: Kind,
) -> Result<Fixed<B>> {
    if least.signed {
        return Err(Error::new(ErrorKind::OutOfRange, "square root: numbers below zero"));
    }
    let count = x.rows() * x.columns();
    let column = Fixed::new(x.shares().clone().reshaped(count, 1), 0, x.limit())?;
    let working = working_bits::<B>()?;
    let low = least.least(x.fraction_bits());
    let top = x.limit().bits().max(low + 1);
    // x = b 2^(place + 1 - f): the power of two that belongs to a place, with the result's bits and a guard.
    let halves = |place: u32| {
        let exponent = i64::from(place) + 1 - i64::from(x.fraction_bits());
        let exponent = if kind == Kind::Root { exponent } else { -exponent };
        exponent + 2 * i64::from(fraction_bits + GUARD)
    };
    let largest = power_of_root_two(halves(if kind == Kind::Root { top - 1 } else { low }));
    let power_limit = Magnitude::pow2(u32::try_from(largest.bits()).map_err(|_| COMPARED)?)?;
    let room = (B::MAX_BITS - 2).checked_sub(power_limit.bits() + 1).ok_or(COMPARED)?;
    let root_bits = working.min(room);
    let result_bits = power_limit.bits().saturating_sub(GUARD);
    if root_bits < 40.min(working - 4).min(result_bits + 2) {
        return Err(COMPARED);
    }

    let leading = Leading::find(b, &column, low).await?;
    let shifted = b.mul(leading.values(), &leading.shift()).await?;
    let near = leading.normalized(b, &shifted).await?;
    let power =
        leading.lookup(|place| B::Element::from_bigint_vartime(&power_of_root_two(halves(place)).into()));
    let power = Fixed::new(power, fraction_bits + GUARD, power_limit)?;
    let (root, inverse) = roots_near_one(b, &near).await?;
    let root = if kind == Kind::Root { root } else { inverse };
    let root = root.rounded(b, root_bits).await?;
    let product = root.product(b, &power).await?;
    let limit = super::fixed::shrunk(product.limit(), root_bits + GUARD)?.try_add(Magnitude::new(1))?;
    let behind = i64::from(product.fraction_bits());
    let found = rescaled(b, product, behind, fraction_bits, limit).await?;
    Ok(found.placed(|shares| shares.clone().reshaped(x.rows(), x.columns())))
}

/// `sqrt(b)` and `1 / sqrt(b)` for `b` between 1/2 and 1, with the working bits; relative errors below `2^-(F-4)`.
///
/// One multiplication and truncation, then two of each for every step.
async fn roots_near_one<B: Comparison>(b: &mut B, near: &Fixed<B>) -> Result<(Fixed<B>, Fixed<B>)> {
    let bits = working_bits::<B>()?;
    let len = near.rows();
    // y = (7 - 3 b) / 4 and h = y / 2, with three bits more; g = b y.
    let start = vec![B::Element::power_of_two(bits) * B::Element::from_i128(7); len];
    let half = b.add_public(&near.shares().scaled(B::Element::from_i128(-3)), &start);
    let half = Fixed::new(half, bits + 3, Magnitude::new(11).times_pow2(bits - 1)?)?;
    let root = near.mul(b, &Fixed::new(half.shares().clone(), bits + 2, half.limit())?, bits).await?;
    // The root is at most 1 and 2.9% more, the half at most 11/16 and 2.9% of 0.71 more; a square of 2.93% is more than what r can be.
    let root_limit = Magnitude::new(34).times_pow2(bits - 5)?;
    let half_limit = Magnitude::new(24).times_pow2(bits - 5)?;
    let mut root = root.promised(root_limit)?;
    let mut half = half.rounded(b, bits).await?.promised(half_limit)?;
    let steps = if bits > 32 { 4 } else { 3 };
    for _ in 0..steps {
        let product = root.mul(b, &half, bits).await?;
        let rest = vec![B::Element::power_of_two(bits - 1); len];
        let rest = Fixed::new(b.add_public(&-product.shares(), &rest), bits, Magnitude::pow2(bits - 5)?)?;
        let pair = Fixed::stacked(&[&root, &half])?;
        let change = pair.mul(b, &Fixed::stacked(&[&rest, &rest])?, bits).await?;
        let pair = pair.add(&change)?;
        root = pair.placed(|shares| shares.rows_of(0..len)).promised(root_limit)?;
        half = pair.placed(|shares| shares.rows_of(len..2 * len)).promised(half_limit)?;
    }
    let inverse = Fixed::new(half.shares().clone(), bits - 1, half.limit())?;
    Ok((root, inverse))
}

#[cfg(test)]
mod tests;
