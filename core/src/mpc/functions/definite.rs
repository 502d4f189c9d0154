//! Symmetric positive definite systems.
//!
//! The matrix is brought to diagonals between 1/4 and 1 by powers of two on both sides, which is exact. Then Cholesky's elimination, column by
//! column: `l_j` is what is left of column `j`, divided by the root of its pivot. The same steps on the rows of the identity give the inverse of
//! the factor, and its product with its transpose the inverse `X` of the matrix. One step of Newton, `X + X (1 - A X)`, squares the relative error.
//!
//! # Error
//! Each entry of the elimination is rounded three times to `F` bits, so the factor is that of a matrix that differs by at most `2 d 2^-F` in each
//! entry; with eigenvalues of at least `2^-c` the first inverse has a relative error below `d^2 2^(c + 2 - F)`, and the improved one the square of
//! that and `d 2^(-F)` in each entry. Plans that do not reach 2^-36 relative to the largest entry are refused.
//!
//! # Source
//! [Hig02] chapters 10 (Cholesky's method) and 14 (inversion).
use super::{
    compare::clamp_to,
    divide::{Divisor, rescaled},
    fixed::{COMPARED, Fixed},
    leading::{Leading, working_bits},
    roots::{inverse_square_root, room_for_inverse_roots},
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// What is promised about a symmetric matrix, in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definite {
    /// Every number on the diagonal is at least `2^log2_least_diagonal`. A variable with less is left out: its rows and columns of the inverse are 0.
    pub log2_least_diagonal: i32,
    /// With the diagonal brought between 1/4 and 1, no eigenvalue is below `2^-log2_condition`. Pivots below it give rows and columns of
    /// no meaning, within bounds.
    pub log2_condition: u32,
}

/// The largest system: what the bounds on roundings were worked out for.
const MAX_SIZE: usize = 64;

/// Bits by which the residual of the first inverse is known to be small.
const RESIDUAL_BITS: u32 = 8;

/// `A^-1` for a symmetric positive definite `A`, with `fraction_bits`.
///
/// # Error
/// `2^-36` of the largest entry with the diagonal of `A` brought between 1/4 and 1, and `2^-(fraction_bits + 1)`.
/// # Shape
/// For each column a matrix product, an inverse root, a product and a clamp, one after the other.
/// # Errors
/// `HeadroomExhausted` where the box has too few bits for the condition; `ShapeMismatch` unless `A` is square; `OutOfRange` beyond 64 rows.
/// # Security
/// Only the lower triangle is read. Bounds hold whatever the matrix is, so a matrix that breaks the promise gives a wrong result and nothing else.
pub async fn invert_definite<B: Comparison>(
    b: &mut B,
    a: &Fixed<B>,
    definite: Definite,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    let d = a.rows();
    let scaled = Scaled::inverse(b, a, definite).await?;
    // A^-1 = D X D 2^(fa - top), each side with its own powers of two.
    let left = scaled.shift.placed(|shares| shares.repeated(d));
    let right = left.placed(|shares| shares.transposed());
    let both = left.product(b, &right).await?;
    let room = (B::MAX_BITS - 2).checked_sub(both.limit().bits()).ok_or(COMPARED)?;
    let kept = fitted(b, &scaled.inverse, room).await?;
    let product = kept.product(b, &both).await?;
    scaled.finish(b, product, fraction_bits).await
}

/// The solution `X` of `A X = R` for a symmetric positive definite `A`, with `fraction_bits`: one column for each of `R`.
///
/// # Error
/// `d 2^-36` of the largest entry of the inverse times that of `R`, with the diagonal of `A` brought between 1/4 and 1; and `2^-(fraction_bits + 1)`.
/// # Errors
/// As [`invert_definite`].
/// # Shape
/// As there, and a matrix product.
/// # Security
/// As there.
pub async fn solve_definite<B: Comparison>(
    b: &mut B,
    a: &Fixed<B>,
    right: &Fixed<B>,
    definite: Definite,
    fraction_bits: u32,
) -> Result<Fixed<B>> {
    if right.rows() != a.rows() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "solve: a row for each row of the matrix"));
    }
    let scaled = Scaled::inverse(b, a, definite).await?;
    let shift = scaled.shift.placed(|shares| shares.repeated(right.columns()));
    // X = D A'^-1 (D R) 2^(fa - top).
    let right = shift.product(b, right).await?;
    let spread = log2_ceil(a.rows());
    let room = (B::MAX_BITS - 2).checked_sub(scaled.inverse.limit().bits() + spread).ok_or(COMPARED)?;
    let right = fitted(b, &right, room).await?;
    let near = scaled.inverse.matrix_product(b, &right).await?;
    let room = (B::MAX_BITS - 2).checked_sub(shift.limit().bits()).ok_or(COMPARED)?;
    let near = fitted(b, &near, room).await?;
    let product = near.product(b, &shift).await?;
    scaled.finish(b, product, fraction_bits).await
}

