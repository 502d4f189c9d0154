//! The exponential function and the logistic sigmoid.
//!
//! `e^x = 2^n 2^u` with `n` the floor of `x / ln 2`: `2^n` is a product over the bits of `n`, and `2^u = sqrt(2) 2^(u - 1/2)` the Taylor polynomial of
//! degree 16 (8 over narrow boxes) in `u - 1/2`, off by at most `(ln(2) / 2)^17 / 17! < 2^-74` (`2^-32`).
use num_bigint::BigInt;

use super::{
    compare::with_sign,
    divide::inverse_near_one,
    fixed::{COMPARED, Fixed, shrunk},
    leading::working_bits,
    series::{CONSTANT_BITS, Family, cut, ln_two, one, polynomial},
};
use crate::{
    error::Result,
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// Bits of the result below its last one, below which an exponential counts as 0.
const GUARD: u32 = 2;

/// `e^x` entry by entry, with `fraction_bits`. How large the result may be follows from the bound on `x`: clamp it where it is too loose.
///
/// # Error
/// At most `0.76 * 2^-fraction_bits`, and `2^-36` of the result (over narrower boxes `2^-(F - 7)` for their `F` working bits).
/// # Shape
/// One after the other: two truncations; a comparison, a multiplication, few bits, three multiplications; four (three over narrower boxes)
/// multiplications and truncations, a truncation; a multiplication and a truncation.
/// # Errors
/// `HeadroomExhausted` where that needs more bits than the box has.
pub async fn exponential<B: Comparison>(b: &mut B, x: &Fixed<B>, fraction_bits: u32) -> Result<Fixed<B>> {
    bounded_exponential(b, x, fraction_bits, false).await
}

/// As [`exponential`]; `negative` promises that no `x` is above zero.
async fn bounded_exponential<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    fraction_bits: u32,
    negative: bool,
) -> Result<Fixed<B>> {
    let bits = working_bits::<B>()?;
    // |x| <= 2^whole.
    let whole = x.limit().bits().saturating_sub(x.fraction_bits());
    let factor_bits = bits + whole + 2;
    if factor_bits > CONSTANT_BITS - 8 {
        return Err(COMPARED);
    }
    // 2^n 2^scale counts units of the result, with a guard; where that is below one the result is 0.
    let scale = fraction_bits + GUARD;
    let highest = match negative {
        true => 0,
        // x / ln 2 < 1.4427 x <= 1.5 x.
        false => shrunk(x.limit().times(3)?, x.fraction_bits() + 1)?.to_u128().ok_or(COMPARED)?,
    };
    let most =
        u32::try_from(highest).ok().and_then(|highest| highest.checked_add(scale + 1)).ok_or(COMPARED)?;
    let polynomial_bits = bits.min(B::MAX_BITS.checked_sub(most + 4).ok_or(COMPARED)?);
    if polynomial_bits < 38.min(bits - 4).min(most + 2) || x.width() + factor_bits + 2 > B::MAX_BITS {
        return Err(COMPARED);
    }

    let len = x.rows() * x.columns();
    let column = x.placed(|shares| shares.clone().reshaped(len, 1));
    let log2_e: BigInt = (one() << CONSTANT_BITS) / ln_two();
    let factor = cut(&log2_e, factor_bits);
    let limit = x.limit().times_pow2(factor_bits + 1)?;
    let scaled = column.shares().scaled(B::Element::from_bigint_vartime(&factor));
    let logarithm = Fixed::<B>::new(scaled, x.fraction_bits() + factor_bits, limit)?.rounded(b, bits).await?;
    let floor = b.truncate(logarithm.shares(), logarithm.compared_width()?, bits).await?;
    let rest = logarithm.shares() - &floor.scaled(B::Element::power_of_two(bits));

    let power = power_of_two(b, &floor, whole + 2, scale, most).await?;
    let mantissa = mantissa(b, &rest, bits).await?.rounded(b, polynomial_bits).await?;
    let product = mantissa.product(b, &power).await?;
    // What is counted in units with a guard is rounded to units.
    let product = Fixed::<B>::new(product.shares().clone(), polynomial_bits + GUARD, product.limit())?;
    let result = product.rounded(b, 0).await?;
    let result = Fixed::new(result.shares().clone(), fraction_bits, result.limit())?;
    Ok(result.placed(|shares| shares.clone().reshaped(x.rows(), x.columns())))
}

