//! Who a party is for longer than one session: an Ed25519 key pair.
use core::fmt;

use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    transcript::{Digest, Transcript},
};

/// The bytes of a public identity.
pub const IDENTITY_LEN: usize = 32;
/// The bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;

/// A party's public key. Parties compare these out of band before they agree on a plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity(VerifyingKey);

impl Identity {
    /// Reads a public key.
    ///
    /// # Errors
    /// `InvalidEncoding` for bytes that are no point, not its canonical form, or a point of small order.
    pub fn from_bytes(bytes: &[u8; IDENTITY_LEN]) -> Result<Self> {
        let refused = Error::new(ErrorKind::InvalidEncoding, "identity: not a canonical Ed25519 key");
        let point = CompressedEdwardsY(*bytes).decompress().ok_or(refused.clone())?;
        if point.compress().0 != *bytes || !point.is_torsion_free() || point.is_small_order() {
            return Err(refused);
        }
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| refused)
    }

    /// The public key's bytes.
    pub fn to_bytes(self) -> [u8; IDENTITY_LEN] {
        self.0.to_bytes()
    }

    /// Checks a signature of [`IdentityKey::sign_message`].
    ///
    /// # Errors
    /// `VerificationFailed` for another key, context or message, blaming nobody.
    /// # Security
    /// A signature says that its maker signed this, not when or how often: an old one holds for ever. Let the message or the
    /// context name the run and the round.
    pub fn verify_message(&self, context: &[u8], message: &[u8], signature: &Signature) -> Result<()> {
        self.verify(&message_digest(context, message), signature)
    }

    /// Checks a signature over a digest, by the strict rules: canonical, no small-order points.
    ///
    /// # Errors
    /// `VerificationFailed`, blaming nobody: the caller knows whether the signature's origin is proven.
    pub(crate) fn verify(&self, digest: &Digest, signature: &Signature) -> Result<()> {
        self.0
            .verify_strict(digest, &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| Error::new(ErrorKind::VerificationFailed, "signature"))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(pub(crate) [u8; SIGNATURE_LEN]);

impl Signature {
    /// Any 64 bytes; whether they are a signature is for [`Identity::verify_message`] to find out.
    pub fn from_bytes(bytes: [u8; SIGNATURE_LEN]) -> Self {
        Self(bytes)
    }

    /// The signature's bytes.
    pub fn to_bytes(self) -> [u8; SIGNATURE_LEN] {
        self.0
    }
}

/// What is signed for a caller. No protocol of this crate signs a digest of this domain.
fn message_digest(context: &[u8], message: &[u8]) -> Digest {
    Transcript::new("veilkit v1 signed message")
        .append("context", context)
        .append("message", message)
        .digest()
}

/// A party's long-term secret key. It signs messages of sessions, and messages of its owner.
///
/// # Security
/// It never signs bytes that somebody else chose: only digests, each under a domain string of this crate, so that no signature
/// for one purpose holds for another. The public half is always the one that belongs to the secret half.
#[derive(Clone)]
pub struct IdentityKey(SigningKey);

impl IdentityKey {
    /// Draws a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// The public half.
    pub fn identity(&self) -> Identity {
        Identity(self.0.verifying_key())
    }

    /// Signs a message of the caller for one purpose. Deterministic.
    ///
    /// `context` says what the message is, such as `b"clinic network, round 2"`: the signature holds in no other context,
    /// and for no message of a session.
    ///
    /// # Timing
    /// Constant in the key; varies with the number of bytes.
    /// # Source
    /// \[RFC8032\] Ed25519, of a BLAKE3 digest in the domain `veilkit v1 signed message`.
    pub fn sign_message(&self, context: &[u8], message: &[u8]) -> Signature {
        self.sign(&message_digest(context, message))
    }

    /// Signs a digest. Deterministic.
    ///
    /// # Timing
    /// Constant in the key.
    pub(crate) fn sign(&self, digest: &Digest) -> Signature {
        Signature(self.0.sign(digest).to_bytes())
    }
}

impl ZeroizeOnDrop for IdentityKey {}

impl ConstantTimeEq for IdentityKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_bytes().as_slice().ct_eq(other.0.as_bytes())
    }
}

