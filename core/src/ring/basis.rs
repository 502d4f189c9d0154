//! Arithmetic on polynomials with residues modulo each of several primes.
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use super::{
    Modulus, Prime,
    backend::loops,
    division::Division,
    modulus::low,
    poly::{Coefficients, Form, Poly, Values},
};
use crate::error::{Error, ErrorKind, Result};

/// An ordered list of primes for polynomials of one degree. Clones share it.
///
/// Row i of a polynomial is modulo prime i; a polynomial may have fewer rows than there are primes, and two that are added
/// or multiplied have as many. The feature `parallel` spreads rows over cores; results do not depend on it.
///
/// # Panics
/// Every operation panics when a polynomial is of another degree, has more rows than there are primes, or two of them do not
/// have the same number of rows.
///
/// # Timing
/// Every operation takes the same time whatever the words are, save for [`Basis::is_reduced`]'s answer.
#[derive(Clone)]
pub struct Basis(Arc<Inner>);

struct Inner {
    degree: usize,
    primes: Box<[Prime]>,
    /// By the number of rows and how many of them are divided by; made when first needed.
    divisions: Box<[OnceLock<Box<Division>>]>,
}

/// From so many words on rows of transforms are spread over cores.
#[cfg(feature = "parallel")]
const TRANSFORM_WORDS: usize = 1 << 14;
/// From so many words on rows of cheap operations are spread over cores.
#[cfg(feature = "parallel")]
const CHEAP_WORDS: usize = 1 << 17;
#[cfg(not(feature = "parallel"))]
const TRANSFORM_WORDS: usize = 0;
#[cfg(not(feature = "parallel"))]
const CHEAP_WORDS: usize = 0;

impl Basis {
    /// The basis of these primes.
    ///
    /// # Errors
    /// `InvalidParams` when there is none or one twice, and as [`Prime::new`].
    pub fn new(degree: usize, primes: &[u64]) -> Result<Self> {
        let unique = primes.iter().enumerate().all(|(i, q)| !primes[..i].contains(q));
        if primes.is_empty() || !unique {
            return Err(Error::new(ErrorKind::InvalidParams, "primes: at least one, and each once"));
        }
        Ok(Self::of(primes.iter().map(|q| Prime::new(degree, *q)).collect::<Result<_>>()?))
    }

    fn of(primes: Box<[Prime]>) -> Self {
        let divisions = (0..(primes.len() + 1).pow(2)).map(|_| OnceLock::new()).collect();
        Self(Arc::new(Inner { degree: primes[0].degree(), primes, divisions }))
    }

    /// The first `rows` primes, and after them those of another basis, which are others.
    ///
    /// # Panics
    /// When there are fewer, or the degrees differ.
    pub fn join(&self, rows: usize, other: &Self) -> Self {
        assert_eq!(self.degree(), other.degree(), "one degree");
        Self::of(self.primes()[..rows].iter().chain(other.primes()).cloned().collect())
    }

    /// The primes in their order.
    pub fn primes(&self) -> &[Prime] {
        &self.0.primes
    }

