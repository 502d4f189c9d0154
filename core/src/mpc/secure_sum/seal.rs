//! ChaCha20-Poly1305 under keys that are used once.
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// The bytes that a seal adds.
pub(super) const SEAL_LEN: usize = 16;

/// A key for one message. Consumed by sealing, so the fixed nonce never meets the same key twice.
pub(super) struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    pub(super) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Encrypts in place and appends the tag.
    pub(super) fn seal(self, associated: &[u8], mut plaintext: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let cipher = ChaCha20Poly1305::new((&*self.0).into());
        plaintext.reserve_exact(SEAL_LEN);
        cipher
            .encrypt_in_place(&Nonce::default(), associated, &mut *plaintext)
            .expect("a message is shorter than 2^38 bytes");
        core::mem::take(&mut *plaintext) // ciphertext now
    }

    /// Checks the tag and decrypts.
    ///
    /// # Errors
    /// `DecryptionFailed`, blaming nobody: damage on the way looks the same.
    pub(super) fn open(self, associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let cipher = ChaCha20Poly1305::new((&*self.0).into());
        let mut buffer = Zeroizing::new(sealed.to_vec());
        cipher
            .decrypt_in_place(&Nonce::default(), associated, &mut *buffer)
            .map_err(|_| Error::new(ErrorKind::DecryptionFailed, "sealed message"))?;
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealKey {
        SealKey::new(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn opens_with_the_same_key_and_envelope_only() {
        let sealed = key(1).seal(b"to you", Zeroizing::new(b"secret".to_vec()));
        assert_eq!(sealed.len(), 6 + SEAL_LEN);
        assert_eq!(**key(1).open(b"to you", &sealed).unwrap(), *b"secret");
        for result in [
            key(2).open(b"to you", &sealed),
            key(1).open(b"to me", &sealed),
            key(1).open(b"to you", &sealed[1..]),
            key(1).open(b"to you", &[]),
        ] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::DecryptionFailed);
        }
        for bit in 0..8 * sealed.len() {
            let mut damaged = sealed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(key(1).open(b"to you", &damaged).is_err(), "bit {bit}");
        }
    }
}
