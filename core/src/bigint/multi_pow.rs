//! Products of powers, with the squarings shared.
use zeroize::Zeroizing;

use super::limbs::{bits_vartime, digit};
use super::modulus::Modulus;
use super::residue::Residue;
use super::table::Table;

/// Bytes of tables that are worked on at once, so that they stay in the second-level cache.
const TABLE_BYTES: usize = 512 << 10;
/// The largest table index, in bits.
const MAX_INDEX_BITS: usize = 7;

impl Modulus {
    /// The product of `base^exponent` over all pairs, for exponents below `2^exponent_bits`; higher bits are ignored.
    /// The empty product is 1.
    ///
    /// # Timing
    /// Constant in bases and exponents; varies with their number and `exponent_bits`. About 10.75 multiplications per
    /// base at 32 bits and 18 at 64 bits, for many bases.
    pub fn multi_pow(&self, powers: &[(&Residue, &[u64])], exponent_bits: usize) -> Residue {
        let plan = Plan::choose(powers.len(), exponent_bits, self.width());
        let mut parts =
            powers.chunks(plan.bases_per_block).map(|block| self.multi_pow_block(block, exponent_bits, plan));
        let first = parts.next().unwrap_or_else(|| self.one());
        parts.fold(first, |product, part| self.mul(&product, &part))
    }

    fn multi_pow_block(&self, powers: &[(&Residue, &[u64])], exponent_bits: usize, plan: Plan) -> Residue {
        let groups: Vec<Group<'_>> =
            powers.chunks(plan.bases).map(|group| Group::new(self, group, plan.window)).collect();
        let mut result = Zeroizing::new(self.one().limbs().to_vec());
        let mut spare = result.clone();
        let mut entry = result.clone();
        for position in (0..exponent_bits).step_by(plan.window).rev() {
            let window = plan.window.min(exponent_bits - position);
            if window == plan.window && position + window < exponent_bits {
                for _ in 0..window {
                    self.square_into(&mut spare, &result);
                    core::mem::swap(&mut result, &mut spare);
                }
            }
            for group in &groups {
                group.read(position, window, &mut entry);
                self.mul_into(&mut spare, &result, &entry);
                core::mem::swap(&mut result, &mut spare);
            }
        }
        Residue::from_montgomery(&result)
    }

    /// The product of `base^exponent` over all pairs, for public exponents. The bases may be secret.
    ///
    /// # Timing
    /// Varies with the exponents. At most about 6,000 multiplications for 1000 bases of 32 bits.
    /// # Source
    /// Bucket method: Bernstein, Doumen, Lange, Oosterwijk, INDOCRYPT 2012, section 4 (after Pippenger).
    pub fn multi_pow_vartime(&self, powers: &[(&Residue, &[u64])]) -> Residue {
        let bits = powers.iter().map(|(_, exponent)| bits_vartime(exponent)).max().unwrap_or(0);
        if let [(base, exponent)] = powers {
            return self.pow_vartime(base, exponent);
        }
        let window = bucket_window(powers.len(), bits);
        let (mut result, mut spare): (Option<Residue>, _) = (None, self.zero());
        for position in (0..bits).step_by(window).rev() {
            if let Some(result) = &mut result {
                (0..window).for_each(|_| self.square_assign(result));
            }
            let mut buckets: Vec<Option<Residue>> = vec![None; (1 << window) - 1];
            for (base, exponent) in powers {
                let digit = usize::try_from(digit(exponent, position, window)).expect("a window is short");
                if let Some(bucket) = digit.checked_sub(1) {
                    self.multiply_into(&mut buckets[bucket], base, &mut spare);
                }
            }
            let sum = self.weigh(&buckets, &mut spare);
            if let Some(sum) = sum {
                self.multiply_into(&mut result, &sum, &mut spare);
            }
        }
        result.unwrap_or_else(|| self.one())
    }

