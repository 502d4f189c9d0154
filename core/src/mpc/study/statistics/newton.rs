//! One step of Newton's method on shares, whose coefficients are public.
use super::sweep::{Scaling, WIDE, number, scaled, sweep, symmetric, triangle};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        study::{models::Undetermined, run::Run},
    },
};

/// Newton's method has arrived when no scaled coefficient moves by more than this part of 1 plus its magnitude.
const ARRIVED: f64 = 1e-9;
/// After so many steps, a Hessian that cannot be solved is one that vanished: rows that are told apart perfectly have weights that do
/// so as the coefficients grow.
const SEPARATED_AFTER: usize = 4;

/// The derivatives of a likelihood where the coefficients are.
pub(super) struct Derivatives<'a, S: zeroize::Zeroize> {
    /// The gradient.
    pub(super) gradient: &'a Shared<S>,
    /// The upper triangle of the negative Hessian, row after row.
    pub(super) hessian: &'a Shared<S>,
    /// No entry has more bits.
    pub(super) bits: u32,
    /// The orders of magnitude of the Hessian's diagonal, as [`super::sweep::orders`] gives them.
    pub(super) orders: &'a [u32],
    /// By how many more bits the gradient is scaled down.
    pub(super) common: u32,
}

/// What a step leaves.
pub(super) enum Step<S: zeroize::Zeroize> {
    /// The coefficients moved.
    Moved {
        /// The swept Hessian, bordered by the moves.
        swept: Shared<S>,
        /// Whether they hardly moved.
        arrived: bool,
    },
    /// The rows determine no coefficients.
    Undetermined(Undetermined),
    /// This party sees no results.
    Withheld,
}

/// The diagonal of a symmetric matrix, from its upper triangle.
pub(super) fn diagonal<S: Copy + Default + zeroize::Zeroize>(size: usize, upper: &Shared<S>) -> Shared<S> {
    let pairs = triangle(size);
    let entries = pairs.iter().zip(upper.shares()).filter(|((i, j), _)| i == j);
    Shared::column(entries.map(|(_, share)| *share).collect())
}

impl<S: Copy + Default + zeroize::Zeroize> Derivatives<'_, S> {
    /// Moves the coefficients in the step of this number, from 1. Every party learns where to.
    pub(super) async fn step<B: Comparison<Share = S>>(
        &self,
        run: &mut Run<'_, B>,
        step: usize,
        beta: &mut [f64],
    ) -> Result<Step<S>> {
        let (size, orders) = (beta.len(), self.orders);
        let parts = [
            Scaling {
                values: self.hessian,
                by: triangle(size).iter().map(|(i, j)| orders[*i] + orders[*j]).collect(),
                log2_limit: 0,
            },
            Scaling {
                values: self.gradient,
                by: orders.iter().map(|order| order + self.common).collect(),
                log2_limit: WIDE,
            },
        ];
        let swept = match scaled(run, &parts, self.bits).await? {
            Some(scaled) => sweep(run, bordered(size, &scaled), size, 1).await?,
            None => None,
        };
        let Some(swept) = swept else {
            let separated = step > SEPARATED_AFTER;
            let why = if separated { Undetermined::Separation } else { Undetermined::Singular };
            return Ok(Step::Undetermined(why));
        };
        let moves = (0..size).map(|at| swept.shares()[at * (size + 1) + size]);
        let Some(moves) = run.reveal(&Shared::column(moves.collect())).await? else {
            return Ok(Step::Withheld);
        };
        let mut arrived = true;
        for ((beta, order), change) in beta.iter_mut().zip(orders).zip(moves) {
            let change = number(change) * power(i64::from(self.common) - i64::from(*order));
            arrived &= change.abs() <= ARRIVED * (1.0 + beta.abs());
            *beta += change;
        }
        Ok(Step::Moved { swept, arrived })
    }
}

/// A power of two.
pub(super) fn power(exponent: i64) -> f64 {
    2.0_f64.powi(i32::try_from(exponent).unwrap_or(i32::MIN))
}

/// The matrix bordered by a column: its upper triangle first, then the column.
fn bordered<S: Copy + Default + zeroize::Zeroize>(size: usize, scaled: &Shared<S>) -> Shared<S> {
    let (matrix, border) = scaled.shares().split_at(scaled.rows() - size);
    let mut matrix = matrix.iter();
    let mut upper = Vec::with_capacity(scaled.rows() + 1);
    for (i, entry) in border.iter().enumerate() {
        upper.extend(matrix.by_ref().take(size - i).copied());
        upper.push(*entry);
    }
    upper.push(S::default());
    symmetric(size + 1, &upper)
}
