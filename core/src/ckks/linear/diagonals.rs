//! A matrix as its generalised diagonals: `(M v)_j = sum_k diagonal_k[j] v[j + k]`, indices modulo the period.
use std::collections::BTreeMap;

use crate::ckks::Complex;
use crate::error::{Error, ErrorKind, Result};

/// The diagonals of a square matrix that are not zero: what it does to a vector, by rotations and products.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagonals {
    period: usize,
    diagonals: BTreeMap<usize, Vec<Complex>>,
    /// The result is the sum of its parts of this length, and repeats after it. The period, or a smaller power of two.
    part: usize,
    /// The largest sum of absolute values in a row.
    row_sum: f64,
}

impl Diagonals {
    /// The matrix with these entries, row by row, on vectors that begin with `columns` numbers; what the other slots
    /// hold has no effect, and they become zero. It has up to `rows + columns - 1` diagonals.
    ///
    /// # Errors
    /// `ShapeMismatch` when the entries are not `rows x columns`, there are none, or there are more rows or columns than
    /// slots; `OutOfRange` for an entry that is not finite.
    pub fn of_matrix(entries: &[Complex], rows: usize, columns: usize, slots: usize) -> Result<Self> {
        check_shape(entries, rows, columns, slots)?;
        let entry = |i: usize| (i / columns, i % columns, entries[i]);
        Ok(Self::collect(slots, (0..entries.len()).map(entry)))
    }

    /// The matrix with these entries on vectors that repeat: the `columns` numbers, zeros up to a power of two, and all of
    /// it again to the last slot. So does the result, which has the rows at its beginning.
    ///
    /// With r and c the powers of two above `rows` and `columns`: there are up to r diagonals. If c is larger, each row is
    /// spread over c / r parts, whose sums `log2(c / r)` more rotations take: the result repeats after r slots.
    ///
    /// # Errors
    /// As [`Diagonals::of_matrix`].
    pub fn of_matrix_repeated(
        entries: &[Complex],
        rows: usize,
        columns: usize,
        slots: usize,
    ) -> Result<Self> {
        check_shape(entries, rows, columns, slots)?;
        let part = rows.next_power_of_two();
        let period = part.max(columns.next_power_of_two());
        let place = |i: usize| {
            let (row, column) = (i / columns, i % columns);
            let index = (column + period - row) % part;
            ((column + period - index) % period, column, entries[i])
        };
        Ok(Self {
            part,
            row_sum: row_sum(entries, columns),
            ..Self::collect(period, (0..entries.len()).map(place))
        })
    }

    /// `B -> A B` for square matrices B, row by row as in [`pack_matrix`](super::pack_matrix): `dimension` diagonals.
    ///
    /// # Errors
    /// `ShapeMismatch` when the entries are not `dimension x dimension`, the dimension is not a power of two, or the matrix
    /// does not fit; `OutOfRange` for an entry that is not finite.
    pub fn of_left_product(entries: &[Complex], dimension: usize, slots: usize) -> Result<Self> {
        check_dimension(dimension, slots)?;
        check_shape(entries, dimension, dimension, slots)?;
        let d = dimension;
        let terms = (0..d * d * d).map(|n| {
            let (i, j, k) = (n / (d * d), n / d % d, n % d);
            (i * d + j, k * d + j, entries[i * d + k])
        });
        Ok(Self::collect(d * d, terms))
    }

    /// `A -> A B` for square matrices A, row by row: `2 dimension - 1` diagonals.
    ///
    /// # Errors
    /// As [`Diagonals::of_left_product`].
    pub fn of_right_product(entries: &[Complex], dimension: usize, slots: usize) -> Result<Self> {
        check_dimension(dimension, slots)?;
        check_shape(entries, dimension, dimension, slots)?;
        let d = dimension;
        let terms = (0..d * d * d).map(|n| {
            let (i, j, k) = (n / (d * d), n / d % d, n % d);
            (i * d + j, i * d + k, entries[k * d + j])
        });
        Ok(Self::collect(d * d, terms))
    }

    /// The matrix whose entry in row `row` is 1 in column `source(row)` and 0 elsewhere.
    pub(super) fn of_permutation(period: usize, source: impl Fn(usize) -> usize) -> Self {
        Self::collect(period, (0..period).map(|row| (row, source(row), Complex::from(1.0))))
    }

