use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::{
    roots::{Double, Point},
    *,
};

/// Numbers between -1 and 1.
fn random(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    (0..count).map(|_| f64::from(rng.next_u32().cast_signed()) * rounding::power_of_two(-31)).collect()
}

fn on(backend: Backend, degree: usize) -> Encoder {
    Encoder { backend, ..Encoder::new(degree).unwrap() }
}

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// `sum_k x_k zeta^(e(k))` with 95 bits.
fn sum(roots: &Roots, (re, im): (&[f64], &[f64]), e: impl Fn(usize) -> usize) -> [f64; 2] {
    let mut sum = Point { cos: Double::from(0.0), sin: Double::from(0.0) };
    for (k, (re, im)) in re.iter().zip(im).enumerate() {
        let (w, re, im) = (roots.point(e(k)), Double::from(*re), Double::from(*im));
        sum.cos = sum.cos.plus(w.cos.times(re)).plus(w.sin.times(im).negated());
        sum.sin = sum.sin.plus(w.cos.times(im)).plus(w.sin.times(re));
    }
    [sum.cos.high, sum.sin.high]
}

fn powers_of_5(degree: usize) -> Vec<usize> {
    core::iter::successors(Some(1), |x| Some(x * 5 % (2 * degree))).take(degree / 2).collect()
}

/// The root of the mean square.
fn norm(x: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = x.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x * x));
    (sum / count).sqrt()
}

#[test]
fn slots_are_values_at_the_powers_of_5() {
    for degree in [1 << 10, 1 << 11, 1 << 13, 1 << 16] {
        let (slots, roots, fives) = (degree / 2, Roots::new(degree), powers_of_5(degree));
        let (re, im) = (random(slots, 1), random(slots, 2));
        for backend in Backend::available() {
            let (mut x, mut y) = (re.clone(), im.clone());
            on(backend, degree).project(&mut x, &mut y);
            // All slots where there are few, and a sample where there are many.
            let step = (degree / 4096).max(1) * 3;
            let errors = (0..slots).step_by(step).chain([slots - 1]).flat_map(|j| {
                let [a, b] = sum(&roots, (&re, &im), |k| fives[j] * k);
                [x[j] - a, y[j] - b]
            });
            let relative = norm(errors) / norm(x.iter().copied());
            assert!(relative < 3e-16, "{backend:?} {degree}: {relative:e}");
        }
    }
}

#[test]
fn coefficients_are_those_of_the_inverse() {
    for degree in [1 << 10, 1 << 11, 1 << 13, 1 << 16] {
        let (slots, roots, fives) = (degree / 2, Roots::new(degree), powers_of_5(degree));
        let (re, im) = (random(slots, 3), random(slots, 4));
        for backend in Backend::available() {
            let (mut x, mut y) = (re.clone(), im.clone());
            on(backend, degree).embed(&mut x, &mut y);
            let step = (degree / 4096).max(1) * 3;
            let errors = (0..slots).step_by(step).chain([slots - 1]).flat_map(|k| {
                let [a, b] = sum(&roots, (&re, &im), |j| 2 * degree - fives[j] * k % (2 * degree));
                [x[k] - a / slots as f64, y[k] - b / slots as f64]
            });
            let relative = norm(errors) / norm(x.iter().copied());
            assert!(relative < 3e-16, "{backend:?} {degree}: {relative:e}");
        }
    }
}

#[test]
fn backends_give_the_same_bits_at_every_degree() {
    for log_degree in MIN_LOG_DEGREE..=MAX_LOG_DEGREE {
        let degree = 1 << log_degree;
        let (re, im) = (random(degree / 2, 5), random(degree / 2, 6));
        let run = |backend| {
            let encoder = on(backend, degree);
            let (mut x, mut y) = (re.clone(), im.clone());
            encoder.embed(&mut x, &mut y);
            let coefficients = [bits(&x), bits(&y)];
            let (mut narrow, mut wide) = (vec![0; x.len()], vec![0; x.len()]);
            encoder.to_integers(&x, 1e15, &mut narrow).unwrap();
            encoder.to_wide_integers(&x, 1e30, &mut wide).unwrap();
            encoder.project(&mut x, &mut y);
            let errors = x.iter().zip(&re).chain(y.iter().zip(&im)).map(|(a, b)| a - b);
            assert!(norm(errors) < 3e-16, "{backend:?} {degree}");
            (coefficients, narrow, wide, [bits(&x), bits(&y)])
        };
        let expected = run(Backend::Portable);
        for backend in Backend::available() {
            assert!(run(backend) == expected, "{backend:?} {degree}");
        }
    }
}

