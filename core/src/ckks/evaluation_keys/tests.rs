//! Products, rotations and sums against plain arithmetic, within the tracked bounds.
use std::sync::OnceLock;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;
use crate::ckks::{Ciphertext, Complex, EncryptionKey, KeyRequest, Params};
use crate::ring::rotation_element;

mod noise;

/// A secret key and evaluation keys for it.
struct Keys {
    secret: SecretKey,
    keys: EvaluationKeys,
}

impl Keys {
    fn new(params: &Params, request: &KeyRequest) -> Self {
        let mut rng = rng(1);
        let secret = SecretKey::generate(&Context::new(params).unwrap(), &mut rng);
        let keys = EvaluationKeys::generate(&secret, request, &mut rng, &mut ()).unwrap();
        Self { secret, keys }
    }

    fn encrypt(&self, values: &[Complex], level: usize, seed: u64) -> Ciphertext {
        let scale = self.keys.context().scale_at(level);
        self.secret.encrypt_complex_at(values, level, scale, 1.0, &mut rng(seed)).unwrap()
    }

    /// The tracked bound holds, and says something.
    fn check(&self, result: &Ciphertext, expected: &[Complex]) {
        let decrypted = self.secret.decrypt(result).unwrap();
        let differences = decrypted.to_complex();
        let error = differences.iter().zip(expected).map(|(a, b)| distance(a, b)).fold(0.0, f64::max);
        assert!(error <= decrypted.error(), "{error} > {}", decrypted.error());
        let tight = 0.1 * result.bounds().message().max(1.0);
        assert!(decrypted.error() < tight, "the bound {} says nothing", decrypted.error());
    }
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn distance(a: &Complex, b: &Complex) -> f64 {
    (a.re - b.re).hypot(a.im - b.im)
}

/// Numbers in the unit circle for every slot.
fn numbers(slots: usize, seed: u64) -> Vec<Complex> {
    let mut rng = rng(seed);
    let mut unit = || f64::from(rng.next_u32()) / f64::from(u32::MAX) * 1.4 - 0.7;
    (0..slots).map(|_| Complex::new(unit(), unit())).collect()
}

fn product(a: &Complex, b: &Complex) -> Complex {
    Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

fn rotated(values: &[Complex], steps: i64) -> Vec<Complex> {
    let mut values = values.to_vec();
    let slots = values.len();
    values.rotate_left(usize::try_from(steps.rem_euclid(slots as i64)).unwrap());
    values
}

fn sums(values: &[Complex], stride: i64, count: usize) -> Vec<Complex> {
    let mut sum = vec![Complex::new(0.0, 0.0); values.len()];
    for i in 0..count {
        for (sum, value) in sum.iter_mut().zip(rotated(values, stride * i as i64)) {
            *sum = Complex::new(sum.re + value.re, sum.im + value.im);
        }
    }
    sum
}

/// One special modulus, several, digits of several moduli and of one.
fn kinds() -> Vec<Params> {
    let params = |moduli: &[u32], special: &[u32], digits| {
        Params::new(8192, moduli, special, moduli[1]).unwrap().with_digits(digits).unwrap()
    };
    vec![
        params(&[60, 40, 40], &[60], 3),
        params(&[40, 30, 30, 30], &[40, 40], 2),
        params(&[40, 30, 30, 30], &[40, 40], 4),
        params(&[36, 25, 25, 25], &[33, 33, 33], 2),
    ]
}

/// Keys for most tests.
fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let request =
            KeyRequest::new().relinearization().conjugation().powers_of_two().rotations(&[3, -1]).sums(4);
        Keys::new(&kinds()[1], &request)
    })
}

