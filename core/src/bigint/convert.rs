//! Limbs from and to bytes and other integer types.
use crypto_bigint::BoxedUint;
use num_bigint::BigUint;
use zeroize::Zeroizing;

use super::limbs::LIMB_BITS;

const LIMB_BYTES: usize = 8;

/// The limbs of little-endian bytes: one limb for each eight bytes begun.
pub fn from_le_bytes(bytes: &[u8]) -> Zeroizing<Vec<u64>> {
    let limb = |chunk: &[u8]| {
        let mut limb = [0; LIMB_BYTES];
        limb[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(limb)
    };
    Zeroizing::new(bytes.chunks(LIMB_BYTES).map(limb).collect())
}

/// The limbs of big-endian bytes: one limb for each eight bytes begun.
pub fn from_be_bytes(bytes: &[u8]) -> Zeroizing<Vec<u64>> {
    let limb = |chunk: &[u8]| {
        let mut limb = [0; LIMB_BYTES];
        limb[LIMB_BYTES - chunk.len()..].copy_from_slice(chunk);
        u64::from_be_bytes(limb)
    };
    Zeroizing::new(bytes.rchunks(LIMB_BYTES).map(limb).collect())
}

/// The lowest `len` bytes, little-endian; zeros where the limbs end before.
pub fn to_le_bytes(limbs: &[u64], len: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; len]);
    for (chunk, limb) in bytes.chunks_mut(LIMB_BYTES).zip(limbs) {
        chunk.copy_from_slice(&limb.to_le_bytes()[..chunk.len()]);
    }
    bytes
}

/// The lowest `len` bytes, big-endian; zeros where the limbs end before.
pub fn to_be_bytes(limbs: &[u64], len: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = to_le_bytes(limbs, len);
    bytes.reverse();
    bytes
}

/// The bit length of a public integer.
pub fn bits_vartime(limbs: &[u64]) -> usize {
    let top = limbs.iter().rposition(|limb| *limb != 0);
    top.map_or(0, |top| {
        let bits = limbs[top].checked_ilog2().map_or(0, |log| log as usize + 1);
        top * LIMB_BITS + bits
    })
}

/// The limbs of a public integer.
pub fn from_biguint_vartime(value: &BigUint) -> Vec<u64> {
    value.to_u64_digits()
}

/// A public integer from its limbs.
pub fn to_biguint_vartime(limbs: &[u64]) -> BigUint {
    BigUint::from_bytes_le(&to_le_bytes(limbs, limbs.len() * LIMB_BYTES))
}

/// The limbs as a `crypto-bigint` integer of the same precision.
pub(crate) fn to_boxed(limbs: &[u64]) -> Zeroizing<BoxedUint> {
    let bytes = to_le_bytes(limbs, limbs.len() * LIMB_BYTES);
    let bits = u32::try_from(limbs.len() * LIMB_BITS).expect("at most 16384 bits");
    Zeroizing::new(BoxedUint::from_le_slice(&bytes, bits).expect("the precision fits the bytes"))
}

/// The limbs of a `crypto-bigint` integer, as many as its precision needs.
pub(crate) fn from_boxed(value: &BoxedUint) -> Zeroizing<Vec<u64>> {
    from_le_bytes(&Zeroizing::new(value.to_le_bytes()))
}
