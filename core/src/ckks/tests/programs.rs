//! Random programs: after every step the message is what arithmetic on the numbers gives, up to the bound.
use proptest::prelude::*;

use super::*;

/// One step of a program.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add,
    Subtract,
    Double,
    Negate,
    AddPlain(u64),
    SubtractPlain(u64),
    MultiplyPlain(u64),
    AddConstant(f64),
    MultiplyConstant(f64),
    MultiplyInteger(i64),
    Lower,
    Drop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Add),
        Just(Step::Subtract),
        Just(Step::Double),
        Just(Step::Negate),
        any::<u64>().prop_map(Step::AddPlain),
        any::<u64>().prop_map(Step::SubtractPlain),
        any::<u64>().prop_map(Step::MultiplyPlain),
        (-10.0..10.0).prop_map(Step::AddConstant),
        (-10.0..10.0).prop_map(Step::MultiplyConstant),
        (-9_i64..9).prop_map(Step::MultiplyInteger),
        Just(Step::Lower),
        Just(Step::Drop),
    ]
}

/// A ciphertext, and the numbers that it encrypts.
struct Machine<'a> {
    keys: &'a Keys,
    state: Ciphertext,
    clear: Vec<Complex>,
    other: Ciphertext,
    other_clear: Vec<Complex>,
}

impl Machine<'_> {
    fn plain(&self, seed: u64, scale: f64) -> crate::Result<(Plaintext, Vec<Complex>)> {
        let (bound, level) = (1.0 + (seed % 7) as f64, self.state.level());
        let values = numbers(4096, bound, seed);
        Ok((Plaintext::encode_complex(&self.keys.context, &values, level, scale, bound)?, values))
    }

    /// Nothing happens to the numbers when the step is refused.
    fn run(&mut self, step: Step) -> crate::Result<()> {
        let (state, level) = (&self.state, self.state.level());
        let negative =
            |v: &[Complex]| -> Vec<Complex> { v.iter().map(|v| Complex::new(-v.re, -v.im)).collect() };
        let scaled = |factor: f64| -> Vec<Complex> {
            self.clear.iter().map(|v| Complex::new(v.re * factor, v.im * factor)).collect()
        };
        // Where a multiplication leads: to the scale of the level below.
        let down = |c: &Ciphertext| {
            let q = c.context().params().moduli()[level] as f64;
            c.context().scale_at(level.saturating_sub(1)) * q / c.scale()
        };
        let (next, clear) = match step {
            Step::Add | Step::Subtract => {
                let other = self.other.at_level(level)?;
                let (sum, sign) = match step {
                    Step::Add => (state.add(&other)?, self.other_clear.clone()),
                    _ => (state.sub(&other)?, negative(&self.other_clear)),
                };
                (sum, zip(&self.clear, &sign, plus))
            }
            Step::Double => (state.add(state)?, scaled(2.0)),
            Step::Negate => (state.neg(), negative(&self.clear)),
            Step::AddPlain(seed) => {
                let (plain, values) = self.plain(seed, state.scale())?;
                (state.add_plain(&plain)?, zip(&self.clear, &values, plus))
            }
            Step::SubtractPlain(seed) => {
                let (plain, values) = self.plain(seed, state.scale())?;
                (state.sub_plain(&plain)?, zip(&self.clear, &negative(&values), plus))
            }
            Step::MultiplyPlain(seed) => {
                let (plain, values) = self.plain(seed, down(state))?;
                let product = state.mul_plain(&plain)?.rescale()?;
                (product.with_scale(self.keys.context.scale_at(level - 1)), zip(&self.clear, &values, times))
            }
            Step::AddConstant(value) => {
                (state.add_constant(value)?, self.clear.iter().map(|v| plus(*v, value.into())).collect())
            }
            Step::MultiplyConstant(value) => {
                let product = state.mul_constant(value, down(state))?.rescale()?;
                (product.with_scale(self.keys.context.scale_at(level - 1)), scaled(value))
            }
            Step::MultiplyInteger(value) => (state.mul_integer(value)?, scaled(value as f64)),
            Step::Lower if level > 0 => (state.at_level(level - 1)?, self.clear.clone()),
            // The scale stays, so that the next step down has to correct it.
            Step::Drop if level > 1 => (state.drop_to(level - 1)?, self.clear.clone()),
            Step::Lower | Step::Drop => (state.clone(), self.clear.clone()),
        };
        (self.state, self.clear) = (next, clear);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn bounds_hold_after_every_step(
        seed in any::<u64>(),
        sizes in [0.001..100.0, 0.001..100.0],
        seeded: bool,
        steps in prop::collection::vec(step(), 1..8),
    ) {
        let keys = keys();
        let (scale, mut rng) = (keys.context.scale_at(2), rng(seed));
        let clear = numbers(4096, sizes[0], seed ^ 1);
        let other_clear = numbers(4096, sizes[1], seed ^ 2);
        let state = if seeded {
            keys.secret.encrypt_complex_at(&clear, 2, scale, sizes[0], &mut rng)
        } else {
            keys.public.encrypt_complex_at(&clear, 2, scale, sizes[0], &mut rng)
        };
        let other = keys.public.encrypt_complex_at(&other_clear, 2, scale, sizes[1], &mut rng).unwrap();
        let mut machine = Machine { keys, state: state.unwrap(), clear, other, other_clear };
        for step in steps {
            if let Err(error) = machine.run(step) {
                // Levels or room run out, or a factor is 0: nothing else.
                prop_assert!(matches!(error.kind(), ErrorKind::HeadroomExhausted | ErrorKind::OutOfRange), "{}", error);
            }
            check(keys, &machine.state, &machine.clear);
        }
    }

    #[test]
    fn products_hold_their_bound(seed: u64, sizes in [0.001..100.0, 0.001..100.0], seeded: bool) {
        let keys = keys();
        let (scale, mut rng) = (keys.context.scale_at(2), rng(seed));
        let (x, y) = (numbers(4096, sizes[0], seed ^ 1), numbers(4096, sizes[1], seed ^ 2));
        let a = keys.public.encrypt_complex_at(&x, 2, scale, sizes[0], &mut rng).unwrap();
        let b = if seeded {
            keys.secret.encrypt_complex_at(&y, 2, scale, sizes[1], &mut rng)
        } else {
            keys.public.encrypt_complex_at(&y, 2, scale, sizes[1], &mut rng)
        };
        check_product(keys, &a.mul(&b.unwrap()).unwrap(), &zip(&x, &y, times));
        check_product(keys, &a.square().unwrap(), &zip(&x, &x, times));
    }
}
