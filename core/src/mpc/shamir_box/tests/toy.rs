//! A field of seven elements, in which distributions can be seen.
use core::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::Zeroize;

use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::{BulkField, Field},
    mpc::arithmetic::Element,
};

pub(super) const P: u64 = 7;

/// An integer modulo 7. For tests only: far too small for a check to be sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Toy(pub(super) u64);

impl Zeroize for Toy {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Add for Toy {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0) % P)
    }
}

impl Sub for Toy {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self((self.0 + (P - other.0)) % P)
    }
}

impl Neg for Toy {
    type Output = Self;
    fn neg(self) -> Self {
        Self((P - self.0) % P)
    }
}

impl Mul for Toy {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0 % P)
    }
}

impl ConstantTimeEq for Toy {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl ConditionallySelectable for Toy {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(u64::conditional_select(&a.0, &b.0, choice))
    }
}

impl Field for Toy {
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);
    const ENCODED_LEN: usize = 1;
    const ID: u32 = 0;

    fn from_u64(value: u64) -> Self {
        Self(value % P)
    }

    fn random(rng: &mut impl CryptoRng) -> Self {
        let mut out = [Self::ZERO];
        Self::draw(|words| words.iter_mut().for_each(|word| *word = rng.next_u64()), &mut out);
        out[0]
    }

    fn invert(&self) -> CtOption<Self> {
        let inverse = (1..P).find(|x| x * self.0 % P == 1).unwrap_or(0);
        CtOption::new(Self(inverse), Choice::from(u8::from(self.0 != 0)))
    }

    fn write(&self, out: &mut Writer) {
        out.u8(u8::try_from(self.0).unwrap());
    }

    fn read(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        match u64::from(body.u8(what)?) {
            value if value < P => Ok(Self(value)),
            _ => Err(Error::new(ErrorKind::InvalidEncoding, what)),
        }
    }
}

impl BulkField for Toy {
    fn sum_of_products(pairs: impl Iterator<Item = (Self, Self)>) -> Self {
        pairs.fold(Self(0), |sum, (a, b)| sum + a * b)
    }

    fn draw(mut words: impl FnMut(&mut [u64]), out: &mut [Self]) {
        for element in out {
            let mut word = [P];
            while word[0] == P {
                words(&mut word);
                word[0] >>= 61;
            }
            *element = Self(word[0]);
        }
    }

    /// The power (7 - 3) / 4.
    fn inverse_sqrt(self) -> Self {
        self
    }
}

impl Element for Toy {
    const BITS: u32 = 1;
    const BYTES: usize = 1;

    fn from_i128(value: i128) -> Self {
        Self(u64::try_from(value.rem_euclid(i128::from(P))).unwrap())
    }

    fn to_bigint_vartime(self) -> BigInt {
        BigInt::from(self.0) - if self.0 > P / 2 { P } else { 0 }
    }

    fn uniform(rng: &mut impl CryptoRng) -> Self {
        Self::random(rng)
    }

    fn put(&self, out: &mut Writer) {
        self.write(out);
    }

    fn take(body: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        Self::read(body, what)
    }
}

#[test]
fn it_is_a_field() {
    for a in 0..P {
        for b in 0..P {
            assert_eq!((Toy(a) - Toy(b) + Toy(b)).0, a);
        }
        if a != 0 {
            assert_eq!((Toy(a) * Toy(a).invert().unwrap()).0, 1);
            let root = (Toy(a) * Toy(a)).inverse_sqrt();
            assert_eq!((root * root * Toy(a) * Toy(a)).0, 1);
        }
    }
}
