//! Steps that arrays share: work on lists of ciphertexts in chunks, watched and spread over the cores.
use core::ops::Range;
use std::borrow::Cow;

use super::ciphertext::Ciphertext;
use super::keys::PublicKey;
use crate::error::Result;
use crate::progress::{Observer, try_map_in_steps};

/// Ciphertexts that one inversion serves: it costs about as much as this many multiplications.
const INVERSION_CHUNK: usize = 512;
/// Terms of a sum or a dot product that are computed in one piece.
pub(super) const TERMS: usize = 1024;
/// Bits that one multiplication by a power of two moves.
const SHIFT_BITS: u32 = 120;
/// The items of an unusually quick kind of work between two questions to the observer.
const QUICK: usize = 1024;

/// Each number times `2^bits`.
pub(super) fn raise<'a>(
    key: &PublicKey,
    list: &'a [Ciphertext],
    bits: u32,
    observer: &mut dyn Observer,
) -> Result<Cow<'a, [Ciphertext]>> {
    if bits == 0 {
        return Ok(Cow::Borrowed(list));
    }
    let raised = try_map_in_steps(list, 32, observer, |ciphertext| {
        let (mut left, mut raised) = (bits, ciphertext.clone());
        while left > 0 {
            let step = left.min(SHIFT_BITS);
            raised = key.mul_plain_vartime(&raised, 1 << step)?;
            left -= step;
        }
        Ok(raised)
    })?;
    Ok(Cow::Owned(raised))
}

/// The negative of each number.
pub(super) fn negate(
    key: &PublicKey,
    list: &[Ciphertext],
    observer: &mut dyn Observer,
) -> Result<Vec<Ciphertext>> {
    let chunks: Vec<&[Ciphertext]> = list.chunks(INVERSION_CHUNK).collect();
    Ok(try_map_in_steps(&chunks, 1, observer, |chunk| key.neg_many(chunk))?.into_iter().flatten().collect())
}

/// The sum of the numbers at each pair of places.
pub(super) fn add_pairs(
    key: &PublicKey,
    (a, b): (&[Ciphertext], &[Ciphertext]),
    pairs: &[(usize, usize)],
    observer: &mut dyn Observer,
) -> Result<Vec<Ciphertext>> {
    try_map_in_steps(pairs, QUICK, observer, |(i, j)| key.add(&a[*i], &b[*j]))
}

/// For each of `groups` sums of `terms` terms, what `work` makes of its pieces of at most [`TERMS`] terms, added up.
pub(super) fn sum_groups(
    key: &PublicKey,
    groups: usize,
    terms: usize,
    observer: &mut dyn Observer,
    work: impl Fn(usize, Range<usize>) -> Result<Ciphertext> + Sync,
) -> Result<Vec<Ciphertext>> {
    let ends = |start: usize| start..terms.min(start + TERMS);
    let pieces: Vec<(usize, Range<usize>)> = (0..groups)
        .flat_map(|group| (0..terms).step_by(TERMS).map(move |start| (group, ends(start))))
        .collect();
    // Short sums are quick: more of them before the observer is asked again.
    let step = (TERMS / terms.clamp(1, TERMS)).min(32);
    let partial = try_map_in_steps(&pieces, step, observer, |(group, piece)| work(*group, piece.clone()))?;
    if terms <= TERMS && terms > 0 {
        return Ok(partial);
    }
    let mut sums: Vec<Vec<&Ciphertext>> = vec![Vec::new(); groups];
    for ((group, _), partial) in pieces.iter().zip(&partial) {
        sums[*group].push(partial);
    }
    sums.iter().map(|terms| key.sum(terms)).collect()
}
