//! Whatever a function opens on its way has one distribution for all inputs.
use num_bigint::BigInt;

use super::{Divisor, Fixed, divide, exponential, inverse_square_root, logarithm, plain::Plain, square_root};
use crate::{
    field::Fp192,
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, NetworkProfile},
        testing::{Clear, now},
    },
};

type Box = Plain<Fp192>;

/// Copies of one input: each opening is a sample of so many.
const COPIES: usize = 400;
const BYTES_COST: NetworkProfile = NetworkProfile { round_trip: 0.0, bandwidth: 1.0 };
const ROUNDS_COST: NetworkProfile = NetworkProfile { round_trip: 1.0, bandwidth: f64::INFINITY };

/// Two samples of one size: the largest difference of their distribution functions, which exceeds 2.7 times the root of 2 by
/// the size once in 10^6 times.
fn differ(left: &[BigInt], right: &[BigInt]) -> bool {
    let sorted = |sample: &[BigInt]| {
        let mut sample = sample.to_vec();
        sample.sort_unstable();
        sample
    };
    let (left, right) = (sorted(left), sorted(right));
    let below = |sample: &[BigInt], limit: &BigInt| sample.partition_point(|value| value <= limit);
    let apart = left.iter().chain(&right).map(|at| below(&left, at).abs_diff(below(&right, at))).max();
    apart.unwrap_or(0) as f64 / left.len() as f64 > 2.7 * (2.0 / left.len() as f64).sqrt()
}

/// The openings of a function on copies of a number, one after the other.
fn openings(
    network: NetworkProfile,
    value: i128,
    function: impl Fn(&mut Box, &Fixed<Box>),
) -> Vec<Vec<BigInt>> {
    let mut b = Box::new(network);
    let x = Clear::values(&vec![value; COPIES]);
    function(&mut b, &Fixed::new(x, 16, Magnitude::pow2(20).unwrap()).unwrap());
    let values: Vec<BigInt> = b.opened.iter().copied().map(Element::to_bigint_vartime).collect();
    assert_eq!(values.len() % COPIES, 0);
    values.chunks(COPIES).map(<[BigInt]>::to_vec).collect()
}

/// The largest and the smallest number that the functions are promised.
const NUMBERS: [i128; 2] = [(1 << 20) - 1, 1 << 16];

fn tells_nothing(name: &str, count: usize, function: impl Fn(&mut Box, &Fixed<Box>)) {
    let mut seen = 0;
    for network in [BYTES_COST, ROUNDS_COST] {
        let [one, other] = NUMBERS.map(|value| openings(network, value, &function));
        assert_eq!(one.len(), other.len(), "{name}: as many openings");
        for (at, (one, other)) in one.iter().zip(&other).enumerate() {
            let low = |sample: &[BigInt]| sample.iter().map(|value| value % 256_u32).collect::<Vec<_>>();
            assert!(!differ(one, other), "{name}: opening {at} under {network:?}");
            assert!(!differ(&low(one), &low(other)), "{name}: low bits of opening {at} under {network:?}");
        }
        seen += one.len();
    }
    assert!(seen >= count, "{name}: {seen} openings");
}

#[test]
fn comparisons_and_truncations() {
    tells_nothing("sign", 2, |b, x| drop(now(b.is_negative(x.shares(), 24)).unwrap()));
    tells_nothing("zero", 2, |b, x| drop(now(b.is_zero(x.shares(), 24)).unwrap()));
    tells_nothing("truncation", 2, |b, x| drop(now(b.truncate(x.shares(), 24, 9)).unwrap()));
    tells_nothing("bits", 2, |b, x| drop(now(b.to_bits(x.shares(), 24)).unwrap()));
}

#[test]
fn division_roots_and_series() {
    let least = Divisor { log2_least: 0, signed: false };
    tells_nothing("division", 10, |b, x| drop(now(divide(b, x, x, least, 16)).unwrap()));
    tells_nothing("root", 10, |b, x| drop(now(square_root(b, x, least, 16)).unwrap()));
    tells_nothing("inverse root", 10, |b, x| drop(now(inverse_square_root(b, x, least, 16)).unwrap()));
    tells_nothing("exponential", 10, |b, x| drop(now(exponential(b, x, 12)).unwrap()));
    tells_nothing("logarithm", 10, |b, x| drop(now(logarithm(b, x, least, 16)).unwrap()));
}

/// The test notices masks that are too short: two bits above the width.
#[test]
fn short_masks_would_be_noticed() {
    let [one, other] = NUMBERS.map(|value| {
        let mut b = Box::new(BYTES_COST);
        let masks = now(crate::mpc::functions::FieldBox::random_bounded(&mut b, COPIES, 22)).unwrap();
        let sums = masks.shares().iter().map(|mask| *mask + Fp192::from_i128(value));
        sums.map(|sum| sum.to_bigint_vartime()).collect::<Vec<_>>()
    });
    assert!(differ(&one, &other));
}
