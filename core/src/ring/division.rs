//! Rounding division by the last primes of a basis.
use super::{
    Prime,
    basis::each_row,
    convert::Conversion,
    poly::{Poly, Values},
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
    pub fn round(&self, a: &mut Poly<Values>) {
        let (degree, rows) = (a.degree(), self.rows());
        assert_eq!(a.rows(), rows + self.by_last(), "a row for each prime");
        let (stay, go) = a.words_mut().split_at_mut(rows * degree);
        self.run(degree, go, stay, |i, remainder, row, room| {
            remainder.values(i, room);
            self.conversion.to()[i].sub_and_scale(row, room, self.inverses[i]);
        });
        a.truncate(rows);
    }

    /// The rounded quotient as another polynomial: `stay` are the rows of the dividend that stay, `go` the last ones, which
    /// are overwritten.
    ///
    /// # Panics
    /// When there are not as many rows as primes.
    pub fn round_to(&self, out: &mut Poly<Values>, stay: &[u64], go: &mut [u64]) {
        let degree = self.shape(out, stay);
        self.run(degree, go, out.words_mut(), |i, remainder, out, _| {
            self.quotient(i, remainder, &stay[i * degree..(i + 1) * degree], out);
        });
    }

    /// Calls `work` with the number of each row, that row of `out` and that of the rounded quotient, while it is in the
    /// caches. The rest is as for [`Division::round_to`].
    ///
    /// # Panics
    /// As [`Division::round_to`].
    pub fn round_each(
        &self,
        out: &mut Poly<Values>,
        stay: &[u64],
        go: &mut [u64],
        work: impl Fn(usize, &mut [u64], &[u64]) + Sync,
    ) {
        let degree = self.shape(out, stay);
        self.run(degree, go, out.words_mut(), |i, remainder, out, room| {
            self.quotient(i, remainder, &stay[i * degree..(i + 1) * degree], room);
            work(i, out, room);
        });
    }

    /// The rounded quotient of a polynomial whose rows that stay are computed one by one, by `stay` from their numbers. The
    /// rest is as for [`Division::round_to`].
    ///
    /// # Panics
    /// When there are not as many rows as primes.
    pub fn round_of(&self, out: &mut Poly<Values>, go: &mut [u64], stay: impl Fn(usize, &mut [u64]) + Sync) {
        assert_eq!(out.rows(), self.rows(), "a row for each prime that stays");
        self.run(out.degree(), go, out.words_mut(), |i, remainder, out, room| {
            remainder.values(i, room);
            stay(i, out);
            self.conversion.to()[i].sub_and_scale(out, room, self.inverses[i]);
        });
    }

    fn shape(&self, out: &Poly<Values>, stay: &[u64]) -> usize {
        assert!(
            out.rows() == self.rows() && out.words().len() == stay.len(),
            "a row for each prime that stays"
        );
        out.degree()
    }

    /// The remainder, for [`Division::quotient`]: `go` are the last rows of the dividend, `excess` is a row. Both are
    /// overwritten.
    ///
    /// # Panics
    /// When there are not as many rows as primes.
    pub fn remainder<'a>(&'a self, go: &'a mut [u64], excess: &'a mut [u64]) -> Remainder<'a> {
        let degree = excess.len();
        assert_eq!(go.len(), self.by_last() * degree, "a row for each prime that goes");
        each_row(degree, go, WORDS, |j, row| self.conversion.prepare_values(j, row));
        self.conversion.excess(go, excess);
        Remainder { conversion: &self.conversion, go, excess }
    }

    /// Row i of the rounded quotient, where `stay` is that of the dividend.
    ///
    /// # Panics
    /// When there is no such row, or one is of another length.
    pub fn quotient(&self, i: usize, remainder: &Remainder<'_>, stay: &[u64], out: &mut [u64]) {
        let prime = &self.conversion.to()[i];
        remainder.values(i, out);
        prime.sub_and_scale(out, stay, prime.modulus().neg(self.inverses[i]));
    }

    /// Calls `work` with the number of each row that stays, the remainder, that row of `out`, and room for a row.
    fn run(
        &self,
        degree: usize,
        go: &mut [u64],
        out: &mut [u64],
        work: impl Fn(usize, &Remainder<'_>, &mut [u64], &mut [u64]) + Sync,
    ) {
        // A row for v, and one of room; one for each prime when they are worked on at once.
        let rooms = if cfg!(feature = "parallel") { self.rows() } else { 1 };
        let mut buffer = Poly::<Values>::unset(degree, 1 + rooms);
        let (excess, room) = buffer.words_mut().split_at_mut(degree);
        let remainder = self.remainder(go, excess);
        for_each(degree, out, room, |i, row, room| work(i, &remainder, row, room));
    }
}

