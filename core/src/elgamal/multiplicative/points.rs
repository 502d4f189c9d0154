//! Elements of ristretto255 under ElGamal: `(r G, M + r Y)` for a group element M.
//!
//! The group is written additively, as everywhere in this crate, so the operation on plaintexts is the sum of
//! points. A ciphertext of [`additive`](crate::elgamal::additive) is another type, because its plaintexts are integers
//! and not points.
//!
//! ```
//! # fn main() -> veilkit::Result<()> {
//! # use rand_chacha::rand_core::SeedableRng;
//! # let rng = &mut rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
//! use veilkit::elgamal::multiplicative::points::{Keypair, hash_to_point};
//!
//! let (public, secret) = Keypair::generate(rng)?.into_parts();
//! let pseudonym = hash_to_point(b"register of May", b"patient 17");
//! let encrypted = public.encrypt(&pseudonym, rng);
//! let again = public.rerandomize(&encrypted, rng)?;
//! assert!(secret.decrypt(&again)? == pseudonym);
//! # Ok(())
//! # }
//! ```
//!
//! # Security
//! IND-CPA under the decisional Diffie-Hellman assumption in ristretto255.
//! # Source
//! T. ElGamal, CRYPTO 1984.
use core::fmt;
use std::sync::{Arc, OnceLock};

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, PointTable, Scalar};
use crate::secret::{Secret, declassify, published};
use crate::transcript::Transcript;
use crate::unlinked::Unlinked;

#[cfg(test)]
mod tests;

/// The element that belongs to these bytes in a context: the same data in another context gives an unrelated one.
///
/// # Timing
/// Constant in the bytes; varies with their number.
/// # Security
/// Nobody knows its logarithm. Whoever can guess the data finds the same element: it hides nothing by itself.
/// # Source
/// As [`Point::hash_to_group`], of a transcript in the domain `veilkit v1 hash to point`.
#[must_use]
pub fn hash_to_point(context: &[u8], data: &[u8]) -> Point {
    let mut transcript = Transcript::new("veilkit v1 hash to point");
    Point::hash_to_group(transcript.append("context", context).append("data", data))
}

/// A public key, `x G`. Clones share everything, with a table of 30 KiB.
#[derive(Clone)]
pub struct PublicKey(Arc<(Point, OnceLock<PointTable>)>);

impl PublicKey {
    /// The key with this point, for keys that parties made together or other software made.
    ///
    /// # Errors
    /// `OutOfRange` for the neutral element, under which everything would be readable.
    pub fn from_point(point: Point) -> Result<Self> {
        if point.is_identity().into() {
            return Err(Error::new(ErrorKind::OutOfRange, "public key: the neutral element"));
        }
        Ok(Self(Arc::new((point, OnceLock::new()))))
    }

    /// The group element.
    pub fn point(&self) -> Point {
        self.0.0
    }

    fn table(&self) -> &PointTable {
        self.0.1.get_or_init(|| PointTable::new(&self.0.0))
    }

    /// Encrypts a group element.
    ///
    /// # Timing
    /// Constant in the element.
    pub fn encrypt(&self, message: &Point, rng: &mut impl CryptoRng) -> Ciphertext {
        let plain =
            Ciphertext { blinder: Point::identity(), payload: *message, key: self.clone(), derived: false };
        plain.blinded(rng)
    }

    /// The sum of the plaintexts.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    pub fn add(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.derived([a, b], a.blinder + b.blinder, a.payload + b.payload)
    }

    /// The difference of the plaintexts.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    pub fn sub(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.derived([a, b], a.blinder - b.blinder, a.payload - b.payload)
    }

    /// The plaintext times a known scalar.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    /// # Timing
    /// Constant in the scalar.
    pub fn mul_scalar(&self, a: &Ciphertext, scalar: &Scalar) -> Result<Ciphertext> {
        self.derived([a, a], a.blinder * *scalar, a.payload * *scalar)
    }

    /// The same plaintext under fresh randomness: the result cannot be linked to the ciphertext.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    pub fn rerandomize(&self, a: &Ciphertext, rng: &mut impl CryptoRng) -> Result<Ciphertext> {
        self.check(a)?;
        Ok(a.blinded(rng))
    }

    fn derived(&self, from: [&Ciphertext; 2], blinder: Point, payload: Point) -> Result<Ciphertext> {
        from.into_iter().try_for_each(|ciphertext| self.check(ciphertext))?;
        Ok(Ciphertext { blinder, payload, key: self.clone(), derived: true })
    }

    fn check(&self, ciphertext: &Ciphertext) -> Result<()> {
        match ciphertext.key == *self {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: made under another key")),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.0 == other.0.0
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("elgamal::multiplicative::points::PublicKey").field(&self.0.0.to_bytes()).finish()
    }
}