impl PartialEq for IdentityKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityKey").field("identity", &self.identity()).finish_non_exhaustive()
    }
}

/// `seed [32]`
impl Encode for IdentityKey {
    const KIND: Kind = Kind::MpcIdentityKey;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        IDENTITY_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(self.0.as_bytes());
    }
}

impl Decode for IdentityKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let seed = Zeroizing::new(body.array("identity key: seed")?);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &[u8]) -> IdentityKey {
        IdentityKey::generate(&mut Transcript::new("veilkit test identity").append("name", name).rng())
    }

    #[test]
    fn signatures_hold_for_their_key_and_digest_only() {
        let (a, b) = (key(b"a"), key(b"b"));
        let signature = a.sign(&[7; 32]);
        a.identity().verify(&[7; 32], &signature).unwrap();
        assert!(a.identity().verify(&[8; 32], &signature).is_err());
        assert!(b.identity().verify(&[7; 32], &signature).is_err());
        for bit in 0..8 * SIGNATURE_LEN {
            let mut forged = signature;
            forged.0[bit / 8] ^= 1 << (bit % 8);
            let refused = a.identity().verify(&[7; 32], &forged).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::VerificationFailed, "bit {bit}");
        }
    }

    #[test]
    fn messages_hold_for_their_context_and_signer_only() {
        let (a, b) = (key(b"a"), key(b"b"));
        let signature = Signature::from_bytes(a.sign_message(b"context", b"message").to_bytes());
        a.identity().verify_message(b"context", b"message", &signature).unwrap();
        let refused = |identity: Identity, context: &[u8], message: &[u8]| {
            let error = identity.verify_message(context, message, &signature).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VerificationFailed);
            assert_eq!(error.culprits().iter().count(), 0);
        };
        refused(b.identity(), b"context", b"message");
        refused(a.identity(), b"context", b"messagf");
        refused(a.identity(), b"another", b"message");
        // The same bytes, divided elsewhere.
        refused(a.identity(), b"contextm", b"essage");
        refused(a.identity(), b"", b"contextmessage");
    }

    #[test]
    fn a_message_is_no_digest_of_a_session() {
        let a = key(b"a");
        let digest = Transcript::new("veilkit v1 dkg message").append("message", b"message").digest();
        assert!(a.identity().verify(&digest, &a.sign_message(b"", &digest)).is_err());
        assert!(a.identity().verify_message(b"", &digest, &a.sign(&digest)).is_err());
        assert!(a.identity().verify_message(b"", b"message", &a.sign(&digest)).is_err());
    }

    #[test]
    fn weak_and_non_canonical_identities_are_refused() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut non_canonical = [0xff; 32]; // y = 2^255 - 1 = p + 18
        non_canonical[31] = 0x7f;
        let order_two = {
            let mut bytes = [0xff; 32]; // y = -1
            bytes[0] = 0xec;
            bytes[31] = 0x7f;
            bytes
        };
        for bytes in [[0; 32], neutral, non_canonical, order_two, [0xff; 32]] {
            assert_eq!(Identity::from_bytes(&bytes).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
        let good = key(b"a").identity();
        assert_eq!(Identity::from_bytes(&good.to_bytes()).unwrap(), good);
    }

    #[test]
    fn a_mixed_order_identity_is_refused() {
        let torsion = curve25519_dalek::constants::EIGHT_TORSION[1];
        let mixed = key(b"a").identity().0.to_edwards() + torsion;
        assert!(Identity::from_bytes(&mixed.compress().0).is_err());
    }

    #[test]
    fn the_secret_key_survives_its_bytes_and_prints_nothing_secret() {
        let a = key(b"a");
        let bytes = a.to_bytes();
        assert!(IdentityKey::from_bytes(&bytes, ()).unwrap() == a);
        assert!(IdentityKey::from_bytes(&bytes[..bytes.len() - 1], ()).is_err());
        let hex: String = a.0.as_bytes()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!format!("{a:?}").contains(&hex));
    }
}
