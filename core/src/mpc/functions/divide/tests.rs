use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;
use crate::{
    field::Fp192,
    mpc::{
        arithmetic::NetworkProfile,
        functions::plain::{Plain, column, integers},
        testing::{Clear, now},
    },
};

type Box = Clear<Fp192>;

fn fixed<B: Comparison<Element = Fp192, Share = Fp192>>(values: &[i128], bits: u32, limit: u32) -> Fixed<B> {
    Fixed::new(column(values), bits, Magnitude::pow2(limit).unwrap()).unwrap()
}

/// Holds quotients to the stated error, in exact integers: `|z y - x 2^s| <= |y| / 2 + |x| 2^s 2^-36`.
fn close<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    (x, fx, wx): (&[i128], u32, u32),
    (y, fy, wy): (&[i128], u32, u32),
    divisor: Divisor,
    bits: u32,
) {
    let found = now(divide(b, &fixed(x, fx, wx), &fixed(y, fy, wy), divisor, bits)).unwrap();
    assert_eq!(found.fraction_bits(), bits);
    let found: Vec<BigInt> = found.shares().shares().iter().map(|z| z.to_bigint_vartime()).collect();
    for ((z, x), y) in found.iter().zip(x).zip(y) {
        let scale: u32 = 36;
        let left = ((z * y) << (fx + scale)) - (BigInt::from(*x) << (fy + bits + scale));
        let allowed = (BigInt::from(y.unsigned_abs()) << (fx + scale - 1))
            + (BigInt::from(x.unsigned_abs()) << (fy + bits));
        assert!(left.magnitude() <= allowed.magnitude(), "{x} / {y} = {z}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn quotients_are_close(
        seeds in prop::collection::vec((any::<i64>(), any::<i64>(), 4_u32..63, 4_u32..60), 6),
        fx in 0_u32..50,
        fy in 20_u32..45,
        bits in 20_u32..=45,
    ) {
        let x: Vec<i128> = seeds.iter().map(|(x, _, cut, _)| i128::from(*x >> cut)).collect();
        // At least 2^15 in absolute value: the least divisor that is stated.
        let y: Vec<i128> = seeds
            .iter()
            .map(|(_, y, _, cut)| i128::from(y >> cut))
            .map(|y| if y < 0 { y - (1 << 15) } else { y + (1 << 15) })
            .collect();
        let signed = Divisor { log2_least: 15 - fy as i32, signed: true };
        close(&mut Box::new(3), (&x, fx, 60), (&y, fy, 61), signed, bits);
        let y: Vec<i128> = y.iter().map(|y| y.abs()).collect();
        close(&mut Box::new(3), (&x, fx, 60), (&y, fy, 61), Divisor { signed: false, ..signed }, bits);
    }
}

#[test]
fn edges_are_close() {
    let top = (1_i128 << 61) - 1;
    for fy in [0, 1, 40] {
        let y: Vec<i128> =
            (0..61).flat_map(|bit| [1 << bit, (1 << bit) | (1 << bit >> 1), (2 << bit) - 1]).collect();
        let x: Vec<i128> = (0..y.len()).map(|at| [top, -top, 1, -1, 0, 12345][at % 6]).collect();
        let all = Divisor { log2_least: -i32::try_from(fy).unwrap(), signed: false };
        if fy < 40 {
            close(&mut Box::new(3), (&x, 40, 61), (&y, fy, 61), all, 40);
            let y: Vec<i128> = y.iter().map(|y| -y).collect();
            close(&mut Box::new(3), (&x, 40, 61), (&y, fy, 61), Divisor { signed: true, ..all }, 40);
        }
        let narrow: Vec<i128> = x.iter().map(|x| x >> 30).collect();
        close(&mut Box::new(3), (&narrow, 20, 31), (&y, fy, 61), all, 40);
    }
    // Wider than the working bits.
    let y = [(1_i128 << 99) - 1, 1 << 98, (1 << 98) + 1, -(1 << 99)];
    close(
        &mut Box::new(3),
        (&[top >> 5, 3, -3, 1], 10, 56),
        (&y, 80, 99),
        Divisor { log2_least: 10, signed: true },
        60,
    );
}

#[test]
fn masked_openings_give_the_same() {
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        let y = [3, 1 << 40, -((1 << 57) - 1), (1 << 33) + 1];
        let divisor = Divisor { log2_least: -39, signed: true };
        close(&mut Plain::new(network), (&[1 << 50, 1, -7, 1 << 44], 40, 50), (&y, 40, 57), divisor, 40);
    }
}

#[test]
fn divisors_below_the_least_give_zero() {
    let mut b = Box::new(3);
    let x = fixed(&[1 << 50, -5, 7, 9], 40, 51);
    let y = fixed(&[0, 1, (1 << 40) - 1, -1], 40, 60);
    let signed = Divisor { log2_least: 0, signed: true };
    let found = now(divide(&mut b, &x, &y, signed, 40)).unwrap();
    assert_eq!(integers(found.shares()), [0; 4]);
}

#[test]
fn rows_are_divided_by_a_column() {
    let mut b = Box::new(3);
    let x = fixed(&[10, 20, 30, 40, 50, 60], 0, 6).placed(|shares| shares.clone().reshaped(2, 3));
    let y = fixed(&[10, 20], 0, 5);
    let found = now(divide(&mut b, &x, &y, Divisor::COUNT, 2)).unwrap();
    assert_eq!((found.rows(), found.columns()), (2, 3));
    assert_eq!(integers(found.shares()), [4, 8, 12, 8, 10, 12]);
    let turned = x.placed(|shares| shares.transposed());
    let refused = now(divide(&mut b, &turned, &y, Divisor::COUNT, 2)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ShapeMismatch);
}

#[test]
fn reciprocals_are_quotients() {
    let found = now(reciprocal(&mut Box::new(3), &fixed(&[3, 4], 0, 5), Divisor::COUNT, 40)).unwrap();
    let third = integers(found.shares())[0];
    assert!((third * 3 - (1 << 40)).abs() <= 2, "{third}");
    assert_eq!(integers(found.shares())[1], 1 << 38);
}

#[test]
fn without_room_nothing_is_sent() {
    let mut b = Box::new(3);
    let all = Divisor { log2_least: -60, signed: false };
    for (x, y) in [(fixed(&[1], 60, 149), fixed(&[1], 0, 3)), (fixed(&[1], 60, 130), fixed(&[1], 60, 130))] {
        let refused = now(divide(&mut b, &x, &y, all, 60)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::HeadroomExhausted);
    }
    assert_eq!(b.rounds(), 0);
}

/// One call for bits; the highest in `log2`; a shift; five times a product and a truncation; two products and a truncation for the quotient.
#[test]
fn rounds_are_those_of_one_element() {
    for count in [1, 50] {
        let mut b = Box::new(3);
        let (x, y) = (fixed(&vec![3; count], 40, 60), fixed(&vec![1 << 45; count], 40, 60));
        let _ = now(divide(&mut b, &x, &y, Divisor { log2_least: 0, signed: false }, 40)).unwrap();
        assert_eq!(b.rounds(), 1 + 5 + 1 + 5 * 2 + 3);
    }
}
