//! Ciphertexts: units modulo n^2, and their bytes.
use core::fmt;

use subtle::ConstantTimeEq;

use super::keys::{KeyId, PublicKey};
use crate::bigint::Residue;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

/// An encrypted integer modulo n of one key.
///
/// Only encryption, operations on other ciphertexts and checked decoding make one, so it always is a unit modulo n^2:
/// decrypting anything else would give away the secret key.
#[derive(Clone)]
pub struct Ciphertext {
    value: Residue,
    key: KeyId,
}

impl Ciphertext {
    /// `value` is a unit modulo n^2 of `key`.
    pub(super) fn from_unit(value: Residue, key: &PublicKey) -> Self {
        Self { value, key: key.id() }
    }

    pub(super) fn value(&self) -> &Residue {
        &self.value
    }

    /// The key that it belongs to.
    pub fn key(&self) -> KeyId {
        self.key
    }
}

impl PartialEq for Ciphertext {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && bool::from(self.value.ct_eq(&other.value))
    }
}

impl Eq for Ciphertext {}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ciphertext").field("key", &self.key).finish_non_exhaustive()
    }
}

impl PublicKey {
    /// Refuses ciphertexts of another key.
    pub(super) fn check_ciphertexts<'a>(&self, list: impl IntoIterator<Item = &'a Ciphertext>) -> Result<()> {
        list.into_iter().try_for_each(|c| self.check(c.key, "ciphertext: made under another key"))
    }

    /// Writes ciphertexts of this key, [`Params::ciphertext_bytes`](super::Params::ciphertext_bytes) each.
    ///
    /// # Errors
    /// `ParamsMismatch` for a ciphertext of another key.
    /// # Security
    /// A ciphertext that was computed from others tells how: rerandomize before sending.
    pub fn write_ciphertexts(&self, list: &[Ciphertext], out: &mut Writer) -> Result<()> {
        self.check_ciphertexts(list)?;
        for ciphertext in list {
            out.bytes(&self.n_squared().to_le_bytes(&ciphertext.value));
        }
        Ok(())
    }

    /// Reads and checks `count` ciphertexts: each in `0 < c < n^2` and coprime to n.
    ///
    /// # Errors
    /// `InvalidEncoding`.
    /// # Timing
    /// Varies with the ciphertexts, which are public.
    pub fn read_ciphertexts(&self, body: &mut Reader<'_>, count: usize) -> Result<Vec<Ciphertext>> {
        let len = self.params().ciphertext_bytes();
        let bytes =
            count.checked_mul(len).ok_or(Error::new(ErrorKind::InvalidEncoding, "ciphertexts: count"))?;
        let bytes = body.bytes(bytes, "ciphertexts: too few bytes")?;
        let list = bytes
            .chunks_exact(len)
            .map(|bytes| Ok(Ciphertext { value: self.n_squared().from_le_bytes(bytes)?, key: self.id() }))
            .collect::<Result<Vec<_>>>()
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "ciphertext: not below n^2"))?;
        let values: Vec<&Residue> = list.iter().map(Ciphertext::value).collect();
        if !self.n_squared().are_units_vartime(&values) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "ciphertext: not coprime to n"));
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::super::testing::{encrypted, other_key, params, public_key, secret_key};
    use super::*;
    use crate::bigint::limbs;

    fn read(values: &[BigUint]) -> Result<Vec<Ciphertext>> {
        let mut bytes = Vec::new();
        for value in values {
            bytes.extend(value.to_bytes_le());
            bytes.resize(bytes.len().next_multiple_of(params().ciphertext_bytes()), 0);
        }
        bytes.resize(values.len() * params().ciphertext_bytes(), 0);
        public_key().read_ciphertexts(&mut Reader::new(&bytes), values.len())
    }

    #[test]
    fn bytes_come_back() {
        let list = [encrypted(1), encrypted(-2), public_key().zero()];
        let mut out = Writer::with_capacity(3 * 512);
        public_key().write_ciphertexts(&list, &mut out).unwrap();
        let bytes = out.into_bytes();
        assert_eq!(bytes.len(), 3 * 512);
        assert_eq!(public_key().read_ciphertexts(&mut Reader::new(&bytes), 3).unwrap(), list);
        let (short, huge) = (Reader::new(&bytes[1..]), Reader::new(&bytes));
        for (mut reader, count) in [(short, 3), (huge, usize::MAX)] {
            let error = public_key().read_ciphertexts(&mut reader, count).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
        }
        assert!(public_key().read_ciphertexts(&mut Reader::new(&[]), 0).unwrap().is_empty());
    }

    /// Everything that decryption must never see (0, n, n^2, kn, p x, q x, -n, c + n^2), alone and among good ones.
    #[test]
    fn only_units_in_range_are_read() {
        let n = limbs::to_biguint_vartime(public_key().n());
        let [p, q] =
            [&secret_key().p, &secret_key().q].map(|factor| limbs::to_biguint_vartime(factor.limbs()));
        let square = &n * &n;
        let good = BigUint::from(12_345_u32);
        let top = (BigUint::from(1_u8) << 4096) - 1_u8;
        let bad = [
            BigUint::ZERO,
            n.clone(),
            square.clone(),
            &n * 77_u8,
            &p * 1_234_567_u32,
            &q * &q * 3_u8,
            &square - &n,
            &square + 1_u8,
            top,
        ];
        assert!(read(std::slice::from_ref(&good)).is_ok());
        assert!(read(&[&square - 1_u8]).is_ok());
        for value in bad {
            for list in [vec![value.clone()], vec![good.clone(), value.clone(), good.clone()]] {
                assert_eq!(read(&list).unwrap_err().kind(), ErrorKind::InvalidEncoding);
            }
        }
    }

    #[test]
    fn other_keys_are_refused() {
        let mut out = Writer::with_capacity(512);
        let written = other_key().public_key().write_ciphertexts(&[encrypted(1)], &mut out);
        assert_eq!(written.unwrap_err().kind(), ErrorKind::ParamsMismatch);
    }
}
