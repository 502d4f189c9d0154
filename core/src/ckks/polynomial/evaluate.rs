//! Polynomials of ciphertexts.
use super::plan::{IntervalChange, Node, PolynomialPlan, half_width};
use super::run::{Lower, Machine, run};
use super::{Polynomial, PolynomialBasis};
use crate::ckks::bounds::{Bounds, Noise};
use crate::ckks::ciphertext::{Ciphertext, Product};
use crate::ckks::context::Context;
use crate::ckks::evaluation_keys::EvaluationKeys;
use crate::ckks::operands::Operand;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

impl PolynomialPlan {
    /// The polynomial of each slot, [`PolynomialPlan::depth`] levels below, at the scale that belongs to that level.
    ///
    /// In a Chebyshev basis the numbers must be real and lie in the interval.
    ///
    /// # Errors
    /// `HeadroomExhausted` when fewer levels are left than the plan takes, or when a result could be too large; `MissingKey`
    /// without the key for relinearization; `ParamsMismatch` for keys of other parameters; `OutOfRange` when the ciphertext's
    /// bound says that numbers may lie outside of the interval; `Cancelled` by the observer, which is told of each power and
    /// each sum.
    /// # Security
    /// The bounds of the result, from which a release is made safe, hold for real numbers in the interval. Who cannot trust
    /// whoever encrypted to keep to it takes the monomial basis, where they hold for all numbers.
    pub fn evaluate(
        &self,
        keys: &EvaluationKeys,
        x: &Ciphertext,
        observer: &mut dyn Observer,
    ) -> Result<Ciphertext> {
        let context = x.context();
        let Some(level) = x.level().checked_sub(self.depth()) else {
            return Err(Error::new(
                ErrorKind::HeadroomExhausted,
                "polynomial: fewer levels are left than its plan takes: choose parameters with more moduli, or a lower degree",
            ));
        };
        let target = Target { level, scale: context.scale_at(level) };
        let machine = OnCiphertexts { context, keys, basis: self.basis };
        run(self, &machine, self.first(x)?, target, observer)
    }

    /// `x` itself, or what runs from -1 to 1 as it runs through the interval.
    fn first(&self, x: &Ciphertext) -> Result<Ciphertext> {
        let PolynomialBasis::Chebyshev { from, to } = self.basis else {
            return Ok(x.clone());
        };
        // The last few bits are what multiplying bounds adds to them.
        if x.bounds().message() > from.abs().max(to.abs()) * (1.0 + 1.0 / (1u64 << 30) as f64) {
            return Err(Error::new(
                ErrorKind::OutOfRange,
                "polynomial: by its bound a number may lie outside of the interval: widen it, or declare a bound that holds by within",
            ));
        }
        let (half, middle) = (half_width(self.basis), 0.5 * (from + to));
        let mut t = match self.change {
            IntervalChange::Folded => {
                let mut t = x.clone();
                t.scale *= half;
                t.bounds = divided(&x.bounds, half);
                t
            }
            IntervalChange::Multiplied => {
                let context = x.context();
                let scale = context.scale_at(x.level() - 1);
                let raw = scale * modulus(context, x.level());
                x.mul_constant(1.0 / half, raw / x.scale())?.rescale()?.with_scale(scale)
            }
        };
        if middle != 0.0 {
            t = t.add_constant(-middle / half)?;
        }
        t.bounds = t.bounds.with_message(1.0);
        Ok(t)
    }
}

impl Ciphertext {
    /// Declared to hold numbers of at most `bound` in absolute value. The tracked bound is the worst case of all operations before,
    /// often far above what the data can reach; no bound is ever raised.
    ///
    /// # Errors
    /// `OutOfRange` for a bound that is not positive and finite.
    /// # Security
    /// A promise of the caller, on which the bounds of all results rest, and with them the safety of a release. Declare
    /// what holds for all inputs there can be, not what it happens to be.
    pub fn within(&self, bound: f64) -> Result<Self> {
        if !(bound.is_finite() && bound > 0.0) {
            return Err(Error::new(ErrorKind::OutOfRange, "bound: a positive finite number"));
        }
        let mut out = self.clone();
        out.bounds = out.bounds.with_message(bound);
        Ok(out)
    }
}

impl EvaluationKeys {
    /// The polynomial of each slot: its [`PolynomialPlan`], made and [evaluated](PolynomialPlan::evaluate).
    ///
    /// # Errors
    /// As [`Polynomial::plan`] and [`PolynomialPlan::evaluate`].
    pub fn polynomial(
        &self,
        x: &Ciphertext,
        polynomial: &Polynomial,
        observer: &mut dyn Observer,
    ) -> Result<Ciphertext> {
        polynomial.plan()?.evaluate(self, x, observer)
    }
}