    /// From entries as row, column, value; each place at most once.
    fn collect(period: usize, entries: impl Iterator<Item = (usize, usize, Complex)>) -> Self {
        let mut diagonals = BTreeMap::new();
        let mut sums = vec![0.0_f64; period];
        for (row, column, value) in entries.filter(|(_, _, value)| *value != Complex::default()) {
            let index = (column + period - row) % period;
            let diagonal = diagonals.entry(index).or_insert_with(|| vec![Complex::default(); period]);
            diagonal[row] = value;
            sums[row] += absolute(value);
        }
        Self { period, diagonals, part: period, row_sum: sums.into_iter().fold(0.0, f64::max) }
    }

    /// After how many slots vectors repeat.
    pub fn period(&self) -> usize {
        self.period
    }

    /// After how many slots results repeat.
    pub fn result_period(&self) -> usize {
        self.part
    }

    /// How many diagonals are not zero.
    pub fn count(&self) -> usize {
        self.diagonals.len()
    }

    /// Their indices, in ascending order.
    pub(super) fn indices(&self) -> Vec<usize> {
        self.diagonals.keys().copied().collect()
    }

    /// The diagonal with this index, moved by `steps` slots to the right.
    pub(super) fn rotated(&self, index: usize, steps: usize) -> Vec<Complex> {
        let mut diagonal = self.diagonals[&index].clone();
        diagonal.rotate_right(steps % self.period);
        diagonal
    }

    /// The largest sum of absolute values in a row: no result is larger than this times the largest number.
    pub fn row_sum(&self) -> f64 {
        self.row_sum
    }
}

fn row_sum(entries: &[Complex], columns: usize) -> f64 {
    let sum = |row: &[Complex]| row.iter().map(|v| absolute(*v)).sum();
    entries.chunks(columns).map(sum).fold(0.0, f64::max)
}

/// `|v|`, rounded up.
pub(super) fn absolute(v: Complex) -> f64 {
    (v.re * v.re + v.im * v.im).sqrt() * (1.0 + 4.0 * f64::EPSILON)
}

fn check_shape(entries: &[Complex], rows: usize, columns: usize, slots: usize) -> Result<()> {
    if rows == 0 || columns == 0 || rows.checked_mul(columns) != Some(entries.len()) {
        return Err(Error::new(ErrorKind::ShapeMismatch, "matrix: as many entries as rows times columns"));
    }
    if rows > slots || columns > slots {
        return Err(Error::new(ErrorKind::ShapeMismatch, "matrix: more rows or columns than slots"));
    }
    if entries.iter().any(|v| !(v.re.is_finite() && v.im.is_finite())) {
        return Err(Error::new(ErrorKind::OutOfRange, "matrix: finite entries"));
    }
    Ok(())
}

