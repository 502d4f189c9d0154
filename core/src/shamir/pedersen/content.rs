//! What is shared: scalars, or bytes cut into scalars.
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind, Result},
    group::Scalar,
    secret::declassify,
};

/// The longest secret in bytes, 64 KiB. Of something longer, share the key that encrypts it.
pub const MAX_SECRET_LEN: usize = 1 << 16;

/// Bytes in a scalar: the most that always stay below the order.
const PIECE: usize = 31;
/// The most scalars.
pub(super) const MAX_PIECES: usize = MAX_SECRET_LEN.div_ceil(PIECE);

/// The public facts about the secret: its kind and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// This many scalars, at least one.
    Scalars(usize),
    /// This many bytes, at least one.
    Bytes(usize),
}

impl Content {
    /// Checks the length.
    pub(super) fn check(self) -> Option<Self> {
        let fine = match self {
            Self::Scalars(count) => (1..=MAX_PIECES).contains(&count),
            Self::Bytes(len) => (1..=MAX_SECRET_LEN).contains(&len),
        };
        fine.then_some(self)
    }

    /// The number of scalars.
    pub(super) fn pieces(self) -> usize {
        match self {
            Self::Scalars(count) => count,
            Self::Bytes(len) => len.div_ceil(PIECE),
        }
    }

    /// The number of bytes, 0 for scalars.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Scalars(_) => 0,
            Self::Bytes(len) => len,
        }
    }
}

/// The bytes as scalars.
pub(super) fn pieces(secret: &[u8]) -> Zeroizing<Vec<Scalar>> {
    let mut pieces = Zeroizing::new(Vec::with_capacity(secret.len().div_ceil(PIECE)));
    for bytes in secret.chunks(PIECE) {
        let mut piece = Zeroizing::new([0; PIECE]);
        piece[..bytes.len()].copy_from_slice(bytes);
        pieces.push(Scalar::from_short_bytes(&piece));
    }
    pieces
}

/// The scalars as bytes.
///
/// # Errors
/// `VerificationFailed` for scalars that are no pieces of bytes: the dealer shared something else.
pub(super) fn join(pieces: &[Scalar], len: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut secret = Zeroizing::new(Vec::with_capacity(pieces.len() * 32));
    let mut excess = 0;
    for piece in pieces {
        let bytes = Zeroizing::new(piece.to_bytes());
        excess |= bytes[PIECE];
        secret.extend_from_slice(&bytes[..PIECE]);
    }
    excess = secret[len..].iter().fold(excess, |sum, byte| sum | byte);
    secret.truncate(len);
    if declassify(excess.ct_eq(&0)) {
        return Ok(secret);
    }
    Err(Error::new(ErrorKind::VerificationFailed, "shares: dealt scalars are not bytes"))
}
