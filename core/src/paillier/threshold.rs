//! Threshold decryption: a key that any `threshold` of the parties use together and fewer cannot.
//!
//! A dealer, whom the [`Setup`] names, makes a key and deals a [`KeyShare`] to each party ([`Dealer::deal`]). To decrypt an array,
//! each of `threshold` parties makes a [`DecryptionShare`] of it, with a proof that it is right; whoever may know the result
//! puts them together with [`combine`], which names the parties whose shares are wrong. Encryption and the operations
//! on ciphertexts are those of any key, [`ProvenPublicKey`](super::ProvenPublicKey) included.
//!
//! DJ01, §4.1, with s = 1: `n = pq` of safe primes `p = 2p' + 1`, `q = 2q' + 1`; `m = p'q'`. The dealer shares `d = 0 mod m`,
//! `d = 1 mod n` by a polynomial f modulo nm: party i has `s_i = f(i)`. With l parties and `D = l!`:
//!
//! 1. Verification keys `v_i = v^(D s_i) mod n^2`, where v is a square.
//! 2. The share of the decryption of c is `c_i = c^(2 D s_i)`, with the proof that `log_(c^4)(c_i^2) = log_v(v_i)`: see `proof`.
//! 3. For a set of shares, the integers `k_i = D prod j / (j - i)` over its other j give
//!    `prod c_i^(2 k_i) = c^(4 D^2 d) = 1 + 4 D^2 n M mod n^2`, and so the plaintext M.
//!
//! # Security
//! - The dealer knows the whole key: it could decrypt everything alone, and its word that the shares fit the key is not proven.
//!   Whoever it is, it should forget the key, which [`Dealer::deal`] does. There is no dealerless set-up here.
//! - Up to `threshold - 1` parties together learn nothing from their shares and from results beyond the results; as for every
//!   ciphertext here, under decisional composite residuosity and short exponents, in the random oracle model.
//! - Whoever gets `threshold` shares of an array reads it. A party should know where an array comes from before it
//!   makes a share: it decrypts whatever it is given.
//! - A share tells who made it; that this is true is up to the channel on which it came.
//!
//! # Example
//! ```no_run
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::paillier::threshold::{Dealer, DecryptionShare, SetupSpec, combine};
//! use veilkit::paillier::{EncryptedArray, Params, PlainArray};
//! use veilkit::shape::Shape;
//!
//! let spec = SetupSpec {
//!     dealer: "Trust centre".into(),
//!     parties: vec!["North hospital".into(), "South hospital".into(), "Registry".into()],
//!     threshold: 2,
//! };
//! let dealer = Dealer::generate(Params::default(), rng, &mut ())?; // takes seconds
//! let (setup, key_shares) = dealer.deal(&spec, rng, &mut ())?;
//!
//! let counts = PlainArray::integers(setup.public_key().params(), &Shape::new(&[2])?, &[120, -7])?;
//! let array = EncryptedArray::encrypt(setup.public_key(), &counts, rng, &mut ())?;
//!
//! let session = b"quarter 3";
//! let north = DecryptionShare::create(&key_shares[0], &array, session, rng, &mut ())?;
//! let registry = DecryptionShare::create(&key_shares[2], &array, session, rng, &mut ())?;
//! assert_eq!(*combine(&setup, &array, &[north, registry], session, &mut ())?, [120.0, -7.0]);
//! # Ok(())
//! # }
//! ```
//!
//! # Source
//! \[DJ01\] I. Damgard, M. Jurik, PKC 2001, §4.1, also in \[DJN10\]; \[Sho00\] V. Shoup, EUROCRYPT 2000, for integer coefficients and
//! the proof; \[FPS00\] P.-A. Fouque, G. Poupard, J. Stern, FC 2000; \[APBDL04\] R. Aditya et al., ACNS 2004, for one proof of many parts.
mod combine;
mod dealer;
mod decryption_share;
mod encoding;
mod encrypted;
mod key_share;
mod proof;
mod setup;

pub use combine::{combine, combine_integers};
pub use dealer::Dealer;
pub use decryption_share::DecryptionShare;
pub use encrypted::Encrypted;
pub use key_share::KeyShare;
pub use setup::{MAX_NAME_LEN, MAX_PARTIES, Setup, SetupSpec};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
