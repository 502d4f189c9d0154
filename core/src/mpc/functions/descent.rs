//! Logistic regression by gradient descent that opens nothing: the coefficients are shares from the first step to the last.
use super::fixed::{COMPARED, Fixed};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// Where [`approximate_sigmoid`] bends below zero, in units of `2^-HINGE_BITS`, and by how much its slope grows there, in units of
/// `2^-SLOPE_BITS`. Above zero it bends back at the same distances, so it ends at 2 (170 18 + 98 56 + 62 82 + 32 86) 2^-15 = 1.
const HINGES: [(i128, i128); 4] = [(-170, 18), (-98, 56), (-62, 82), (-32, 86)];
const HINGE_BITS: u32 = 5;
const SLOPE_BITS: u32 = 10;

/// The fewest bits behind the point for which the stated error of [`descend_logistic`] holds.
const LEAST_BITS: u32 = 10;

/// How a model is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// How many steps are taken, one at least, each over all rows.
    pub steps: u32,
    /// By how much the mean gradient is multiplied in a step: above 0 and at most 4.
    pub rate: f64,
    /// Bits behind the point of the coefficients: 10 to 40.
    pub fraction_bits: u32,
}

/// A sigmoid of nine straight pieces: 0 below -5.3, 1 above 5.3, continuous, and never falling. It has 10 more bits behind the
/// point than `x`, which needs 5 at least.
///
/// # Error
/// At most 0.0053.
/// # Shape
/// Eight comparisons for each entry at once, and one multiplication.
/// # Errors
/// `OutOfRange` for too few bits behind the point; `HeadroomExhausted` where the bound on `x` leaves no room.
pub async fn approximate_sigmoid<B: Comparison>(b: &mut B, x: &Fixed<B>) -> Result<Fixed<B>> {
    let Some(shift) = x.fraction_bits().checked_sub(HINGE_BITS) else {
        return Err(Error::new(ErrorKind::OutOfRange, "approximate sigmoid: bits behind the point"));
    };
    let bends: Vec<(i128, i128)> =
        HINGES.into_iter().chain(HINGES.map(|(place, slope)| (-place, -slope))).collect();
    let len = x.rows() * x.columns();
    let every = |of: fn(&(i128, i128)) -> i128| -> Vec<B::Element> {
        let each: Vec<_> = bends.iter().map(|bend| B::Element::from_i128(of(bend))).collect();
        each.iter().copied().cycle().take(each.len() * len).collect()
    };
    // The distance of each entry from each bend, and which are above it.
    let unit = B::Element::power_of_two(shift);
    let places: Vec<_> = every(|bend| -bend.0).into_iter().map(|place| place * unit).collect();
    let repeated = x.shares().clone().reshaped(len, 1).repeated(bends.len());
    let distance = b.add_public(&repeated, &places);
    let limit = x.limit().try_add(Magnitude::new(170).times_pow2(shift)?)?;
    let distance = Fixed::<B>::new(distance, x.fraction_bits(), limit)?;
    // The sum of eight products: all slopes together are below 2^9.
    if !limit.times_pow2(SLOPE_BITS)?.is_below_pow2(B::Element::BITS) {
        return Err(COMPARED);
    }
    let below = b.is_negative(distance.shares(), distance.compared_width()?).await?;
    let above = b.add_public(&-&below, &vec![B::Element::one(); below.len()]);
    let rises = distance.shares().scaled_by(&every(|bend| bend.1));
    let sum = b.dot(&above, &rises).await?.reshaped(x.rows(), x.columns());
    let bits = x.fraction_bits() + SLOPE_BITS;
    Fixed::new(sum, bits, Magnitude::pow2(bits)?)
}

/// Trains a logistic regression by gradient descent from zero: the intercept, then a coefficient for each column of `features`, as one
/// column. Nothing is opened, coefficients included.
///
/// A step goes from coefficients w to `w - rate / rows X^T (s(X w) - y)`, where s is [`approximate_sigmoid`], X has a column of ones
/// before the features, and y are the `outcomes`: promised to be 0 or 1.
///
/// # Error
/// With all features at most M, and M at least 1, a step changes each coefficient by what a step with exact sigmoids would, but for at most
/// `0.0054 rate M + 2^-fraction_bits`.
/// # Shape
/// A step: a matrix product, a truncation for each row, the sigmoid, a matrix product, two truncations for each coefficient. The first
/// step starts with the second matrix product.
/// # Errors
/// `ShapeMismatch` unless there is one outcome for each row, and a row; `OutOfRange` for steps, rates and bits beyond what
/// [`Descent`] says; `HeadroomExhausted` where features, rate and steps allow for more than the box holds.
pub async fn descend_logistic<B: Comparison>(
    b: &mut B,
    features: &Fixed<B>,
    outcomes: &Shared<B::Share>,
    descent: Descent,
) -> Result<Fixed<B>> {
    let rows = features.rows();
    if rows == 0 || (outcomes.rows(), outcomes.columns()) != (rows, 1) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "logistic regression: an outcome for each row"));
    }
    let Descent { steps, rate, fraction_bits } = descent;
    if steps == 0 || !(LEAST_BITS..=40).contains(&fraction_bits) || !(rate > 0.0 && rate <= 4.0) {
        return Err(Error::new(ErrorKind::OutOfRange, "logistic regression: steps, rate or bits"));
    }
    let (factor, factor_bits) = as_fraction(rate, rows);

    let one = Magnitude::pow2(features.fraction_bits())?;
    let ones = b.constant(&vec![B::Element::power_of_two(features.fraction_bits()); rows]);
    let rows_of = Shared::beside(&[&ones, features.shares()]);
    let rows_of = Fixed::<B>::new(rows_of, features.fraction_bits(), features.limit().max(one))?;
    let columns_of = rows_of.placed(Shared::transposed);

    let bits = fraction_bits + SLOPE_BITS;
    let outcomes = Fixed::<B>::new(outcomes.clone(), 0, Magnitude::new(1))?.lifted(bits)?;
    let half = b.constant(&vec![B::Element::power_of_two(bits - 1); rows]);
    let mut predicted = Fixed::<B>::new(half, bits, Magnitude::pow2(bits)?)?;
    let mut coefficients =
        Fixed::<B>::new(Shared::zeros(columns_of.rows(), 1), fraction_bits, Magnitude::ZERO)?;
    for step in 0..steps {
        if step > 0 {
            let logits = rows_of.matmul(b, &coefficients, fraction_bits).await?;
            predicted = approximate_sigmoid(b, &logits).await?;
        }
        // Both are from 0 to 1, and so their difference is 1 at most.
        let errors = predicted.sub(&outcomes)?.promised(Magnitude::pow2(bits)?)?;
        let gradient = columns_of.matmul(b, &errors, fraction_bits + 2).await?;
        let change = gradient.scaled_by_fraction(-factor, factor_bits)?.rounded(b, fraction_bits).await?;
        coefficients = coefficients.add(&change)?;
    }
    Ok(coefficients)
}

/// `rate / rows` as an integer of 16 bits times a power of two, to a relative error of 2^-16.
fn as_fraction(rate: f64, rows: usize) -> (i128, u32) {
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    let (mut value, mut bits) = (rate / rows as f64, 0);
    while value < 32768.0 {
        (value, bits) = (value * 2.0, bits + 1);
    }
    #[allow(clippy::cast_possible_truncation)] // at most 65,536
    (value.round() as i128, bits)
}

#[cfg(test)]
mod tests;
