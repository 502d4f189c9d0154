//! One prime of a ring: transforms, and arithmetic on rows of residues.
use std::sync::Arc;

use super::{
    Backend, Modulus, Transform,
    backend::{Kernels, MAX_TERMS, loops},
};
use crate::error::Result;

/// A prime q that is 1 modulo twice the degree, with the kernels that compute modulo it. Clones share their tables.
///
/// A row is a slice of as many words as the degree says; its words are below q, before and after every operation.
/// Addition and multiplication go word by word: of values, or of coefficients where only constants are multiplied by.
///
/// # Panics
/// Every operation on rows panics when a row is of another length.
///
/// # Timing
/// Every operation takes the same time whatever the words of the rows are. Primes, constants and numbers of terms are public.
#[derive(Clone)]
pub struct Prime {
    transform: Arc<Transform>,
    kernels: &'static dyn Kernels,
}

impl Prime {
    /// The prime on the fastest backend.
    ///
    /// # Errors
    /// `InvalidParams` when the degree is not a power of two between 2^10 and 2^16, or `q` is not a prime below 2^61 that
    /// is 1 modulo twice the degree.
    pub fn new(degree: usize, q: u64) -> Result<Self> {
        let modulus = Modulus::new(q)?;
        Ok(Self::of(Transform::new(degree, modulus)?))
    }

    /// The same on a backend of the caller's choice, one of [`Backend::available`].
    ///
    /// # Errors
    /// As [`Prime::new`]; `InvalidParams` when the backend does not take the prime or the machine does not run it.
    pub fn on(backend: Backend, degree: usize, q: u64) -> Result<Self> {
        let modulus = Modulus::new(q)?;
        Ok(Self::of(Transform::on(backend, degree, modulus)?))
    }

    fn of(transform: Transform) -> Self {
        let kernels = transform.backend().kernels();
        Self { transform: Arc::new(transform), kernels }
    }

    /// The prime with its arithmetic on single residues.
    pub fn modulus(&self) -> &Modulus {
        self.transform.modulus()
    }

    /// The prime.
    pub fn value(&self) -> u64 {
        self.modulus().value()
    }

    /// The number of words of a row.
    pub fn degree(&self) -> usize {
        self.transform.degree()
    }

    /// The kernels.
    pub fn backend(&self) -> Backend {
        self.transform.backend()
    }

    /// The transform.
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// Coefficients to values, in place.
    pub fn forward(&self, a: &mut [u64]) {
        self.transform.forward(a);
    }

    /// Values to coefficients, in place.
    pub fn inverse(&self, a: &mut [u64]) {
        self.transform.inverse(a);
    }

    /// `a = a + b`.
    pub fn add(&self, a: &mut [u64], b: &[u64]) {
        self.check([&*a, b]);
        self.kernels.add(self.modulus(), a, b);
    }

    /// `out = a + b`.
    pub fn add_to(&self, out: &mut [u64], a: &[u64], b: &[u64]) {
        self.check([&*out, a, b]);
        self.kernels.add_to(self.modulus(), out, a, b);
    }

    /// `a = a - b`.
    pub fn sub(&self, a: &mut [u64], b: &[u64]) {
        self.check([&*a, b]);
        self.kernels.sub(self.modulus(), a, b);
    }

    /// `out = a - b`.
    pub fn sub_to(&self, out: &mut [u64], a: &[u64], b: &[u64]) {
        self.check([&*out, a, b]);
        self.kernels.sub_to(self.modulus(), out, a, b);
    }

    /// `a = -a`.
    pub fn neg(&self, a: &mut [u64]) {
        self.check([&*a]);
        self.kernels.neg(self.modulus(), a);
    }

    /// `a = a b`.
    pub fn mul(&self, a: &mut [u64], b: &[u64]) {
        self.check([&*a, b]);
        self.kernels.mul(self.modulus(), a, b);
    }

    /// `out = a b`.
    pub fn mul_to(&self, out: &mut [u64], a: &[u64], b: &[u64]) {
        self.check([&*out, a, b]);
        self.kernels.mul_to(self.modulus(), out, a, b);
    }

    /// `acc = acc + a b`.
    pub fn mul_add(&self, acc: &mut [u64], a: &[u64], b: &[u64]) {
        self.check([&*acc, a, b]);
        self.kernels.mul_add(self.modulus(), acc, a, b);
    }

