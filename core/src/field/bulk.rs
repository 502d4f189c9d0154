//! What protocols on long vectors need of a field.
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::{Field, Fp61, Fp192, fp192::Fp192Sum};
use crate::secret::declassify;

/// A prime field, 3 modulo 4, with operations on whole vectors.
///
/// # Timing
/// Constant in the values, as all of [`Field`].
pub trait BulkField: Field {
    /// A sum of products, reduced once.
    fn sum_of_products(pairs: impl Iterator<Item = (Self, Self)>) -> Self;

    /// Adds `factor` times each value to the sum at its place.
    fn add_multiple(sums: &mut [Self], factor: Self, values: &[Self]) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = *sum + factor * *value;
        }
    }

    /// Whether two vectors of one length are the same.
    fn all_equal(left: &[Self], right: &[Self]) -> Choice {
        left.iter().zip(right).fold(Choice::from(1), |same, (a, b)| same & a.ct_eq(b))
    }

    /// Uniformly random elements from a stream of uniformly random words. What is no element is drawn again, so that the
    /// same stream gives the same elements to everybody.
    fn draw(words: impl FnMut(&mut [u64]), out: &mut [Self]);

    /// `1 / sqrt(v)` for a square v that is not zero, up to its sign.
    fn inverse_sqrt(self) -> Self;
}

/// Words that are on the stack at once.
const CHUNK: usize = 512;

/// Elements made from `N` words each, where `make` gives something else than 0 with what is no element.
fn draw<F: Field, const N: usize>(
    mut words: impl FnMut(&mut [u64]),
    out: &mut [F],
    make: impl Fn([u64; N]) -> (F, u64),
) {
    let mut buffer = [0; CHUNK];
    for piece in out.chunks_mut(CHUNK / N) {
        let buffer = &mut buffer[..piece.len() * N];
        words(buffer);
        let mut refused = 0;
        for (element, words) in piece.iter_mut().zip(buffer.as_chunks().0) {
            let (value, over) = make(*words);
            *element = value;
            refused |= over;
        }
        if declassify(refused.ct_eq(&0)) {
            continue;
        }
        for (element, candidate) in piece.iter_mut().zip(buffer.as_chunks().0) {
            let mut candidate = *candidate;
            while !declassify(make(candidate).1.ct_eq(&0)) {
                words(&mut candidate);
                *element = make(candidate).0;
            }
        }
    }
    buffer.zeroize();
}

impl BulkField for Fp61 {
    /// Products have 122 bits, so 32 of them and a rest of 67 bits fit 128 bits.
    #[inline]
    fn sum_of_products(mut pairs: impl Iterator<Item = (Self, Self)>) -> Self {
        let mut sum = 0_u128;
        loop {
            let mut terms = 0;
            for (a, b) in pairs.by_ref().take(32) {
                sum = sum.wrapping_add(u128::from(a.to_u64()).wrapping_mul(u128::from(b.to_u64())));
                terms += 1;
            }
            sum = (sum & u128::from(Self::MODULUS)).wrapping_add(sum >> 61);
            if terms < 32 {
                return Self::from_u128(sum);
            }
        }
    }

    fn add_multiple(sums: &mut [Self], factor: Self, values: &[Self]) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = factor.mul_add(*value, *sum);
        }
    }

    fn all_equal(left: &[Self], right: &[Self]) -> Choice {
        left.iter().zip(right).fold(0, |differ, (a, b)| differ | (a.to_u64() ^ b.to_u64())).ct_eq(&0)
    }

    fn draw(words: impl FnMut(&mut [u64]), out: &mut [Self]) {
        draw(words, out, |[word]| {
            let candidate = word >> 3;
            (Self::from_u64(candidate), candidate.wrapping_add(1) >> 61)
        });
    }

    /// The power (p - 3) / 4.
    fn inverse_sqrt(self) -> Self {
        self.inverse_sqrt()
    }
}