/// The same numbers with as many bits behind the point as let them fit into `room` bits.
async fn fitted<B: Comparison>(b: &mut B, x: &Fixed<B>, room: u32) -> Result<Fixed<B>> {
    let excess = (x.limit().bits() + 1).saturating_sub(room);
    let kept = x.fraction_bits().checked_sub(excess).ok_or(COMPARED)?;
    x.rounded(b, kept).await
}

fn log2_ceil(count: usize) -> u32 {
    count.next_power_of_two().trailing_zeros()
}

/// The inverse of `A' = D A D 2^(fa - top)`, with powers of two in `D` that bring the diagonal of `A'` between 1/4 and 1.
struct Scaled<B: Comparison> {
    inverse: Fixed<B>,
    /// The diagonal of `D`: a column, with no bits behind the point.
    shift: Fixed<B>,
    /// `top - fa`.
    exponent: i64,
}

impl<B: Comparison> Scaled<B> {
    /// What a product with powers of `D` on both sides stands for.
    async fn finish(&self, b: &mut B, product: Fixed<B>, fraction_bits: u32) -> Result<Fixed<B>> {
        let behind = i64::from(product.fraction_bits()) + self.exponent;
        let more = i64::from(fraction_bits) - behind;
        let limit = match u32::try_from(more) {
            Ok(more) => product.limit().times_pow2(more)?,
            Err(_) => super::fixed::shrunk(product.limit(), u32::try_from(-more).map_err(|_| COMPARED)?)?,
        };
        rescaled(b, product, behind, fraction_bits, limit).await
    }

    async fn inverse(b: &mut B, a: &Fixed<B>, definite: Definite) -> Result<Self> {
        let d = a.rows();
        if a.columns() != d || d == 0 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "definite matrix: square"));
        }
        if d > MAX_SIZE {
            return Err(Error::new(ErrorKind::OutOfRange, "definite matrix: more than 64 rows"));
        }
        let plan = Plan::new::<B>(a, definite)?;
        let (matrix, shift) = plan.scale(b, a).await?;
        let first = plan.eliminate(b, &matrix).await?;
        let inverse = plan.improve(b, &matrix, &first).await?;
        let exponent = i64::from(plan.top) - i64::from(a.fraction_bits());
        Ok(Self { inverse, shift, exponent })
    }
}

/// How the bits are spent; all public.
struct Plan {
    size: usize,
    /// Diagonals as integers are between `2^least` and `2^top`.
    least: u32,
    top: u32,
    /// Half the bits of the condition, rounded up: entries of the inverse factor are below `2^half`.
    half: u32,
    /// Bits behind the point in the elimination.
    bits: u32,
    /// Bits behind the point of the residual.
    residual_bits: u32,
}

impl Plan {
    fn new<B: Comparison>(a: &Fixed<B>, definite: Definite) -> Result<Self> {
        let size = a.rows();
        let spread = log2_ceil(size);
        let half = definite.log2_condition.div_ceil(2);
        let diagonal = Divisor { log2_least: definite.log2_least_diagonal, signed: false };
        let least = diagonal.least(a.fraction_bits());
        let top = a.limit().bits().max(least + 1);
        // The widest: a column of the inverse factor times the root of its pivot.
        let taken = 2 * half + spread + 6;
        let bits = working_bits::<B>()?.min((B::MAX_BITS.checked_sub(taken).ok_or(COMPARED)?) / 2);
        let bits = bits.min(room_for_inverse_roots::<B>(half)?);
        let residual_taken = 2 * half + 2 * spread + bits + 4;
        let residual_bits = (B::MAX_BITS + RESIDUAL_BITS).checked_sub(residual_taken).ok_or(COMPARED)?;
        let residual_bits = residual_bits.min(bits + 2 * half);
        // d^2 2^(c + 2 - F) is squared, and at most 2^-8 for the residual.
        let lost = 2 * half + 2 * spread + 2;
        let wanted = 38.min(working_bits::<B>()? - 4);
        if bits < lost + (wanted / 2).max(RESIDUAL_BITS)
            || residual_bits < wanted
            || residual_bits < bits.min(wanted + spread)
        {
            return Err(COMPARED);
        }
        // Both sides' powers of two.
        if top + (top - least) + 2 > B::MAX_BITS {
            return Err(COMPARED);
        }
        Ok(Self { size, least, top, half, bits, residual_bits })
    }

