//! Symmetric elimination on shares: inverses, coefficients and what they leave unexplained, all by one routine.
//!
//! Sweeping a symmetric matrix on its first rows `S` turns `A_SS` into `-A_SS^-1`, `A_ST` into `A_SS^-1 A_ST`, and `A_TT` into
//! `A_TT - A_TS A_SS^-1 A_ST`: with cross products of predictors and outcome these are all figures of a regression.
//!
//! Matrices are brought to a unit diagonal first by public powers of two, found from each diagonal entry: every party learns
//! the order of magnitude of the diagonal, each to a factor of 4.
//!
//! # Error
//! Entries have 52 bits behind the point. Each step rounds its entries by `2^-53` and divides by a pivot of at least `2^-24`; the pivot of
//! a predictor is the part of its variance that the others before it leave. With pivots of at least `2^-p` the results are within about
//! `k 2^(p - 52)` of their exact values, relative to the standard errors.
//!
//! # Security
//! Before each step it is checked that the pivot is not below `2^-24`, and that no entry is larger than the entries of a positive
//! semidefinite matrix can be, so that nothing exceeds the widths that are promised to the box, whatever the parties put in. One verdict is opened.
//!
//! Dependent rows are found, which [`invert_definite`](crate::mpc::functions::invert_definite) takes as promised away.
//!
//! # Source
//! The sweep operator of \[Goo79\].
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        functions::{Divisor, Fixed, reciprocal},
        study::run::{Run, bits_of, impossible},
    },
};

/// The bits behind the point of swept matrices.
pub(super) const FRACTION_BITS: u32 = 52;
/// A pivot below `2^-24` is none.
const LOG2_TOLERANCE: u32 = 24;
/// The largest entry of a row that is not bounded by the matrix itself, as a power of two.
const LOG2_WIDE: u32 = 12;
/// The bound on the square of an entry over the pivot, as a power of two: of rows that were swept and of wide rows; `2` for others.
const LOG2_SWEPT: u32 = 26;

/// For each entry of a column that is not negative the smallest `m` with the entry below `4^m`. Every party learns it.
pub(super) async fn orders<B: Comparison>(
    run: &mut Run<'_, B>,
    diagonal: &Shared<B::Share>,
    bits: u32,
) -> Result<Vec<u32>> {
    let bits = bits + bits % 2;
    within::<B>(bits + 1)?;
    let all = run.box_.to_bits(diagonal, bits + 1).await?;
    let (rows, pairs) = (diagonal.rows(), bits as usize / 2);
    let of = |parity: usize| {
        let pick = |row: usize| (0..pairs).map(move |pair| (row, 2 * pair + parity));
        let shares = (0..rows).flat_map(pick).map(|(row, at)| all.shares()[row * all.columns() + at]);
        Shared::new(shares.collect(), rows, pairs)
    };
    let (low, high) = (of(0), of(1));
    let mut seen = &(&low + &high) - &run.box_.mul(&low, &high).await?;
    let mut span = 1;
    while span < pairs {
        let above = Shared::beside(&[&columns_of(&seen, span..pairs), &Shared::zeros(rows, span)]);
        seen = &(&seen + &above) - &run.box_.mul(&seen, &above).await?;
        span *= 2;
    }
    let seen = run.verdicts(&seen).await?;
    let count =
        |row: &[bool]| u32::try_from(row.iter().filter(|seen| **seen).count()).map_err(|_| impossible());
    seen.chunks_exact(pairs).map(count).collect()
}

fn columns_of<S: Copy + Default + zeroize::Zeroize>(
    x: &Shared<S>,
    columns: core::ops::Range<usize>,
) -> Shared<S> {
    let rows = x.shares().chunks_exact(x.columns()).flat_map(|row| row[columns.clone()].iter().copied());
    Shared::new(rows.collect(), x.rows(), columns.len())
}

