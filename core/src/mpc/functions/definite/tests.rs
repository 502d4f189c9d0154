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

/// Integers `2^bits` times the entries, row after row.
#[allow(clippy::cast_possible_truncation)] // small numbers
fn matrix<B: Comparison<Element = Fp192, Share = Fp192>>(
    values: &[f64],
    rows: usize,
    bits: u32,
    limit: u32,
) -> Fixed<B> {
    let integers: Vec<i128> =
        values.iter().map(|value| (value * 2_f64.powi(bits as i32)).round() as i128).collect();
    let shares = column(&integers).reshaped(rows, values.len() / rows);
    Fixed::new(shares, bits, Magnitude::pow2(limit).unwrap()).unwrap()
}

fn real<B: Comparison<Element = Fp192, Share = Fp192>>(x: &Fixed<B>) -> Vec<f64> {
    Fixed::<B>::decode_vartime(x.shares().shares(), x.fraction_bits()).unwrap()
}

/// `M^T M / rows` of a fixed sequence of numbers, with columns of their own sizes.
fn gram(d: usize, sizes: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let rows = 3 * d;
    let entry = |row: usize, column: usize| {
        let mixed = (row as u64 * 31 + column as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> 33) as f64 / 2_f64.powi(30) - 1.0) * sizes(column)
    };
    let sum = |i, j| (0..rows).map(|row| entry(row, i) * entry(row, j)).sum::<f64>() / rows as f64;
    (0..d * d).map(|at| sum(at / d, at % d)).collect()
}

/// The largest entry of `|A X - R|`, in double precision.
fn residual(a: &[f64], x: &[f64], r: &[f64], d: usize) -> f64 {
    let columns = r.len() / d;
    let entry = |i: usize, k: usize| {
        (0..d).map(|j| a[i * d + j] * x[j * columns + k]).sum::<f64>() - r[i * columns + k]
    };
    (0..d * columns).map(|at| entry(at / columns, at % columns).abs()).fold(0.0, f64::max)
}

fn identity(d: usize) -> Vec<f64> {
    (0..d * d).map(|at| f64::from(u8::from(at / d == at % d))).collect()
}

#[test]
fn inverses_are_close() {
    for d in [1, 2, 5, 12] {
        let a = gram(d, &|_| 1.0);
        let definite = Definite { log2_least_diagonal: -4, log2_condition: 12 };
        let found = now(invert_definite(&mut Box::new(3), &matrix(&a, d, 40, 42), definite, 50)).unwrap();
        assert_eq!((found.rows(), found.columns(), found.fraction_bits()), (d, d, 50));
        let error = residual(&a, &real(&found), &identity(d), d);
        assert!(error < 1e-9, "{d}: {error:e}");
    }
}

/// Columns of sizes a thousandth to a thousand: solutions keep their relative precision.
#[test]
fn solutions_of_badly_scaled_systems_are_close() {
    let d = 6;
    let sizes = |column: usize| 10_f64.powi(i32::try_from(column).unwrap() - 3);
    let a = gram(d, &sizes);
    let wanted: Vec<f64> = (0..d).map(|at| (at as f64 - 2.5) / sizes(at)).collect();
    let right: Vec<f64> = (0..d).map(|i| (0..d).map(|j| a[i * d + j] * wanted[j]).sum()).collect();
    let definite = Definite { log2_least_diagonal: -24, log2_condition: 12 };
    let (a, right) = (matrix(&a, d, 50, 66), matrix(&right, d, 50, 66));
    let found = now(solve_definite(&mut Box::new(3), &a, &right, definite, 40)).unwrap();
    for (found, wanted) in real(&found).iter().zip(&wanted) {
        assert!((found - wanted).abs() < 1e-6 * wanted.abs(), "{found} {wanted}");
    }
}

