//! Moduli that are squares: elements as pairs (u, v) of residues modulo the root n, for `u + v n`.
use zeroize::{Zeroize, Zeroizing};

use super::limbs;
use super::modulus::Modulus;
use super::residue::Residue;

/// The root n of a modulus n^2, and what arithmetic on pairs needs beside it.
#[derive(Clone)]
pub(crate) struct Root {
    modulus: Modulus,
    /// `n - (R mod n) + 1`.
    shift: Box<[u64]>,
}

impl Root {
    pub(super) fn new(modulus: &Modulus) -> Self {
        let mut shift: Box<[u64]> = modulus.as_limbs().into();
        limbs::sub_assign(&mut shift, modulus.one().limbs());
        limbs::add_assign(&mut shift, &[1]);
        Self { modulus: modulus.clone(), shift }
    }

    pub(super) fn bits(&self) -> usize {
        self.modulus.bits()
    }

    pub(super) fn width(&self) -> usize {
        self.modulus.width()
    }

    pub(super) fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    pub(super) fn mul_into(&self, out: &mut [u64], a: &[u64], b: &[u64]) {
        self.modulus.backend().mul_pairs(self.modulus.montgomery(), &self.shift, out, a, b);
    }

    pub(super) fn square_into(&self, out: &mut [u64], a: &[u64]) {
        self.modulus.backend().square_pairs(self.modulus.montgomery(), &self.shift, out, a);
    }

    /// `a += b`: what the low halves carry goes to the high ones.
    pub(super) fn add_assign(&self, a: &mut [u64], b: &[u64]) {
        let ((u, v), (b, d)) = (a.split_at_mut(self.width()), b.split_at(self.width()));
        let carry = self.modulus.add_limbs(u, b, 0);
        self.modulus.add_limbs(v, d, carry);
    }

    /// `a -= b`.
    pub(super) fn sub_assign(&self, a: &mut [u64], b: &[u64]) {
        let ((u, v), (b, d)) = (a.split_at_mut(self.width()), b.split_at(self.width()));
        let borrow = self.modulus.sub_limbs(u, b, 0);
        self.modulus.sub_limbs(v, d, borrow);
    }

    /// `u + v n`.
    pub(super) fn join(&self, pair: &[u64]) -> Zeroizing<Box<[u64]>> {
        let (u, v) = pair.split_at(self.width());
        let mut out = Zeroizing::new(vec![0; pair.len()].into_boxed_slice());
        limbs::mul(&mut out, v, self.modulus.as_limbs());
        limbs::add_assign(&mut out, u);
        out
    }

    /// The element modulo n: the Montgomery form of both is to the same R.
    pub(super) fn low(&self, pair: &Residue) -> Residue {
        Residue::from_montgomery(&pair.limbs()[..self.width()])
    }

    /// The element times n.
    pub(super) fn lift_high(&self, element: &Residue) -> Residue {
        let mut pair = Residue::zero(2 * self.width());
        pair.limbs_mut()[self.width()..].copy_from_slice(element.limbs());
        pair
    }

