//! The kernels that lattice schemes spend their time in, and the choice among them.
//!
//! `--cfg veilkit_backend="portable"` forces the portable ones.
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

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
    /// Eight lanes of 64-bit multiplications (AVX-512 F and DQ).
    Avx512,
    /// Eight lanes of 52-bit multiplications (AVX-512 IFMA), for primes below 2^50.
    Avx512Ifma,
}

/// What a backend does. Twiddles and factors carry quotients for [`Backend::shift`].
pub(super) trait Kernels: Sync {
    /// As [`Transform::forward`](super::Transform::forward).
    fn forward(&self, q: u64, twiddles: &Twiddles, a: &mut [u64]);

    /// As [`Transform::inverse`](super::Transform::inverse); `last` stands in for the first twiddle and 1.
    fn inverse(&self, q: u64, twiddles: &Twiddles, last: &[Factor; 2], a: &mut [u64]);
}

impl Backend {
    /// Every backend that this machine runs and that takes the modulus, the slowest first.
    pub fn available(modulus: &Modulus) -> Vec<Self> {
        let _ = modulus;
        #[allow(unused_mut)]
        let mut found = vec![Self::Portable];
        #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
        {
            if avx512::Wide::runs_here() {
                found.push(Self::Avx512);
            }
            if avx512::Ifma::runs_here() && modulus.bits() <= avx512::Ifma::MAX_BITS {
                found.push(Self::Avx512Ifma);
            }
        }
        found
    }

    /// The last of [`Backend::available`].
    pub fn fastest(modulus: &Modulus) -> Self {
        Self::available(modulus).pop().unwrap_or(Self::Portable)
    }

    /// The length in bits of the fractions that its quotients are.
    pub(super) fn shift(self) -> u32 {
        match self {
            Self::Portable | Self::Avx512 => 64,
            Self::Avx512Ifma => 52,
        }
    }

    pub(super) fn kernels(self) -> &'static dyn Kernels {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => &avx512::Wide,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Ifma => &avx512::Ifma,
            _ => &portable::Portable,
        }
    }
}