    /// The product of `base^exponent` or, where the flag is set, `base^-exponent`, for public exponents: a product and
    /// one to divide it by. The bases may be secret.
    ///
    /// Exponents are cut into digits of both signs, so that the two together take as long as one product of the same
    /// number of powers.
    ///
    /// # Timing
    /// Varies with the exponents and their signs.
    pub fn multi_pow_signed_vartime(&self, powers: &[(&Residue, bool, &[u64])]) -> [Residue; 2] {
        // One bit more, for the carry out of the last digit.
        let bits = powers.iter().map(|(_, _, exponent)| bits_vartime(exponent)).max().unwrap_or(0) + 1;
        let window = bucket_window(powers.len(), bits);
        let digits: Vec<Vec<(bool, usize)>> = powers
            .iter()
            .map(|(_, negative, exponent)| signed_digits_vartime(*negative, exponent, bits, window))
            .collect();
        let (mut results, mut spare): ([Option<Residue>; 2], _) = ([None, None], self.zero());
        for round in (0..bits.div_ceil(window)).rev() {
            let mut buckets = [vec![None; 1 << (window - 1)], vec![None; 1 << (window - 1)]];
            for ((base, _, _), digits) in powers.iter().zip(&digits) {
                let (negative, digit) = digits[round];
                if let Some(bucket) = digit.checked_sub(1) {
                    self.multiply_into(&mut buckets[usize::from(negative)][bucket], base, &mut spare);
                }
            }
            for (result, buckets) in results.iter_mut().zip(&buckets) {
                if let Some(result) = result {
                    (0..window).for_each(|_| self.square_assign(result));
                }
                if let Some(sum) = self.weigh(buckets, &mut spare) {
                    self.multiply_into(result, &sum, &mut spare);
                }
            }
        }
        results.map(|result| result.unwrap_or_else(|| self.one()))
    }

    /// The product of the buckets, bucket i to the power i + 1; none if all are empty.
    fn weigh(&self, buckets: &[Option<Residue>], spare: &mut Residue) -> Option<Residue> {
        // Each bucket is in the running product as often as its power says.
        let mut running = None;
        let mut sum = None;
        for bucket in buckets.iter().rev() {
            if let Some(bucket) = bucket {
                self.multiply_into(&mut running, bucket, spare);
            }
            if let Some(running) = &running {
                self.multiply_into(&mut sum, running, spare);
            }
        }
        sum
    }

    /// `product *= factor`, through `spare`, which takes the place of the old product.
    fn multiply_into(&self, product: &mut Option<Residue>, factor: &Residue, spare: &mut Residue) {
        match product {
            Some(product) => {
                self.mul_into(spare.limbs_mut(), product.limbs(), factor.limbs());
                core::mem::swap(product, spare);
            }
            None => *product = Some(factor.clone()),
        }
    }
}

/// Digits of absolute value up to `2^(window - 1)`, lowest first, each with whether it is negative.
fn signed_digits_vartime(negative: bool, exponent: &[u64], bits: usize, window: usize) -> Vec<(bool, usize)> {
    let (half, whole) = (1 << (window - 1), 1 << window);
    let mut carry = 0;
    let digit = |position| {
        let digit = usize::try_from(digit(exponent, position, window)).expect("a window is short") + carry;
        carry = usize::from(digit > half);
        if digit > half { (!negative, whole - digit) } else { (negative, digit) }
    };
    (0..bits).step_by(window).map(digit).collect()
}

/// The window with the fewest multiplications: each of `bits / window` rounds takes one per base and up to two per bucket.
fn bucket_window(bases: usize, bits: usize) -> usize {
    let cost = |window: &usize| bits.div_ceil(*window) * (bases + (2 << window));
    (1..=16).min_by_key(cost).expect("the range is not empty")
}

/// How the bases are grouped.
#[derive(Clone, Copy)]
struct Plan {
    /// Bases that share a table.
    bases: usize,
    /// Bits of each exponent that one table look-up takes.
    window: usize,
    /// Bases whose tables are held at once.
    bases_per_block: usize,
}

impl Plan {
    /// The cheapest plan, by this count in multiplications, for `count` bases in tables of `2^(bases window)` entries:
    /// `entries` to fill a table and `bases (window - 1)` squarings before, then one multiplication and one full read
    /// for each window. Reading an entry takes as long as the part `1 / (6 width)` of a multiplication.
    #[inline(never)] // so that the scan for divisions knows it by its name
    fn choose(count: usize, exponent_bits: usize, width: usize) -> Self {
        let cost = |(bases, window): &(usize, usize)| {
            let entries = 1 << (bases * window);
            let tables = count.div_ceil(*bases);
            let reads = exponent_bits.div_ceil(*window);
            let mul = 6 * width;
            tables * (entries * mul + reads * (mul + entries))
        };
        let shapes = (1..=MAX_INDEX_BITS)
            .flat_map(|bases| (1..=MAX_INDEX_BITS / bases).map(move |window| (bases, window)));
        let (bases, window) = shapes.min_by_key(cost).expect("there are shapes");
        let table_bytes = (width * size_of::<u64>()) << (bases * window);
        Self { bases, window, bases_per_block: bases * (TABLE_BYTES / table_bytes).max(1) }
    }
}