#[test]
fn integers_must_fit() {
    let encoder = Encoder::new(1024).unwrap();
    let limit = rounding::power_of_two(62);
    for backend in Backend::available() {
        let encoder = Encoder { backend, ..Encoder::new(1024).unwrap() };
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, limit, -limit] {
            let (mut narrow, mut wide) = ([7; 3], [7; 3]);
            let kind = encoder.to_integers(&[1.0, bad, 2.0], 1.0, &mut narrow).unwrap_err().kind();
            assert_eq!((kind, narrow), (ErrorKind::OutOfRange, [7; 3]));
            let result = encoder.to_wide_integers(&[1.0, bad, 2.0], limit, &mut wide);
            assert_eq!(result.unwrap_err().kind(), ErrorKind::OutOfRange);
        }
    }
    let mut out = [0; 2];
    encoder.to_integers(&[limit.next_down(), -limit.next_down()], 1.0, &mut out).unwrap();
    assert_eq!(out, [(1 << 62) - 512, 512 - (1 << 62)]);
}

#[test]
fn degrees_are_checked() {
    for degree in [0, 1, 512, 1025, 1 << 17] {
        assert_eq!(Encoder::new(degree).err().map(|e| e.kind()), Some(ErrorKind::InvalidParams), "{degree}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// `X -> X^5` moves slots to the left, `X -> X^(2N-1)` conjugates them.
    #[test]
    fn automorphisms_move_slots(seed: u64, steps in 0_usize..512) {
        let (degree, slots) = (1024, 512);
        let encoder = Encoder::new(degree).unwrap();
        let coefficients = random(degree, seed);
        let slots_of = |element: usize| {
            let mut moved = vec![0.0; degree];
            for (k, c) in coefficients.iter().enumerate() {
                let e = k * element % (2 * degree);
                moved[e % degree] = if e < degree { *c } else { -c };
            }
            let (mut re, mut im) = (moved[..slots].to_vec(), moved[slots..].to_vec());
            encoder.project(&mut re, &mut im);
            (re, im)
        };
        let (re, im) = slots_of(1);
        let (left_re, left_im) = slots_of(powers_of_5(degree)[steps]);
        let (same, conjugate) = slots_of(2 * degree - 1);
        for j in 0..slots {
            let from = (j + steps) % slots;
            prop_assert!((left_re[j] - re[from]).abs() < 1e-12 && (left_im[j] - im[from]).abs() < 1e-12);
            prop_assert!((same[j] - re[j]).abs() < 1e-12 && (conjugate[j] + im[j]).abs() < 1e-12);
        }
    }

    /// Products of polynomials are products of slots.
    #[test]
    fn slots_multiply(seed: u64) {
        let (degree, slots) = (1024, 512);
        let encoder = Encoder::new(degree).unwrap();
        let (a, b) = (random(degree, seed), random(degree, !seed));
        let mut product = vec![0.0; degree];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                product[(i + j) % degree] += if i + j < degree { x * y } else { -x * y };
            }
        }
        let slots_of = |mut c: Vec<f64>| {
            let (re, im) = c.split_at_mut(slots);
            encoder.project(re, im);
            (0..slots).map(|j| (re[j], im[j])).collect::<Vec<_>>()
        };
        let (a, b, product) = (slots_of(a), slots_of(b), slots_of(product));
        for ((a, b), c) in a.into_iter().zip(b).zip(product) {
            prop_assert!((a.0 * b.0 - a.1 * b.1 - c.0).abs() < 1e-10);
            prop_assert!((a.0 * b.1 + a.1 * b.0 - c.1).abs() < 1e-10);
        }
    }
}
