//! The modulus and the ring operations.
use core::fmt;

use subtle::{Choice, CtOption};
use zeroize::{Zeroize, Zeroizing};

use super::backend::{self, Backend, Montgomery};
use super::limbs::{self, LIMB_BITS, inverse_of_limb, limbs_for};
use super::residue::Residue;
use super::square::Root;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;

/// An odd modulus of 2 to 8192 bits, with the constants of Montgomery arithmetic; may be secret, wiped when dropped.
///
/// Operations panic when a residue comes from a modulus of another width, and give a meaningless residue when it comes
/// from another modulus of the same width.
#[derive(Clone)]
pub struct Modulus {
    n: Box<[u64]>,
    n0: u64,
    prepared: Box<[u64]>,
    bits: usize,
    /// `R mod n`, where `R` is the backend's: the Montgomery form of 1.
    one: Residue,
    /// The Montgomery form of `2^(64 width)`.
    limb_shift: Residue,
    /// `R^2 mod n`: multiplying by it enters Montgomery form.
    r2: Residue,
    backend: &'static dyn Backend,
    /// Where this is the square of another modulus: elements are pairs.
    root: Option<Box<Root>>,
}

impl Modulus {
    /// The largest number of bits.
    pub const MAX_BITS: usize = 8192;

    /// Prepares the modulus with these limbs.
    ///
    /// # Errors
    /// `InvalidParams` when it is even, below 3 or above 8192 bits.
    /// # Timing
    /// Constant in the value; varies with the bit length, which is public.
    pub fn new(limbs: &[u64]) -> Result<Self> {
        Self::with_backend(limbs, backend::fastest())
    }

    pub(crate) fn with_backend(limbs: &[u64], backend: &'static dyn Backend) -> Result<Self> {
        let (bits, odd) = form(limbs);
        if !(2..=Self::MAX_BITS).contains(&bits) || !odd {
            return Err(Error::new(ErrorKind::InvalidParams, "modulus must be odd, from 2 to 8192 bits"));
        }
        let n: Box<[u64]> = limbs[..limbs_for(bits)].into();
        let n0 = inverse_of_limb(n[0]).wrapping_neg();
        let zero = Residue::zero(n.len());
        let prepared = backend.prepare(&n);
        let mut modulus = Self {
            n,
            n0,
            prepared,
            bits,
            one: zero.clone(),
            limb_shift: zero.clone(),
            r2: zero,
            backend,
            root: None,
        };
        modulus.prepare();
        Ok(modulus)
    }

    /// The square of a modulus, with elements as pairs: multiplication takes 5/8 of the time that it takes modulo any
    /// number of that size.
    ///
    /// # Errors
    /// `InvalidParams` for a root of more than 4096 bits.
    /// # Timing
    /// As [`Modulus::new`].
    pub fn square_of(root: &Self) -> Result<Self> {
        if root.bits > backend::MAX_PAIR_BITS || root.root.is_some() {
            return Err(Error::new(ErrorKind::InvalidParams, "root of a modulus has at most 4096 bits"));
        }
        let width = 2 * root.width();
        let mut n = vec![0; width].into_boxed_slice();
        limbs::mul(&mut n, &root.n, &root.n);
        let (bits, _) = form(&n);
        let (n0, zero) = (inverse_of_limb(n[0]).wrapping_neg(), Residue::zero(width));
        let mut square = Self {
            n,
            n0,
            prepared: Box::default(),
            bits,
            one: zero.clone(),
            limb_shift: zero.clone(),
            r2: zero,
            backend: root.backend,
            root: Some(Box::new(Root::new(root))),
        };
        square.prepare();
        Ok(square)
    }

    /// Computes `R mod n`, `R^2 mod n`, and the factors that put a number together from parts.
    fn prepare(&mut self) {
        let log2_r = self.backend.log2_r(self.step_width());
        // 2^(bits - 1) is below n, or below its root, so doubling from there gives R.
        let bits = self.root.as_ref().map_or(self.bits, |root| root.bits());
        let mut power = self.zero();
        power.limbs_mut()[(bits - 1) / LIMB_BITS] = 1 << ((bits - 1) % LIMB_BITS);
        self.double_times(&mut power, log2_r - (bits - 1));
        self.one = power.clone();
        // The Montgomery form of 2^64, raised to the number of limbs; from there doubling gives that of R, which is R^2.
        self.double_times(&mut power, LIMB_BITS);
        let mut shift = self.one.clone();
        let width = self.step_width();
        for bit in (0..=width.ilog2()).rev() {
            self.square_assign(&mut shift);
            if width >> bit & 1 == 1 {
                self.mul_assign(&mut shift, &power);
            }
        }
        self.limb_shift = shift.clone();
        self.double_times(&mut shift, log2_r - LIMB_BITS * width);
        self.r2 = shift;
    }

