//! A lost share, made again by other holders without anybody seeing the secret or another's share.
//!
//! At least `threshold` holders, the helpers, each weight their share so that the sum is the lost one, cut that into
//! random pieces, one for each helper, and hand them out. Each helper sends the sum of the pieces it got to the one who lost
//! the share.
//!
//! | round | who | what |
//! |---|---|---|
//! | 1 | each helper to all, signed | commitments to its pieces; each piece, sealed to its helper |
//! | 2 | each helper to the owner, signed | a hash of all it heard; the sum of its pieces, sealed to the owner |
//!
//! A helper whose pieces do not add up to its share, who sends a wrong piece, or a wrong sum, is named.
//!
//! # Security
//! The owner learns its share and nothing else, helpers learn nothing; also if fewer than `threshold` of all holders, the owner
//! not among them, pool what they see, as long as one helper is honest. Make sure of who asks: whoever is named as the owner in
//! the plan gets a share.
//!
//! # Source
//! \[SW18\] D. Stinson, R. Wei, "Combinatorial repairability for threshold schemes", 2018, section 1.2: the enrollment
//! protocol, made verifiable by commitments to the pieces.
mod helper;
mod owner;
mod plan;

pub use helper::Helper;
pub use owner::{Collecting, Owner};
pub use plan::{Plan, PlanSpec};

/// The number of the round of the pieces.
const PIECES: u8 = 1;
/// The number of the round of the sums.
const SUMS: u8 = 2;

#[cfg(test)]
mod tests;
