//! The primes of n = pq from a multiple of nothing but `lcm(p-1, q-1)`: how older versions of `phe` store a secret key.
//!
//! With `phi = (p-1)(q-1)`, p + q is `s = n + 1 - phi` and p - q is the square root of `s^2 - 4n`.
use zeroize::Zeroizing;

use super::keys::NOT_A_KEY;
use crate::bigint::limbs::{self, LIMB_BITS};
use crate::error::Result;
use crate::secret::declassify;

/// The largest `gcd(p-1, q-1)` that is tried: of random primes one in some tens of thousands has a larger one.
const MAX_GCD: u32 = 1 << 16;

/// p and q, p > q, of half as many limbs as n, or something else that is not checked here: multiply them to know.
///
/// `lambda` is `(p-1)(q-1)` or `lcm(p-1, q-1)`, of as many limbs as n.
///
/// # Errors
/// `InvalidEncoding` where no primes of half the length of n can follow.
/// # Timing
/// Constant in lambda, but for `gcd(p-1, q-1)`.
pub(super) fn factor(n: &[u64], lambda: &[u64]) -> Result<[Zeroizing<Vec<u64>>; 2]> {
    let (half, sum_len) = (n.len() / 2, n.len() / 2 + 1);
    let phi = largest_multiple(n, lambda)?;
    let mut sum = Zeroizing::new(n.to_vec());
    limbs::add_assign(&mut sum, &[1]);
    limbs::sub_assign(&mut sum, &phi[..n.len()]);
    if !declassify(limbs::is_zero(&sum[sum_len..])) {
        return Err(NOT_A_KEY);
    }
    sum.truncate(sum_len);
    let mut square = Zeroizing::new(vec![0; 2 * sum_len]);
    limbs::mul(&mut square, &sum, &sum);
    let mut four_n = Zeroizing::new(vec![0; n.len() + 1]);
    limbs::mul(&mut four_n, n, &[4]);
    limbs::sub_assign(&mut square, &four_n); // wraps around for a wrong lambda, and gives wrong primes
    let difference = floor_sqrt(&square);
    let mut p = sum.clone();
    limbs::add_assign(&mut p, &difference[..sum_len]);
    limbs::sub_assign(&mut sum, &difference[..sum_len]);
    Ok([p, sum].map(|twice| {
        let mut prime = super::keys::halve(&twice);
        prime.truncate(half);
        prime
    }))
}

/// The largest multiple of lambda that is at most n: `(p-1)(q-1)` is larger than n less its half.
fn largest_multiple(n: &[u64], lambda: &[u64]) -> Result<Zeroizing<Vec<u64>>> {
    let mut multiple = Zeroizing::new(vec![0; n.len() + 1]);
    for _ in 0..MAX_GCD {
        let mut next = multiple.clone();
        limbs::add_assign(&mut next, lambda);
        if declassify(limbs::lt(n, &next)) {
            return match declassify(limbs::is_zero(&multiple)) {
                true => Err(NOT_A_KEY),
                false => Ok(multiple),
            };
        }
        multiple = next;
    }
    Err(NOT_A_KEY)
}

/// The square root, rounded down, digit by digit in base 2.
///
/// # Timing
/// Constant in the number.
fn floor_sqrt(number: &[u64]) -> Zeroizing<Vec<u64>> {
    let len = number.len() / 2 + 1;
    let (mut root, mut rest) = (Zeroizing::new(vec![0; len]), Zeroizing::new(vec![0; len]));
    let double = |x: &mut [u64], low: u64| {
        let mut carry = low;
        for limb in x {
            (*limb, carry) = (*limb << 1 | carry, *limb >> 63);
        }
    };
    for position in (0..number.len() * LIMB_BITS).step_by(2).rev() {
        for bit in [position + 1, position] {
            double(&mut rest, number[bit / LIMB_BITS] >> (bit % LIMB_BITS) & 1);
        }
        // root stands for 4 root + 1, to be subtracted if it fits.
        let mut trial = root.clone();
        double(&mut trial, 0);
        double(&mut trial, 1);
        let fits = !limbs::lt(&rest, &trial);
        let mut less = rest.clone();
        limbs::sub_assign(&mut less, &trial);
        limbs::conditional_assign(&mut rest, &less, fits);
        double(&mut root, fits.unwrap_u8().into());
    }
    root
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::super::testing::secret_key;
    use super::*;

    #[test]
    fn roots_are_rounded_down() {
        for number in [0, 1, 2, 3, 4, 15, 16, 17, u128::MAX, u128::MAX - 1, 1 << 126, (1 << 126) - 1] {
            let limbs = BigUint::from(number).to_u64_digits();
            let mut limbs = [limbs, vec![0; 2]].concat();
            limbs.truncate(2);
            let root = limbs::to_biguint_vartime(&floor_sqrt(&limbs));
            assert_eq!(root, BigUint::from(number).sqrt(), "{number}");
        }
    }

    #[test]
    fn both_kinds_of_lambda_give_the_primes() {
        let [p, q] =
            [&secret_key().p, &secret_key().q].map(|factor| limbs::to_biguint_vartime(factor.limbs()));
        let n = secret_key().public_key().n();
        let phi = (&p - 1_u8) * (&q - 1_u8);
        let found = |lambda: &BigUint| {
            let mut lambda = limbs::from_biguint_vartime(lambda);
            lambda.resize(n.len(), 0);
            factor(n, &lambda).map(|primes| primes.map(|prime| limbs::to_biguint_vartime(&prime)))
        };
        for lambda in [phi.clone(), &phi / 2_u8] {
            assert_eq!(found(&lambda).unwrap(), [p.clone(), q.clone()]);
        }
        for wrong in [&phi - 1_u8, &phi + 2_u8, &phi / 2_u8 + 1_u8] {
            assert_ne!(found(&wrong).ok(), Some([p.clone(), q.clone()]));
        }
        for wrong in [BigUint::ZERO, BigUint::from(1_u8), &p * 3_u8, limbs::to_biguint_vartime(n) >> 20_u32] {
            assert_eq!(found(&wrong).unwrap_err(), NOT_A_KEY);
        }
    }
}
