//! Polynomials by chance: uniform ones, secrets, errors.
use zeroize::Zeroize;

use super::{
    Basis, Prime,
    backend::{chacha, loops},
    basis::each_row,
    poly::{Poly, Values},
    xof::Xof,
};

/// Uniform residues: the next words, cut to as many bits as q has, those that are q or more left out.
///
/// # Timing
/// Varies with the words that are left out: for public residues.
pub fn uniform(xof: &mut Xof, prime: &Prime, out: &mut [u64]) {
    let (q, mask) = (prime.value(), u64::MAX >> (u64::BITS - prime.modulus().bits()));
    // Pieces that stay in the cache between the two passes.
    for piece in out.chunks_mut(4 * chacha::WORDS) {
        let mut done = 0;
        while done < piece.len() {
            let fresh = &mut piece[done..];
            xof.fill(fresh);
            done += loops::keep_below(fresh, mask, q);
        }
    }
}

/// Uniform numbers -1, 0, 1: `(3 w) >> 64` for a word w, minus 1. Each has probability 1/3 up to 2^-65.
///
/// # Timing
/// Constant.
pub fn ternary(xof: &mut Xof, out: &mut [i64]) {
    sample(xof, out, loops::ternary);
}

/// Errors of the centred binomial distribution of 21 pairs of coins: bits 0 to 20 of a word count up, bits 21 to 41 down. The
/// standard deviation is `sqrt(10.5) = 3.24`, and no error is above 21 in absolute value.
///
/// # Timing
/// Constant.
pub fn error(xof: &mut Xof, out: &mut [i64]) {
    sample(xof, out, loops::error);
}

/// A number from each word.
fn sample(xof: &mut Xof, out: &mut [i64], from_words: fn(&mut [i64], &[u64])) {
    let mut words = [0; 4 * chacha::WORDS];
    for piece in out.chunks_mut(words.len()) {
        let words = &mut words[..piece.len()];
        xof.fill(words);
        from_words(piece, words);
    }
    words.zeroize();
}

/// The uniform polynomial of a seed: row i has the stream number `stream << 16 | i`.
///
/// # Panics
/// When there are fewer primes than rows.
pub fn expand_uniform(seed: &[u8; 32], stream: u64, basis: &Basis, rows: usize) -> Poly<Values> {
    assert!(rows <= basis.len(), "no more rows than primes");
    let mut out = Poly::unset(basis.degree(), rows);
    expand_uniform_to(seed, stream, basis, &mut out);
    out
}

/// The same into a polynomial that is there.
///
/// # Panics
/// When it has more rows than there are primes.
pub fn expand_uniform_to(seed: &[u8; 32], stream: u64, basis: &Basis, out: &mut Poly<Values>) {
    assert!(out.rows() <= basis.len(), "no more rows than primes");
    each_row(out.degree(), out.words_mut(), WORDS, |i, row| {
        uniform(&mut Xof::new(seed, stream << 16 | i as u64), &basis.primes()[i], row);
    });
}

