use proptest::prelude::*;

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

fn check<B: Comparison<Element = Fp192, Share = Fp192>>(
    b: &mut B,
    x: &[i128],
    fx: u32,
    limit: u32,
    bits: u32,
) {
    let least = Divisor { log2_least: -i32::try_from(fx).unwrap(), signed: false };
    let x = Fixed::<B>::new(column(x), fx, Magnitude::pow2(limit).unwrap()).unwrap();
    let found = now(logarithm(b, &x, least, bits)).unwrap();
    let real = |x: &Fixed<B>| Fixed::<B>::decode_vartime(x.shares().shares(), x.fraction_bits()).unwrap();
    for (x, z) in real(&x).iter().zip(real(&found)) {
        let allowed = 0.5_f64.powi(bits as i32 + 1) + x.ln().abs() * 4e-16 + 1e-18;
        assert!((z - x.ln()).abs() <= allowed, "ln({x}) = {z}, not {}", x.ln());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn logarithms_are_close(x in prop::collection::vec((any::<u64>(), 12_u32..63), 8), fx in 0_u32..60, bits in 20_u32..=52) {
        let x: Vec<i128> = x.iter().map(|(x, cut)| i128::from(x >> cut) + 1).collect();
        check(&mut Box::new(3), &x, fx, 53, bits);
    }
}

#[test]
fn edges_are_close() {
    let x: Vec<i128> =
        (0..52).flat_map(|bit| [1 << bit, (1 << bit) | (1 << bit >> 1), (2 << bit) - 1]).collect();
    for fx in [0, 26, 40] {
        check(&mut Box::new(3), &x, fx, 53, 48);
    }
    // Wider than the working bits.
    check(&mut Box::new(3), &[1 << 99, 3 << 90, 1, 77], 60, 100, 40);
    for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
        check(&mut Plain::new(network), &[1, 3, 1 << 40, (1 << 41) + 1], 40, 45, 48);
    }
}

/// Against integers: the difference of logarithms of neighbours in a geometric series, at 60 bits.
#[test]
fn sixty_bits_are_right() {
    let least = Divisor { log2_least: 0, signed: false };
    let x = Fixed::<Box>::new(column(&[3, 9, 1, 2, 5, 25]), 0, Magnitude::pow2(5).unwrap()).unwrap();
    let found = now(logarithm(&mut Box::new(3), &x, least, 60)).unwrap();
    let z: Vec<i128> = found.shares().shares().iter().map(|z| z.to_i128_vartime().unwrap()).collect();
    assert!((2 * z[0] - z[1]).abs() <= 3 && z[2].abs() <= 1 && (2 * z[4] - z[5]).abs() <= 3, "{z:?}");
    // ln 2 = 0xb17217f7d1cf79abc9e3b398.. / 2^96.
    assert!((z[3] - (0xb17_217f_7d1c_f79a_i128)).abs() <= 1, "{:x}", z[3]);
}

#[test]
fn bad_arguments_are_refused() {
    let mut b = Box::new(3);
    let x = Fixed::<Box>::new(column(&[3]), 0, Magnitude::pow2(5).unwrap()).unwrap();
    let least = Divisor { log2_least: 0, signed: false };
    assert_eq!(now(logarithm(&mut b, &x, least, 61)).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
    let signed = Divisor { signed: true, ..least };
    assert_eq!(now(logarithm(&mut b, &x, signed, 40)).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(b.rounds(), 0);
}

#[test]
fn rounds_are_those_of_one_element() {
    for count in [1, 50] {
        let mut b = Box::new(3);
        let x = Fixed::<Box>::new(column(&vec![3; count]), 0, Magnitude::pow2(32).unwrap()).unwrap();
        let _ = now(logarithm(&mut b, &x, Divisor::COUNT, 40)).unwrap();
        // Bits, the highest, a shift; five Chebyshev steps; one rounding.
        assert_eq!(b.rounds(), 1 + 6 + 1 + 5 * 2 + 1);
    }
}
