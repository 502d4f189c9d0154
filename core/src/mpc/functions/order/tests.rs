use proptest::prelude::*;

use super::*;
use crate::{
    error::ErrorKind,
    field::Fp192,
    mpc::{
        arithmetic::{Arithmetic, NetworkProfile},
        functions::{
            absolute, choose, clamp, equal, less, one_hot,
            plain::{Plain, column, integers},
            sign,
        },
        testing::{Clear, now},
    },
};

type Box = Clear<Fp192>;

fn fixed<B: Arithmetic<Share = Fp192, Element = Fp192>>(values: &[i128], bits: u32, limit: u32) -> Fixed<B> {
    Fixed::new(column(values), bits, Magnitude::pow2(limit).unwrap()).unwrap()
}

fn found<B: Arithmetic<Share = Fp192, Element = Fp192>>(x: Result<Fixed<B>>) -> Vec<i128> {
    integers(x.unwrap().shares())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_agrees_with_integers(values in prop::collection::vec(-20_i128..20, 1..30), pick: usize) {
        let mut b = Box::new(3);
        let x = fixed(&values, 3, 8);
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let payload = column(&values.iter().map(|v| 100 * v + 7).collect::<Vec<_>>());
        let (keys, rows) = now(sort(&mut b, &x, &payload)).unwrap();
        prop_assert_eq!(integers(keys.shares()), sorted.clone());
        prop_assert_eq!(integers(&rows), sorted.iter().map(|v| 100 * v + 7).collect::<Vec<_>>());
        let k = pick % (values.len() + 1);
        let (keys, rows) = now(smallest(&mut b, &x, &payload, k)).unwrap();
        prop_assert_eq!(integers(keys.shares()), &sorted[..k]);
        prop_assert_eq!(rows.rows(), k);
        let (keys, rows) = now(largest(&mut b, &x, &payload, k)).unwrap();
        sorted.reverse();
        prop_assert_eq!(integers(keys.shares()), &sorted[..k]);
        prop_assert_eq!(integers(&rows), sorted[..k].iter().map(|v| 100 * v + 7).collect::<Vec<_>>());

        let (least, most) = (sorted[sorted.len() - 1], sorted[0]);
        prop_assert_eq!(found(now(minimum(&mut b, &x))), vec![least]);
        prop_assert_eq!(found(now(maximum(&mut b, &x))), vec![most]);
        let place = |value: i128| values.iter().position(|v| *v == value).unwrap() as i128;
        prop_assert_eq!(found(now(argmin(&mut b, &x))), vec![place(least)]);
        prop_assert_eq!(found(now(argmax(&mut b, &x))), vec![place(most)]);
    }

    #[test]
    fn comparisons_agree_with_integers(pairs in prop::collection::vec((-9_i128..9, -9_i128..9), 1..20), low in -2_i32..0, high in 0_i32..3) {
        let mut b = Plain::<Fp192>::new(NetworkProfile::LAN);
        let (left, right): (Vec<i128>, Vec<i128>) = pairs.iter().copied().unzip();
        // Scales that differ: the right ones count in halves.
        let (x, y) = (fixed(&left, 0, 4), fixed(&right, 1, 4));
        let of = |test: &dyn Fn(i128, i128) -> i128| pairs.iter().map(|(x, y)| test(2 * x, *y)).collect::<Vec<_>>();
        let which = now(less(&mut b, &x, &y)).unwrap();
        prop_assert_eq!(integers(&which), of(&|x, y| i128::from(x < y)));
        prop_assert_eq!(integers(&now(equal(&mut b, &x, &y)).unwrap()), of(&|x, y| i128::from(x == y)));
        prop_assert_eq!(integers(&now(sign(&mut b, &y)).unwrap()), of(&|_, y| y.signum()));
        prop_assert_eq!(found(now(absolute(&mut b, &y))), of(&|_, y| y.abs()));
        let lesser = now(choose(&mut b, &which, &x, &y)).unwrap();
        prop_assert_eq!(lesser.fraction_bits(), 1);
        prop_assert_eq!(integers(lesser.shares()), of(&|x, y| x.min(y)));
        let clamped = now(clamp(&mut b, &y, low.into(), high.into()));
        prop_assert_eq!(found(clamped), of(&|_, y| y.clamp(2 * i128::from(low), 2 * i128::from(high))));
    }
}