/// From so many words on rows are spread over cores.
const WORDS: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::basis::tests::{DEGREE, basis};

    const SEED: [u8; 32] = *b"distribution of sampled numbers.";

    fn samples(count: usize, sampler: fn(&mut Xof, &mut [i64])) -> Vec<i64> {
        let mut out = vec![0; count];
        sampler(&mut Xof::new(&SEED, 0), &mut out);
        out
    }

    /// The sum of `(found - expected)^2 / expected`.
    fn chi_square(found: &[f64], expected: &[f64]) -> f64 {
        found.iter().zip(expected).map(|(found, expected)| (found - expected).powi(2) / expected).sum()
    }

    fn frequencies(samples: &[i64], values: impl Iterator<Item = i64>) -> Vec<f64> {
        values.map(|value| samples.iter().filter(|x| **x == value).count() as f64).collect()
    }

    #[test]
    fn ternary_numbers_are_uniform() {
        let count = 1 << 20;
        let found = frequencies(&samples(count, ternary), -1..=1);
        assert_eq!(found.iter().sum::<f64>(), count as f64);
        // Exceeded with probability 2^-20 (two degrees of freedom).
        assert!(chi_square(&found, &[count as f64 / 3.0; 3]) < 27.7, "{found:?}");
    }

    #[test]
    fn errors_are_binomial() {
        let count = 1 << 20;
        let errors = samples(count, error);
        let found = frequencies(&errors, -21..=21);
        assert_eq!(found.iter().sum::<f64>(), count as f64, "none is above 21");
        let moment = |power| errors.iter().map(|x| (*x as f64).powi(power)).sum::<f64>() / count as f64;
        // Six standard deviations of the mean: sqrt(10.5 / count) = 0.0032; skewness by symmetry.
        assert!(moment(1).abs() < 0.019 && moment(3).abs() < 0.8, "{} {}", moment(1), moment(3));
        assert!((moment(2) / 10.5 - 1.0).abs() < 0.01, "{}", moment(2));
        // C(42, 21 + e) / 2^42, tails of less than fifty together.
        let mut probability = vec![1.0 / 2_f64.powi(42)];
        for i in 0..42 {
            probability.push(probability[i] * (42 - i) as f64 / (i + 1) as f64);
        }
        let expected: Vec<f64> = probability.iter().map(|p| p * count as f64).collect();
        let middle: Vec<usize> = (0..43).filter(|i| expected[*i] > 50.0).collect();
        let gather = |all: &[f64]| {
            let mut kept: Vec<f64> = middle.iter().map(|i| all[*i]).collect();
            kept.push(all.iter().sum::<f64>() - kept.iter().sum::<f64>());
            kept
        };
        // About 25 degrees of freedom: exceeded with probability below 2^-20.
        assert!(chi_square(&gather(&found), &gather(&expected)) < 80.0, "{found:?}");
    }

    #[test]
    fn extremes_of_words() {
        let ternary_of = |w: u64| {
            let mut out = [9];
            loops::ternary(&mut out, &[w]);
            out[0]
        };
        let third = u64::MAX / 3;
        assert_eq!(
            [0, third, third + 1, 2 * third, 2 * third + 1, u64::MAX].map(ternary_of),
            [-1, -1, 0, 0, 1, 1]
        );
        let error_of = |w: u64| {
            let mut out = [99];
            loops::error(&mut out, &[w]);
            out[0]
        };
        let ones = (1 << 21) - 1;
        assert_eq!(
            [0, ones, ones << 21, u64::MAX, 1, 1 << 21, u64::MAX << 42].map(error_of),
            [0, 21, -21, 0, 1, -1, 0]
        );
    }

    #[test]
    fn residues_are_uniform_below_each_prime() {
        // 1.5 * 2^19: a quarter of all words are left out there, and hardly any for the others.
        let third = Basis::new(DEGREE, &[786_433]).unwrap();
        let basis = basis(&[20, 40, 50, 60, 61]).join(5, &third);
        for prime in basis.primes() {
            let mut out = vec![0; 1 << 18];
            uniform(&mut Xof::new(&SEED, 1), prime, &mut out);
            assert!(out.iter().all(|x| *x < prime.value()));
            let mut found = [0.0; 64];
            for x in &out {
                found[(u128::from(*x) * 64 / u128::from(prime.value())) as usize] += 1.0;
            }
            // 63 degrees of freedom: exceeded with probability below 2^-20.
            assert!(chi_square(&found, &[(1 << 12) as f64; 64]) < 135.0, "{} {found:?}", prime.value());
        }
    }

    #[test]
    fn words_that_are_too_large_are_left_out() {
        for prime in basis(&[20, 60]).join(2, &Basis::new(DEGREE, &[786_433]).unwrap()).primes() {
            let (mut words, mut out) = (vec![0; 4000], vec![0; 2500]);
            Xof::new(&SEED, 2).fill(&mut words);
            let mask = prime.value().next_power_of_two() - 1;
            let expected = words.iter().map(|w| w & mask).filter(|w| *w < prime.value()).take(out.len());
            uniform(&mut Xof::new(&SEED, 2), prime, &mut out);
            assert_eq!(out, expected.collect::<Vec<_>>(), "{}", prime.value());
        }
    }

    #[test]
    fn rows_have_streams_of_their_own() {
        let basis = basis(&[60, 50, 40]);
        let poly = expand_uniform(&SEED, 9, &basis, 3);
        assert!(basis.is_reduced(&poly));
        for (i, (row, prime)) in poly.iter().zip(basis.primes()).enumerate() {
            let mut expected = vec![0; DEGREE];
            uniform(&mut Xof::new(&SEED, 9 << 16 | i as u64), prime, &mut expected);
            assert_eq!(row, expected);
        }
        let fewer = expand_uniform(&SEED, 9, &basis, 2);
        assert_eq!(fewer, poly.prefix(2));
        assert_ne!(expand_uniform(&SEED, 10, &basis, 2), fewer);
    }
}
