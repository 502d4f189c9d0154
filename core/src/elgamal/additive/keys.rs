//! Keys. [`Keypair::generate`] and decoding are the only makers.
use core::fmt;
use std::sync::{Arc, OnceLock};

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::ZeroizeOnDrop;

use super::params::{Params, ParamsSpec};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, PointTable, Scalar};
use crate::secret::{Secret, declassify};
use crate::transcript::Transcript;

/// Which key a value belongs to: the first 16 bytes of a hash of the public key and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The bytes of the identifier.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A public key, `x G` for the secret key x. Clones share everything.
///
/// The first encryption makes a table of 30 KiB; it takes about as long as five encryptions.
#[derive(Clone)]
pub struct PublicKey(Arc<PublicParts>);

struct PublicParts {
    params: Params,
    id: KeyId,
    point: Point,
    point_bytes: [u8; Point::ENCODED_LEN],
    table: OnceLock<PointTable>,
}

impl PublicKey {
    /// The key with this point, for keys that parties made together or other software made.
    ///
    /// # Errors
    /// `OutOfRange` for the neutral element, under which everything would be readable.
    pub fn from_point(params: Params, point: Point) -> Result<Self> {
        if point.is_identity().into() {
            return Err(Error::new(ErrorKind::OutOfRange, "public key: the neutral element"));
        }
        let mut transcript = Transcript::new("veilkit v1 elgamal additive key");
        let point_bytes = point.to_bytes();
        transcript.append_u64("params id", params.params_id().into()).append("point", &point_bytes);
        let mut id = [0; 16];
        transcript.fill(&mut id);
        let id = KeyId(id);
        Ok(Self(Arc::new(PublicParts { params, id, point, point_bytes, table: OnceLock::new() })))
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.0.params
    }

    /// What names this key in values made under it.
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    /// The group element.
    pub fn point(&self) -> Point {
        self.0.point
    }

    /// The standard encoding of the group element.
    pub(super) fn point_bytes(&self) -> &[u8; Point::ENCODED_LEN] {
        &self.0.point_bytes
    }

    /// Makes the table now rather than at the first encryption.
    pub fn prepare(&self) {
        self.table();
    }

    pub(super) fn table(&self) -> &PointTable {
        self.0.table.get_or_init(|| PointTable::new(&self.0.point))
    }

    /// Refuses values of another key.
    pub(super) fn check(&self, key: KeyId, what: &'static str) -> Result<()> {
        if key == self.0.id { Ok(()) } else { Err(Error::new(ErrorKind::ParamsMismatch, what)) }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.params == other.0.params && self.0.point == other.0.point
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::additive::PublicKey")
            .field("params", &self.0.params)
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

/// A secret key: a scalar other than zero. Wiped when dropped, never printed.
pub struct SecretKey {
    public: PublicKey,
    scalar: Secret<Scalar>,
}

impl SecretKey {
    /// The scalar must not be zero.
    fn assemble(params: Params, scalar: Secret<Scalar>) -> Result<Self> {
        // EXPOSE: the public key is computed from it.
        let point = Point::mul_generator(scalar.expose_secret());
        if declassify(point.is_identity()) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "secret key: zero"));
        }
        // The encoding is public, so nothing that depends on how the point was computed stays in the key.
        let point = Point::from_bytes(&crate::secret::published(point.to_bytes()), "public key")?;
        Ok(Self { public: PublicKey::from_point(params, point)?, scalar })
    }

    /// The public key that belongs to this one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn scalar(&self) -> &Scalar {
        // EXPOSE: this is the accessor; its callers are decryption and proofs about it.
        self.scalar.expose_secret()
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.public.params() == other.public.params()))
            & self.scalar.ct_eq(&other.scalar)
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
        f.debug_struct("elgamal::additive::SecretKey").field("public", &self.public).finish_non_exhaustive()
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
    pub fn generate(params: Params, rng: &mut impl CryptoRng) -> Result<Self> {
        let scalar = Secret::init_with(|| Scalar::random(rng));
        Ok(Self { secret_key: SecretKey::assemble(params, scalar)? })
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

/// Bytes of the parameters.
const PARAMS_LEN: usize = 3;

fn write_params(params: &Params, out: &mut Writer) {
    for bits in [params.fraction_bits(), params.value_bits(), params.decode_bits()] {
        out.u8(u8::try_from(bits).expect("at most 40"));
    }
}

fn read_params(body: &mut Reader<'_>) -> Result<Params> {
    let fraction_bits = body.u8("params: fraction bits")?.into();
    let value_bits = body.u8("params: value bits")?.into();
    let decode_bits = body.u8("params: decode bits")?.into();
    Params::new(ParamsSpec { fraction_bits, value_bits, decode_bits })
        .map_err(|error| Error::new(ErrorKind::InvalidEncoding, error.what()))
}

/// `fraction bits u8 | value bits u8 | decode bits u8 | point [32]`
impl Encode for PublicKey {
    const KIND: Kind = Kind::ElGamalAdditivePublicKey;

    fn params_id(&self) -> u32 {
        self.params().params_id()
    }

    fn body_len(&self) -> usize {
        PARAMS_LEN + Point::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        write_params(self.params(), out);
        out.bytes(self.point_bytes());
    }
}

impl Decode for PublicKey {
    /// Refuses the neutral element.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = read_params(body)?;
        Self::from_point(params, Point::read_nonidentity(body, "public key: point")?)
    }
}

