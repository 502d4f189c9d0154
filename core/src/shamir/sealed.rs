//! Shares sealed to their custodian's public key: safe to mail, to store and to carry.
//!
//! The seal binds the share's kind, set and index and the custodian's name and key, so a sealed share cannot pass for
//! another one, nor for one to somebody else. Whoever sees it learns these facts and the share's length.
//!
//! # Security
//! HPKE in base mode (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305: secret against those without the
//! custodian's key, also when they may have other sealed shares opened (IND-CCA2). It does not say who sealed: anyone can seal
//! a share to a custodian. The commitments of the sharing tell whether it is the dealer's. No forward secrecy: who
//! gets the key later opens what was sealed before.
//!
//! # Example
//! ```
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use veilkit::{codec::{Decode, Encode}, shamir::{self, Share, sealed::{self, CustodianKey, SealedShare}}};
//!
//! # let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's
//! let key = CustodianKey::generate(&mut rng); // made and kept by the custodian
//! let shares = shamir::split(b"the key of the archive", 2, 3, &mut rng)?;
//! let mail = sealed::seal(&shares[0], &key.custodian("Dr. Ada")?, &mut rng)?.to_bytes();
//! let opened: Share = SealedShare::from_bytes(&mail, ())?.open(&key)?;
//! assert!(opened == shares[0]);
//! # Ok::<(), veilkit::Error>(())
//! ```
use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256 as Kem,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{Share, feldman, field, packed, paper::Card, pedersen, policy};
use crate::{
    codec::{Decode, Encode, HEADER_LEN},
    error::{Error, ErrorKind, Result},
    field::Field,
    party::PartyId,
    transcript::{Digest, Transcript},
};

mod encoding;
mod key;

pub use key::{Custodian, CustodianKey, MAX_NAME_LEN};

/// What the seal of a message adds to its length.
pub(crate) const SEAL_LEN: usize = 16;
/// The bytes of an encapsulated key.
pub(crate) const ENCAPSULATED_LEN: usize = 32;

/// A share of any kind that has a set and an index.
pub trait Addressed: Encode + Decode + internal::Set {
    /// The number of the share, from 1.
    fn address(&self) -> PartyId;
}

pub(super) mod internal {
    /// Nobody else implements [`Addressed`](super::Addressed).
    pub trait Set {
        /// Names the dealing.
        fn set(&self) -> Vec<u8>;
    }
}

macro_rules! addressed {
    ($($share:ty $(, $field:ident)?);* $(;)?) => {$(
        impl$(<$field: Field>)? internal::Set for $share {
            fn set(&self) -> Vec<u8> {
                self.set_id().to_vec()
            }
        }
        impl$(<$field: Field>)? Addressed for $share {
            fn address(&self) -> PartyId {
                self.index()
            }
        }
    )*};
}

impl internal::Set for policy::Share {
    fn set(&self) -> Vec<u8> {
        self.set_id().to_vec()
    }
}

impl Addressed for policy::Share {
    fn address(&self) -> PartyId {
        self.seat()
    }
}

addressed! {
    Share;
    Card;
    feldman::Share;
    pedersen::Share;
    field::Share<F>, F;
    packed::Share<F>, F;
}

/// A share that only its custodian can open. Public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedShare {
    /// The kind of the share, as in its encoding.
    kind: u16,
    /// Names kind and dealing.
    set: Digest,
    index: PartyId,
    custodian: Custodian,
    encapsulated: [u8; ENCAPSULATED_LEN],
    ciphertext: Vec<u8>,
}

/// Seals a share to a custodian.
///
/// # Errors
/// None in practice: a [`Custodian`]'s key is checked when it is made.
/// # Timing
/// Constant in the share; varies with its length.
pub fn seal<T: Addressed>(share: &T, custodian: &Custodian, rng: &mut impl CryptoRng) -> Result<SealedShare> {
    let mut sealed = SealedShare {
        kind: T::KIND as u16,
        set: set_digest(share),
        index: share.address(),
        custodian: custodian.clone(),
        encapsulated: [0; ENCAPSULATED_LEN],
        ciphertext: Vec::new(),
    };
    (sealed.encapsulated, sealed.ciphertext) =
        seal_bytes(custodian, &sealed.associated(), &share.to_bytes(), rng)?;
    Ok(sealed)
}

impl SealedShare {
    /// The number of the share inside.
    pub fn index(&self) -> PartyId {
        self.index
    }

    /// Who can open it.
    pub fn custodian(&self) -> &Custodian {
        &self.custodian
    }

    /// Whether the share inside is of this kind, as far as the sender says.
    pub fn holds<T: Addressed>(&self) -> bool {
        self.kind == T::KIND as u16
    }

    /// Opens the share.
    ///
    /// # Errors
    /// `ParamsMismatch` for another custodian's key or a share of another kind; `DecryptionFailed` when anything was
    /// changed; `VerificationFailed`, naming the share, when the sender sealed another share than it said.
    /// # Timing
    /// Constant in the key and the share; varies with the length.
    pub fn open<T: Addressed>(&self, key: &CustodianKey) -> Result<T> {
        if !self.holds::<T>() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "sealed share: of another kind"));
        }
        if !key.is_of(&self.custodian) {
            return Err(Error::new(ErrorKind::ParamsMismatch, "sealed share: for another custodian"));
        }
        let bytes =
            open_bytes(key, &self.custodian, &self.associated(), &self.encapsulated, &self.ciphertext)?;
        let share = T::from_bytes(&bytes, ())?;
        if set_digest(&share) != self.set || share.address() != self.index {
            let error = Error::new(ErrorKind::VerificationFailed, "sealed share: another one is inside");
            return Err(error.blame(self.index));
        }
        Ok(share)
    }

    /// What the seal covers beside the share.
    fn associated(&self) -> Digest {
        Transcript::new("veilkit v1 sealed share")
            .append_u64("kind", u64::from(self.kind))
            .append("set", &self.set)
            .append_u64("index", u64::from(self.index.get()))
            .digest()
    }
}

fn set_digest<T: Addressed>(share: &T) -> Digest {
    Transcript::new("veilkit v1 sealed share set")
        .append_u64("kind", T::KIND as u64)
        .append("set id", &share.set())
        .digest()
}

/// HPKE for one message. The custodian's name and key enter the key schedule.
///
/// # Errors
/// `InvalidParams` for a key of small order, which [`Custodian`] refuses before.
pub(crate) fn seal_bytes(
    custodian: &Custodian,
    associated: &[u8],
    message: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<([u8; ENCAPSULATED_LEN], Vec<u8>)> {
    let refused = |_| Error::new(ErrorKind::InvalidParams, "custodian: key");
    let key = <Kem as hpke::Kem>::PublicKey::from_bytes(custodian.key()).map_err(refused)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &key,
        &custodian.digest(),
        message,
        associated,
        rng,
    )
    .map_err(refused)?;
    let mut bytes = [0; ENCAPSULATED_LEN];
    encapsulated.write_exact(&mut bytes);
    Ok((bytes, ciphertext))
}

/// The message back.
///
/// # Errors
/// `DecryptionFailed`.
pub(crate) fn open_bytes(
    key: &CustodianKey,
    custodian: &Custodian,
    associated: &[u8],
    encapsulated: &[u8; ENCAPSULATED_LEN],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let refused = |_| Error::new(ErrorKind::DecryptionFailed, "sealed share");
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(refused)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Base,
        key.secret(),
        &encapsulated,
        &custodian.digest(),
        ciphertext,
        associated,
    )
    .map(Zeroizing::new)
    .map_err(refused)
}

#[cfg(test)]
mod tests;
