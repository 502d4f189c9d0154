//! Polynomials of shared numbers, and the public constants that they take.
use num_bigint::BigInt;

use super::fixed::{COMPARED, Fixed, shrunk};
use crate::{
    error::Result,
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// Fraction bits of public constants while they are computed.
pub(super) const CONSTANT_BITS: u32 = 200;

/// One, as a constant.
pub(super) fn one() -> BigInt {
    BigInt::from(1) << CONSTANT_BITS
}

/// The natural logarithm of 2: the sum of `1 / (k 2^k)`.
pub(super) fn ln_two() -> BigInt {
    (1..=CONSTANT_BITS).map(|k| (one() >> k) / k).sum()
}

/// A constant with fewer bits behind the point, to nearest.
pub(super) fn cut(constant: &BigInt, bits: u32) -> BigInt {
    let by = CONSTANT_BITS - bits;
    (constant + (BigInt::from(1) << (by - 1))) >> by
}

/// How the members of a family of functions of `s` come from earlier ones.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// `s^k`, for `s` between -1/2 and 1/2.
    Powers,
    /// The Chebyshev polynomials `T_k(s)`, for `s` between -1 and 1: `T_(j + k) = 2 T_j T_k - T_(j - k)` for `j >= k`.
    Chebyshev,
}

/// `sum of coefficients[k] f_k(s)` for a column `s`, with twice the fraction bits of `s`, so that it may be rounded together with what it is added to.
///
/// The coefficients have as many fraction bits as `s`. `ceil(log2(degree))` multiplications and truncations one after the other.
///
/// # Error
/// With `u = 2^-bits` and `s` exact, the members are off by at most `u` (powers: `e_(j+k) <= (e_j + e_k) / 2 + u / 2`) or `k^2 u / 4` (Chebyshev:
/// `e_(j+k) <= 2 e_j + 2 e_k + e_(j-k) + u / 2`), times their coefficients; the roundings of these add `u / 2` each, at most.
pub(super) async fn polynomial<B: Comparison>(
    b: &mut B,
    s: &Fixed<B>,
    family: Family,
    coefficients: &[BigInt],
) -> Result<Fixed<B>> {
    let (bits, len) = (s.fraction_bits(), s.rows());
    let degree = coefficients.len() - 1;
    // Rows follow each other: row k - 1 holds the members of degree k.
    let unit = Magnitude::pow2(bits)?;
    let slack = Magnitude::new(1 << 10);
    let bounded = |shares: Shared<B::Share>, limit| Fixed::<B>::new(shares, bits, limit);
    let mut members = s.shares().clone().reshaped(1, len);
    while members.rows() < degree {
        let known = members.rows();
        let more = known.min(degree - known);
        let highest: Vec<_> = (0..more).map(|_| members.row(known - 1)).collect();
        let highest = Shared::stacked(&highest.iter().collect::<Vec<_>>());
        let limit = match family {
            Family::Powers => shrunk(unit, 1)?.try_add(slack)?,
            Family::Chebyshev => unit.try_add(slack)?,
        };
        let (left, right) = (bounded(highest, limit)?, bounded(members.rows_of(0..more), limit)?);
        let product = left.product(b, &right).await?;
        let next = match family {
            Family::Powers => product.rounded(b, bits).await?.shares().clone(),
            Family::Chebyshev => {
                let doubled = product.scaled(2)?.rounded(b, bits).await?;
                // T_(known - k) for k = 1, 2, .., and T_0 = 1 where k is all of it.
                let one = b.constant(&vec![B::Element::power_of_two(bits); len]).reshaped(1, len);
                let less = |k: usize| if k == known { one.clone() } else { members.row(known - k - 1) };
                let lower: Vec<_> = (1..=more).map(less).collect();
                doubled.shares() - &Shared::stacked(&lower.iter().collect::<Vec<_>>())
            }
        };
        members = Shared::stacked(&[&members, &next]);
    }
    let elements: Vec<B::Element> = coefficients.iter().map(B::Element::from_bigint_vartime).collect();
    let constant = vec![elements[0] * B::Element::power_of_two(bits); len];
    let mut sum = b.constant(&constant);
    for (row, factor) in elements[1..].iter().enumerate() {
        sum = &sum + &members.row(row).scaled(*factor).reshaped(len, 1);
    }
    let total: BigInt = coefficients.iter().map(|c| BigInt::from(c.magnitude().clone())).sum();
    let limit = Magnitude::pow2(u32::try_from(total.bits()).map_err(|_| COMPARED)? + bits + 1)?;
    Fixed::new(sum, 2 * bits, limit)
}