/// `fraction bits u8 | value bits u8 | decode bits u8 | scalar [32]`
impl Encode for SecretKey {
    const KIND: Kind = Kind::ElGamalAdditiveSecretKey;

    fn params_id(&self) -> u32 {
        self.public.params().params_id()
    }

    fn body_len(&self) -> usize {
        PARAMS_LEN + Scalar::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        write_params(self.public.params(), out);
        self.scalar().write(out);
    }
}

impl Decode for SecretKey {
    /// Refuses zero. Constant-time in the scalar.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = read_params(body)?;
        let scalar = Secret::try_init_with(|| Scalar::read(body, "secret key: scalar"))?;
        Self::assemble(params, scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{rng, secret_key};
    use super::*;

    #[test]
    fn keys_come_back_from_their_bytes() {
        let key = secret_key();
        let public = PublicKey::from_bytes(&key.public_key().to_bytes(), ()).unwrap();
        assert!(public == *key.public_key() && public.id() == key.public_key().id());
        let again = SecretKey::from_bytes(&key.to_bytes(), ()).unwrap();
        assert!(again == *key && again.public_key() == key.public_key());
    }

    #[test]
    fn degenerate_keys_are_refused() {
        let mut public = secret_key().public_key().to_bytes().to_vec();
        let at = public.len() - 32;
        public[at..].fill(0);
        assert_eq!(PublicKey::from_bytes(&public, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        public[at..].fill(0xff);
        assert_eq!(PublicKey::from_bytes(&public, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        let mut secret = secret_key().to_bytes().to_vec();
        secret[at..].fill(0);
        assert_eq!(SecretKey::from_bytes(&secret, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        secret[at..].fill(0xff);
        assert_eq!(SecretKey::from_bytes(&secret, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        let neutral = PublicKey::from_point(Params::default(), Point::identity());
        assert_eq!(neutral.unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn parameters_are_part_of_the_identity() {
        let point = secret_key().public_key().point();
        let other = Params::new(ParamsSpec { fraction_bits: 9, ..ParamsSpec::default() }).unwrap();
        assert!(PublicKey::from_point(other, point).unwrap() != *secret_key().public_key());
        let drawn = Keypair::generate(Params::default(), &mut rng("another")).unwrap();
        assert_ne!(drawn.public_key().id(), secret_key().public_key().id());
    }

    #[test]
    fn debug_shows_public_facts_only() {
        let bytes = secret_key().scalar().to_bytes();
        let shown = format!("{:?}", secret_key());
        assert!(shown.contains("PublicKey"));
        assert!(!shown.contains(&format!("{}, {}, {}", bytes[0], bytes[1], bytes[2])));
    }
}
