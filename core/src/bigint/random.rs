//! Uniformly random integers and residues.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::limbs::{self, LIMB_BITS, bits_vartime, limbs_for};
use super::modulus::Modulus;
use super::residue::Residue;
use crate::secret::declassify;

/// A uniformly random integer below `2^bits`.
pub fn random_bits(bits: usize, rng: &mut impl CryptoRng) -> Zeroizing<Vec<u64>> {
    let mut out = Zeroizing::new(vec![0; limbs_for(bits)]);
    fill(&mut out, bits, rng);
    out
}

/// A uniformly random integer below `bound`.
///
/// # Timing
/// Rejects candidates that are not below the bound: the number of tries, which does not depend on the result, shows.
/// # Panics
/// When the bound is zero.
pub fn random_below(bound: &[u64], rng: &mut impl CryptoRng) -> Zeroizing<Vec<u64>> {
    let bits = bits_vartime(bound);
    assert!(bits > 0, "bound is zero");
    let mut out = Zeroizing::new(vec![0; bound.len()]);
    loop {
        fill(&mut out, bits, rng);
        if declassify(limbs::lt(&out, bound)) {
            return out;
        }
    }
}

/// A uniformly random element.
pub fn random_residue(modulus: &Modulus, rng: &mut impl CryptoRng) -> Residue {
    // Montgomery form permutes the residues, so a uniform form is a uniform element.
    let halves = match modulus.root() {
        None => vec![modulus],
        Some(root) => vec![root.modulus(); 2],
    };
    let parts = halves.iter().flat_map(|modulus| random_below(modulus.as_limbs(), rng).to_vec());
    Residue::from_montgomery(&Zeroizing::new(parts.collect::<Vec<u64>>()))
}

/// A uniformly random invertible element.
///
/// # Timing
/// As [`random_below`]; candidates without an inverse are rejected too.
pub fn random_unit(modulus: &Modulus, rng: &mut impl CryptoRng) -> Residue {
    loop {
        let candidate = random_residue(modulus, rng);
        if declassify(modulus.is_unit(&candidate)) {
            return candidate;
        }
    }
}

/// Fills the limbs with a random integer below `2^bits`.
fn fill(out: &mut [u64], bits: usize, rng: &mut impl CryptoRng) {
    let (random, zero) = out.split_at_mut(limbs_for(bits));
    zero.fill(0);
    random.iter_mut().for_each(|limb| *limb = rng.next_u64());
    let spare = random.len() * LIMB_BITS - bits;
    if let Some(top) = random.last_mut() {
        *top >>= spare;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::rng;
    use super::*;

    #[test]
    fn values_cover_the_range_and_stay_below() {
        let mut rng = rng(1);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            let value = random_below(&[5, 0], &mut rng);
            assert_eq!(value.len(), 2);
            seen[usize::try_from(value[0]).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (140..260).contains(count)), "{seen:?}");
        let bound = [u64::MAX, 0, 1];
        assert!((0..200).all(|_| bool::from(limbs::lt(&random_below(&bound, &mut rng), &bound))));
    }

    #[test]
    fn bit_lengths_are_exact() {
        let mut rng = rng(2);
        for bits in [0, 1, 63, 64, 65, 128, 1000] {
            let longest = (0..50).map(|_| bits_vartime(&random_bits(bits, &mut rng))).max();
            assert_eq!(longest, Some(bits));
        }
    }

    #[test]
    fn units_are_units() {
        let modulus = Modulus::new(&[3 * 5 * 7 * 11]).unwrap();
        let mut rng = rng(3);
        for _ in 0..100 {
            assert!(bool::from(modulus.is_unit(&random_unit(&modulus, &mut rng))));
        }
    }
}
