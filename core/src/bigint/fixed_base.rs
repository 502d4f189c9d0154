//! Powers of one base, by a table made once.
use core::fmt;

use zeroize::Zeroizing;

use super::limbs::digit;
use super::modulus::Modulus;
use super::residue::Residue;
use super::table::Table;

/// Beyond this size a table falls out of the fast caches, and reading it costs more than the squarings that halve it.
const TABLE_BYTES: usize = 2 << 20;

/// Powers of a fixed base, by one multiplication for each window of the exponent and few squarings.
///
/// With `rounds` r and window w, part `j` of the table holds `base^(d 2^(w r j))` for each d below `2^w`. A power is made
/// in r rounds, which take the windows `r j + r - 1`, ..., `r j + 1`, `r j` of the exponent, with w squarings between them.
///
/// # Units
/// The table has `ceil(exponent_bits / (w r)) 2^w` residues ([`FixedBase::table_bytes`]), and takes about as many
/// multiplications to make. r is the smallest number for which it takes at most 2 MiB.
/// # Source
/// Brickell, Gordon, McCurley, Wilson, EUROCRYPT 1992; with rounds: Lim, Lee, CRYPTO 1994.
#[derive(Clone)]
pub struct FixedBase {
    table: Table,
    exponent_bits: usize,
    window: usize,
    rounds: usize,
}

impl FixedBase {
    /// The window that suits 2048- to 8192-bit moduli.
    pub const DEFAULT_WINDOW: usize = 6;

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
        let part_bytes = entries * modulus.width() * size_of::<u64>();
        let rounds = (windows * part_bytes).div_ceil(TABLE_BYTES).max(1);
        let parts = windows.div_ceil(rounds);
        let mut table = Table::new(parts * entries, modulus.width());
        let mut generator = base.clone();
        for first in (0..parts).map(|j| j * entries) {
            table.entry_mut(first).copy_from_slice(modulus.one().limbs());
            table.entry_mut(first + 1).copy_from_slice(generator.limbs());
            for i in first + 2..first + entries {
                let (read, write) = table.pair(i - 1, i);
                modulus.mul_into(write, read, generator.limbs());
            }
            let last = Residue::from_montgomery(table.entry(first + entries - 1));
            modulus.mul_assign(&mut generator, &last);
            (window..window * rounds).for_each(|_| modulus.square_assign(&mut generator));
        }
        Self { table, exponent_bits, window, rounds }
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
        for round in (0..self.rounds).rev() {
            if round + 1 < self.rounds {
                for _ in 0..self.window {
                    modulus.square_into(&mut spare, &result);
                    core::mem::swap(&mut result, &mut spare);
                }
            }
            let positions = (round * self.window..self.exponent_bits).step_by(self.rounds * self.window);
            for (part, position) in positions.enumerate() {
                let index = digit(exponent, position, self.window.min(self.exponent_bits - position));
                self.table.read(part << self.window, 1 << self.window, index, &mut entry);
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

    use super::super::random::random_bits;
    use super::super::testing::{big, element, integer, odd_modulus, rng, value, with_each_backend};
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
    fn large_tables_are_made_in_rounds() {
        let n = vec![u64::MAX; 96];
        with_each_backend(&n, |modulus| {
            let base = modulus.reduce(&[3, 5, 7]);
            for (bits, rounds) in [(300, 1), (500, 2), (1536, 4)] {
                let fixed = FixedBase::new(modulus, &base, bits, 5);
                assert_eq!(fixed.rounds, rounds);
                assert!(fixed.table_bytes() <= TABLE_BYTES);
                let mut rng = rng(1);
                for exponent in [vec![], vec![u64::MAX; 24], random_bits(bits, &mut rng).to_vec()] {
                    assert!(
                        fixed.pow(modulus, &exponent) == modulus.pow(&base, &exponent, bits),
                        "{bits} bits"
                    );
                }
            }
        });
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
