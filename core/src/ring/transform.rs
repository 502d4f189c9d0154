//! The negacyclic number-theoretic transform: values of a polynomial at the primitive 2N-th roots of unity.
//!
//! Values stand in bit-reversed order: value i is the one at `psi^(2 r(i) + 1)`, where r reverses the log2(N) bits
//! of i. The transforms merge the powers of psi into the butterflies (Longa, Naehrig, "Speeding up the number
//! theoretic transform for faster ideal lattice-based cryptography", CANS 2016, Alg. 1 and 2) and reduce lazily
//! (Harvey, J. Symb. Comput. 60 (2014), Alg. 4 and 5).
use super::{MAX_LOG_DEGREE, MIN_LOG_DEGREE, Modulus, backend::Backend};
use crate::error::{Error, ErrorKind, Result};

/// The transform for one degree and one prime.
pub struct Transform {
    modulus: Modulus,
    backend: Backend,
    root: u64,
    forward: Twiddles,
    inverse: Twiddles,
    last: Ending,
}

/// With what an inverse transform ends: `w/N` and `w psi^-(N/2) / N`, where w is what the result is multiplied by.
#[derive(Clone, Copy)]
pub(super) struct Ending([Factor; 2]);

/// A fixed factor w with `floor(w 2^shift / q)`, where the shift is the backend's.
#[derive(Clone, Copy)]
pub(super) struct Factor {
    pub(super) w: u64,
    pub(super) quotient: u64,
}

/// Factors of the butterflies: number `m + i` is for block i of the stage with m blocks, as in a heap.
///
/// For backends with lanes the last three stages have theirs transposed: see [`Twiddles::lanes`].
pub(super) struct Twiddles {
    /// All w from `start` on, then all their quotients. Both begin at the start of a cache line.
    words: Box<[u64]>,
    start: usize,
    count: usize,
}

impl Twiddles {
    fn new(modulus: &Modulus, backend: Backend, mut w: Vec<u64>) -> Self {
        let count = w.len();
        if backend.has_lanes() {
            for (stage, log_step) in [(count / 8, 0), (count / 4, 1), (count / 2, 2)] {
                for group in w[stage..2 * stage].chunks_exact_mut(LANES << log_step) {
                    let natural = group.to_vec();
                    for (i, w) in group.iter_mut().enumerate() {
                        *w = natural[((i % LANES) << log_step) + i / LANES];
                    }
                }
            }
        }
        let mut words = vec![0; 2 * count + LANES].into_boxed_slice();
        // Only speed depends on where the allocation happens to be.
        let start = words.as_ptr().align_offset(64).min(LANES);
        for (i, w) in w.into_iter().enumerate() {
            words[start + i] = w;
            words[start + count + i] = modulus.quotient(w, backend.shift());
        }
        Self { words, start, count }
    }

    #[inline(always)]
    pub(super) fn get(&self, i: usize) -> Factor {
        let (w, quotients) = self.words[self.start..].split_at(self.count);
        Factor { w: w[i], quotient: quotients[i] }
    }

    /// Eight factors and their quotients. Let block i of a stage be cut in eight, and those in halves, twice: then
    /// `lanes(m + i)` are for the eighths, `lanes(2 (m + i))` for the first halves of all eight of them, and so on.
    #[inline(always)]
    pub(super) fn lanes(&self, i: usize) -> (&[u64; LANES], &[u64; LANES]) {
        let (w, quotients) = self.words[self.start..].split_at(self.count);
        (&w.as_chunks().0[i], &quotients.as_chunks().0[i])
    }
}

/// What vectors hold.
const LANES: usize = 8;

impl Transform {
    /// The transform of `degree` coefficients modulo a prime that is 1 modulo `2 * degree`, on the fastest backend.
    ///
    /// # Errors
    /// `InvalidParams` when the degree is not a power of two between 2^10 and 2^16, or the prime does not fit it.
    pub fn new(degree: usize, modulus: Modulus) -> Result<Self> {
        Self::on(Backend::fastest(&modulus), degree, modulus)
    }