#[test]
fn every_operation_at_every_level_and_with_all_digits() {
    for params in kinds() {
        let request = KeyRequest::new().relinearization().conjugation().rotations(&[1, -7]);
        let keys = Keys::new(&params, &request);
        let (x, y) = (numbers(params.slots(), 2), numbers(params.slots(), 3));
        for level in 0..=params.depth() {
            let (a, b) = (keys.encrypt(&x, level, 4), keys.encrypt(&y, level, 5));
            for steps in [1, -7] {
                keys.check(&keys.keys.rotate(&a, steps).unwrap(), &rotated(&x, steps));
            }
            let conjugates: Vec<Complex> = x.iter().map(|x| Complex::new(x.re, -x.im)).collect();
            keys.check(&keys.keys.conjugate(&a).unwrap(), &conjugates);
            if level > 0 {
                let products: Vec<Complex> = x.iter().zip(&y).map(|(x, y)| product(x, y)).collect();
                let result = keys.keys.multiply(&a, &b).unwrap();
                assert_eq!(
                    (result.level(), result.scale()),
                    (level - 1, keys.keys.context().scale_at(level - 1))
                );
                keys.check(&result, &products);
                let squares: Vec<Complex> = x.iter().map(|x| product(x, x)).collect();
                keys.check(&keys.keys.square(&a).unwrap(), &squares);
            }
        }
    }
}

#[test]
fn relinearization_alone_and_with_rescaling() {
    let Keys { keys: evaluation, .. } = keys();
    let (x, y) = (numbers(4096, 6), numbers(4096, 7));
    let products: Vec<Complex> = x.iter().zip(&y).map(|(x, y)| product(x, y)).collect();
    for level in 1..=3 {
        let (a, b) = (keys().encrypt(&x, level, 8), keys().encrypt(&y, level, 9));
        let tensor = a.mul(&b).unwrap();
        let linear = evaluation.relinearize(&tensor).unwrap();
        assert_eq!((linear.level(), linear.scale()), (level, a.scale() * b.scale()));
        keys().check(&linear, &products);
        let fused = evaluation.relinearize_and_rescale(&tensor).unwrap();
        keys().check(&fused, &products);
        // The same up to one rounding.
        let apart = linear.rescale().unwrap();
        assert_eq!((fused.level(), fused.scale()), (apart.level(), apart.scale()));
        keys().check(&apart, &products);
        assert_eq!(fused, evaluation.multiply(&a, &b).unwrap());
    }
}

#[test]
fn one_rounding_is_better_than_two() {
    let (x, y) = (numbers(4096, 6), numbers(4096, 7));
    let (a, b) = (keys().encrypt(&x, 3, 8), keys().encrypt(&y, 3, 9));
    let tensor = a.mul(&b).unwrap();
    let apart = keys().keys.relinearize(&tensor).unwrap().rescale().unwrap();
    assert!(keys().keys.multiply(&a, &b).unwrap().error() <= apart.error());
}

#[test]
fn rotations_are_made_of_others() {
    let x = numbers(4096, 10);
    let a = keys().encrypt(&x, 2, 11);
    // Keys for 3 and -1, 2 more left powers, carries over all bits, and nothing.
    for steps in
        [0, 4096, -8192, 3, -1, 1, 5, 7, 4095, 4093, -2048, 2049, 0b1010_1010_1010, 1365, i64::MIN, i64::MAX]
    {
        let result = keys().keys.rotate(&a, steps).unwrap();
        assert_eq!((result.level(), result.scale()), (a.level(), a.scale()));
        keys().check(&result, &rotated(&x, steps));
    }
    let hops = |steps| keys().keys.path(steps).unwrap().len();
    assert_eq!([0, 3, -1, 4, 4095, 7, 4092, 511].map(hops), [0, 1, 1, 1, 1, 2, 10, 2]);
}

#[test]
fn hoisted_rotations_are_rotations() {
    let x = numbers(4096, 12);
    let a = keys().encrypt(&x, 3, 13);
    let steps = [1, 3, 0, 5, -1, 2048, 4096];
    let many = keys().keys.rotate_many(&a, &steps).unwrap();
    assert_eq!(many.len(), steps.len());
    for (steps, rotation) in steps.iter().zip(&many) {
        // The same words: only the order of the work differs.
        assert_eq!(*rotation, keys().keys.rotate(&a, *steps).unwrap(), "{steps}");
    }
    assert_eq!(keys().keys.rotate_many(&a, &[]).unwrap(), []);
}

