//! The kernels that lattice schemes spend their time in, and the choice among them.
//!
//! `--cfg veilkit_backend="portable"` forces the portable ones.
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(super) mod chacha;
pub(super) mod loops;
#[cfg(target_arch = "x86_64")]
mod passes;
pub(super) mod permute;
mod portable;
#[cfg(target_arch = "x86_64")]
mod products;
mod rows;

use super::{
    Modulus,
    transform::{Factor, Twiddles},
};

/// A set of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// Plain Rust for every target.
    Portable,
    /// Eight lanes of 64-bit multiplications, in two vectors of four (AVX2).
    Avx2,
    /// Eight lanes of 64-bit multiplications (AVX-512 F and DQ).
    Avx512,
    /// Eight lanes of 52-bit multiplications (AVX-512 IFMA), for primes below 2^50.
    Avx512Ifma,
}

/// What a backend does. Twiddles and factors carry quotients for [`Backend::shift`]; slices of one call have one length, a
/// multiple of 16; residues are below the modulus, before and after, unless a method says otherwise.
pub(super) trait Kernels: Sync {
    /// As [`Transform::forward`](super::Transform::forward).
    fn forward(&self, modulus: &Modulus, twiddles: &Twiddles, a: &mut [u64]);

    /// As [`Transform::inverse`](super::Transform::inverse); `last` stands in for the first twiddle and 1. The values are in
    /// `from`, if they are not in `a`.
    fn inverse(
        &self,
        modulus: &Modulus,
        twiddles: &Twiddles,
        last: &[Factor; 2],
        a: &mut [u64],
        from: Option<&[u64]>,
    );

    /// `out = a + b`.
    fn add_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]);

    /// `a = a + b`.
    fn add(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]);

    /// `out = a - b`.
    fn sub_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]);

    /// `a = a - b`.
    fn sub(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]);

    /// `a = -a`.
    fn neg(&self, modulus: &Modulus, a: &mut [u64]);

    /// `out = a b`.
    fn mul_to(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]);

    /// `a = a b`.
    fn mul(&self, modulus: &Modulus, a: &mut [u64], b: &[u64]);

    /// `acc = acc + a b`.
    fn mul_add(&self, modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64]);

    /// `out = a_0 b_0 + a_1 b_1 + ...`, at most [`MAX_TERMS`].
    fn sum_of_products(&self, modulus: &Modulus, out: &mut [u64], terms: &[(&[u64], &[u64])]);

    /// For both halves h `out_h = a_0 b_0h + a_1 b_1h + ... + x_h w_h`, at most [`MAX_TERMS`] products with those that are
    /// added. Residues w.
    fn pair_of_sums(
        &self,
        modulus: &Modulus,
        out: [&mut [u64]; 2],
        terms: &[(&[u64], [&[u64]; 2])],
        more: [Option<(&[u64], u64)>; 2],
    );

    /// `a = a w` for a residue w.
    fn scale(&self, modulus: &Modulus, a: &mut [u64], w: u64);

    /// `acc = acc + a w` for a residue w.
    fn add_scaled(&self, modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64);

    /// `a = (a - b) w` for a residue w.
    fn sub_and_scale(&self, modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64);

    /// `out = w_0 y_0 + w_1 y_1 + ...`, at most [`MAX_TERMS`], for words of `y_i` below `limits_i`, which is at most 2^61.
    fn linear(&self, modulus: &Modulus, out: &mut [u64], terms: &[&[u64]], weights: &[u64], limits: &[u64]);

    /// Residues modulo `from` as numbers from `-from/2` to `from/2`.
    fn lift(&self, modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64);
}

