//! Residues as bits: each takes as many as its prime is long, low bits first, rows one after the other.
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Basis, Form, Poly, Prime};

/// Residues that fill whole words whatever their length: 64 of `w` bits are `w` words.
const BLOCK: usize = 64;
/// The longest primes have 61 bits.
const WORDS: usize = 61;

/// Bytes of one row.
fn row_len(prime: &Prime) -> usize {
    prime.degree() / 8 * width(prime)
}

/// Bytes of a polynomial with residues modulo the first `rows` primes of this basis.
pub(super) fn poly_len(basis: &Basis, rows: usize) -> usize {
    basis.primes()[..rows].iter().map(row_len).sum()
}

/// Writes all rows.
pub(super) fn write_poly<F: Form>(basis: &Basis, poly: &Poly<F>, out: &mut Writer) {
    for (prime, row) in basis.primes().iter().zip(poly.iter()) {
        let width = width(prime);
        for block in row.chunks_exact(BLOCK) {
            let mut bytes = [0; 8 * WORDS];
            for (bytes, word) in bytes.chunks_exact_mut(8).zip(pack(block, width)) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
            out.bytes(&bytes[..8 * width]);
        }
    }
}

/// Reads a polynomial of `rows` rows: takes memory only if all its bytes are there.
///
/// # Errors
/// `InvalidEncoding` for a residue that is not below its prime.
pub(super) fn read_poly<F: Form>(
    basis: &Basis,
    rows: usize,
    body: &mut Reader<'_>,
    what: &'static str,
) -> Result<Poly<F>> {
    let mut bytes = body.bytes(poly_len(basis, rows), what)?;
    let mut poly = Poly::zero(basis.degree(), rows);
    for (prime, row) in basis.primes().iter().zip(poly.iter_mut()) {
        let (own, rest) = bytes.split_at(row_len(prime));
        bytes = rest;
        let width = width(prime);
        for (packed, block) in own.chunks_exact(8 * width).zip(row.chunks_exact_mut(BLOCK)) {
            unpack(packed, width, block);
        }
        if !prime.is_reduced(row) {
            return Err(Error::new(ErrorKind::InvalidEncoding, what));
        }
    }
    Ok(poly)
}

/// The bits of a residue.
fn width(prime: &Prime) -> usize {
    usize::try_from(prime.modulus().bits()).expect("at most 61")
}

fn pack(block: &[u64], width: usize) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    let (mut at, mut filled, mut word) = (0, 0, 0);
    for &residue in block {
        word |= residue << filled;
        filled += width;
        if filled >= 64 {
            words[at] = word;
            at += 1;
            filled -= 64;
            // What did not fit: the top `filled` bits of the residue, maybe none.
            word = residue >> 1 >> (width - 1 - filled);
        }
    }
    words
}

fn unpack(packed: &[u8], width: usize, block: &mut [u64]) {
    let mut words =
        packed.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
    let mask = (1 << width) - 1;
    let (mut left, mut word) = (0, 0_u64);
    for residue in block {
        let mut value = word;
        if left < width {
            let next = words.next().unwrap_or_default();
            value |= next << left;
            word = next >> 1 >> (width - 1 - left);
            left += 64 - width;
        } else {
            word >>= width;
            left -= width;
        }
        *residue = value & mask;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    proptest! {
        #[test]
        fn bits_stand_where_they_should(width in 2_usize..=61, residues in proptest::collection::vec(any::<u64>(), 64)) {
            let residues: Vec<u64> = residues.iter().map(|residue| residue >> (64 - width)).collect();
            let packed = bytes(&pack(&residues, width)[..width]);
            let bit = |k: usize| packed[k / 8] >> (k % 8) & 1;
            for (i, residue) in residues.iter().enumerate() {
                for k in 0..width {
                    prop_assert_eq!(u64::from(bit(i * width + k)), residue >> k & 1);
                }
            }
            let mut back = vec![0; 64];
            unpack(&packed, width, &mut back);
            prop_assert_eq!(back, residues);
        }
    }
}
