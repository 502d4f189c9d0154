//! Polynomials of degree two in each of a few variables, by their values on a grid.
//!
//! A table over {0, 1}^k is a polynomial of degree one in each variable; the product of two has degree two. The grid has 0, 1 and
//! infinity in each variable, where the value at infinity is the coefficient of the square, so going from tables to the grid and
//! multiplying there takes additions only: bits stay bits. Places are numbers of k digits, of base 2 in tables and of base 3
//! on the grid, the first variable highest.
use core::ops::Add;

use zeroize::Zeroize;

use crate::{
    field::gf64::{Gf64, interpolate},
    ring::Xof,
};

/// The most variables that are handled at once.
pub(super) const MOST_VARIABLES: usize = 6;
/// The places of the largest grid.
pub(super) const MOST_PLACES: usize = 729;

/// Values on the grid of a polynomial of degree one in each variable, from its table of a power of two.
pub(super) struct Extended<T> {
    values: [T; MOST_PLACES],
}

impl<T: Copy + Default + Add<Output = T>> Extended<T> {
    pub(super) fn new() -> Self {
        Self { values: [T::default(); MOST_PLACES] }
    }

    /// # Panics
    /// For a table of more than 2^[`MOST_VARIABLES`].
    #[inline(always)]
    pub(super) fn extend(&mut self, table: &[T]) -> &[T] {
        let variables = table.len().trailing_zeros() as usize;
        for (place, value) in table.iter().enumerate() {
            self.values[of_table(variables, place)] = *value;
        }
        // Of each variable, from the last to the first: what is at infinity follows what is at 0 and at 1.
        let (mut third, mut left) = (1, table.len() / 2);
        while left > 0 {
            for i in 0..left {
                // Blocks where all variables before are 0 or 1.
                let start = 3 * third * of_table(variables, i);
                let (zero, rest) = self.values[start..start + 3 * third].split_at_mut(third);
                let (one, infinity) = rest.split_at_mut(third);
                for (infinity, (zero, one)) in infinity.iter_mut().zip(zero.iter().zip(one)) {
                    *infinity = *zero + *one;
                }
            }
            third *= 3;
            left /= 2;
        }
        &self.values[..third]
    }
}

/// The places of a grid of so many variables.
pub(super) fn places(variables: usize) -> usize {
    (0..variables).fold(1, |places, _| 3 * places)
}

/// The place on the grid of a place in a table.
#[inline(always)]
pub(super) fn of_table(variables: usize, place: usize) -> usize {
    (0..variables).rev().fold(0, |on_grid, bit| 3 * on_grid + (place >> bit & 1))
}

/// Random points, one for each variable.
pub(super) fn points(stream: &mut Xof, variables: usize) -> Vec<Gf64> {
    let mut words = vec![0; variables];
    stream.fill(&mut words);
    words.into_iter().map(Gf64).collect()
}

/// The value at points of the polynomial with these values on the grid.
pub(super) fn evaluate(grid: &[Gf64], points: &[Gf64]) -> Gf64 {
    let mut values = grid.to_vec();
    for point in points {
        let third = values.len() / 3;
        // f = f(0) + (f(0) + f(1) + f(infinity)) X + f(infinity) X^2
        for i in 0..third {
            let [zero, one, infinity] = [values[i], values[third + i], values[2 * third + i]];
            values[i] = zero + *point * (zero + one + infinity + *point * infinity);
        }
        values.truncate(third);
    }
    values[0]
}

/// The values at points of the polynomials with the tables that follow each other in `tables`.
pub(super) fn fold(mut tables: Vec<Gf64>, points: &[Gf64]) -> Vec<Gf64> {
    let mut width = 1 << points.len();
    for point in points {
        let half = width / 2;
        for table in tables.chunks_exact_mut(width) {
            let (low, high) = table.split_at_mut(half);
            interpolate(low, high, *point);
        }
        let kept = tables.len() / 2;
        for i in 0..kept / half {
            tables.copy_within(i * width..i * width + half, i * half);
        }
        tables[kept..].iter_mut().for_each(Zeroize::zeroize);
        tables.truncate(kept);
        width = half;
    }
    tables
}

/// The weights of the entries of a table in the value at points.
pub(super) fn weights(points: &[Gf64]) -> Vec<Gf64> {
    points.iter().fold(vec![Gf64::ONE], |weights, point| {
        weights.iter().flat_map(|weight| [*weight * (Gf64::ONE + *point), *weight * *point]).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(count: usize, seed: u8) -> Vec<Gf64> {
        points(&mut Xof::new(&[seed; 32], 0), count)
    }

    #[test]
    fn products_on_the_grid_are_products_at_points() {
        for variables in 0..=MOST_VARIABLES {
            let (f, g) = (some(1 << variables, 1), some(1 << variables, 2));
            let at = some(variables, 3);
            let (mut on_f, mut on_g) = (Extended::new(), Extended::new());
            let grid: Vec<_> = on_f.extend(&f).iter().zip(on_g.extend(&g)).map(|(f, g)| *f * *g).collect();
            assert_eq!(grid.len(), places(variables));
            let (folded_f, folded_g) = (fold(f.clone(), &at), fold(g.clone(), &at));
            assert_eq!(evaluate(&grid, &at), folded_f[0] * folded_g[0], "{variables}");
            let by_weights = weights(&at).iter().zip(&f).fold(Gf64(0), |sum, (w, f)| sum + *w * *f);
            assert_eq!(by_weights, folded_f[0]);
            for place in 0..1 << variables {
                assert_eq!(grid[of_table(variables, place)], f[place] * g[place]);
            }
        }
    }

    #[test]
    fn tables_are_folded_each_for_itself() {
        let (tables, at) = (some(24, 4), some(3, 5));
        let folded = fold(tables.clone(), &at);
        for (table, value) in tables.chunks_exact(8).zip(folded) {
            assert_eq!(fold(table.to_vec(), &at), [value]);
        }
    }
}