    /// The same on a backend of the caller's choice, one of [`Backend::available`].
    ///
    /// # Errors
    /// As [`Transform::new`]; `InvalidParams` when the backend does not take the prime or the machine does not run it.
    pub fn on(backend: Backend, degree: usize, modulus: Modulus) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidParams, what);
        let fits = degree.is_power_of_two() && (MIN_LOG_DEGREE..=MAX_LOG_DEGREE).contains(&degree.ilog2());
        if !fits {
            return Err(invalid("degree: a power of two from 2^10 to 2^16"));
        }
        if modulus.value() % (2 * degree as u64) != 1 {
            return Err(invalid("modulus: 1 modulo twice the degree"));
        }
        if !Backend::available(&modulus).contains(&backend) {
            return Err(invalid("backend: not for this machine or this modulus"));
        }
        let root = primitive_root(&modulus, degree);
        let inverse_root = modulus.invert(root);
        let twiddles = |root| Twiddles::new(&modulus, backend, powers(&modulus, root, degree));
        let inverse = twiddles(inverse_root);
        let last = Ending::new(&modulus, backend, &inverse, 1);
        Ok(Self { modulus, backend, root, forward: twiddles(root), inverse, last })
    }

    /// The kernels.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The prime.
    pub fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// The number of coefficients.
    pub fn degree(&self) -> usize {
        self.forward.count
    }

    /// The root of unity psi: the first of `2^e, 3^e, ...` that is primitive, where `e = (q - 1) / 2N`.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// Coefficients to values, in place. Residues are below q before and after.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub fn forward(&self, a: &mut [u64]) {
        assert_eq!(a.len(), self.degree(), "as many coefficients as the degree");
        self.backend.kernels().forward(&self.modulus, &self.forward, a);
    }

    /// Values to coefficients, in place: the inverse of [`Transform::forward`].
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub fn inverse(&self, a: &mut [u64]) {
        self.inverse_times(a, &self.last);
    }

    /// What [`Transform::inverse_times`] takes for the residue w.
    pub(super) fn ending(&self, w: u64) -> Ending {
        Ending::new(&self.modulus, self.backend, &self.inverse, w)
    }

    /// As [`Transform::inverse`], and every coefficient multiplied by the residue that the ending is for.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub(super) fn inverse_times(&self, a: &mut [u64], Ending(last): &Ending) {
        assert_eq!(a.len(), self.degree(), "as many values as the degree");
        self.backend.kernels().inverse(&self.modulus, &self.inverse, last, a, None);
    }

    /// As [`Transform::inverse_times`], of the values `a`, which stay.
    ///
    /// # Panics
    /// When there are not as many as the degree says.
    pub(super) fn inverse_times_to(&self, out: &mut [u64], a: &[u64], Ending(last): &Ending) {
        assert!(out.len() == self.degree() && a.len() == self.degree(), "as many values as the degree");
        self.backend.kernels().inverse(&self.modulus, &self.inverse, last, out, Some(a));
    }
}

impl Ending {
    fn new(modulus: &Modulus, backend: Backend, inverse: &Twiddles, w: u64) -> Self {
        let first = modulus.mul(w, modulus.invert(inverse.count as u64));
        let factor = |w| Factor { w, quotient: modulus.quotient(w, backend.shift()) };
        Self([first, modulus.mul(first, inverse.get(1).w)].map(factor))
    }
}

/// A primitive root of unity of order `2 degree`, the same on every machine.
fn primitive_root(modulus: &Modulus, degree: usize) -> u64 {
    let (degree, q) = (degree as u64, modulus.value());
    // Half of all elements qualify: those that are no squares.
    let mut candidates = (2..q).map(|x| modulus.pow_vartime(x, (q - 1) / (2 * degree)));
    candidates.find(|root| modulus.pow_vartime(*root, degree) == q - 1).unwrap_or(q - 1)
}

/// The powers of `root` from 0 to `degree - 1`, exponents in bit-reversed order.
fn powers(modulus: &Modulus, root: u64, degree: usize) -> Vec<u64> {
    let mut ordered = vec![1; degree];
    for i in 1..degree {
        ordered[i] = modulus.mul(ordered[i - 1], root);
    }
    (0..degree).map(|i| ordered[reverse(i, degree.ilog2())]).collect()
}

