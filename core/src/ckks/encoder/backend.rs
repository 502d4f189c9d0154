//! The same code compiled for several instruction sets, and the choice among them. All give the same bits.
//!
//! `--cfg veilkit_backend="portable"` forces the portable one.
#![allow(unsafe_code)]
use super::{
    kernels::{self, Lanes, Twiddles},
    rounding,
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

/// Methods of [`Backend`] that call the function of the same name, compiled for each instruction set.
macro_rules! compiled {
    ($($(#[$doc:meta])* $name:ident = $function:path, ($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Backend {
            $($(#[$doc])*
            pub(super) fn $name(self, $($argument: $type),*) $(-> $result)? {
                match self {
                    Self::Portable => $function($($argument),*),
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

        #[cfg(target_arch = "x86_64")]
        mod avx2 {
            use super::*;
            $(#[target_feature(enable = "avx2")]
            pub(super) fn $name($($argument: $type),*) $(-> $result)? {
                $function($($argument),*)
            })*
        }

        #[cfg(target_arch = "x86_64")]
        mod avx512 {
            use super::*;
            $(#[target_feature(enable = "avx512f,avx512dq")]
            pub(super) fn $name($($argument: $type),*) $(-> $result)? {
                $function($($argument),*)
            })*
        }
    };
}

compiled! {
    /// As [`kernels::embed`].
    embed = kernels::embed, (twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]);
    /// As [`kernels::project`].
    project = kernels::project, (twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]);
    /// As [`rounding::all_below`].
    all_below = rounding::all_below, (x: &[f64], scale: f64, bound: f64) -> bool;
    /// As [`rounding::to_i64`].
    to_i64 = rounding::to_i64, (x: &[f64], scale: f64, out: &mut [i64]);
    /// As [`rounding::to_i128`].
    to_i128 = rounding::to_i128, (x: &[f64], scale: f64, out: &mut [i128]);
}