/// The remainder of a [`Division`], which is to be written modulo the primes that stay.
pub struct Remainder<'a> {
    conversion: &'a Conversion,
    go: &'a [u64],
    excess: &'a [u64],
}

impl Remainder<'_> {
    /// Its values modulo prime i.
    fn values(&self, i: usize, out: &mut [u64]) {
        self.conversion.exact_row(i, self.go, self.excess, out);
        self.conversion.to()[i].forward(out);
    }
}

#[cfg(not(feature = "parallel"))]
fn for_each(degree: usize, out: &mut [u64], room: &mut [u64], work: impl Fn(usize, &mut [u64], &mut [u64])) {
    for (i, row) in out.chunks_exact_mut(degree).enumerate() {
        work(i, row, room);
    }
}

#[cfg(feature = "parallel")]
fn for_each(
    degree: usize,
    out: &mut [u64],
    room: &mut [u64],
    work: impl Fn(usize, &mut [u64], &mut [u64]) + Sync,
) {
    use rayon::prelude::*;
    if out.len() < WORDS {
        for (i, row) in out.chunks_exact_mut(degree).enumerate() {
            work(i, row, &mut room[..degree]);
        }
    } else {
        let rows = out.par_chunks_exact_mut(degree).zip(room.par_chunks_exact_mut(degree));
        rows.enumerate().for_each(|(i, (row, room))| work(i, row, room));
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
            basis.divide_round(&mut values, by_last);
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
    fn quotients_are_the_same_wherever_they_go() {
        let basis = basis(&[60, 40, 50, 60, 55]);
        let a = basis.forward(residues(basis.primes(), &numbers(&product(basis.primes()), 3)));
        for by_last in 1..5 {
            let division = basis.division(5, by_last);
            let mut expected = a.clone();
            division.round(&mut expected);
            let (stay, go) = a.words().split_at(division.rows() * a.degree());
            let mut out = Poly::unset(a.degree(), division.rows());
            division.round_to(&mut out, stay, &mut go.to_vec());
            assert!(out == expected);
            division.round_each(&mut out, stay, &mut go.to_vec(), |i, out, quotient| {
                basis.primes()[i].add(out, quotient);
            });
            basis.scale(&mut expected, &[2; 5]);
            assert!(out == expected);
            division.round_of(&mut out, &mut go.to_vec(), |i, row| row.copy_from_slice(a.row(i)));
            basis.scale(&mut out, &[2; 5]);
            assert!(out == expected);
            basis.divide_round_to(&mut out, &a, by_last);
            basis.scale(&mut out, &[2; 5]);
            assert!(out == expected);
        }
    }

    #[test]
    fn one_division_or_two() {
        // Dividing by both primes at once is not the same as one after the other, but both are within one of each other.
        let basis = basis(&[60, 50, 40, 60]);
        let numbers = numbers(&product(basis.primes()), 7);
        let values = basis.forward(residues(basis.primes(), &numbers));
        let (mut once, mut twice) = (values.clone(), values);
        basis.divide_round(&mut once, 2);
        basis.divide_round(&mut twice, 1);
        basis.divide_round(&mut twice, 1);
        basis.sub(&mut once, &twice);
        let differences = lifted(&basis.primes()[..2], &basis.inverse(once));
        assert!(differences.iter().all(|d| d.magnitude() <= BigInt::from(1).magnitude()));
        assert!(differences.iter().any(|d| *d != BigInt::ZERO), "they are two different things");
    }

    #[test]
    #[should_panic(expected = "one prime that stays")]
    fn something_stays() {
        let basis = basis(&[40, 50]);
        basis.divide_round(&mut Poly::zero(basis.degree(), 2), 2);
    }
}
