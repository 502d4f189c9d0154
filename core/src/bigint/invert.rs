//! Inverses and units.
use crypto_bigint::Odd;
use subtle::{Choice, CtOption};
use zeroize::Zeroizing;

use super::convert::{from_boxed, to_boxed};
use super::divsteps;
use super::modulus::Modulus;
use super::residue::Residue;

impl Modulus {
    /// `1 / a`, or none when `a` shares a factor with the modulus.
    ///
    /// # Timing
    /// Constant in `a` and the modulus (Bernstein-Yang, in `crypto-bigint`).
    pub fn invert(&self, a: &Residue) -> CtOption<Residue> {
        let (inverse, exists) = self.inverse_or_any(a);
        CtOption::new(inverse, exists)
    }

    /// The inverse, or any element where there is none, and whether there is one.
    pub(crate) fn inverse_or_any(&self, a: &Residue) -> (Residue, Choice) {
        if let Some(root) = self.root() {
            let (inverse, exists) = root.modulus().inverse_or_any(&root.low(a));
            return (self.lift_inverse(&root.lift(&inverse), a), exists);
        }
        let value = to_boxed(&self.to_limbs(a));
        let modulus = Odd::new((*to_boxed(self.as_limbs())).clone()).expect("the modulus is odd");
        let modulus = Zeroizing::new(modulus);
        let inverse = value.invert_odd_mod(&modulus);
        let exists = Choice::from(inverse.is_some().to_u8());
        let inverse = Zeroizing::new(inverse.unwrap_or((*value).clone()));
        (self.reduce(&from_boxed(&inverse)), exists)
    }

    /// [`Modulus::invert`] of a public residue.
    ///
    /// # Timing
    /// Varies with the residue.
    pub fn invert_vartime(&self, a: &Residue) -> Option<Residue> {
        if let Some(root) = self.root() {
            let inverse = root.modulus().invert_vartime(&root.low(a))?;
            return Some(self.lift_inverse(&root.lift(&inverse), a));
        }
        divsteps::invert_vartime(&self.to_limbs(a), self.as_limbs()).map(|inverse| self.reduce(&inverse))
    }

    /// From an inverse modulo the root to that modulo the square: one step of Newton's iteration.
    fn lift_inverse(&self, inverse: &Residue, a: &Residue) -> Residue {
        let error = self.sub(&self.one(), &self.mul(inverse, a));
        self.add(inverse, &self.mul(&error, inverse))
    }

    /// Whether `a` shares no factor with the modulus.
    pub fn is_unit(&self, a: &Residue) -> Choice {
        match self.root() {
            None => self.invert(a).is_some(),
            Some(root) => root.modulus().is_unit(&root.low(a)),
        }
    }

    /// Whether none of these public residues shares a factor with the modulus: one product, one inversion.
    ///
    /// # Timing
    /// Varies with the residues.
    pub fn are_units_vartime(&self, residues: &[&Residue]) -> bool {
        if let Some(root) = self.root() {
            let low: Vec<Residue> = residues.iter().map(|residue| root.low(residue)).collect();
            return root.modulus().are_units_vartime(&low.iter().collect::<Vec<_>>());
        }
        self.invert_vartime(&self.product(residues)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::super::testing::{big, element, integer, odd_modulus, value};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn inverses_agree_with_num_bigint(n in odd_modulus(1..=6), a in integer(1..=6)) {
            let modulus = Modulus::new(&n).unwrap();
            let x = element(&modulus, &big(&a));
            let inverse: Option<Residue> = modulus.invert(&x).into();
            let expected = (big(&a) % big(&n)).modinv(&big(&n));
            assert_eq!(bool::from(modulus.is_unit(&x)), expected.is_some());
            assert_eq!(modulus.are_units_vartime(&[&modulus.one(), &x]), expected.is_some());
            assert_eq!(inverse.map(|i| value(&modulus, &i)), expected);
            assert_eq!(modulus.invert_vartime(&x).map(|i| value(&modulus, &i)), expected);
        }
    }

    #[test]
    fn inverses_of_extreme_residues() {
        for width in [1, 2, 30, 31, 32, 48, 61, 62, 63, 93, 128] {
            for (low, rest) in [(u64::MAX, u64::MAX), (1, 0), (1, u64::MAX)] {
                let mut n = vec![rest; width];
                n[width - 1] = 1 << 63;
                n[0] = low | n[0] & 1 << 63;
                let (modulus, n) = (Modulus::new(&n).unwrap(), big(&n));
                for a in [
                    BigUint::ZERO,
                    BigUint::from(1_u32),
                    BigUint::from(2_u32),
                    &n - 1_u32,
                    &n - 2_u32,
                    &n >> 1,
                ] {
                    let inverse = modulus.invert_vartime(&element(&modulus, &a));
                    assert_eq!(inverse.map(|i| value(&modulus, &i)), a.modinv(&n), "{width} {a}");
                }
            }
        }
    }

    #[test]
    fn inverses_modulo_squares() {
        let root = Modulus::new(&[u64::MAX - 58, 3]).unwrap();
        let square = Modulus::square_of(&root).unwrap();
        for a in [1, 2, 3, u64::MAX] {
            let a = square.reduce(&[a, 5, 7, 1]);
            assert_eq!(square.invert_vartime(&a), square.invert(&a).into());
        }
    }

    #[test]
    fn multiples_of_a_factor_are_no_units() {
        let (p, q) = (1_000_000_007_u64, 998_244_353_u64);
        let modulus = Modulus::new(&[p * q]).unwrap();
        for a in [0, p, q, p * 12345, q * 7] {
            let a = element(&modulus, &BigUint::from(a));
            assert!(bool::from(modulus.invert(&a).is_none()));
            assert!(!modulus.are_units_vartime(&[&modulus.one(), &a]));
        }
        assert!(modulus.are_units_vartime(&[]));
    }
}
