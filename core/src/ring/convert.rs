//! From residues modulo some primes to residues modulo others.
//!
//! Letters: D is the product of the primes `d_1, .., d_k` that residues come from, and `y_j = x_j (D / d_j)^-1 mod d_j`.
//! Then `x = sum y_j D / d_j - v D`, where v is a small number: the fast conversion leaves it out.
use super::{
    Prime,
    backend::loops::{self, Reciprocal},
    basis::each_row,
    poly::{Coefficients, Poly},
    transform::Ending,
};

/// Converts from one list of primes to another, with precomputed constants.
///
/// Residues stand for the centred number x modulo D; [`Conversion::exact`] gives its residues modulo other primes, and
/// [`Conversion::fast`] those of some `x + u D`.
///
/// # Timing
/// Constant in the residues; varies with the numbers of primes.
///
/// # Source
/// Bajard, Eynard, Hasan, Zucca, "A full RNS variant of FV like somewhat homomorphic encryption schemes", SAC 2016, §2;
/// Halevi, Polyakov, Shoup, "An improved RNS variant of the BFV homomorphic encryption scheme", ePrint 2018/117, §2. Theirs
/// takes v from floating-point numbers, ours from fractions of 57 bits.
#[derive(Clone)]
pub struct Conversion {
    from: Box<[Prime]>,
    to: Box<[Prime]>,
    /// `(D / d_j)^-1 mod d_j`.
    factors: Box<[u64]>,
    /// The same, for inverse transforms.
    endings: Box<[Ending]>,
    reciprocals: Box<[Reciprocal]>,
    /// What words of the terms are below: each prime, then more than v can be.
    limits: Box<[u64]>,
    /// For each prime that is converted to: `D / d_j` for each j, then `-D`.
    weights: Box<[Box<[u64]>]>,
}

impl Conversion {
    /// At most so many primes can be converted from.
    pub const MAX_FROM: usize = 63;

    /// The conversion from the primes `from` to the primes `to`.
    ///
    /// # Panics
    /// When there are no primes to convert from, or more than [`Conversion::MAX_FROM`].
    pub fn new(from: &[Prime], to: &[Prime]) -> Self {
        assert!((1..=Self::MAX_FROM).contains(&from.len()), "primes to convert from");
        let others = |j: usize| from.iter().enumerate().filter(move |(i, _)| *i != j).map(|(_, d)| d.value());
        let product = |modulus: &super::Modulus, values: &mut dyn Iterator<Item = u64>| {
            values.fold(1, |product, d| modulus.mul(product, modulus.reduce(d)))
        };
        let factors = from.iter().enumerate().map(|(j, d)| {
            let modulus = d.modulus();
            modulus.invert(product(modulus, &mut others(j)))
        });
        let factors: Box<[u64]> = factors.collect();
        let weights = to.iter().map(|prime| {
            let q = prime.modulus();
            let mut weights: Vec<u64> = (0..from.len()).map(|j| product(q, &mut others(j))).collect();
            weights.push(q.neg(product(q, &mut from.iter().map(Prime::value))));
            weights.into()
        });
        Self {
            endings: from.iter().zip(&factors).map(|(d, w)| d.transform().ending(*w)).collect(),
            factors,
            weights: weights.collect(),
            limits: from.iter().map(Prime::value).chain([from.len() as u64 + 1]).collect(),
            reciprocals: from.iter().map(|d| Reciprocal::new(d.modulus())).collect(),
            from: from.into(),
            to: to.into(),
        }
    }

    /// The primes that residues come from.
    pub fn from(&self) -> &[Prime] {
        &self.from
    }

    /// The primes that residues go to.
    pub fn to(&self) -> &[Prime] {
        &self.to
    }

    /// Residues of `x + u D` for one integer u of each coefficient: `|x + u D| < k D`, and at most `D/2` when k is 1.
    /// The words `x` are overwritten.
    ///
    /// # Panics
    /// When `x` or `out` has not as many rows as there are primes.
    pub fn fast(&self, x: &mut [u64], out: &mut Poly<Coefficients>) {
        self.check(x.len(), out);
        self.prepare(x);
        each_row(out.degree(), out.words_mut(), WORDS, |i, row| self.fast_row(i, x, row));
    }

    /// Residues of the centred number: `|x| <= (1/2 + k 2^-56) D`, and at most `D/2` when k is 1. The words `x` are
    /// overwritten.
    ///
    /// # Panics
    /// When `x` or `out` has not as many rows as there are primes.
    pub fn exact(&self, x: &mut [u64], out: &mut Poly<Coefficients>) {
        self.check(x.len(), out);
        let mut excess = Poly::<Coefficients>::unset(out.degree(), 1);
        self.prepare(x);
        self.excess(x, excess.words_mut());
        each_row(out.degree(), out.words_mut(), WORDS, |i, row| self.exact_row(i, x, excess.words(), row));
    }

    /// First step, for callers that want one row at a time: `x_j` becomes `y_j`, in place.
    ///
    /// # Panics
    /// When there are not as many rows as primes to convert from.
    pub fn prepare(&self, x: &mut [u64]) {
        if let [d] = &self.from[..] {
            assert_eq!(x.len(), d.degree(), "one row");
            return;
        }
        assert_eq!(x.len(), self.from.len() * self.from[0].degree(), "a row for each prime to convert from");
        for ((row, prime), factor) in
            x.chunks_exact_mut(self.from[0].degree()).zip(&self.from).zip(&self.factors)
        {
            prime.scale(row, *factor);
        }
    }

