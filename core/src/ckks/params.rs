//! Parameters: degree, primes, scale. They exist only inside the security tables.
use core::ops::Range;
use std::sync::Arc;

use super::chain::{self, Chain};
use super::describe::Description;
use super::security::Security;
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// Checked parameters. Clones share everything.
///
/// A ciphertext is two polynomials of `degree` coefficients modulo the product of the moduli `q_0, ..., q_L`, which
/// hold `degree / 2` complex numbers (slots) at a scale. Each multiplication is followed by a division by the last
/// modulus (rescaling), so L of them can follow each other. What is left at the end, `q_0`, must hold the result at
/// its scale: results may be as large as `2^(bits of q_0 - scale_bits - 1)`.
///
/// The special moduli carry key switching (relinearization, rotations). Keys have one part for each digit, a digit
/// being a group of moduli; its product must not exceed that of the special moduli, or key switching would add noise
/// in that proportion. More special moduli mean fewer digits: smaller keys and faster switching, for less depth.
///
/// | set | degree | moduli | special | scale | digits | results up to |
/// |---|---|---|---|---|---|---|
/// | [`sums`](Params::sums) | 4096 | 50 | 50 | 34 | 1 | `2^15` |
/// | [`depth_2`](Params::depth_2) | 8192 | 60, 2 x 40 | 60 | 40 | 3 | `2^19` |
/// | [`depth_4`](Params::depth_4) | 16384 | 60, 4 x 40 | 2 x 60 | 40 | 2 | `2^19` |
/// | [`depth_8`](Params::depth_8) | 32768 | 60, 8 x 45 | 5 x 50 | 45 | 2 | `2^14` |
/// | [`depth_16`](Params::depth_16) | 32768 | 60, 16 x 40 | 2 x 60 | 40 | 6 | `2^19` |
/// | [`released_sums`](Params::released_sums) | 8192 | 60, 56 | 60 | 56 | 2 | `2^3` |
/// | [`released_depth_4`](Params::released_depth_4) | 16384 | 60, 4 x 56 | 2 x 60 | 56 | 3 | `2^3` |
///
/// Noise that hides the key in what is [released](super::release) costs some 23 bits of the scale: the last two sets leave room
/// for it. [`Description::log2_release_error`] says how exact released numbers are.
///
/// # Security
/// `log2(QP)`, with the special moduli, is below the limit of [`Security`] for the degree, also that for quantum
/// computers in the named sets. The secret is uniform ternary, the errors have standard deviation 3.24.
#[derive(Clone, Debug, PartialEq)]
pub struct Params(Arc<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    degree: usize,
    moduli_bits: Vec<u32>,
    special_bits: Vec<u32>,
    scale_bits: u32,
    security: Security,
    /// Moduli of each digit.
    digits: Vec<Range<usize>>,
    moduli: Vec<u64>,
    special: Vec<u64>,
    scales: Vec<f64>,
}

impl Eq for Params {}

/// Sizes of primes. The smallest leave some tens of primes in every degree.
const PRIME_BITS: Range<u32> = 24..61;
/// One division is by all special moduli and a last one, and a conversion is from at most 63.
const MAX_SPECIAL: usize = 60;
/// The fewest bits of a scale: below, fresh noise is larger than what is encrypted.
const MIN_SCALE_BITS: u32 = 16;

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}

impl Params {
    /// Finds the primes and checks everything.
    ///
    /// `moduli_bits` are the sizes of `q_0, ..., q_L`, `q_0` first; all others are as long as the scale, so that scales
    /// stay what they are. `special_bits` are those for key switching. Digits are as few as these carry; security is
    /// [`Security::Classical128`].
    ///
    /// # Errors
    /// `InvalidParams`, naming the argument and what would fit.
    pub fn new(degree: usize, moduli_bits: &[u32], special_bits: &[u32], scale_bits: u32) -> Result<Self> {
        let security = Security::default();
        let limit = security.max_log2_qp(degree);
        let limit = limit.ok_or(invalid("degree: a power of two from 2^10 to 2^16"))?;
        if moduli_bits.iter().chain(special_bits).any(|bits| !PRIME_BITS.contains(bits)) {
            return Err(invalid("moduli_bits, special_bits: from 24 to 60 each"));
        }
        let Some((first, rest)) = moduli_bits.split_first() else {
            return Err(invalid("moduli_bits: at least one modulus"));
        };
        if special_bits.is_empty() {
            return Err(invalid("special_bits: at least one modulus, for key switching"));
        }
        if special_bits.len() > MAX_SPECIAL {
            return Err(invalid("special_bits: at most 60 moduli"));
        }
        if !(MIN_SCALE_BITS..*first).contains(&scale_bits) {
            return Err(invalid("scale_bits: from 16 to below the bits of the first modulus"));
        }
        if rest.iter().any(|bits| *bits != scale_bits) {
            return Err(invalid("moduli_bits: every modulus after the first has scale_bits bits"));
        }
        // Before any search for primes, whose number is bounded by this.
        if moduli_bits.iter().chain(special_bits).sum::<u32>() > limit + 1 {
            return Err(invalid(TOO_LARGE));
        }
        let digits = (1..=moduli_bits.len())
            .find_map(|count| split(moduli_bits, special_bits, count))
            .ok_or(invalid("special_bits: together as many as the longest modulus has"))?;
        let Chain { moduli, special } = chain::choose(degree, moduli_bits, special_bits)?;
        let scales = chain::scales(&moduli, scale_bits);
        let (moduli_bits, special_bits) = (moduli_bits.to_vec(), special_bits.to_vec());
        let parts = Parts {
            degree,
            moduli_bits,
            special_bits,
            scale_bits,
            security,
            digits,
            moduli,
            special,
            scales,
        };
        Self(Arc::new(parts)).with_security(security)
    }