#[test]
fn rotations_compose() {
    let x = numbers(4096, 14);
    let a = keys().encrypt(&x, 1, 15);
    let there = keys().keys.rotate(&a, 1000).unwrap();
    keys().check(&keys().keys.rotate(&there, -1000).unwrap(), &x);
    let twice = keys().keys.conjugate(&keys().keys.conjugate(&a).unwrap()).unwrap();
    keys().check(&twice, &x);
}

#[test]
fn sums_of_every_kind_of_count() {
    let x = numbers(4096, 16);
    let a = keys().encrypt(&x, 2, 17);
    // Base 4 with the keys of sums(4), base 2, digits with rests.
    for count in [1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 23, 64, 100, 1365, 4095, 4096] {
        keys().check(&keys().keys.sum_slots(&a, count).unwrap(), &sums(&x, 1, count));
    }
    for (stride, count) in [(2, 8), (-1, 4), (1024, 4), (3, 5), (4096, 3), (5, 9), (i64::MIN, 2)] {
        keys().check(&keys().keys.inner_sum(&a, stride, count).unwrap(), &sums(&x, stride % 4096, count));
    }
}

#[test]
fn keys_for_sums_are_all_that_sums_need() {
    let params = &kinds()[0];
    for (stride, count) in [(1, 4096), (2, 8), (-1, 100), (3, 7), (64, 64)] {
        let request = KeyRequest::new().relinearization().inner_sums(stride, count);
        let keys = Keys::new(params, &request);
        let x = numbers(4096, 18);
        let a = keys.encrypt(&x, 1, 19);
        keys.check(&keys.keys.inner_sum(&a, stride, count).unwrap(), &sums(&x, stride, count));
    }
    let counts = [1, 2, 3, 4, 5, 8, 64, 4096].map(|count| KeyRequest::new().sums(count).count(params));
    assert_eq!(counts, [0, 1, 2, 3, 4, 4, 9, 18]);
}

#[test]
fn dot_products() {
    let (x, y) = (numbers(4096, 20), numbers(4096, 21));
    let (a, b) = (keys().encrypt(&x, 3, 22), keys().encrypt(&y, 3, 23));
    let products: Vec<Complex> = x.iter().zip(&y).map(|(x, y)| product(x, y)).collect();
    for count in [1, 4, 4096] {
        let dot = keys().keys.dot(&a, &b, count).unwrap();
        assert_eq!(dot.level(), 2);
        keys().check(&dot, &sums(&products, 1, count));
    }
}

#[test]
fn missing_keys_are_named() {
    let few = Keys::new(&kinds()[0], &KeyRequest::new().rotations(&[2, 5]));
    let keys = &few.keys;
    let a = few.encrypt(&numbers(4096, 24), 1, 25);
    let missing = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::MissingKey);
        error.step()
    };
    assert_eq!(missing(keys.rotate(&a, -3).unwrap_err()), Some(-3));
    assert_eq!(missing(keys.rotate_many(&a, &[2, 5, 7]).unwrap_err()), Some(7));
    assert_eq!(missing(keys.sum_slots(&a, 4).unwrap_err()), Some(1));
    assert_eq!(missing(keys.inner_sum(&a, 2, 3).unwrap_err()), Some(4));
    assert_eq!(missing(keys.conjugate(&a).unwrap_err()), None);
    assert_eq!(missing(keys.multiply(&a, &a).unwrap_err()), None);
    assert_eq!(missing(keys.square(&a).unwrap_err()), None);
    assert_eq!(missing(keys.relinearize(&a.mul(&a).unwrap()).unwrap_err()), None);
    assert_eq!(missing(keys.dot(&a, &a, 2).unwrap_err()), None);
    assert!(keys.rotate(&a, 2).is_ok() && keys.rotate(&a, 5).is_ok() && keys.inner_sum(&a, 5, 2).is_ok());
}