    /// The limbs that a number is taken in by at a time.
    fn step_width(&self) -> usize {
        self.root.as_ref().map_or(self.width(), |root| root.width())
    }

    fn double_times(&self, a: &mut Residue, count: usize) {
        for _ in 0..count {
            let same = a.clone();
            self.add_assign(a, &same);
        }
    }

    pub(crate) fn montgomery(&self) -> Montgomery<'_> {
        Montgomery { n: &self.n, n0: self.n0, prepared: &self.prepared }
    }

    pub(crate) fn backend(&self) -> &'static dyn Backend {
        self.backend
    }

    pub(crate) fn root(&self) -> Option<&Root> {
        self.root.as_deref()
    }

    /// `out = a b`, element by element, in Montgomery form.
    pub(crate) fn mul_into(&self, out: &mut [u64], a: &[u64], b: &[u64]) {
        match &self.root {
            None => self.backend.mul(self.montgomery(), out, a, b),
            Some(root) => root.mul_into(out, a, b),
        }
    }

    /// `out = a a`, element by element, in Montgomery form.
    pub(crate) fn square_into(&self, out: &mut [u64], a: &[u64]) {
        match &self.root {
            None => self.backend.square(self.montgomery(), out, a),
            Some(root) => root.square_into(out, a),
        }
    }

    /// The bit length.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The number of limbs of the modulus and of each residue.
    pub fn width(&self) -> usize {
        self.n.len()
    }

    /// The number of bytes of the modulus and of each encoded residue.
    pub fn byte_len(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// The limbs of the modulus. Keep them as secret as the modulus is.
    pub fn as_limbs(&self) -> &[u64] {
        &self.n
    }

    /// The element 0.
    pub fn zero(&self) -> Residue {
        Residue::zero(self.width())
    }

    /// The element 1.
    pub fn one(&self) -> Residue {
        self.one.clone()
    }

    /// The element with this value, or none when it is not below the modulus. Limbs beyond the width must be zero.
    pub fn residue(&self, value: &[u64]) -> CtOption<Residue> {
        let below = limbs::lt(value, &self.n);
        CtOption::new(self.reduce(&value[..value.len().min(self.width())]), below)
    }

    /// The element that is congruent to `value`, an integer of any length.
    ///
    /// # Timing
    /// Two multiplications for each `width` limbs of the value.
    pub fn reduce(&self, value: &[u64]) -> Residue {
        let mut digit = Zeroizing::new(vec![0; self.width()]);
        let mut sum: Option<Residue> = None;
        for chunk in value.chunks(self.step_width()).rev() {
            digit[..chunk.len()].copy_from_slice(chunk);
            digit[chunk.len()..].fill(0);
            let low = self.enter(&digit);
            sum = Some(match sum {
                None => low,
                Some(high) => self.add(&self.mul(&high, &self.limb_shift), &low),
            });
        }
        sum.unwrap_or_else(|| self.zero())
    }

    /// The Montgomery form of any integer of `step_width` limbs, which are followed by zeros.
    fn enter(&self, digit: &[u64]) -> Residue {
        let mut out = self.zero();
        self.mul_into(out.limbs_mut(), digit, self.r2.limbs());
        out
    }

    /// The value of a residue, below the modulus: `width` limbs.
    pub fn to_limbs(&self, residue: &Residue) -> Zeroizing<Box<[u64]>> {
        let mut unit = vec![0; self.width()];
        unit[0] = 1;
        let mut out = Zeroizing::new(vec![0; self.width()].into_boxed_slice());
        self.mul_into(&mut out, &unit, residue.limbs());
        match &self.root {
            None => out,
            Some(root) => root.join(&out),
        }
    }

    /// The element encoded in exactly [`Modulus::byte_len`] little-endian bytes.
    ///
    /// # Errors
    /// `InvalidEncoding` for another length or a value that is not below the modulus.
    #[allow(clippy::wrong_self_convention)] // the modulus makes residues
    pub fn from_le_bytes(&self, bytes: &[u8]) -> Result<Residue> {
        let value = limbs::from_le_bytes(bytes);
        let residue: Option<Residue> = self.residue(&value).into();
        residue
            .filter(|_| bytes.len() == self.byte_len())
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "residue is not canonical"))
    }

    /// The value of a residue in [`Modulus::byte_len`] little-endian bytes.
    pub fn to_le_bytes(&self, residue: &Residue) -> Zeroizing<Vec<u8>> {
        limbs::to_le_bytes(&self.to_limbs(residue), self.byte_len())
    }

    /// `a + b`.
    pub fn add(&self, a: &Residue, b: &Residue) -> Residue {
        let mut sum = a.clone();
        self.add_assign(&mut sum, b);
        sum
    }

    /// `a += b`.
    pub fn add_assign(&self, a: &mut Residue, b: &Residue) {
        self.check(a);
        self.check(b);
        match &self.root {
            None => _ = self.add_limbs(a.limbs_mut(), b.limbs(), 0),
            Some(root) => root.add_assign(a.limbs_mut(), b.limbs()),
        }
    }

    /// `a = a + b + carry mod n`; gives 1 where `n` was subtracted.
    pub(super) fn add_limbs(&self, a: &mut [u64], b: &[u64], carry: u64) -> u64 {
        let carry = limbs::add_assign(a, &[carry]) | limbs::add_assign(a, b);
        let borrow = limbs::sub_assign(a, &self.n);
        let negative = borrow & !carry;
        self.add_modulus_if(a, negative);
        negative ^ 1
    }

    /// `a - b`.
    pub fn sub(&self, a: &Residue, b: &Residue) -> Residue {
        let mut difference = a.clone();
        self.sub_assign(&mut difference, b);
        difference
    }

    /// `a -= b`.
    pub fn sub_assign(&self, a: &mut Residue, b: &Residue) {
        self.check(a);
        self.check(b);
        match &self.root {
            None => _ = self.sub_limbs(a.limbs_mut(), b.limbs(), 0),
            Some(root) => root.sub_assign(a.limbs_mut(), b.limbs()),
        }
    }

    /// `a = a - b - borrow mod n`; gives 1 where `n` was added.
    pub(super) fn sub_limbs(&self, a: &mut [u64], b: &[u64], borrow: u64) -> u64 {
        let borrow = limbs::sub_assign(a, &[borrow]) | limbs::sub_assign(a, b);
        self.add_modulus_if(a, borrow);
        borrow
    }

    /// `-a`.
    pub fn neg(&self, a: &Residue) -> Residue {
        self.sub(&self.zero(), a)
    }

    /// Adds `n` where the flag is 1, dropping the carry.
    fn add_modulus_if(&self, a: &mut [u64], flag: u64) {
        let mask = limbs::mask(Choice::from(u8::from(flag & 1 == 1)));
        let mut carry = false;
        for (a, n) in a.iter_mut().zip(&self.n) {
            (*a, carry) = a.carrying_add(mask & *n, carry);
        }
    }

    /// `a * b`.
    pub fn mul(&self, a: &Residue, b: &Residue) -> Residue {
        self.check(a);
        self.check(b);
        let mut out = self.zero();
        self.mul_into(out.limbs_mut(), a.limbs(), b.limbs());
        out
    }

    /// `a *= b`.
    pub fn mul_assign(&self, a: &mut Residue, b: &Residue) {
        *a = self.mul(a, b);
    }

    /// `a * a`.
    pub fn square(&self, a: &Residue) -> Residue {
        self.check(a);
        let mut out = self.zero();
        self.square_into(out.limbs_mut(), a.limbs());
        out
    }

    /// `a *= a`.
    pub fn square_assign(&self, a: &mut Residue) {
        *a = self.square(a);
    }

    /// The product of all elements; 1 for none.
    pub fn product(&self, factors: &[&Residue]) -> Residue {
        let Some((first, rest)) = factors.split_first() else {
            return self.one();
        };
        self.check(first);
        let (mut product, mut spare) = ((*first).clone(), self.zero());
        for factor in rest {
            self.check(factor);
            self.mul_into(spare.limbs_mut(), product.limbs(), factor.limbs());
            core::mem::swap(&mut product, &mut spare);
        }
        product
    }

    /// `1 + n value` for this modulus n^2, made by [`Modulus::square_of`], and an integer of any length.
    ///
    /// # Panics
    /// When the modulus was not made as a square.
    pub fn one_plus_root_times(&self, value: &[u64]) -> Residue {
        let root = self.root.as_ref().expect("the modulus is a square");
        let multiple = root.lift_high(&root.modulus().reduce(value));
        self.add(&self.one, &multiple)
    }

    fn check(&self, a: &Residue) {
        assert_eq!(a.limbs().len(), self.width(), "residue of another modulus");
    }
}

