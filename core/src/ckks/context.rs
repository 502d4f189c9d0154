//! What keys, plaintexts and ciphertexts of the same parameters share: tables, computed once.
use core::fmt;
use std::sync::{Arc, OnceLock};

use super::chain;
use super::encoder::{Encoder, Recombination};
use super::params::Params;
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Basis, Modulus, Prime};

/// Parameters with the tables for computing with them. Clones share everything; one is enough for a program.
#[derive(Clone)]
pub struct Context(Arc<Parts>);

struct Parts {
    params: Params,
    q: Basis,
    p: Basis,
    qp: Basis,
    /// The inverse of the first special modulus, modulo each modulus.
    special_inverses: Vec<u64>,
    /// `log2(q_0 ... q_l)` for each level l.
    log2_q: Vec<f64>,
    encoder: Encoder,
    /// For each number of moduli.
    recombinations: Vec<OnceLock<Recombination>>,
}

impl Context {
    /// Computes the tables of transforms: some tens of milliseconds for the largest parameters.
    ///
    /// # Errors
    /// None for parameters that exist, as far as is known: `InvalidParams` passed on from the tables.
    pub fn new(params: &Params) -> Result<Self> {
        let q = Basis::new(params.degree(), params.moduli())?;
        let p = Basis::new(params.degree(), params.special_moduli())?;
        let special = p.primes()[0].value();
        let special_inverses = q.primes().iter().map(|prime| prime.modulus());
        let special_inverses = special_inverses.map(|q| q.invert(q.reduce(special))).collect();
        let log2_q = (1..=q.len()).map(|rows| q.product_log2(rows)).collect();
        let recombinations = (0..q.len()).map(|_| OnceLock::new()).collect();
        let encoder = Encoder::new(params.degree())?;
        let (qp, params) = (q.join(q.len(), &p), params.clone());
        Ok(Self(Arc::new(Parts { params, q, p, qp, special_inverses, log2_q, encoder, recombinations })))
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.0.params
    }

    /// The moduli `q_0, ..., q_L`.
    pub fn q(&self) -> &Basis {
        &self.0.q
    }

    /// The special moduli.
    pub fn p(&self) -> &Basis {
        &self.0.p
    }

    /// All moduli, the special ones last.
    pub fn qp(&self) -> &Basis {
        &self.0.qp
    }

    /// The inverse of the first special modulus, modulo each modulus.
    pub(in crate::ckks) fn special_inverses(&self) -> &[u64] {
        &self.0.special_inverses
    }

    /// The embedding of slots.
    pub fn encoder(&self) -> &Encoder {
        &self.0.encoder
    }

    /// The scale of ciphertexts at a level, see [`Params::scale_at`]; above the top level, that of the top.
    pub fn scale_at(&self, level: usize) -> f64 {
        let params = self.params();
        params.scale_at(level).unwrap_or_else(|| chain::float(1 << params.scale_bits()))
    }

    /// The binary logarithm of the modulus at a level, `q_0 ... q_level`; above the top level, that of the top.
    pub fn log2_modulus(&self, level: usize) -> f64 {
        self.0.log2_q[level.min(self.0.log2_q.len() - 1)]
    }

    /// From the residues modulo the first moduli to numbers.
    pub(in crate::ckks) fn recombination(&self, rows: usize) -> &Recombination {
        self.0.recombinations[rows - 1].get_or_init(|| {
            let primes: Vec<Modulus> =
                self.q().primes()[..rows].iter().map(|prime| *prime.modulus()).collect();
            Recombination::new(&primes)
        })
    }

    /// The primes of a level.
    pub(in crate::ckks) fn primes_at(&self, level: usize) -> &[Prime] {
        &self.q().primes()[..=level]
    }

    /// Refuses what belongs to other parameters.
    pub(in crate::ckks) fn check(&self, other: &Self, what: &'static str) -> Result<()> {
        if self == other { Ok(()) } else { Err(Error::new(ErrorKind::ParamsMismatch, what)) }
    }

    /// Refuses a level above the top.
    pub(in crate::ckks) fn check_level(&self, level: usize) -> Result<()> {
        if level <= self.params().depth() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::OutOfRange, "level: not above the depth of the parameters"))
        }
    }
}

/// Of the same parameters.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.params() == other.params()
    }
}

impl Eq for Context {}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("params", self.params()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_and_equal_parameters_are_one_context() {
        let params = Params::new(1024, &[24], &[0; 0], 20);
        assert!(params.is_err(), "no special modulus");
        let context = Context::new(&Params::sums()).unwrap();
        assert_eq!(context, context.clone());
        assert_eq!(context, Context::new(&Params::sums()).unwrap());
        let other = Context::new(&Params::depth_2()).unwrap();
        assert_eq!(context.check(&other, "other").unwrap_err().kind(), ErrorKind::ParamsMismatch);
        assert_eq!(other.check_level(2), Ok(()));
        assert_eq!(other.check_level(3).unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn bases_hold_the_moduli_in_order() {
        let context = Context::new(&Params::depth_2()).unwrap();
        let values: Vec<u64> = context.qp().primes().iter().map(Prime::value).collect();
        assert_eq!(values, [context.params().moduli(), context.params().special_moduli()].concat());
        assert_eq!(context.primes_at(1).len(), 2);
        assert!((context.log2_modulus(2) - 140.0).abs() < 0.01);
        assert_eq!(context.log2_modulus(7), context.log2_modulus(2));
        assert_eq!(context.scale_at(2), context.params().moduli()[2] as f64);
    }
}
