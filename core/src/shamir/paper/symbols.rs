//! Bytes as symbols of ten bits, with a checksum that finds mistakes and says where they are.
//!
//! ```text
//! head | data, ten bits each, highest first, zeros at the end | 4 check symbols
//! ```
//!
//! The head holds the version and how many bits at the end are padding. The check symbols make the whole a word of a
//! shortened Reed-Solomon code over GF(1024) with distance 5: the values at `a, a^2, a^3, a^4` are zero. A prefix that
//! is not written down enters the code, so that texts of other schemes do not pass.
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    codec::{Decode, Encode},
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// The check symbols.
const CHECKS: usize = 4;
/// Enters every checksum.
const PREFIX: [u16; 3] = [0x0d6, 0x265, 0x1ac];
/// The longest text: what the code allows.
pub(super) const MAX_SYMBOLS: usize = 1023 - PREFIX.len();
const VERSION: u16 = 1;
const BITS: usize = 10;
/// The two bytes before every encoding, which are not written down.
const MAGIC: &[u8; 2] = b"VK";

/// Symbols that hold secrets.
pub(super) type Symbols = Zeroizing<Vec<u16>>;

/// The object's encoding.
///
/// # Errors
/// `OutOfRange` for an object that does not fit.
pub(super) fn from_object<T: Encode>(object: &T) -> Result<Symbols> {
    let bytes = object.to_bytes();
    let data = &bytes[MAGIC.len()..];
    let count = (8 * data.len()).div_ceil(BITS);
    let whole = 1 + count + CHECKS;
    if whole > MAX_SYMBOLS {
        return Err(Error::new(ErrorKind::OutOfRange, "object: too long for one text"));
    }
    let mut symbols = Zeroizing::new(Vec::with_capacity(whole));
    let padding = u16::try_from(BITS * count - 8 * data.len()).expect("below 10");
    symbols.push(VERSION << 4 | padding);
    let (mut buffer, mut filled) = (0_u32, 0);
    for byte in data {
        buffer = buffer << 8 & 0x3_ffff | u32::from(*byte);
        filled += 8;
        if filled >= BITS {
            filled -= BITS;
            symbols.push(low_ten(buffer >> filled));
        }
    }
    if filled > 0 {
        symbols.push(low_ten(buffer << (BITS - filled)));
    }
    let checks = Zeroizing::new(remainder(&symbols));
    symbols.extend_from_slice(&*checks);
    Ok(symbols)
}

/// The object back.
///
/// # Errors
/// `InvalidEncoding`, `UnsupportedVersion`; `VerificationFailed` when the checksum is wrong; and those of decoding.
pub(super) fn to_object<T: Decode>(symbols: &[u16]) -> Result<T> {
    let data = symbols.len().checked_sub(CHECKS + 1).filter(|_| symbols.len() <= MAX_SYMBOLS);
    let data = data.ok_or(Error::new(ErrorKind::InvalidEncoding, "text: length"))?;
    if syndromes(symbols) != [0; CHECKS] {
        return Err(Error::new(ErrorKind::VerificationFailed, "text: checksum"));
    }
    // The head is the same for all shares of a kind and size.
    if !declassify((symbols[0] >> 4).ct_eq(&VERSION)) {
        return Err(Error::new(ErrorKind::UnsupportedVersion, "text: version"));
    }
    let padding = (0..BITS)
        .find(|padding| declassify((symbols[0] & 15).ct_eq(&u16::try_from(*padding).expect("below 10"))));
    let bits = padding.and_then(|padding| (BITS * data).checked_sub(padding)).filter(|bits| bits % 8 == 0);
    let bits = bits.ok_or(Error::new(ErrorKind::InvalidEncoding, "text: padding"))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAGIC.len() + bits / 8 + 2));
    bytes.extend_from_slice(MAGIC);
    let (mut buffer, mut filled) = (0_u32, 0);
    for symbol in &symbols[1..=data] {
        buffer = buffer << BITS & 0x3_ffff | u32::from(*symbol);
        filled += BITS;
        while filled >= 8 {
            filled -= 8;
            bytes.push(low_byte(buffer >> filled));
        }
    }
    // What lies beyond the last byte is padding: whole bytes, then bits.
    let mut excess = low_byte(buffer & ((1 << filled) - 1));
    for byte in bytes.drain(MAGIC.len() + bits / 8..) {
        excess |= byte;
    }
    if !declassify(excess.ct_eq(&0)) {
        return Err(Error::new(ErrorKind::InvalidEncoding, "text: padding"));
    }
    T::from_bytes(&bytes, ())
}

/// The places of one or two wrong symbols, ascending; none when nothing is wrong, or too much.
pub(super) fn locate(symbols: &[u16]) -> Vec<usize> {
    let [s1, s2, s3, s4] = syndromes(symbols);
    if [s1, s2, s3, s4] == [0; CHECKS] || symbols.len() > MAX_SYMBOLS {
        return Vec::new();
    }
    // The locator 1 + l1 z + l2 z^2, whose roots are the inverses of a^i for the wrong places i, counted from the end.
    let determinant = mul(s1, s3) ^ mul(s2, s2);
    let (count, l1, l2) = if determinant == 0 {
        if s1 == 0 {
            return Vec::new();
        }
        (1, mul(s2, invert(s1)), 0)
    } else {
        let scale = invert(determinant);
        (2, mul(mul(s1, s4) ^ mul(s2, s3), scale), mul(mul(s2, s4) ^ mul(s3, s3), scale))
    };
    if mul(l1, s3) ^ mul(l2, s2) != s4 || mul(l1, s2) ^ mul(l2, s1) != s3 {
        return Vec::new();
    }
    let is_root = |z: u16| 1 ^ mul(l1, z) ^ mul(l2, mul(z, z)) == 0;
    let mut inverse = 1; // of a^i
    let step = invert(2);
    let mut places = Vec::new();
    for from_end in 0..symbols.len() {
        if is_root(inverse) {
            places.push(symbols.len() - 1 - from_end);
        }
        inverse = mul(inverse, step);
    }
    places.reverse();
    if places.len() == count { places } else { Vec::new() }
}