    /// The same with another number of digits: more of them make larger keys and slower key switching with less noise.
    ///
    /// # Errors
    /// `InvalidParams` when there are more digits than moduli, or a digit would exceed the special moduli.
    pub fn with_digits(self, count: usize) -> Result<Self> {
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.digits = split(&parts.moduli_bits, &parts.special_bits, count).ok_or(invalid(
            "digits: at most one for each modulus, none longer than all special moduli together",
        ))?;
        Ok(Self(Arc::new(parts)))
    }

    /// The same, checked against another limit.
    ///
    /// # Errors
    /// `InvalidParams` when `log2(QP)` is above it.
    pub fn with_security(self, security: Security) -> Result<Self> {
        let limit = security.max_log2_qp(self.degree()).ok_or(invalid("degree: not in the table"))?;
        if self.log2_qp() > f64::from(limit) {
            return Err(invalid(TOO_LARGE));
        }
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.security = security;
        Ok(Self(Arc::new(parts)))
    }

    /// For sums of encrypted numbers, and sums over slots: 2048 slots, results up to `2^15` with errors near `2^-20`.
    pub fn sums() -> Self {
        Self::named(4096, 50, 0, &[50], 34)
    }

    /// Two multiplications in a row: 4096 slots, results up to `2^19`.
    pub fn depth_2() -> Self {
        Self::named(8192, 60, 2, &[60], 40)
    }

    /// Four multiplications in a row: 8192 slots, results up to `2^19`.
    pub fn depth_4() -> Self {
        Self::named(16_384, 60, 4, &[60; 2], 40)
    }

    /// Eight multiplications in a row: 16,384 slots, results up to `2^14`.
    pub fn depth_8() -> Self {
        Self::named(32_768, 60, 8, &[50; 5], 45)
    }

    /// Sixteen multiplications in a row: 16,384 slots, results up to `2^19`.
    pub fn depth_16() -> Self {
        Self::named(32_768, 60, 16, &[60; 2], 40)
    }

    /// For sums and means that are released: 4096 slots, one multiplication, released numbers exact to `2^-11` in the worst
    /// case. What took no multiplication, such as a sum, may be as large as `2^58`, a mean `2^3`.
    pub fn released_sums() -> Self {
        Self::named(8192, 60, 1, &[60], 56)
    }

    /// For four multiplications in a row whose results are released: 8192 slots, results up to `2^3`.
    pub fn released_depth_4() -> Self {
        Self::named(16_384, 60, 4, &[60; 2], 56)
    }

    fn named(degree: usize, first: u32, depth: usize, special_bits: &[u32], scale_bits: u32) -> Self {
        let moduli_bits = [vec![first], vec![scale_bits; depth]].concat();
        let params = Self::new(degree, &moduli_bits, special_bits, scale_bits);
        params
            .and_then(|params| params.with_security(Security::Quantum128))
            .expect("the named sets are inside the tables")
    }

    /// The number of coefficients N of a polynomial.
    pub fn degree(&self) -> usize {
        self.0.degree
    }

    /// The complex numbers that a plaintext holds, N / 2.
    pub fn slots(&self) -> usize {
        self.0.degree / 2
    }

    /// The level of fresh ciphertexts: how often they can be rescaled.
    pub fn depth(&self) -> usize {
        self.0.moduli.len() - 1
    }

    /// The sizes of the moduli, `q_0` first.
    pub fn moduli_bits(&self) -> &[u32] {
        &self.0.moduli_bits
    }

    /// The sizes of the special moduli.
    pub fn special_bits(&self) -> &[u32] {
        &self.0.special_bits
    }

    /// The moduli `q_0, ..., q_L`.
    pub fn moduli(&self) -> &[u64] {
        &self.0.moduli
    }