/// `2^(n + scale)`, at most `2^most`, and 0 where the exponent is below zero; `|n|` is below `2^bits`.
///
/// One comparison, one multiplication, the bits, and `ceil(log2(bits of most))` multiplications.
async fn power_of_two<B: Comparison>(
    b: &mut B,
    n: &Shared<B::Share>,
    bits: u32,
    scale: u32,
    most: u32,
) -> Result<Fixed<B>> {
    let len = n.rows();
    let exponent = b.add_public(n, &vec![B::Element::from_i128(scale.into()); len]);
    let width = bits.max(u32::BITS - scale.leading_zeros()) + 2;
    let below = b.is_negative(&exponent, width).await?;
    let one = vec![B::Element::one(); len];
    let counts = b.add_public(&-&below, &one);
    let exponent = b.mul(&exponent, &counts).await?;
    let digits = u32::BITS - most.leading_zeros();
    let digits = b.to_bits(&exponent, digits + 1).await?.transposed();
    // 1 + bit (2^(2^k) - 1) for each bit k but the sign, and the count beside them, which is 1 or 0.
    let mut factors = Vec::new();
    for (k, row) in (0..digits.rows() - 1).enumerate() {
        #[allow(clippy::cast_possible_truncation)] // bits of an u32
        let weight = B::Element::power_of_two(1 << k as u32) - B::Element::one();
        factors.push(b.add_public(&digits.row(row).scaled(weight), &one));
    }
    factors.push(counts.reshaped(1, len));
    while factors.len() > 1 {
        let half = factors.len() / 2;
        let side = |from: usize| Shared::stacked(&factors[from..from + half].iter().collect::<Vec<_>>());
        let products = b.mul(&side(0), &side(half)).await?;
        let rest = factors.split_off(2 * half);
        factors = (0..half).map(|at| products.row(at)).chain(rest).collect();
    }
    Fixed::new(factors.swap_remove(0).reshaped(len, 1), 0, Magnitude::pow2(most)?)
}

/// `2^u` for `u` between 0 and 1 with `bits` behind the point: the same bits, relative error below `2^-(bits - 2)`.
async fn mantissa<B: Comparison>(b: &mut B, u: &Shared<B::Share>, bits: u32) -> Result<Fixed<B>> {
    let half = -B::Element::power_of_two(bits - 1);
    let centred = b.add_public(u, &vec![half; u.len()]);
    let centred = Fixed::new(centred, bits, Magnitude::pow2(bits - 1)?)?;
    let root_two = (BigInt::from(1) << (2 * CONSTANT_BITS + 1)).sqrt();
    let (mut term, ln_two) = (root_two, ln_two());
    let degree = if bits > 32 { 16_u32 } else { 8 };
    let mut coefficients = vec![cut(&term, bits)];
    for k in 1..=degree {
        term = ((term * &ln_two) >> CONSTANT_BITS) / k;
        coefficients.push(cut(&term, bits));
    }
    let value = polynomial(b, &centred, Family::Powers, &coefficients).await?.rounded(b, bits).await?;
    // At most 2, and a few units for what was rounded.
    value.promised(Magnitude::pow2(bits + 1)?.try_add(Magnitude::new(8))?)
}

/// `1 / (1 + e^-x)` entry by entry, with `fraction_bits`. Any `x` that the box can compare will do.
///
/// # Error
/// At most `0.51 * 2^-fraction_bits`, and `2^-36` (over narrower boxes `2^-(F - 7)`).
/// # Shape
/// A comparison, an exponential, five (four) multiplications and truncations, and one more.
/// # Errors
/// `HeadroomExhausted` where the bound on `x` leaves no room.
pub async fn sigmoid<B: Comparison>(b: &mut B, x: &Fixed<B>, fraction_bits: u32) -> Result<Fixed<B>> {
    let bits = working_bits::<B>()?;
    let len = x.rows() * x.columns();
    let column = x.placed(|shares| shares.clone().reshaped(len, 1));
    let (absolute, negative) = with_sign(b, &column).await?;
    // (1 + e^-|x|) / 2 is between 1/2 and 1, and half its inverse is the sigmoid of |x|.
    let small = bounded_exponential(b, &absolute.neg(), bits - 1, true).await?;
    let near = b.add_public(small.shares(), &vec![B::Element::power_of_two(bits - 1); len]);
    let near = Fixed::new(near, bits, Magnitude::pow2(bits)?.try_add(Magnitude::new(2))?)?;
    let inverse = inverse_near_one(b, &near).await?;
    let right = Fixed::<B>::new(inverse.shares().clone(), bits + 1, inverse.limit())?;
    // For x below zero, one minus that.
    let one = vec![B::Element::power_of_two(bits + 1); len];
    let turn = b.add_public(&right.shares().scaled(B::Element::from_i128(-2)), &one);
    let turned = b.mul(&negative, &turn).await?;
    let limit = Magnitude::pow2(bits + 1)?.try_add(Magnitude::new(16))?;
    let found = Fixed::<B>::new(right.shares() + &turned, bits + 1, limit)?.rounded(b, fraction_bits).await?;
    Ok(found.placed(|shares| shares.clone().reshaped(x.rows(), x.columns())))
}

#[cfg(test)]
mod tests;
