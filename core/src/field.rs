//! Finite fields for sharing and multi-party protocols.
//!
//! [`gf256`] holds the bytes of [`shamir`](crate::shamir) secrets, [`Fp61`] is the prime field of 2^61 - 1 for fast
//! arithmetic on integers, [`Fp192`] that of 2^192 - 237 for wide fixed point, and the scalars of [`group`](crate::group) share the [`Field`] trait with it.
use core::{
    fmt,
    ops::{Add, Mul, Neg, Sub},
};

use rand_core::CryptoRng;
use subtle::{ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::Result,
};

pub mod batch;
mod bulk;
mod fp192;
mod fp61;
pub mod gf256;
pub mod gf64;

pub use bulk::BulkField;
pub use fp61::Fp61;
pub use fp192::Fp192;
pub use gf256::Gf256;

/// A prime field of more than 2^60 elements with constant-time arithmetic.
///
/// Every operation takes the same time for all values. Elements are always fully reduced.
pub trait Field:
    Copy
    + Default
    + fmt::Debug
    + Send
    + Sync
    + Zeroize
    + ConstantTimeEq
    + ConditionallySelectable
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;
    /// The bytes of an encoded element.
    const ENCODED_LEN: usize;
    /// Names the field in the header of encodings; never changes.
    const ID: u32;

    /// The integer as an element. The integer is reduced if the field is smaller.
    fn from_u64(value: u64) -> Self;

    /// A uniformly random element.
    fn random(rng: &mut impl CryptoRng) -> Self;

    /// The inverse; none for zero.
    fn invert(&self) -> CtOption<Self>;

    /// Writes the standard form, little-endian.
    fn write(&self, out: &mut Writer);

    /// Reads the standard form.
    ///
    /// # Errors
    /// `InvalidEncoding` when bytes are missing or the value is not below the field's size.
    fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self>;
}
