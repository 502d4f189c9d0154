use super::*;
use crate::{
    field::Fp192,
    mpc::{
        arithmetic::NetworkProfile,
        functions::plain::{Plain, column},
        testing::{Clear, now},
    },
};

type Box = Clear<Fp192>;

const PROMISE: Spectrum = Spectrum { log2_least_trace: -4, log2_rest: 16, log2_gap: 8 };

/// `sum of value v v^T`, over vectors that are made orthogonal, at 40 bits; and these vectors.
#[allow(clippy::cast_possible_truncation)] // small numbers
fn matrix<B: Comparison<Element = Fp192, Share = Fp192>>(
    values: &[f64],
    d: usize,
) -> (Fixed<B>, Vec<Vec<f64>>) {
    let mut vectors: Vec<Vec<f64>> = Vec::new();
    for k in 0..values.len() {
        let entry = |i: usize| {
            let mixed = (i as u64 * 37 + k as u64 + 5).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed >> 33) as f64 / 2_f64.powi(30) - 1.0
        };
        let mut v: Vec<f64> = (0..d).map(entry).collect();
        for _ in 0..2 {
            for w in &vectors {
                let along: f64 = v.iter().zip(w).map(|(a, b)| a * b).sum();
                v.iter_mut().zip(w).for_each(|(a, b)| *a -= along * b);
            }
        }
        let length = v.iter().map(|a| a * a).sum::<f64>().sqrt();
        v.iter_mut().for_each(|a| *a /= length);
        vectors.push(v);
    }
    let entry = |at: usize| {
        let sum: f64 = values.iter().zip(&vectors).map(|(value, v)| value * v[at / d] * v[at % d]).sum();
        (sum * 2_f64.powi(40)).round() as i128
    };
    let shares = column(&(0..d * d).map(entry).collect::<Vec<_>>()).reshaped(d, d);
    (Fixed::new(shares, 40, Magnitude::pow2(44).unwrap()).unwrap(), vectors)
}

fn real<B: Comparison<Element = Fp192, Share = Fp192>>(x: &Fixed<B>) -> Vec<f64> {
    Fixed::<B>::decode_vartime(x.shares().shares(), x.fraction_bits()).unwrap()
}

fn check<B: Comparison<Element = Fp192, Share = Fp192>>(b: &mut B, values: &[f64], d: usize, count: usize) {
    let (a, expected) = matrix(values, d);
    let (found, vectors) = now(principal_components(b, &a, count, PROMISE, 45)).unwrap();
    assert_eq!((found.rows(), vectors.rows(), vectors.columns()), (count, count, d));
    for (found, expected) in real(&found).iter().zip(values) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    for (found, expected) in real(&vectors).chunks(d).zip(&expected) {
        let along: f64 = found.iter().zip(expected).map(|(a, b)| a * b).sum();
        let largest = found.iter().fold(0.0_f64, |most, x| if x.abs() > most.abs() { *x } else { most });
        assert!(largest > 0.0);
        let error =
            found.iter().zip(expected).map(|(a, b)| (a - b * along.signum()).abs()).fold(0.0, f64::max);
        assert!(error < 1e-8, "{error:e}");
    }
}

#[test]
fn components_are_close() {
    check(&mut Box::new(3), &[2.0], 1, 1);
    check(&mut Box::new(3), &[3.0, 0.5], 2, 2);
    check(&mut Box::new(3), &[4.0, 2.0, 1.0, 0.01], 4, 3);
    check(&mut Box::new(3), &[4.0, 3.97, 1.0, 0.5, 0.25, 0.1], 20, 4);
    // Small beside what the box holds.
    check(&mut Box::new(3), &[0.05, 0.03], 3, 2);
}

#[test]
fn masked_openings_give_the_same() {
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        check(&mut Plain::new(network), &[3.0, 0.5], 3, 2);
    }
}

/// What breaks the promise stays within its bounds: the box in the clear panics where it would not.
#[test]
fn other_matrices_stay_in_range() {
    let run = |values: &[i128]| {
        let a = Fixed::<Box>::new(column(values).reshaped(2, 2), 40, Magnitude::pow2(44).unwrap()).unwrap();
        let (values, vectors) = now(principal_components(&mut Box::new(3), &a, 2, PROMISE, 40)).unwrap();
        (real(&values), real(&vectors))
    };
    let one = 1_i128 << 40;
    assert_eq!(run(&[0, 0, 0, 0]), (vec![0.0; 2], vec![0.0; 4]));
    for values in [
        [one, 9 * one, 9 * one, one],
        [-one, one, one, -one],
        [one, one, one, -one],
        [0, one, one, 0],
        [16 * one, 0, 0, 16 * one],
    ] {
        let (_, vectors) = run(&values);
        assert!(vectors.iter().all(|x| x.abs() <= 1.0));
    }
    // A second component of nothing.
    let (values, _) = run(&[4 * one, 0, 0, 0]);
    assert!((values[0] - 4.0).abs() < 1e-9 && values[1].abs() < 1e-9, "{values:?}");
}

#[test]
fn bad_arguments_are_refused_first() {
    let mut b = Box::new(3);
    let (a, _) = matrix::<Box>(&[3.0, 0.5], 2);
    let row = a.placed(|a| a.row(0));
    let kind = |result: Result<(Fixed<Box>, Fixed<Box>)>| result.unwrap_err().kind();
    assert_eq!(kind(now(principal_components(&mut b, &row, 1, PROMISE, 40))), ErrorKind::ShapeMismatch);
    for (count, gap) in [(0, 8), (3, 8), (1, 31)] {
        let promise = Spectrum { log2_gap: gap, ..PROMISE };
        assert_eq!(kind(now(principal_components(&mut b, &a, count, promise, 40))), ErrorKind::OutOfRange);
    }
    let rest = Spectrum { log2_rest: 60, ..PROMISE };
    assert_eq!(kind(now(principal_components(&mut b, &a, 1, rest, 40))), ErrorKind::HeadroomExhausted);
    assert_eq!(kind(now(principal_components(&mut b, &a, 1, PROMISE, 70))), ErrorKind::HeadroomExhausted);
    assert_eq!(b.rounds(), 0);
}

#[test]
fn rounds_grow_with_squarings_and_components() {
    let rounds = |count: usize, gap: u32| {
        let mut b = Box::new(3);
        let (a, _) = matrix::<Box>(&[3.0, 0.5, 0.25, 0.125], 4);
        let _ =
            now(principal_components(&mut b, &a, count, Spectrum { log2_gap: gap, ..PROMISE }, 40)).unwrap();
        b.rounds()
    };
    // A product, bits, the highest of few places, a product, a truncation.
    assert_eq!(rounds(1, 9) - rounds(1, 8), 1 + 1 + 4 + 1 + 1);
    assert_eq!(rounds(3, 8) - rounds(2, 8), rounds(2, 8) - rounds(1, 8));
}
