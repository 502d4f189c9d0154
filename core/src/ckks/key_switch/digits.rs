//! A polynomial cut into digits, and the inner product of digits with a key.
use super::{KeySwitchKey, Plan};
use crate::ring::{Coefficients, Poly, Values};

/// Most digits there can be: primes have 24 bits or more, and all of them together 1747 bits.
const MAX_DIGITS: usize = 72;

/// A polynomial modulo Q with what its digits are made from, one row of them after the other.
pub(in crate::ckks) struct Cut<'a> {
    plan: &'a Plan,
    c: &'a Poly<Values>,
    prepared: Poly<Coefficients>,
    /// A row for each digit.
    excess: Poly<Coefficients>,
}

/// All rows of the digits of a polynomial: for several keys.
pub(in crate::ckks) struct Digits<'a> {
    cut: Cut<'a>,
    /// For each row, that row of each digit.
    rows: Poly<Values>,
}

/// One row of each digit.
pub(in crate::ckks) struct DigitRow<'a> {
    plan: &'a Plan,
    row: usize,
    digits: [&'a [u64]; MAX_DIGITS],
}

impl<'a> Cut<'a> {
    /// Takes c modulo the primes of Q in the plan.
    pub(in crate::ckks) fn new(plan: &'a Plan, c: &'a Poly<Values>) -> Self {
        let degree = c.degree();
        let mut prepared: Poly<Coefficients> = Poly::unset(degree, c.rows());
        let mut excess: Poly<Coefficients> = Poly::unset(degree, plan.digits());
        for_rows(degree, [prepared.words_mut()], 0, |row, [out], _| {
            plan.prepare(row, out, c.row(row));
        });
        for digit in 0..plan.digits() {
            let own = plan.own_rows(digit);
            let own = &prepared.words()[own.start * degree..own.end * degree];
            plan.excess(digit, own, excess.row_mut(digit));
        }
        Self { plan, c, prepared, excess }
    }

    /// How many words [`Cut::row`] needs.
    pub(in crate::ckks) fn room(&self) -> usize {
        self.plan.digits() * stride(self.c.degree())
    }

    /// That row of each digit, computed into `room` where it is not at hand.
    pub(in crate::ckks) fn row<'s>(&'s self, row: usize, room: &'s mut [u64]) -> DigitRow<'s> {
        let degree = self.c.degree();
        for (digit, out) in room.chunks_exact_mut(stride(degree)).take(self.plan.digits()).enumerate() {
            let out = &mut out[..degree];
            let own = self.plan.own_rows(digit);
            if !own.contains(&row) {
                let prepared = &self.prepared.words()[own.start * degree..own.end * degree];
                self.plan.extend(digit, row, prepared, self.excess.row(digit), out);
            }
        }
        self.view(row, room)
    }

    fn view<'s>(&'s self, row: usize, room: &'s [u64]) -> DigitRow<'s> {
        let (degree, mut digits) = (self.c.degree(), [&[][..]; MAX_DIGITS]);
        for (digit, words) in room.chunks_exact(stride(degree)).take(self.plan.digits()).enumerate() {
            let own = self.plan.own_rows(digit).contains(&row);
            digits[digit] = if own { self.c.row(row) } else { &words[..degree] };
        }
        DigitRow { plan: self.plan, row, digits }
    }
}

impl<'a> Digits<'a> {
    /// Cuts c, modulo the primes of Q in the plan.
    pub(in crate::ckks) fn new(plan: &'a Plan, c: &'a Poly<Values>) -> Self {
        let cut = Cut::new(plan, c);
        let mut rows: Poly<Values> = Poly::unset(cut.room(), plan.rows());
        for_rows(cut.room(), [rows.words_mut()], 0, |row, [out], _| {
            cut.row(row, out);
        });
        Self { cut, rows }
    }

    /// That row of each digit.
    pub(in crate::ckks) fn row(&self, row: usize) -> DigitRow<'_> {
        self.cut.view(row, self.rows.row(row))
    }
}

impl DigitRow<'_> {
    /// The inner product with both halves of a key, and to each `more`, if there is any: words and a residue that they are
    /// multiplied by.
    pub(in crate::ckks) fn times(
        &self,
        key: &KeySwitchKey,
        out: [&mut [u64]; 2],
        more: [Option<(&[u64], u64)>; 2],
    ) {
        let row_of_key = self.plan.row_of_key(self.row);
        let (prime, count) = (&self.plan.basis().primes()[self.row], self.plan.digits());
        let mut terms = [(&[][..], [&[][..]; 2]); MAX_DIGITS];
        for (digit, term) in terms[..count].iter_mut().enumerate() {
            *term = (self.digits[digit], key.row(digit, row_of_key));
        }
        prime.pair_of_sums(out, &terms[..count], more);
    }
}

/// From one digit of a row to the next: some cache lines more than a row, so that caches have a place for each.
fn stride(degree: usize) -> usize {
    degree + 72
}

/// Calls `work` with the number of each row, that row of each of these polynomials, and room for `room` words. A row has
/// `size` words. Over every core with the `parallel` feature.
#[cfg(not(feature = "parallel"))]
pub(in crate::ckks) fn for_rows<const N: usize>(
    size: usize,
    polys: [&mut [u64]; N],
    room: usize,
    work: impl Fn(usize, [&mut [u64]; N], &mut [u64]) + Sync,
) {
    let mut space: Poly<Values> = Poly::unset(room, 1);
    let count = polys.first().map_or(0, |words| words.len() / size);
    let mut rows = polys.map(|words| words.chunks_exact_mut(size));
    for row in 0..count {
        work(row, rows.each_mut().map(|rows| rows.next().expect("as many rows in each")), space.words_mut());
    }
}

/// Calls `work` with the number of each row, that row of each of these polynomials, and room for `room` words. A row has
/// `size` words. Over every core with the `parallel` feature.
#[cfg(feature = "parallel")]
pub(in crate::ckks) fn for_rows<const N: usize>(
    size: usize,
    polys: [&mut [u64]; N],
    room: usize,
    work: impl Fn(usize, [&mut [u64]; N], &mut [u64]) + Sync,
) {
    use rayon::prelude::*;
    let count = polys.first().map_or(0, |words| words.len() / size);
    let mut rows = polys.map(|words| words.chunks_exact_mut(size));
    let next = |row| (row, rows.each_mut().map(|rows| rows.next().expect("as many rows in each")));
    let rows: Vec<_> = (0..count).map(next).collect();
    rows.into_par_iter().for_each_init(|| vec![0; room], |room, (row, rows)| work(row, rows, room));
}
