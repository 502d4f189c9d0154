//! Every operation against arithmetic on the numbers themselves, with the bound that goes with the result.
use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::error::ErrorKind;

mod edges;
mod laws;
mod misuse;
mod programs;
mod public_key;
mod tightness;

/// A context with its keys.
struct Keys {
    context: Context,
    secret: SecretKey,
    public: PublicKey,
}

impl Keys {
    fn new(params: &Params) -> Self {
        let context = Context::new(params).unwrap();
        let secret = SecretKey::generate(&context, &mut rng(1));
        let public = secret.public_key(&mut rng(2));
        Self { context, secret, public }
    }
}

/// A generator that always gives the same.
fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Keys of the parameters of depth 2.
fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::new(&Params::depth_2()))
}

/// Complex numbers within a circle, drawn from a seed.
fn numbers(count: usize, bound: f64, seed: u64) -> Vec<Complex> {
    let mut rng = rng(seed);
    let mut unit = || f64::from(rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0;
    let scale = bound * core::f64::consts::FRAC_1_SQRT_2;
    (0..count).map(|_| Complex::new(unit() * scale, unit() * scale)).collect()
}

fn real(values: &[f64]) -> Vec<Complex> {
    values.iter().map(|v| Complex::from(*v)).collect()
}

fn plus(a: Complex, b: Complex) -> Complex {
    Complex::new(a.re + b.re, a.im + b.im)
}

fn times(a: Complex, b: Complex) -> Complex {
    Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

fn zip(a: &[Complex], b: &[Complex], f: impl Fn(Complex, Complex) -> Complex) -> Vec<Complex> {
    a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect()
}

/// The largest distance between slots and what they should be; numbers that are not given should be 0.
fn distance(slots: &[Complex], expected: &[Complex]) -> f64 {
    let off = |i: usize| {
        let want = expected.get(i).copied().unwrap_or_default();
        (slots[i].re - want.re).hypot(slots[i].im - want.im)
    };
    (0..slots.len()).map(off).fold(0.0, f64::max)
}

/// Decrypts and compares: no slot may be further off than the ciphertext says. Returns the largest error's share of that.
fn check(keys: &Keys, ciphertext: &Ciphertext, expected: &[Complex]) -> f64 {
    let decrypted = keys.secret.decrypt(ciphertext).unwrap();
    assert_eq!(decrypted.error(), ciphertext.error());
    let worst = distance(&decrypted.to_complex(), expected);
    assert!(worst <= ciphertext.error(), "{worst} is above {}", ciphertext.error());
    assert!(expected.iter().all(|v| v.re.hypot(v.im) <= ciphertext.bounds().message() * (1.0 + 1e-12)));
    worst / ciphertext.error()
}

/// As [`check`], for a product that was not relinearized.
fn check_product(keys: &Keys, product: &Product, expected: &[Complex]) -> f64 {
    let (q, rows) = (keys.context.q(), product.level() + 1);
    let s = keys.secret.values.expose_secret().prefix(rows);
    // c0 + s (c1 + s c2)
    let mut inner = product.c2.clone();
    q.mul(&mut inner, &s);
    q.add(&mut inner, &product.c1);
    q.mul(&mut inner, &s);
    q.add(&mut inner, &product.c0);
    let (re, im) = keys.secret.to_slots(&q.inverse(inner), product.scale());
    let slots: Vec<Complex> = re.iter().zip(im.iter()).map(|(re, im)| Complex::new(*re, *im)).collect();
    let error = product.bounds().decoded_error(keys.context.params().degree(), product.scale());
    let worst = distance(&slots, expected);
    assert!(worst <= error, "{worst} is above {error}");
    worst / error
}
