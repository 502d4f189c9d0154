//! Runs a plan on whatever can add and multiply: ciphertexts, or plain numbers.
use std::collections::BTreeMap;

use super::PolynomialBasis;
use super::plan::{Node, PolynomialPlan};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

/// What [`run`] needs of numbers.
pub(super) trait Machine {
    type Value;
    /// What a node's result has to look like: for ciphertexts, level and scale.
    type Target: Copy;

    /// `left right`, or in Chebyshev basis `2 left right - lower`.
    fn power(
        &self,
        left: &Self::Value,
        right: &Self::Value,
        lower: Lower<'_, Self::Value>,
    ) -> Result<Self::Value>;

    /// What a quotient has to look like, so that its product with a power is what its node's result comes from.
    fn quotient_target(&self, target: Self::Target, power: &Self::Value) -> Self::Target;

    /// The node's sum.
    fn sum(
        &self,
        target: Self::Target,
        node: &Node,
        products: &[(Self::Value, &Self::Value)],
        terms: &[(f64, &Self::Value)],
    ) -> Result<Self::Value>;
}

/// `T_(left - right)`
pub(super) enum Lower<'a, V> {
    /// Powers of x need none.
    None,
    /// `T_0`
    One,
    Value(&'a V),
}

/// The value of the planned polynomial at `first`, which is `B_1`.
///
/// # Errors
/// The machine's, or `Cancelled` when the observer stops it.
pub(super) fn run<M: Machine>(
    plan: &PolynomialPlan,
    machine: &M,
    first: M::Value,
    target: M::Target,
    observer: &mut dyn Observer,
) -> Result<M::Value> {
    let mut steps = Steps { done: 0, total: plan.steps(), observer };
    let mut powers = BTreeMap::from([(1, first)]);
    for power in &plan.powers {
        let lower = match (plan.basis, power.left - power.right) {
            (PolynomialBasis::Monomial, _) => Lower::None,
            (PolynomialBasis::Chebyshev { .. }, 0) => Lower::One,
            (PolynomialBasis::Chebyshev { .. }, difference) => Lower::Value(&powers[&difference]),
        };
        let value = machine.power(&powers[&power.left], &powers[&power.right], lower)?;
        powers.insert(power.index(), value);
        steps.advance()?;
    }
    evaluate(&plan.root, machine, &powers, target, &mut steps)
}

fn evaluate<M: Machine>(
    node: &Node,
    machine: &M,
    powers: &BTreeMap<usize, M::Value>,
    target: M::Target,
    steps: &mut Steps<'_>,
) -> Result<M::Value> {
    let mut products = Vec::with_capacity(node.products.len());
    for (index, quotient) in &node.products {
        let power = &powers[index];
        let target = machine.quotient_target(target, power);
        products.push((evaluate(quotient, machine, powers, target, steps)?, power));
    }
    let terms: Vec<_> = node.terms.iter().map(|(index, c)| (*c, &powers[index])).collect();
    let sum = machine.sum(target, node, &products, &terms)?;
    steps.advance()?;
    Ok(sum)
}

struct Steps<'a> {
    done: usize,
    total: usize,
    observer: &'a mut dyn Observer,
}

impl Steps<'_> {
    fn advance(&mut self) -> Result<()> {
        self.done += 1;
        if self.observer.advance(self.done, self.total).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;
    use core::ops::ControlFlow;

    use proptest::prelude::*;

    use super::*;
    use crate::ckks::Polynomial;

    /// Plain numbers with the depth that each has, which counts products.
    #[derive(Default)]
    struct Plain {
        products: Cell<usize>,
    }

    impl Machine for Plain {
        type Value = (f64, usize);
        type Target = usize;

        fn power(
            &self,
            left: &Self::Value,
            right: &Self::Value,
            lower: Lower<'_, Self::Value>,
        ) -> Result<Self::Value> {
            self.products.set(self.products.get() + 1);
            let depth = left.1.max(right.1);
            let product = left.0 * right.0;
            let value = match lower {
                Lower::None => product,
                Lower::One => 2.0 * product - 1.0,
                Lower::Value(lower) => {
                    assert!(lower.1 <= depth, "aligned without a level of its own");
                    2.0 * product - lower.0
                }
            };
            Ok((value, depth + 1))
        }

        fn quotient_target(&self, target: usize, _power: &Self::Value) -> usize {
            target - 1
        }

        fn sum(
            &self,
            target: usize,
            node: &Node,
            products: &[(Self::Value, &Self::Value)],
            terms: &[(f64, &Self::Value)],
        ) -> Result<Self::Value> {
            self.products.set(self.products.get() + products.len());
            assert!(products.iter().all(|(quotient, power)| quotient.1 == target - 1 && power.1 < target));
            assert!(terms.iter().all(|(_, power)| power.1 < target));
            assert!(products.len() + terms.len() > 0, "a node of its own for a constant");
            let products = products.iter().map(|(quotient, power)| quotient.0 * power.0).sum::<f64>();
            let terms = terms.iter().map(|(c, power)| c * power.0).sum::<f64>();
            Ok((products + terms + node.constant, target))
        }
    }

    fn check(p: &Polynomial, x: f64) {
        let plan = p.plan().unwrap();
        let machine = Plain::default();
        let depth = p.degree().ilog2() as usize + 1;
        let (value, _) = run(&plan, &machine, (x, 0), depth, &mut ()).unwrap();
        let size: f64 = p.coefficients().iter().map(|c| c.abs()).sum();
        assert!((value - p.at(x)).abs() <= 1e-11 * size, "{value} {}", p.at(x));
        assert_eq!(machine.products.get(), plan.products());
    }

    #[test]
    fn every_degree_and_parity() {
        for degree in 1..140usize {
            for keep in [[true, true], [true, false], [false, true]] {
                let kept = |k: usize| if keep[k % 2] || k == degree { 1.0 / (k + 1) as f64 } else { 0.0 };
                let c: Vec<f64> = (0..=degree).map(kept).collect();
                for x in [-1.0, -0.9, 0.01, 0.77] {
                    check(&Polynomial::monomial(&c).unwrap(), x);
                    check(&Polynomial::chebyshev(&c, -1.0, 1.0).unwrap(), x);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn sparse_polynomials(
            c in prop::collection::vec(prop_oneof![3 => Just(0.0), 2 => -1.0..1.0f64], 1..80),
            last in 0.1..1.0f64,
            x in -1.0..1.0f64,
        ) {
            let c: Vec<f64> = c.into_iter().chain([last]).collect();
            check(&Polynomial::monomial(&c).unwrap(), x);
            check(&Polynomial::chebyshev(&c, -1.0, 1.0).unwrap(), x);
        }
    }

    #[test]
    fn watched_and_stopped() {
        let p = Polynomial::chebyshev(&[1.0; 32], -1.0, 1.0).unwrap();
        let plan = p.plan().unwrap();
        let mut seen = Vec::new();
        let mut observer = |done: usize, total: usize| {
            seen.push((done, total));
            ControlFlow::Continue(())
        };
        run(&plan, &Plain::default(), (0.5, 0), 5, &mut observer).unwrap();
        assert!(seen.iter().enumerate().all(|(i, (done, total))| *done == i + 1 && *total == plan.steps()));
        assert_eq!(seen.len(), plan.steps());
        let mut stop = |done: usize, _: usize| {
            if done == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = run(&plan, &Plain::default(), (0.5, 0), 5, &mut stop);
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    }
}