    /// The special moduli.
    pub fn special_moduli(&self) -> &[u64] {
        &self.0.special
    }

    /// The number of digits of a key for key switching at the top level.
    pub fn digits(&self) -> usize {
        self.0.digits.len()
    }

    /// Which moduli each digit covers. At level l only the first l + 1 moduli are left of them.
    pub fn digit_ranges(&self) -> &[Range<usize>] {
        &self.0.digits
    }

    /// About the binary logarithm of every scale.
    pub fn scale_bits(&self) -> u32 {
        self.0.scale_bits
    }

    /// The scale of ciphertexts at a level: that of the top one is next to `2^scale_bits`, and each is what the product
    /// of two numbers of the scale above has when it is rescaled. `None` above [`Params::depth`].
    pub fn scale_at(&self, level: usize) -> Option<f64> {
        self.0.scales.get(level).copied()
    }

    /// The security level that was checked.
    pub fn security(&self) -> Security {
        self.0.security
    }

    /// The binary logarithm of the product of all moduli, special ones included.
    pub fn log2_qp(&self) -> f64 {
        self.0.moduli.iter().chain(&self.0.special).map(|q| chain::float(*q).log2()).sum()
    }

    /// What they mean in bits and bytes, before anything is generated.
    pub fn describe(&self) -> Description {
        Description::new(self)
    }

    /// The first four bytes of the hash of the parameters.
    pub fn id(&self) -> u32 {
        let parts = &*self.0;
        let mut transcript = Transcript::new("veilkit v1 ckks params");
        transcript
            .append_u64("degree", parts.degree as u64)
            .append_u64("scale bits", parts.scale_bits.into())
            .append_u64("security", parts.security.code().into())
            .append_u64("digits", parts.digits.len() as u64)
            .append_u64("moduli", parts.moduli.len() as u64);
        for q in parts.moduli.iter().chain(&parts.special) {
            transcript.append_u64("modulus", *q);
        }
        let mut id = [0; 4];
        transcript.fill(&mut id);
        u32::from_le_bytes(id)
    }
}

/// What to do about a modulus that is too large.
const TOO_LARGE: &str = "moduli_bits, special_bits: too many bits for this degree and security: double the degree, or take fewer or shorter moduli";

