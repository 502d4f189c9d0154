//! Three parties, one of them corrupted, with integers modulo 2^64: boxes for speed.
//!
//! A value is the sum of three random summands, and each party holds two of them, so any two parties can put it together and no
//! party alone learns anything. A party adds up its part of a product from what it holds; one word to a neighbour makes shares
//! of it again. Bits are shared in the same way, 64 to a word, with exclusive-or in place of addition.
//!
//! | box | against | a product costs each party |
//! |---|---|---|
//! | [`SemiHonest`] | one passively corrupted party | 8 bytes |
//! | [`Malicious`] | one actively corrupted party, with abort | 32 bytes |
//!
//! # Source
//! \[AFLNO16\] T. Araki, J. Furukawa, Y. Lindell, A. Nof, K. Ohara, ePrint 2016/768.
mod circuits;
mod lanes;
mod link;
mod malicious;
mod pair;
mod products;
mod semi_honest;
#[cfg(test)]
mod tests;
mod word;
mod z64;

pub use malicious::{Malicious, Tagged};
pub use pair::Pair;
pub use semi_honest::SemiHonest;
pub use word::{Lanes, Word, Z128};
pub use z64::Z64;
