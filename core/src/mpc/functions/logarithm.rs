//! The natural logarithm.
//!
//! The argument is `b 2^(place + 1)` with `b` between 1/2 and 1 by its highest bit. With `s = 4 b - 3` and `q = 3 - sqrt(8)`,
//! `ln b = -2 ln(1 + q) + 2 sum of (-1)^(k + 1) q^k / k T_k(s)` over `k >= 1`; terms beyond 24 (12 over narrow boxes) are below `2^-66` (`2^-34`) together.
use num_bigint::BigInt;

use super::{
    divide::Divisor,
    fixed::{COMPARED, Fixed},
    leading::{Leading, working_bits},
    series::{CONSTANT_BITS, Family, cut, ln_two, one, polynomial},
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element},
};

/// `ln(x)` of positive numbers, entry by entry, with `fraction_bits`, of which at most 60 (over narrower boxes `F - 4` for their `F` working bits).
///
/// What is below `2^log2_least` gives the logarithm of 1/2.
///
/// # Error
/// At most `2^-(fraction_bits + 1) + 2^-(F - 2)`, with `F` = 64 over the wide field.
/// # Shape
/// One after the other: the bits of the numbers; the logarithm of how many places the highest may have, in multiplications; one more; five
/// (four over narrower boxes) multiplications and truncations; a truncation.
/// # Errors
/// `HeadroomExhausted` for too many bits; `OutOfRange` if `least` speaks of signed numbers.
pub async fn logarithm<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    least: Divisor,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    if least.signed {
        return Err(Error::new(ErrorKind::OutOfRange, "logarithm: numbers below zero"));
    }
    let bits = working_bits::<B>()?;
    if fraction_bits > bits - 4 {
        return Err(COMPARED);
    }
    let len = x.rows() * x.columns();
    let column = Fixed::new(x.shares().clone().reshaped(len, 1), 0, x.limit())?;
    let low = least.least(x.fraction_bits());
    let leading = Leading::find(b, &column, low).await?;
    let shifted = b.mul(leading.values(), &leading.shift()).await?;
    let near = leading.normalized(b, &shifted).await?;

    let start = -B::Element::from_i128(3) * B::Element::power_of_two(bits);
    let s = b.add_public(&near.shares().scaled(B::Element::from_i128(4)), &vec![start; len]);
    let s = Fixed::new(s, bits, Magnitude::pow2(bits)?)?;
    let sum = polynomial(b, &s, Family::Chebyshev, &coefficients(bits)).await?;
    // ln 2 times the power of two.
    let ln_two = ln_two();
    let exponent = |place: u32| i64::from(place) + 1 - i64::from(x.fraction_bits());
    let constant = |place: u32| cut(&(&ln_two * exponent(place)), bits);
    let whole = leading.lookup(|place| B::Element::from_bigint_vartime(&constant(place)));
    let farthest =
        exponent(low).unsigned_abs().max(exponent(x.limit().bits().max(low + 1) - 1).unsigned_abs());
    let limit = Magnitude::new(farthest.into()).times_pow2(bits)?;
    let found = sum.add(&Fixed::new(whole, bits, limit)?)?.rounded(b, fraction_bits).await?;
    Ok(found.placed(|shares| shares.clone().reshaped(x.rows(), x.columns())))
}

/// The coefficients of the Chebyshev polynomials in `ln((s + 3) / 4)`.
fn coefficients(bits: u32) -> Vec<BigInt> {
    let q = 3 * one() - (BigInt::from(8) << (2 * CONSTANT_BITS)).sqrt();
    let mut power = one();
    // q^k / k with alternating signs; the series of ln(1 + q) needs as many terms as constants have bits, and fewer.
    let terms: Vec<BigInt> = (1..=CONSTANT_BITS / 2)
        .map(|k| {
            power = (&power * &q) >> CONSTANT_BITS;
            if k % 2 == 1 { &power / k } else { -(&power / k) }
        })
        .collect();
    let degree = if bits > 32 { 24 } else { 12 };
    let constant: BigInt = terms.iter().sum();
    core::iter::once(&constant * -2)
        .chain(terms.into_iter().take(degree).map(|term| term * 2))
        .map(|coefficient| cut(&coefficient, bits))
        .collect()
}

#[cfg(test)]
mod tests;
