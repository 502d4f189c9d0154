//! The arithmetic black box: what joint computations are written over, whatever protocol is under it.
//!
//! A box keeps values that no party knows. Each party holds its shares of them, as a [`Shared`] matrix, and says what to do:
//! linear operations cost nothing, [`mul`](Arithmetic::mul), [`matmul`](Arithmetic::matmul) and
//! [`open`](Arithmetic::open) cost rounds. All parties call the same methods in the same order with the same public arguments.
//! [`Comparison`] adds what looks at the bits of values.
//!
//! Values are integers modulo the size of [`Element`], read as signed. A box never checks that a result still fits:
//! whoever knows how large values may be does, before it computes.
use crate::error::Result;

mod comparison;
mod element;
mod shared;

pub use comparison::{Comparison, NetworkProfile};
pub use element::Element;
pub use shared::{Share, Shared};

/// A party's side of a box of shared values.
///
/// # Errors
/// Every error of every method ends the run: the box may not be used again. `VerificationFailed` names whom the protocol can
/// prove to have cheated; `ShapeMismatch` is an argument of the wrong shape, found before anything is sent.
/// # Security
/// Which parties may be corrupted, and whether only passively, is said by the box's type.
/// # Timing
/// Constant in all shared values; varies with shapes.
pub trait Arithmetic: Send {
    /// A value in the clear.
    type Element: Element;
    /// A party's share of one value.
    type Share: Share<Self::Element>;

    /// How many parties there are.
    fn parties(&self) -> usize;

    /// The position of this party, from 0.
    fn me(&self) -> usize;

    /// Public values as a column of shares; no message.
    fn constant(&self, public: &[Self::Element]) -> Shared<Self::Share>;

    /// Every party's own values, in one call: a column for each party. `lengths` is public, `mine` fits its own place in it.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is a length for each party and `mine` has this party's.
    fn inputs(
        &mut self,
        mine: &[Self::Element],
        lengths: &[usize],
    ) -> impl Future<Output = Result<Vec<Shared<Self::Share>>>> + Send;

    /// The products entry by entry.
    ///
    /// # Errors
    /// `ShapeMismatch` for two shapes.
    fn mul(
        &mut self,
        x: &Shared<Self::Share>,
        y: &Shared<Self::Share>,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// The product of two matrices, for the communication of one multiplication for each of its entries.
    ///
    /// # Errors
    /// `ShapeMismatch` unless `x` has as many columns as `y` has rows.
    fn matmul(
        &mut self,
        x: &Shared<Self::Share>,
        y: &Shared<Self::Share>,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// Row by row, the sum of the products of `x` and `y`: a column, for the communication of one multiplication for each row.
    ///
    /// # Errors
    /// `ShapeMismatch` for two shapes.
    fn dot(
        &mut self,
        x: &Shared<Self::Share>,
        y: &Shared<Self::Share>,
    ) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// Tells every party values that fresh randomness of the box hides, as a step of a protocol.
    ///
    /// # Security
    /// For results use [`reveal`](Arithmetic::reveal). A box against cheaters verifies first whatever was not verified yet.
    fn open(&mut self, x: &Shared<Self::Share>) -> impl Future<Output = Result<Vec<Self::Element>>> + Send;

    /// Tells the `receivers` a result; the others get `None`. Everything is verified first.
    ///
    /// # Errors
    /// `UnknownParty` for a receiver that is no position.
    fn reveal(
        &mut self,
        x: &Shared<Self::Share>,
        receivers: &[usize],
    ) -> impl Future<Output = Result<Option<Vec<Self::Element>>>> + Send;

    /// A column of uniformly random values that nobody knows.
    fn random(&mut self, len: usize) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// A column of values that are 0 or 1 with equal chances, and that nobody knows.
    fn random_bits(&mut self, len: usize) -> impl Future<Output = Result<Shared<Self::Share>>> + Send;

    /// Verifies everything so far. Boxes for passive corruption have nothing to verify.
    ///
    /// # Errors
    /// `VerificationFailed`.
    fn check(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Adds public values, entry by entry in the order of rows.
    ///
    /// # Panics
    /// Unless there is one for each entry.
    fn add_public(&self, x: &Shared<Self::Share>, public: &[Self::Element]) -> Shared<Self::Share> {
        let (rows, columns) = (x.rows(), x.columns());
        x + &self.constant(public).reshaped(rows, columns)
    }
}
