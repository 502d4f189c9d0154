//! Dealing.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{Commitment, Content, Share, content, generators};
use crate::{
    error::{Error, ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    shamir::{params::Params, polynomial::evaluate, split::expand},
};

/// Splits bytes into `shares` shares, any `threshold` of which give them back, and a commitment to check them with.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 65,535`; `OutOfRange` when the secret is empty or longer than
/// [`MAX_SECRET_LEN`](super::MAX_SECRET_LEN).
/// # Timing
/// Constant in the secret; varies with its length, `threshold` and `shares`.
/// # Source
/// \[Ped91\], section 4.
pub fn split(
    secret: &[u8],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<(Commitment, Vec<Share>)> {
    deal(Content::Bytes(secret.len()), || content::pieces(secret), threshold, shares, rng)
}

/// Splits scalars, which need not be random.
///
/// # Errors
/// As [`split`].
/// # Timing
/// As [`split`].
pub fn split_scalars(
    secret: &[Scalar],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<(Commitment, Vec<Share>)> {
    deal(Content::Scalars(secret.len()), || Zeroizing::new(secret.to_vec()), threshold, shares, rng)
}

fn deal(
    content: Content,
    pieces: impl FnOnce() -> Zeroizing<Vec<Scalar>>,
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<(Commitment, Vec<Share>)> {
    let params = Params::new(threshold, shares)?;
    let content = content.check().ok_or(Error::new(ErrorKind::OutOfRange, "secret: empty or too long"))?;
    let pieces = pieces();
    let mut rng = expand(rng);

    // Row j: the j-th coefficient of each piece's polynomial, then of the blinding one.
    let width = pieces.len() + 1;
    let mut rows = Zeroizing::new(vec![Scalar::ZERO; width * params.threshold()]);
    rows.fill_with(|| Scalar::random(&mut rng));
    rows[..pieces.len()].copy_from_slice(&pieces);

    let generators = generators(pieces.len());
    let points = rows.chunks_exact(width).map(|row| Point::multi_mul(row, &generators)).collect();
    let commitment = Commitment::new(params, content, points);

    let share = |index| {
        let column = |place: usize| -> Zeroizing<Vec<Scalar>> {
            Zeroizing::new(rows.chunks_exact(width).map(|row| row[place]).collect())
        };
        let mut values = Zeroizing::new(Vec::with_capacity(pieces.len()));
        values.extend((0..pieces.len()).map(|place| evaluate(&column(place), index)));
        let blinder = Zeroizing::new(evaluate(&column(pieces.len()), index));
        Share { set_id: commitment.digest, params, index, blinder, values }
    };
    let shares = params.indices().map(share).collect();
    Ok((commitment, shares))
}