/// The values of the word at `a, a^2, a^3, a^4`. They are a sum over the errors alone, so they may be known.
fn syndromes(symbols: &[u16]) -> [u16; CHECKS] {
    let mut values = [0_u16; CHECKS];
    for symbol in PREFIX.iter().chain(symbols) {
        for (power, value) in values.iter_mut().enumerate() {
            *value = times_a(*value, power + 1) ^ symbol;
        }
    }
    // Zero or not is told first; what is not zero then tells of the errors.
    let all = values.iter().fold(0, |sum, value| sum | value);
    if declassify(all.ct_eq(&0)) { [0; CHECKS] } else { values.map(opened) }
}

/// The number, made public bit by bit.
fn opened(value: u16) -> u16 {
    (0..BITS).fold(0, |sum, bit| sum | u16::from(declassify((value >> bit & 1).ct_eq(&1))) << bit)
}

/// The check symbols: the remainder of `symbols * z^4` by the code's generator.
fn remainder(symbols: &[u16]) -> [u16; CHECKS] {
    // (z - a)(z - a^2)(z - a^3)(z - a^4), without the leading 1, highest first.
    let mut generator = [0; CHECKS];
    for (grown, root) in [2, 4, 8, 16].into_iter().enumerate() {
        let before = generator;
        for place in 0..=grown {
            let above = if place == 0 { 1 } else { before[place - 1] };
            generator[place] =
                if place == grown { mul(above, root) } else { before[place] ^ mul(above, root) };
        }
    }
    let mut state = [0_u16; CHECKS];
    for symbol in PREFIX.iter().chain(symbols) {
        let feedback = state[0] ^ symbol;
        for place in 0..CHECKS {
            let next = if place + 1 < CHECKS { state[place + 1] } else { 0 };
            state[place] = next ^ mul(feedback, generator[place]);
        }
    }
    state
}

/// `value * a^power` in GF(2)\[z\] / (z^10 + z^3 + 1), where `a` is `z`.
fn times_a(value: u16, power: usize) -> u16 {
    (0..power).fold(value, |value, _| {
        let top = value >> 9;
        value << 1 & 0x3ff ^ top ^ top << 3
    })
}

/// The product. `factor` is public, `value` need not be.
fn mul(value: u16, factor: u16) -> u16 {
    (0..BITS).filter(|bit| factor >> bit & 1 == 1).fold(0, |sum, bit| sum ^ times_a(value, bit))
}

/// `value^1022`: the inverse of a public value that is not zero.
fn invert(value: u16) -> u16 {
    let mut square = value;
    (1..BITS).fold(1, |product, _| {
        square = mul(square, square);
        mul(product, square)
    })
}

#[allow(clippy::cast_possible_truncation)] // masked
fn low_ten(buffer: u32) -> u16 {
    (buffer & 0x3ff) as u16
}

#[allow(clippy::cast_possible_truncation)] // masked
fn low_byte(buffer: u32) -> u8 {
    (buffer & 0xff) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_has_1023_powers_of_a_and_inverses() {
        let powers: std::collections::BTreeSet<u16> = (0..1023).map(|power| times_a(1, power)).collect();
        assert_eq!(powers.len(), 1023);
        assert!((1..1024).all(|value| mul(value, invert(value)) == 1));
    }

    /// A word of the code, of `len` symbols.
    fn word(len: u16) -> Vec<u16> {
        let mut symbols: Vec<u16> = (0..len).map(|i| (i * 37 + 11) % 1024).collect();
        let checks = remainder(&symbols);
        symbols.extend(checks);
        symbols
    }

    #[test]
    fn one_and_two_wrong_symbols_are_located() {
        for len in [1, 40, 1016] {
            let good = word(len);
            assert_eq!(syndromes(&good), [0; CHECKS]);
            assert!(locate(&good).is_empty());
            for at in (0..good.len()).step_by(1 + good.len() / 40) {
                let mut wrong = good.clone();
                wrong[at] ^= 0x155;
                assert_eq!(locate(&wrong), [at]);
                let other = (at * 7 + 3) % good.len();
                if other != at {
                    wrong[other] ^= 0x2a;
                    assert_eq!(locate(&wrong), [at.min(other), at.max(other)]);
                }
            }
        }
    }

    #[test]
    fn up_to_four_wrong_symbols_are_noticed() {
        let good = word(30);
        for a in 0..30 {
            for (b, c) in [(31, 32), (a + 1, 33), (a + 2, a + 3)] {
                let mut wrong = good.clone();
                for (at, error) in [(a, 1), (b, 0x3ff), (c, 0x111), (a + 4, 0x80)] {
                    wrong[at % 34] ^= error;
                    assert_ne!(syndromes(&wrong), [0; CHECKS]);
                }
            }
        }
    }
}
