//! Public upper bounds on secret integers: `mantissa * 2^exponent`, every operation rounded up.
//!
//! A bound follows from the range that the caller declared and from the operations done since, never from a
//! value, so it may be sent in the clear. Rounding up costs less than one part in 2^63 per operation.
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

mod format;

pub(crate) use format::Format;

/// An upper bound on the absolute value of an integer.
///
/// Below 2^64 it is exact (`exponent` 0); from there on the top bit of `mantissa` is set. So each bound has one
/// form, and comparing forms compares bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Magnitude {
    // The order of the fields makes the derived order numeric: a larger exponent means a top bit further up.
    exponent: u32,
    mantissa: u64,
}

const HEADROOM: Error = Error::new(ErrorKind::HeadroomExhausted, "bound of the result");

impl Magnitude {
    /// The bound of nothing but zero.
    pub const ZERO: Self = Self { exponent: 0, mantissa: 0 };
    /// The bytes of an encoding: the mantissa, then the exponent.
    pub const ENCODED_LEN: usize = 12;
    /// The largest exponent: far above every plaintext, far below any overflow.
    const MAX_EXPONENT: u32 = 1 << 24;

    /// The bound `value`, rounded up to 64 significant bits.
    pub const fn new(value: u128) -> Self {
        let excess = 64_u32.saturating_sub(value.leading_zeros());
        let kept = value >> excess;
        let lost = value != kept << excess;
        #[allow(clippy::cast_possible_truncation)] // at most 64 bits are kept
        match kept as u64 {
            mantissa if !lost => Self { exponent: excess, mantissa },
            u64::MAX => Self { exponent: excess + 1, mantissa: 1 << 63 },
            mantissa => Self { exponent: excess, mantissa: mantissa + 1 },
        }
    }

