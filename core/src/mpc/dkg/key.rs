//! What a run gives: the public facts of the key, and each party's share of it.
use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::party::PartyId;
use crate::secret::declassify;
use crate::transcript::{Digest, Transcript};

/// The public facts of a shared key: the same for every party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupKey {
    parties: Vec<PartyId>,
    /// `G` times each coefficient of the sum of all polynomials, constant term first; as many as the threshold.
    points: Vec<Point>,
    id: Digest,
}

impl GroupKey {
    /// # Errors
    /// `InvalidEncoding` for a threshold outside 2 to the number of parties, parties that do not ascend, or a neutral key.
    pub(super) fn new(parties: Vec<PartyId>, points: Vec<Point>) -> Result<Self> {
        let ascending = parties.windows(2).all(|pair| pair[0] < pair[1]);
        let neutral = points.first().is_none_or(|point| point.is_identity().into());
        if !ascending || neutral || !(2..=parties.len()).contains(&points.len()) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "group key: parties, threshold or key"));
        }
        let mut transcript = Transcript::new("veilkit v1 dkg group key");
        for party in &parties {
            transcript.append_u64("party", party.get().into());
        }
        for point in &points {
            transcript.append("point", &point.to_bytes());
        }
        let id = transcript.digest();
        Ok(Self { parties, points, id })
    }

    /// The public key's point; see [`PublicKey::from_point`](crate::elgamal::additive::PublicKey::from_point).
    pub fn public_point(&self) -> Point {
        self.points[0]
    }

    /// The parties, ascending.
    pub fn parties(&self) -> &[PartyId] {
        &self.parties
    }

    /// How many parties decrypt together.
    pub fn threshold(&self) -> usize {
        self.points.len()
    }

    /// The hash of everything in it.
    pub fn id(&self) -> Digest {
        self.id
    }

    /// `G` times a party's share.
    ///
    /// # Errors
    /// `UnknownParty`.
    pub fn share_point(&self, party: PartyId) -> Result<Point> {
        if self.parties.binary_search(&party).is_err() {
            return Err(Error::new(ErrorKind::UnknownParty, "party: has no share").blame(party));
        }
        Ok(evaluate_points(&self.points, party))
    }

    fn body_len(&self) -> usize {
        4 + 2 * self.parties.len() + Point::ENCODED_LEN * self.points.len()
    }

    fn write(&self, out: &mut Writer) {
        let count = |len: usize| u16::try_from(len).expect("at most 255");
        out.u16(count(self.parties.len())).u16(count(self.points.len()));
        self.parties.iter().for_each(|party| _ = out.u16(party.get()));
        self.points.iter().for_each(|point| point.write(out));
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let (parties, points) = (body.u16("group key: parties")?, body.u16("group key: threshold")?);
        if body.remaining() < 2 * usize::from(parties) + Point::ENCODED_LEN * usize::from(points) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "group key: parties"));
        }
        let party = |_| {
            let number = body.u16("group key: party")?;
            PartyId::new(number).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "group key: party"))
        };
        let parties = (0..parties).map(party).collect::<Result<_>>()?;
        let points = (0..points).map(|_| Point::read(body, "group key: point")).collect::<Result<_>>()?;
        Self::new(parties, points)
    }
}

/// The value at a party's number of the polynomial in the points.
pub(super) fn evaluate_points(points: &[Point], party: PartyId) -> Point {
    let x = Scalar::from_u64(party.get().into());
    let powers = core::iter::successors(Some(Scalar::ONE), |power| Some(*power * x)).take(points.len());
    Point::multi_mul_vartime(&powers.collect::<Vec<_>>(), points)
}

/// One party's share of a key. Secret; wiped when dropped.
pub struct KeyShare {
    group: GroupKey,
    party: PartyId,
    value: Zeroizing<Scalar>,
}

impl KeyShare {
    /// # Errors
    /// `VerificationFailed` for a share that does not fit the key.
    pub(super) fn new(group: GroupKey, party: PartyId, value: Zeroizing<Scalar>) -> Result<Self> {
        let fits = group.share_point(party)?.ct_eq(&Point::mul_generator(&value));
        match declassify(fits) {
            true => Ok(Self { group, party, value }),
            false => Err(Error::new(ErrorKind::VerificationFailed, "key share: does not fit the key")),
        }
    }

    /// The public facts of the key.
    pub fn group(&self) -> &GroupKey {
        &self.group
    }

    /// Whose share it is.
    pub fn party(&self) -> PartyId {
        self.party
    }

    pub(in crate::mpc) fn value(&self) -> &Scalar {
        &self.value
    }
}

impl ZeroizeOnDrop for KeyShare {}

impl ConstantTimeEq for KeyShare {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.group == other.group && self.party == other.party))
            & self.value.ct_eq(&other.value)
    }
}

impl PartialEq for KeyShare {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyShare")
            .field("party", &self.party)
            .field("threshold", &self.group.threshold())
            .finish_non_exhaustive()
    }
}

/// `parties u16 | threshold u16 | party u16 each | points [32] each`
impl Encode for GroupKey {
    const KIND: Kind = Kind::DkgGroupKey;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        self.body_len()
    }

    fn write_body(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl Decode for GroupKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}

/// `group key | party u16 | share [32]`
impl Encode for KeyShare {
    const KIND: Kind = Kind::DkgKeyShare;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        self.group.body_len() + 2 + Scalar::ENCODED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.group.write(out);
        out.u16(self.party.get());
        self.value.write(out);
    }
}

impl Decode for KeyShare {
    /// Refuses a share that does not fit the key.
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let group = GroupKey::read(body)?;
        let party = PartyId::new(body.u16("key share: party")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "key share: party"))?;
        let value = Zeroizing::new(Scalar::read(body, "key share: value")?);
        Self::new(group, party, value)
    }
}
