//! Dealing: a random polynomial for each byte, evaluated at the index of each share.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::{CryptoRng, Rng};
use zeroize::Zeroizing;

use super::{
    commitments::Commitments,
    params::Params,
    share::{BLINDER_LEN, Payload, SetId, Share},
    watch::{SEGMENT, Watch},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::gf256::{Block, Gf256},
    progress::Observer,
};

/// The longest secret, 1 GiB. Of something longer, share the key that encrypts it.
pub const MAX_SECRET_LEN: usize = 1 << 30;

/// Blocks whose coefficients are drawn at once: what fits the fastest cache.
const BATCH: usize = 16;

/// Splits a secret into `shares` shares, any `threshold` of which give it back.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 255`; `OutOfRange` when the secret is empty or longer than
/// [`MAX_SECRET_LEN`].
/// # Timing
/// Constant in the secret; varies with its length, `threshold` and `shares`.
/// # Security
/// `rng` gives one 256-bit seed; ChaCha20 expands it. All 256 values of a coefficient are equally likely, zero and
/// the leading coefficient included: leaving zero out would rule out one value of the secret in every sharing.
/// # Source
/// \[Sha79\] with q(x) over GF(256), for each byte on its own.
pub fn split(secret: &[u8], threshold: usize, shares: usize, rng: &mut impl CryptoRng) -> Result<Vec<Share>> {
    split_with_progress(secret, threshold, shares, rng, &mut ())
}

/// As [`split`], watched: the same shares from the same generator.
///
/// # Errors
/// As [`split`]; `Cancelled` when the observer stops it.
pub fn split_with_progress(
    secret: &[u8],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
    observer: &mut dyn Observer,
) -> Result<Vec<Share>> {
    let params = Params::for_bytes(threshold, shares)?;
    if secret.is_empty() {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: empty"));
    }
    if secret.len() > MAX_SECRET_LEN {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: longer than 1 GiB"));
    }
    let mut rng = expand(rng);

    let mut set_id = SetId::default();
    rng.fill_bytes(&mut set_id);
    let mut shares: Vec<Share> = params
        .indices()
        .map(|index| {
            let mut blinder = Zeroizing::new([0; BLINDER_LEN]);
            rng.fill_bytes(&mut *blinder);
            let payload = Payload::new(vec![0; secret.len()]);
            Share { set_id, params, index, blinder, payload, commitments: Commitments::new(Vec::new()) }
        })
        .collect();
    let mut watch = Watch::new(observer, secret.len().div_ceil(SEGMENT) + shares.len());
    for (number, segment) in secret.chunks(SEGMENT).enumerate() {
        evaluate(segment, number * SEGMENT, params.threshold(), &mut shares, &mut rng);
        watch.advance()?;
    }
    let mut commitments = Vec::with_capacity(shares.len());
    for share in &shares {
        commitments.push(Commitments::commit(share));
        watch.advance()?;
    }
    let commitments = Commitments::new(commitments);
    for share in &mut shares {
        share.commitments = commitments.clone();
    }
    Ok(shares)
}

/// A generator that stretches 256 bits of `rng`.
pub(super) fn expand(rng: &mut impl CryptoRng) -> ChaCha20Rng {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    ChaCha20Rng::from_seed(*seed)
}

/// Fills the payloads from `start` on: for each block of the secret draws `threshold - 1` coefficients, the linear
/// one first.
fn evaluate(secret: &[u8], start: usize, threshold: usize, shares: &mut [Share], rng: &mut ChaCha20Rng) {
    let degree = threshold - 1;
    let batch = BATCH.min(secret.len().div_ceil(Block::LEN));
    let mut random = Zeroizing::new(vec![0; batch * degree * Block::LEN]);
    let mut constants = Zeroizing::new([Block::ZERO; BATCH]);
    let mut coefficients = Zeroizing::new(vec![Block::ZERO; batch * degree]);
    let starts = (start..).step_by(BATCH * Block::LEN);
    for (start, bytes) in starts.zip(secret.chunks(BATCH * Block::LEN)) {
        let random = &mut random[..bytes.len().div_ceil(Block::LEN) * degree * Block::LEN];
        rng.fill_bytes(random);
        for (coefficient, bytes) in coefficients.iter_mut().zip(random.as_chunks().0) {
            *coefficient = Block::from_planes(bytes);
        }
        for (constant, bytes) in constants.iter_mut().zip(bytes.chunks(Block::LEN)) {
            *constant = Block::from_elements(&padded(bytes));
        }
        for share in shares.iter_mut() {
            let x = Gf256(share.point());
            let payload = share.payload[start..start + bytes.len()].chunks_mut(Block::LEN);
            let polynomials = constants.iter().zip(coefficients.chunks_exact(degree));
            for (out, (constant, coefficients)) in payload.zip(polynomials) {
                let elements = value_at(x, constant, coefficients).to_elements();
                out.copy_from_slice(&elements[..out.len()]);
            }
        }
    }
}

/// The value at `x` of the polynomial with this constant term and these coefficients above, by Horner's rule.
#[inline(always)]
pub(super) fn value_at(x: Gf256, constant: &Block, coefficients: &[Block]) -> Block {
    let (leading, rest) = coefficients.split_last().expect("the threshold is 2 or more");
    let mut value = *leading;
    for term in rest.iter().rev().chain([constant]) {
        value = value.mul_public(x);
        value.add_assign(term);
    }
    value
}

/// A whole block: the bytes, then zeros.
pub(super) fn padded(bytes: &[u8]) -> [u8; Block::LEN] {
    let mut block = [0; Block::LEN];
    block[..bytes.len()].copy_from_slice(bytes);
    block
}
