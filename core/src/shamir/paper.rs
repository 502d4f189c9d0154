//! Shares on paper: short shares, as words to write down and as text for a QR code.
//!
//! | what | how |
//! |---|---|
//! | [`split`], [`combine`] | a secret to [`Card`]s, shares without the list of commitments, as short as they can be |
//! | [`to_words`], [`from_words`] | any share as words of a list of 1,024, made for telling them apart |
//! | [`mistakes`] | which words were probably miswritten |
//! | [`to_text`], [`from_text`] | any share in the characters that QR codes hold best |
//!
//! A key of 16 bytes takes 44 words, one of 32 bytes 57 words. Case does not matter, and the first four letters of a word
//! stand for it. Both forms end in a checksum that finds every change of up to four words (or pairs of characters),
//! two exchanged words and the loss of a word's half among them; one or two wrong words are found by their places.
//!
//! # Security
//! Whoever reads a card has the share. Cards carry no commitments: a wrong card is named only when there are spare
//! ones, and else found by a check value of 32 bits under a key that is shared along with the secret.
//!
//! # Source
//! The words are those of \[SLIP39\] (MIT licence, in `paper/LICENSE`), and so is the idea of the keyed check value;
//! the encoding and its checksum are our own, so that neither is taken for the other.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::shamir::paper::{self, Card};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let cards = paper::split(&[5; 16], 2, 3, &mut rng)?;
//! let words = paper::to_words(&cards[0])?;
//! assert_eq!(words.split(' ').count(), 44);
//! let typed: Card = paper::from_words(&words.to_uppercase())?;
//! assert_eq!(*paper::combine(&[typed, cards[2].clone()])?, [5; 16]);
//! # Ok::<(), veilkit::Error>(())
//! ```
mod card;
mod symbols;
mod text;
mod words;

pub use card::{Card, CardSetId, MAX_SECRET_LEN, combine, split};
pub use text::{from_text, to_text};
pub use words::{from_words, mistakes, to_words};

#[cfg(test)]
mod tests;
