//! How many shares there are and how many of them are needed.
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
};

/// The number of shares of a set, and how many of them give the secret back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    threshold: u16,
    shares: u16,
}

impl Params {
    /// Checks `2 <= threshold <= shares <= 65,535`.
    ///
    /// A threshold of 1 would make every share the secret itself.
    ///
    /// # Errors
    /// `InvalidParams`.
    pub fn new(threshold: usize, shares: usize) -> Result<Self> {
        if threshold < 2 {
            return Err(Error::new(ErrorKind::InvalidParams, "threshold: below 2"));
        }
        if threshold > shares {
            return Err(Error::new(ErrorKind::InvalidParams, "threshold: above the number of shares"));
        }
        match (u16::try_from(threshold), u16::try_from(shares)) {
            (Ok(threshold), Ok(shares)) => Ok(Self { threshold, shares }),
            _ => Err(Error::new(ErrorKind::InvalidParams, "shares: more than 65,535")),
        }
    }

    /// As [`Params::new`], for sharing over GF(256), which has 255 points beside that of the secret.
    ///
    /// # Errors
    /// `InvalidParams`.
    pub fn for_bytes(threshold: usize, shares: usize) -> Result<Self> {
        let params = Self::new(threshold, shares)?;
        if params.shares > 255 {
            return Err(Error::new(ErrorKind::InvalidParams, "shares: more than 255"));
        }
        Ok(params)
    }

    /// How many shares give the secret back.
    pub fn threshold(self) -> usize {
        usize::from(self.threshold)
    }

    /// How many shares there are.
    pub fn shares(self) -> usize {
        usize::from(self.shares)
    }

    /// The numbers of the shares, from 1.
    pub fn indices(self) -> impl ExactSizeIterator<Item = PartyId> {
        (0..self.shares).map(|before| PartyId::new(before + 1).expect("counted from 1"))
    }

    /// The bytes of [`Params::write_indexed`].
    pub(super) const INDEXED_LEN: usize = 6;
    /// The bytes of [`Params::write`].
    pub(super) const LEN: usize = 4;

    /// Writes threshold and count.
    pub(super) fn write(self, out: &mut Writer) {
        out.u16(self.threshold).u16(self.shares);
    }

    /// Reads threshold and count.
    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let threshold = usize::from(body.u16("threshold")?);
        let shares = usize::from(body.u16("number of shares")?);
        Self::new(threshold, shares).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "threshold"))
    }

    /// Writes threshold, count and the index of one share.
    pub(super) fn write_indexed(self, index: PartyId, out: &mut Writer) {
        self.write(out);
        out.u16(index.get());
    }

    /// Reads threshold, count and an index from 1 to the count.
    pub(super) fn read_indexed(body: &mut Reader<'_>) -> Result<(Self, PartyId)> {
        let params = Self::read(body)?;
        let index = PartyId::new(body.u16("share: index")?).and_then(|index| {
            params.require_index(index)?;
            Ok(index)
        });
        index.map(|index| (params, index)).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "share: index"))
    }

    /// Refuses indices that no share of the set has.
    pub(super) fn require_index(self, index: PartyId) -> Result<()> {
        if index.get() > self.shares {
            return Err(Error::new(ErrorKind::OutOfRange, "share: index above the number of shares"));
        }
        Ok(())
    }
}

/// Refuses an index that appears twice, naming it.
pub(super) fn require_distinct(indices: impl Iterator<Item = PartyId>) -> Result<()> {
    let mut sorted: Vec<PartyId> = indices.collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::new(ErrorKind::DuplicateParty, "shares: one index twice").blame(pair[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        let fails = |t, n| Params::new(t, n).unwrap_err().kind() == ErrorKind::InvalidParams;
        assert!(fails(0, 5) && fails(1, 5) && fails(6, 5) && fails(0, 0) && fails(2, 65_536));
        assert!(fails(usize::MAX, usize::MAX));
        assert_eq!(Params::new(2, 65_535).unwrap().shares(), 65_535);
        assert!(Params::for_bytes(2, 256).is_err());
        assert_eq!(Params::for_bytes(255, 255).unwrap().threshold(), 255);
    }

    #[test]
    fn indices_start_at_one() {
        let indices: Vec<u16> = Params::new(2, 4).unwrap().indices().map(PartyId::get).collect();
        assert_eq!(indices, [1, 2, 3, 4]);
    }

    #[test]
    fn doubled_indices_are_named() {
        let party = |n| PartyId::new(n).unwrap();
        let error = require_distinct([party(3), party(1), party(3)].into_iter()).unwrap_err();
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::DuplicateParty, &[party(3)][..]));
        assert!(require_distinct([party(2), party(1)].into_iter()).is_ok());
    }
}