    /// The number of primes.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        self.0.primes.len()
    }

    /// The number of coefficients.
    pub fn degree(&self) -> usize {
        self.0.degree
    }

    /// The base-2 logarithm of the product of the first `rows` primes.
    pub fn product_log2(&self, rows: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a logarithm")]
        self.primes()[..rows].iter().map(|prime| (prime.value() as f64).log2()).sum()
    }

    /// Coefficients to values.
    pub fn forward(&self, mut a: Poly<Coefficients>) -> Poly<Values> {
        self.each(&mut a, TRANSFORM_WORDS, |prime, _, row| prime.forward(row));
        a.into_form()
    }

    /// Values to coefficients.
    pub fn inverse(&self, mut a: Poly<Values>) -> Poly<Coefficients> {
        self.each(&mut a, TRANSFORM_WORDS, |prime, _, row| prime.inverse(row));
        a.into_form()
    }

    /// `a = a + b`.
    pub fn add<F: Form>(&self, a: &mut Poly<F>, b: &Poly<F>) {
        alike(a, b);
        self.each(a, CHEAP_WORDS, |prime, i, row| prime.add(row, b.row(i)));
    }

    /// `out = a + b`.
    pub fn add_to<F: Form>(&self, out: &mut Poly<F>, a: &Poly<F>, b: &Poly<F>) {
        alike(out, a);
        alike(out, b);
        self.each(out, CHEAP_WORDS, |prime, i, row| prime.add_to(row, a.row(i), b.row(i)));
    }

    /// `a = a - b`.
    pub fn sub<F: Form>(&self, a: &mut Poly<F>, b: &Poly<F>) {
        alike(a, b);
        self.each(a, CHEAP_WORDS, |prime, i, row| prime.sub(row, b.row(i)));
    }

    /// `out = a - b`.
    pub fn sub_to<F: Form>(&self, out: &mut Poly<F>, a: &Poly<F>, b: &Poly<F>) {
        alike(out, a);
        alike(out, b);
        self.each(out, CHEAP_WORDS, |prime, i, row| prime.sub_to(row, a.row(i), b.row(i)));
    }

    /// `a = -a`.
    pub fn neg<F: Form>(&self, a: &mut Poly<F>) {
        self.each(a, CHEAP_WORDS, |prime, _, row| prime.neg(row));
    }

    /// `a = a b`.
    pub fn mul(&self, a: &mut Poly<Values>, b: &Poly<Values>) {
        alike(a, b);
        self.each(a, CHEAP_WORDS, |prime, i, row| prime.mul(row, b.row(i)));
    }

    /// `out = a b`.
    pub fn mul_to(&self, out: &mut Poly<Values>, a: &Poly<Values>, b: &Poly<Values>) {
        alike(out, a);
        alike(out, b);
        self.each(out, CHEAP_WORDS, |prime, i, row| prime.mul_to(row, a.row(i), b.row(i)));
    }

    /// `acc = acc + a b`.
    pub fn mul_add(&self, acc: &mut Poly<Values>, a: &Poly<Values>, b: &Poly<Values>) {
        alike(acc, a);
        alike(acc, b);
        self.each(acc, CHEAP_WORDS, |prime, i, row| prime.mul_add(row, a.row(i), b.row(i)));
    }

    /// `a = a c`, where constant i is a residue modulo prime i.
    ///
    /// # Panics
    /// When there are fewer constants than rows.
    pub fn scale<F: Form>(&self, a: &mut Poly<F>, c: &[u64]) {
        self.each(a, CHEAP_WORDS, |prime, i, row| prime.scale(row, c[i]));
    }

    /// `acc = acc + a c`, where constant i is a residue modulo prime i.
    ///
    /// # Panics
    /// When there are fewer constants than rows.
    pub fn add_scaled<F: Form>(&self, acc: &mut Poly<F>, a: &Poly<F>, c: &[u64]) {
        alike(acc, a);
        self.each(acc, CHEAP_WORDS, |prime, i, row| prime.add_scaled(row, a.row(i), c[i]));
    }

    /// `a = (a - b) c`, where b has coefficients modulo another prime, taken as numbers in `[-from/2, from/2)`, and constant i
    /// is a residue modulo prime i: the end of a division by that prime, where constants are its inverses.
    ///
    /// # Panics
    /// When there are fewer constants than rows, or b has not as many words as the degree says.
    pub fn sub_lifted_and_scale(&self, a: &mut Poly<Coefficients>, b: &[u64], from: &Modulus, c: &[u64]) {
        self.each(a, CHEAP_WORDS, |prime, i, row| {
            let mut lifted = Zeroizing::new(Poly::<Coefficients>::unset(self.degree(), 1));
            prime.lift(lifted.row_mut(0), b, from);
            prime.sub_and_scale(row, lifted.row(0), c[i]);
        });
    }

    /// The polynomial with these coefficients, each smaller than every prime in absolute value: sampled secrets and errors.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub fn from_small(&self, rows: usize, coefficients: &[i64]) -> Poly<Coefficients> {
        assert_eq!(coefficients.len(), self.degree(), "as many coefficients as the degree");
        let mut out = Poly::unset(self.degree(), rows);
        self.each(&mut out, CHEAP_WORDS, |prime, _, row| loops::from_small(row, coefficients, prime.value()));
        out
    }

    /// The polynomial with these coefficients.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub fn from_signed(&self, rows: usize, coefficients: &[i64]) -> Poly<Coefficients> {
        assert_eq!(coefficients.len(), self.degree(), "as many coefficients as the degree");
        let mut out = Poly::unset(self.degree(), rows);
        self.each(&mut out, CHEAP_WORDS, |prime, _, row| {
            let q = prime.modulus();
            if q.bits() >= loops::SIGNED_BITS {
                return loops::from_signed(row, coefficients, q);
            }
            for (out, x) in row.iter_mut().zip(coefficients) {
                let (residue, sign) = (q.reduce(x.unsigned_abs()), (x >> 63).cast_unsigned());
                *out = (residue & !sign) | (q.neg(residue) & sign);
            }
        });
        out
    }

    /// The polynomial with these coefficients.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub fn from_signed_wide(&self, rows: usize, coefficients: &[i128]) -> Poly<Coefficients> {
        assert_eq!(coefficients.len(), self.degree(), "as many coefficients as the degree");
        // The number is low + 2^60 middle + 2^120 (high - 128); words of `Prime::linear` are below 2^61.
        const BITS: u32 = 60;
        let limb = |bits: i128| low(bits.cast_unsigned()) & ((1 << BITS) - 1);
        let limbs = [0, BITS, 2 * BITS].map(|shift| {
            let excess = if shift == 2 * BITS { 128 } else { 0 };
            Zeroizing::new(
                coefficients.iter().map(|x| limb((x >> shift).wrapping_add(excess))).collect::<Vec<_>>(),
            )
        });
        let mut out = Poly::unset(self.degree(), rows);
        self.each(&mut out, CHEAP_WORDS, |prime, _, row| {
            let q = prime.modulus();
            let base = q.reduce(1 << BITS);
            let weights = [1, base, q.mul(base, base)];
            prime.linear(row, &limbs.each_ref().map(|limb| &limb[..]), &weights, &[1 << BITS; 3]);
            loops::sub_constant(row, q.mul(q.reduce(128), weights[2]), q.value());
        });
        out
    }

    /// Whether every word is below its prime: what a decoder checks. The words are public.
    pub fn is_reduced<F: Form>(&self, a: &Poly<F>) -> bool {
        self.check(a);
        self.primes().iter().zip(a).all(|(prime, row)| prime.is_reduced(row))
    }

    /// Divides by the product of the last primes that it has rows for, rounds, and leaves these rows out: rescaling, and
    /// the end of switching keys. See [`Division`] for the rounding.
    ///
    /// # Panics
    /// When no row would be left, or none is left out.
    pub fn divide_round(&self, a: &mut Poly<Values>, by_last: usize) {
        self.check(a);
        self.division(a.rows(), by_last).round(a);
    }

    /// The same, of a polynomial that stays as it is.
    ///
    /// # Panics
    /// As [`Basis::divide_round`], and when `out` has not as many rows as stay.
    pub fn divide_round_to(&self, out: &mut Poly<Values>, a: &Poly<Values>, by_last: usize) {
        self.check(a);
        let division = self.division(a.rows(), by_last);
        let (stay, go) = a.words().split_at(division.rows() * self.degree());
        let mut copy: Poly<Values> = Poly::unset(self.degree(), by_last);
        copy.words_mut().copy_from_slice(go);
        division.round_to(out, stay, copy.words_mut());
    }

    /// The division of polynomials with so many rows by so many of the last, with its constants.
    ///
    /// # Panics
    /// As [`Division::new`].
    pub fn division(&self, rows: usize, by_last: usize) -> &Division {
        assert!(by_last < rows && rows <= self.len(), "at least one prime that stays");
        self.0.divisions[rows * (self.len() + 1) + by_last]
            .get_or_init(|| Box::new(Division::new(&self.primes()[..rows], by_last)))
    }

    fn check<F: Form>(&self, a: &Poly<F>) {
        assert_eq!(a.degree(), self.degree(), "the degree of the basis");
        assert!(a.rows() <= self.len(), "no more rows than primes");
    }

    /// Works on each row, on several cores when there are at least so many words.
    fn each<F: Form>(
        &self,
        a: &mut Poly<F>,
        words: usize,
        work: impl Fn(&Prime, usize, &mut [u64]) + Send + Sync,
    ) {
        self.check(a);
        each_row(self.degree(), a.words_mut(), words, |i, row| work(&self.primes()[i], i, row));
    }
}

fn alike<F: Form>(a: &Poly<F>, b: &Poly<F>) {
    assert!(a.degree() == b.degree() && a.rows() == b.rows(), "polynomials of one shape");
}

/// Works on each of the rows that `words` are, on several cores when there are at least `enough`.
pub(super) fn each_row(
    degree: usize,
    words: &mut [u64],
    enough: usize,
    work: impl Fn(usize, &mut [u64]) + Send + Sync,
) {
    #[cfg(feature = "parallel")]
    if words.len() >= enough && words.len() > degree {
        use rayon::prelude::*;
        words.par_chunks_exact_mut(degree).enumerate().for_each(|(i, row)| work(i, row));
        return;
    }
    let _ = enough;
    words.chunks_exact_mut(degree).enumerate().for_each(|(i, row)| work(i, row));
}

#[cfg(test)]
pub(super) mod tests;
