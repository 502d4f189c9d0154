use proptest::prelude::*;

use super::*;
use crate::{
    error::ErrorKind,
    field::Fp192,
    mpc::{
        arithmetic::NetworkProfile,
        functions::plain::{Plain, column},
        testing::{Clear, now},
    },
};

type Box = Clear<Fp192>;

fn fixed<B: Comparison<Element = Fp192, Share = Fp192>>(values: &[i128], bits: u32, limit: u32) -> Fixed<B> {
    Fixed::new(column(values), bits, Magnitude::pow2(limit).unwrap()).unwrap()
}

fn decoded<B: Comparison<Element = Fp192, Share = Fp192>>(x: &Fixed<B>) -> Vec<f64> {
    Fixed::<B>::decode_vartime(x.shares().shares(), x.fraction_bits()).unwrap()
}

fn check<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    x: &[i128],
    fx: u32,
    limit: u32,
    bits: u32,
) {
    let x = fixed(x, fx, limit);
    let found = now(exponential(b, &x, bits)).unwrap();
    for (x, z) in decoded(&x).iter().zip(decoded(&found)) {
        // The last term is what f64 adds.
        let allowed = 0.76 * 0.5_f64.powi(bits as i32) + x.exp() * 0.5_f64.powi(36) + x.exp() * 1e-15;
        assert!((z - x.exp()).abs() <= allowed, "exp({x}) = {z}");
    }
}

fn check_sigmoid<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    x: &[i128],
    fx: u32,
    limit: u32,
    bits: u32,
) {
    let x = fixed(x, fx, limit);
    let found = now(sigmoid(b, &x, bits)).unwrap();
    for (x, z) in decoded(&x).iter().zip(decoded(&found)) {
        let allowed = 0.51 * 0.5_f64.powi(bits as i32) + 0.5_f64.powi(36);
        assert!((z - 1.0 / (1.0 + (-x).exp())).abs() <= allowed, "sigmoid({x}) = {z}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn exponentials_are_close(x in prop::collection::vec(-(1_i128 << 44)..1 << 44, 8), bits in 20_u32..50) {
        check(&mut Box::new(3), &x, 40, 44, bits);
        check(&mut Box::new(3), &x, 42, 44, bits);
    }

    #[test]
    fn sigmoids_are_close(x in prop::collection::vec((any::<i64>(), 0_u32..60), 8), fx in 20_u32..55, bits in 20_u32..50) {
        let x: Vec<i128> = x.iter().map(|(x, cut)| i128::from(x >> cut)).collect();
        check_sigmoid(&mut Box::new(3), &x, fx, 63, bits);
    }
}

#[test]
fn edges_are_close() {
    #[allow(clippy::cast_possible_truncation)] // small numbers
    let near = |x: f64| (x * 2_f64.powi(40)) as i128;
    // Around multiples of ln 2, where floor and rest change together.
    let mut x: Vec<i128> = (-20..=20)
        .flat_map(|n| [-1, 0, 1].map(|off| near(f64::from(n) * core::f64::consts::LN_2) + off))
        .collect();
    x.extend([0, 1, -1, 1 << 44, -(1 << 44)]);
    check(&mut Box::new(3), &x, 40, 44, 40);
    check(&mut Box::new(3), &x, 40, 44, 0);
    check_sigmoid(&mut Box::new(3), &x, 40, 44, 40);
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        check(&mut Plain::new(network), &x[..6], 40, 44, 40);
        check_sigmoid(&mut Plain::new(network), &x[..6], 40, 44, 40);
    }
}

#[test]
fn far_below_zero_there_is_nothing() {
    let x = fixed(&[-(1 << 70), -(1 << 60)], 40, 70);
    let found = now(bounded_exponential(&mut Box::new(3), &x, 40, true)).unwrap();
    assert_eq!(decoded(&found), [0.0, 0.0]);
    let refused = now(exponential(&mut Box::new(3), &x, 40)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::HeadroomExhausted);
}

#[test]
fn rounds_are_those_of_one_element() {
    let rounds = |count: usize| {
        let mut b = Box::new(3);
        let x = fixed(&vec![1 << 40; count], 40, 44).placed(|shares| shares.transposed());
        let _ = now(exponential(&mut b, &x, 40)).unwrap();
        b.rounds()
    };
    // Scaled and floored; comparison, product, bits, 3 products; 4 powers and the sum; the product and its rounding.
    assert_eq!(rounds(1), 2 + 3 + 3 + 4 * 2 + 1 + 2);
    assert_eq!(rounds(50), rounds(1));
}
