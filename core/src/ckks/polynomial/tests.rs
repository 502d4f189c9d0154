//! Polynomials of ciphertexts beside polynomials of numbers.
use core::ops::ControlFlow;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{IntervalChange, Polynomial, PolynomialPlan};
use crate::ckks::{Ciphertext, Context, EncryptionKey, EvaluationKeys, KeyRequest, Params, SecretKey};
use crate::error::{ErrorKind, Result};

struct Setting {
    context: Context,
    secret_key: SecretKey,
    keys: EvaluationKeys,
    rng: ChaCha20Rng,
}

impl Setting {
    fn new(params: &Params) -> Self {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let context = Context::new(params).unwrap();
        let secret_key = SecretKey::generate(&context, &mut rng);
        let request = KeyRequest::new().relinearization();
        let keys = EvaluationKeys::generate(&secret_key, &request, &mut rng, &mut ()).unwrap();
        Self { context, secret_key, keys, rng }
    }

    /// Numbers spread over an interval.
    fn grid(&self, from: f64, to: f64) -> Vec<f64> {
        let slots = self.context.params().slots();
        (0..slots).map(|i| from + (to - from) * i as f64 / (slots - 1) as f64).collect()
    }

    fn encrypt(&mut self, values: &[f64], bound: f64) -> Ciphertext {
        self.secret_key.encrypt_values(values, bound, &mut self.rng).unwrap()
    }

    fn evaluate(&self, plan: &PolynomialPlan, x: &Ciphertext) -> Result<Ciphertext> {
        plan.evaluate(&self.keys, x, &mut ())
    }

