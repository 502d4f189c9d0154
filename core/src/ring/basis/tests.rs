//! Bases against integers of any size.
use num_bigint::BigInt;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;
use crate::ring::{Xof, largest_primes, sample};

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
        let expected: Vec<BigInt> = a.iter().zip(&b).map(|(a, b)| centred(&expected(a, b), &all)).collect();
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
fn rows_spread_over_cores_are_the_same() {
    // Enough words for the feature `parallel` to spread them.
    let degree = 1 << 13;
    let mut primes = largest_primes(degree, 60, 1, &[]).unwrap();
    primes.extend(largest_primes(degree, 40, 15, &[]).unwrap());
    let basis = Basis::new(degree, &primes).unwrap();
    let a = sample::expand_uniform(&[6; 32], 1, &basis, 16);
    let (stay, go) = (15, &basis.primes()[15]);
    let (mut sum, mut values) = (a.clone(), basis.forward(a.clone().into_form()));
    basis.add(&mut sum, &a);
    basis.divide_round(&mut values, 1);
    let mut last = a.row(stay).to_vec();
    sample::uniform(&mut Xof::new(&[6; 32], (1 << 16) | 15), go, &mut last);
    assert_eq!(last, a.row(stay));
    for (i, prime) in basis.primes()[..stay].iter().enumerate() {
        let mut twice = a.row(i).to_vec();
        prime.add(&mut twice, a.row(i));
        assert_eq!(sum.row(i), twice);
        let (mut quotient, mut remainder) = (a.row(i).to_vec(), vec![0; degree]);
        prime.lift(&mut remainder, &last, go.modulus());
        prime.sub_and_scale(
            &mut quotient,
            &remainder,
            prime.modulus().invert(prime.modulus().reduce(go.value())),
        );
        prime.forward(&mut quotient);
        assert_eq!(values.row(i), quotient);
    }
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