/// Makes the functions of a module, and of its module `rows`, the kernels of a backend.
#[cfg(target_arch = "x86_64")]
macro_rules! kernels {
    ($backend:ident, $module:ident) => {
        impl Kernels for $backend {
            kernels! { fn forward = $module::forward, modulus: &Modulus, twiddles: &Twiddles, a: &mut [u64] }
            kernels! { fn inverse = $module::inverse,
                modulus: &Modulus, twiddles: &Twiddles, last: &[Factor; 2], a: &mut [u64], from: Option<&[u64]> }
            kernels! { fn add_to = $module::rows::add_to, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64] }
            kernels! { fn add = $module::rows::add, modulus: &Modulus, a: &mut [u64], b: &[u64] }
            kernels! { fn sub_to = $module::rows::sub_to, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64] }
            kernels! { fn sub = $module::rows::sub, modulus: &Modulus, a: &mut [u64], b: &[u64] }
            kernels! { fn neg = $module::rows::neg, modulus: &Modulus, a: &mut [u64] }
            kernels! { fn mul_to = $module::rows::mul_to, modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64] }
            kernels! { fn mul = $module::rows::mul, modulus: &Modulus, a: &mut [u64], b: &[u64] }
            kernels! { fn mul_add = $module::rows::mul_add, modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64] }
            kernels! { fn sum_of_products = $module::rows::sum_of_products,
                modulus: &Modulus, out: &mut [u64], terms: &[(&[u64], &[u64])] }
            kernels! { fn pair_of_sums = $module::rows::pair_of_sums,
                modulus: &Modulus, out: [&mut [u64]; 2], terms: &[(&[u64], [&[u64]; 2])],
                more: [Option<(&[u64], u64)>; 2] }
            kernels! { fn scale = $module::rows::scale, modulus: &Modulus, a: &mut [u64], w: u64 }
            kernels! { fn add_scaled = $module::rows::add_scaled, modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64 }
            kernels! { fn sub_and_scale = $module::rows::sub_and_scale,
                modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64 }
            kernels! { fn linear = $module::rows::linear,
                modulus: &Modulus, out: &mut [u64], terms: &[&[u64]], weights: &[u64], limits: &[u64] }
            kernels! { fn lift = $module::rows::lift, modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64 }
        }
    };
    (fn $name:ident = $function:path, $($argument:ident: $type:ty),*) => {
        fn $name(&self, $($argument: $type),*) {
            assert!(Self::runs_here(), "the machine was asked before");
            // SAFETY: the machine has the features, as just checked.
            unsafe { $function($($argument),*) }
        }
    };
}

#[cfg(target_arch = "x86_64")]
use kernels;

/// So many products of words below 2^61 have a sum below 2^128.
pub(super) const MAX_TERMS: usize = 64;

impl Backend {
    /// Every backend that this machine runs and that takes the modulus, the slowest first.
    pub fn available(modulus: &Modulus) -> Vec<Self> {
        let mut found = vec![Self::Portable];
        if cfg!(veilkit_backend = "portable") {
            return found;
        }
        #[cfg(target_arch = "x86_64")]
        {
            if avx2::Avx2::runs_here() {
                found.push(Self::Avx2);
            }
            if avx512::Wide::runs_here() {
                found.push(Self::Avx512);
            }
            if avx512::Ifma::runs_here() && modulus.bits() <= avx512::Ifma::MAX_BITS {
                found.push(Self::Avx512Ifma);
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (modulus, &mut found);
        found
    }

    /// The last of [`Backend::available`].
    pub fn fastest(modulus: &Modulus) -> Self {
        Self::available(modulus).pop().unwrap_or(Self::Portable)
    }

    /// The length in bits of the fractions that its quotients are.
    pub(super) fn shift(self) -> u32 {
        match self {
            Self::Portable | Self::Avx2 | Self::Avx512 => 64,
            Self::Avx512Ifma => 52,
        }
    }

    /// Whether its twiddles are arranged for vectors.
    pub(super) fn has_lanes(self) -> bool {
        self != Self::Portable
    }

    pub(super) fn kernels(self) -> &'static dyn Kernels {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => &avx2::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => &avx512::Wide,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Ifma => &avx512::Ifma,
            _ => &portable::Portable,
        }
    }
}
