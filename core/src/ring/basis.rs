//! Arithmetic on polynomials with residues modulo each of several primes.
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use super::{
    Prime,
    backend::loops,
    division::Division,
    modulus::low,
    poly::{Coefficients, Form, Poly, Values},
    scratch::Scratch,
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
            prime.linear(row, &limbs.each_ref().map(|limb| &limb[..]), &weights);
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
    pub fn divide_round(&self, a: &mut Poly<Values>, by_last: usize, scratch: &mut Scratch) {
        self.check(a);
        self.division(a.rows(), by_last).round(a, scratch);
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
pub(super) mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::ring::largest_primes;

    pub(in crate::ring) const DEGREE: usize = 1024;

    /// Primes of these lengths, each once.
    pub(in crate::ring) fn basis(bits: &[u32]) -> Basis {
        let mut primes = Vec::new();
        for bits in bits {
            primes.extend(largest_primes(DEGREE, *bits, 1, &primes).unwrap());
        }
        Basis::new(DEGREE, &primes).unwrap()
    }

    /// The product of these primes.
    pub(in crate::ring) fn product(primes: &[Prime]) -> BigInt {
        primes.iter().map(|prime| BigInt::from(prime.value())).product()
    }

    /// Numbers from `-product/2` to `product/2`: random ones and the extremes.
    pub(in crate::ring) fn numbers(product: &BigInt, seed: u64) -> Vec<BigInt> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let half: BigInt = product / 2;
        let mut numbers: Vec<BigInt> = (0..DEGREE)
            .map(|_| {
                let words: Vec<u32> = (0..product.bits() / 32 + 3).map(|_| rng.next_u32()).collect();
                centred(&BigInt::from(num_bigint::BigUint::new(words)), product)
            })
            .collect();
        for (i, x) in [half.clone(), -half.clone(), &half - 1, 1 - &half, 0.into(), 1.into(), (-1).into()]
            .into_iter()
            .enumerate()
        {
            numbers[3 * i] = x;
        }
        numbers
    }

    /// The number congruent to x in `[-product/2, product/2]`.
    pub(in crate::ring) fn centred(x: &BigInt, product: &BigInt) -> BigInt {
        let half = product / 2;
        let shifted = (x + &half) % product;
        (shifted + product) % product - half
    }

    pub(in crate::ring) fn residue(x: &BigInt, prime: &Prime) -> u64 {
        let q = BigInt::from(prime.value());
        u64::try_from((x % &q + &q) % &q).unwrap()
    }

    /// Residues of these coefficients.
    pub(in crate::ring) fn residues(primes: &[Prime], numbers: &[BigInt]) -> Poly<Coefficients> {
        let words = primes.iter().flat_map(|prime| numbers.iter().map(|x| residue(x, prime)));
        Poly::from_words(numbers.len(), words.collect())
    }

    /// The centred coefficients with these residues, by the Chinese remainder theorem.
    pub(in crate::ring) fn lifted(primes: &[Prime], poly: &Poly<Coefficients>) -> Vec<BigInt> {
        let all = product(primes);
        let mut sums = vec![BigInt::ZERO; poly.degree()];
        for (prime, row) in primes.iter().zip(poly) {
            let others = &all / prime.value();
            let inverse = prime.modulus().invert(residue(&others, prime));
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += &others * inverse * *x;
            }
        }
        sums.iter().map(|sum| centred(sum, &all)).collect()
    }

    /// `a b mod X^N + 1` by definition.
    fn schoolbook(a: &[BigInt], b: &[BigInt]) -> Vec<BigInt> {
        let mut product = vec![BigInt::ZERO; a.len()];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                if i + j < a.len() {
                    product[i + j] += x * y;
                } else {
                    product[i + j - a.len()] -= x * y;
                }
            }
        }
        product
    }

    #[test]
    fn products_of_values_are_negacyclic_products_of_numbers() {
        let basis = basis(&[60, 40, 50, 49]);
        let all = product(basis.primes());
        let (a, b) = (numbers(&all, 1), numbers(&all, 2));
        let [mut x, y] = [&a, &b].map(|numbers| basis.forward(residues(basis.primes(), numbers)));
        basis.mul(&mut x, &y);
        let expected: Vec<BigInt> = schoolbook(&a, &b).iter().map(|x| centred(x, &all)).collect();
        assert_eq!(lifted(basis.primes(), &basis.inverse(x)), expected);
    }

    #[test]
    fn operations_are_those_of_the_rows() {
        let basis = basis(&[60, 40, 50]);
        let all = product(&basis.primes()[..2]);
        let (a, b) = (numbers(&all, 3), numbers(&all, 4));
        let [x, y] = [&a, &b].map(|numbers| residues(&basis.primes()[..2], numbers));
        let is = |poly: &Poly<Coefficients>, expected: &dyn Fn(&BigInt, &BigInt) -> BigInt| {
            let expected: Vec<BigInt> =
                a.iter().zip(&b).map(|(a, b)| centred(&expected(a, b), &all)).collect();
            assert_eq!(lifted(&basis.primes()[..2], poly), expected);
        };
        let changed = |change: &dyn Fn(&mut Poly<Coefficients>)| {
            let mut out = x.clone();
            change(&mut out);
            out
        };
        is(&changed(&|x| basis.add(x, &y)), &|a, b| a + b);
        is(&changed(&|x| basis.sub(x, &y)), &|a, b| a - b);
        is(&changed(&|x| basis.neg(x)), &|a, _| -a);
        is(&changed(&|out| basis.add_to(out, &y, &x)), &|a, b| a + b);
        is(&changed(&|out| basis.sub_to(out, &y, &x)), &|a, b| b - a);
        is(&changed(&|x| basis.scale(x, &[3, 3])), &|a, _| 3 * a);
        is(&changed(&|x| basis.add_scaled(x, &y, &[5, 5])), &|a, b| a + 5 * b);
        let values = |poly: &Poly<Coefficients>| basis.forward(poly.clone());
        let mut product = values(&x);
        basis.mul(&mut product, &values(&y));
        let mut other = values(&y);
        basis.mul_to(&mut other, &values(&y), &values(&x));
        assert_eq!(other, product);
        // a b + a b = 2 a b.
        basis.mul_add(&mut other, &values(&x), &values(&y));
        basis.scale(&mut product, &[2, 2]);
        assert_eq!(other, product);
    }

    #[test]
    fn signed_numbers_at_their_extremes() {
        let basis = basis(&[60, 40, 20, 61, 34, 33]);
        let check = |poly: Poly<Coefficients>, numbers: Vec<BigInt>| {
            assert_eq!(poly, residues(basis.primes(), &numbers));
        };
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut words = |i: usize| match i {
            0 => i128::MIN,
            1 => i128::MAX,
            2 => 0,
            3 => -1,
            4 => 1 << 60,
            5 => -(1 << 60),
            6 => -(1 << 120),
            _ => i128::from(rng.next_u64().cast_signed()) * i128::from(rng.next_u64().cast_signed()),
        };
        let wide: Vec<i128> = (0..DEGREE).map(&mut words).collect();
        check(basis.from_signed_wide(6, &wide), wide.iter().map(|x| (*x).into()).collect());
        let mut signed: Vec<i64> = wide.iter().map(|x| (x % (1 << 63)) as i64).collect();
        signed[..4].copy_from_slice(&[i64::MIN, i64::MAX, -(1 << 60), (1 << 60) - 1]);
        check(basis.from_signed(6, &signed), signed.iter().map(|x| (*x).into()).collect());
        let mut small: Vec<i64> = signed.iter().map(|x| x % (1 << 19)).collect();
        let q = basis.primes()[2].value().cast_signed();
        small[..4].copy_from_slice(&[q - 1, 1 - q, 0, -1]);
        check(basis.from_small(6, &small), small.iter().map(|x| (*x).into()).collect());
    }

    #[test]
    fn words_above_their_prime_are_seen() {
        let basis = basis(&[40, 60]);
        let q = [basis.primes()[0].value(), basis.primes()[1].value()];
        let mut poly: Poly<Values> =
            Poly::from_words(DEGREE, [vec![q[0] - 1; DEGREE], vec![q[1] - 1; DEGREE]].concat());
        assert!(basis.is_reduced(&poly));
        poly.row_mut(0)[17] = q[0];
        assert!(!basis.is_reduced(&poly));
        poly.row_mut(0)[17] = 0;
        poly.row_mut(1)[DEGREE - 1] = q[1];
        assert!(!basis.is_reduced(&poly));
        poly.truncate(1);
        assert!(basis.is_reduced(&poly));
    }

    #[test]
    fn joined_bases_and_their_product() {
        let (q, p) = (basis(&[60, 40, 40]), basis(&[59]));
        let joined = q.join(2, &p);
        let values = |basis: &Basis| basis.primes().iter().map(Prime::value).collect::<Vec<_>>();
        assert_eq!(values(&joined), [&values(&q)[..2], &values(&p)].concat());
        assert!((joined.product_log2(3) - 159.0).abs() < 1e-3);
        assert_eq!((joined.len(), joined.degree()), (3, DEGREE));
    }

    #[test]
    fn bases_that_are_none() {
        let q = largest_primes(DEGREE, 40, 1, &[]).unwrap()[0];
        for primes in [&[][..], &[q, q], &[q, q + 2]] {
            assert_eq!(Basis::new(DEGREE, primes).err().map(|e| e.kind()), Some(ErrorKind::InvalidParams));
        }
    }

    #[test]
    #[should_panic(expected = "one shape")]
    fn polynomials_of_different_shapes_are_refused() {
        let basis = basis(&[40, 60]);
        basis.add(&mut Poly::<Values>::zero(DEGREE, 2), &Poly::zero(DEGREE, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn forms_are_one_polynomial(seed: u64, bits in prop::collection::vec(20_u32..=60, 1..6)) {
            let basis = basis(&bits);
            let poly = residues(basis.primes(), &numbers(&product(basis.primes()), seed));
            prop_assert_eq!(basis.inverse(basis.forward(poly.clone())), poly);
        }
    }
}
