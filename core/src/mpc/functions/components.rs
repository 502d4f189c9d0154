//! Principal components: the largest eigenvalues of a symmetric matrix without negative ones, and their vectors.
//!
//! The matrix is brought to a trace between 1/2 and 1 by a power of two and squared again and again, a power of two bringing the trace
//! back each time: what is left tends to `v v^T` for the vector `v` of the largest eigenvalue. The column with the largest diagonal,
//! divided by its length, is `v`; its largest entry is positive. The eigenvalue is `v^T A v`. Both are taken off, and the next is found.
//!
//! # Error
//! Eigenvalues that are apart by a factor of `1 - 2^-g` are apart by `e^-64` after `g + 6` squarings. Each rounds its entries by half of
//! `2^-F`, relative to a trace of at least `1 / (4 d)`, at a gap that doubles every time: `v` is off by less than `d^2 2^(g + 5 - F)`, and
//! the eigenvalue by the square of that and `d 2^-F` of the trace. What is taken off too much or too little disturbs the next ones as
//! much, divided by their own share of the trace.
//!
//! # Source
//! [GV13] section 8.2 (the power method); by squaring in place of steps, since a squaring costs as many rounds as a step.
use super::{
    compare::{clamp_to, one_hot},
    divide::{Divisor, rescaled},
    fixed::{COMPARED, Fixed, shrunk},
    leading::{Leading, working_bits},
    order::argmax,
    roots::{inverse_square_root, room_for_inverse_roots},
};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Comparison, Element, Shared},
};

/// What is promised about the eigenvalues of a matrix, in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spectrum {
    /// The trace is at least `2^log2_least_trace`, or all is 0.
    pub log2_least_trace: i32,
    /// Once the trace of what is left is below `2^-log2_rest` of the whole, the rest counts as 0.
    pub log2_rest: u32,
    /// Each eigenvalue that is asked for is at least `1 / (1 - 2^-log2_gap)` times the next. Where they are closer, vectors are some mixture of theirs, and values
    /// lie between theirs.
    pub log2_gap: u32,
}

/// The largest matrix.
const MAX_SIZE: usize = 32;
/// The most squarings for a component.
const MAX_GAP: u32 = 30;

/// The `count` largest eigenvalues of a symmetric matrix without negative ones, in a column, descending, and their vectors of length 1, one in each row; all with
/// `fraction_bits`.
///
/// # Error
/// See the module: with 20 columns and a gap of `2^-8`, vectors to `2^-36`, values to `2^-45` of the trace; and `2^-(fraction_bits + 1)`.
/// # Shape
/// For each component `log2_gap + 6` squarings, each a matrix product, the bits of one number, a product and a truncation, one after the other.
/// # Errors
/// `HeadroomExhausted` where the box has too few bits; `ShapeMismatch` unless `a` is square; `OutOfRange` beyond 32 rows, 30 bits of a gap, or for
/// more components than rows.
/// # Security
/// Only the lower triangle is read. Bounds hold whatever the matrix is, so a matrix that breaks the promise gives a wrong result and nothing else.
pub async fn principal_components<B: Comparison>(
    b: &mut B,
    a: &Fixed<B>,
    count: usize,
    spectrum: Spectrum,
    fraction_bits: u32,
) -> Result<(Fixed<B>, Fixed<B>)> {
    let d = a.rows();
    if a.columns() != d || d == 0 {
        return Err(Error::new(ErrorKind::ShapeMismatch, "principal components: a square matrix"));
    }
    if d > MAX_SIZE || !(1..=d).contains(&count) || spectrum.log2_gap > MAX_GAP {
        return Err(Error::new(ErrorKind::OutOfRange, "principal components: size, count or gap"));
    }
    let plan = Plan::new::<B>(a, spectrum, fraction_bits)?;
    let (mut rest, back) = plan.scale(b, a).await?;
    let whole = rest.clone();
    let (mut values, mut vectors) = (Vec::new(), Vec::new());
    for component in 0..count {
        let vector = plan.vector(b, &rest).await?;
        // Always of the whole matrix, so that what was taken off does not add up.
        let image = whole.matmul(b, &vector, plan.bits).await?;
        let row = |x: &Fixed<B>| x.placed(|x| x.transposed());
        let value = row(&vector).matmul(b, &image, plan.bits).await?;
        let value = clamp_to(b, &value, &[plan.bits]).await?;
        if component + 1 < count {
            let square = vector.matmul(b, &row(&vector), plan.bits).await?;
            let factor = value.placed(|value| Shared::new(vec![value.shares()[0]; d * d], d, d));
            let taken = square.mul(b, &factor, plan.bits).await?;
            rest = rest.sub(&taken)?;
        }
        values.push(value);
        vectors.push(row(&vector));
    }
    let values = Fixed::stacked(&values.iter().collect::<Vec<_>>())?;
    let vectors = Fixed::stacked(&vectors.iter().collect::<Vec<_>>())?.rounded(b, fraction_bits).await?;
    // A = A' 2^(place + 1 - fa).
    let factors = back.placed(|back| Shared::column(vec![back.shares()[0]; count]));
    let product = values.product(b, &factors).await?;
    let behind = i64::from(plan.bits) + i64::from(a.fraction_bits()) - i64::from(plan.least) - 1;
    let limit = match u32::try_from(i64::from(fraction_bits) - behind) {
        Ok(more) => product.limit().times_pow2(more)?,
        Err(_) => {
            shrunk(product.limit(), u32::try_from(behind - i64::from(fraction_bits)).map_err(|_| COMPARED)?)?
        }
    };
    Ok((rescaled(b, product, behind, fraction_bits, limit).await?, vectors))
}

