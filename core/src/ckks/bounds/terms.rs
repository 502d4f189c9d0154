//! Each term of each bound, from the formulas written out: noise that is drawn shows a missing term only where that
//! term is among the largest.
use super::*;

/// Far above the enlargements, far below any term that is checked.
const CLOSE: f64 = 1e-10;

#[track_caller]
fn assert_close(found: Noise, slots: f64, coefficients: f64) {
    for (found, expected) in [(found.slots, slots), (found.coefficients, coefficients)] {
        assert!((found / expected - 1.0).abs() < CLOSE, "{found} {expected}");
    }
}

fn noise(slots: f64, coefficients: f64) -> Noise {
    Noise { slots, coefficients }
}

fn bounds(message: f64, noise: Noise) -> Bounds {
    Bounds::new(message, noise).unwrap()
}

/// `S m e' + S' m' e + e e'` and the rounding of `S S' m m'`: one by one, since each can be far below the others.
#[test]
fn terms_of_a_product() {
    let (scale, other_scale) = (1e3, 1e5);
    let (e, f) = (noise(7.0, 5.0), noise(11.0, 2.0));
    let product = |a: Bounds, b: Bounds| a.mul(scale, &b, other_scale).noise();
    let (m, n) = (bounds(3.0, Noise::NONE), bounds(13.0, Noise::NONE));
    // Slots multiply; of the two bounds of the length the smaller counts, 7 * 2 and not 5 * 11.
    assert_close(product(bounds(0.0, e), bounds(0.0, f)), 77.0, 14.0);
    assert_close(product(bounds(0.0, f), bounds(0.0, e)), 77.0, 14.0);
    assert_close(product(m, bounds(0.0, f)), 3e3 * 11.0, 3e3 * 2.0);
    assert_close(product(bounds(0.0, e), n), 13e5 * 7.0, 13e5 * 5.0);
    let rounding = 3e3 * 13e5 * f64::EPSILON / 2.0;
    assert_close(product(m, n), rounding, rounding);
    assert_close(
        product(bounds(3.0, e), bounds(13.0, f)),
        77.0 + 33e3 + 91e5 + rounding,
        14.0 + 6e3 + 65e5 + rounding,
    );
}

/// `-ln 2^-128`.
const FAILURE: f64 = 128.0 * core::f64::consts::LN_2;
/// The variances of the coefficients of errors, and of keys and masks.
const ERROR: f64 = 10.5;
const TERNARY: f64 = 2.0 / 3.0;

/// At the roots: `16 N exp(-r^2 cos(pi / 32)^2 / (v N))` is `2^-128` for this r, with the cosine rounded down.
fn at_roots(n: f64, v: f64) -> f64 {
    (v * n * ((16.0 * n).ln() + FAILURE)).sqrt() / 0.995_184
}

/// The length of a product with b, `v (N B^2 + 2 M B sqrt(N t) + 2 M^2 t)` squared.
fn length(n: f64, v: f64, b: Noise) -> f64 {
    let (m, b) = (b.slots, b.coefficients);
    (v * (n * b * b + 2.0 * m * b * (n * FAILURE).sqrt() + 2.0 * m * m * FAILURE)).sqrt()
}

/// A polynomial that is drawn.
fn drawn(n: f64, v: f64) -> Noise {
    noise(at_roots(n, v), length(n, v, noise(1.0, 1.0)))
}

#[test]
fn polynomials_that_are_drawn() {
    for degree in [1 << 10, 1 << 13, 1 << 16] {
        for (law, v) in [(Law::ERROR, ERROR), (Law::TERNARY, TERNARY)] {
            let expected = drawn(float(degree), v);
            assert_close(law.polynomial(degree), expected.slots, expected.coefficients);
        }
    }
}

/// `(u e + e_1 s + e_0) / p` and the rounding, where p is so small that each is seen, and so large that the rounding is all.
#[test]
fn terms_of_an_encryption() {
    for degree in [1 << 10, 1 << 13] {
        let n = float(degree);
        let (e, s) = (drawn(n, ERROR), drawn(n, TERNARY));
        let first = noise(at_roots(n, TERNARY) * e.slots, length(n, TERNARY, e));
        let second = noise(at_roots(n, ERROR) * s.slots, length(n, ERROR, s));
        // Coefficients of 1/2 add up to 1 / (2 sin(pi / 2N)), where 1 / sin x is taken to be (1 + 2^-20) / x.
        let half = noise(n / core::f64::consts::PI * (1.0 + 2_f64.powi(-20)), n.sqrt() / 2.0);
        let product = |a: Noise, b: Noise| {
            noise(a.slots * b.slots, (a.slots * b.coefficients).min(a.coefficients * b.slots))
        };
        let of_secret = product(half, s);
        let rounding = noise(half.slots + of_secret.slots, half.coefficients + of_secret.coefficients);
        for special in [1.0, 1e3, 1e15] {
            let (slots, coefficients) = (
                7.0 + (first.slots + second.slots + e.slots) / special + rounding.slots,
                5.0 + (first.coefficients + second.coefficients + e.coefficients) / special
                    + rounding.coefficients,
            );
            let found = bounds(3.0, noise(7.0, 5.0)).encrypted_to_public_key(degree, special);
            assert_close(found.noise(), slots, coefficients);
        }
        assert_close(Noise::rounding(degree), rounding.slots, rounding.coefficients);
        let secret = bounds(3.0, noise(7.0, 5.0)).encrypted_with_secret_key(degree);
        assert_close(secret.noise(), 7.0 + e.slots, 5.0 + e.coefficients);
        // Digits of at most 20 and 1/4: each by the error of its key.
        let of_error = product(half, e);
        let digits = Noise::key_switch(degree, &[20.0, 0.25]);
        assert_close(digits, 40.5 * of_error.slots, 40.5 * of_error.coefficients);
    }
}

/// What a quotient and another scale add, in both norms.
#[test]
fn terms_of_a_quotient() {
    let (degree, rounding) = (1 << 10, Noise::rounding(1 << 10));
    let operand = bounds(3.0, noise(1e9, 1e8));
    // A message of 3 is 5 too large at a scale that is.
    let found = operand.rescale(degree, 1e3, 1e9, 1e6 + 5.0).noise();
    let relabelled = 15.0 + 12.0 * ROUNDOFF * 1e6;
    assert_close(found, 1e6 + rounding.slots + relabelled, 1e5 + rounding.coefficients + relabelled);
    let kept = bounds(3.0, Noise::NONE).relabel(1e6, 1e6).noise();
    assert_close(kept, 12.0 * ROUNDOFF * 1e6, 12.0 * ROUNDOFF * 1e6);
    assert_close(operand.add(&bounds(2.0, noise(7.0, 5.0))).noise(), 1e9 + 7.0, 1e8 + 5.0);
    assert_close(operand.sum_of(3).noise(), 3e9, 3e8);
    assert_close(operand.times_integer(-3).noise(), 3e9, 3e8);
}
