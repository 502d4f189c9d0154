//! Prime-order groups, in which discrete logarithms are hard.
pub mod ristretto255;

pub use ristretto255::{Point, PointTable, Scalar, ShortMultiples};