/// Integers divided by powers of two, with [`FRACTION_BITS`].
pub(super) struct Scaling<'a, S: zeroize::Zeroize> {
    /// The integers, a column.
    pub(super) values: &'a Shared<S>,
    /// The power that each is divided by.
    pub(super) by: Vec<u32>,
    /// No quotient may be larger than this power of two.
    pub(super) log2_limit: u32,
}

/// The quotients one below the other; `None` when one is larger than its limit, which every party learns.
pub(super) async fn scaled<B: Comparison>(
    run: &mut Run<'_, B>,
    parts: &[Scaling<'_, B::Share>],
    bits: u32,
) -> Result<Option<Shared<B::Share>>> {
    let values = Shared::stacked(&parts.iter().map(|part| part.values).collect::<Vec<_>>());
    let by: Vec<u32> = parts.iter().flat_map(|part| part.by.iter().copied()).collect();
    let limits = parts.iter().flat_map(|part| part.by.iter().map(|by| by + part.log2_limit));
    let limits: Vec<_> = limits.map(B::Element::power_of_two).collect();
    let most_by = by.iter().copied().max().unwrap_or(0);
    let wide = parts.iter().map(|part| part.log2_limit).max().unwrap_or(0);
    let bits = bits.max(most_by + wide) + 2;
    within::<B>(bits)?;
    let above = run.box_.add_public(&-&values, &limits);
    let below = run.box_.add_public(&values, &limits);
    if any_negative(run, &Shared::stacked(&[&above, &below]), bits).await? {
        return Ok(None);
    }
    // All with the same number of bits to be cut off: exact.
    let cut = most_by.saturating_sub(FRACTION_BITS);
    let factors: Vec<_> = by.iter().map(|by| B::Element::power_of_two(FRACTION_BITS + cut - by)).collect();
    rounded(run, &values.scaled_by(&factors), FRACTION_BITS + cut + wide + 2, cut).await.map(Some)
}

/// Each value divided by `2^by` and rounded to nearest.
pub(super) async fn rounded<B: Comparison>(
    run: &mut Run<'_, B>,
    x: &Shared<B::Share>,
    bits: u32,
    by: u32,
) -> Result<Shared<B::Share>> {
    if by == 0 {
        return Ok(x.clone());
    }
    within::<B>(bits)?;
    let half = vec![B::Element::power_of_two(by - 1); x.len()];
    let raised = run.box_.add_public(x, &half);
    run.box_.truncate(&raised, bits, by).await
}

/// Whether any entry is negative; every party learns it.
pub(super) async fn any_negative<B: Comparison>(
    run: &mut Run<'_, B>,
    x: &Shared<B::Share>,
    bits: u32,
) -> Result<bool> {
    within::<B>(bits)?;
    let negative = run.box_.is_negative(x, bits).await?.sum();
    let any = run.box_.is_negative(&-&negative, bits_of(x.len() as i128) + 2).await?;
    Ok(run.verdicts(&any).await?[0])
}

fn within<B: Comparison>(bits: u32) -> Result<()> {
    if bits <= B::MAX_BITS {
        return Ok(());
    }
    Err(Error::new(ErrorKind::HeadroomExhausted, "function: rows and columns too wide for a regression"))
}

/// The upper triangle of a symmetric matrix, row after row, with the diagonal.
pub(super) fn triangle(size: usize) -> Vec<(usize, usize)> {
    (0..size).flat_map(|i| (i..size).map(move |j| (i, j))).collect()
}

/// The whole matrix from its upper triangle.
pub(super) fn symmetric<S: Copy + Default + zeroize::Zeroize>(size: usize, upper: &[S]) -> Shared<S> {
    let mut matrix = Shared::zeros(size, size);
    for ((i, j), share) in triangle(size).into_iter().zip(upper) {
        matrix.shares_mut()[i * size + j] = *share;
        matrix.shares_mut()[j * size + i] = *share;
    }
    matrix
}

/// Sweeps a symmetric matrix, which is positive semidefinite with a diagonal of at most 1 but for its last `wide` rows, on its first
/// `pivots` rows. `None` when a row depends on the ones before it, which every party learns.
pub(super) async fn sweep<B: Comparison>(
    run: &mut Run<'_, B>,
    mut matrix: Shared<B::Share>,
    pivots: usize,
    wide: usize,
) -> Result<Option<Shared<B::Share>>> {
    let size = matrix.rows();
    let power = B::Element::power_of_two;
    for pivot in 0..pivots {
        let others: Vec<usize> = (0..size).filter(|row| *row != pivot).collect();
        let diagonal = matrix.shares()[pivot * size + pivot];
        let row =
            Shared::column(others.iter().map(|at| matrix.shares()[pivot * size + at]).collect::<Vec<_>>());
        // The square of an entry is at most the pivot times the bound, and the pivot is not too small.
        let squares = run.box_.mul(&row, &row).await?;
        let bound = |at: &usize| if *at < pivot || *at >= size - wide { LOG2_SWEPT } else { 1 };
        let allowed: Vec<_> = others.iter().map(|at| diagonal * power(FRACTION_BITS + bound(at))).collect();
        let least = power(FRACTION_BITS - LOG2_TOLERANCE);
        let own = run.box_.add_public(&Shared::column(vec![diagonal]), &[-least]);
        let room = Shared::stacked(&[&(&Shared::column(allowed) - &squares), &own]);
        // Entries are at most 2^20: 2^12 at first, and 2^13.5 more for each of 64 steps.
        if any_negative(run, &room, 2 * FRACTION_BITS + 42).await? {
            return Ok(None);
        }
        let divisor = Divisor { log2_least: -25, signed: false };
        let own =
            Fixed::new(Shared::column(vec![diagonal]), FRACTION_BITS, Magnitude::pow2(FRACTION_BITS + 1)?)?;
        let inverse = reciprocal(run.box_, &own, divisor, FRACTION_BITS).await?.shares().shares()[0];
        // |v| / d is at most 2^25, and |v_i v_j| / d at most 2^26.
        let scaled = run.box_.mul(&row, &Shared::column(vec![inverse; row.rows()])).await?;
        let scaled = rounded(run, &scaled, 2 * FRACTION_BITS + 28, FRACTION_BITS).await?;
        let pairs = triangle(others.len());
        let of = |column: &Shared<B::Share>, side: fn(&(usize, usize)) -> usize| {
            Shared::column(pairs.iter().map(|pair| column.shares()[side(pair)]).collect::<Vec<_>>())
        };
        let products = run.box_.mul(&of(&row, |pair| pair.0), &of(&scaled, |pair| pair.1)).await?;
        let products = rounded(run, &products, 2 * FRACTION_BITS + 30, FRACTION_BITS).await?;
        let shares = matrix.shares_mut();
        for ((i, j), product) in pairs.iter().zip(products.shares()) {
            let (i, j) = (others[*i], others[*j]);
            shares[i * size + j] = shares[i * size + j] - *product;
            shares[j * size + i] = shares[i * size + j];
        }
        for (at, share) in others.iter().zip(scaled.shares()) {
            shares[pivot * size + at] = *share;
            shares[at * size + pivot] = *share;
        }
        shares[pivot * size + pivot] = -inverse;
    }
    Ok(Some(matrix))
}

/// An element that was revealed with [`FRACTION_BITS`].
pub(super) fn number(value: i128) -> f64 {
    value as f64 / (1_u64 << FRACTION_BITS) as f64
}

/// Limits of the entries of [`Scaling`] that the matrix itself does not bound.
pub(super) const WIDE: u32 = LOG2_WIDE;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::Fp192,
        mpc::{
            study::{
                Function, Plan, Table,
                testing::{numeric, spec},
            },
            testing::{Clear, now},
        },
    };

    /// What a box in the clear computes, from numbers that are rounded to the bits behind the point.
    fn with_run<T>(compute: impl AsyncFnOnce(&mut Run<'_, Clear<Fp192>>) -> Result<T>) -> T {
        let plan = Plan::new(spec(3, vec![numeric("x", 0.0, 1.0, 0.5)], vec![Function::Count { column: 0 }]))
            .unwrap();
        let table = Table::new(&plan, &[&[]]).unwrap();
        let mut clear = Clear::new(1);
        now(compute(&mut Run::new(&mut clear, &plan, &table))).unwrap()
    }

    fn element(value: f64) -> Fp192 {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        Fp192::from_i128((value * 2.0_f64.powi(52)).round() as i128)
    }

    fn swept(upper: &[f64], size: usize, pivots: usize, wide: usize) -> Option<Vec<f64>> {
        let upper: Vec<_> = upper.iter().map(|entry| element(*entry)).collect();
        let matrix = with_run(async |run| sweep(run, symmetric(size, &upper), pivots, wide).await)?;
        Some(matrix.shares().iter().map(|entry| number(entry.to_i128_vartime().unwrap())).collect())
    }

    #[test]
    fn a_swept_matrix_is_the_inverse_the_coefficients_and_the_rest() {
        // The inverse of [[1, 0.5], [0.5, 1]] is [[4, -2], [-2, 4]] / 3; with (0.2, 0.5) it gives (-0.2 / 3, 1.6 / 3).
        let found = swept(&[1.0, 0.5, 0.2, 1.0, 0.5, 0.75], 3, 2, 0).unwrap();
        let rest = 0.75 - 0.2 * -0.2 / 3.0 - 0.5 * 1.6 / 3.0;
        let expected = [-4.0, 2.0, -0.2, 2.0, -4.0, 1.6, -0.2, 1.6, 3.0 * rest];
        for (found, expected) in found.iter().zip(expected) {
            assert!((3.0 * found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }

    #[test]
    fn what_no_cross_products_can_be_is_found() {
        let (small, tiny) = (2.0_f64.powi(-22), 2.0_f64.powi(-25));
        // A pivot that is too small.
        assert!(swept(&[tiny, 0.0, 1.0], 2, 1, 0).is_none());
        assert!(swept(&[small, 0.0, 1.0], 2, 1, 0).is_some());
        // An entry that is larger than both diagonals allow; a wide row may have it.
        assert!(swept(&[1.0, 1.5, 1.0], 2, 1, 0).is_none());
        assert_eq!(swept(&[1.0, 4096.0, 0.0], 2, 1, 1).unwrap()[3], -4096.0 * 4096.0);
        assert!(swept(&[small, 4096.0, 0.0], 2, 1, 1).is_none());
        // The first row has nothing of its own beside the second.
        let root = 2.0_f64.powi(-11);
        assert!(swept(&[small, root, 1.0 + small], 2, 1, 0).is_some());
        assert!(swept(&[small, root, 1.0 + small], 2, 2, 0).is_none());
    }

    #[test]
    fn diagonals_show_their_order_of_magnitude_only() {
        let values = [0, 1, 3, 4, 15, 16, 255, 256, 1 << 20, (1 << 21) - 1];
        let found = with_run(async |run| orders(run, &Clear::values(&values), 21).await);
        assert_eq!(found, [0, 1, 1, 2, 2, 3, 4, 5, 11, 11]);
    }

    #[test]
    fn quotients_are_rounded_and_limited() {
        let quotient = |value: i128, by: u32, log2_limit| {
            let values = Clear::values(&[value, 1]);
            let parts = [Scaling { values: &values, by: vec![by, 3], log2_limit }];
            let found = with_run(async |run| scaled(run, &parts, 100).await)?;
            Some(number(found.shares()[0].to_i128_vartime().unwrap()))
        };
        assert_eq!((quotient(5, 3, 0), quotient(-8, 3, 0)), (Some(0.625), Some(-1.0)));
        let wide = (1 << 69) + (1 << 16);
        assert_eq!(quotient(wide, 70, 0), Some(0.5)); // half of the last bit and below: to nearest, ties up
        assert_eq!(quotient(wide + (1 << 17), 70, 0), Some(0.5 + 2.0_f64.powi(-52)));
        assert_eq!((quotient(9, 3, 0), quotient(-9, 3, 0), quotient(9, 3, 1)), (None, None, Some(1.125)));
    }
}
