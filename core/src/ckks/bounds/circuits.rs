//! The true noise of ciphertexts, measured with the secret key, against their bounds: after each operation, and after many at random.
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::ckks::{
    Ciphertext, Complex, Context, EncryptionKey, EvaluationKeys, KeyRequest, Noise, Params, Plaintext,
    PublicKey, SecretKey,
};

/// A ciphertext and what exact arithmetic gives.
#[derive(Clone)]
struct Value {
    ciphertext: Ciphertext,
    exact: Vec<Complex>,
}

struct Bench {
    context: Context,
    key: SecretKey,
    public: PublicKey,
    keys: EvaluationKeys,
    rng: ChaCha20Rng,
    /// For each operation, the least and the largest ratio of bound and noise, in bits.
    seen: Vec<(&'static str, f64, f64, f64)>,
}

fn product(a: Complex, b: Complex) -> Complex {
    Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

fn map(a: &[Complex], f: impl Fn(Complex) -> Complex) -> Vec<Complex> {
    a.iter().map(|a| f(*a)).collect()
}

fn zip(a: &[Complex], b: &[Complex], f: impl Fn(Complex, Complex) -> Complex) -> Vec<Complex> {
    a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect()
}

impl Bench {
    fn new(params: &Params, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let context = Context::new(params).unwrap();
        let key = SecretKey::generate(&context, &mut rng);
        let public = key.public_key(&mut rng);
        let request = KeyRequest::new().relinearization().conjugation().powers_of_two().sums(24);
        let keys = EvaluationKeys::generate(&key, &request, &mut rng, &mut ()).unwrap();
        Self { context, key, public, keys, rng, seen: Vec::new() }
    }

    fn numbers(&mut self, bound: f64) -> Vec<Complex> {
        let mut one =
            || (f64::from(self.rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0) * bound / 2_f64.sqrt();
        (0..self.context.params().slots()).map(|_| Complex::new(one(), one())).collect()
    }

    fn plaintext(&mut self, level: usize, scale: f64) -> (Plaintext, Vec<Complex>) {
        let exact = self.numbers(1.0);
        (Plaintext::encode_complex(&self.context, &exact, level, scale, 1.0).unwrap(), exact)
    }

    fn fresh(&mut self, by_public_key: bool) -> Value {
        let (level, exact) = (self.context.params().depth(), self.numbers(1.0));
        let scale = self.context.scale_at(level);
        let ciphertext = if by_public_key {
            self.public.encrypt_complex_at(&exact, level, scale, 1.0, &mut self.rng)
        } else {
            self.key.encrypt_complex_at(&exact, level, scale, 1.0, &mut self.rng)
        };
        Value { ciphertext: ciphertext.unwrap(), exact }
    }

    /// Checks the bounds of message and noise, and gives the value back.
    #[track_caller]
    fn check(&mut self, what: &'static str, ciphertext: Ciphertext, exact: Vec<Complex>) -> Value {
        let phase = self.key.phase(&ciphertext, ciphertext.level() + 1);
        let (re, im) = self.key.to_slots(&phase, 1.0);
        let scale = ciphertext.scale();
        let (mut slots, mut squares, mut message) = (0.0_f64, 0.0, 0.0_f64);
        for ((re, im), exact) in re.iter().zip(im.iter()).zip(&exact) {
            let (x, y) = (re - exact.re * scale, im - exact.im * scale);
            slots = slots.max(x.hypot(y));
            squares += x * x + y * y;
            message = message.max(exact.re.hypot(exact.im));
        }
        // Half of the roots; their conjugates are the others.
        let found = Noise { slots, coefficients: (squares / self.context.params().slots() as f64).sqrt() };
        let bound = ciphertext.bounds().noise();
        assert!(
            found.slots <= bound.slots && found.coefficients <= bound.coefficients,
            "{what}: {found:?} {bound:?}"
        );
        assert!(message <= ciphertext.bounds().message(), "{what}: message");
        let (in_slots, in_length) =
            ((bound.slots / slots).log2(), (bound.coefficients / found.coefficients).log2());
        match self.seen.iter_mut().find(|seen| seen.0 == what) {
            Some(seen) => *seen = (what, seen.1.min(in_slots), seen.2.max(in_slots), seen.3.max(in_length)),
            None => self.seen.push((what, in_slots, in_slots, in_length)),
        }
        Value { ciphertext, exact }
    }

    /// One operation at random.
    fn step(&mut self, a: &Value, b: &Value) -> Option<Value> {
        let (x, y) = (&a.ciphertext, &b.ciphertext);
        let level = x.level();
        let rotated = |by: usize| {
            let mut exact = a.exact.clone();
            exact.rotate_left(by);
            exact
        };
        let same = x.level() == y.level();
        Some(match self.rng.next_u32() % 14 {
            0 if same => {
                let exact = zip(&a.exact, &b.exact, |a, b| Complex::new(a.re + b.re, a.im + b.im));
                self.check("add", x.add(y).ok()?, exact)
            }
            1 if same => {
                let exact = zip(&a.exact, &b.exact, |a, b| Complex::new(a.re - b.re, a.im - b.im));
                self.check("sub", x.sub(y).ok()?, exact)
            }
            2 => self.check("neg", x.neg(), map(&a.exact, |a| Complex::new(-a.re, -a.im))),
            3 => {
                let (plain, numbers) = self.plaintext(level, x.scale());
                let exact = zip(&a.exact, &numbers, |a, b| Complex::new(a.re + b.re, a.im + b.im));
                self.check("add_plain", x.add_plain(&plain).ok()?, exact)
            }
            4 if level > 0 => {
                let (plain, numbers) = self.plaintext(level, self.context.scale_at(level));
                let exact = zip(&a.exact, &numbers, product);
                let whole = self.check("mul_plain", x.mul_plain(&plain).ok()?, exact);
                self.check("mul_plain, rescaled", whole.ciphertext.rescale().ok()?, whole.exact)
            }
            5 => self.check(
                "add_constant",
                x.add_constant(-0.3).ok()?,
                map(&a.exact, |a| Complex::new(a.re - 0.3, a.im)),
            ),
            6 if level > 0 => {
                let scale = self.context.scale_at(level);
                let exact = map(&a.exact, |a| Complex::new(a.re * 0.7, a.im * 0.7));
                let whole = self.check("mul_constant", x.mul_constant(0.7, scale).ok()?, exact);
                self.check("mul_constant, rescaled", whole.ciphertext.rescale().ok()?, whole.exact)
            }
            7 => self.check(
                "mul_integer",
                x.mul_integer(-2).ok()?,
                map(&a.exact, |a| Complex::new(-2.0 * a.re, -2.0 * a.im)),
            ),
            8 if same && level > 0 => {
                let exact = zip(&a.exact, &b.exact, product);
                self.check("multiply", self.keys.multiply(x, y).ok()?, exact)
            }
            9 if level > 0 => {
                let exact = map(&a.exact, |a| product(a, a));
                self.check("square", self.keys.square(x).ok()?, exact)
            }
            10 if same && level > 0 => {
                let exact = zip(&a.exact, &b.exact, product);
                let whole = self.check("relinearize", self.keys.relinearize(&x.mul(y).ok()?).ok()?, exact);
                self.check("relinearize, rescaled", whole.ciphertext.rescale().ok()?, whole.exact)
            }
            11 => {
                let exact = rotated(3);
                self.check("rotate", self.keys.rotate(x, 3).ok()?, exact)
            }
            12 => self.check(
                "conjugate",
                self.keys.conjugate(x).ok()?,
                map(&a.exact, |a| Complex::new(a.re, -a.im)),
            ),
            13 => {
                let count = 2 + (self.rng.next_u32() % 23) as usize;
                let sums = (0..count).fold(vec![Complex::default(); a.exact.len()], |sum, by| {
                    zip(&sum, &rotated(by), |a, b| Complex::new(a.re + b.re, a.im + b.im))
                });
                self.check("sum_slots", self.keys.sum_slots(x, count).ok()?, sums)
            }
            _ => return None,
        })
    }

    /// Lowers to the scale of a level, so that operands meet.
    fn lowered(&mut self, a: &Value, level: usize) -> Option<Value> {
        let ciphertext = a.ciphertext.at_level(level).ok()?;
        Some(self.check("at_level", ciphertext, a.exact.clone()))
    }
}

fn run(params: &Params, seed: u64, steps: usize) {
    let mut bench = Bench::new(params, seed);
    let start: Vec<Value> = (0..4)
        .map(|k| {
            let fresh = bench.fresh(k % 2 == 0);
            let what = if k % 2 == 0 { "fresh, public key" } else { "fresh, secret key" };
            bench.check(what, fresh.ciphertext, fresh.exact)
        })
        .collect();
    let mut pool = start.clone();
    for _ in 0..steps {
        let mut pick = || (bench.rng.next_u32() % 4) as usize;
        let (i, j, out) = (pick(), pick(), pick());
        let (a, mut b) = (pool[i].clone(), pool[j].clone());
        let level = a.ciphertext.level();
        if b.ciphertext.level() > level {
            b = bench.lowered(&b, level).unwrap_or(b);
        }
        match bench.step(&a, &b) {
            Some(result) => pool[out] = result,
            // No level or no room is left: begin anew.
            None => pool[out] = start[out].clone(),
        }
    }
    for (what, least, most, length) in &bench.seen {
        // Never too small. Chains of products lose some bits each; what is fresh is known more exactly.
        assert!(*least > 0.0 && *most < 32.0 && *length < 28.0, "{what}: {least} {most} {length}");
        let fresh = [("fresh, public key", 9.5), ("fresh, secret key", 3.5)];
        assert!(fresh.iter().all(|(name, limit)| name != what || most < limit), "{what}: {most}");
    }
    assert!(bench.seen.len() >= 18, "{:?}", bench.seen);
}

#[test]
fn one_digit_for_each_modulus() {
    run(&Params::new(8192, &[60, 40, 40], &[60], 40).unwrap(), 1, 60);
}

#[test]
fn several_special_moduli() {
    run(&Params::new(16_384, &[60, 40, 40, 40, 40], &[60, 60], 40).unwrap(), 2, 50);
}
