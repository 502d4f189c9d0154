//! Bounds against polynomials that are drawn, and against those chosen to come near.
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;

const DEGREE: usize = 1 << 10;
const HALF_TURN: f64 = core::f64::consts::PI;

/// The values at all roots, `exp(i pi (2 k + 1) / N)` in order, as (re, im): by halving, odd and even coefficients apart.
fn values(a: &[f64]) -> Vec<(f64, f64)> {
    fn halves(a: &[(f64, f64)]) -> Vec<(f64, f64)> {
        if let [only] = a {
            return vec![*only];
        }
        let part = |odd: usize| halves(&a.iter().skip(odd).step_by(2).copied().collect::<Vec<_>>());
        let (even, odd) = (part(0), part(1));
        let turned = |k: usize| {
            let (sin, cos) = (2.0 * HALF_TURN * float(k) / float(a.len())).sin_cos();
            let (re, im) = odd[k % odd.len()];
            let (x, y) = even[k % even.len()];
            (x + re * cos - im * sin, y + re * sin + im * cos)
        };
        (0..a.len()).map(turned).collect()
    }
    let twisted = |(k, &a): (usize, &f64)| {
        let (sin, cos) = (HALF_TURN * float(k) / float(DEGREE)).sin_cos();
        (a * cos, a * sin)
    };
    halves(&a.iter().enumerate().map(twisted).collect::<Vec<_>>())
}

fn slots(a: &[f64]) -> f64 {
    values(a).iter().map(|(re, im)| re.hypot(*im)).fold(0.0, f64::max)
}

fn measured(a: &[f64]) -> Noise {
    Noise { slots: slots(a), coefficients: a.iter().map(|a| a * a).sum::<f64>().sqrt() }
}

/// The product modulo `X^N + 1`, from the definition.
fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; DEGREE];
    for (i, a) in a.iter().enumerate().filter(|(_, a)| **a != 0.0) {
        for (j, b) in b.iter().enumerate() {
            let sign = if i + j < DEGREE { 1.0 } else { -1.0 };
            out[(i + j) % DEGREE] += sign * a * b;
        }
    }
    out
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn ternary(rng: &mut impl Rng) -> Vec<f64> {
    (0..DEGREE).map(|_| f64::from(rng.next_u32() % 3) - 1.0).collect()
}

fn error(rng: &mut impl Rng) -> Vec<f64> {
    let coins = |word: u64| f64::from((word & ((1 << 21) - 1)).count_ones());
    (0..DEGREE).map(|_| coins(rng.next_u64()) - coins(rng.next_u64())).collect()
}

