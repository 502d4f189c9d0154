//! Integers modulo the prime 2^192 - 237.
use core::ops::{Add, Mul, Neg, Sub};

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::Zeroize;

use super::Field;
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    secret::{declassify, mask},
};

/// An integer modulo 2^192 - 237, always fully reduced: three words, the lowest first.
///
/// The prime is the largest below 2^192, and 3 modulo 4.
///
/// # Timing
/// All arithmetic is constant in the values: 2^192 = 237, so reduction is products with a small constant and additions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fp192([u64; 3]);

/// 2^192 modulo p.
const FOLD: u64 = 237;

impl Fp192 {
    /// The field's size, 2^192 - 237, the lowest word first.
    pub const MODULUS: [u64; 3] = [FOLD.wrapping_neg(), u64::MAX, u64::MAX];

    /// The element as an integer below the field's size, the lowest word first.
    pub fn to_words(self) -> [u64; 3] {
        self.0
    }

    /// The integer as an element; none unless it is below the field's size.
    pub fn from_words(words: [u64; 3]) -> CtOption<Self> {
        let (element, above) = Self::or_too_large(words);
        CtOption::new(element, Choice::from(low_bit(above) ^ 1))
    }

    /// The words as they are, and 1 if they are no element, else 0.
    #[inline(always)]
    pub(super) fn or_too_large(words: [u64; 3]) -> (Self, u64) {
        (Self(words), add_small(words, FOLD).1)
    }

    /// Subtracts the modulus from `value + 2^192 carry` if that is possible. The whole is below twice the modulus.
    #[inline(always)]
    fn reduce_once(value: [u64; 3], carry: u64) -> Self {
        let (less, above) = add_small(value, FOLD);
        let mask = mask(carry | above);
        Self(core::array::from_fn(|i| value[i] ^ (mask & (value[i] ^ less[i]))))
    }

    /// `value + 2^192 high` for any words.
    #[inline(always)]
    fn fold(value: [u64; 3], high: u64) -> Self {
        let product = wide(high, FOLD);
        let (sum, carry) = add_words(value, [low(product), self::high(product), 0]);
        // After a carry the sum is small, and another 237 does not carry again.
        let (sum, _) = add_small(sum, FOLD & mask(carry));
        Self::reduce_once(sum, 0)
    }

    /// Reduces six words.
    #[inline(always)]
    fn reduce(words: [u64; 6]) -> Self {
        let mut carry = 0;
        let value = core::array::from_fn(|i| {
            let sum = wide(words[3 + i], FOLD).wrapping_add(words[i].into()).wrapping_add(carry);
            carry = sum >> 64;
            low(sum)
        });
        Self::fold(value, low(carry))
    }

    /// `self` squared `times` times.
    fn square_times(self, times: u32) -> Self {
        (0..times).fold(self, |x, _| x * x)
    }

    /// `x^(2^184 - 1)`: 184 ones, which are the top of the exponents that matter here.
    fn pow_ones(self) -> Self {
        let x2 = self.square_times(1) * self;
        let x5 = (x2.square_times(2) * x2).square_times(1) * self;
        let x11 = (x5.square_times(5) * x5).square_times(1) * self;
        let x23 = (x11.square_times(11) * x11).square_times(1) * self;
        let x46 = x23.square_times(23) * x23;
        let x92 = x46.square_times(46) * x46;
        x92.square_times(92) * x92
    }

    /// `1 / sqrt(self)` for a square that is not zero, up to its sign: the power (p - 3) / 4 = 2^190 - 60.
    pub(crate) fn inverse_sqrt(self) -> Self {
        self.pow_ones().square_times(6) * self.square_times(2)
    }
}

#[inline(always)]
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the low half")]
fn low(x: u128) -> u64 {
    x as u64
}

#[inline(always)]
fn high(x: u128) -> u64 {
    (x >> 64) as u64
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "one bit")]
fn low_bit(x: u64) -> u8 {
    x as u8 & 1
}

#[inline(always)]
fn add_words(a: [u64; 3], b: [u64; 3]) -> ([u64; 3], u64) {
    let mut carry = false;
    let sum = core::array::from_fn(|i| {
        let (sum, over) = a[i].overflowing_add(b[i]);
        let (sum, again) = sum.overflowing_add(u64::from(carry));
        carry = over | again;
        sum
    });
    (sum, u64::from(carry))
}

