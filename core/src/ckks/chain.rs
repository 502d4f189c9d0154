//! The primes of parameters, and the scales that go with them.
//!
//! A product of two ciphertexts of scale `S_l` at level l has, once rescaled, the scale `S_(l-1) = S_l^2 / q_l`. Were
//! every prime a little off the scale in the same direction, the distance would double with each level. So the primes
//! are chosen one after the other, each from a pool next to `2^bits`, to bring the next scale back (ePrint 2020/1118,
//! §3.2 and §3.3; there the primes lie around a power of two, here below it, so that 50-bit primes have 50 bits).
use crate::error::{Error, ErrorKind, Result};
use crate::ring::largest_primes;

/// What [`choose`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chain {
    /// `q_0, ..., q_L`.
    pub(super) moduli: Vec<u64>,
    /// The primes for key switching.
    pub(super) special: Vec<u64>,
}

/// The primes for these sizes, the same on every machine. Primes for key switching are the largest of their size, so
/// that their product is no smaller than that of other primes of the same sizes.
pub(super) fn choose(degree: usize, moduli_bits: &[u32], special_bits: &[u32]) -> Result<Chain> {
    let mut taken = Vec::with_capacity(moduli_bits.len() + special_bits.len());
    let mut special = Vec::with_capacity(special_bits.len());
    for bits in special_bits {
        special.push(largest(degree, *bits, &mut taken)?);
    }
    let Some((first, rest)) = moduli_bits.split_first() else {
        return Err(Error::new(ErrorKind::InvalidParams, "moduli_bits: at least one modulus"));
    };
    let mut moduli = vec![largest(degree, *first, &mut taken)?];
    if let Some(bits) = rest.first() {
        moduli.extend(around_one_scale(degree, *bits, rest.len(), &taken)?);
    }
    Ok(Chain { moduli, special })
}

/// The largest prime of that size which is not taken yet.
fn largest(degree: usize, bits: u32, taken: &mut Vec<u64>) -> Result<u64> {
    let prime = largest_primes(degree, bits, 1, taken)?[0];
    taken.push(prime);
    Ok(prime)
}

/// `q_1, ..., q_count`: the top one is the scale, each other one brings the scale below it back there.
fn around_one_scale(degree: usize, bits: u32, count: usize, taken: &[u64]) -> Result<Vec<u64>> {
    let mut pool = largest_primes(degree, bits, 2 * count, taken)?;
    let top = pool.remove(count / 2);
    let (target, mut scale) = (float(top), float(top));
    let mut chosen = vec![top];
    while chosen.len() < count {
        let square = scale * scale;
        let distance = |q: &u64| (square / float(*q) - target).abs();
        let best = (0..pool.len()).min_by(|i, j| distance(&pool[*i]).total_cmp(&distance(&pool[*j])));
        let q = pool.remove(best.expect("the pool has twice as many"));
        scale = square / float(q);
        chosen.push(q);
    }
    chosen.reverse();
    Ok(chosen)
}

/// `S_0, ..., S_L`: the top one is the top prime, or `2^scale_bits` when there is nothing to rescale by.
pub(super) fn scales(moduli: &[u64], scale_bits: u32) -> Vec<f64> {
    let last = moduli.len() - 1;
    let top = if last == 0 { float(1 << scale_bits) } else { float(moduli[last]) };
    let mut scales = vec![top; moduli.len()];
    for level in (1..=last).rev() {
        scales[level - 1] = next_scale(scales[level], moduli[level]);
    }
    scales
}

/// The scale of a product of two numbers of this scale, once divided by `q`.
pub(super) fn next_scale(scale: f64, q: u64) -> f64 {
    scale * scale / float(q)
}

/// The nearest number that has 53 bits.
#[expect(clippy::cast_precision_loss)]
pub(super) fn float(q: u64) -> f64 {
    q as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::is_prime_vartime;

    #[test]
    fn primes_are_distinct_and_have_their_sizes() {
        let (moduli_bits, special_bits) = ([50, 50, 50, 50], [50, 50, 60]);
        let chain = choose(4096, &moduli_bits, &special_bits).unwrap();
        let all: Vec<u64> = chain.moduli.iter().chain(&chain.special).copied().collect();
        let bits = moduli_bits.iter().chain(&special_bits);
        for (i, (q, bits)) in all.iter().zip(bits).enumerate() {
            assert!(is_prime_vartime(*q) && q % 8192 == 1 && q.ilog2() + 1 == *bits);
            assert!(!all[..i].contains(q));
        }
        // The product of the primes for key switching is not below that of as many others of the same size.
        assert!(chain.special[..2].iter().min() > chain.moduli.iter().max());
    }

    #[test]
    fn scales_stay_where_they_are() {
        for (degree, bits, count) in [(8192, 40, 2), (1 << 15, 40, 16), (1 << 16, 40, 40), (1 << 16, 30, 20)]
        {
            let bits = [vec![60], vec![bits; count]].concat();
            let chain = choose(degree, &bits, &[60]).unwrap();
            let scales = scales(&chain.moduli, bits[1]);
            let drift = scales.iter().map(|s| (s / scales[count] - 1.0).abs()).fold(0.0, f64::max);
            // Some tens of gaps between primes, 2 N log(2^bits) / 2 each.
            let gap = f64::from(bits[1]) * 0.7 * float(degree as u64) / 2_f64.powi(bits[1].cast_signed());
            assert!(drift < 64.0 * gap, "{degree} {drift} {gap}");
            for level in (1..=count).rev() {
                assert_eq!(next_scale(scales[level], chain.moduli[level]), scales[level - 1]);
            }
        }
    }

    #[test]
    fn one_modulus_has_the_power_of_two() {
        assert_eq!(scales(&[1 << 50], 34), [(1_u64 << 34) as f64]);
    }
}