#[test]
fn what_does_not_fit_is_refused() {
    let keys = keys();
    let x = numbers(4096, 26);
    let (a, low) = (keys.encrypt(&x, 1, 27), keys.encrypt(&x, 0, 28));
    let kind = |result: Result<Ciphertext>| result.unwrap_err().kind();
    assert_eq!(kind(keys.keys.multiply(&a, &low)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(keys.keys.multiply(&low, &low)), ErrorKind::HeadroomExhausted);
    assert_eq!(kind(keys.keys.square(&low)), ErrorKind::HeadroomExhausted);
    // A product that would fit, but for the level.
    let scale = 2_f64.powi(8);
    let small = keys.secret.encrypt_values_at(&[0.5], 0, scale, 1.0, &mut rng(33)).unwrap();
    for refused in [
        keys.keys.multiply(&small, &small),
        keys.keys.square(&small),
        keys.keys.relinearize_and_rescale(&small.square().unwrap()),
    ] {
        let error = refused.unwrap_err();
        assert!(
            error.kind() == ErrorKind::HeadroomExhausted && error.what().contains("no level left"),
            "{error}"
        );
    }
    for count in [0, 4097, usize::MAX] {
        assert_eq!(kind(keys.keys.sum_slots(&a, count)), ErrorKind::OutOfRange);
    }
    // Another key of the same parameters, and other parameters.
    let context = keys.keys.context();
    let stranger = SecretKey::generate(context, &mut rng(29));
    let other = stranger.encrypt_complex_at(&x, 1, context.scale_at(1), 1.0, &mut rng(30)).unwrap();
    let foreign = Context::new(&kinds()[0]).unwrap();
    let foreign = SecretKey::generate(&foreign, &mut rng(31)).encrypt_complex_at(
        &x,
        1,
        2_f64.powi(30),
        1.0,
        &mut rng(32),
    );
    for (stranger, of) in [(other, "of another secret key"), (foreign.unwrap(), "of other parameters")] {
        assert!(keys.keys.rotate(&stranger, 1).unwrap_err().what().contains(of));
        assert_eq!(kind(keys.keys.multiply(&a, &stranger)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.square(&stranger)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.rotate(&stranger, 1)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.conjugate(&stranger)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.sum_slots(&stranger, 4)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.multiply(&stranger, &stranger)), ErrorKind::ParamsMismatch);
        let product = stranger.square().unwrap();
        assert_eq!(kind(keys.keys.relinearize(&product)), ErrorKind::ParamsMismatch);
        assert_eq!(kind(keys.keys.relinearize_and_rescale(&product)), ErrorKind::ParamsMismatch);
        for steps in [&[][..], &[1], &[1, 2, 3]] {
            let refused = keys.keys.rotate_many(&stranger, steps).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ParamsMismatch);
        }
    }
}

#[test]
fn keys_depend_on_nothing_but_seeds_and_observers_may_stop_them() {
    let secret = &keys().secret;
    let request = KeyRequest::new().relinearization().rotations(&[1, 2]);
    let generate = |seed| EvaluationKeys::generate(secret, &request, &mut rng(seed), &mut ()).unwrap();
    let (first, again, other) = (generate(33), generate(33), generate(34));
    assert!(first == again && first != other && first == first.clone());
    let mut seen = Vec::new();
    let mut stop = |done: usize, total: usize| {
        seen.push((done, total));
        core::ops::ControlFlow::Break(())
    };
    let stopped = EvaluationKeys::generate(secret, &request, &mut rng(33), &mut stop);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].1, 3);
}

#[test]
fn keys_come_back_from_their_parts() {
    let secret = &keys().secret;
    let request = KeyRequest::new().relinearization().conjugation().rotations(&[1]);
    let made = EvaluationKeys::generate(secret, &request, &mut rng(35), &mut ()).unwrap();
    let (relinearization, galois) = made.parts();
    let again = |key: &KeySwitchKey| {
        KeySwitchKey::from_halves(made.context(), *key.seed(), key.halves().cloned().collect())
    };
    let galois = galois.map(|(element, key)| (element, again(key))).collect();
    let copy =
        EvaluationKeys::from_parts(made.context(), made.key(), relinearization.map(again), galois).unwrap();
    assert!(copy == made);
    let a = keys().encrypt(&numbers(4096, 36), 1, 37);
    assert_eq!(copy.multiply(&a, &a).unwrap(), made.multiply(&a, &a).unwrap());
    assert_eq!(copy.rotate(&a, 1).unwrap(), made.rotate(&a, 1).unwrap());
    let even = BTreeMap::from([(2, again(relinearization_of(&made)))]);
    let refused = EvaluationKeys::from_parts(made.context(), made.key(), None, even);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange);
}

