//! Boxes over a prime field, which compare by opening masked values.
use super::{equal, less, mask, truncate};
use crate::{
    error::Result,
    field::Field,
    mpc::arithmetic::{Arithmetic, Comparison, Element, NetworkProfile, Shared},
};

/// The bits by which a mask is longer than what it hides: a masked value is within `2^-40` of one that tells nothing.
pub const STATISTICAL_BITS: u32 = 40;

/// A column of random bits, and columns of random integers.
pub type RandomMasks<S> = (Shared<S>, Vec<Shared<S>>);

/// A box over a prime field. Being one is enough for [`Comparison`].
///
/// # Security
/// What its comparisons open is `x + r` with `r` uniform below `2^(bits + 40)`: for any two `x` of the promised width the distributions
/// of what is opened differ by at most `2^-40`.
pub trait FieldBox: Arithmetic<Element: Field> {
    /// The connection between the parties, public and the same for all: it chooses between protocols of few rounds and of few bytes.
    fn network(&self) -> NetworkProfile {
        NetworkProfile::default()
    }

    /// The rounds of one multiplication.
    fn multiplication_rounds(&self) -> u64 {
        1
    }

    /// The rounds of one opening, with what is verified before it.
    fn opening_rounds(&self) -> u64 {
        1
    }

    /// `bits` random bits, and for each `(len, width)` of `bounded` a column of integers that are uniform below `2^width`; nobody knows them.
    ///
    /// A box that makes such integers for less than `width` random bits each does so here. The integers must be in range whatever
    /// the corrupted parties do.
    fn random_masks(
        &mut self,
        bits: usize,
        bounded: &[(usize, u32)],
    ) -> impl Future<Output = Result<RandomMasks<Self::Share>>> + Send {
        mask::from_bits(self, bits, bounded.to_vec())
    }

    /// A column of integers that are uniform below `2^bits`, and that nobody knows.
    fn random_bounded(
        &mut self,
        len: usize,
        bits: u32,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send {
        async move { Ok(self.random_masks(0, &[(len, bits)]).await?.1.swap_remove(0)) }
    }
}

impl<B: FieldBox> Comparison for B {
    const MAX_BITS: u32 = <B::Element as Element>::BITS - STATISTICAL_BITS;

    async fn is_negative(&mut self, x: &Shared<Self::Share>, bits: u32) -> Result<Shared<Self::Share>> {
        // The floor of x / 2^(bits - 1) is -1 or 0.
        Ok(-&truncate::truncate(self, x, bits, bits.saturating_sub(1)).await?)
    }

    async fn is_zero(&mut self, x: &Shared<Self::Share>, bits: u32) -> Result<Shared<Self::Share>> {
        equal::is_zero(self, x, bits).await
    }

    async fn truncate(&mut self, x: &Shared<Self::Share>, bits: u32, by: u32) -> Result<Shared<Self::Share>> {
        truncate::truncate(self, x, bits, by).await
    }

    async fn to_bits(&mut self, x: &Shared<Self::Share>, bits: u32) -> Result<Shared<Self::Share>> {
        less::to_bits(self, x, bits).await
    }
}

#[cfg(test)]
mod tests;
