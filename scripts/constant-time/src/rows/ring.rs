//! Polynomials modulo word-size primes. Valgrind has no AVX-512: what runs here are the versions for other machines.
use veilkit::ring::{
    Automorphism, Basis, Coefficients, Conversion, Poly, Values, Xof, largest_primes, sample,
};

use super::{Row, planted, row};
use crate::memcheck::{public, secret};

pub(super) const ROWS: &[Row] = &[
    row("ring", "sample::ternary, Basis::from_small", "seed", ternary),
    row("ring", "sample::error", "seed", error),
    row("ring", "Basis::from_signed, from_signed_wide", "coefficients", signed),
    row("ring", "Basis: forward, inverse and arithmetic", "words", arithmetic),
    row("ring", "Conversion::fast, exact", "residues", conversion),
    row("ring", "Basis::divide_round by one and by three", "residues", division),
    row("ring", "Automorphism::apply", "values", automorphism),
    planted("ring", "planted: residues drawn until below the prime", "seed", rejected),
    planted("ring", "planted: residues of centred numbers by a branch", "coefficients", centred_by_branch),
];

const DEGREE: usize = 1024;

fn basis() -> Basis {
    let mut primes = Vec::new();
    for bits in [60, 40, 50, 59] {
        primes.extend(largest_primes(DEGREE, bits, 1, &primes).expect("there is one"));
    }
    Basis::new(DEGREE, &primes).expect("fine")
}

fn secret_xof() -> Xof {
    let mut seed = [7; 32];
    secret(&mut seed);
    Xof::new(&seed, 3)
}

/// A polynomial whose words are secret.
fn secret_poly(basis: &Basis) -> Poly<Values> {
    let mut poly = sample::expand_uniform(&[5; 32], 1, basis, basis.len());
    secret(poly.words_mut());
    poly
}

fn ternary() {
    let mut numbers = vec![0; DEGREE];
    sample::ternary(&mut secret_xof(), &mut numbers);
    let mut poly = basis().from_small(4, &numbers);
    public(poly.words_mut());
    assert!(basis().is_reduced(&poly));
    public(&mut numbers[..]);
    assert!(numbers.iter().all(|x| (-1..=1).contains(x)));
}

fn error() {
    let mut numbers = vec![0; DEGREE];
    sample::error(&mut secret_xof(), &mut numbers);
    public(&mut numbers[..]);
    assert!(numbers.iter().all(|x| (-21..=21).contains(x)));
}

fn signed() {
    let basis = basis();
    let mut numbers: Vec<i64> = (0..DEGREE as i64).map(|i| (i - 500) << (i % 50)).collect();
    secret(&mut numbers[..]);
    let mut wide: Vec<i128> = numbers.iter().map(|x| i128::from(*x) << 40).collect();
    secret(&mut wide[..]);
    for mut poly in [basis.from_signed(4, &numbers), basis.from_signed_wide(4, &wide)] {
        public(poly.words_mut());
        assert!(basis.is_reduced(&poly));
    }
}

fn arithmetic() {
    let basis = basis();
    let (mut a, b) = (secret_poly(&basis), secret_poly(&basis));
    let mut sum = b.clone();
    basis.mul_add(&mut sum, &a, &b);
    basis.mul(&mut a, &b);
    basis.add(&mut a, &b);
    basis.sub(&mut a, &sum);
    basis.neg(&mut a);
    basis.scale(&mut a, &[3; 4]);
    let mut zero = basis.inverse(basis.forward(basis.inverse(a)));
    public(zero.words_mut());
    assert!(zero.words().iter().all(|word| *word == 0));
}

fn conversion() {
    let basis = basis();
    for from in [1, 3] {
        let conversion = Conversion::new(&basis.primes()[..from], &basis.primes()[from..]);
        let mut x = secret_poly(&basis).prefix(from);
        let mut out: Poly<Coefficients> = Poly::zero(DEGREE, 4 - from);
        conversion.fast(x.clone().words_mut(), &mut out);
        conversion.exact(x.words_mut(), &mut out);
        public(out.words_mut());
        assert!(out.words().iter().any(|word| *word != 0));
    }
}

fn division() {
    let basis = basis();
    for by_last in [1, 3] {
        let mut poly = secret_poly(&basis);
        basis.divide_round(&mut poly, by_last);
        public(poly.words_mut());
        assert!(basis.is_reduced(&poly) && poly.rows() == 4 - by_last);
    }
}

fn automorphism() {
    let mut poly = secret_poly(&basis());
    let mut out = vec![0; DEGREE];
    Automorphism::of_rotation(DEGREE, 3).expect("fine").apply(&mut out, poly.row(0));
    public(&mut out[..]);
    public(poly.words_mut());
    let both = out.iter().chain(poly.row(0));
    assert!(out != poly.row(0) && both.fold(0, |sum, word| sum ^ word) == 0);
}

fn rejected() {
    let mut row = vec![0; DEGREE];
    sample::uniform(&mut secret_xof(), &basis().primes()[0], &mut row);
    public(&mut row[..]);
    assert!(row.iter().any(|word| *word != 0));
}

fn centred_by_branch() {
    let q = basis().primes()[0].value();
    let mut numbers = [5_i64, -6, 7, -8];
    secret(&mut numbers);
    let mut words = numbers.map(|x| {
        if core::hint::black_box(x) < 0 {
            core::hint::black_box(q).wrapping_add_signed(x)
        } else {
            core::hint::black_box(x.unsigned_abs())
        }
    });
    public(&mut words);
    assert_eq!(words[1], q - 6);
}
