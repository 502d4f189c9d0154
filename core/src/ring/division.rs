//! Rounding division by the last primes of a basis.
use super::{
    Prime,
    basis::each_row,
    convert::Conversion,
    poly::{Poly, Values},
    scratch::Scratch,
};

/// Divides polynomials by the product D of the last k primes that they have residues for.
///
/// The quotient is `(a - r) / D`, where r is congruent to a modulo D and centred: the coefficients of the exact quotient,
/// rounded once. The error of each is at most `1/2` when k is 1, and at most `1/2 + k 2^-56` for more primes.
///
/// # Timing
/// Constant in the residues; varies with the numbers of primes.
#[derive(Clone)]
pub struct Division {
    /// From the last primes to the others.
    conversion: Conversion,
    /// `D^-1` modulo each of the others.
    inverses: Box<[u64]>,
}

impl Division {
    /// The division of residues modulo `primes` by the last `by_last` of them.
    ///
    /// # Panics
    /// When none or all would be divided by.
    pub fn new(primes: &[Prime], by_last: usize) -> Self {
        assert!(by_last > 0 && by_last < primes.len(), "at least one prime goes, and one stays");
        let (stay, go) = primes.split_at(primes.len() - by_last);
        let inverses = stay.iter().map(|prime| {
            let q = prime.modulus();
            q.invert(go.iter().fold(1, |product, d| q.mul(product, q.reduce(d.value()))))
        });
        Self { inverses: inverses.collect(), conversion: Conversion::new(go, stay) }
    }

    /// How many primes stay.
    pub fn rows(&self) -> usize {
        self.inverses.len()
    }

    /// How many primes are divided by.
    pub fn by_last(&self) -> usize {
        self.conversion.from().len()
    }

    /// Divides, rounds, and leaves the last rows out.
    ///
    /// # Panics
    /// When the polynomial has not as many rows as there are primes.
    pub fn round(&self, a: &mut Poly<Values>, scratch: &mut Scratch) {
        let (degree, rows) = (a.degree(), self.rows());
        assert_eq!(a.rows(), rows + self.by_last(), "a row for each prime");
        let (stay, go) = a.words_mut().split_at_mut(rows * degree);
        each_row(degree, go, WORDS, |j, row| self.conversion.from()[j].inverse(row));
        self.conversion.prepare(go);
        // A row for v, and one to convert into; one for each prime when they are worked on at once.
        let mut buffer =
            scratch.take::<Values>(degree, if cfg!(feature = "parallel") { rows + 1 } else { 2 });
        let (excess, converted) = buffer.words_mut().split_at_mut(degree);
        self.conversion.excess(go, excess);
        self.subtract(stay, go, excess, converted);
        scratch.give(buffer);
        a.truncate(rows);
    }

    #[cfg(not(feature = "parallel"))]
    fn subtract(&self, stay: &mut [u64], go: &[u64], excess: &[u64], converted: &mut [u64]) {
        for (i, row) in stay.chunks_exact_mut(excess.len()).enumerate() {
            self.subtract_row(i, row, go, excess, converted);
        }
    }

    #[cfg(feature = "parallel")]
    fn subtract(&self, stay: &mut [u64], go: &[u64], excess: &[u64], converted: &mut [u64]) {
        use rayon::prelude::*;
        let degree = excess.len();
        if stay.len() < WORDS {
            for (i, row) in stay.chunks_exact_mut(degree).enumerate() {
                self.subtract_row(i, row, go, excess, &mut converted[..degree]);
            }
        } else {
            let rows = stay.par_chunks_exact_mut(degree).zip(converted.par_chunks_exact_mut(degree));
            rows.enumerate()
                .for_each(|(i, (row, converted))| self.subtract_row(i, row, go, excess, converted));
        }
    }

    fn subtract_row(&self, i: usize, row: &mut [u64], go: &[u64], excess: &[u64], converted: &mut [u64]) {
        let prime = &self.conversion.to()[i];
        self.conversion.exact_row(i, go, excess, converted);
        prime.forward(converted);
        prime.sub_and_scale(row, converted, self.inverses[i]);
    }
}

/// From so many words on rows are spread over cores.
const WORDS: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;
    use crate::ring::basis::tests::{basis, centred, lifted, numbers, product, residues};

    #[test]
    fn quotients_are_rounded_once() {
        for (bits, by_last) in [
            (&[60, 40, 40][..], 1),
            (&[60, 40, 61], 1),
            (&[40, 50, 60, 60], 2),
            (&[60, 40, 40, 60, 60, 60], 4),
            (&[60, 40, 40, 30, 20, 25], 5),
        ] {
            let basis = basis(bits);
            let (stay, go) = basis.primes().split_at(bits.len() - by_last);
            let (all, divisor, modulus) = (product(basis.primes()), product(go), product(stay));
            let numbers = numbers(&all, by_last as u64);
            let mut values = basis.forward(residues(basis.primes(), &numbers));
            basis.divide_round(&mut values, by_last, &mut Scratch::new());
            assert_eq!(values.rows(), stay.len());
            let found = lifted(stay, &basis.inverse(values));
            for (x, found) in numbers.iter().zip(found) {
                // The smallest numbers e such that x = D quotient + e for a quotient modulo what stays.
                let error = centred(&(x - &divisor * found), &(&divisor * &modulus));
                let bound: BigInt = &divisor * ((1_i64 << 56) + 2 * by_last as i64 * i64::from(by_last > 1));
                assert!((error.magnitude() * 2_u32) << 56 <= *bound.magnitude(), "{x}: {error} of {divisor}");
            }
        }
    }

    #[test]
    fn one_division_or_two() {
        // Dividing by both primes at once is not the same as one after the other, but both are within one of each other.
        let basis = basis(&[60, 50, 40, 60]);
        let numbers = numbers(&product(basis.primes()), 7);
        let values = basis.forward(residues(basis.primes(), &numbers));
        let (mut once, mut twice, mut scratch) = (values.clone(), values, Scratch::new());
        basis.divide_round(&mut once, 2, &mut scratch);
        basis.divide_round(&mut twice, 1, &mut scratch);
        basis.divide_round(&mut twice, 1, &mut scratch);
        basis.sub(&mut once, &twice);
        let differences = lifted(&basis.primes()[..2], &basis.inverse(once));
        assert!(differences.iter().all(|d| d.magnitude() <= BigInt::from(1).magnitude()));
        assert!(differences.iter().any(|d| *d != BigInt::ZERO), "they are two different things");
    }

    #[test]
    #[should_panic(expected = "one prime that stays")]
    fn something_stays() {
        let basis = basis(&[40, 50]);
        basis.divide_round(&mut Poly::zero(basis.degree(), 2), 2, &mut Scratch::new());
    }
}