#[inline(always)]
fn sub_words(a: [u64; 3], b: [u64; 3]) -> ([u64; 3], u64) {
    let mut borrow = false;
    let difference = core::array::from_fn(|i| {
        let (difference, under) = a[i].overflowing_sub(b[i]);
        let (difference, again) = difference.overflowing_sub(u64::from(borrow));
        borrow = under | again;
        difference
    });
    (difference, u64::from(borrow))
}

#[inline(always)]
fn add_small(a: [u64; 3], b: u64) -> ([u64; 3], u64) {
    add_words(a, [b, 0, 0])
}

/// The six words of a product.
#[inline(always)]
fn product(a: [u64; 3], b: [u64; 3]) -> [u64; 6] {
    let mut words = [0; 6];
    for i in 0..3 {
        let mut carry = 0;
        for j in 0..3 {
            let sum = wide(a[i], b[j]).wrapping_add(words[i + j].into()).wrapping_add(carry);
            words[i + j] = low(sum);
            carry = sum >> 64;
        }
        words[i + 3] = low(carry);
    }
    words
}

impl Add for Fp192 {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        let (sum, carry) = add_words(self.0, other.0);
        Self::reduce_once(sum, carry)
    }
}

impl Sub for Fp192 {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)] // the mask takes 237 off, or nothing
    #[inline]
    fn sub(self, other: Self) -> Self {
        let (difference, borrow) = sub_words(self.0, other.0);
        // p more is 237 less, modulo 2^192.
        Self(sub_words(difference, [FOLD & mask(borrow), 0, 0]).0)
    }
}

impl Neg for Fp192 {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self::default() - self
    }
}

impl Mul for Fp192 {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self::reduce(product(self.0, other.0))
    }
}

impl ConditionallySelectable for Fp192 {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(core::array::from_fn(|i| u64::conditional_select(&a.0[i], &b.0[i], choice)))
    }
}

impl ConstantTimeEq for Fp192 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Zeroize for Fp192 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Field for Fp192 {
    const ZERO: Self = Self([0; 3]);
    const ONE: Self = Self([1, 0, 0]);
    const ENCODED_LEN: usize = 24;
    const ID: u32 = 192;

    fn from_u64(value: u64) -> Self {
        Self([value, 0, 0])
    }

    /// Uniform: 192 random bits, drawn again in the 237 cases that are no element.
    fn random(rng: &mut impl CryptoRng) -> Self {
        loop {
            let candidate = Self::from_words(core::array::from_fn(|_| rng.next_u64()));
            if declassify(candidate.is_some()) {
                return candidate.unwrap_or(Self::ZERO);
            }
        }
    }

    /// x^(p - 2) by a fixed chain; p - 2 = 2^192 - 239 is 184 ones and then 17 in eight bits.
    fn invert(&self) -> CtOption<Self> {
        let seventeen = self.square_times(4) * *self;
        CtOption::new(self.pow_ones().square_times(8) * seventeen, !self.ct_eq(&Self::ZERO))
    }

    fn write(&self, out: &mut Writer) {
        self.0.iter().for_each(|word| {
            out.u64(*word);
        });
    }

    fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        let candidate = Self::from_words([body.u64(what)?, body.u64(what)?, body.u64(what)?]);
        if !declassify(candidate.is_some()) {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        Ok(candidate.unwrap_or(Self::ZERO))
    }
}

/// A sum of products of fewer than 2^64 terms, not reduced: seven words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fp192Sum([u64; 7]);

impl Fp192Sum {
    /// Adds a product.
    #[inline(always)]
    pub(super) fn add(&mut self, a: Fp192, b: Fp192) {
        let product = product(a.0, b.0);
        let mut carry = false;
        for (sum, word) in self.0.iter_mut().zip(product.into_iter().chain([0])) {
            let (s, over) = sum.overflowing_add(word);
            let (s, again) = s.overflowing_add(u64::from(carry));
            carry = over | again;
            *sum = s;
        }
    }

    /// The sum as an element.
    pub(super) fn reduced(self) -> Fp192 {
        let [low @ .., top] = self.0;
        // 2^384 = 237^2.
        Fp192::reduce(low) + Fp192([top, 0, 0]) * Fp192([FOLD * FOLD, 0, 0])
    }
}

impl Zeroize for Fp192Sum {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn modulus() -> BigUint {
        (BigUint::from(1_u32) << 192) - 237_u32
    }

    fn integer(words: [u64; 3]) -> BigUint {
        words.iter().rev().fold(BigUint::ZERO, |sum, word| (sum << 64) + *word)
    }

    fn element(words: [u64; 3]) -> Fp192 {
        Fp192::fold(words, 0)
    }