/// Two columns that nearly agree: a condition of 2^20.
#[test]
fn nearly_dependent_columns_are_resolved() {
    let (one, near) = (1.0, 1.0 - 2_f64.powi(-20));
    let a = [one, near, near, one];
    let definite = Definite { log2_least_diagonal: -1, log2_condition: 21 };
    let found = real(&now(invert_definite(&mut Box::new(3), &matrix(&a, 2, 40, 41), definite, 40)).unwrap());
    let determinant = one - near * near;
    for (found, wanted) in found.iter().zip([one, -near, -near, one]) {
        assert!((found * determinant - wanted).abs() < 2_f64.powi(-36), "{found}");
    }
}

#[test]
fn masked_openings_give_the_same() {
    let d = 3;
    let a = gram(d, &|_| 1.0);
    let definite = Definite { log2_least_diagonal: -4, log2_condition: 12 };
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        let mut b = Plain::<Fp192>::new(network);
        let found = now(invert_definite(&mut b, &matrix(&a, d, 40, 42), definite, 50)).unwrap();
        let error = residual(&a, &real(&found), &identity(d), d);
        assert!(error < 1e-9, "{error:e}");
    }
}

/// What breaks the promise stays within its bounds: the box in the clear panics where it would not.
#[test]
fn matrices_that_are_not_definite_stay_in_range() {
    let definite = Definite { log2_least_diagonal: -4, log2_condition: 12 };
    for a in [
        [0.0, 1.0, 1.0, 0.0],
        [1.0, 4.0, 4.0, 1.0],
        [1.0, 1.0, 1.0, 1.0],
        [-1.0, 0.5, 0.5, -1.0],
        [4.0, -4.0, -4.0, 0.1],
    ] {
        let found = now(invert_definite(&mut Box::new(3), &matrix(&a, 2, 40, 43), definite, 40)).unwrap();
        let limit = found.limit();
        assert!(real(&found).iter().all(|x| (x.abs() * 2_f64.powi(40)).log2() <= f64::from(limit.bits())));
    }
    // A variable that is missing gives zeros, and does not disturb the others.
    let a = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0];
    let found = now(invert_definite(&mut Box::new(3), &matrix(&a, 3, 40, 43), definite, 40)).unwrap();
    let wanted = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25];
    assert!(real(&found).iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9));
}

#[test]
fn bad_arguments_are_refused_first() {
    let mut b = Box::new(3);
    let definite = Definite { log2_least_diagonal: -4, log2_condition: 12 };
    let (a, wide) = (matrix(&[1.0, 0.0, 0.0, 1.0], 2, 40, 42), matrix(&[1.0, 0.0], 1, 40, 42));
    let kind = |result: Result<Fixed<Box>>| result.unwrap_err().kind();
    assert_eq!(kind(now(invert_definite(&mut b, &wide, definite, 40))), ErrorKind::ShapeMismatch);
    assert_eq!(kind(now(solve_definite(&mut b, &a, &wide, definite, 40))), ErrorKind::ShapeMismatch);
    let large = matrix(&vec![0.0; 65 * 65], 65, 40, 42);
    assert_eq!(kind(now(invert_definite(&mut b, &large, definite, 40))), ErrorKind::OutOfRange);
    let hard = Definite { log2_condition: 60, ..definite };
    assert_eq!(kind(now(invert_definite(&mut b, &a, hard, 40))), ErrorKind::HeadroomExhausted);
    assert_eq!(b.rounds(), 0);
}

#[test]
fn rounds_grow_with_the_columns_alone() {
    let definite = Definite { log2_least_diagonal: -4, log2_condition: 12 };
    let rounds = |d: usize| {
        let mut b = Box::new(3);
        let _ = now(invert_definite(&mut b, &matrix(&gram(d, &|_| 1.0), d, 40, 42), definite, 50)).unwrap();
        b.rounds()
    };
    // The same for each column but the first, which has none before it to take off.
    let (two, three, four) = (rounds(2), rounds(3), rounds(4));
    assert_eq!(three - two, four - three);
    assert_eq!(two - rounds(1), three - two);
}