    /// An element that is this one modulo n.
    pub(super) fn lift(&self, low: &Residue) -> Residue {
        let mut pair = Residue::zero(2 * self.width());
        pair.limbs_mut()[..self.width()].copy_from_slice(low.limbs());
        pair
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.shift.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::super::testing::{big, integer, odd_modulus, rng, with_each_backend};
    use super::*;
    use crate::bigint::{FixedBase, random};

    /// The value of an element; asserts that both halves are reduced.
    fn value(modulus: &Modulus, pair: &Residue) -> BigUint {
        let root = modulus.root().unwrap();
        let n = big(root.modulus().as_limbs());
        pair.limbs().chunks(root.width()).for_each(|half| assert!(big(half) < n, "not reduced"));
        big(&modulus.to_limbs(pair))
    }

    fn ring_laws(n: &[u64], a: &[u64], b: &[u64]) {
        with_each_backend(n, |root| {
            let modulus = &Modulus::square_of(root).unwrap();
            let square = big(n).pow(2);
            assert_eq!(big(modulus.as_limbs()), square);
            assert_eq!(modulus.bits() as u64, square.bits());
            let (a, b) = (big(a), big(b));
            let make = |x: &BigUint| modulus.reduce(&limbs::from_biguint_vartime(x));
            let (x, y) = (make(&a), make(&b));
            assert_eq!(value(modulus, &modulus.one()), BigUint::from(1_u8));
            assert_eq!(value(modulus, &x), &a % &square);
            assert_eq!(value(modulus, &modulus.mul(&x, &y)), &a * &b % &square);
            assert_eq!(value(modulus, &modulus.square(&x)), &a * &a % &square);
            assert_eq!(value(modulus, &modulus.add(&x, &y)), (&a + &b) % &square);
            assert_eq!(
                value(modulus, &modulus.sub(&x, &y)),
                (&a % &square + &square - &b % &square) % &square
            );
            assert_eq!(value(modulus, &modulus.neg(&x)), (&square - &a % &square) % &square);
            let inverse: Option<Residue> = modulus.invert(&x).into();
            assert_eq!(inverse.map(|inverse| value(modulus, &inverse)), a.modinv(&square));
            assert_eq!(modulus.are_units_vartime(&[&x]), a.modinv(&square).is_some());
            assert_eq!(bool::from(modulus.is_unit(&x)), a.modinv(&square).is_some());
            let simple = modulus.one_plus_root_times(&limbs::from_biguint_vartime(&b));
            assert_eq!(value(modulus, &simple), (big(n) * &b + 1_u8) % &square);
            let canonical: Option<Residue> = modulus.residue(&limbs::from_biguint_vartime(&a)).into();
            assert_eq!(canonical.map(|c| value(modulus, &c)), (a < square).then_some(a));
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn operations_agree_with_num_bigint(n in odd_modulus(1..=7), a in integer(0..=14), b in integer(1..=20)) {
            ring_laws(&n, &a, &b);
        }

        #[test]
        fn powers_agree_with_num_bigint(n in odd_modulus(1..=4), a in integer(1..=8), e in integer(1..=3)) {
            with_each_backend(&n, |root| {
                let modulus = &Modulus::square_of(root).unwrap();
                let x = modulus.reduce(&a);
                let expected = big(&a).modpow(&big(&e), &big(modulus.as_limbs()));
                let bits = 64 * e.len();
                assert_eq!(value(modulus, &modulus.pow(&x, &e, bits)), expected);
                assert_eq!(value(modulus, &modulus.pow_vartime(&x, &e)), expected);
                assert_eq!(value(modulus, &FixedBase::new(modulus, &x, bits, 4).pow(modulus, &e)), expected);
                let twice = modulus.multi_pow_vartime(&[(&x, &e), (&x, &e)]);
                assert_eq!(value(modulus, &twice), &expected * &expected % big(modulus.as_limbs()));
            });
        }
    }

    #[test]
    fn extreme_elements_of_extreme_roots() {
        for width in [1, 2, 3, 8, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64] {
            for top in [1, 1 << 31, 1 << 63, u64::MAX] {
                let mut n = vec![u64::MAX; width];
                n[width - 1] = top;
                n[0] |= 3;
                let square = big(&n).pow(2);
                let minus_one = limbs::from_biguint_vartime(&(&square - 1_u8));
                ring_laws(&n, &minus_one, &minus_one);
                ring_laws(&n, &n, &minus_one);
                ring_laws(&n, &vec![u64::MAX; 2 * width], &n);
                n[1..width - 1.min(width - 1)].fill(0);
                ring_laws(&n, &vec![u64::MAX; 2 * width], &vec![u64::MAX; 2 * width]);
            }
        }
    }

    #[test]
    fn pairs_of_extreme_halves() {
        // Every combination of halves 0, 1, n - 1 as the elements are held, against the formula.
        for width in [1, 5, 16, 32] {
            let mut n = vec![u64::MAX; width];
            n[0] = u64::MAX - 188;
            with_each_backend(&n, |root| {
                let modulus = &Modulus::square_of(root).unwrap();
                let minus_one = limbs::from_biguint_vartime(&(big(&n) - 1_u8));
                let halves = [vec![0; width], [&[1][..], &vec![0; width - 1]].concat(), minus_one];
                let pairs: Vec<Residue> = halves
                    .iter()
                    .flat_map(|u| halves.iter().map(|v| Residue::from_montgomery(&[&u[..], &v[..]].concat())))
                    .collect();
                let square = big(modulus.as_limbs());
                for x in &pairs {
                    let a = value(modulus, x);
                    assert_eq!(value(modulus, &modulus.square(x)), &a * &a % &square);
                    for y in &pairs {
                        let b = value(modulus, y);
                        assert_eq!(value(modulus, &modulus.mul(x, y)), &a * &b % &square);
                        assert_eq!(value(modulus, &modulus.add(x, y)), (&a + &b) % &square);
                        assert_eq!(value(modulus, &modulus.sub(x, y)), (&a + &square - &b) % &square);
                    }
                }
            });
        }
    }

    #[test]
    fn random_elements_are_elements() {
        let modulus = Modulus::square_of(&Modulus::new(&[u64::MAX, 7]).unwrap()).unwrap();
        let mut rng = rng(1);
        let (a, b) = (random::random_residue(&modulus, &mut rng), random::random_unit(&modulus, &mut rng));
        assert_ne!(value(&modulus, &a), value(&modulus, &b));
    }

    #[test]
    fn roots_that_are_too_large_are_refused() {
        let mut n = vec![0; 65];
        (n[0], n[64]) = (1, 1);
        assert!(Modulus::square_of(&Modulus::new(&n).unwrap()).is_err());
        let square = Modulus::square_of(&Modulus::new(&[5]).unwrap()).unwrap();
        assert!(Modulus::square_of(&square).is_err());
    }
}