    fn check(a: [u64; 3], b: [u64; 3]) {
        let p = modulus();
        let (x, y) = (element(a), element(b));
        let (a, b) = (integer(a) % &p, integer(b) % &p);
        assert_eq!(integer(x.to_words()), a);
        assert_eq!(integer((x + y).to_words()), (&a + &b) % &p);
        assert_eq!(integer((x - y).to_words()), (&a + &p - &b) % &p);
        assert_eq!(integer((x * y).to_words()), &a * &b % &p);
        assert_eq!(integer((-x).to_words()), (&p - &a) % &p);
        match Option::<Fp192>::from(x.invert()) {
            Some(inverse) => assert_eq!(x * inverse, Fp192::ONE),
            None => assert_eq!(a, BigUint::ZERO),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_wide_integers(a: [u64; 3], b: [u64; 3]) {
            check(a, b);
        }

        #[test]
        fn long_sums_are_reduced_once(terms in proptest::collection::vec(any::<([u64; 3], [u64; 3])>(), 0..40)) {
            let (mut sum, mut expected) = (Fp192Sum::default(), Fp192::ZERO);
            for (a, b) in terms {
                sum.add(element(a), element(b));
                expected = expected + element(a) * element(b);
            }
            prop_assert_eq!(sum.reduced(), expected);
        }
    }

    #[test]
    fn edges_agree_with_wide_integers() {
        let p = Fp192::MODULUS;
        let below = |k: u64| [p[0] - k, p[1], p[2]];
        let top = u64::MAX;
        let edges = [
            [0; 3],
            [1, 0, 0],
            [237, 0, 0],
            [238, 0, 0],
            below(1),
            below(2),
            below(0),
            [top; 3],
            [0, 0, top],
            [top, 0, 0],
            [0, top, 0],
            [top, top, 0],
            [0, 0, 1 << 63],
            [top - 235, top, top],
        ];
        for a in edges {
            for b in edges {
                check(a, b);
            }
        }
    }

    #[test]
    fn the_modulus_is_prime_and_three_modulo_four() {
        assert_eq!(integer(Fp192::MODULUS), modulus());
        let is_prime = |words: [u64; 3]| {
            let number = crypto_bigint::U192::from_le_slice(&words.map(u64::to_le_bytes).concat());
            crypto_primes::is_prime(crypto_primes::Flavor::Any, &number)
        };
        assert!(is_prime(Fp192::MODULUS));
        assert_eq!(Fp192::MODULUS[0] % 4, 3);
        // The largest below 2^192.
        for k in (1..FOLD).step_by(2) {
            assert!(!is_prime([k.wrapping_neg(), u64::MAX, u64::MAX]), "{k}");
        }
    }

    #[test]
    fn roots_of_squares_are_inverted() {
        for value in [1, 2, 3, 4, 5, u64::MAX] {
            let x = Fp192::from_u64(value);
            let root = (x * x).inverse_sqrt();
            assert_eq!(root * root * x * x, Fp192::ONE, "{value}");
        }
    }

    #[test]
    fn sums_of_the_largest_products_do_not_overflow() {
        let largest = -Fp192::ONE;
        let mut sum = Fp192Sum([u64::MAX; 7]);
        sum.0[6] = 0;
        let before = sum.reduced();
        sum.add(largest, largest);
        assert_eq!(sum.0[6], 1);
        assert_eq!(sum.reduced(), before + Fp192::ONE);
    }

    #[test]
    fn non_canonical_bytes_are_refused() {
        let p = Fp192::MODULUS;
        let cases = [([0; 3], true), ([p[0] - 1, p[1], p[2]], true), (p, false), ([u64::MAX; 3], false)];
        for (words, fine) in cases {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let read = Fp192::read(&mut Reader::new(&bytes), "element");
            assert_eq!(read.is_ok(), fine, "{words:?}");
            if let Ok(element) = read {
                let mut out = Writer::with_capacity(24);
                element.write(&mut out);
                assert_eq!(*out.into_bytes(), bytes);
            }
        }
    }

    #[test]
    fn random_elements_fill_the_field() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let mut bins = [[0_u32; 16]; 2];
        for _ in 0..16_000 {
            let words = Fp192::random(&mut rng).to_words();
            bins[0][usize::try_from(words[2] >> 60).unwrap()] += 1;
            bins[1][usize::try_from(words[0] & 15).unwrap()] += 1;
        }
        for bins in bins {
            // Chi-square with 15 degrees of freedom: 48.8 is passed with probability 2e-5.
            let chi: f64 = bins.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
            assert!(chi < 48.8, "{chi}");
        }
    }
}