    /// The matrix with its diagonal between 1/4 and 1, nothing beyond 1, with the bits of the elimination; and what did it.
    async fn scale<B: Comparison>(&self, b: &mut B, a: &Fixed<B>) -> Result<(Fixed<B>, Fixed<B>)> {
        let d = self.size;
        let diagonal = a.placed(|shares| {
            Shared::stacked(
                &(0..d).map(|at| shares.entry(at, at)).collect::<Vec<_>>().iter().collect::<Vec<_>>(),
            )
        });
        let diagonal = Fixed::new(diagonal.shares().clone(), 0, a.limit())?;
        let leading = Leading::find(b, &diagonal, self.least).await?;
        let shift = leading.lookup(|place| B::Element::power_of_two((self.top - 1 - place) / 2));
        let shift = Fixed::new(shift, 0, Magnitude::pow2((self.top - 1 - self.least) / 2)?)?;
        let columns = shift.placed(|shares| shares.repeated(d));
        let rows = columns.placed(|shares| shares.transposed());
        // The upper triangle is that of the lower one.
        let symmetric = a.placed(|shares| {
            let mut mirrored = shares.clone();
            for (row, column) in (0..d).flat_map(|row| (0..row).map(move |column| (row, column))) {
                mirrored.shares_mut()[column * d + row] = shares.shares()[row * d + column];
            }
            mirrored
        });
        let both = columns.product(b, &rows).await?;
        let scaled = symmetric.product(b, &both).await?;
        let scaled = Fixed::<B>::new(scaled.shares().clone(), self.top, scaled.limit())?;
        let scaled = scaled.rounded(b, self.bits).await?;
        Ok((clamp_to(b, &scaled, &vec![self.bits; d * d]).await?, shift))
    }

    /// The inverse by elimination.
    async fn eliminate<B: Comparison>(&self, b: &mut B, matrix: &Fixed<B>) -> Result<Fixed<B>> {
        let (d, bits) = (self.size, self.bits);
        let top_limit = Magnitude::pow2(bits)?;
        let factor_limit = Magnitude::pow2(bits + self.half)?;
        // The rows of the factor and, below, of its inverse, transposed; columns are done one after the other.
        let mut rows = Shared::zeros(2 * d, d);
        let one = b.constant(&[B::Element::power_of_two(bits)]);
        let pivots =
            Divisor { log2_least: -(2 * i32::try_from(self.half).map_err(|_| COMPARED)?), signed: false };
        for j in 0..d {
            // Below the pivot in the matrix, and above it in the inverse.
            let active: Vec<usize> = (j..d).chain(d..d + j).collect();
            let start: Vec<_> = (j..d).map(|row| matrix.shares().entry(row, j)).collect();
            let mut column =
                Shared::stacked(&start.iter().chain(&vec![Shared::zeros(1, 1); j]).collect::<Vec<_>>());
            if j > 0 {
                let done = |row: usize| Shared::new(rows.shares()[row * d..row * d + j].to_vec(), 1, j);
                let done_rows: Vec<_> = active.iter().map(|row| done(*row)).collect();
                let left = Fixed::<B>::new(
                    Shared::stacked(&done_rows.iter().collect::<Vec<_>>()),
                    bits,
                    factor_limit,
                )?;
                let right = Fixed::new(done(j).transposed(), bits, top_limit)?;
                let product = left.matmul(b, &right, bits).await?;
                column = &column - product.shares();
            }
            let pivot = Fixed::new(column.row(0), bits, Magnitude::new(d as u128 + 1).times_pow2(bits)?)?;
            let root = inverse_square_root(b, &pivot, pivots, bits).await?;
            // One row more: the row of the identity that begins here.
            let rest = Shared::stacked(&[&column.rows_of(1..active.len()), &one]);
            let column_limit = factor_limit.times(d)?.try_add(top_limit)?;
            let rest = Fixed::<B>::new(rest, bits, column_limit)?;
            let factors = root.placed(|root| Shared::column(vec![root.shares()[0]; active.len()]));
            let divided = rest.mul(b, &factors, bits).await?;
            let limits: Vec<u32> =
                (0..active.len()).map(|at| if at < d - 1 - j { bits } else { bits + self.half }).collect();
            let divided = clamp_to(b, &divided, &limits).await?;
            for (at, row) in active[1..].iter().copied().chain([d + j]).enumerate() {
                rows.shares_mut()[row * d + j] = divided.shares().shares()[at];
            }
        }
        let factor = Fixed::<B>::new(rows.rows_of(d..2 * d), bits, factor_limit)?;
        factor.matmul(b, &factor.placed(|shares| shares.transposed()), bits).await
    }

    /// One step of Newton.
    async fn improve<B: Comparison>(
        &self,
        b: &mut B,
        matrix: &Fixed<B>,
        first: &Fixed<B>,
    ) -> Result<Fixed<B>> {
        let d = self.size;
        let product = matrix.matmul(b, first, self.residual_bits).await?;
        let ones: Vec<B::Element> = (0..d * d)
            .map(|at| {
                if at / d == at % d {
                    B::Element::power_of_two(self.residual_bits)
                } else {
                    B::Element::zero()
                }
            })
            .collect();
        let residual = Fixed::<B>::new(
            b.add_public(&-product.shares(), &ones),
            self.residual_bits,
            product.limit().try_add(Magnitude::pow2(self.residual_bits)?)?,
        )?;
        let residual = clamp_to(b, &residual, &vec![self.residual_bits - RESIDUAL_BITS; d * d]).await?;
        let change = first.matmul(b, &residual, self.bits).await?;
        first.add(&change)
    }
}

#[cfg(test)]
mod tests;