/// The level and scale that a node's result has.
#[derive(Clone, Copy)]
struct Target {
    level: usize,
    scale: f64,
}

struct OnCiphertexts<'a> {
    context: &'a Context,
    keys: &'a EvaluationKeys,
    basis: PolynomialBasis,
}

impl Machine for OnCiphertexts<'_> {
    type Value = Ciphertext;
    type Target = Target;

    fn power(
        &self,
        left: &Ciphertext,
        right: &Ciphertext,
        lower: Lower<'_, Ciphertext>,
    ) -> Result<Ciphertext> {
        let level = left.level().min(right.level());
        let squared = left.level() == right.level() && core::ptr::eq(left, right);
        let left = left.drop_to(level)?;
        let mut product = if squared { left.square()? } else { left.mul(&right.drop_to(level)?)? };
        if let Lower::None = lower {
            return self.keys.relinearize_and_rescale(&product);
        }
        product.add_assign(&product.clone())?;
        if let Lower::Value(lower) = lower {
            let lower = multiple(&lower.drop_to(level)?, -1.0, product.scale)?;
            add_linear(&mut product, &lower)?;
        }
        let mut power = self.keys.relinearize_and_rescale(&product)?;
        if let Lower::One = lower {
            power = power.add_constant(-1.0)?;
        }
        power.bounds = power.bounds.with_message(1.0);
        Ok(power)
    }

    fn quotient_target(&self, target: Target, power: &Ciphertext) -> Target {
        let level = target.level + 1;
        Target { level, scale: target.scale * modulus(self.context, level) / power.scale() }
    }

    fn sum(
        &self,
        target: Target,
        node: &Node,
        products: &[(Ciphertext, &Ciphertext)],
        terms: &[(f64, &Ciphertext)],
    ) -> Result<Ciphertext> {
        let level = target.level + 1;
        let raw = target.scale * modulus(self.context, level);
        let mut linear: Option<Ciphertext> = None;
        for (c, power) in terms {
            let term = multiple(&power.drop_to(level)?, *c, raw)?;
            linear = Some(match linear {
                None => term,
                Some(mut linear) => {
                    linear.add_assign(&term)?;
                    linear
                }
            });
        }
        let mut quadratic: Option<Product> = None;
        for (quotient, power) in products {
            let product = quotient.mul(&power.drop_to(level)?)?;
            quadratic = Some(match quadratic {
                None => product,
                Some(mut quadratic) => {
                    quadratic.add_assign(&product)?;
                    quadratic
                }
            });
        }
        let sum = match (quadratic, linear) {
            (Some(mut quadratic), linear) => {
                if let Some(linear) = linear {
                    add_linear(&mut quadratic, &linear)?;
                }
                self.keys.relinearize_and_rescale(&quadratic)?
            }
            (None, linear) => linear.expect("every node has a product or a term").rescale()?,
        };
        let sum = if node.constant == 0.0 { sum } else { sum.add_constant(node.constant)? };
        let mut sum = sum.with_scale(target.scale);
        if let PolynomialBasis::Chebyshev { .. } = self.basis {
            sum.bounds = sum.bounds.with_message(node.chebyshev_bound());
        }
        Ok(sum)
    }
}

/// `c a` at the scale `raw`, before rescaling. A factor that would round to nothing is taken as the smallest one.
fn multiple(a: &Ciphertext, c: f64, raw: f64) -> Result<Ciphertext> {
    let scale = raw / a.scale();
    let factor = c.signum() * c.abs().max(1.0 / scale);
    let mut product = a.mul_constant(factor, scale)?;
    let off = (factor - c).abs() * a.bounds().message() * raw;
    product.bounds = product.bounds.with_noise(Noise { slots: off, coefficients: off });
    Ok(product)
}

/// The prime that rescaling from this level divides by.
fn modulus(context: &Context, level: usize) -> f64 {
    context.q().primes()[level].value() as f64
}

/// Adds a ciphertext of the same level and scale to a product.
fn add_linear(product: &mut Product, linear: &Ciphertext) -> Result<()> {
    product.bounds = Operand::from(&*product).sum(&linear.into())?;
    let q = product.context.q();
    q.add(&mut product.c0, &linear.c0);
    q.add(&mut product.c1, &linear.c1);
    Ok(())
}

/// The bounds of the message divided by a number, the noise staying as it is.
fn divided(bounds: &Bounds, by: f64) -> Bounds {
    let message = bounds.message() / by * (1.0 + f64::EPSILON);
    Bounds::new(message, bounds.noise()).expect("a finite number over a half-width that is not tiny")
}
