//! Encryption with the public key, against its definition: an encryption modulo `Q p_0`, divided by `p_0` and rounded.
use super::*;
use crate::ckks::keys::{KeyHalf, drawn, sampled};
use crate::ring::sample::{error, ternary};
use crate::ring::{Coefficients, Poly, Values};

/// All of a half of a public key, with the special row last.
fn joined(half: &KeyHalf) -> Poly<Values> {
    Poly::from_words(half.q.degree(), [half.q.words(), half.p.words()].concat())
}

/// Residues as numbers of the smallest absolute value.
fn centred(poly: &Poly<Coefficients>, row: usize, modulus: u64) -> Vec<i128> {
    let q = i128::from(modulus);
    poly.row(row)
        .iter()
        .map(|w| if 2 * i128::from(*w) > q { i128::from(*w) - q } else { (*w).into() })
        .collect()
}

#[test]
fn the_key_hides_0_modulo_all_its_moduli() {
    let (keys, qp) = (keys(), keys().context.qp());
    let mut sum = joined(&keys.public.b);
    qp.mul_add(&mut sum, &joined(&keys.public.a), keys.secret.values.expose_secret());
    let sum = qp.inverse(sum);
    let errors = centred(&sum, 0, qp.primes()[0].value());
    for (i, prime) in qp.primes().iter().enumerate() {
        assert_eq!(centred(&sum, i, prime.value()), errors);
    }
    assert!(errors.iter().all(|e| e.abs() <= 21));
    let variance = errors.iter().map(|e| (e * e) as f64).sum::<f64>() / 8192.0;
    assert!((variance - 10.5).abs() < 0.9, "{variance}");
}

/// `p_0 c = k u + e - r` for each half k of the key, where r is `k u + e` modulo `p_0`: with both errors.
#[test]
fn ciphertexts_are_quotients() {
    let (keys, qp, seed) = (keys(), keys().context.qp(), [7; 32]);
    let special = qp.primes()[3].value();
    for level in 0..3 {
        let zero = Plaintext::encode(&keys.context, &[0.0], level, 2_f64.powi(30), 1.0).unwrap();
        let c = keys.public.encrypt_with_seed(&zero, &seed).unwrap();
        for (stream, half, c) in [(1, &keys.public.b, &c.c0), (2, &keys.public.a, &c.c1)] {
            let mut product = joined(half);
            qp.mul(&mut product, &sampled(qp, 4, &seed, 0, ternary));
            let (mut exact, error) = (qp.inverse(product), drawn(8192, &seed, stream, error));
            qp.add(&mut exact, &qp.from_small(4, &error));
            let remainder = centred(&exact, 3, special);
            let quotient = qp.inverse(c.clone());
            assert_eq!(quotient.rows(), level + 1);
            for (i, prime) in qp.primes()[..=level].iter().enumerate() {
                let q = i128::from(prime.value());
                for ((c, r), exact) in quotient.row(i).iter().zip(&remainder).zip(exact.row(i)) {
                    let product = i128::from(*c) * i128::from(special) % q;
                    assert_eq!((product + r - i128::from(*exact)).rem_euclid(q), 0);
                }
            }
        }
    }
}

/// What is left is the rounding, as described.
#[test]
fn fresh_errors() {
    let keys = keys();
    let values: Vec<f64> = numbers(4096, 1.0, 30).iter().map(|v| v.re * core::f64::consts::SQRT_2).collect();
    let (mut largest, mut squares) = (0.0_f64, 0.0);
    for seed in 0..8 {
        let c = keys.public.encrypt_values(&values, 1.0, &mut rng(seed)).unwrap();
        let slots = keys.secret.decrypt(&c).unwrap().to_complex();
        for (slot, value) in slots.iter().zip(&values) {
            let error = (slot.re - value).hypot(slot.im);
            (largest, squares) = (largest.max(error), squares + error * error / (8.0 * 4096.0));
        }
    }
    let described = keys.context.params().describe().log2_fresh_error;
    eprintln!("largest {largest:.2e}, standard deviation 2^{:.2}", squares.log2() / 2.0);
    assert!(largest < 2e-8, "{largest}");
    assert!((squares.log2() / 2.0 - described).abs() < 0.2, "{squares} {described}");
}