/// How the bits are spent; all public.
struct Plan {
    size: usize,
    /// `ceil(log2(size))`.
    spread: u32,
    /// The trace as an integer is between `2^least` and `2^top`.
    least: u32,
    top: u32,
    bits: u32,
    rest: u32,
    squarings: u32,
}

impl Plan {
    fn new<B: Comparison>(a: &Fixed<B>, spectrum: Spectrum, fraction_bits: u32) -> Result<Self> {
        let size = a.rows();
        let spread = size.next_power_of_two().trailing_zeros();
        let trace = Divisor { log2_least: spectrum.log2_least_trace, signed: false };
        let least = trace.least(a.fraction_bits());
        let top = a.limit().times(size)?.bits().max(least + 1);
        // A square with its power of two: see `square`.
        let bits = working_bits::<B>()?.min(B::MAX_BITS.checked_sub(4 * spread + 8).ok_or(COMPARED)? / 2);
        let bits = bits.min(room_for_inverse_roots::<B>(spread + 2)?);
        let lost = 2 * spread + spectrum.log2_gap + 5;
        let wanted = 24.min(working_bits::<B>()? - 10);
        if bits < lost + wanted
            || bits < spectrum.log2_rest + 8
            || fraction_bits > bits
            || a.limit().bits() + (top - least) + 2 > B::MAX_BITS
            || bits + (top - least) + 4 > B::MAX_BITS
        {
            return Err(COMPARED);
        }
        Ok(Self {
            size,
            spread,
            least,
            top,
            bits,
            rest: spectrum.log2_rest,
            squarings: spectrum.log2_gap + 6,
        })
    }

    fn trace<B: Comparison>(&self, x: &Fixed<B>) -> Result<Fixed<B>> {
        x.placed(|x| Shared::column((0..self.size).map(|at| x.shares()[at * self.size + at]).collect())).sum()
    }

    /// Every entry times one shared power of two.
    async fn shifted<B: Comparison>(
        &self,
        b: &mut B,
        x: &Fixed<B>,
        leading: &Leading<B>,
    ) -> Result<Fixed<B>> {
        let shift = Fixed::<B>::new(leading.shift(), 0, leading.shift_limit()?)?;
        let all = self.size * self.size;
        let shift = shift.placed(|shift| Shared::new(vec![shift.shares()[0]; all], self.size, self.size));
        x.product(b, &shift).await
    }

