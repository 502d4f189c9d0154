//! Order and choice of fixed-point numbers.
use super::fixed::Fixed;
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Arithmetic, Comparison, Element, Shared},
};

/// 1 where `x < y`, else 0. One comparison.
///
/// # Errors
/// `HeadroomExhausted` for differences that the box cannot compare; `ShapeMismatch`.
pub async fn less<B: Comparison>(b: &mut B, x: &Fixed<B>, y: &Fixed<B>) -> Result<Shared<B::Share>> {
    let difference = x.sub(y)?;
    let width = difference.compared_width()?;
    b.is_negative(difference.shares(), width).await
}

/// 1 where `x = y`, else 0. One test for zero.
///
/// # Errors
/// As [`less`].
pub async fn equal<B: Comparison>(b: &mut B, x: &Fixed<B>, y: &Fixed<B>) -> Result<Shared<B::Share>> {
    let difference = x.sub(y)?;
    let width = difference.compared_width()?;
    b.is_zero(difference.shares(), width).await
}

/// -1, 0 or 1 with the sign of each entry. One comparison.
///
/// # Errors
/// `HeadroomExhausted` for what the box cannot compare.
pub async fn sign<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Shared<B::Share>> {
    let both = Fixed::stacked(&[x, &x.neg()])?;
    let below = b.is_negative(both.shares(), both.compared_width()?).await?;
    Ok(&below.rows_of(x.rows()..2 * x.rows()) - &below.rows_of(0..x.rows()))
}

/// The numbers without their signs. Exact; one comparison, one multiplication.
///
/// # Errors
/// As [`sign`].
pub async fn absolute<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    Ok(with_sign(b, x).await?.0)
}

/// The numbers without their signs, and 1 where they were below zero.
pub(super) async fn with_sign<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
) -> Result<(Fixed<B>, Shared<B::Share>)> {
    let negative = b.is_negative(x.shares(), x.compared_width()?).await?;
    let turned = b.mul(&negative, x.shares()).await?;
    let absolute = x.shares() - &turned.scaled(B::Element::from_i128(2));
    Ok((Fixed::new(absolute, x.fraction_bits(), x.limit())?, negative))
}

/// `x` where `which` is 1, `y` where it is 0, so that nobody learns which. One multiplication.
///
/// # Errors
/// `HeadroomExhausted` where the difference has no room; `ShapeMismatch`.
/// # Security
/// Every entry of `which` must be 0 or 1.
pub async fn choose<B: Arithmetic>(
    b: &mut B,
    which: &Shared<B::Share>,
    x: &Fixed<B>,
    y: &Fixed<B>,
) -> Result<Fixed<B>> {
    let difference = x.sub(y)?;
    let up = difference.fraction_bits();
    let (x, y) = (x.lifted(up)?, y.lifted(up)?);
    let chosen = y.shares() + &b.mul(which, difference.shares()).await?;
    Fixed::new(chosen, up, x.limit().max(y.limit()))
}

/// Numbers below `low` become `low`, numbers above `high` become `high`. One comparison, one multiplication.
///
/// # Errors
/// As [`less`]; `OutOfRange` for bounds that are no numbers or out of order.
pub async fn clamp<B: Comparison>(b: &mut B, x: &Fixed<B>, low: f64, high: f64) -> Result<Fixed<B>> {
    if low.is_nan() || high.is_nan() || low > high {
        return Err(Error::new(ErrorKind::OutOfRange, "clamp: bounds"));
    }
    let public = |value: f64| {
        let all = Fixed::public(b, &vec![value; x.rows() * x.columns()], x.fraction_bits())?;
        Ok(all.placed(|shares| shares.clone().reshaped(x.rows(), x.columns())))
    };
    let (low, high) = (public(low)?, public(high)?);
    between(b, x, &low, &high).await
}

/// Brings each integer, row after row, to at most `2^bits` in absolute value. As [`clamp`].
pub(super) async fn clamp_to<B: Comparison>(b: &mut B, x: &Fixed<B>, bits: &[u32]) -> Result<Fixed<B>> {
    let limits: Vec<B::Element> = bits.iter().map(|bits| B::Element::power_of_two(*bits)).collect();
    let limit = Magnitude::pow2(bits.iter().copied().max().unwrap_or(0))?;
    let high = b.constant(&limits).reshaped(x.rows(), x.columns());
    let high = Fixed::new(high, x.fraction_bits(), limit)?;
    between(b, x, &high.neg(), &high).await
}

async fn between<B: Comparison>(
    b: &mut B,
    x: &Fixed<B>,
    low: &Fixed<B>,
    high: &Fixed<B>,
) -> Result<Fixed<B>> {
    let (under, over) = (low.sub(x)?, x.sub(high)?);
    let beyond = Fixed::stacked(&[&under.neg(), &over.neg()])?;
    let outside = b.is_negative(beyond.shares(), beyond.compared_width()?).await?;
    let distance = Fixed::stacked(&[&under, &over])?;
    let moved = b.mul(&outside, distance.shares()).await?;
    let rows = x.rows();
    let clamped = &(x.shares() + &moved.rows_of(0..rows)) - &moved.rows_of(rows..2 * rows);
    Fixed::new(clamped, x.fraction_bits(), low.limit().max(high.limit()))
}

/// 1 for the row numbers that the entries of a column name, else 0: a row for each entry, with `count` columns. One test for zero.
///
/// An index outside `0..count` gives a row of zeros.
///
/// # Errors
/// `ShapeMismatch` unless there is one column; those of the test for zero.
pub async fn one_hot<B: Comparison>(b: &mut B, index: &Fixed<B>, count: usize) -> Result<Shared<B::Share>> {
    if index.columns() != 1 || index.fraction_bits() != 0 {
        return Err(Error::new(ErrorKind::ShapeMismatch, "one_hot: a column of integers"));
    }
    let places: Vec<B::Element> =
        (0..index.rows()).flat_map(|_| (0..count).map(|at| -B::Element::from_i128(at as i128))).collect();
    let differences = b.add_public(&index.shares().repeated(count), &places);
    let limit = index.limit().try_add(Magnitude::new(count as u128))?;
    let differences = Fixed::<B>::new(differences, 0, limit)?;
    b.is_zero(differences.shares(), differences.compared_width()?).await
}