    /// Depth as planned, the scale of the level, and an error below the tracked one. Returns the largest.
    fn check(&mut self, p: &Polynomial, plan: &PolynomialPlan, from: f64, to: f64) -> f64 {
        let values = self.grid(from, to);
        let x = self.encrypt(&values, from.abs().max(to.abs()));
        let y = self.evaluate(plan, &x).unwrap();
        assert_eq!(y.level(), x.level() - plan.depth());
        assert_eq!(y.scale(), self.context.scale_at(y.level()));
        let largest = values.iter().map(|x| p.at(*x).abs()).fold(0.0, f64::max);
        assert!(largest <= y.bounds().message() * (1.0 + 1e-9));
        let decrypted = self.secret_key.decrypt(&y).unwrap().to_real();
        let worst = decrypted.iter().zip(&values).map(|(y, x)| (y - p.at(*x)).abs()).fold(0.0, f64::max);
        assert!(worst <= y.error(), "{worst} {}", y.error());
        worst
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Six levels, in a ring that is large enough.
fn depth_6() -> Params {
    Params::new(16384, &[60, 40, 40, 40, 40, 40, 40], &[60, 60], 40).unwrap()
}

#[test]
fn chebyshev_of_many_degrees() {
    let mut setting = Setting::new(&depth_6());
    for (degree, from, to) in [
        (1, -3.0, 3.0),
        (2, -1.0, 1.0),
        (3, -8.0, 8.0),
        (5, 0.0, 2.0),
        (7, -1.5, 1.0),
        (13, -1.0, 1.0),
        (31, -8.0, 8.0),
        (40, -1.0, 1.0),
    ] {
        let f = |x: f64| sigmoid(2.0 * x) + 0.1 * (3.0 * x).cos();
        let p = Polynomial::interpolate(f, from, to, degree).unwrap();
        let worst = setting.check(&p, &p.plan().unwrap(), from, to);
        assert!(worst < 1e-5, "{degree} {worst}");
    }
}

#[test]
fn monomials() {
    let mut setting = Setting::new(&depth_6());
    for c in [
        &[0.5, 0.15, 0.0, -0.0015][..],
        &[0.0, 0.0, 1.0],
        &[1.0, -1.0, 0.5, -0.25, 0.125, 3.0, 0.01, -2.0],
        &[0.0; 17],
    ] {
        let mut c = c.to_vec();
        *c.last_mut().unwrap() += 1.0;
        let p = Polynomial::monomial(&c).unwrap();
        let worst = setting.check(&p, &p.plan().unwrap(), -1.2, 1.2);
        assert!(worst < 1e-5, "{c:?} {worst}");
    }
}

#[test]
fn both_ways_to_change_the_interval() {
    let mut setting = Setting::new(&Params::depth_4());
    let p = Polynomial::interpolate(sigmoid, -8.0, 8.0, 5).unwrap();
    let folded = PolynomialPlan::with_interval_change(&p, IntervalChange::Folded).unwrap();
    let multiplied = PolynomialPlan::with_interval_change(&p, IntervalChange::Multiplied).unwrap();
    assert_eq!((folded.depth(), multiplied.depth()), (3, 4));
    let (lossy, fine) = (setting.check(&p, &folded, -8.0, 8.0), setting.check(&p, &multiplied, -8.0, 8.0));
    assert!(fine < 1e-6 && lossy < 4096.0 * 1e-6, "{fine} {lossy}");
    // On an interval that is not about zero.
    let p = Polynomial::interpolate(f64::sqrt, 1.0, 30.0, 7).unwrap();
    let plan = PolynomialPlan::with_interval_change(&p, IntervalChange::Multiplied).unwrap();
    assert!(setting.check(&p, &plan, 1.0, 30.0) < 1e-5);
}

#[test]
fn coefficients_below_the_scale_are_within_the_bound() {
    let mut setting = Setting::new(&Params::depth_4());
    let mut c = vec![0.25, 1.0, 1e-9, -1e-13, 1e-16, 1e-300, 0.0, -1e-20];
    setting.check(
        &Polynomial::chebyshev(&c, -1.0, 1.0).unwrap(),
        &Polynomial::chebyshev(&c, -1.0, 1.0).unwrap().plan().unwrap(),
        -1.0,
        1.0,
    );
    c[1] = 0.0;
    setting.check(
        &Polynomial::monomial(&c).unwrap(),
        &Polynomial::monomial(&c).unwrap().plan().unwrap(),
        -1.0,
        1.0,
    );
}

#[test]
fn operands_at_other_levels_and_scales() {
    let mut setting = Setting::new(&depth_6());
    let values = setting.grid(-1.0, 1.0);
    let x = setting.encrypt(&values, 1.0);
    let square = setting.keys.square(&x).unwrap();
    let dropped = x.drop_to(4).unwrap();
    let p = Polynomial::interpolate(f64::exp, -1.0, 1.0, 7).unwrap();
    for (x, f) in [(&square, (|x| x * x) as fn(f64) -> f64), (&dropped, |x| x)] {
        let y = setting.keys.polynomial(x, &p, &mut ()).unwrap();
        assert_eq!(y.scale(), setting.context.scale_at(y.level()));
        let decrypted = setting.secret_key.decrypt(&y).unwrap().to_real();
        assert!(decrypted.iter().zip(&values).all(|(y, x)| (y - p.at(f(*x))).abs() <= 1e-6));
    }
}

#[test]
fn refuses() {
    let mut setting = Setting::new(&Params::depth_2());
    let p = Polynomial::interpolate(sigmoid, -1.0, 1.0, 3).unwrap();
    let plan = p.plan().unwrap();
    let x = setting.encrypt(&[0.5], 1.0);
    let error = setting.evaluate(&plan, &x.drop_to(1).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
    assert!(error.what().starts_with("polynomial: ") && error.what().contains("more moduli"));
    setting.evaluate(&plan, &x).unwrap();

    let wide = setting.encrypt(&[0.5], 1.5);
    assert_eq!(setting.evaluate(&plan, &wide).unwrap_err().kind(), ErrorKind::OutOfRange);
    let declared = setting.evaluate(&plan, &wide.within(1.0).unwrap()).unwrap();
    assert!((setting.secret_key.decrypt(&declared).unwrap().to_real()[0] - p.at(0.5)).abs() < 1e-6);
    assert_eq!(x.within(2.0).unwrap().bounds(), x.bounds());
    for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(x.within(bound).unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    let request = KeyRequest::new().rotations(&[1]);
    let without = EvaluationKeys::generate(&setting.secret_key, &request, &mut setting.rng, &mut ()).unwrap();
    assert_eq!(plan.evaluate(&without, &x, &mut ()).unwrap_err().kind(), ErrorKind::MissingKey);

    let mut stop =
        |done: usize, _: usize| if done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let stopped = plan.evaluate(&setting.keys, &x, &mut stop);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
}