#[test]
fn columns_are_apart() {
    let mut b = Box::new(3);
    let x = fixed(&[5, -1, 4, 2, 7, -1], 0, 4).placed(|shares| shares.clone().reshaped(3, 2));
    assert_eq!(found(now(minimum(&mut b, &x))), [4, -1]);
    assert_eq!(found(now(maximum(&mut b, &x))), [7, 2]);
    assert_eq!(found(now(argmin(&mut b, &x))), [1, 0]);
    assert_eq!(found(now(argmax(&mut b, &x))), [2, 1]);
}

#[test]
fn rows_are_found_by_shared_indices() {
    let mut b = Box::new(3);
    let rows = fixed(&[10, 11, 20, 21, 30, 31], 5, 5).placed(|shares| shares.clone().reshaped(3, 2));
    let index = fixed(&[2, 0, 3, -1], 0, 3);
    assert_eq!(integers(&now(one_hot(&mut b, &index, 3)).unwrap()), [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(found(now(lookup(&mut b, &rows, &index))), [30, 31, 10, 11, 0, 0, 0, 0]);
    let fractions = fixed(&[2], 1, 3);
    assert_eq!(now(one_hot(&mut b, &fractions, 3)).unwrap_err().kind(), ErrorKind::ShapeMismatch);
}

#[test]
fn shuffles_keep_rows_and_lose_the_order() {
    let mut b = Box::new(3);
    let rows = column(&[0, 10, 1, 11, 2, 12, 3, 13]).reshaped(4, 2);
    let mut seen = [[0_u32; 4]; 4];
    for _ in 0..2400 {
        let shuffled = integers(&now(shuffle(&mut b, &rows)).unwrap());
        let mut order: Vec<_> = shuffled.chunks(2).map(|row| (row[0], row[1])).collect();
        order.iter().enumerate().for_each(|(at, row)| seen[at][usize::try_from(row.0).unwrap()] += 1);
        order.sort_unstable();
        assert_eq!(order, [(0, 10), (1, 11), (2, 12), (3, 13)]);
    }
    // 600 expected at each place, standard deviation 21.
    assert!(seen.iter().flatten().all(|count| (480..720).contains(count)), "{seen:?}");
}

#[test]
fn rounds_are_as_stated() {
    let x = fixed(&[3; 13], 0, 3);
    let rounds = |what: &dyn Fn(&mut Box)| {
        let mut b = Box::new(3);
        what(&mut b);
        b.rounds()
    };
    assert_eq!(rounds(&|b| drop(now(minimum(b, &x)).unwrap())), 4 * 2);
    assert_eq!(rounds(&|b| drop(now(argmax(b, &x)).unwrap())), 4 * 2);
    assert_eq!(rounds(&|b| drop(now(sort(b, &x, x.shares())).unwrap())), 10 * 2);
    assert_eq!(rounds(&|b| drop(now(smallest(b, &x, x.shares(), 1)).unwrap())), 4 * 2);
}

#[test]
fn bad_arguments_are_refused() {
    let mut b = Box::new(3);
    let (x, none) = (fixed(&[1, 2], 0, 3), fixed(&[], 0, 3));
    let kind = |error: Error| error.kind();
    assert_eq!(kind(now(minimum(&mut b, &none)).unwrap_err()), ErrorKind::ShapeMismatch);
    assert_eq!(kind(now(sort(&mut b, &x, none.shares())).unwrap_err()), ErrorKind::ShapeMismatch);
    assert_eq!(kind(now(smallest(&mut b, &x, x.shares(), 3)).unwrap_err()), ErrorKind::OutOfRange);
    for (low, high) in [(1.0, 0.0), (f64::NAN, 0.0), (0.0, f64::NAN)] {
        assert_eq!(kind(now(clamp(&mut b, &x, low, high)).unwrap_err()), ErrorKind::OutOfRange);
    }
    let wide = fixed(&[1], 0, <Fp192 as Element>::BITS - 1);
    let mut b = Plain::<Fp192>::new(NetworkProfile::LAN);
    let wide = Fixed::new(wide.shares().clone(), 0, Fixed::<Box>::limit(&wide)).unwrap();
    for refused in [
        now(sign(&mut b, &wide)).err(),
        now(absolute(&mut b, &wide)).err(),
        now(less(&mut b, &wide, &wide)).err(),
    ] {
        assert_eq!(refused.map(kind), Some(ErrorKind::HeadroomExhausted));
    }
    assert_eq!(b.clear.rounds(), 0);
}