/// The bit length, and whether the number is odd: all that is public about a modulus.
fn form(limbs: &[u64]) -> (usize, bool) {
    let is_set = |limb: u64| declassify(!limbs::is_zero(&[limb]));
    let odd = limbs.first().is_some_and(|low| is_set(low & 1));
    let bits = limbs.iter().rposition(|limb| is_set(*limb)).map_or(0, |top| {
        let unset = (1..LIMB_BITS).take_while(|bits| !is_set(limbs[top] >> (LIMB_BITS - bits))).count();
        (top + 1) * LIMB_BITS - unset
    });
    (bits, odd)
}

impl Drop for Modulus {
    fn drop(&mut self) {
        self.n.zeroize();
        self.n0.zeroize();
        self.prepared.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for Modulus {}

impl fmt::Debug for Modulus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modulus").field("bits", &self.bits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{big, element, integer, odd_modulus, value, with_each_backend};
    use super::*;
    use num_bigint::BigUint;

    /// The checks of the ring operations on two integers of any size.
    fn ring_laws(n: &[u64], a: &[u64], b: &[u64]) {
        with_each_backend(n, |modulus| {
            let (n, a, b) = (big(n), big(a), big(b));
            let (x, y) = (element(modulus, &a), element(modulus, &b));
            assert_eq!(value(modulus, &x), &a % &n);
            assert_eq!(value(modulus, &modulus.mul(&x, &y)), &a * &b % &n);
            assert_eq!(value(modulus, &modulus.square(&x)), &a * &a % &n);
            assert_eq!(value(modulus, &modulus.add(&x, &y)), (&a + &b) % &n);
            assert_eq!(value(modulus, &modulus.sub(&x, &y)), (&a % &n + &n - &b % &n) % &n);
            assert_eq!(value(modulus, &modulus.neg(&x)), (&n - &a % &n) % &n);
            assert_eq!(value(modulus, &modulus.product(&[&x, &y, &x])), &a * &b * &a % &n);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn ring_operations_agree_with_num_bigint(
            n in odd_modulus(1..=9), a in integer(1..=9), b in integer(1..=9),
        ) {
            ring_laws(&n, &a, &b);
        }

        #[test]
        fn reduction_agrees_with_num_bigint(n in odd_modulus(1..=9), a in integer(0..=30)) {
            with_each_backend(&n, |modulus| {
                assert_eq!(value(modulus, &modulus.reduce(&a)), big(&a) % big(&n));
            });
        }
    }

    #[test]
    fn extreme_residues_of_extreme_moduli() {
        for width in [1, 2, 3, 4, 5, 7, 8, 9, 16, 24, 31, 32, 33, 47, 48, 64, 65, 96, 128] {
            for top in [1, 1 << 63, u64::MAX] {
                let mut n = vec![u64::MAX; width];
                n[width - 1] = top;
                n[0] |= 3;
                let minus_one = from_biguint(&(big(&n) - 1_u32));
                ring_laws(&n, &minus_one, &minus_one);
                ring_laws(&n, &vec![u64::MAX; width], &[1]);
                ring_laws(&n, &[0], &minus_one);
                n[1..width - 1.min(width - 1)].fill(0);
                ring_laws(&n, &vec![u64::MAX; width], &vec![u64::MAX; width]);
            }
        }
    }

    fn from_biguint(value: &BigUint) -> Vec<u64> {
        limbs::from_biguint_vartime(value)
    }

    #[test]
    fn bad_moduli_are_refused() {
        let mut large = vec![0; 129];
        (large[0], large[128]) = (1, 1);
        for n in [&[][..], &[0], &[1], &[2], &[1 << 63], &[0, 1], &large] {
            assert_eq!(Modulus::new(n).unwrap_err().kind(), ErrorKind::InvalidParams);
        }
        large[128] = 0;
        large[127] = u64::MAX;
        assert_eq!(Modulus::new(&large).unwrap().bits(), Modulus::MAX_BITS);
    }

    #[test]
    fn values_beyond_the_modulus_are_refused() {
        let modulus = Modulus::new(&[7, 1, 0]).unwrap();
        assert_eq!(modulus.width(), 2);
        assert!(bool::from(modulus.residue(&[6, 1, 0, 0]).is_some()));
        for value in [&[7, 1][..], &[8, 1], &[0, 2], &[0, 0, 1], &[6, 1, 0, 1]] {
            assert!(bool::from(modulus.residue(value).is_none()), "{value:?}");
        }
    }

    #[test]
    fn bytes_are_canonical() {
        let modulus = Modulus::new(&[7, 1]).unwrap();
        let bytes = modulus.to_le_bytes(&modulus.reduce(&[6, 1]));
        assert_eq!(**bytes, [6, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(*modulus.to_limbs(&modulus.from_le_bytes(&bytes).unwrap()), [6, 1].into());
        for bad in [&bytes[..8], &[7, 0, 0, 0, 0, 0, 0, 0, 1], &[6, 0, 0, 0, 0, 0, 0, 0, 1, 0], &[]] {
            assert_eq!(modulus.from_le_bytes(bad).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let modulus = Modulus::new(&[0xdead_beef]).unwrap();
        assert_eq!(format!("{modulus:?}"), "Modulus { bits: 32, .. }");
        assert_eq!(format!("{:?}", modulus.one()), "Residue { limbs: 1, .. }");
    }
}
