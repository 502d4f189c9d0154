//! What looks at the bits of shared values.
use super::{Arithmetic, Shared};
use crate::error::Result;

/// How the parties are connected. Public and the same for all of them, since it chooses between protocols.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkProfile {
    /// Seconds for a message there and an answer back.
    pub round_trip: f64,
    /// Bytes per second that a party can send.
    pub bandwidth: f64,
}

impl NetworkProfile {
    /// One machine, or machines in one room: 0.1 ms, 1 Gbit/s.
    pub const LAN: Self = Self { round_trip: 1e-4, bandwidth: 125e6 };
    /// Sites across a country: 40 ms, 100 Mbit/s.
    pub const WAN: Self = Self { round_trip: 4e-2, bandwidth: 12.5e6 };

    /// The seconds that so many rounds and bytes of one party take on the way.
    pub fn seconds(&self, rounds: u64, bytes: u64) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let (rounds, bytes) = (rounds as f64, bytes as f64);
        rounds * self.round_trip / 2.0 + bytes / self.bandwidth
    }
}

impl Default for NetworkProfile {
    fn default() -> Self {
        Self::LAN
    }
}

/// A box that compares, truncates and takes values apart.
///
/// `bits` is the width of the values as signed integers, the sign among them: the caller promises `-2^(bits-1) <= x < 2^(bits-1)`.
/// Nothing is revealed. Where a method masks a value statistically, its documentation says by how many bits.
///
/// # Errors
/// As [`Arithmetic`]; `OutOfRange` for `bits` above [`MAX_BITS`](Comparison::MAX_BITS), before anything is sent.
pub trait Comparison: Arithmetic {
    /// The widest values that may be compared.
    const MAX_BITS: u32;

    /// 1 where an entry is below zero, else 0.
    fn is_negative(
        &mut self,
        x: &Shared<Self::Share>,
        bits: u32,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// 1 where an entry is zero, else 0.
    fn is_zero(
        &mut self,
        x: &Shared<Self::Share>,
        bits: u32,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// Each entry divided by `2^by` and rounded down. Exact.
    fn truncate(
        &mut self,
        x: &Shared<Self::Share>,
        bits: u32,
        by: u32,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// The bits of a column, as a matrix with a row for each entry: two's complement, lowest bit first, `bits` columns.
    fn to_bits(
        &mut self,
        x: &Shared<Self::Share>,
        bits: u32,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;
}