/// An encrypted group element.
#[derive(Clone)]
pub struct Ciphertext {
    blinder: Point,
    payload: Point,
    key: PublicKey,
    derived: bool,
}

impl Ciphertext {
    /// The two group elements `r G` and `M + r Y`.
    pub fn points(&self) -> (Point, Point) {
        (self.blinder, self.payload)
    }

    /// The ciphertext as it may leave: rerandomized if it was computed from others, else as it is.
    #[must_use]
    pub fn unlink(&self, rng: &mut impl CryptoRng) -> Unlinked<Self> {
        Unlinked::assume(if self.derived { self.blinded(rng) } else { self.clone() })
    }

    fn blinded(&self, rng: &mut impl CryptoRng) -> Self {
        let randomizer = Zeroizing::new(Scalar::random(rng));
        Self {
            blinder: self.blinder + Point::mul_generator(&randomizer),
            payload: self.payload + self.key.table().mul(&randomizer),
            key: self.key.clone(),
            derived: false,
        }
    }
}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::multiplicative::points::Ciphertext")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A secret key: a scalar other than zero. Wiped when dropped, never printed.
pub struct SecretKey {
    public: PublicKey,
    scalar: Secret<Scalar>,
}

impl SecretKey {
    fn assemble(scalar: Secret<Scalar>) -> Result<Self> {
        // EXPOSE: the public key is computed from it.
        let point = Point::mul_generator(scalar.expose_secret());
        if declassify(point.is_identity()) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "secret key: zero"));
        }
        let point = Point::from_bytes(&published(point.to_bytes()), "public key")?;
        Ok(Self { public: PublicKey::from_point(point)?, scalar })
    }

    /// The public key that belongs to this one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The group element.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key's ciphertext.
    /// # Timing
    /// Constant in key and element.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Point> {
        self.public.check(ciphertext)?;
        // EXPOSE: decryption.
        Ok(ciphertext.payload - ciphertext.blinder * *self.scalar.expose_secret())
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.scalar.ct_eq(&other.scalar)
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::multiplicative::points::SecretKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// A secret key and its public key.
#[derive(Debug)]
pub struct Keypair {
    secret_key: SecretKey,
}

impl Keypair {
    /// Draws a key.
    ///
    /// # Errors
    /// None in practice: a generator that gives zero, which happens with probability 2^-252, gives `InvalidEncoding`.
    /// # Timing
    /// Constant in the key.
    pub fn generate(rng: &mut impl CryptoRng) -> Result<Self> {
        let scalar = Secret::init_with(|| Scalar::random(rng));
        Ok(Self { secret_key: SecretKey::assemble(scalar)? })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        self.secret_key.public_key()
    }

    /// The secret key.
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// Both keys.
    pub fn into_parts(self) -> (PublicKey, SecretKey) {
        (self.secret_key.public.clone(), self.secret_key)
    }
}

/// `point [32]`
impl Encode for PublicKey {
    const KIND: Kind = Kind::ElGamalPointPublicKey;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        Point::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.point().write(out);
    }
}

impl Decode for PublicKey {
    /// Refuses the neutral element.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::from_point(Point::read_nonidentity(body, "public key: point")?)
    }
}

/// `scalar [32]`
impl Encode for SecretKey {
    const KIND: Kind = Kind::ElGamalPointSecretKey;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        Scalar::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        // EXPOSE: the encoding of a secret key.
        self.scalar.expose_secret().write(out);
    }
}

impl Decode for SecretKey {
    /// Refuses zero. Constant-time in the scalar.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::assemble(Secret::try_init_with(|| Scalar::read(body, "secret key: scalar"))?)
    }
}

/// `public key [32] | two points [32] each`
impl Encode for Unlinked<Ciphertext> {
    const KIND: Kind = Kind::ElGamalPointCiphertext;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        3 * Point::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        let Ciphertext { blinder, payload, key, .. } = self.array();
        [key.point(), *blinder, *payload].iter().for_each(|point| point.write(out));
    }
}

impl Decode<&PublicKey> for Unlinked<Ciphertext> {
    /// Refuses a neutral first element, which hides nothing.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.array::<32>("ciphertext: key")? != key.point().to_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: made under another key"));
        }
        let blinder = Point::read_nonidentity(body, "ciphertext: first element")?;
        let payload = Point::read(body, "ciphertext: second element")?;
        Ok(Self::assume(Ciphertext { blinder, payload, key: key.clone(), derived: false }))
    }
}
