//! The kernels that everything else in this module spends its time in, behind one private trait.
//!
//! A backend works on batches: slices of `count * width` limbs, one element after the other, so that one with SIMD
//! lanes takes several elements at once. `--cfg veilkit_backend="portable"` forces the portable one.
mod portable;

/// An odd modulus `n` as the kernels need it.
#[derive(Clone, Copy)]
pub(crate) struct Montgomery<'a> {
    /// The limbs of `n`, the highest not zero.
    pub(crate) n: &'a [u64],
    /// `-1/n` modulo `2^64`.
    pub(crate) n0: u64,
    /// What [`Backend::prepare`] made of `n`.
    pub(crate) prepared: &'a [u64],
}

/// Montgomery arithmetic with an `R` of the backend's choice, from `2^(64 width)` on.
///
/// Elements of `a` may be any integers of `width` limbs, those of `b` are below `n`; results are below `n`. No branch,
/// address or division depends on a limb.
pub(crate) trait Backend: Sync {
    /// For test messages.
    #[cfg(test)]
    fn name(&self) -> &'static str;

    /// The binary logarithm of `R` for moduli of `width` limbs.
    fn log2_r(&self, width: usize) -> usize;

    /// The modulus in the form that the kernels want.
    fn prepare(&self, n: &[u64]) -> Box<[u64]>;

    /// `out = a * b / R mod n`, element by element.
    fn mul(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64], b: &[u64]);

    /// `out = a * a / R mod n`, element by element, for elements below `n`.
    fn square(&self, modulus: Montgomery<'_>, out: &mut [u64], a: &[u64]);

    /// `out = a * b / R mod n^2`, element by element, where an element of twice as many limbs is a pair (u, v) for
    /// `u + v n`. The halves of `a` may be any integers of `width` limbs, those of `b` are below `n`, as are those of
    /// the results. `shift` is `n - (R mod n) + 1`, and `n` has at most [`MAX_PAIR_BITS`] bits.
    fn mul_pairs(&self, modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64], b: &[u64]);

    /// `out = a * a / R mod n^2`, element by element, for pairs of halves below `n`; as [`Backend::mul_pairs`].
    fn square_pairs(&self, modulus: Montgomery<'_>, shift: &[u64], out: &mut [u64], a: &[u64]);
}

/// The largest modulus whose square can be computed with in pairs.
pub(crate) const MAX_PAIR_BITS: usize = 4096;

/// The fastest backend for this machine.
pub(crate) fn fastest() -> &'static dyn Backend {
    &portable::Portable
}

/// Every backend that this machine can run.
#[cfg(test)]
pub(crate) fn all() -> Vec<&'static dyn Backend> {
    vec![&portable::Portable]
}
