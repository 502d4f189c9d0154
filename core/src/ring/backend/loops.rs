//! Loops in plain Rust, compiled once for every target and again for what machines have beyond it.
#![allow(unsafe_code)]
use crate::ring::{
    Modulus,
    modulus::{low, reduce_once},
};

/// A function that the compiler may vectorise, and the choice of the widest version that runs here.
macro_rules! for_each_machine {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {
        $(#[$about])*
        pub(crate) fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain($($argument: $type),*) $(-> $result)? $body

            #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($argument: $type),*) $(-> $result)? { plain($($argument),*) }

                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) $(-> $result)? { plain($($argument),*) }

                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                {
                    // SAFETY: the machine has the features, as just checked.
                    return unsafe { avx512($($argument),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the machine has the feature, as just checked.
                    return unsafe { avx2($($argument),*) };
                }
            }
            plain($($argument),*)
        }
    };
}

/// The low 32 bits.
const HALF: u64 = 0xffff_ffff;

for_each_machine! {
    /// Cuts words to the bits of the mask and keeps those below q, in front and in their order. Gives how many they are.
    fn keep_below(words: &mut [u64], mask: u64, q: u64) -> usize {
        let mut all = true;
        for word in words.iter_mut() {
            *word &= mask;
            all &= *word < q;
        }
        if all {
            return words.len();
        }
        let mut kept = 0;
        for i in 0..words.len() {
            let word = words[i];
            words[kept] = word;
            kept += usize::from(word < q);
        }
        kept
    }
}

for_each_machine! {
    /// `((3 w) >> 64) - 1` for each word.
    fn ternary(out: &mut [i64], words: &[u64]) {
        for (out, w) in out.iter_mut().zip(words) {
            let (high, low) = ((w >> 32).wrapping_mul(3), (w & HALF).wrapping_mul(3));
            *out = (high.wrapping_add(low >> 32) >> 32).wrapping_sub(1).cast_signed();
        }
    }
}

for_each_machine! {
    /// How many of the lowest 21 bits of each word are ones, less those of the next 21.
    fn error(out: &mut [i64], words: &[u64]) {
        const COINS: u32 = 21;
        for (out, w) in out.iter_mut().zip(words) {
            // Zeros are counted among the second half, and are 21 less the ones.
            let counted = (w ^ (((1 << COINS) - 1) << COINS)) & ((1 << (2 * COINS)) - 1);
            *out = i64::from(counted.count_ones()).wrapping_sub(i64::from(COINS));
        }
    }
}

for_each_machine! {
    /// Residues of numbers that are smaller than q in absolute value.
    fn from_small(out: &mut [u64], numbers: &[i64], q: u64) {
        for (out, x) in out.iter_mut().zip(numbers) {
            *out = x.cast_unsigned().wrapping_add(q & (x >> 63).cast_unsigned());
        }
    }
}

for_each_machine! {
    /// Residues modulo `from`, as numbers from `-from/2` to `from/2`, modulo a q that is larger than those.
    fn lift_small(out: &mut [u64], a: &[u64], from: u64, q: u64) {
        let (half, correction) = (from >> 1, q.wrapping_sub(from));
        for (out, a) in out.iter_mut().zip(a) {
            // All ones for the upper half.
            let above = (half.wrapping_sub(*a).cast_signed() >> 63).cast_unsigned();
            *out = a.wrapping_add(correction & above);
        }
    }
}

/// The shortest primes that [`from_signed`] takes.
pub(crate) const SIGNED_BITS: u32 = 34;

for_each_machine! {
    /// Residues of numbers, modulo a prime of [`SIGNED_BITS`] bits or more.
    fn from_signed(out: &mut [u64], numbers: &[i64], modulus: &Modulus) {
        let (q, bits) = (modulus.value(), modulus.bits());
        let inverse = low((1_u128 << (bits + 30)) / u128::from(q));
        let excess = modulus.reduce(1 << 63);
        for (out, x) in out.iter_mut().zip(numbers) {
            let y = x.cast_unsigned() ^ (1 << 63);
            // Both factors are below 2^32. The quotient is too small by less than 5/2: less than 1 by what `inverse` lost,
            // 1/2 by the bits of y that are left out, and 1 by rounding.
            let quotient = (y >> (bits - 2)).wrapping_mul(inverse) >> 32;
            let remainder = y.wrapping_sub(quotient.wrapping_mul(q)).wrapping_add(q.wrapping_sub(excess));
            *out = reduce_once(reduce_once(remainder, q << 1), q);
        }
    }
}

for_each_machine! {
    /// `a = a - c` for residues.
    fn sub_constant(a: &mut [u64], c: u64, q: u64) {
        for a in a {
            *a = reduce_once(a.wrapping_add(q.wrapping_sub(c)), q);
        }
    }
}

/// `1/d` as a fraction, to divide residues modulo d by d.
#[derive(Clone, Copy)]
pub(crate) struct Reciprocal {
    /// What makes residues as long as a word.
    shift: u32,
    /// `floor(2^(63 + bits) / d)` in halves.
    high: u64,
    low: u64,
}

/// The length of the fractions that are added up.
const FRACTION: u32 = 57;

impl Reciprocal {
    pub(crate) fn new(d: &Modulus) -> Self {
        let inverse = low((1_u128 << (63 + d.bits())) / u128::from(d.value()));
        Self { shift: u64::BITS - d.bits(), high: inverse >> 32, low: inverse & HALF }
    }

    /// `y/d` for a residue, too small by less than `2^(1 - FRACTION)`.
    #[inline(always)]
    fn fraction(self, y: u64) -> u64 {
        let y = y << self.shift;
        let (high, low) = (y >> 32, y & HALF);
        // The product's high word, without what the low halves would carry into it.
        let cross = (high.wrapping_mul(self.low) >> 32).wrapping_add(low.wrapping_mul(self.high) >> 32);
        high.wrapping_mul(self.high).wrapping_add(cross) >> (63 - FRACTION)
    }
}

for_each_machine! {
    /// `round(y_1/d_1 + y_2/d_2 + ...)` for each coefficient, where row j of `y` has residues modulo `d_j`; the sum is
    /// too small by less than `2^(1 - FRACTION)` for each of them.
    fn round_sum(out: &mut [u64], y: &[u64], reciprocals: &[Reciprocal]) {
        const PIECE: usize = 64;
        let degree = out.len();
        for (i, out) in out.chunks_mut(PIECE).enumerate() {
            let mut sums = [1 << (FRACTION - 1); PIECE];
            for (row, reciprocal) in y.chunks_exact(degree).zip(reciprocals) {
                for (sum, y) in sums.iter_mut().zip(&row[i * PIECE..]) {
                    *sum = reciprocal.fraction(*y).wrapping_add(*sum);
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = sum >> FRACTION;
            }
        }
    }
}