/// A square matrix fits the slots, a whole number of times.
pub(super) fn check_dimension(dimension: usize, slots: usize) -> Result<()> {
    let fits = dimension.is_power_of_two() && dimension.checked_mul(dimension).is_some_and(|n| n <= slots);
    if !fits {
        return Err(Error::new(
            ErrorKind::ShapeMismatch,
            "matrix: the dimension is a power of two, its square at most the number of slots",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::split::Split;
    use super::*;

    fn sum(a: Complex, b: Complex) -> Complex {
        Complex::new(a.re + b.re, a.im + b.im)
    }

    fn product(a: Complex, b: Complex) -> Complex {
        Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }

    fn rotated(v: &[Complex], steps: usize) -> Vec<Complex> {
        let mut v = v.to_vec();
        let steps = steps % v.len();
        v.rotate_left(steps);
        v
    }

    /// As a transform does it, on plain numbers.
    fn apply(diagonals: &Diagonals, slots: &[Complex]) -> Vec<Complex> {
        let split = Split::new(&diagonals.indices(), diagonals.period());
        let mut result = vec![Complex::default(); slots.len()];
        for (giant, babies) in &split.giants {
            let mut partial = vec![Complex::default(); slots.len()];
            for baby in babies {
                let weights = diagonals.rotated(giant + baby, *giant);
                let turned = rotated(slots, *baby);
                for (i, out) in partial.iter_mut().enumerate() {
                    *out = sum(*out, product(weights[i % weights.len()], turned[i]));
                }
            }
            result = result.into_iter().zip(rotated(&partial, *giant)).map(|(a, b)| sum(a, b)).collect();
        }
        let mut stride = diagonals.result_period();
        while stride < diagonals.period() {
            let moved = rotated(&result, stride);
            result = result.into_iter().zip(moved).map(|(a, b)| sum(a, b)).collect();
            stride *= 2;
        }
        result
    }

    fn close(a: Complex, b: Complex) -> bool {
        (a.re - b.re).abs() < 1e-9 && (a.im - b.im).abs() < 1e-9
    }

    fn numbers(count: usize, seed: u64) -> Vec<Complex> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        (0..count).map(|_| Complex::new(next(), next())).collect()
    }

    fn times(entries: &[Complex], columns: usize, v: &[Complex]) -> Vec<Complex> {
        let row =
            |row: &[Complex]| row.iter().zip(v).fold(Complex::default(), |s, (m, v)| sum(s, product(*m, *v)));
        entries.chunks(columns).map(row).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn matrix_times_vector(rows in 1usize..40, columns in 1usize..40, keep in 1u64..4, seed: u64) {
            let slots = 128;
            let mut entries = numbers(rows * columns, seed);
            for (i, v) in entries.iter_mut().enumerate() {
                if (seed >> (i % 48)) % keep != 0 {
                    *v = Complex::default();
                }
            }
            let v = numbers(columns, seed ^ 1);
            let expected = times(&entries, columns, &v);

            // Slots that the matrix does not read hold anything.
            let mut once = numbers(slots, seed ^ 2);
            once[..columns].copy_from_slice(&v);
            let diagonals = Diagonals::of_matrix(&entries, rows, columns, slots).unwrap();
            prop_assert!(diagonals.count() < rows + columns);
            let result = apply(&diagonals, &once);
            prop_assert!(result.iter().zip(&expected).all(|(a, b)| close(*a, *b)));
            prop_assert!(result[rows..].iter().all(|a| *a == Complex::default()));

            let diagonals = Diagonals::of_matrix_repeated(&entries, rows, columns, slots).unwrap();
            prop_assert!(diagonals.count() <= rows.next_power_of_two());
            let mut padded = v;
            padded.resize(diagonals.period(), Complex::default());
            let repeated: Vec<_> = padded.iter().copied().cycle().take(slots).collect();
            let result = apply(&diagonals, &repeated);
            let zeros = diagonals.result_period() - rows;
            let expected: Vec<_> = expected.into_iter().chain(vec![Complex::default(); zeros]).collect();
            prop_assert!(result.iter().zip(expected.iter().cycle()).all(|(a, b)| close(*a, *b)));
            let largest = entries.chunks(columns).map(|row| row.iter().map(|v| v.re.hypot(v.im)).sum::<f64>());
            prop_assert!((diagonals.row_sum() - largest.fold(0.0, f64::max)).abs() < 1e-9);
        }
    }

    #[test]
    fn matrix_times_matrix() {
        for (d, slots) in [(1, 4), (2, 4), (4, 64), (8, 64)] {
            let (a, b) = (numbers(d * d, 5), numbers(d * d, 6));
            let entry = |i: usize| {
                let terms = (0..d).map(|k| product(a[i / d * d + k], b[k * d + i % d]));
                terms.fold(Complex::default(), sum)
            };
            let expected: Vec<_> = (0..d * d).map(entry).collect();
            let repeat = |m: &[Complex]| m.iter().copied().cycle().take(slots).collect::<Vec<_>>();
            let left = Diagonals::of_left_product(&a, d, slots).unwrap();
            let right = Diagonals::of_right_product(&b, d, slots).unwrap();
            assert_eq!((left.count(), right.count()), (d, 2 * d - 1));
            for result in [apply(&left, &repeat(&b)), apply(&right, &repeat(&a))] {
                assert!(result.iter().zip(expected.iter().cycle()).all(|(a, b)| close(*a, *b)), "{d}");
            }
        }
    }

    #[test]
    fn refuses() {
        let kind = |d: Result<Diagonals>| d.unwrap_err().kind();
        let ones = |count| vec![Complex::from(1.0); count];
        assert_eq!(kind(Diagonals::of_matrix(&ones(5), 2, 3, 8)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Diagonals::of_matrix(&[], 0, 3, 8)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Diagonals::of_matrix(&[], usize::MAX, 2, 8)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Diagonals::of_matrix(&ones(9), 9, 1, 8)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Diagonals::of_matrix_repeated(&ones(9), 1, 9, 8)), ErrorKind::ShapeMismatch);
        assert_eq!(
            kind(Diagonals::of_matrix(&[Complex::new(0.0, f64::NAN)], 1, 1, 8)),
            ErrorKind::OutOfRange
        );
        assert_eq!(kind(Diagonals::of_left_product(&ones(9), 3, 64)), ErrorKind::ShapeMismatch);
        assert_eq!(kind(Diagonals::of_right_product(&ones(16), 4, 8)), ErrorKind::ShapeMismatch);
    }
}
