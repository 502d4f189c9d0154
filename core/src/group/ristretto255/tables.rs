//! Multiples of fixed points, from tables that are read in full.
use core::fmt;

use curve25519_dalek::ristretto::RistrettoBasepointTable;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Point, Scalar};

/// A table of a point's multiples, 30 KiB, by which one product takes a third of the time.
#[derive(Clone)]
pub struct PointTable(Box<RistrettoBasepointTable>);

impl PointTable {
    /// Makes the table; it takes about as long as three products.
    pub fn new(point: &Point) -> Self {
        Self(Box::new(RistrettoBasepointTable::create(&point.0)))
    }

    /// The point times the scalar.
    ///
    /// # Timing
    /// Constant in the scalar.
    #[must_use]
    pub fn mul(&self, scalar: &Scalar) -> Point {
        Point(&*self.0 * &scalar.0)
    }
}

impl fmt::Debug for PointTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PointTable")
    }
}

/// A table of a point's multiples for signed integers of a few bits, where a product takes time in proportion to them.
#[derive(Clone)]
pub struct ShortMultiples {
    /// For each four bits of the integer: the neutral element and the first eight multiples of `16^i` times the point.
    windows: Vec<[Point; 9]>,
}

impl ShortMultiples {
    /// The most bits of an integer.
    pub const MAX_BITS: u32 = 56;

    /// Makes the table for integers of at most `2^bits` in absolute value; `bits` above 56 count as 56.
    pub fn new(point: &Point, bits: u32) -> Self {
        let windows = window_count(bits);
        let mut base = *point;
        let window = |_| {
            let row = first_multiples(&base);
            base = row[8] + row[8];
            row
        };
        Self { windows: (0..windows).map(window).collect() }
    }

    /// The point times an integer of at most `2^bits` in absolute value, where `bits` is at most what the table was
    /// made for.
    ///
    /// # Timing
    /// Constant in the integer; varies with `bits`, which is public.
    #[must_use]
    pub fn mul(&self, value: i64, bits: u32) -> Point {
        let count = window_count(bits).min(self.windows.len());
        let shifted = shifted(value, count);
        let terms = self.windows[..count].iter().enumerate().map(|(i, row)| select(row, shifted, i));
        terms.reduce(|sum, term| sum + term).unwrap_or_else(Point::identity)
    }
}

impl Point {
    /// The sum of the points, each times its integer of at most `2^bits` in absolute value; `bits` is at most
    /// [`ShortMultiples::MAX_BITS`]. The shorter list decides.
    ///
    /// # Timing
    /// Constant in the integers; varies with their number and `bits`.
    #[must_use]
    pub fn multi_mul_short(values: &[i64], points: &[Self], bits: u32) -> Self {
        let count = window_count(bits);
        // In pieces, because each point takes 1.5 kilobytes of table.
        let piece = |(values, points): (&[i64], &[Self])| {
            let rows: Vec<(u64, [Self; 9])> =
                values.iter().zip(points).map(|(v, p)| (shifted(*v, count), first_multiples(p))).collect();
            (0..count).rev().fold(Self::identity(), |sum, i| {
                let sum = (0..4).fold(sum, |sum, _| sum + sum);
                rows.iter().fold(sum, |sum, (shifted, row)| sum + select(row, *shifted, i))
            })
        };
        values.chunks(128).zip(points.chunks(128)).map(piece).fold(Self::identity(), |a, b| a + b)
    }
}

/// The neutral element and the first eight multiples.
fn first_multiples(base: &Point) -> [Point; 9] {
    let mut row = [Point::identity(); 9];
    for i in 1..row.len() {
        row[i] = row[i - 1] + *base;
    }
    row
}

/// The integer plus eights: every four bits are then a digit from -8 to 7 plus eight.
fn shifted(value: i64, count: usize) -> u64 {
    let eights = (0..count).fold(0_u64, |sum, i| sum | 8 << (4 * i));
    value.cast_unsigned().wrapping_add(eights)
}

/// The multiple that digit `i` calls for.
fn select(row: &[Point; 9], shifted: u64, i: usize) -> Point {
    let digit = (shifted >> (4 * i) & 15).wrapping_sub(8);
    let negative = (digit >> 63).ct_eq(&1);
    let size = u64::conditional_select(&digit, &digit.wrapping_neg(), negative);
    // Eight entries become four, two, one by the bits of the size; the ninth is for 8 itself.
    let bit = |at: u32| (size >> at & 1).ct_eq(&1);
    let halve = |pair: &[Point], bit: Choice| Point::conditional_select(&pair[0], &pair[1], bit);
    let (low, middle) = (bit(0), bit(1));
    let four = [0, 2, 4, 6].map(|at| halve(&row[at..at + 2], low));
    let two = [halve(&four[..2], middle), halve(&four[2..], middle)];
    let term = Point::conditional_select(&halve(&two, bit(2)), &row[8], bit(3));
    Point::conditional_select(&term, &-term, negative)
}

/// Digits for integers of at most `2^bits`: the highest, of -8 to 7, needs a value of at most 7.
fn window_count(bits: u32) -> usize {
    let bits = bits.min(ShortMultiples::MAX_BITS);
    // sum of 7 16^i over n digits is below 2^(4 n - 1); 2^bits is too for bits <= 4 n - 2.
    usize::try_from((bits + 2).div_ceil(4)).expect("a small number")
}

impl fmt::Debug for ShortMultiples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShortMultiples").field("windows", &self.windows.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;

    fn slow(value: i64) -> Point {
        let scalar = Scalar::from_u64(value.unsigned_abs());
        Point::mul_generator(&if value < 0 { -scalar } else { scalar })
    }

    #[test]
    fn short_multiples_agree() {
        let table = ShortMultiples::new(&Point::generator(), ShortMultiples::MAX_BITS);
        for bits in 0..=ShortMultiples::MAX_BITS {
            let top = 1_i64 << bits;
            for value in [0, 1, 7, 8, 9, 15, 16, top / 3, top - 1, top].into_iter().filter(|v| *v <= top) {
                assert!(table.mul(value, bits) == slow(value), "{value} {bits}");
                assert!(table.mul(-value, bits) == slow(-value), "-{value} {bits}");
            }
        }
    }

    #[test]
    fn short_sums_agree() {
        let points: Vec<Point> = (2..302).map(slow).collect();
        let values: Vec<i64> = (0..300).map(|i| (i * i * 1_000_003 % (1 << 33)) - (1 << 32)).collect();
        let expected = values.iter().zip(2..).map(|(value, point)| value * point).sum();
        assert!(Point::multi_mul_short(&values, &points, 32) == slow(expected));
        assert!(Point::multi_mul_short(&[], &points, 32) == Point::identity());
        assert!(Point::multi_mul_short(&[-(1 << 32)], &points, 32) == slow(-(1 << 33)));
    }

    #[test]
    fn tables_of_points_agree() {
        let point = Point::pedersen_base();
        let table = PointTable::new(&point);
        for scalar in [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from_u64(0x1234_5678_9abc)] {
            assert!(table.mul(&scalar) == point * scalar);
        }
    }
}
