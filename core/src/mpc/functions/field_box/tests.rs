use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;
use crate::{
    error::ErrorKind,
    field::{Fp61, Fp192},
    mpc::{
        functions::plain::{Plain, column, integers},
        testing::{Clear, now},
    },
};

/// Rounds cost nothing beside bytes, and the other way round.
const BYTES_COST: NetworkProfile = NetworkProfile { round_trip: 0.0, bandwidth: 1.0 };
const ROUNDS_COST: NetworkProfile = NetworkProfile { round_trip: 1.0, bandwidth: f64::INFINITY };

fn both_ways(check: impl Fn(&mut Plain<Fp192>)) {
    check(&mut Plain::new(BYTES_COST));
    check(&mut Plain::new(ROUNDS_COST));
}

/// Random integers of a width, and the ones at its edges.
fn cut(seeds: &[i128], bits: u32) -> Vec<i128> {
    let least = i128::MIN >> (128 - bits);
    let edges = [least, least + 1, -2, -1, 0, 1, 2, -(least + 1)].into_iter();
    edges
        .filter(|edge| (least..=-(least + 1)).contains(edge))
        .chain(seeds.iter().map(|seed| seed >> (128 - bits)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn comparisons_agree_with_integers(seeds: [i128; 4], bits in 1_u32..=128, by in 0_u32..140) {
        let values = cut(&seeds, bits);
        let x = column(&values);
        both_ways(|b| {
            let found = integers(&now(b.is_negative(&x, bits)).unwrap());
            assert_eq!(found, values.iter().map(|v| i128::from(*v < 0)).collect::<Vec<_>>());
            let found = integers(&now(b.is_zero(&x, bits)).unwrap());
            assert_eq!(found, values.iter().map(|v| i128::from(*v == 0)).collect::<Vec<_>>());
            let found = integers(&now(b.truncate(&x, bits, by)).unwrap());
            assert_eq!(found, values.iter().map(|v| v >> by.min(127)).collect::<Vec<_>>());
        });
        let found = now(Plain::new(BYTES_COST).to_bits(&x, bits)).unwrap();
        assert_eq!((found.rows(), found.columns()), (values.len(), bits as usize));
        let expected: Vec<_> = values.iter().flat_map(|v| (0..bits).map(move |at| v >> at & 1)).collect();
        assert_eq!(integers(&found), expected);
    }
}

#[test]
fn the_widest_values_fit() {
    const MAX: u32 = <Plain<Fp192> as Comparison>::MAX_BITS;
    let top = BigInt::from(1) << (MAX - 1);
    let values = [-&top, &top - 1, BigInt::from(-1), BigInt::from(0)];
    let x = Shared::column(values.iter().map(Fp192::from_bigint_vartime).collect());
    both_ways(|b| {
        assert_eq!(integers(&now(b.is_negative(&x, MAX)).unwrap()), [1, 0, 1, 0]);
        assert_eq!(integers(&now(b.is_zero(&x, MAX)).unwrap()), [0, 0, 0, 1]);
        let half = now(b.truncate(&x, MAX, 1)).unwrap();
        let expected: Vec<BigInt> = values.iter().map(|v| v >> 1).collect();
        assert_eq!(half.shares().iter().map(|v| v.to_bigint_vartime()).collect::<Vec<_>>(), expected);
        for bits in [0, MAX + 1] {
            let refused = [
                now(b.is_negative(&x, bits)).unwrap_err(),
                now(b.is_zero(&x, bits)).unwrap_err(),
                now(b.truncate(&x, bits, 1)).unwrap_err(),
                now(b.to_bits(&x, bits)).unwrap_err(),
            ];
            assert!(refused.iter().all(|error| error.kind() == ErrorKind::OutOfRange));
        }
    });
}

#[test]
fn the_small_field_compares_small_values() {
    for network in [BYTES_COST, ROUNDS_COST] {
        let mut b = Plain::<Fp61>::new(network);
        let bits = Plain::<Fp61>::MAX_BITS;
        let values = cut(&[i128::MAX / 3, i128::MIN / 7], bits);
        let x = Clear::<Fp61>::values(&values);
        let found = integers(&now(b.is_negative(&x, bits)).unwrap());
        assert_eq!(found, values.iter().map(|v| i128::from(*v < 0)).collect::<Vec<_>>());
        let found = integers(&now(b.truncate(&x, bits, 3)).unwrap());
        assert_eq!(found, values.iter().map(|v| v >> 3).collect::<Vec<_>>());
    }
}

#[test]
fn rounds_are_as_stated() {
    let x = column(&[-5, 3, 0]);
    let rounds = |network, what: &dyn Fn(&mut Plain<Fp192>)| {
        let mut b = Plain::new(network);
        what(&mut b);
        b.clear.rounds()
    };
    for (bits, levels) in [(2, 0), (3, 1), (17, 4), (18, 5), (64, 6), (65, 6), (66, 7), (129, 7), (130, 8)] {
        let compare = |b: &mut Plain<Fp192>| drop(now(b.is_negative(&x, bits.max(4))).unwrap());
        let levels = if bits < 4 { 2 } else { levels };
        assert_eq!(rounds(BYTES_COST, &compare), 2 + levels, "{bits}");
        // In constant rounds where that is fewer.
        assert_eq!(rounds(ROUNDS_COST, &compare), 2 + levels.min(4), "{bits}");
    }
    assert_eq!(rounds(BYTES_COST, &|b| drop(now(b.to_bits(&x, 64)).unwrap())), 2 + 6);
    assert_eq!(rounds(BYTES_COST, &|b| drop(now(b.is_zero(&x, 64)).unwrap())), 1 + 2 + 3);
    assert_eq!(rounds(BYTES_COST, &|b| drop(now(b.is_zero(&x, 8)).unwrap())), 1 + 1 + 3);
}

#[test]
fn products_are_as_stated() {
    let x = column(&[-5]);
    let mut b = Plain::<Fp192>::new(BYTES_COST);
    let _ = now(b.is_negative(&x, 65)).unwrap();
    // 32 for the pairs, then two for each join of groups but one where the lowest is among them.
    assert_eq!(b.clear.products(), 32 + 2 * 31 - 5);
    let mut b = Plain::<Fp192>::new(ROUNDS_COST);
    let _ = now(b.is_negative(&x, 65)).unwrap();
    assert_eq!(b.clear.products(), 64 + 63 + 64);
    let mut b = Plain::<Fp192>::new(BYTES_COST);
    let _ = now(b.is_zero(&x, 64)).unwrap();
    assert_eq!(b.clear.products(), 6);
}

/// What is opened for two values far apart looks the same: the high bits of a uniform mask, within what 4000 draws can tell.
#[test]
fn openings_are_masked() {
    let bits = 20;
    let histogram = |value: i128| {
        let mut b = Plain::<Fp192>::new(BYTES_COST);
        let x = column(&vec![value; 4000]);
        let _ = now(b.is_negative(&x, bits)).unwrap();
        assert_eq!(b.opened.len(), 4000);
        let mut bins = [0_i32; 16];
        let mut low = [0_i32; 16];
        for opened in integers(&Shared::column(b.opened)) {
            assert!((0..1 << 61).contains(&opened));
            bins[usize::try_from(opened >> 56).unwrap().min(15)] += 1;
            low[usize::try_from(opened & 15).unwrap()] += 1;
        }
        (bins, low)
    };
    for (bins, low) in [histogram(-(1 << 19)), histogram((1 << 19) - 1)] {
        // Chi-square with 15 degrees of freedom: 48.8 is passed with probability 2e-5.
        for bins in [bins, low] {
            let chi: f64 = bins.iter().map(|n| (f64::from(*n) - 250.0).powi(2) / 250.0).sum();
            assert!(chi < 48.8, "{chi}");
        }
    }
}

#[test]
fn bounded_integers_fill_their_range() {
    let mut b = Plain::<Fp192>::new(BYTES_COST);
    let drawn = integers(&now(b.random_bounded(4000, 5)).unwrap());
    let mut bins = [0_i32; 32];
    drawn.iter().for_each(|value| bins[usize::try_from(*value).unwrap()] += 1);
    assert!(bins.iter().all(|n| (60..200).contains(n)), "{bins:?}");
}

#[test]
fn shapes_stay() {
    let x = column(&[-4, 3, 2, -1, 0, 9]).reshaped(2, 3);
    both_ways(|b| {
        let found = [
            now(b.is_negative(&x, 8)).unwrap(),
            now(b.is_zero(&x, 8)).unwrap(),
            now(b.truncate(&x, 8, 1)).unwrap(),
        ];
        assert!(found.iter().all(|found| (found.rows(), found.columns()) == (2, 3)));
        let none = Shared::zeros(0, 1);
        assert!(
            now(b.is_negative(&none, 8)).unwrap().is_empty() && now(b.is_zero(&none, 8)).unwrap().is_empty()
        );
        assert_eq!(now(b.to_bits(&none, 8)).unwrap().columns(), 8);
        assert_eq!(now(b.to_bits(&x, 8)).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    });
}
