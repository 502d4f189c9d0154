//! The arithmetic black box over Shamir sharing, for an honest majority: 3 to 50 parties, of which `t = floor((n - 1) / 2)` may
//! be corrupted.
//!
//! [`SemiHonest`] holds against parties that follow the protocol and look at what they get; a wrong message gives a wrong result.
//! [`Malicious`] holds against parties that send anything: a run ends with the right result or with an error.
//!
//! # Sharing
//! The first `2t + 1` parties compute. Party `i`, from 0, holds the value at `i + 1` of a polynomial of degree `t` whose value at
//! zero is the secret \[Sha79\]. For even `n` the last party only gives inputs and gets results, so that the shares of
//! the honest computing parties, `t + 1` or more, always define a polynomial: whatever a cheating dealer sends is a sharing of
//! something.
//!
//! # Multiplication
//! Shares of products lie on a polynomial of degree `2t`. They are masked by a random sharing of that degree, opened, and the same
//! random value of degree `t` is taken off again (\[DN07\], multiplication by a double sharing). Up to four parties send their masked
//! shares to all others: `m (m - 1)` elements for `m = 2t + 1` computing parties, one round. More parties each
//! open a slice of the products for the others: `2 (m - 1)` elements in all for each product, two rounds. A sum of products costs
//! as much as one product.
//!
//! # Random sharings
//! Where there are at most 35 sets of `t` computing parties (`n <= 8`) sharings are pseudo-random \[CDI05\]: a key for each set is
//! held by everybody outside it, and nothing is sent. Beyond that, every computing party deals random sharings, of which a
//! Vandermonde matrix extracts `t + 1` out of `2t + 1` (\[DN07\], "Double-Random"): nobody knows them, even if `t` dealers collude.
//!
//! # Fields
//! [`Fp61`](crate::field::Fp61) is fast, [`Fp192`](crate::field::Fp192) has room for wide fixed point.
//!
//! # Source
//! \[Sha79\], \[CDI05\], \[DN07\], \[GIPST14\], \[CGHIKLN18\], \[KOS16\]; see `REFERENCES.md`.
use super::arithmetic::Element;
use crate::field::BulkField;

mod authenticated;
mod bits;
mod check;
mod comparing;
mod dealer;
mod engine;
mod local;
mod malicious;
mod prss;
mod scheme;
mod semi_honest;
#[cfg(test)]
mod tests;

pub use authenticated::Authenticated;
pub use malicious::Malicious;
pub use semi_honest::SemiHonest;

/// The most parties of a box.
pub const MAX_PARTIES: usize = 50;

/// What the boxes compute with.
pub trait BoxField: Element + BulkField {}

impl<F: Element + BulkField> BoxField for F {}