    /// `out = a_0 b_0 + a_1 b_1 + ...`, reduced once for every 64 terms.
    pub fn sum_of_products(&self, out: &mut [u64], terms: &[(&[u64], &[u64])]) {
        self.check([&*out]);
        terms.iter().for_each(|(a, b)| self.check([a, b]));
        let (first, more) = terms.split_at(terms.len().min(MAX_TERMS));
        self.kernels.sum_of_products(self.modulus(), out, first);
        if !more.is_empty() {
            let mut sum = vec![0; self.degree()];
            for terms in more.chunks(MAX_TERMS) {
                self.kernels.sum_of_products(self.modulus(), &mut sum, terms);
                self.kernels.add(self.modulus(), out, &sum);
            }
        }
    }

    /// For both halves h `out_h = a_0 b_0h + a_1 b_1h + ... + x_h w_h`, where `more` are x and a residue w, if there are any:
    /// the inner product of digits with a key. Reduced once for up to 63 terms.
    pub fn pair_of_sums(
        &self,
        out: [&mut [u64]; 2],
        terms: &[(&[u64], [&[u64]; 2])],
        more: [Option<(&[u64], u64)>; 2],
    ) {
        out.iter().for_each(|out| self.check([out]));
        terms.iter().for_each(|(a, [b, c])| self.check([a, b, c]));
        more.iter().flatten().for_each(|(x, _)| self.check([x]));
        if terms.len() < MAX_TERMS {
            return self.kernels.pair_of_sums(self.modulus(), out, terms, more);
        }
        for (half, (out, more)) in out.into_iter().zip(more).enumerate() {
            let terms: Vec<_> = terms.iter().map(|(a, b)| (*a, b[half])).collect();
            self.sum_of_products(out, &terms);
            if let Some((x, w)) = more {
                self.add_scaled(out, x, w);
            }
        }
    }

    /// `a = a w` for a residue w.
    pub fn scale(&self, a: &mut [u64], w: u64) {
        self.check([&*a]);
        debug_assert!(w < self.value(), "a residue as constant");
        self.kernels.scale(self.modulus(), a, w);
    }

    /// `acc = acc + a w` for a residue w.
    pub fn add_scaled(&self, acc: &mut [u64], a: &[u64], w: u64) {
        self.check([&*acc, a]);
        debug_assert!(w < self.value(), "a residue as constant");
        self.kernels.add_scaled(self.modulus(), acc, a, w);
    }

    /// `a = (a - b) w` for a residue w: the end of an exact division, where w is the divisor's inverse.
    pub fn sub_and_scale(&self, a: &mut [u64], b: &[u64], w: u64) {
        self.check([&*a, b]);
        debug_assert!(w < self.value(), "a residue as constant");
        self.kernels.sub_and_scale(self.modulus(), a, b, w);
    }

    /// `out = w_0 y_0 + w_1 y_1 + ...` for residues w: base conversion. The words of `y_i`, residues of other primes perhaps,
    /// are below `limits_i`, which is at most 2^61. Reduced once for every 64 terms.
    ///
    /// # Panics
    /// When there are not as many weights and limits as terms.
    pub fn linear(&self, out: &mut [u64], terms: &[&[u64]], weights: &[u64], limits: &[u64]) {
        assert_eq!(terms.len(), weights.len(), "as many weights as terms");
        assert_eq!(terms.len(), limits.len(), "as many limits as terms");
        self.check([&*out]);
        terms.iter().for_each(|y| self.check([y]));
        debug_assert!(weights.iter().all(|w| *w < self.value()), "residues as weights");
        let mut parts = terms.chunks(MAX_TERMS).zip(weights.chunks(MAX_TERMS)).zip(limits.chunks(MAX_TERMS));
        let ((first, w), limited) = parts.next().unwrap_or_default();
        self.kernels.linear(self.modulus(), out, first, w, limited);
        for ((terms, weights), limits) in parts {
            let mut sum = vec![0; self.degree()];
            self.kernels.linear(self.modulus(), &mut sum, terms, weights, limits);
            self.kernels.add(self.modulus(), out, &sum);
        }
    }

    /// Residues modulo `from`, taken as numbers in `[-from/2, from/2)`, become residues modulo q.
    pub fn lift(&self, out: &mut [u64], a: &[u64], from: &Modulus) {
        self.check([&*out, a]);
        // Half of it is most often smaller than q: then nothing has to be reduced.
        if from.value() >> 1 < self.value() {
            loops::lift_small(out, a, from.value(), self.value());
        } else {
            self.kernels.lift(self.modulus(), out, a, from.value());
        }
    }