/// Uniform between -1 and 1.
fn uniform(rng: &mut impl Rng) -> Vec<f64> {
    (0..DEGREE).map(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0).collect()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

/// Within both bounds, and neither bound more than `loose` times too large.
#[track_caller]
fn assert_within(a: &[f64], bound: Noise, loose: f64) {
    let found = measured(a);
    assert!(found.slots <= bound.slots && found.coefficients <= bound.coefficients, "{found:?} {bound:?}");
    let ratio = (bound.slots / found.slots).max(bound.coefficients / found.coefficients);
    assert!(ratio <= loose, "{ratio}: {found:?} {bound:?}");
}

#[test]
fn the_norms_are_those_of_the_definition() {
    let rng = &mut rng();
    let a = error(rng);
    for k in [0, 1, 77, DEGREE - 1] {
        let angle = HALF_TURN * float(2 * k + 1) / float(DEGREE);
        let at = |turn: fn(f64) -> f64| -> f64 {
            a.iter().enumerate().map(|(j, a)| a * turn(angle * float(j))).sum()
        };
        let (re, im) = values(&a)[k];
        assert!((at(f64::cos) - re).abs() < 1e-7 && (at(f64::sin) - im).abs() < 1e-7);
    }
    let found = measured(&a);
    assert!(found.coefficients <= found.slots && found.slots <= found.coefficients * (512_f64).sqrt());
}

/// The signs of a cosine come within a thousandth of the bound; random ones stay far below.
#[test]
fn coefficients_of_bounded_size() {
    let signs: Vec<f64> = (0..DEGREE)
        .map(|k| if (HALF_TURN * float(k) / float(DEGREE) - 0.7).cos() < 0.0 { -1.0 } else { 1.0 })
        .collect();
    assert_within(&signs, Noise::of_coefficients(DEGREE, 1.0), 1.001);
    let rng = &mut rng();
    for _ in 0..20 {
        assert_within(&uniform(rng), Noise::of_coefficients(DEGREE, 1.0), 20.0);
    }
}

#[test]
fn laws() {
    let rng = &mut rng();
    for _ in 0..100 {
        assert_within(&ternary(rng), Law::TERNARY.polynomial(DEGREE), 6.0);
        assert_within(&error(rng), Law::ERROR.polynomial(DEGREE), 6.0);
    }
}

/// The proxies are the variances, so that no smaller one would do.
#[test]
fn proxies_are_variances() {
    let rng = &mut rng();
    for (law, draw) in [(Law::TERNARY, ternary as fn(&mut ChaCha20Rng) -> Vec<f64>), (Law::ERROR, error)] {
        let squares: f64 = (0..100).map(|_| draw(rng).iter().map(|a| a * a).sum::<f64>()).sum();
        let variance = squares / (100.0 * float(DEGREE));
        let one = Noise { slots: 1.0, coefficients: 1.0 };
        // The length of one times itself: v (N + 2 sqrt(N t) + 2 t).
        let t = f64::from(FAILURE_BITS) * core::f64::consts::LN_2;
        let factor = float(DEGREE) + 2.0 * (float(DEGREE) * t).sqrt() + 2.0 * t;
        let proxy = law.times(DEGREE, one).coefficients.powi(2) / factor;
        assert!((proxy / variance - 1.0).abs() < 0.02, "{proxy} {variance}");
    }
}

#[test]
fn products_with_what_is_drawn() {
    let rng = &mut rng();
    for _ in 0..10 {
        let (s, e) = (ternary(rng), error(rng));
        let bound = Law::ERROR.times(DEGREE, Law::TERNARY.polynomial(DEGREE));
        assert_within(&product(&s, &e), bound, 30.0);
        assert!(measured(&product(&s, &e)).coefficients * 8.0 > bound.coefficients);
    }
}

#[test]
fn encryption() {
    let rng = &mut rng();
    let plain = Bounds::new(1.0, Noise::NONE).unwrap();
    let (s, key) = (ternary(rng), error(rng));
    for _ in 0..10 {
        let noise = sum(&sum(&product(&ternary(rng), &key), &product(&s, &error(rng))), &error(rng));
        let half = |a: Vec<f64>| a.iter().map(|a| a / 2.0).collect::<Vec<_>>();
        let rounding = sum(&half(uniform(rng)), &product(&half(uniform(rng)), &s));
        for special in [1.0, 1e3, 1e6] {
            let divided: Vec<f64> = noise.iter().map(|e| e / special).collect();
            let bound = plain.encrypted_to_public_key(DEGREE, special).noise();
            assert_within(&sum(&divided, &rounding), bound, 400.0);
        }
        assert_within(&error(rng), plain.encrypted_with_secret_key(DEGREE).noise(), 6.0);
    }
}

/// Also for roundings chosen against the key: those that add up in one coefficient, and those that do at one root.
#[test]
fn rounding() {
    let rng = &mut rng();
    let s = ternary(rng);
    let bound = Noise::rounding(DEGREE);
    let halves = |a: Vec<f64>| a.iter().map(|a| a / 2.0).collect::<Vec<_>>();
    for _ in 0..10 {
        let (r0, r1) = (halves(uniform(rng)), halves(uniform(rng)));
        assert_within(&sum(&r0, &product(&r1, &s)), bound, 400.0);
    }
    let last: Vec<f64> = s.iter().rev().map(|s| s.signum() / 2.0).collect();
    assert_within(&product(&last, &s), bound, 40.0);
    let (largest, _) = values(&s).iter().enumerate().fold((0, 0.0), |(at, best), (k, (re, im))| {
        if re.hypot(*im) > best { (k, re.hypot(*im)) } else { (at, best) }
    });
    let angle = HALF_TURN * float(2 * largest + 1) / float(DEGREE);
    let turned: Vec<f64> = (0..DEGREE).map(|k| (angle * float(k)).cos().signum() / 2.0).collect();
    assert_within(&product(&turned, &s), bound, 8.0);
}

#[test]
fn digits_of_a_key_switch() {
    let rng = &mut rng();
    let digits = [1000.0, 3000.0];
    let bound = Noise::key_switch(DEGREE, &digits);
    for _ in 0..5 {
        let part = |rng: &mut ChaCha20Rng, size: f64| -> Vec<f64> {
            let digit: Vec<f64> = uniform(rng).iter().map(|d| d * size).collect();
            product(&error(rng), &digit)
        };
        assert_within(&sum(&part(rng, digits[0]), &part(rng, digits[1])), bound, 200.0);
    }
}

/// `(S m + e)(S' m' + e') - S S' m m'` for polynomials, and the noise of sums.
#[test]
fn products_and_sums_of_noise() {
    let rng = &mut rng();
    let (scale, other_scale) = (1e4, 3e3);
    for _ in 0..5 {
        let (m, e, n, f) = (uniform(rng), error(rng), uniform(rng), error(rng));
        let scaled = |m: &[f64], scale: f64| m.iter().map(|m| m * scale).collect::<Vec<_>>();
        let (a, b) = (scaled(&m, scale), scaled(&n, other_scale));
        let bounds = |m: &[f64], e: &[f64]| Bounds::new(slots(m), measured(e)).unwrap();
        let (of_a, of_b) = (bounds(&m, &e), bounds(&n, &f));
        let noise = sum(&sum(&product(&a, &f), &product(&b, &e)), &product(&e, &f));
        let result = of_a.mul(scale, &of_b, other_scale);
        assert_within(&noise, result.noise(), 100.0);
        assert!(slots(&product(&m, &n)) <= result.message());
        assert_within(&sum(&e, &f), of_a.add(&of_b).noise(), 2.5);
        assert_within(&e.iter().map(|e| 7.0 * e).collect::<Vec<_>>(), of_a.sum_of(7).noise(), 1.000001);
        let (seven, times) = (of_a.sum_of(7), of_a.times_integer(-7));
        assert!((seven.noise().slots / times.noise().slots - 1.0).abs() < 1e-9);
        assert!((seven.message() / times.message() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn scales_that_differ_become_noise() {
    let bounds = Bounds::new(3.0, Noise::NONE).unwrap();
    let noise = bounds.relabel(100.0, 101.0).noise();
    assert!(noise.slots >= 3.0 && noise.slots < 3.001 && noise.coefficients >= 3.0);
    let kept = bounds.relabel(100.0, 100.0).noise();
    assert!(kept.slots > 0.0 && kept.slots < 1e-12);
    let divided =
        Bounds::new(3.0, Noise { slots: 1e9, coefficients: 1e8 }).unwrap().rescale(DEGREE, 1e6, 1e9, 1e3);
    let rounding = Noise::rounding(DEGREE);
    assert!((divided.noise().slots / (1e3 + rounding.slots) - 1.0).abs() < 1e-9);
    assert!((divided.noise().coefficients / (1e2 + rounding.coefficients) - 1.0).abs() < 1e-9);
}

#[test]
fn what_fits() {
    let bounds = Bounds::new(1.0, Noise { slots: 1e6, coefficients: 1024.0 }).unwrap();
    // 2^20 + 2^10 < 2^21 / 2 is false, and true with one bit more.
    assert!(!bounds.fits(f64::from(1 << 20), 21.0) && bounds.fits(f64::from(1 << 20), 22.0));
    let huge = Bounds { message: f64::INFINITY, noise: Noise::NONE };
    let none = Bounds { message: f64::NAN, noise: Noise::NONE };
    assert!(!huge.fits(1.0, 1e300) && !none.fits(1.0, 1e300));
}

#[test]
fn only_sane_bounds_are_taken() {
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(Bounds::new(bad, Noise::NONE).is_none());
        assert!(Bounds::new(1.0, Noise { slots: bad, coefficients: 0.0 }).is_none());
        assert!(Bounds::new(1.0, Noise { slots: 0.0, coefficients: bad }).is_none());
    }
}

#[test]
fn errors_of_slots() {
    let bounds = Bounds::new(8.0, Noise { slots: 1e6, coefficients: 1024.0 }).unwrap();
    assert!((bounds.error(1e9) - 1e-3).abs() < 1e-12);
    assert!(
        bounds.decoded_error(DEGREE, 1e9) > bounds.error(1e9)
            && bounds.decoded_error(DEGREE, 1e9) < 1.0001e-3
    );
    assert!(
        (Bounds::constant(-2.5, 1e3).message() - 2.5).abs() < 1e-9
            && Bounds::constant(2.5, 1e3).noise().slots < 1.01
    );
}
