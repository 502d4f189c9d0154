//! What the tests of this module share: generators with many edge cases, and `num-bigint` as the judge.
use num_bigint::BigUint;
use proptest::collection::vec;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::backend;
use super::limbs::{from_biguint_vartime, to_biguint_vartime};
use super::{Modulus, Residue};

/// A generator that gives the same stream in every run.
pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// Limbs that are often 0, 1 or all ones.
pub(crate) fn limb() -> impl Strategy<Value = u64> {
    prop_oneof![3 => any::<u64>(), 1 => Just(0), 1 => Just(1), 1 => Just(u64::MAX), 1 => Just(1 << 63)]
}

/// Integers of up to `limbs` limbs.
pub(crate) fn integer(limbs: core::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![4 => vec(limb(), limbs.clone()), 1 => vec(any::<u64>(), limbs)]
}

/// Odd moduli of 2 bits and more, in up to `limbs` limbs.
pub(crate) fn odd_modulus(limbs: core::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<u64>> {
    integer(limbs).prop_map(|mut n| {
        n[0] |= 3;
        n
    })
}

/// Runs a check with the modulus on every backend.
pub(crate) fn with_each_backend(n: &[u64], check: impl Fn(&Modulus)) {
    for backend in backend::all() {
        let modulus = Modulus::with_backend(n, backend).unwrap_or_else(|e| panic!("{}: {e}", backend.name()));
        check(&modulus);
    }
}

/// The integer that these limbs stand for.
pub(crate) fn big(limbs: &[u64]) -> BigUint {
    to_biguint_vartime(limbs)
}

/// The value of a residue; asserts that it is fully reduced.
pub(crate) fn value(modulus: &Modulus, residue: &Residue) -> BigUint {
    assert!(big(residue.limbs()) < big(modulus.as_limbs()), "not reduced");
    big(&modulus.to_limbs(residue))
}

/// The residue of an integer, by way of `num-bigint`.
pub(crate) fn element(modulus: &Modulus, integer: &BigUint) -> Residue {
    let reduced = integer % big(modulus.as_limbs());
    modulus.residue(&from_biguint_vartime(&reduced)).unwrap()
}