    /// Whether every word is below q. Stops nowhere early, but whether it holds is public.
    pub fn is_reduced(&self, a: &[u64]) -> bool {
        self.check([a]);
        let q = self.value();
        a.iter().fold(true, |reduced, x| reduced & (*x < q))
    }

    fn check<const ROWS: usize>(&self, rows: [&[u64]; ROWS]) {
        for row in rows {
            assert_eq!(row.len(), self.degree(), "as many words as the degree");
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::ring::largest_primes;

    const DEGREE: usize = 1024;

    /// Primes of several sizes on every backend.
    fn primes() -> Vec<Prime> {
        let mut found = Vec::new();
        for bits in [20, 30, 40, 49, 50, 51, 55, 60, 61] {
            let q = largest_primes(DEGREE, bits, 1, &[]).unwrap()[0];
            for backend in Backend::available(&Modulus::new(q).unwrap()) {
                found.push(Prime::on(backend, DEGREE, q).unwrap());
            }
        }
        found
    }

    /// Words below the bound: random ones, and the extremes at the start and at the end.
    fn row(bound: u64, seed: u64) -> Vec<u64> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut row: Vec<u64> = (0..DEGREE).map(|_| rng.next_u64() % bound).collect();
        row[..2].copy_from_slice(&[0, bound - 1]);
        row[DEGREE - 3..].copy_from_slice(&[bound - 1, bound / 2, 1]);
        row
    }

    /// Inputs of each kind: random ones, and the largest everywhere.
    fn rows(bound: u64, seed: u64) -> [Vec<u64>; 2] {
        [row(bound, seed), vec![bound - 1; DEGREE]]
    }

    /// Checks one operation against what it is by definition, word by word.
    fn check(prime: &Prime, out: &[u64], expected: impl Fn(usize) -> u128) {
        let q = u128::from(prime.value());
        for (i, out) in out.iter().enumerate() {
            assert_eq!(u128::from(*out), expected(i) % q, "{:?} {q} word {i}", prime.backend());
        }
    }

    #[test]
    fn sums_and_products() {
        for prime in primes() {
            let q = prime.value();
            for (a, b) in rows(q, 1).iter().zip(rows(q, 2)) {
                let (x, y) = (|i: usize| u128::from(a[i]), |i: usize| u128::from(b[i]));
                let difference = |i| x(i) + u128::from(q) - y(i);
                let with = |f: &dyn Fn(&mut [u64])| {
                    let mut out = a.clone();
                    f(&mut out);
                    out
                };
                check(&prime, &with(&|a| prime.add(a, &b)), |i| x(i) + y(i));
                check(&prime, &with(&|out| prime.add_to(out, a, &b)), |i| x(i) + y(i));
                check(&prime, &with(&|a| prime.sub(a, &b)), difference);
                check(&prime, &with(&|out| prime.sub_to(out, a, &b)), difference);
                check(&prime, &with(&|a| prime.neg(a)), |i| u128::from(q) - x(i));
                check(&prime, &with(&|a| prime.mul(a, &b)), |i| x(i) * y(i));
                check(&prime, &with(&|out| prime.mul_to(out, a, &b)), |i| x(i) * y(i));
                check(&prime, &with(&|acc| prime.mul_add(acc, a, &b)), |i| x(i) + x(i) * y(i));
            }
        }
    }

    #[test]
    fn constants() {
        for prime in primes() {
            let q = prime.value();
            for (a, b) in rows(q, 3).iter().zip(rows(q, 4)) {
                for w in [0, 1, q / 2, q - 1] {
                    let (x, y, wide) =
                        (|i: usize| u128::from(a[i]), |i: usize| u128::from(b[i]), u128::from(w));
                    let mut out = a.clone();
                    prime.scale(&mut out, w);
                    check(&prime, &out, |i| x(i) * wide);
                    let mut out = a.clone();
                    prime.add_scaled(&mut out, &b, w);
                    check(&prime, &out, |i| x(i) + y(i) * wide);
                    let mut out = a.clone();
                    prime.sub_and_scale(&mut out, &b, w);
                    check(&prime, &out, |i| (x(i) + u128::from(q) - y(i)) * wide);
                }
            }
        }
    }

    #[test]
    fn many_terms() {
        for prime in primes() {
            let q = prime.value();
            for count in [0, 1, 2, 3, 8, 17, 63, 64, 65, 130] {
                for kind in 0..2 {
                    let a: Vec<_> = (0..count).map(|i| rows(q, i)[kind].clone()).collect();
                    let b: Vec<_> = (0..count).map(|i| rows(q, !i)[kind].clone()).collect();
                    let terms: Vec<_> = a.iter().zip(&b).map(|(a, b)| (&a[..], &b[..])).collect();
                    let mut out = vec![u64::MAX; DEGREE];
                    prime.sum_of_products(&mut out, &terms);
                    check(&prime, &out, |i| {
                        terms.iter().map(|(a, b)| u128::from(a[i]) * u128::from(b[i]) % u128::from(q)).sum()
                    });

                    let weights: Vec<u64> = b.iter().map(|b| b[7]).collect();
                    for bits in [&[61][..], &[52], &[52, 61], &[50], &[61, 50, 6], &[40]] {
                        let limits: Vec<u64> =
                            bits.iter().cycle().take(b.len()).map(|bits| 1 << bits).collect();
                        let y = limits.iter().zip(0..).map(|(limit, i)| rows(*limit, i)[kind].clone());
                        let y: Vec<_> = y.collect();
                        let y: Vec<&[u64]> = y.iter().map(|y| &y[..]).collect();
                        let mut out = vec![u64::MAX; DEGREE];
                        prime.linear(&mut out, &y, &weights, &limits);
                        check(&prime, &out, |i| {
                            let terms = y.iter().zip(&weights);
                            terms.map(|(y, w)| u128::from(y[i]) * u128::from(*w) % u128::from(q)).sum()
                        });
                    }

                    let c: Vec<_> = (0..count).map(|i| rows(q, i + 300)[kind].clone()).collect();
                    let terms: Vec<_> = a
                        .iter()
                        .zip(b.iter().zip(&c))
                        .map(|(a, (b, c))| (&a[..], [&b[..], &c[..]]))
                        .collect();
                    let x = &rows(q, 99)[kind];
                    for more in
                        [[None, None], [Some((&x[..], q - 1)), None], [Some((x, 1)), Some((x, q / 3))]]
                    {
                        let mut out = [vec![u64::MAX; DEGREE], vec![u64::MAX; DEGREE]];
                        prime.pair_of_sums(out.each_mut().map(|out| &mut out[..]), &terms, more);
                        for (half, out) in out.iter().enumerate() {
                            check(&prime, out, |i| {
                                let terms = terms.iter().map(|(a, b)| (a[i], b[half][i]));
                                let more = more[half].map(|(x, w)| (x[i], w));
                                let products = terms.chain(more);
                                products.map(|(a, b)| u128::from(a) * u128::from(b) % u128::from(q)).sum()
                            });
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn lifted_residues_are_the_centred_ones() {
        let sources = [3, 12_289, (1 << 31) - 1, 1_099_511_590_913, (1 << 50) - 27, (1 << 61) - 1];
        for prime in primes() {
            for from in sources.into_iter().chain([prime.value()]).map(|q| Modulus::new(q).unwrap()) {
                let mut a = row(from.value(), 5);
                a[2..4].copy_from_slice(&[from.value() / 2, from.value() / 2 + 1]);
                let mut out = vec![0; DEGREE];
                prime.lift(&mut out, &a, &from);
                check(&prime, &out, |i| {
                    let (x, from) = (i128::from(a[i]), i128::from(from.value()));
                    let centred = if 2 * x > from { x - from } else { x };
                    centred.rem_euclid(i128::from(prime.value())).unsigned_abs()
                });
            }
        }
    }

    #[test]
    fn words_above_are_seen() {
        for prime in primes() {
            let q = prime.value();
            for at in [0, DEGREE / 2, DEGREE - 1] {
                let mut a = vec![q - 1; DEGREE];
                assert!(prime.is_reduced(&a));
                for above in [q, u64::MAX] {
                    a[at] = above;
                    assert!(!prime.is_reduced(&a));
                }
            }
        }
    }

    #[test]
    fn transforms_are_those_of_the_prime() {
        for prime in primes() {
            let a = row(prime.value(), 6);
            let (mut x, mut y) = (a.clone(), a.clone());
            prime.forward(&mut x);
            prime.clone().transform().forward(&mut y);
            assert_eq!(x, y);
            prime.inverse(&mut x);
            assert_eq!(x, a);
        }
    }

    #[test]
    #[should_panic(expected = "as many words as the degree")]
    fn rows_of_another_length_are_refused() {
        primes()[0].add(&mut vec![0; DEGREE], &vec![0; DEGREE / 2]);
    }
}
