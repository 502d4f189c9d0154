//! Hybrid key switching: a product with one secret becomes a pair that decrypts under another.
//!
//! Let Q be the product of the primes of the level, cut into digits: groups of consecutive primes with products
//! `D_0, D_1, ...`, and let P be the product of the special primes. A key for switching from `s'` to `s` is, for each
//! digit j, a pair modulo QP with
//! ```text
//! b_j = -a_j s + e_j + P g_j s',   g_j = 1 modulo the primes of digit j, 0 modulo the others of Q
//! ```
//! so `P g_j` is P on the rows of the digit and 0 on all others, whatever the level. A polynomial c is cut into its digits
//! `c_j = c` modulo `D_j`, centred, and these small numbers are written modulo all of QP. Then `sum c_j (b_j, a_j)` decrypts
//! to `P c s' + sum c_j e_j` modulo QP, since `sum c_j g_j = c` modulo Q; division by P leaves `c s'` and a small error.
//!
//! On the rows of its own primes a digit is c itself: they need no transform.
//!
//! # Source
//! Han, Ki, "Better Bootstrapping for Approximate Homomorphic Encryption", ePrint 2019/688, §3; in residues: Kim,
//! Polyakov, Zucca, "Revisiting Homomorphic Encryption Schemes for Finite Fields", ePrint 2021/204, appendix B. Digits that
//! serve several rotations: Bossuat, Mouchet, Troncoso-Pastoriza, Hubaux, ePrint 2020/1203, §4.
mod digits;
mod key;
mod lifted;
mod plan;
mod switch;
mod weighted;

pub(super) use digits::{Cut, Digits, for_rows};
pub(super) use key::KeySeeds;
pub use key::KeySwitchKey;
pub(super) use lifted::{Lifted, Rotation, Term};
pub(super) use plan::{Plan, Plans, digit_bounds};
pub(super) use switch::{PairRows, divided, divided_each, switch};
pub(super) use weighted::{Turned, Weights};
