use proptest::prelude::*;

use super::*;
use crate::{
    field::{Fp61, Fp192},
    mpc::{
        functions::plain::{column, integers},
        testing::{Clear, now},
    },
};

type Box = Clear<Fp192>;

fn fixed(values: &[i128], fraction_bits: u32, limit_bits: u32) -> Fixed<Box> {
    Fixed::new(column(values), fraction_bits, Magnitude::pow2(limit_bits).unwrap()).unwrap()
}

fn wide(x: &Fixed<Box>) -> Vec<BigInt> {
    x.shares().shares().iter().map(|value| value.to_bigint_vartime()).collect()
}

/// Every integer is within its bound.
fn holds(x: &Fixed<Box>) {
    let limit = x.limit().to_u128().map_or(BigInt::from(1) << x.limit().bits(), BigInt::from);
    assert!(wide(x).iter().all(|value| *value <= limit && *value >= -&limit));
}

proptest! {
    #[test]
    fn linear_operations_are_exact(a in -1_i128 << 60..1 << 60, c in -1_i128 << 60..1 << 60, factor: i32) {
        let (x, y) = (fixed(&[a, c], 20, 60), fixed(&[c, a], 23, 60));
        let sum = x.add(&y).unwrap();
        prop_assert_eq!((integers(sum.shares()), sum.fraction_bits()), (vec![8 * a + c, 8 * c + a], 23));
        let difference = x.sub(&y).unwrap();
        prop_assert_eq!(integers(difference.shares()), vec![8 * a - c, 8 * c - a]);
        let scaled = x.scaled(factor.into()).unwrap();
        prop_assert_eq!(integers(scaled.shares()), vec![a * i128::from(factor), c * i128::from(factor)]);
        let total = x.sum().unwrap();
        prop_assert_eq!(integers(total.shares()), vec![a + c]);
        for result in [&sum, &difference, &scaled, &total, &x.neg(), &x.lifted(50).unwrap()] {
            holds(result);
        }
    }

    #[test]
    fn products_are_rounded_to_nearest(a: i64, c: i64, bits in 0_u32..90) {
        let mut b = Box::new(3);
        let (x, y) = (fixed(&[a.into(), c.into()], 40, 63), fixed(&[c.into(), a.into()], 30, 63));
        let product = BigInt::from(a) * BigInt::from(c);
        let down = 70_u32.saturating_sub(bits);
        let expected = match down {
            0 => product.clone() << (bits - 70),
            down => (product.clone() + (BigInt::from(1) << (down - 1))) >> down,
        };
        let found = now(x.mul(&mut b, &y, bits)).unwrap();
        prop_assert_eq!(wide(&found), vec![expected.clone(), expected]);
        prop_assert_eq!(found.fraction_bits(), bits);
        holds(&found);
        let row = |x: &Fixed<Box>| x.placed(|shares| shares.transposed());
        let dot = now(row(&x).dot(&mut b, &row(&y), bits)).unwrap();
        let matrix = now(row(&x).matmul(&mut b, &y, bits)).unwrap();
        let twice = (product << 1) as BigInt;
        let expected = match down {
            0 => twice << (bits - 70),
            down => (twice + (BigInt::from(1) << (down - 1))) >> down,
        };
        prop_assert_eq!((wide(&dot), wide(&matrix)), (vec![expected.clone()], vec![expected]));
        holds(&dot);
        holds(&matrix);
    }
}

#[test]
fn what_could_overflow_is_refused_first() {
    let mut b = Box::new(3);
    let x = fixed(&[1], 40, 100);
    let headroom = |result: Result<Fixed<Box>>| {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::HeadroomExhausted);
    };
    headroom(now(x.product(&mut b, &x)));
    headroom(now(x.mul(&mut b, &x, 40)));
    headroom(now(x.matmul(&mut b, &x, 40)));
    headroom(now(x.dot(&mut b, &x, 40)));
    headroom(x.lifted(140));
    headroom(x.scaled(i128::MAX));
    headroom(fixed(&[1], 0, <Fp192 as Element>::BITS - 1).add(&fixed(&[1], 0, <Fp192 as Element>::BITS - 1)));
    headroom(fixed(&[1, 1], 0, <Fp192 as Element>::BITS - 1).sum());
    headroom(Fixed::new(column(&[1]), 0, Magnitude::pow2(<Fp192 as Element>::BITS).unwrap()));
    assert_eq!(b.rounds(), 0);
    // What fits, but leaves no room for the half that rounding adds.
    headroom(now(fixed(&[1], 40, <Fp192 as Element>::BITS - 1).rounded(&mut b, 39)));
    assert_eq!(b.rounds(), 0);
}

#[test]
fn shapes_and_numbers_are_checked() {
    let mut b = Box::new(3);
    let (x, y) = (fixed(&[1, 2], 4, 8), fixed(&[1], 4, 8));
    for result in [
        x.add(&y),
        x.sub(&y),
        now(x.product(&mut b, &y)),
        now(x.mul(&mut b, &y, 4)),
        now(x.matmul(&mut b, &x, 4)),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::ShapeMismatch);
    }
    assert_eq!(Box::new(3).rounds(), 0);
    for value in [f64::NAN, f64::INFINITY] {
        assert_eq!(Fixed::public(&b, &[value], 4).unwrap_err().kind(), ErrorKind::OutOfRange);
    }
    assert_eq!(Fixed::public(&b, &[1e40], 4).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
    assert_eq!(Format { bits: 0, fraction_bits: 0 }.limit().unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(y.lifted(3).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn numbers_come_back() {
    let mut b = Box::new(3);
    let values = [0.0, -1.5, 1234.0625, -1e-9];
    let x = Fixed::public(&b, &values, 40).unwrap();
    let found = now(x.reveal(&mut b, &[0])).unwrap().unwrap();
    values.iter().zip(&found).for_each(|(value, found)| assert!((value - found).abs() <= 0.5_f64.powi(41)));
    assert_eq!(now(x.reveal(&mut b, &[1])).unwrap(), None);
    let more = x.add_public(&b, 0.25).unwrap();
    assert_eq!(now(more.reveal(&mut b, &[0])).unwrap().unwrap()[1], -1.25);
    let half = x.scaled_by_fraction(1, 1).unwrap();
    assert_eq!(now(half.reveal(&mut b, &[0])).unwrap().unwrap()[2], 617.031_25);
    assert_eq!(format!("{x:?}"), "Fixed(4 x 1, 52 bits, 40 behind the point)");
}

#[test]
fn small_fields_have_little_room() {
    let x = Fixed::<Clear<Fp61>>::new(Clear::values(&[5]), 10, Magnitude::pow2(40).unwrap()).unwrap();
    assert_eq!(now(x.mul(&mut Clear::new(3), &x, 10)).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
}

#[test]
fn shrinking_rounds_bounds_up() {
    for (limit, by, least) in
        [(7_u128, 1, 4), (8, 3, 1), (0, 5, 0), (1 << 100, 90, 1 << 10), ((1 << 100) + 1, 4, 1 << 96)]
    {
        let shrunk = shrunk(Magnitude::new(limit), by).unwrap().to_u128().unwrap();
        assert!(shrunk >= least && shrunk <= least + 1 + (least >> 60), "{limit} {by}");
    }
}
