//! The same code compiled for several instruction sets, and the choice among them. All give the same bits.
//!
//! `--cfg veilkit_backend="portable"` forces the portable one.
#![allow(unsafe_code)]
use super::{
    kernels::{self, Lanes, Twiddles, Vector},
    residues, rounding,
};

/// What the loops are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Backend {
    /// Every one that this machine runs, the slowest first.
    pub(super) fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut found = vec![Self::Portable];
        #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
        {
            if is_x86_feature_detected!("avx2") {
                found.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                found.push(Self::Avx512);
            }
        }
        found
    }

    /// The last of [`Backend::available`].
    pub(super) fn fastest() -> Self {
        Self::available().pop().unwrap_or(Self::Portable)
    }
}

impl Vector for Lanes {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        [x; 8]
    }

    #[inline(always)]
    fn load(x: &Lanes) -> Self {
        *x
    }

    #[inline(always)]
    fn store(self, x: &mut Lanes) {
        *x = self;
    }

    #[inline(always)]
    fn plus(mut self, other: Self) -> Self {
        self.iter_mut().zip(other).for_each(|(x, y)| *x += y);
        self
    }

    #[inline(always)]
    fn minus(mut self, other: Self) -> Self {
        self.iter_mut().zip(other).for_each(|(x, y)| *x -= y);
        self
    }

    #[inline(always)]
    fn times(mut self, other: Self) -> Self {
        self.iter_mut().zip(other).for_each(|(x, y)| *x *= y);
        self
    }
}

/// Methods of [`Backend`] that call a function, compiled for each instruction set; in its path, `V` is the vector of that set.
macro_rules! compiled {
    ($($(#[$doc:meta])* $name:ident = $function:path, ($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Backend {
            $($(#[$doc])*
            pub(super) fn $name(self, $($argument: $type),*) $(-> $result)? {
                match self {
                    Self::Portable => portable::$name($($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx2 => {
                        assert!(is_x86_feature_detected!("avx2"), "the machine was asked before");
                        // SAFETY: the machine has the feature, as just checked.
                        unsafe { avx2::$name($($argument),*) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx512 => {
                        let runs = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
                        assert!(runs, "the machine was asked before");
                        // SAFETY: the machine has the features, as just checked.
                        unsafe { avx512::$name($($argument),*) }
                    }
                }
            })*
        }

        mod portable {
            use super::*;
            type V = Lanes;
            $(pub(super) fn $name($($argument: $type),*) $(-> $result)? {
                $function($($argument),*)
            })*
        }

        #[cfg(target_arch = "x86_64")]
        mod avx2 {
            use super::*;
            type V = x86::Avx2;
            $(#[target_feature(enable = "avx2")]
            pub(super) fn $name($($argument: $type),*) $(-> $result)? {
                $function($($argument),*)
            })*
        }

        #[cfg(target_arch = "x86_64")]
        mod avx512 {
            use super::*;
            type V = x86::Avx512;
            $(#[target_feature(enable = "avx512f,avx512dq")]
            pub(super) fn $name($($argument: $type),*) $(-> $result)? {
                $function($($argument),*)
            })*
        }
    };
}

compiled! {
    /// As [`kernels::embed`].
    embed = kernels::embed::<V>, (twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]);
    /// As [`kernels::project`].
    project = kernels::project::<V>, (twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]);
    /// As [`rounding::all_below`].
    all_below = rounding::all_below, (x: &[f64], scale: f64, bound: f64) -> bool;
    /// As [`residues::balanced`].
    balanced = residues::balanced, (q: u64, row: &[u64], factor: f64, out: &mut [f64]);
    /// As [`rounding::to_i64`].
    to_i64 = rounding::to_i64, (x: &[f64], scale: f64, out: &mut [i64]);
    /// As [`rounding::to_i128`].
    to_i128 = rounding::to_i128, (x: &[f64], scale: f64, out: &mut [i128]);
}

/// Vectors of x86. They are made only by what `compiled!` compiles for their instruction set and calls once the machine
/// was asked; that is what makes the calls of instructions in here sound.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        __m256d, __m512d, _mm256_add_pd, _mm256_loadu_pd, _mm256_mul_pd, _mm256_set1_pd, _mm256_storeu_pd,
        _mm256_sub_pd, _mm512_add_pd, _mm512_loadu_pd, _mm512_mul_pd, _mm512_set1_pd, _mm512_storeu_pd,
        _mm512_sub_pd,
    };

    use super::{Lanes, Vector};

    #[derive(Clone, Copy)]
    pub(super) struct Avx512(__m512d);

    impl Vector for Avx512 {
        #[inline(always)]
        fn splat(x: f64) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { _mm512_set1_pd(x) })
        }

        #[inline(always)]
        fn load(x: &Lanes) -> Self {
            // SAFETY: as the module says; 64 bytes can be read there and no alignment is asked for.
            Self(unsafe { _mm512_loadu_pd(x.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, x: &mut Lanes) {
            // SAFETY: as the module says; 64 bytes can be written there and no alignment is asked for.
            unsafe { _mm512_storeu_pd(x.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { _mm512_add_pd(self.0, other.0) })
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { _mm512_sub_pd(self.0, other.0) })
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { _mm512_mul_pd(self.0, other.0) })
        }
    }

    #[derive(Clone, Copy)]
    pub(super) struct Avx2([__m256d; 2]);

    impl Vector for Avx2 {
        #[inline(always)]
        fn splat(x: f64) -> Self {
            // SAFETY: as the module says.
            Self([unsafe { _mm256_set1_pd(x) }; 2])
        }

        #[inline(always)]
        fn load(x: &Lanes) -> Self {
            // SAFETY: as the module says; 64 bytes can be read there and no alignment is asked for.
            Self(unsafe { [_mm256_loadu_pd(x.as_ptr()), _mm256_loadu_pd(x.as_ptr().add(4))] })
        }

        #[inline(always)]
        fn store(self, x: &mut Lanes) {
            // SAFETY: as the module says; 64 bytes can be written there and no alignment is asked for.
            unsafe {
                _mm256_storeu_pd(x.as_mut_ptr(), self.0[0]);
                _mm256_storeu_pd(x.as_mut_ptr().add(4), self.0[1]);
            }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { [_mm256_add_pd(self.0[0], other.0[0]), _mm256_add_pd(self.0[1], other.0[1])] })
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { [_mm256_sub_pd(self.0[0], other.0[0]), _mm256_sub_pd(self.0[1], other.0[1])] })
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: as the module says.
            Self(unsafe { [_mm256_mul_pd(self.0[0], other.0[0]), _mm256_mul_pd(self.0[1], other.0[1])] })
        }
    }
}