/// The lowest `bits` bits of `i` in reverse order.
pub(super) fn reverse(i: usize, bits: u32) -> usize {
    i.reverse_bits() >> (usize::BITS - bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::ring::largest_primes;

    /// Primes of several sizes that are 1 modulo 2^17.
    fn moduli() -> Vec<Modulus> {
        [20, 30, 40, 49, 50, 51, 55, 60]
            .into_iter()
            .map(|bits| Modulus::new(largest_primes(1 << 14, bits, 2, &[]).unwrap()[1]).unwrap())
            .collect()
    }

    fn random(modulus: &Modulus, degree: usize, seed: u64) -> Vec<u64> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        (0..degree).map(|_| modulus.reduce(rng.next_u64())).collect()
    }

    /// `a b mod X^N + 1` by definition.
    fn schoolbook(modulus: &Modulus, a: &[u64], b: &[u64]) -> Vec<u64> {
        let degree = a.len();
        let mut product = vec![0; degree];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                let (k, term) = ((i + j) % degree, modulus.mul(*x, *y));
                product[k] = if i + j < degree {
                    modulus.add(product[k], term)
                } else {
                    modulus.sub(product[k], term)
                };
            }
        }
        product
    }

    #[test]
    fn values_are_those_at_the_roots() {
        for modulus in moduli() {
            let degree = 1024;
            let a = random(&modulus, degree, 1);
            for backend in Backend::available(&modulus) {
                let transform = Transform::on(backend, degree, modulus).unwrap();
                let mut values = a.clone();
                transform.forward(&mut values);
                for i in [0, 1, 2, 3, 511, 512, 1000, 1023] {
                    let exponent = 2 * reverse(i, 10) as u64 + 1;
                    let x = modulus.pow_vartime(transform.root(), exponent);
                    let value = a.iter().rev().fold(0, |sum, c| modulus.add(modulus.mul(sum, x), *c));
                    assert_eq!(values[i], value, "{backend:?} {} value {i}", modulus.value());
                }
            }
        }
    }

    #[test]
    fn products_of_values_are_negacyclic_products() {
        let degree = 1024;
        for modulus in moduli() {
            let (a, b) = (random(&modulus, degree, 2), random(&modulus, degree, 3));
            let expected = schoolbook(&modulus, &a, &b);
            for backend in Backend::available(&modulus) {
                let transform = Transform::on(backend, degree, modulus).unwrap();
                let (mut x, mut y) = (a.clone(), b.clone());
                transform.forward(&mut x);
                transform.forward(&mut y);
                let mut product: Vec<u64> = x.iter().zip(&y).map(|(x, y)| modulus.mul(*x, *y)).collect();
                transform.inverse(&mut product);
                assert_eq!(product, expected, "{backend:?} {}", modulus.value());
            }
        }
    }

    #[test]
    fn backends_agree_at_every_degree_and_on_extremes() {
        for log_degree in MIN_LOG_DEGREE..=MAX_LOG_DEGREE {
            let degree = 1 << log_degree;
            for bits in [40, 50, 60] {
                let q = largest_primes(degree, bits, 1, &[]).unwrap()[0];
                let modulus = Modulus::new(q).unwrap();
                let transforms: Vec<_> = Backend::available(&modulus)
                    .into_iter()
                    .map(|backend| Transform::on(backend, degree, modulus).unwrap())
                    .collect();
                for a in [random(&modulus, degree, 4), vec![0; degree], vec![q - 1; degree]] {
                    let mut expected = a.clone();
                    transforms[0].forward(&mut expected);
                    for transform in &transforms {
                        let mut values = a.clone();
                        transform.forward(&mut values);
                        assert_eq!(values, expected, "{:?} {degree} {q}", transform.backend);
                        let mut elsewhere = vec![u64::MAX; degree];
                        transform.inverse_times_to(&mut elsewhere, &values, &transform.last);
                        assert_eq!(
                            (&values, &elsewhere),
                            (&expected, &a),
                            "{:?} {degree} {q}",
                            transform.backend
                        );
                        transform.inverse(&mut values);
                        assert_eq!(values, a, "{:?} {degree} {q}", transform.backend);
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let modulus = Modulus::new(largest_primes(1024, 40, 1, &[]).unwrap()[0]).unwrap();
        for degree in [0, 1, 512, 1000, 1 << 17] {
            assert_eq!(
                Transform::new(degree, modulus).err().map(|e| e.kind()),
                Some(ErrorKind::InvalidParams)
            );
        }
        let foreign = Modulus::new((1 << 61) - 1).unwrap();
        assert_eq!(Transform::new(1024, foreign).err().map(|e| e.kind()), Some(ErrorKind::InvalidParams));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn transforms_are_linear(seed: u64, bits in 20_u32..=60, c: u64) {
            let modulus = Modulus::new(largest_primes(1024, bits, 1, &[]).unwrap()[0]).unwrap();
            let transform = Transform::new(1024, modulus).unwrap();
            let (a, b, c) = (random(&modulus, 1024, seed), random(&modulus, 1024, !seed), modulus.reduce(c));
            let combine = |a: &[u64], b: &[u64]| -> Vec<u64> {
                a.iter().zip(b).map(|(a, b)| modulus.add(modulus.mul(*a, c), *b)).collect()
            };
            let mut sum = combine(&a, &b);
            transform.forward(&mut sum);
            let (mut x, mut y) = (a, b);
            transform.forward(&mut x);
            transform.forward(&mut y);
            prop_assert_eq!(sum, combine(&x, &y));
        }
    }
}
