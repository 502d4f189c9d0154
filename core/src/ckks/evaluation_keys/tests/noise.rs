//! What each operation adds to the noise of a bound, from the formulas: a ciphertext that is said to have none shows it.
use super::*;
use crate::ckks::{Bounds, Noise, Product};

/// One special modulus, and digits of two moduli: where the noise of switching keys is not too far below that of a rounding.
fn settings() -> Vec<(Params, Keys)> {
    let request =
        KeyRequest::new().relinearization().conjugation().rotations(&[1, -7]).sums(16).powers_of_two();
    kinds().into_iter().take(2).map(|params| (params.clone(), Keys::new(&params, &request))).collect()
}

/// The same, said to be without noise.
fn clean(a: &Ciphertext) -> Ciphertext {
    Ciphertext { bounds: Bounds::new(a.bounds.message(), Noise::NONE).unwrap(), ..a.clone() }
}

/// `sum d_j e_j / P`, where no coefficient of a digit is above half of the product of its moduli.
fn switching(params: &Params, level: usize) -> Noise {
    let product = |primes: &[u64]| primes.iter().map(|prime| *prime as f64).product::<f64>();
    let digits = params.digit_ranges().iter().map(|rows| rows.start..rows.end.min(level + 1));
    let digits: Vec<f64> = digits
        .filter(|rows| !rows.is_empty())
        .map(|rows| product(&params.moduli()[rows]) / product(params.special_moduli()) / 2.0)
        .collect();
    Noise::key_switch(params.degree(), &digits)
}

#[track_caller]
fn assert_noise(params: &Params, found: &Ciphertext, switches: f64, roundings: f64) {
    let (switch, rounding) = (switching(params, found.level()), Noise::rounding(params.degree()));
    let expected = switch.times(switches).plus(rounding.times(roundings));
    let found = found.bounds().noise();
    for (found, expected) in [(found.slots, expected.slots), (found.coefficients, expected.coefficients)] {
        assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
    }
    // Neither term is too small to be seen.
    assert!(switch.slots > 1e-6 * found.slots && rounding.slots > 1e-6 * found.slots);
}

#[test]
fn switching_adds_one_error_for_each_digit_and_a_rounding() {
    for (params, Keys { secret, keys }) in settings() {
        // At level 0 a digit can be too short for that.
        for level in 1..=params.depth() {
            let scale = keys.context().scale_at(level);
            let a = clean(&secret.encrypt_values_at(&[0.5], level, scale, 1.0, &mut rng(40)).unwrap());
            assert_noise(&params, &keys.rotate(&a, -7).unwrap(), 1.0, 1.0);
            assert_noise(&params, &keys.conjugate(&a).unwrap(), 1.0, 1.0);
            for rotated in keys.rotate_many(&a, &[1, 2, 3]).unwrap() {
                assert_noise(&params, &rotated, 1.0, 1.0);
            }
            // By several keys there is one rounding for each, and one of the other half at the end.
            for (steps, hops) in [(5, 2), (7, 3), (21, 3)] {
                assert_eq!(keys.path(steps).unwrap().len(), hops);
                let hops = hops as f64;
                assert_noise(&params, &keys.rotate(&a, steps).unwrap(), hops, hops + 1.0);
            }
            // All but one of the numbers are moved. Roundings: one for each round and its sums, and at the end.
            for (count, roundings) in [(2, 2.0), (3, 2.0), (4, 2.0), (5, 4.0), (16, 6.0)] {
                let sum = keys.sum_slots(&a, count).unwrap();
                assert_noise(&params, &sum, count as f64 - 1.0, roundings);
            }
        }
    }
}

#[test]
fn products_add_what_switching_adds() {
    for (params, Keys { secret, keys }) in settings() {
        for level in 1..=params.depth() {
            let scale = keys.context().scale_at(level);
            let fresh = |value: f64, seed: u64| {
                secret.encrypt_values_at(&[value], level, scale, 1.0, &mut rng(seed)).unwrap()
            };
            let (a, b) = (fresh(0.5, 41), fresh(0.25, 42));
            let product = a.mul(&b).unwrap();
            let exact = Bounds::new(product.bounds.message(), Noise::NONE).unwrap();
            let exact = Product { bounds: exact, ..product };
            assert_noise(&params, &keys.relinearize(&exact).unwrap(), 1.0, 1.0);

            // Once divided, switching is far below the rounding: compared to the last bit, which it still changes.
            let divisor = params.moduli()[level] as f64;
            let rescaled = |product: &Product, switch: Noise| {
                let (scale, bounds) = (product.scale, product.bounds.with_noise(switch));
                bounds.rescale(params.degree(), divisor, scale, scale / divisor)
            };
            let (product, square) = (a.mul(&b).unwrap(), a.square().unwrap());
            for (tensor, found) in [
                (&product, keys.multiply(&a, &b).unwrap()),
                (&square, keys.square(&a).unwrap()),
                (&product, keys.relinearize_and_rescale(&product).unwrap()),
                (&exact, keys.relinearize_and_rescale(&exact).unwrap()),
            ] {
                assert_eq!(*found.bounds(), rescaled(tensor, keys.plan(level).noise()));
                assert_ne!(*found.bounds(), rescaled(tensor, Noise::NONE));
            }
        }
    }
}
