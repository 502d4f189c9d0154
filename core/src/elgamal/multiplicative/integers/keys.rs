//! Keys. [`Keypair::generate`] and decoding are the only makers.
use core::fmt;
use std::sync::{Arc, OnceLock};

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::group::Group;
use crate::bigint::{FixedBase, Modulus, Residue, limbs, random};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::{declassify, published};
use crate::transcript::Transcript;

/// Which key a value belongs to: the first 16 bytes of a hash of group and public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The bytes of the identifier.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A public key, `2^x mod p`. Clones share everything.
///
/// The first encryption makes a table of powers, at most 2 MiB, in about the time of five encryptions; a second one of the
/// same size belongs to the group and serves all keys.
#[derive(Clone)]
pub struct PublicKey(Arc<PublicParts>);

struct PublicParts {
    group: Group,
    id: KeyId,
    element: Residue,
    table: OnceLock<FixedBase>,
}

impl PublicKey {
    /// `element` is in the group and not 1.
    pub(super) fn assemble(group: Group, element: Residue) -> Self {
        let mut transcript = Transcript::new("veilkit v1 elgamal integer key");
        transcript
            .append_u64("group", group.code().into())
            .append("element", &group.tables().modulus.to_le_bytes(&element));
        let mut id = [0; 16];
        transcript.fill(&mut id);
        Self(Arc::new(PublicParts { group, id: KeyId(id), element, table: OnceLock::new() }))
    }

    /// The group.
    pub fn group(&self) -> Group {
        self.0.group
    }

    /// What names this key in values made under it.
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    /// The key's element, little-endian.
    pub fn element_bytes(&self) -> Vec<u8> {
        self.modulus().to_le_bytes(&self.0.element).to_vec()
    }

    /// Makes the tables now rather than at the first encryption.
    pub fn prepare(&self) {
        self.table();
    }

    pub(super) fn modulus(&self) -> &'static Modulus {
        &self.0.group.tables().modulus
    }

    pub(super) fn table(&self) -> &FixedBase {
        self.0.table.get_or_init(|| self.0.group.powers_of(self.modulus(), &self.0.element))
    }

    /// Refuses values of another key.
    pub(super) fn check(&self, key: KeyId) -> Result<()> {
        match key == self.0.id {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: made under another key")),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.group == other.0.group && self.0.element == other.0.element
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("elgamal::multiplicative::integers::PublicKey")
            .field("group", &self.0.group)
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

/// A secret key: an exponent of [`Group::exponent_bits`]. Wiped when dropped, never printed.
pub struct SecretKey {
    public: PublicKey,
    exponent: Zeroizing<Vec<u64>>,
}

impl SecretKey {
    /// The exponent has at most the group's bits.
    ///
    /// # Errors
    /// `InvalidEncoding` for zero, whose public key is 1.
    pub(super) fn assemble(group: Group, exponent: Zeroizing<Vec<u64>>) -> Result<Self> {
        if declassify(limbs::is_zero(&exponent)) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "secret key: zero"));
        }
        let tables = group.tables();
        let element = tables.modulus.to_le_bytes(&tables.generator.pow(&tables.modulus, &exponent));
        let open: Vec<u8> = element.iter().flat_map(|byte| published([*byte])).collect();
        let element = tables.modulus.from_le_bytes(&open)?;
        Ok(Self { public: PublicKey::assemble(group, element), exponent })
    }

    /// The public key that belongs to this one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn exponent(&self) -> &[u64] {
        &self.exponent
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.public.group() == other.public.group()))
            & limbs::eq(&self.exponent, &other.exponent)
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
        f.debug_struct("elgamal::multiplicative::integers::SecretKey")
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
    /// None in practice: a generator that gives zeros gives `InvalidEncoding`.
    /// # Timing
    /// Constant in the key.
    pub fn generate(group: Group, rng: &mut impl CryptoRng) -> Result<Self> {
        let exponent = random::random_bits(group.exponent_bits(), rng);
        Ok(Self { secret_key: SecretKey::assemble(group, exponent)? })
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
