//! Functions of shared values, written once over the boxes.
//!
//! Over a prime field, [`FieldBox`] gives every box comparisons and exact truncation, in logarithmic or constant rounds as the network
//! asks for. [`Fixed`] computes with fixed-point numbers and refuses what could overflow. [`divide`], [`square_root`] and the others state
//! their errors, and tests hold them to it.
//!
//! # Shape
//! Functions take vectors. A vector costs the rounds of one element.
//! # Timing
//! Which operations are done follows from shapes, widths and other public arguments alone.
//! # Security
//! Nothing is opened but values under fresh masks. Where a function is promised something, such as a range, it may reveal something about values
//! that break the promise: whoever takes numbers from parties checks them first.
mod compare;
mod components;
mod constant_less;
mod definite;
mod descent;
mod divide;
mod equal;
mod exponential;
mod field_box;
pub mod fixed;
mod leading;
mod less;
mod logarithm;
mod mask;
#[cfg(test)]
mod masked_openings;
#[cfg(test)]
mod on_boxes;
mod order;
#[cfg(test)]
mod plain;
mod roots;
mod series;
mod truncate;

pub use compare::{absolute, choose, clamp, equal, less, one_hot, sign};
pub use components::{Spectrum, principal_components};
pub use definite::{Definite, invert_definite, solve_definite};
pub use descent::{Descent, approximate_sigmoid, descend_logistic};
pub use divide::{Divisor, divide, reciprocal};
pub use exponential::{exponential, sigmoid};
pub use field_box::{FieldBox, RandomMasks, STATISTICAL_BITS};
pub use fixed::{Fixed, Format};
pub use logarithm::logarithm;
pub use order::{argmax, argmin, largest, lookup, maximum, minimum, shuffle, smallest, sort};
pub use roots::{inverse_square_root, square_root};
