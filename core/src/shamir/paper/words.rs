//! Symbols as words.
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::symbols::{self, Symbols};
use crate::{
    codec::{Decode, Encode},
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// The words, in the order of their symbols. Each has 4 to 8 letters, a to z, and its first four are its own.
const LIST: &[u8] = include_bytes!("words.txt");

/// Each word as the little-endian number of its letters, zeros behind them.
static WORDS: [u64; 1024] = words();

const fn words() -> [u64; 1024] {
    let mut words = [0; 1024];
    let (mut at, mut word, mut letters) = (0, 0, 0);
    while at < LIST.len() {
        if LIST[at] == b'\n' {
            word += 1;
            letters = 0;
        } else {
            words[word] |= (LIST[at] as u64) << (8 * letters);
            letters += 1;
        }
        at += 1;
    }
    assert!(word == 1024 && letters == 0);
    words
}

/// The letters that stand for a word.
const ABBREVIATION: usize = 4;

/// A share as words with single spaces between them. Secret as the share is.
///
/// # Errors
/// `OutOfRange` for objects of more than 1,270 bytes; [`split`](super::split) makes short shares.
/// # Timing
/// Varies with the lengths of the words, which show in the text; otherwise constant in the share.
/// # Example
/// See [`paper`](super).
pub fn to_words<T: Encode>(object: &T) -> Result<Zeroizing<String>> {
    let symbols = symbols::from_object(object)?;
    let mut text = Zeroizing::new(String::with_capacity(9 * symbols.len()));
    for symbol in symbols.iter() {
        if !text.is_empty() {
            text.push(' ');
        }
        // All words are read.
        let mut word = 0_u64;
        for (number, candidate) in (0_u16..).zip(&WORDS) {
            word.conditional_assign(candidate, number.ct_eq(symbol));
        }
        for letter in word.to_le_bytes() {
            if declassify(letter.ct_eq(&0)) {
                break;
            }
            text.push(char::from(letter & 0x7f));
        }
    }
    Ok(text)
}

/// A share from its words, with any white space between them, in any case, whole or as their first four letters.
///
/// # Errors
/// `InvalidEncoding` for a word that is not in the list or a text of no possible length; `VerificationFailed` when the
/// checksum is wrong: [`mistakes`] says where; `UnsupportedVersion`; and the errors of decoding.
/// # Timing
/// Varies with the lengths of the words, and with mistakes; otherwise constant in the share.
pub fn from_words<T: Decode>(text: &str) -> Result<T> {
    let (symbols, unknown) = read(text);
    if !unknown.is_empty() {
        return Err(Error::new(ErrorKind::InvalidEncoding, "words: one is not in the list"));
    }
    symbols::to_object(&symbols)
}

/// The places, from 1, of words that are wrong: those that are not in the list; or, if all are, the one or two whose
/// change would make the checksum right. Empty when nothing is wrong, and when more is wrong than can be told.
///
/// # Security
/// The places are a hint to look again at the paper. Three or more mistakes may point at the wrong words.
/// # Timing
/// As [`from_words`].
pub fn mistakes(text: &str) -> Vec<usize> {
    let (symbols, unknown) = read(text);
    let places = if unknown.is_empty() { symbols::locate(&symbols) } else { unknown };
    places.into_iter().map(|place| place + 1).collect()
}

/// The symbols, and the places of words that are none.
fn read(text: &str) -> (Symbols, Vec<usize>) {
    let mut symbols = Zeroizing::new(Vec::with_capacity(text.len() / (ABBREVIATION + 1) + 1));
    let mut unknown = Vec::new();
    let is_space = |byte: &u8| {
        let any = |spaces: &[u8]| spaces.iter().fold(Choice::from(0), |any, space| any | byte.ct_eq(space));
        declassify(any(b" \n\r\t"))
    };
    for word in text.as_bytes().split(is_space).filter(|word| !word.is_empty()) {
        let mut letters = [0; 8];
        let fits = word.len() <= letters.len() && word.len() >= ABBREVIATION;
        for (letter, byte) in letters.iter_mut().zip(word) {
            *letter = byte | 0x20;
        }
        let (symbol, known) = look_up(u64::from_le_bytes(letters), word.len() == ABBREVIATION);
        if !(fits & declassify(known)) {
            unknown.push(symbols.len());
        }
        symbols.push(symbol);
    }
    (symbols, unknown)
}

/// The symbol of a word; all words are looked at.
fn look_up(word: u64, abbreviated: bool) -> (u16, Choice) {
    let mask = if abbreviated { u64::from(u32::MAX) } else { u64::MAX };
    let (mut symbol, mut known) = (0_u16, Choice::from(0));
    for (number, candidate) in (0_u16..).zip(&WORDS) {
        let same = (candidate & mask).ct_eq(&word);
        symbol.conditional_assign(&number, same);
        known |= same;
    }
    (symbol, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_as_promised() {
        let words: Vec<&str> = std::str::from_utf8(LIST).unwrap().lines().collect();
        assert!(words.is_sorted() && words.len() == 1024);
        assert!(words.windows(2).all(|pair| pair[0][..4] != pair[1][..4]));
        for (number, word) in words.iter().enumerate() {
            assert!((4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()));
            let (symbols, unknown) = read(&format!("{word}\n\t{}", word[..4].to_uppercase()));
            assert!(unknown.is_empty());
            assert_eq!(symbols.iter().map(|s| usize::from(*s)).collect::<Vec<_>>(), [number; 2]);
        }
    }

    #[test]
    fn other_words_are_not_known() {
        for word in ["acad em", "academics", "acade", "acid1", "zzzz", "a", "\u{e9}cole", "{acid"] {
            assert!(!read(word).1.is_empty(), "{word}");
        }
        assert!(read(" \n").0.is_empty());
    }
}