    /// The matrix with a trace between 1/2 and 1, and the power of two that takes it back, divided by `2^least`.
    async fn scale<B: Comparison>(&self, b: &mut B, a: &Fixed<B>) -> Result<(Fixed<B>, Fixed<B>)> {
        let d = self.size;
        let symmetric = a.placed(|shares| {
            let mut mirrored = shares.clone();
            for (row, column) in (0..d).flat_map(|row| (0..row).map(move |column| (row, column))) {
                mirrored.shares_mut()[column * d + row] = shares.shares()[row * d + column];
            }
            mirrored
        });
        let trace = self.trace(&symmetric)?;
        let trace = Fixed::new(trace.shares().clone(), 0, trace.limit())?;
        let leading = Leading::find(b, &trace, self.least).await?;
        let scaled = self.shifted(b, &symmetric, &leading).await?;
        let scaled =
            Fixed::<B>::new(scaled.shares().clone(), self.top, scaled.limit())?.rounded(b, self.bits).await?;
        let back = leading.lookup(|place| B::Element::power_of_two(place - self.least));
        let back = Fixed::new(back, 0, Magnitude::pow2(self.top - 1 - self.least)?)?;
        Ok((clamp_to(b, &scaled, &vec![self.bits; d * d]).await?, back))
    }

    /// The vector of the largest eigenvalue.
    async fn vector<B: Comparison>(&self, b: &mut B, rest: &Fixed<B>) -> Result<Fixed<B>> {
        let (d, bits) = (self.size, self.bits);
        // First the trace of what is left, which may be small.
        let near = clamp_to(b, rest, &vec![bits; d * d]).await?;
        let trace = self.trace(&near)?;
        let trace = Fixed::new(trace.shares().clone(), 0, trace.limit())?;
        let leading = Leading::find(b, &trace, bits - self.rest).await?;
        let lifted = self.shifted(b, &near, &leading).await?;
        let top = trace.limit().bits();
        let lifted = Fixed::<B>::new(lifted.shares().clone(), top, lifted.limit())?.rounded(b, bits).await?;
        let mut power = clamp_to(b, &lifted, &vec![bits; d * d]).await?;
        for _ in 0..self.squarings {
            power = self.square(b, &power).await?;
        }
        // The column with the largest diagonal, which is at least 1 / (2 d).
        let diagonal = power.placed(|x| Shared::column((0..d).map(|at| x.shares()[at * d + at]).collect()));
        let place = argmax(b, &diagonal).await?;
        let chosen = one_hot(b, &place, d).await?.reshaped(d, 1);
        let column = Fixed::<B>::new(b.matmul(power.shares(), &chosen).await?, bits, power.limit())?;
        let length = column.placed(|x| x.transposed()).matmul(b, &column, bits).await?;
        let least =
            Divisor { log2_least: -i32::try_from(2 * self.spread + 3).map_err(|_| COMPARED)?, signed: false };
        let inverse = inverse_square_root(b, &length, least, bits).await?;
        let inverse = inverse.placed(|x| Shared::column(vec![x.shares()[0]; d]));
        let vector = column.mul(b, &inverse, bits).await?;
        clamp_to(b, &vector, &vec![bits; d]).await
    }

    /// The square, with its trace between 1/2 and 1: no entry of a square is larger than its trace, whatever the matrix is.
    async fn square<B: Comparison>(&self, b: &mut B, power: &Fixed<B>) -> Result<Fixed<B>> {
        let square = power.matrix_product(b, power).await?;
        let trace = self.trace(&square)?;
        let trace = Fixed::new(trace.shares().clone(), 0, trace.limit())?;
        // A trace of at least 1/2 leaves at least 1 / (4 d).
        let leading = Leading::find(b, &trace, 2 * self.bits - self.spread - 3).await?;
        let shifted = self.shifted(b, &square, &leading).await?;
        let top = trace.limit().bits();
        let limit = Magnitude::pow2(top)?;
        Fixed::<B>::new(shifted.shares().clone(), top, limit)?.rounded(b, self.bits).await
    }
}

#[cfg(test)]
mod tests;
