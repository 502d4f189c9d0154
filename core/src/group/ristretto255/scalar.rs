//! Integers modulo the order of the group.
use core::ops::{Add, Mul, Neg, Sub};

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    secret::declassify,
};

/// An integer modulo the order of the group, 2^252 + 27742317777372353535851937790883648493, always fully reduced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scalar(pub(super) curve25519_dalek::Scalar);

impl Scalar {
    /// The standard encoding, little-endian.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Reads the standard encoding.
    ///
    /// # Errors
    /// `InvalidEncoding` for an integer that is not below the order.
    pub fn from_bytes(bytes: [u8; 32], what: &'static str) -> Result<Self> {
        let scalar = curve25519_dalek::Scalar::from_canonical_bytes(bytes);
        if !declassify(scalar.is_some()) {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
        Ok(Self(scalar.unwrap_or(curve25519_dalek::Scalar::ZERO)))
    }

    /// The scalar that added to itself gives this one.
    #[must_use]
    pub fn half(&self) -> Self {
        Self(self.0.div_by_2())
    }

    /// 31 bytes as an integer, little-endian; every such integer is below the order.
    pub fn from_short_bytes(bytes: &[u8; 31]) -> Self {
        let mut wide = [0; 32];
        wide[..31].copy_from_slice(bytes);
        let scalar = Self(curve25519_dalek::Scalar::from_bytes_mod_order(wide));
        wide.zeroize();
        scalar
    }
}

impl Add for Scalar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Scalar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Scalar {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl ConditionallySelectable for Scalar {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(curve25519_dalek::Scalar::conditional_select(&a.0, &b.0, choice))
    }
}

impl ConstantTimeEq for Scalar {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Field for Scalar {
    const ZERO: Self = Self(curve25519_dalek::Scalar::ZERO);
    const ONE: Self = Self(curve25519_dalek::Scalar::ONE);
    const ENCODED_LEN: usize = 32;
    const ID: u32 = 25_519;

    fn from_u64(value: u64) -> Self {
        Self(value.into())
    }

    /// 512 random bits modulo the order: the distance from uniform is below 2^-258.
    fn random(rng: &mut impl CryptoRng) -> Self {
        let mut wide = [0; 64];
        rng.fill_bytes(&mut wide);
        let scalar = Self(curve25519_dalek::Scalar::from_bytes_mod_order_wide(&wide));
        wide.zeroize();
        scalar
    }

    fn invert(&self) -> CtOption<Self> {
        CtOption::new(Self(self.0.invert()), !self.ct_eq(&Self::ZERO))
    }

    fn write(&self, out: &mut Writer) {
        out.bytes(self.0.as_bytes());
    }

    fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        Self::from_bytes(body.array(what)?, what)
    }
}
