//! Secret sharing: any `threshold` shares give the secret back, fewer say nothing about it.
//!
//! | module | secret | use it for |
//! |---|---|---|
//! | this one | bytes, any length | keys, files, recovery of anything |
//! | [`field`] | vectors of field elements | arithmetic on shares in multi-party protocols |
//! | [`packed`] | vectors of field elements, many in one polynomial | the same with less traffic, among many parties |
//! | [`feldman`] | one uniformly random scalar | key shares that each holder can check against a public commitment |
//! | [`pedersen`] | bytes or scalars, also easily guessed ones | the same, without giving anything away about the secret |
//! | [`policy`] | bytes | recovery by a rule: "2 of (doctor, doctor, surgeon) and administrator" |
//! | [`paper`] | short bytes, such as keys | shares to be written down, as words or as a QR code |
//!
//! [`sealed`] sends shares of each kind to their custodians.
//!
//! # Shares that must last
//! Over the years holders come and go, and shares are lost or stolen one by one. New shares of the same secret (a refresh,
//! another threshold, other holders) and the repair of a lost share are protocols among the holders, without anybody
//! seeing the secret: [`mpc::resharing`](crate::mpc::resharing) and [`mpc::repair`](crate::mpc::repair). Every step is checked against a public
//! commitment to polynomials, so they need shares that have one:
//!
//! | secret | share it with | new shares, repair |
//! |---|---|---|
//! | bytes up to 64 KiB; of anything longer, the key that encrypts it | [`pedersen::split`] | yes |
//! | a uniformly random scalar | [`feldman::split`] | yes |
//! | bytes, with [`split`], [`policy`] or [`paper`] | | no: whoever may recover the secret combines and splits again, and sees it then |
//!
//! # Wrong shares
//! A share of bytes carries a blinder of its own and the list of hash commitments to all shares of the set. The list
//! says which share is wrong; [`combine`] then refuses and names it, [`combine_correcting`] goes on without it.
//!
//! # Security
//! Fewer than `threshold` shares reveal nothing about the secret but its length, against an adversary who cannot
//! tell ChaCha20 and BLAKE3 from random: the coefficients are expanded from a 256-bit seed, and each commitment hides
//! its share behind 256 random bits. Without that blinder, the hash of a one-byte share would give the share away.
//!
//! Sharing does not say who dealt, and a dealer can hand out shares of whatever it likes. What [`combine`] promises
//! is that the shares given are those of one dealing and that they all lie on one polynomial.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{PartyId, shamir};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let shares = shamir::split(b"the key of the archive", 3, 5, &mut rng)?;
//! assert_eq!(*shamir::combine(&shares[1..4])?, b"the key of the archive");
//! assert!(shamir::combine(&shares[..2]).is_err());
//! # Ok::<(), veilkit::Error>(())
//! ```
//!
//! # Source
//! \[Sha79\] A. Shamir, "How to share a secret", Communications of the ACM 22(11), 1979.

pub(crate) mod bare;
mod code;
mod combine;
mod commitments;
mod correct;
mod encoding;
pub mod feldman;
pub mod field;
pub mod packed;
pub mod paper;
mod params;
pub mod pedersen;
pub mod policy;
mod polynomial;
pub mod sealed;
mod share;
mod split;
pub(crate) mod verifiable;
mod watch;

pub use combine::{combine, combine_correcting, combine_correcting_with_progress, combine_with_progress};
pub use correct::correct;
pub use params::Params;
pub(crate) use polynomial::Interpolation;
pub use share::{SetId, Share};
pub use split::{MAX_SECRET_LEN, split, split_with_progress};
pub use verifiable::Verifiable;

#[cfg(test)]
mod tests;