fn relinearization_of(keys: &EvaluationKeys) -> &KeySwitchKey {
    keys.relinearization().unwrap()
}

#[test]
fn what_is_there_is_said() {
    let keys = &keys().keys;
    assert!(keys.has_relinearization() && keys.has_conjugation());
    let expected: Vec<usize> = (0..12).map(|log| 1 << log).chain([3, 4095]).collect();
    let rotations = keys.rotations();
    assert_eq!(rotations.len(), 14);
    assert!(expected.iter().all(|steps| rotations.contains(steps)) && rotations.is_sorted());
    let request = KeyRequest::new().rotations(&[0, 4096, -4096]);
    assert_eq!(request.count(&kinds()[0]), 0);
    assert!(format!("{keys:?}").len() < 300);
}

#[test]
fn inverses_of_elements() {
    for element in [1, 3, 5, 25, 8191, 16_383, rotation_element(8192, -77)] {
        assert_eq!(element * request::inverse(8192, element) % 16_384, 1);
    }
}

#[test]
fn errors_of_keys_are_small_and_there() {
    // b + a s - P g s' is e: what hides the secret.
    let Keys { secret, keys } = keys();
    let (context, degree) = (keys.context(), 8192);
    let (basis, s) = (context.qp(), secret.values.expose_secret());
    let key = relinearization_of(keys);
    for digit in 0..context.params().digits() {
        for row in 0..basis.len() {
            let prime = &basis.primes()[row];
            let [b, a] = key.row(digit, row);
            let mut e = b.to_vec();
            prime.mul_add(&mut e, a, s.row(row));
            if context.params().digit_ranges()[digit].contains(&row) {
                let p = context
                    .p()
                    .primes()
                    .iter()
                    .fold(1, |p, q| prime.modulus().mul(p, q.value() % prime.value()));
                let mut square = vec![0; degree];
                prime.mul_to(&mut square, s.row(row), s.row(row));
                prime.scale(&mut square, p);
                prime.sub(&mut e, &square);
            }
            prime.inverse(&mut e);
            let size = |x: &u64| (*x).min(prime.value() - x);
            assert!(e.iter().all(|x| size(x) <= 21));
            let variance = e.iter().map(|x| (size(x) * size(x)) as f64).sum::<f64>() / degree as f64;
            assert!((variance - 10.5).abs() < 1.0, "{variance}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn chains_of_operations_stay_within_bounds(
        seed: u64, steps in -5000_i64..5000, count in 1_usize..200, turns in proptest::collection::vec(0..4_u8, 1..6)
    ) {
        let Keys { keys: evaluation, .. } = keys();
        let (mut x, y) = (numbers(4096, seed), numbers(4096, seed ^ 1));
        let mut a = keys().encrypt(&x, 3, seed ^ 2);
        for turn in turns {
            match turn {
                0 if a.level() > 1 => {
                    let b = keys().encrypt(&y, a.level(), seed ^ 3);
                    a = evaluation.multiply(&a, &b).unwrap();
                    x = x.iter().zip(&y).map(|(x, y)| product(x, y)).collect();
                }
                1 => {
                    a = evaluation.conjugate(&a).unwrap();
                    x = x.iter().map(|x| Complex::new(x.re, -x.im)).collect();
                }
                2 if a.bounds().message() < 2.0 => {
                    a = evaluation.sum_slots(&a, count).unwrap();
                    x = sums(&x, 1, count);
                }
                _ => {
                    a = evaluation.rotate(&a, steps).unwrap();
                    x = rotated(&x, steps);
                }
            }
        }
        let decrypted = keys().secret.decrypt(&a).unwrap();
        let error = decrypted.to_complex().iter().zip(&x).map(|(a, b)| distance(a, b)).fold(0.0, f64::max);
        prop_assert!(error <= decrypted.error(), "{error} > {}", decrypted.error());
    }
}
