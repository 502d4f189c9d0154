//! Bare shares of short secrets: values of the polynomials and nothing else.
//!
//! For protocols that pin each share down by means of their own, such as a digest that the dealer signed. What
//! [`Share`](super::Share) carries beside its values (set, blinder, commitments) would only be sent twice.
use rand_core::{CryptoRng, Rng};
use zeroize::Zeroizing;

use super::{
    code::Code,
    params::Params,
    split::{expand, padded, value_at},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::gf256::{Block, Gf256},
};

/// Splits `N` bytes, at most 128, into `shares` shares of as many bytes; share `i` belongs to the point `i + 1`.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 255`.
/// # Timing
/// Constant in the secret; varies with `threshold` and `shares`.
pub(crate) fn split<const N: usize>(
    secret: &[u8; N],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Zeroizing<[u8; N]>>> {
    const { assert!(N <= Block::LEN) };
    let params = Params::for_bytes(threshold, shares)?;
    let mut rng = expand(rng);
    let mut coefficients = Zeroizing::new(vec![Block::ZERO; threshold]);
    coefficients[0] = Block::from_elements(&padded(secret));
    for coefficient in &mut coefficients[1..] {
        let mut random = Zeroizing::new([0; Block::LEN]);
        rng.fill_bytes(&mut *random);
        *coefficient = Block::from_planes(&random);
    }
    let share = |point: u8| {
        let value = value_at(Gf256(point), &coefficients[0], &coefficients[1..]);
        let mut share = Zeroizing::new([0; N]);
        share.copy_from_slice(&value.to_elements()[..N]);
        share
    };
    Ok(params.indices().map(|index| share(point(usize::from(index.get()) - 1))).collect())
}

/// Splits bytes of any length; share `i` belongs to the point `i + 1`. With a threshold of 1 each share is the secret.
///
/// `1 <= threshold <= shares <= 255` is the caller's promise.
pub(super) fn deal(
    secret: &[u8],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Vec<Zeroizing<Vec<u8>>> {
    let mut dealt: Vec<_> = (0..shares).map(|_| Zeroizing::new(Vec::with_capacity(secret.len()))).collect();
    let mut coefficients = Zeroizing::new(vec![Block::ZERO; threshold]);
    for bytes in secret.chunks(Block::LEN) {
        coefficients[0] = Block::from_elements(&padded(bytes));
        for coefficient in &mut coefficients[1..] {
            let mut random = Zeroizing::new([0; Block::LEN]);
            rng.fill_bytes(&mut *random);
            *coefficient = Block::from_planes(&random);
        }
        for (position, share) in dealt.iter_mut().enumerate() {
            let value = match &coefficients[1..] {
                [] => coefficients[0],
                above => value_at(Gf256(point(position)), &coefficients[0], above),
            };
            share.extend_from_slice(&value.to_elements()[..bytes.len()]);
        }
    }
    dealt
}

/// Gives secrets back from shares with their positions (point minus one), which must be distinct. Shares of many
/// secrets are joined: byte `i` of each share belongs to byte `i` of the result. All shares are of one length.
///
/// Beside the secrets stands the first byte, if any, where the shares do not lie on one polynomial.
///
/// # Errors
/// `TooFewShares` below the threshold.
/// # Timing
/// Constant in the shares, as long as they do not contradict each other; varies with their number and length.
pub(crate) fn combine(
    threshold: usize,
    shares: &[(usize, &[u8])],
) -> Result<(Zeroizing<Vec<u8>>, Option<usize>)> {
    if shares.is_empty() || shares.len() < threshold {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    let code = Code {
        points: shares.iter().map(|(position, _)| Gf256(point(*position))).collect(),
        payloads: shares.iter().map(|(_, share)| *share).collect(),
        threshold,
    };
    let mut secrets = Zeroizing::new(vec![0; shares[0].1.len()]);
    code.interpolate(&mut secrets);
    Ok((secrets, code.first_inconsistency(0)))
}

fn point(position: usize) -> u8 {
    u8::try_from(position + 1).expect("at most 255 shares")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    #[test]
    fn any_threshold_shares_give_the_secrets_back_and_spare_ones_are_checked() {
        let mut rng = Transcript::new("veilkit test bare shares").rng();
        let secret: [u8; 32] = Transcript::new("veilkit test bare secret").digest();
        for (threshold, count) in [(2, 2), (2, 3), (3, 5), (4, 5), (128, 255)] {
            // Five sharings, joined: more than one block of bytes.
            let mut joined = vec![Vec::new(); count];
            for _ in 0..5 {
                let dealt = split(&secret, threshold, count, &mut rng).unwrap();
                joined.iter_mut().zip(dealt).for_each(|(all, share)| all.extend_from_slice(&*share));
            }
            let mut shares: Vec<(usize, &[u8])> = joined.iter().map(|share| &share[..]).enumerate().collect();
            for first in 0..=count - threshold {
                let subset: Vec<_> = shares.iter().rev().skip(first).take(threshold).copied().collect();
                let (secrets, at) = combine(threshold, &subset).unwrap();
                assert!(*secrets == secret.repeat(5) && at.is_none(), "{threshold} of {count}");
            }
            assert_eq!(combine(threshold, &shares).unwrap().1, None);
            let few = combine(threshold, &shares[1..threshold]).unwrap_err();
            assert_eq!(few.kind(), ErrorKind::TooFewShares);
            let mut wrong = joined[0].clone();
            wrong[77] ^= 1;
            shares[0].1 = &wrong;
            let (secrets, at) = combine(threshold, &shares).unwrap();
            assert_ne!(*secrets, secret.repeat(5));
            assert_eq!(at, (count > threshold).then_some(77));
        }
    }

    #[test]
    fn sizes_are_checked() {
        let mut rng = Transcript::new("veilkit test bare shares").rng();
        for (threshold, shares) in [(0, 3), (1, 3), (4, 3), (2, 256)] {
            let error = split(&[0; 32], threshold, shares, &mut rng).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidParams);
        }
    }
}
