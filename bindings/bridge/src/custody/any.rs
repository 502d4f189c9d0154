//! A share of any kind, for languages that hold shares as bytes.
use veilkit::{
    PartyId, Result,
    codec::{Decode, Encode},
    shamir::{Share, feldman, paper, pedersen},
};
use zeroize::Zeroizing;

use super::{Addressed, Card, Custodian, CustodianKey, PolicyShare, SealedShare, seal};
use crate::packed_shares::PackedShare;

/// What another kind's decoder says to a share.
const OTHER_KIND: &str = "header: another kind of object";

/// A share of any kind that has a set and an index.
#[derive(Clone)]
pub enum AnyShare {
    /// Of bytes.
    Bytes(Share),
    /// Of bytes, with a hiding commitment.
    Verifiable(pedersen::Share),
    /// Of a key.
    Key(feldman::Share),
    /// Of a seat of a policy.
    Policy(PolicyShare),
    /// For paper.
    Card(Card),
    /// Of a vector of integers.
    Packed(PackedShare),
}

/// Does the same for every kind.
macro_rules! each {
    ($value:expr, $share:ident => $body:expr) => {
        match $value {
            AnyShare::Bytes($share) => $body,
            AnyShare::Verifiable($share) => $body,
            AnyShare::Key($share) => $body,
            AnyShare::Policy($share) => $body,
            AnyShare::Card($share) => $body,
            AnyShare::Packed($share) => $body,
        }
    };
}

/// The first kind whose decoder knows the share; the last one's answer when none does.
macro_rules! first {
    ($read:expr, $last:ident; $($kind:ident),*) => {{
        $(match $read {
            Err(error) if error.what() == OTHER_KIND => {}
            read => return read.map(Self::$kind),
        })*
        $read.map(Self::$last)
    }};
}

impl AnyShare {
    /// Reads an encoded share.
    ///
    /// # Errors
    /// Those of decoding.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        first!(Decode::from_bytes(bytes, ()), Bytes; Verifiable, Key, Policy, Card, Packed)
    }

    /// The canonical encoding.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        each!(self, share => share.to_bytes())
    }

    /// The number of the share, from 1.
    pub fn index(&self) -> PartyId {
        each!(self, share => share.address())
    }

    /// As [`paper::to_words`].
    ///
    /// # Errors
    /// As there.
    pub fn to_words(&self) -> Result<Zeroizing<String>> {
        each!(self, share => paper::to_words(share))
    }

    /// As [`paper::from_words`].
    ///
    /// # Errors
    /// As there.
    pub fn from_words(text: &str) -> Result<Self> {
        first!(paper::from_words(text), Bytes; Verifiable, Key, Policy, Card, Packed)
    }

    /// As [`paper::to_text`].
    ///
    /// # Errors
    /// As there.
    pub fn to_text(&self) -> Result<Zeroizing<String>> {
        each!(self, share => paper::to_text(share))
    }

    /// As [`paper::from_text`].
    ///
    /// # Errors
    /// As there.
    pub fn from_text(text: &str) -> Result<Self> {
        first!(paper::from_text(text), Bytes; Verifiable, Key, Policy, Card, Packed)
    }

    /// As [`seal`].
    ///
    /// # Errors
    /// As there.
    pub fn seal(&self, custodian: &Custodian) -> Result<SealedShare> {
        each!(self, share => seal(share, custodian))
    }

    /// As [`SealedShare::open`], whatever kind is inside.
    ///
    /// # Errors
    /// As there.
    pub fn open(sealed: &SealedShare, key: &CustodianKey) -> Result<Self> {
        fn open<T: Addressed>(sealed: &SealedShare, key: &CustodianKey) -> Option<Result<T>> {
            sealed.holds::<T>().then(|| sealed.open(key))
        }
        let opened = open(sealed, key).map(|share| share.map(Self::Verifiable));
        let opened = opened.or_else(|| open(sealed, key).map(|share| share.map(Self::Key)));
        let opened = opened.or_else(|| open(sealed, key).map(|share| share.map(Self::Policy)));
        let opened = opened.or_else(|| open(sealed, key).map(|share| share.map(Self::Card)));
        let opened = opened.or_else(|| open(sealed, key).map(|share| share.map(Self::Packed)));
        opened.unwrap_or_else(|| sealed.open(key).map(Self::Bytes))
    }
}

#[cfg(test)]
mod tests {
    use veilkit::ErrorKind;

    use super::*;
    use crate::{custody, random::OsRandom, shamir};

    fn one_of_each() -> Vec<AnyShare> {
        let mut rng = OsRandom::new();
        let bytes = shamir::split(b"secret", 2, 3, &mut rng, &mut ()).unwrap().remove(1);
        let card = custody::split_cards(b"secret", 2, 3).unwrap().remove(1);
        let policy = custody::split_by_policy(b"secret", &"2 of (a, b, c)".parse().unwrap());
        vec![
            AnyShare::Bytes(bytes),
            AnyShare::Verifiable(shamir::split_verifiable(b"secret", 2, 3).unwrap().1.remove(1)),
            AnyShare::Key(shamir::split_key(None, 2, 3).unwrap().1.remove(1)),
            AnyShare::Policy(policy.unwrap().remove(1)),
            AnyShare::Card(card),
        ]
    }

    #[test]
    fn every_kind_comes_back() {
        let key = custody::generate_custodian_key().unwrap();
        let custodian = key.custodian("notary").unwrap();
        for share in one_of_each() {
            let bytes = share.to_bytes();
            let same = |other: AnyShare| assert_eq!(other.to_bytes(), bytes);
            assert_eq!(share.index().get(), 2);
            same(AnyShare::from_bytes(&bytes).unwrap());
            same(AnyShare::open(&share.seal(&custodian).unwrap(), &key).unwrap());
            same(AnyShare::from_text(&share.to_text().unwrap()).unwrap());
            if matches!(share, AnyShare::Card(_)) {
                same(AnyShare::from_words(&share.to_words().unwrap()).unwrap());
            }
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        let key = custody::generate_custodian_key().unwrap();
        let error = AnyShare::from_bytes(&key.to_bytes()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
    }
}
