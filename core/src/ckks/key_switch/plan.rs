//! What key switching at one level needs to know, computed once.
use core::ops::Range;
use std::sync::OnceLock;

use crate::ckks::{bounds::Noise, chain, context::Context, params::Params};
use crate::ring::{Basis, Conversion, Prime};

/// A plan for each level, made when it is first needed.
pub(in crate::ckks) struct Plans(Box<[OnceLock<Plan>]>);

impl Plans {
    /// For every level of these parameters.
    pub(in crate::ckks) fn new(context: &Context) -> Self {
        Self(context.q().primes().iter().map(|_| OnceLock::new()).collect())
    }

    /// The plan of a level of the context that these plans are for.
    pub(in crate::ckks) fn at(&self, context: &Context, level: usize) -> &Plan {
        self.0[level].get_or_init(|| Plan::new(context, level))
    }
}

/// Key switching at one level. Rows stand for `q_0, ..., q_level`, then for the special primes.
pub(in crate::ckks) struct Plan {
    basis: Basis,
    level: usize,
    /// Primes of Q in a key, which is made for the highest level.
    of_q: usize,
    digits: Box<[Digit]>,
    /// P modulo each `q_i`.
    special: Box<[u64]>,
    /// The largest coefficient of each digit, divided by P.
    bounds: Box<[f64]>,
}

/// One digit: the rows of its primes, and how it gets to the others.
struct Digit {
    rows: Range<usize>,
    conversion: Conversion,
}

impl Plan {
    fn new(context: &Context, level: usize) -> Self {
        let (q, p) = (context.q(), context.p());
        let basis = q.join(level + 1, p);
        let primes = basis.primes();
        let ranges = digits_at(context.params(), level);
        let special = product_modulo(&primes[..=level], p.primes());
        let bounds = digit_bounds(context.params(), level).collect();
        let digits = ranges.map(|rows| Digit::new(primes, rows)).collect();
        Self { level, of_q: q.len(), digits, special, bounds, basis }
    }

    /// `q_0, ..., q_level` and the special primes.
    pub(in crate::ckks) fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The rows of polynomials modulo QP.
    pub(in crate::ckks) fn rows(&self) -> usize {
        self.basis.len()
    }

    /// How many special primes there are.
    pub(in crate::ckks) fn special_primes(&self) -> usize {
        self.rows() - self.level - 1
    }

    /// P modulo the prime of a row; nothing where that is 0.
    pub(in crate::ckks) fn special(&self, row: usize) -> Option<u64> {
        self.special.get(row).copied()
    }

    /// The error of key switching modulo QP in units of P: before the division, which rounds.
    pub(in crate::ckks) fn noise(&self) -> Noise {
        Noise::key_switch(self.basis.degree(), &self.bounds)
    }

    /// How many digits there are.
    pub(super) fn digits(&self) -> usize {
        self.digits.len()
    }

    /// The rows on which the digit is the polynomial itself.
    pub(super) fn own_rows(&self, digit: usize) -> Range<usize> {
        self.digits[digit].rows.clone()
    }

    /// The row of a key, which has all primes of Q, that is modulo the same prime.
    pub(super) fn row_of_key(&self, row: usize) -> usize {
        if row <= self.level { row } else { row + self.of_q - self.level - 1 }
    }

    /// From the values of a row of Q to what [`Plan::extend`] takes.
    pub(super) fn prepare(&self, row: usize, out: &mut [u64], values: &[u64]) {
        let digit =
            self.digits.iter().find(|digit| digit.rows.contains(&row)).expect("every row is in a digit");
        digit.conversion.prepare_values_to(row - digit.rows.start, out, values);
    }

    /// What else [`Plan::extend`] takes, from a digit's own rows after [`Plan::prepare`]: one row.
    pub(super) fn excess(&self, digit: usize, own: &[u64], excess: &mut [u64]) {
        self.digits[digit].conversion.excess(own, excess);
    }

    /// A row of a digit that is not its own, as values.
    pub(super) fn extend(&self, digit: usize, row: usize, own: &[u64], excess: &[u64], out: &mut [u64]) {
        let Digit { rows, conversion } = &self.digits[digit];
        let target = if row < rows.start { row } else { row - rows.len() };
        conversion.exact_row(target, own, excess, out);
        conversion.to()[target].forward(out);
    }
}

/// The rows of each digit at a level.
fn digits_at(params: &Params, level: usize) -> impl Iterator<Item = Range<usize>> {
    let ranges = params.digit_ranges().iter().map(move |digit| digit.start..digit.end.min(level + 1));
    ranges.filter(|digit| !digit.is_empty())
}

/// The largest coefficient of each digit at a level, divided by P: half of D / P, since digits are centred, enlarged by more than
/// logarithms and conversion are off by.
pub(in crate::ckks) fn digit_bounds(params: &Params, level: usize) -> impl Iterator<Item = f64> {
    let log2 = |primes: &[u64]| primes.iter().map(|prime| chain::float(*prime).log2()).sum::<f64>();
    let (moduli, log2_special) = (params.moduli(), log2(params.special_moduli()));
    digits_at(params, level).map(move |rows| {
        let log2_digit = log2(&moduli[..rows.end]) - log2(&moduli[..rows.start]);
        (log2_digit - log2_special - 1.0 + 1e-9).exp2()
    })
}

impl Digit {
    fn new(primes: &[Prime], rows: Range<usize>) -> Self {
        let others = [&primes[..rows.start], &primes[rows.end..]].concat();
        Self { conversion: Conversion::new(&primes[rows.clone()], &others), rows }
    }
}

/// The product of some primes modulo others.
pub(super) fn product_modulo(modulo: &[Prime], primes: &[Prime]) -> Box<[u64]> {
    let product = |q: &Prime| {
        let q = q.modulus();
        primes.iter().fold(1, |product, p| q.mul(product, q.reduce(p.value())))
    };
    modulo.iter().map(product).collect()
}
