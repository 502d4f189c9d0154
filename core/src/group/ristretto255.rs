//! The group ristretto255 of RFC 9496: prime order, one encoding for each element.
//!
//! A thin layer over `curve25519-dalek` that adds the strictness of this crate's bytes and names. Arithmetic is
//! constant-time, except where a name ends in `_vartime`.
use core::ops::{Add, Mul, Neg, Sub};
use std::sync::OnceLock;

use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    traits::{Identity, MultiscalarMul, VartimeMultiscalarMul},
};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    transcript::Transcript,
};

mod scalar;
mod tables;

pub use scalar::Scalar;
pub use tables::{PointTable, ShortMultiples};

/// An element of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point(RistrettoPoint);

impl Point {
    /// The bytes of an encoded element.
    pub const ENCODED_LEN: usize = 32;

    /// The neutral element.
    pub fn identity() -> Self {
        Self(RistrettoPoint::identity())
    }

    /// The standard generator.
    pub fn generator() -> Self {
        Self(curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT)
    }

    /// The standard encoding of the generator.
    pub fn generator_bytes() -> [u8; Self::ENCODED_LEN] {
        curve25519_dalek::constants::RISTRETTO_BASEPOINT_COMPRESSED.to_bytes()
    }

    /// The second generator of Pedersen commitments. Nobody knows its logarithm: it is the hash of its own name.
    pub fn pedersen_base() -> Self {
        static BASE: OnceLock<Point> = OnceLock::new();
        *BASE.get_or_init(|| Self::hash_to_group(&Transcript::new("veilkit v1 pedersen base")))
    }

    /// The scalar times the standard generator, from a table that is read in full.
    #[must_use]
    pub fn mul_generator(scalar: &Scalar) -> Self {
        Self(RistrettoPoint::mul_base(&scalar.0))
    }

    /// An element that depends on everything in the transcript, with unknown logarithm.
    ///
    /// # Source
    /// RFC 9496, section 4.3.4, on 64 bytes of the transcript's output.
    #[must_use]
    pub fn hash_to_group(transcript: &Transcript) -> Self {
        let mut uniform = [0; 64];
        transcript.fill(&mut uniform);
        Self(RistrettoPoint::from_uniform_bytes(&uniform))
    }

    /// The sum of the points, each times its scalar. The shorter list decides.
    ///
    /// # Timing
    /// Constant in scalars and points; varies with their number.
    #[must_use]
    pub fn multi_mul(scalars: &[Scalar], points: &[Self]) -> Self {
        // In pieces, because each point takes a kilobyte of table.
        let pieces = scalars.chunks(256).zip(points.chunks(256));
        let sum = |(s, p): (&[Scalar], &[Self])| {
            let count = s.len().min(p.len());
            Self(RistrettoPoint::multiscalar_mul(
                s[..count].iter().map(|s| s.0),
                p[..count].iter().map(|p| p.0),
            ))
        };
        pieces.map(sum).fold(Self::identity(), |a, b| a + b)
    }

    /// As [`Point::multi_mul`], for public scalars and points.
    ///
    /// # Timing
    /// Varies with the scalars.
    #[must_use]
    pub fn multi_mul_vartime(scalars: &[Scalar], points: &[Self]) -> Self {
        let count = scalars.len().min(points.len());
        let (scalars, points) = (scalars[..count].iter(), points[..count].iter());
        Self(RistrettoPoint::vartime_multiscalar_mul(scalars.map(|s| s.0), points.map(|p| p.0)))
    }

    /// Twice the element.
    #[must_use]
    pub fn double(&self) -> Self {
        *self + *self
    }

    /// The standard encodings of the doubles of these elements, in order.
    ///
    /// One alone costs about as much as [`Point::to_bytes`], each further one an eighth of that, because they share an
    /// inversion. Who makes an element from scalars can make its half from theirs ([`Scalar::half`]).
    ///
    /// # Timing
    /// Constant in the elements; varies with their number.
    #[must_use]
    pub fn encode_doubles(halves: &[Self]) -> Vec<[u8; Self::ENCODED_LEN]> {
        let doubles = RistrettoPoint::double_and_compress_batch(halves.iter().map(|half| &half.0));
        doubles.iter().map(CompressedRistretto::to_bytes).collect()
    }

    /// Whether this is the neutral element.
    pub fn is_identity(&self) -> Choice {
        self.ct_eq(&Self::identity())
    }

    /// The standard encoding.
    pub fn to_bytes(&self) -> [u8; Self::ENCODED_LEN] {
        self.0.compress().to_bytes()
    }

    /// Reads the standard encoding; the neutral element is one too.
    ///
    /// # Errors
    /// `InvalidEncoding` for bytes that are not the encoding of an element.
    pub fn from_bytes(bytes: &[u8; Self::ENCODED_LEN], what: &'static str) -> Result<Self> {
        CompressedRistretto(*bytes).decompress().map(Self).ok_or(Error::new(ErrorKind::InvalidEncoding, what))
    }

    /// Writes the standard encoding.
    pub fn write(&self, out: &mut Writer) {
        out.bytes(&self.to_bytes());
    }

    /// Reads the standard encoding; the neutral element is one too.
    ///
    /// # Errors
    /// `InvalidEncoding` for missing bytes and for bytes that are not the encoding of an element.
    pub fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        Self::from_bytes(&body.array(what)?, what)
    }

    /// Reads the standard encoding of an element other than the neutral one.
    ///
    /// # Errors
    /// As [`Point::read`], and `InvalidEncoding` for the neutral element.
    pub fn read_nonidentity(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        let point = Self::read(body, what)?;
        if point.is_identity().into() {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        Ok(point)
    }

    /// Reads elements other than the neutral one; looks whether there are enough bytes before it takes memory.
    ///
    /// # Errors
    /// As [`Point::read_nonidentity`].
    pub fn read_many_nonidentity(
        body: &mut Reader<'_>,
        count: usize,
        what: &'static str,
    ) -> Result<Vec<Self>> {
        if body.remaining() / Self::ENCODED_LEN < count {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        (0..count).map(|_| Self::read_nonidentity(body, what)).collect()
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Point {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<Scalar> for Point {
    type Output = Self;
    fn mul(self, scalar: Scalar) -> Self {
        Self(self.0 * scalar.0)
    }
}

impl ConstantTimeEq for Point {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl ConditionallySelectable for Point {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(RistrettoPoint::conditional_select(&a.0, &b.0, choice))
    }
}

impl Zeroize for Point {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests;
