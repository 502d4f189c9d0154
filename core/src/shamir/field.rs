//! Sharing of vectors of field elements, for computing on shares.
//!
//! Shares of sums are sums of shares. Nothing but the elements is kept, so wrong shares cannot be named here: a
//! protocol brings its own checks. For keeping secrets, take [`shamir`](super), [`feldman`](super::feldman) or
//! [`pedersen`](super::pedersen).
use core::fmt;

use rand_core::{CryptoRng, Rng};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    params::{Params, require_distinct},
    polynomial::{interpolate_vectors, point},
    share::SetId,
    split::expand,
};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::Field,
    party::PartyId,
};

/// The most elements that are shared at once, 2^26.
pub const MAX_ELEMENTS: usize = 1 << 26;

/// One party's share of a vector. Secret: `threshold` of them are the vector.
#[derive(Clone)]
pub struct Share<F: Field> {
    set_id: SetId,
    params: Params,
    index: PartyId,
    values: Zeroizing<Vec<F>>,
}

/// Splits each element with a polynomial of its own. Share `i` holds the values at `i`.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 65,535`; `OutOfRange` when there are no elements, or more than
/// [`MAX_ELEMENTS`].
/// # Timing
/// Constant in the elements; varies with their number, `threshold` and `shares`.
/// # Source
/// \[Sha79\]; ChaCha20 expands 256 bits of `rng`.
pub fn split<F: Field>(
    secret: &[F],
    threshold: usize,
    shares: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Share<F>>> {
    let params = Params::new(threshold, shares)?;
    if secret.is_empty() || secret.len() > MAX_ELEMENTS {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: no elements, or too many"));
    }
    let mut rng = expand(rng);
    let mut set_id = SetId::default();
    rng.fill_bytes(&mut set_id);
    let mut shares: Vec<Share<F>> = params
        .indices()
        .map(|index| Share {
            set_id,
            params,
            index,
            values: Zeroizing::new(Vec::with_capacity(secret.len())),
        })
        .collect();
    let mut coefficients = Zeroizing::new(vec![F::ZERO; threshold - 1]);
    for element in secret {
        coefficients.fill_with(|| F::random(&mut rng));
        for share in &mut shares {
            let x = point(share.index);
            let rising =
                coefficients.iter().rev().fold(F::ZERO, |value, coefficient| (value + *coefficient) * x);
            share.values.push(rising + *element);
        }
    }
    Ok(shares)
}

/// Gives the vector back, and checks that spare shares lie on the same polynomials.
///
/// # Errors
/// `TooFewShares`; `DuplicateParty`; `ParamsMismatch` for shares of different sets; `VerificationFailed` when there are
/// more shares than the threshold and one of them is wrong.
/// # Timing
/// Constant in the elements; varies with the number of shares and elements, and with whether the shares agree.
pub fn combine<F: Field>(shares: &[Share<F>]) -> Result<Zeroizing<Vec<F>>> {
    let Some(first) = shares.first() else {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: none"));
    };
    let header = |share: &Share<F>| (share.set_id, share.params, share.values.len());
    if shares.iter().any(|share| header(share) != header(first)) {
        return Err(Error::new(ErrorKind::ParamsMismatch, "shares: of different sets"));
    }
    require_distinct(shares.iter().map(Share::index))?;
    if shares.len() < first.params.threshold() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    let indices: Vec<PartyId> = shares.iter().map(Share::index).collect();
    let vectors: Vec<&[F]> = shares.iter().map(|share| &share.values[..]).collect();
    interpolate_vectors(&indices, &vectors, first.params.threshold())
}

impl<F: Field> Share<F> {
    /// The dealing that the share belongs to.
    pub fn set_id(&self) -> SetId {
        self.set_id
    }

    /// How many shares there are and how many are needed.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The number of the share, from 1: the point of its values.
    pub fn index(&self) -> PartyId {
        self.index
    }

    /// The values at the index, one for each element. Secret: they are for computing, not for keeping in the clear.
    pub fn values(&self) -> &[F] {
        &self.values
    }
}

impl<F: Field> ZeroizeOnDrop for Share<F> {}

impl<F: Field> fmt::Debug for Share<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("shamir::field::Share")
            .field("index", &self.index)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl<F: Field> ConstantTimeEq for Share<F> {
    fn ct_eq(&self, other: &Self) -> Choice {
        let header = |share: &Self| (share.set_id, share.params, share.index);
        Choice::from(u8::from(header(self) == header(other))) & self.values.ct_eq(&other.values)
    }
}

impl<F: Field> PartialEq for Share<F> {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

/// ```text
/// Share: set id [16] | threshold u16 | count u16 | index u16 | elements u32 | values
/// ```
impl<F: Field> Encode for Share<F> {
    const KIND: Kind = Kind::ShamirFieldShare;

    fn params_id(&self) -> u32 {
        F::ID
    }

    fn body_len(&self) -> usize {
        self.set_id.len() + Params::INDEXED_LEN + 4 + self.values.len() * F::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.set_id);
        self.params.write_indexed(self.index, out);
        out.len(self.values.len());
        for value in self.values.iter() {
            value.write(out);
        }
    }
}

impl<F: Field> Decode for Share<F> {
    fn read_body(body: &mut Reader<'_>, params_id: u32, (): ()) -> Result<Self> {
        if params_id != F::ID {
            return Err(Error::new(ErrorKind::ParamsMismatch, "share: of another field"));
        }
        let set_id = body.array("share: set id")?;
        let (params, index) = Params::read_indexed(body)?;
        let count = body.count(F::ENCODED_LEN, "share: elements")?;
        if count == 0 || count > MAX_ELEMENTS {
            return Err(Error::new(ErrorKind::InvalidEncoding, "share: elements"));
        }
        let mut values = Zeroizing::new(Vec::with_capacity(count));
        for _ in 0..count {
            values.push(F::read(body, "share: element")?);
        }
        Ok(Self { set_id, params, index, values })
    }
}

#[cfg(test)]
mod tests;