/// Up to `MAX_INDEX_BITS / window` bases and the products of all their window powers.
struct Group<'a> {
    exponents: Vec<&'a [u64]>,
    window: usize,
    /// Entry `sum d_j 2^(window j)` holds `prod base_j^(d_j)`.
    table: Table,
}

impl<'a> Group<'a> {
    fn new(modulus: &Modulus, powers: &[(&Residue, &'a [u64])], window: usize) -> Self {
        let mut table = Table::new(1 << (powers.len() * window), modulus.width());
        table.entry_mut(0).copy_from_slice(modulus.one().limbs());
        let mut filled = 1;
        for (base, _) in powers {
            let mut generator = (*base).clone();
            for bit in 0..window {
                if bit > 0 {
                    modulus.square_assign(&mut generator);
                }
                table.entry_mut(filled).copy_from_slice(generator.limbs());
                for i in 1..filled {
                    let (read, write) = table.pair(i, filled + i);
                    modulus.mul_into(write, read, generator.limbs());
                }
                filled *= 2;
            }
        }
        Self { exponents: powers.iter().map(|(_, exponent)| *exponent).collect(), window, table }
    }

    /// The product of the powers that `window` bits at `position` of each exponent call for.
    fn read(&self, position: usize, window: usize, out: &mut [u64]) {
        let index = self
            .exponents
            .iter()
            .rev()
            .fold(0, |index, exponent| index << self.window | digit(exponent, position, window));
        self.table.read(0, 1 << (self.exponents.len() * self.window), index, out);
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::testing::{big, element, integer, limb, odd_modulus, value, with_each_backend};
    use super::*;

    fn check(n: &[u64], powers: &[(Vec<u64>, Vec<u64>)], bits: usize) {
        with_each_backend(n, |modulus| {
            let bases: Vec<Residue> = powers.iter().map(|(base, _)| element(modulus, &big(base))).collect();
            let pairs: Vec<(&Residue, &[u64])> =
                bases.iter().zip(powers).map(|(b, (_, e))| (b, &e[..])).collect();
            let product = |bits: usize| {
                powers.iter().fold(BigUint::from(1_u32), |product, (base, exponent)| {
                    let exponent = big(exponent) % (BigUint::from(1_u32) << bits);
                    product * big(base).modpow(&exponent, &big(n)) % big(n)
                })
            };
            assert_eq!(value(modulus, &modulus.multi_pow(&pairs, bits)), product(bits), "{bits} bits");
            assert_eq!(value(modulus, &modulus.multi_pow_vartime(&pairs)), product(1000));
            let signed: Vec<_> = pairs.iter().zip(0..).map(|((b, e), i)| (*b, i % 3 == 0, *e)).collect();
            let [over, under] = modulus.multi_pow_signed_vartime(&signed);
            let side = |negative: bool| {
                let terms = signed.iter().filter(|(_, sign, _)| *sign == negative);
                modulus.multi_pow_vartime(&terms.map(|(b, _, e)| (*b, *e)).collect::<Vec<_>>())
            };
            // over / under = positive / negative, without dividing: the bases need not be units.
            assert_eq!(modulus.mul(&over, &side(true)), modulus.mul(&under, &side(false)));
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn products_agree_with_num_bigint(
            n in odd_modulus(1..=3), powers in vec((integer(1..=3), vec(limb(), 0..=2)), 0..=40), bits in 0_usize..=140,
        ) {
            check(&n, &powers, bits);
        }
    }

    #[test]
    fn many_bases_span_blocks() {
        let base = |i: u64| (vec![i * i + 2, i], vec![i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32]);
        let powers: Vec<_> = (0..300).map(base).collect();
        check(&vec![u64::MAX - 58; 64], &powers, 32);
    }

    #[test]
    fn plans_cost_what_the_documentation_says() {
        let muls = |count: usize, bits: usize| {
            let Plan { bases, window, .. } = Plan::choose(count, bits, 64);
            count.div_ceil(bases) * ((1 << (bases * window)) - 1 - bases * window + bits.div_ceil(window))
        };
        assert_eq!(muls(1000, 32), 10_750);
        assert_eq!(muls(1000, 64), 18_000);
        let vartime = bucket_window(1000, 32);
        assert!(32_usize.div_ceil(vartime) * (1000 + (2 << vartime)) < 6_100);
    }
}
