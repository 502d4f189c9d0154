//! Custodians: who shares are sealed to.
use core::fmt;

use hpke::{Deserializable, Kem as _, Serializable, kem::X25519HkdfSha256 as Kem};
use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    error::{Error, ErrorKind, Result},
    secret::declassify,
    transcript::{Digest, Transcript},
};

/// The bytes of a key.
pub(crate) const KEY_LEN: usize = 32;
/// The longest name in bytes.
pub const MAX_NAME_LEN: usize = 128;

/// Who can open what is sealed to them: a name and a public key. Compare both with the custodian out of band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custodian {
    name: String,
    key: [u8; KEY_LEN],
}

impl Custodian {
    /// A custodian whose public key is known.
    ///
    /// # Errors
    /// `OutOfRange` for a name that is empty, longer than [`MAX_NAME_LEN`], or has control characters;
    /// `InvalidEncoding` for a key that is not canonical or of small order.
    pub fn new(name: &str, key: &[u8; KEY_LEN]) -> Result<Self> {
        if name.is_empty() || name.len() > MAX_NAME_LEN || name.chars().any(char::is_control) {
            return Err(Error::new(ErrorKind::OutOfRange, "custodian: name"));
        }
        // Below 2^255 - 19, and not one of the points that every key takes to zero.
        let above = key[0] >= 0xed && key[1..31].iter().all(|byte| *byte == 0xff) && key[31] == 0x7f;
        let weak =
            !StaticSecret::from([1; KEY_LEN]).diffie_hellman(&PublicKey::from(*key)).was_contributory();
        if above || key[31] > 0x7f || weak {
            return Err(Error::new(ErrorKind::InvalidEncoding, "custodian: key"));
        }
        Ok(Self { name: name.to_owned(), key: *key })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    pub fn key(&self) -> &[u8; KEY_LEN] {
        &self.key
    }

    /// Names both.
    pub(crate) fn digest(&self) -> Digest {
        Transcript::new("veilkit v1 custodian")
            .append("name", self.name.as_bytes())
            .append("key", &self.key)
            .digest()
    }
}

/// A custodian's secret key.
#[derive(Clone)]
pub struct CustodianKey(<Kem as hpke::Kem>::PrivateKey);

impl CustodianKey {
    /// Draws a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Kem::gen_keypair_with_rng(rng).0)
    }

    /// The custodian with this key and a name.
    ///
    /// # Errors
    /// `OutOfRange` as [`Custodian::new`].
    pub fn custodian(&self, name: &str) -> Result<Custodian> {
        Custodian::new(name, &self.public())
    }

    /// Whether this is the secret half of the custodian's key.
    pub(crate) fn is_of(&self, custodian: &Custodian) -> bool {
        declassify(self.public().ct_eq(custodian.key()))
    }

    /// The public half.
    pub(super) fn public(&self) -> [u8; KEY_LEN] {
        let mut key = [0; KEY_LEN];
        Kem::sk_to_pk(&self.0).write_exact(&mut key);
        key
    }

    pub(super) fn secret(&self) -> &<Kem as hpke::Kem>::PrivateKey {
        &self.0
    }

    pub(super) fn bytes(&self) -> Zeroizing<[u8; KEY_LEN]> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        self.0.write_exact(&mut *bytes);
        bytes
    }

    /// # Errors
    /// `InvalidEncoding` for bytes with bits that X25519 would overwrite.
    pub(super) fn from_secret_bytes(bytes: &[u8; KEY_LEN]) -> Result<Self> {
        let refused = Error::new(ErrorKind::InvalidEncoding, "custodian key: not canonical");
        let key = <Kem as hpke::Kem>::PrivateKey::from_bytes(bytes).map(Self).map_err(|_| refused.clone())?;
        if !declassify(key.bytes().ct_eq(bytes)) {
            return Err(refused);
        }
        Ok(key)
    }
}

impl ZeroizeOnDrop for CustodianKey {}

impl fmt::Debug for CustodianKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustodianKey").finish_non_exhaustive()
    }
}

impl ConstantTimeEq for CustodianKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.bytes().ct_eq(&*other.bytes())
    }
}

impl PartialEq for CustodianKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}