/// Splits the moduli into `count` digits, so that the longest one is as short as can be; `None` where it would be longer
/// than the special moduli together.
fn split(moduli_bits: &[u32], special_bits: &[u32], count: usize) -> Option<Vec<Range<usize>>> {
    if !(1..=moduli_bits.len()).contains(&count) {
        return None;
    }
    (1..=special_bits.iter().sum()).find_map(|most| {
        let mut digits = Vec::with_capacity(count);
        let mut start = 0;
        for digit in 0..count {
            // At least one modulus for this digit and for each one after it.
            let last = moduli_bits.len().checked_sub(count - digit - 1)?;
            let mut bits = 0;
            let fits = moduli_bits.get(start..last)?.iter().take_while(|q| {
                bits += **q;
                bits <= most
            });
            let end = start + fits.count();
            if end == start {
                return None;
            }
            digits.push(start..end);
            start = end;
        }
        (start == moduli_bits.len()).then_some(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named() -> [Params; 7] {
        [
            Params::sums(),
            Params::depth_2(),
            Params::depth_4(),
            Params::depth_8(),
            Params::depth_16(),
            Params::released_sums(),
            Params::released_depth_4(),
        ]
    }

    #[test]
    fn named_sets_are_what_the_table_says() {
        let facts = named().map(|p| (p.degree(), p.depth(), p.scale_bits(), p.digits()));
        let expected = [
            (4096, 0, 34, 1),
            (8192, 2, 40, 3),
            (16_384, 4, 40, 2),
            (32_768, 8, 45, 2),
            (32_768, 16, 40, 6),
            (8192, 1, 56, 2),
            (16_384, 4, 56, 3),
        ];
        assert_eq!(facts, expected);
        for params in named() {
            assert_eq!(params.security(), Security::Quantum128);
            params.with_security(Security::Classical128).unwrap();
        }
    }

    #[test]
    fn chains_of_comparisons_exist_with_one_special_modulus_and_with_more() {
        let chain = |degree, count, bits, special: &[u32]| {
            Params::new(degree, &[vec![60], vec![bits; count]].concat(), special, bits).unwrap()
        };
        assert_eq!(chain(8192, 2, 40, &[60]).digits(), 3);
        assert_eq!(chain(16_384, 6, 40, &[60]).digits(), 7);
        assert_eq!(chain(16_384, 6, 40, &[60; 2]).digits(), 3);
        assert_eq!(chain(32_768, 11, 50, &[60]).digits(), 12);
        assert_eq!(chain(32_768, 11, 50, &[60; 4]).digits(), 3);
        assert_eq!(chain(32_768, 11, 50, &[60; 4]).digit_ranges(), [0..4, 4..8, 8..12]);
    }

    #[test]
    fn digits_never_exceed_the_special_moduli() {
        for params in named() {
            let p: f64 = params.special_moduli().iter().map(|q| (*q as f64).log2()).sum();
            for range in params.digit_ranges() {
                assert!(params.moduli()[range.clone()].iter().map(|q| (*q as f64).log2()).sum::<f64>() < p);
            }
            let ranges = params.digit_ranges();
            assert!(ranges[0].start == 0 && ranges[ranges.len() - 1].end == params.moduli().len());
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(ranges.iter().all(|range| !range.is_empty()));
            for count in params.digits()..=params.moduli().len() {
                assert_eq!(params.clone().with_digits(count).unwrap().digits(), count);
            }
            for count in [0, params.digits() - 1, params.moduli().len() + 1, usize::MAX] {
                assert_eq!(params.clone().with_digits(count).unwrap_err().kind(), ErrorKind::InvalidParams);
            }
        }
    }

    #[test]
    fn limits_are_those_of_the_primes() {
        // 214 bits in all, none to spare; one more is too many; 218 bits are inside the table of 2018 only.
        assert!(Params::new(8192, &[60, 47, 47], &[60], 47).is_ok());
        for refused in [[60, 48, 48], [60, 49, 49]] {
            let error = Params::new(8192, &refused, &[60], refused[1]).unwrap_err();
            assert!(error.what().contains("double the degree"), "{error}");
        }
        let params = Params::new(8192, &[60, 47, 47], &[60], 47).unwrap();
        assert!(params.log2_qp() < 214.0 && params.log2_qp() > 213.99);
        for security in [Security::Quantum128, Security::Classical192, Security::Classical256] {
            assert_eq!(params.clone().with_security(security).unwrap_err().kind(), ErrorKind::InvalidParams);
        }
    }

    #[test]
    fn bad_parameters_name_the_argument() {
        let refused = |degree, moduli: &[u32], special: &[u32], scale, what: &str| {
            let error = Params::new(degree, moduli, special, scale).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidParams);
            assert!(error.what().starts_with(what), "{error}");
        };
        for degree in [0, 1, 512, 12_288, 1 << 17, usize::MAX] {
            refused(degree, &[60, 40], &[60], 40, "degree");
        }
        refused(8192, &[], &[60], 40, "moduli_bits: at least one");
        refused(8192, &[60, 40], &[], 40, "special_bits: at least one");
        refused(1 << 16, &[60], &[24; 61], 40, "special_bits: at most 60");
        for bits in [0, 23, 61, u32::MAX] {
            refused(8192, &[bits], &[60], 40, "moduli_bits");
            refused(8192, &[60], &[bits], 40, "moduli_bits");
        }
        for scale in [0, 15, 60, 61, u32::MAX] {
            refused(8192, &[60], &[60], scale, "scale_bits");
        }
        refused(8192, &[60, 40, 41], &[60], 40, "moduli_bits: every modulus");
        refused(8192, &[60, 40, 40], &[50], 40, "special_bits: together");
        refused(8192, &[24; 1000], &[60], 23, "moduli_bits");
        // A degree of 2^16 and 24 bits: no such primes, or not enough.
        refused(1 << 16, &[60, 24, 24, 24, 24, 24, 24, 24, 24], &[60], 24, "");
    }

    #[test]
    fn everything_reaches_the_id() {
        let ids: Vec<u32> = [
            Params::depth_2(),
            Params::depth_4(),
            Params::new(8192, &[60, 40, 40], &[60], 40).unwrap(),
            Params::new(8192, &[60, 40], &[60], 40).unwrap(),
            Params::new(8192, &[60], &[60], 40).unwrap(),
            Params::new(8192, &[60], &[60], 41).unwrap(),
            Params::new(8192, &[60], &[60, 60], 40).unwrap(),
            Params::new(8192, &[60, 30], &[60, 30], 30).unwrap(),
            Params::new(8192, &[60, 30], &[60, 30], 30).unwrap().with_digits(2).unwrap(),
            Params::new(16_384, &[60, 40, 40], &[60], 40).unwrap(),
        ]
        .iter()
        .map(Params::id)
        .collect();
        for (i, id) in ids.iter().enumerate() {
            assert!(!ids[..i].contains(id), "{i}");
        }
    }

    #[test]
    fn equal_parameters_are_equal() {
        assert_eq!(Params::depth_2(), Params::depth_2().clone());
        assert_ne!(Params::depth_2(), Params::depth_4());
    }
}
