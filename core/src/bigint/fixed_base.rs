//! Powers of one base, by a table made once.
use core::fmt;

use zeroize::Zeroizing;

use super::limbs::digit;
use super::modulus::Modulus;
use super::residue::Residue;
use super::table::Table;

/// Powers of a fixed base: entry `d` of window `i` is `base^(d 2^(window i))`, so that a power is one multiplication
/// per window.
///
/// # Units
/// The table takes `ceil(exponent_bits / window) 2^window` residues ([`FixedBase::table_bytes`]), and about as many
/// multiplications to make.
#[derive(Clone)]
pub struct FixedBase {
    table: Table,
    exponent_bits: usize,
    window: usize,
}

impl FixedBase {
    /// The window that suits 2048- to 8192-bit moduli.
    pub const DEFAULT_WINDOW: usize = 5;

    /// Makes the table of `base` for exponents below `2^exponent_bits`.
    ///
    /// # Panics
    /// When `window` is not from 1 to 8.
    /// # Timing
    /// Constant in the base; varies with `exponent_bits` and `window`.
    pub fn new(modulus: &Modulus, base: &Residue, exponent_bits: usize, window: usize) -> Self {
        assert!((1..=8).contains(&window), "window must be from 1 to 8");
        let entries = 1 << window;
        let windows = exponent_bits.div_ceil(window);
        let mut table = Table::new(windows * entries, modulus.width());
        let mut generator = base.clone();
        for first in (0..windows).map(|i| i * entries) {
            table.entry_mut(first).copy_from_slice(modulus.one().limbs());
            table.entry_mut(first + 1).copy_from_slice(generator.limbs());
            for i in first + 2..first + entries {
                let (read, write) = table.pair(i - 1, i);
                modulus.mul_into(write, read, generator.limbs());
            }
            let last = Residue::from_montgomery(table.entry(first + entries - 1));
            generator = modulus.mul(&last, &generator);
        }
        Self { table, exponent_bits, window }
    }

    /// The exponents may have this many bits.
    pub fn exponent_bits(&self) -> usize {
        self.exponent_bits
    }

    /// The memory of the table.
    pub fn table_bytes(&self) -> usize {
        self.table.bytes()
    }

    /// `base^exponent`; bits of the exponent from `exponent_bits` on are ignored.
    ///
    /// # Panics
    /// When `modulus` has another width than the one that the table was made for.
    /// # Timing
    /// Constant in base and exponent.
    pub fn pow(&self, modulus: &Modulus, exponent: &[u64]) -> Residue {
        let mut result = Zeroizing::new(modulus.one().limbs().to_vec());
        let mut spare = result.clone();
        let mut entry = result.clone();
        for (i, position) in (0..self.exponent_bits).step_by(self.window).enumerate() {
            let index = digit(exponent, position, self.window.min(self.exponent_bits - position));
            let out = if i == 0 { &mut result } else { &mut entry };
            self.table.read(i << self.window, 1 << self.window, index, out);
            if i > 0 {
                modulus.mul_into(&mut spare, &result, &entry);
                core::mem::swap(&mut result, &mut spare);
            }
        }
        Residue::from_montgomery(&result)
    }
}

impl fmt::Debug for FixedBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedBase")
            .field("exponent_bits", &self.exponent_bits)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{big, element, integer, odd_modulus, value, with_each_backend};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn powers_agree_with_num_bigint(
            n in odd_modulus(1..=3), base in integer(1..=3), exponent in integer(0..=4), bits in 0_usize..=200, window in 1_usize..=8,
        ) {
            with_each_backend(&n, |modulus| {
                let fixed = FixedBase::new(modulus, &element(modulus, &big(&base)), bits, window);
                let kept = big(&exponent) % (big(&[1]) << bits);
                assert_eq!(value(modulus, &fixed.pow(modulus, &exponent)), big(&base).modpow(&kept, &big(&n)));
            });
        }
    }

    #[test]
    fn table_size_is_as_documented() {
        let modulus = Modulus::new(&[u64::MAX; 4]).unwrap();
        let fixed = FixedBase::new(&modulus, &modulus.reduce(&[3]), 101, 5);
        assert_eq!(fixed.table_bytes(), 21 * 32 * 32);
        assert_eq!(fixed.exponent_bits(), 101);
        assert_eq!(format!("{fixed:?}"), "FixedBase { exponent_bits: 101, window: 5, .. }");
    }
}
