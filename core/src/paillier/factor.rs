//! One prime of a secret key, and arithmetic modulo its square.
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::keys::{NOT_A_KEY, PublicKey, WINDOW};
use crate::bigint::limbs::{self, InverseMod2k};
use crate::bigint::{FixedBase, Modulus, Residue};
use crate::error::Result;

/// A prime p of n = pq, with what encryption and decryption modulo p^2 need. Every part is secret and wiped.
pub(super) struct Factor {
    pub(super) prime: Modulus,
    pub(super) squared: Modulus,
    /// p - 1.
    pub(super) order: Zeroizing<Vec<u64>>,
    /// p^-1 modulo a power of two, to divide by p.
    pub(super) exact: InverseMod2k,
    /// n modulo p^2.
    pub(super) n: Residue,
    /// q^-1 modulo p.
    pub(super) other_inverse: Residue,
    table: OnceLock<FixedBase>,
}

impl Factor {
    /// `prime` and `other` are odd primes of equal length.
    pub(super) fn new(prime: &[u64], other: &[u64]) -> Result<Self> {
        let product = |a: &[u64], b: &[u64]| {
            let mut out = Zeroizing::new(vec![0; a.len() + b.len()]);
            limbs::mul(&mut out, a, b);
            out
        };
        let minus = |subtrahend: u64| {
            let mut out = Zeroizing::new(prime.to_vec());
            limbs::sub_assign(&mut out, &[subtrahend]);
            out
        };
        let modulus = Modulus::new(prime)?;
        let squared = Modulus::square_of(&modulus)?;
        Ok(Self {
            order: minus(1),
            exact: InverseMod2k::new(prime, prime.len()).ok_or(NOT_A_KEY)?,
            n: squared.reduce(&product(prime, other)),
            other_inverse: modulus.pow(&modulus.reduce(other), &minus(2), modulus.bits()), // by Fermat
            prime: modulus,
            squared,
            table: OnceLock::new(),
        })
    }

    /// The prime.
    pub(super) fn limbs(&self) -> &[u64] {
        self.prime.as_limbs()
    }

    /// Powers of `h_s` modulo p^2.
    pub(super) fn table(&self, public: &PublicKey) -> &FixedBase {
        self.table.get_or_init(|| {
            let h_s = self.squared.reduce(&public.n_squared().to_limbs(public.h_s()));
            FixedBase::new(&self.squared, &h_s, public.exponent_bits(), WINDOW)
        })
    }

    /// `h^n` modulo p^2, as `(h^q mod p)^p`: a p-th power modulo p^2 depends on its base modulo p only.
    pub(super) fn nth_power(&self, h: &[u64], other: &Self) -> Residue {
        let bits = self.prime.bits();
        let inner = self.prime.pow(&self.prime.reduce(h), other.limbs(), bits);
        self.squared.pow(&self.squared.reduce(&self.prime.to_limbs(&inner)), self.limbs(), bits)
    }

    /// `q^-2` modulo p^2: the inverse modulo p, and one step of Newton's iteration.
    pub(super) fn invert_square_of(&self, other: &Self) -> Residue {
        let modulus = &self.squared;
        let inverse = modulus.reduce(&self.prime.to_limbs(&self.prime.square(&self.other_inverse)));
        let product = modulus.mul(&inverse, &modulus.reduce(other.squared.as_limbs()));
        let two = modulus.add(&modulus.one(), &modulus.one());
        modulus.mul(&inverse, &modulus.sub(&two, &product))
    }
}

/// The integer that is `of_p` modulo p^2 and `of_q` modulo q^2, by Garner's formula
/// `of_q + q^2 ((of_p - of_q) / q^2 mod p^2)`. As q < p, `of_q` is below p^2 already.
pub(super) fn combine_squares(
    p: &Factor,
    q: &Factor,
    q_squared_inverse: &Residue,
    of_p: &Residue,
    of_q: &Residue,
) -> Zeroizing<Vec<u64>> {
    let low = q.squared.to_limbs(of_q);
    let mut quotient = p.squared.sub(of_p, &p.squared.reduce(&low));
    p.squared.mul_assign(&mut quotient, q_squared_inverse);
    garner(&low, q.squared.as_limbs(), &p.squared.to_limbs(&quotient))
}

/// `low + step * quotient`, with room for the whole product.
pub(super) fn garner(low: &[u64], step: &[u64], quotient: &[u64]) -> Zeroizing<Vec<u64>> {
    let mut out = Zeroizing::new(vec![0; step.len() + quotient.len()]);
    limbs::mul(&mut out, step, quotient);
    limbs::add_assign(&mut out, low);
    out
}