impl BulkField for Fp192 {
    #[inline]
    fn sum_of_products(pairs: impl Iterator<Item = (Self, Self)>) -> Self {
        let mut sum = Fp192Sum::default();
        pairs.for_each(|(a, b)| sum.add(a, b));
        sum.reduced()
    }

    fn draw(words: impl FnMut(&mut [u64]), out: &mut [Self]) {
        draw(words, out, Self::or_too_large);
    }

    fn inverse_sqrt(self) -> Self {
        self.inverse_sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::{
        ChaCha20Rng,
        rand_core::{Rng, SeedableRng},
    };

    fn sums_agree<F: BulkField + PartialEq>(values: &[(u64, u64)]) {
        let pairs = || values.iter().map(|(a, b)| (-F::from_u64(*a), F::from_u64(*b)));
        let one_by_one = pairs().fold(F::ZERO, |sum, (a, b)| sum + a * b);
        assert_eq!(F::sum_of_products(pairs()), one_by_one);
    }

    proptest! {
        #[test]
        fn sums_are_reduced_once(values in proptest::collection::vec(any::<(u64, u64)>(), 0..100)) {
            sums_agree::<Fp61>(&values);
            sums_agree::<Fp192>(&values);
        }
    }

    fn vectors_agree<F: BulkField + PartialEq>() {
        let edges = [F::ZERO, F::ONE, -F::ONE, -F::from_u64(2), F::from_u64(u64::MAX)];
        for factor in edges {
            for start in edges {
                let mut sums = [start; 5];
                F::add_multiple(&mut sums, factor, &edges);
                assert!(sums == edges.map(|value| start + factor * value));
            }
        }
        let mut other = edges;
        assert!(bool::from(F::all_equal(&edges, &other)));
        for place in 0..5 {
            other[place] = other[place] + F::ONE;
            assert!(!bool::from(F::all_equal(&edges, &other)));
            other = edges;
        }
    }

    #[test]
    fn vectors_are_added_and_compared() {
        vectors_agree::<Fp61>();
        vectors_agree::<Fp192>();
    }

    #[test]
    fn sums_of_the_largest_products_do_not_overflow() {
        for length in [1, 31, 32, 33, 64, 1000] {
            sums_agree::<Fp61>(&vec![(1, Fp61::MODULUS - 1); length]);
            sums_agree::<Fp192>(&vec![(1, u64::MAX); length]);
        }
    }

    /// A stream in which some words are all ones.
    fn with_refused(every: usize) -> impl FnMut(&mut [u64]) {
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        let mut count = 0;
        move |out| {
            for word in out {
                *word = if count % every < 3 { u64::MAX } else { rng.next_u64() };
                count += 1;
            }
        }
    }

    #[test]
    fn what_is_no_element_is_drawn_again() {
        let mut out = vec![Fp61::ZERO; 3000];
        Fp61::draw(with_refused(50), &mut out);
        assert!(out.iter().all(|x| x.to_u64() != 0), "61 ones would be taken for zero");
        let mut out = vec![Fp192::ZERO; 3000];
        Fp192::draw(with_refused(51), &mut out);
        assert!(out.iter().all(|x| *x != Fp192::ZERO), "nor are the remains of a word");
    }

    #[test]
    fn drawn_elements_fill_the_field() {
        let mut rng = ChaCha20Rng::from_seed([6; 32]);
        let mut out = vec![Fp61::ZERO; 16_000];
        Fp61::draw(|words| words.iter_mut().for_each(|word| *word = rng.next_u64()), &mut out);
        let mut bins = [0_u32; 16];
        out.iter().for_each(|x| bins[usize::try_from(x.to_u64() >> 57).unwrap()] += 1);
        let chi: f64 = bins.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 48.8, "{chi}");
    }

    #[test]
    fn roots_of_squares_are_inverted() {
        for value in [1, 2, 3, u64::MAX] {
            let x = Fp61::from_u64(value);
            let root = BulkField::inverse_sqrt(x * x);
            assert_eq!(root * root * x * x, Fp61::ONE, "{value}");
        }
    }
}