    /// First step for one row, from values: `x_j` becomes the coefficients of `y_j`, in place.
    ///
    /// # Panics
    /// When there is no such prime, or the row is of another length.
    pub fn prepare_values(&self, j: usize, x: &mut [u64]) {
        self.from[j].transform().inverse_times(x, &self.endings[j]);
    }

    /// First step for one row, from values `x` that stay: the coefficients of `y_j`.
    ///
    /// # Panics
    /// When there is no such prime, or a row is of another length.
    pub fn prepare_values_to(&self, j: usize, out: &mut [u64], x: &[u64]) {
        self.from[j].transform().inverse_times_to(out, x, &self.endings[j]);
    }

    /// Second step of the exact conversion, after the first on every row: v for each coefficient. With one prime nothing
    /// is needed or written.
    ///
    /// # Panics
    /// When `v` is not one row.
    pub fn excess(&self, y: &[u64], v: &mut [u64]) {
        if self.from.len() > 1 {
            assert_eq!(v.len(), self.from[0].degree(), "one row");
            loops::round_sum(v, y, &self.reciprocals);
        }
    }

    /// Last step of the fast conversion: the residues modulo prime i of those converted to.
    ///
    /// # Panics
    /// When there is no such prime, or rows are of another length.
    pub fn fast_row(&self, i: usize, y: &[u64], out: &mut [u64]) {
        match &self.from[..] {
            [d] => self.to[i].lift(out, y, d.modulus()),
            from => self.combine(i, y, from.len(), &[], out),
        }
    }

    /// Last step of the exact conversion: the residues modulo prime i of those converted to.
    ///
    /// # Panics
    /// When there is no such prime, or rows are of another length.
    pub fn exact_row(&self, i: usize, y: &[u64], v: &[u64], out: &mut [u64]) {
        match &self.from[..] {
            [d] => self.to[i].lift(out, y, d.modulus()),
            from => self.combine(i, y, from.len() + 1, v, out),
        }
    }

    fn combine(&self, i: usize, y: &[u64], count: usize, v: &[u64], out: &mut [u64]) {
        let mut terms: [&[u64]; Self::MAX_FROM + 1] = [&[]; Self::MAX_FROM + 1];
        terms[self.from.len()] = v;
        for (term, row) in terms.iter_mut().zip(y.chunks_exact(out.len())) {
            *term = row;
        }
        self.to[i].linear(out, &terms[..count], &self.weights[i][..count], &self.limits[..count]);
    }

    fn check(&self, words: usize, out: &Poly<Coefficients>) {
        assert_eq!(words, self.from.len() * out.degree(), "a row for each prime to convert from");
        assert_eq!(out.rows(), self.to.len(), "a row for each prime to convert to");
    }
}

/// From so many words on rows are spread over cores.
const WORDS: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use num_bigint::{BigInt, Sign};

    use super::*;
    use crate::ring::basis::tests::{DEGREE, basis, centred, lifted, numbers, product, residue, residues};

    const FROM: [&[u32]; 5] = [&[60], &[40, 40], &[61, 20, 50], &[60, 60, 60, 60], &[30; 12]];

    /// Numbers modulo the product, their residues, and the primes to convert to.
    fn cases() -> impl Iterator<Item = (Conversion, BigInt, Vec<BigInt>)> {
        FROM.iter().enumerate().map(|(i, bits)| {
            let (from, to) = (basis(bits), basis(&[59, 41, 49, 21]));
            let all = product(from.primes());
            let numbers = numbers(&all, i as u64);
            (Conversion::new(from.primes(), to.primes()), all, numbers)
        })
    }

    #[test]
    fn exact_conversions_are_of_the_centred_numbers() {
        for (conversion, all, numbers) in cases() {
            let mut x = residues(conversion.from(), &numbers);
            let mut out = Poly::zero(DEGREE, conversion.to().len());
            conversion.exact(x.words_mut(), &mut out);
            for (i, x) in numbers.iter().enumerate() {
                // Within 2^-52 of half the product, either neighbour will do.
                let from_half: BigInt = BigInt::from(x.magnitude().clone()) * 2 - &all;
                let near_half = conversion.from().len() > 1 && from_half.bits() + 51 < all.bits();
                let expected = |x: &BigInt| conversion.to().iter().map(|q| residue(x, q)).collect::<Vec<_>>();
                let found: Vec<u64> = out.iter().map(|row| row[i]).collect();
                let other = if x.sign() == Sign::Minus { x + &all } else { x - &all };
                assert!(found == expected(x) || near_half && found == expected(&other), "{x} {all}");
            }
        }
    }

    #[test]
    fn fast_conversions_are_off_by_a_small_multiple() {
        for (conversion, all, numbers) in cases() {
            let mut x = residues(conversion.from(), &numbers);
            let mut out = Poly::zero(DEGREE, conversion.to().len());
            conversion.fast(x.words_mut(), &mut out);
            // The primes that are converted to hold numbers of 168 bits.
            let found = lifted(conversion.to(), &out);
            let modulus = product(conversion.to());
            let count = conversion.from().len();
            for (x, found) in numbers.iter().zip(&found) {
                let fits = (0..=count).any(|u| &centred(&(x + &all * u), &modulus) == found);
                assert!(if count == 1 { &centred(x, &modulus) == found } else { fits }, "{x} {found}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a row for each prime to convert to")]
    fn other_shapes_are_refused() {
        let conversion = Conversion::new(basis(&[40]).primes(), basis(&[50, 51]).primes());
        conversion.fast(&mut [0; DEGREE], &mut Poly::zero(DEGREE, 1));
    }
}
