//! Exponentiation.
use super::limbs::{bits_vartime, digit};
use super::modulus::Modulus;
use super::residue::Residue;

impl Modulus {
    /// `base^exponent`, for an exponent below `2^exponent_bits`; higher bits of it are ignored.
    ///
    /// # Timing
    /// Constant in base and exponent; varies with `exponent_bits`, which is public.
    pub fn pow(&self, base: &Residue, exponent: &[u64], exponent_bits: usize) -> Residue {
        self.multi_pow(&[(base, exponent)], exponent_bits)
    }

    /// `base^exponent` for a public exponent. The base may be secret.
    ///
    /// # Timing
    /// Varies with the exponent.
    pub fn pow_vartime(&self, base: &Residue, exponent: &[u64]) -> Residue {
        const WINDOW: usize = 5;
        let bits = bits_vartime(exponent);
        if bits <= 2 * WINDOW {
            return self.short_pow_vartime(base, digit(exponent, 0, 2 * WINDOW));
        }
        // Odd powers only; a window ends at a set bit.
        let square = self.square(base);
        let mut odd = vec![base.clone()];
        for i in 1..1 << (WINDOW - 1) {
            odd.push(self.mul(&odd[i - 1], &square));
        }
        let mut result: Option<Residue> = None;
        let mut at = bits;
        while at > 0 {
            let low = (at.saturating_sub(WINDOW)..at).find(|i| digit(exponent, *i, 1) == 1).unwrap_or(at);
            if digit(exponent, at - 1, 1) == 0 {
                at -= 1;
                result.iter_mut().for_each(|r| self.square_assign(r));
                continue;
            }
            result.iter_mut().for_each(|r| (low..at).for_each(|_| self.square_assign(r)));
            let index = usize::try_from(digit(exponent, low, at - low) >> 1).expect("a window is short");
            result = Some(result.map_or_else(|| odd[index].clone(), |r| self.mul(&r, &odd[index])));
            at = low;
        }
        result.unwrap_or_else(|| self.one())
    }

    fn short_pow_vartime(&self, base: &Residue, exponent: u64) -> Residue {
        let mut result = self.one();
        for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
            self.square_assign(&mut result);
            if exponent >> bit & 1 == 1 {
                self.mul_assign(&mut result, base);
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{big, element, integer, odd_modulus, value, with_each_backend};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn powers_agree_with_num_bigint(
            n in odd_modulus(1..=5), base in integer(1..=5), exponent in integer(0..=5), cut in 0_usize..=330,
        ) {
            with_each_backend(&n, |modulus| {
                let x = element(modulus, &big(&base));
                let kept = big(&exponent) % (big(&[1]) << cut);
                assert_eq!(value(modulus, &modulus.pow(&x, &exponent, cut)), big(&base).modpow(&kept, &big(&n)));
                assert_eq!(
                    value(modulus, &modulus.pow_vartime(&x, &exponent)),
                    big(&base).modpow(&big(&exponent), &big(&n))
                );
            });
        }
    }

    #[test]
    fn small_exponents() {
        let modulus = Modulus::new(&[1_000_003]).unwrap();
        let x = modulus.reduce(&[12345]);
        for exponent in 0..2000_u64 {
            let expected = big(&[12345]).modpow(&big(&[exponent]), &big(&[1_000_003]));
            assert_eq!(value(&modulus, &modulus.pow(&x, &[exponent], 11)), expected);
            assert_eq!(value(&modulus, &modulus.pow_vartime(&x, &[exponent])), expected);
        }
    }
}
