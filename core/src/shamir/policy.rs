//! Recovery by rule: who together may have the secret, as a readable tree.
//!
//! ```text
//! 2 of (doctor, doctor, surgeon) and administrator
//! 3 of (director * 2, deputy, deputy) or (notary and 4 of (guard, guard, guard, guard, guard))
//! ```
//!
//! Every name in the text is a *seat*, numbered from 1 in the order of the text, and gets one share. `and`, `or` and
//! `k of (..)` nest; `name * 2` counts twice toward its `k`. [`split`] deals by a policy, [`combine`] recovers from every
//! set of seats that satisfies it and names each wrong share; [`missing()`] tells who else is needed. [`Policy::hash`]
//! names the rule.
//!
//! # Grammar
//! ```text
//! policy = all { "or" all }          all  = term { "and" term }
//! term   = name | "(" policy ")" | number "of" "(" item { "," item } ")"
//! item   = policy [ "*" number ]     name = letter { letter | digit | "_" | "-" | "." | "@" }
//! ```
//! `and` binds more tightly than `or`; `and`, `or` and `of` are no names. [`Policy`] prints in one canonical form, without
//! needless parentheses, that reads back as the same policy.
//!
//! # Security
//! A set of seats that does not satisfy the policy learns nothing about the secret but its length, under the assumptions
//! of [`shamir`](super): each node of the tree is a sharing of its own. What `or` joins gets the same value, so a policy such
//! as `owner or 2 of (..)` hands the secret itself to the owner: that is what it says. [`Policy::smallest`] tells
//! how few seats suffice.
//!
//! # Source
//! \[BL88\] J. Benaloh, J. Leichter, "Generalized secret sharing and monotone functions", CRYPTO 1988, with a threshold
//! gate at each node.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::shamir::policy::{self, Policy};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let rule: Policy = "2 of (doctor, doctor, surgeon) and 1 of (administrator)".parse()?;
//! assert_eq!(rule.to_string(), "2 of (doctor, doctor, surgeon) and administrator");
//! let shares = policy::split(b"the key of the archive", &rule, &mut rng)?;
//! let given = [shares[1].clone(), shares[2].clone(), shares[3].clone()]; // doctor, surgeon, administrator
//! assert_eq!(*policy::combine(&given)?, b"the key of the archive");
//! assert!(policy::combine(&shares[..3]).is_err());
//! assert_eq!(policy::missing(&shares[..3])?.expect("not satisfied").to_string(), "administrator");
//! # Ok::<(), veilkit::Error>(())
//! ```
mod combine;
mod encoding;
mod missing;
mod parse;
mod print;
mod share;
mod split;
mod tree;

pub use combine::{combine, combine_correcting, missing};
pub use share::Share;
pub use split::{MAX_SECRET_LEN, split};
pub use tree::{MAX_DEPTH, MAX_SEATS, MAX_TEXT_LEN, Policy};

#[cfg(test)]
mod tests;