    /// The bound 2^`bits`.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub fn pow2(bits: u32) -> Result<Self> {
        Self::new(1).times_pow2(bits)
    }

    /// The bound as 64 significant bits and a power of two.
    pub fn parts(self) -> (u64, u32) {
        (self.mantissa, self.exponent)
    }

    /// The number of bits of the bound itself: 0 for 0, otherwise one more than its base-2 logarithm rounded down.
    pub fn bits(self) -> u32 {
        self.exponent + (u64::BITS - self.mantissa.leading_zeros())
    }

    /// The bound as an integer, where it fits.
    pub fn to_u128(self) -> Option<u128> {
        (self.bits() <= u128::BITS).then(|| u128::from(self.mantissa) << self.exponent)
    }

    /// The smallest exponent `e` with bound <= 2^e.
    pub fn ceil_log2(self) -> u32 {
        self.bits() - u32::from(self.mantissa.is_power_of_two())
    }

    /// Whether every integer within the bound is below 2^`bits` in absolute value.
    pub fn is_below_pow2(self, bits: u32) -> bool {
        self.bits() <= bits
    }

    /// A bound on the sum.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub fn try_add(self, other: Self) -> Result<Self> {
        let (small, large) = if self < other { (self, other) } else { (other, self) };
        if small == Self::ZERO {
            return Ok(large);
        }
        // Both in units of `large`; what falls off below counts as one unit.
        let shift = large.exponent - small.exponent;
        let wide = u128::from(small.mantissa) << 32;
        let aligned = wide.checked_shr(shift).unwrap_or(0);
        let lost = shift > 0 && aligned.checked_shl(shift) != Some(wide);
        let sum = (u128::from(large.mantissa) << 32) + aligned + u128::from(lost);
        // The sum has 32 fraction bits in units of 2^large.exponent: round them up where they are not nothing.
        let whole = (sum >> 32) + u128::from(sum & 0xffff_ffff != 0);
        Self::new(whole).times_pow2(large.exponent)
    }

    /// A bound on the product.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub fn try_mul(self, other: Self) -> Result<Self> {
        let exponent = self.exponent.checked_add(other.exponent).ok_or(HEADROOM)?;
        Self::new(u128::from(self.mantissa) * u128::from(other.mantissa)).times_pow2(exponent)
    }

    /// A bound on `count` times the value.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub fn times(self, count: usize) -> Result<Self> {
        self.try_mul(Self::new(count as u128))
    }

    /// A bound on the value times 2^`bits`.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub fn times_pow2(self, bits: u32) -> Result<Self> {
        // Below 2^64 the power goes into the mantissa first, so that the form stays unique.
        let into_mantissa = self.mantissa.leading_zeros().min(bits);
        let mantissa = self.mantissa.checked_shl(into_mantissa).unwrap_or(0);
        let exponent = match self.mantissa {
            0 => 0,
            _ => self.exponent.checked_add(bits - into_mantissa).ok_or(HEADROOM)?,
        };
        if exponent > Self::MAX_EXPONENT {
            return Err(HEADROOM);
        }
        Ok(Self { exponent, mantissa })
    }

    /// The largest of sums.
    ///
    /// # Errors
    /// `HeadroomExhausted` beyond 2^24 bits.
    pub(crate) fn largest_sum(lines: &[Vec<usize>], part: impl Fn(usize) -> Self) -> Result<Self> {
        let sum = |line: &Vec<usize>| line.iter().map(|at| part(*at)).try_fold(Self::ZERO, Self::try_add);
        lines.iter().try_fold(Self::ZERO, |largest, line| Ok(largest.max(sum(line)?)))
    }

    /// Writes [`Magnitude::ENCODED_LEN`] bytes.
    pub(crate) fn write(self, out: &mut Writer) {
        out.u64(self.mantissa).u32(self.exponent);
    }

    /// Reads a bound in its only form.
    ///
    /// # Errors
    /// `InvalidEncoding`.
    pub(crate) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let (mantissa, exponent) = (body.u64("bound: mantissa")?, body.u32("bound: exponent")?);
        if exponent > Self::MAX_EXPONENT || (exponent > 0 && mantissa >> 63 == 0) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "bound: not in its canonical form"));
        }
        Ok(Self { exponent, mantissa })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn exact(m: Magnitude) -> BigUint {
        BigUint::from(m.mantissa) << m.exponent
    }

    fn is_canonical(m: Magnitude) -> bool {
        m.exponent == 0 || m.mantissa >> 63 == 1
    }

    /// At least the truth, and at most one unit of the 64-bit mantissa above it.
    fn check(bound: Magnitude, truth: &BigUint) {
        assert!(is_canonical(bound), "{bound:?}");
        assert!(exact(bound) >= *truth, "{bound:?} < {truth}");
        assert!((exact(bound) - truth) << 62 <= *truth, "{bound:?} is far above {truth}");
    }

    fn any_magnitude() -> impl Strategy<Value = Magnitude> {
        let value = prop_oneof![any::<u128>(), any::<u64>().prop_map(u128::from), 0..4_u128];
        (value, 0..150_u32).prop_map(|(value, bits)| Magnitude::new(value).times_pow2(bits).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn bounds_are_upper_and_tight(a in any_magnitude(), b in any_magnitude(), value in any::<u128>()) {
            check(Magnitude::new(value), &BigUint::from(value));
            check(a.try_add(b).unwrap(), &(exact(a) + exact(b)));
            check(a.try_mul(b).unwrap(), &(exact(a) * exact(b)));
            prop_assert_eq!(a < b, exact(a) < exact(b));
            prop_assert_eq!(u64::from(a.bits()), exact(a).bits());
            prop_assert_eq!(a.try_add(b).unwrap(), b.try_add(a).unwrap());
        }

        #[test]
        fn bytes_are_canonical(a in any_magnitude()) {
            let mut out = Writer::with_capacity(Magnitude::ENCODED_LEN);
            a.write(&mut out);
            let bytes = out.into_bytes();
            prop_assert_eq!(Magnitude::read(&mut Reader::new(&bytes)).unwrap(), a);
        }
    }

    #[test]
    fn small_sums_and_powers_are_exact() {
        let (two, three) = (Magnitude::new(2), Magnitude::new(3));
        assert_eq!(two.try_add(three).unwrap(), Magnitude::new(5));
        assert_eq!(
            Magnitude::pow2(200).unwrap().try_add(Magnitude::pow2(200).unwrap()),
            Magnitude::pow2(201)
        );
        assert_eq!((Magnitude::pow2(7).unwrap().ceil_log2(), Magnitude::new(129).ceil_log2()), (7, 8));
        assert!(Magnitude::new(127).is_below_pow2(7) && !Magnitude::new(128).is_below_pow2(7));
        assert_eq!(Magnitude::ZERO.times_pow2(u32::MAX).unwrap(), Magnitude::ZERO);
        assert_eq!(Magnitude::new(u128::from(u64::MAX) + 2).parts(), ((1 << 63) + 1, 1));
    }

    #[test]
    fn exponents_end_in_an_error() {
        let far = Magnitude::pow2(Magnitude::MAX_EXPONENT).unwrap();
        assert_eq!(far.times_pow2(u32::MAX).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        assert_eq!(far.try_mul(far).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        assert_eq!(Magnitude::pow2(u32::MAX).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
    }

    #[test]
    fn other_forms_are_refused() {
        for (mantissa, exponent) in [(1_u64, 1_u32), (0, 1), (1 << 62, 5), (1 << 63, (1 << 24) + 1)] {
            let mut out = Writer::with_capacity(Magnitude::ENCODED_LEN);
            out.u64(mantissa).u32(exponent);
            let read = Magnitude::read(&mut Reader::new(&out.into_bytes()));
            assert_eq!(read.unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
    }
}
