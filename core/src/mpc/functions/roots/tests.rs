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

const ALL: Divisor = Divisor { log2_least: -100, signed: false };

fn fixed<B: Comparison<Element = Fp192, Share = Fp192>>(values: &[i128], bits: u32, limit: u32) -> Fixed<B> {
    Fixed::new(column(values), bits, Magnitude::pow2(limit).unwrap()).unwrap()
}

/// Whether an integer `z` is within half a unit (and a little) and `2^-36` of the root of `square / 2^(2 more)`, exactly.
fn is_root(z: &BigInt, square: &BigInt, more: u32) -> bool {
    // All in units of 2^-(more + 46): the error is at most 512.5 / 1024 of a unit and 2^-36 of z.
    let unit = BigInt::from(1) << (more + 46);
    let z = z * &unit;
    let error = (&unit >> 10) * 513 + (&z >> 36);
    let square = square << (2 * 46);
    let (low, high) = (&z - &error, &z + &error);
    (low < BigInt::ZERO || &low * &low <= square) && &high * &high >= square
}

fn check<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    x: &[i128],
    fx: u32,
    width: u32,
    bits: u32,
) {
    let found = now(square_root(b, &fixed(x, fx, width), ALL, bits)).unwrap();
    for (z, x) in found.shares().shares().iter().zip(x) {
        // z^2 = x 2^(2 bits - fx): scaled to be an integer.
        assert!(is_root(&z.to_bigint_vartime(), &(BigInt::from(*x) << (2 * bits + fx)), fx), "root of {x}");
    }
}

fn check_inverse<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    x: &[i128],
    fx: u32,
    width: u32,
    least: i32,
    bits: u32,
) {
    let least = Divisor { log2_least: least, signed: false };
    let found = now(inverse_square_root(b, &fixed(x, fx, width), least, bits)).unwrap();
    for (z, x) in found.shares().shares().iter().zip(x) {
        // z^2 = 2^(2 bits + fx) / x, to 200 bits.
        let square = (BigInt::from(1) << (2 * bits + fx + 200)) / x;
        assert!(is_root(&z.to_bigint_vartime(), &square, 100), "inverse root of {x}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn roots_are_close(seeds in prop::collection::vec((any::<u64>(), 0_u32..63), 6), fx in 0_u32..60, bits in 20_u32..=50) {
        let x: Vec<i128> = seeds.iter().map(|(x, cut)| i128::from(x >> cut)).collect();
        check(&mut Box::new(3), &x, fx, 64, bits);
    }

    #[test]
    fn inverse_roots_are_close(seeds in prop::collection::vec((any::<u64>(), 0_u32..63), 6), fx in 0_u32..60, bits in 20_u32..=50) {
        let x: Vec<i128> = seeds.iter().map(|(x, cut)| i128::from(x >> cut) + 1).collect();
        check_inverse(&mut Box::new(3), &x, fx, 65, -i32::try_from(fx).unwrap(), bits);
    }
}

#[test]
fn edges_are_close() {
    for fx in [0, 1, 39, 40] {
        let x: Vec<i128> =
            (0..100).flat_map(|bit| [1 << bit, (1 << bit) | (1 << bit >> 1), (2 << bit) - 1]).collect();
        check(&mut Box::new(3), &x, fx, 101, 40);
        check_inverse(&mut Box::new(3), &x, fx, 101, -i32::try_from(fx).unwrap(), 40);
    }
    // A result of few bits from an argument of many.
    check(&mut Box::new(3), &[1, 4, 9, 1 << 70], 80, 80, 5);
}

#[test]
fn masked_openings_give_the_same() {
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        check(&mut Plain::new(network), &[0, 1, 2, 1 << 40, (1 << 60) - 1], 40, 60, 40);
        check_inverse(&mut Plain::new(network), &[1, 2, 1 << 40, (1 << 60) - 1], 40, 60, -40, 40);
    }
}

#[test]
fn below_the_least_is_zero() {
    let x = fixed(&[0, 1, (1 << 30) - 1, 1 << 30], 40, 60);
    let least = Divisor { log2_least: -10, signed: false };
    let mut b = Box::new(3);
    assert_eq!(integers(now(square_root(&mut b, &x, least, 40)).unwrap().shares()), [0, 0, 0, 1 << 35]);
    assert_eq!(
        integers(now(inverse_square_root(&mut b, &x, least, 40)).unwrap().shares()),
        [0, 0, 0, 1 << 45]
    );
    let signed = Divisor { signed: true, ..least };
    assert_eq!(now(square_root(&mut b, &x, signed, 40)).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn without_room_nothing_is_sent() {
    let mut b = Box::new(3);
    let x = fixed(&[1], 0, 180);
    assert_eq!(now(square_root(&mut b, &x, ALL, 60)).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
    let x = fixed(&[1], 140, 100);
    assert_eq!(
        now(inverse_square_root(&mut b, &x, ALL, 100)).unwrap_err().kind(),
        ErrorKind::HeadroomExhausted
    );
    assert_eq!(b.rounds(), 0);
}

/// One call for bits; the highest in `log2`; a shift; ten products and truncations; one more for the power of two.
#[test]
fn rounds_are_those_of_one_element() {
    for count in [1, 50] {
        let mut b = Box::new(3);
        let x = fixed(&vec![1 << 45; count], 40, 60).placed(|shares| shares.transposed());
        let _ = now(square_root(&mut b, &x, ALL, 40)).unwrap();
        assert_eq!(b.rounds(), 1 + 6 + 1 + 2 + 1 + 4 * 4 + 2);
    }
}
