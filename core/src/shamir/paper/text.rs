//! Symbols as characters for QR codes.
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

use super::symbols;
use crate::{
    codec::{Decode, Encode},
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// Tells what the text is.
const PREFIX: &[u8; 4] = b"VK1:";

/// A share as text in the characters of a QR code's alphanumeric mode. Secret as the share is.
///
/// `VK1:`, then two characters of base 32 (A to Z, 2 to 7) for each symbol of ten bits. A card with a key of 32 bytes
/// takes 118 characters: a QR code of version 5 at error correction level M.
///
/// # Errors
/// `OutOfRange` for objects of more than 1,270 bytes.
/// # Timing
/// Constant in the share.
/// # Source
/// The digits are those of RFC 4648, section 6.
pub fn to_text<T: Encode>(object: &T) -> Result<Zeroizing<String>> {
    let symbols = symbols::from_object(object)?;
    let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * symbols.len()));
    text.extend(PREFIX.map(char::from));
    for symbol in symbols.iter() {
        for digit in [symbol >> 5, symbol & 31] {
            let [digit, _] = digit.to_le_bytes();
            let letter = b'A'.wrapping_add(digit);
            let letter = u8::conditional_select(&letter, &digit.wrapping_add(24), digit.ct_gt(&25));
            text.push(char::from(letter & 0x7f)); // so that the compiler knows that it is one byte of UTF-8
        }
    }
    Ok(text)
}

/// A share from its text, in any case. White space does not count.
///
/// # Errors
/// `InvalidEncoding` without the prefix, for another character and for a text of no possible length;
/// `VerificationFailed` when the checksum is wrong; `UnsupportedVersion`; and the errors of decoding.
/// # Timing
/// Varies with where white space stands, and with mistakes; otherwise constant in the share.
pub fn from_text<T: Decode>(text: &str) -> Result<T> {
    let invalid = |what| Error::new(ErrorKind::InvalidEncoding, what);
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut prefix = PREFIX.iter();
    for byte in text.bytes() {
        let is_space = b" \n\r\t".iter().fold(0.ct_eq(&1), |any, space| any | byte.ct_eq(space));
        if declassify(is_space) {
            continue;
        }
        let is_small = byte.ct_gt(&(b'a' - 1)) & b'{'.ct_gt(&byte);
        let byte = u8::conditional_select(&byte, &byte.wrapping_sub(0x20), is_small);
        match prefix.next() {
            Some(expected) if declassify(byte.ct_eq(expected)) => {}
            Some(_) => return Err(invalid("text: prefix")),
            None => digits.push(digit(byte)?),
        }
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() || prefix.next().is_some() {
        return Err(invalid("text: length"));
    }
    let mut symbols = Zeroizing::new(Vec::with_capacity(pairs.len()));
    symbols.extend(pairs.iter().map(|[high, low]| u16::from(*high) << 5 | u16::from(*low)));
    symbols::to_object(&symbols)
}

fn digit(byte: u8) -> Result<u8> {
    let is_letter = byte.ct_gt(&(b'A' - 1)) & (b'Z' + 1).ct_gt(&byte);
    let is_number = byte.ct_gt(&b'1') & b'8'.ct_gt(&byte);
    if !declassify(is_letter | is_number) {
        return Err(Error::new(ErrorKind::InvalidEncoding, "text: a character"));
    }
    Ok(u8::conditional_select(&byte.wrapping_sub(24), &byte.wrapping_sub(b'A'), is_letter))
}
